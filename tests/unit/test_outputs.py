"""Overwriting: our own unedited output may be replaced, somebody's work may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from elancry.errors import OutputRefused
from elancry.outputs import MANIFEST, OutputFolder


def write_run(folder: Path, files: dict[str, str], *, command: str = "analyze", force: bool = False) -> None:
    output = OutputFolder(folder, command=command, force=force)
    for name, content in files.items():
        output.write(name, content)
    output.finish()


def test_a_second_run_replaces_what_the_first_wrote(tmp_path: Path):
    write_run(tmp_path, {"results.json": "1"})
    write_run(tmp_path, {"results.json": "2"})
    assert (tmp_path / "results.json").read_text() == "2"


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path):
    (tmp_path / "results.json").write_text("mine")
    with pytest.raises(OutputRefused, match=r"already holds results\.json"):
        write_run(tmp_path, {"results.json": "2"})
    assert (tmp_path / "results.json").read_text() == "mine"
    write_run(tmp_path, {"results.json": "2"}, force=True)
    assert (tmp_path / "results.json").read_text() == "2"


def test_an_edited_output_is_refused_before_anything_is_computed(tmp_path: Path):
    write_run(tmp_path, {"results.json": "1"})
    (tmp_path / "results.json").write_text("edited")
    with pytest.raises(OutputRefused, match="changed since elancry wrote it"):
        OutputFolder(tmp_path, command="analyze")


def test_what_a_new_run_no_longer_writes_goes_and_edited_files_stay(tmp_path: Path):
    write_run(tmp_path, {"figures/old.svg": "x", "figures/kept.svg": "x"})
    (tmp_path / "figures/kept.svg").write_text("edited by hand")
    write_run(tmp_path, {"results.json": "1"}, force=True)
    assert not (tmp_path / "figures/old.svg").exists()
    assert (tmp_path / "figures/kept.svg").read_text() == "edited by hand"


def test_two_commands_share_a_folder(tmp_path: Path):
    write_run(tmp_path, {"annotations.csv": "1"}, command="merge")
    write_run(tmp_path, {"results.json": "1"}, command="analyze")
    assert (tmp_path / "annotations.csv").exists()


def test_a_manifest_cannot_name_files_outside_the_folder(tmp_path: Path):
    folder = tmp_path / "out"
    folder.mkdir()
    outside = tmp_path / "precious.txt"
    outside.write_text("x")
    from elancry.files import sha256

    (folder / MANIFEST).write_text(json.dumps({"analyze": {"../precious.txt": sha256(outside)}}))
    write_run(folder, {"results.json": "1"})
    assert outside.exists()


def test_an_unwritable_place_is_named(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(OutputRefused, match="cannot write to the output folder"):
        OutputFolder(blocked / "sub", command="analyze")


def test_a_killed_run_can_be_repeated(tmp_path: Path):
    write_run(tmp_path, {"results.json": "1", "report.html": "1"})
    output = OutputFolder(tmp_path, command="analyze")
    output.write("results.json", "2")  # and then the process is killed: finish() is never called
    write_run(tmp_path, {"results.json": "3", "report.html": "3"})
    assert (tmp_path / "results.json").read_text() == "3"


def test_a_run_killed_while_writing_can_be_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_run(tmp_path, {"a.csv": "1", "b.csv": "1"})

    def killed(path: Path, data: bytes) -> None:
        if path.name == "b.csv":
            raise KeyboardInterrupt
        path.write_bytes(data)

    output = OutputFolder(tmp_path, command="analyze")
    with monkeypatch.context() as patched:
        patched.setattr("elancry.outputs.write_bytes", killed)
        with pytest.raises(KeyboardInterrupt):
            output.write_all({"a.csv": "2", "b.csv": "2"})
    assert [(tmp_path / name).read_text() for name in ("a.csv", "b.csv")] == ["2", "1"]
    write_run(tmp_path, {"a.csv": "3", "b.csv": "3"})


def test_either_all_files_are_written_or_none(tmp_path: Path):
    (tmp_path / "b.csv").write_text("mine")
    with pytest.raises(OutputRefused, match=r"b\.csv"):
        OutputFolder(tmp_path, command="analyze").write_all({"a.csv": "1", "b.csv": "1"})
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("dangling", [False, True])
def test_nothing_is_written_through_a_link_to_elsewhere(tmp_path: Path, force: bool, dangling: bool):
    folder, outside = tmp_path / "out", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    if not dangling:
        (outside / "file.csv").write_text("mine")
    try:
        (folder / "file.csv").symlink_to(outside / "file.csv")
        (folder / "tables").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links for this user")
    for name in ("file.csv", "tables/new.csv"):
        with pytest.raises(OutputRefused, match="link to another place"):
            OutputFolder(folder, command="analyze", force=force).write(name, "x")
    assert sorted(path.name for path in outside.iterdir()) == ([] if dangling else ["file.csv"])


def test_a_run_over_some_of_the_files_leaves_the_others_and_they_stay_ours(tmp_path: Path):
    write_run(tmp_path, {"a.eaf": "1", "b.eaf": "1"}, command="batch")
    second = OutputFolder(tmp_path, command="batch")
    second.write("a.eaf", "2")
    second.finish(among={"a.eaf"})
    assert (tmp_path / "b.eaf").read_text() == "1"
    third = OutputFolder(tmp_path, command="batch")
    third.write("b.eaf", "3")
    third.finish(among={"a.eaf", "b.eaf"})
    assert not (tmp_path / "a.eaf").exists()
