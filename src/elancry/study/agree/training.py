"""Rows for rater training: where does each rater stand, session by session, and does agreement change on the way?

A rater is compared with a gold rater, or with all others: then the kappa is the mean over the pairs that hold the
rater. The order of the sessions is taken for the order in which they were coded. Drift compares the first half of the
sessions of a pair (the longer half where their number is odd) with the second; the interval resamples sessions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.study.agree.pairwise import Pair, PairKappas
from elancry.study.agree.row import Resampler, Row, pairs_of

FEWEST_SESSIONS = 4


def training_rows(
    kappas: Sequence[PairKappas], resampler: Resampler, sessions: Sequence[str], against: str | None = None
) -> Iterator[Row]:
    """Rows of training_schema.TRAINING: every rater over all sessions, then in each of `sessions`, in coding order.

    `against` is the gold rater; without one everybody is compared with all others.
    """
    for kappa in kappas:
        for rater in kappa.raters:
            partners = [name for name in kappa.raters if name != rater and against in (None, name)]
            pairs = [pair for pair in pairs_of(kappa.raters) if rater in pair and set(pair) & set(partners)]
            if rater != against and pairs:
                of = {**kappa.base, "rater": rater, "against": "|".join(partners)}
                yield from _rows_of(of, kappa, pairs, resampler, sessions)


def _rows_of(
    of: Row, kappa: PairKappas, pairs: list[Pair], resampler: Resampler, sessions: Sequence[str]
) -> Iterator[Row]:
    by_session = kappa.stacked(pairs)
    yield row_over_sessions(of, kappa, pairs, resampler) | {"session": ""}
    # A session has too few ratings for a kappa of one category.
    for place, session in enumerate(sessions if not kappa.base.get("category") else (), start=1):
        if session in by_session:
            row = _row(of, _estimate(kappa, by_session[session], len(pairs)), None)
            here = {"session": session, "place": place, "n_sequences": kappa.n_sequences(pairs, [session])}
            yield row | here


def row_over_sessions(of: Row, kappa: PairKappas, pairs: list[Pair], resampler: Resampler) -> Row:
    """The mean kappa of `pairs` over all sessions, with its interval; `of` says whose it is."""
    by_session = kappa.stacked(pairs)
    n = len(pairs)

    def mean(sums: FloatArray) -> FloatArray:
        return kappa.mean(sums, n)[..., None]

    n_sequences = kappa.n_sequences(pairs, list(by_session))
    if not by_session:
        return {**of, "n_sequences": 0, "undefined_reason": str(Reason.NO_UNITS), "ci_method": ""}
    resamples = resampler.resamples(by_session, n_sequences)
    (interval,) = resamples.intervals(mean)
    return _row(of, _estimate(kappa, resamples.total, n), interval) | {"n_sequences": n_sequences}


def _estimate(kappa: PairKappas, sums: FloatArray, n_pairs: int) -> Estimate:
    value = float(kappa.mean(sums, n_pairs))
    return Estimate.of(value, kappa.reason(sums, n_pairs) if np.isnan(value) else "")


def _row(of: Row, estimate: Estimate, interval: Interval | None) -> Row:
    reason = estimate.reason or (interval.reason if interval is not None else None)
    return {
        **of,
        "estimate": estimate.value,
        "ci_low": interval.low if interval is not None else None,
        "ci_high": interval.high if interval is not None else None,
        "ci_method": interval.method if interval is not None else "",
        "undefined_reason": reason or "",
    }


def drift_rows(
    kappas: Sequence[PairKappas], resampler: Resampler, sessions: Sequence[str], against: str | None = None
) -> Iterator[Row]:
    """Rows of training_schema.DRIFT: every pair of raters, or those with the gold rater `against`."""
    for kappa in kappas:
        for pair in pairs_of(kappa.raters):
            if pair in kappa.tables and (against is None or against in pair):
                yield _drift(kappa, pair, resampler, [name for name in sessions if name in kappa.tables[pair]])


def _drift(kappa: PairKappas, pair: Pair, resampler: Resampler, sessions: Sequence[str]) -> Row:
    of = {**kappa.base, "raters": "|".join(pair), "n_sessions": len(sessions)}
    if len(sessions) < FEWEST_SESSIONS:
        return {**of, "ci_method": "", "undefined_reason": str(Reason.TOO_FEW_SESSIONS)}
    early = set(sessions[: (len(sessions) + 1) // 2])
    tables = kappa.stacked([pair])
    nothing = np.zeros_like(tables[sessions[0]])
    by_session = {
        name: np.concatenate([tables[name], nothing] if name in early else [nothing, tables[name]]) for name in sessions
    }

    def halves(sums: FloatArray) -> FloatArray:
        """(..., 3): kappa of the first half, of the second, and second - first."""
        parts = sums.reshape(*sums.shape[:-1], 2, -1)
        first, second = kappa.mean(parts[..., 0, :], 1), kappa.mean(parts[..., 1, :], 1)
        return np.stack([first, second, second - first], axis=-1)

    resamples = resampler.resamples(by_session, kappa.n_sequences([pair], sessions))
    first, second, change = (float(x) for x in halves(resamples.total))
    interval = resamples.intervals(halves)[2]
    undefined = [
        kappa.reason(part, 1)
        for value, part in zip((first, second), resamples.total.reshape(2, -1), strict=True)
        if np.isnan(value)
    ]
    estimate = Estimate.of(change, undefined[0] if undefined else "")
    row = _row(of, estimate, interval)
    del row["estimate"]
    values = {"first_half": first, "second_half": second, "change": change}
    return row | {name: None if np.isnan(value) else value for name, value in values.items()}
