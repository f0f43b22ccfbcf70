"""What reports say of the level of the tests in time: only near a simulated design, and what missed its aim by name."""

from __future__ import annotations

import pytest

from elancry.association import measured
from elancry.report.numbers import whole
from elancry.report.true_levels import by_kind, true_level
from elancry.report.words import Words

DESIGN = {
    "n_sequences": 48,
    "n_clusters": 12,
    "n_studies": 2000,
    "n_scenarios": 5,
    "mean_low": 0.041,
    "mean_high": 0.074,
    "worst": 0.11,
    "maxt": 0.05,
    "ratio": None,
    "missed": ["habits-48-12", "habit-in-one-system-only-48-12"],
}
ROW = {"p_permutation": 0.2, "null": "trend_exchange", "n_sequences": 46, "n_clusters": 11, "lag": None}


@pytest.fixture
def levels(monkeypatch: pytest.MonkeyPatch) -> dict:
    content = {
        "exchange": {
            "lag": [dict(DESIGN)],
            "cooccurrence": [{**DESIGN, "missed": [], "ratio": [0.917, 0.951]}],
            "window": [],
        }
    }
    monkeypatch.setattr(measured, "levels", lambda: content)
    return content


@pytest.mark.usefixtures("levels")
def test_a_level_near_a_simulated_design_is_quoted_with_its_design() -> None:
    said = true_level("cooccurrence", [ROW], Words("en"))
    assert said.startswith("True level: in simulated studies of 48 sequences in 12 groups")
    for part in ("4.1 % to 7.4 %", "11.0 %", "5.0 %", "91.7 % to 95.1 %", f"at least {whole(2000)} studies"):
        assert part in said
    assert "more than aimed at" not in said


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize(("language", "name"), [("en", "habits of groups"), ("de", "Gewohnheiten von Gruppen")])
def test_what_missed_its_aim_is_named(language: str, name: str) -> None:
    said = true_level("lag", [ROW], Words(language))
    assert name in said
    assert all(measured.percent(aim) in said for aim in measured.AIMS.values())


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("other", [{"n_sequences": 200}, {"n_clusters": 40}])
def test_far_from_every_simulated_design_it_is_said_that_nothing_is_known(other: dict[str, int]) -> None:
    said = true_level("lag", [ROW | other], Words("en"))
    assert "was not simulated for a design near this one" in said
    assert "%" not in said


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("other", [{"null": "swap"}, {"p_permutation": None}, {"n_clusters": None}])
def test_nothing_is_said_of_what_was_not_tested_by_exchange(other: dict[str, object]) -> None:
    assert true_level("lag", [ROW | other], Words("en")) == ""


def test_windows_and_lags_are_told_apart() -> None:
    lag = ROW | {"lag": 1}
    assert by_kind([ROW, lag, ROW]) == [("window", [ROW, ROW]), ("lag", [lag])]
    assert by_kind([lag]) == [("lag", [lag])]
