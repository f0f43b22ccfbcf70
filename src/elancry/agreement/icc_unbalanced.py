"""How reliable are numbers if not every sequence has the same raters? ICC(2, .) from variance components.

Conventions
    `values` is float (N, R), NaN where missing. Number = mean + sequence + rater + error, the three last random; their
    variances are estimated by restricted maximum likelihood from all sequences with two ratings or more. With complete
    data and no negative component this is ICC(2,1) of the analysis of variance. The reliability of a mean is stepped up
    (Spearman-Brown) to the harmonic mean of the numbers of raters.

    Intervals are Monte-Carlo: variance components are drawn from the normal distribution of their estimates, with the
    inverse of the expected REML information as covariance, negative ones taken as 0; the limits are quantiles of the
    coefficient over the draws. Where clusters hold several sequences, the draws are those of a fit with a component of
    the clusters, which adds to what sequences truly differ by; the estimate does not know of clusters, as with complete
    data (`elancry.agreement.icc_clustered`). Else sequences are taken as independent.

References
    McGraw & Wong (1996) Psychol Methods 1:30 (case 2); ten Hove, Jorgensen & van der Ark (2022)
    Psychol Methods 27:650 (variance components of clusters, subjects and raters) and (2024) Psychol Methods 29:967
    (incomplete designs, the harmonic mean of the numbers of raters); Searle, Casella & McCulloch (1992) Variance
    Components, ch. 6 (information).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.icc_clustered import DRAWS, FEWEST, between_clusters, drawn_components
from elancry.agreement.reml import RestrictedLikelihood
from elancry.agreement.sums import FloatArray, IntArray
from elancry.agreement.undefined import NoInterval, Reason
from elancry.texts import text

Number = TypeVar("Number", float, FloatArray)
Coefficient = Callable[[FloatArray], FloatArray]

LARGEST = 1e8
"""Ratio of a variance to that of the error above which nothing is told apart."""


@dataclass(frozen=True)
class VaryingTeams:
    """ICC(2,1), ICC(2,k) at `k`, the harmonic mean of the numbers of raters, the sequences used, and the intervals."""

    single: Estimate
    mean: Estimate
    k: float
    n: int
    single_interval: Interval | None = None
    mean_interval: Interval | None = None


def icc_varying_teams(
    values: FloatArray, rng: np.random.Generator | None = None, clusters: IntArray | None = None, level: str = "session"
) -> VaryingTeams:
    """ICC(2,1) and ICC(2,k) of `values` (N, R) with any pattern of missing cells; intervals where `rng` is given.

    `clusters` (N,) are of this level; without them every sequence is one.
    """
    present = np.isfinite(values)
    rows = present.sum(axis=1) >= 2
    table = values[rows][:, present[rows].any(axis=0)]
    groups = np.arange(len(table)) if clusters is None else np.unique(clusters[rows], return_inverse=True)[1]
    n_clusters = len(np.unique(groups))
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
    sequence, rater, error = variance_components(table)[:3]
    single = sequence / (sequence + rater + error)
    estimates = Estimate(single), Estimate(_stepped_up(single, k))
    if rng is None:
        return VaryingTeams(*estimates, k, len(table))
    nested = n_clusters < len(table)
    components = variance_components(table, groups) if nested else (sequence, rater, error)
    asked = absolute, lambda drawn: _stepped_up(absolute(drawn), k)
    return VaryingTeams(
        *estimates,
        k,
        len(table),
        *component_intervals(table, components, groups if nested else None, rng, level, asked, k),
    )


def component_intervals(
    values: FloatArray,
    components: tuple[float, ...],
    clusters: IntArray | None,
    rng: np.random.Generator,
    level: str,
    coefficients: Sequence[Coefficient],
    k: float | None = None,
) -> list[Interval]:
    """The 95 % interval of each of `coefficients`, which are made of draws (B, C) of the `components` (C,).

    The components are those that `variance_components` finds in `values` (N, R), whose rows have two numbers or more,
    and `clusters` (N,) of this level; `rng` makes the draws.
    Where one of the coefficients is about the mean of `k` raters, the method says so.
    """
    if k is None:
        method, tried = text("interval.monte-carlo-components", draws=DRAWS), None
    else:
        method, tried = text("interval.monte-carlo", k=k, draws=DRAWS), text("interval.variance-components", k=k)
    if clusters is not None:
        n_clusters = len(np.unique(clusters))
        levels = text(f"level.{level}", n=n_clusters)
        if n_clusters < FEWEST:
            none = Interval.none(text("interval.no-few-clusters", levels=levels, fewest=FEWEST, found=n_clusters))
            return [none] * len(coefficients)
        method = text("interval.monte-carlo-clusters", draws=DRAWS, clusters=n_clusters, levels=levels)
        method = method if k is None else text("interval.of-mean", method=method, k=k)
    drawn = _drawn(values, components, rng, clusters)
    if drawn is None:
        return [Interval.none(NoInterval.NO_INFORMATION, tried)] * len(coefficients)
    intervals = []
    for coefficient in coefficients:
        low, high, one_sided = (float(x) for x in np.quantile(coefficient(drawn), (0.025, 0.975, 0.05)))
        intervals.append(Interval(low, high, method, None, one_sided))
    return intervals


def absolute(drawn: FloatArray) -> FloatArray:
    """ICC(2,1) of components (B, C)."""
    sequence, rater, error, *cluster = drawn.T
    return _share(sequence + sum(cluster), rater + error)


def relative(drawn: FloatArray) -> FloatArray:
    """ICC(3,1) of components (B, C)."""
    sequence, _, error, *cluster = drawn.T
    return _share(sequence + sum(cluster), error)


def _share(true: FloatArray, error: FloatArray) -> FloatArray:
    total = true + error
    return np.asarray(np.divide(true, total, out=np.zeros_like(total), where=total > 0))


def _stepped_up(single: Number, k: float) -> Number:
    return k * single / (1 + (k - 1) * single)


def _drawn(
    values: FloatArray, components: tuple[float, ...], rng: np.random.Generator, clusters: IntArray | None = None
) -> FloatArray | None:
    """Draws (B, C) of the components, which are those of `variance_components`, negative ones as 0.

    None where their information is singular.
    """
    information = reml_information(values, components, clusters)
    if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
        return None
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    normal = rng.normal(size=(DRAWS, len(components)))
    if clusters is None:
        # A square root of the covariance; the draws do not depend on LAPACK's choice of signs.
        drawn = np.asarray(components) + normal @ np.linalg.cholesky(covariance).T
    else:
        drawn = drawn_components(np.asarray(components), covariance, normal)
    return np.asarray(np.maximum(drawn, 0.0))


def reml_information(values: FloatArray, components: tuple[float, ...], clusters: IntArray | None = None) -> FloatArray:
    """Expected information (C, C) of the components of `variance_components`: tr(P V_i P V_j) / 2.

    V = sum of the components times V_i, P = V^-1 - V^-1 1 (1' V^-1 1)^-1 1' V^-1 (Searle et al. 1992, ch. 6).
    """
    i, j = np.nonzero(np.isfinite(values))
    effects = [np.eye(values.shape[0])[i], np.eye(values.shape[1])[j], np.eye(len(i))]
    if clusters is not None:
        effects.append(np.eye(int(clusters.max()) + 1)[clusters[i]])
    total = sum(size * z @ z.T for size, z in zip(components, effects, strict=True))
    with np.errstate(all="ignore"):
        try:
            inverse = np.linalg.inv(total)
        except np.linalg.LinAlgError:
            return np.full((len(effects), len(effects)), np.nan)
    ones = inverse.sum(axis=1)
    projected = inverse - np.outer(ones, ones) / ones.sum()
    parts = [projected @ z for z in effects]
    found = [[float(np.square(a.T @ part).sum()) / 2 for a in effects] for part in parts]
    return np.array(found)


def variance_components(values: FloatArray, clusters: IntArray | None = None) -> tuple[float, ...]:
    """Variances of sequences, raters, error [and clusters] by REML from `values` (N, R) with NaN where missing.

    `clusters` (N,) are numbered from 0; sequences are then those within their cluster.
    """
    without_error = _without_error(values, clusters)
    if without_error is not None:
        return without_error
    found = values[np.isfinite(values)]
    scale = float(found.std()) or 1.0
    order = slice(None) if clusters is None else np.argsort(clusters, kind="stable")
    likelihood = RestrictedLikelihood(
        ((values - found.mean()) / scale)[order], None if clusters is None else clusters[order]
    )
    # The criterion can have a second optimum at the edge; two starts find the better one.
    starts = (1.0, 0.1, 1.0), (0.01, 1.0, 0.01)
    best = min((_optimum(likelihood, start) for start in starts), key=lambda ratios: likelihood.at(ratios).deviance)
    error = likelihood.at(best).error * scale**2
    sequence, rater, *cluster = (float(ratio * error) for ratio in best)
    return sequence, rater, error, *cluster


def _without_error(values: FloatArray, clusters: IntArray | None) -> tuple[float, ...] | None:
    """The limit of the components as the error vanishes; None where sequences and raters do not explain all numbers.

    Every sequence and every rater is known then, so each of their variances is that of a sample.
    """
    present = np.isfinite(values)
    i, _ = np.nonzero(present)
    n = present.sum(axis=1)
    means = np.where(present, values, 0.0).sum(axis=1) / n
    raters = np.eye(values.shape[1])[np.nonzero(present)[1]] - (present / n[:, None])[i]
    within = values[present] - means[i]
    offsets, _, rank, _ = np.linalg.lstsq(raters, within)
    left = within - raters @ offsets
    if rank < values.shape[1] - 1 or np.square(left).mean() > 1e-20 * float(values[present].var()):
        return None
    sequences = means - (present * offsets).sum(axis=1) / n
    rater = float(np.var(offsets, ddof=1))
    if clusters is None:
        return float(np.var(sequences, ddof=1)), rater, 0.0
    between = between_clusters(sequences, clusters)
    return between.of_sequences, rater, 0.0, between.of_clusters


def _optimum(likelihood: RestrictedLikelihood, start: tuple[float, ...]) -> FloatArray:
    """The ratios with the smallest deviance that are found from `start`."""
    from scipy.optimize import minimize, root

    def deviance(ratios: FloatArray) -> tuple[float, FloatArray]:
        fit = likelihood.at(ratios)
        return fit.deviance, fit.slope

    here = np.array(start[: 2 if likelihood.clusters is None else 3])
    found = np.asarray(minimize(deviance, here, method="L-BFGS-B", jac=True, bounds=[(0, LARGEST)] * len(here)).x)
    # The deviance is flat at its minimum and tells it to some 7 digits, its slope to 15.
    free = (found > 0) & (found < LARGEST)

    def with_free(part: FloatArray) -> FloatArray:
        ratios = found.copy()
        ratios[free] = np.minimum(np.abs(part), LARGEST)
        return ratios

    def slope(part: FloatArray) -> FloatArray:
        return likelihood.at(with_free(part)).slope[free]

    if not free.any():
        return found
    level = with_free(root(slope, found[free], tol=1e-13).x)
    return level if likelihood.at(level).deviance <= likelihood.at(found).deviance + 1e-9 else found
