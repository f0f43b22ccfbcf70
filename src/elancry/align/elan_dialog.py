"""What ELAN's own "Compare annotators" dialog links in two of its methods, faults kept.

Published numbers come from that dialog, so they can be computed again here. Neither rule is one to choose today: the
first depends on who comes first and passes over candidates, the order of the second is not transitive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

import numpy as np
from numpy.typing import NDArray

from elancry.align.events import Events, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Events of two raters, linked ones once: `start_ms`, `end_ms` int64 (N,) of the union, and `ratio` float (N,)."""

    start_ms: IntArray
    end_ms: IntArray
    ratio: FloatArray
    """Shared time / time from the earlier begin to the later end; 0 for an event without partner."""
    readable: NDArray[np.bool_]
    """Whether all of it can be read, bool (N,)."""


def overlaps(a: Events, b: Events) -> Overlaps:
    """Link by the rule of ELAN's "overlap/extent ratio": values play no part, the order of the two raters does.

    The events of `a` in order take, of the events of `b` that share time with them and are free, the one that shares
    most (the earlier of equals). The search begins at a place that moves on: where it meets an event that begins after
    the end of that of `a`, to that event less the number of candidates. After events that touch, it passes over some.
    """
    starts, ends = b.start_ms.tolist(), b.end_ms.tolist()
    free = bytearray(b"\x01") * len(b)
    known_a, known_b = (a.codes >= 0).tolist(), (b.codes >= 0).tolist()
    rows: list[tuple[int, int, float, bool]] = []
    place = 0
    for start, end, known in zip(a.start_ms.tolist(), a.end_ms.tolist(), known_a, strict=True):
        best, most, candidates = -1, 0, 0
        for at in range(place, len(b)):
            shared = min(end, ends[at]) - max(start, starts[at])
            if shared > 0:
                if free[at]:
                    candidates += 1
                    best, most = (at, shared) if shared > most else (best, most)
            elif starts[at] > end:
                place = at - candidates
                break
        if best < 0:
            rows.append((start, end, 0.0, known))
        else:
            free[best] = 0
            first, last = min(start, starts[best]), max(end, ends[best])
            rows.append((first, last, most / (last - first), known and known_b[best]))
    rows += [(starts[at], ends[at], 0.0, known_b[at]) for at in range(len(b)) if free[at]]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 4)
    start_ms, end_ms = columns[:, :2].astype(np.int64).T
    return Overlaps(start_ms, end_ms, columns[:, 2], columns[:, 3] > 0)


@dataclass(slots=True)
class _Cluster:
    """The events that hold one stretch of time."""

    members: list[int]
    begin: int
    length: int
    n: int = 0
    ratios: float = 0.0
    """Sum over the members of length / their duration."""

    def count(self, durations: Sequence[Sequence[int]]) -> None:
        kept = [durations[rater][at] for rater, at in enumerate(self.members) if at >= 0]
        self.n = len(kept)
        self.ratios = 0.0
        for duration in kept:
            self.ratios += self.length / duration


def clusters(events: Sequence[Events], average_overlap: float) -> IntArray:
    """Link by the rule of ELAN's "modified Fleiss' kappa": (N, R) indices into each rater's events, -1 without.

    Every stretch between two neighbouring boundaries is a candidate, with the events that hold it. The best candidate
    takes its events; those that are left without some of theirs are ranked anew. Better is who has more events, if
    their mean ratio (stretch / duration) reaches `average_overlap`; if it does not, who has one event less and reaches
    it, else the larger sum of ratios; then the longer stretch, then the earlier. That order is not transitive, so the
    result depends on how it is sorted: stable, and put back by bisection, as ELAN does.

    Args:
        events: R raters' events; no rater's overlap each other.
        average_overlap: in [0, 1], ELAN's "preferred average overlap".
    """
    durations = [(own.end_ms - own.start_ms).tolist() for own in events]
    edges = np.unique(np.concatenate([*(own.start_ms for own in events), *(own.end_ms for own in events)]))
    members = np.full((max(len(edges) - 1, 0), len(events)), -1, dtype=np.int64)
    for rater, own in enumerate(events):
        if len(own):
            at = np.searchsorted(own.start_ms, edges[:-1], side="right") - 1
            holds = (at >= 0) & (own.end_ms[np.maximum(at, 0)] > edges[:-1])
            members[holds, rater] = at[holds]
    waiting = []
    for row, begin, length in zip(members.tolist(), edges[:-1].tolist(), np.diff(edges).tolist(), strict=True):
        cluster = _Cluster(row, begin, length)
        cluster.count(durations)
        if cluster.n:
            waiting.append(cluster)
    waiting.sort(key=cmp_to_key(lambda one, other: _compare(one, other, average_overlap)))
    taken: set[tuple[int, int]] = set()
    found: list[list[int]] = []
    while waiting:
        best = waiting.pop(0)
        left = [-1 if (rater, at) in taken else at for rater, at in enumerate(best.members)]
        if left == best.members:
            found.append(left)
            taken.update((rater, at) for rater, at in enumerate(left) if at >= 0)
            continue
        best.members = left
        best.count(durations)
        if best.n:
            _put_back(waiting, best, average_overlap)
    return np.array(found, dtype=np.int64).reshape(-1, len(events))


def _compare(one: _Cluster, other: _Cluster, average_overlap: float) -> int:
    """Below 0 where `one` is the better cluster, above 0 where `other` is."""
    more, fewer, sign = (one, other, -1) if one.n >= other.n else (other, one, 1)
    if more.n > fewer.n:
        if more.ratios / more.n >= average_overlap:
            return sign
        if more.n - fewer.n == 1 and fewer.ratios / fewer.n >= average_overlap:
            return -sign
    first = (-one.ratios, -one.length, one.begin)
    second = (-other.ratios, -other.length, other.begin)
    return (first > second) - (first < second)


def _put_back(waiting: list[_Cluster], cluster: _Cluster, average_overlap: float) -> None:
    """Where bisection finds its place; which halves are looked at matters, since the order is not transitive."""
    low, high = 0, len(waiting)
    while low < high:
        middle = (low + high - 1) // 2
        if _compare(waiting[middle], cluster, average_overlap) < 0:
            low = middle + 1
        else:
            high = middle
    waiting.insert(low, cluster)
