"""Datavyu's files and its exported spreadsheets: columns become tiers, damage is refused, zip bombs are bounded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop import zip_input
from elancry.interop.conversion import read_documents
from elancry.interop.datavyu import export, opf
from elancry.interop.format import Choices, Read

ALL = Choices()


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def content(read: Read) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read.documents.values()
    return tiers(document)


def zipped(**members: str | bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return made.getvalue()


DATABASE = r"""#4
gaze (MATRIX,true,)-target|NOMINAL,note|NOMINAL
00:00:01:000,00:00:02:499,(m,fast\, twice)
00:00:02:500,01:00:03:000,(n,)
empty (MATRIX,false,)-x|NOMINAL
say (MATRIX,true,)-text|NOMINAL
00:00:05:000,00:00:06:000,(a \(b\)\
second \\)
00:00:07:000,00:00:00:000,(once)
old (TEXT,true,)
00:00:00:000,00:00:01:000,free, text
"""
PROJECT = """!project
dbFile: s01.opf
viewerSettings:
- !vs
  classifier: datavyu.video
  feed: /Users/someone/My Videos/s01.mp4
- !vs
  feed: 'C:\\videos\\s02.mov'
"""


def test_columns_cells_codes_and_videos():
    read = opf.read(zipped(db=DATABASE, project=PROJECT, **{"1": "x"}), "s01.opf", ALL)
    assert content(read) == {
        "gaze": [(1000, 2499, "m"), (2500, 3_603_000, "n")],
        "gaze.note": [(1000, 2499, "fast, twice"), (2500, 3_603_000, "")],
        "empty": [],
        "say": [(5000, 6000, "a (b)\nsecond \\"), (7000, 7040, "once")],
        "old": [(0, 1000, "free, text")],
    }
    document = read.documents["s01"]
    assert [(medium.url, medium.relative_url) for medium in document.media] == [
        ("file:///Users/someone/My%20Videos/s01.mp4", "./s01.mp4"), ("file:///C:/videos/s02.mov", "./s02.mov"),
    ]  # fmt: skip
    assert [(item.code, item.line) for item in read.findings] == [
        ("convert-not-understood", 9), ("convert-point", None),
    ]  # fmt: skip
    assert content(opf.read(zipped(db=DATABASE), "s01.opf", Choices(tiers=("gaze",)))).keys() == {"gaze", "gaze.note"}


DAMAGED = {
    "gaze (MATRIX,true,)": (":1", "does not begin with '#'"),
    "#4\n00:00:01:000,00:00:02:499,(m)": (":2", "a cell stands before the first column"),
    "#4\ngaze (MATRIX,true,)-x|NOMINAL\n00:00:01:000,00:00:61:499,(m)": (":3", "expected a column or a cell"),
    "#4\ngaze (MATRIX,true,)-x|NOMINAL\n00:00:01:000,00:00:02:499,m)": (":3", "expected a column or a cell"),
    "#4\ngaze (MATRIX,true,)-x|NOMINAL\n00:00:01:000,00:00:02:499,(m,n)": (":3", "the cell has 2 values"),
    "#4\ngaze (MATRIX,true,)-x|NOMINAL\n00:00:03:000,00:00:02:499,(m)": (":3", "the cell ends (2499 ms) before"),
    "#4\ngaze (MATRIX,true,)": (":2", "the column has no codes"),
    "#4\ngaze (MATRIX,true,)-x": (":2", "'x' is not a code with its type"),
    "#4\ngaze (MATRIX,true,)-x|NOMINAL\ngaze (MATRIX,true,)-x|NOMINAL": (":3", "there is a column 'gaze' already"),
}  # fmt: skip


@pytest.mark.parametrize("database", DAMAGED)
def test_a_damaged_line_is_refused_with_its_number_and_the_remedy(database: str):
    place, said = DAMAGED[database]
    with pytest.raises(UnreadableInput) as caught:
        opf.read(zipped(db=database), "s01.opf", ALL)
    assert caught.value.message.startswith(f"s01.opf{place}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_other_zip_files_and_damaged_ones_are_refused():
    whole = zipped(db=DATABASE)
    for data in (
        zipped(content="x"),
        whole[:60],
        b"no zip",
        whole.replace(b"gaze", b"gaxe"),
        b"PK\x03\x04" + bytes(50),
    ):
        if data == whole:
            continue
        with pytest.raises(UnreadableInput) as caught:
            opf.read(data, "s01.opf", ALL)
        assert caught.value.message.startswith("s01.opf is not a Datavyu file: ")
        assert caught.value.hint
    broken = bytearray(whole)
    broken[len(broken) // 4] ^= 0xFF
    with pytest.raises(UnreadableInput, match="the zip file is damaged"):
        opf.read(bytes(broken), "s01.opf", ALL)


def test_a_zip_bomb_is_unpacked_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(zip_input, "MOST_BYTES", 1_000_000)
    bomb = zipped(db=b"#4\n" + bytes(3_000_000))
    assert len(bomb) < 10_000
    with pytest.raises(UnreadableInput, match="contains more than 1 MB of text"):
        opf.read(bomb, "s01.opf", ALL)
    # What a member claims to unpack to is not believed: 3,000,003 becomes 3.
    size = (3_000_003).to_bytes(4, "little")
    lying = bomb.replace(size, (3).to_bytes(4, "little"))
    with pytest.raises(UnreadableInput):
        opf.read(lying, "s01.opf", ALL)
    with pytest.raises(UnreadableInput, match="contains more than 1 MB of text"):
        opf.read(zipped(db="#4\n", project=bytes(3_000_000)), "s01.opf", ALL)
    monkeypatch.setattr(zip_input, "_MOST_MEMBERS", 3)
    with pytest.raises(UnreadableInput, match="contains more than 1 MB"):
        opf.read(zipped(db="#4\n", a="", b="", c=""), "s01.opf", ALL)


EXPORTED = """\
code.ordinal,code.onset,code.offset,code.kind,gaze.ordinal,gaze.onset,gaze.offset,gaze.target,gaze.note
1,1000,1999,x,1,500,900,m,"slow, once"
2,2000,3000,y,2,901,0,n,
3,4000,5000,x,,,,,
"""


def test_an_exported_spreadsheet_holds_its_columns_side_by_side():
    read = export.read(EXPORTED.encode(), "s01.csv", ALL)
    assert content(read) == {
        "code": [(1000, 1999, "x"), (2000, 3000, "y"), (4000, 5000, "x")],
        "gaze": [(500, 900, "m"), (901, 941, "n")],
        "gaze.note": [(500, 900, "slow, once"), (901, 941, "")],
    }
    assert [(item.code, item.line) for item in read.findings] == [
        ("convert-not-understood", 3), ("convert-point", None),
    ]  # fmt: skip


def test_an_ordinal_that_does_not_follow_is_told():
    read = export.read(EXPORTED.replace("\n2,", "\n3,").encode(), "s01.csv", ALL)
    (told,) = [item for item in read.findings if item.code == "convert-damaged"]
    assert (told.line, told.message[:13]) == (3, "column 'code'")


WRONG = {
    EXPORTED.replace("code.offset", "code.end"): (1, "expected NAME.ordinal, NAME.onset and NAME.offset"),
    EXPORTED.replace("gaze.", "code."): (1, "expected NAME.ordinal"),
    EXPORTED.replace("1999", "l999"): (2, "column 'code': expected ordinal, onset and offset"),
    EXPORTED.replace(",,,,,", ",4,"): (4, "column 'gaze': expected ordinal"),
    EXPORTED.replace("slow, once", "slow").replace(",x,,", ",x,3,1,2,,,9,"): (4, "the row has 14 cells"),
    EXPORTED.replace('"slow, once"', "slow, once"): (2, "the row has 10 cells"),
    EXPORTED.replace("3000", "300"): (3, "the cell ends (300 ms) before it begins (2000 ms)"),
    EXPORTED.replace('once"', "once"): (2, "a quoted text begins here"),
}


@pytest.mark.parametrize("table", WRONG)
def test_a_damaged_row_is_refused_with_its_number_and_the_remedy(table: str):
    line, said = WRONG[table]
    with pytest.raises(UnreadableInput) as caught:
        export.read(table.encode(), "s01.csv", ALL)
    assert caught.value.message.startswith(f"s01.csv:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_whoever_reads_it_as_a_table_is_told_what_it_is(shared: Path):
    path = shared / "cases" / "19_tables" / "datavyu_like.csv"
    with pytest.raises(UnreadableInput) as caught:
        read_documents(path.read_bytes(), path.name, "csv", ALL)
    assert caught.value.hint == "It begins like Datavyu exported spreadsheet: use --from datavyu-csv."
    assert content(read_documents(path.read_bytes(), path.name, "datavyu-csv", ALL)) == {
        "code": [(1000, 1999, "x"), (2000, 3000, "y")], "gaze": [(500, 900, "m"), (901, 1500, "n")],
    }  # fmt: skip
