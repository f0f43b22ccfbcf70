"""What both files of Datavyu hold: columns with codes, and cells with an onset, an offset and a value for each code.

A column becomes a tier with the first code as its values; further codes hang under it, on tiers `COLUMN.CODE`. A cell
whose offset is 0 although it begins later has none yet: it is a moment. Times are Datavyu's own milliseconds; where a
cell follows the one before without a gap, Datavyu ends the former a millisecond earlier, and so it stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from elancry.eaf.parts import Media
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Read
from elancry.interop.stems import stem_of_file
from elancry.interop.text import damaged
from elancry.texts import text


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `values` are as many as the column has codes."""

    line: int
    onset_ms: int
    offset_ms: int
    values: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether it has an onset only."""
        return self.offset_ms == 0 < self.onset_ms


@dataclass(slots=True)
class Column:
    """One column with the names of its codes."""

    name: str
    codes: tuple[str, ...]
    cells: list[Cell] = field(default_factory=list)

    def tier(self) -> FlatTier:
        """The column as a tier, further codes under it."""
        rows = [(c.onset_ms, c.onset_ms if c.open else c.offset_ms, "".join(c.values[:1])) for c in self.cells]
        attached = {
            f"{self.name}.{code}": [cell.values[at] for cell in self.cells] for at, code in enumerate(self.codes) if at
        }
        return FlatTier(self.name, rows, attached=attached)


def add_cell(column: Column, cell: Cell, name: str) -> None:
    """Add a cell; raises UnreadableInput where it ends before it begins."""
    if cell.offset_ms < cell.onset_ms and not cell.open:
        raise backwards(name, cell)
    column.cells.append(cell)


def backwards(name: str, cell: Cell) -> UnreadableInput:
    """A cell that ends before it begins, as Datavyu lets people code."""
    why = text("format.datavyu-backwards", onset=cell.onset_ms, offset=cell.offset_ms)
    return damaged(name, cell.line, why, text("format.datavyu-backwards-hint"))


def as_read(
    columns: Sequence[Column], name: str, choices: Choices, findings: Sequence[Finding], media: Sequence[Media] = ()
) -> Read:
    """The document of `columns`."""
    tiers = [one.tier() for one in columns if choices.tiers is None or one.name in choices.tiers]
    document, changes = build_document(tiers, name=name, media=media)
    notes = [*findings]
    if opened := [cell for one in columns for cell in one.cells if cell.open]:
        message = text("finding.convert-not-understood.message-datavyu-open", n=len(opened))
        notes.append(finding("convert-not-understood", message, file=name or None, line=opened[0].line))
    return Read({stem_of_file(name): document}, (*notes, *changes))
