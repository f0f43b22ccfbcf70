"""Is what two systems do together more than sequences paired at random would show?

Sequences begin when the observed thing begins, so both systems share a trend over the sequence, and a null model that
moves one of them in time would take the trend for an association. Here the whole coding of the second system is taken
from another sequence, stretched to the length of the first: durations, counts, order and a trend in relative time stay.

`swap_test` assumes that sequences are independent (no habits of patients or therapists) and that a trend follows
relative time: where either fails it rejects true nulls too often (`elancry.association.trend_exchange` does not).

Conventions: a matrix C[s, t] holds the statistic of sequence s's first system with sequence t's second system; what is
tested is the sum of C[s, s] against sums over random re-pairings, the same ones for all categories and raters.
p = (1 + extreme) / (1 + N), two-sided on |statistic - mean of the null|, ties are extreme. `p_maxt` compares with the
largest standardised statistic of all pairs of categories in the same permutations.

References: Phipson & Smyth 2010 (the + 1); Westfall & Young 1993 (maxT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

A = TypeVar("A")
B = TypeVar("B")
P = TypeVar("P")
_TOGETHER = 32


@dataclass(frozen=True)
class PermutationTest:
    """All (K_F, K_I); p is NaN where the statistic cannot vary (a category is never coded).

    `null_mean`: mean of the statistic over the permutations, in its unit.
    """

    p: NDArray[np.float64]
    p_maxt: NDArray[np.float64]
    null_mean: NDArray[np.float64]
    n_permutations: int


@dataclass(frozen=True)
class Pairing:
    """Which coders are paired in each sequence: per sequence a tuple of (rater of F, rater of I).

    `within` says that every pair is one rater's own coding of both systems.
    """

    pairs: tuple[tuple[tuple[str, str], ...], ...]
    within: bool


def pair_raters(f: Sequence[Mapping[str, object]], i: Sequence[Mapping[str, object]]) -> Pairing:
    """Each rater with themselves; if no rater coded both systems anywhere, every rater of F with every rater of I.

    `f`, `i` (n,): per sequence a mapping from the raters of the first, and of the second system, to what they coded.
    """
    own = tuple(tuple((name, name) for name in sorted(set(a) & set(b))) for a, b in zip(f, i, strict=True))
    if any(own):
        return Pairing(own, within=True)
    return Pairing(tuple(tuple((a, b) for a in sorted(x) for b in sorted(y)) for x, y in zip(f, i, strict=True)), False)


def paired_matrix(
    f: Sequence[Mapping[str, A]],
    i: Sequence[Mapping[str, B]],
    pairing: Pairing,
    prepare: Callable[[Sequence[B]], P],
    statistic: Callable[[Sequence[A], P], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """C (n, n, K_F, K_I), mean over the pairs of coders.

    `prepare` brings the second systems of T sequences into one form, once; `statistic` gives the rows (S, T, K_F, K_I)
    of the first systems of S sequences with all of them (`each` makes it of a function of one sequence).

    Raters are paired with themselves where one of them coded the first system in s and the second in t, else all with
    all. Every sequence needs a coder of each system.

    Raises ValueError where no sequence is coded with both systems.

    `f`, `i` and `pairing` as for, and from, `pair_raters`.
    """
    n = len(f)
    coders_f = sorted({name for item in f for name in item})
    coders_i = sorted({name for item in i for name in item})
    has_f = {name: np.array([name in item for item in f]) for name in coders_f}
    has_i = {name: np.array([name in item for item in i]) for name in coders_i}
    # Pairs (s, t) with a rater who coded both: there, only raters with themselves count.
    own = np.zeros((n, n), dtype=bool)
    for name in set(coders_f) & set(coders_i) if pairing.within else ():
        own |= np.outer(has_f[name], has_i[name])
    total: NDArray[np.float64] | None = None
    weight = np.zeros((n, n))
    for x in coders_f:
        for y in coders_i:
            counts = own if pairing.within and x == y else ~own
            # Sequences that are compared with the same ones are computed together.
            alike: dict[bytes, list[int]] = {}
            for s in np.flatnonzero(has_f[x]).tolist():
                alike.setdefault((counts[s] & has_i[y]).tobytes(), []).append(s)
            for chosen, rows in alike.items():
                wanted = np.flatnonzero(np.frombuffer(chosen, dtype=bool))
                if not len(wanted):
                    continue
                prepared = prepare([i[t][y] for t in wanted.tolist()])
                for first in range(0, len(rows), _TOGETHER):
                    block = np.array(rows[first : first + _TOGETHER])
                    found = statistic([f[s][x] for s in block.tolist()], prepared)
                    if total is None:
                        total = np.zeros((n, n, *found.shape[2:]))
                    total[np.ix_(block, wanted)] += found
                    weight[np.ix_(block, wanted)] += 1
    if total is None:
        raise ValueError("no sequence is coded with both systems")
    return total / np.maximum(weight, 1.0)[:, :, None, None]


def each(statistic: Callable[[A, P], NDArray[np.float64]]) -> Callable[[Sequence[A], P], NDArray[np.float64]]:
    """A statistic of several first systems from one of a single one, (T, K_F, K_I)."""
    return lambda items, prepared: np.stack([statistic(item, prepared) for item in items])


def swap_test(matrix: NDArray[np.float64], rng: np.random.Generator, n_permutations: int) -> PermutationTest:
    """Permutation test of the sum of C[s, s] against random re-pairings of the sequences.

    `matrix` C (n, n, K_F, K_I); `rng` draws `n_permutations` re-pairings, a sequence with itself among them.
    """
    n = matrix.shape[0]
    shape = matrix.shape[2:]
    flat = matrix.reshape(n, n, -1)
    observed = np.einsum("ssk->k", flat)
    partners = rng.permuted(np.tile(np.arange(n), (n_permutations, 1)), axis=1)
    null = np.zeros((n_permutations, flat.shape[2]))
    for s in range(n):
        null += flat[s][partners[:, s]]
    return compare(observed, null, shape)


def compare(observed: NDArray[np.float64], null: NDArray[np.float64], shape: Sequence[int]) -> PermutationTest:
    """Two-sided p values of `observed` (K,) against `null` (N, K), and maxT over the K statistics.

    Distances that differ by rounding only count as ties.

    `shape` is that of the result, K = its product. Source: Phipson & Smyth 2010; Westfall & Young 1993.
    """
    n = len(null)
    centre = null.mean(axis=0)
    spread = null.std(axis=0)
    distance = np.abs(observed - centre)
    tolerance = 1e-9 * np.maximum(np.abs(null).max(axis=0), np.abs(observed)) + 1e-12
    varies = spread > tolerance
    p = np.full(len(observed), np.nan)
    p_maxt = np.full(len(observed), np.nan)
    if varies.any():
        far = np.abs(null - centre) >= distance - tolerance
        p[varies] = ((1 + far.sum(axis=0)) / (1 + n))[varies]
        largest = (np.abs(null - centre)[:, varies] / spread[varies]).max(axis=1)
        scaled = (distance[varies] - tolerance[varies]) / spread[varies]
        p_maxt[varies] = (1 + (largest[:, None] >= scaled).sum(axis=0)) / (1 + n)
    return PermutationTest(p.reshape(shape), p_maxt.reshape(shape), centre.reshape(shape), n)
