"""How often would chance give a coefficient this far from 0, if whole sessions may err together?

The wild cluster bootstrap-t: the null is imposed (the model is fitted without the coefficient), the residuals of each
session are multiplied by one random weight, and the CR1-studentised statistic is computed anew; p is symmetric,
(1 + extreme) / (1 + N). Webb's six-point weights below 50 sessions, where Rademacher's two points repeat themselves.

References: Cameron, Gelbach & Miller 2008; Webb 2023 (weights); MacKinnon, Nielsen & Webb 2023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import LinearFit

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEBB = np.sqrt(np.array([0.5, 1.0, 1.5]))
RADEMACHER_FROM = 50


def draw_weights(m: int, rng: np.random.Generator, n_draws: int) -> NDArray[np.float64]:
    """Weights (n_draws, m) with mean 0 and variance 1: Webb's below 50 sessions, else Rademacher's.

    `m` sessions; `rng` draws them.
    """
    points = np.concatenate([-WEBB[::-1], WEBB]) if m < RADEMACHER_FROM else np.array([-1.0, 1.0])
    return points[rng.integers(0, len(points), size=(n_draws, m))]


def wild_p(fit: LinearFit, clusters: NDArray[np.int64], column: int, weights: NDArray[np.float64]) -> float:
    """p value of the coefficient in `column` of `fit` from `weights` (N, m) of `draw_weights`, clusters ascending.

    Everything is linear in the weights w: with u the restricted residuals, the bootstrap coefficient is a'w and the
    score of session h is S[h] w, so the draws are one matrix product. CR1's factor cancels in the comparison.
    """
    labels, codes = np.unique(clusters, return_inverse=True)
    m = len(labels)
    member = np.zeros((len(codes), m))
    member[np.arange(len(codes)), codes] = 1.0
    others = np.delete(fit.x, column, axis=1)
    coefficients, *_ = np.linalg.lstsq(others, fit.y, rcond=None)
    restricted = fit.y - others @ coefficients
    direction = fit.x @ fit.bread[:, column]
    errors = member * restricted[:, None]
    unexplained = errors - fit.x @ (fit.bread @ (fit.x.T @ errors))
    scores = (member * direction[:, None]).T @ unexplained
    drawn = np.abs(weights @ (errors.T @ direction))
    spread = np.sqrt(((weights @ scores.T) ** 2).sum(axis=1))
    observed_spread = float(np.sqrt(((member.T @ (direction * fit.residuals)) ** 2).sum()))
    observed = abs(float(fit.b[column])) / observed_spread
    # Compared without division: a draw whose spread is 0 is extreme unless its coefficient is 0 too.
    extreme = drawn >= observed * spread * (1 - 1e-12)
    return float((1 + extreme.sum()) / (1 + len(weights)))
