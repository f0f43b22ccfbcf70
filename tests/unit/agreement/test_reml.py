"""The restricted likelihood and its slope, against the definition with matrices as large as the data."""

import numpy as np
import pytest

from elancry.agreement.icc_unbalanced import variance_components
from elancry.agreement.reml import RestrictedLikelihood

NAN = float("nan")
VALUES = np.array([[1, 2, NAN], [4, 4, 5], [NAN, 3, 1], [2, NAN, 2], [5, 3, 4], [1, 1, 3.5]])
CLUSTERS = np.array([0, 0, 1, 2, 2, 2])


def dense(ratios: np.ndarray, clusters: np.ndarray | None) -> tuple[float, float]:
    """Deviance and error variance from V, P and y themselves (Searle et al. 1992, ch. 6)."""
    i, j = np.nonzero(np.isfinite(VALUES))
    y, n = VALUES[i, j], len(i)
    effects = [i, j] if clusters is None else [i, j, clusters[i]]
    v = np.eye(n) + sum(ratio * (group[:, None] == group) for ratio, group in zip(ratios, effects, strict=True))
    inverse = np.linalg.inv(v)
    ones = inverse.sum(axis=1)
    p = inverse - np.outer(ones, ones) / ones.sum()
    error = float(y @ p @ y) / (n - 1)
    logs = np.linalg.slogdet(v)[1] + np.log(ones.sum())
    return float(logs + (n - 1) * (1 + np.log(2 * np.pi * error))), error


@pytest.mark.parametrize("clusters", [None, CLUSTERS])
def test_deviance_and_slope_are_those_of_the_definition(clusters: np.ndarray | None) -> None:
    ratios = np.array([0.7, 0.2, 0.4])[: 2 if clusters is None else 3]
    found = RestrictedLikelihood(VALUES, clusters).at(ratios)
    assert (found.deviance, found.error) == pytest.approx(dense(ratios, clusters), rel=1e-12)
    steps = np.eye(len(ratios)) * 1e-5
    slope = [(dense(ratios + step, clusters)[0] - dense(ratios - step, clusters)[0]) / 2e-5 for step in steps]
    assert found.slope == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("clusters", [None, CLUSTERS])
def test_at_the_optimum_nothing_slopes_but_towards_below_zero(clusters: np.ndarray | None) -> None:
    sequence, rater, error, *cluster = variance_components(VALUES, clusters)
    ratios = np.array([sequence, rater, *cluster]) / error
    slope = RestrictedLikelihood(VALUES, clusters).at(ratios).slope
    assert np.where(ratios > 0, np.abs(slope), np.minimum(slope, 0) * -1) == pytest.approx(0, abs=1e-10)


def test_without_error_sequences_and_raters_are_known() -> None:
    """Sequences 0, 1, 5, 2 and raters 0, 2, -2 with no error: variances 14 / 3 and 4, as of samples."""
    values = np.array([0, 1, 5, 2.0])[:, None] + np.array([0, 2, -2.0])
    values[1, 0] = values[3, 2] = NAN
    assert variance_components(values) == pytest.approx((14 / 3, 4, 0))
    # One-way analysis of variance of 0, 1 and 5, 2: within 2.5 = s_s, between 9 = s_s + 2 s_c.
    found = variance_components(values, np.array([0, 0, 1, 1]))
    assert found == pytest.approx((2.5, 4, 0, 3.25), abs=1e-6)
