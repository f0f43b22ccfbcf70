"""The rows of a sheet of an Excel workbook, as texts: values only, whatever else the workbook holds.

openpyxl reads it without running anything: of a formula the result counts that Excel stored with it; where there is
none, the workbook is refused. Times of day and durations become `h:mm:ss.mmm`, dates ISO 8601, other numbers decimals
with Excel's 15 digits. Before openpyxl sees the file, its parts are unpacked with bounds and refused if one declares a
document type, the door to entities; sizes that a sheet claims to have are not believed.
"""

from __future__ import annotations

import datetime
import io
import warnings
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding, finding
from elancry.interop.text import called, refusal
from elancry.interop.zip_input import ZipInput
from elancry.texts import Text, some, text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_ROWS = 1_048_576
"""What Excel holds."""
MOST_CELLS = 10_000_000
ZIP = b"PK\x03\x04"
Row = tuple[int, list[str]]
"""(number of the row, cells)"""


def sheet_rows(data: bytes, name: str, kind: Text, sheet: str | None) -> tuple[list[Row], tuple[Finding, ...]]:
    """The rows of the sheet called `sheet`, `None` for the first one, and what was left aside.

    Raises UnreadableInput for what is no workbook, or one with formulas that have no result; UsageError where there is
    no such sheet. `kind` says what was expected.
    """
    formulas = _parts(data, name, kind)
    try:
        book = _open(data, results=True)
        names = [one.title for one in book.worksheets]
        wanted = _wanted(names, sheet, name)
        rows = list(_texts(book, wanted, name))
        missing = _without_result(data, wanted, rows, name) if formulas else None
    except (UnreadableInput, UsageError):
        raise
    except Exception as error:  # openpyxl lets through whatever a damaged part makes it do
        why = text("format.workbook-damaged", why=f"{type(error).__name__}: {error}"[:100])
        message = text("format.not-of-kind", file=called(name), kind=kind, why=why)
        raise UnreadableInput(message, hint=text("format.workbook-damaged-hint")) from None
    if missing is not None:
        why = text("format.workbook-formula", cell=missing[1])
        raise refusal(name, missing[0], kind, why, text("format.workbook-formula-hint"))
    others = [one for one in names if one != wanted]
    if sheet is not None or not others:
        return rows, ()
    message = text("finding.convert-not-understood.message-sheets", sheet=wanted, others=some(others, 10))
    hint = text("finding.convert-not-understood.hint-sheets")
    return rows, (finding("convert-not-understood", message, hint=hint, file=name or None),)


def _parts(data: bytes, name: str, kind: Text) -> bool:
    """Whether there are formulas; raises UnreadableInput for parts that are damaged, too large or declare a type."""
    archive = ZipInput(data, name, kind)
    if "xl/workbook.xml" not in archive.names:
        message = text("format.not-of-kind", file=called(name), kind=kind, why=text("format.workbook-other"))
        raise UnreadableInput(message, hint=text("format.workbook-damaged-hint"))
    formulas = False
    for member in archive.names:
        if not member.lower().endswith((".xml", ".rels")):
            continue
        content = archive.read(member)
        plain = content.replace(b"\0", b"")
        if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
            message = text("format.not-of-kind", file=called(name), kind=kind, why=text("format.workbook-doctype"))
            raise UnreadableInput(message, hint=text("format.workbook-damaged-hint"))
        formulas |= member.startswith("xl/worksheets/") and (b"<f>" in content or b"<f " in content)
    return formulas


def _open(data: bytes, *, results: bool) -> Workbook:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions of Excel that have nothing to do with values
        return load_workbook(io.BytesIO(data), read_only=True, data_only=results, keep_links=False)


def _wanted(names: Sequence[str], sheet: str | None, name: str) -> str:
    if not names:
        raise UnreadableInput(text("format.workbook-no-sheet", file=called(name)))
    if sheet is None:
        return names[0]
    if sheet not in names:
        raise UsageError(
            text("format.no-such-sheet", file=called(name), sheet=sheet),
            hint=text("format.no-such-sheet-hint", names=some(list(names), 20)),
        )
    return sheet


def _values(book: Workbook, sheet: str, name: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows that are not empty, with their numbers; raises UnreadableInput for more than there can be."""
    page = book[sheet]
    page.reset_dimensions()
    cells = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, row in enumerate(page.iter_rows(values_only=True), 1):
            cells += len(row)
            if number > MOST_ROWS or cells > MOST_CELLS:
                raise UnreadableInput(
                    text("format.workbook-too-large", file=called(name), rows=MOST_ROWS, cells=MOST_CELLS),
                    hint=text("format.too-large-unpacked-hint"),
                )
            if any(value is not None for value in row):
                yield number, row


def _texts(book: Workbook, sheet: str, name: str) -> Iterator[Row]:
    for number, row in _values(book, sheet, name):
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _without_result(data: bytes, sheet: str, rows: Sequence[Row], name: str) -> tuple[int, str] | None:
    """Row and name of the first cell with a formula whose result is not stored."""
    from openpyxl.utils import get_column_letter

    stored = dict(rows)
    for number, row in _values(_open(data, results=False), sheet, name):
        found = stored.get(number, [])
        for place, value in enumerate(row):
            formula = not isinstance(value, str | int | float) or (isinstance(value, str) and value.startswith("="))
            if value is not None and formula and not "".join(found[place : place + 1]):
                return number, f"{get_column_letter(place + 1)}{number}"
    return None


def _text(value: object) -> str:
    """A value of a cell as a table of text has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return format(Decimal(f"{value:.15g}"), "f")
    if isinstance(value, datetime.timedelta):
        return _clock(round(value.total_seconds() * 1000))
    if isinstance(value, datetime.time):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return _clock(seconds * 1000 + round(value.microsecond / 1000))
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    return str(value)


def _clock(ms: int) -> str:
    sign, ms = ("-" if ms < 0 else ""), abs(ms)
    seconds, fraction = divmod(ms, 1000)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{fraction:03d}"
