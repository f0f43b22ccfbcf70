"""Times of all five kinds of annotation, by hand-made documents whose time lines are drawn above them."""

from __future__ import annotations

import pytest

from elancry.eaf import Document, parse_eaf

CONSTRAINTS = ("Time_Subdivision", "Included_In", "Symbolic_Subdivision", "Symbolic_Association")


def document(slots: str, tiers: str, types: str = "") -> Document:
    """`slots` is `name:ms` or `name` (unaligned), separated by blanks; every constraint has a type of its name."""
    order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"' + (f' TIME_VALUE="{time}"/>' if colon else "/>")
        for name, colon, time in (slot.partition(":") for slot in slots.split())
    )
    kinds = '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="root"/>' + "".join(
        f'<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="{c}" CONSTRAINTS="{c}"/>' for c in CONSTRAINTS
    )
    text = f"<ANNOTATION_DOCUMENT><HEADER/><TIME_ORDER>{order}</TIME_ORDER>{tiers}{kinds}{types}</ANNOTATION_DOCUMENT>"
    return parse_eaf(text.encode(), "t.eaf")


def tier(name: str, kind: str, annotations: str, parent: str | None = None) -> str:
    above = f' PARENT_REF="{parent}"' if parent else ""
    return f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}"{above}>{annotations}</TIER>'


def aligned(*spans: str) -> str:
    """`id:slot1-slot2`."""
    out = ""
    for span in spans:
        name, _, slots = span.partition(":")
        first, _, second = slots.partition("-")
        out += (
            f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}" TIME_SLOT_REF1="{first}" '
            f'TIME_SLOT_REF2="{second}"><ANNOTATION_VALUE>{name}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>'
        )
    return out


def reference(*items: str) -> str:
    """`id:parent` or `id:parent<previous`."""
    out = ""
    for item in items:
        name, _, rest = item.partition(":")
        parent, follows, previous = rest.partition("<")
        after = f' PREVIOUS_ANNOTATION="{previous}"' if follows else ""
        out += (
            f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name}" ANNOTATION_REF="{parent}"{after}>'
            f"<ANNOTATION_VALUE/></REF_ANNOTATION></ANNOTATION>"
        )
    return out


def spans(doc: Document, tier_id: str) -> dict[str, tuple[int, int]]:
    return {a.id: (a.start_ms, a.end_ms) for a in doc.annotations(tier_id)}


def codes(doc: Document) -> set[str]:
    return {finding.code for finding in doc.findings}


def test_root_and_included_in_have_the_times_of_their_slots() -> None:
    """Root     |---p---|        0-1000; child      |c|   200-500."""
    doc = document(
        "t1:0 t2:1000 t3:200 t4:500",
        tier("P", "root", aligned("p:t1-t2")) + tier("C", "Included_In", aligned("c:t3-t4"), "P"),
    )
    assert spans(doc, "P") == {"p": (0, 1000)}
    assert spans(doc, "C") == {"c": (200, 500)}
    assert all(a.aligned for a in doc.annotations("C"))
    assert doc.findings == ()


def test_unaligned_slots_are_spread_evenly_as_elan_shows_them() -> None:
    """100 ms in three: ELAN's integer step is 33.

    P  |0--------------100|
    C  |0---33---66---100|
    """
    doc = document(
        "t1:0 u1 u2 t2:100",
        tier("P", "root", aligned("p:t1-t2"))
        + tier("C", "Time_Subdivision", aligned("a:t1-u1", "b:u1-u2", "c:u2-t2"), "P"),
    )
    assert spans(doc, "C") == {"a": (0, 33), "b": (33, 66), "c": (66, 100)}
    assert [a.aligned for a in doc.annotations("C")] == [False, False, False]
    assert doc.findings == ()


def test_chains_follow_shared_slots_not_the_order_of_time_order() -> None:
    doc = document(
        "t1:0 u2 u1 t2:90",
        tier("P", "root", aligned("p:t1-t2"))
        + tier("C", "Time_Subdivision", aligned("a:t1-u1", "b:u1-u2", "c:u2-t2"), "P"),
    )
    assert spans(doc, "C") == {"a": (0, 30), "b": (30, 60), "c": (60, 90)}


def test_unaligned_parents_are_resolved_before_their_children() -> None:
    """Tiers in the file: child first.

    P  |0-------------------400|
    C  |0----200|200--------400|
    D  |0-100-200|
    """
    doc = document(
        "t1:0 d c t2:400",
        tier("D", "Time_Subdivision", aligned("x:t1-d", "y:d-c"), "C")
        + tier("C", "Time_Subdivision", aligned("a:t1-c", "b:c-t2"), "P")
        + tier("P", "root", aligned("p:t1-t2")),
    )
    assert spans(doc, "C") == {"a": (0, 200), "b": (200, 400)}
    assert spans(doc, "D") == {"x": (0, 100), "y": (100, 200)}


def test_association_has_its_parents_span_also_through_several_levels() -> None:
    doc = document(
        "t1:10 t2:110",
        tier("A2", "Symbolic_Association", reference("b:a"), "A1")
        + tier("A1", "Symbolic_Association", reference("a:p"), "P")
        + tier("P", "root", aligned("p:t1-t2")),
    )
    assert spans(doc, "A1") == {"a": (10, 110)}
    assert spans(doc, "A2") == {"b": (10, 110)}
    (a,) = doc.annotations("A1")
    assert (a.parent, a.previous, a.aligned) == ("p", None, False)


@pytest.mark.parametrize("order", ["a:p b:p<a c:p<b", "c:p<b a:p b:p<a", "b:p<a c:p<b a:p"])
def test_subdivision_divides_evenly_in_the_order_of_the_chain(order: str) -> None:
    """|0------|3------|6-----10|: floor(i * 10 / 3)."""
    doc = document(
        "t1:0 t2:10",
        tier("P", "root", aligned("p:t1-t2")) + tier("S", "Symbolic_Subdivision", reference(*order.split()), "P"),
    )
    assert spans(doc, "S") == {"a": (0, 3), "b": (3, 6), "c": (6, 10)}


def test_subdivisions_of_several_parents_interleaved_in_the_file() -> None:
    doc = document(
        "t1:0 t2:100 t3:200",
        tier("P", "root", aligned("p:t1-t2", "q:t2-t3"))
        + tier("S", "Symbolic_Subdivision", reference("a:p", "x:q", "b:p<a", "y:q<x", "z:q<y", "w:q<z"), "P"),
    )
    assert spans(doc, "S") == {
        "a": (0, 50), "b": (50, 100), "x": (100, 125), "y": (125, 150), "z": (150, 175), "w": (175, 200),
    }  # fmt: skip


def test_a_subdivision_without_any_order_keeps_that_of_the_file() -> None:
    doc = document(
        "t1:0 t2:100",
        tier("P", "root", aligned("p:t1-t2")) + tier("S", "Symbolic_Subdivision", reference("b:p", "a:p"), "P"),
    )
    assert spans(doc, "S") == {"b": (0, 50), "a": (50, 100)}


def test_a_ring_of_previous_annotations_still_divides() -> None:
    doc = document(
        "t1:0 t2:100",
        tier("P", "root", aligned("p:t1-t2")) + tier("S", "Symbolic_Subdivision", reference("a:p<b", "b:p<a"), "P"),
    )
    assert sorted(spans(doc, "S").values()) == [(0, 50), (50, 100)]


def test_a_cycle_of_annotations_is_a_finding_and_ends() -> None:
    doc = document(
        "",
        tier("A", "Symbolic_Association", reference("a:b", "s:s"), "B")
        + tier("B", "Symbolic_Association", reference("b:a", "c:b"), "A"),
    )
    assert spans(doc, "A") == {"a": (0, 0), "s": (0, 0)}
    assert {"eaf-annotation-cycle", "eaf-tier-cycle"} <= codes(doc)


def test_a_chain_of_a_hundred_thousand_references_within_one_tier_takes_linear_time() -> None:
    names = [f"r{n}" for n in range(100_000)]
    items = [f"{name}:{before}" for before, name in zip(["p", *names], names, strict=False)]
    doc = document(
        "t1:5 t2:15",
        tier("P", "root", aligned("p:t1-t2")) + tier("A", "Symbolic_Association", reference(*reversed(items)), "P"),
    )
    assert set(spans(doc, "A").values()) == {(5, 15)}
    assert "eaf-wrong-parent" in codes(doc)


@pytest.mark.parametrize(
    ("slots", "expected", "code"),
    [
        ("t1:500 t2:100", (500, 500), "eaf-reversed"),
        ("t1:-5 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:1.5 t2:100", (2, 100), "eaf-rounded-time"),
        ("t1:1.2.3 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:1e2 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:1_0 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:٣ t2:100", (100, 100), "eaf-bad-time"),
        ("t1:NaN t2:100", (100, 100), "eaf-bad-time"),
        ("t1:9007199254740992 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:99999999999999999999999999 t2:100", (100, 100), "eaf-bad-time"),
        ("t1:" + "9" * 5000 + " t2:100", (100, 100), "eaf-bad-time"),
        ("t2:100", (100, 100), "eaf-unknown-slot"),
        ("", (0, 0), "eaf-unknown-slot"),
        ("t1 t2", (0, 0), "eaf-guessed-time"),
        ("t1:7 t2", (7, 7), "eaf-guessed-time"),
        ("t1:7 t2:7", (7, 7), "eaf-zero-length"),
        ("t1:7 t1:8 t2:9", (7, 9), "eaf-duplicate-slot"),
    ],
)
def test_nonsense_resolves_to_something_finite_and_is_reported(
    slots: str, expected: tuple[int, int], code: str
) -> None:
    doc = document(slots, tier("P", "root", aligned("p:t1-t2")))
    assert spans(doc, "P") == {"p": expected}
    assert code in codes(doc)


def test_time_origin_is_readable_and_applied_on_request() -> None:
    text = (
        '<ANNOTATION_DOCUMENT><HEADER><MEDIA_DESCRIPTOR MEDIA_URL="a.mp4" MIME_TYPE="video/mp4"/>'
        '<MEDIA_DESCRIPTOR MEDIA_URL="b.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="1200"/>'
        '<MEDIA_DESCRIPTOR MEDIA_URL="c.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="soon"/></HEADER><TIME_ORDER/>'
        "</ANNOTATION_DOCUMENT>"
    )
    doc = parse_eaf(text.encode())
    assert [medium.time_origin_ms for medium in doc.media] == [None, 1200, None]
    assert [doc.time_in_medium(100, number) for number in range(3)] == [100, 1300, 100]


def test_table_and_annotations_are_the_same_data() -> None:
    doc = document(
        "t1:0 u t2:100",
        tier("P", "root", aligned("p:t1-t2"))
        + tier("C", "Time_Subdivision", aligned("a:t1-u", "b:u-t2"), "P")
        + tier("S", "Symbolic_Subdivision", reference("x:p", "y:p<x"), "P"),
    )
    listed = [
        (a.tier, a.id, a.start_ms, a.end_ms, a.value, a.aligned) for t in doc.tiers for a in doc.annotations(t.id)
    ]
    frame = doc.to_frame()
    columns = ["tier", "annotation_id", "start_ms", "end_ms", "value", "aligned"]
    assert list(frame[columns].itertuples(index=False, name=None)) == listed
    assert frame["previous"].isna().tolist() == [True, True, True, True, False]


def test_whole_numbers_with_a_point_are_times_and_fractions_round_half_up() -> None:
    doc = document("t1:5000.0 t2:9000.00 t3:9000.4 t4:9999.5", tier("P", "root", aligned("p:t1-t2", "q:t3-t4")))
    assert spans(doc, "P") == {"p": (5000, 9000), "q": (9000, 10_000)}
    assert [item.said.fields["given"] for item in doc.findings if item.code == "eaf-rounded-time"] == [
        "9000.4",
        "9999.5",
    ]


@pytest.mark.parametrize(
    ("slots", "given"),
    [
        ("t1:500 t2:100", (500, 100)),  # reversed
        ("t1:late t2:100", (None, 100)),
        ("t1:5 t2:late", (5, None)),
        ("t2:100", (None, 100)),  # a slot that is not there
        ("t1 t2", (None, None)),
    ],
)
def test_what_the_file_gives_of_damaged_times(slots: str, given: tuple[int | None, int | None]) -> None:
    sound = "s1:1000 s2:2000 " + slots
    below = tier("A", "Symbolic_Association", reference("a:p", "b:q"), "P")
    doc = document(sound, tier("P", "root", aligned("q:s1-s2", "p:t1-t2")) + below)
    assert doc.damaged_times("P") == {1: given}
    assert doc.damaged_times("A") == {0: given}  # below it, whatever its place
    assert document("t1:1 t2 t3:9", tier("P", "root", aligned("p:t1-t2", "q:t2-t3"))).damaged_times("P") == {}
