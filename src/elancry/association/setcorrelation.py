"""How much do two sets of scores share as wholes? Cohen's set correlation.

Conventions: p outcomes and q predictors over n sequences; R2 = 1 - |R| / (|R_x| |R_y|) is the share of generalised
variance (1 - Wilks' lambda). It grows with p and q even if nothing is there, so the shrunken R2 and the mean of R2
under the null always stand beside it. Rao's F takes sequences as independent; the p value is that of the permutation
that exchanges whole sessions with equal numbers of sequences. Canonical variates are given only with at least
10 (p + q) sessions: below, their weights are noise.

References: Cohen 1982; Cohen 1988, chapter 10; Rao 1951 (F).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.permuted import distinct_orders, session_orders
from elancry.association.regression import NotFitted
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

SESSIONS_PER_VARIABLE = 10


@dataclass(frozen=True)
class SetCorrelation:
    """Set correlation of one pair of sets."""

    r2: float
    r2_shrunken: float
    null_mean: float | None
    f: float
    df1: float
    df2: float
    p_f: float
    p_permutation: float | None
    canonical: tuple[float, ...] | None
    canonical_reason: Text | None


def why_no_set_correlation(n: int, p: int, q: int) -> Text | None:
    """Why the two sets cannot be related; `None` where they can."""
    if p == 0 or q == 0:
        return text("association.empty-set")
    if n - 1 <= p + q:
        return text("association.set-too-few", n=n, p=p, q=q, needed=p + q + 1)
    if rao_df(n, p, q)[1] <= 0:
        return text("association.set-no-df", n=n, p=p, q=q)
    return None


def rao_df(n: int, p: int, q: int) -> tuple[float, float, float]:
    """Numerator and denominator degrees of freedom of Rao's F, and its exponent s (Cohen 1988, chapter 10)."""
    u = float(p * q)
    s = np.sqrt((p**2 * q**2 - 4) / (p**2 + q**2 - 5)) if p**2 + q**2 != 5 else 1.0
    m = n - (p + q + 3) / 2
    return u, float(m * s + 1 - u / 2), float(s)


def set_correlation(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    clusters: NDArray[np.int64],
    rng: np.random.Generator,
    n_permutations: int,
) -> SetCorrelation:
    """Relate y (n, p) and x (n, q), none of whose columns is constant or determined by the others.

    Raises NotFitted with the reason where `why_no_set_correlation` gives one.

    `clusters` (n,) any integers, one a session; `rng` draws the `n_permutations` exchanges of sessions. Sources: Cohen
    1982 and 1988, chapter 10; Rao 1951.
    """
    from scipy import stats

    n, p = y.shape
    q = x.shape[1]
    reason = why_no_set_correlation(n, p, q)
    if reason is not None:
        raise NotFitted(reason)
    one, two = _orthonormal(y), _orthonormal(x)
    cross = one.T @ two
    canonical = np.clip(np.linalg.svd(cross, compute_uv=False), 0, 1)
    # 1 - R2 = product of 1 - squared canonical correlations
    rest = float(np.prod(1 - canonical**2))
    u, v, s = rao_df(n, p, q)
    f = float((rest ** (-1 / s) - 1) * v / u) if rest > 0 else float("inf")
    p_permutation = null_mean = None
    if n_permutations > 0 and distinct_orders(clusters) > 1:
        orders = session_orders(clusters, rng, n_permutations)
        moved = np.matmul(one[orders].transpose(0, 2, 1), two)
        null = 1 - np.prod(1 - np.clip(np.linalg.svd(moved, compute_uv=False), 0, 1) ** 2, axis=1)
        null_mean = float(null.mean())
        p_permutation = float((1 + (null >= (1 - rest) - 1e-12).sum()) / (1 + n_permutations))
    m = len(np.unique(clusters))
    needed = SESSIONS_PER_VARIABLE * (p + q)
    return SetCorrelation(
        r2=1 - rest,
        r2_shrunken=float(1 - rest * ((v + u) / v) ** s),
        null_mean=null_mean,
        f=f,
        df1=u,
        df2=v,
        p_f=float(stats.f.sf(f, u, v)),
        p_permutation=p_permutation,
        canonical=tuple(float(value) for value in canonical) if m >= needed else None,
        canonical_reason=None if m >= needed else text("association.canonical", sessions=m, needed=needed),
    )


def _orthonormal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    basis, _ = np.linalg.qr(values - values.mean(axis=0))
    return basis
