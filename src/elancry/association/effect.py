"""How large is what a model explains, and which predictors or sequences does it rest on?

Measures: Cohen's f2 with an interval from the noncentral F, variance inflation factors, condition number, leverage and
Cook's distance, checks of the residuals.

References: Cohen 1988, chapter 9; Steiger 2004 (interval); Fox & Monette 1992 (generalised VIF); Belsley, Kuh & Welsch
1980 (condition number); Cook 1977; Koenker 1981 (studentised Breusch-Pagan).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.agreement.estimate import CONFIDENCE
from elancry.association.regression import LinearFit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class EffectSize:
    """Cohen's f2 with its interval."""

    f2: float
    ci_low: float
    ci_high: float


def cohens_f2(f: float, df1: float, df2: float, n: int) -> EffectSize:
    """f2 = F df1 / df2 with the interval of noncentrality / n (Steiger 2004), n being the number of observations.

    R's effectsize divides by df2 instead, which makes the limits larger by n / df2.

    The interval inverts the classical noncentral F: it assumes independent sequences. It is cut at 0. f2 itself is
    biased upwards (it averages .29 for nine predictors of 46 sequences where the truth is 0).

    `f` is the F of the model.
    """
    low = noncentrality(f, df1, df2, 0.5 + CONFIDENCE / 2)
    high = noncentrality(f, df1, df2, 0.5 - CONFIDENCE / 2)
    return EffectSize(f * df1 / df2, low / n, high / n)


def noncentrality(f: float, df1: float, df2: float, probability: float) -> float:
    """The noncentrality with P(F' <= f) = `probability`; 0 where even the central F lies below it.

    `df1`, `df2` > 0 are the degrees of freedom, `f` >= 0.
    """
    from scipy import optimize, stats

    if stats.f.cdf(f, df1, df2) <= probability:
        return 0.0
    upper = max(1.0, 2.0 * f * df1)
    while stats.ncf.cdf(f, df1, df2, upper) > probability:
        upper *= 2
    return float(optimize.brentq(lambda value: stats.ncf.cdf(f, df1, df2, value) - probability, 0.0, upper, xtol=1e-12))


def vif(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance inflation factor per column of x (n, k, without intercept): the diagonal of the inverse correlations.

    Source: Fox & Monette 1992.
    """
    return np.array([generalised_vif(x, [column]) for column in range(x.shape[1])])


def generalised_vif(x: NDArray[np.float64], columns: Sequence[int]) -> float:
    """Variance inflation of a set of columns together, det R11 det R22 / det R (Fox & Monette 1992).

    x (n, k) is without the intercept; `columns` are numbers of its columns.
    """
    centred = x - x.mean(axis=0)
    scaled = centred / np.sqrt((centred**2).sum(axis=0))
    correlations = scaled.T @ scaled
    picked = list(columns)
    rest = [column for column in range(x.shape[1]) if column not in set(picked)]
    if not rest:
        return 1.0
    logs = [
        float(np.linalg.slogdet(block)[1])
        for block in (correlations[np.ix_(picked, picked)], correlations[np.ix_(rest, rest)], correlations)
    ]
    return float(np.exp(logs[0] + logs[1] - logs[2]))


def condition_number(fit: LinearFit) -> float:
    """Largest over smallest singular value of the design with columns scaled to length 1, intercept included.

    `fit` gives the design (n, p). Source: Belsley, Kuh & Welsch 1980.
    """
    singular = np.linalg.svd(fit.x / np.sqrt((fit.x**2).sum(axis=0)), compute_uv=False)
    return float(singular.max() / singular.min())


def cooks_distance(fit: LinearFit) -> NDArray[np.float64]:
    """Cook's distance (n,): e^2 h / (p s^2 (1 - h)^2); NaN at leverage 1 and where no residual variance is left.

    `fit` has n observations and p columns. Source: Cook 1977.
    """
    p = fit.x.shape[1]
    distance = np.full(len(fit.y), np.nan)
    usable = fit.leverage < 1 - 1e-9
    if fit.sigma2 > 0:
        h = fit.leverage[usable]
        distance[usable] = fit.residuals[usable] ** 2 * h / (p * fit.sigma2 * (1 - h) ** 2)
    return distance


@dataclass(frozen=True)
class ResidualChecks:
    """Shapiro-Wilk on the residuals (normality) and Breusch-Pagan, studentised (equal variance)."""

    shapiro_w: float
    shapiro_p: float
    breusch_pagan: float
    breusch_pagan_p: float


def residual_checks(fit: LinearFit) -> ResidualChecks:
    """Checks of the residuals of `fit`; they take sequences as independent."""
    from scipy import stats
    from statsmodels.stats.diagnostic import het_breuschpagan

    shapiro = stats.shapiro(fit.residuals)
    statistic, p, _, _ = het_breuschpagan(fit.residuals, fit.x)
    return ResidualChecks(float(shapiro.statistic), float(shapiro.pvalue), float(statistic), float(p))
