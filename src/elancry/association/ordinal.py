"""Do ratings, taken as ordered only, rise with the predictors? The proportional odds model.

Conventions: y (n,) numbers in order, such as mean ratings (`merged_levels`); a coefficient is the log odds of a higher
rating per unit of the predictor. statsmodels fits; standard errors are robust to sessions (CR1S: few sessions make them
a little too small), t with m - 1 degrees of freedom for m sessions.

Fit for use: two or more levels used, at least five sequences outside the most frequent level per predictor, and no
separation. Whether one coefficient serves all levels (proportional odds) is not tested: 46 sequences cannot tell.

References: McCullagh 1980; Harrell 2015, chapter 13.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.binomial import EVENTS_PER_PREDICTOR, separated
from elancry.association.regression import Coefficients, NotFitted, screen, t_tests
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray


FEWEST_IN_LEVEL = 3
"""A level with fewer sequences is merged with the next one."""


def merged_levels(y: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[list[float]]]:
    """The level of each of y (n,), 0, 1, ..., and the distinct values that were merged, a list for each such level.

    Means of raters are not rounded: every distinct value is a level. From below, one with fewer than three sequences is
    merged with the next above; what is left at the top is merged with the level below it.
    """
    values, counts = np.unique(y, return_counts=True)
    groups: list[list[float]] = []
    sizes: list[int] = []
    for value, count in zip(values.tolist(), counts.tolist(), strict=True):
        if groups and sizes[-1] < FEWEST_IN_LEVEL:
            groups[-1].append(value)
            sizes[-1] += count
        else:
            groups.append([value])
            sizes.append(count)
    if len(groups) > 1 and sizes[-1] < FEWEST_IN_LEVEL:
        groups[-2:] = [[*groups[-2], *groups[-1]]]
    level_of = {value: float(level) for level, group in enumerate(groups) for value in group}
    return np.array([level_of[value] for value in y.tolist()]), [group for group in groups if len(group) > 1]


def why_not_ordinal(
    y: NDArray[np.float64], x: NDArray[np.float64], names: Sequence[str], clusters: NDArray[np.int64]
) -> Text | None:
    """Why the model is not fit for use; `None` where it is.

    y (n,) numbers of the levels, x (n, k) without the intercept, `names` (k,), `clusters` (n,) the sessions.
    """
    k = x.shape[1]
    if len(np.unique(clusters)) < 2:
        return text("model.one-session")
    lost = screen(x, names).dropped
    if lost or not k:
        return text("model.dropped", name=lost[0][0], why=lost[0][1]) if lost else text("model.no-predictor")
    levels, counts = np.unique(y, return_counts=True)
    if len(levels) < 2:
        return text("model.one-level")
    others = int(len(y) - counts.max())
    if others < EVENTS_PER_PREDICTOR * k:
        return text("model.few-other-ratings", sequences=others, k=k, needed=EVENTS_PER_PREDICTOR * k)
    if all(separated((y > level).astype(np.float64), x) for level in levels[:-1]):
        return text("model.separated-ratings")
    return None


def fit_ordinal(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    names: Sequence[str],
    clusters: NDArray[np.int64],
) -> Coefficients:
    """Fit the proportional odds model; the result has no intercept, thresholds are not returned.

    Raises NotFitted with the reason where `why_not_ordinal` gives one, or where the fit does not converge.

    y, x, `names` and `clusters` as for `why_not_ordinal`. Returns log odds
    ratios (k,).
    """
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    reason = why_not_ordinal(y, x, names, clusters)
    if reason is not None:
        raise NotFitted(reason)
    _, codes = np.unique(y, return_inverse=True)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = OrderedModel(codes, (x - centre) / scale, distr="logit").fit(method="bfgs", disp=False, maxiter=500)
    model = result.model
    k = x.shape[1]
    hessian = np.asarray(model.hessian(result.params), dtype=np.float64)
    gradient = np.asarray(model.score_obs(result.params), dtype=np.float64)
    if not np.all(np.isfinite(hessian)) or np.abs(gradient.sum(axis=0)).max() > 1e-2 or np.linalg.cond(hessian) > 1e12:
        raise NotFitted(text("model.no-convergence"))
    bread = np.linalg.inv(-hessian)
    labels = np.unique(clusters)
    sums = np.stack([gradient[clusters == label].sum(axis=0) for label in labels])
    m, n, p = len(labels), len(y), len(result.params)
    factor = m * (n - 1) / ((m - 1) * (n - p)) if n > p else m / (m - 1)
    covariance = factor * bread @ sums.T @ sums @ bread
    b = np.asarray(result.params[:k], dtype=np.float64) / scale
    se = np.sqrt(np.diag(covariance)[:k]) / scale
    return t_tests(names, b, se, np.full(k, float(m - 1)))
