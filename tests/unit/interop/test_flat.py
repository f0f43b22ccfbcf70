"""Flat rows become a document that the schema and ELAN's own rules accept, and nothing of them goes missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from elancry.eaf import Document, Media, parse_eaf
from elancry.errors import UnreadableInput
from elancry.interop.flat import (
    POINT_MS,
    FlatTier,
    build_document,
    concurrent_codes,
    is_point_type,
    split_overlaps,
)
from elancry.spans import format_ms


def content(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def codes(findings: object) -> list[str]:
    return [item.code for item in findings]  # type: ignore[attr-defined]


def test_rows_become_annotations_in_order_of_time():
    document, findings = build_document([FlatTier("t", [(500, 900, "b"), (0, 400, "a\n<&>")])], name="x.csv")
    assert content(document) == {"t": [(0, 400, "a\n<&>"), (500, 900, "b")]}
    assert (document.name, findings, document.findings) == ("x.csv", (), ())


def test_what_overlaps_goes_to_further_tiers():
    #  a |-----------|
    #  b      |-----------|
    #  c           |--|         free again on lane 2? no: b is still there
    #  d              |-----|   begins where a ends: lane 1
    rows = [(0, 100, "a"), (50, 150, "b"), (80, 95, "c"), (100, 160, "d")]
    document, findings = build_document([FlatTier("t", rows, participant="P"), FlatTier("t-2", [])], name="x")
    assert content(document) == {
        "t": [(0, 100, "a"), (100, 160, "d")],
        "t-2": [(50, 150, "b")],
        "t-3": [(80, 95, "c")],
        "t-2-2": [],
    }
    assert codes(findings) == ["convert-tier-split", "convert-tier-renamed"]
    assert [tier.participant for tier in document.tiers[:3]] == ["P", "P", "P"]
    assert document.findings == ()


def test_moments_last_a_frame_or_until_the_next_begin():
    rows = [(0, 0, "a"), (10, 10, "b"), (500, 500, "c"), (500, 500, "d"), (600, 700, "e"), (650, 650, "f")]
    document, findings = build_document([FlatTier("t", rows)], name="x")
    assert content(document) == {
        "t": [(0, 10, "a"), (10, 10 + POINT_MS, "b"), (500, 540, "c"), (600, 700, "e")],
        "t-2": [(500, 540, "d"), (650, 690, "f")],
    }
    assert codes(findings) == ["convert-point", "convert-tier-split"]


def test_a_tier_of_moments_says_so_in_its_type():
    tiers = [FlatTier("p", [(3, 3, "x")], points=True), FlatTier("v", [(3, 3, "x")], ("x",), points=True)]
    document, findings = build_document(tiers, name="x")
    assert findings == ()
    assert all(is_point_type(tier.type_id) for tier in document.tiers)
    assert not is_point_type("pointing")


def test_vocabularies_bind_values_to_entries():
    tiers = [FlatTier("t", [(0, 1, "b"), (1, 2, "other")], ("a", "b", "a")), FlatTier("u", [], ("a",))]
    document, _ = build_document(tiers, name="x")
    vocabulary = document.vocabulary("t")
    assert vocabulary is not None
    assert [dict(entry.values) for entry in vocabulary.entries] == [{"und": "a"}, {"und": "b"}]
    assert [a.cve_ref for a in document.annotations("t")] == ["cveid_1", None]
    assert document.findings == ()


@pytest.mark.parametrize("row", [(5, 4, "reversed"), (-1, 4, "negative"), (0, 2**60, "late"), (0, 1, "x" * 1_000_001)])
def test_rows_that_are_no_annotations_are_left_out_and_told(row: tuple[int, int, str]):
    document, findings = build_document([FlatTier("t", [row, (7, 9, "good")])], name="x")
    assert content(document) == {"t": [(7, 9, "good")]}
    assert codes(findings) == ["convert-row-skipped"]
    assert findings[0].tier == "t"
    assert f"{format_ms(row[0])} - {format_ms(row[1])} {row[2][:40]!r}" in findings[0].message


def test_characters_that_xml_cannot_hold_are_replaced_and_counted():
    tiers = [FlatTier("t\x00", [(0, 1, "a\x1b\ud800\ufffe\U0001f622\r\t")], ("\x07",), participant="\x01")]
    document, findings = build_document(tiers, name="x", media=[Media("file:///\x02.mp4", None, "video/mp4")])
    assert content(parse_eaf(document.to_bytes())) == {"t\ufffd": [(0, 1, "a\ufffd\ufffd\ufffd\U0001f622\r\t")]}
    assert codes(findings) == ["convert-tier-renamed", "convert-character-replaced"]
    assert findings[1].message == "7 characters that XML cannot hold were replaced by U+FFFD"


def test_names_of_tiers_are_unique_and_not_empty():
    tiers = [FlatTier("", []), FlatTier("", []), FlatTier("a", []), FlatTier("a", []), FlatTier("a-2", [])]
    document, findings = build_document(tiers, name="x")
    assert list(content(document)) == ["unnamed", "unnamed-2", "a", "a-2", "a-2-2"]
    assert codes(findings) == ["convert-tier-renamed"] * 4


def test_a_name_as_long_as_a_book_is_cut():
    document, findings = build_document([FlatTier("x" * 2_000_000, [(0, 1, "v")], participant="y" * 5000)], name="x")
    assert [(tier.id, tier.participant) for tier in document.tiers] == [("x" * 1000, "y" * 1000)]
    assert codes(findings) == ["convert-tier-renamed"]
    assert len(findings[0].message) < 2000


def test_lanes_are_as_few_as_can_be():
    rows = [(n, n + 10, "") for n in range(1000)]
    lanes = split_overlaps(rows)
    assert len(lanes) == 10
    assert sum(map(len, lanes)) == 1000
    assert split_overlaps([]) == [[]]


def test_the_result_is_valid(shared: Path):
    schema = etree.XMLSchema(etree.parse(str(shared / "eaf" / "EAFv3.0.xsd")))
    tiers = [
        FlatTier("t", [(0, 10, "b"), (5, 20, "")], ("a", "b"), "P", "R"),
        FlatTier("u", [(3, 3, "x")], ("a", "a b"), points=True),
        FlatTier("default-lt", [(3, 3, "x")], ("",)),
    ]
    media = [Media("file:///v.mp4", "./v.mp4", "video/mp4", 40), Media("file:///ä b\\c%.mp4%20[1].mp3", "../ü", None)]
    document, _ = build_document(tiers, name="x", media=media, properties={"k": "v"})
    assert document.media == (
        media[0],
        Media("file:///%C3%A4%20b%5Cc%25.mp4%20%5B1%5D.mp3", "../%C3%BC", "audio/mpeg"),
    )
    schema.assertValid(etree.fromstring(document.to_bytes()))
    assert document.findings == ()


def test_attached_tiers_follow_their_rows_to_further_tiers():
    rows = [(50, 150, "b"), (0, 100, "a"), (200, 300, "c")]
    tier = FlatTier("t", rows, attached={"t%mor": ["of b", "of a", None], "t%com": [None, None, "of c"]})
    document, _ = build_document([tier, FlatTier("u", [])], name="x")
    assert content(document) == {
        "t": [(0, 100, "a"), (200, 300, "c")],
        "t%mor": [(0, 100, "of a")],
        "t%com": [(200, 300, "of c")],
        "t-2": [(50, 150, "b")],
        "t%mor-2": [(50, 150, "of b")],
        "t%com-2": [],
        "u": [],
    }
    assert [tier.parent for tier in document.tiers] == [None, "t", "t", None, "t-2", "t-2", None]
    assert document.findings == ()


def test_more_tiers_than_any_recording_has_are_refused():
    with pytest.raises(UnreadableInput, match="more than 5,000 tiers"):
        build_document([FlatTier("t", [(0, 1, "x")] * 5001)], name="x")


def test_more_annotations_than_elan_can_show_are_refused():
    with pytest.raises(UnreadableInput, match="contains 300,001 annotations"):
        build_document([FlatTier("t", [(0, 1, "x")] * 300_001)], name="x")


# ms      1000 1100      5000      6000
# smile    |--------------|
# talk          |-------------------|        the other rater begins with talk
SMILE_FIRST = [(1000, 5000, "smile"), (1100, 6000, "talk")] * 2
TALK_FIRST = [(1100, 5000, "smile"), (1000, 6000, "talk")] * 2


def test_concurrent_codes_have_a_tier_each_whichever_began_first():
    rows = [
        (start + 10_000 * (at // 2), end + 10_000 * (at // 2), value)
        for at, (start, end, value) in enumerate(SMILE_FIRST)
    ]
    document, findings = build_document([FlatTier("act", [*rows, (50_000, 51_000, "")], participant="P")], name="x")
    assert content(document) == {
        "act.smile": [(1000, 5000, "smile"), (11_000, 15_000, "smile")],
        "act.talk": [(1100, 6000, "talk"), (11_100, 16_000, "talk")],
        "act": [(50_000, 51_000, "")],
    }
    assert codes(findings) == ["convert-tier-by-code"]
    assert {document.type_of(tier.id).vocabulary for tier in document.tiers} == {"act"}
    assert [entry.values["und"] for entry in document.vocabulary("act").entries] == ["smile", "talk"]
    assert document.findings == ()


def test_codes_are_concurrent_from_a_twentieth_of_the_coded_time_and_texts_never():
    # Four times a from 0 to 1000 and b from 900 to 2000: 100 of 2000 ms are shared.
    def rows(begin):
        return [
            (at * 3000 + start, at * 3000 + end, code)
            for at in range(4)
            for start, end, code in ((0, 1000, "a"), (begin, 2000, "b"))
        ]

    assert concurrent_codes([rows(900)]) == ("a", "b")
    assert concurrent_codes([rows(901)]) == ()
    assert concurrent_codes([[(0, 1000, "well, I"), (500, 1500, "you see")]]) == ()
    assert concurrent_codes([[(0, 1000, "a"), (500, 1500, "b")]], declared=("b", "a")) == ("b", "a")
    assert concurrent_codes([SMILE_FIRST[:2], TALK_FIRST[:2]]) == ("smile", "talk")


def test_codes_that_contradict_each_other_now_and_then_stay_by_length_not_by_begin():
    """talk is the longer one whoever begins: it stays, and smile goes to a further tier, for both raters."""
    # 4 s of 204 s: below a twentieth.
    alone = [(10_000 + at * 10_000, 20_000 + at * 10_000, code) for at, code in enumerate(("smile", "talk") * 10)]
    for first in (SMILE_FIRST[:2], TALK_FIRST[:2]):
        document, findings = build_document([FlatTier("act", [*first, *alone])], name="x")
        smile, talk = first
        assert content(document) == {"act": [talk, *alone], "act-2": [smile]}
        (found,) = findings
        assert found.code == "convert-tier-split"
        assert found.message.startswith(
            "different codes overlap now and then: the shorter of two stands on 1 further tier"
        )
