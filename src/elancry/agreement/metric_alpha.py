"""Do raters give similar numbers? Krippendorff's alpha for ordinal, interval and ratio scales.

Conventions
    `values` is float (N, R), unit by rater, NaN where missing. Sums over units add up over sessions, so that a resample
    of sessions is a matrix product; functions take sums of shape (..., P) and return (...), NaN where undefined.
    Interval alpha needs moments only, so that continuous numbers cost no more than whole ones. The other metrics need
    the coincidence matrix of the V values that occur (`nominal.nominal_sums` of their ranks), because the ordinal
    metric depends on how often each value was given. Their point estimate of a matrix comes from the `krippendorff`
    package, `alpha_of`, which takes memory for N V^2 numbers.

References
    Krippendorff (2019) Content Analysis, 4th ed., ch. 12; Hayes & Krippendorff (2007) Commun Methods Meas 1:77.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import numpy as np

from elancry.agreement import margins
from elancry.agreement.estimate import Estimate
from elancry.agreement.nominal import TOTAL
from elancry.agreement.sums import FloatArray, Layout
from elancry.agreement.undefined import Reason
from elancry.texts import Text


class Metric(StrEnum):
    """Level of measurement; the names are those of the `krippendorff` package."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def alpha_of(values: FloatArray, metric: Metric) -> Estimate:
    """Alpha of `values` (N, R), or the reason why there is none; by the `krippendorff` package unless of intervals."""
    reason = why_undefined(values, metric)
    if reason is not None:
        return Estimate.undefined(reason)
    comparable = values[np.isfinite(values).sum(axis=1) >= 2]
    level: Literal["nominal", "ordinal", "interval", "ratio"] = metric.value
    if metric is Metric.INTERVAL:
        alpha = interval_alpha(interval_sums(comparable - np.nanmean(comparable)))
        return Estimate.of(float(alpha), Reason.ALL_RATINGS_EQUAL)
    import krippendorff

    found = krippendorff.alpha(reliability_data=comparable.T, level_of_measurement=level)
    return Estimate.of(float(found), Reason.ALL_RATINGS_EQUAL)


def why_undefined(values: FloatArray, metric: Metric = Metric.INTERVAL) -> Text | None:
    """Why alpha of `values` does not exist; None where it does."""
    present = np.isfinite(values)
    if present.any(axis=0).sum() < 2:
        return Reason.ONE_RATER
    comparable = values[present.sum(axis=1) >= 2]
    found = comparable[np.isfinite(comparable)]
    if not found.size:
        return Reason.NO_UNITS
    if metric is Metric.RATIO and (found < 0).any():
        return Reason.NO_RATIO_SCALE
    if np.ptp(found) == 0:
        return Reason.ALL_RATINGS_EQUAL
    return None


def interval_sums(values: FloatArray) -> FloatArray:
    """Sums (4,) of units with two ratings or more: ratings, their sum, their squares, disagreement within units.

    Shift all values of a study by one constant near their mean first: alpha does not change, rounding errors shrink.
    """
    present = np.isfinite(values)
    m = present.sum(axis=1)
    x = np.where(present, values, 0.0)[m >= 2]
    m = m[m >= 2]
    total, squares = x.sum(axis=1), np.square(x).sum(axis=1)
    within = 2 * (m * squares - np.square(total)) / (m - 1)
    return np.array([m.sum(), total.sum(), squares.sum(), within.sum()], dtype=np.float64)


def interval_alpha(sums: FloatArray) -> FloatArray:
    """Alpha with squared differences from sums (..., 4)."""
    n, total, squares, within = np.moveaxis(sums, -1, 0)
    expected = 2 * (n * squares - np.square(total))
    good = expected > TOTAL * np.maximum(n * squares, np.finfo(float).tiny)
    return np.where(good, 1 - (n - 1) * within / np.where(good, expected, 1.0), np.nan)


def coincidence_alpha(layout: Layout, sums: FloatArray, metric: Metric, values: FloatArray) -> FloatArray:
    """Alpha with `metric` from nominal sums (..., P) of ranks into the ascending `values` (q,).

    `layout` is that of `sums`.
    """
    table = layout.table(sums, "pairable")
    n_k = margins.rows(table)
    n = margins.over(n_k)
    distance = _squared_distance(n_k, metric, values)
    observed = margins.total(table, distance) * (n - 1)
    expected = margins.total(n_k[..., :, None] * n_k[..., None, :], distance)
    good = expected > 0
    return np.where(good, 1.0 - observed / np.where(good, expected, 1.0), np.nan)


def _squared_distance(n_k: FloatArray, metric: Metric, values: FloatArray) -> FloatArray:
    """Squared difference function (..., q, q) of Krippendorff's metrics."""
    match metric:
        case Metric.NOMINAL:
            return 1.0 - np.eye(len(values))
        case Metric.ORDINAL:
            # Ranks in between, with half of each end: the difference of mid-ranks.
            mid_rank = np.cumsum(n_k, axis=-1) - n_k / 2
            return np.square(mid_rank[..., :, None] - mid_rank[..., None, :])
        case Metric.INTERVAL:
            return np.square(np.subtract.outer(values, values))
        case Metric.RATIO:
            total = np.add.outer(values, values)
            return np.square(np.subtract.outer(values, values) / np.where(total == 0, 1.0, total))
