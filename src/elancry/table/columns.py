"""What a table is: columns with type, unit and meaning, and a frame that is checked against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from elancry.texts import Text, Texts, known

if TYPE_CHECKING:
    import pandas as pd


class Kind(StrEnum):
    """The type of a column; every kind but TEXT may hold missing cells, TEXT holds "" instead."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type and its unit; what it means is a text (see `TableSchema.meaning`)."""

    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its file name without suffix and its columns in order."""

    name: str
    columns: tuple[Column, ...]

    @property
    def title(self) -> Text:
        """What the table holds."""
        return Text(f"table.{self.name}")

    def meaning(self, column: Column) -> Text:
        """What a column holds: the text `column.TABLE.COLUMN`, else `column.COLUMN`, which several tables share."""
        own = f"column.{self.name}.{column.name}"
        return Text(own if known(own) else f"column.{column.name}")

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def frame(self, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
        """A data frame of exactly these columns and types from rows (mappings by column name).

        Columns that a row does not name are missing. A text cell is a `str`, a `Text` or a tuple of `Text`, which the
        frame holds as `Texts`. Raises ValueError for a name that the schema does not know.
        """
        import pandas as pd

        listed = list(rows)
        unknown = sorted({name for row in listed for name in row} - set(self.names))
        if unknown:
            raise ValueError(f"table {self.name} has no column {', '.join(unknown)}")
        data = {column.name: _typed([row.get(column.name) for row in listed], column.kind) for column in self.columns}
        return pd.DataFrame(data, columns=pd.Index(self.names))

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` itself if its columns and types are those declared; raises ValueError otherwise."""
        if list(frame.columns) != self.names:
            raise ValueError(f"table {self.name}: columns {list(frame.columns)}, expected {self.names}")
        for column in self.columns:
            dtype = str(frame[column.name].dtype)
            if dtype not in _DTYPES[column.kind]:
                raise ValueError(f"table {self.name}, column {column.name}: type {dtype}, expected {column.kind}")
        return frame


_DTYPES = {
    Kind.TEXT: {"object", "str", "string"},
    Kind.INTEGER: {"Int64", "int64"},
    Kind.NUMBER: {"float64"},
}


def _typed(values: list[Any], kind: Kind) -> pd.Series[Any]:
    import pandas as pd

    if kind is Kind.TEXT:
        return pd.Series([_said(value) for value in values], dtype="object")
    if kind is Kind.INTEGER:
        return pd.Series([None if value is None else int(value) for value in values], dtype="Int64")
    return pd.Series([float("nan") if value is None else float(value) for value in values], dtype="float64")


def _said(value: Any) -> str | Texts:
    """What a text cell holds: "" for nothing, texts with their codes, everything else as it is shown."""
    if isinstance(value, Text):
        return Texts((value,))
    if isinstance(value, tuple):
        return Texts(value) if value else ""
    return value if isinstance(value, Texts) else "" if value is None else str(value)


def in_english(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with its texts in English, as tables are written."""
    english = frame.copy()
    for name in english.columns:
        if str(english[name].dtype) == "object":
            english[name] = [cell.into("en") if isinstance(cell, Texts) else cell for cell in english[name]]
    return english
