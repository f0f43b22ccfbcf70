"""How much does a consensus leave open? Time and ratings that raters gave and that enter no number.

Conventions: time counts within the sequence as the consensus has it; it is unresolved where the consensus is missing
although a rater coded the stretch. Time that nobody coded is neither coded nor unresolved. Where a system has a tier
for each category, every tier counts. A merged file that holds no rater's tier any more has all its missing time
unresolved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.align.timeline import MISSING

if TYPE_CHECKING:
    from elancry.align.ratings import RatingMatrix
    from elancry.align.timeline import Timeline
    from elancry.spans import Span
    from elancry.study.compared import Compared

Row = dict[str, Any]
_Key = tuple[str, str]
"""Session and sequence."""


def unresolved_rows(
    raters: Compared,
    consensus: Compared,
    undecided: Mapping[tuple[str, str, str], Sequence[Span]] = MappingProxyType({}),
) -> Iterator[Row]:
    """Rows of `UNRESOLVED`, a system and way of coding each, in codebook order.

    `undecided`: (session, system, tier) -> time that people discussed and left undecided.
    """
    for system in consensus.codebook.systems:
        lines = [line for line in consensus.timelines if line.system == system.id]
        given = {
            (line.session, line.sequence, line.tier): line for line in raters.timelines if line.system == system.id
        }
        times = []
        for line in lines:
            left = undecided.get((line.session, line.system, line.tier), ())
            times.append((line, *_open_time(line, given.get((line.session, line.sequence, line.tier)), left)))
        coded = sum(all_of for _, all_of, _, _ in times)
        if coded:
            unresolved = sum(part for _, _, part, _ in times)
            yield {
                "system": system.id,
                "coding": "interval",
                "n_sequences": len({(line.session, line.sequence) for line, all_of, _, _ in times if all_of}),
                "n_sequences_open": len({(line.session, line.sequence) for line, _, part, _ in times if part}),
                "coded_ms": coded,
                "unresolved_ms": unresolved,
                "undecided_ms": sum(part for _, _, _, part in times),
                "share": unresolved / coded,
            }
        rated = list(_open_ratings(system.id, raters.ratings, consensus.ratings))
        if rated:
            cells = [is_open for _, is_open in rated]
            yield {
                "system": system.id,
                "coding": "rating",
                "n_sequences": len({key for key, _ in rated}),
                "n_sequences_open": len({key for key, is_open in rated if is_open}),
                "n_ratings": len(cells),
                "n_ratings_unresolved": sum(cells),
                "share": sum(cells) / len(cells),
            }


def _open_time(consensus: Timeline, raters: Timeline | None, undecided: Sequence[Span]) -> tuple[int, int, int]:
    """Coded time of one tier in one sequence, how much of it has no consensus, and of that was discussed, in ms."""
    if not len(consensus.start_ms):
        return 0, 0, 0
    edges = np.append(consensus.start_ms, consensus.end_ms[-1:])
    if raters is not None and len(raters.start_ms):
        inner = np.append(raters.start_ms, raters.end_ms[-1:])
        edges = np.unique(np.concatenate([edges, inner[(inner > edges[0]) & (inner < edges[-1])]]))
    marked = [ms for span in undecided for ms in (span.start_ms, span.end_ms) if edges[0] < ms < edges[-1]]
    edges = np.unique(np.concatenate([edges, np.array(marked, dtype=np.int64)]))
    missing = _codes(consensus, edges[:-1])[:, 0] == MISSING
    coded = np.ones(len(missing), dtype=bool)
    if raters is not None and raters.raters:
        coded = (_codes(raters, edges[:-1]) != MISSING).any(axis=1)
    widths = np.diff(edges)
    discussed = np.zeros(len(missing), dtype=bool)
    for span in undecided:
        discussed |= (edges[:-1] >= span.start_ms) & (edges[:-1] < span.end_ms)
    left = coded & missing
    return int(widths[coded | ~missing].sum()), int(widths[left].sum()), int(widths[left & discussed].sum())


def _codes(line: Timeline, when: Any) -> Any:
    """Codes (T, R) at the times `when`; missing outside of the timeline."""
    if not len(line.start_ms):
        return np.full((len(when), max(1, len(line.raters))), MISSING)
    at = np.searchsorted(line.start_ms, when, side="right") - 1
    inside = (at >= 0) & (when < line.end_ms[-1])
    return np.where(inside[:, None], line.codes[np.maximum(at, 0)], MISSING)


def _open_ratings(
    system: str, raters: Sequence[RatingMatrix], consensus: Sequence[RatingMatrix]
) -> Iterator[tuple[_Key, bool]]:
    """Every cell that a rater filled, and whether the consensus left it empty."""
    settled: Mapping[tuple[str, str, str], float] = {
        (matrix.category, *key): float(row[0])
        for matrix in consensus
        if matrix.system == system
        for key, row in zip(zip(matrix.sessions, matrix.sequences, strict=True), matrix.values, strict=True)
    }
    for matrix in raters:
        if matrix.system != system:
            continue
        for session, sequence, row in zip(matrix.sessions, matrix.sequences, matrix.values, strict=True):
            if not np.isnan(row).all():
                value = settled.get((matrix.category, session, sequence), float("nan"))
                yield (session, sequence), bool(np.isnan(value))
