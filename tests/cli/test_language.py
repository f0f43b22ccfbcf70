"""The command line speaks the language of messages: every help text in every language, click's own words too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from elancry.cli.main import cli
from elancry.cli.worded import Worded
from elancry.codebook.load import load_codebook
from elancry.texts import languages


def commands(group: click.Group) -> Iterator[click.Command]:
    """Every command, groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


@pytest.mark.parametrize("language", languages())
def test_every_command_has_its_help_in_every_language(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    for command in (cli, *commands(cli)):
        assert isinstance(command, Worded), command.name
        assert command.help, command.name
        assert command.help.splitlines()[0] in command.get_help(click.Context(command, terminal_width=1000)), (
            command.name
        )


def test_the_help_follows_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for language in languages():
        monkeypatch.setenv("LANGUAGE", language)
        found.add(cli.commands["analyze"].help)
    assert len(found) == len(languages())


def said(*arguments: str) -> str:
    """What `elancry` prints in a process of its own, which nothing has put into English before."""
    code = "from elancry.cli.main import main; main()"
    environment = {**os.environ, "LANGUAGE": "", "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    return done.stdout + done.stderr


def test_the_words_of_click_are_german_too() -> None:
    shown = said("--help")
    assert shown.startswith("Aufruf: elancry")
    assert "Befehle:" in shown
    assert "Diese Hilfe zeigen." in shown
    wrong = said("analyse")
    assert "Fehler: Den Befehl 'analyse' gibt es nicht." in wrong


def test_choices_of_the_plan_reach_commands_without_one(
    elancry, study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """design.md: every command reads `--study FILE`, else `study.yaml` in the current, then the given folder."""
    (study / "study.yaml").write_text("tiers: [crying_form]\n", encoding="utf-8")
    assert elancry("codebook", "extract", study, "-o", tmp_path / "book.yaml").code == 0
    assert [system.id for system in load_codebook(tmp_path / "book.yaml").systems] == ["crying_form"]
    assert elancry("convert", study, tmp_path / "converted", "--to", "csv").code == 0
    for path in (tmp_path / "converted").glob("S*.csv"):
        assert "intervention" not in path.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text("raters: [Anna]\ncodebook: attachment-crying\nseed: 7\n", encoding="utf-8")
    made = elancry("simulate", "-o", "made", "--sessions", "1", "--sequences", "1")
    assert made.code == 0, made.all
    assert [path.name for path in sorted(Path("made").rglob("*.eaf"))] == ["S01__Anna.eaf"]
    assert "attachment-crying.etf" in elancry("template", "-o", "templates").out
    typed = elancry("simulate", "crying", "-o", "typed", "--raters", "B", "--sessions", "1", "--sequences", "1")
    assert [path.name for path in sorted(Path("typed").rglob("*.eaf"))] == ["S01__B.eaf"], typed.all
    (tmp_path / "other.yaml").write_text("raters: [C]\n", encoding="utf-8")
    elancry("simulate", "-o", "planned", "--study", "other.yaml", "--sessions", "1", "--sequences", "1")
    assert [path.name for path in sorted(Path("planned").rglob("*.eaf"))] == ["S01__C.eaf"]
