"""`elancry merge --align offset`: a rater who coded another cut of the video."""

from __future__ import annotations

import json

import pytest

from elancry.eaf import read_eaf, write_eaf

LATE = 61_340


@pytest.fixture
def late(study):
    """R2's times of the first session lie `LATE` ms behind; returns the session."""
    path = sorted(study.glob("*__R2.eaf"))[0]
    editor = read_eaf(path).edit()
    editor.annotations.shift(LATE)
    write_eaf(editor.document(), path)
    return path.name.split("__")[0]


def shifts(folder, session):
    (record,) = [
        item
        for item in json.loads((folder / "merge.json").read_text(encoding="utf-8"))["sessions"]
        if item["session"] == session
    ]
    return {item["rater"]: item["offset_ms"] for item in record["inputs"]}


def test_nothing_is_shifted_unasked(elancry, study, late, tmp_path):
    elancry("merge", study, "-o", tmp_path / "merged")
    assert shifts(tmp_path / "merged", late) == {"R1": 0, "R2": 0}


def test_a_clear_offset_is_taken_out_and_told_with_its_uncertainty(elancry, study, late, tmp_path):
    said = elancry("merge", study, "-o", tmp_path / "merged", "--align", "offset", "--verbose")
    applied = shifts(tmp_path / "merged", late)
    # One rater is moved back or, because no time may become negative, the other one forward.
    assert applied["R1"] - applied["R2"] == pytest.approx(LATE, abs=500)
    assert f"{late}__R2.eaf" in said.err
    assert "warning offset-applied" in said.err
    assert "95 % interval" in said.err
    document = read_eaf(tmp_path / "merged" / f"{late}.merged.eaf")
    starts = {rater: document.annotations(f"Sequence@{rater}")[0].start_ms for rater in ("R1", "R2")}
    assert abs(starts["R1"] - starts["R2"]) < 10_000


def test_check_tells_the_offset_and_the_statistics_can_use_it(elancry, study, late, tmp_path):
    suspected = elancry("check", study, "--verbose").out
    assert (suspected.count("offset-"), suspected.count("warning offset-suspected")) == (1, 1)
    said = elancry("check", study, "--align", "offset", "--verbose")
    assert said.out.count("offset-applied") == 1
    assert said.out.count("offset-negligible") == 2
    assert f"{late}__R2.eaf" in said.out
    sessions = {}
    for align in ("none", "offset"):
        out = tmp_path / align
        elancry("agree", study, "-o", out, "--align", align, "--resamples", 0)
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        told = [item["file"] for item in results["findings"] if item["code"] == "offset-applied"]
        assert told == ([f"{late}__R2.eaf"] if align == "offset" else [])
        assert results["plan"]["align"]["value"] == align
        sessions[align] = {
            row["session"]: row["estimate"]
            for row in results["tables"]["agreement"]
            if (row["measure"], row["system"], row["variant"]) == ("time_cohen_kappa", "crying_form", "with_none")
            and row["scope"] == "session"
        }
    # A minute late, two raters agree less than by chance.
    assert sessions["none"][late] < 0 < 0.4 < sessions["offset"][late]
    merged = tmp_path / "merged"
    elancry("merge", study, "-o", merged, "--align", "offset")
    said = elancry("check", merged, "--align", "offset", "--verbose")
    assert "no offset was estimated in" in said.out
