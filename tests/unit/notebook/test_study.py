"""The study as Python users have it: the same numbers as the command line, errors in words, objects that show."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import elancry
from elancry.cli.main import run
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study

QUICK = {"resamples": 50, "permutations": 99}


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "coded ä"
    write_study(simulate_study(elancry.load_codebook("crying"), sessions=6, sequences=8, seed=5), folder)
    return folder


@pytest.fixture(scope="module")
def study(coded: Path) -> elancry.Study:
    return elancry.open_study(coded, **QUICK)


def test_the_numbers_are_those_of_the_command_line(study: elancry.Study, coded: Path, tmp_path: Path):
    report = study.agree().save(tmp_path / "python")
    arguments = [f"--set={name}={value}" for name, value in QUICK.items()]
    run(["agree", str(coded), "-o", str(tmp_path / "shell"), "-q", *arguments])
    assert report == tmp_path / "python" / "report.html"
    names = {path.relative_to(tmp_path / "shell").as_posix() for path in (tmp_path / "shell").rglob("*")}
    assert names == {path.relative_to(tmp_path / "python").as_posix() for path in (tmp_path / "python").rglob("*")}
    ours, theirs = (json.loads((tmp_path / who / "results.json").read_text()) for who in ("python", "shell"))
    assert {**ours, "created": ""} == {**theirs, "created": ""}


def test_settings_of_one_call_leave_the_study_as_it_was(study: elancry.Study):
    other = study.agree(criterion=0.8)
    assert set(other["agreement"]["criterion"].dropna()) == {0.8}
    assert set(study.agree()["agreement"]["criterion"].dropna()) == {0.6}


@pytest.mark.parametrize("value", [np.array([0.6, 0.8]), (0.6, 0.8), [0.6, 0.8]])
def test_settings_are_plain_python_values(study: elancry.Study, value: object):
    assert study.agree(criterion=value).plan.criterion == (0.6, 0.8)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"resample": 50}, "Did you mean resamples?"),
        ({"resamples": "many"}, "many"),
        ({"raters": ["R1"]}, "Give it to open_study."),
        ({"resamples": object()}, "is no setting"),
    ],
)
def test_a_wrong_setting_is_an_error_in_words(study: elancry.Study, settings: dict[str, object], said: str):
    with pytest.raises(elancry.ElancryError, match=said.replace("?", r"\?")):
        study.agree(**settings)


def test_tables_of_the_study(study: elancry.Study):
    assert list(study.findings.columns)[:3] == ["severity", "code", "file"]
    assert str(study.findings["start_ms"].dtype) == "Int64"
    coded = sum(len(tier.annotations) for file in study.coding.files for tier in file.tiers)
    assert len(study.annotations) == coded
    assert (study.annotations["end_ms"] > study.annotations["start_ms"]).all()


def test_an_analysis_is_a_mapping_of_tables(study: elancry.Study):
    analysis = study.agree()
    assert_frame_equal(analysis["agreement"], analysis.results.tables["agreement"])
    assert isinstance(dict(analysis)["confusion"], pd.DataFrame)
    assert "Fleiss' kappa" in analysis.headline[0]
    with pytest.raises(KeyError):
        analysis["no such table"]


def test_figures_show_and_save_themselves(study: elancry.Study, tmp_path: Path):
    figures = study.agree().figures
    figure = figures["agreement-crying_form"]
    assert html.escape(figure.alt) in figure._repr_html_()
    assert figure.save(tmp_path / "figure.PDF").read_bytes().startswith(b"%PDF")
    assert figure.save(tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(elancry.ElancryError, match="there already"):
        figure.save(tmp_path / "figure.png")
    with pytest.raises(elancry.ElancryError, match=r"svg, \.pdf or \.png"):
        figure.save(tmp_path / "figure.docx")


def test_objects_show_as_tables_and_nothing_in_them_becomes_markup(study: elancry.Study):
    assert "<table>" in study._repr_html_()
    assert "<table>" in study.agree()._repr_html_()
    assert "exploring emotions" in elancry.load_codebook("crying")._repr_html_()
    editor = elancry.new_document().edit()
    editor.add_type("<script>")
    editor.add_tier("<img src=x onerror=alert(1)>", "<script>")
    shown = editor.document()._repr_html_()
    assert "<img" not in shown
    assert "<script>" not in shown
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown


def test_templates_are_those_of_the_command_line(tmp_path: Path):
    paths = elancry.write_templates("crying", tmp_path / "python")
    run(["template", "crying", "-o", str(tmp_path / "shell"), "-q"])
    assert paths
    for path in paths:
        assert path.read_bytes() == (tmp_path / "shell" / path.name).read_bytes()


def test_prepared_files_need_media_and_raters(tmp_path: Path):
    with pytest.raises(elancry.ElancryError, match="belong together"):
        elancry.write_templates("crying", tmp_path, raters=["R1"])
    video = tmp_path / "S01.mp4"
    video.write_bytes(b"")
    written = elancry.write_templates("crying", tmp_path / "out", media=[video], raters=["R1", "R2"])
    assert {"S01__R1.eaf", "S01__R2.eaf"} <= {path.name for path in written}


def test_import_is_light_and_every_name_is_there():
    code = (
        "import sys, elancry; print(sorted({'pandas', 'lxml', 'numpy'} & set(sys.modules))); "
        "[getattr(elancry, name) for name in elancry._HOME]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"
