"""Boundaries, bins, unitizing alphas, varying teams: by hand, as published, or by a second implementation."""

from __future__ import annotations

import sys
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from elancry.agreement import easydiag, icc
from elancry.agreement.binned import bin_codes, tolerant_table
from elancry.agreement.boundaries import differences, f1, matched_boundaries
from elancry.agreement.icc_unbalanced import icc_varying_teams, reml_information, variance_components
from elancry.agreement.unitizing import UnitizingAlphas, Units, disagreement_2004, unitizing_sums


def test_differences_by_hand() -> None:
    """-100, 0, 100, 200, 800: mean 200; deviations -300 -200 -100 0 600, squares 500,000 / 4 = 125,000."""
    found = differences(np.array([-100, 0, 100, 200, 800]))
    assert (found.n, found.bias, found.median, found.mad) == (5, 200, 100, 100)
    assert found.sd == pytest.approx(125_000**0.5)
    assert (found.low, found.high) == pytest.approx((200 - 1.959964 * found.sd, 200 + 1.959964 * found.sd), abs=1e-3)
    assert found.quantiles == pytest.approx((-80, 680))


def test_boundaries_within_a_tolerance_are_used_once() -> None:
    """Two onsets of one rater near one of the other count once; 2 * 2 / (3 + 2) boundaries."""
    first, second = np.array([1_000, 1_200, 5_000]), np.array([1_100, 5_400])
    assert matched_boundaries(first, second, 100) == 1
    assert matched_boundaries(first, second, 400) == 2
    assert f1(np.array([2.0, 0.0]), np.array([5.0, 0.0])) == pytest.approx([0.8, np.nan], nan_ok=True)


def test_a_bin_takes_the_code_that_fills_most_of_it() -> None:
    # ms   0    400      1000   1300    2000  2300
    # R1   a    b        b      a       a
    # R2   -    -        b      b       a
    start, end = np.array([0, 400, 1000, 1300, 2000]), np.array([400, 1000, 1300, 2000, 2300])
    codes = np.array([[0, -1], [1, -1], [1, 1], [0, 1], [0, 0]])
    binned, lengths = bin_codes(start, end, codes, 1000)
    assert binned.tolist() == [[1, -1], [0, 1], [0, 0]]
    assert lengths.tolist() == [1000, 1000, 300]


def test_equal_time_in_a_bin_goes_to_what_comes_first() -> None:
    binned, _ = bin_codes(np.array([0, 500]), np.array([500, 1000]), np.array([[1, 0], [0, 1]]), 1000)
    assert binned.tolist() == [[1, 0]]


def test_a_tolerance_of_one_bin_forgives_a_late_rater() -> None:
    """aabb against aaab: bin 2 (b, a) agrees within one bin from either side."""
    first, second = np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1])
    assert tolerant_table(first, second, np.ones(4), 2, 0).tolist() == [[2, 0], [1, 1]]
    assert tolerant_table(first, second, np.ones(4), 2, 1).tolist() == [[2.5, 0], [0, 1.5]]


# Krippendorff (2019) Content Analysis, 4th ed., p. 340, fig. 12.11: begin, end (inclusive), value on 60 characters.
ALEX = [(1, 7, 1), (8, 13, 2), (31, 32, 5), (33, 37, 6), (38, 44, 6), (45, 60, 7)]
PAUL = [(1, 7, 1), (8, 13, 3), (14, 21, 5), (33, 44, 6)]
SUZAN = [(1, 7, 1), (8, 13, 4), (14, 21, 5), (33, 37, 6), (38, 41, 6), (42, 44, 6)]


def book(rater: list[tuple[int, int, int]]) -> Units:
    start, end, value = (np.array([unit[i] for unit in rater]) for i in range(3))
    return Units.of(start - 1, end, value - 1, 60)


def test_unitizing_alphas_of_the_book() -> None:
    """Printed: .510, .413, .724; the first two recomputed to ten digits for the oracles."""
    found = UnitizingAlphas(unitizing_sums([book(ALEX), book(PAUL), book(SUZAN)], 60, 7, grain=1), 7)
    assert float(found.alpha) == pytest.approx(0.5099819078, abs=1e-10)
    assert float(found.binary) == pytest.approx(0.4135992305, abs=1e-10)
    assert float(found.coding) == pytest.approx(0.724, abs=5e-4)


def test_unitizing_terms_of_sequences_are_added_and_never_pooled_first() -> None:
    """Observed and expected coincidences of two continua, each on its own."""
    one = unitizing_sums([book(ALEX), book(PAUL)], 60, 7)
    two = unitizing_sums([book(PAUL), book(SUZAN)], 60, 7)
    observed, expected = (
        [table.sum() - np.trace(table) for table in tables]
        for tables in zip(*(UnitizingAlphas(s, 7)._tables()[:2] for s in (one, two)), strict=True)
    )
    assert float(UnitizingAlphas(one + two, 7).alpha) == pytest.approx(1 - sum(observed) / sum(expected))


def test_alpha_of_2004_in_the_book() -> None:
    """Krippendorff (2004), p. 254, category c: D_o .0144, D_e .0532, alpha .7286."""
    i = Units.of(np.array([75, 220]), np.array([145, 250]), np.array([0, 0]), 300)
    j = Units.of(np.array([70, 205, 250]), np.array([150, 225, 270]), np.array([0, 0, 0]), 300)
    found = disagreement_2004([i, j], 0, 300, grain=1)
    assert (found.observed, found.expected) == pytest.approx((0.0144, 0.0532), abs=5e-5)
    assert found.alpha == pytest.approx(0.7286, abs=1e-4)


def many_units(n: int) -> tuple[list[Units], float]:
    """Six raters with `n` units each, and the length of the continuum."""
    rng = np.random.default_rng(1)
    edges = [np.cumsum(rng.integers(200, 3_000, 2 * n + 1)).astype(float) for _ in range(6)]
    length = max(float(e[-1]) for e in edges)
    return [Units.of(e[:-1:2], e[1::2], rng.integers(0, 5, n), length) for e in edges], length


def all_unitizing(raters: list[Units], length: float) -> None:
    assert np.isfinite(UnitizingAlphas(unitizing_sums(raters, length, 5), 5).alpha)
    assert np.isfinite(disagreement_2004(raters, 0, length).alpha)


def test_six_raters_and_two_thousand_units_need_memory_in_proportion_to_their_number() -> None:
    """Comparing every unit with every other would need sixteen times as much for four times the units."""
    peaks = []
    for n in (500, 2_000):
        raters, length = many_units(n)
        all_unitizing(raters, length)
        tracemalloc.start()
        all_unitizing(raters, length)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 6 * peaks[0]


def test_unitizing_runs_through_raters_and_never_through_units() -> None:
    """As many calls of Python functions for 2,000 units as for 50: what depends on units is done by arrays."""
    calls = []
    for n in (50, 2_000):
        raters, length = many_units(n)
        all_unitizing(raters, length)
        count = 0

        def step(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(step)
        try:
            all_unitizing(raters, length)
        finally:
            sys.setprofile(None)
        calls.append(count)
    assert calls[0] == calls[1]


SIX_TARGETS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def test_variance_components_give_the_published_icc_on_complete_data() -> None:
    """Shrout & Fleiss (1979): ICC(2,1) .2897637795 and ICC(2,4) .6200505476 (R psych)."""
    found = icc_varying_teams(SIX_TARGETS)
    assert (found.k, found.n) == (4, 6)
    assert found.single.value == pytest.approx(0.2897637795, abs=1e-7)
    assert found.mean.value == pytest.approx(0.6200505476, abs=1e-7)


def test_variance_components_with_holes_equal_those_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    rng = np.random.default_rng(0)
    values = rng.normal(size=(46, 1)) + 0.4 * rng.normal(size=(1, 5)) + 0.7 * rng.normal(size=(46, 5))
    values[rng.random(values.shape) < 0.4] = np.nan
    values = values[np.isfinite(values).sum(axis=1) >= 2]
    i, j = np.nonzero(np.isfinite(values))
    frame = pd.DataFrame({"y": values[i, j], "s": i.astype(str), "r": j.astype(str), "g": 1})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("y ~ 1", frame, groups="g", re_formula="0", vc_formula={"s": "0+C(s)", "r": "0+C(r)"})
        theirs = model.fit(reml=True)
    assert variance_components(values) == pytest.approx((theirs.vcomp[1], theirs.vcomp[0], theirs.scale), abs=1e-5)
    k = len(values) / (1 / np.isfinite(values).sum(axis=1)).sum()
    assert icc_varying_teams(values).k == pytest.approx(k)


def test_information_of_variance_components_on_complete_data() -> None:
    """Balanced data: var(e) = 2 e^2 / ((n-1)(r-1)), var(s) = 2 / r^2 ((r s + e)^2 / (n-1) + e^2 / ((n-1)(r-1))).

    These are the variances of the components' estimates from independent mean squares; the raters' likewise.
    """
    n, r, (s, o, e) = 7, 4, (2.0, 0.5, 1.3)
    found = np.linalg.inv(reml_information(np.zeros((n, r)), (s, o, e)))
    rest = e**2 / ((n - 1) * (r - 1))
    expected = (
        2 / r**2 * ((r * s + e) ** 2 / (n - 1) + rest),
        2 / n**2 * ((n * o + e) ** 2 / (r - 1) + rest),
        2 * rest,
    )
    assert np.diag(found) == pytest.approx(expected)


def test_monte_carlo_interval_is_that_of_the_components_distribution() -> None:
    """The limits are quantiles of s / (s + r + e) over normal draws; here again with a million of scipy's."""
    rng = np.random.default_rng(4)
    values = rng.normal(size=(60, 1)) + 0.2 * rng.normal(size=(1, 5)) + 0.7 * rng.normal(size=(60, 5))
    values[::4, 2] = np.nan
    found = icc_varying_teams(values, np.random.default_rng(1)).single_interval
    components = variance_components(values)
    covariance = np.linalg.inv(reml_information(values, components))
    drawn = np.maximum(np.random.default_rng(2).multivariate_normal(components, covariance, size=1_000_000), 0)
    assert found is not None
    limits = np.quantile(drawn[:, 0] / drawn.sum(axis=1), [0.025, 0.975, 0.05])
    assert (found.low, found.high, found.one_sided_low) == pytest.approx(limits, abs=0.01)


def test_pingouins_options_are_left_as_they_were() -> None:
    import pingouin

    before = dict(pingouin.options)
    icc.icc_table(SIX_TARGETS)
    assert dict(pingouin.options) == before


def test_attainable_kappa_is_the_optimum_of_the_transportation_problem() -> None:
    """scipy's linprog maximises the diagonal with given margins and an empty corner, on 200 tables at random."""
    rng = np.random.default_rng(11)
    file_a = np.array([[6.0, 0, 0], [2, 4, 1], [0, 1, 0]])  # docs/easydiag-and-elan.md, file A
    assert easydiag.kappa_attainable(file_a) == pytest.approx(0.630, abs=5e-4)
    assert easydiag.kappa_max(file_a) == pytest.approx(0.753, abs=5e-4)
    for _ in range(200):
        k = int(rng.integers(2, 6))
        table = rng.poisson(rng.uniform(0.3, 6), size=(k, k)).astype(np.float64)
        table[-1, -1] = 0
        if not table[:-1, :-1].sum():
            continue
        gain = -np.diag(np.append(np.ones(k - 1), 0)).ravel()
        margins = [np.kron(np.eye(k), np.ones(k)), np.kron(np.ones(k), np.eye(k))]
        limits = [(0, None)] * (k * k - 1) + [(0, 0)]
        best = optimize.linprog(gain, A_eq=np.vstack(margins), b_eq=[*table.sum(1), *table.sum(0)], bounds=limits)
        row, column = table[:-1].sum(1), table[:, :-1].sum(0)
        n = table.sum()
        chance = table[:-1, :-1].sum() * (row @ column) / (row.sum() * column.sum()) / n
        if chance < 1:
            assert easydiag.kappa_attainable(table) == pytest.approx((-best.fun / n - chance) / (1 - chance), abs=1e-9)
