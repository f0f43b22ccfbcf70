"""`elancry batch`: copies only, every change listed, a bad file among good ones, hostile names, a stopped run."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from elancry import texts
from elancry.cli import batch_run
from elancry.cli.batch import OPERATIONS, batch
from elancry.eaf import new_document, read_eaf, write_eaf
from elancry.edit.change import COLUMNS
from elancry.texts import Text, text

Run = Callable[..., object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files in two folders, one with preferences: `form` with one annotation, `empty` without."""
    base = tmp_path / "Kodierung Tränen"
    for name in ("s1__R1.eaf", "s2__R1.eaf", "sub/s3__R1.eaf"):
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        editor = new_document(date="2024-04-17T12:00:00+02:00").edit()
        editor.types.add("root")
        editor.tiers.add("form", "root")
        editor.tiers.add("empty", "root")
        editor.annotations.add("form", 1000, 2500, "protest")
        editor.media.add(f"file:///C:/old/{path.stem}.mp4", "video/mp4")
        write_eaf(editor.document(), path)
    (base / "s1__R1.pfsx").write_bytes(b"<preferences/>")
    return base


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_copies_in_the_same_folders_and_every_change_in_the_table(elancry: Run, folder: Path, tmp_path: Path) -> None:
    before = snapshot(folder)
    out = tmp_path / "out"
    said = elancry("batch", "rename-tier", folder, "-o", out, "--rename", "form", "crying_form")
    assert said.code == 0, said.all
    assert said.out == (
        f"3 files: 3 changed.\n3 changes, listed in {out / 'changes.csv'}.\nCopies of all files are in {out}.\n"
    )
    assert snapshot(folder) == before
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {"s1__R1.eaf", "s1__R1.pfsx", "s2__R1.eaf", "sub/s3__R1.eaf", "changes.csv", ".elancry-files.json"}
    table = rows(out / "changes.csv")
    assert list(table[0]) == list(COLUMNS)
    assert [(row["file"], row["operation"], row["what"], row["before"], row["after"]) for row in table] == [
        (name, "rename-tier", "tier renamed", "form", "crying_form")
        for name in ("s1__R1.eaf", "s2__R1.eaf", "sub/s3__R1.eaf")
    ]
    assert read_eaf(out / "sub" / "s3__R1.eaf").tier("crying_form") is not None


def test_a_dry_run_lists_the_same_changes_and_writes_nothing(elancry: Run, folder: Path, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    dry = elancry("batch", "shift-times", folder, "--by", "-0:00:00.500", "--dry-run")
    assert snapshot(tmp_path) == before
    assert dry.out.splitlines()[0] == (
        "s1__R1.eaf, tier form, annotation a1, 0:00:00.500 - 0:00:02.000: times shifted: "
        "'0:00:01.000 - 0:00:02.500' -> '0:00:00.500 - 0:00:02.000'"
    )
    assert dry.out.splitlines()[-1] == "3 files: 3 would change."
    assert "Nothing was written" in dry.err
    elancry("batch", "shift-times", folder, "--by", "-500", "-o", tmp_path / "out")
    listed = [batch_run.change_line([_number(row[c]) for c in COLUMNS]) for row in rows(tmp_path / "out/changes.csv")]
    assert listed == dry.out.splitlines()[:-1]


def _number(cell: str) -> object:
    return int(cell) if cell.isdigit() else cell


def test_unchanged_files_are_copied_byte_for_byte(elancry: Run, folder: Path, tmp_path: Path) -> None:
    said = elancry("batch", "rename-tier", folder, "-o", tmp_path / "out", "--rename", "form", "form")
    assert (said.code, said.out.splitlines()[0]) == (0, "3 files: 3 unchanged.")
    for name in ("s1__R1.eaf", "sub/s3__R1.eaf"):
        assert (tmp_path / "out" / name).read_bytes() == (folder / name).read_bytes()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bad_file_is_named_and_the_others_are_done(elancry: Run, folder: Path, tmp_path: Path, jobs: int) -> None:
    (folder / "broken.eaf").write_text("<ANNOTATION_DOCUMENT>")
    (folder / "cloud.eaf").write_bytes(b"")
    said = elancry("batch", "remove-empty-tiers", folder, "-o", tmp_path / "out", "--jobs", jobs)
    assert said.code == 1
    assert said.out.startswith("5 files: 3 changed, 2 failed.\n3 changes")
    assert "Copies of all files but the 2 that failed are in" in said.out
    assert "failed: broken.eaf cannot be read as XML" in said.err
    assert "failed: cloud.eaf is empty (0 bytes)" in said.err
    assert not (tmp_path / "out" / "broken.eaf").exists()
    assert [tier.id for tier in read_eaf(tmp_path / "out" / "s2__R1.eaf").tiers] == ["form"]


def test_where_nothing_can_be_done_the_code_is_2_and_stale_copies_go(
    elancry: Run, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    elancry("batch", "shift-times", folder, "-o", out, "--by", "500")
    (out / "mine.txt").write_text("kept")
    said = elancry("batch", "shift-times", folder, "-o", out, "--by=-1:00:00")
    assert said.code == 2
    assert said.out.startswith("3 files: 3 failed.\nNothing was written except ")
    assert "'protest' would begin at -0:59:59.000" in said.err
    assert not (out / "s1__R1.eaf").exists()
    assert (out / "mine.txt").exists()
    assert rows(out / "changes.csv") == []


def test_inputs_are_never_written_over(elancry: Run, folder: Path, tmp_path: Path) -> None:
    before = snapshot(folder)
    (tmp_path / "link").symlink_to(folder)
    hard = tmp_path / "hard"
    hard.mkdir()
    os.link(folder / "s1__R1.eaf", hard / "s1__R1.eaf")
    for output in (folder, tmp_path / "link", folder / "sub", tmp_path, hard):
        said = elancry("batch", "rename-tier", folder, "-o", output, "--rename", "form", "x", "--force")
        assert said.code == 2, output
        other = "another output folder" if output == hard else "an output folder that contains none of the input files"
        assert f"Choose {other}." in said.err
    assert snapshot(folder) == before
    inside = elancry("batch", "rename-tier", folder, "-o", folder / "renamed", "--rename", "form", "x")
    assert inside.code == 0
    again = elancry("batch", "rename-tier", folder, "-o", folder / "renamed", "--rename", "form", "x")
    assert again.out.startswith("3 files: 3 changed.")  # its own copies are passed over


def test_work_in_the_copies_is_not_replaced_without_force(elancry: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ("batch", "set-tier", folder, "-o", out, "--tier", "*", "--annotator", "R1")
    assert elancry(*arguments).code == 0
    (out / "s1__R1.eaf").write_bytes((folder / "s1__R1.eaf").read_bytes())
    refused = elancry(*arguments)
    assert refused.code == 2
    assert "s1__R1.eaf" in refused.err
    assert elancry(*arguments, "--force").code == 0


def test_read_only_inputs_and_links_among_them(elancry: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "alias.eaf").symlink_to(folder / "s1__R1.eaf")
    (folder / "s2__R1.eaf").chmod(0o444)
    said = elancry("batch", "add-type", folder, "-o", tmp_path / "out", "--type", "note")
    assert said.out.startswith("3 files: 3 changed.")


def test_hostile_names_are_only_names(elancry: Run, folder: Path, tmp_path: Path) -> None:
    name = "../../x<&\">\n=cmd|' /C calc'!A0"
    said = elancry("batch", "rename-tier", folder, "-o", tmp_path / "out", "--rename", "form", name)
    assert said.code == 0, said.all
    assert rows(tmp_path / "out" / "changes.csv")[0]["after"] == name
    assert read_eaf(tmp_path / "out" / "s1__R1.eaf").tier(name) is not None
    dry = elancry("batch", "rename-tier", tmp_path / "out", "--dry-run", "--rename", name, "x")
    assert dry.out.count("\n") == 4  # a line break in a name does not break the line
    control = elancry("batch", "rename-tier", folder, "-o", tmp_path / "c", "--rename", "form", "a\x01b")
    assert control.code == 2
    assert "control characters are not allowed in an XML file" in control.err


def test_a_stopped_run_leaves_whole_files_and_their_lines(
    elancry: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The interrupt comes between two files of one portion."""
    from elancry import outputs

    whole = outputs.write_bytes

    def stop(path: Path, data: bytes) -> None:
        if path.name == "s2__R1.eaf":
            raise KeyboardInterrupt
        whole(path, data)

    monkeypatch.setattr(outputs, "write_bytes", stop)
    said = elancry("batch", "rename-tier", folder, "-o", tmp_path / "out", "--rename", "form", "x")
    assert said.code == 130
    assert "nothing is half-written" in said.err
    assert [row["file"] for row in rows(tmp_path / "out" / "changes.csv")] == ["s1__R1.eaf"]
    assert not list((tmp_path / "out").glob(".elancry-*.tmp"))


def test_media_are_found_and_linked_from_the_copy(elancry: Run, folder: Path, tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    for name in ("s1__R1.mp4", "s3__R1.mp4"):
        (videos / name).touch()
    said = elancry("batch", "relink-media", folder, "-o", tmp_path / "a" / "out", "--media", videos)
    assert said.out.startswith("3 files: 2 changed, 1 unchanged.")
    assert "batch-media-not-found: s2__R1.eaf" in said.err
    medium = read_eaf(tmp_path / "a" / "out" / "sub" / "s3__R1.eaf").media[0]
    assert medium.url == f"file://{videos.as_posix()}/s3__R1.mp4"
    assert medium.relative_url == "../../../videos/s3__R1.mp4"
    assert elancry("batch", "relink-media", folder, "-o", tmp_path / "b").code == 2


def test_vocabularies_and_templates_from_a_codebook(elancry: Run, folder: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    said = elancry("batch", "apply-template", folder, "-o", one, "--from", "crying", "--annotator", "R1")
    assert said.code == 0, said.all
    said = elancry(
        "batch", "set-vocabulary", one, "-o", two, "--from", "crying", "--vocabulary", "crying_form", "--type", "root"
    )
    assert said.code == 0, said.all
    assert [a.cve_ref for a in read_eaf(two / "s1__R1.eaf").annotations("form")] == ["protest"]
    wrong = elancry("batch", "set-vocabulary", one, "-o", two, "--from", "crying", "--vocabulary", "nope")
    assert (wrong.code, "Available: " in wrong.err) == (2, True)
    assert elancry("batch", "apply-template", folder, "-o", two, "--from", "no-such").code == 2


def test_copies_and_removals(elancry: Run, folder: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert elancry("batch", "copy-annotations", folder, "-o", one, "--copy", "f*", "2 f*").code == 0
    assert elancry("batch", "remove-tier", one, "-o", two, "--tier", "form").code == 0
    assert [a.value for a in read_eaf(two / "s1__R1.eaf").annotations("2 form")] == ["protest"]
    assert rows(two / "changes.csv")[1]["before"] == "protest"


def test_add_and_rename_types(elancry: Run, folder: Path, tmp_path: Path) -> None:
    said = elancry(
        "batch", "add-tier", folder, "-o", tmp_path / "one", "--tier", "why", "--type", "why", "--parent", "form",
        "--constraint", "Symbolic_Association",
    )  # fmt: skip
    assert said.code == 0, said.all
    said = elancry("batch", "rename-type", tmp_path / "one", "-o", tmp_path / "two", "--rename", "why", "because")
    assert said.code == 0, said.all
    tier = read_eaf(tmp_path / "two" / "s1__R1.eaf").tier("why")
    assert tier is not None
    assert (tier.type_id, tier.parent) == ("because", "form")
    said = elancry(
        "batch", "add-tier", folder, "--dry-run", "--tier", "x", "--type", "y", "--constraint", "Included_In"
    )
    assert (said.code, "needs a parent tier" in said.err) == (2, True)


def test_statistics_are_a_table(elancry: Run, folder: Path, tmp_path: Path) -> None:
    said = elancry("batch", "statistics", folder, "-o", tmp_path / "out", "--tier", "form")
    assert said.out.splitlines()[0] == "3 files: 3 read."
    table = rows(tmp_path / "out" / "statistics.csv")
    assert [(row["file"], row["scope"], row["value"], row["mean_ms"]) for row in table[:2]] == [
        ("s1__R1.eaf", "tier", "", "1500.0"),
        ("s1__R1.eaf", "value", "protest", "1500.0"),
    ]
    dry = elancry("batch", "statistics", folder, "--tier", "form", "--period", "recording", "--dry-run")
    assert dry.out.startswith("file,scope,tier,value,annotations")
    assert dry.out.count("\n") == 7
    none = elancry("batch", "statistics", folder, "--tier", "nope*", "--dry-run")
    assert "no tier is called 'nope*'" in none.err


def test_without_an_output_folder_it_is_said_what_to_do(elancry: Run, folder: Path) -> None:
    said = elancry("batch", "remove-empty-tiers", folder)
    assert said.code == 2
    assert "-o" in said.err
    assert "--dry-run" in said.err


def test_two_files_of_one_name_and_files_that_are_links_out(elancry: Run, folder: Path, tmp_path: Path) -> None:
    twin = folder / "S1__r1.eaf"
    if not twin.exists():
        shutil.copy(folder / "s1__R1.eaf", twin)
        said = elancry("batch", "add-type", folder, "-o", tmp_path / "out", "--type", "t")
        assert said.code == 2
        assert "would both be written as" in said.err


def test_an_operation_is_a_function_one_line_and_its_help(
    elancry: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("elancry.edit.greetings")
    source = """
from dataclasses import dataclass

from elancry.eaf import Document
from elancry.edit.change import Change, Row
from elancry.edit.operation import option


@dataclass(frozen=True)
class Greeting:
    name: str = option("--name", "Who signs.", metavar="NAME")
    times: int = option("--times", "How often.", read=int, default=1)


def greet(document: Document, choices: Greeting) -> Change:
    '''Sign a file.'''
    editor = document.edit()
    editor.header.set_author(choices.name * choices.times)
    return Change(editor.document(), (Row("signed", after=choices.name * choices.times),))
"""
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "greetings.py", "exec", dont_inherit=True), module.__dict__)
    monkeypatch.setitem(OPERATIONS, "greet", ("greetings.greet", "coded -o signed --name R1"))
    known = texts._entry
    added = {"command.batch.greet": "Sign every file."}
    monkeypatch.setattr(texts, "_entry", lambda code, n, language: added.get(code) or known(code, n, language))
    shown = elancry("batch", "greet", "--help").out
    assert "Sign every file." in shown
    assert "--name NAME" in shown
    assert "Example:  elancry batch greet" in shown
    assert "Missing option '--name'" in elancry("batch", "greet", folder, "--dry-run").err
    assert "Invalid value for '--times'" in elancry("batch", "greet", folder, "--name", "A", "--times", "x").err
    said = elancry("batch", "greet", folder, "-o", tmp_path / "out", "--name", "R1", "--times", "2")
    assert said.code == 0, said.all
    assert read_eaf(tmp_path / "out" / "s1__R1.eaf").author == "R1R1"
    assert {(row["operation"], row["after"]) for row in rows(tmp_path / "out" / "changes.csv")} == {("greet", "R1R1")}


def test_every_operation_has_an_example_that_names_it() -> None:
    for name, command in batch.commands.items():
        assert f"elancry batch {name} " in (command.epilog or ""), name


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_operation_says_its_help_in_the_language_of_messages(elancry, monkeypatch, language) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    for name, command in batch.commands.items():
        assert command.help == text(f"command.batch.{name}").into(language), name
        assert ("Beispiel" if language == "de" else "Example") in command.epilog
    assert ("Eine Operation auf viele Dateien" in elancry("batch", "--help").out) == (language == "de")
    for operation, *_ in OPERATIONS.values():
        module, _, function = operation.partition(".")
        choices = get_type_hints(getattr(import_module(f"elancry.edit.{module}"), function))["choices"]
        said = [item.metadata["option"].help for item in fields(choices) if "option" in item.metadata]
        assert said, operation
        assert all(isinstance(help, Text) for help in said), operation


def test_changes_are_shown_in_the_language_of_messages_and_listed_in_english(
    elancry, folder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    dry = elancry("batch", "add-tier", folder, "--tier", "neu", "--type", "t", "--dry-run")
    assert "Spur hinzugefügt: 'Typ t'" in dry.out
    assert "würden geändert" in dry.out
    said = elancry("batch", "add-tier", folder, "-o", tmp_path / "out", "--tier", "neu", "--type", "t")
    assert "Kopien aller Dateien liegen in" in said.out
    assert {(row["what"], row["after"]) for row in rows(tmp_path / "out" / "changes.csv")} == {
        ("type added", "t"), ("tier added", "type t"),
    }  # fmt: skip


def test_statistics_have_times_of_the_medium(elancry: Run, shared: Path, tmp_path: Path) -> None:
    # Both files code 3000 to 8000 of the medium; R1 counts from 2000 of it.
    cases = shared / "cases" / "07_time_origin"
    for name, starts in (("medium", ["3000", "3000"]), ("file", ["1000", "3000"])):
        assert elancry("batch", "statistics", cases, "-o", tmp_path / name, "--times", name).code == 0
        table = rows(tmp_path / name / "statistics.csv")
        assert [row["observed_start_ms"] for row in table if row["scope"] == "tier"] == starts
        assert {row["latency_ms"] for row in table if row["scope"] == "tier"} == {"0"}
