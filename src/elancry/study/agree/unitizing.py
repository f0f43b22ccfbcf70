"""Do raters cut the same units out of each sequence, and give them the same category?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elancry.agreement import unitizing
from elancry.agreement.sums import FloatArray
from elancry.agreement.unitizing import UnitizingAlphas, Units, unitizing_sums
from elancry.align.events_of import SequenceEvents
from elancry.align.timeline import MISSING, Timeline
from elancry.study.agree.bases import by_tier
from elancry.study.agree.engine import PAIR_MEAN, Family, Measures
from elancry.study.agree.event import raters_of
from elancry.study.agree.row import Row, Team
from elancry.study.agree.sums import Sums
from elancry.study.compared import Compared
from elancry.texts import Text

OVERALL: Measures = {
    "unitizing_alpha": lambda found: found.alpha,
    "unitizing_alpha_binary": lambda found: found.binary,
    "unitizing_alpha_coding": lambda found: found.coding,
}
CATEGORY: Measures = {"unitizing_alpha_coding": lambda found: found.category(0)}


@dataclass(frozen=True, eq=False)
class Continuum:
    """One sequence: its length in ms and the units of each rater whose coding of it is known throughout."""

    session: str
    length: int
    units: dict[str, Units]


@dataclass(frozen=True, eq=False, kw_only=True)
class Unitizing(Family):
    """The same units with the same categories."""

    continua: Sequence[Continuum]
    _made: dict[tuple[str, ...], Sums] = field(default_factory=dict)

    def sums(self, team: Team) -> Sums:
        """The terms of `unitizing_sums`, and last the time compared in ms."""
        if team.raters not in self._made:
            q = len(self.categories)
            size = 2 * (q + 1) ** 2 + 2 * q**2
            self._made[team.raters] = Sums.of(self._terms(team.raters), size + 1)
        return self._made[team.raters]

    def _terms(self, raters: Sequence[str]) -> Iterator[tuple[str, FloatArray, int]]:
        for item in self.continua:
            found = [item.units[name] for name in raters if name in item.units]
            if len(found) > 1:
                sums = unitizing_sums(found, float(item.length), len(self.categories))
                yield item.session, np.append(sums, float(item.length)), 1

    def measures(self, team: Team, category: int | None) -> Measures:
        # The alphas are made for any number of raters: there is no mean over pairs.
        if team.aggregate == PAIR_MEAN:
            return {}
        return OVERALL if category is None else CATEGORY

    def each_category(self, sums: Sums, team: Team) -> FloatArray:
        return UnitizingAlphas(sums.table[:, :-1], len(self.categories)).each_category()

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return (UnitizingAlphas(sums, len(self.categories) if category is None else 2),)

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        n = len(self.categories) if category is None else 2
        of = None if category is None else 0
        return unitizing.explain(sums, n, coding=measure in CATEGORY, category=of)

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": sums.n_sequences, "compared_ms": int(sums.total[-1])}


def unitizing_families(compared: Compared) -> Iterator[Unitizing]:
    """One family a tier. A rater with a stretch of unknown category in a sequence is left out of that sequence."""
    windows = {(t.session, t.sequence, t.system, t.tier): t for t in compared.timelines}
    for base, group in by_tier(compared.events):
        continua = []
        for item in group:
            window = windows.get((item.session, item.sequence, item.system, item.tier))
            if window is not None:
                continua.append(_continuum(item, window))
        raters = raters_of(group, compared.raters)
        yield Unitizing(base=base, raters=raters, categories=group[0].categories, continua=continua)


def _continuum(item: SequenceEvents, window: Timeline) -> Continuum:
    begin = int(window.start_ms[0])
    length = int(window.end_ms[-1]) - begin
    units = {}
    for name in item.raters:
        if name in window.raters and not (window.codes[:, window.raters.index(name)] == MISSING).any():
            own = item.of(name)
            known = own.codes >= 0
            units[name] = Units.of(own.start_ms[known] - begin, own.end_ms[known] - begin, own.codes[known], length)
    return Continuum(item.session, int(window.durations.sum()), units)
