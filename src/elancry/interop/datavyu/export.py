"""Datavyu's exported spreadsheet: one group of columns for each column of Datavyu, side by side.

    code.ordinal,code.onset,code.offset,code.kind,gaze.ordinal,gaze.onset,gaze.offset,gaze.target
    1,1000,1999,x,1,500,900,m

Source: Datavyu's user guide ("Exporting data") and the scripts that come with it; times are whole milliseconds. A group
that is shorter than the others has empty cells at its end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from elancry.findings import Finding, finding
from elancry.interop.cells import read_cells, refuse_longer, shorter
from elancry.interop.datavyu.sheet import Cell, Column, add_cell, as_read
from elancry.interop.format import Choices, Format, Read
from elancry.interop.text import damaged, refusal
from elancry.interop.workbook.sheet import Row
from elancry.texts import text

_KIND = text("format.kind.datavyu-csv")
_FIELDS = ("ordinal", "onset", "offset")
_WHOLE = re.compile(r"\d{1,15}")
BEGINS = re.compile(rb'"?([^\n,;\t"]+)\.ordinal"?[,;\t]"?\1\.onset"?[,;\t]"?\1\.offset\b')


@dataclass(frozen=True, slots=True)
class _Group:
    """Where a column of Datavyu stands in the table."""

    column: Column
    first: int

    @property
    def end(self) -> int:
        """The first place behind it."""
        return self.first + len(_FIELDS) + len(self.column.codes)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a table; raises UnreadableInput with the line where it stops making sense."""
    table = read_cells(data, name, _KIND, choices.sheet)
    groups = _groups(table.rows[0], name)
    rows, width = table.rows[1:], groups[-1].end
    refuse_longer(rows, width, table.delimiter, name)
    findings = [*table.findings, *shorter(rows, width, name)]
    for group in groups:
        findings += _fill(group, rows, name)
    return as_read([group.column for group in groups], name, choices, findings)


def _groups(header: Row, name: str) -> list[_Group]:
    """The groups that the header names, in order, with nothing between them but empty names."""
    line, names = header
    found: list[_Group] = []
    taken: set[str] = set()
    at = 0
    while at < len(names):
        here = names[at].strip()
        at += 1
        if not here:
            continue
        column, dot, _ = here.rpartition(".")
        fields = [item.strip() for item in names[at - 1 : at + 2]]
        if not dot or fields != [f"{column}.{field}" for field in _FIELDS] or column in taken:
            why = text("format.datavyu-header", given=here[:60])
            raise refusal(name, line, _KIND, why, text("format.datavyu-header-hint"))
        taken.add(column)
        first, at = at - 1, at + 2
        while at < len(names) and _is_code(names[at].strip(), column):
            at += 1
        codes = tuple(item.strip().removeprefix(f"{column}.") for item in names[first + 3 : at])
        found.append(_Group(Column(column, codes), first))
    return found


def _is_code(named: str, column: str) -> bool:
    return named.startswith(f"{column}.") and named != f"{column}.{_FIELDS[0]}"


def _fill(group: _Group, rows: Sequence[Row], name: str) -> list[Finding]:
    """Put the cells of `rows` into the column; ordinals that do not go on are told."""
    odd: list[int] = []
    for line, cells in rows:
        own = [cell.strip() for cell in cells[group.first : group.end]]
        if not any(own):
            continue
        numbers = [int(cell) if _WHOLE.fullmatch(cell) else None for cell in own[:3]]
        if None in numbers or len(own) < group.end - group.first:
            why = text("format.datavyu-cell", column=group.column.name, given=",".join(own)[:60])
            raise damaged(name, line, why, text("format.datavyu-cell-hint"))
        ordinal, onset, offset = (number or 0 for number in numbers)
        if ordinal != len(group.column.cells) + 1 and not odd:
            odd.append(line)
        add_cell(group.column, Cell(line, onset, offset, tuple(own[3:])), name)
    if not odd:
        return []
    message = text("finding.convert-damaged.message-datavyu-ordinal", column=group.column.name)
    return [finding("convert-damaged", message, hint=text("finding.convert-damaged.hint"), file=name, line=odd[0])]


FORMAT = Format(
    "datavyu-csv",
    text("format.title.datavyu-csv"),
    (),
    read,
    not_understood=(text("format.ignores.datavyu-gaps"), text("format.ignores.datavyu-videos-csv")),
    takes=frozenset({"sheet"}),
    shared_suffixes=(".csv", ".txt"),
    begins=BEGINS,
)
