"""Every text format: what it can hold survives the way out and back, whatever the text; and the way back and out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from elancry.eaf import Constraint, Document, new_document
from elancry.errors import UnreadableInput
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Format
from elancry.interop.formats import load_format

ALL = Choices()
OURS = ("textgrid", "textgrid-short", "csv", "tsv", "elan-tab", "elan-columns", "webvtt", "srt", "chat")
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Every character XML 1.0 can hold, and what formats take for their own.
PIECES = st.sampled_from(
    ["\n", "\n\n", "\r", "\t", '"', '""', "-->", "00:00:01.000 --> 00:00:02.000", "<b>", "&amp;", "&", ": ", ",", ";",
     "!", "%", "*", "@End", "\u2028", "\x85", "\ufeff", "\U0001f622", "1", "NOTE", "=1+1", "sep=;", "#x.eaf", "  "]
)  # fmt: skip
# Names that mean something in the header of a table.
WORDS = (
    "tier",
    "text",
    "value",
    "file",
    "begin",
    "start_ms",
    "End Time - msec",
    "participant",
    "CHI",
    "T01",
    "xaa",
    "a-2",
)
CHARACTERS = st.characters(min_codepoint=0x20, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff")
TEXT = st.lists(st.one_of(PIECES, CHARACTERS), max_size=6).map("".join)
ROWS = st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 4_000_000), TEXT), max_size=6)


def placed(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    rows, at = [], 0
    for gap, length, value in parts:
        rows.append((at + gap, at + gap + length, value))
        at += gap + length
    return rows


@st.composite
def tiers(draw: st.DrawFn) -> list[FlatTier]:
    names = draw(st.lists(st.one_of(TEXT.filter(bool), st.sampled_from(WORDS)), unique=True, max_size=4))
    who = st.one_of(st.none(), TEXT.filter(bool))
    return [FlatTier(name, placed(draw(ROWS)), participant=draw(who), annotator=draw(who)) for name in names]


Held = dict[str, list[tuple[int, int, str]]]


def content(document: Document) -> Held:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def blanks(text: str) -> str:
    return re.sub(r"\r\n|[\r\n\t]", " ", text)


def same(text: str) -> str:
    return text


# format -> (what becomes of a text, whether empty values are kept, whether empty tiers are)
HOLDS: dict[str, tuple[Callable[[str], str], bool, bool]] = {
    "textgrid": (lines, False, True),
    "textgrid-short": (lines, False, True),
    "csv": (lines, True, False),
    "tsv": (lines, True, False),
    "elan-tab": (blanks, True, False),
    "elan-columns": (blanks, False, True),
    "webvtt": (same, True, False),
    "chat": (blanks, True, True),
}


# format -> attribute of a tier that it keeps, and what becomes of its text
ABOUT: dict[str, dict[str, Callable[[str], str]]] = {
    "csv": {"participant": lines, "annotator": lines},
    "tsv": {"participant": lines, "annotator": lines},
    "elan-tab": {"participant": blanks},
    "chat": {"participant": lambda text: re.sub(r"[\s,]+", "_", text)},
}


def there_and_back(form: Format, document: Document) -> tuple[dict[str, bytes], Document]:
    assert form.write is not None
    assert form.read is not None
    written = dict(form.write(document, ALL).files)
    (data,) = written.values()
    (again,) = form.read(data, "s01.x", ALL).documents.values()
    return written, again


@pytest.mark.parametrize("name", HOLDS)
@SETTINGS
@given(flat=tiers())
def test_out_and_back(name: str, flat: list[FlatTier]) -> None:
    change, empty_values, empty_tiers = HOLDS[name]
    expected = {change(tier.name): [(s, e, change(v)) for s, e, v in tier.rows if empty_values or v] for tier in flat}
    assume(len(expected) == len(flat))
    document = build_document(flat, name="s01.eaf")[0]
    if not empty_tiers:
        expected = {tier: rows for tier, rows in expected.items() if rows}
        assume(expected or name == "webvtt" or name in ("csv", "tsv"))
    form = load_format(name)
    written, again = there_and_back(form, document)
    assert content(again) == expected
    assert again.findings == ()
    for what, changed in ABOUT.get(name, {}).items():
        given_to = {change(t.name): getattr(t, what) for t in flat if change(t.name) in expected}
        assert {tier.id: getattr(tier, what) for tier in again.tiers} == {
            tier: None if text is None else changed(text) for tier, text in given_to.items()
        }
    # Back and out again: nothing changes any more.
    assert form.write is not None
    twice = dict(form.write(again, ALL).files)
    if name in ("csv", "tsv", "chat", "elan-tab", "webvtt", "elan-columns") or not any(
        "\r" in tier.name for tier in flat
    ):
        assert {key: data.decode() for key, data in twice.items()} == {k: d.decode() for k, d in written.items()}


@SETTINGS
@given(moments=st.dictionaries(st.integers(0, 9_999_999), TEXT, max_size=8))
def test_points_of_praat_stay_points(moments: dict[int, str]) -> None:
    rows = sorted((at, at, text) for at, text in moments.items())
    document = build_document([FlatTier("p", rows, points=True)], name="s01.eaf")[0]
    written, again = there_and_back(load_format("textgrid"), document)
    assert [(a.start_ms, a.value) for a in again.annotations("p")] == [(at, lines(text)) for at, _, text in rows]
    assert b'"TextTier"' in written[".TextGrid"]
    assert there_and_back(load_format("textgrid"), again)[0] == written


@SETTINGS
@given(flat=tiers())
def test_srt_keeps_times_and_what_is_no_markup(flat: list[FlatTier]) -> None:
    document = build_document(flat, name="s01.eaf")[0]
    assume(any(tier.rows for tier in flat))
    form = load_format("srt")
    written, again = there_and_back(form, document)

    def times(held: Held) -> Counter[tuple[int, int]]:
        return Counter((start, end) for rows in held.values() for start, end, _ in rows)

    assert times(content(again)) == times(content(document))
    plain = re.compile(r"[\w ]*")
    if all(plain.fullmatch(text) for tier in flat for text in (tier.name, *(row[2] for row in tier.rows))):
        assert content(again) == {name: rows for name, rows in content(document).items() if rows}
    assert form.write is not None
    assert there_and_back(form, again)[0] == written


@pytest.mark.parametrize("name", OURS)
@SETTINGS
@given(data=st.one_of(st.binary(max_size=80), st.lists(PIECES, max_size=20).map(lambda parts: "".join(parts).encode())))
def test_whatever_is_read_gives_a_document_or_a_refusal(name: str, data: bytes) -> None:
    form = load_format(name)
    heads = {
        "webvtt": b"WEBVTT\n\n00:01.000 --> 00:02.000\n",
        "srt": b"1\n00:00:01,000 --> 00:00:02,000\n",
        "chat": b"@Begin\n*A:\t",
        "csv": b"tier,start_ms,end_ms,value\n",
        "elan-columns": b"start_ms\tend_ms\ta\n",
        "textgrid": b'"ooTextFile" "TextGrid" 0 1 <exists> 1 "IntervalTier" "a" 0 1 2 0 0.5 "',
    }
    assert form.read is not None
    for content_of_file in (data, heads.get(name, b"") + data):
        try:
            result = form.read(content_of_file, "x.y", ALL)
        except UnreadableInput:
            continue
        for document in result.documents.values():
            assert document.findings == ()
            document.to_bytes()


@pytest.mark.parametrize("name", OURS)
def test_more_than_a_thousand_tiers(name: str) -> None:
    # A column for each makes a table of their number squared.
    number = 1200 if name != "elan-columns" else 300
    document = build_document([FlatTier(f"t{n}", [(n, n + 1, f"v{n}")]) for n in range(number)], name="s")[0]
    _, again = there_and_back(load_format(name), document)
    assert content(again) == content(document)


@pytest.mark.parametrize("name", OURS)
def test_annotations_without_times_of_their_own_keep_those_that_elan_shows(name: str) -> None:
    #  parent |-----------------------|      0-90
    #  child  |  a    |  b    |   c   |      a third each
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.types.add("root")
    editor.types.add("parts", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.tiers.add("parent", "root")
    editor.tiers.add("child", "parts", parent="parent")
    above = editor.annotations.add("parent", 0, 90, "p")
    for value in "abc":
        editor.annotations.add_reference("child", above, value)
    form = load_format(name)
    document = editor.document()
    _, again = there_and_back(form, document)
    expected = {"parent": [(0, 90, "p")], "child": [(0, 30, "a"), (30, 60, "b"), (60, 90, "c")]}
    assert content(again) == expected
    assert form.write is not None
    assert "convert-lost" in [item.code for item in form.write(document, ALL).findings]
