"""Which annotation of one rater is the same event as which of another? Rules that link them one to one.

Conventions
-----------
Times are integer ms, half-open. Overlap of two annotations = shared time / longer duration; a pair is a candidate if
it shares time and its overlap reaches `criterion`. Every annotation is linked at most once.

Rules (`elancry.choices.Matching`)
----------------------------------
- EASYDIAG: greedily, largest overlap first, categories ignored (Holle & Rein 2015).
- ELAN: the same links (ELAN differs in what it computes from them, not in the links).
- MAX_WEIGHT: the one-to-one links with the largest sum of overlaps.
- GSEQ: alignment by dynamic programming that keeps the order of events: an agreement costs nothing, a disagreement or
  an omission 1 each, so that a disagreement is preferred to two omissions; among equally cheap alignments the one with
  the largest sum of overlaps (after Quera, Bakeman & Gnisci 2007).
- ONSET: the nearest onsets first, up to a difference of `limit` ms; among equal differences the pair with the earlier
  onset. Extents play no part, so that brief events are linked too (point events with tolerance, Bakeman & Quera 2011,
  ch. 5).
- INTERACT: the first rater's events in order take what is still free: the same category first, then the nearest onset.
  It depends on the order of the raters, as in the program of that name.

Above a criterion of .5 an annotation has at most one candidate unless a tier overlaps itself, and all rules agree.
Tiers that ELAN wrote do not overlap themselves and have at most as many pairs as annotations. Where a broken file makes
more than `MOST_PAIRS` of them (thousands of annotations on top of each other), every annotation keeps its `KEPT`
candidates of largest overlap: links stay one to one, and memory stays small.
Ties are broken symmetrically: by overlap, then shared time, then by what comes first, never by who coded it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.choices import Linking, Matching

__all__ = ["Events", "Linking", "Links", "Matching", "candidate_pairs", "link_events"]

MOST_PAIRS = 200_000
KEPT = 32
# Overlaps of so many pairs are looked at in one go.
_BLOCK, _ROWS = 1_000_000, 4_096

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Events:
    """One rater's annotations, sorted by start (then end): `start_ms`, `end_ms` int64 (N,), `codes` int (N,)."""

    start_ms: IntArray
    end_ms: IntArray
    codes: NDArray[np.integer]

    @classmethod
    def of(cls, start_ms: IntArray, end_ms: IntArray, codes: NDArray[np.integer]) -> Events:
        """Events from arrays in any order."""
        order = np.lexsort((codes, end_ms, start_ms))
        return cls(np.asarray(start_ms, np.int64)[order], np.asarray(end_ms, np.int64)[order], np.asarray(codes)[order])

    def part(self, rows: IntArray | NDArray[np.bool_]) -> Events:
        """Some of them: `rows` are indices in ascending order or a mask (N,)."""
        return Events(self.start_ms[rows], self.end_ms[rows], self.codes[rows])

    def __len__(self) -> int:
        return len(self.start_ms)


Links = tuple[IntArray, IntArray, FloatArray]
"""Indices into the first and the second rater's events, and the overlap of each linked pair; sorted by the first."""


def link_events(a: Events, b: Events, rule: Matching, limit: float) -> Links:
    """Link the events of two raters by `rule`; `limit` as in `Linking`.

    Returns the indices of the linked events of `a` and of `b` and the overlaps, (L,) each. Sources: Holle & Rein 2015
    (EASYDIAG), Quera, Bakeman & Gnisci 2007 (GSEQ), Bakeman & Quera 2011 (ONSET).
    """
    if rule is Matching.ONSET:
        return _nearest_onsets(a, b, int(limit))
    pairs = candidate_pairs(a, b, limit)
    match rule:
        case Matching.EASYDIAG | Matching.ELAN:
            chosen = _greedy(pairs)
        case Matching.MAX_WEIGHT:
            chosen = _heaviest(pairs, pairs.overlap, ordered=False)
        case Matching.GSEQ:
            same = a.codes[pairs.a] == b.codes[pairs.b]
            # A link saves two omissions, or one against a disagreement; overlaps decide between equal costs only.
            chosen = _heaviest(pairs, np.where(same, 2.0, 1.0) + pairs.overlap / (4 * max(len(pairs), 1)), ordered=True)
        case Matching.INTERACT:
            chosen = _interact(pairs, a, b)
    chosen = chosen[np.argsort(pairs.a[chosen], kind="stable")]
    return pairs.a[chosen], pairs.b[chosen], pairs.overlap[chosen]


def readable(a: Events, b: Events, links: Links) -> tuple[Events, Events, Links]:
    """Two raters' events and links without events that cannot be read (`codes` < 0) and what is linked to them.

    Events of damaged times are among these: how long they are is unknown.
    """
    first, second, overlap = links
    keep_a, keep_b = a.codes >= 0, b.codes >= 0
    both = keep_a[first] & keep_b[second]
    keep_a[first] = keep_b[second] = both
    at_a, at_b = np.cumsum(keep_a) - 1, np.cumsum(keep_b) - 1
    return a.part(keep_a), b.part(keep_b), (at_a[first[both]], at_b[second[both]], overlap[both])


def _nearest_onsets(a: Events, b: Events, tolerance_ms: int) -> Links:
    low = np.searchsorted(b.start_ms, a.start_ms - tolerance_ms, side="left")
    high = np.searchsorted(b.start_ms, a.start_ms + tolerance_ms, side="right")
    if int((high - low).sum()) > MOST_PAIRS + 2 * (len(a) + len(b)):
        at = np.searchsorted(b.start_ms, a.start_ms)
        low, high = np.maximum(low, at - KEPT), np.minimum(high, at + KEPT)
    count = np.maximum(high - low, 0)
    i = np.repeat(np.arange(len(a)), count)
    j = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    earlier, later = np.minimum(a.start_ms[i], b.start_ms[j]), np.maximum(a.start_ms[i], b.start_ms[j])
    chosen = _one_to_one(i, j, np.lexsort((later, earlier, later - earlier)))
    chosen = chosen[np.argsort(i[chosen], kind="stable")]
    i, j = i[chosen], j[chosen]
    return i, j, np.maximum(_overlap(a, b, i, j)[1], 0.0)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Candidate pairs sorted by (a, b): indices, overlap, shared time in ms, and two symmetric keys for ties."""

    a: IntArray
    b: IntArray
    overlap: FloatArray
    shared_ms: IntArray
    first_ms: IntArray
    last_ms: IntArray

    def __len__(self) -> int:
        return len(self.a)


def candidate_pairs(a: Events, b: Events, criterion: float) -> Pairs:
    """All pairs that share time and reach `criterion`; two binary searches per event, whatever the length.

    `a` and `b` are two raters' events of one session; times are in ms.
    """
    low, high = _reached(a, b)
    count = np.maximum(high - low, 0)
    if int(count.sum()) > MOST_PAIRS + 2 * (len(a) + len(b)):
        i, j = _best_of_too_many(a, b)
    else:
        i = np.repeat(np.arange(len(a)), count)
        j = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    shared, overlap = _overlap(a, b, i, j)
    keep = (shared > 0) & (overlap >= criterion)
    i, j = i[keep], j[keep]
    return Pairs(
        i,
        j,
        overlap[keep],
        shared[keep],
        np.minimum(a.start_ms[i], b.start_ms[j]),
        np.maximum(a.end_ms[i], b.end_ms[j]),
    )


def _reached(a: Events, b: Events) -> tuple[IntArray, IntArray]:
    """For each event of `a` the range of `b` that holds all that share time with it."""
    # Starts ascend; ends do too unless a tier overlaps itself, and the running maximum keeps the search right then.
    reach = np.maximum.accumulate(b.end_ms) if len(b) else b.end_ms
    low = np.searchsorted(reach, a.start_ms, side="right")
    return low.astype(np.int64), np.searchsorted(b.start_ms, a.end_ms, side="left").astype(np.int64)


def _overlap(a: Events, b: Events, i: IntArray, j: IntArray) -> tuple[IntArray, FloatArray]:
    """Shared time (negative where there is none) and overlap of pairs; `i` and `j` broadcast."""
    shared = np.minimum(a.end_ms[i], b.end_ms[j]) - np.maximum(a.start_ms[i], b.start_ms[j])
    longer = np.maximum(a.end_ms[i] - a.start_ms[i], b.end_ms[j] - b.start_ms[j])
    return shared, shared / np.maximum(longer, 1)


def _best_of_too_many(a: Events, b: Events) -> tuple[IntArray, IntArray]:
    """The `KEPT` largest overlaps of every event, from either side, so that the order of the raters does not matter."""
    first, second = _best(a, b)
    back, forth = _best(b, a)
    keys = np.unique(np.concatenate([first * len(b) + second, forth * len(b) + back]))
    return keys // len(b), keys % len(b)


def _best(a: Events, b: Events) -> tuple[IntArray, IntArray]:
    low, high = _reached(a, b)
    found: list[tuple[IntArray, IntArray]] = []
    at = 0
    while at < len(a):
        # A block of rows of `a` over the stretch of `b` that they reach together.
        until = np.maximum.accumulate(high[at : at + _ROWS])
        since = np.minimum.accumulate(low[at : at + _ROWS])
        size = (until - since) * np.arange(1, len(until) + 1)
        rows = max(1, int((size <= _BLOCK).sum()))
        i = np.arange(at, at + rows)
        j = np.arange(since[rows - 1], max(until[rows - 1], since[rows - 1]))
        _, overlap = _overlap(a, b, i[:, None], j[None, :])
        if len(j) > KEPT:
            place = np.argpartition(-overlap, KEPT, axis=1)[:, :KEPT]
        else:
            place = np.broadcast_to(np.arange(len(j)), (len(i), len(j)))
        found.append((np.repeat(i, place.shape[1]), j[place].ravel()))
        at = int(i[-1]) + 1
    return np.concatenate([x for x, _ in found]), np.concatenate([y for _, y in found])


def _greedy(pairs: Pairs) -> IntArray:
    order = np.lexsort((pairs.last_ms, pairs.first_ms, -pairs.shared_ms, -pairs.overlap))
    return _one_to_one(pairs.a, pairs.b, order)


def _one_to_one(a: IntArray, b: IntArray, order: IntArray) -> IntArray:
    """The pairs taken in `order` whose events are both free."""
    free_a = bytearray(b"\x01") * (int(a.max(initial=-1)) + 1)
    free_b = bytearray(b"\x01") * (int(b.max(initial=-1)) + 1)
    chosen = []
    for index, i, j in zip(order.tolist(), a[order].tolist(), b[order].tolist(), strict=True):
        if free_a[i] and free_b[j]:
            free_a[i] = free_b[j] = 0
            chosen.append(index)
    return np.array(chosen, dtype=np.int64)


def _interact(pairs: Pairs, a: Events, b: Events) -> IntArray:
    different = a.codes[pairs.a] != b.codes[pairs.b]
    distance = np.abs(a.start_ms[pairs.a] - b.start_ms[pairs.b])
    free_b = bytearray(b"\x01") * len(b)
    chosen = []
    taken = -1
    for index in np.lexsort((pairs.b, distance, different, pairs.a)).tolist():
        i, j = int(pairs.a[index]), int(pairs.b[index])
        if i != taken and free_b[j]:
            taken, free_b[j] = i, 0
            chosen.append(index)
    return np.array(chosen, dtype=np.int64)


def _heaviest(pairs: Pairs, weight: FloatArray, *, ordered: bool) -> IntArray:
    """One-to-one links of the largest total weight, and `ordered` ones if asked.

    On tiers that do not overlap themselves the candidates form a staircase: sorted by (a, b) both indices ascend, links
    cannot cross, and a pass along it finds the optimum. Elsewhere each connected component is solved on its own.
    """
    if not len(pairs) or bool((np.diff(pairs.b) >= 0).all()):
        return _along_staircase(pairs, weight)
    if ordered:
        return _heaviest_chain(pairs, weight)
    return _assignment(pairs, weight)


def _along_staircase(pairs: Pairs, weight: FloatArray) -> IntArray:
    n = len(pairs)
    index = np.arange(n)
    new_a = np.concatenate([[True], np.diff(pairs.a) > 0])[:n]
    new_b = np.concatenate([[True], np.diff(pairs.b) > 0])[:n]
    # Everything before the first pair that shares one of its events is compatible with a pair.
    first_a = np.maximum.accumulate(np.where(new_a, index, 0))
    first_b = np.maximum.accumulate(np.where(new_b, index, 0))
    before = np.minimum(first_a, first_b).tolist()
    best = [0.0] * (n + 1)
    take = bytearray(n)
    # Taking the earlier pair on equal weight makes the choice a matter of time alone.
    for at, value in enumerate(weight.tolist()):
        with_it = value + best[before[at]]
        if with_it > best[at] + 1e-12:
            best[at + 1], take[at] = with_it, 1
        else:
            best[at + 1] = best[at]
    chosen = []
    at = n
    while at > 0:
        if take[at - 1]:
            chosen.append(at - 1)
            at = before[at - 1]
        else:
            at -= 1
    return np.array(chosen[::-1], dtype=np.int64)


def _assignment(pairs: Pairs, weight: FloatArray) -> IntArray:
    """The heaviest one-to-one links without regard to order, by a sparse assignment solver."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    rows, row = np.unique(pairs.a, return_inverse=True)
    columns, column = np.unique(pairs.b, return_inverse=True)
    # Every event of the first rater may stay alone: a column of its own, which costs more than any link.
    alone = float(weight.max()) + 1.0
    at = np.arange(len(rows))
    cost = np.concatenate([alone - weight, np.full(len(rows), alone)])
    places = (np.concatenate([row, at]), np.concatenate([column, len(columns) + at]))
    graph = csr_array((cost, places), shape=(len(rows), len(columns) + len(rows)))
    found_row, found_column = min_weight_full_bipartite_matching(graph)
    linked = found_column < len(columns)
    wanted = set(zip(found_row[linked].tolist(), found_column[linked].tolist(), strict=True))
    chosen = [k for k, place in enumerate(zip(row.tolist(), column.tolist(), strict=True)) if place in wanted]
    return np.array(chosen, dtype=np.int64)


def _heaviest_chain(pairs: Pairs, weight: FloatArray) -> IntArray:
    """The heaviest sequence of pairs in which both raters' events ascend.

    A Fenwick tree over the second rater's events holds the best chain that ends before each; pairs of one event of the
    first rater enter it together, so that none follows another.
    """
    size = int(pairs.b.max()) + 2
    tree: list[tuple[float, int]] = [(0.0, -1)] * size
    best = [0.0] * len(pairs)
    previous = [-1] * len(pairs)
    firsts, seconds, weights = pairs.a.tolist(), pairs.b.tolist(), weight.tolist()
    waiting: list[int] = []
    for at in range(len(pairs)):
        if waiting and firsts[at] != firsts[waiting[0]]:
            for index in waiting:
                _raise_to(tree, seconds[index] + 1, (best[index], index))
            waiting = []
        value, previous[at] = _best_before(tree, seconds[at])
        best[at] = value + weights[at]
        waiting.append(at)
    chosen = []
    at = int(np.argmax(best))
    while at >= 0:
        chosen.append(at)
        at = previous[at]
    return np.array(chosen[::-1], dtype=np.int64)


def _best_before(tree: list[tuple[float, int]], end: int) -> tuple[float, int]:
    found = (0.0, -1)
    while end > 0:
        found = max(found, tree[end], key=lambda item: item[0])
        end &= end - 1
    return found


def _raise_to(tree: list[tuple[float, int]], at: int, item: tuple[float, int]) -> None:
    while at < len(tree):
        if item[0] > tree[at][0]:
            tree[at] = item
        at += at & -at
