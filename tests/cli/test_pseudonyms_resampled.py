"""Resampled numbers under pseudonyms are those of the originals within their Monte-Carlo error.

Streams of random numbers are derived by name, so that other names draw other samples. How far two draws are apart is
measured: by other seeds of the same study.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from elancry.cli.main import run

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def bounds(tmp_path_factory: pytest.TempPathFactory, make_coded: Callable[..., Path]) -> dict[str, pd.DataFrame]:
    """The intervals of two raters' agreement on one system: under pseudonyms, and with names for several seeds."""
    folder = tmp_path_factory.mktemp("resampled")
    coded = make_coded(folder / "coded", sessions=10, sequences=10)
    key = {"salt": "x", "made": "2026-01-01", "names": {"rater": {"R1": "R60", "R2": "R50"}}}
    (folder / "keys").mkdir()
    (folder / "keys" / "key.json").write_text(json.dumps(key), encoding="utf-8")
    hide = ["--pseudonymise", "--key", str(folder / "keys" / "key.json")]
    found = {}
    for name, more in [("hidden", hide), *((f"seed {seed}", ["--seed", str(seed)]) for seed in SEEDS)]:
        arguments = ["--tiers", "crying_form", "--set", "resamples=100", "-q"]
        assert run(["agree", str(coded), "-o", str(folder / name), *arguments, *more]) == 0
        table = pd.read_csv(folder / name / "tables" / "agreement.csv")
        table = table[table.ci_method.str.contains("bootstrap", case=False, na=False) & (table.scope == "overall")]
        table = table[table.measure.str.match("time_|event_kappa|unitizing")]
        table = table[~table.ci_method.str.contains("none")]
        keys = ["measure", "variant", "criterion", "time_unit_ms", "aggregate"]
        found[name] = table.set_index(keys)[["ci_low", "ci_high"]].sort_index()
    return found


def test_intervals_are_those_of_the_originals_within_their_monte_carlo_error(bounds):
    """The bounds under pseudonyms are no farther from those of a seed than those of two seeds are from each other.

    Distances in the median over all bounds, which are correlated: twice the largest of three is allowed.
    """
    plain = [bounds[f"seed {seed}"] for seed in SEEDS]
    assert len(plain[0]) >= 10

    def apart(one, other):
        return (one - other).abs().stack().median()

    between = [apart(one, other) for one, other in combinations(plain, 2)]
    assert min(between) > 0, "the intervals are resampled"
    assert max(apart(bounds["hidden"], one) for one in plain) <= 2 * max(between)
