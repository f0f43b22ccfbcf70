"""`elancry agree` finds the agreement that a simulated study holds.

Two implementations that share nothing: truth.json counts single milliseconds in the drawn annotations, `agree` reads
the written files and weighs the segments of the timeline. Planted mistakes are in both: a tier left empty is missing,
time outside a sequence does not count, a left-out rating is a missing cell.
"""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from elancry.cli.main import cli

Row = dict[str, str]


@pytest.fixture(scope="module")
def agreed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[Row]], list[Row]]:
    """(agreement of this draw as in truth.json, rows of tables/agreement.csv) of a small study with mistakes."""
    folder = tmp_path_factory.mktemp("planted")
    runner = CliRunner()
    for arguments in (
        ["simulate", "crying", "-o", str(folder / "study"), "--sessions", "10", "--sequences", "12"],
        ["agree", str(folder / "study"), "-o", str(folder / "out"), "--codebook", "crying", "--resamples", "0"],
    ):
        with pytest.MonkeyPatch.context() as patch:
            # The tables are what is tested here; drawing takes longer than all the rest.
            patch.setattr("elancry.report.write.report_files", lambda *_, **__: {})
            result = runner.invoke(cli, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    truth = json.loads((folder / "study" / "truth.json").read_text(encoding="utf-8"))
    assert {mistake["finding"] for mistake in truth["mistakes"]} >= {"tier-empty", "annotation-crosses-sequence"}
    with (folder / "out" / "tables" / "agreement.csv").open(encoding="utf-8", newline="") as file:
        return truth["agreement_of_this_draw"], list(csv.DictReader(file))


def test_time_kappa(agreed: tuple[dict[str, list[Row]], list[Row]]) -> None:
    drawn, rows = agreed
    found = {
        (row["system"], row["raters"], row["measure"]): row
        for row in rows
        if row["variant"] == "with_none" and row["scope"] == "overall" and row["aggregate"] == "pair"
    }
    assert len(drawn["time_cohen_kappa_with_none"]) == 6
    for pair in drawn["time_cohen_kappa_with_none"]:
        raters = f"{pair['rater_a']}|{pair['rater_b']}"
        kappa = found[pair["system"], raters, "time_cohen_kappa"]
        assert float(kappa["estimate"]) == pytest.approx(pair["kappa"], abs=1e-8)
        assert int(kappa["compared_ms"]) == pair["compared_ms"]
        percent = found[pair["system"], raters, "time_percent"]
        assert float(percent["estimate"]) == pytest.approx(pair["percent"], abs=1e-8)


def test_icc_of_ratings(agreed: tuple[dict[str, list[Row]], list[Row]]) -> None:
    """The truth is that of complete rows; where a rating is missing REML takes all rows, and its interval holds it."""
    drawn, rows = agreed
    found = {
        (row["system"], row["category"]): row
        for row in rows
        if row["measure"] == "icc_2_1" and row["variant"] == "rating" and row["raters"] == "R1|R2|R3"
    }
    assert len(drawn["icc_2_1"]) == 13
    for item in drawn["icc_2_1"]:
        row = found[item["system"], item["category"]]
        if int(row["n_units"]) == item["n_sequences"]:
            assert float(row["estimate"]) == pytest.approx(item["icc_2_1"], abs=1e-8)
        else:
            assert int(row["n_units"]) > item["n_sequences"]
            assert float(row["ci_low"]) < item["icc_2_1"] < float(row["ci_high"])
