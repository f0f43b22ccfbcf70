"""Do raters put the boundaries of an event in the same place?

Conventions
    Differences are second rater minus first, in ms, over linked events: a positive bias means that the second rater
    begins (or ends) later. F1 needs no links and no categories: an onset counts as found where the other rater has one
    within `tolerance_ms`, each used once, and so for offsets.

Measures
    `differences`: bias (mean) with 95 % limits of agreement, median, median absolute deviation from the median,
    quantiles. `matched_boundaries`: counts for precision, recall and F1, which add up over sessions.

References
    Bland & Altman (1986) Lancet 1:307.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from elancry.agreement.sums import FloatArray, IntArray

# 95 % of normal differences lie within this many standard deviations of their mean.
_LIMITS = 1.959963984540054


@dataclass(frozen=True)
class Differences:
    """How far two raters' numbers lie apart; NaN where there are too few (`sd` and the limits need two)."""

    n: int
    bias: float
    sd: float
    low: float
    high: float
    median: float
    mad: float
    quantiles: tuple[float, float]
    """The 5th and the 95th percentile."""


def differences(second_minus_first: FloatArray | IntArray) -> Differences:
    """Summary of differences (N,), in the unit in which they are given; missing ones are left out.

    `second_minus_first` (N,) may hold NaN. Limits of agreement: bias - 1.96 sd and bias + 1.96 sd (Bland & Altman
    1986).
    """
    d = np.asarray(second_minus_first, dtype=np.float64)
    d = d[np.isfinite(d)]
    nan = float("nan")
    if not len(d):
        return Differences(0, nan, nan, nan, nan, nan, nan, (nan, nan))
    bias, median = float(d.mean()), float(np.median(d))
    sd = float(d.std(ddof=1)) if len(d) > 1 else nan
    low, high = (float(x) for x in np.quantile(d, (0.05, 0.95)))
    mad = float(np.median(np.abs(d - median)))
    return Differences(len(d), bias, sd, bias - _LIMITS * sd, bias + _LIMITS * sd, median, mad, (low, high))


def matched_boundaries(first_ms: IntArray, second_ms: IntArray, tolerance_ms: int) -> int:
    """The largest number of one-to-one pairs of two raters' boundaries at most `tolerance_ms` apart.

    `first_ms`, `second_ms` are times in ms in any order, as many as each rater has.
    """
    a, b = np.sort(first_ms).tolist(), np.sort(second_ms).tolist()
    i = j = found = 0
    # The earliest free pair within reach is part of an optimal matching: taking it never costs a later one.
    while i < len(a) and j < len(b):
        if abs(a[i] - b[j]) <= tolerance_ms:
            found, i, j = found + 1, i + 1, j + 1
        elif a[i] < b[j]:
            i += 1
        else:
            j += 1
    return found


def f1(matched: FloatArray, boundaries: FloatArray) -> FloatArray:
    """2 matched / boundaries of both raters: the harmonic mean of precision and recall; NaN without boundaries.

    Matched / boundaries of one rater is the precision of that rater, and the recall of the other.
    """
    good = boundaries > 0
    return np.where(good, 2 * matched / np.where(good, boundaries, 1.0), np.nan)
