"""What must not change a number: order, units, names, and cuts where nothing changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elancry.association.clustered import cluster_slopes, htz, sandwich
from elancry.association.cooccurrence import CodedTime, joint_time, swap_matrix
from elancry.association.mixed import random_intercept
from elancry.association.multiplicity import corrected
from elancry.association.regression import fit_ols
from elancry.association.setcorrelation import set_correlation
from elancry.association.swap import pair_raters, swap_test
from elancry.association.wild import draw_weights, wild_p

seeds = st.integers(0, 10_000)
CLUSTERS = np.array([*range(8), 8, 8, 9, 9, 10, 10, 10, 11, 11, 11])


def a_model(seed: int, n: int = 18, k: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, k)) + rng.normal(size=(12, k))[CLUSTERS]
    return x[:, 0] + rng.normal(size=12)[CLUSTERS] + rng.normal(size=n), x


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_order_of_sequences_and_names_of_sessions_do_not_matter(seed: int) -> None:
    y, x = a_model(seed)
    order = np.random.default_rng(seed).permutation(len(y))
    renamed = (CLUSTERS * 7 + 3) % 101
    one, two = fit_ols(y, x, ["a", "b"]), fit_ols(y[order], x[order], ["a", "b"])
    first, second = cluster_slopes(one, CLUSTERS), cluster_slopes(two, renamed[order])
    for name in ("se", "df", "p"):
        np.testing.assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-9)
    joint, again = (htz(fit, sandwich(fit, c), [1, 2]) for fit, c in ((one, CLUSTERS), (two, renamed[order])))
    assert (joint.f, joint.df2) == pytest.approx((again.f, again.df2), rel=1e-9)
    np.testing.assert_allclose(
        random_intercept(one, CLUSTERS).b, random_intercept(two, renamed[order]).b, rtol=1e-6, atol=1e-9
    )


@given(seeds, st.floats(0.01, 1000))
@settings(max_examples=15, deadline=None)
def test_units_of_a_predictor_change_b_only(seed: int, unit: float) -> None:
    y, x = a_model(seed)
    scaled = x * [unit, 1.0] + [3.0, 0.0]
    one, two = fit_ols(y, x, ["a", "b"]), fit_ols(y, scaled, ["a", "b"])
    assert two.b[1] * unit == pytest.approx(one.b[1], rel=1e-7)
    first, second = cluster_slopes(one, CLUSTERS), cluster_slopes(two, CLUSTERS)
    np.testing.assert_allclose(first.p[1:], second.p[1:], rtol=1e-6)
    np.testing.assert_allclose(one.beta_factor[1:] * one.b[1:], two.beta_factor[1:] * two.b[1:], rtol=1e-7)
    draws = [wild_p(fit, CLUSTERS, 1, draw_weights(12, np.random.default_rng(1), 199)) for fit in (one, two)]
    assert draws[0] == pytest.approx(draws[1], abs=0.011)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_set_correlation_is_symmetric_and_ignores_linear_recoding(seed: int) -> None:
    y, x = a_model(seed)
    both = np.column_stack([y, np.random.default_rng(seed + 1).normal(size=len(y))])
    recoded = x @ np.array([[1.0, 2.0], [-1.0, 0.5]]) + 7
    rng = np.random.default_rng(1)
    one = set_correlation(both, x, CLUSTERS, rng, 0)
    for other in (set_correlation(x, both, CLUSTERS, rng, 0), set_correlation(both, recoded, CLUSTERS, rng, 0)):
        assert (other.r2, other.f, other.df2) == pytest.approx((one.r2, one.f, one.df2), rel=1e-8)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_corrected_p_values_are_ordered(p: list[float]) -> None:
    """p <= BH <= Holm <= Bonferroni, and the order of p values stays."""
    holm, bh = corrected(p)
    for raw, by_holm, by_bh in zip(p, holm, bh, strict=True):
        assert by_holm is not None
        assert by_bh is not None
        assert raw <= by_bh + 1e-12 <= by_holm + 2e-12 <= min(1.0, raw * len(p)) + 3e-12


def a_study(seed: int, n: int = 5) -> tuple[list[dict[str, CodedTime]], list[dict[str, CodedTime]]]:
    rng = np.random.default_rng(seed)
    sides: tuple[list[dict[str, CodedTime]], list[dict[str, CodedTime]]] = ([], [])
    for _ in range(n):
        length = int(rng.integers(50, 200))
        for side in sides:
            edges = np.unique(np.concatenate([[0, length], rng.integers(1, length, size=6)]))
            codes = rng.integers(0, 3, size=(2, len(edges) - 1))
            side.append(
                {
                    name: CodedTime(edges, codes[r][:, None] == np.arange(2), np.ones((len(edges) - 1, 2), dtype=bool))
                    for r, name in enumerate(("R1", "R2"))
                }
            )
    return sides


@given(seeds, st.integers(1, 9), st.integers(-500, 500))
@settings(max_examples=15, deadline=None)
def test_cooccurrence_in_other_units_shifted_in_time_and_cut_anywhere(seed: int, unit: int, start: int) -> None:
    """Times multiplied and moved, every stretch cut in two: the same ratios and the same p."""
    f, i = a_study(seed)

    def changed(item: CodedTime) -> CodedTime:
        edges = item.edges_ms * 2 * unit
        middles = (edges[1:] + edges[:-1]) // 2
        cuts = np.sort(np.concatenate([edges, middles])) + start
        return CodedTime(cuts, np.repeat(item.present, 2, axis=0), np.repeat(item.known, 2, axis=0))

    g, j = ([{name: changed(item) for name, item in one.items()} for one in side] for side in (f, i))
    pairing = pair_raters(f, i)
    one, two = joint_time(f, i, pairing), joint_time(g, j, pairing)
    np.testing.assert_allclose(one.joint * 2 * unit, two.joint, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.expected * 2 * unit, two.expected, rtol=1e-9, atol=1e-9)
    first, second = swap_matrix(f, i, pairing), swap_matrix(g, j, pairing)
    np.testing.assert_allclose(first * 2 * unit, second, rtol=1e-7, atol=1e-7)
    tests = [swap_test(matrix, np.random.default_rng(2), 99) for matrix in (first, second)]
    np.testing.assert_allclose(tests[0].p, tests[1].p)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_names_of_raters_do_not_matter(seed: int) -> None:
    f, i = a_study(seed)
    g, j = ([{"Z": item["R1"], "A": item["R2"]} for item in side] for side in (f, i))
    np.testing.assert_allclose(
        swap_matrix(f, i, pair_raters(f, i)), swap_matrix(g, j, pair_raters(g, j)), rtol=1e-9, atol=1e-12
    )


def test_size_of_cr2_is_kept() -> None:
    """A short run of `benchmarks/validity.py`: 300 studies without an effect; .07 + 3 Monte Carlo errors at most."""
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[2] / "benchmarks" / "validity.py"
    spec = importlib.util.spec_from_file_location("validity", path)
    assert spec is not None
    assert spec.loader is not None
    validity = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(validity)
    found: dict[str, list[float]] = {}
    for number in range(300):
        rng = np.random.default_rng([7, number])
        validity.regression(validity.REGRESSIONS["four normal predictors"], rng, 0.0, found)
    limit = 0.07 + 3 * np.sqrt(0.07 * 0.93 / 300)
    assert np.mean(found["CR2: slope"]) <= limit
    assert np.mean(found["wild bootstrap: slope"]) <= limit
    assert np.mean(found["HTZ: all slopes"]) <= limit
    assert np.mean(found["CR2: coverage"]) >= 0.92 - 3 * np.sqrt(0.92 * 0.08 / 300)
    # The shortcut that the defaults are there to avoid: it must show up as what it is.
    assert np.mean(found["CR1 Wald: all slopes"]) > 0.1
