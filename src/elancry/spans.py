"""Time: integer milliseconds, half-open `[start_ms, end_ms)`, and how people see it written."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

BRIEF_MS = 1000
"""An event that is shorter is brief: two raters who saw the same rarely share time in it."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time `[start_ms, end_ms)`; raises ValueError where the end lies before the start."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if self.end_ms < self.start_ms:
            raise ValueError(f"a span cannot end ({self.end_ms} ms) before it starts ({self.start_ms} ms)")

    @property
    def duration_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms

    def overlap_ms(self, other: Span) -> int:
        """Shared time in ms; 0 where the spans only touch or lie apart."""
        return max(0, min(self.end_ms, other.end_ms) - max(self.start_ms, other.start_ms))

    def overlap_of_longer(self, other: Span) -> float:
        """Shared time as a proportion of the longer span (Holle & Rein 2015); 0.0 for two empty spans."""
        longer = max(self.duration_ms, other.duration_ms)
        return self.overlap_ms(other) / longer if longer else 0.0


class SpanIndex:
    """Spans `(start_ms, end_ms)` by time, so that those which share time with another one are found by two searches."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._order = sorted(range(len(spans)), key=lambda number: spans[number][0])
        self._starts = [spans[number][0] for number in self._order]
        self._ends = [spans[number][1] for number in self._order]
        # Where spans overlap each other their ends need not ascend; the running maximum does.
        self._reach = list(accumulate(self._ends, max))

    def sharing(self, start_ms: int, end_ms: int) -> Iterator[int]:
        """Numbers of the spans that begin before `end_ms` and end after `start_ms`, by their start."""
        first, last = bisect_right(self._reach, start_ms), bisect_left(self._starts, end_ms)
        for place in range(first, last):
            if self._ends[place] > start_ms:
                yield self._order[place]


def format_ms(ms: int) -> str:
    """`3_723_004` -> `1:02:03.004`; negative times carry a minus sign."""
    sign = "-" if ms < 0 else ""
    seconds, milli = divmod(abs(ms), 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{sign}{hour}:{minute:02d}:{second:02d}.{milli:03d}"
