"""The regressions of a whole study against R: lm and clubSandwich, by the `check.R` that lies beside every result."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from elancry.codebook.load import load_codebook
from elancry.study.associate.check_script import check_script
from elancry.study.associate.rows import regression_rows
from elancry.table import schema

FOLDER = Path(__file__).parent / "association_check"


@pytest.fixture(scope="module")
def sequences() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "sequences.csv", dtype={"session": str, "sequence": str})


@pytest.fixture(scope="module")
def tables(sequences: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    slopes, models, _ = regression_rows(sequences, load_codebook("crying"), seed=1, n_draws=0)
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
        table.to_csv(tmp_path / "tables" / f"{name}.csv", index=False)
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
    slopes, models, _ = regression_rows(
        hostile,
        load_codebook("crying"),
        seed=1,
        scores=["rating"],
        directions=[("intervention", "crying_form")],
        covariates=[name, "=1+1"],
        n_draws=0,
    )
    (tmp_path / "tables").mkdir()
    tables = hostile, schema.REGRESSION.frame(slopes), schema.MODELS.frame(models)
    for part, table in zip(("sequences", "regression", "models"), tables, strict=True):
        table.to_csv(tmp_path / "tables" / f"{part}.csv", index=False)
    (tmp_path / "check.R").write_text(check_script(), encoding="utf-8")
    done = subprocess.run([rscript, "check.R"], cwd=tmp_path, capture_output=True, text=True, check=True)
    largest = re.search(r"largest difference of all (\S+)", done.stdout)
    assert largest is not None
    assert float(largest.group(1)) < 1e-8
    assert not list(tmp_path.rglob("pwned"))
