"""The study as Python users have it: the same numbers as the command line, errors in words, objects that show."""

from __future__ import annotations

import html
import json
import pickle
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
        ({"resamples": object()}, "cannot be a setting"),
        ({"criterion": {1: object}}, "cannot be a setting"),
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
    with pytest.raises(elancry.ElancryError, match="already exists"):
        figure.save(tmp_path / "figure.png")
    with pytest.raises(elancry.ElancryError, match=r"svg, \.pdf or \.png"):
        figure.save(tmp_path / "figure.docx")


def test_objects_show_as_tables_and_nothing_in_them_becomes_markup(study: elancry.Study):
    assert "<table " in study._repr_html_()
    assert "<table " in study.agree()._repr_html_()
    assert "exploring emotions" in elancry.load_codebook("crying")._repr_html_()
    editor = elancry.new_document().edit()
    editor.types.add("<script>")
    editor.tiers.add("<img src=x onerror=alert(1)>", "<script>")
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
    with pytest.raises(elancry.ElancryError, match="must be given together"):
        elancry.write_templates("crying", tmp_path, raters=["R1"])
    video = tmp_path / "S01.mp4"
    video.write_bytes(b"")
    written = elancry.write_templates("crying", tmp_path / "out", media=[video], raters=["R1", "R2"])
    assert {"S01__R1.eaf", "S01__R2.eaf"} <= {path.name for path in written}


def test_what_is_odd_in_the_sequences_is_a_warning(tmp_path: Path):
    """Sequences of 60 ms are likely in seconds: the command warns, and so does Python."""
    video = tmp_path / "S01.mp4"
    video.write_bytes(b"")
    table = tmp_path / "sequences.csv"
    table.write_text("session,sequence,start_ms,end_ms\nS01,1,0,60\n", encoding="utf-8")
    with pytest.warns(UserWarning, match=r"^.*sequences\.csv: the times in start_ms and end_ms may be seconds"):
        elancry.write_templates("crying", tmp_path / "out", media=[video], raters="R1", sequences=table)


def test_import_is_light_and_every_name_is_there():
    code = (
        "import sys, elancry; print(sorted({'pandas', 'lxml', 'numpy'} & set(sys.modules))); "
        "[getattr(elancry, name) for name in elancry._HOME]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("paths", [None, 3, b"coded", [], [3]])
def test_what_is_no_path_is_said_in_words(paths: object):
    with pytest.raises(elancry.ElancryError, match=r"expected|was given"):
        elancry.open_study(paths)


@pytest.mark.parametrize("jobs", [0, "2", True, None])
def test_an_impossible_number_of_jobs(coded: Path, jobs: object):
    with pytest.raises(elancry.ElancryError, match="jobs"):
        elancry.open_study(coded, jobs=jobs)


def test_a_codebook_as_a_setting_is_not_printed_whole(coded: Path):
    with pytest.raises(elancry.ElancryError, match="Built-in codebook") as refused:
        elancry.open_study(coded, codebook=elancry.load_codebook("crying"))
    assert len(str(refused.value)) < 300


def test_a_name_that_is_not_there_says_which_are(study: elancry.Study):
    analysis = study.agree()
    with pytest.raises(KeyError, match="did you mean 'agreement'"):
        analysis["agrement"]
    with pytest.raises(KeyError, match="agreement-crying_form"):
        analysis.figures["xyz"]
    assert analysis.get("xyz") is None
    assert "xyz" not in analysis.figures


def test_what_is_done_with_a_table_is_not_saved(study: elancry.Study, tmp_path: Path):
    analysis = study.agree()
    table = analysis["agreement"]
    table["mine"] = 1
    table.loc[:, "estimate"] = 1.0
    assert "mine" not in analysis["agreement"]
    analysis.save(tmp_path / "results")
    saved = pd.read_csv(tmp_path / "results" / "tables" / "agreement.csv")
    assert "mine" not in saved
    assert (saved["estimate"] != 1.0).any()


def test_an_analysis_can_be_pickled_before_and_after_drawing(study: elancry.Study):
    analysis = study.agree()
    names = list(analysis.figures)
    again = pickle.loads(pickle.dumps(analysis))
    assert_frame_equal(again["agreement"], analysis["agreement"])
    assert list(again.figures) == names
    with pytest.raises(pickle.PicklingError, match="pickle the analysis"):
        pickle.dumps(analysis.figures[names[0]])
    assert pickle.loads(pickle.dumps(study)).raters == study.raters


def test_a_figure_does_not_follow_a_link_to_nowhere(study: elancry.Study, tmp_path: Path):
    (tmp_path / "figure.svg").symlink_to(tmp_path / "nowhere.svg")
    figure = study.agree().figures["agreement-crying_form"]
    with pytest.raises(elancry.ElancryError, match="already exists"):
        figure.save(tmp_path / "figure.svg")
    assert not (tmp_path / "nowhere.svg").exists()


def test_labels_are_no_formulas(study: elancry.Study):
    # A notebook typesets $...$ in what it shows, links of formulas included.
    figure = study.agree().figures["agreement-crying_form"]
    for shown in (study._repr_html_(), figure._repr_html_(), elancry.new_document()._repr_html_()):
        assert "tex2jax_ignore mathjax_ignore" in shown


def test_hostile_captions_stay_text(study: elancry.Study):
    figure = study.agree().figures["agreement-crying_form"]
    evil = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>"
    figure.caption = figure.alt = evil
    shown = figure._repr_html_()
    assert shown.count("<img") == 1
    assert "<script" not in shown
    assert html.escape(evil) in shown


def test_one_rater_and_one_video_are_not_taken_letter_by_letter(tmp_path: Path):
    video = tmp_path / "S01.mp4"
    video.write_bytes(b"")
    written = elancry.write_templates("crying", tmp_path / "out", media=str(video), raters="Anna")
    assert {path.name for path in written if path.suffix == ".eaf"} == {"S01__Anna.eaf"}


def test_names_of_the_package_are_what_one_needs():
    assert sorted(elancry.__all__) == sorted(elancry._HOME)
    assert {name for name in dir(elancry) if not name.startswith("__")} == set(elancry.__all__)
    namespace: dict[str, object] = {}
    exec("from elancry import *", namespace)
    assert namespace["open_study"] is elancry.open_study
