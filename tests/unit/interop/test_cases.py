"""Small tables and files that people really had, each with what must come out (shared/cases/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.conversion import format_of_name, read_documents
from elancry.interop.format import Choices, Read
from elancry.times import Unit

XY = [(1000, 2000, "x"), (3000, 4000, "y")]


def converted(path: Path, **choices: object) -> Read:
    source = format_of_name(path.name, "read")
    assert source is not None
    return read_documents(path.read_bytes(), path.name, source, Choices(**choices))  # type: ignore[arg-type]


def content(read: Read) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read.documents.values()
    return tiers(document)


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


TABLES = {
    **{f"hdr_{name}.csv": ({"t1": XY}, ()) for name in (
        "Annotation_Value", "Behavior", "Category", "Kode", "Wert", "annotation", "behaviour", "code", "codes", "label",
        "text",
    )},
    "hdr_tier_missing.csv": ({"annotations": XY}, ()),
    "no_value_header.csv": ({"code": XY}, ("convert-columns-guessed",)),
    "empty_header.csv": ({"code": XY}, ("convert-not-understood",)),
    "sep_line.csv": ({"code": XY[:1]}, ()),
    "excel_de.csv": ({"code": [(1500, 2250, "Gespräch"), (3000, 4125, "y")]}, ()),
    "excel_h_m_s.csv": ({"code": [(90_000, 120_000, "x"), (180_000, 240_000, "y")]}, ()),
    "excel_times.csv": ({"code": [(1500, 2200, "x"), (63_000, 64_100, "y")]}, ()),
    "excel_unicode.txt": ({"code": [(1000, 2500, "Gespräch"), (3000, 4000, "y")]}, ()),
    "excel_cp1252.txt": ({"code": [(1000, 2500, "Gespräch"), (3000, 4000, "y")]}, ("convert-encoding-guessed",)),
    # Whole floats are read, fractions of a millisecond rounded half up: 63000.4, 64000.6; 1000.25, 2000.75, 3000.5.
    "float_ms.csv": ({"t1": [(61_000, 62_000, "x"), (63_000, 64_001, "y")]}, ("convert-time-rounded",)),
    "float_ms2.csv": ({"t1": [(1000, 2001, "x"), (3001, 4000, "y")]}, ("convert-time-rounded",)),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_people(shared: Path, name: str):
    read = converted(shared / "cases" / "19_tables" / name)
    rows, codes = TABLES[name]
    assert content(read) == rows
    assert tuple(item.code for item in read.findings) == codes


REFUSED = {
    "19_tables/thousands_only.csv": "thousands_only.csv:2: start_ms: '61.000' can mean 61 or 61000",
    "19_tables/thousands_de.csv": "thousands_de.csv:2: start_ms: '1.000' can mean 1 or 1000",
    "19_tables/thousands_en.csv": "thousands_en.csv:2: start_ms: '1,000' can mean 1 or 1000",
    "19_tables/thousands_million.csv": "thousands_million.csv:2: start_ms: '1.061.000' contains thousands separators",
    "19_tables/seconds_begin.csv": "seconds_begin.csv:2: begin: it is unclear whether times such as '1' are",
    "19_tables/datavyu_like.csv": "datavyu_like.csv:1: not a table of annotations: no columns can be identified",
    "attack/unclosed_small.csv": "unclosed_small.csv:2: a quoted text begins here",
    "attack/huge_time.cha": "huge_time.cha:6: the time mark '9223372036854775807_9223372036854775808' is damaged",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_known_is_refused_with_line_and_remedy(shared: Path, name: str):
    with pytest.raises(UnreadableInput) as caught:
        converted(shared / "cases" / name)
    assert caught.value.message.startswith(REFUSED[name])
    assert caught.value.hint


def test_a_unit_answers_the_question(shared: Path):
    path = shared / "cases" / "19_tables" / "seconds_begin.csv"
    assert content(converted(path, unit=Unit.SECONDS)) == {"code": [(1000, 2000, "x"), (61_000, 75_000, "y")]}
    assert content(converted(path, unit=Unit.MS)) == {"code": [(1, 2, "x"), (61, 75, "y")]}


def test_an_event_after_the_end_of_the_medium_is_told(shared: Path):
    # The medium lasts 100 s, the event ends at 100.004 s.
    read = converted(shared / "cases" / "14_boris" / "after_end.boris")
    assert content(read) == {"x": [(99_000, 100_004, "x")]}
    assert "convert-time-beyond" in [item.code for item in read.findings]


BORIS = {
    # A stop and a start at one moment are two states.
    "stopstart.boris": ({"x": [(1000, 3000, "x"), (3000, 5000, "x")]}, set()),
    "offset.boris": ({"x": [(1000, 2000, "x")]}, {"boris-offset"}),
    "offset_neg.boris": ({"x": [(11_000, 12_000, "x")]}, {"boris-offset"}),
    "unpaired.boris": ({"x": [(1000, 2000, "x")]}, {"boris-unpaired"}),
    "unknown_beh.boris": (
        {"x": [(3000, 4000, "x")], "zz": [(1000, 1040, "zz"), (2000, 2040, "zz")]}, {"not-understood"},
    ),
    # Its events do not stand in order, as BORIS would have them.
    "zero.boris": (
        {"x": [(0, 4000, "x"), (100_000, 104_000, "x")], "p": [(0, 40, "p"), (100_000, 100_040, "p")]},
        {"boris-order", "not-understood"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BORIS)
def test_observations_of_boris(shared: Path, name: str):
    read = converted(shared / "cases" / "14_boris" / name)
    rows, codes = BORIS[name]
    assert content(read) == rows
    assert {item.code.removeprefix("convert-") for item in read.findings} - {"left-behind"} == codes
