"""How sure is a coefficient when sequences come in sessions? Cluster-robust tests for few clusters.

Conventions: n sequences in m clusters, p columns. H = X (X'X)^-1 X', H_i its block for cluster i. The estimators differ
in the matrix A_i that inflates the residuals of a cluster: CR0 none, CR1 the factor m / (m - 1), CR1S that of Stata,
m (n - 1) / ((m - 1) (n - p)), CR2 the symmetric root of (I - H_i)^-1, which is unbiased when errors are independent and
of equal variance (the working model), CR3 (I - H_i)^-1. Degrees of freedom are Satterthwaite's under the same working
model, which for CR2 are Bell and McCaffrey's; joint tests are HTZ (Hotelling's T^2 approximation).

No Python library has CR2, so it is written here; it equals R's clubSandwich 0.5.8 to ten digits.

References: Bell & McCaffrey 2002; Pustejovsky & Tipton 2018, doi 10.1080/07350015.2016.1247004;
Tipton & Pustejovsky 2015 (HTZ).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import Coefficients, JointTest, LinearFit, NotFitted, exact_fit, slopes_from
from elancry.texts import text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# As clubSandwich: eigenvalues of I - H_i below this count as zero and the generalised inverse is taken.
_ZERO = 1e-12


class Correction(StrEnum):
    """Small-sample correction of the cluster-robust covariance."""

    CR0 = "CR0"
    CR1 = "CR1"
    CR1S = "CR1S"
    CR2 = "CR2"
    CR3 = "CR3"


@dataclass(frozen=True)
class Sandwich:
    """A cluster-robust covariance with what its tests need.

    `covariance` (p, p). `maps` (m, p, n): row j of cluster i is the vector g with g'e the share of cluster i in the
    error of coefficient j, so that covariance[j, k] is the sum over i of (g_ij'e)(g_ik'e). `degenerate` are clusters
    that alone determine a direction of the design; CR2 is then not exactly unbiased.
    """

    correction: Correction
    covariance: NDArray[np.float64]
    maps: NDArray[np.float64]
    degenerate: tuple[int, ...]


def sandwich(fit: LinearFit, clusters: NDArray[np.int64], correction: Correction = Correction.CR2) -> Sandwich:
    """The covariance of `fit.b` robust to dependence within `clusters` ((n,), any integers).

    Raises NotFitted with fewer than two clusters.

    `correction` chooses A_i (see the module).
    """
    return weighted_sandwich(fit.x, np.ones(len(fit.y)), fit.residuals, clusters, correction)


def weighted_sandwich(
    x: NDArray[np.float64],
    weights: NDArray[np.float64],
    residuals: NDArray[np.float64],
    clusters: NDArray[np.int64],
    correction: Correction = Correction.CR2,
) -> Sandwich:
    """As `sandwich` for weighted least squares, as which a generalised linear model ends.

    `weights` (n,) are the working weights, `residuals` (n,) the working residuals; the working model is a variance of
    1 / weight. With D = weights^-1/2, A_i = D (D (I - H)_i weights^-1 (I - H)_i' D)^-1/2 D.

    Raises NotFitted with one cluster only.

    x (n, p) is the design with its intercept, `clusters` and `correction` as for `sandwich`. Source: Pustejovsky &
    Tipton 2018; R's clubSandwich for the working weights.
    """
    labels = np.unique(clusters)
    m = len(labels)
    if m < 2:
        raise NotFitted(text("model.one-session"))
    n, p = x.shape
    bread = np.linalg.inv((x * weights[:, None]).T @ x)
    half = x @ bread
    annihilator = np.eye(n) - half @ (x * weights[:, None]).T
    spread = 1 / np.sqrt(weights)
    factor = 1.0
    if correction is Correction.CR1:
        factor = m / (m - 1)
    elif correction is Correction.CR1S:
        factor = m * (n - 1) / ((m - 1) * (n - p))
    maps = np.empty((m, p, n))
    degenerate = []
    for i, label in enumerate(labels):
        rows = np.flatnonzero(clusters == label)
        left = (half[rows] * weights[rows, None]).T
        block = annihilator[np.ix_(rows, rows)]
        if correction is Correction.CR2:
            outer = spread[rows]
            target = outer[:, None] * (block * outer**2) * outer
            values, vectors = np.linalg.eigh((target + target.T) / 2)
            positive = values > _ZERO
            roots = np.zeros_like(values)
            roots[positive] = values[positive] ** -0.5
            left = ((left * outer) @ (vectors * roots) @ vectors.T) * outer
            if not positive.all():
                degenerate.append(int(label))
        elif correction is Correction.CR3:
            left = left @ np.linalg.pinv(block, rcond=_ZERO)
        maps[i] = np.sqrt(factor) * left @ annihilator[rows]
    scores = maps @ residuals
    return Sandwich(correction, scores.T @ scores, maps * spread, tuple(degenerate))


def satterthwaite_df(robust: Sandwich) -> NDArray[np.float64]:
    """Degrees of freedom (p,) of each coefficient: (tr G'G)^2 / tr (G'G)^2 with the rows of `maps` as G."""
    df = np.empty(robust.maps.shape[1])
    for j in range(len(df)):
        gram = robust.maps[:, j] @ robust.maps[:, j].T
        square = float((gram**2).sum())
        df[j] = float(np.trace(gram)) ** 2 / square if square > 0 else 0.0
    return df


def cluster_slopes(
    fit: LinearFit, clusters: NDArray[np.int64], correction: Correction = Correction.CR2
) -> Coefficients:
    """t tests of single coefficients with Satterthwaite degrees of freedom (CR2: Bell-McCaffrey).

    `fit` with p columns, `clusters` and `correction` as for `sandwich`.
    Raises NotFitted with fewer than two clusters. Source: Bell & McCaffrey 2002.
    """
    robust = sandwich(fit, clusters, correction)
    return slopes_from(fit, robust.covariance, satterthwaite_df(robust))


def htz(fit: LinearFit, robust: Sandwich, columns: Sequence[int]) -> JointTest:
    """Joint test of the coefficients in `columns` by the HTZ approximation.

    With D the robust covariance of the q contrasts, standardised by its expectation under the working model,
    eta = q (q + 1) / sum Var(D_st) and F = (eta - q + 1) / (eta q) W is referred to F(q, eta - q + 1)
    (Tipton & Pustejovsky 2015). Undefined where eta - q + 1 is not positive.

    `columns` are numbers of columns of `fit`, whose `sandwich` is `robust`; where F does not exist `reason` says why.
    """
    from scipy import stats

    if exact_fit(fit):
        return JointTest(reason=text("model.exact"))
    picked = np.asarray(columns)
    q = len(picked)
    maps = robust.maps[:, picked]
    block = robust.covariance[np.ix_(picked, picked)]
    working = np.einsum("isn,itn->st", maps, maps)
    values, vectors = np.linalg.eigh(working)
    spread, _ = np.linalg.eigh(block)
    if values.min() <= _ZERO * values.max() or spread.min() <= _ZERO * spread.max():
        return JointTest(reason=text("model.joint-singular", sessions=maps.shape[0], q=q))
    standard = np.einsum("st,itn->isn", (vectors / np.sqrt(values)) @ vectors.T, maps)
    flat = standard.reshape(-1, standard.shape[2])
    # cross[i, s, j, t] = g_is'g_jt; with normal errors Var(D_st) = sum over i, j of
    # cross[i,s,j,s] cross[i,t,j,t] + cross[i,s,j,t] cross[i,t,j,s].
    cross = (flat @ flat.T).reshape(maps.shape[0], q, maps.shape[0], q)
    total = np.einsum("isjs,itjt->", cross, cross) + np.einsum("isjt,itjs->", cross, cross)
    eta = q * (q + 1) / float(total)
    df2 = eta - q + 1
    if df2 <= 0:
        return JointTest(reason=text("model.joint-no-df", sessions=maps.shape[0], q=q, df=df2))
    wald = float(fit.b[picked] @ np.linalg.solve(block, fit.b[picked]))
    f = df2 / (eta * q) * wald
    return JointTest(f=f, df1=float(q), df2=df2, p=float(stats.f.sf(f, q, df2)))
