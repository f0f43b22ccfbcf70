"""Rows: do raters give a sequence the same number? Ratings, and shares and counts made from intervals.

The six ICC with their F intervals come first; the session bootstrap stands beside them in rows of its own, because it
answers another question: these raters, other sessions. Weighted kappa, AC2 and exact agreement are for ratings only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import icc, metric_alpha, nominal
from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.icc_unbalanced import icc_varying_teams
from elancry.agreement.metric_alpha import Metric
from elancry.agreement.standard_errors import WithError
from elancry.agreement.sums import FloatArray, Layout, nominal_sums
from elancry.agreement.undefined import NoInterval
from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, Timeline
from elancry.study.agree.event import event_groups, raters_of
from elancry.study.agree.row import (
    Resampler,
    Row,
    Team,
    analytic_row,
    estimates_of,
    in_order,
    make_row,
    pairs_of,
    rows_of_one_rater,
    teams_without_one,
)
from elancry.study.agree.time import codes_over, columns_of, group_by_tier

WEIGHTED = ("kappa_quadratic", "kappa_linear", "ac2_quadratic")
# Below this share of sequences with all raters the number of raters is taken to vary by design.
MOSTLY_COMPLETE = 0.5
THESE_RATERS = "these raters only: "


@dataclass(frozen=True, eq=False)
class Scores:
    """One number per sequence and rater: `values` float (N, R), NaN missing; `scale` the numbers that can be given."""

    base: Row
    sessions: tuple[str, ...]
    raters: tuple[str, ...]
    values: FloatArray
    scale: tuple[float, ...] = ()

    def of(self, raters: Sequence[str]) -> Scores:
        """The same for some of the raters."""
        columns = [self.raters.index(name) for name in raters]
        return replace(self, raters=tuple(raters), values=self.values[:, columns])

    def where(self, rows: NDArray[np.bool_]) -> Scores:
        """The same for some of the sequences."""
        kept = tuple(name for name, keep in zip(self.sessions, rows.tolist(), strict=True) if keep)
        return replace(self, sessions=kept, values=self.values[rows])

    def by_session(self, sums: Callable[[FloatArray], FloatArray]) -> dict[str, FloatArray]:
        """Session -> the sums (P,) of its rows."""
        names = np.array(self.sessions, dtype=object)
        return {name: sums(self.values[names == name]) for name in dict.fromkeys(self.sessions)}

    @property
    def counted(self) -> Row:
        """What a row says about how much was compared."""
        return {"n_units": len(self.values), "n_sessions": len(set(self.sessions))}


def rating_scores(
    ratings: Sequence[RatingMatrix], order: Sequence[str] | None, scales: dict[str, tuple[float, ...]]
) -> Iterator[Scores]:
    """The raters' ratings; without a codebook's scale the scale is what was given."""
    for item in ratings:
        present = np.isfinite(item.values)
        raters = in_order({name for at, name in enumerate(item.raters) if present[:, at].any()}, order)
        values = item.values[:, [item.raters.index(name) for name in raters]]
        found = tuple(float(x) for x in np.unique(values[np.isfinite(values)]))
        base = {"system": item.system, "coding": "rating", "tier": item.tier, "variant": "rating"}
        base |= {"scope": "category", "category": item.category}
        yield Scores(base, item.sessions, raters, values, scales.get(item.system) or found)


def share_scores(timelines: Sequence[Timeline], order: Sequence[str] | None) -> Iterator[Scores]:
    """Coded time of a category / length of the sequence; missing where part of the sequence is missing."""
    for base, group in group_by_tier(timelines):
        raters = columns_of(group, order)
        sessions = tuple(item.session for item in group)
        codes = [codes_over(item, raters) for item in group]
        for index, category in enumerate(group[0].categories):
            values = np.full((len(group), len(raters)), np.nan)
            for row, (item, of) in enumerate(zip(group, codes, strict=True)):
                share = item.durations @ (of == index) / max(int(item.durations.sum()), 1)
                values[row] = np.where((of == MISSING).any(axis=0), np.nan, share)
            more = {"variant": "share", "scope": "category", "category": category}
            yield Scores({**base, **more}, sessions, raters, values)


def count_scores(events: Sequence[SequenceEvents], order: Sequence[str] | None) -> Iterator[Scores]:
    """Number of events of a category; missing where the rater gave a value outside the vocabulary."""
    for base, group in event_groups(events):
        raters = raters_of(group, order)
        sessions = tuple(item.session for item in group)
        for index, category in enumerate(group[0].categories):
            values = np.full((len(group), len(raters)), np.nan)
            for row, item in enumerate(group):
                for name, codes in zip(item.raters, item.codes, strict=True):
                    if (codes >= 0).all():
                        values[row, raters.index(name)] = float((codes == index).sum())
            more = {"variant": "count", "scope": "category", "category": category}
            yield Scores({**base, **more}, sessions, raters, values)


def score_rows(scores: Scores, resampler: Resampler) -> Iterator[Row]:
    """All rows of one matrix: ICC, alpha, and for ratings what counts categories."""
    if len(scores.raters) < 2:
        yield from rows_of_one_rater(scores.base, ["icc_2_1", "icc_2_k"], scores.raters)
        return
    yield from _icc_rows(scores, resampler)
    yield from _alpha_rows(scores, resampler)
    if scores.base["variant"] == "rating":
        yield from _category_rows(scores, resampler)


def _complete(scores: Scores) -> Scores:
    return scores.where(np.asarray(np.isfinite(scores.values).all(axis=1)))


def _icc_rows(scores: Scores, resampler: Resampler) -> Iterator[Row]:
    complete = _complete(scores)
    team = Team(scores.raters, "pooled")
    several = scores.where(np.asarray(np.isfinite(scores.values).sum(axis=1) >= 2))
    # A few missing cells: the complete rows. Teams that vary from sequence to sequence: variance components.
    vary = len(complete.values) < MOSTLY_COMPLETE * len(several.values)
    varying = ("icc_2_1", "icc_2_k") if vary else ()
    for form, (estimate, interval) in icc.icc_table(scores.values).items():
        if form not in varying:
            yield make_row(scores.base, form, team, estimate, interval, scope="category", **complete.counted)
    if vary:
        found = icc_varying_teams(scores.values)
        method = f"none (variance components, REML; mean of {found.k:.3g} raters)"
        for form, estimate in zip(varying, (found.single, found.mean), strict=True):
            none = Interval.none(NoInterval.NOT_RESAMPLED, method)
            yield make_row(scores.base, form, team, estimate, none, scope="category", **several.counted)
    yield from _icc_bootstrap(complete, team, resampler, [form for form in icc.FORMS if form not in varying])
    for raters in teams_without_one(scores.raters):
        part = _complete(scores.of(raters))
        yield from _icc_bootstrap(part, Team(raters, "leave_one_out"), resampler, ("icc_2_1", "icc_2_k"))


def _icc_bootstrap(complete: Scores, team: Team, resampler: Resampler, forms: Sequence[str]) -> Iterator[Row]:
    if not len(complete.values):
        return
    centre = complete.values.mean()
    chosen = [icc.FORMS.index(form) for form in forms]

    def statistic(sums: FloatArray) -> FloatArray:
        return icc.icc_from_sums(sums)[..., chosen]

    by_session = complete.by_session(lambda rows: icc.icc_sums(rows - centre))
    resamples = resampler.resamples(by_session, len(complete.values))
    estimates = estimates_of(statistic(resamples.total), lambda _: icc.why_undefined(complete.values))
    for form, estimate, interval in zip(forms, estimates, resamples.intervals(statistic), strict=True):
        if team.aggregate == "pooled" and interval.low is None:
            continue  # the row with the F interval already stands there
        row = make_row(complete.base, form, team, estimate, interval, scope="category", **complete.counted)
        row["ci_method"] = THESE_RATERS + interval.method if interval.low is not None else interval.method
        yield row


def _alpha_rows(scores: Scores, resampler: Resampler) -> Iterator[Row]:
    comparable = scores.where(np.asarray(np.isfinite(scores.values).sum(axis=1) >= 2))
    team = Team(scores.raters, "pooled")
    if not len(comparable.values):
        estimate = Estimate.undefined(metric_alpha.why_undefined(scores.values) or "")
        yield make_row(scores.base, "alpha_interval", team, estimate, scope="category", n_units=0, n_sessions=0)
        return
    centre = np.nanmean(comparable.values)
    moments = comparable.by_session(lambda rows: metric_alpha.interval_sums(rows - centre))
    found = {
        Metric.INTERVAL: resampler.resamples(moments, len(comparable.values)).intervals(
            lambda sums: metric_alpha.interval_alpha(sums)[..., None]
        )
    }
    if scores.base["variant"] == "rating":
        given = np.unique(comparable.values[np.isfinite(comparable.values)])
        layout, sums = _ranks(comparable, given)
        found[Metric.ORDINAL] = resampler.resamples(sums, len(comparable.values)).intervals(
            lambda s: metric_alpha.coincidence_alpha(layout, s, Metric.ORDINAL, given)[..., None]
        )
    for metric, (interval,) in found.items():
        estimate = metric_alpha.alpha_of(scores.values, metric)
        yield make_row(
            scores.base, f"alpha_{metric.value}", team, estimate, interval, scope="category", **comparable.counted
        )


def _ranks(scores: Scores, numbers: FloatArray) -> tuple[Layout, dict[str, FloatArray]]:
    """Nominal sums of the places of the values among the ascending `numbers`."""
    layout = Layout(len(scores.raters), len(numbers))

    def sums(rows: FloatArray) -> FloatArray:
        codes = np.where(np.isfinite(rows), np.searchsorted(numbers, np.where(np.isfinite(rows), rows, numbers[0])), -1)
        return nominal_sums(codes, np.ones(len(rows)), len(numbers))

    return layout, scores.by_session(sums)


def _category_rows(scores: Scores, resampler: Resampler) -> Iterator[Row]:
    """Percent over all raters; weighted kappa and AC2 for every pair and as their mean."""
    numbers = np.unique([*scores.scale, *np.unique(scores.values[np.isfinite(scores.values)]).tolist()])
    comparable = scores.where(np.asarray(np.isfinite(scores.values).sum(axis=1) >= 2))
    if not len(comparable.values):
        return
    layout, by_session = _ranks(comparable, numbers)
    resamples = resampler.resamples(by_session, len(comparable.values))
    shared = layout.table(resamples.total, "pairs").sum((-1, -2)) > 0

    def percent(sums: FloatArray) -> FloatArray:
        return nominal.percent(layout, sums)[..., None]

    def mean(sums: FloatArray) -> FloatArray:
        return np.asarray(_weighted_by_pair(layout, sums, numbers)[..., shared, :].mean(-2))

    def why(_: int) -> str:
        return nominal.explain(layout, resamples.total, pairwise=layout.n_raters > 2)

    for measures, statistic, aggregate in ((("percent",), percent, "pooled"), (WEIGHTED, mean, "pair_mean")):
        team = Team(scores.raters, aggregate)
        estimates = estimates_of(statistic(resamples.total), why)
        for name, estimate, interval in zip(measures, estimates, resamples.intervals(statistic), strict=True):
            yield make_row(scores.base, name, team, estimate, interval, scope="category", **comparable.counted)
    for pair in pairs_of(scores.raters):
        yield from _pair_rows(_complete(scores.of(pair)), numbers, resampler)


def _weighted_by_pair(layout: Layout, sums: FloatArray, numbers: FloatArray) -> FloatArray:
    """The measures `WEIGHTED` of every pair of raters: (..., pairs, 3)."""
    linear, quadratic = nominal.linear_credit(numbers), nominal.quadratic_credit(numbers)
    ac2 = [nominal.gwet_ac(*layout.two_raters(sums, pair), quadratic) for pair in range(len(layout.rater_pairs))]
    kappas = [nominal.cohen_by_pair(layout, sums, credit) for credit in (quadratic, linear)]
    return np.stack([*kappas, np.stack(ac2, axis=-1)], axis=-1)


def _pair_rows(both: Scores, numbers: FloatArray, resampler: Resampler) -> Iterator[Row]:
    if not len(both.values):
        return
    layout, by_session = _ranks(both, numbers)
    resamples = resampler.resamples(by_session, len(both.values))

    def statistic(sums: FloatArray) -> FloatArray:
        return _weighted_by_pair(layout, sums, numbers)[..., 0, :]

    estimates = estimates_of(statistic(resamples.total), lambda _: nominal.explain(layout, resamples.total))
    team = Team(both.raters, "pair")
    for name, estimate, interval in zip(WEIGHTED, estimates, resamples.intervals(statistic), strict=True):
        yield make_row(both.base, name, team, estimate, interval, scope="category", **both.counted)
    codes = np.searchsorted(numbers, both.values)
    linear, quadratic = nominal.linear_credit(numbers), nominal.quadratic_credit(numbers)
    # For two raters Conger's kappa is Cohen's, and so is its standard error.
    kinds = ((WithError.CONGER, quadratic), (WithError.CONGER, linear), (WithError.GWET_AC, quadratic))
    for name, estimate, (kind, credit) in zip(WEIGHTED, estimates, kinds, strict=True):
        if analytic := analytic_row(both.base, name, team, estimate, codes, len(numbers), kind, credit):
            yield {**analytic, **both.counted}
