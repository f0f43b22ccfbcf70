"""Would exchanging whole sessions give a model as good? A test of the global null that needs no normal errors.

Outcomes are moved from session to session together with all their sequences, among sessions with equal numbers of
sequences (only these are exchangeable); the predictors stay. It tests "nothing goes with anything", not one
coefficient among others.

References: Winkler et al. 2015 (whole-block exchangeability); Phipson & Smyth 2010 (the + 1).
"""

from __future__ import annotations

from math import factorial
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import LinearFit

if TYPE_CHECKING:
    from numpy.typing import NDArray


def session_orders(clusters: NDArray[np.int64], rng: np.random.Generator, n_permutations: int) -> NDArray[np.int64]:
    """Row orders (N, n): whole sessions exchanged among those with equal numbers of sequences, inner order kept.

    `clusters` (n,) any integers, one a session; `rng` draws the N = `n_permutations` orders.
    """
    order = np.tile(np.arange(len(clusters)), (n_permutations, 1))
    blocks: dict[int, list[NDArray[np.int64]]] = {}
    for label in np.unique(clusters):
        rows = np.flatnonzero(clusters == label)
        blocks.setdefault(len(rows), []).append(rows)
    for rows_of in blocks.values():
        places = np.stack(rows_of)
        if len(places) > 1:
            taken = rng.permuted(np.tile(np.arange(len(places)), (n_permutations, 1)), axis=1)
            order[:, places.ravel()] = places[taken].reshape(n_permutations, -1)
    return order


def distinct_orders(clusters: NDArray[np.int64]) -> int:
    """How many different exchanges exist: the product of the factorials of the numbers of equally long sessions.

    `clusters` (n,) as for `session_orders`.
    """
    _, sizes = np.unique(clusters, return_counts=True)
    _, equal = np.unique(sizes, return_counts=True)
    total = 1
    for number in equal:
        total *= factorial(int(number))
    return total


def session_permutation_p(
    fit: LinearFit, clusters: NDArray[np.int64], rng: np.random.Generator, n_permutations: int
) -> float | None:
    """p of R2 under exchange of sessions; `None` where no two sessions can be exchanged.

    `fit` of n sequences with an intercept; `clusters`, `rng` and `n_permutations` as for `session_orders`. (1 +
    extreme) / (1 + N), Phipson & Smyth 2010.
    """
    if distinct_orders(clusters) < 2:
        return None
    basis, _ = np.linalg.qr(fit.x[:, 1:] - fit.x[:, 1:].mean(axis=0))
    orders = session_orders(clusters, rng, n_permutations)
    centred = fit.y - fit.y.mean()
    explained = ((centred[orders] @ basis) ** 2).sum(axis=1)
    observed = float(((centred @ basis) ** 2).sum())
    return float((1 + (explained >= observed * (1 - 1e-9)).sum()) / (1 + n_permutations))
