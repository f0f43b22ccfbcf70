"""Several raters and unknown time in trend exchange against plain loops over cells; what is undefined; exchanges."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.association.cooccurrence import CodedTime
from elancry.association.swap import pair_raters
from elancry.association.trend_exchange import (
    CELLS,
    Amount,
    Excess,
    course,
    effect,
    exchange_test,
    exchanges,
    joint_excess,
    strata_of,
    trend_basis,
)

K = 2


def coding(rng: np.random.Generator, length: int, unknown: bool) -> CodedTime:
    cuts = np.unique(np.concatenate([[0, length], rng.integers(1, length, size=8)])).astype(np.int64)
    label = rng.integers(-1, K, size=len(cuts) - 1)
    known = rng.random(len(label)) > (0.25 if unknown else -1)
    return CodedTime(cuts, label[:, None] == np.arange(K), np.repeat(known[:, None], K, axis=1))


def study(seed: int, raters: str = "AB", n: int = 7, unknown: bool = True) -> list[dict[str, CodedTime]]:
    rng = np.random.default_rng(seed)
    return [
        {name: coding(rng, 4000 + 700 * row, unknown) for name in raters if (row, name) != (2, "B")} for row in range(n)
    ]


def cell_sums(item: CodedTime, category: int) -> tuple[np.ndarray, np.ndarray]:
    """Coded and known share of each cell, cell by cell."""
    length = item.edges_ms[-1] / CELLS
    coded, known = np.zeros(CELLS), np.zeros(CELLS)
    for cell in range(CELLS):
        for segment in range(len(item.present)):
            shared = min(item.edges_ms[segment + 1], (cell + 1) * length) - max(item.edges_ms[segment], cell * length)
            if shared > 0 and item.known[segment, category]:
                known[cell] += shared / length
                coded[cell] += shared / length * item.present[segment, category]
    return coded, known


def loop_course(side: list[dict[str, CodedTime]], category: int) -> dict[tuple[int, str], tuple[np.ndarray, ...]]:
    """(coded, known, mu) of every coding by the definition of decision 19, steps 2 to 4, one cell after the other."""
    length = np.array([float(next(iter(item.values())).edges_ms[-1]) for item in side])
    basis = trend_basis(length)
    normal, right = np.zeros((13, 13)), np.zeros(13)
    cells = {(row, name): cell_sums(item[name], category) for row, item in enumerate(side) for name in item}
    scale = {}
    for (row, name), (coded, known) in cells.items():
        m = coded.sum() / known.sum()
        a = m * (1 - m)
        weight = length[row] * known.mean() / len(side[row]) / length.mean()
        scale[row, name] = m, a
        for cell in range(CELLS):
            x = a * known[cell] * basis[row, :, cell]
            normal += weight * np.outer(x, x)
            right += weight * x * (coded[cell] - m * known[cell])
    ridge = 1e-3 * np.diag(np.diag(normal)) + (1e-9 * np.trace(normal) / 13 + 1e-12) * np.eye(13)
    beta = np.linalg.solve(normal + ridge, right)
    return {
        key: (*cells[key], scale[key][0] + scale[key][1] * beta @ basis[key[0]]) for key in cells
    }  # fmt: skip


def test_several_raters_and_unknown_time_by_loops() -> None:
    f, i = study(1), study(2)
    pairing = pair_raters(f, i)
    excess = joint_excess(f, i, pairing)
    for a in range(K):
        for b in range(K):
            first, second = loop_course(f, a), loop_course(i, b)
            for s in range(len(f)):
                length = float(f[s]["A"].edges_ms[-1])
                values = []
                for name in f[s]:
                    coded_f, known_f, mu_f = first[s, name]
                    coded_i, known_i, mu_i = second[s, name]
                    cells = coded_f * known_i * mu_i + known_f * mu_f * coded_i - known_f * known_i * mu_f * mu_i
                    values.append(cells.sum() * length / CELLS)
                assert excess.expected[s, s, a, b] == pytest.approx(np.mean(values), rel=1e-9)


def test_raters_who_agree_count_as_one() -> None:
    one_f, one_i = study(3, "A", unknown=False), study(4, "A", unknown=False)
    two_f, two_i = ([{**item, "B": item["A"]} for item in side] for side in (one_f, one_i))
    one, two = (joint_excess(f, i, pair_raters(f, i)) for f, i in ((one_f, one_i), (two_f, two_i)))
    np.testing.assert_allclose(two.observed, one.observed, rtol=1e-12)
    np.testing.assert_allclose(two.expected, one.expected, rtol=1e-9, atol=1e-9)


def test_a_category_never_coded_is_expected_never() -> None:
    length = np.array([1000.0, 2000.0, 1500.0])
    nothing = np.zeros((3, 1, CELLS))
    mu = course(nothing, np.ones_like(nothing), np.arange(3), length, trend_basis(length), Amount.COUNT)
    assert (mu == 0).all()


def test_the_trend_basis_is_centred_and_the_hats_end_at_the_median() -> None:
    length = np.array([1000.0, 1000.0, 8000.0])
    basis = trend_basis(length)
    assert basis.shape == (3, 13, CELLS)
    np.testing.assert_allclose(basis.mean(axis=2), 0, atol=1e-12)
    # Beyond the median length (cell 16 of the long sequence) all hats of the begin are zero, that is: constant.
    assert np.ptp(basis[2, :6, 17:], axis=1) == pytest.approx(0, abs=1e-12)


def test_clusters_are_exchanged_whole_and_within_strata() -> None:
    rng = np.random.default_rng(8)
    cluster = np.repeat(np.arange(12), [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    length = rng.uniform(1e4, 9e4, size=len(cluster))
    stratum = strata_of(cluster, length)
    assert np.bincount(stratum).tolist() == [6, 6]
    for partners in exchanges(cluster, length, rng, 200):
        donors = [set(cluster[partners[cluster == c]]) for c in range(12)]
        assert all(len(donor) == 1 for donor in donors), "a cluster gets one donor"
        assert sorted(donor.pop() for donor in map(set, donors)) == list(range(12))
        assert all(stratum[next(iter(donor))] == stratum[c] for c, donor in enumerate(donors))


def test_few_clusters_have_an_effect_but_no_p() -> None:
    """Four clusters: the ratio 10 / 8 and no p; with one cluster holding everything there is no interval either."""
    observed, expected = np.zeros((4, 4, 1, 1)), np.zeros((4, 4, 1, 1))
    observed[range(4), range(4), 0, 0] = [1, 2, 3, 4]
    expected[range(4), range(4), 0, 0] = 2
    cluster = np.arange(4)
    tested = exchange_test(observed - expected, cluster, np.full(4, 1000.0), np.random.default_rng(1), 99)
    assert np.isnan(tested.p).all()
    found = effect(Excess(observed, expected), cluster)
    assert found.ratio[0, 0] == 1.25
    # log(J/E) without each cluster: 9/6, 8/6, 7/6, 6/6; se = sqrt(3/4 sum of squares); t(3) = 3.182446.
    logs = np.log(np.array([9, 8, 7, 6]) / 6)
    reach = 3.182446305284263 * np.sqrt(0.75 * ((logs - logs.mean()) ** 2).sum())
    assert found.low[0, 0] == pytest.approx(1.25 * np.exp(-reach), rel=1e-9)
    assert found.high[0, 0] == pytest.approx(1.25 * np.exp(reach), rel=1e-9)
    alone = np.zeros_like(observed)
    alone[0, 0] = 5
    single = effect(Excess(alone, expected), cluster)
    assert single.ratio[0, 0] == 0.625
    assert np.isnan(single.low[0, 0])


def test_nothing_expected_has_no_ratio() -> None:
    zero = np.zeros((6, 6, 1, 1))
    found = effect(Excess(zero, zero), np.arange(6))
    assert np.isnan(found.ratio[0, 0])
    tested = exchange_test(zero, np.arange(6), np.full(6, 1000.0), np.random.default_rng(1), 99)
    assert np.isnan(tested.p[0, 0])
