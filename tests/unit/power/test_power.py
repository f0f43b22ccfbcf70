"""Planning by simulation against closed forms, and what it refuses."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from elancry.errors import UnreadableInput, UsageError
from elancry.power.closed_forms import observed_correlation, power_of_slope, width_by_bonett
from elancry.power.model import MOST_SEQUENCES, Assumptions, Design
from elancry.power.pilot import assumptions_of, read_pilot
from elancry.power.plan import power_rows
from elancry.power.request import designs_of
from elancry.power.said import pages, words_on
from elancry.power.simulated import simulate_studies
from elancry.table.schema import GENERALIZABILITY, POWER


def test_bonett_2002() -> None:
    """Bonett (2002), eq. 3, solved for n with icc .7, k = 3 and w = .2.

    8 x 1.96^2 x .3^2 x 2.4^2 / (3 x 2 x .2^2) + 1 = 15.931 / .24 + 1 = 67.4, so n = 68 is at most .2 wide and 67 more.
    """
    assert width_by_bonett(0.7, 68, 3) <= 0.2 < width_by_bonett(0.7, 67, 3)


def test_power_is_that_of_pwr() -> None:
    """pwr::pwr.f2.test(u = 1, v = 53, f2 = .15) takes lambda = f2 (u + v + 1) (Cohen 1988, ch. 9); here by draws.

    The noncentral F with lambda is the ratio of a chi-square with (z + sqrt(lambda))^2 to one over its freedom.
    """
    n, f2 = 55, 0.15
    rng = np.random.default_rng(1)
    above = np.square(rng.normal(size=400_000) + math.sqrt(f2 * n)) / (rng.chisquare(n - 2, 400_000) / (n - 2))
    from scipy import stats

    expected = (above > stats.f.ppf(0.95, 1, n - 2)).mean()
    assert power_of_slope(math.sqrt(f2 / (1 + f2)), n) == pytest.approx(expected, abs=0.003)
    assert power_of_slope(0.0, 40) == pytest.approx(0.05)


def test_simulated_width_and_power_are_those_of_the_closed_forms() -> None:
    """Independent sequences that all raters code, no rater gives higher numbers: what the formulas are about.

    Bonett's width is an approximation for one-way designs (within 5 % here); power within four Monte-Carlo errors, the
    predictor being random, not fixed, which the formula neglects (some .01).
    """
    assumed, design = Assumptions(0.7, rater_share=0.0, within=0.0, slope=0.45), Design(40, 1, 3, 1.0)
    (row,) = power_rows(assumed, [design], 300, 1)
    POWER.check(POWER.frame([row]))
    assert row["icc"] == pytest.approx(0.7, abs=4 * row["icc_mc_error"] + 0.01)
    assert row["width"] == pytest.approx(row["width_bonett"], rel=0.05)
    assert row["power_classical"] == pytest.approx(
        row["power_closed_form"], abs=4 * row["power_classical_mc_error"] + 0.01
    )
    # CR2 costs a little where nothing is clustered.
    assert row["power_classical"] - 0.08 < row["power"] <= row["power_classical"] + 0.03
    assert row["power_mc_error"] == pytest.approx(math.sqrt(row["power"] * (1 - row["power"]) / 300))


def test_what_is_observed_is_attenuated_by_the_residual_only() -> None:
    """ICC .5, a fifth of the error the raters': residual .8, so a mean of 2 raters has reliability 1 / 1.4."""
    assumed, design = Assumptions(0.5, rater_share=0.2, slope=0.42), Design(10, 1, 2, 1.0)
    assert observed_correlation(assumed, design) == pytest.approx(0.3)


def test_no_slope_is_found_in_five_of_a_hundred_studies() -> None:
    found = simulate_studies(Assumptions(0.6, slope=0.0), Design(16, 1.5, 2, 0.5), 3, 0, 200)
    assert np.isfinite(found.p).all()
    assert (found.p < 0.05).mean() < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 200)


def test_studies_do_not_depend_on_portions_or_jobs() -> None:
    assumed, design = Assumptions(0.6), Design(12, 1.25, 2, 0.5)
    whole = simulate_studies(assumed, design, 7, 0, 4)
    parts = [simulate_studies(assumed, design, 7, first, 2) for first in (0, 2)]
    assert np.array_equal(whole.p, np.concatenate([part.p for part in parts]))
    assert np.array_equal(whole.width, np.concatenate([part.width for part in parts]), equal_nan=True)


def test_sizes_and_costs() -> None:
    """46 sequences in 32 sessions; 8 of 32 sessions coded by three raters: 32 + 8 x 2 codings."""
    design = Design(32, 46 / 32, 3, 0.25)
    assert (sum(design.sizes), set(design.sizes), design.n_double, design.codings) == (46, {1, 2}, 8, 48)


def test_few_double_coded_sessions_have_no_interval() -> None:
    """Below ten clusters with several sequences there is none; the share of studies without one says so."""
    (row,) = power_rows(Assumptions(0.6), [Design(12, 2, 2, 0.5)], 20, 1)
    assert row["without_interval"] == 1.0
    assert row["width"] is None
    said = words_on(Assumptions(0.6), None, [row], 0.8, 1, "en")
    assert "expected width" not in said.methods


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Assumptions(1.2), "--icc must be above 0 and at most 1, got 1.2"),
        (lambda: Assumptions(float("nan")), "--icc must be above 0 and at most 1, got nan"),
        (lambda: Assumptions(0.5, rater_share=-1), "--rater-share must be between 0 and 1, got -1"),
        (lambda: Assumptions(0.5, slope=1), "--slope must be between -1 and 1, got 1"),
        (lambda: Design(0, 1, 2, 1), "--sessions must be 2 or more, got 0"),
        (lambda: Design(10, 1, 1, 1), "--raters must be 2 to 20, got 1: agreement needs two"),
        (lambda: Design(10, 0, 2, 1), "--sequences-per-session must be 1 or more, got 0"),
        (lambda: Design(10, 1, 2, 0), "--double-coded must be above 0 and at most 1, got 0"),
        (lambda: Design(9999, 1, 2, 1), f"9999 sequences are more than can be simulated ({MOST_SEQUENCES})"),
        (lambda: designs_of([10], [1], [2], [1], 5, 0.8), "--studies must be 20 or more, got 5"),
        (lambda: designs_of([10], [1], [2], [1], 20, 1.0), "--power must be between 0 and 1, got 1"),
        (lambda: designs_of(range(2, 202), [1, 2], [2], [1], 20, 0.8), "400 designs with 8000 simulated studies"),
        (lambda: assumptions_of(None, None, None, None, 0.3), "nothing says how far raters agree"),
    ],
)
def test_what_cannot_be(made: object, said: str) -> None:
    with pytest.raises(UsageError) as error:
        made()  # type: ignore[operator]
    assert said in str(error.value)


def pilot_file(folder: Path, **more: object) -> Path:
    """A results.json with the generalizability table of two categories and nothing else of a run."""
    rows = [
        {
            "system": "form", "coding": "rating", "category": category, "variant": "rating", "n_raters": 3,
            "n_sequences": 46, "n_clusters": 32, "variance_cluster": 0.3, "variance_sequence": 0.7,
            "variance_rater": 0.2, "variance_residual": residual, "k": k, "absolute": 1 / (1 + (0.2 + residual) / k),
        }
        for category, residual in (("protest", 0.3), ("despair", 0.8))
        for k in (1, 2)
    ]  # fmt: skip
    frame = GENERALIZABILITY.frame(rows)
    columns = {column.name: column.kind.value for column in GENERALIZABILITY.columns}
    records = json.loads(frame.to_json(orient="records"))
    content = {"format": 2, "columns": {"generalizability": columns}, "tables": {"generalizability": records}, **more}
    path = folder / "results.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_pilot_says_what_is_assumed(tmp_path: Path) -> None:
    """The category with the lower ICC, 1 / (1 + .2 + .8); a fifth of the error is the raters', .3 between sessions."""
    path = pilot_file(tmp_path)
    pilot = read_pilot(path)
    assert pilot == read_pilot(tmp_path)
    assert (pilot.category, pilot.icc, pilot.rater_share, pilot.within) == ("despair", 0.5, pytest.approx(0.2), 0.3)
    assert pilot.sequences_per_session == 46 / 32
    assert read_pilot(path, category="protest").icc == pytest.approx(1 / 1.5)
    assert assumptions_of(pilot, 0.8, None, None, 0.3) == Assumptions(0.8, pilot.rater_share, 0.3, 0.3)


def test_a_pilot_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no results\.json"):
        read_pilot(tmp_path / "results.json")
    path = pilot_file(tmp_path)
    with pytest.raises(UsageError, match="no category 'dispair'"):
        read_pilot(path, category="dispair")
    pilot_file(tmp_path, tables={})
    with pytest.raises(UsageError, match="has no table of variance components"):
        read_pilot(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableInput):
        read_pilot(path)
    pilot_file(tmp_path, tables={"generalizability": [{"k": "many"}]})
    with pytest.raises(UnreadableInput):
        read_pilot(path)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_said_and_written(language: str) -> None:
    assumed = Assumptions(0.6)
    rows = [
        {
            "n_sessions": sessions, "sequences_per_session": 1.0, "n_raters": 2, "double_coded_share": 1.0,
            "n_sequences": sessions, "n_double_coded": sessions, "n_codings": 2 * sessions, "n_studies": 100,
            "icc": 0.6, "icc_mc_error": 0.01, "width": 0.4, "width_mc_error": 0.01, "width_of_mean": 0.3,
            "width_of_mean_mc_error": 0.01, "without_interval": 0.0, "power": power, "power_mc_error": 0.04,
            "power_classical": power, "power_classical_mc_error": 0.04,
        }
        for sessions, power in ((20, 0.5), (40, 0.85), (60, 0.95))
    ]  # fmt: skip
    said = words_on(assumed, None, rows, 0.8, 1, language)
    assert "40" in said.results[0]
    assert ".80" in said.results[0]
    assert ".85" in said.methods
    assert ".040" in said.methods
    files = pages(said, rows, 0.8, language)
    assert sorted(files) == ["figures/power.svg", "power.md", "tables/power.csv"]
    assert files["figures/power.svg"] == pages(said, rows, 0.8, language)["figures/power.svg"]
    assert ("Sitzungen" if language == "de" else "Sessions") in files["figures/power.svg"].decode()
    none = words_on(assumed, None, rows[:1], 0.8, 1, language)
    assert none.results != said.results
