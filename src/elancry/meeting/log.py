"""`decisions.csv` beside the merged files: what a meeting decided, in its order, for the methods section.

A line for each step, an undone one too. Texts that a spreadsheet would run as a formula get an apostrophe.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from elancry.defused import defuse
from elancry.errors import OutputRefused
from elancry.files import write_bytes
from elancry.locks import alone
from elancry.texts import text

LOG = "decisions.csv"
COLUMNS = (
    "time", "who", "file", "tier", "start_ms", "end_ms", "decision", "value", "before", "after", "hidden",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One step. `time`: ISO 8601 with its offset from UTC. `who` is empty unless people gave it.

    `before` and `after`: what the consensus says there. `hidden`: whether the raters' codes were.
    """

    time: str
    who: str
    file: str
    tier: str
    start_ms: int
    end_ms: int
    decision: str
    value: str
    before: str
    after: str
    hidden: bool

    def cells(self) -> tuple[str, ...]:
        """The cells of its line, in the order of `COLUMNS`."""
        return tuple(_cell(getattr(self, name)) for name in COLUMNS)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A dash alone, which means none of the categories, is no formula.
    return "-" if value == "-" else defuse(str(value))


def append(folder: Path, entry: Entry) -> None:
    """Add a line; the file is replaced whole. OutputRefused where it cannot be read or written."""
    path = folder / LOG
    with alone(folder):
        try:
            before = path.read_bytes() if path.exists() else _line(COLUMNS)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputRefused(text("outputs.unreadable", path=str(path), reason=reason)) from error
        end = b"" if before.endswith(b"\n") or not before else b"\n"
        write_bytes(path, before + end + _line(entry.cells()))


def _line(cells: tuple[str, ...]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue().encode("utf-8", "replace")
