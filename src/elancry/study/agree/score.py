"""Do raters give a sequence the same number? Ratings, and shares and counts made from intervals.

The six ICC come first with the interval that speaks of other raters too: F where every sequence is a cluster of its
own, else Monte-Carlo over variance components, with F beside it. The bootstrap is beside them in rows of its own,
because it answers another question: these raters, other clusters. Weighted kappa, AC2, ordinal alpha and exact
agreement are for ratings only; so are pingouin and krippendorff, which give the printed ICC and ordinal alpha.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import icc, metric_alpha, nominal
from elancry.agreement.estimate import Estimate
from elancry.agreement.icc_clustered import icc_clustered
from elancry.agreement.icc_unbalanced import icc_varying_teams
from elancry.agreement.metric_alpha import Metric
from elancry.agreement.standard_errors import WithError
from elancry.agreement.sums import FloatArray, Layout
from elancry.agreement.undefined import Reason
from elancry.align.timeline import MISSING
from elancry.seeds import stream
from elancry.study.agree.bases import by_tier
from elancry.study.agree.engine import PAIR, PAIR_MEAN, POOLED, Family, Measures
from elancry.study.agree.event import raters_of
from elancry.study.agree.row import Row, Team, analytic_row, in_order, make_row
from elancry.study.agree.sums import Sums, Units, UnitSums
from elancry.study.agree.time import codes_over, columns_of
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster
from elancry.texts import Text, text

OF_SAMPLED_RATERS = ("icc_2_1", "icc_2_k")
NAMES = ("system", "tier", "category", "variant")
"""What tells the scores apart."""
ICC_OF: Measures = {form: lambda found, at=at: found[..., at] for at, form in enumerate(icc.FORMS)}
# Measure -> coefficient of every pair, credit, kind of its standard error. For two raters Conger's kappa is Cohen's.
WEIGHTED = {
    "kappa_quadratic": (nominal.cohen_by_pair, nominal.quadratic_credit, WithError.CONGER),
    "kappa_linear": (nominal.cohen_by_pair, nominal.linear_credit, WithError.CONGER),
    "ac2_quadratic": (nominal.gwet_by_pair, nominal.quadratic_credit, WithError.GWET_AC),
    "ac2_linear": (nominal.gwet_by_pair, nominal.linear_credit, WithError.GWET_AC),
}
AC2 = {"ac2_quadratic": nominal.quadratic_credit, "ac2_linear": nominal.linear_credit}


@dataclass(frozen=True, eq=False)
class Scores:
    """One number per sequence and rater: `values` float (N, R), NaN missing; `scale` the numbers that can be given."""

    base: Row
    sessions: tuple[str, ...]
    raters: tuple[str, ...]
    values: FloatArray
    scale: tuple[float, ...] = ()

    @property
    def rated(self) -> bool:
        """Whether the raters themselves gave the numbers."""
        return bool(self.base["variant"] == "rating")

    def of(self, raters: Sequence[str]) -> Scores:
        """The same for some of the raters."""
        columns = [self.raters.index(name) for name in raters]
        return replace(self, raters=tuple(raters), values=self.values[:, columns])

    def complete(self) -> Scores:
        """The sequences with a number of every rater."""
        return self._where(np.asarray(np.isfinite(self.values).all(axis=1)))

    def comparable(self) -> Scores:
        """The sequences with the numbers of two raters or more."""
        return self._where(np.isfinite(self.values).sum(axis=1) >= 2)

    def _where(self, rows: NDArray[np.bool_]) -> Scores:
        kept = tuple(name for name, keep in zip(self.sessions, rows.tolist(), strict=True) if keep)
        return replace(self, sessions=kept, values=self.values[rows])

    def clusters(self, cluster: Cluster) -> NDArray[np.int64]:
        """The cluster of each sequence, int (N,), numbered from 0."""
        groups = [cluster.group_of(session) for session in self.sessions]
        number = {name: at for at, name in enumerate(dict.fromkeys(groups))}
        return np.array([number[name] for name in groups], dtype=np.int64)

    def by_session(self) -> Iterator[tuple[str, FloatArray]]:
        """Each session's rows."""
        names = np.array(self.sessions, dtype=object)
        for name in dict.fromkeys(self.sessions):
            yield name, self.values[names == name]

    def sums(self, make: Callable[[FloatArray], FloatArray], size: int) -> Sums:
        """What `make` says of each session's rows (n, R) -> (P,)."""
        return Sums.of(((name, make(rows), len(rows)) for name, rows in self.by_session()), size)

    @cached_property
    def numbers(self) -> FloatArray:
        """The numbers that can be given or were, ascending."""
        return np.union1d(self.scale, self.values[np.isfinite(self.values)])

    @cached_property
    def ranks(self) -> UnitSums:
        """The sums of the places of the values among `numbers`."""
        return UnitSums(self.comparable()._places(), self.raters, len(self.numbers))

    @cached_property
    def all_ranks(self) -> UnitSums:
        """The same with the values of sequences that one rater alone rated."""
        if not (np.isfinite(self.values).sum(axis=1) == 1).any():
            return self.ranks
        return UnitSums(self._places(), self.raters, len(self.numbers), fewest=1)

    def _places(self) -> list[Units]:
        return [Units(name, _places(rows, self.numbers), np.ones(len(rows)), True) for name, rows in self.by_session()]

    @property
    def counted(self) -> Row:
        """How much was compared."""
        return {"n_units": len(self.values), "n_sessions": len(set(self.sessions))}


@dataclass(frozen=True, eq=False, kw_only=True)
class _Score(Family):
    """Numbers of one kind for one category; a session has too few of them for rows of its own."""

    scores: Scores
    by_session: ClassVar[bool] = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Icc(_Score):
    """The bootstrap of the six forms where no number is missing. Rows of `of_other_raters` are before it."""

    @cached_property
    def varying(self) -> bool:
        """Whether a rater's number is missing where two others gave one: then variance components take over."""
        return len(self.scores.complete().values) < len(self.scores.comparable().values)

    def sums(self, team: Team) -> Sums:
        complete = self.scores.of(team.raters).complete()
        centre = complete.values.mean() if len(complete.values) else 0.0
        return complete.sums(lambda rows: icc.icc_sums(rows - centre), 3 + len(team.raters))

    def measures(self, team: Team, category: int | None) -> Measures:
        if team.aggregate == PAIR_MEAN:
            return {}
        if team.aggregate == POOLED and self.varying:
            return {}
        chosen = icc.FORMS if team.aggregate == POOLED else OF_SAMPLED_RATERS
        return {form: ICC_OF[form] for form in chosen}

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return (icc.icc_from_sums(sums),)

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return icc.why_undefined(self.scores.of(team.raters).complete().values)

    def finished(self, row: Row, team: Team) -> Iterator[Row]:
        if row["ci_low"] is not None:
            yield row | {"ci_method": text("interval.these-raters", method=row["ci_method"])}
        elif team.raters != self.raters:
            yield row

    def of_other_raters(self, aggregate: str, seed: int, cluster: Cluster) -> Iterator[Row]:
        """Rows of all raters whose intervals do not take the raters as given; the headline is first.

        With every number there: F intervals where sequences are the clusters, else Monte-Carlo with F beside; with
        missing ones: variance components.
        """
        team = Team(self.raters, aggregate)
        rng = stream(seed, "variance components", *(str(self.base.get(name, "")) for name in NAMES))
        if self.varying:
            yield from self._of_varying_teams(team, rng, cluster)
            return
        complete = self.scores.complete()
        table = icc.icc_table(self.scores.values, by_pingouin=self.scores.rated)
        clusters = complete.clusters(cluster)
        if len(np.unique(clusters)) < len(clusters):
            found = icc_clustered(complete.values, clusters, rng, cluster.column)
            for form, (estimate, _) in table.items():
                if estimate.value is not None:
                    yield make_row(self.base, form, team, estimate, found[form]) | complete.counted
        for form, (estimate, interval) in table.items():
            yield make_row(self.base, form, team, estimate, interval) | complete.counted

    def _of_varying_teams(self, team: Team, rng: np.random.Generator, cluster: Cluster) -> Iterator[Row]:
        counted = self.scores.comparable().counted
        found = icc_varying_teams(self.scores.values, rng, self.scores.clusters(cluster), cluster.column)
        of = {"icc_2_1": (found.single, found.single_interval), "icc_2_k": (found.mean, found.mean_interval)}
        nothing = Estimate.undefined(Reason.MISSING_CELLS), None
        for form in icc.FORMS:
            yield make_row(self.base, form, team, *of.get(form, nothing)) | counted


@dataclass(frozen=True, eq=False, kw_only=True)
class IntervalAlpha(_Score):
    """Krippendorff's alpha for numbers, on rows with two raters or more."""

    def sums(self, team: Team) -> Sums:
        comparable = self.scores.of(team.raters).comparable()
        centre = np.nanmean(comparable.values) if len(comparable.values) else 0.0
        return comparable.sums(lambda rows: metric_alpha.interval_sums(rows - centre), 4)

    def measures(self, team: Team, category: int | None) -> Measures:
        return {} if team.aggregate == PAIR_MEAN else {"alpha_interval": metric_alpha.interval_alpha}

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return metric_alpha.why_undefined(self.scores.of(team.raters).values) or Reason.ALL_RATINGS_EQUAL


@dataclass(frozen=True, eq=False, kw_only=True)
class Ranked(_Score):
    """Ratings as categories in order: exact agreement, ordinal alpha, and what is weighted by distance."""

    def sums(self, team: Team) -> Sums:
        return self.scores.ranks.team(team.raters)

    def measures(self, team: Team, category: int | None) -> Measures:
        together: Measures = {"percent": nominal.percent, "alpha_ordinal": self._ordinal}
        if team.aggregate == POOLED:
            return together
        # Over the pairs that share sequences in the whole study: a mean must not lose one silently.
        shared = self.scores.ranks.layout(team.raters).table(self.sums(team).total, "pairs").sum((-1, -2)) > 0
        by_pair: Measures = {
            name: lambda layout, x, of=of, credit=credit: of(layout, x, credit(self.scores.numbers))[..., shared].mean(
                -1
            )
            for name, (of, credit, _) in WEIGHTED.items()
        }
        return by_pair if team.aggregate == PAIR_MEAN else {**together, **by_pair}

    def n_categories(self, category: int | None) -> int:
        return len(self.scores.numbers)

    @cached_property
    def _printed_ordinal(self) -> float | None:
        """Of all raters, by the `krippendorff` package."""
        return metric_alpha.alpha_of(self.scores.values, Metric.ORDINAL).value

    def _ordinal(self, layout: Layout, sums: FloatArray) -> FloatArray:
        return metric_alpha.coincidence_alpha(layout, sums, Metric.ORDINAL, self.scores.numbers)

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return self.scores.ranks.layout(team.raters), sums

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        if measure == "alpha_ordinal":
            return Reason.ALL_RATINGS_EQUAL
        return nominal.explain(self.scores.ranks.layout(team.raters), sums, pairwise=len(team.raters) > 2)

    def finished(self, row: Row, team: Team) -> Iterator[Row]:
        if row["measure"] == "alpha_ordinal" and team.raters == self.raters and row["estimate"] is not None:
            row = row | {"estimate": self._printed_ordinal}
        yield row
        if team.aggregate == PAIR and row["measure"] in WEIGHTED:
            _, credit, kind = WEIGHTED[row["measure"]]
            codes = np.searchsorted(self.scores.numbers, self.scores.of(team.raters).complete().values)
            yield from analytic_row(row, codes, len(self.scores.numbers), kind, credit(self.scores.numbers))


@dataclass(frozen=True, eq=False, kw_only=True)
class PooledAc2(_Score):
    """Gwet's AC2 of more than two raters at once (Gwet 2014, ch. 3), as irrCAC's `gwet.ac1.raw` has it.

    Agreement is that of the sequences with two ratings or more. The shares behind the chance term are those of all
    sequences, each weighing 1, also where one rater alone gave a rating.
    """

    def sums(self, team: Team) -> Sums:
        return self.scores.all_ranks.team(team.raters)

    def measures(self, team: Team, category: int | None) -> Measures:
        if team.aggregate != POOLED or len(team.raters) < 3:
            return {}
        return {
            name: lambda layout, x, credit=credit: nominal.gwet_ac(layout, x, credit(self.scores.numbers))
            for name, credit in AC2.items()
        }

    def n_categories(self, category: int | None) -> int:
        return len(self.scores.numbers)

    def counted(self, sums: Sums, team: Team) -> Row:
        return self.scores.comparable().counted

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return self.scores.all_ranks.layout(team.raters), sums

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return nominal.explain(self.scores.all_ranks.layout(team.raters), sums)

    def finished(self, row: Row, team: Team) -> Iterator[Row]:
        yield row
        rated = np.isfinite(self.scores.values).any(axis=1)
        codes = _places(self.scores.values[rated], self.scores.numbers)
        credit = AC2[row["measure"]](self.scores.numbers)
        yield from analytic_row(row, codes, len(self.scores.numbers), WithError.GWET_AC, credit)


# ---- the numbers --------------------------------------------------------------------------------------------------


def score_families(scores: Scores) -> Iterator[_Score]:
    """All families of one matrix, `Icc` first."""
    of: dict[str, Any] = {"base": scores.base, "raters": scores.raters, "scores": scores}
    yield Icc(**of, said_of_one_rater=OF_SAMPLED_RATERS)
    yield IntervalAlpha(**of)
    if scores.rated:
        yield Ranked(**of)
        yield PooledAc2(**of)


def _places(values: FloatArray, numbers: FloatArray) -> NDArray[np.int64]:
    """The place of each value among the ascending numbers; -1 where it is missing."""
    present = np.isfinite(values)
    return np.where(present, np.searchsorted(numbers, np.where(present, values, numbers[0])), -1)


def rating_scores(compared: Compared) -> Iterator[Scores]:
    """The raters' ratings; without a scale of the codebook or vocabulary it is what was given."""
    scales = scales_of(compared)
    for item in compared.ratings:
        present = np.isfinite(item.values)
        raters = in_order({name for at, name in enumerate(item.raters) if present[:, at].any()}, compared.raters)
        values = item.values[:, [item.raters.index(name) for name in raters]]
        found = tuple(float(x) for x in np.unique(values[np.isfinite(values)]))
        base = {"system": item.system, "coding": "rating", "tier": item.tier, "variant": "rating"}
        base |= {"scope": "category", "category": item.category}
        yield Scores(base, item.sessions, raters, values, scales.get(item.system) or found)


def scales_of(compared: Compared) -> dict[str, tuple[float, ...]]:
    """System -> the numbers that can be given; nothing where no codebook or vocabulary says so."""
    return {
        system.id: tuple(float(value) for value in system.scale.values)
        for system in compared.codebook.systems
        if system.scale is not None and not system.observed
    }


def share_scores(compared: Compared) -> Iterator[Scores]:
    """Coded time of a category / length of the sequence; missing where part of the sequence is missing."""
    for base, group in by_tier(compared.timelines):
        raters = columns_of(group, compared.raters)
        sessions = tuple(item.session for item in group)
        codes = [codes_over(item, raters) for item in group]
        for index, category in enumerate(group[0].categories):
            values = np.full((len(group), len(raters)), np.nan)
            for row, (item, of) in enumerate(zip(group, codes, strict=True)):
                share = item.durations @ (of == index) / max(int(item.durations.sum()), 1)
                values[row] = np.where((of == MISSING).any(axis=0), np.nan, share)
            more = {"variant": "share", "scope": "category", "category": category}
            yield Scores({**base, **more}, sessions, raters, values)


def count_scores(compared: Compared) -> Iterator[Scores]:
    """Events of a category that overlap the sequence; missing where the rater gave a value outside the vocabulary."""
    for base, group in by_tier(compared.events):
        raters = raters_of(group, compared.raters)
        sessions = tuple(item.session for item in group)
        for index, category in enumerate(group[0].categories):
            values = np.full((len(group), len(raters)), np.nan)
            for row, item in enumerate(group):
                for name, codes in zip(item.raters, item.codes, strict=True):
                    if (codes >= 0).all():
                        values[row, raters.index(name)] = float((codes == index).sum())
            more = {"variant": "count", "scope": "category", "category": category}
            yield Scores({**base, **more}, sessions, raters, values)
