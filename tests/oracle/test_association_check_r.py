"""The regressions of a whole study against R: lm and clubSandwich, by the `check.R` that lies beside every result."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from elancry.choices import Score
from elancry.codebook.load import load_codebook
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows
from elancry.study.plan_keys import Plan
from elancry.study.save import check_script
from elancry.table import schema
from elancry.table.export import write_csv

FOLDER = Path(__file__).parent / "association_check"


@pytest.fixture(scope="module")
def sequences() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "sequences.csv", dtype={"session": str, "sequence": str})


@pytest.fixture(scope="module")
def tables(sequences: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    sample = Sample(sequences, "session", Plan(seed=1, permutations=0))
    slopes, models = regression_rows(list(fitted_models(sample, load_codebook("crying"))))
    return schema.REGRESSION.frame(slopes), schema.MODELS.frame(models)


def test_every_model_equals_r(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """836 numbers that R gave for the sample study."""
    slopes, models = tables
    keys = ["outcome_system", "outcome", "predictor_system", "score", "se_type"]
    ours = {
        **{(*row[keys], row["term"]): row for _, row in slopes.iterrows()},
        **{(*row[keys], ""): row for _, row in models.iterrows()},
    }
    r = pd.read_csv(FOLDER / "r_values.csv", keep_default_na=False)
    assert len(r) == 836
    assert set(r["stat"]) == {"b", "se", "df", "p", "f", "df2", "r2", "r2_adjusted"}
    for row in r.itertuples():
        key = (row.outcome_system, row.outcome, row.predictor_system, row.score, row.se_type, row.term)
        assert ours[key][row.stat] == pytest.approx(float(row.r), rel=1e-9, abs=1e-12), (key, row.stat)


def test_check_r_runs_and_finds_no_difference(
    sequences: pd.DataFrame, tables: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path
) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    probe = subprocess.run([rscript, "-e", "library(clubSandwich)"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("R's clubSandwich is not installed")
    (tmp_path / "tables").mkdir()
    for name, table in zip(("sequences", "regression", "models"), (sequences, *tables), strict=True):
        write_csv(table, tmp_path / "tables" / f"{name}.csv")
    (tmp_path / "check.R").write_text(check_script(), encoding="utf-8")
    done = subprocess.run([rscript, "check.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search(r"^\d{4} numbers of 26 models compared", done.stdout)
    largest = re.search(r"largest difference of all (\S+)", done.stdout)
    assert largest is not None
    assert float(largest.group(1)) < 1e-8


def test_names_in_the_tables_are_no_r_code(sequences: pd.DataFrame, tmp_path: Path) -> None:
    """Sessions and covariates come from file names and a sessions table: whatever their names, R only reads them."""
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    name = "x\"); system('touch pwned'); #"
    hostile = sequences.assign(**{name: range(len(sequences)), "=1+1": [row % 7 for row in range(len(sequences))]})
    hostile["session"] = hostile["session"].replace({hostile["session"].iloc[0]: "'; system('touch pwned') #"})
    plan = Plan(
        seed=1,
        scores=(Score.RATING,),
        outcomes=("intervention ~ crying_form",),
        covariates=(name, "=1+1"),
        permutations=0,
    )
    models_of = list(fitted_models(Sample(hostile, "session", plan), load_codebook("crying")))
    slopes, models = regression_rows(models_of)
    (tmp_path / "tables").mkdir()
    tables = hostile, schema.REGRESSION.frame(slopes), schema.MODELS.frame(models)
    for part, table in zip(("sequences", "regression", "models"), tables, strict=True):
        write_csv(table, tmp_path / "tables" / f"{part}.csv")
    (tmp_path / "check.R").write_text(check_script(), encoding="utf-8")
    done = subprocess.run([rscript, "check.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    largest = re.search(r"largest difference of all (\S+)", done.stdout)
    assert largest is not None
    assert float(largest.group(1)) < 1e-8
    assert not list(tmp_path.rglob("pwned"))
