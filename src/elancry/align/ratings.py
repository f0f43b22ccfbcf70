"""Which number did every rater give to every sequence?

Conventions
-----------
- A unit is a matched sequence; a rating belongs to the rater's own sequence annotation and lines up with the others'
  through the match. A rating tier that does not hang below the sequence tier is placed by the largest overlap.
- A missing rating is a missing cell, never 0. A value that is not on the scale is missing. Two different ratings of
  one category in one sequence by one rater are missing: neither can be preferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedTier
from elancry.spans import SpanIndex


@dataclass(frozen=True, eq=False)
class RatingMatrix:
    """Ratings of one category: `values` is float64, shape (N, R), nan where missing.

    `sessions` and `sequences` name the N units, `raters` the R columns; `tier` is the codebook's tier name.
    `unreadable` are the cells (row, column) that are missing because what the rater gave cannot be read.
    """

    system: str
    category: str
    tier: str
    sessions: tuple[str, ...]
    sequences: tuple[str, ...]
    raters: tuple[str, ...]
    values: NDArray[np.float64]
    unreadable: frozenset[tuple[int, int]] = frozenset()


def build_ratings(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], *, raters: Sequence[str] | None = None
) -> tuple[RatingMatrix, ...]:
    """One matrix per rated system and category, over all `sequences` and all raters of the study (or `raters`)."""
    columns = tuple(raters) if raters is not None else coding.raters
    column_of = {rater: index for index, rater in enumerate(columns)}
    rows_of: dict[str, list[int]] = {}
    for row, sequence in enumerate(sequences):
        rows_of.setdefault(sequence.session, []).append(row)
    cells: dict[tuple[str, str], NDArray[np.float64]] = {
        (system.id, category.id): np.full((len(sequences), len(columns)), np.nan)
        for system in coding.codebook.systems
        if system.has_ratings
        for category in system.categories
    }
    unreadable: dict[tuple[str, str], set[tuple[int, int]]] = {key: set() for key in cells}
    for session, rows in rows_of.items():
        windows: dict[str, RatedWindows] = {}
        for tier in coding.tiers_of(session):
            key = tier.system or "", tier.category or ""
            if tier.kind == "rating" and key in cells and tier.rater in column_of:
                if tier.rater not in windows:
                    windows[tier.rater] = RatedWindows(tier.rater, ((row, sequences[row]) for row in rows))
                column = column_of[tier.rater]
                unclear = _fill(cells[key], column, tier, windows[tier.rater])
                unreadable[key].update((row, column) for row in unclear)
    return tuple(
        RatingMatrix(
            system.id,
            category.id,
            system.rating_tier_name(category.id),
            tuple(item.session for item in sequences),
            tuple(item.sequence for item in sequences),
            columns,
            cells[system.id, category.id],
            frozenset(unreadable[system.id, category.id]),
        )
        for system in coding.codebook.systems
        if system.has_ratings
        for category in system.categories
    )


class RatedWindows:
    """The sequences of one session that one rater marked: key -> where."""

    def __init__(self, rater: str, sequences: Iterable[tuple[int, MatchedSequence]]) -> None:
        own = [(key, sequence.raters[rater]) for key, sequence in sequences if rater in sequence.raters]
        self._keys = [key for key, _ in own]
        self._spans = [(start_ms, end_ms) for _, (_, start_ms, end_ms) in own]
        self._by_id = {identity: key for key, (identity, _, _) in reversed(own)}
        self._by_time = SpanIndex(self._spans)

    def key_of(self, annotation: CodedAnnotation) -> int | None:
        """The key of the sequence that `annotation` belongs to: its parent's, else that of the largest shared time."""
        if annotation.parent is not None and annotation.parent in self._by_id:
            return self._by_id[annotation.parent]
        best: int | None = None
        most = 0
        for number in self._by_time.sharing(annotation.start_ms, annotation.end_ms):
            start_ms, end_ms = self._spans[number]
            shared = min(annotation.end_ms, end_ms) - max(annotation.start_ms, start_ms)
            if shared > most:
                best, most = self._keys[number], shared
        return best


def _fill(values: NDArray[np.float64], column: int, tier: CodedTier, windows: RatedWindows) -> list[int]:
    """Write the numbers of a tier into `values`; return the rows with something that gives no number."""
    given: dict[int, set[float]] = {}
    for annotation in tier.annotations:
        row = windows.key_of(annotation)
        if row is not None:
            given.setdefault(row, set()).add(_number(annotation))
    for row, numbers in given.items():
        if len(numbers) == 1:
            values[row, column] = next(iter(numbers))
    return [row for row in given if np.isnan(values[row, column])]


def _number(annotation: CodedAnnotation) -> float:
    try:
        return float(annotation.category) if annotation.category is not None else float("nan")
    except ValueError:
        return float("nan")
