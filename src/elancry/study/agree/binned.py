"""Rows: the time coefficients once more in bins, for people who must report a time unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from elancry.agreement import nominal
from elancry.agreement.binned import bin_codes, tolerant_table
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.timeline import Timeline
from elancry.study.agree.row import Resampler, Row, Team, estimates_of, make_row, pairs_of
from elancry.study.agree.time import (
    COUNTED_TIME,
    MEAN_OF_PAIRS,
    WITH_NONE,
    Coded,
    Compared,
    as_units,
    coefficient_rows,
    columns_of,
    group_by_tier,
)


def binned_rows(
    timelines: Sequence[Timeline],
    resampler: Resampler,
    order: Sequence[str] | None,
    time_unit_ms: int,
    tolerance_ms: int = 0,
) -> Iterator[Row]:
    """Overall time_* rows, `none` being a category, on bins of `time_unit_ms`.

    A bin is a unit that is counted, so alpha keeps its small-sample term. With a tolerance: percent and Cohen's kappa
    of every pair and their mean.
    """
    for base, group in group_by_tier(timelines):
        raters = columns_of(group, order)
        if len(raters) < 2:
            continue
        q = len(group[0].categories) + 1
        units = [_binned(item, raters, time_unit_ms) for item in group]
        of = {**base, "variant": WITH_NONE, "time_unit_ms": time_unit_ms}
        everybody = Compared.of(units, range(len(raters)), q)
        if not everybody.by_session:
            continue
        resamples = resampler.resamples(everybody.by_session, everybody.n_sequences)
        for measures, team in (
            (COUNTED_TIME, Team(raters, "pooled")),
            (MEAN_OF_PAIRS, Team(raters, "pair_mean")),
        ):
            for row in coefficient_rows(of, everybody, measures, team, resamples):
                row["compared_ms"] = round(row["compared_ms"] * time_unit_ms)
                yield row
        if tolerance_ms >= time_unit_ms:
            of |= {"tolerance_ms": tolerance_ms}
            yield from _tolerant(of, units, raters, q, resampler, tolerance_ms // time_unit_ms)


def _binned(item: Timeline, raters: Sequence[str], time_unit_ms: int) -> Coded:
    exact = as_units(item, raters, WITH_NONE)
    codes, lengths = bin_codes(item.start_ms, item.end_ms, exact.codes, time_unit_ms)
    return Coded(item.session, codes, lengths / time_unit_ms)


def _tolerant(
    base: Row, units: Sequence[Coded], raters: tuple[str, ...], q: int, resampler: Resampler, bins: int
) -> Iterator[Row]:
    tables: dict[tuple[str, str], dict[str, FloatArray]] = {}
    sequences: dict[tuple[str, str], int] = {}
    for pair in pairs_of(raters):
        a, b = raters.index(pair[0]), raters.index(pair[1])
        for item in units:
            table = tolerant_table(item.codes[:, a], item.codes[:, b], item.weights, q, bins)
            if table.any():
                own = tables.setdefault(pair, {})
                own[item.session] = own.get(item.session, 0.0) + table
                sequences[pair] = sequences.get(pair, 0) + 1

    def statistic(sums: FloatArray) -> FloatArray:
        """(..., 2): percent and kappa, means over the pairs that the sums hold one after the other."""
        each = sums.reshape(*sums.shape[:-1], -1, q, q)
        agreed, total = np.einsum("...kk->...", each), each.sum((-1, -2))
        share = np.where(total > 0, agreed / np.where(total > 0, total, 1.0), np.nan)
        return np.stack([share.mean(-1), nominal.cohen_of_table(each).mean(-1)], axis=-1)

    teams = [(Team(pair, "pair"), [pair]) for pair in tables]
    for team, pairs in [(Team(raters, "pair_mean"), list(tables)), *teams]:
        if not pairs:
            continue
        sessions = sorted({name for pair in pairs for name in tables[pair]})
        nothing = np.zeros((q, q))
        by_session = {
            name: np.concatenate([tables[pair].get(name, nothing).ravel() for pair in pairs]) for name in sessions
        }
        resamples = resampler.resamples(by_session, max(sequences[pair] for pair in pairs))
        reason = Reason.NO_VARIATION if len(pairs) == 1 else Reason.UNDEFINED_PAIR
        estimates = estimates_of(statistic(resamples.total), lambda _, why=reason: why)  # type: ignore[misc]
        for name, estimate, interval in zip(
            ("time_percent", "time_cohen_kappa"), estimates, resamples.intervals(statistic), strict=True
        ):
            yield make_row(
                base,
                name,
                team,
                estimate,
                interval,
                n_units=max(sequences[pair] for pair in pairs),
                n_sessions=len(sessions),
            )
