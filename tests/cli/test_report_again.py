"""`elancry report` and `elancry figures` show results that are there: the same bytes, and no coded file is read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from elancry.cli.main import run

SHOWN = ("report.html", "methods.md", "methods.bib", "tables.docx")


def said(*arguments: object) -> int:
    return run([str(item) for item in arguments])


@pytest.fixture(scope="module")
def results(make_coded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again")
    coded = make_coded(folder / "coded")
    quick = ("--resamples", "0", "--permutations", "9", "--quiet")
    assert said("analyze", coded, "-o", folder / "results", *quick) == 0
    # Nothing but the two files can be read from now on.
    shutil.rmtree(coded)
    return folder / "results"


def test_the_report_is_that_of_analyze_byte_by_byte(results: Path, tmp_path: Path):
    assert said("report", results, "-o", tmp_path / "again", "--quiet") == 0
    for name in SHOWN:
        assert (tmp_path / "again" / name).read_bytes() == (results / name).read_bytes(), name
    figures = {path.name: path.read_bytes() for path in (results / "figures").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "again" / "figures").iterdir()} == figures
    assert said("figures", results, "-o", tmp_path / "figures", "--quiet") == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "figures").glob("*.svg")} == figures


def test_another_language_stands_beside_or_in_the_place_of_the_first(results: Path, tmp_path: Path, capsys):
    own = tmp_path / "results"
    shutil.copytree(results, own)
    assert said("report", own, "--lang", "de") == 0
    assert capsys.readouterr().out == f"Report: {own / 'report.html'}\n"
    assert '<html lang="de">' in (own / "report.html").read_text("utf-8")
    assert (own / "results.json").read_bytes() == (results / "results.json").read_bytes()
    assert said("report", own, "--quiet") == 0
    assert (own / "report.html").read_bytes() == (results / "report.html").read_bytes()
    (own / "report.html").write_text("mine", encoding="utf-8")
    assert said("report", own) == 2
    assert "changed since elancry wrote it" in capsys.readouterr().err


def test_for_print_on_request(results: Path, tmp_path: Path, capsys):
    assert {path.suffix for path in (results / "figures").iterdir()} == {".svg"}
    assert said("figures", results, "-o", tmp_path / "figures", "--print-figures") == 0
    files = [path for path in (tmp_path / "figures").iterdir() if path.suffix != ".json"]
    names = {path.stem for path in files}
    assert len(files) == 3 * len(names)
    assert capsys.readouterr().out == f"{len(names)} figures in {tmp_path / 'figures'}\n"


def test_a_folder_without_results_is_refused(tmp_path: Path, capsys):
    for command in (("report", tmp_path), ("figures", tmp_path, "-o", tmp_path / "out")):
        assert said(*command) == 2
        assert capsys.readouterr().err.startswith(f"Error: there is no results.json in {tmp_path}\n")
    assert list(tmp_path.iterdir()) == []
