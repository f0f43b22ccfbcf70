"""Where do the raters differ, and what do most of them say?

Conventions
-----------
- Majority means more than half of the raters who coded the system there; "none of the categories" is an answer like any
  other and can win. What cannot be read counts among them and is nobody's answer. Where no answer wins, the stretch is
  `UNRESOLVED`. A single rater who coded is the majority of one.
- A disagreement is a stretch where two raters who coded there say different things or one of them says something that
  cannot be read, settled by a majority or not.
- An edge is a disagreement about when and not about what: before and behind the stretches in which raters differ, all
  of them say the same (outside of the window: none), not the same on both sides, and each of them goes once from the
  one to the other in between.
- Short stretches (`min_ms`): a stretch throughout which every rater's code stays the same and that is shorter than
  `min_ms` takes over all codes of the longer of its two neighbours (equally long: the earlier), the shortest stretch
  first (equally short: the earliest), until none is left or one stretch fills the window. Consensus and disagreement
  are computed after that, so the two always fit together.
- Ratings: a number wins if more than half of the raters who rated gave it, unreadable ratings among them; means and
  medians are no consensus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from elancry.align.timeline import MISSING, NONE, Timeline

UNRESOLVED = -3

Codes = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Agreed:
    """A stretch of the consensus: `category` is the codebook id."""

    start_ms: int
    end_ms: int
    category: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A stretch where raters differ.

    `codes` has one entry per rater of the timeline: a category id, "" for none of them, `None` where missing.
    `majority` is the same for what most say, `None` where unresolved. `unreadable` are the places of raters who coded
    something here that cannot be read. `edge`: raters differ in when, not in what.
    """

    start_ms: int
    end_ms: int
    codes: tuple[str | None, ...]
    majority: str | None
    unreadable: tuple[int, ...] = ()
    edge: bool = False

    @property
    def duration_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms


def majority_codes(codes: Codes, unreadable: NDArray[np.bool_] | None = None) -> Codes:
    """Per segment the code of more than half of the raters who coded there; shape (S, R) -> (S,).

    `unreadable` (S, R): where a missing code is one that cannot be read. `UNRESOLVED` where no code has a majority,
    `MISSING` where nobody coded.
    """
    coded = (codes != MISSING).sum(axis=1)
    if unreadable is not None:
        coded = coded + unreadable.sum(axis=1)
    result = np.full(len(codes), UNRESOLVED, dtype=np.int16)
    result[coded == 0] = MISSING
    for code in np.unique(codes[codes != MISSING]):
        result[2 * (codes == code).sum(axis=1) > coded] = code
    return result


def differs(codes: Codes, unreadable: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Per segment whether two raters coded there who cannot be said to have the same code; shape (S, R) -> (S,).

    `unreadable` (S, R): where a missing code is one that cannot be read.
    """
    if codes.shape[1] == 0:
        return np.zeros(len(codes), dtype=bool)
    if unreadable is not None:
        several = ((codes != MISSING) | unreadable).sum(axis=1) > 1
        return np.asarray(differs(codes) | (unreadable.any(axis=1) & several))
    low = np.where(codes == MISSING, np.iinfo(np.int16).max, codes).min(axis=1)
    high = np.where(codes == MISSING, np.iinfo(np.int16).min, codes).max(axis=1)
    return np.asarray(high > low)


def absorb_short(timeline: Timeline, min_ms: int) -> tuple[list[int], Codes]:
    """The edges (n + 1 times in ms) and codes (n, R) of the stretches that are left under the rule for short ones.

    Neighbouring stretches with equal codes are one; `min_ms=0` absorbs nothing.

    `timeline` has S segments; n <= S is what is left of them.
    """
    edges: list[int] = []
    rows: list[Codes] = []
    for start, row in zip(timeline.start_ms.tolist(), timeline.codes, strict=True):
        if not rows or not np.array_equal(rows[-1], row):
            edges.append(start)
            rows.append(row)
    if not rows:
        return [], timeline.codes
    edges.append(int(timeline.end_ms[-1]))
    if min_ms > 0:
        edges, rows = _absorbed(edges, rows, min_ms)
    return edges, np.array(rows, dtype=np.int16)


def _absorbed(edges: list[int], rows: list[Codes], min_ms: int) -> tuple[list[int], list[Codes]]:
    """The rule itself: a heap gives the shortest stretch, links its neighbours, so that time grows with n log n."""
    end = edges[1:]
    start = edges[:-1]
    before = [number - 1 for number in range(len(rows))]
    after = [*range(1, len(rows)), -1]
    gone = [False] * len(rows)
    heap = [(end[number] - start[number], start[number], number) for number in range(len(rows))]
    heapify(heap)

    def length(number: int) -> int:
        return end[number] - start[number] if number >= 0 else -1

    def join(taker: int, taken: int) -> None:
        gone[taken] = True
        if before[taker] == taken:
            start[taker], before[taker] = start[taken], before[taken]
            if before[taker] >= 0:
                after[before[taker]] = taker
        else:
            end[taker], after[taker] = end[taken], after[taken]
            if after[taker] >= 0:
                before[after[taker]] = taker

    left = len(rows)
    while left > 1:
        size, begin, place = heappop(heap)
        if gone[place] or (length(place), start[place]) != (size, begin):
            continue  # An entry from before it was joined or grew.
        if size >= min_ms:
            break
        taker = before[place] if length(before[place]) >= length(after[place]) else after[place]
        join(taker, place)
        left -= 1
        for other in (after[taker], before[taker]):
            if other >= 0 and np.array_equal(rows[other], rows[taker]):
                join(taker, other)
                left -= 1
        heappush(heap, (length(taker), start[taker], taker))
    kept = sorted((number for number in range(len(rows)) if not gone[number]), key=lambda number: start[number])
    return [start[number] for number in kept] + [end[kept[-1]]], [rows[number] for number in kept]


def agreed_stretches(timeline: Timeline, *, min_ms: int = 0) -> tuple[Agreed, ...]:
    """The majority's coding; touching stretches of one category are one.

    `timeline` of one sequence, system and tier; `min_ms` as for `absorb_short`.
    """
    edges, codes = absorb_short(timeline, min_ms)
    found: list[Agreed] = []
    majority = majority_codes(codes, (codes == MISSING) & timeline.coded if edges else None)
    for start, end, code in zip(edges[:-1], edges[1:], majority.tolist(), strict=True):
        if code < 0:
            continue
        category = timeline.categories[code]
        if found and found[-1].end_ms == start and found[-1].category == category:
            start = found.pop().start_ms
        found.append(Agreed(start, end, category))
    return tuple(found)


def undecided(timeline: Timeline) -> Iterator[tuple[int, int]]:
    """(start_ms, end_ms) of every segment without a majority: nobody coded it, or no answer has one.

    `timeline` of one sequence, system and tier; times in ms.
    """
    majority = majority_codes(timeline.codes, timeline.unreadable)
    for start, end, code in zip(timeline.start_ms.tolist(), timeline.end_ms.tolist(), majority.tolist(), strict=True):
        if code in (MISSING, UNRESOLVED):
            yield start, end


def disagreements(timeline: Timeline, *, min_ms: int = 0) -> tuple[Disagreement, ...]:
    """Every stretch where raters differ, cut wherever somebody's code changes.

    `timeline` and `min_ms` as for `agreed_stretches`.
    """
    edges, codes = absorb_short(timeline, min_ms)
    if not edges:
        return ()
    unreadable = np.asarray((codes == MISSING) & timeline.coded)

    def name(code: int) -> str | None:
        return timeline.categories[code] if code >= 0 else "" if code == NONE else None

    majority, differ = majority_codes(codes, unreadable), differs(codes, unreadable)
    edge = _edges(codes[:, timeline.coded], np.asarray(unreadable.any(axis=1)), differ)
    return tuple(
        Disagreement(
            edges[at],
            edges[at + 1],
            tuple(map(name, codes[at].tolist())),
            name(int(majority[at])),
            tuple(np.flatnonzero(unreadable[at]).tolist()),
            bool(edge[at]),
        )
        for at in np.flatnonzero(differ).tolist()
    )


def _edges(codes: Codes, unreadable: NDArray[np.bool_], differ: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Per stretch whether it is an edge, (S, R) -> (S,); the columns are raters who coded."""
    found = np.zeros(len(codes), dtype=bool)
    around = np.full((1, codes.shape[1]), NONE, dtype=np.int16)
    padded = np.concatenate([around, codes, around])
    changes = np.diff(np.concatenate([[False], differ, [False]]).astype(np.int8))
    for first, end in zip(np.flatnonzero(changes == 1), np.flatnonzero(changes == -1), strict=True):
        before, behind = padded[first], padded[end + 1]
        one, other = before[0], behind[0]
        if unreadable[first:end].any() or one == other or (before != one).any() or (behind != other).any():
            continue
        gone_over = codes[first:end] == other
        once = (gone_over[1:] >= gone_over[:-1]).all()
        found[first:end] = once and (gone_over | (codes[first:end] == one)).all()
    return found


def majority_rating(values: Sequence[float], *, n_unreadable: int = 0) -> float | None:
    """The number that more than half of the given ratings are, those that cannot be read among them.

    nan is missing and counts for nobody.

    `values` (R,) are the ratings of one category in one sequence, `n_unreadable` how many more cannot be read.
    """
    given = [value for value in values if value == value]
    if not given:
        return None
    value, count = Counter(given).most_common(1)[0]
    return value if 2 * count > len(given) + n_unreadable else None
