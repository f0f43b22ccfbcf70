"""Invariants of ICC, bins, unitizing alphas and boundaries on any valid input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from elancry.agreement import icc
from elancry.agreement.binned import bin_codes, tolerant_table
from elancry.agreement.boundaries import differences, matched_boundaries
from elancry.agreement.icc_unbalanced import icc_varying_teams
from elancry.agreement.sums import Layout, nominal_sums
from elancry.agreement.unitizing import UnitizingAlphas, Units, disagreement_2004, unitizing_sums

ratings = st.tuples(st.integers(0, 9), st.integers(1, 4)).flatmap(
    lambda shape: hnp.arrays(np.float64, shape, elements=st.sampled_from([0.0, 1, 2, 3, 4, 0.25, np.nan]))
)
complete = st.tuples(st.integers(2, 9), st.integers(2, 4)).flatmap(
    lambda shape: hnp.arrays(np.float64, shape, elements=st.floats(-5, 5).map(lambda x: round(x, 2)))
)


@settings(max_examples=60, deadline=None)
@given(ratings)
def test_icc_never_fails(values: np.ndarray) -> None:
    for estimate, interval in icc.icc_table(values).values():
        assert (estimate.value is None) == bool(estimate.reason)
        assert estimate.value is None or estimate.value <= 1 + 1e-9
        if interval.low is not None and interval.high is not None and estimate.value is not None:
            assert interval.low <= estimate.value + 1e-9
            assert estimate.value <= interval.high + 1e-9


@settings(max_examples=20, deadline=None)
@given(complete)
def test_pingouin_and_the_vectorised_icc_agree(values: np.ndarray) -> None:
    sums = icc.icc_sums(values - values.mean())
    ours, limits = icc.icc_from_sums(sums), icc.f_limits(sums, 0.95)
    for index, (estimate, interval) in enumerate(icc.icc_table(values).values()):
        if interval.low is not None:
            assert ours[index] == pytest.approx(estimate.value, abs=1e-6, rel=1e-5)
            assert limits[index] == pytest.approx((interval.low, interval.high), abs=1e-6, rel=1e-5)


@given(complete, st.floats(-100, 100), st.floats(0.1, 10))
def test_icc_ignores_origin_and_unit(values: np.ndarray, shift: float, scale: float) -> None:
    def icc_of(x: np.ndarray) -> np.ndarray:
        return icc.icc_from_sums(icc.icc_sums(x - x.mean()))

    first, second = icc_of(values), icc_of(values * scale + shift)
    both = np.isfinite(first) & np.isfinite(second) & (np.abs(first) < 100)
    np.testing.assert_allclose(first[both], second[both], atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(ratings)
def test_varying_teams_never_fail(values: np.ndarray) -> None:
    found = icc_varying_teams(values)
    for estimate in (found.single, found.mean):
        assert estimate.value is None or -1e-9 <= estimate.value <= 1 + 1e-9


segments = st.lists(
    st.tuples(st.integers(1, 4_000), st.lists(st.integers(-1, 2), min_size=2, max_size=2)), min_size=1, max_size=12
)


def cut(parts: list[tuple[int, list[int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    edges = np.concatenate([[0], np.cumsum([length for length, _ in parts])])
    return edges[:-1], edges[1:], np.array([codes for _, codes in parts])


@given(segments)
def test_bins_of_one_ms_are_exact(parts: list[tuple[int, list[int]]]) -> None:
    """With the smallest time unit there is, binned sums equal exact ones: the limit of ever smaller bins."""
    start, end, codes = cut(parts)
    binned, weights = bin_codes(start, end, codes, 1)
    exact = nominal_sums(codes, (end - start).astype(float), 3)
    np.testing.assert_allclose(nominal_sums(binned, weights, 3), exact, rtol=1e-12)


@given(segments, st.integers(1, 3_000))
def test_bins_converge_as_the_time_unit_shrinks(parts: list[tuple[int, list[int]]], unit: int) -> None:
    """Time in a wrong bin is at most half a bin at each side of each cut, hence the bound on every cell."""
    start, end, codes = cut(parts)
    binned, weights = bin_codes(start, end, codes, unit)
    assert weights.sum() == end[-1]
    layout = Layout(2, 3)
    exact = layout.table(nominal_sums(codes, (end - start).astype(float), 3), "pairs")[0]
    found = layout.table(nominal_sums(binned, weights, 3), "pairs")[0]
    assert np.abs(found - exact).max() <= 2 * unit * (len(parts) + 1)


@given(segments, st.integers(0, 3))
def test_tolerance_never_lowers_agreement_and_is_symmetric(parts: list[tuple[int, list[int]]], bins: int) -> None:
    start, end, codes = cut(parts)
    binned, weights = bin_codes(start, end, codes, 500)
    strict = tolerant_table(binned[:, 0], binned[:, 1], weights, 3, 0)
    loose = tolerant_table(binned[:, 0], binned[:, 1], weights, 3, bins)
    assert loose.sum() == pytest.approx(strict.sum())
    assert np.trace(loose) >= np.trace(strict) - 1e-9
    np.testing.assert_allclose(tolerant_table(binned[:, 1], binned[:, 0], weights, 3, bins), loose.T)


spans = st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30), st.integers(0, 2)), max_size=6)
continua = st.lists(spans, min_size=2, max_size=4)


def units(rater: list[tuple[int, int, int]], scale: int = 1) -> Units:
    start = np.array([s for s, _, _ in rater], dtype=int)
    length = np.array([n for _, n, _ in rater], dtype=int)
    return Units.of(start * scale, (start + length) * scale, np.array([c for *_, c in rater], dtype=int), 100 * scale)


def family(raters: list[Units], scale: int = 1) -> list[float]:
    found = UnitizingAlphas(unitizing_sums(raters, 100.0 * scale, 3), 3)
    return [float(x) for x in (found.alpha, found.binary, found.coding, *(found.category(k) for k in range(3)))]


@given(continua)
def test_unitizing_alphas_ignore_order_and_unit_of_time(raters: list[list[tuple[int, int, int]]]) -> None:
    first = family([units(rater) for rater in raters])
    assert family([units(rater) for rater in reversed(raters)]) == pytest.approx(first, abs=1e-9, nan_ok=True)
    assert family([units(rater, 40) for rater in raters], 40) == pytest.approx(first, abs=1e-9, nan_ok=True)
    assert all(np.isnan(value) or value <= 1 + 1e-9 for value in first)
    for category in range(3):
        both = [
            disagreement_2004([units(rater, scale) for rater in raters], category, 100.0 * scale).alpha
            for scale in (1, 40)
        ]
        assert both[1] == pytest.approx(both[0], abs=1e-9, nan_ok=True)


@given(spans)
def test_unitizing_duplicates_give_one_or_undefined(rater: list[tuple[int, int, int]]) -> None:
    for value in family([units(rater), units(rater), units(rater)]):
        assert np.isnan(value) or value == pytest.approx(1, abs=1e-9)
    for category in range(3):
        alpha = disagreement_2004([units(rater), units(rater)], category, 100.0).alpha
        assert np.isnan(alpha) or alpha == pytest.approx(1, abs=1e-9)


times = st.lists(st.integers(0, 60), max_size=6)


@given(times, times, st.integers(0, 20))
def test_boundaries_are_matched_as_well_as_possible(first: list[int], second: list[int], tolerance: int) -> None:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    a, b = np.array(first, dtype=int), np.array(second, dtype=int)
    found = matched_boundaries(a, b, tolerance)
    if len(a) and len(b):
        near = csr_array((np.abs(a[:, None] - b[None]) <= tolerance).astype(int))
        assert found == (maximum_bipartite_matching(near, perm_type="column") >= 0).sum()
    else:
        assert found == 0
    assert matched_boundaries(b, a, tolerance) == found


@given(st.lists(st.integers(-5_000, 5_000), max_size=20))
def test_differences_turn_with_the_raters(values: list[int]) -> None:
    d = np.array(values, dtype=float)
    there, back = differences(d), differences(-d)
    assert back.bias == pytest.approx(-there.bias, nan_ok=True)
    assert back.mad == pytest.approx(there.mad, nan_ok=True)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), nan_ok=True)


@given(hnp.arrays(np.float64, st.integers(2, 8), elements=st.sampled_from([0.0, 1, 2, 3.5])), st.integers(2, 4))
def test_duplicate_ratings_give_one_or_undefined(column: np.ndarray, raters: int) -> None:
    values = np.repeat(column[:, None], raters, axis=1)
    found = [*icc.icc_from_sums(icc.icc_sums(values - values.mean())), icc_varying_teams(values).single.value]
    for value in found:
        assert value is None or np.isnan(value) or value == pytest.approx(1)
