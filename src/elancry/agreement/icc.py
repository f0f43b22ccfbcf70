"""Do raters give the same number? The six intraclass correlations.

Conventions
    `values` is float (N, R): sequence by rater, NaN where missing. The six forms need complete rows; incomplete ones
    are left out and counted. (1): each sequence has other raters; (2): the raters are a sample and absolute agreement
    counts; (3): just these raters, consistency counts. (., 1): one rater's number; (., k): the mean of all k raters,
    the reliability of what enters a regression. Sums over rows add up over sessions; functions take sums (..., P).

Measures
    `icc_table` (point and F interval, by pingouin), `icc_from_sums` (all six, for resamples), `f_limits` (limits at any
    level). With teams that vary from sequence to sequence: `elancry.agreement.icc_unbalanced`. Where sequences of one
    cluster may be alike: `elancry.agreement.icc_clustered`.

References
    Shrout & Fleiss (1979) Psychol Bull 86:420; McGraw & Wong (1996) Psychol Methods 1:30; Koo & Li (2016) J Chiropr
    Med 15:155. ICC(2,k)'s interval follows R psych, not R irr.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import NoInterval, Reason
from elancry.texts import Text, text

F_METHOD = text("interval.f")
FORMS = ("icc_1_1", "icc_2_1", "icc_3_1", "icc_1_k", "icc_2_k", "icc_3_k")

# A mean square below this share of the mean total square is rounding, not variance.
_ROUNDING = 1e-12


def complete_rows(values: FloatArray) -> FloatArray:
    """The rows without a missing cell."""
    return values[np.isfinite(values).all(axis=1)]


def icc_sums(values: FloatArray) -> FloatArray:
    """Sums (3 + R,) of complete rows `values` (N, R): rows, squares, squared row totals, each rater's total.

    Shift all values of a study by one constant near their mean first: no ICC changes, rounding errors shrink.
    """
    return np.concatenate(
        [[len(values), np.square(values).sum(), np.square(values.sum(axis=1)).sum()], values.sum(axis=0)]
    ).astype(np.float64)


@dataclass(frozen=True)
class MeanSquares:
    """Two-way analysis of variance: numbers of rows and raters, mean squares of rows, raters, error and within rows."""

    n: FloatArray
    k: int
    rows: FloatArray
    raters: FloatArray
    error: FloatArray
    within: FloatArray
    scale: FloatArray
    """Mean total square: what a mean square is small against."""


def mean_squares(sums: FloatArray) -> MeanSquares:
    """Mean squares from sums (..., 3 + R); rounding is cut to exact zeros, and below two rows all are NaN."""
    n, squares, row_squares = sums[..., 0], sums[..., 1], sums[..., 2]
    totals = sums[..., 3:]
    k = totals.shape[-1]
    enough = (n >= 2) & (k >= 2)
    rows = np.where(enough, n, 2.0)
    correction = np.square(totals.sum(-1)) / (rows * max(k, 1))
    total = squares - correction
    between_rows = row_squares / max(k, 1) - correction
    between_raters = np.square(totals).sum(-1) / rows - correction
    error = total - between_rows - between_raters
    scale = np.where(enough, np.maximum(total, 0.0) / (rows * max(k, 1)), np.nan)
    # Rounding is relative to the raw squares, out of which the sums of squares come by subtraction.
    floor = np.maximum(_ROUNDING * scale, 1e-15 * squares)

    def square(sum_of_squares: FloatArray, freedom: FloatArray | float) -> FloatArray:
        value = np.maximum(sum_of_squares, 0.0) / np.maximum(freedom, 1.0)
        return np.where(enough, np.where(value > floor, value, 0.0), np.nan)

    return MeanSquares(
        n=rows,
        k=k,
        rows=square(between_rows, rows - 1),
        raters=square(between_raters, k - 1.0),
        error=square(error, (rows - 1) * (k - 1)),
        within=square(total - between_rows, rows * (k - 1)),
        scale=np.where(scale > floor, scale, 0.0),
    )


def icc_from_sums(sums: FloatArray) -> FloatArray:
    """All six forms (..., 6) in the order of `FORMS` from sums (..., 3 + R); NaN where undefined."""
    return forms_of(mean_squares(sums))


def forms_of(ms: MeanSquares) -> FloatArray:
    """All six forms (..., 6) in the order of `FORMS` from mean squares; NaN where undefined."""
    n, k = ms.n, ms.k
    pairs = (
        (ms.rows - ms.within, ms.rows + (k - 1) * ms.within),
        (ms.rows - ms.error, ms.rows + (k - 1) * ms.error + k * (ms.raters - ms.error) / n),
        (ms.rows - ms.error, ms.rows + (k - 1) * ms.error),
        (ms.rows - ms.within, ms.rows),
        (ms.rows - ms.error, ms.rows + (ms.raters - ms.error) / n),
        (ms.rows - ms.error, ms.rows),
    )
    found = [np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan) for top, bottom in pairs]
    return np.stack(found, axis=-1)


def why_undefined(values: FloatArray) -> Text:
    """Why an ICC of the complete rows among `values` (N, R) does not exist; call it only where one is NaN."""
    if np.isfinite(values).any(axis=0).sum() < 2:
        return Reason.ONE_RATER
    rows = complete_rows(values)
    if len(rows) < 2:
        return Reason.TOO_FEW_SEQUENCES
    if np.ptp(rows) == 0:
        return Reason.ALL_RATINGS_EQUAL
    if float(mean_squares(icc_sums(rows - rows.mean())).rows) > 0:
        return Reason.MORE_ERROR_THAN_DIFFERENCE
    return Reason.NO_DIFFERENCE_BETWEEN_SEQUENCES


def icc_table(values: FloatArray, *, by_pingouin: bool = True) -> dict[str, tuple[Estimate, Interval]]:
    """Form -> estimate and 95 % F interval from the complete rows of `values` (N, R), by pingouin where it can.

    The F intervals take sequences as independent. `Interval.one_sided_low` is the one-sided 95 % limit.

    Without `by_pingouin` all numbers are ours, which are equal. Every estimate without a value has its reason; sources:
    McGraw & Wong (1996), Shrout & Fleiss (1979).
    """
    rows = complete_rows(values)
    rows = rows - (rows.mean() if len(rows) else 0.0)
    sums = icc_sums(rows)
    ours = icc_from_sums(sums)
    one_sided = f_limits(sums, 0.90)[:, 0]
    # pingouin refuses fewer than five ratings; where F has no value there is nothing to ask it for.
    if by_pingouin and rows.size >= 5 and np.isfinite(one_sided).all():
        found = _by_pingouin(rows)
    else:
        found = [*zip(ours, *f_limits(sums, 0.95).T, strict=True)]
    return {
        form: (
            Estimate.undefined(why_undefined(values)) if np.isnan(mine) else Estimate(float(point)),
            _f_interval(mine, low, high, limit, sums),
        )
        for form, mine, (point, low, high), limit in zip(FORMS, ours, found, one_sided, strict=True)
    }


def _f_interval(estimate: float, low: float, high: float, one_sided: float, sums: FloatArray) -> Interval:
    if not np.isfinite(estimate):
        return Interval.none(NoInterval.NO_ESTIMATE)
    if np.isfinite([low, high, one_sided]).all():
        # ICC(2,k)'s limits are stepped up from those of ICC(2,1), which breaks down below -1 / (k - 1).
        if not low <= estimate <= high:
            return Interval.none(NoInterval.BELOW_STEPPING_UP)
        return Interval(float(low), float(high), F_METHOD, None, float(one_sided))
    perfect = float(mean_squares(sums).error) == 0
    return Interval.none(NoInterval.PERFECT if perfect else NoInterval.NO_ROW_VARIANCE)


def _by_pingouin(rows: FloatArray) -> list[tuple[float, float, float]]:
    """(ICC, low, high) in the order of `FORMS`, unrounded."""
    import pandas as pd
    import pingouin

    n, k = rows.shape
    frame = pd.DataFrame({"row": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "value": rows.ravel()})
    # pingouin rounds the interval to two decimals by a global option; it is put back afterwards.
    names = [name for name in ("round.column.CI95", "round.column.CI95%") if name in pingouin.options]
    before: dict[str, Any] = {name: pingouin.options[name] for name in names}
    try:
        pingouin.options.update(dict.fromkeys(names))
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            table = pingouin.intraclass_corr(data=frame, targets="row", raters="rater", ratings="value")
    finally:
        pingouin.options.update(before)
    column = next(name for name in table.columns if str(name).startswith("CI95"))
    return [
        (float(point), float(limits[0]), float(limits[1]))
        for point, limits in zip(table["ICC"], table[column], strict=True)
    ]


def f_limits(sums: FloatArray, confidence: float) -> FloatArray:
    """Two-sided F limits (6, 2) of the six forms from sums (3 + R,) (McGraw & Wong 1996, Table 7).

    NaN where the mean square of rows or the error is zero, so that F is 0 or infinite, and where a limit is.

    `confidence` in (0, 1) is that of both limits together.
    """
    ms = mean_squares(sums)
    n, k = float(ms.n), ms.k
    rows, raters, error, within = (np.float64(x) for x in (ms.rows, ms.raters, ms.error, ms.within))
    if not (rows > 0 and error > 0 and within > 0):
        return np.full((6, 2), np.nan)
    with np.errstate(all="ignore"):
        limits = _f_limits(n, k, rows, raters, error, within, 1 - (1 - confidence) / 2)
    return np.where(np.isfinite(limits), limits, np.nan)


def _f_limits(
    n: float, k: int, rows: np.float64, raters: np.float64, error: np.float64, within: np.float64, upper: float
) -> FloatArray:
    from scipy.stats import f as f_distribution

    def ratio(f_value: float, df1: float, df2: float) -> tuple[float, float]:
        return f_value / f_distribution.ppf(upper, df1, df2), f_value * f_distribution.ppf(upper, df2, df1)

    one = ratio(rows / within, n - 1, n * (k - 1))
    three = ratio(rows / error, n - 1, (n - 1) * (k - 1))
    icc2 = (rows - error) / (rows + (k - 1) * error + k * (raters - error) / n)
    fj = raters / error
    a = n * (1 + (k - 1) * icc2) - k * icc2
    df = (n - 1) * (k - 1) * (k * icc2 * fj + a) ** 2 / ((n - 1) * k**2 * icc2**2 * fj**2 + a**2)
    up, down = f_distribution.ppf(upper, n - 1, df), f_distribution.ppf(upper, df, n - 1)
    spread = k * raters + (k * n - k - n) * error
    two = (n * (rows - up * error) / (up * spread + n * rows), n * (down * rows - error) / (spread + n * down * rows))
    single = [[(f - 1) / (f + k - 1) for f in one], list(two), [(f - 1) / (f + k - 1) for f in three]]
    mean = [[1 - 1 / f for f in one], [k * x / (1 + (k - 1) * x) for x in two], [1 - 1 / f for f in three]]
    return np.array(single + mean)
