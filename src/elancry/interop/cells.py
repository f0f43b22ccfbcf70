"""Tables that programs export as text: rows of cells with the numbers of their lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.flat import MOST_CHARACTERS
from elancry.interop.text import called, damaged, decode_text
from elancry.interop.workbook.sheet import ZIP, Row, sheet_rows
from elancry.texts import Text, some, text

DELIMITERS = "\t;,"
_MOST_SHOWN = 10
_SEPARATOR = re.compile(r"sep=([,;\t])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of a table that are not empty, and what was guessed on the way."""

    rows: Sequence[Row]
    delimiter: str
    findings: tuple[Finding, ...]


def read_cells(data: bytes, name: str, kind: Text, sheet: str | None = None) -> Cells:
    """The cells of a text, which are separated by what its first line has most of, or of the `sheet` of a workbook.

    Raises UnreadableInput, and UsageError for a sheet that is not there.
    """
    if data.startswith(ZIP):
        rows, notes = sheet_rows(data, name, kind, sheet)
        if not rows:
            raise UnreadableInput(text("format.no-rows", file=called(name), kind=kind))
        return Cells(rows, "\t", notes)
    content, findings = decode_text(data, name, kind)
    first, _, rest = content.partition("\n")
    given, skipped = _SEPARATOR.fullmatch(first.strip(" ")), 0
    if given is not None:
        content, skipped = rest, 1
    first = next((line for line in content.split("\n") if line.strip()), "")
    delimiter = given[1] if given is not None else max(DELIMITERS, key=first.count)
    rows = [row for row in quoted_rows(content, name, delimiter, skipped) if any(cell.strip() for cell in row[1])]
    return Cells(rows, delimiter, findings)


def quoted_rows(content: str, name: str, delimiter: str, skipped: int = 0) -> Iterator[Row]:
    """Rows quoted as CSV has it; raises UnreadableInput where a quote is not closed. `skipped` lines stand before."""
    limit = csv.field_size_limit(4 * MOST_CHARACTERS)
    last = skipped
    try:
        reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
        for cells in reader:
            yield last + 1, cells
            last = reader.line_num + skipped
    except csv.Error:
        raise damaged(name, last + 1, text("format.table-quote"), text("format.table-quote-hint")) from None
    finally:
        csv.field_size_limit(limit)


def refuse_longer(rows: Sequence[Row], width: int, delimiter: str, name: str) -> None:
    """Raise UnreadableInput for the first row that has more cells than the header has columns."""
    for line, cells in rows:
        if any(cell.strip() for cell in cells[width:]):
            why = text("format.table-cells", n=len(cells), columns=width)
            raise damaged(name, line, why, text("format.table-cells-hint", delimiter=delimiter))


def shorter(rows: Sequence[Row], width: int, name: str) -> tuple[Finding, ...]:
    """The finding that rows have fewer cells than the header has columns, if there are any."""
    lines = [line for line, cells in rows if len(cells) < width]
    if not lines:
        return ()
    message = text(
        "finding.convert-row-incomplete.message", n=len(lines), lines=some([str(line) for line in lines], _MOST_SHOWN)
    )
    hint = text("finding.convert-row-incomplete.hint")
    return (finding("convert-row-incomplete", message, hint=hint, file=name or None, line=lines[0]),)
