"""A timeline whose points have names: what both formats refer to.

T0 0.0   T1 -   T2 -   T3 6.0        T1 and T2 have no time: they are placed evenly between, at 2 and 4 s
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from lxml import etree

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.text import damaged
from elancry.texts import text

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,30})?(?:[eE]-?\d{1,2})?")
Point = tuple[str, str | None, int]
"""(name, seconds as text or `None`, line)"""


def exact_ms(seconds: str | None) -> Decimal | None:
    """Milliseconds with their fraction of a number of seconds as XML writes it; `None` for anything else."""
    if seconds is None or _SECONDS.fullmatch(seconds.strip()) is None:
        return None
    return Decimal(seconds.strip()) * 1000


def whole(ms: Decimal) -> int:
    """Half a millisecond up."""
    return int(ms.quantize(Decimal(1), ROUND_HALF_UP))


class Timeline:
    """Points by name with their times in ms."""

    def __init__(self, points: Sequence[Point], name: str) -> None:
        """Raises UnreadableInput for names that occur twice, what is no time, and times that do not increase."""
        self._name = name
        self._ms: dict[str, int] = {}
        known: list[Decimal | None] = []
        last = Decimal(0)
        for point, given, line in points:
            ms = exact_ms(given)
            if point in self._ms or not point:
                raise damaged(name, line, text("format.timeline-twice", point=point), text("format.timeline-hint"))
            if given is not None and ms is None:
                raise damaged(name, line, text("format.timeline-time", given=given[:60]), text("format.timeline-hint"))
            if ms is not None and ms < last:
                raise damaged(name, line, text("format.timeline-order", point=point), text("format.timeline-hint"))
            last = last if ms is None else ms
            known.append(ms)
            self._ms[point] = 0
        if None not in (known[:1] + known[-1:]):
            times = _between(known)
        else:
            line = next((line for (_, given, line) in points if given is None), 1)
            raise damaged(name, line, text("format.timeline-open"), text("format.timeline-open-hint"))
        self._ms.update({point: whole(ms) for (point, _, _), ms in zip(points, times, strict=True)})
        self._made_up = sum(ms is None for ms in known)
        self._rounded = sum(ms is not None and ms % 1 != 0 for ms in known)

    def span(self, start: str | None, end: str | None, line: int) -> tuple[int, int]:
        """Begin and end of what lies between two points; raises UnreadableInput for missing and reversed ones."""
        for point in (start, end):
            if point not in self._ms:
                why = text("format.timeline-no-point", point=point or "")
                raise damaged(self._name, line, why, text("format.timeline-hint"))
        first, last = self._ms[start or ""], self._ms[end or ""]
        if last < first:
            why = text("format.timeline-backwards", start=start, end=end)
            raise damaged(self._name, line, why, text("format.timeline-hint"))
        return first, last

    def findings(self) -> list[Finding]:
        """That times were made up or rounded."""
        found = []
        if self._made_up:
            message = text("finding.convert-time-made-up.message-points", n=self._made_up)
            found.append(finding("convert-time-made-up", message, file=self._name or None))
        if self._rounded:
            message = text("finding.convert-time-rounded.message", n=self._rounded)
            found.append(finding("convert-time-rounded", message, file=self._name or None))
        return found


def _between(known: Sequence[Decimal | None]) -> list[Decimal]:
    """The times, those that are missing placed evenly between their neighbours; the first and the last are there."""
    there = [(at, ms) for at, ms in enumerate(known) if ms is not None]
    times = [ms for _, ms in there[:1]]
    for (first, begin), (last, end) in pairwise(there):
        times += [begin + (end - begin) * step / (last - first) for step in range(1, last - first + 1)]
    return times


def line_of(element: etree._Element) -> int:
    """The line of the file in which an element begins."""
    line: Any = element.sourceline
    return int(line or 1)


def not_there(name: str, line: int, what: str) -> UnreadableInput:
    """The refusal of an element that should not be where it is, or lacks what it needs."""
    return damaged(name, line, text("format.xml-element", what=what[:60]), text("format.timeline-hint"))
