"""Results that were saved and loaded show the same report, byte by byte, and what cannot be loaded is said in words."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sample_results import sample_results

from elancry.align.timeline import Timeline
from elancry.choices import Language
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import finding
from elancry.report.content import build_report
from elancry.report.figures.style import Drawing
from elancry.report.html import render_html
from elancry.study.saved import drawing_json, load_results, results_json


def saved(results, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(results_json(results), encoding="utf-8")
    (folder / "drawing.json").write_text(drawing_json(results), encoding="utf-8")
    return folder


@pytest.fixture
def folder(sample, tmp_path) -> Path:
    return saved(sample, tmp_path / "results")


@pytest.mark.parametrize("language", Language)
def test_what_was_loaded_makes_the_same_page(sample, folder, language):
    pages = [render_html(build_report(one, language=language.value)) for one in (sample, load_results(folder))]
    assert pages[0] == pages[1]


def test_nothing_is_computed_to_show_results_again(folder, tmp_path):
    """`report` and `figures` need the two files alone: what reads coded files and what computes is never loaded."""
    script = (
        "import sys; from elancry.cli.main import run\n"
        f"assert run(['report', {str(folder)!r}, '-o', {str(tmp_path / 'page')!r}, '--lang', 'de', '--quiet']) == 0\n"
        f"assert run(['figures', {str(folder)!r}, '-o', {str(tmp_path / 'figures')!r}, '--quiet']) == 0\n"
        "print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    assert "elancry.study.saved" in loaded
    readers = {"elancry.eaf.read", "elancry.check.study", "elancry.study.run", "elancry.study.compared"}
    computing = {"elancry.agreement.bootstrap", "elancry.study.numbers", "scipy.stats", "statsmodels", "pingouin"}
    assert not (readers | computing).intersection(loaded)
    assert not [name for name in loaded if name.startswith("elancry.study.agree.")]


def test_everything_comes_back(sample, folder):
    odd = Timeline(
        "s", "", "form", "form", ("R1",), ("a",), *(np.array([], dtype=np.int64),) * 2, np.zeros((0, 1), "i2")
    )
    found = (*sample.findings, finding("file-unreadable", "cut off", file="a.eaf", line=3)) if sample.findings else ()
    results = dataclasses.replace(
        sample, findings=found, timelines=(*sample.timelines, odd), media=(("s01", "e40c292c", -40),)
    )
    again = load_results(saved(results, folder))
    for field in ("provenance", "codebook", "design", "findings", "omitted", "media"):
        assert getattr(again, field) == getattr(results, field), field
    for name in ("tables", "plots"):
        ours, theirs = getattr(again, name), getattr(results, name)
        assert list(ours) == list(theirs)
        for key, table in theirs.items():
            pd.testing.assert_frame_equal(ours[key], table, check_dtype=False)
    for mine, other in zip(again.timelines, results.timelines, strict=True):
        for field in dataclasses.fields(Timeline):
            left, right = getattr(mine, field.name), getattr(other, field.name)
            assert np.array_equal(left, right) if isinstance(right, np.ndarray) else left == right
            assert getattr(left, "dtype", None) == getattr(right, "dtype", None)


def test_numbers_that_json_does_not_know(folder):
    """Undefined is null, infinite a text; both come back, and so does a table without rows."""
    frame = pd.DataFrame(
        {"a": [1.5, float("nan"), float("inf"), float("-inf"), -0.0], "b": pd.array([1, None, 3, 4, 5])}
    )
    frame["b"] = frame["b"].astype("Int64")
    results = dataclasses.replace(sample_results(), tables={"numbers": frame, "none": frame[:0]})
    saved(results, folder)
    content = json.loads((folder / "results.json").read_text("utf-8"))
    assert [row["a"] for row in content["tables"]["numbers"]] == [1.5, None, "inf", "-inf", 0]
    assert content["columns"]["numbers"] == {"a": "number", "b": "integer"}
    tables = load_results(folder).tables
    pd.testing.assert_frame_equal(tables["numbers"], frame)
    assert np.signbit(tables["numbers"]["a"].iloc[4])
    assert list(tables["none"].columns) == ["a", "b"]


def test_the_same_results_give_the_same_files_whatever_the_clock_says(sample, folder):
    later = dataclasses.replace(sample, provenance=dataclasses.replace(sample.provenance, created="2027-01-01"))
    assert drawing_json(later) == (folder / "drawing.json").read_text("utf-8")
    one, two = json.loads(results_json(sample)), json.loads(results_json(later))
    assert one.pop("created") != two.pop("created")
    assert one == two


@pytest.mark.parametrize("name", ["results.json", "drawing.json"])
def test_what_cannot_be_loaded_is_said_in_words(folder, name):
    path = folder / name
    content = json.loads(path.read_text("utf-8"))
    cases = (
        ({**content, "format": content["format"] + 1}, UsageError, "written by a newer version of elancry"),
        ({**content, "format": 0}, UsageError, "written by an older version of elancry"),
        ({**content, "format": "x"}, UnreadableInput, "is damaged"),
        ([], UnreadableInput, "is damaged"),
        ({**content, "codebook": {"id": 3}, "timelines": [{}]}, UnreadableInput, "is damaged"),
        ({**content, "columns": {}}, UnreadableInput, "is damaged"),
        *((with_infinite_times(content), UnreadableInput, "is damaged") for _ in content.get("timelines", ())[:1]),
    )
    for bad, error, says in cases:
        path.write_text(json.dumps(bad), encoding="utf-8")
        with pytest.raises(error, match=says):
            load_results(folder)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(UnreadableInput, match="is damaged"):
        load_results(folder)
    path.unlink()
    with pytest.raises(UsageError, match=f"there is no {name} in .*\n.*the folder that elancry analyze"):
        load_results(folder)


def with_infinite_times(drawing: dict[str, Any]) -> dict[str, Any]:
    """`drawing.json` whose first timeline never ends."""
    first, *rest = drawing["timelines"]
    return {**drawing, "timelines": [{**first, "edges_ms": [*first["edges_ms"][:-1], float("inf")]}, *rest]}


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ({"code": "omitted.of-another-version"}, "written by elancry 0.0.9"),
        ({"code": "count.files", "fields": {}}, "written by elancry 0.0.9"),
        ({"code": ["count.files"]}, "written by elancry 0.0.9"),
    ],
    ids=["unknown code", "missing field", "no code"],
)
def test_a_text_that_cannot_be_put_into_words_is_refused_when_it_is_loaded(folder, said, hint):
    path = folder / "results.json"
    content = json.loads(path.read_text("utf-8"))
    content |= {"omitted": {"regression": [said]}, "versions": {"elancry": "0.0.9"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(UnreadableInput, match=f"is damaged.*\n.*{hint}"):
        load_results(folder)


def test_files_of_different_runs_are_not_shown_as_one(sample, folder, tmp_path):
    other = dataclasses.replace(
        sample, provenance=dataclasses.replace(sample.provenance, seed=sample.provenance.seed + 1)
    )
    (folder / "drawing.json").write_text(drawing_json(other), encoding="utf-8")
    with pytest.raises(UsageError, match="come from different runs"):
        load_results(folder)


def test_a_figure_is_added_by_its_function_and_one_line_in_its_section(sample):
    """What `docs/developing.md` promises: the section asks for it, and page and folder have it."""
    from elancry.report.figures.album import Album
    from elancry.report.figures.style import canvas
    from elancry.report.names import Names
    from elancry.report.view import View
    from elancry.report.words import Words

    def sessions_in_a_row(view: View) -> Drawing:
        figure = canvas(1.0)
        figure.subplots().plot(range(len(view.results.design.sessions)))
        return Drawing("row", "Sessions in a row", "A line.", figure)

    words, album = Words("en"), Album(for_print=True)
    view = View(sample, Names(sample.codebook, words), words, album)
    (picture,) = view.draw(sessions_in_a_row)
    assert sorted(album.files) == ["row.pdf", "row.png", "row.svg"]
    assert album.files["row.svg"] == picture.svg
    assert dataclasses.replace(view, album=None).draw(sessions_in_a_row) == ()
