"""The command line speaks the language of messages: every help text in every language, click's own words too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

import elancry
from elancry import texts
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


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy of the package, to be damaged."""
    package = Path(elancry.__file__).parent
    shutil.copytree(package, tmp_path / "elancry", ignore=shutil.ignore_patterns("__pycache__"))
    # Beside the package stand the built-in codebooks; nothing here asks for them.
    return tmp_path


def started(place: Path, code: str, language: str) -> subprocess.CompletedProcess[str]:
    """A process that runs `code` with the package in `place`, speaking `language`."""
    environment = {**os.environ, "LANGUAGE": language, "PYTHONPATH": str(place)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, input="", capture_output=True, encoding="utf-8", check=False
    )


DAMAGES = {
    "empty": lambda whole: b"",
    "cut": lambda whole: whole[:1000],
    "cut in its texts": lambda whole: whole[: len(whole) // 2],
    "another file": lambda whole: b"<html>not found</html>" * 100,
    "no header": lambda whole: whole.replace(b"charset=utf-8", b"charset=nought"),
    "no plural": lambda whole: whole.replace(b"plural=", b"plurel="),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("domain", ["elancry", "click"])
def test_a_damaged_catalogue_is_an_error_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, domain: str, damage: Callable[[bytes], bytes]
):
    source = Path(str(texts.LOCALES)) / "de" / "LC_MESSAGES" / f"{domain}.mo"
    path = tmp_path / "de" / "LC_MESSAGES" / source.name
    path.parent.mkdir(parents=True)
    path.write_bytes(damage(source.read_bytes()))
    monkeypatch.setattr(texts, "LOCALES", tmp_path)
    with pytest.raises(texts.CatalogueError, match="'de' are missing or damaged"):
        texts.catalogue.__wrapped__("de", domain)


def test_a_damaged_catalogue_ends_the_command_with_one_sentence(installed: Path):
    path = installed / "elancry" / "locale" / "de" / "LC_MESSAGES" / "elancry.mo"
    path.write_bytes(path.read_bytes()[:1000])
    start = "from elancry.cli.main import main; main(['check', 'nowhere'])"
    done = started(installed, start, "de")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: The texts of elancry for the language 'de' are missing or damaged ({path}).\n"
        "  Install elancry again; in a clone of its sources, run: python hatch_build.py\n"
    )
    # The other languages are whole.
    assert "there is no file or folder nowhere" in started(installed, start, "en").stderr


def test_without_any_catalogue_nothing_else_is_said(installed: Path):
    for path in installed.rglob("*.mo"):
        path.unlink()
    done = started(installed, "from elancry.cli.main import main; main(['--help'])", "de")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Error: The texts of elancry for the language 'en' are missing or damaged")
    assert "Traceback" not in done.stderr
    # A recognizer says it where ELAN reads.
    plugin = "import sys; from elancry.plugin.entry import main; sys.exit(main(['compare']))"
    ended = started(installed, plugin, "de")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "RESULT: FAILED."
    assert "are missing or damaged" in ended.stdout
    assert ended.stderr == ""
