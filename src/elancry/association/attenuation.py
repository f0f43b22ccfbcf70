"""How strong would a correlation be, had both sides been measured without error? Spearman's disattenuation.

Conventions: r / sqrt(reliability of one side x reliability of the other). It is shown beside the correlation, never as
the headline; values above 1 are shown as they come. It assumes that the errors of the two sides are independent: if one
rater coded both systems they are not, and the correlation across raters (rater A's one side with rater B's other) is
shown beside. The interval resamples whole clusters, correlation and both reliabilities together: BCa with the tails for
small samples (`elancry.agreement.bootstrap`), which covered .93 to .96 with 8 to 32 clusters where percentiles covered
.90 to .94 (docs/validity-few-clusters.md).

References: Spearman 1904; Charles 2005 (intervals); Shrout & Fleiss 1979 (reliability of a mean of raters, ICC(2,k)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement.bootstrap import interval_of
from elancry.association.ranks import session_counts
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Sums (..., 3 + R) of complete rows - number, sum of squares, sum of squared row totals, each rater's total - to the
# reliability of the mean over raters (...); NaN where undefined. `elancry.agreement.icc.icc_from_sums` takes the same.
Reliability = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]


@dataclass(frozen=True)
class Disattenuated:
    """A correlation of means over raters, corrected for unreliability; `reason` says why a number is missing."""

    r: float | None = None
    reliability_x: float | None = None
    reliability_y: float | None = None
    corrected: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    cross_rater_r: float | None = None
    n_sequences: int = 0
    reason: Text | None = None
    method: Text | None = None
    """How the interval was made."""


def disattenuated(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    clusters: NDArray[np.int64],
    reliability: Reliability,
    rng: np.random.Generator,
    *,
    same_raters: bool,
    n_resamples: int,
    level: str = "session",
) -> Disattenuated:
    """Correct the correlation of the means of x (n, R) and y (n, S); rows with a missing cell are left out.

    `same_raters`: column j of x and of y are one person. Then `cross_rater_r` is the mean correlation of one rater's x
    with another's y. `level` names the clusters. No interval without resamples, with fewer than 10 sequences or 5
    clusters, or with more than 5 % of the resamples undefined.

    `clusters` (n,) any integers; `rng` draws the `n_resamples` resamples. Raises nothing: what does not exist has its
    `reason`. Source: Spearman 1904.
    """
    complete = ~np.isnan(x).any(axis=1) & ~np.isnan(y).any(axis=1)
    x, y, clusters = x[complete], y[complete], clusters[complete]
    n = len(x)
    if n < 3:
        return Disattenuated(n_sequences=n, reason=text("association.incomplete", n=n))
    # One constant per side changes nothing and keeps rounding errors small.
    sums = _Sums(x - x.mean(), y - y.mean(), clusters, reliability)
    r, one, two = (float(value[0]) for value in sums.of(np.ones((1, sums.n_sessions))))
    across = _cross_rater(x, y) if same_raters else None
    known = Disattenuated(r=r, reliability_x=one, reliability_y=two, cross_rater_r=across, n_sequences=n)
    if np.isnan(r):
        return Disattenuated(n_sequences=n, reason=text("association.constant-score"))
    if np.isnan(one) or np.isnan(two):
        reason = text("association.reliability-undefined")
        return replace(known, reliability_x=_there(one), reliability_y=_there(two), reason=reason)
    if one <= 0 or two <= 0:
        return replace(known, reason=text("association.reliability-not-positive"))
    known = replace(known, corrected=r / float(np.sqrt(one * two)))
    if n < 10 or sums.n_sessions < 5:
        return replace(known, reason=text("association.few-for-interval"))
    if n_resamples < 1:
        return replace(known, reason=text("association.no-resamples"))
    drawn = _corrected(*sums.of(session_counts(sums.n_sessions, rng, n_resamples)))
    left_out = _corrected(*sums.of(1.0 - np.eye(sums.n_sessions)))
    found = interval_of(known.corrected or 0.0, drawn, left_out, level)
    if found.low is None:
        missing = int(np.isnan(drawn).sum())
        return replace(known, reason=text("association.resamples-undefined", missing=missing, resamples=n_resamples))
    return replace(known, ci_low=found.low, ci_high=found.high, method=found.method)


def _corrected(r: NDArray[np.float64], one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """r / sqrt(one x two), (B,); NaN where a reliability is not positive."""
    usable = ~np.isnan(r) & (one > 0) & (two > 0)
    found = np.full(len(r), np.nan)
    np.divide(r, np.sqrt(np.where(usable, one * two, 1.0)), out=found, where=usable)
    return found


class _Sums:
    """What the correlation and both reliabilities are computed from, summed per session, so that resamples add up."""

    def __init__(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        clusters: NDArray[np.int64],
        reliability: Reliability,
    ) -> None:
        self._raters = x.shape[1], y.shape[1]
        self._reliability = reliability
        rows = np.column_stack(
            [*(part for values in (x, y) for part in self._parts(values)), x.mean(axis=1) * y.mean(axis=1)]
        )
        labels, codes = np.unique(clusters, return_inverse=True)
        self.n_sessions = len(labels)
        self._sums = np.zeros((self.n_sessions, rows.shape[1]))
        np.add.at(self._sums, codes, rows)

    @staticmethod
    def _parts(values: NDArray[np.float64]) -> list[NDArray[np.float64]]:
        total = values.sum(axis=1)
        return [np.ones(len(values)), np.square(values).sum(axis=1), np.square(total), values]

    def of(self, counts: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Correlation and both reliabilities (B,) for session counts (B, S)."""
        sums = counts @ self._sums
        k, m = self._raters
        x, y, cross = sums[:, : 3 + k], sums[:, 3 + k : -1], sums[:, -1]
        n = x[:, 0]
        mean_x, mean_y = x[:, 3:].sum(axis=1) / (k * n), y[:, 3:].sum(axis=1) / (m * n)
        variance_x = x[:, 2] / k**2 / n - mean_x**2
        variance_y = y[:, 2] / m**2 / n - mean_y**2
        r = np.full(len(sums), np.nan)
        varies = (variance_x > 1e-12 * (x[:, 1] / n + 1e-300)) & (variance_y > 1e-12 * (y[:, 1] / n + 1e-300))
        scale = np.sqrt(np.where(varies, variance_x * variance_y, 1.0))
        np.divide(cross / n - mean_x * mean_y, scale, out=r, where=varies)
        return r, self._reliability(x), self._reliability(y)


def correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson's r; NaN without variation.

    x and y (n,) hold no NaN.
    """
    one, two = x - x.mean(), y - y.mean()
    scale = float(np.sqrt((one @ one) * (two @ two)))
    return float(one @ two) / scale if scale > 1e-12 * max(1e-300, float(np.abs(x).max() * np.abs(y).max())) else np.nan


def _cross_rater(x: NDArray[np.float64], y: NDArray[np.float64]) -> float | None:
    found = [correlation(x[:, a], y[:, b]) for a in range(x.shape[1]) for b in range(y.shape[1]) if a != b]
    there = [value for value in found if not np.isnan(value)]
    return float(np.mean(there)) if there else None


def _there(value: float) -> float | None:
    return None if np.isnan(value) else value
