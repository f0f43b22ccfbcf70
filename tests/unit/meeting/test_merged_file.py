"""Decisions written into a file: what people saw is what is changed, and it can be taken back byte for byte."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from elancry.check.study import check_files
from elancry.errors import OutputRefused, UsageError
from elancry.manifest import Manifest
from elancry.meeting.decide import Code, Nothing, Rating
from elancry.meeting.log import COLUMNS, Entry, append
from elancry.meeting.merged_file import MergedFile
from elancry.merge.study import merge_study


@pytest.fixture
def path(study_folder, small_codebook, tmp_path: Path) -> Path:
    # R1 protest 1000-3000, R2 protest 1000-3500: 3000-3500 is open.
    for rater, end in (("R1", 3000), ("R2", 3500)):
        study_folder.add("s1", rater, form=[(1000, end, "protest")], ratings={"protest": ["3"], "despair": ["0"]})
    merge_study(check_files([study_folder.folder], codebook=small_codebook), tmp_path / "merged")
    return tmp_path / "merged" / "s1.merged.eaf"


CODE, NOTHING = Code("form", 3000, 3500, "protest"), Nothing("form", 3000, 3500)


def logged(path: Path) -> list[dict[str, str]]:
    with (path.parent / "decisions.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_decide_undo_redo(path: Path):
    file = MergedFile(path, who="Team", hidden=True)
    first = path.read_bytes()
    seen = file.decide(CODE, seen=file.sha256())
    second = path.read_bytes()
    assert seen == file.sha256()
    seen = file.decide(Rating("form.protest.rating", 0, 10_000, "1"), seen=seen)
    third = path.read_bytes()
    assert len({first, second, third}) == 3
    for step, content in (("undo", second), ("undo", first), ("redo", second), ("redo", third), ("undo", second)):
        seen = getattr(file, step)(seen=seen)
        assert path.read_bytes() == content
        assert seen == file.sha256()
    # A decision after an undone one takes its place.
    seen = file.decide(NOTHING, seen=seen)
    with pytest.raises(UsageError, match="can be redone"):
        file.redo(seen=seen)
    with pytest.raises(UsageError, match="can be undone"):
        MergedFile(path).undo(seen=seen)
    # One copy for the whole meeting; the file is people's.
    assert file.kept == path.with_name("s1.merged.eaf.kept-1")
    assert file.kept.read_bytes() == first
    assert len(list(path.parent.glob("*.kept-*"))) == 1
    assert not Manifest(path.parent).owns(path.name)
    rows = logged(path)
    assert tuple(rows[0]) == COLUMNS
    assert [row["decision"] for row in rows] == [
        "code", "rating", "undo", "undo", "redo", "redo", "undo", "nothing",
    ]  # fmt: skip
    assert [(row["value"], row["before"], row["after"]) for row in rows[:3]] == [
        ("protest", "-", "protest"), ("1", "3", "1"), ("", "1", "3"),
    ]  # fmt: skip
    assert {(row["who"], row["hidden"], row["file"]) for row in rows} == {("Team", "yes", "s1.merged.eaf")}


def test_a_file_that_was_saved_meanwhile_is_not_written(path: Path):
    file = MergedFile(path)
    seen = file.sha256()
    after = file.decide(CODE, seen=seen)
    with pytest.raises(OutputRefused, match="saved by another program since"):
        file.decide(NOTHING, seen=seen)
    saved = path.read_bytes().replace(b"R2=protest", b"R2=protest ?")
    path.write_bytes(saved)
    for step in (lambda: file.decide(NOTHING, seen=after), lambda: file.undo(seen=after)):
        with pytest.raises(OutputRefused, match="saved by another program since"):
            step()
    # Not even where the page was loaded again: what would come back is not what was there.
    with pytest.raises(OutputRefused, match="saved by another program since"):
        file.undo(seen=file.sha256())
    assert path.read_bytes() == saved
    assert len(logged(path)) == 1


def test_what_cannot_be_decided_changes_nothing(path: Path):
    file = MergedFile(path)
    before = path.read_bytes()
    with pytest.raises(UsageError):
        file.decide(Code("form", 3000, 3500, "dispair"), seen=file.sha256())
    assert path.read_bytes() == before
    assert {item.suffix for item in path.parent.iterdir()}.isdisjoint({".kept-1"})
    assert not (path.parent / "decisions.csv").exists()
    path.unlink()
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf"):
        file.sha256()


def test_no_spreadsheet_runs_the_log(tmp_path: Path):
    harmful = Entry("t", "=cmd()", "f", "@x", 0, 1, "code", "+1+cmd", "-", "a,b\n=c", False)
    (tmp_path / "decisions.csv").write_text("people's own line without an end", encoding="utf-8")
    append(tmp_path, harmful)
    with (tmp_path / "decisions.csv").open(encoding="utf-8", newline="") as stream:
        mine, cells = csv.reader(stream)
    assert mine == ["people's own line without an end"]
    assert cells == ["t", "'=cmd()", "f", "'@x", "0", "1", "code", "'+1+cmd", "-", "a,b\n=c", "no"]
