"""A table of annotations on a sheet of an Excel workbook, read like any other table (`elancry.interop.delimited`)."""

from __future__ import annotations

from elancry.interop.delimited.read import read_rows
from elancry.interop.format import Choices, Format, Read
from elancry.interop.workbook.sheet import sheet_rows
from elancry.texts import text

_KIND = text("format.kind.xlsx")


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a workbook; raises UnreadableInput, with the row, where no annotations can be found on the sheet."""
    rows, findings = sheet_rows(data, name, _KIND, choices.sheet)
    return read_rows(rows, "\t", name, choices, findings)


FORMAT = Format(
    "xlsx",
    text("format.title.xlsx"),
    (".xlsx", ".xlsm"),
    read,
    not_understood=(
        text("format.ignores.xlsx-sheets"),
        text("format.ignores.xlsx-formulas"),
        text("format.ignores.table-columns"),
    ),
    takes=frozenset({"sheet", "columns"}),
)
