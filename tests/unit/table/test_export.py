from __future__ import annotations

import io

import pandas as pd
import pytest

from elancry.defused import defuse
from elancry.table.export import ParquetPieces, csv_bytes, data_dictionary, write_csv
from elancry.table.schema import AGREEMENT, ANNOTATIONS

ROWS = [
    {"session": "01", "rater": "R1", "start_ms": 0, "value": '=1+1; "x"\nnext', "category": ""},
    {"session": "02", "rater": "R\u00e4", "start_ms": None, "value": "-3", "category": "p"},
]


def test_plain_csv_keeps_every_text_and_the_full_precision():
    frame = AGREEMENT.frame(
        [{"measure": "=x", "estimate": 0.1 + 0.2, "n_units": 3}, {"measure": "y", "estimate": None}]
    )
    text = csv_bytes(frame).decode("utf-8")
    header, first, second, _ = text.split("\n")
    cells = dict(zip(header.split(","), first.split(","), strict=True))
    # 0.1 + 0.2 has 17 significant digits; repr gives all of them.
    assert (cells["measure"], cells["estimate"], cells["n_units"]) == ("=x", "0.30000000000000004", "3")
    assert dict(zip(header.split(","), second.split(","), strict=True))["estimate"] == ""


def test_reading_plain_csv_back_gives_the_same_cells():
    frame = ANNOTATIONS.frame(ROWS)
    back = pd.read_csv(io.BytesIO(csv_bytes(frame)), dtype=str, keep_default_na=False)
    assert back["value"].tolist() == [row["value"] for row in ROWS]
    assert back["session"].tolist() == ["01", "02"]
    assert back["start_ms"].tolist() == ["0", ""]


def test_for_excel_there_is_a_mark_and_no_formula():
    frame = ANNOTATIONS.frame(ROWS)
    content = csv_bytes(frame, "excel")
    assert content.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    assert back["value"].tolist() == ["'" + ROWS[0]["value"], "-3"]


def test_german_excel_gets_semicolons_and_decimal_commas():
    frame = AGREEMENT.frame([{"measure": "m", "estimate": 0.5}])
    text = csv_bytes(frame, "excel-de").decode("utf-8-sig")
    cells = dict(zip(*(line.split(";") for line in text.splitlines()), strict=True))
    assert cells["estimate"] == "0,5"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=A1", "'=A1"),
        ("+cmd", "'+cmd"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("-1", "-1"),
        ("-1,5", "-1,5"),
        ("-a", "'-a"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_formulas_are_defused(text, safe):
    assert defuse(text) == safe


@pytest.mark.parametrize("form", ["excel", "excel-de"])
def test_formulas_in_heads_are_defused_for_excel_alone(form):
    frame = pd.DataFrame([[1, 2]], columns=["=cmd", "-a"])
    assert csv_bytes(frame, form).decode("utf-8-sig").splitlines()[0].replace(";", ",") == "'=cmd,'-a"
    assert csv_bytes(frame).decode().splitlines()[0] == "=cmd,-a"
    assert list(frame.columns) == ["=cmd", "-a"]


def parquet_bytes(*pieces: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    with ParquetPieces(buffer, ANNOTATIONS) as table:
        for piece in pieces:
            table.add(piece)
    return buffer.getvalue()


def test_parquet_keeps_types_and_missing_cells():
    frame = ANNOTATIONS.frame(ROWS)
    back = pd.read_parquet(io.BytesIO(parquet_bytes(frame)))
    assert str(back["start_ms"].dtype) == "Int64"
    assert back["start_ms"].isna().tolist() == [False, True]
    assert back["value"].tolist() == frame["value"].tolist()


def test_a_table_in_pieces_is_the_same_table():
    whole = ANNOTATIONS.frame(ROWS)
    first, second = (ANNOTATIONS.frame([row]) for row in ROWS)
    for form in (None, "excel", "excel-de"):
        assert csv_bytes(first, form) + csv_bytes(second, form, first=False) == csv_bytes(whole, form)
    # A piece may have nothing but missing cells in a column of whole numbers.
    back = pd.read_parquet(io.BytesIO(parquet_bytes(second, first, ANNOTATIONS.frame([]))))
    assert back["start_ms"].isna().tolist() == [True, False]
    assert back["value"].tolist() == [ROWS[1]["value"], ROWS[0]["value"]]
    empty = pd.read_parquet(io.BytesIO(parquet_bytes(ANNOTATIONS.frame([]))))
    assert list(empty.columns) == ANNOTATIONS.names


def test_the_dictionary_lists_every_column_once(tmp_path):
    frame = data_dictionary([ANNOTATIONS, AGREEMENT])
    assert len(frame) == len(ANNOTATIONS.columns) + len(AGREEMENT.columns)
    assert (frame["meaning"] != "").all()
    write_csv(frame, tmp_path / "d.csv")
    assert (tmp_path / "d.csv").read_bytes() == csv_bytes(frame)
