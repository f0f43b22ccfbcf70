"""Rank correlations, separation, refusals; disattenuation and set correlation by their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from elancry.agreement.icc import icc_from_sums
from elancry.association.attenuation import disattenuated
from elancry.association.binomial import fit_binomial, separated, why_not_binomial
from elancry.association.ordinal import fit_ordinal, merged_levels, why_not_ordinal
from elancry.association.permuted import session_orders
from elancry.association.ranks import kendall, rank_correlation, session_weights, spearman
from elancry.association.setcorrelation import set_correlation, why_no_set_correlation

RNG = np.random.default_rng(11)
X, Y = RNG.integers(0, 6, size=20).astype(float), RNG.integers(0, 6, size=20).astype(float)
CLUSTERS = np.repeat(np.arange(10), 2)


def icc_2_k(sums: np.ndarray) -> np.ndarray:
    return np.asarray(icc_from_sums(sums)[..., 4])


def test_rank_correlations_equal_scipy_also_on_resamples() -> None:
    """A resample with multiplicities equals scipy on the repeated rows; ties are many."""
    weights = session_weights(CLUSTERS, np.random.default_rng(1), 5)
    for b in range(5):
        rows = np.repeat(np.arange(20), weights[b].astype(int))
        assert spearman(X, Y, weights)[b] == pytest.approx(stats.spearmanr(X[rows], Y[rows]).statistic)
        assert kendall(X, Y, weights)[b] == pytest.approx(stats.kendalltau(X[rows], Y[rows]).statistic)


def test_rank_correlation_has_an_interval_around_it() -> None:
    x, y = np.tile(X, 3), np.tile(X + 0.5 * Y, 3)
    found = rank_correlation(x, y, np.repeat(np.arange(30), 2), np.random.default_rng(1), n_resamples=2000)
    assert found.estimate is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low < found.estimate < found.ci_high
    assert found.p == pytest.approx(2 / 2001)


def test_rank_correlation_says_why_not() -> None:
    rng = np.random.default_rng(1)
    assert "too few" in str(rank_correlation(X[:2], Y[:2], CLUSTERS[:2], rng, n_resamples=2000).reason)
    assert "the same in every sequence" in str(rank_correlation(X, np.ones(20), CLUSTERS, rng, n_resamples=2000).reason)
    few = rank_correlation(X[:8], Y[:8], CLUSTERS[:8], rng, n_resamples=2000)
    assert few.estimate is not None
    assert few.ci_low is None
    assert str(few.reason) == "no confidence interval: fewer than 10 sequences or 5 sessions"


def test_without_resamples_there_is_an_estimate_and_a_reason() -> None:
    found = rank_correlation(X, X + 0.5 * Y, CLUSTERS, np.random.default_rng(1), n_resamples=0)
    assert found.estimate == pytest.approx(stats.spearmanr(X, X + 0.5 * Y).statistic)
    assert (found.ci_low, found.ci_high, found.p) == (None, None, None)
    assert str(found.reason) == "no confidence interval: no resamples were requested"
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 1)) + rng.normal(size=(30, 3))
    known, whole = (
        disattenuated(x, x[:, :2], np.arange(30), icc_2_k, rng, same_raters=False, n_resamples=n) for n in (0, 50)
    )
    assert known.corrected == whole.corrected is not None
    assert (known.ci_low, known.ci_high) == (None, None)
    assert str(known.reason) == "no confidence interval: no resamples were requested"
    assert whole.ci_low is not None


def test_separation() -> None:
    """y = 1 exactly where x > 3 separates; one exception on each side does not; equality at the border still does."""
    x = np.arange(8.0)[:, None]
    assert separated((x[:, 0] > 3).astype(float), x)
    assert not separated(np.array([0.0, 0, 1, 0, 1, 0, 1, 1]), x)
    assert separated(np.array([0.0, 0, 0, 0, 1, 1, 1, 1]), np.array([[1.0], [2], [3], [4], [4], [5], [6], [7]]))
    assert not separated(np.array([0.1, 0.4, 0.2, 0.0, 0.3, 1.0, 0.2, 0.0]), x)


def test_logistic_and_fractional_refuse_with_the_reason() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 2))
    clusters = np.repeat(np.arange(20), 2)
    few = np.zeros(40)
    few[:6] = 1
    assert str(why_not_binomial(few, x, ["a", "b"], clusters)) == (
        "sequences with the rarer outcome: 6; 2 predictors need at least 10 (five each)"
    )
    parted = (x[:, 0] > 0).astype(float)
    assert "separates the outcomes" in str(why_not_binomial(parted, x, ["a", "b"], clusters))
    assert "a share above 0: 3" in str(why_not_binomial(np.where(np.arange(40) < 3, 0.4, 0), x, ["a", "b"], clusters))
    assert "only one session" in str(why_not_binomial(parted, x, ["a", "b"], np.zeros(40, dtype=np.int64)))
    with pytest.raises(ValueError, match="need at least 10"):
        fit_binomial(few, x, ["a", "b"], clusters)


def test_fractional_logit_equals_statsmodels() -> None:
    """Coefficients of the quasi-likelihood fit (Papke & Wooldridge 1996)."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    rng = np.random.default_rng(3)
    x = rng.normal(size=(40, 2))
    share = 1 / (1 + np.exp(-(x[:, 0] + rng.normal(size=40))))
    ours = fit_binomial(share, x, ["a", "b"], np.repeat(np.arange(20), 2))
    theirs = GLM(share, np.column_stack([np.ones(40), x]), family=Binomial()).fit()
    np.testing.assert_allclose(ours.b, theirs.params, rtol=1e-6)
    assert ours.p[1] < 0.001


def test_ordinal_refuses_with_the_reason() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(30, 2))
    clusters = np.arange(30)
    assert (
        str(why_not_ordinal(np.full(30, 2.0), x, ["a", "b"], clusters)) == "the outcome is the same in every sequence"
    )
    rare = np.where(np.arange(30) < 4, 3.0, 2.0)
    assert str(why_not_ordinal(rare, x, ["a", "b"], clusters)) == (
        "sequences outside the most frequent rating: 4; 2 predictors need at least 10 (five each)"
    )
    ordered = np.digitize(x[:, 0], [-0.5, 0.5]).astype(float)
    assert str(why_not_ordinal(ordered, x, ["a", "b"], clusters)) == (
        "predictors separate the ratings completely: the estimate would be infinite"
    )
    with pytest.raises(ValueError, match="the same in every sequence"):
        fit_ordinal(np.full(30, 2.0), x, ["a", "b"], clusters)


def test_disattenuation_is_spearmans_formula() -> None:
    """r / sqrt(ICC ICC), ICC(2,k) = (MSR - MSE) / (MSR + (MSC - MSE) / n) (McGraw & Wong 1996), r by numpy."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 1)) + rng.normal(size=(30, 3))
    y = x[:, :1] + rng.normal(size=(30, 3))
    found = disattenuated(x, y, np.arange(30), icc_2_k, rng, same_raters=True, n_resamples=200)
    iccs = []
    for values in (x, y):
        rows, columns = values.mean(axis=1), values.mean(axis=0)
        msr, msc = 3 * rows.var(ddof=1), 30 * columns.var(ddof=1)
        mse = ((values - rows[:, None] - columns + values.mean()) ** 2).sum() / (29 * 2)
        iccs.append((msr - mse) / (msr + (msc - mse) / 30))
    r = np.corrcoef(x.mean(axis=1), y.mean(axis=1))[0, 1]
    assert found.r == pytest.approx(r)
    assert (found.reliability_x, found.reliability_y) == pytest.approx(tuple(iccs))
    assert found.corrected == pytest.approx(r / np.sqrt(iccs[0] * iccs[1]))
    across = [np.corrcoef(x[:, a], y[:, b])[0, 1] for a in range(3) for b in range(3) if a != b]
    assert found.cross_rater_r == pytest.approx(np.mean(across))
    assert found.ci_low is not None
    assert found.corrected is not None
    assert found.ci_low < found.corrected


def test_disattenuation_refuses_what_is_not_reliable() -> None:
    """Raters who contradict each other: ICC below 0; one rater: undefined; values above 1 are shown."""
    rng = np.random.default_rng(6)
    x = np.column_stack([np.arange(20.0), -np.arange(20.0) + 0.1 * rng.normal(size=20)])
    y = rng.normal(size=(20, 2))
    found = disattenuated(x, y, np.arange(20), icc_2_k, rng, same_raters=False, n_resamples=2000)
    assert found.corrected is None
    assert "not positive" in str(found.reason)
    alone = disattenuated(x[:, :1], y, np.arange(20), icc_2_k, rng, same_raters=False, n_resamples=2000)
    assert (alone.corrected, alone.reliability_x) == (None, None)
    assert "one rater" in str(alone.reason)
    assert alone.r is not None
    noise = rng.normal(size=(20, 2))
    above = disattenuated(noise, noise, np.arange(20), icc_2_k, rng, same_raters=True, n_resamples=10)
    assert above.corrected is not None
    assert above.corrected > 1


def test_disattenuation_of_constant_or_few_scores() -> None:
    rng = np.random.default_rng(7)
    flat = disattenuated(
        np.ones((12, 2)), rng.normal(size=(12, 2)), np.arange(12), icc_2_k, rng, same_raters=True, n_resamples=2000
    )
    assert str(flat.reason) == "one of the two scores is the same in every sequence"
    few = disattenuated(
        np.ones((2, 2)), np.ones((2, 2)), np.arange(2), icc_2_k, rng, same_raters=True, n_resamples=2000
    )
    assert str(few.reason) == "only 2 complete sequences, which is too few"


def test_set_correlation_of_one_and_one_is_r_squared_and_its_permutation_recomputes_it() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(20, 1)), rng.normal(size=(20, 1))
    found = set_correlation(y, x, CLUSTERS, np.random.default_rng(3), 99)
    assert found.r2 == pytest.approx(np.corrcoef(x[:, 0], y[:, 0])[0, 1] ** 2)
    orders = session_orders(CLUSTERS, np.random.default_rng(3), 99)
    null = np.array([np.corrcoef(x[:, 0], y[order, 0])[0, 1] ** 2 for order in orders])
    assert found.null_mean == pytest.approx(null.mean())
    assert found.p_permutation == pytest.approx((1 + (null >= found.r2 - 1e-12).sum()) / 100)
    assert found.p_f == pytest.approx(stats.pearsonr(x[:, 0], y[:, 0]).pvalue)


def test_set_correlation_says_why_not() -> None:
    few = "10 sequences are too few for 5 and 5 variables: more than 11 are needed"
    assert str(why_no_set_correlation(10, 5, 5)) == few
    assert str(why_no_set_correlation(10, 0, 5)) == "one of the two sets is empty"
    assert why_no_set_correlation(46, 4, 9) is None


def test_levels_with_few_sequences_are_merged_upward() -> None:
    """Counts 2, 1, 4, 3, 1: 0 (2) goes up to .5 (3 together); 1 and 1.5 stay; 4 (1) is the top and joins 1.5."""
    y = np.array([0, 0, 0.5, 1, 1, 1, 1, 1.5, 1.5, 1.5, 4])
    levels, merged = merged_levels(y)
    assert levels.tolist() == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert merged == [[0, 0.5], [1.5, 4]]
    assert merged_levels(np.array([1.0, 2.0]))[1] == [[1.0, 2.0]]


@pytest.mark.parametrize("tau", [False, True])
def test_rank_correlation_of_few_clusters_is_the_jackknife_t(tau: bool) -> None:
    """Efron & Stein (1981): se^2 = (G - 1) / G sum (r_-g - mean)^2, here with scipy's coefficients, t with 11 df."""
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(12), [1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    x = rng.normal(size=len(clusters)).round(1)
    y = (x + rng.normal(size=len(x))).round(1)
    coefficient = stats.kendalltau if tau else stats.spearmanr
    left = np.array([coefficient(x[clusters != g], y[clusters != g])[0] for g in range(12)])
    error = np.sqrt(11 / 12 * ((left - left.mean()) ** 2).sum())
    estimate = coefficient(x, y)[0]
    found = rank_correlation(x, y, clusters, np.random.default_rng(1), tau=tau, n_resamples=2000)
    assert found.estimate == pytest.approx(estimate, abs=1e-12)
    assert found.ci_low == pytest.approx(estimate - stats.t.ppf(0.975, 11) * error, abs=1e-10)
    assert found.p == pytest.approx(2 * stats.t.sf(estimate / error, 11), abs=1e-10)
