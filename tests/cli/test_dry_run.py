"""--dry-run: what is said is what a run then does, and nothing at all is put on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from elancry.errors import OutputRefused
from elancry.files import Rehearsal, keep, rehearsing, write_bytes
from elancry.outputs import OutputFolder

FAST = ("--codebook", "crying", "--resamples", "0", "--set", "permutations=0")


def everything(folder: Path) -> dict[str, Any]:
    """Every file with its bytes and every folder, each with the time of its last change."""
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.parametrize("command", ["merge", "agree", "analyze", "template"])
def test_nothing_is_written_and_what_would_be_is_said(elancry, study: Path, tmp_path: Path, command: str):
    given = {
        "merge": (study, "--codebook", "crying"),
        "template": ("crying",),
    }.get(command, (study, *FAST))
    before = everything(tmp_path)
    said = elancry(command, *given, "-o", tmp_path / "new" / "out", "--dry-run")
    assert said.code == 0, said.all
    assert everything(tmp_path) == before
    assert "new files:" in said.out
    assert "Nothing was written (--dry-run)." in said.err
    assert "replace" not in said.out
    quiet = elancry(command, *given, "-o", tmp_path / "new" / "out", "--dry-run", "-q")
    assert (quiet.code, quiet.out) == (0, "")
    assert everything(tmp_path) == before


def test_what_is_said_of_a_merge_is_what_it_does(elancry, study: Path, tmp_path: Path):
    out = tmp_path / "merged"
    given = ("merge", study, "--codebook", "crying", "-o", out)
    assert elancry(*given).code == 0
    # Nothing changed: all stays as it is.
    said = elancry(*given, "--dry-run")
    assert (said.code, "Would leave" in said.out, "Would replace" in said.out) == (0, True, False)
    # A table that somebody edited is refused, in a rehearsal too; with --force it would be kept and replaced.
    (out / "worklist.csv").write_text("mine", encoding="utf-8")
    before = everything(tmp_path)
    refused = elancry(*given, "--dry-run")
    assert refused.code == 2
    assert "worklist.csv" in refused.err
    said = elancry(*given, "--dry-run", "--force")
    assert f"Would replace 1 file: {out / 'worklist.csv'}" in said.out
    assert f"as {out / 'worklist.csv.kept-1'}" in said.out
    assert everything(tmp_path) == before
    # A session less: its files would go.
    for path in study.glob(f"{sorted(study.glob('*.eaf'))[0].name.split('__')[0]}__*.eaf"):
        path.unlink()
    before = everything(tmp_path)
    said = elancry(*given, "--dry-run", "--force")
    assert "Would remove 2 files of earlier runs" in said.out
    assert everything(tmp_path) == before
    assert elancry(*given, "--force").code == 0
    assert len(list(out.glob("*.merged.eaf"))) == 2


def test_earlier_results_would_be_replaced(elancry, study: Path, tmp_path: Path):
    out = tmp_path / "out"
    assert elancry("agree", study, *FAST, "-o", out).code == 0
    before = everything(tmp_path)
    said = elancry("agree", study, *FAST, "-o", out, "--dry-run")
    n = sum(path.is_file() and not path.name.startswith(".") for path in out.rglob("*"))
    assert f"Would replace {n} files: " in said.out
    assert "depend on the data" in said.out
    assert everything(tmp_path) == before


def test_with_pseudonyms_the_key_would_have_to_be_written(elancry, study: Path, tmp_path: Path):
    before = everything(tmp_path)
    said = elancry("merge", study, "-o", tmp_path / "out", "--pseudonymise", "--key", tmp_path / "key", "--dry-run")
    assert said.code == 2
    assert "--dry-run does not go with --pseudonymise" in said.err
    assert everything(tmp_path) == before


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="who may do anything is refused nothing")
def test_a_folder_that_cannot_be_written_is_refused_in_a_rehearsal(elancry, study: Path, tmp_path: Path):
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    said = elancry("merge", study, "-o", shut / "out", "--dry-run")
    assert said.code == 2
    assert "cannot be written" in said.err


def test_a_file_in_the_way_of_the_folder_is_refused(elancry, study: Path, tmp_path: Path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    said = elancry("merge", study, "-o", tmp_path / "file" / "out", "--dry-run")
    assert said.code == 2
    assert str(tmp_path / "file") in said.err


def test_a_rehearsal_notes_each_file_once(tmp_path: Path):
    (tmp_path / "same").write_bytes(b"1")
    (tmp_path / "other").write_bytes(b"1")
    before = everything(tmp_path)
    with rehearsing() as planned:
        for name in ("same", "other", "new", "new"):
            write_bytes(tmp_path / name, b"1" if name == "same" else b"2")
        keep(tmp_path / "other")
        folder = OutputFolder(tmp_path / "deep" / "folder", command="test")
        folder.write("a/b.txt", "content")
        with folder.writing("c.txt") as stream:
            stream.write(b"piece")
        folder.finish()
        with pytest.raises(OutputRefused, match="folder"):
            write_bytes(tmp_path, b"x")
    deep = tmp_path / "deep" / "folder"
    assert planned == Rehearsal(
        new=dict.fromkeys([tmp_path / "new", deep / "a/b.txt", deep / "c.txt"]),
        replaced={tmp_path / "other": None},
        unchanged={tmp_path / "same": None},
        kept={tmp_path / "other.kept-1": None},
    )
    assert everything(tmp_path) == before
    write_bytes(tmp_path / "new", b"2")
    assert (tmp_path / "new").read_bytes() == b"2"
