"""One planned study after another: drawn, and analysed as the program would analyse it.

The interval is that of the generalizability table for one rater, which is the one of ICC(2,1) in the agreement table;
the slope is that of the regression table: means over the raters, least squares, CR2 by session with Satterthwaite
degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.agreement.generalizability import Generalizability, generalizability, stepped_up
from elancry.agreement.sums import FloatArray
from elancry.association.clustered import cluster_slopes
from elancry.association.regression import NotFitted, classical, fit_ols
from elancry.power.model import Assumptions, Design
from elancry.seeds import stream

ALPHA = 0.05
"""Two-sided, of the slope."""


@dataclass(frozen=True)
class Studies:
    """What came out of B studies of one design; NaN where a study has no such number. All arrays are (B,)."""

    icc: FloatArray
    width: FloatArray
    """Of the 95 % interval of ICC(2,1)."""
    width_of_mean: FloatArray
    """Of that of ICC(2,k), k being the design's raters."""
    p: FloatArray
    """Of the slope with CR2."""
    p_classical: FloatArray
    """Of the slope with classical standard errors."""


def simulate_studies(assumed: Assumptions, design: Design, seed: int, first: int, number: int) -> Studies:
    """Studies `first` to `first + number` of a design; each has a random stream of its own under `seed`."""
    rows = [_study(assumed, design, seed, at) for at in range(first, first + number)]
    return Studies(*(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)))


def _study(assumed: Assumptions, design: Design, seed: int, at: int) -> tuple[float, ...]:
    rng = stream(seed, "power", repr(assumed), repr(design), str(at))
    clusters = np.repeat(np.arange(design.sessions), design.sizes)
    # Which sessions all raters code does not go with their sizes.
    double = rng.permutation(design.sessions) < design.n_double
    predictor, outcome = _true(assumed, clusters, rng)
    x, y = (_coded(assumed, true, clusters, double, design.raters, rng) for true in (predictor, outcome))
    found = generalizability(y, clusters, rng)
    icc = width = of_mean = np.nan
    if isinstance(found, Generalizability):
        icc = found.components.absolute(1)
        low, high = found.absolute.low, found.absolute.high
        if low is not None and high is not None:
            width = high - low
            of_mean = stepped_up(high, design.raters) - stepped_up(low, design.raters)
    return icc, width, of_mean, *_slope(np.nanmean(y, axis=1), np.nanmean(x, axis=1), clusters)


def _true(assumed: Assumptions, clusters: NDArray[np.int64], rng: np.random.Generator) -> FloatArray:
    """True scores (2, N) of variance 1 that correlate by the slope."""
    between = rng.normal(size=(2, int(clusters[-1]) + 1))[:, clusters]
    own = rng.normal(size=(2, len(clusters)))
    both = np.sqrt(assumed.within) * between + np.sqrt(1 - assumed.within) * own
    both[1] = assumed.slope * both[0] + np.sqrt(1 - assumed.slope**2) * both[1]
    return np.asarray(both)


def _coded(
    assumed: Assumptions,
    true: FloatArray,
    clusters: NDArray[np.int64],
    double: NDArray[np.bool_],
    raters: int,
    rng: np.random.Generator,
) -> FloatArray:
    """What the raters give (N, R); NaN for all but one of them in a session that is not double-coded."""
    bias = np.sqrt(assumed.rater_variance) * rng.normal(size=raters)
    noise = np.sqrt(assumed.residual_variance) * rng.normal(size=(len(true), raters))
    turn = (clusters % raters)[:, None] == np.arange(raters)
    return np.where(double[clusters][:, None] | turn, true[:, None] + bias + noise, np.nan)


def _slope(y: FloatArray, x: FloatArray, clusters: NDArray[np.int64]) -> tuple[float, float]:
    """p with CR2 by session, and with classical standard errors; NaN where there is none."""
    try:
        fit = fit_ols(y, x[:, None], ("predictor",))
        return float(cluster_slopes(fit, clusters).p[1]), float(classical(fit).p[1])
    except NotFitted:
        return np.nan, np.nan
