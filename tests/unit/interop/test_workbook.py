"""Excel workbooks: tables are read as values, nothing is run, and what a hostile workbook claims is not believed."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Sequence

import openpyxl
import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput, UsageError
from elancry.interop import zip_input
from elancry.interop.format import Choices, Read
from elancry.interop.workbook import sheet, table

ALL = Choices()
HEAD = ["tier", "start_ms", "end_ms", "value"]
ROWS = [["form", 950, 2345, "protest"], ["form", 62500, 63990, "rage"]]
READ = {"form": [(950, 2345, "protest"), (62_500, 63_990, "rage")]}


def workbook(*rows: Sequence[object], **others: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for name, content in others.items():
        page = book.create_sheet(name)
        for row in content:
            page.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def changed(data: bytes, member: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()) if name == member else content)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def content(read: Read) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read.documents.values()
    return tiers(document)


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def test_a_table_on_the_first_sheet():
    read = table.read(workbook(HEAD, *ROWS), "s01.xlsx", ALL)
    assert content(read) == READ
    assert list(read.documents) == ["s01"]
    assert read.findings == ()


def test_times_of_day_durations_and_fractions():
    """0:01:30.5 as a time, 30:00:00 as a duration, 90.5 s as a number with the noise of binary fractions."""
    rows = [
        [datetime.time(0, 1, 30, 500_000), datetime.timedelta(minutes=2), "x"],
        [datetime.timedelta(hours=30), datetime.timedelta(hours=30, seconds=1, milliseconds=5), "y"],
    ]
    read = table.read(workbook(["start", "end", "value"], *rows), "s.xlsx", ALL)
    assert content(read) == {"annotations": [(90_500, 120_000, "x"), (108_000_000, 108_001_005, "y")]}
    read = table.read(workbook(["start_s", "end_s", "value"], [0.1 + 0.2, 90.5, True], [100, 101, 3]), "s.xlsx", ALL)
    assert content(read) == {"annotations": [(300, 90_500, "TRUE"), (100_000, 101_000, "3")]}
    assert read.findings == ()


def test_another_sheet_is_read_by_name_and_the_others_are_told():
    data = workbook(["notes"], codes=[HEAD, *ROWS], more=[])
    assert content(table.read(data, "s.xlsx", Choices(sheet="codes"))) == READ
    with pytest.raises(UsageError) as caught:
        table.read(data, "s.xlsx", Choices(sheet="code"))
    assert (caught.value.message, caught.value.hint) == ("s.xlsx has no sheet 'code'", "It has: Sheet, codes, more.")
    (told,) = table.read(workbook(HEAD, *ROWS, codes=[]), "s.xlsx", ALL).findings
    assert told.message == "the first sheet 'Sheet' was read; there are others: codes"


def test_a_damaged_row_is_refused_with_its_number():
    data = workbook(HEAD, *ROWS, [], ["form", "61.000", "62.000", "x"])
    with pytest.raises(UnreadableInput, match=r"s\.xlsx:5: start_ms: "):
        table.read(data, "s.xlsx", ALL)
    read = table.read(workbook(HEAD, *ROWS, ["form", "soon", 3, "x"]), "s.xlsx", ALL)
    assert [(item.code, item.line) for item in read.findings] == [("convert-row-skipped", 4)]


def test_of_a_formula_the_stored_result_is_read_and_nothing_is_computed():
    data = workbook(HEAD, ["form", 950, "=B2+1395", "protest"])
    with pytest.raises(UnreadableInput) as caught:
        table.read(data, "s.xlsx", ALL)
    assert "s.xlsx:2: " in caught.value.message
    assert "the formula in cell C2 has no stored result" in caught.value.message
    stored = changed(data, SHEET, lambda text: re.sub(r"(</f>)<v( */>|></v>)", r"\1<v>2345</v>", text))
    assert content(table.read(stored, "s.xlsx", ALL)) == {"form": [(950, 2345, "protest")]}
    # A text that only looks like a formula is a text.
    text = workbook(HEAD, ["form", 950, 2345, "x"])
    text = changed(text, SHEET, lambda part: part.replace(">x<", ">=1+1<"))
    assert content(table.read(text, "s.xlsx", ALL)) == {"form": [(950, 2345, "=1+1")]}


def test_what_a_sheet_claims_about_its_size_is_not_believed(monkeypatch: pytest.MonkeyPatch):
    whole = workbook(HEAD, *ROWS)
    data = changed(whole, SHEET, lambda text: re.sub(r'ref="[^"]+"', 'ref="A1:XFD1048576"', text, count=1))
    assert content(table.read(data, "s.xlsx", ALL)) == READ
    far = changed(whole, SHEET, lambda text: re.sub(r'<row r="3"', '<row r="999999999"', text))
    with pytest.raises(UnreadableInput, match="more than 1048576 rows"):
        table.read(far, "s.xlsx", ALL)
    monkeypatch.setattr(sheet, "MOST_CELLS", 10)
    with pytest.raises(UnreadableInput, match="or 10 cells"):
        table.read(workbook(HEAD, *ROWS), "s.xlsx", ALL)


def test_bombs_entities_and_other_files_are_refused(monkeypatch: pytest.MonkeyPatch):
    data = workbook(HEAD, *ROWS)
    declared = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    refused = {
        changed(data, SHEET, lambda text: declared + text): "declares a document type",
        changed(data, SHEET, lambda text: text[:200]): "cannot be read",
        changed(data, "xl/workbook.xml", lambda text: "<workbook/>"): "has no sheet|cannot be read",
        data[:300]: "damaged",
        b"tier,start_ms": "damaged",
    }
    for bad, said in refused.items():
        with pytest.raises(UnreadableInput, match=said):
            table.read(bad, "s.xlsx", ALL)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("db", "#4")
    with pytest.raises(UnreadableInput, match="not a workbook of Excel"):
        table.read(made.getvalue(), "s.xlsx", ALL)
    monkeypatch.setattr(zip_input, "MOST_BYTES", 100_000)
    bomb = changed(data, SHEET, lambda text: text + " " * 1_000_000)
    with pytest.raises(UnreadableInput, match="contains more than 0 MB of text"):
        table.read(bomb, "s.xlsx", ALL)


def test_macros_are_left_alone():
    made = io.BytesIO(workbook(HEAD, *ROWS))
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub AutoOpen()")
    assert content(table.read(made.getvalue(), "s.xlsm", ALL)) == READ
