"""What `analyze` leaves behind: the contract of tables and results.json."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from elancry.cli.main import run

QUICK = ("--codebook", "crying", "--permutations", "99", "--resamples", "50")

# The columns of each table, in this order, as the contract names them; further ones may only follow.
COLUMNS = {
    "agreement": "system coding tier measure variant scope category session raters aggregate criterion time_unit_ms "
    "tolerance_ms n_units compared_ms estimate ci_low ci_high ci_method level undefined_reason",
    "confusion": "system tier session kind variant criterion rater_a rater_b category_a category_b value",
    "cooccurrence": "system_a category_a system_b category_b n_sequences joint_ms expected_ms ratio jaccard odds_ratio "
    "p_permutation p_holm p_bh",
    "regression": "outcome_system outcome predictor_system term score n_sequences n_sessions b beta se se_type t df "
    "ci_low ci_high p p_holm p_bh vif",
    "models": "outcome_system outcome predictor_system score se_type n_sequences n_sessions r2 r2_adjusted f df1 df2 p "
    "f2 f2_ci_low f2_ci_high warnings",
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, make_coded: Callable[..., Path]) -> Path:
    """Enough sequences for a regression with nine predictors, and for permutations that differ."""
    return make_coded(tmp_path_factory.mktemp("results") / "Müllers Videos", sessions=12, sequences=14)


def analysed(study: Path, name: str, *options: str) -> Path:
    out = study.parent / name
    assert run(["analyze", str(study), "-o", str(out), *QUICK, *options]) == 0
    return out


@pytest.fixture(scope="module")
def results(study: Path) -> Path:
    return analysed(study, "out")


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_two_runs_differ_in_the_time_stamp_only(study: Path, results: Path):
    again = analysed(study, "again")
    one, two = (json.loads((folder / "results.json").read_text("utf-8")) for folder in (results, again))
    assert one.pop("created")
    assert two.pop("created")
    assert one == two
    for table in (results / "tables").iterdir():
        assert table.read_bytes() == (again / "tables" / table.name).read_bytes()


def test_the_number_of_jobs_changes_nothing(study: Path, results: Path):
    two_jobs = analysed(study, "jobs", "--jobs", "2")
    one, two = (json.loads((folder / "results.json").read_text("utf-8")) for folder in (results, two_jobs))
    assert {**one, "created": ""} == {**two, "created": ""}


def test_another_seed_changes_p_values_and_not_estimates(study: Path, results: Path):
    other = analysed(study, "other", "--seed", "1")
    one, two = (rows_of(folder / "tables/cooccurrence.csv") for folder in (results, other))
    assert [row["ratio"] for row in one] == [row["ratio"] for row in two]
    assert [row["p_permutation"] for row in one] != [row["p_permutation"] for row in two]


@pytest.mark.parametrize("name", COLUMNS)
def test_tables_begin_with_the_columns_of_the_contract(results: Path, name: str):
    with (results / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        header = next(csv.reader(stream))
    wanted = COLUMNS[name].split()
    assert header[: len(wanted)] == wanted


def test_provenance_names_every_input_by_its_hash(study: Path, results: Path):
    content = json.loads((results / "results.json").read_text("utf-8"))
    assert {item["file"]: item["sha256"] for item in content["inputs"]} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in study.glob("*.eaf")
    }
    assert content["seed"] == 20240417
    assert content["plan"]["permutations"] == {"value": 99, "chosen": True}
    assert content["plan"]["matching"] == {"value": "easydiag", "chosen": False}
    assert {"elancry", "python", "numpy", "statsmodels"} <= set(content["versions"])


def test_undefined_is_empty_with_a_reason_and_never_nan(results: Path):
    text = (results / "results.json").read_text("utf-8")
    assert not re.search(r"\b(NaN|Infinity)\b", text)
    rows = rows_of(results / "tables/agreement.csv")
    assert len(rows) > 100
    for row in rows:
        # The reason may also say why an estimate has no interval.
        assert row["estimate"] or row["undefined_reason"]
        assert row["ci_low"] or row["undefined_reason"] or not row["ci_method"].startswith("BCa")
        assert row["estimate"].lower() not in {"nan", "inf", "-inf"}


def test_no_path_of_this_machine_in_the_results(results: Path):
    for path in results.rglob("*"):
        if path.suffix in {".json", ".csv", ".html", ".md", ".svg"}:
            assert str(results.parent) not in path.read_text("utf-8"), path.name
