"""Rows: do raters give the same category at the same time, and is a category present in the same sequences?

Everything is counted on the sums of `agreement.nominal` per session: the exact durations of elementary segments for
time, one unit per sequence for presence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.agreement.bootstrap import Resamples
from elancry.agreement.estimate import Estimate
from elancry.agreement.standard_errors import WithError
from elancry.agreement.sums import FloatArray, Layout, nominal_sums
from elancry.agreement.undefined import Reason
from elancry.align.timeline import MISSING, NONE, Timeline
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

WITH_NONE = "with_none"
WITHOUT_NONE = "without_none"


def _conger_complete(layout: Layout, sums: FloatArray) -> FloatArray:
    return nominal.conger(layout, sums, complete_only=True)


def _alpha_of_durations(layout: Layout, sums: FloatArray) -> FloatArray:
    return nominal.krippendorff_alpha(layout, sums, small_sample=False)


def _alpha_of_counts(layout: Layout, sums: FloatArray) -> FloatArray:
    return nominal.krippendorff_alpha(layout, sums, small_sample=True)


POOLED: dict[str, nominal.Coefficient] = {
    "time_percent": nominal.percent,
    "time_krippendorff_alpha": _alpha_of_durations,
    "time_fleiss_kappa": nominal.fleiss,
    "time_conger_kappa": _conger_complete,
    "time_gwet_ac1": nominal.gwet_ac,
    "time_brennan_prediger": nominal.brennan_prediger,
}
# Bins are counted, so alpha keeps its small-sample term there.
COUNTED_TIME: dict[str, nominal.Coefficient] = {**POOLED, "time_krippendorff_alpha": _alpha_of_counts}
MEAN_OF_PAIRS: dict[str, nominal.Coefficient] = {"time_cohen_kappa": nominal.cohen_mean}
# For two raters Conger's kappa is Cohen's.
PAIR = {name: f for name, f in {**MEAN_OF_PAIRS, **POOLED}.items() if name != "time_conger_kappa"}
PRESENCE: dict[str, nominal.Coefficient] = {
    "presence_percent": nominal.percent,
    "presence_krippendorff_alpha": _alpha_of_counts,
    "presence_fleiss_kappa": nominal.fleiss,
    "presence_gwet_ac1": nominal.gwet_ac,
}
PRESENCE_ERRORS = {
    "presence_percent": WithError.PERCENT,
    "presence_krippendorff_alpha": WithError.KRIPPENDORFF,
    "presence_fleiss_kappa": WithError.FLEISS,
    "presence_gwet_ac1": WithError.GWET_AC,
}


@dataclass(frozen=True, eq=False)
class Coded:
    """Units of one sequence: `codes` int (U, R) over the study's raters, -1 missing; `weights` float (U,)."""

    session: str
    codes: NDArray[np.int64]
    weights: FloatArray


@dataclass(frozen=True, eq=False)
class Compared:
    """Sums of one team by session, with what they were made of."""

    layout: Layout
    by_session: dict[str, FloatArray]
    sequences: dict[str, int]
    """Session -> sequences in which two raters or more were compared."""

    @classmethod
    def of(cls, units: Sequence[Coded], columns: Sequence[int], n_categories: int) -> Compared:
        """From the units of all sequences; sequences in which nobody can be compared stay out."""
        layout = Layout(len(columns), n_categories)
        by_session: dict[str, FloatArray] = {}
        sequences: dict[str, int] = {}
        for item in units:
            codes = item.codes[:, list(columns)]
            comparable = (codes >= 0).sum(axis=1) >= 2
            if not comparable.any():
                continue
            sums = nominal_sums(codes[comparable], item.weights[comparable], n_categories)
            by_session[item.session] = by_session.get(item.session, 0.0) + sums
            sequences[item.session] = sequences.get(item.session, 0) + 1
        return cls(layout, by_session, sequences)

    @property
    def n_sequences(self) -> int:
        """Sequences compared."""
        return sum(self.sequences.values())

    def total(self) -> FloatArray:
        """Sums (P,) over all sessions."""
        return sum(self.by_session.values(), np.zeros(self.layout.size))

    def ms(self, sums: FloatArray) -> int:
        """Weight compared, for durations in ms."""
        return round(float(self.layout.table(sums, "coincidences").sum()))


def group_by_tier(timelines: Sequence[Timeline]) -> Iterator[tuple[Row, list[Timeline]]]:
    """(system, tier) with their timelines, in order of appearance."""
    groups: dict[tuple[str, str], list[Timeline]] = {}
    for item in timelines:
        groups.setdefault((item.system, item.tier), []).append(item)
    for (system, tier), found in groups.items():
        yield {"system": system, "coding": "interval", "tier": tier}, found


def columns_of(timelines: Sequence[Timeline], order: Sequence[str] | None) -> tuple[str, ...]:
    """Raters who coded something in at least one of these timelines."""
    coded = {name for t in timelines for i, name in enumerate(t.raters) if (t.codes[:, i] != MISSING).any()}
    return in_order(coded, order)


def codes_over(item: Timeline, raters: Sequence[str]) -> NDArray[np.int64]:
    """Codes (S, R) of a timeline over the study's raters; who is not in the timeline is missing."""
    codes = np.full((len(item.codes), len(raters)), MISSING, dtype=np.int64)
    for at, name in enumerate(raters):
        if name in item.raters:
            codes[:, at] = item.codes[:, item.raters.index(name)]
    return codes


def as_units(item: Timeline, raters: Sequence[str], variant: str) -> Coded:
    """The elementary segments of a timeline: `none` is the category K, or missing."""
    codes = codes_over(item, raters)
    codes[codes == NONE] = len(item.categories) if variant == WITH_NONE else -1
    codes[codes == MISSING] = -1
    return Coded(item.session, codes, item.durations.astype(np.float64))


def presence_units(item: Timeline, raters: Sequence[str], category: int) -> Coded:
    """One unit: 0 present, 1 absent, -1 unknown (missing, or the category may hide behind a missing stretch)."""
    codes = codes_over(item, raters)
    present = (codes == category).any(axis=0)
    unknown = (codes == MISSING).any(axis=0) & ~present
    return Coded(item.session, np.where(unknown, -1, np.where(present, 0, 1))[None, :], np.ones(1))


def time_rows(timelines: Sequence[Timeline], resampler: Resampler, order: Sequence[str] | None) -> Iterator[Row]:
    """All time_* rows on exact durations: overall, pairs, leave-one-out, per category, per session."""
    for base, group in group_by_tier(timelines):
        raters = columns_of(group, order)
        if len(raters) < 2:
            yield from rows_of_one_rater({**base, "variant": WITH_NONE}, [*POOLED], raters)
            continue
        categories = group[0].categories
        for variant in (WITH_NONE, WITHOUT_NONE):
            units = [as_units(item, raters, variant) for item in group]
            q = len(categories) + (variant == WITH_NONE)
            yield from _variant_rows({**base, "variant": variant}, units, raters, categories, q, resampler)


def _variant_rows(
    base: Row, units: list[Coded], raters: tuple[str, ...], categories: tuple[str, ...], q: int, resampler: Resampler
) -> Iterator[Row]:
    everybody = Compared.of(units, range(len(raters)), q)
    resamples = _resample(everybody, resampler)
    pooled, mean = Team(raters, "pooled"), Team(raters, "pair_mean")
    yield from coefficient_rows(base, everybody, POOLED, pooled, resamples)
    yield from coefficient_rows(base, everybody, MEAN_OF_PAIRS, mean, resamples)
    for pair in pairs_of(raters):
        compared = Compared.of(units, [raters.index(name) for name in pair], q)
        if compared.by_session:
            yield from coefficient_rows(base, compared, PAIR, Team(pair, "pair"), _resample(compared, resampler))
    for team in teams_without_one(raters):
        compared = Compared.of(units, [raters.index(name) for name in team], q)
        if compared.by_session:
            both = {**POOLED, **MEAN_OF_PAIRS}
            yield from coefficient_rows(
                base, compared, both, Team(team, "leave_one_out"), _resample(compared, resampler)
            )
    for index, category in enumerate(categories):
        of = {**base, "scope": "category", "category": category}
        yield from coefficient_rows(of, everybody, POOLED, pooled, resamples, category=index)
        yield from coefficient_rows(of, everybody, MEAN_OF_PAIRS, mean, resamples, category=index)
    for session, sums in sorted(everybody.by_session.items()):
        alone = Compared(everybody.layout, {session: sums}, {session: everybody.sequences[session]})
        of = {**base, "scope": "session", "session": session}
        yield from coefficient_rows(of, alone, POOLED, pooled, None)
        yield from coefficient_rows(of, alone, MEAN_OF_PAIRS, mean, None)


def presence_rows(timelines: Sequence[Timeline], resampler: Resampler, order: Sequence[str] | None) -> Iterator[Row]:
    """All presence_* rows: one category at a time, a sequence is a unit."""
    for base, group in group_by_tier(timelines):
        raters = columns_of(group, order)
        if len(raters) < 2:
            continue
        for index, category in enumerate(group[0].categories):
            units = [presence_units(item, raters, index) for item in group]
            compared = Compared.of(units, range(len(raters)), 2)
            of = {**base, "scope": "category", "category": category}
            team = Team(raters, "pooled")
            yield from coefficient_rows(of, compared, PRESENCE, team, _resample(compared, resampler), category=0)
            yield from _analytic_rows(of, units, compared, team)


def _analytic_rows(base: Row, units: Sequence[Coded], compared: Compared, team: Team) -> Iterator[Row]:
    """Presence once more with Gwet's standard errors, which take sequences as independent."""
    codes = np.concatenate([item.codes for item in units])
    codes = codes[(codes >= 0).sum(axis=1) >= 2]
    for measure, kind in PRESENCE_ERRORS.items():
        value = float(PRESENCE[measure](compared.layout, compared.total()))
        estimate = Estimate.of(value, nominal.explain(compared.layout, compared.total()))
        if analytic := analytic_row(base, measure, team, estimate, codes, 2, kind):
            yield {**analytic, "n_units": len(codes), "n_sessions": len(compared.by_session)}


def _resample(compared: Compared, resampler: Resampler) -> Resamples | None:
    return resampler.resamples(compared.by_session, compared.n_sequences) if compared.by_session else None


def coefficient_rows(
    base: Row,
    compared: Compared,
    measures: dict[str, nominal.Coefficient],
    team: Team,
    resamples: Resamples | None,
    *,
    category: int | None = None,
) -> Iterator[Row]:
    """Rows of several coefficients of the same sums; `category` puts one category against the rest."""
    layout = compared.layout

    def statistic(sums: FloatArray) -> FloatArray:
        of, part = (layout, sums) if category is None else layout.one_against_rest(sums, category)
        return np.stack([coefficient(of, part) for coefficient in measures.values()], axis=-1)

    total = compared.total()
    of, part = (layout, total) if category is None else layout.one_against_rest(total, category)

    def reason(index: int) -> Reason:
        shares = of.table(part, "shares")
        if category is not None and shares[0] == 0 and shares[1] > 0:
            return Reason.UNUSED_CATEGORY
        if base.get("variant") == WITH_NONE and shares[-1] > 0 and not shares[:-1].any():
            return Reason.NOTHING_CODED
        return nominal.explain(of, part, pairwise=list(measures)[index] in MEAN_OF_PAIRS and layout.n_raters > 2)

    estimates = estimates_of(statistic(total), reason)
    intervals = resamples.intervals(statistic) if resamples is not None else [None] * len(measures)
    is_time = next(iter(measures)).startswith("time_")
    for measure, estimate, interval in zip(measures, estimates, intervals, strict=True):
        row = make_row(base, measure, team, estimate, interval, scope=base.get("scope", "overall"))
        row["n_units"] = compared.n_sequences
        row["n_sessions"] = len(compared.by_session)
        row["compared_ms"] = compared.ms(total) if is_time else None
        yield row
