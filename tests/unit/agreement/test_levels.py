"""Words for levels: what the uncertainty supports."""

from __future__ import annotations

import pytest
from scipy.stats import norm

from elancry.agreement.levels import KOO_LI, LANDIS_KOCH


@pytest.mark.parametrize(
    ("limit", "landis", "koo"),
    [
        (-0.1, "poor", "poor"),
        (0.0, "poor", "poor"),
        (0.0001, "slight", "poor"),
        (0.41, "moderate", "poor"),
        (0.6, "moderate", "moderate"),
        (0.61, "substantial", "moderate"),
        (0.81, "almost perfect", "good"),
        (0.95, "almost perfect", "excellent"),
    ],
)
def test_the_highest_range_that_begins_below_the_limit(limit: float, landis: str, koo: str) -> None:
    assert LANDIS_KOCH.word_from_limit(limit) == landis
    assert KOO_LI.word_from_limit(limit) == koo


def test_gwets_benchmark_of_his_four_raters() -> None:
    """AC1 = .77544 with standard error .14295 (irrCAC): P(AC1 > .4) = .9945 > .95 > P(AC1 > .6): "moderate"."""
    inside = norm.cdf((1 - 0.77544) / 0.14295) - norm.cdf((-1 - 0.77544) / 0.14295)

    def above(bound: float) -> float:
        return (norm.cdf((1 - 0.77544) / 0.14295) - norm.cdf((bound - 0.77544) / 0.14295)) / inside

    assert above(0.4) > 0.95 > above(0.6)
    assert LANDIS_KOCH.benchmark(0.77544, 0.14295) == "moderate"
    assert LANDIS_KOCH.benchmark(0.77544, 0.0) == "substantial"
    assert LANDIS_KOCH.benchmark(-0.5, 0.1) == "poor"
