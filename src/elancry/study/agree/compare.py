"""Is agreement different? Two sides of the same question, their difference, and an interval of it.

A side is some sessions (of one site, of one version of the codebook), one round, another folder, or some pairs of
raters. On both sides every number is made as the agreement table makes it; the difference is the second less the first.
Its interval resamples clusters that are on both sides together, others per side (`Engine.of_sides`), so that a
difference between two rounds of the same sessions is as certain as it is, not as two strangers' would be.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from elancry.agreement.estimate import Estimate
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.study.agree.engine import PAIR, PAIR_MEAN, POOLED, Engine, Family, Measures
from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row, Team, cells_of
from elancry.study.agree.sums import Sums, pairs_of
from elancry.texts import Text

GUEST = "guest"


@dataclass(frozen=True, eq=False)
class _Part:
    """Some measures of one team, for one category (None: all), and the sums that they are made of."""

    family: Family
    team: Team
    category: int | None
    measures: Measures
    sums: Sums

    def values(self, sums: FloatArray) -> FloatArray:
        """The M measures of sums (..., P) as (..., M)."""
        seen = self.family.seen(sums, self.team, self.category)
        return np.stack([measure(*seen) for measure in self.measures.values()], axis=-1)

    def why(self, measure: str) -> Text:
        return self.family.why(self.sums.total, self.team, measure, self.category)


@dataclass(frozen=True, eq=False)
class _Side:
    """The mean over parts with the same measures; mostly there is one."""

    raters: tuple[str, ...]
    aggregate: str
    parts: Sequence[_Part]

    @property
    def sums(self) -> Sums:
        return Sums.side_by_side([part.sums for part in self.parts])

    def values(self, sums: FloatArray) -> FloatArray:
        widths = np.cumsum([part.sums.table.shape[1] for part in self.parts])[:-1]
        owns = np.split(sums, widths, axis=-1)
        if len(self.parts) == 1:
            return self.parts[0].values(owns[0])
        each = np.stack([part.values(own) for part, own in zip(self.parts, owns, strict=True)])
        # A pair without anything in common in a resample is left out there; one without a value leaves no mean.
        there = np.stack([own.any(axis=-1) for own in owns])[..., None]
        n = there.sum(axis=0)
        return np.where(n > 0, np.where(there, each, 0.0).sum(axis=0) / np.maximum(n, 1), np.nan)

    def estimates(self) -> Iterator[Estimate]:
        found = np.atleast_1d(self.values(self.sums.total)).tolist()
        for at, (measure, value) in enumerate(zip(self.parts[0].measures, found, strict=True)):
            if math.isfinite(value):
                yield Estimate(value)
            elif len(self.parts) == 1:
                yield Estimate.undefined(self.parts[0].why(measure))
            else:
                missing = [p for p in self.parts if not math.isfinite(float(p.values(p.sums.total)[at]))]
                yield Estimate.undefined(
                    missing[0].why(measure) if len(missing) == len(self.parts) else Reason.UNDEFINED_PAIR
                )


Key = tuple[object, ...]
Sides = dict[tuple[Key, str, str], _Side]
"""(family, aggregate, category or "") -> what stands there."""


def studies_compared(studies: Sequence[tuple[str, Sequence[Questions]]], by: str) -> Iterator[Row]:
    """Rows of schema.AGREEMENT_DIFFERENCES between every two of several `studies`, each with its name.

    A study is what is asked of its raters together, or, against a gold rater, of the gold rater with each of the
    others; then the same pairs are compared.
    """
    found = [(name, [(asked, _sides(asked)) for asked in questions]) for name, questions in studies]
    for (first, of_first), (second, of_second) in combinations(found, 2):
        for asked, a in of_first:
            for other, b in of_second:
                if not asked.alone or asked.compared.raters == other.compared.raters:
                    yield from _rows(asked.engine, by, first, a, second, b)


def guest_compared(everybody: Questions, guest: str) -> Iterator[Row]:
    """The same between the pairs of raters without the guest and the pairs of each of them with the guest."""
    people = tuple(name for name in everybody.compared.raters if name != guest)
    among = _of_pairs(everybody, lambda pair: guest not in pair)
    with_guest = _of_pairs(everybody, lambda pair: guest in pair)
    yield from _rows(everybody.engine, GUEST, "|".join(people), among, guest, with_guest)


def _key(family: Family) -> Key:
    return type(family).__name__, *sorted((name, value) for name, value in family.base.items() if value is not None)


def _categories(family: Family) -> Iterator[tuple[int | None, str]]:
    yield None, ""
    yield from enumerate(family.categories if family.in_full else ())


def _sides(asked: Questions) -> Sides:
    """All raters together and the mean over pairs; of a pair that is alone what there is."""
    found: Sides = {}
    for family in asked.families():
        if len(family.raters) < 2:
            continue
        for aggregate in (PAIR,) if asked.alone else (POOLED, PAIR_MEAN):
            team = Team(family.raters, aggregate)
            for category, name in _categories(family):
                measures = _unsigned(asked.engine.measures(family, team, category))
                if measures and (sums := family.sums(team)).sessions:
                    part = _Part(family, team, category, measures, family.narrowed(sums, team, category))
                    found[_key(family), aggregate, name] = _Side(team.raters, aggregate, [part])
    return found


def _of_pairs(asked: Questions, wanted: Callable[[tuple[str, str]], bool]) -> Sides:
    """The mean over the wanted pairs that have something in common."""
    found: Sides = {}
    for family in asked.families():
        pairs = [Team(pair, PAIR) for pair in pairs_of(family.raters) if wanted(pair)]
        sums = [(team, own) for team in pairs if (own := family.sums(team)).sessions]
        for category, name in _categories(family) if sums else ():
            parts = [
                _Part(
                    family,
                    team,
                    category,
                    _unsigned(family.measures(team, category)),
                    family.narrowed(own, team, category),
                )
                for team, own in sums
            ]
            if parts[0].measures:
                raters = tuple(n for n in family.raters if any(n in part.team.raters for part in parts))
                found[_key(family), PAIR_MEAN, name] = _Side(raters, PAIR_MEAN, parts)
    return found


def _unsigned(measures: Measures) -> Measures:
    """Without biases: their sign depends on who comes first."""
    return {name: f for name, f in measures.items() if "_bias_" not in name}


def _rows(engine: Engine, by: str, first: str, of_first: Sides, second: str, of_second: Sides) -> Iterator[Row]:
    for place, a in of_first.items():
        b = of_second.get(place)
        if b is None:
            continue
        common = [name for name in a.parts[0].measures if name in b.parts[0].measures]
        a, b = (replace(side, parts=[_only(part, common) for part in side.parts]) for side in (a, b))
        yield from _compared(engine, {"by": by, "first": first, "second": second}, a, b)


def _only(part: _Part, names: Sequence[str]) -> _Part:
    return replace(part, measures={name: part.measures[name] for name in names})


def _compared(engine: Engine, of: Row, a: _Side, b: _Side) -> Iterator[Row]:
    sums_a, sums_b = a.sums, b.sums
    width = sums_a.table.shape[1]

    def difference(x: FloatArray) -> FloatArray:
        return np.asarray(b.values(x[..., width:]) - a.values(x[..., :width]))

    resamples = engine.of_sides(sums_a, sums_b)
    part = a.parts[0]
    family = part.family
    where = {"scope": "overall", **family.base}
    if part.category is not None:
        where |= {"scope": "category", "category": family.categories[part.category]}
    rows = zip(part.measures, a.estimates(), b.estimates(), resamples.intervals(difference), strict=True)
    for name, one, other, interval in rows:
        if one.value is None or other.value is None:
            apart = Estimate.undefined(one.reason or other.reason or Reason.NO_UNITS)
        else:
            apart = Estimate(other.value - one.value)
        cells = cells_of(apart, interval)
        cells["difference"] = cells.pop("estimate")
        assert resamples.sides is not None
        yield {
            **of,
            **where,
            "measure": name,
            "aggregate": a.aggregate,
            "raters_first": "|".join(a.raters),
            "raters_second": "|".join(b.raters),
            "n_sequences_first": sums_a.n_sequences,
            "n_sequences_second": sums_b.n_sequences,
            "n_sessions_first": int((sums_a.sequences > 0).sum()),
            "n_sessions_second": int((sums_b.sequences > 0).sum()),
            "n_shared": resamples.sides.shared,
            "estimate_first": one.value,
            "estimate_second": other.value,
            **cells,
        }
