"""Do two systems go together beyond each one's amounts and the usual course of a sequence?

Sequences begin when the observed thing begins, so both systems follow a common course: crying fades, interventions
change. And one patient or therapist has habits that recur in all of their sequences. The null model of this module
takes both into account: what is expected follows from every sequence's own amount and the course that the category
takes on average, and significance comes from exchanging the second system between whole clusters.

Conventions
-----------
n sequences of lengths L (`length_ms` (n,), ms), K categories, M = 128 equal cells of relative time in each sequence.
`coded` (R, K, M): share of each cell that is coded, for R codings (one rater in one sequence) of one system; for
onsets their number per cell. `known` (R, K, M): share of each cell in which it is known whether the category is
coded. Z (n, 13, M): the trend basis, centred within each sequence. `matrix` C
(n, n, K_F, K_I): a statistic of s's first and t's second system; `cluster` (n,) numbers the clusters 0..G-1; `rng`
draws the N = `n_draws` exchanges.

Measures
--------
`course`: mu, the expected share (or count) per cell. `joint_excess`, `window_excess`: J and E (n, n, K_F, K_I),
observed and expected joint time (ms) or onsets in windows, of the first system of s with the second system of t.
`exchange_test`: p of the sum of (J - E)[s, s] against exchanges of whole clusters within strata of length. `effect`:
the ratio sum J[s, s] / sum E[s, s] ("observed over expected, given amounts and the usual course") with an interval by
jackknife over clusters.

What biases it: no re-pairing can tell association from habits of a unit above the cluster, nor from kinds of sequences
that shape both systems at once.

References
----------
Definition: decision 19 of the project's statistics, restated step by step in each function. Jackknife over clusters:
Efron & Stein 1981. maxT: Westfall & Young 1993. (1 + extreme) / (1 + N): Phipson & Smyth 2010. Exchange of whole
blocks: Winkler, Webster, Vidaurre, Nichols & Smith 2015.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from elancry.agreement.estimate import CONFIDENCE
from elancry.association.cooccurrence import Coded, CodedTime, Stacked, joint_matrix, stack
from elancry.association.sequential import CodedEvents, Marked, Onsets, WindowRule, onsets
from elancry.association.swap import Pairing, PermutationTest, compare, paired_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CELLS = 128
MOST_STRATA = 6
CLUSTERS_PER_STRATUM = 6
FEWEST_CLUSTERS = 5
"""Fewer clusters give no p."""
FEW_CLUSTERS = 8
"""Fewer clusters give a p that is coarse: it carries a warning."""
_RIDGE = 1e-3
_DRAWS_AT_ONCE = 2000


class Amount(Enum):
    """What a cell holds: the share of it that is coded, or a number of onsets."""

    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True)
class Excess:
    """Observed and expected, (n, n, K_F, K_I): the first system of s with the second system of t."""

    observed: Floats
    expected: Floats


@dataclass(frozen=True)
class Effect:
    """All (K_F, K_I). `ratio` is NaN where nothing is expected; `low` and `high` also where one cluster holds all."""

    observed: Floats
    expected: Floats
    ratio: Floats
    low: Floats
    high: Floats


def trend_basis(length_ms: Floats) -> Floats:
    """Z (n, 13, M) at the midpoints of the cells, centred within each sequence, for lengths (n,) in ms.

    With m the median length and lg(u) = ln(1 + 20 u / m): six hat functions in lg(time since the begin) with knots
    j lg(m) / 6, j = 0..5, which are zero from m on; four hat functions in lg(time to the end), step lg(m) / 4; the
    Legendre polynomials P1 to P3 of relative time.
    """
    median = float(np.median(length_ms))
    middle = (np.arange(CELLS) + 0.5) / CELLS
    since = middle * length_ms[:, None]
    scaled = 2 * middle - 1
    columns = [
        *_hats(since, 6, median),
        *_hats(length_ms[:, None] - since, 4, median),
        *(
            np.broadcast_to(column, since.shape)
            for column in (scaled, (3 * scaled**2 - 1) / 2, (5 * scaled**3 - 3 * scaled) / 2)
        ),
    ]
    basis = np.stack(columns, axis=1)
    return np.asarray(basis - basis.mean(axis=2, keepdims=True))


def _hats(time_ms: Floats, number: int, median: float) -> list[Floats]:
    step = np.log1p(20.0) / number
    place = np.log1p(20 * time_ms / median)
    return [np.clip(1 - np.abs(place - knot * step) / step, 0, 1) for knot in range(number)]


def course(coded: Floats, known: Floats, sequence: Ints, length_ms: Floats, basis: Floats, amount: Amount) -> Floats:
    """mu (R, K, M): each coding's own mean plus the category's common course, scaled by what can vary.

    `sequence` (R,) says which of the n sequences each coding is of. With m the mean of a coding over its known time
    and a = m (1 - m) for shares, a = m for counts: mu = m + a Z beta; beta by weighted least squares of
    coded - m known on a known Z, one for all raters. Weights: known length / number of raters of that sequence for
    shares, 1 / (m number of raters) for counts. Ridge: .001 diag(H) + (1e-9 tr(H) / p + 1e-12) I.
    """
    raters = np.bincount(sequence, minlength=len(length_ms))[sequence].astype(np.float64)
    known_sum = known.sum(axis=2)
    mean = np.divide(coded.sum(axis=2), known_sum, out=np.zeros_like(known_sum), where=known_sum > 0)
    if amount is Amount.SHARE:
        scale = mean * (1 - mean)
        weight = known_sum / CELLS * (length_ms[sequence] / (raters * length_ms.mean()))[:, None]
    else:
        scale = mean
        weight = np.divide(1.0, mean * raters[:, None], out=np.zeros_like(mean), where=mean > 1e-9)
    trend = basis[sequence]
    expected = np.empty_like(coded)
    for category in range(coded.shape[1]):
        regressors = (scale[:, category, None] * known[:, category])[:, None, :] * trend
        response = coded[:, category] - mean[:, category, None] * known[:, category]
        beta = _least_squares(regressors, response, weight[:, category])
        usual = np.einsum("p,rpm->rm", beta, trend)
        expected[:, category] = mean[:, category, None] + scale[:, category, None] * usual
    return expected


def _least_squares(regressors: Floats, response: Floats, weight: Floats) -> Floats:
    p = regressors.shape[1]
    rows = regressors.transpose(1, 0, 2).reshape(p, -1)
    weighted = (regressors * weight[:, None, None]).transpose(1, 0, 2).reshape(p, -1)
    normal = weighted @ rows.T
    ridge = _RIDGE * np.diag(np.diag(normal)) + (1e-9 * np.trace(normal) / p + 1e-12) * np.eye(p)
    return np.asarray(np.linalg.solve(normal + ridge, weighted @ response.ravel()))


@dataclass(frozen=True)
class _Part:
    """One coding with what the cells of its sequence hold and are expected to hold, (K, M) each."""

    coding: CodedTime | CodedEvents
    coded: Floats
    known: Floats
    expected: Floats


@dataclass(frozen=True)
class _Parts:
    """The second systems of T sequences: the codings stacked, and their cells as (M, T K)."""

    stacked: Stacked | Onsets
    usual: Floats
    """k mu."""
    unusual: Floats
    """A - k mu."""


def joint_excess(f: Coded, i: Coded, pairing: Pairing) -> Excess:
    """Joint time of F in s with I of t stretched to the length of s, and what amounts and course let expect, in ms.

    E = (L / M) sum over cells of (A_F k_I mu_I + k_F mu_F A_I - k_F k_I mu_F mu_I); means over pairs of coders.
    """
    length = np.array([_span(next(iter(item.values()))) for item in f], dtype=np.float64)
    basis = trend_basis(length)
    first, second = (_with_course(side, length, basis, _time_cells, Amount.SHARE) for side in (f, i))

    def rows(parts: Sequence[_Part], others: _Parts) -> Floats:
        assert isinstance(others.stacked, Stacked)
        joint = [joint_matrix(part.coding, others.stacked) for part in parts if isinstance(part.coding, CodedTime)]
        cell_ms = np.array([_span(part.coding) / CELLS for part in parts])
        return np.concatenate([joint, cell_ms[:, None, None, None] * _expected(parts, others)], axis=3)

    return _split(paired_matrix(first, second, pairing, _stack_time, rows))


def window_excess(given: Marked, targets: Marked, pairing: Pairing, rule: WindowRule) -> Excess:
    """Target onsets of t in the windows of s, and what amounts and course let expect.

    E = sum over cells of (U mu_N + mu_U N - mu_U mu_N): U the share of a cell inside the union of the windows, N the
    number of target onsets in it.
    """
    length = np.array([_span(next(iter(item.values()))) for item in given], dtype=np.float64)
    basis = trend_basis(length)
    first = _with_course(given, length, basis, lambda item: _window_cells(item, rule), Amount.SHARE)
    second = _with_course(targets, length, basis, _onset_cells, Amount.COUNT)

    def rows(parts: Sequence[_Part], others: _Parts) -> Floats:
        assert isinstance(others.stacked, Onsets)
        given = [part.coding for part in parts if isinstance(part.coding, CodedEvents)]
        observed = [rule.counts(coding, others.stacked)[0] for coding in given]
        return np.concatenate([observed, _expected(parts, others)], axis=3)

    return _split(paired_matrix(first, second, pairing, _stack_events, rows))


def _with_course(
    side: Sequence[Mapping[str, CodedTime | CodedEvents]],
    length: Floats,
    basis: Floats,
    cells: Callable[..., tuple[Floats, Floats]],
    amount: Amount,
) -> list[dict[str, _Part]]:
    """Every coding of one system with its cells and their expectation, fitted over all of them together."""
    places = [(row, name) for row, item in enumerate(side) for name in sorted(item)]
    filled = [cells(side[row][name]) for row, name in places]
    coded, known = (np.stack([item[part] for item in filled]) for part in range(2))
    sequence = np.array([row for row, _ in places], dtype=np.int64)
    expected = course(coded, known, sequence, length, basis, amount)
    parts: list[dict[str, _Part]] = [{} for _ in side]
    for at, (row, name) in enumerate(places):
        parts[row][name] = _Part(side[row][name], coded[at], known[at], expected[at])
    return parts


def _time_cells(item: CodedTime) -> tuple[Floats, Floats]:
    """Share of each cell that is coded, and that is known, (K, M) each."""
    flags = np.hstack([item.present & item.known, item.known]).astype(np.float64)
    shares = _covered(item.edges_ms.astype(np.float64), flags)
    k = item.present.shape[1]
    return shares[:, :k].T, shares[:, k:].T


def _covered(edges: Floats, flags: Floats) -> Floats:
    """Share of each cell (M, columns) that segments between `edges` cover where their flags (S, columns) are 1."""
    total = np.zeros((len(edges), flags.shape[1]))
    np.cumsum(flags * np.diff(edges)[:, None], axis=0, out=total[1:])
    cuts = np.linspace(edges[0], edges[-1], CELLS + 1)
    at = np.column_stack([np.interp(cuts, edges, column) for column in total.T])
    return np.asarray(np.diff(at, axis=0) / ((edges[-1] - edges[0]) / CELLS))


def _window_cells(item: CodedEvents, rule: WindowRule) -> tuple[Floats, Floats]:
    shares = np.zeros((item.n_categories, CELLS))
    for code in range(item.n_categories):
        begins, ends = rule.union(item, code)
        if len(begins):
            cuts = np.linspace(item.window_start_ms, item.window_end_ms, CELLS + 1)
            # Windows are disjoint, so what they cover up to a cut is a piecewise linear function of it.
            edges = np.concatenate([[item.window_start_ms], np.column_stack([begins, ends]).ravel()]).astype(np.float64)
            inside = np.concatenate([[0.0, 0.0], np.repeat(np.cumsum(ends - begins), 2)[:-1]])
            shares[code] = np.diff(np.interp(cuts, edges, inside)) / (_span(item) / CELLS)
    return shares, np.ones_like(shares)


def _onset_cells(item: CodedEvents) -> tuple[Floats, Floats]:
    marked = onsets([item])
    cell = np.minimum((marked.after_ms / _span(item) * CELLS).astype(np.int64), CELLS - 1)
    counts = np.bincount(marked.codes * CELLS + cell, minlength=item.n_categories * CELLS).astype(np.float64)
    return counts.reshape(item.n_categories, CELLS), np.ones((item.n_categories, CELLS))


def _span(item: CodedTime | CodedEvents) -> float:
    if isinstance(item, CodedTime):
        return float(item.edges_ms[-1] - item.edges_ms[0])
    return float(item.window_end_ms - item.window_start_ms)


def _stack_time(parts: Sequence[_Part]) -> _Parts:
    return _stacked(parts, stack([part.coding for part in parts if isinstance(part.coding, CodedTime)]))


def _stack_events(parts: Sequence[_Part]) -> _Parts:
    return _stacked(parts, onsets([part.coding for part in parts if isinstance(part.coding, CodedEvents)]))


def _stacked(parts: Sequence[_Part], codings: Stacked | Onsets) -> _Parts:
    coded, known, expected = (
        np.concatenate([getattr(part, name) for part in parts]).T for name in ("coded", "known", "expected")
    )
    usual = known * expected
    return _Parts(codings, usual, coded - usual)


def _expected(parts: Sequence[_Part], others: _Parts) -> Floats:
    """E of S codings with T others, (S, T, K_F, K_I), in cells."""
    coded = np.concatenate([part.coded for part in parts])
    usual_f = np.concatenate([part.known * part.expected for part in parts])
    summed = coded @ others.usual + usual_f @ others.unusual
    return np.asarray(summed.reshape(len(parts), len(parts[0].coded), -1, _categories(others)).transpose(0, 2, 1, 3))


def _categories(others: _Parts) -> int:
    return others.stacked.flags.shape[1] // 2 if isinstance(others.stacked, Stacked) else others.stacked.n_categories


def _split(both: Floats) -> Excess:
    half = both.shape[3] // 2
    return Excess(both[..., :half], both[..., half:])


def strata_of(cluster: Ints, length_ms: Floats) -> Ints:
    """The stratum of each of the G clusters: by rank of their mean log length, `floor(rank k / G)`, stable ties.

    k = max(1, min(6, floor(G / 6))). `cluster` (n,) numbers the clusters 0..G-1.
    """
    size = np.bincount(cluster)
    number = max(1, min(MOST_STRATA, len(size) // CLUSTERS_PER_STRATUM))
    mean_log = np.bincount(cluster, np.log(length_ms)) / size
    rank = np.argsort(np.argsort(mean_log, kind="stable"), kind="stable")
    return np.asarray(rank * number // len(size), dtype=np.int64)


def exchanges(cluster: Ints, length_ms: Floats, rng: np.random.Generator, n_draws: int) -> Ints:
    """The partner of every sequence in each draw, (N, n): whole clusters exchanged within their strata.

    A cluster of n_c sequences that gets a donor of n_d: sequences are matched by rank of length, the donor's index is
    floor((r + u) n_d / n_c) with one u ~ U(0, 1) per cluster and draw.
    """
    size = np.bincount(cluster)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    stratum = strata_of(cluster, length_ms)
    order = np.lexsort((np.arange(len(length_ms)), length_ms, cluster))
    rank = np.empty(len(length_ms), dtype=np.int64)
    rank[order] = np.arange(len(length_ms)) - first[cluster[order]]
    donor = np.tile(np.arange(len(size)), (n_draws, 1))
    for number in range(int(stratum.max()) + 1):
        members = np.flatnonzero(stratum == number)
        donor[:, members] = members[rng.permuted(np.tile(np.arange(len(members)), (n_draws, 1)), axis=1)]
    of_sequence = donor[:, cluster]
    u = rng.random((n_draws, len(size)))[:, cluster]
    place = np.floor((rank + u) / size[cluster] * size[of_sequence]).astype(np.int64)
    return np.asarray(order[first[of_sequence] + np.minimum(place, size[of_sequence] - 1)])


def exchange_test(
    matrix: Floats, cluster: Ints, length_ms: Floats, rng: np.random.Generator, n_draws: int
) -> PermutationTest:
    """p of the sum of C[s, s] against exchanges of whole clusters; C (n, n, K_F, K_I), for example J - E.

    Two-sided on the distance from the null's mean, ties are extreme; maxT over all pairs of categories from the same
    draws. All p are NaN with fewer than 5 clusters, and where no exchange changes the statistic.
    """
    n, shape = matrix.shape[0], matrix.shape[2:]
    flat = matrix.reshape(n, n, -1)
    null = np.empty((n_draws, flat.shape[2]))
    rows = np.arange(n)
    for begin in range(0, n_draws, _DRAWS_AT_ONCE):
        partners = exchanges(cluster, length_ms, rng, min(_DRAWS_AT_ONCE, n_draws - begin))
        drawn = null[begin : begin + len(partners)]
        drawn[:] = 0.0
        for s in rows:
            drawn += flat[s][partners[:, s]]
    test = compare(np.einsum("ssk->k", flat), null, shape)
    if int(cluster.max()) + 1 < FEWEST_CLUSTERS:
        undefined = np.full(shape, np.nan)
        return replace(test, p=undefined, p_maxt=undefined)
    return test


def effect(excess: Excess, cluster: Ints) -> Effect:
    """Ratio of observed to expected with its interval, from J[s, s] and E[s, s].

    The interval is exp of the log ratio plus or minus t (G - 1 degrees of freedom) times its jackknife standard error
    over clusters. It is not dual to p. NaN: ratio where the sum of E is not positive; interval where fewer than two
    clusters remain, or where without some cluster nothing would be observed or expected.
    """
    observed, expected = (np.einsum("ssfi->sfi", side) for side in (excess.observed, excess.expected))
    groups = int(cluster.max()) + 1
    by_cluster = [_summed(side, cluster, groups) for side in (observed, expected)]
    total_j, total_e = (side.sum(axis=0) for side in by_cluster)
    ratio = np.divide(total_j, total_e, out=np.full_like(total_j, np.nan), where=total_e > 0)
    left_j, left_e = total_j - by_cluster[0], total_e - by_cluster[1]
    # Rounding of sums must not pass for something that is left.
    usable = (left_j > 1e-9 * total_j).all(axis=0) & (left_e > 1e-9 * np.abs(total_e)).all(axis=0)
    usable &= (total_j > 0) & (total_e > 0) & (groups > 1)
    low, high = np.full_like(ratio, np.nan), np.full_like(ratio, np.nan)
    if usable.any():
        logs = np.log(left_j[:, usable] / left_e[:, usable])
        error = np.sqrt((groups - 1) / groups * ((logs - logs.mean(axis=0)) ** 2).sum(axis=0))
        reach = float(stats.t.ppf((1 + CONFIDENCE) / 2, groups - 1)) * error
        low[usable], high[usable] = np.exp(np.log(ratio[usable]) - reach), np.exp(np.log(ratio[usable]) + reach)
    return Effect(total_j, total_e, ratio, low, high)


def _summed(side: Floats, cluster: Ints, groups: int) -> Floats:
    total = np.zeros((groups, *side.shape[1:]))
    np.add.at(total, cluster, side)
    return total
