"""Times in tables: in which forms they are written, and which columns of a table without a header hold them.

ELAN writes each of begin, end and duration in up to four forms, one column each, in the order of `Unit`:
`00:01:02.500`, `62.5`, `62500` and SMPTE `00:01:02:12`. Where no header says which were chosen, the columns are found
by trying: in every row the forms must agree with each other, and begin plus duration be the end. Of two moments only,
the second is the end where it is never before the first, else the duration; that is a finding as a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from elancry.times import Unit, exact_ms, frames_of, parse_time

_SAMPLE = 300
_MOST_LEADING = 2
_WHOLE = re.compile(r"\d+(?:\.0+)?")
# Which of several forms is believed: the exact ones first.
BELIEVED = (Unit.MS, Unit.CLOCK, Unit.SECONDS, Unit.SMPTE)


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

    def finer(self, cells: Sequence[str]) -> int:
        """How many times of a row are finer than a millisecond."""
        number = 0
        for columns in (self.begin, self.end, self.duration):
            found = (exact_ms(cells[n], unit) for n, unit in columns if n < len(cells) and unit is not Unit.SMPTE)
            exact = [time for time in found if time is not None]
            number += bool(exact) and all(time != int(time) for time in exact)
        return number

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
    """How many columns come before the times, and the columns of times, of rows without a header; `None` for none.

    Where no columns fit every row, those that fit the first and most: the other rows are damaged.
    """
    sample = rows[:_SAMPLE]
    frames = frames_of([cell for row in sample for cell in row])
    found = _found(sample, frames, len(sample)) or _found(sample, frames, len(sample) // 2 + 1)
    return found if found is not None and agrees(found[1], sample[0]) else None


def _found(sample: Sequence[Sequence[str]], frames: int, fewest: int) -> tuple[int, TimeColumns] | None:
    best: tuple[int, int, TimeColumns] | None = None
    for leading in range(_MOST_LEADING + 1):
        for layout in _layouts(leading, frames):
            size = len(layout.columns)
            if best is not None and (size, leading) <= best[:2]:
                continue
            if sum(len(row) > leading + size and agrees(layout, row) for row in sample) >= fewest:
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


def agrees(layout: TimeColumns, cells: Sequence[str]) -> bool:
    """Whether the times of a row, in all their forms, say the same."""
    values: list[int | None] = []
    for columns in (layout.begin, layout.end, layout.duration):
        exact: int | None = None
        for number, unit in sorted(columns, key=_belief):
            cell = cells[number].strip() if number < len(cells) else ""
            found = parse_time(cell, unit, layout.frames)
            if found is None or (unit is Unit.SECONDS and "." not in cell):
                return False
            if unit is Unit.MS and _WHOLE.fullmatch(cell) is None:
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
