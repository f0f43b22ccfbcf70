"""Intervals of ICC where sequences of one cluster are alike, against statsmodels and against what can be derived."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from elancry.agreement import icc
from elancry.agreement.icc_clustered import DRAWS, between_clusters, drawn_components, icc_clustered
from elancry.agreement.icc_unbalanced import icc_varying_teams, reml_information, variance_components
from elancry.agreement.undefined import NoInterval

SIZES = (1,) * 22 + (2,) * 6 + (3,) * 4
"""46 sequences in 32 clusters."""


def scores(sizes: tuple[int, ...], between: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Scores (N, 3) and clusters (N,): variance 1 of what is true, .04 of raters, .36 of error."""
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(len(sizes)), sizes)
    true = between**0.5 * rng.normal(size=len(sizes))[clusters] + (1 - between) ** 0.5 * rng.normal(size=len(clusters))
    return true[:, None] + np.array([-0.2, 0, 0.2]) + 0.6 * rng.normal(size=(len(clusters), 3)), clusters


@pytest.mark.parametrize("sizes", [SIZES, (4,) * 12, (10, *(1,) * 20)])
def test_variances_between_and_within_clusters_are_those_of_statsmodels(sizes: tuple[int, ...]) -> None:
    import statsmodels.api as sm

    values, clusters = scores(sizes, 0.5)
    means = values.mean(axis=1)
    found = between_clusters(means, clusters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sm.MixedLM(means, np.ones((len(means), 1)), groups=clusters).fit(reml=True, method="powell")
    assert found.of_clusters == pytest.approx(float(theirs.cov_re[0, 0]), abs=1e-4)
    assert found.of_sequences == pytest.approx(theirs.scale, abs=1e-4)


def test_balanced_clusters_have_the_variances_of_the_analysis_of_variance() -> None:
    """Mean squares between (11 df) and within (36 df) clusters of four: w = MSW, c = (MSB - MSW) / 4."""
    values, clusters = scores((4,) * 12, 0.5)
    means = values.mean(axis=1)
    of_cluster = means.reshape(12, 4).mean(axis=1)
    within = np.square(means - of_cluster[clusters]).sum() / 36
    between = 4 * np.square(of_cluster - means.mean()).sum() / 11
    found = between_clusters(means, clusters)
    assert (found.of_clusters, found.of_sequences) == pytest.approx(((between - within) / 4, within), rel=1e-5)
    # The variances of both mean squares are twice their square over their degrees of freedom.
    covariance = np.linalg.inv(found.information)
    assert covariance[1, 1] == pytest.approx(2 * within**2 / 36, rel=1e-5)
    assert covariance[0, 0] == pytest.approx((2 * between**2 / 11 + 2 * within**2 / 36) / 16, rel=1e-5)


def test_information_is_that_of_the_whole_matrix() -> None:
    """tr(P V_i P V_j) / 2 with matrices of 46 x 46 written out."""
    values, clusters = scores(SIZES, 0.5)
    found = between_clusters(values.mean(axis=1), clusters)
    z = (clusters[:, None] == np.arange(32)).astype(float)
    parts = [z @ z.T, np.eye(46)]
    inverse = np.linalg.inv(found.of_clusters * parts[0] + found.of_sequences * parts[1])
    ones = inverse.sum(axis=1)
    projected = inverse - np.outer(ones, ones) / ones.sum()
    expected = [[np.trace(projected @ one @ projected @ two) / 2 for two in parts] for one in parts]
    np.testing.assert_allclose(found.information, expected, rtol=1e-9)


def test_without_differences_between_clusters_the_interval_is_near_the_f_interval() -> None:
    """40 clusters of two sequences that have nothing in common are 80 sequences."""
    values, clusters = scores((2,) * 40, 0.0)
    drawn = icc_clustered(values, clusters, np.random.default_rng(1))["icc_2_1"]
    by_f = icc.icc_table(values)["icc_2_1"][1]
    assert (drawn.low, drawn.high) == pytest.approx((by_f.low, by_f.high), abs=0.06)


def test_clusters_make_the_interval_wider() -> None:
    values, clusters = scores((6,) * 10, 0.9)
    found = icc_clustered(values, clusters, np.random.default_rng(1), "patient")
    for form, (estimate, by_f) in icc.icc_table(values).items():
        assert found[form].high - found[form].low > by_f.high - by_f.low
        assert found[form].low < estimate.value < found[form].high
        assert found[form].low < found[form].one_sided_low
    said = found["icc_2_1"].method.into("en")
    assert said == (
        f"Monte-Carlo over the variance components of 10 patients, sequences, raters and error (REML), {DRAWS} draws"
    )


def test_draws_do_not_depend_on_the_names_or_the_order_of_clusters() -> None:
    values, clusters = scores(SIZES, 0.5)
    one = icc_clustered(values, clusters, np.random.default_rng(1))["icc_2_1"]
    two = icc_clustered(values, 100 - clusters, np.random.default_rng(1))["icc_2_1"]
    assert (one.low, one.high) == pytest.approx((two.low, two.high), abs=1e-6)


def test_what_cannot_be_told_apart_has_no_interval() -> None:
    values, clusters = scores((2,) * 12, 0.5)
    same = np.repeat(values[:, :1], 3, axis=1)
    assert icc_clustered(same, clusters, np.random.default_rng(1))["icc_2_1"].reason == NoInterval.PERFECT_COMPONENTS
    level = values - values.mean(axis=1, keepdims=True)
    found = icc_clustered(level, clusters, np.random.default_rng(1))["icc_2_1"]
    assert found.reason == NoInterval.NO_ROW_VARIANCE_COMPONENTS
    few, of_few = scores((2,) * 9, 0.5)
    assert icc_clustered(few, of_few, np.random.default_rng(1))["icc_2_1"].reason.code == "interval.no-few-clusters"
    with pytest.raises(ValueError, match="cluster of its own"):
        icc_clustered(values, np.arange(24), np.random.default_rng(1))


def test_components_with_holes_and_clusters_equal_those_of_statsmodels() -> None:
    import statsmodels.formula.api as smf

    values, clusters = scores(SIZES, 0.5)
    values[np.random.default_rng(3).random(values.shape) < 0.2] = np.nan
    rows = np.isfinite(values).sum(axis=1) >= 2
    values, clusters = values[rows], np.unique(clusters[rows], return_inverse=True)[1]
    i, j = np.nonzero(np.isfinite(values))
    frame = pd.DataFrame({"y": values[i, j], "s": i.astype(str), "r": j.astype(str), "c": clusters[i].astype(str)})
    parts = {name: f"0+C({name})" for name in ("s", "r", "c")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("y ~ 1", frame.assign(g=1), groups="g", re_formula="0", vc_formula=parts)
        theirs = model.fit(reml=True, method="powell")
    of = dict(zip(model.exog_vc.names, theirs.vcomp, strict=True))
    found = variance_components(values, clusters)
    assert found == pytest.approx((of["s"], of["r"], theirs.scale, of["c"]), abs=5e-4)


def test_with_missing_cells_clusters_count_too() -> None:
    """The estimate stays; the interval is that of a fit with clusters and wider where patients differ."""
    values, clusters = scores((6,) * 10, 0.9)
    values[::7, 2] = np.nan
    alone = icc_varying_teams(values, np.random.default_rng(1))
    of_clusters = icc_varying_teams(values, np.random.default_rng(1), clusters, "patient")
    assert of_clusters.single == alone.single
    assert alone.single_interval.method.code == "interval.monte-carlo"
    assert of_clusters.single_interval.method.code == "interval.of-mean"
    wide, narrow = ((x.high - x.low) for x in (of_clusters.single_interval, alone.single_interval))
    assert wide > narrow
    few = icc_varying_teams(values, np.random.default_rng(1), clusters // 2, "patient")
    assert few.single_interval.reason.code == "interval.no-few-clusters"


def test_complete_data_have_nearly_one_interval_by_either_way() -> None:
    """REML of all numbers, as with missing cells, and of means and mean squares, on the same data."""
    values, clusters = scores((4,) * 12, 0.5)
    components = np.array(variance_components(values, clusters))
    covariance = np.linalg.inv(reml_information(values, tuple(components), clusters))
    normal = np.random.default_rng(1).normal(size=(100_000, 4))
    drawn = np.maximum(drawn_components(components, covariance, normal), 0)
    true = drawn[:, 0] + drawn[:, 3]
    limits = np.quantile(true / (true + drawn[:, 1] + drawn[:, 2]), (0.025, 0.975))
    found = icc_clustered(values, clusters, np.random.default_rng(2))["icc_2_1"]
    assert (found.low, found.high) == pytest.approx(limits, abs=0.02)


def test_balanced_clusters_are_drawn_by_their_mean_square() -> None:
    """With four in a cluster the part of its own is (mean square between) / 4, with variance 2 MSB^2 / 11 / 16."""
    values, clusters = scores((4,) * 12, 0.5)
    found = between_clusters(values.mean(axis=1), clusters)
    covariance = np.linalg.inv(found.information)[::-1, ::-1]
    normal = np.random.default_rng(1).normal(size=(100_000, 2))
    drawn = drawn_components(np.array([found.of_sequences, found.of_clusters]), covariance, normal)
    square = 4 * (drawn[:, 1] + drawn[:, 0] / 4)
    assert square.min() > 0
    assert np.log(square).std() == pytest.approx((2 / 11) ** 0.5, rel=0.01)
    assert drawn[:, 0].mean() == pytest.approx(found.of_sequences, rel=0.01)
