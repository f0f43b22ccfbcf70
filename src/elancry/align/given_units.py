"""Which units did raters label that were there beforehand: prefilled events, turns, trials, pre-marked sequences?

Conventions
    Units are the distinct (begin, end) of a session's events that lie in a sequence; what a rater lacks, could not be
    read or is there twice with different labels is a missing cell. Units are given where, over at least `FEWEST_UNITS`,
    in every pair of raters who coded the same sequence the units of both are at least `SAME_UNITS` of the units of
    either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from elancry.align.events_of import NOWHERE, SessionEvents

SAME_UNITS = 0.95
FEWEST_UNITS = 20


@dataclass(frozen=True, eq=False)
class Labelled:
    """The units of one session, in order of time: `spans` int (U, 2) in ms.

    `codes` int (U, R) over `raters`, -1 missing; `has` (U, R) whether a rater has the unit, `twice` with different
    labels; `known` whether the rater coded the sequence that the unit lies in.
    """

    session: str
    raters: tuple[str, ...]
    spans: NDArray[np.int64]
    codes: NDArray[np.int64]
    has: NDArray[np.bool_]
    twice: NDArray[np.bool_]
    known: NDArray[np.bool_]


def labelled(item: SessionEvents, coded: Mapping[str, set[str]], raters: Sequence[str]) -> Labelled:
    """The units of one session; `coded` is sequence -> who marked it and coded the tier."""
    names = tuple(name for name in raters if name in item.raters)
    spans = [np.stack([item.of(name).start_ms, item.of(name).end_ms], axis=1) for name in names]
    units = np.unique(np.concatenate([np.zeros((0, 2), np.int64), *spans]), axis=0)
    holder = item.windows.holders(units[:, 0], units[:, 1])
    units, holder = units[holder != NOWHERE], holder[holder != NOWHERE]
    place = {(int(start), int(end)): row for row, (start, end) in enumerate(units)}
    codes = np.full((len(units), len(names)), -1, dtype=np.int64)
    has, twice = np.zeros((2, *codes.shape), dtype=bool)
    for column, (name, own) in enumerate(zip(names, spans, strict=True)):
        for (start, end), code in zip(own.tolist(), item.of(name).codes.tolist(), strict=True):
            row = place.get((start, end))
            if row is not None:
                twice[row, column] |= has[row, column] and codes[row, column] != max(code, -1)
                codes[row, column] = max(code, -1)
                has[row, column] = True
    there = [coded.get(item.windows.names[at], set()) for at in holder.tolist()]
    known = np.array([[name in marked for name in names] for marked in there], dtype=bool).reshape(codes.shape)
    return Labelled(item.session, names, units, np.where(known & ~twice, codes, -1), has & known, twice, known)


def are_given(sessions: Sequence[Labelled]) -> bool:
    """Whether raters labelled the same units throughout."""
    both: dict[tuple[str, str], int] = {}
    either: dict[tuple[str, str], int] = {}
    for item in sessions:
        for a, b in combinations(range(len(item.raters)), 2):
            pair = item.raters[a], item.raters[b]
            shared = item.known[:, a] & item.known[:, b]
            both[pair] = both.get(pair, 0) + int((item.has[:, a] & item.has[:, b] & shared).sum())
            either[pair] = either.get(pair, 0) + int(((item.has[:, a] | item.has[:, b]) & shared).sum())
    compared = sum(int((item.has.sum(axis=1) >= 1).sum()) for item in sessions)
    asked = {pair: n for pair, n in either.items() if n}
    return bool(asked) and compared >= FEWEST_UNITS and all(both[pair] >= SAME_UNITS * n for pair, n in asked.items())
