"""Do categories of two systems fall on the same time more than their amounts make them?

Conventions: in sequence s, d_F is the time coded F (one system), d_I the time coded I (the other), L the length. Under
independence d_F d_I / L is their expected joint time. C[s, t] = joint time of F in sequence s with the whole tier of I
of sequence t, stretched to the length of s, minus what the two amounts alone would give; the statistic is the sum of
C[s, s]. Time that is unknown (unresolved, or a value outside the vocabulary) is out of L, d_F and d_I.

Null models (`elancry.choices.Null`):
- `swap` (default): `elancry.association.swap`.
- `shift`: the tier of I is turned in a circle by a random offset per sequence. It assumes no common trend in time, and
  where there is one it rejects a true null far too often.

References: Bakeman & Quera 2011.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.swap import Pairing, PermutationTest, compare, each, paired_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    overlaps: NDArray[np.float64]


@dataclass(frozen=True)
class Stacked:
    """Coded times of T sequences in one array: segments with their begin and end as shares of their sequence.

    `flags` (segments, 2 K): present and known, then known; `first` (T,) is each sequence's first segment.
    """

    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    flags: NDArray[np.float64]
    first: NDArray[np.int64]


def stack(items: Sequence[CodedTime]) -> Stacked:
    """The second systems of all sequences, ready to be stretched.

    `items` (T,) are of one system: all have the same K categories, and none is empty.
    """
    shares = [(item.edges_ms - item.edges_ms[0]) / float(item.edges_ms[-1] - item.edges_ms[0]) for item in items]
    return Stacked(
        np.concatenate([cuts[:-1] for cuts in shares]),
        np.concatenate([cuts[1:] for cuts in shares]),
        np.vstack([np.hstack([item.present & item.known, item.known]) for item in items]).astype(np.float64),
        np.cumsum([0, *(len(item.present) for item in items)])[:-1],
    )


def overlap_matrix(
    f: CodedTime, i: Stacked
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Joint time, time of F, time of I and known time of `f` with each sequence of `i`, stretched to the length of `f`.

    Each is (T, K_F, K_I) in ms. The integral of F over time is piecewise linear, so its values at the stretched cuts
    of I give every joint time exactly, without a time bin.
    """
    k, m = f.present.shape[1], i.flags.shape[1] // 2
    both = _amounts(f, i, np.hstack([f.present & f.known, f.known]), i.flags)
    return both[:, :k, :m], both[:, :k, m:], both[:, k:, :m], both[:, k:, m:]


def joint_matrix(f: CodedTime, i: Stacked) -> NDArray[np.float64]:
    """The first of `overlap_matrix` alone, at a quarter of its cost.

    `f` and `i` as for `overlap_matrix`; (T, K_F, K_I) in ms.
    """
    return _amounts(f, i, f.present & f.known, i.flags[:, : i.flags.shape[1] // 2])


def _amounts(f: CodedTime, i: Stacked, flags_f: NDArray[np.bool_], flags_i: NDArray[np.float64]) -> NDArray[np.float64]:
    """Time (T, columns of F, columns of I) in which a flag of F and a flag of I hold, I stretched to F's length."""
    start, length = float(f.edges_ms[0]), float(f.edges_ms[-1] - f.edges_ms[0])
    integral = np.zeros((len(f.edges_ms), flags_f.shape[1]))
    np.cumsum(flags_f * np.diff(f.edges_ms)[:, None].astype(np.float64), axis=0, out=integral[1:])
    amounts = _at(f.edges_ms, integral, start + length * i.ends) - _at(f.edges_ms, integral, start + length * i.begins)
    return np.asarray(np.add.reduceat(amounts[:, :, None] * flags_i[:, None, :], i.first, axis=0))


def _at(edges: NDArray[np.int64], integral: NDArray[np.float64], when: NDArray[np.float64]) -> NDArray[np.float64]:
    """The integral (columns) at the times `when`, linear between the cuts."""
    left = np.clip(np.searchsorted(edges, when, side="right") - 1, 0, len(edges) - 2)
    share = (when - edges[left]) / (edges[left + 1] - edges[left])
    return integral[left] + share[:, None] * (integral[left + 1] - integral[left])


def joint_time(f: Coded, i: Coded, pairing: Pairing) -> JointTime:
    """The durations over all sequences with at least one pair of coders.

    Raises ValueError where no sequence is coded with both systems.

    `f`, `i` (n,): per sequence a mapping rater -> coding of the first and of the second system; `pairing` says whose
    codings are compared (`swap.pair_raters`).
    """
    totals: list[NDArray[np.float64]] | None = None
    for a, b, pairs in zip(f, i, pairing.pairs, strict=True):
        if not pairs:
            continue
        blocks = [overlap_matrix(a[x], stack([b[y]])) for x, y in pairs]
        joint, time_f, time_i, length = (np.mean([block[part][0] for block in blocks], axis=0) for part in range(4))
        expected = np.mean([_expected(*block)[0] for block in blocks], axis=0)
        overlaps = np.mean([overlap_counts(a[x], b[y]) for x, y in pairs], axis=0)
        parts = [joint, expected, time_f, time_i, length, overlaps]
        totals = parts if totals is None else [old + new for old, new in zip(totals, parts, strict=True)]
    if totals is None:
        raise ValueError("no sequence is coded with both systems")
    return JointTime(*totals)


def swap_matrix(f: Coded, i: Coded, pairing: Pairing) -> NDArray[np.float64]:
    """C (n, n, K_F, K_I), ms: joint time of s's F with t's I beyond what their amounts give.

    `f`, `i` and `pairing` as for `joint_time`. Raises ValueError where no sequence is coded with both systems.
    """
    return paired_matrix(f, i, pairing, stack, each(_excess))


def _excess(f: CodedTime, i: Stacked) -> NDArray[np.float64]:
    parts = overlap_matrix(f, i)
    return parts[0] - _expected(*parts)


def overlap_counts(f: CodedTime, i: CodedTime) -> NDArray[np.float64]:
    """How many stretches are coded with both (K_F, K_I); annotations that touch are one stretch.

    `f` and `i` are codings of one sequence.
    """
    edges = np.unique(np.concatenate([f.edges_ms, i.edges_ms]))
    flags = []
    for item in (f, i):
        rows = np.searchsorted(item.edges_ms, edges[:-1], side="right") - 1
        flags.append((item.present & item.known)[np.clip(rows, 0, len(item.present) - 1)])
    both = flags[0][:, :, None] & flags[1][:, None, :]
    begins = both & ~np.concatenate([np.zeros_like(both[:1]), both[:-1]])
    return np.asarray(begins.sum(axis=0), dtype=np.float64)


def _expected(
    joint: NDArray[np.float64],
    time_f: NDArray[np.float64],
    time_i: NDArray[np.float64],
    length: NDArray[np.float64],
) -> NDArray[np.float64]:
    """d_F d_I / L, 0 where no time is known."""
    return np.divide(time_f * time_i, length, out=np.zeros_like(joint), where=length > 0)


def shift_test(f: Coded, i: Coded, pairing: Pairing, rng: np.random.Generator, n_permutations: int) -> PermutationTest:
    """Permutation test of the joint time against circular shifts, one offset per sequence for everything in it.

    Raises ValueError where no sequence is coded with both systems.

    `f`, `i` and `pairing` as for `joint_time`; `rng` draws `n_permutations` offsets per sequence, uniform over its
    length in whole ms.
    """
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
