"""Wild bootstrap, session permutation, leave one out, mixed model: against refits one by one."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from elancry.association.clustered import Correction, cluster_slopes, htz, sandwich
from elancry.association.leave_out import leave_one_out
from elancry.association.mixed import random_intercept, why_not_mixed
from elancry.association.permuted import distinct_orders, session_orders, session_permutation_p
from elancry.association.regression import LinearFit, fit_ols
from elancry.association.wild import draw_weights, wild_p

CLUSTERS = np.array([0, 0, 1, 2, 2, 2, 3, 4, 4, 5, 5, 6])


@pytest.fixture
def fit() -> LinearFit:
    rng = np.random.default_rng(8)
    x = rng.normal(size=(12, 2))
    return fit_ols(x[:, 0] + rng.normal(size=12), x, ["a", "b"])


def test_wild_bootstrap_equals_a_loop_of_refits(fit: LinearFit) -> None:
    """Refit every draw with statsmodels and studentise with CR1: the same p."""

    def statistic(y: np.ndarray) -> float:
        refit = fit_ols(y, fit.x[:, 1:], ["a", "b"])
        return abs(cluster_slopes(refit, CLUSTERS, Correction.CR1).t[1])

    n_draws = 99
    weights = draw_weights(7, np.random.default_rng(5), n_draws)
    without = OLS(fit.y, fit.x[:, [0, 2]]).fit()
    drawn = [statistic(without.fittedvalues + without.resid * weights[b][CLUSTERS]) for b in range(n_draws)]
    expected = (1 + sum(value >= statistic(fit.y) for value in drawn)) / (1 + n_draws)
    assert 0.01 < expected < 0.9
    assert wild_p(fit, CLUSTERS, 1, weights) == pytest.approx(expected)


def test_webb_weights_have_mean_0_and_variance_1() -> None:
    """Six points +-sqrt(.5, 1, 1.5) below 50 sessions (Webb 2023), +-1 from there on."""
    few = draw_weights(10, np.random.default_rng(1), 20_000)
    assert sorted(set(np.round(few.ravel() ** 2, 12))) == [0.5, 1.0, 1.5]
    assert few.mean() == pytest.approx(0, abs=0.01)
    assert few.var() == pytest.approx(1, abs=0.01)
    assert set(draw_weights(50, np.random.default_rng(1), 100).ravel()) == {-1.0, 1.0}


def test_leave_one_out_equals_refits(fit: LinearFit) -> None:
    left = leave_one_out(fit, CLUSTERS)
    for row, label in enumerate(left.clusters):
        keep = label != CLUSTERS
        np.testing.assert_allclose(left.b[row], OLS(fit.y[keep], fit.x[keep]).fit().params, rtol=1e-9)
    low, high = left.range_of(1) or (0.0, 0.0)
    assert low < fit.b[1] < high


def test_a_session_without_which_nothing_is_determined() -> None:
    x = np.array([[0.0], [0.0], [0.0], [0.0], [1.0], [1.0]])
    fit = fit_ols(np.array([1.0, 2.0, 1.5, 1.2, 3.0, 4.0]), x, ["a"])
    left = leave_one_out(fit, np.array([0, 0, 1, 1, 2, 2]))
    assert left.indispensable.tolist() == [2]
    assert left.range_of(1) is None


def test_session_permutation_counts_every_exchange() -> None:
    """Five sessions of one sequence: all 120 exchanges enumerated; the drawn p lies within 4 standard errors."""
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(5, 1)), rng.normal(size=5)
    fit = fit_ols(y, x, ["a"])
    r2 = [np.corrcoef(x[:, 0], y[list(order)])[0, 1] ** 2 for order in permutations(range(5))]
    exact = np.mean(np.array(r2) >= fit.r2 - 1e-12)
    assert session_permutation_p(fit, np.arange(5), np.random.default_rng(1), 9999) == pytest.approx(
        exact, abs=4 * np.sqrt(exact * (1 - exact) / 9999)
    )


def test_only_sessions_of_equal_length_change_places() -> None:
    orders = session_orders(CLUSTERS, np.random.default_rng(1), 200)
    assert orders.shape == (200, 12)
    assert {tuple(sorted(order)) for order in orders.tolist()} == {tuple(range(12))}
    # Sessions 0, 4 and 5 have two sequences, 1, 3 and 6 one, 2 alone has three.
    assert (orders[:, 3:6] == [3, 4, 5]).all()
    assert {tuple(pair) for pair in orders[:, 0:2].tolist()} == {(0, 1), (7, 8), (9, 10)}
    assert set(orders[:, 2].tolist()) == {2, 6, 11}
    assert distinct_orders(CLUSTERS) == 6 * 6


def test_no_two_sessions_can_be_exchanged(fit: LinearFit) -> None:
    different = np.array([0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3])
    assert session_permutation_p(fit, different, np.random.default_rng(1), 99) is None


def test_mixed_model_equals_statsmodels() -> None:
    """A balanced design, where statsmodels' optimiser finds the same optimum."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(12), 4)
    x = rng.normal(size=(48, 2))
    y = x[:, 0] + rng.normal(size=12)[clusters] + rng.normal(size=48)
    ours = random_intercept(fit_ols(y, x, ["a", "b"]), clusters)
    theirs = MixedLM(y, np.column_stack([np.ones(48), x]), clusters).fit(reml=True)
    np.testing.assert_allclose(ours.b, theirs.fe_params, rtol=1e-4)
    assert ours.between == pytest.approx(float(theirs.cov_re[0, 0]), rel=1e-3)
    assert ours.within == pytest.approx(theirs.scale, rel=1e-3)


def test_singular_mixed_model_is_least_squares() -> None:
    """Sessions that differ less than their sequences do: the variance between is 0, the rest is OLS."""
    clusters = np.repeat(np.arange(6), 2)
    rng = np.random.default_rng(1)
    x = rng.normal(size=(12, 1))
    y = np.tile([1.0, -1.0], 6) + 0.01 * rng.normal(size=12)
    fit = fit_ols(y, x, ["a"])
    mixed = random_intercept(fit, clusters)
    assert mixed.singular
    assert mixed.between == 0
    np.testing.assert_allclose(mixed.b, fit.b)
    np.testing.assert_allclose(mixed.se, np.sqrt(np.diag(fit.sigma2 * fit.bread)))
    assert mixed.df.tolist() == [10, 10]


def test_why_there_is_no_mixed_model(fit: LinearFit) -> None:
    assert "only one session" in str(why_not_mixed(fit, np.zeros(12, dtype=np.int64)))
    assert "every session has only one sequence" in str(why_not_mixed(fit, np.arange(12)))
    with pytest.raises(ValueError, match="too few for 3 coefficients"):
        random_intercept(fit, np.repeat([0, 1, 2], 4))


def test_one_cluster_is_refused(fit: LinearFit) -> None:
    with pytest.raises(ValueError, match="only one session"):
        sandwich(fit, np.zeros(12, dtype=np.int64))


def test_too_few_sessions_for_a_joint_test() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(12, 4))
    fit = fit_ols(rng.normal(size=12), x, list("abcd"))
    test = htz(fit, sandwich(fit, np.repeat([0, 1, 2], 4)), [1, 2, 3, 4])
    assert test.f is None
    assert str(test.reason).startswith("3 sessions are too few for a joint test of 4 coefficients")
