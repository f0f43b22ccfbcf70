"""Rows for rater training: where does each rater stand, session by session, and does agreement change on the way?

A rater is compared with a gold rater, or with all others: then the kappa is the mean over the pairs that hold the
rater. The order of the sessions is taken for the order in which they were coded. Drift compares the first half of the
sessions of a pair (the longer half where their number is odd) with the second; the interval resamples sessions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from elancry.agreement.estimate import Estimate
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.study.agree.engine import Engine
from elancry.study.agree.pairwise import PairKappas
from elancry.study.agree.row import Row, cells_of
from elancry.study.agree.sums import Pair, pairs_of

FEWEST_SESSIONS = 4


def training_rows(
    kappas: Sequence[PairKappas], engine: Engine, sessions: Sequence[str], against: str | None = None
) -> Iterator[Row]:
    """Rows of schema.TRAINING: every rater over all sessions, then in each of `sessions`, in coding order.

    `against` is the gold rater; without one everybody is compared with all others.
    """
    for kappa in kappas:
        for rater in kappa.raters:
            partners = [name for name in kappa.raters if name != rater and against in (None, name)]
            pairs = [pair for pair in pairs_of(kappa.raters) if rater in pair and set(pair) & set(partners)]
            if rater != against and pairs:
                of = {**kappa.base, "rater": rater, "against": "|".join(partners)}
                yield from _rows_of(of, kappa, pairs, engine, sessions)


def _rows_of(of: Row, kappa: PairKappas, pairs: list[Pair], engine: Engine, sessions: Sequence[str]) -> Iterator[Row]:
    yield row_over_sessions(of, kappa, pairs, engine) | {"session": ""}
    by_session = dict(kappa.sums(pairs).of_each_session())
    # A session has too few ratings for a kappa of one category.
    for place, session in enumerate(sessions if not kappa.base.get("category") else (), start=1):
        if session in by_session:
            sums = by_session[session]
            here = {"session": session, "place": place, "n_sequences": sums.n_sequences}
            yield {**of, **cells_of(_estimate(kappa, sums.total, len(pairs)), None), **here}


def row_over_sessions(of: Row, kappa: PairKappas, pairs: list[Pair], engine: Engine) -> Row:
    """The mean kappa of `pairs` over all sessions, with its interval; `of` says whose it is."""
    sums = kappa.sums(pairs)
    if not sums.sessions:
        return {**of, **cells_of(Estimate.undefined(Reason.NO_UNITS), None), "n_sequences": 0}
    (interval,) = engine.resamples(sums).intervals(lambda x: kappa.mean(x, len(pairs))[..., None])
    cells = cells_of(_estimate(kappa, sums.total, len(pairs)), interval)
    return {**of, **cells, "n_sequences": sums.n_sequences}


def _estimate(kappa: PairKappas, sums: FloatArray, n_pairs: int) -> Estimate:
    value = float(kappa.mean(sums, n_pairs))
    return Estimate(value) if np.isfinite(value) else Estimate.undefined(kappa.reason(sums, n_pairs))


def drift_rows(
    kappas: Sequence[PairKappas], engine: Engine, sessions: Sequence[str], against: str | None = None
) -> Iterator[Row]:
    """Rows of schema.DRIFT: every pair of raters, or those with the gold rater `against`."""
    for kappa in kappas:
        for pair in pairs_of(kappa.raters):
            if pair in kappa.tables and (against is None or against in pair):
                yield _drift(kappa, pair, engine, [name for name in sessions if name in kappa.tables[pair]])


def _drift(kappa: PairKappas, pair: Pair, engine: Engine, sessions: Sequence[str]) -> Row:
    of = {**kappa.base, "raters": "|".join(pair), "n_sessions": len(sessions)}
    if len(sessions) < FEWEST_SESSIONS:
        return {**of, "undefined_reason": Reason.TOO_FEW_SESSIONS}
    early = set(sessions[: (len(sessions) + 1) // 2])
    whole = kappa.sums([pair])
    first = np.isin(whole.sessions, list(early))[:, None]
    table = np.concatenate([np.where(first, whole.table, 0), np.where(first, 0, whole.table)], axis=1)

    def halves(sums: FloatArray) -> FloatArray:
        """(..., 3): kappa of the first half, of the second, and second - first."""
        parts = sums.reshape(*sums.shape[:-1], 2, -1)
        before, after = kappa.mean(parts[..., 0, :], 1), kappa.mean(parts[..., 1, :], 1)
        return np.stack([before, after, after - before], axis=-1)

    resamples = engine.resamples(replace(whole, table=table))
    values = dict(zip(("first_half", "second_half", "change"), halves(resamples.total).tolist(), strict=True))
    undefined = [
        kappa.reason(part, 1)
        for value, part in zip(values.values(), resamples.total.reshape(2, -1), strict=False)
        if np.isnan(value)
    ]
    estimate = Estimate.undefined(undefined[0]) if undefined else Estimate(values["change"])
    cells = cells_of(estimate, resamples.intervals(halves)[2])
    del cells["estimate"]
    return {**of, **cells, **{name: None if np.isnan(value) else value for name, value in values.items()}}
