"""How people write times, read in one place: in tables, text exports, sequences and options.

A column of times is read in one form (`column_form`), which its name or an option gives, or which its cells show:

- `0:01:23.500`, `1:23,5` are clock times, whatever the column is called; `00:01:02:12` ends in a frame.
- Plain numbers are milliseconds or seconds. Where neither the column's name nor an option says which, a fraction means
  seconds, and whole numbers that would be more than LONGEST_S as seconds are milliseconds; all else is refused.
- `61.000` in a column of milliseconds can be 61 ms or, with a separator of thousands, 61,000 ms: it is refused, unless
  another cell of the column shows that the mark is a decimal one (`63000.4`, `950.0`). So are marks of two kinds and
  clock times beside plain numbers other than 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from elancry.texts import Text, text

LONGEST_S = 36_000
"""Ten hours: what is more as seconds is no time in a recording, and counts milliseconds."""
_CLOCK = re.compile(r"(?:(\d{1,9}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,12}))?")
_SMPTE = re.compile(r"(\d{1,9}):(\d{2}):(\d{2})[:;](\d{2})")
_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,15})?(?:[eE]\+?\d)?")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3}){2,}(?:[.,]\d+)?|\d{1,3}(?:[\s'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?")
_DOUBTFUL = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_FRACTION = re.compile(r"[.,]0*[1-9]")
_PLAIN = re.compile(r"\d+")
_ZERO = re.compile(r"0+(?:[.,]0+)?")
_OPTION = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,2})(?:[.,](\d{1,3}))?")


class Unit(Enum):
    """A form of time; in the order of ELAN's columns."""

    CLOCK = "hh:mm:ss.ms"
    SECONDS = "ss.msec"
    MS = "msec"
    SMPTE = "hh:mm:ss:ff"


class UnclearTimes(ValueError):
    """A column of times that can be read in more than one way: why, what to do, and the number of the cell."""

    def __init__(self, said: Text, advice: Text, cell: int) -> None:
        super().__init__(said)
        self.said, self.advice, self.cell = said, advice, cell


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a column; `guessed` where whole numbers without a unit were taken for milliseconds."""

    unit: Unit
    guessed: bool = False


def column_form(cells: Sequence[str], unit: Unit | None, *, commas_separate: bool = False) -> Form:
    """The form of the times in `cells`; `unit` is what the column's name or an option says of plain numbers.

    Cells that are no times of any form are left to whoever reads them. `commas_separate` says that the table's cells
    are separated by commas, so that a comma in a number hardly is a decimal one. Raises UnclearTimes.
    """
    filled = [(number, cell.strip()) for number, cell in enumerate(cells) if cell.strip()]
    clocks = [(number, cell) for number, cell in filled if _CLOCK.fullmatch(cell) or _SMPTE.fullmatch(cell)]
    plain = [(number, cell) for number, cell in filled if _NUMBER.fullmatch(cell) or _GROUPED.fullmatch(cell)]
    counted = [(number, cell) for number, cell in plain if not _ZERO.fullmatch(cell)]
    if clocks and counted:
        number, cell = counted[0]
        message = text("times.mixed", clock=clocks[0][1], number=cell)
        raise UnclearTimes(message, text("times.mixed-hint"), number)
    if clocks:
        frames = all(_SMPTE.fullmatch(cell) for _, cell in clocks)
        return Form(Unit.SMPTE if frames else Unit.CLOCK)
    _refuse_grouped(plain, unit, commas_separate)
    if unit is not None:
        return Form(unit)
    if not plain:
        return Form(Unit.MS)
    latest = max(Decimal(cell.replace(",", ".")) for _, cell in plain)
    if latest >= LONGEST_S:
        return Form(Unit.MS, guessed=True)
    if any(_FRACTION.search(cell) for _, cell in plain):
        return Form(Unit.SECONDS)
    raise UnclearTimes(text("times.no-unit", cell=plain[0][1]), text("times.no-unit-hint"), plain[0][0])


def _refuse_grouped(cells: Sequence[tuple[int, str]], unit: Unit | None, commas_separate: bool) -> None:
    """Raise UnclearTimes for separators of thousands, and for marks that may be such."""
    for number, cell in cells:
        if _GROUPED.fullmatch(cell):
            raise UnclearTimes(text("times.grouped", cell=cell), text("times.grouped-hint"), number)
    marked = [(number, cell) for number, cell in cells if "." in cell or "," in cell]
    if {"."} < {mark for _, cell in marked for mark in ".," if mark in cell}:
        number, cell = next(item for item in marked if "," in item[1])
        raise UnclearTimes(text("times.two-marks", cell=cell), text("times.grouped-hint"), number)
    if not marked or not all(_DOUBTFUL.fullmatch(cell) for _, cell in marked):
        return
    number, cell = marked[0]
    if unit is Unit.MS or (commas_separate and "," in cell):
        whole, fraction = re.split("[.,]", cell)
        message = text("times.thousands", cell=cell, few=whole, many=whole + fraction)
        raise UnclearTimes(message, text("times.grouped-hint"), number)


def parse_time(given: str, unit: Unit, frames: int = 25) -> int | None:
    """Milliseconds, `None` for what is no time of that form; finer times are rounded, half a millisecond up."""
    exact = exact_ms(given, unit, frames)
    return None if exact is None else int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def exact_ms(given: str, unit: Unit, frames: int = 25) -> Decimal | None:
    """Milliseconds with their fraction, `None` for what is no time of that form."""
    given = given.strip()
    if _ZERO.fullmatch(given):
        return Decimal(0)  # in whatever unit
    if unit in (Unit.MS, Unit.SECONDS):
        if _NUMBER.fullmatch(given) is None:
            return None
        return Decimal(given.replace(",", ".")) * (1000 if unit is Unit.SECONDS else 1)
    if unit is Unit.CLOCK:
        clock = _CLOCK.fullmatch(given)
        if clock is None or int(clock[3]) > 59 or (clock[1] is not None and int(clock[2]) > 59):
            return None
        return _whole(clock[1] or "0", clock[2], clock[3]) + Decimal(f"0.{clock[4] or '0'}") * 1000
    smpte = _SMPTE.fullmatch(given)
    if smpte is None:
        return None
    return _whole(*smpte.groups()[:3]) + int(smpte[4]) * 1000 // frames


def frames_of(cells: Sequence[str]) -> int:
    """Frames a second of SMPTE times: what the highest frame number needs, 25, 30 (for 29.97) or 50."""
    numbers = [int(match[4]) for cell in cells if (match := _SMPTE.fullmatch(cell.strip()))]
    highest = max(numbers, default=0)
    return 25 if highest < 25 else 30 if highest < 30 else 50


def look_like_seconds(spans: Sequence[tuple[int, int]], shortest_ms: int) -> bool:
    """Whether spans of a column in ms may well be seconds: none later than LONGEST_S, half of them below a length."""
    lengths = sorted(end - start for start, end in spans if end > start)
    if not lengths or max(end for _, end in spans) >= LONGEST_S:
        return False
    return lengths[len(lengths) // 2] < shortest_ms


def parse_ms(given: str) -> int:
    """Milliseconds of a single time, as options have it: `83500` (digits only: ms), `h:mm:ss.mmm`, `mm:ss`, `ss.mmm`.

    Raises ValueError, naming both forms, for anything else.
    """
    given = given.strip()
    if _PLAIN.fullmatch(given):
        return int(given)
    match = _OPTION.fullmatch(given)
    if match is None:
        raise ValueError(text("times.not-one", given=given))
    hour, minute, second, fraction = match.groups()
    return int(_whole(hour or "0", minute or "0", second)) + int((fraction or "0").ljust(3, "0"))


def _whole(hours: str, minutes: str, seconds: str) -> Decimal:
    return Decimal(((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000)
