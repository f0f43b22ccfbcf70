"""Do two scores rise together, whatever the shape? Spearman's rho and Kendall's tau-b over whole clusters.

Conventions: each resample draws clusters (sessions, patients) with replacement; a sequence then counts as often as its
cluster was drawn, which makes both coefficients functions of weights, so all resamples are a few matrix products.
Intervals are percentiles, p is twice the smaller share of resamples on one side of 0, with the + 1 of Phipson & Smyth
(2010). With fewer than 30 clusters interval and p are those of the jackknife over clusters, t with one degree of
freedom fewer than clusters: in simulated studies the percentile p was too small there (docs/validity-few-clusters.md).

References: Kendall 1945 (tau-b, ties); Efron & Tibshirani 1993; Tukey 1958 (jackknife t).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement.estimate import CONFIDENCE
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray


FEW_CLUSTERS = 30
"""Below this number the jackknife replaces the percentiles."""


@dataclass(frozen=True)
class RankCorrelation:
    """A rank correlation; either the numbers or `reason`. `n_undefined` resamples had no variation."""

    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p: float | None = None
    n_undefined: int = 0
    reason: Text | None = None


def session_counts(m: int, rng: np.random.Generator, n_resamples: int) -> NDArray[np.float64]:
    """How often each of m sessions is drawn in each resample, (B, m).

    `rng` draws B = `n_resamples` resamples with replacement.
    """
    drawn = rng.integers(0, m, size=(n_resamples, m))
    counts = np.zeros((n_resamples, m))
    np.add.at(counts, (np.arange(n_resamples)[:, None], drawn), 1.0)
    return counts


def session_weights(clusters: NDArray[np.int64], rng: np.random.Generator, n_resamples: int) -> NDArray[np.float64]:
    """How often each sequence is in each resample of sessions, (B, n).

    `clusters` (n,) any integers, one a session; `rng` and `n_resamples` as for `session_counts`.
    """
    labels, codes = np.unique(clusters, return_inverse=True)
    return session_counts(len(labels), rng, n_resamples)[:, codes]


def spearman(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's rho (B,) of x and y (n,) with weights (B, n) as multiplicities; NaN without variation."""
    ranks = [weights @ (np.sign(value[None, :] - value[:, None]) + 1) / 2 for value in (x, y)]
    total = weights.sum(axis=1, keepdims=True)
    one, two = (rank - (weights * rank).sum(axis=1, keepdims=True) / total for rank in ranks)
    return _ratio((weights * one * two).sum(axis=1), (weights * one**2).sum(axis=1), (weights * two**2).sum(axis=1))


def kendall(x: NDArray[np.float64], y: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kendall's tau-b (B,), as `spearman`.

    x and y (n,), `weights` (B, n); the (n, n) table of pairs is held in memory.
    """
    one, two = (np.sign(value[None, :] - value[:, None]) for value in (x, y))
    return _ratio(
        *(((weights @ block) * weights).sum(axis=1) for block in (one * two, one * one, two * two)),
    )


def _ratio(cross: NDArray[np.float64], one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.full(len(cross), np.nan)
    scale = np.sqrt(np.maximum(one, 0) * np.maximum(two, 0))
    np.divide(cross, scale, out=found, where=scale > 1e-9)
    return found


def rank_correlation(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    clusters: NDArray[np.int64],
    rng: np.random.Generator,
    *,
    tau: bool = False,
    n_resamples: int,
) -> RankCorrelation:
    """Spearman's rho, or Kendall's tau-b with `tau`, with its interval from resampling sessions.

    No interval and no p without resamples, with fewer than 10 sequences or 5 sessions, or with more than 5 % of the
    resamples undefined.

    x, y (n,) without NaN, `clusters` (n,) the sessions; `rng` draws the `n_resamples` resamples.
    """
    if len(x) < 3:
        return RankCorrelation(reason=text("association.rank-too-few", n=len(x)))
    measure = kendall if tau else spearman
    estimate = float(measure(x, y, np.ones((1, len(x))))[0])
    if np.isnan(estimate):
        return RankCorrelation(reason=text("association.constant-score"))
    if len(x) < 10 or len(np.unique(clusters)) < 5:
        return RankCorrelation(estimate, reason=text("association.few-for-interval"))
    if n_resamples < 1:
        return RankCorrelation(estimate, reason=text("association.no-resamples"))
    if len(np.unique(clusters)) < FEW_CLUSTERS:
        return _jackknifed(estimate, measure(x, y, _without_each(clusters)))
    resampled = measure(x, y, session_weights(clusters, rng, n_resamples))
    there = resampled[~np.isnan(resampled)]
    missing = n_resamples - len(there)
    if missing > 0.05 * n_resamples:
        reason = text("association.rank-resamples", missing=missing, resamples=n_resamples)
        return RankCorrelation(estimate, n_undefined=missing, reason=reason)
    low, high = np.quantile(there, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    smaller = min((there <= 0).sum(), (there >= 0).sum())
    p = min(1.0, 2 * (1 + float(smaller)) / (1 + len(there)))
    return RankCorrelation(estimate, float(low), float(high), p, missing)


def _without_each(clusters: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights (G, n) that leave out each cluster in turn."""
    return np.asarray(np.unique(clusters)[:, None] != clusters[None, :], dtype=np.float64)


def _jackknifed(estimate: float, left_out: NDArray[np.float64]) -> RankCorrelation:
    """Interval and p of t = estimate / jackknife standard error, with G - 1 degrees of freedom."""
    from scipy import stats

    groups, missing = len(left_out), int(np.isnan(left_out).sum())
    if missing:
        reason = text("association.rank-left-out", missing=missing, n=groups)
        return RankCorrelation(estimate, n_undefined=missing, reason=reason)
    error = float(np.sqrt((groups - 1) / groups * ((left_out - left_out.mean()) ** 2).sum()))
    if error <= 1e-12:
        return RankCorrelation(estimate, reason=text("association.rank-no-error"))
    reach = float(stats.t.ppf(0.5 + CONFIDENCE / 2, groups - 1)) * error
    p = float(2 * stats.t.sf(abs(estimate) / error, groups - 1))
    return RankCorrelation(estimate, max(-1.0, estimate - reach), min(1.0, estimate + reach), p)
