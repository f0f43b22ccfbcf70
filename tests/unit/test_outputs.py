"""Overwriting: our own unedited output may be replaced, somebody's work may not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from elancry.errors import OutputRefused
from elancry.files import sha256
from elancry.manifest import MANIFEST
from elancry.outputs import OutputFolder


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
    with pytest.raises(OutputRefused, match=r"already contains results\.json"):
        write_run(tmp_path, {"results.json": "2"})
    assert (tmp_path / "results.json").read_text() == "mine"
    write_run(tmp_path, {"results.json": "2"}, force=True)
    assert (tmp_path / "results.json").read_text() == "2"
    assert (tmp_path / "results.json.kept-1").read_text() == "mine"


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
        with pytest.raises(OutputRefused, match="to another place"):
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


def test_what_is_replaced_though_people_edited_it_is_kept_under_the_first_free_number(tmp_path: Path):
    write_run(tmp_path, {"a.csv": "1", "b.csv": "1"})
    (tmp_path / "a.csv").write_text("first edit")
    (tmp_path / "a.csv.kept-1").write_text("a name that is taken")
    folder = OutputFolder(tmp_path, command="analyze", force=True)
    folder.write_all({"a.csv": "2", "b.csv": "2"})
    folder.finish()
    assert folder.kept == [tmp_path / "a.csv.kept-2"]
    assert [(tmp_path / f"a.csv{end}").read_text() for end in ("", ".kept-1", ".kept-2")] == [
        "2", "a name that is taken", "first edit",
    ]  # fmt: skip
    assert not (tmp_path / "b.csv.kept-1").exists()


def written_by_pieces(folder: OutputFolder, name: str, meanwhile: str) -> None:
    with folder.writing(name) as stream:
        stream.write(b"2")
        (folder.folder / name).write_text(meanwhile)


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("by_pieces", [False, True])
def test_what_is_saved_while_a_run_computes_is_not_lost(tmp_path: Path, by_pieces: bool, force: bool):
    write_run(tmp_path, {"a.csv": "1"})
    folder = OutputFolder(tmp_path, command="analyze", force=force)

    def write() -> None:
        if by_pieces:
            written_by_pieces(folder, "a.csv", "saved meanwhile")
        else:
            (tmp_path / "a.csv").write_text("saved meanwhile")
            folder.write("a.csv", "2")

    if force:
        write()
        assert (tmp_path / "a.csv.kept-1").read_text() == "saved meanwhile"
        assert (tmp_path / "a.csv").read_text() == "2"
    else:
        with pytest.raises(OutputRefused, match=r"already contains a\.csv"):
            write()
        assert (tmp_path / "a.csv").read_text() == "saved meanwhile"


def test_the_very_content_that_is_written_is_nobodys_loss(tmp_path: Path):
    (tmp_path / "a.csv").write_text("1")
    write_run(tmp_path, {"a.csv": "1"})
    write_run(tmp_path, {"a.csv": "2"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "a.csv"]


def test_a_file_that_carries_peoples_work_stays_theirs(tmp_path: Path):
    write_run(tmp_path, {"a.eaf": "1"})
    (tmp_path / "a.eaf").write_text("decided")
    folder = OutputFolder(tmp_path, command="analyze", worked_in=True)
    folder.write_over("a.eaf", b"decided, and more", seen=sha256(tmp_path / "a.eaf"), ours=False)
    folder.finish()
    assert (tmp_path / "a.eaf.kept-1").read_text() == "decided"
    again = OutputFolder(tmp_path, command="analyze", worked_in=True)
    assert again.is_of_people("a.eaf")
    again.write_over("a.eaf", b"decided, and more", seen=sha256(tmp_path / "a.eaf"), ours=False)
    assert not (tmp_path / "a.eaf.kept-2").exists(), "the same content was kept once more"
    (tmp_path / "a.eaf").write_text("saved meanwhile")
    with pytest.raises(OutputRefused, match="saved by somebody"):
        again.write_over("a.eaf", b"other", seen="0" * 64, ours=True)
    assert (tmp_path / "a.eaf").read_text() == "saved meanwhile"


def test_a_file_put_back_to_an_older_state_of_ours_is_of_people(tmp_path: Path):
    write_run(tmp_path, {"a.csv": "1"})
    write_run(tmp_path, {"a.csv": "2"})
    (tmp_path / "a.csv").write_text("1")
    with pytest.raises(OutputRefused, match="changed since elancry wrote it"):
        OutputFolder(tmp_path, command="analyze")


@pytest.mark.parametrize("content", ["", "{", '{"analyze": 3}', '{"analyze": {"a.csv": 3}}', "[" * 100_000])
def test_without_a_manifest_that_can_be_read_everything_is_of_people(tmp_path: Path, content: str):
    write_run(tmp_path, {"a.csv": "1"})
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(OutputRefused, match=r"a\.csv"):
        write_run(tmp_path, {"a.csv": "2"})
    assert (tmp_path / "a.csv").read_text() == "1"


def test_two_runs_at_once_take_nothing_of_each_other_for_an_edit(tmp_path: Path):
    # first   open, write a -------------------------------------------- finish
    # second                  open, write a and b, killed: never finished
    write_run(tmp_path, {"a.csv": "0"})
    first = OutputFolder(tmp_path, command="analyze")
    first.write("a.csv", "1")
    second = OutputFolder(tmp_path, command="analyze")
    second.write_all({"a.csv": "2", "b.csv": "2"})
    first.finish()
    write_run(tmp_path, {"a.csv": "3", "b.csv": "3"})
    assert [(tmp_path / name).read_text() for name in ("a.csv", "b.csv")] == ["3", "3"]


def test_of_two_runs_at_once_the_last_to_write_wins_and_nothing_is_an_edit(tmp_path: Path):
    # first   open                write 1 (as it was)  finish
    # second        open write 2                               finish
    write_run(tmp_path, {"a.csv": "1"})
    first, second = (OutputFolder(tmp_path, command="analyze") for _ in range(2))
    second.write("a.csv", "2")
    first.write("a.csv", "1")
    first.finish()
    second.finish()
    assert (tmp_path / "a.csv").read_text() == "1"
    write_run(tmp_path, {"a.csv": "3"})


def test_a_folder_comes_with_its_first_file(tmp_path: Path):
    """A run that is refused after it opened its folder leaves nothing behind, not even the folders above."""
    output = OutputFolder(tmp_path / "new" / "results", command="analyze")
    assert list(tmp_path.iterdir()) == []
    output.finish()
    assert list(tmp_path.iterdir()) == []
    output.write("tables/flow.csv", "a")
    output.finish()
    assert (tmp_path / "new/results/tables/flow.csv").read_text() == "a"


def test_an_empty_folder_that_was_there_stays(tmp_path: Path):
    (tmp_path / "results").mkdir()
    OutputFolder(tmp_path / "results", command="analyze")
    assert (tmp_path / "results").is_dir()


def test_what_is_written_piece_by_piece_makes_the_folder_too(tmp_path: Path):
    with OutputFolder(tmp_path / "new", command="batch").writing("parts/table.csv") as stream:
        stream.write(b"a")
    assert (tmp_path / "new/parts/table.csv").read_bytes() == b"a"
