"""Tables to files: CSV for programs, CSV for Excel, Parquet.

The plain CSV is UTF-8 with comma and point, numbers in full precision, missing cells empty, texts exactly as they are.
The two forms for Excel add a byte order mark, and there texts that Excel would run as a formula get an apostrophe.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from elancry.defused import defuse
from elancry.files import write_bytes
from elancry.table.columns import Kind, TableSchema, in_english
from elancry.texts import Texts

if TYPE_CHECKING:
    import pandas as pd


class ExcelForm(StrEnum):
    """CSV as Excel opens it by double click: with comma and point, or as German Excel expects it."""

    EXCEL = "excel"
    EXCEL_DE = "excel-de"


def csv_bytes(frame: pd.DataFrame, form: ExcelForm | str | None = None, *, first: bool = True) -> bytes:
    """The table as CSV in UTF-8; lines end with a line feed (for Excel: as on Windows).

    With `first=False` the rows alone: what follows in a table that is written piece by piece.
    """
    frame = in_english(frame)
    if form is None:
        return str(frame.to_csv(index=False, header=first, lineterminator="\n")).encode("utf-8")
    form = ExcelForm(form)
    german = form is ExcelForm.EXCEL_DE
    text = _defused(frame).to_csv(
        index=False,
        header=first,
        lineterminator="\r\n",
        sep=";" if german else ",",
        decimal="," if german else ".",
    )
    return str(text).encode("utf-8-sig" if first else "utf-8")


def write_csv(frame: pd.DataFrame, path: Path, form: ExcelForm | str | None = None) -> None:
    """Write `csv_bytes` to `path`; OutputRefused where the file cannot be written (it may be open in Excel)."""
    write_bytes(path, csv_bytes(frame, form))


class ParquetPieces:
    """A table written to `stream` as Parquet, one group of rows after the other; use it in a `with` block."""

    def __init__(self, stream: BinaryIO, schema: TableSchema) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        types = {Kind.TEXT: pa.string(), Kind.INTEGER: pa.int64(), Kind.NUMBER: pa.float64()}
        columns = pa.schema([pa.field(column.name, types[column.kind]) for column in schema.columns])
        # What pandas adds says that whole numbers are nullable there, too.
        empty = pa.Table.from_pandas(schema.frame([]), schema=columns, preserve_index=False)
        self._schema = empty.schema
        self._writer = parquet.ParquetWriter(stream, self._schema)

    def add(self, frame: pd.DataFrame) -> None:
        """Write the rows of `frame`, which has the columns of the schema."""
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pandas(frame, schema=self._schema, preserve_index=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()


def data_dictionary(schemas: Sequence[TableSchema]) -> pd.DataFrame:
    """One row per column of the tables: table, column, type, unit, meaning (a text)."""
    import pandas as pd

    rows = [
        (schema.name, column.name, column.kind.value, column.unit, Texts((schema.meaning(column),)))
        for schema in schemas
        for column in schema.columns
    ]
    return pd.DataFrame(rows, columns=pd.Index(["table", "column", "type", "unit", "meaning"]))


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    safe = frame.copy()
    for name in safe.columns:
        if str(safe[name].dtype) in {"object", "str", "string"}:
            safe[name] = [defuse(cell) if isinstance(cell, str) else cell for cell in safe[name]]
    # Names of covariates, raters and categories stand in heads too.
    safe.columns = safe.columns.map(defuse)
    return safe
