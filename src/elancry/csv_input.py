"""Tables that people make in Excel: sequences.csv, sessions.csv, assignment.csv.

Comma, semicolon or tab; with or without a byte order mark; UTF-8, UTF-16 or, with a finding, Windows cp1252; Excel's
`sep=;` line. Every cell stays text, so that the session `01` does not become 1.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from elancry.errors import InvalidInput, UnreadableInput
from elancry.findings import Finding, Severity, finding, worst
from elancry.names import there_are
from elancry.paths import read_regular
from elancry.texts import Text, text
from elancry.times import Form, UnclearTimes, Unit, column_form, exact_ms, parse_time

MAX_BYTES = 50_000_000


_T = TypeVar("_T")


@dataclass(frozen=True)
class CsvRow:
    """One row: `line` is the line in the file (1 = header), `values` go by column name, stripped, empty where empty."""

    line: int
    values: Mapping[str, str]


class CsvTable:
    """A table with its findings so far; `value` reads single cells and collects what is wrong with them."""

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        rows: Sequence[CsvRow],
        findings: Sequence[Finding],
        delimiter: str = ",",
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.rows = tuple(rows)
        self.findings = list(findings)
        self.delimiter = delimiter
        self._forms: dict[tuple[str, ...], Form | None] = {}

    def report(self, row: CsvRow, message: Text | str, hint: Text | str | None = None) -> None:
        """Add the finding that a value in `row` is not as expected."""
        self.findings.append(finding("csv-value", message, hint=hint, file=self.name, line=row.line))

    def value(self, row: CsvRow, column: str, read: Callable[[str], _T]) -> _T | None:
        """`read` applied to a cell; where it raises ValueError, the text of the error becomes a finding."""
        message = row.values.get(column, "")
        if not message:
            self.findings.append(
                finding("csv-row", text("finding.csv-row.message-empty", column=column), file=self.name, line=row.line)
            )
            return None
        try:
            return read(message)
        except ValueError as error:
            why = error.args[0] if error.args and isinstance(error.args[0], Text) else str(error)
            self.report(row, text("table_input.value", column=column, why=why))
            return None

    def ms(self, row: CsvRow, columns: Sequence[str], column: str, unit: Unit) -> int | None:
        """The time in ms in one of `columns`, which hold times of one `unit`, or clock times (see `elancry.times`).

        What can be read in more than one way is a finding, once for all rows; so is that times were rounded.
        """
        clock = self._has_clock(column)
        together = (column,) if clock else tuple(name for name in columns if not self._has_clock(name))
        form = self._form(together, unit)
        if form is None:
            return None

        def read(given: str) -> int:
            found = parse_time(given, form.unit)
            if found is None:
                said = text("times.not-s", given=given) if unit is Unit.SECONDS else text("times.not-ms", given=given)
                raise ValueError(said)
            return found

        return self.value(row, column, read)

    def _has_clock(self, column: str) -> bool:
        return any(":" in row.values.get(column, "") for row in self.rows)

    def _form(self, columns: tuple[str, ...], unit: Unit) -> Form | None:
        """The form of the times in `columns`, `None` with a finding where it is unclear."""
        if columns in self._forms:
            return self._forms[columns]
        places = [(row, column) for column in columns for row in self.rows]
        cells = [row.values.get(column, "") for row, column in places]
        try:
            form = self._forms[columns] = column_form(cells, unit, commas_separate=self.delimiter == ",")
        except UnclearTimes as error:
            row, column = places[error.cell]
            self.report(row, text("table_input.value", column=column, why=error.said), error.advice)
            self._forms[columns] = None
            return None
        exact = [exact_ms(cell, form.unit) for cell in cells]
        rounded = sum(time is not None and time != int(time) for time in exact)
        if rounded:
            message = text("finding.csv-time-rounded.message", n=rounded, column=columns)
            self.findings.append(finding("csv-time-rounded", message, file=self.name))
        return form

    def require_usable(self) -> None:
        """Raise InvalidInput with every finding if one of them is an error."""
        if worst(self.findings) is Severity.ERROR:
            count = sum(item.severity is Severity.ERROR for item in self.findings)
            raise InvalidInput(text("table_input.mistakes", n=count, file=self.name), self.findings)


def read_csv_input(
    path: Path,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    others: bool = False,
    instead: Mapping[str, str] | None = None,
) -> CsvTable:
    """The table at `path`; column names are compared without regard to case and surrounding blanks.

    `required` columns must be there; with `others`, columns beyond `required` and `optional` are kept as they are
    named, else they are findings. `instead` names columns of which all may be there in place of required ones. Empty
    rows are skipped. Raises UnreadableInput for a file that cannot be read and InvalidInput, with all findings, where
    the columns or rows do not fit.
    """
    name = str(path)
    message, findings = _decode(path, name)
    first, _, rest = message.partition("\n")
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        message, skipped = rest, 1
        delimiter = first.strip()[4]
    else:
        delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(message, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    try:
        lines += ((reader.line_num + skipped, cells) for cells in reader)
    except csv.Error as error:
        line = lines[-1][0] + 1 if lines else 1 + skipped
        why = text("format.table-quote")
        raise UnreadableInput(
            text("table_input.not-a-table", file=name, line=line, why=why), hint=text("format.table-quote-hint")
        ) from error
    filled = [(line, [cell.strip() for cell in cells]) for line, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise UnreadableInput(text("table_input.empty", file=name, columns=tuple(required)))
    names = {cell.casefold() for cell in filled[0][1]}
    if instead and not names & set(instead) and names & set(instead.values()):
        required = [instead.get(column, column) for column in required]
    columns, problems = _header(filled[0][1], required, optional, others)
    findings += [finding("csv-columns", message, hint=hint, file=name, line=filled[0][0]) for message, hint in problems]
    rows = []
    for line, cells in filled[1:]:
        if any(cells[len(columns) :]):
            findings.append(
                finding(
                    "csv-row",
                    text("finding.csv-row.message-cells", n=len(cells), columns=len(columns)),
                    hint=text("finding.csv-row.hint", delimiter=delimiter),
                    file=name,
                    line=line,
                )
            )
            continue
        padded = cells + [""] * (len(columns) - len(cells))
        rows.append(CsvRow(line, dict(zip(columns, padded, strict=False))))
    table = CsvTable(name, columns, rows, findings, delimiter)
    table.require_usable()
    return table


def _decode(path: Path, name: str) -> tuple[str, list[Finding]]:
    try:
        if path.is_dir():
            raise UnreadableInput(text("table_input.folder", file=name))
        if path.exists() and not path.is_file():
            raise UnreadableInput(text("table_input.not-a-file", file=name))
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableInput(text("table_input.too-large", file=name, mb=MAX_BYTES // 1_000_000))
        data = read_regular(path)
    except OSError as error:
        raise UnreadableInput(text("table_input.unreadable", file=name, why=error.strerror or str(error))) from error
    if data[:4] == b"PK\x03\x04":
        raise UnreadableInput(text("table_input.zip", file=name), hint=text("format.zip-hint"))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return _one_line_end(data.decode("utf-16")), []
        except UnicodeDecodeError as error:
            raise UnreadableInput(text("table_input.not-utf-16", file=name)) from error
    if b"\0" in data:
        raise UnreadableInput(text("table_input.not-text", file=name))
    try:
        return _one_line_end(data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = data.decode("cp1252", errors="replace")
        note = finding(
            "csv-encoding",
            text("finding.csv-encoding.message"),
            hint=text("finding.csv-encoding.hint"),
            file=name,
            line=line,
        )
        return _one_line_end(message), [note]


def _one_line_end(content: str) -> str:
    return unicodedata.normalize("NFC", content.replace("\r\n", "\n").replace("\r", "\n"))


def _header(
    cells: list[str], required: Sequence[str], optional: Sequence[str], others: bool
) -> tuple[list[str], list[tuple[Text, Text]]]:
    """The column names, known ones in their own spelling, and what is wrong with them."""
    known = {column.casefold(): column for column in (*required, *optional)}
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns: list[str] = []
    problems: list[tuple[Text, Text]] = []
    for cell in cells:
        column = known.get(cell.casefold(), cell)
        if column in columns:
            twice = text("table_input.column-twice", column=column)
            problems.append((twice, text("table_input.column-twice-hint")))
        elif column not in known.values() and not others:
            hint = there_are(column, tuple(known.values()))
            problems.append((text("table_input.column-unknown", column=column), hint))
        columns.append(column)
    for column in required:
        if column not in columns:
            missing = text("table_input.column-missing", column=column)
            problems.append((missing, text("table_input.column-missing-hint", columns=tuple(columns))))
    return columns, problems
