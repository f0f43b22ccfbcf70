"""Does a category occur, or how large is its share, on the scale of odds? Logistic and fractional logit regression.

Conventions: y (n,) in 0..1; for `logistic` 0 or 1, for `fractional logit` a share, fitted by the same quasi-likelihood.
Coefficients are log odds ratios. Standard errors are robust to sessions (CR2 with Satterthwaite degrees of freedom, on
the scale of the response as in R's clubSandwich), which fractional outcomes need in any case. statsmodels fits.

Fit for use: at least five sequences with the rarer outcome per predictor (Vittinghoff & McCulloch 2007), and no linear
combination of predictors that separates the outcomes (Albert & Anderson 1984; found by linear programming, Konis 2007),
where the maximum likelihood estimate is infinite.

References: Papke & Wooldridge 1996 (fractional logit); Pustejovsky & Tipton 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.clustered import satterthwaite_df, weighted_sandwich
from elancry.association.regression import INTERCEPT, Coefficients, NotFitted, screen, t_tests
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

EVENTS_PER_PREDICTOR = 5


def why_not_binomial(
    y: NDArray[np.float64], x: NDArray[np.float64], names: Sequence[str], clusters: NDArray[np.int64]
) -> Text | None:
    """Why the model is not fit for use; `None` where it is.

    y (n,), x (n, k) without the intercept, `names` (k,), `clusters` (n,) the sessions. Checked in this order: two
    sessions, predictors that `screen` keeps, enough sequences with the rarer outcome, no separation.
    """
    k = x.shape[1]
    binary = bool(np.isin(y, (0.0, 1.0)).all())
    if len(np.unique(clusters)) < 2:
        return text("model.one-session")
    lost = screen(x, names).dropped
    if lost or not k:
        return text("model.dropped", name=lost[0][0], why=lost[0][1]) if lost else text("model.no-predictor")
    present, absent = int((y > 0).sum()), int((y < 1).sum())
    rarer = min(present, absent)
    if rarer < EVENTS_PER_PREDICTOR * k:
        code = "model.few-with-outcome" if binary else "model.few-with-share"
        return text(code, sequences=rarer, k=k, needed=EVENTS_PER_PREDICTOR * k)
    if separated(y, x):
        return text("model.separated")
    return None


def separated(y: NDArray[np.float64], x: NDArray[np.float64]) -> bool:
    """Whether some direction d of [1 x], not 0 throughout, has d'x >= 0 where y = 1, <= 0 where y = 0, = 0 between.

    y (n,) in 0..1, x (n, k) without constant columns. Source: Konis 2007.
    """
    from scipy import optimize

    design = np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / x.std(axis=0)])
    signed = np.vstack([design[y == 1], -design[y == 0]])
    between = design[(y > 0) & (y < 1)]
    found = optimize.linprog(
        -signed.sum(axis=0),
        A_ub=-signed if len(signed) else None,
        b_ub=np.zeros(len(signed)) if len(signed) else None,
        A_eq=between if len(between) else None,
        b_eq=np.zeros(len(between)) if len(between) else None,
        bounds=(-1, 1),
        method="highs",
    )
    return bool(found.success and found.fun is not None and found.fun < -1e-7)


def fit_binomial(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    names: Sequence[str],
    clusters: NDArray[np.int64],
) -> Coefficients:
    """Fit y on x (n, k) and an intercept.

    Raises NotFitted with the reason where `why_not_binomial` gives one.

    `names` (k,) are those of the columns, `clusters` (n,) the sessions.
    Returns log odds ratios, the intercept first.
    """
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    reason = why_not_binomial(y, x, names, clusters)
    if reason is not None:
        raise NotFitted(reason)
    design = np.column_stack([np.ones(len(y)), x])
    result = GLM(y, design, family=Binomial()).fit(tol=1e-12, maxiter=200)
    mean = np.asarray(result.fittedvalues, dtype=np.float64)
    variance = mean * (1 - mean)
    robust = weighted_sandwich(design * variance[:, None], 1 / variance, y - mean, clusters)
    b = np.asarray(result.params, dtype=np.float64)
    se, df = np.sqrt(np.diag(robust.covariance)), satterthwaite_df(robust)
    return t_tests((INTERCEPT, *names), b, se, df)
