"""Every row of the agreement table is made here, whatever is compared.

A family is one question asked of one tier: what can be added up over sessions, and which measures are made of it, for
whom. Which comparisons there are is the same for all families:

- the whole study: all raters together, the mean over pairs of raters, every pair, the team without each rater;
- every category against the rest: all raters, the mean over pairs, every pair;
- every session: all raters and the mean over pairs, which with two raters is the pair.

Whole study and categories have intervals over the plan's clusters (sessions, patients or therapists); one session has
none, since nothing smaller is resampled. A family has no
row where it names no measure.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, ClassVar

import numpy as np

from elancry.agreement.bootstrap import Resamples, TwoSides, cluster_counts
from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.seeds import stream
from elancry.study.agree.row import Row, Team, make_row
from elancry.study.agree.sums import Sums, pairs_of
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.texts import Text

POOLED, PAIR_MEAN, PAIR, LEAVE_ONE_OUT = "pooled", "pair_mean", "pair", "leave_one_out"
Measures = Mapping[str, Callable[..., FloatArray]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Family(ABC):
    """One question asked of one tier (or of one category of it)."""

    base: Row
    """The cells that all rows share; `scope` and `category` among them where the family is about one category."""
    raters: tuple[str, ...]
    categories: tuple[str, ...] = ()
    """Categories that have rows of their own."""
    in_full: bool = True
    """Whether there is more than the whole study and its pairs."""
    by_session: ClassVar[bool] = True
    said_of_one_rater: tuple[str, ...] = ()
    """Measures whose rows say that one rater alone cannot be compared."""

    @abstractmethod
    def sums(self, team: Team) -> Sums:
        """What the team has in common."""

    @abstractmethod
    def measures(self, team: Team, category: int | None) -> Measures:
        """Name -> function of what `seen` gives; the same for every category."""

    @abstractmethod
    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        """Why the measure of sums (P,), those of `seen`, is undefined; asked only where it is."""

    def each_category(self, sums: Sums, team: Team) -> FloatArray:
        """For each category the sums (K, S, P') that its rows are made of, where it is category 0 of few.

        Taken before sessions are resampled, so that what is resampled does not grow with the square of the categories.
        """
        raise NotImplementedError

    def narrowed(self, sums: Sums, team: Team, category: int | None) -> Sums:
        """The sums that `seen` takes: all of them, or those of one category."""
        if category is None or not sums.sessions:
            return sums
        return replace(sums, table=self.each_category(sums, team)[category])

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        """What measures are made of, from sums (..., P); of a `category` they are those of `each_category`."""
        return (sums,)

    def counted(self, sums: Sums, team: Team) -> Row:
        """How much was compared."""
        return {"n_units": sums.n_sequences}

    def n_categories(self, category: int | None) -> int | None:
        """How many categories are behind the chance term; None where there are no categories."""
        return None

    def finished(self, row: Row, team: Team) -> Iterable[Row]:
        """The row as it is shown, and what stands beside it; nothing where others say the same."""
        return (row,)


@dataclass(frozen=True)
class Engine:
    """Rows of families under one seed. `alone`: two raters are all there is, and every row is about that pair."""

    seed: int
    n_resamples: int
    alone: bool = False
    cluster: Cluster = BY_SESSION
    _drawn: dict[tuple[str, ...], FloatArray] = field(default_factory=dict, compare=False)

    def resamples(self, sums: Sums) -> Resamples:
        """The resamples of the clusters of these sessions, drawn once for each set of clusters."""
        groups = tuple(map(self.cluster.group_of, sums.sessions))
        names = tuple(dict.fromkeys(groups))
        row = {name: at for at, name in enumerate(names)}
        table = np.zeros((len(names), sums.table.shape[1]))
        np.add.at(table, [row[name] for name in groups], sums.table)
        if names not in self._drawn:
            rng = stream(self.seed, "agreement", f"{self.cluster.column}s", *names)
            self._drawn[names] = cluster_counts(len(names), self.n_resamples, rng)
        return Resamples.of(table, self._drawn[names], sums.n_sequences, self.cluster.column)

    def of_sides(self, first: Sums, second: Sums) -> Resamples:
        """The resamples of two sides whose sums stand beside each other: clusters of both together, others per side."""
        groups = [list(map(self.cluster.group_of, sums.sessions)) for sums in (first, second)]
        known = [dict.fromkeys(own) for own in groups]
        both = [name for name in known[0] if name in known[1]]
        alone = [[name for name in own if name not in other] for own, other in (known, known[::-1])]
        names = [*both, *alone[0], *alone[1]]
        at = {name: row for row, name in enumerate(names)}
        table = np.zeros((len(names), first.table.shape[1] + second.table.shape[1]))
        np.add.at(table[:, : first.table.shape[1]], [at[name] for name in groups[0]], first.table)
        np.add.at(table[:, first.table.shape[1] :], [at[name] for name in groups[1]], second.table)
        sides = TwoSides(len(both), len(alone[0]), len(alone[1]))
        key = ("two sides", *map(str, sides.sizes), *names)
        if key not in self._drawn:
            rng = stream(self.seed, "difference", f"{self.cluster.column}s", *key[1:])
            self._drawn[key] = sides.counts(self.n_resamples, rng)
        n_sequences = min(first.n_sequences, second.n_sequences)
        return Resamples.of_sides(table, self._drawn[key], n_sequences, self.cluster.column, sides)

    def rows(self, family: Family) -> Iterator[Row]:
        """All rows of one family: the whole study, every category, every session."""
        if len(family.raters) < 2:
            yield from self._rows_of_one_rater(family)
            return
        pairs = [Team(pair, PAIR) for pair in pairs_of(family.raters)]
        whole = [] if self.alone else [Team(family.raters, POOLED), Team(family.raters, PAIR_MEAN)]
        overall: list[tuple[Team, Measures, Sums]] = []
        categories: list[tuple[int, Row]] = []
        for team in (*whole, *pairs, *(teams_without_one(family.raters) if family.in_full else ())):
            measures = self.measures(family, team, None)
            every = family.in_full and team.aggregate != LEAVE_ONE_OUT and bool(family.categories)
            of_one = self.measures(family, team, 0) if every else {}
            if not measures and not of_one:
                continue
            sums = family.sums(team)
            # That nothing was compared is said once, of all raters.
            if not sums.sessions and not self._whole(team):
                continue
            if measures:
                overall.append((team, measures, sums))
            if of_one:
                categories += self._rows_of_categories(family, team, of_one, sums)
        # What teams have in common is resampled once for all of them.
        for _, alike in groupby(overall, key=lambda item: id(item[2])):
            yield from self._rows(family, list(alike))
        yield from (row for _, row in sorted(categories, key=lambda item: item[0]))
        if family.in_full and family.by_session:
            for team in (*whole, *(pairs if len(family.raters) == 2 else ())):
                yield from self._sessions(family, team)

    def measures(self, family: Family, team: Team, category: int | None) -> Measures:
        """The measures of the family; of a pair that is alone all of them."""
        if not self.alone:
            return family.measures(team, category)
        every = (family.measures(Team(team.raters, aggregate), category) for aggregate in (POOLED, PAIR_MEAN, PAIR))
        return {name: measure for measures in every for name, measure in measures.items()}

    def _rows(self, family: Family, teams: Sequence[tuple[Team, Measures, Sums]]) -> Iterator[Row]:
        """The rows of all categories together, of teams that have the same sums."""
        sums = teams[0][2]

        def statistic(x: FloatArray) -> FloatArray:
            values = []
            for team, measures, _ in teams:
                seen = family.seen(x, team, None)
                values += [measure(*seen) for measure in measures.values()]
            return np.stack(values, axis=-1)

        n = sum(len(measures) for _, measures, _ in teams)
        intervals = iter(self.resamples(sums).intervals(statistic) if sums.sessions else [None] * n)
        for team, measures, _ in teams:
            estimates = _estimates(family, team, sums.total if sums.sessions else None, measures, None)
            for name, estimate in zip(measures, estimates, strict=True):
                row = make_row({"scope": "overall", **family.base}, name, team, estimate, next(intervals))
                yield from family.finished(row | _counts(family, sums, team, None), team)

    def _rows_of_categories(
        self, family: Family, team: Team, measures: Measures, sums: Sums
    ) -> Iterator[tuple[int, Row]]:
        """The rows of each category against the rest, with its number; all of them are resampled together."""
        n = len(family.categories)
        intervals: Sequence[Interval | None] = [None] * (n * len(measures))
        totals: Sequence[FloatArray | None] = [None] * n
        if sums.sessions:
            each = family.each_category(sums, team)
            totals = [of_one.sum(axis=0) for of_one in each]

            def statistic(x: FloatArray) -> FloatArray:
                seen = family.seen(x.reshape(*x.shape[:-1], n, -1), team, 0)
                values = np.stack([measure(*seen) for measure in measures.values()], axis=-1)
                return values.reshape(*x.shape[:-1], -1)

            table = np.moveaxis(each, 0, 1).reshape(len(sums.sessions), -1)
            intervals = self.resamples(replace(sums, table=table)).intervals(statistic)
        for category, (name, total) in enumerate(zip(family.categories, totals, strict=True)):
            where = {"scope": "category", "category": name}
            estimates = _estimates(family, team, total, measures, category)
            own = intervals[category * len(measures) : (category + 1) * len(measures)]
            for measure, estimate, interval in zip(measures, estimates, own, strict=True):
                row = make_row({**family.base, **where}, measure, team, estimate, interval)
                for shown in family.finished(row | _counts(family, sums, team, category), team):
                    yield category, shown

    def _whole(self, team: Team) -> bool:
        return self.alone or team.aggregate in (POOLED, PAIR_MEAN)

    def _sessions(self, family: Family, team: Team) -> Iterator[Row]:
        measures = self.measures(family, team, None)
        for session, sums in family.sums(team).of_each_session() if measures else ():
            where = {**family.base, "scope": "session", "session": session}
            for name, estimate in zip(measures, _estimates(family, team, sums.total, measures, None), strict=True):
                yield make_row(where, name, team, estimate) | _counts(family, sums, team, None)

    def _rows_of_one_rater(self, family: Family) -> Iterator[Row]:
        """Rows that say why there is no number where one single rater coded; none where nobody did."""
        team = Team(family.raters, PAIR if self.alone else POOLED)
        for measure in family.said_of_one_rater if family.raters else ():
            row = make_row({"scope": "overall", **family.base}, measure, team, Estimate.undefined(Reason.ONE_RATER))
            yield row | {"n_units": 0, "n_sessions": 0}


def _estimates(
    family: Family, team: Team, sums: FloatArray | None, measures: Measures, category: int | None
) -> Iterator[Estimate]:
    """The measures of sums (P,), those of `Family.seen`; `None` where nothing was compared."""
    seen = () if sums is None else family.seen(sums, team, category)
    for name, measure in measures.items():
        value = math.nan if sums is None else float(measure(*seen))
        if math.isfinite(value):
            yield Estimate(value)
        else:
            yield Estimate.undefined(Reason.NO_UNITS if sums is None else family.why(sums, team, name, category))


def _counts(family: Family, sums: Sums, team: Team, category: int | None) -> Row:
    categories = {"n_categories": family.n_categories(category)}
    return {"n_sessions": len(sums.sessions), **categories, **family.counted(sums, team)}


def teams_without_one(raters: Sequence[str]) -> list[Team]:
    """The teams that leaving out each rater in turn gives; none below three raters."""
    if len(raters) < 3:
        return []
    return [Team(tuple(name for name in raters if name != out), LEAVE_ONE_OUT) for out in raters]
