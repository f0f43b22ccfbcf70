"""Bad input is answered with what was given, what was expected, where, and what to do; never with a traceback."""

from __future__ import annotations

import os
import re
import shutil
import stat
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "object"]


def replace_in(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


@pytest.mark.parametrize("command", ["check", "merge", "agree", "analyze"])
def test_no_files(elancry, tmp_path: Path, command: str):
    empty = tmp_path / "empty"
    empty.mkdir()
    said = elancry(command, empty, *([] if command == "check" else ["-o", tmp_path / "out"]))
    assert said.code == 2
    assert "no .eaf" in said.err
    assert str(empty) in said.err


@pytest.mark.parametrize("command", ["check", "agree"])
def test_a_path_that_is_not_there(elancry, tmp_path: Path, command: str):
    said = elancry(command, tmp_path / "typo", *([] if command == "check" else ["-o", tmp_path / "out"]))
    assert said.code == 2
    assert "typo" in said.err


def test_one_rater_has_no_agreement(elancry, study: Path, tmp_path: Path):
    for path in study.glob("*__R2.eaf"):
        path.unlink()
    said = elancry("agree", study, "-o", tmp_path / "out")
    assert said.code == 2
    assert "at least two raters" in said.err
    assert "R1" in said.err
    assert not (tmp_path / "out" / "results.json").exists()


def test_one_rater_is_analysed_without_agreement_and_it_is_said(elancry, study: Path, tmp_path: Path):
    for path in study.glob("*__R2.eaf"):
        path.unlink()
    said = elancry("analyze", study, "-o", tmp_path / "out", "--codebook", "crying", "--permutations", "99")
    assert said.code == 0
    assert "only one rater" in said.all
    assert not (tmp_path / "out/tables/agreement.csv").exists()
    assert (tmp_path / "out/tables/cooccurrence.csv").exists()


NOT_EAF = {
    "text": b"these are my notes, not XML",
    "truncated": None,
    "other XML": b'<?xml version="1.0"?><TextGrid><item/></TextGrid>',
    "empty": b"",
    "entities": b'<!DOCTYPE a [<!ENTITY x "xx"><!ENTITY y "&x;&x;">]><ANNOTATION_DOCUMENT>&y;</ANNOTATION_DOCUMENT>',
}


@pytest.mark.parametrize("kind", NOT_EAF)
@pytest.mark.parametrize("command", ["check", "merge", "agree", "analyze"])
def test_a_file_that_is_no_eaf_file(elancry, study: Path, tmp_path: Path, command: str, kind: str):
    victim = study / "S01__R1.eaf"
    whole = victim.read_bytes()
    victim.write_bytes(NOT_EAF[kind] if NOT_EAF[kind] is not None else whole[: len(whole) // 2])
    said = elancry(command, study, *([] if command == "check" else ["-o", tmp_path / "out"]))
    assert said.code == 2
    assert "S01__R1.eaf" in said.all
    assert not (tmp_path / "out" / "results.json").exists()
    assert not list((tmp_path / "out").glob("*.merged.eaf"))


@pytest.mark.parametrize("command", ["check", "merge", "agree", "analyze"])
def test_a_session_coded_by_one_rater_twice(elancry, study: Path, tmp_path: Path, command: str):
    (study / "again").mkdir()
    shutil.copy(study / "S01__R1.eaf", study / "again" / "S01__R1.eaf")
    said = elancry(command, study, *([] if command == "check" else ["-o", tmp_path / "out"]))
    assert said.code == 1
    assert "again/S01__R1.eaf" in said.all
    assert "R1" in said.all
    assert not (tmp_path / "out" / "results.json").exists()


def test_a_value_outside_the_vocabulary(elancry, study: Path, tmp_path: Path):
    file = study / "S01__R1.eaf"
    text = file.read_text(encoding="utf-8")
    for value in ("despair", "protest", "inhibited"):
        if f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>" in text:
            break
    # Typed by hand, so without a CVE_REF that would say what was meant.
    text = text.replace(f' CVE_REF="{value}"', "")
    misspelt = f"<ANNOTATION_VALUE>{value[:-1]}</ANNOTATION_VALUE>"
    file.write_text(text.replace(f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>", misspelt, 1), encoding="utf-8")
    said = elancry("check", study, "--codebook", "crying")
    assert said.code == 1
    assert "value-unknown" in said.out
    assert f"'{value[:-1]}'" in said.out
    assert value in said.out  # the nearest category is offered
    assert "S01__R1.eaf" in said.out
    computed = elancry("analyze", study, "-o", tmp_path / "out", "--codebook", "crying", "--permutations", "99")
    assert computed.code == 1  # computed, with that stretch missing, and the exit code says that an error is in it
    assert (tmp_path / "out" / "report.html").exists()
    assert "value-unknown" in computed.err


@pytest.mark.parametrize("command", ["check", "merge", "analyze"])
def test_a_file_linked_to_another_medium(elancry, study: Path, tmp_path: Path, command: str):
    file = study / "S01__R2.eaf"
    replace_in(file, "S01.mp4", "S02.mp4", -1)
    said = elancry(command, study, *([] if command == "check" else ["-o", tmp_path / "out"]))
    assert said.code == 1
    assert "S02.mp4" in said.all
    assert "S01__R2.eaf" in said.all


def test_a_codebook_with_a_category_twice(elancry, tmp_path: Path):
    book = tmp_path / "book.yaml"
    elancry("template", "crying", "--copy", "-o", tmp_path / "copy")
    text = next((tmp_path / "copy").glob("*.yaml")).read_text(encoding="utf-8")
    book.write_text(text.replace("id: despair", "id: protest", 1), encoding="utf-8")
    for call in (("codebook", "check", book), ("template", book, "-o", tmp_path / "out")):
        said = elancry(*call)
        assert said.code == 1
        assert "protest" in said.err
        assert "book.yaml" in said.err
        assert re.search(r"line \d+: .*'protest'", said.err)
    assert not list((tmp_path / "out").glob("*.etf"))


def test_an_unknown_codebook(elancry, study: Path):
    said = elancry("check", study, "--codebook", "cryin")
    assert said.code == 2
    assert "crying" in said.err


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
@pytest.mark.parametrize("command", ["merge", "agree", "analyze"])
def test_an_output_folder_that_cannot_be_written(elancry, study: Path, tmp_path: Path, command: str):
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    if os.geteuid() == 0:
        # Root may write anywhere, so a file where the folder should be stands in for the missing permission.
        target = blocked / "file"
        target.write_text("x")
        target = target / "out"
    else:
        blocked.chmod(stat.S_IRUSR | stat.S_IXUSR)
        target = blocked / "out"
    said = elancry(command, study, "-o", target)
    assert said.code == 2
    assert "cannot write" in said.err
    assert str(target) in said.err


@pytest.mark.parametrize(
    ("command", "name"), [("agree", "results.json"), ("analyze", "report.html"), ("merge", "annotations.csv")]
)
def test_somebodys_file_is_not_replaced_without_force(elancry, study: Path, tmp_path: Path, command: str, name: str):
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("precious")
    said = elancry(command, study, "-o", out)
    assert said.code == 2
    assert name in said.err
    assert "--force" in said.err
    assert (out / name).read_text() == "precious"


def test_inputs_are_never_changed(elancry, study: Path, tmp_path: Path):
    before = {path.name: path.read_bytes() for path in study.iterdir()}
    elancry("check", study)
    elancry("merge", study, "-o", tmp_path / "merged")
    elancry("analyze", study, "-o", tmp_path / "out", "--permutations", "99")
    assert {path.name: path.read_bytes() for path in study.iterdir()} == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyse", "x"),
        ("check",),
        ("agree", "x"),
        ("agree", "x", "-o", "y", "--criterion", "2"),
        ("merge", "--nonsense"),
    ],
)
def test_wrong_usage_is_answered_with_exit_code_2(elancry, arguments: tuple[str, ...]):
    assert elancry(*arguments).code == 2


def test_a_hash_in_the_name_of_a_video_is_told_and_the_files_are_written(elancry, tmp_path):
    videos = tmp_path / "videos"
    videos.mkdir()
    for name in ("S#1.mp4", "S2.mp4"):
        (videos / name).write_bytes(b"")
    call = ("template", "crying", "-o", tmp_path / "coding", "--media", videos, "--raters", "R1")
    said = elancry(*call)
    assert said.code == 0
    assert "media-hash" in said.err
    assert said.err.count("ELAN's player cuts") == 1
    assert "S#1.mp4" in said.err
    assert "Rename the file" in said.err
    assert (tmp_path / "coding" / "S#1__R1.eaf").exists()
    assert elancry(*call, "--quiet").err == ""


def test_what_is_odd_in_the_table_of_sequences_is_told_and_the_files_are_written(elancry, tmp_path):
    with wave.open(str(tmp_path / "S01.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(1000)
        sound.writeframes(bytes(100))  # 100 ms
    (tmp_path / "seq.csv").write_text("session,sequence,start_ms,end_ms\nS01,1,10,65\nS01,2,75,140\n", encoding="utf-8")
    call = ("template", "crying", "-o", tmp_path / "coding", "--media", tmp_path / "S01.wav", "--raters", "R1")
    said = elancry(*call, "--sequences", tmp_path / "seq.csv")
    assert said.code == 0
    assert "the times in start_ms and end_ms may be seconds" in said.err
    assert "1 sequence ends after the end of the recording (0:00:00.100): '2' at 0:00:00.140" in said.err
    assert (tmp_path / "coding" / "S01__R1.eaf").exists()
    assert elancry(*call, "--sequences", tmp_path / "seq.csv", "--quiet").err == ""


ONLY_PORTUGUESE = """elancry_codebook: 1
id: riso
title: {pt-BR: Riso}
languages: [pt-BR]
systems:
  - id: riso
    labels: {pt-BR: Riso}
    categories: [{id: um, labels: {pt-BR: partilhado}}]
"""


@pytest.mark.parametrize("command", ["check", "template"])
def test_a_codebook_whose_only_language_elan_refuses(elancry, tmp_path: Path, command: str):
    book, out = tmp_path / "riso.yaml", tmp_path / "out"
    book.write_text(ONLY_PORTUGUESE, encoding="utf-8")
    said = elancry(*(["codebook", "check", book] if command == "check" else ["template", book, "-o", out]))
    assert said.code == 1
    assert "the language 'pt-BR' cannot be used: ELAN drops a language with such an id" in said.err
    assert "Write 'pt' instead" in said.err
    assert not out.exists()


@pytest.mark.parametrize("arguments", [("relink-vocabulary", "--ecv"), ("set-vocabulary", "--from")])
def test_a_vocabulary_file_that_is_no_xml(elancry, study: Path, tmp_path: Path, arguments: tuple[str, str]):
    operation, option = arguments
    wrong, out = tmp_path / "lab.ecv", tmp_path / "out"
    wrong.write_text("code;label\n1;laugh\n", encoding="utf-8")
    said = elancry("batch", operation, study, "-o", out, option, wrong)
    assert said.code == 2
    assert "lab.ecv is not an ELAN vocabulary file: it is not XML" in said.err
    assert not out.exists()


def test_a_template_with_external_vocabularies_says_where_elan_finds_them(elancry, tmp_path: Path):
    said = elancry("template", "crying", "-o", tmp_path / "out", "--external-cv")
    assert said.code == 0
    assert f"refer to the vocabularies at file://{(tmp_path / 'out' / 'crying.ecv').as_posix()}" in said.out
    assert "elancry batch relink-vocabulary" in said.out
