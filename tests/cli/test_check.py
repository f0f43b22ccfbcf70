"""`elancry check` as a person runs it."""

from __future__ import annotations

import json

import pytest

from elancry.eaf import read_eaf, write_eaf


@pytest.fixture
def slip(study):
    """The study with a blank behind the first form that R1 coded in the first session."""
    path = sorted(study.glob("*__R1.eaf"))[0]
    document = read_eaf(path)
    first = document.annotations("crying_form")[0]
    editor = document.edit()
    editor.annotations.set_value(first.id, f"{first.value} ", cve_ref=first.cve_ref)
    write_eaf(editor.document(), path)
    return path, first


def test_fix_writes_copies_and_lists_each_repair(elancry, study, slip, tmp_path):
    path, first = slip
    before = path.read_bytes()
    said = elancry("check", study, "--fix", "-o", tmp_path / "fixed")
    assert said.code == 0
    assert f"{first.value + ' '!r} -> {first.value!r} (spaces)" in said.out
    assert path.read_bytes() == before
    assert len(list((tmp_path / "fixed").glob("*.eaf"))) == len(list(study.glob("*.eaf")))
    assert "value-blanks" in elancry("check", study).out
    assert "value-blanks" not in elancry("check", tmp_path / "fixed").out


def test_json_stays_json_when_something_is_fixed(elancry, study, slip, tmp_path):
    said = elancry("check", study, "--format", "json", "--fix", "-o", tmp_path / "fixed")
    assert "value-blanks" in {item["code"] for item in json.loads(said.out)["findings"]}
    assert "(spaces)" in said.err


@pytest.mark.parametrize("arguments", [["--fix"], ["--fix-spelling"], ["-o", "somewhere"]])
def test_fix_needs_a_folder_and_a_folder_needs_fix(elancry, study, arguments):
    said = elancry("check", study, *arguments)
    assert said.code == 2
    assert "--fix and -o must be given together" in said.err


def test_the_inputs_are_refused_as_output(elancry, study):
    said = elancry("check", study, "--fix", "-o", study, "--force")
    assert said.code == 2
    assert "originals are never changed" in said.err


def test_sequences_that_do_not_match_are_found_too(elancry, study):
    path = sorted(study.glob("*__R1.eaf"))[0]
    document = read_eaf(path)
    editor = document.edit()
    extra = document.annotations("Sequence")[-1].end_ms + 5000
    editor.annotations.add("Sequence", extra, extra + 60_000, "only R1")
    write_eaf(editor.document(), path)
    said = elancry("check", study)
    assert "sequence-one-rater" in said.out
    assert "'only R1'" in said.out
