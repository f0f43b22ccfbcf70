"""Tables of unknown columns: what is shown, what is guessed, and what the user says of them."""

from __future__ import annotations

import io

import openpyxl
import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput, UsageError
from elancry.interop.delimited.columns import parse_columns
from elancry.interop.delimited.guess import guess
from elancry.interop.delimited.read import read
from elancry.interop.format import Choices
from elancry.interop.workbook import table
from elancry.times import Unit

UNKNOWN = "nr,Onset,Offset,Coder,Kind of cry\n1,1.5,2.25,A,protest\n2,3,4.5,A,rage\n3,8,9,B,protest\n4,9,9.5,B,rage\n"
EXPECTED = {"A": [(1500, 2250, "protest"), (3000, 4500, "rage")], "B": [(8000, 9000, "protest"), (9000, 9500, "rage")]}


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def said(table: str, columns: str) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read(table.encode(), "u.csv", Choices(columns=parse_columns(columns))).documents.values()
    return tiers(document)


def test_what_the_refusal_shows_is_what_the_option_takes():
    with pytest.raises(UnreadableInput) as caught:
        read(UNKNOWN.encode(), "u.csv", Choices())
    assert caught.value.message.startswith("u.csv:1: not a table of annotations: no columns can be identified")
    assert (caught.value.hint or "").split("\n  ") == [
        "Its columns, with the first rows:",
        "1  nr: 1 | 2 | 3",
        "2  Onset: 1.5 | 3 | 8",
        "3  Offset: 2.25 | 4.5 | 9",
        "4  Coder: A | A | B",
        "5  Kind of cry: protest | rage | protest",
        "Say what they are, for example: --columns 'start=Onset,end=Offset,value=Kind of cry,tier=Coder,unit=s'",
    ]
    assert said(UNKNOWN, "start=Onset,end=Offset,value=Kind of cry,tier=Coder,unit=s") == EXPECTED


@pytest.mark.parametrize("columns", [
    "start=2,end=3,value=5,tier=4,unit=s", "START = Onset , end=Offset,tier=Coder,value=5",
    "unit=S,tier=4,value=5,end=3,start=2",
])  # fmt: skip
def test_columns_by_name_or_number_in_any_order(columns: str):
    assert said(UNKNOWN, columns) == EXPECTED


def test_names_with_commas_and_what_else_a_column_can_be():
    """2 s after 1.5 s is 3.5 s; the unit of whole numbers is said."""
    rows = '"from, about",length,"what = it",who,rated by,movie\n2,3,x,child,R1,m1.mp4\n9,1,y,child,R1,m2.mp4\n'
    given = "start=from, about,duration=length,value=what = it,participant=who,rater=rated by,file=movie,unit=ms"
    read_in = read(rows.encode(), "u.csv", Choices(columns=parse_columns(given)))
    assert {stem: tiers(document) for stem, document in read_in.documents.items()} == {
        "m1.mp4": {"annotations": [(2, 5, "x")]}, "m2.mp4": {"annotations": [(9, 10, "y")]},
    }  # fmt: skip
    (tier,) = read_in.documents["m1.mp4"].tiers
    assert (tier.participant, tier.annotator) == ("child", "R1")


def test_a_table_without_a_header():
    assert said("x;0:00:01;0:00:02\ny;0:00:03;0:00:05.5\n", "start=2,end=3,value=1") == {
        "annotations": [(1000, 2000, "x"), (3000, 5500, "y")]
    }


def test_damaged_rows_keep_their_lines():
    with pytest.raises(UnreadableInput, match=r"u\.csv:3: a: '61\.000' can mean 61 or 61000"):
        said("a,b\n0,0\n61.000,62.000\n", "start=a,end=b,unit=ms")
    with pytest.raises(UnreadableInput, match=r"u\.csv:1: 1: '61\.000' can mean 61 or 61000"):
        said("61.000,62.000\n", "start=1,end=2,unit=ms")
    read_in = read(UNKNOWN.replace("4.5", "4x5").encode(), "u.csv", Choices(columns=parse_columns("start=2,end=3")))
    assert [(item.code, item.line) for item in read_in.findings if item.line] == [("convert-row-skipped", 3)]


def test_a_column_that_is_not_there_is_refused_with_the_nearest_name():
    with pytest.raises(UnreadableInput) as caught:
        said(UNKNOWN, "start=Onst,end=Offset")
    assert caught.value.message == "u.csv: there is no column 'Onst'"
    assert (caught.value.hint or "").startswith("Did you mean 'Onset'?")
    with pytest.raises(UnreadableInput, match="there is no column '6'"):
        said(UNKNOWN, "start=6,end=Offset")


@pytest.mark.parametrize("columns", [
    "", "Onset,Offset", "start=Onset", "start=a,start=b,end=c", "start=a,end=b,unit=frames", "start=,end=b",
    "x,start=a,end=b",
])  # fmt: skip
def test_what_says_no_columns_is_refused_with_an_example(columns: str):
    with pytest.raises(UsageError) as caught:
        parse_columns(columns)
    assert "as in: --columns start=onset,end=offset" in (caught.value.hint or "")


def test_a_unit_is_one_of_two():
    assert parse_columns("start=a,end=b,unit=ms").unit is Unit.MS
    assert parse_columns("start=a,end=b").unit is None


@pytest.mark.parametrize(("names", "rows", "expected"), [
    (["t0", "t1", "c"], [["100000", "200000", "a"]], "start=t0,end=t1,value=c,unit=ms"),
    (["von", "bis", "Kode"], [["0:01", "0:02", "a"]], "start=von,end=bis,value=Kode"),
    (["", "", "x,y"], [["1.5", "2.5", "a"]], "start=1,end=2,value=3,unit=s"),
    (["time", "duration", "note"], [["1.5", "0.5", "a"]], "start=time,duration=duration,value=note,unit=s"),
    (["a", "b"], [["x", "y"]], "start=?,end=?,value=a"),
    (["a"], [], "start=?,end=?,value=?"),
    (["b", "a"], [["5.5", "1.5"], ["3.5", "4.0"]], "start=b,end=?,value=?,unit=s"),
])  # fmt: skip
def test_guesses(names: list[str], rows: list[list[str]], expected: str):
    assert guess(names, rows) == expected


def test_a_workbook_is_asked_the_same():
    book = openpyxl.Workbook()
    for row in (["Onset", "Offset", "Kind"], [1.5, 2.25, "protest"]):
        book.worksheets[0].append(row)
    made = io.BytesIO()
    book.save(made)
    with pytest.raises(UnreadableInput) as caught:
        table.read(made.getvalue(), "u.xlsx", Choices())
    assert "--columns 'start=Onset,end=Offset,value=Kind,unit=s'" in (caught.value.hint or "")
    choices = Choices(columns=parse_columns("start=Onset,end=Offset,value=Kind,unit=s"))
    (document,) = table.read(made.getvalue(), "u.xlsx", choices).documents.values()
    assert tiers(document) == {"annotations": [(1500, 2250, "protest")]}
