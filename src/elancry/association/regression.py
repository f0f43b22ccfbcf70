"""Does the score of one category go with the scores of others, each held constant? Ordinary least squares, with tests.

Conventions: n sequences, p columns of the design with the intercept first. statsmodels fits; the tests here are the
classical one and HC3, the cluster-robust ones are in `elancry.association.clustered`. A number that does not exist is
NaN inside these arrays and always stands beside a reason in words.

References: MacKinnon & White 1985 (HC3); Cohen 1988, chapter 9 (f2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement.estimate import CONFIDENCE
from elancry.texts import Text, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INTERCEPT = "(Intercept)"

# Relative residual sum of squares below which a predictor counts as an exact combination of the others (or a model
# as reproducing its outcome): far above the rounding of float64, far below anything that data can be.
EXACT = 1e-10


class NotFitted(ValueError):
    """A model that these data do not allow; `reason` says why."""

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass(frozen=True)
class Screened:
    """Which predictors can enter a model: `keep` are column numbers, `dropped` pairs of name and reason."""

    keep: tuple[int, ...]
    dropped: tuple[tuple[str, Text], ...]


def screen(x: NDArray[np.float64], names: Sequence[str]) -> Screened:
    """Drop constant predictors and those that earlier ones determine, by name and with the reason.

    `x` is (n, k) without the intercept. In a collinear set the last column in the given order goes.

    `names` (k,) are those of the columns.
    """
    kept: list[int] = []
    dropped: list[tuple[str, Text]] = []
    basis = np.ones((len(x), 1))
    for column, name in enumerate(names):
        values = x[:, column]
        centred = values - values.mean() if len(values) else values
        total = float(centred @ centred)
        if total <= EXACT * max(1.0, float(values @ values)):
            same = text("model.constant", value=f"{values[0]:g}") if len(values) else text("model.no-values")
            dropped.append((name, same))
            continue
        weights, *_ = np.linalg.lstsq(basis, values, rcond=None)
        left = values - basis @ weights
        if float(left @ left) <= EXACT * total:
            scale = np.abs(weights[1:]) * basis[:, 1:].std(axis=0)
            makers = tuple(names[kept[i]] for i in np.flatnonzero(scale > 1e-6 * values.std()))
            dropped.append((name, text("model.determined", names=makers)))
            continue
        kept.append(column)
        basis = np.column_stack([basis, values])
    return Screened(tuple(kept), tuple(dropped))


@dataclass(frozen=True)
class LinearFit:
    """A least squares fit.

    `names` (p,), `x` (n, p) with the intercept first, `y` (n,), `b` (p,), `residuals` (n,), `bread` = (X'X)^-1 (p, p),
    `leverage` (n,) = diagonal of the hat matrix.
    """

    names: tuple[str, ...]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    b: NDArray[np.float64]
    residuals: NDArray[np.float64]
    bread: NDArray[np.float64]
    leverage: NDArray[np.float64]

    @property
    def df_residual(self) -> int:
        """n - p."""
        return int(self.x.shape[0] - self.x.shape[1])

    @property
    def sigma2(self) -> float:
        """Residual variance."""
        return float(self.residuals @ self.residuals) / self.df_residual

    @property
    def r2(self) -> float:
        """Explained share of the variance."""
        centred = self.y - self.y.mean()
        return 1.0 - float(self.residuals @ self.residuals) / float(centred @ centred)

    @property
    def r2_adjusted(self) -> float:
        """1 - (1 - R2) (n - 1) / (n - p)."""
        return 1.0 - (1.0 - self.r2) * (len(self.y) - 1) / self.df_residual

    @property
    def beta_factor(self) -> NDArray[np.float64]:
        """SD_x / SD_y per column; NaN for the intercept. beta, its SE and its interval are b's times this."""
        factor: NDArray[np.float64] = self.x.std(axis=0, ddof=1) / self.y.std(ddof=1)
        factor[0] = np.nan
        return factor


def refusal(y: NDArray[np.float64], x: NDArray[np.float64]) -> Text | None:
    """Why y on x (n, k, without intercept, already screened) cannot be fitted; `None` where it can."""
    n, k = x.shape
    if k == 0:
        return text("model.no-predictor")
    if n <= k + 1:
        return text("model.too-few-sequences", n=n, k=k, needed=k + 2)
    centred = y - y.mean()
    if float(centred @ centred) <= EXACT * max(1.0, float(y @ y)):
        return text("model.constant-outcome", value=f"{y[0]:g}")
    return None


def fit_ols(y: NDArray[np.float64], x: NDArray[np.float64], names: Sequence[str]) -> LinearFit:
    """Fit y (n,) on x (n, k) and an intercept with statsmodels.

    Raises NotFitted with the reason where `refusal` gives one, or for predictors that `screen` would drop.

    `names` (k,) are those of the columns of x; the intercept is called `INTERCEPT`.
    """
    from statsmodels.regression.linear_model import OLS

    reason = refusal(y, x)
    if reason is not None:
        raise NotFitted(reason)
    design = np.column_stack([np.ones(len(y)), x])
    try:
        result = OLS(y, design).fit(method="qr")
        bread = np.asarray(result.normalized_cov_params, dtype=np.float64)
    except np.linalg.LinAlgError:
        raise NotFitted(_dropped(x, names)) from None
    # What the others leave of a predictor is the inverse of its cell: only where that is next to nothing would
    # `screen`, which takes as long as the fit, drop one.
    with np.errstate(divide="ignore"):
        left = 1 / np.diag(bread)[1:]
    if not np.all(left > 10 * EXACT * np.maximum(1.0, np.square(x).sum(axis=0))) and screen(x, names).dropped:
        raise NotFitted(_dropped(x, names))
    return LinearFit(
        names=(INTERCEPT, *names),
        x=design,
        y=np.asarray(y, dtype=np.float64),
        b=np.asarray(result.params, dtype=np.float64),
        residuals=np.asarray(result.resid, dtype=np.float64),
        bread=bread,
        leverage=np.einsum("ij,ij->i", design @ bread, design),
    )


def _dropped(x: NDArray[np.float64], names: Sequence[str]) -> Text:
    """Why predictors that leave nothing of each other cannot be fitted together."""
    name, why = screen(x, names).dropped[0]
    return text("model.dropped", name=name, why=why)


@dataclass(frozen=True)
class Coefficients:
    """Coefficients with their tests: `names` (p,), every array (p,), NaN where `reasons` (p,) says why."""

    names: tuple[str, ...]
    b: NDArray[np.float64]
    se: NDArray[np.float64]
    df: NDArray[np.float64]
    ci_low: NDArray[np.float64]
    ci_high: NDArray[np.float64]
    p: NDArray[np.float64]
    reasons: tuple[Text | None, ...]

    @property
    def t(self) -> NDArray[np.float64]:
        """b / se."""
        return self.b / self.se


def t_tests(
    names: Sequence[str],
    b: NDArray[np.float64],
    se: NDArray[np.float64],
    df: NDArray[np.float64],
    reasons: Sequence[Text | None] | None = None,
) -> Coefficients:
    """t tests and intervals of coefficients b (p,) with standard errors and degrees of freedom (p,).

    Where `reasons` (p,) holds one, only b is given.

    `names` (p,), `se` > 0 and `df` > 0 (p,).
    """
    from scipy import stats

    reasons = tuple(reasons or (None,) * len(b))
    defined = np.array([reason is None for reason in reasons])
    se, df = np.where(defined, se, np.nan), np.where(defined, df, np.nan)
    reach = stats.t.ppf(0.5 + CONFIDENCE / 2, df) * se
    p = np.asarray(2 * stats.t.sf(np.abs(b / se), df), dtype=np.float64)
    return Coefficients(tuple(names), b, se, df, b - reach, b + reach, p, reasons)


@dataclass(frozen=True)
class JointTest:
    """A joint test of several coefficients; either the numbers are there or `reason` is."""

    f: float | None = None
    df1: float | None = None
    df2: float | None = None
    p: float | None = None
    reason: Text | None = None


def slopes_from(fit: LinearFit, covariance: NDArray[np.float64], df: NDArray[np.float64]) -> Coefficients:
    """t tests and intervals from a covariance matrix (p, p) of b and degrees of freedom (p,).

    `fit` gives b, `df` its degrees of freedom. Where there is no test the coefficient has its
    reason.
    """
    variance = np.diag(covariance)
    reasons: list[Text | None] = []
    for value, freedom in zip(variance, df, strict=True):
        if exact_fit(fit):
            reasons.append(text("model.exact"))
        elif not np.isfinite(value):
            reasons.append(text("model.leverage-one"))
        elif value <= 0:
            reasons.append(text("model.zero-variance"))
        elif not freedom > 0:
            reasons.append(text("model.no-df"))
        else:
            reasons.append(None)
    se = np.sqrt(np.where(variance > 0, variance, np.nan))
    return t_tests(fit.names, fit.b, se, df, reasons)


def exact_fit(fit: LinearFit) -> bool:
    """Whether nothing but rounding is left of the outcome.

    `fit` is of `fit_ols`: less than `EXACT` of the sum of squares is left.
    """
    centred = fit.y - fit.y.mean()
    return float(fit.residuals @ fit.residuals) <= EXACT * float(centred @ centred)


def classical_covariance(fit: LinearFit) -> NDArray[np.float64]:
    """sigma^2 (X'X)^-1: right for independent sequences of equal variance.

    (p, p), of `fit` with p columns.
    """
    return fit.sigma2 * fit.bread


def hc3_covariance(fit: LinearFit) -> NDArray[np.float64]:
    """HC3 (MacKinnon & White 1985): robust to unequal variances, not to nesting; NaN where a leverage is 1.

    (p, p), of `fit` with p columns.
    """
    if np.any(fit.leverage > 1 - 1e-9):
        return np.full_like(fit.bread, np.nan)
    weighted = fit.x * (fit.residuals / (1 - fit.leverage))[:, None]
    return fit.bread @ weighted.T @ weighted @ fit.bread


def classical(fit: LinearFit) -> Coefficients:
    """Classical standard errors, t with n - p degrees of freedom.

    `fit` with p columns.
    """
    return slopes_from(fit, classical_covariance(fit), _residual_df(fit))


def hc3(fit: LinearFit) -> Coefficients:
    """HC3 standard errors, t with n - p degrees of freedom.

    `fit` with p columns. Source: MacKinnon & White 1985.
    """
    return slopes_from(fit, hc3_covariance(fit), _residual_df(fit))


def wald(fit: LinearFit, covariance: NDArray[np.float64], columns: Sequence[int]) -> JointTest:
    """Wald F of the named columns against F(q, n - p).

    `fit` with p columns and its `covariance` (p, p); `columns` are q numbers of columns. Where F does not exist
    `reason` says why.
    """
    from scipy import stats

    picked = np.asarray(columns)
    block = covariance[np.ix_(picked, picked)]
    q = len(picked)
    if exact_fit(fit):
        return JointTest(reason=text("model.exact"))
    if not np.all(np.isfinite(block)):
        return JointTest(reason=text("model.leverage-one"))
    if np.linalg.matrix_rank(block) < q:
        return JointTest(reason=text("model.singular-covariance"))
    f = float(fit.b[picked] @ np.linalg.solve(block, fit.b[picked])) / q
    return JointTest(f=f, df1=float(q), df2=float(fit.df_residual), p=float(stats.f.sf(f, q, fit.df_residual)))


def _residual_df(fit: LinearFit) -> NDArray[np.float64]:
    return np.full(len(fit.b), float(fit.df_residual))
