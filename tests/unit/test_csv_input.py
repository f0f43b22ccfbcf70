"""Tables as Excel in Germany, Excel in the US and a text editor write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.csv_input import read_csv_input
from elancry.errors import InvalidInput, UnreadableInput
from elancry.times import Unit

COLUMNS = ("session", "start_ms")


def write(folder: Path, data: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    "data",
    [
        b"session,start_ms\n01,83500\n",
        b"session;start_ms\r\n01;83500\r\n",
        b"session\tstart_ms\r01\t83500",
        b"\xef\xbb\xbfsession,start_ms\n01,83500\n",
        b"sep=;\nsession;start_ms\n01;83500\n",
        "session\tstart_ms\n01\t83500\n".encode("utf-16"),
        b' Session , START_MS \n\n"01","83500"\n,\n',
        b"start_ms,session,,\n83500,01,,\n",
    ],
)
def test_every_way_to_write_one_table(tmp_path: Path, data: bytes) -> None:
    table = read_csv_input(write(tmp_path, data), required=COLUMNS)
    assert [dict(row.values) for row in table.rows] == [{"session": "01", "start_ms": "83500"}]
    assert table.findings == []


def test_cp1252_is_read_with_a_finding(tmp_path: Path) -> None:
    table = read_csv_input(write(tmp_path, "session,start_ms\nMüller,0\n".encode("cp1252")), required=COLUMNS)
    assert table.rows[0].values["session"] == "Müller"
    assert [(item.code, item.line) for item in table.findings] == [("csv-encoding", 2)]


def test_lines_are_those_of_the_file_even_after_a_quoted_line_break(tmp_path: Path) -> None:
    text = 'session,start_ms,note\na,1,"two\nlines"\nb,2,\n'
    table = read_csv_input(write(tmp_path, text), required=COLUMNS, optional=("note",))
    assert [(row.line, row.values["session"]) for row in table.rows] == [(3, "a"), (4, "b")]


def test_all_mistakes_in_columns_and_rows_at_once(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_csv_input(write(tmp_path, "sesion,start_ms,start_ms,x\na,1,2,3,4\n"), required=COLUMNS)
    assert [(item.code, item.line, item.message) for item in caught.value.findings] == [
        ("csv-columns", 1, "unknown column 'sesion'"),
        ("csv-columns", 1, "the column 'start_ms' occurs twice"),
        ("csv-columns", 1, "unknown column 'x'"),
        ("csv-columns", 1, "the column 'session' is missing"),
        ("csv-row", 2, "the row has 5 cells, but the header names 4 columns"),
    ]
    assert caught.value.findings[0].hint == "Did you mean 'session'? Available: session, start_ms."


def test_further_columns_are_kept_where_they_are_welcome(tmp_path: Path) -> None:
    table = read_csv_input(write(tmp_path, "session,age\n01,33\n"), required=("session",), others=True)
    assert table.columns == ("session", "age")
    assert dict(table.rows[0].values) == {"session": "01", "age": "33"}


@pytest.mark.parametrize(
    ("cell", "ms"),
    [
        ("0", 0),
        ("83500", 83_500),
        ("0:01:23.500", 83_500),
        ("1:23,5", 83_500),
        ("01:02:03", 3_723_000),
        ("950.0", 950),
        ("83.5", 84),
    ],
)
def test_times(tmp_path: Path, cell: str, ms: int) -> None:
    # 1:23.5 is 60 + 23.5 s = 83,500 ms; 01:02:03 is 3,600 + 120 + 3 s; 83.5 ms is 84, half a millisecond up.
    table = read_csv_input(write(tmp_path, f'session;start_ms\na;"{cell}"\n'), required=COLUMNS)
    assert table.ms(table.rows[0], ["start_ms"], "start_ms", Unit.MS) == ms


def test_values_that_are_none_become_findings_and_end_the_reading_together(tmp_path: Path) -> None:
    table = read_csv_input(write(tmp_path, "session,start_ms\na,soon\nb,\n"), required=COLUMNS)
    assert [table.ms(row, ["start_ms"], "start_ms", Unit.MS) for row in table.rows] == [None, None]
    assert [(item.code, item.line) for item in table.findings] == [("csv-value", 2), ("csv-row", 3)]
    with pytest.raises(InvalidInput, match="2 errors in the table"):
        table.require_usable()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty; expected a table with the columns session, start_ms"),
        (b"\n \n", "is empty"),
        (b"PK\x03\x04rest of a workbook", "is an Excel workbook or a zip file"),
        (b"a\x00b", "is not a text file"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(UnreadableInput, match=message):
        read_csv_input(write(tmp_path, data), required=COLUMNS)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match="cannot be read"):
        read_csv_input(tmp_path / "absent.csv", required=COLUMNS)
    with pytest.raises(UnreadableInput, match="is a folder"):
        read_csv_input(tmp_path, required=COLUMNS)


def test_a_quote_that_is_not_closed_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'session,start_ms\na,1\n"b,2\nc,3\n')
    with pytest.raises(UnreadableInput, match=r"table\.csv:3: not a valid table: a quoted text begins here"):
        read_csv_input(path, required=COLUMNS)


def test_grouped_thousands_are_a_mistake_once_for_the_column(tmp_path: Path) -> None:
    table = read_csv_input(write(tmp_path, "session;start_ms\na;61.000\nb;62.000\n"), required=COLUMNS)
    assert [table.ms(row, ["start_ms"], "start_ms", Unit.MS) for row in table.rows] == [None, None]
    assert [(item.code, item.line) for item in table.findings] == [("csv-value", 2)]
    assert "'61.000' can mean 61 or 61000" in table.findings[0].message


def test_rounded_times_are_told_once(tmp_path: Path) -> None:
    table = read_csv_input(write(tmp_path, "session,start_ms\na,950.0\nb,63000.4\n"), required=COLUMNS)
    assert [table.ms(row, ["start_ms"], "start_ms", Unit.MS) for row in table.rows] == [950, 63_000]
    assert [item.code for item in table.findings] == ["csv-time-rounded"]
