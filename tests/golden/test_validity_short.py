"""A short run of the three hardest scenarios: a level that cannot be chance fails, and `swap` must be caught.

The published run has thousands of studies (docs/validity.md); this one is there so that a change which breaks the level
is seen at once.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy import stats

STUDIES, DRAWS = 24, 99
IMPOSSIBLE = 1e-4
"""Probability of so many rejections under the level that we accept."""


@pytest.fixture(scope="module")
def simulator() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "validity_exchange.py"
    spec = importlib.util.spec_from_file_location("validity_exchange", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["validity_exchange"] = module
    spec.loader.exec_module(module)
    module.DRAWS = DRAWS
    return module


@pytest.mark.slow
def test_no_level_is_impossible_in_the_hardest_scenarios(simulator: ModuleType) -> None:
    """Any pair by maxT rejects in at most .08 of studies: more than `most` of 24 have a probability below 1e-4."""
    most = int(stats.binom.ppf(1 - IMPOSSIBLE, STUDIES, 0.08))
    caught = []
    for name in simulator.HARDEST:
        scenario = simulator.SCENARIOS[name]
        found = [simulator.one(scenario, name, number, 7) for number in range(STUDIES)]
        for test in ("co-occurrence", "window", "lag"):
            rejected = sum(item[f"{test} maxT"][0] <= 0.05 for item in found)
            assert rejected <= most, f"{test}, {name}: {rejected} of {STUDIES}"
        rates = np.mean([np.array(item["co-occurrence p"]) <= 0.05 for item in found])
        assert rates <= 0.07 + 4 * np.sqrt(0.07 * 0.93 / STUDIES)
        caught.append(sum(item["swap maxT"][0] <= 0.05 for item in found))
    # Sixty sequences of ten patients with habits: what the test is there to find.
    assert max(caught) > most
