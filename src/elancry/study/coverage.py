"""How much of each system was coded, by whom, and by how many at once?

Conventions
-----------
- A rater coded a system in a sequence when any of its time is known (a category or "none"); a tier that the rater left
  empty throughout a file is missing and does not count. For ratings: when any category has a number there.
- In time and by ratings are counted apart: a rater may have done one and not the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from elancry.align.timeline import MISSING
from elancry.study.results import Coverage

if TYPE_CHECKING:
    from elancry.align.ratings import RatingMatrix
    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook

_Key = tuple[str, str]
"""Session and sequence."""


def coverage_of(
    codebook: Codebook, timelines: Iterable[Timeline], ratings: Iterable[RatingMatrix], raters: Sequence[str]
) -> tuple[Coverage, ...]:
    """One entry for each system and way of coding that somebody used, in codebook order; raters in that of `raters`."""
    coded: dict[tuple[str, str], dict[_Key, set[str]]] = {}
    for line in timelines:
        known = (line.codes != MISSING).any(axis=0)
        where = coded.setdefault((line.system, "interval"), {}).setdefault((line.session, line.sequence), set())
        where.update(rater for rater, is_known in zip(line.raters, known.tolist(), strict=True) if is_known)
    for matrix in ratings:
        of_system = coded.setdefault((matrix.system, "rating"), {})
        given = ~np.isnan(matrix.values)
        for session, sequence, row in zip(matrix.sessions, matrix.sequences, given, strict=True):
            where = of_system.setdefault((session, sequence), set())
            where.update(rater for rater, is_given in zip(matrix.raters, row.tolist(), strict=True) if is_given)
    return tuple(
        _coverage(system.id, coding, coded[system.id, coding], raters)
        for system in codebook.systems
        for coding in ("interval", "rating")
        if any(coded.get((system.id, coding), {}).values())
    )


def _coverage(system: str, coding: str, coded: Mapping[_Key, set[str]], raters: Sequence[str]) -> Coverage:
    numbers = {rater: sum(rater in who for who in coded.values()) for rater in raters}
    by_rater = {rater: number for rater, number in numbers.items() if number}
    return Coverage(
        system,
        coding,
        by_rater,
        sum(bool(who) for who in coded.values()),
        sum(len(who) > 1 for who in coded.values()),
        sum(who >= by_rater.keys() for who in coded.values()),
    )
