"""How reliable are numbers if not every sequence has the same raters? ICC(2, .) from variance components.

Conventions
    `values` is float (N, R), NaN where missing. Number = mean + sequence + rater + error, the three last random; their
    variances are estimated by restricted maximum likelihood from all sequences with two ratings or more. With complete
    data and no negative component this is ICC(2,1) of the analysis of variance. The reliability of a mean is stepped up
    (Spearman-Brown) to the harmonic mean of the numbers of raters.

    Intervals are Monte-Carlo: variance components are drawn from the normal distribution of their estimates, with the
    inverse of the expected REML information as covariance, negative ones taken as 0; the limits are quantiles of the
    coefficient over the draws. Nothing is fitted again. Sequences are taken as independent.

References
    McGraw & Wong (1996) Psychol Methods 1:30 (case 2); Bates, Mächler, Bolker & Walker (2015) J Stat Softw 67:1 (the
    criterion, eq. 39 to 42); ten Hove, Jorgensen & van der Ark (2022) Psychol Methods (Monte-Carlo intervals); Searle,
    Casella & McCulloch (1992) Variance Components, ch. 6 (information); Brennan (2001) Generalizability Theory, ch. 7
    (harmonic mean).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import NoInterval, Reason
from elancry.texts import text

DRAWS = 10_000
Number = TypeVar("Number", float, FloatArray)


@dataclass(frozen=True)
class VaryingTeams:
    """ICC(2,1), ICC(2,k) at `k`, the harmonic mean of the numbers of raters, the sequences used, and the intervals."""

    single: Estimate
    mean: Estimate
    k: float
    n: int
    single_interval: Interval | None = None
    mean_interval: Interval | None = None


def icc_varying_teams(values: FloatArray, rng: np.random.Generator | None = None) -> VaryingTeams:
    """ICC(2,1) and ICC(2,k) of `values` (N, R) with any pattern of missing cells; intervals where `rng` is given."""
    present = np.isfinite(values)
    rows = present.sum(axis=1) >= 2
    table = values[rows][:, present[rows].any(axis=0)]
    # The search ends as near as the likelihood tells places apart: with raters in one order its result is one, too.
    if len(table):
        table = table[:, np.lexsort(table[::-1])]
    counts = np.isfinite(table).sum(axis=1)
    if len(table) < 2:
        reason = Reason.ONE_RATER if present.any(axis=0).sum() < 2 else Reason.TOO_FEW_SEQUENCES
        return VaryingTeams(Estimate.undefined(reason), Estimate.undefined(reason), float("nan"), len(table))
    k = len(table) / float((1 / counts).sum())
    found = table[np.isfinite(table)]
    if np.ptp(found) == 0:
        nothing = Estimate.undefined(Reason.ALL_RATINGS_EQUAL)
        return VaryingTeams(nothing, nothing, k, len(table))
    sequence, rater, error = variance_components(table)
    single = sequence / (sequence + rater + error)
    estimates = Estimate(single), Estimate(_stepped_up(single, k))
    if rng is None:
        return VaryingTeams(*estimates, k, len(table))
    drawn = _drawn(table, (sequence, rater, error), rng)
    method = text("interval.monte-carlo", k=k, draws=DRAWS)
    if drawn is None:
        none = Interval.none(NoInterval.NO_INFORMATION, text("interval.variance-components", k=k))
        return VaryingTeams(*estimates, k, len(table), none, none)
    intervals = []
    for numbers in (drawn, _stepped_up(drawn, k)):
        low, high, one_sided = (float(x) for x in np.quantile(numbers, (0.025, 0.975, 0.05)))
        intervals.append(Interval(low, high, method, None, one_sided))
    return VaryingTeams(*estimates, k, len(table), *intervals)


def _stepped_up(single: Number, k: float) -> Number:
    return k * single / (1 + (k - 1) * single)


def _drawn(values: FloatArray, components: tuple[float, float, float], rng: np.random.Generator) -> FloatArray | None:
    """ICC(2,1) of each draw of the components (sequence, rater, error); None where their information is singular."""
    information = reml_information(values, components)
    if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
        return None
    covariance = np.linalg.inv(information)
    # A square root of the covariance; the draws do not depend on LAPACK's choice of signs.
    drawn = np.asarray(components) + rng.normal(size=(DRAWS, 3)) @ np.linalg.cholesky(covariance).T
    sequence, rater, error = np.maximum(drawn, 0.0).T
    total = sequence + rater + error
    return np.asarray(np.divide(sequence, total, out=np.zeros_like(total), where=total > 0))


def reml_information(values: FloatArray, components: tuple[float, float, float]) -> FloatArray:
    """Expected information (3, 3) of the variances of sequences, raters and error: tr(P V_i P V_j) / 2.

    V = sum of the components times V_i, P = V^-1 - V^-1 1 (1' V^-1 1)^-1 1' V^-1 (Searle et al. 1992, ch. 6).
    """
    i, j = np.nonzero(np.isfinite(values))
    effects = [np.eye(values.shape[0])[i], np.eye(values.shape[1])[j], np.eye(len(i))]
    total = sum(size * z @ z.T for size, z in zip(components, effects, strict=True))
    with np.errstate(all="ignore"):
        try:
            inverse = np.linalg.inv(total)
        except np.linalg.LinAlgError:
            return np.full((3, 3), np.nan)
    ones = inverse.sum(axis=1)
    projected = inverse - np.outer(ones, ones) / ones.sum()
    parts = [projected @ z for z in effects]
    found = [[float(np.square(a.T @ part).sum()) / 2 for a in effects] for part in parts]
    return np.array(found)


def variance_components(values: FloatArray) -> tuple[float, float, float]:
    """Variances of sequences, raters and error by REML from `values` (N, R) with NaN where missing."""
    from scipy.optimize import minimize

    i, j = np.nonzero(np.isfinite(values))
    y = values[i, j]
    scale = float(y.std()) or 1.0
    y = (y - y.mean()) / scale
    n, r = values.shape
    if all(np.ptp(row[np.isfinite(row)]) == 0 for row in values):
        return float(np.var([row[np.isfinite(row)][0] for row in values], ddof=1)), 0.0, 0.0

    def criterion(theta: Any) -> float:
        return _deviance(np.abs(theta), i, j, y, n, r)[0]

    # The criterion can have a second optimum at the edge; two starts find the better one.
    found: list[tuple[float, FloatArray]] = []
    for start in (np.array([1.0, 0.3]), np.array([0.1, 1.0])):
        bounded = minimize(criterion, start, method="L-BFGS-B", bounds=[(0, 1e3), (0, 1e3)]).x
        polished = minimize(criterion, bounded, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}).x
        found += [(criterion(theta), np.abs(theta)) for theta in (bounded, polished)]
    theta = min(found, key=lambda item: item[0])[1]
    error = _deviance(theta, i, j, y, n, r)[1] * scale**2
    return float(theta[0] ** 2 * error), float(theta[1] ** 2 * error), float(error)


def _deviance(
    theta: FloatArray, i: NDArray[np.intp], j: NDArray[np.intp], y: FloatArray, n: int, r: int
) -> tuple[float, float]:
    """Profiled REML deviance and error variance; `theta` are standard deviations relative to the error's."""
    size = n + r
    # Random effects scaled to unit variance: U'U + I, U'y, U'1 from counts alone.
    both = np.zeros((size, size))
    np.add.at(both, (i, i), theta[0] ** 2)
    np.add.at(both, (n + j, n + j), theta[1] ** 2)
    both[i, n + j] = both[n + j, i] = theta[0] * theta[1]
    both[np.diag_indices(size)] += 1.0
    effect_y, effect_1 = np.zeros(size), np.zeros(size)
    np.add.at(effect_y, i, theta[0] * y)
    np.add.at(effect_y, n + j, theta[1] * y)
    np.add.at(effect_1, i, theta[0])
    np.add.at(effect_1, n + j, theta[1])
    factor = np.linalg.cholesky(both)
    cu, rzx = np.linalg.solve(factor, effect_y), np.linalg.solve(factor, effect_1)
    rx2 = len(y) - rzx @ rzx
    beta = (y.sum() - rzx @ cu) / rx2
    residual = max(float(y @ y - cu @ cu - beta**2 * rx2), 1e-12 * len(y))
    freedom = len(y) - 1
    determinant = 2 * float(np.log(np.diag(factor)).sum()) + float(np.log(rx2))
    return determinant + freedom * (1 + np.log(2 * np.pi * residual / freedom)), residual / freedom
