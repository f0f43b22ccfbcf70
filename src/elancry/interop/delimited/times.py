"""Times in tables: in which forms they are written, and which columns of a table without a header hold them.

ELAN writes each of begin, end and duration in up to four forms, one column each, in the order of `Unit`:
`00:01:02.500`, `62.5`, `62500` and SMPTE `00:01:02:12`. Where no header says which were chosen, the columns are found
by trying: in every row the forms must agree with each other, and begin plus duration be the end. Of two moments only,
the second is the end where it is never before the first, else the duration; that is told as a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from itertools import combinations

_SAMPLE = 300
_MOST_LEADING = 2
_CLOCK = re.compile(r"(?:(\d{1,9}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,12}))?")
_SMPTE = re.compile(r"(\d{1,9}):(\d{2}):(\d{2})[:;](\d{2})")
_SECONDS = re.compile(r"\d{1,12}(?:[.,]\d{1,15})?(?:[eE]\+?\d)?")
_MS = re.compile(r"(\d{1,15})(?:\.0+)?")


class Unit(Enum):
    """A form of time; in the order of ELAN's columns."""

    CLOCK = "hh:mm:ss.ms"
    SECONDS = "ss.msec"
    MS = "msec"
    SMPTE = "hh:mm:ss:ff"


# Which of several forms is believed: the exact ones first.
BELIEVED = (Unit.MS, Unit.CLOCK, Unit.SECONDS, Unit.SMPTE)


def parse_time(text: str, unit: Unit, frames: int = 25) -> int | None:
    """Milliseconds, `None` for what is no time of that form; finer times are rounded, half a millisecond up."""
    text = text.strip()
    if unit is Unit.MS:
        whole = _MS.fullmatch(text)
        return None if whole is None else int(whole.group(1))
    if unit is Unit.SECONDS:
        if _SECONDS.fullmatch(text) is None:
            return None
        return int((Decimal(text.replace(",", ".")) * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    if unit is Unit.CLOCK:
        clock = _CLOCK.fullmatch(text)
        if clock is None:
            return None
        hours, minutes, seconds, fraction = clock.groups()
        exact = Decimal(f"0.{fraction or '0'}") * 1000
        return _whole(hours or "0", minutes, seconds) + int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    smpte = _SMPTE.fullmatch(text)
    if smpte is None:
        return None
    return _whole(*smpte.groups()[:3]) + int(smpte.group(4)) * 1000 // frames


def _whole(hours: str, minutes: str, seconds: str) -> int:
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000


def frames_of(cells: Sequence[str]) -> int:
    """Frames a second of SMPTE times: what the highest frame number needs, 25, 30 (for 29.97) or 50."""
    numbers = [int(match.group(4)) for cell in cells if (match := _SMPTE.fullmatch(cell.strip()))]
    highest = max(numbers, default=0)
    return 25 if highest < 25 else 30 if highest < 30 else 50


@dataclass(frozen=True, slots=True)
class TimeColumns:
    """Which columns hold begin, end and duration, and in which form; two of the three at least."""

    begin: tuple[tuple[int, Unit], ...] = ()
    end: tuple[tuple[int, Unit], ...] = ()
    duration: tuple[tuple[int, Unit], ...] = ()
    frames: int = 25

    def span(self, cells: Sequence[str]) -> tuple[int, int] | None:
        """Begin and end of a row in ms, `None` where they cannot be read."""
        begin, end, length = (self._best(cells, columns) for columns in (self.begin, self.end, self.duration))
        if begin is None and end is not None and length is not None:
            begin = end - length
        if end is None and begin is not None and length is not None:
            end = begin + length
        return None if begin is None or end is None else (begin, end)

    @property
    def columns(self) -> set[int]:
        """All columns that hold times."""
        return {number for number, _ in (*self.begin, *self.end, *self.duration)}

    @property
    def usable(self) -> bool:
        """Whether begin and end follow from them."""
        return sum(map(bool, (self.begin, self.end, self.duration))) >= 2

    @property
    def frames_only(self) -> bool:
        """Whether there are only frame numbers to go by."""
        units = {unit for _, unit in (*self.begin, *self.end, *self.duration)}
        return units == {Unit.SMPTE}

    def _best(self, cells: Sequence[str], columns: Sequence[tuple[int, Unit]]) -> int | None:
        for unit in BELIEVED:
            for number, own in columns:
                if own is unit and number < len(cells):
                    found = parse_time(cells[number], unit, self.frames)
                    if found is not None:
                        return found
        return None


def find_time_columns(rows: Sequence[Sequence[str]]) -> tuple[int, TimeColumns] | None:
    """How many columns stand before the times, and the columns of times, of rows without a header; `None` for none."""
    sample = rows[:_SAMPLE]
    frames = frames_of([cell for row in sample for cell in row])
    best: tuple[int, int, TimeColumns] | None = None
    for leading in range(_MOST_LEADING + 1):
        for layout in _layouts(leading, frames):
            size = len(layout.columns)
            if best is not None and (size, leading) <= best[:2]:
                continue
            if all(len(row) > leading + size and _agrees(layout, row) for row in sample):
                best = size, leading, layout
    return None if best is None else best[1:]


def _layouts(leading: int, frames: int) -> Iterator[TimeColumns]:
    # Nothing tells end and duration from begin and duration: the latter is what people choose.
    for fields in (("begin", "end", "duration"), ("begin", "end"), ("begin", "duration")):
        for number in range(len(Unit), 0, -1):
            for units in combinations(Unit, number):
                places = iter(range(leading, leading + len(fields) * number))
                yield TimeColumns(
                    **{field: tuple((next(places), unit) for unit in units) for field in fields}, frames=frames
                )


def _agrees(layout: TimeColumns, cells: Sequence[str]) -> bool:
    values: list[int | None] = []
    for columns in (layout.begin, layout.end, layout.duration):
        exact: int | None = None
        for number, unit in sorted(columns, key=_belief):
            found = parse_time(cells[number], unit, layout.frames)
            if found is None or (unit is Unit.SECONDS and "." not in cells[number]):
                return False
            if exact is None:
                exact = found
            elif abs(found - exact) > (1100 if unit is Unit.SMPTE else 0):
                return False
        values.append(exact)
    begin, end, length = values
    if begin is None or end is None:
        return True
    # Frame numbers are cut off, so that their sums are not exact.
    allowed = 100 if layout.frames_only else 0
    return end >= begin and (length is None or abs(begin + length - end) <= allowed)


def _belief(column: tuple[int, Unit]) -> int:
    return BELIEVED.index(column[1])
