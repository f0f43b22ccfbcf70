"""The session bootstrap against scipy's BCa and against what can be derived."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from elancry.agreement.bootstrap import Resamples, cluster_counts, interval_of
from elancry.agreement.undefined import NoInterval
from elancry.texts import Text


def mean(sums: np.ndarray) -> np.ndarray:
    n = sums[..., 1]
    return np.where(n > 0, sums[..., 0] / np.where(n > 0, n, 1), np.nan)[..., None]


def sums_of(x: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.ones(len(x))])


def test_bca_limits_equal_scipys_up_to_monte_carlo_error() -> None:
    """40 skewed sessions; scipy.stats.bootstrap with 20,000 resamples of its own, asked for the wider tails' level."""
    x = np.random.default_rng(1).exponential(size=40)
    ours = Resamples.of(sums_of(x), cluster_counts(40, 20_000, np.random.default_rng(2)), 40).intervals(mean)[0]
    level = 1 - 2 * stats.norm.cdf((40 / 39) ** 0.5 * stats.t.ppf(0.025, 39))
    theirs = stats.bootstrap(
        (x,), np.mean, n_resamples=20_000, method="BCa", confidence_level=level, rng=np.random.default_rng(3)
    )
    limits = theirs.confidence_interval
    assert ours.low == pytest.approx(limits.low, abs=0.02)
    assert ours.high == pytest.approx(limits.high, abs=0.02)
    assert "BCa bootstrap over 40 sessions, 20000 resamples, 0 undefined" in ours.method.into("en")


@pytest.mark.parametrize("n", [200, 32, 12])
def test_bca_of_given_resamples_is_the_textbook_formula(n: int) -> None:
    """Efron & Tibshirani (1993), eq. 14.10, 14.14 and 14.15, with Hesterberg's (2015) tails for small samples."""
    rng = np.random.default_rng(5)
    x = rng.gamma(2, size=n)
    resampled = rng.choice(x, (999, n)).mean(axis=1)
    left_out = np.array([np.delete(x, i).mean() for i in range(n)])
    z0 = stats.norm.ppf(np.mean(resampled < x.mean()))
    d = left_out.mean() - left_out
    a = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    expected = []
    for level in (0.025, 0.975, 0.05):
        z = z0 + (n / (n - 1)) ** 0.5 * stats.t.ppf(level, n - 1)
        expected.append(np.quantile(resampled, stats.norm.cdf(z0 + z / (1 - a * z))))
    found = interval_of(float(x.mean()), resampled, left_out)
    assert (found.low, found.high, found.one_sided_low) == pytest.approx(expected, abs=1e-12)


def test_resamples_are_whole_sessions_and_the_same_for_the_same_seed() -> None:
    counts = cluster_counts(12, 50, np.random.default_rng(7))
    assert counts.shape == (50, 12)
    assert (counts.sum(axis=1) == 12).all()
    np.testing.assert_array_equal(counts, cluster_counts(12, 50, np.random.default_rng(7)))


@pytest.mark.parametrize(
    ("sessions", "sequences", "resamples", "reason"),
    [
        (9, 9, 100, NoInterval.FEW_SEQUENCES),
        (9, 30, 100, NoInterval.FEW_SESSIONS),
        (12, 12, 0, NoInterval.NOT_ASKED),
    ],
)
def test_no_interval_from_too_little(sessions: int, sequences: int, resamples: int, reason: Text) -> None:
    x = np.random.default_rng(0).normal(size=sessions)
    counts = cluster_counts(sessions, resamples, np.random.default_rng(0))
    (found,) = Resamples.of(sums_of(x), counts, sequences).intervals(mean)
    assert (found.low, found.reason) == (None, reason)


def test_patients_are_named_where_they_are_what_is_resampled() -> None:
    x = np.random.default_rng(0).normal(size=12)
    counts = cluster_counts(12, 400, np.random.default_rng(0))
    (found,) = Resamples.of(sums_of(x), counts, 40, "patient").intervals(mean)
    assert found.method is not None
    assert found.method.into("en") == (
        "BCa bootstrap over 12 patients, 400 resamples, 0 undefined, tails for small samples"
    )
    (refused,) = Resamples.of(sums_of(x[:9]), counts[:, :9], 40, "patient").intervals(mean)
    assert refused.reason is not None
    assert refused.reason.into("en").startswith("No interval: only 9 patients; at least 10")


def test_ten_sessions_are_enough() -> None:
    x = np.random.default_rng(0).normal(size=10)
    (found,) = Resamples.of(sums_of(x), cluster_counts(10, 400, np.random.default_rng(0)), 10).intervals(mean)
    assert found.low is not None


def test_undefined_resamples_are_counted_and_above_five_per_cent_refused() -> None:
    resampled = np.linspace(0, 1, 1000)
    left_out = np.linspace(0.4, 0.6, 20)
    resampled[::25] = np.nan
    assert interval_of(0.5, resampled, left_out).method.fields["basis"].fields["undefined"] == 40
    resampled[::10] = np.nan
    refused = interval_of(0.5, resampled, left_out)
    assert refused.reason == NoInterval.UNDEFINED_RESAMPLES
    assert refused.method.fields["basis"].fields["undefined"] == 120


@pytest.mark.parametrize(
    ("resampled", "left_out", "why"),
    [
        (np.ones(100), np.ones(12), "interval.bca-no-difference"),
        (np.linspace(0.6, 1, 100), np.linspace(0.4, 0.6, 12), "interval.bca-one-side"),
        (
            np.linspace(0, 1, 100),
            np.append(np.linspace(0.4, 0.6, 11), np.nan),
            "interval.bca-jackknife",
        ),
    ],
)
def test_percentile_where_bca_does_not_exist(resampled: np.ndarray, left_out: np.ndarray, why: str) -> None:
    estimate = 1.0 if resampled.min() == 1 else 0.5
    found = interval_of(estimate, resampled, left_out)
    assert (found.method.code, found.method.fields["why"].code) == ("interval.percentile", why)
    reach = (12 / 11) ** 0.5 * stats.t.ppf([0.025, 0.975], 11)
    assert (found.low, found.high) == pytest.approx(np.quantile(resampled, stats.norm.cdf(reach)))


def test_many_sums_are_resampled_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small limit on what is made at a time changes memory, not numbers."""
    x = np.random.default_rng(1).exponential(size=30)
    counts = cluster_counts(30, 500, np.random.default_rng(2))
    whole = Resamples.of(sums_of(x), counts, 30).intervals(mean)
    monkeypatch.setattr("elancry.agreement.bootstrap.TOGETHER", 100)
    assert Resamples.of(sums_of(x), counts, 30).intervals(mean) == whole
