"""What comes after what, event by event? See `elancry.association.sequential` for definitions and references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.sequential import CodedEvents, Marked, Onsets, onsets
from elancry.association.swap import Pairing

if TYPE_CHECKING:
    from numpy.typing import NDArray

State = frozenset[int]
"""Categories that begin at one moment: given ones are 0..K-1, targets K..K+M-1."""


@dataclass(frozen=True)
class LagTable:
    """Transitions between states at one lag: `counts` (S, S), rows come first; mean over raters, sum over sequences.

    `structural` (S, S) marks transitions that cannot happen.
    """

    states: tuple[State, ...]
    counts: NDArray[np.float64]
    structural: NDArray[np.bool_]


@dataclass(frozen=True)
class LagCell:
    """One pair of categories: counts of the 2 x 2 table, expectation and the statistics on it, NaN if undefined."""

    n_given: float
    n_target: float
    total: float
    observed: float
    expected: float
    adjusted_residual: float
    yules_q: float
    transformed_kappa: float


@dataclass(frozen=True)
class LagRule:
    """Transitions from an event to the one `lag` places later in the merged order."""

    lag: int = 1

    def excess(self, given: CodedEvents, targets: Onsets) -> NDArray[np.float64]:
        """(Observed - row x column / total) / its hypergeometric standard deviation, (T, K, M); 0 where that is 0.

        Standardised per sequence: a sequence's own two tiers grow longer together, stretched ones do not, so the sum of
        plain differences varies more than its null and rejects too often (.06-.07 in simulated studies; this .05-.06).

        `given`: one sequence's own first system; `targets`: the T target tiers stretched to it (`sequential.onsets`).
        Source: Haberman 1973, of a 2 x 2 table.
        """
        flags, owner = merged(given, targets)
        k, t = given.n_categories, targets.n_tiers
        first, second = _pairs(owner, self.lag)
        before, after = flags[first][:, :k], flags[second][:, k:]
        at = owner[first]
        m = targets.n_categories
        # Few transitions lead from a given category to a target.
        both = before.any(axis=1) & after.any(axis=1)
        pairs = (before[both][:, :, None] * after[both][:, None, :]).reshape(-1, k * m)
        observed = _sums(at[both], pairs, t).reshape(t, k, m)
        rows, columns = _sums(at, before, t), _sums(at, after, t)
        total = np.bincount(at, minlength=t).astype(np.float64)
        n, row, column = total[:, None, None], rows[:, :, None], columns[:, None, :]
        zeros = np.zeros_like(observed)
        expected = np.divide(row * column, n, out=zeros.copy(), where=n > 0)
        variance = np.divide(row * column * (n - row) * (n - column), n * n * (n - 1), out=zeros.copy(), where=n > 1)
        return np.divide(observed - expected, np.sqrt(variance), out=zeros, where=variance > 1e-12)


def _sums(tier: NDArray[np.int64], flags: NDArray[np.float64], t: int) -> NDArray[np.float64]:
    """Sums of flags (S, C) within each tier, (t, C); `tier` (S,) is ascending."""
    # Differences of running sums of 0 and 1 are exact.
    total = np.zeros((len(flags) + 1, flags.shape[1]))
    np.cumsum(flags, axis=0, out=total[1:])
    return np.diff(total[np.searchsorted(tier, np.arange(t + 1))], axis=0)


def merged(given: CodedEvents, targets: Onsets) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """States in order of time per target tier: flags (S, K + M) of what begins, number of the tier (S,).

    `given` and `targets` as for `LagRule.excess`; the flags of the given categories come first.
    """
    times, owner, codes = targets.stretched(given), targets.owner, targets.codes
    there = (given.codes >= 0) & (given.start_ms >= given.window_start_ms) & (given.start_ms < given.window_end_ms)
    own = given.start_ms[there].astype(np.float64)
    t = targets.n_tiers
    times = np.concatenate([times, np.tile(own, t)])
    owner = np.concatenate([owner, np.repeat(np.arange(t), len(own))])
    codes = np.concatenate([codes + given.n_categories, np.tile(given.codes[there].astype(np.int64), t)])
    order = np.lexsort((times, owner))
    times, owner, codes = times[order], owner[order], codes[order]
    fresh = np.ones(len(times), dtype=bool)
    fresh[1:] = (times[1:] != times[:-1]) | (owner[1:] != owner[:-1])
    state = np.cumsum(fresh) - 1
    flags = np.zeros((int(fresh.sum()), given.n_categories + targets.n_categories))
    flags[state, codes] = 1.0
    return flags, owner[fresh]


def _pairs(owner: NDArray[np.int64], lag: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.arange(max(len(owner) - lag, 0))
    first = first[owner[first] == owner[first + lag]]
    return first, first + lag


def lag_table(given: Marked, targets: Marked, pairing: Pairing, lag: int) -> LagTable:
    """All transitions at `lag`. At lag 1, if no state ever follows itself, self-transitions count as impossible.

    `given`, `targets` (n,): per sequence a mapping rater -> events, `pairing` as for `sequential.window_counts`; `lag`
    >= 1.
    """
    counts: dict[tuple[State, State], float] = {}
    states: dict[State, None] = {}
    for a, b, pairs in zip(given, targets, pairing.pairs, strict=True):
        for x, y in pairs:
            flags, owner = merged(a[x], onsets([b[y]]))
            named = [frozenset(int(code) for code in np.flatnonzero(row)) for row in flags]
            states.update(dict.fromkeys(named))
            for first, second in zip(*_pairs(owner, lag), strict=True):
                key = named[int(first)], named[int(second)]
                counts[key] = counts.get(key, 0.0) + 1 / len(pairs)
    order = tuple(sorted(states, key=sorted))
    table = np.array([[counts.get((one, two), 0.0) for two in order] for one in order]).reshape(len(order), len(order))
    never = lag == 1 and not np.trace(table) > 0
    return LagTable(order, table, np.eye(len(order), dtype=bool) if never else np.zeros_like(table, dtype=bool))


def expected_counts(table: LagTable) -> NDArray[np.float64]:
    """Counts under (quasi-)independence: iterative proportional fitting from ones outside the structural zeros.

    `table` has S states; returns (S, S), with the margins of the counts (Bakeman & Quera 2011).
    """
    rows, columns = table.counts.sum(axis=1), table.counts.sum(axis=0)
    fitted = np.where(table.structural, 0.0, 1.0)
    for _ in range(10_000):
        before = fitted
        for axis, margin in ((1, rows), (0, columns)):
            sums = fitted.sum(axis=axis)
            factor = np.divide(margin, sums, out=np.zeros_like(margin), where=sums > 0)
            fitted = fitted * (factor[:, None] if axis == 1 else factor[None, :])
        if np.abs(fitted - before).max(initial=0.0) < 1e-12 * max(1.0, float(rows.sum())):
            break
    return fitted


def lag_cells(table: LagTable, k: int, m: int) -> list[list[LagCell]]:
    """The statistics of every given category (k rows) and target category (m columns).

    `table` is of `lag_table`. Sources: Haberman 1973 (adjusted residual), Wampold 1989 (transformed kappa), Bakeman &
    Quera 2011 (Yule's Q).
    """
    fitted = expected_counts(table)
    free = ~table.structural
    s = len(table.states)
    at = np.argwhere(free)
    design = np.zeros((len(at), 2 * s))
    design[np.arange(len(at)), at[:, 0]] = 1.0
    design[np.arange(len(at)), s + at[:, 1]] = 1.0
    weights = fitted[free]
    weighted = design * weights[:, None]
    information = np.linalg.pinv(design.T @ weighted) if len(at) else np.zeros((2 * s, 2 * s))
    cells = []
    for code in range(k):
        holds = np.array([code in state for state in table.states], dtype=bool)
        row = []
        for target in range(k, k + m):
            gets = np.array([target in state for state in table.states], dtype=bool)
            block = np.outer(holds, gets) & free
            pushed = weighted.T @ block[free].astype(np.float64)
            variance = float(fitted[block].sum() - pushed @ information @ pushed)
            row.append(
                _cell(
                    float(table.counts[block].sum()),
                    float(fitted[block].sum()),
                    variance,
                    float(table.counts[holds].sum()),
                    float(table.counts[:, gets].sum()),
                    float(table.counts.sum()),
                )
            )
        cells.append(row)
    return cells


def _cell(observed: float, expected: float, variance: float, given: float, target: float, total: float) -> LagCell:
    nan = float("nan")
    only_given, only_target = given - observed, target - observed
    neither = total - given - target + observed
    straight, crossed = observed * neither, only_given * only_target
    # The distance to the most that the margins allow, or, below expectation, to the fewest possible, which is 0.
    room = min(given, target) - expected if observed >= expected else expected
    return LagCell(
        n_given=given,
        n_target=target,
        total=total,
        observed=observed,
        expected=expected,
        adjusted_residual=(observed - expected) / np.sqrt(variance) if variance > 1e-9 else nan,
        yules_q=(straight - crossed) / (straight + crossed) if straight + crossed > 0 else nan,
        transformed_kappa=(observed - expected) / room if room > 1e-12 else nan,
    )
