"""Do categories of two systems fall on the same time more than their amounts make them?

Conventions: in sequence s, d_F is the time coded F (one system), d_I the time coded I (the other), L the length. Under
independence d_F d_I / L is their expected joint time. C[s, t] = joint time of F in sequence s with the whole tier of I
of sequence t, stretched to the length of s, minus what the two amounts alone would give; the statistic is the sum of
C[s, s]. Time that is unknown (unresolved, or a value outside the vocabulary) is out of L, d_F and d_I.

Null models:
- `swap` (default): sequences are paired anew, the same way for all categories and raters. Sequences begin when the
  observed thing begins, so both systems share a trend over the sequence; swapping keeps it.
- `shift`: the tier of I is turned in a circle by a random offset per sequence. It assumes no common trend in time, and
  where there is one it rejects a true null far too often.

p = (1 + extreme) / (1 + N), two-sided on |statistic - mean of the null|, ties are extreme. `p_maxt` compares with the
largest standardised statistic over all pairs of categories in the same permutations (Westfall & Young 1993).

References: Bakeman & Quera 2011, chapter 9; Phipson & Smyth 2010 (the + 1); Westfall & Young 1993 (maxT).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Null(StrEnum):
    """The null model of a permutation test."""

    SWAP = "swap"
    SHIFT = "shift"


@dataclass(frozen=True)
class CodedTime:
    """What one rater coded with one system in one sequence.

    `edges_ms` (S + 1,) ascending cuts of the sequence; `present` (S, K): the category is coded in the segment; `known`
    (S, K): it is known whether it is.
    """

    edges_ms: NDArray[np.int64]
    present: NDArray[np.bool_]
    known: NDArray[np.bool_]


# One mapping per sequence: rater -> what this rater coded; raters who did not code the sequence are not in it.
Coded = Sequence[dict[str, CodedTime]]


@dataclass(frozen=True)
class JointTime:
    """Durations in ms per pair of categories, all (K_F, K_I), summed over sequences and averaged over raters.

    `overlaps` counts the stretches in which both are coded.
    """

    joint: NDArray[np.float64]
    expected: NDArray[np.float64]
    time_f: NDArray[np.float64]
    time_i: NDArray[np.float64]
    length: NDArray[np.float64]


@dataclass(frozen=True)
class PermutationTest:
    """All (K_F, K_I); NaN where the statistic cannot vary (a category is never coded)."""

    p: NDArray[np.float64]
    p_maxt: NDArray[np.float64]
    n_permutations: int


@dataclass(frozen=True)
class Pairing:
    """Which coders are paired in each sequence: per sequence a tuple of (rater of F, rater of I).

    `within` says that every pair is one rater's own coding of both systems.
    """

    pairs: tuple[tuple[tuple[str, str], ...], ...]
    within: bool


def pair_raters(f: Coded, i: Coded) -> Pairing:
    """Each rater with themselves; if no rater coded both systems anywhere, every rater of F with every rater of I."""
    own = tuple(tuple((name, name) for name in sorted(set(a) & set(b))) for a, b in zip(f, i, strict=True))
    if any(own):
        return Pairing(own, within=True)
    return Pairing(tuple(tuple((a, b) for a in sorted(x) for b in sorted(y)) for x, y in zip(f, i, strict=True)), False)


def overlap_matrix(
    f: CodedTime, i: Sequence[CodedTime]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Joint time, time of F, time of I and known time of `f` with each item of `i`, stretched to the length of `f`.

    Each is (T, K_F, K_I) in ms. The integral of F over time is piecewise linear, so its values at the stretched cuts
    of I give every joint time exactly, without a time bin.
    """
    k = f.present.shape[1]
    start, length = float(f.edges_ms[0]), float(f.edges_ms[-1] - f.edges_ms[0])
    widths = np.diff(f.edges_ms)[:, None].astype(np.float64)
    integral = np.zeros((len(f.edges_ms), 2 * k))
    np.cumsum(np.hstack([f.present & f.known, f.known]) * widths, axis=0, out=integral[1:])
    stretched = [
        start + length * (item.edges_ms - item.edges_ms[0]) / float(item.edges_ms[-1] - item.edges_ms[0]) for item in i
    ]
    firsts = np.concatenate([cuts[:-1] for cuts in stretched])
    lasts = np.concatenate([cuts[1:] for cuts in stretched])
    amounts = _at(f.edges_ms, integral, lasts) - _at(f.edges_ms, integral, firsts)
    flags = np.vstack([np.hstack([item.present & item.known, item.known]) for item in i]).astype(np.float64)
    owner = np.cumsum([0, *(len(item.present) for item in i)])[:-1]
    both = np.add.reduceat(amounts[:, :, None] * flags[:, None, :], owner, axis=0)
    n = flags.shape[1] // 2
    return both[:, :k, :n], both[:, :k, n:], both[:, k:, :n], both[:, k:, n:]


def _at(edges: NDArray[np.int64], integral: NDArray[np.float64], when: NDArray[np.float64]) -> NDArray[np.float64]:
    """The integral (columns) at the times `when`, linear between the cuts."""
    left = np.clip(np.searchsorted(edges, when, side="right") - 1, 0, len(edges) - 2)
    share = (when - edges[left]) / (edges[left + 1] - edges[left])
    return integral[left] + share[:, None] * (integral[left + 1] - integral[left])


def joint_time(f: Coded, i: Coded, pairing: Pairing) -> JointTime:
    """The durations over all sequences with at least one pair of coders."""
    totals: list[NDArray[np.float64]] | None = None
    for a, b, pairs in zip(f, i, pairing.pairs, strict=True):
        if not pairs:
            continue
        blocks = [overlap_matrix(a[x], [b[y]]) for x, y in pairs]
        joint, time_f, time_i, length = (np.mean([block[part][0] for block in blocks], axis=0) for part in range(4))
        expected = np.mean([_expected(*block)[0] for block in blocks], axis=0)
        parts = [joint, expected, time_f, time_i, length]
        totals = parts if totals is None else [old + new for old, new in zip(totals, parts, strict=True)]
    if totals is None:
        raise ValueError("no sequence is coded with both systems")
    return JointTime(*totals)


def _expected(
    joint: NDArray[np.float64],
    time_f: NDArray[np.float64],
    time_i: NDArray[np.float64],
    length: NDArray[np.float64],
) -> NDArray[np.float64]:
    """d_F d_I / L, 0 where no time is known."""
    return np.divide(time_f * time_i, length, out=np.zeros_like(joint), where=length > 0)


def swap_matrix(f: Coded, i: Coded, pairing: Pairing) -> NDArray[np.float64]:
    """C (n, n, K_F, K_I): sequence s's F with sequence t's I, mean over the pairs of coders.

    Raters are paired with themselves where one of them coded F in s and I in t, else all with all.
    """
    n = len(f)
    everyone_f = sorted({name for item in f for name in item})
    everyone_i = sorted({name for item in i for name in item})
    k = next(iter(next(item for item in f if item).values())).present.shape[1]
    m = next(iter(next(item for item in i if item).values())).present.shape[1]
    own, own_weight = np.zeros((n, n, k, m)), np.zeros((n, n))
    cross, cross_weight = np.zeros((n, n, k, m)), np.zeros((n, n))
    # Same-rater pairs decide; cross-rater pairs are only computed where some (s, t) has none of them.
    has_f = np.array([[name in item for name in everyone_f] for item in f])
    has_i = np.array([[name in item for name in everyone_i] for item in i])
    shared = [name for name in everyone_f if name in everyone_i] if pairing.within else []
    covered = np.zeros((n, n), dtype=bool)
    for name in shared:
        covered |= np.outer(has_f[:, everyone_f.index(name)], has_i[:, everyone_i.index(name)])
    for x in everyone_f:
        for y in everyone_i:
            same = pairing.within and x == y
            if not same and covered.all():
                continue
            targets = [int(t) for t in np.flatnonzero(has_i[:, everyone_i.index(y)])]
            tiers = [i[t][y] for t in targets]
            for s in (int(row) for row in np.flatnonzero(has_f[:, everyone_f.index(x)])):
                if not targets or (not same and covered[s, targets].all()):
                    continue
                parts = overlap_matrix(f[s][x], tiers)
                excess = parts[0] - _expected(*parts)
                if same:
                    own[s, targets] += excess
                    own_weight[s, targets] += 1
                else:
                    cross[s, targets] += excess
                    cross_weight[s, targets] += 1
    total = np.where(covered[:, :, None, None], own, cross)
    weight = np.where(covered, own_weight, cross_weight)
    return total / np.maximum(weight, 1.0)[:, :, None, None]


def swap_test(matrix: NDArray[np.float64], rng: np.random.Generator, n_permutations: int = 9999) -> PermutationTest:
    """Permutation test of the sum of C[s, s] against random re-pairings of the sequences."""
    n = matrix.shape[0]
    shape = matrix.shape[2:]
    flat = matrix.reshape(n, n, -1)
    observed = np.einsum("ssk->k", flat)
    partners = rng.permuted(np.tile(np.arange(n), (n_permutations, 1)), axis=1)
    null = np.zeros((n_permutations, flat.shape[2]))
    for s in range(n):
        null += flat[s][partners[:, s]]
    return compare(observed, null, shape)


def shift_test(
    f: Coded, i: Coded, pairing: Pairing, rng: np.random.Generator, n_permutations: int = 9999
) -> PermutationTest:
    """Permutation test of the joint time against circular shifts, one offset per sequence for everything in it."""
    observed: NDArray[np.float64] | None = None
    null: NDArray[np.float64] | None = None
    shape: tuple[int, ...] = ()
    for a, b, pairs in zip(f, i, pairing.pairs, strict=True):
        if not pairs:
            continue
        edges = a[pairs[0][0]].edges_ms
        offsets = rng.integers(0, int(edges[-1] - edges[0]), size=n_permutations)
        for x, y in pairs:
            joint = _joint_at_offsets(a[x], b[y], np.concatenate([[0], offsets])) / len(pairs)
            shape = joint.shape[1:]
            flat = joint.reshape(len(joint), -1)
            observed = flat[0] if observed is None else observed + flat[0]
            null = flat[1:] if null is None else null + flat[1:]
    if observed is None or null is None:
        raise ValueError("no sequence is coded with both systems")
    return compare(observed, null, shape)


def _joint_at_offsets(f: CodedTime, i: CodedTime, offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Joint time (B, K_F, K_I) of F with I turned by each offset.

    As a function of the offset it is linear between the offsets at which a cut of I meets a cut of F: it is computed
    at those and interpolated, which is exact.
    """
    length = int(f.edges_ms[-1] - f.edges_ms[0])
    cuts_f, cuts_i = f.edges_ms - f.edges_ms[0], i.edges_ms - i.edges_ms[0]
    knots = np.unique(np.concatenate([((cuts_f[:, None] - cuts_i[None, :]) % length).ravel(), [0, length]]))
    widths = np.diff(f.edges_ms)[:, None].astype(np.float64)
    integral = np.zeros((2 * len(cuts_f) - 1, f.present.shape[1]))
    np.cumsum(np.vstack([(f.present & f.known) * widths] * 2), axis=0, out=integral[1:])
    twice = np.concatenate([cuts_f, cuts_f[1:] + length])
    first = (knots[:, None] + cuts_i[None, :-1]) % length
    last = first + np.diff(cuts_i)[None, :]
    amounts = _at(twice, integral, last.ravel().astype(np.float64)) - _at(
        twice, integral, first.ravel().astype(np.float64)
    )
    amounts = amounts.reshape(len(knots), len(cuts_i) - 1, -1)
    at_knots = np.einsum("bsk,sm->bkm", amounts, (i.present & i.known).astype(np.float64))
    left = np.clip(np.searchsorted(knots, offsets, side="right") - 1, 0, len(knots) - 2)
    share = ((offsets - knots[left]) / (knots[left + 1] - knots[left]))[:, None, None]
    turned: NDArray[np.float64] = at_knots[left] + share * (at_knots[left + 1] - at_knots[left])
    return turned


def compare(observed: NDArray[np.float64], null: NDArray[np.float64], shape: Sequence[int]) -> PermutationTest:
    """Two-sided p values of `observed` (K,) against `null` (N, K), and maxT over the K statistics.

    Distances that differ by rounding only count as ties.
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
    return PermutationTest(p.reshape(shape), p_maxt.reshape(shape), n)
