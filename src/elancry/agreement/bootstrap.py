"""How uncertain is a number if other sessions had been recorded? The session bootstrap.

Conventions
    Sequences of one session are not independent, so whole sessions are resampled. Everything resampled is a function of
    sums (S, P) that add up over sessions: a resample is a row of counts per session, all resamples are one matrix
    product, and a statistic maps sums (..., P) to (..., M). The raters stay the same: intervals speak of these raters.

Measures
    95 % BCa intervals with the acceleration from the session jackknife; the percentile interval where BCa does not
    exist, and the method says so. No interval below 10 sequences or 10 sessions, nor where more than 5 % of the
    resamples leave the number undefined; the others are used and the undefined ones are counted in the method.

References
    Efron (1987) J Am Stat Assoc 82:171; Efron & Tibshirani (1993) An Introduction to the Bootstrap, ch. 14.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from elancry.agreement.estimate import Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import NoInterval
from elancry.texts import Text, text

N_RESAMPLES = 2000
FEWEST = 10
UNDEFINED_SHARE = 0.05
CONFIDENCE = 0.95
# Resampled sums are numbers of 8 bytes: some 30 MB at most are made or kept at a time.
KEPT = 4_000_000

Statistic = Callable[[FloatArray], FloatArray]


def session_counts(n_sessions: int, n_resamples: int, rng: np.random.Generator) -> FloatArray:
    """How often each session is in each resample, (B, S)."""
    if n_sessions == 0:
        return np.zeros((n_resamples, 0))
    return rng.multinomial(n_sessions, np.full(n_sessions, 1 / n_sessions), size=n_resamples).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Resamples:
    """The sums (S, P) of a study and how often each session is in each resample (B, S), for many statistics."""

    sums: FloatArray
    counts: FloatArray
    refused: Text | None = None

    @classmethod
    def of(cls, sums: FloatArray, counts: FloatArray, n_sequences: int) -> Resamples:
        """From the sums of each session (S, P) and the resamples `counts` (B, S)."""
        return cls(sums, counts, _refused(n_sequences, len(sums), len(counts)))

    @cached_property
    def total(self) -> FloatArray:
        """The sums (P,) of the whole study."""
        return np.asarray(self.sums.sum(axis=0))

    @cached_property
    def _resampled(self) -> list[FloatArray]:
        """Resampled sums (b, P) in parts; kept where they are small, since many statistics ask for them."""
        return list(self._parts()) if self.counts.shape[0] * self.sums.shape[1] <= KEPT else []

    def _parts(self) -> Iterator[FloatArray]:
        step = max(1, KEPT // max(1, self.sums.shape[1]))
        for first in range(0, len(self.counts), step):
            yield self.counts[first : first + step] @ self.sums

    def intervals(self, statistic: Statistic) -> list[Interval]:
        """Intervals of the M numbers that `statistic` makes of sums (..., P) -> (..., M)."""
        estimates = np.atleast_1d(statistic(self.total))
        if self.refused is not None:
            return [
                Interval.none(self.refused if math.isfinite(x) else NoInterval.NO_ESTIMATE) for x in estimates.tolist()
            ]
        parts = [statistic(part).reshape(len(part), -1) for part in self._resampled or self._parts()]
        resampled = np.concatenate(parts)
        left_out = statistic(self.total - self.sums).reshape(len(self.sums), -1)
        return [
            interval_of(float(estimate), resampled[:, index], left_out[:, index])
            for index, estimate in enumerate(estimates)
        ]


def _refused(n_sequences: int, n_sessions: int, n_resamples: int) -> Text | None:
    if n_resamples == 0:
        return NoInterval.NOT_ASKED
    if n_sequences < FEWEST:
        return NoInterval.FEW_SEQUENCES
    return NoInterval.FEW_SESSIONS if n_sessions < FEWEST else None


def interval_of(estimate: float, resampled: FloatArray, left_out: FloatArray) -> Interval:
    """95 % interval of one number from its resamples (B,) and its values without each session (S,)."""
    if not math.isfinite(estimate):
        return Interval.none(NoInterval.NO_ESTIMATE)
    defined = np.sort(resampled[np.isfinite(resampled)])
    undefined = len(resampled) - len(defined)
    basis = text("interval.sessions", sessions=len(left_out), resamples=len(resampled), undefined=undefined)
    if undefined > UNDEFINED_SHARE * len(resampled) or not len(defined):
        return Interval.none(NoInterval.UNDEFINED_RESAMPLES, text("interval.without", basis=basis))
    tail = (1 - CONFIDENCE) / 2
    levels = (tail, 1 - tail, 1 - CONFIDENCE)
    try:
        adjusted, method = _bca_levels(estimate, defined, left_out, levels), text("interval.bca", basis=basis)
    except _NoBca as why:
        adjusted, method = levels, text("interval.percentile", basis=basis, why=why.reason)
    low, high, one_sided = (float(x) for x in np.quantile(defined, adjusted))
    return Interval(low, high, method, None, one_sided)


class _NoBca(Exception):
    """Why the corrections of BCa cannot be computed."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason)
        self.reason = reason


def _bca_levels(
    estimate: float, resampled: FloatArray, left_out: FloatArray, levels: tuple[float, ...]
) -> tuple[float, ...]:
    """Quantile levels corrected for bias and acceleration (Efron 1987, eq. 4.1 and 6.6)."""
    from scipy.special import ndtr, ndtri

    if not np.isfinite(left_out).all():
        raise _NoBca(text("interval.bca-jackknife"))
    deviation = left_out.mean() - left_out
    spread = float(np.square(deviation).sum())
    if spread <= (1e-12 * max(1.0, abs(estimate))) ** 2:
        raise _NoBca(text("interval.bca-no-difference"))
    acceleration = float(np.power(deviation, 3).sum()) / (6 * spread**1.5)
    # Equal values count half: coefficients on few events take few different values. Rounding must not split them.
    near = 1e-12 * max(1.0, abs(estimate))
    below = float((resampled < estimate - near).sum() + (resampled <= estimate + near).sum()) / (2 * len(resampled))
    if not 0 < below < 1:
        raise _NoBca(text("interval.bca-one-side"))
    bias = float(ndtri(below))
    adjusted = []
    for level in levels:
        z = bias + float(ndtri(level))
        room = 1 - acceleration * z
        if room <= 0:
            raise _NoBca(text("interval.bca-acceleration"))
        adjusted.append(float(ndtr(bias + z / room)))
    return tuple(adjusted)
