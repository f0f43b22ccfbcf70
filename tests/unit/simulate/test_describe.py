"""Agreement of a draw, against published examples and against what was planted."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from elancry.codebook.model import Codebook
from elancry.simulate.describe import cohen, describe_pairs, describe_ratings, icc_2_1
from elancry.simulate.parameters import RaterModel
from elancry.simulate.study import simulate_study

# Shrout & Fleiss (1979), table 2: six targets, four judges. Their table 4 gives ICC(2,1) = .29.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_icc_2_1_is_that_of_shrout_and_fleiss() -> None:
    assert icc_2_1(np.array(SHROUT_FLEISS, dtype=float)) == pytest.approx(0.2898, abs=5e-5)
    assert icc_2_1(np.full((5, 3), 2.0)) is None
    assert icc_2_1(np.array([[1.0, 2.0]])) is None


def test_cohens_kappa_is_that_of_cohen_1960(shared: Path) -> None:
    """Cohen (1960), p. 45: kappa = .492 (EXPECTED_PUBLISHED.csv)."""
    with (shared / "oracles" / "cohen_1960_p45.csv").open(encoding="utf-8") as file:
        rows = [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]
    assert cohen(np.array(rows))[1] == pytest.approx(0.492, abs=5e-4)


def test_raters_without_errors_agree_completely(toy: Codebook) -> None:
    study = simulate_study(toy, rater_models=RaterModel(), mistakes=False)
    pairs = describe_pairs(study)
    assert len(pairs) == 2 * 3
    assert all(pair.percent == 1 and pair.kappa == pytest.approx(1) for pair in pairs)
    assert all(pair.compared_ms == study.sequences.duration_ms.sum() for pair in pairs)
    assert all(item.icc_2_1 == pytest.approx(1) for item in describe_ratings(study))


def test_default_raters_agree_as_a_trained_team_does_and_one_drifts(toy: Codebook) -> None:
    """The range that the study is meant to show: kappa .6-.8 for the steady pair, less with the rater who drifts."""
    study = simulate_study(toy, sessions=300, sequences=500, mistakes=False)
    for system in ("mood", "act"):
        kappa = {(p.rater_a, p.rater_b): p.kappa for p in describe_pairs(study) if p.system == system}
        assert 0.6 < kappa["R1", "R2"] < 0.8
        assert max(kappa["R1", "R3"], kappa["R2", "R3"]) < kappa["R1", "R2"] - 0.05
    assert all(0.6 < item.icc_2_1 < 0.85 for item in describe_ratings(study))


def test_a_tier_left_empty_is_not_compared(toy: Codebook) -> None:
    study = simulate_study(toy)
    empty = next(mistake for mistake in study.mistakes if mistake.kind == "tier left empty")
    session = study.sessions.index(empty.session)
    lost = study.sequences.duration_ms[study.sequences.session == session].sum()
    for pair in describe_pairs(study):
        concerned = pair.system == empty.tier and empty.rater in (pair.rater_a, pair.rater_b)
        assert pair.compared_ms == study.sequences.duration_ms.sum() - lost * concerned
