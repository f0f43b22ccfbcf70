"""Windows and event lags by hand, and against textbook formulas."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.association.lags import LagRule, LagTable, expected_counts, lag_cells, lag_table, merged
from elancry.association.sequential import (
    Anchor,
    CodedEvents,
    WindowRule,
    adjusted_residual,
    onsets,
    rate_ratio_q,
    window_counts,
)
from elancry.association.swap import pair_raters


def marked(*events: tuple[int, int, int], length: int = 100, k: int = 2) -> CodedEvents:
    """Events as (start, end, code) in a sequence of `length` ms."""
    columns = np.array(events, dtype=np.int64).reshape(-1, 3)
    return CodedEvents(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int16), 0, length, k)


GIVEN = marked((10, 12, 0), (15, 18, 0), (50, 60, 1), (95, 99, 0))
TARGET = marked((10, 20, 0), (20, 30, 0), (25, 26, 0), (26, 27, 0), (100 - 1, 100, 0), (70, 80, 1))


def test_windows_are_joined_and_cut_at_the_end() -> None:
    """Onsets of 0 at 10, 15, 95; w = 10: (10, 25] and (95, 100], 20 ms in all."""
    begins, ends = WindowRule(10).union(GIVEN, 0)
    assert begins.tolist() == [10, 95]
    assert ends.tolist() == [25, 100]
    assert WindowRule(10, Anchor.OFFSET).union(GIVEN, 0)[0].tolist() == [12, 99]


def test_window_statistics_by_hand() -> None:
    """
    Target 0 begins at 10, 20, 25, 26, 99. In (10, 25] and (95, 100]: 20, 25, 99, so O = 3; 10 is not after 10.
    pi = 20 / 100, N = 5: E = 1, variance .8; rates 3 / 20 and 2 / 80, Q = (.15 - .025) / (.15 + .025).
    """
    given, target = [{"R": GIVEN}], [{"R": TARGET}]
    counts = window_counts(given, target, pair_raters(given, target), WindowRule(10))
    assert (counts.observed[0, 0], counts.n_given[0, 0], counts.n_target[0, 0]) == (3, 3, 5)
    assert counts.expected[0, 0] == pytest.approx(1.0)
    assert adjusted_residual(counts)[0, 0] == pytest.approx(2 / np.sqrt(0.8))
    assert rate_ratio_q(counts)[0, 0] == pytest.approx((0.15 - 0.025) / (0.15 + 0.025))


def test_only_events_that_open_a_window_are_given() -> None:
    """Length 100. Given 10-30 and 80-130: both begin in the sequence, the second ends after it and opens none there."""
    given, target = [{"R1": marked((10, 30, 0), (80, 130, 0))}], [{"R1": marked((35, 40, 0))}]
    pairing = pair_raters(given, target)
    for anchor, number in ((Anchor.ONSET, 2), (Anchor.OFFSET, 1)):
        assert window_counts(given, target, pairing, WindowRule(10, anchor)).n_given[0, 0] == number


def test_window_excess_of_stretched_tiers() -> None:
    """The target tier of a sequence half as long, onsets doubled: 0 at 20 in, at 80 out; N pi = 2 x .2."""
    half = marked((10, 12, 0), (40, 44, 0), length=50)
    excess = WindowRule(10).excess(GIVEN, onsets([TARGET, half]))
    assert excess[0, 0, 0] == pytest.approx(3 - 1)
    assert excess[1, 0, 0] == pytest.approx(1 - 2 * 0.2)


def test_simultaneous_onsets_are_one_state() -> None:
    """
    given   0 at 10, 15, 95; 1 at 50       target (codes 2, 3)   2 at 10, 20, 25, 26, 99; 3 at 70
    order   10 {0,2}  15 {0}  20 {2}  25 {2}  26 {2}  50 {1}  70 {3}  95 {0}  99 {2}
    """
    flags, owner = merged(GIVEN, onsets([TARGET]))
    states = [set(np.flatnonzero(row).tolist()) for row in flags]
    assert states == [{0, 2}, {0}, {2}, {2}, {2}, {1}, {3}, {0}, {2}]
    assert owner.tolist() == [0] * 9


def test_lag_one_by_hand() -> None:
    """From the order above, 8 transitions: 0 -> 2 twice (15-20, 95-99) of 3 given, 2 is the later one 4 times."""
    given, target = [{"R": GIVEN}], [{"R": TARGET}]
    table = lag_table(given, target, pair_raters(given, target), 1)
    assert not table.structural.any()  # 2 follows itself
    cell = lag_cells(table, 2, 2)[0][0]
    assert (cell.observed, cell.n_given, cell.n_target, cell.total) == (2, 3, 4, 8)
    assert cell.expected == pytest.approx(3 * 4 / 8)
    # Haberman: (x - e) / sqrt(e (1 - row / n) (1 - column / n)); 2 x 2 table 2, 1, 2, 3
    assert cell.adjusted_residual == pytest.approx(0.5 / np.sqrt(1.5 * (1 - 3 / 8) * (1 - 4 / 8)))
    assert cell.yules_q == pytest.approx((2 * 3 - 1 * 2) / (2 * 3 + 1 * 2))
    # Wampold: (x - e) / (min(row, column) - e)
    assert cell.transformed_kappa == pytest.approx(0.5 / (3 - 1.5))
    # Hypergeometric variance: 3 x 4 x (8 - 3) x (8 - 4) / (8^2 x 7)
    deviation = np.sqrt(3 * 4 * 5 * 4 / (64 * 7))
    assert LagRule(1).excess(GIVEN, onsets([TARGET]))[0, 0, 0] == pytest.approx(0.5 / deviation)


def test_structural_zeros_are_fitted() -> None:
    """Three states that never follow themselves, margins 6, 3, 3 each way.

    m_12 = m_13 = m_21 = m_31 = 3 uses up all of 6 + 6, so m_23 = m_32 = 0 is the fit's limit.
    """
    states = tuple(frozenset({code}) for code in range(3))
    counts = np.array([[0.0, 3, 3], [3, 0, 0], [3, 0, 0]])
    fitted = expected_counts(LagTable(states, counts, np.eye(3, dtype=bool)))
    np.testing.assert_allclose(fitted, counts, atol=0.01)
    even = expected_counts(LagTable(states, np.ones((3, 3)) - np.eye(3), np.eye(3, dtype=bool)))
    np.testing.assert_allclose(even, np.ones((3, 3)) - np.eye(3), atol=1e-9)


def test_adjusted_residuals_with_structural_zeros_equal_the_log_linear_model() -> None:
    """(x - m) / sqrt(m (1 - h)) with h the leverage of statsmodels' Poisson model without the diagonal."""
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng(4)
    counts = rng.integers(3, 15, size=(4, 4)).astype(float)
    np.fill_diagonal(counts, 0)
    table = LagTable(tuple(frozenset({code}) for code in range(4)), counts, np.eye(4, dtype=bool))
    at = [(i, j) for i in range(4) for j in range(4) if i != j]
    design = np.array([[1.0, *(i == r for r in (1, 2, 3)), *(j == c for c in (1, 2, 3))] for i, j in at])
    model = GLM(np.array([counts[i, j] for i, j in at]), design, family=Poisson()).fit(tol=1e-12)
    leverage = model.get_influence().hat_matrix_diag
    cells = lag_cells(table, 2, 2)
    for (i, j), m, h in zip(at, model.fittedvalues, leverage, strict=True):
        if i < 2 <= j:
            cell = cells[i][j - 2]
            assert cell.expected == pytest.approx(m, rel=1e-6)
            assert cell.adjusted_residual == pytest.approx((counts[i, j] - m) / np.sqrt(m * (1 - h)), rel=1e-6)


def test_nothing_marked() -> None:
    given, target = [{"R": marked()}], [{"R": TARGET}]
    counts = window_counts(given, target, pair_raters(given, target), WindowRule(10))
    assert np.isnan(adjusted_residual(counts)).all()
    assert np.isnan(rate_ratio_q(counts)).all()
    cells = lag_cells(lag_table(given, target, pair_raters(given, target), 1), 2, 2)
    assert np.isnan(cells[0][0].adjusted_residual)
    assert LagRule(1).excess(marked(), onsets([marked(), TARGET])).shape == (2, 2, 2)
