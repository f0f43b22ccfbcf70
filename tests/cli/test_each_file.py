"""One piece of work over many files: every file comes to an end of its own, and the sum says so."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from elancry.cli.each_file import READING, FileOutcome, State, Tally, refuse_inputs, run_over, write_over
from elancry.cli.exits import Exit
from elancry.codebook.load import find_codebook
from elancry.errors import InvalidInput, OutputRefused, UnreadableInput, UsageError
from elancry.findings import Finding, Severity
from elancry.outputs import OutputFolder

ODD = Finding("eaf-overlap", Severity.ERROR, "two at once", advice="Move one.")


def work(path: Path, name: str) -> FileOutcome:
    """Says of a file what its content says."""
    text = path.read_text()
    if text == "bad":
        raise UnreadableInput(f"{name} is no EAF file", hint="Save it again in ELAN.")
    if text == "wrong":
        raise InvalidInput("it would break", [ODD])
    if text == "bug":
        raise ZeroDivisionError("division by zero")
    state = State.UNCHANGED if text == "same" else State.CHANGED
    return FileOutcome(name, state, rows=((name, 1),), contents={name: text.encode()})


def folder_of(folder: Path, texts: Sequence[str]) -> list[tuple[Path, str]]:
    folder.mkdir(exist_ok=True)
    files = []
    for number, content in enumerate(texts):
        path = folder / f"f{number}.eaf"
        path.write_text(content)
        files.append((path, path.name))
    return files


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_file_does_not_stop_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str], jobs: int) -> None:
    files = folder_of(tmp_path / "in", ["new", "bad", "same", "wrong", "bug", *["new"] * 30])
    taken: list[str] = []
    folder = OutputFolder(tmp_path / "out", command="batch")
    tally = write_over(files, work, folder, jobs=jobs, doing=READING, take=lambda outcome: taken.append(outcome.name))
    assert str(tally.summary()) == "35 files: 31 changed, 1 unchanged, 3 failed."
    assert str(tally.summary("converted")).startswith("35 files: 31 converted")
    assert tally.exit_code is Exit.ERRORS_FOUND
    assert tally.rows == 32
    assert taken == [name for _, name in files]
    assert len(list((tmp_path / "out").glob("*.eaf"))) == 32
    said = capsys.readouterr().err
    assert "failed: f1.eaf is no EAF file\n  Save it again in ELAN." in said
    assert "f4.eaf: elancry itself failed (ZeroDivisionError" in said
    tally.kinds.say()
    assert capsys.readouterr().err == "error eaf-overlap: f3.eaf: two at once\n    Move one.\n"
    assert "[" not in said  # no bar: the error stream is no terminal


def test_exit_codes() -> None:
    def code(*outcomes: FileOutcome) -> int:
        tally = Tally()
        for outcome in outcomes:
            tally.add(outcome)
        return tally.exit_code

    fine, bad = FileOutcome("a", State.UNCHANGED), FileOutcome("b", State.FAILED)
    assert code() == code(fine) == 0
    assert code(fine, FileOutcome("c", State.CHANGED, findings=(ODD,))) == 1
    assert code(fine, bad) == 1
    assert code(bad, bad) == 2


def test_an_output_may_not_touch_an_input(tmp_path: Path) -> None:
    files = folder_of(tmp_path / "in", ["new"])
    for output in (tmp_path / "in", tmp_path / "in" / ".." / "in", tmp_path):
        with pytest.raises(OutputRefused, match="is in the output folder"):
            refuse_inputs(files, output)
    refuse_inputs(files, tmp_path / "in" / "out")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "in")
    with pytest.raises(OutputRefused, match="originals are never changed"):
        refuse_inputs(files, link)
    # The input is a link itself: its folder is another one, but the file lies in the output folder.
    (tmp_path / "alias").mkdir()
    alias = tmp_path / "alias" / "f0.eaf"
    alias.symlink_to(files[0][0])
    with pytest.raises(OutputRefused, match="is in the output folder"):
        refuse_inputs([(alias, "f0.eaf")], tmp_path / "in")
    (tmp_path / "out").mkdir()
    os.link(files[0][0], tmp_path / "out" / "f0.eaf")
    with pytest.raises(OutputRefused, match="under another name"):
        refuse_inputs(files, tmp_path / "out")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    one, other = folder_of(tmp_path / "in", ["1", "2"])
    with pytest.raises(UsageError, match=r"would both be written as F0\.eaf"):
        refuse_inputs([one, (other[0], "F0.eaf")], tmp_path / "out")


def test_a_file_that_cannot_be_written_fails_alone_and_a_full_disk_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = folder_of(tmp_path / "in", ["new", "new"])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "f0.eaf").write_text("somebody's")
    tally = write_over(files, work, OutputFolder(tmp_path / "out", command="batch"), doing=READING)
    assert str(tally.summary()) == "2 files: 1 changed, 1 failed."
    assert (tmp_path / "out" / "f0.eaf").read_text() == "somebody's"

    def full(*_: object) -> None:
        raise OutputRefused("the disk is full") from OSError(errno.ENOSPC, "no space")

    folder = OutputFolder(tmp_path / "other", command="batch")
    monkeypatch.setattr(OutputFolder, "write_all", full)
    with pytest.raises(OutputRefused, match="disk is full"):
        write_over(files, work, folder, doing=READING)


def test_the_bar_is_for_terminals_and_a_failure_stands_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(quiet: bool) -> str:
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        list(run_over(files, work, quiet=quiet))
        return stream.getvalue()

    files = folder_of(tmp_path, ["new", "bad", "new"])
    lines = [re.sub(r"\x1b\[\??\d*[hlK]", "", line) for line in re.split(r"[\r\n]", shown(quiet=False))]
    assert [line.split("  ")[-1] for line in lines if line] == [
        "0/3", "1/3", "failed: f1.eaf is no EAF file", "Save it again in ELAN.", "2/3", "3/3",
    ]  # fmt: skip
    assert shown(quiet=True) == "failed: f1.eaf is no EAF file\n  Save it again in ELAN.\n"


def revised(folder: Path) -> Path:
    """The codebook crying with its next version and nothing changed."""
    text = find_codebook("crying").read_text(encoding="utf-8")
    version = re.search(r"(?m)^version: '?(\d+)'?$", text)
    assert version is not None
    path = folder / "new.yaml"
    path.write_text(
        re.sub(r"(?ms)^changes:.*?(?=^\S|\Z)", "", text.replace(version[0], f"version: '{int(version[1]) + 1}'"))
        + f"\nchanges: {{from: '{version[1]}', systems: {{}}}}\n",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_migrate_names_every_bad_file_and_writes_all_or_nothing(elancry, study: Path, tmp_path: Path, jobs: str):
    call = ("migrate", "crying", revised(tmp_path), study, "-o", tmp_path / "out", "--jobs", jobs)
    names = sorted(path.name for path in study.glob("*.eaf"))
    kept = {name: (study / name).read_bytes() for name in names[:2]}
    for name in kept:
        (study / name).write_text("no XML")
    said = elancry(*call)
    assert said.code == 2
    assert [line for line in said.err.splitlines() if line.startswith("failed")] == [
        f"failed: {name} is not an ELAN annotation file: it is not XML" for name in names[:2]
    ]
    assert said.err.endswith("Nothing was written.\n")
    assert not (tmp_path / "out").exists()
    for name, data in kept.items():
        (study / name).write_bytes(data)
    said = elancry(*call)
    assert said.code == 0, said.all
    assert f"{len(names)} files in" in said.out
    assert sorted(path.name for path in (tmp_path / "out").glob("*.eaf")) == names
    assert (tmp_path / "out" / "migration.csv").is_file()
