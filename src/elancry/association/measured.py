"""What level do the tests really have where they miss the nominal one, and how often do intervals hold the truth?

Rates out of `docs/validity.json`, made by `benchmarks/validity.py`: 2,000 simulated studies a scenario of 46 sequences
in 32 sessions, intraclass correlation .3, tests at .05, 95 % intervals. A test compares these numbers with that file.
Whatever differs from the nominal level and concerns a study is said in its report.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STUDIES, N_SEQUENCES, N_SESSIONS = 2000, 46, 32

SKEWED_SHARES_SIZE, SKEWED_SHARES_COVERAGE = 0.021, 0.979
"""CR2, one slope of nine shares on a skewed outcome without an effect: false findings, and coverage of the interval."""
NINE_JOINT = {"rating": 0.0135, "share": 0.0035}
"""HTZ, nine slopes together: the largest rate of false findings for that score."""
NINE_RATINGS_MIXED = 0.076
"""Mixed model, one slope of nine ratings: false findings. Above .07: the mixed model stands beside, never in front."""
KAPPA_COVERAGE = 0.9255, 0.9315
"""Session bootstrap of kappa on durations: smallest and largest coverage."""
KAPPA_RATERS = 2

COVERAGE = {
    8: (0.935, 0.943),
    10: (0.93, 0.932),
    12: (0.941, 0.945),
    16: (0.938, 0.943),
    20: (0.948, 0.956),
    32: (0.926, 0.945),
}
"""Clusters of four sequences -> smallest and largest coverage of intervals of kappa and AC1 on durations, two raters.

Out of `docs/validity_few_clusters.json`, 1,000 studies or more a scenario, accuracy a trait of the cluster or not.
"""


def coverage_near(n_clusters: int, n_raters: int) -> tuple[int, float, float] | None:
    """The nearest simulated number of clusters and its coverages; None where nothing near this design was simulated.

    Near: the same number of raters, and clusters within a third.
    """
    nearest = min(COVERAGE, key=lambda groups: abs(groups - n_clusters))
    if n_raters != KAPPA_RATERS or abs(nearest - n_clusters) > nearest / 3:
        return None
    return nearest, *COVERAGE[nearest]


SKEWED_FROM = 1.0
"""Skewness of an outcome from which it counts as skewed: 99 of 100 outcomes of that scenario lie above."""


def skewness(values: NDArray[np.float64]) -> float:
    """Third standardised moment of (n,), NaN without variation."""
    centred = values - values.mean()
    spread = float((centred**2).mean())
    return float((centred**3).mean()) / spread**1.5 if spread > 0 else float("nan")


def percent(rate: float) -> str:
    """`2.1 %`."""
    return f"{100 * rate:.1f} %"
