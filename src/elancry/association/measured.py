"""What level do the tests really have, and how often do intervals hold the truth, in studies like this one?

Rates from published simulations (docs/validity.md). Those of regressions are here; those of tests in time and of
intervals of agreement are in `levels.json`, which `benchmarks/validity_pages.py` makes together with the pages, from
the same results. A test compares both with the results. Nothing is said of a design that is not near a simulated one.

Conventions: a design is `n_sequences` sequences in `n_clusters` clusters (sessions, patients or therapists), coded by
`n_raters` raters each.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

STUDIES, N_SEQUENCES, N_SESSIONS = 2000, 46, 32

SKEWED_SHARES_SIZE, SKEWED_SHARES_COVERAGE = 0.021, 0.979
"""CR2, one slope of nine shares on a skewed outcome without an effect: false findings, and coverage of the interval."""
NINE_JOINT = {"rating": 0.0135, "share": 0.0035}
"""HTZ, nine slopes together: the largest rate of false findings for that score."""
NINE_RATINGS_MIXED = 0.076
"""Mixed model, one slope of nine ratings: false findings. Above .07: the mixed model stands beside, never in front."""

KAPPA_RATERS, ICC_RATERS = 2, 3
"""Raters of the simulated studies of agreement."""
AIMS = {"mean": 0.07, "worst": 0.10, "maxt": 0.08}
"""Levels of tests in time that we accept: one pair on average, the worst of nine pairs, any pair by the largest."""


@cache
def levels() -> Mapping[str, Any]:
    """The content of `levels.json`."""
    found: Mapping[str, Any] = json.loads((files("elancry.association") / "levels.json").read_text(encoding="utf-8"))
    return found


def near(measured: float, found: float) -> bool:
    """Whether a size that was `found` is within a third of the one that was simulated, `measured`."""
    return abs(measured - found) <= measured / 3


def regression_near(n_sequences: int, n_clusters: int | None) -> bool:
    """Whether the simulated regressions, 46 sequences in 32 clusters, say anything of this design."""
    return n_clusters is not None and near(N_SEQUENCES, n_sequences) and near(N_SESSIONS, n_clusters)


def coverage_near(n_clusters: int, n_raters: int) -> tuple[int, float, float] | None:
    """The nearest simulated number of clusters, and smallest and largest coverage of intervals of kappa and AC1 there.

    None where nothing near this design was simulated: the same number of raters, and clusters within a third.
    """
    return _coverage("kappa", n_clusters) if n_raters == KAPPA_RATERS else None


def icc_coverage_near(n_clusters: int, n_raters: int) -> tuple[int, float, float] | None:
    """The same of the Monte-Carlo interval of ICC(2,1)."""
    return _coverage("icc", n_clusters) if n_raters == ICC_RATERS else None


def _coverage(of: str, n_clusters: int) -> tuple[int, float, float] | None:
    by_clusters = {int(groups): rates for groups, rates in levels()["coverage"][of].items()}
    nearest = min(by_clusters, key=lambda groups: abs(groups - n_clusters))
    if not near(nearest, n_clusters):
        return None
    low, high = by_clusters[nearest]
    return nearest, low, high


@dataclass(frozen=True)
class Level:
    """How often a test of one kind rejected in a design where nothing is associated, over its scenarios."""

    n_sequences: int
    n_clusters: int
    n_studies: int
    """Of the scenario with the fewest."""
    n_scenarios: int
    mean_low: float
    mean_high: float
    """One pair, on average over nine: in the mildest and in the hardest scenario."""
    worst: float
    """The worst of nine pairs in the hardest scenario."""
    maxt: float
    """Any pair by the largest statistic, in the hardest scenario."""
    ratio: tuple[float, float] | None
    """Smallest and largest coverage of the interval of the ratio; of co-occurrence only."""
    missed: tuple[str, ...]
    """Codes of the scenarios in which one of the rates exceeds its aim (`AIMS`)."""


def level_near(test: str, n_sequences: int, n_clusters: int) -> Level | None:
    """The level of `cooccurrence`, `window` or `lag` by `trend_exchange` in the nearest simulated design.

    None where nothing near was simulated: sequences and clusters both within a third.
    """
    designs = [
        Level(**{**item, "missed": tuple(item["missed"]), "ratio": item["ratio"] and tuple(item["ratio"])})
        for item in levels()["exchange"][test]
    ]
    close = [item for item in designs if near(item.n_sequences, n_sequences) and near(item.n_clusters, n_clusters)]
    return min(
        close,
        key=lambda item: abs(log(item.n_sequences / n_sequences)) + abs(log(item.n_clusters / n_clusters)),
        default=None,
    )


SKEWED_FROM = 1.0
"""Skewness of an outcome from which it counts as skewed: 99 of 100 outcomes of that scenario lie above."""


def skewness(values: NDArray[np.float64]) -> float:
    """Third standardised moment of `values` (n,) without NaN; NaN without variation."""
    centred = values - values.mean()
    spread = float((centred**2).mean())
    return float((centred**3).mean()) / spread**1.5 if spread > 0 else float("nan")


def percent(rate: float) -> str:
    """`rate` in [0, 1] as `2.1 %`."""
    return f"{100 * rate:.1f} %"
