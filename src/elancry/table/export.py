"""Tables to files: CSV for programs, CSV for Excel, Parquet.

The plain CSV is UTF-8 with comma and point, numbers in full precision, missing cells empty, texts exactly as they are.
The two forms for Excel add a byte order mark, and there texts that Excel would run as a formula get an apostrophe.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from elancry.files import write_bytes
from elancry.table.schema import TableSchema

if TYPE_CHECKING:
    import pandas as pd


class ExcelForm(StrEnum):
    """CSV as Excel opens it by double click: with comma and point, or as German Excel expects it."""

    EXCEL = "excel"
    EXCEL_DE = "excel-de"


_FORMULA = re.compile(r"[=+\-@\t\r]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def csv_bytes(frame: pd.DataFrame, form: ExcelForm | str | None = None) -> bytes:
    """The table as CSV in UTF-8; lines end with a line feed (for Excel: as on Windows)."""
    if form is None:
        return str(frame.to_csv(index=False, lineterminator="\n")).encode("utf-8")
    form = ExcelForm(form)
    german = form is ExcelForm.EXCEL_DE
    text = _defused(frame).to_csv(
        index=False, lineterminator="\r\n", sep=";" if german else ",", decimal="," if german else "."
    )
    return str(text).encode("utf-8-sig")


def write_csv(frame: pd.DataFrame, path: Path, form: ExcelForm | str | None = None) -> None:
    """Write `csv_bytes` to `path`; OutputRefused where the file cannot be written (it may be open in Excel)."""
    write_bytes(path, csv_bytes(frame, form))


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """The table as Parquet: texts as UTF-8 strings, whole numbers as nullable integers."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", index=False)
    return buffer.getvalue()


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write `parquet_bytes` to `path`; OutputRefused where the file cannot be written."""
    write_bytes(path, parquet_bytes(frame))


def data_dictionary(schemas: Sequence[TableSchema]) -> pd.DataFrame:
    """One row per column of the tables: table, column, type, unit, meaning."""
    import pandas as pd

    rows = [
        (schema.name, column.name, column.kind.value, column.unit, column.meaning)
        for schema in schemas
        for column in schema.columns
    ]
    return pd.DataFrame(rows, columns=pd.Index(["table", "column", "type", "unit", "meaning"]))


def defuse(text: str) -> str:
    """A text that a spreadsheet shows and does not run: an apostrophe before `=`, `+`, `-`, `@`, tab, return.

    Plain numbers stay as they are.
    """
    if _FORMULA.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    safe = frame.copy()
    for name in safe.columns:
        if str(safe[name].dtype) in {"object", "str", "string"}:
            safe[name] = [defuse(cell) if isinstance(cell, str) else cell for cell in safe[name]]
    return safe
