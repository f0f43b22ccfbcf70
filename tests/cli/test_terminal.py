"""What a person at a terminal sees, and what a pipe, a quiet run and a shell's Tab key get instead."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from elancry.cli.kinds import Kinds
from elancry.cli.main import cli, run
from elancry.findings import finding

ESCAPE = "\x1b["
ANY_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
QUICK = ("--resamples", "0")


class Terminal(io.StringIO):
    """An error stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def one_warning(make_coded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two raters and three sessions; one file has another ANNOTATOR. What is said is looked at, so nothing is drawn."""

    def without_drawing(_results, folder, *, progress=None, **_):
        for number in (1, 2) if progress is not None else ():
            progress(number, 2)
        return folder.folder / "report.html"

    monkeypatch.setattr("elancry.study.run.save_results", without_drawing)
    folder = make_coded(tmp_path / "coded")
    path = next(folder.glob("*__R2.eaf"))
    path.write_text(path.read_text(encoding="utf-8").replace('ANNOTATOR="R2"', 'ANNOTATOR="R9"'), encoding="utf-8")
    return folder


def at_terminal(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """What stands on the error stream of a terminal after the command."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    assert run([str(item) for item in arguments]) == 0
    return stream.getvalue()


def test_a_terminal_gets_bars_steps_and_colours(one_warning, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    said = at_terminal(monkeypatch, "agree", one_warning, "-o", tmp_path / "out", *QUICK)
    assert re.search(r"Reading +\[#{18}-{18}\] +3/6", said)
    assert re.search(r"Reading +\[#{36}\] +6/6", said)
    assert "Computing agreement ..." in said
    assert "Writing the report ..." in said
    assert re.search(r"Drawing +\[#{18}-{18}\] +1/2", said)
    assert re.search(r"Drawing +\[#{36}\] +2/2", said)
    assert "\x1b[33m\x1b[1mwarning\x1b[0m rater-annotator-differs" in said
    summary = capsys.readouterr().out
    assert "6 files, 3 sessions, 4 sequences, 2 raters (R1, R2)." in summary
    assert "1 warning, 1 note." in summary
    assert f"Report: {tmp_path / 'out' / 'report.html'}" in summary
    assert ESCAPE not in summary


def test_no_color_takes_the_colours_away_and_nothing_else(one_warning, tmp_path, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    said = at_terminal(monkeypatch, "agree", one_warning, "-o", tmp_path / "out", *QUICK)
    assert not ANY_COLOUR.search(said)
    assert "warning rater-annotator-differs" in said
    assert " 6/6" in said


def test_a_pipe_gets_neither_bars_nor_colours(elancry, one_warning, tmp_path, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    said = elancry("agree", one_warning, "-o", tmp_path / "out", *QUICK)
    assert said.code == 0
    assert ESCAPE not in said.all
    assert "\r" not in said.all
    assert "Computing" not in said.all
    assert "warning rater-annotator-differs" in said.err


def test_quiet_says_nothing_even_to_a_terminal(one_warning, tmp_path, monkeypatch, capsys):
    assert at_terminal(monkeypatch, "agree", one_warning, "-o", tmp_path / "out", "--quiet", *QUICK) == ""
    assert capsys.readouterr().out == ""


def test_quiet_still_says_errors(elancry, tmp_path):
    said = elancry("agree", tmp_path / "nothing", "-o", tmp_path / "out", "--quiet")
    assert said.code == 2
    assert "nothing" in said.err


@pytest.mark.parametrize("command", [("check",), ("merge", "-o", "out"), ("agree", "-o", "out", *QUICK)])
def test_quiet_still_says_findings_that_are_errors(command, elancry, one_warning, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = next(one_warning.glob("*__R1.eaf"))
    text = path.read_text(encoding="utf-8")
    # Its first annotation ends before it begins.
    slots = re.search(r'TIME_SLOT_REF1="(\w+)" TIME_SLOT_REF2="(\w+)"', text)
    path.write_text(text.replace(slots[0], f'TIME_SLOT_REF1="{slots[2]}" TIME_SLOT_REF2="{slots[1]}"', 1), "utf-8")
    said = elancry(*command, one_warning, "-q")
    assert said.code == 1
    assert "error eaf-reversed" in said.all
    assert "warning" not in said.all


@pytest.mark.parametrize("verbose", [False, True])
def test_commands_that_go_file_by_file_say_errors_too(verbose, capsys):
    kinds = Kinds(quiet=True, verbose=verbose)
    kinds.add([finding("eaf-reversed", "it ends early", file="a.eaf"), finding("media-hash", "a hash", file="b.eaf")])
    kinds.say()
    assert capsys.readouterr().err == "error eaf-reversed: a.eaf: it ends early\n"


def test_a_file_is_named_once():
    said = [finding("file-unreadable", message, file="a.eaf").placed for message in ("a.eaf is cut off", "is cut off")]
    assert said == ["a.eaf is cut off", "a.eaf: is cut off"]


def test_a_name_cannot_give_orders_to_the_terminal(one_warning, tmp_path, monkeypatch):
    path = next(one_warning.glob("*__R2.eaf"))
    if sys.platform == "win32":
        pytest.skip("Windows allows no such file names")
    path.rename(path.with_name(f"S9\x1b[31mred__{path.stem.rsplit('__')[1]}.eaf"))
    monkeypatch.setenv("NO_COLOR", "1")
    said = at_terminal(monkeypatch, "agree", one_warning, "-o", tmp_path / "out", *QUICK)
    assert not ANY_COLOUR.search(said)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_gets_a_script_for_its_tab_key(shell, monkeypatch, capsys):
    monkeypatch.setenv("_ELANCRY_COMPLETE", f"{shell}_source")
    with pytest.raises(SystemExit) as left:
        run([])
    assert left.value.code == 0
    script = capsys.readouterr().out
    assert f"_ELANCRY_COMPLETE={shell}_complete" in script
    program = shutil.which(shell)
    if program is not None:
        checked = subprocess.run([program, "-n"], input=script, text=True, capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


def completed(words: str, count: int) -> tuple[list[str], str]:
    """What the Tab key offers in bash, and the heavy libraries that were loaded for it."""
    environment = {**os.environ, "_ELANCRY_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(count)}
    heavy = "{'numpy', 'pandas', 'lxml', 'matplotlib', 'scipy'}"
    code = (
        f"import atexit, sys; atexit.register(lambda: print(*({heavy} & set(sys.modules)), file=sys.stderr)); "
        "from elancry.cli.main import main; main([])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, encoding="utf-8", check=True
    )
    return [line.split(",", 1)[1] for line in done.stdout.splitlines()], done.stderr.strip()


def test_the_tab_key_offers_commands_without_loading_anything_heavy():
    offered, heavy = completed("elancry a", 1)
    assert offered == sorted(name for name in cli.commands if name.startswith("a")) == ["agree", "analyze", "app"]
    assert heavy == ""


def test_the_tab_key_offers_options_and_choices():
    assert "--matching" in completed("elancry agree --ma", 2)[0]
    assert "easydiag" in completed("elancry agree --matching e", 3)[0]


def test_every_command_shows_an_example():
    import click

    def leaves(group: click.Group, name: str):
        for key, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from leaves(command, f"{name} {key}")
            else:
                yield f"{name} {key}", command

    listed = dict(leaves(cli, "elancry"))
    assert len(listed) > 10
    without = [name for name, item in listed.items() if "elancry " not in f"{item.epilog or ''}{item.help or ''}"]
    assert without == []


# Names that do something to a terminal

EVIL = "\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u2066\u200b\x9b31m"


@pytest.fixture(scope="module")
def evil(tmp_path_factory, make_coded) -> Path:
    """A study with such characters in every name that a file can have them in; XML holds no C0 control characters."""
    folder = make_coded(tmp_path_factory.mktemp("evil") / "coded", sessions=2, sequences=2)
    held = EVIL.replace("\x1b", "").replace("\x07", "")
    for path in sorted(folder.glob("*.eaf")):
        session, rater = path.stem.split("__")
        content = path.read_text(encoding="utf-8").replace(f'ANNOTATOR="{rater}"', f'ANNOTATOR="{rater}{held}"')
        content = content.replace(">protest<", f">protest{held}<").replace('"crying_form"', f'"crying_form{held}"')
        content = content.replace("</ANNOTATION_VALUE>", f"{held}</ANNOTATION_VALUE>", 3)
        content = content.replace('TIER_ID="Comment"', f'TIER_ID="Comment{held}"')
        path.unlink()
        (folder / f"{session}{EVIL}__{rater}{EVIL}.eaf").write_text(content, encoding="utf-8")
    (folder / f"broken{EVIL}__R1.eaf").write_text("<x/>", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def evil_codebook(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.yaml"
    assert run(["codebook", "extract", str(make_harmless(path.parent)), "-o", str(path)]) == 0
    said = path.read_text(encoding="utf-8")
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in EVIL)
    path.write_text(said.replace("en: protest", f'en: "protest{escaped}"', 1), encoding="utf-8")
    return path


def make_harmless(folder: Path) -> Path:
    from elancry.codebook.load import load_codebook
    from elancry.simulate.study import simulate_study
    from elancry.simulate.write import write_study

    study = simulate_study(load_codebook("crying"), sessions=1, sequences=2, raters=("R1",), mistakes=False, seed=1)
    write_study(study, folder / "in")
    return folder / "in"


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "{coded}"],
        ["check", "{coded}", "-v"],
        ["check", "{coded}", "--format", "json"],
        ["check", "{coded}", "--format", "sarif"],
        ["check", "{coded}", "--raters", "{evil}"],
        ["check", "{coded}/{evil}"],
        ["merge", "{coded}", "-o", "{out}"],
        ["agree", "{coded}", "-o", "{out}", "--against", "nobody{evil}"],
        ["agree", "{coded}", "-o", "{out}", "--set", "{evil}=1"],
        ["convert", "{coded}", "{out}/", "--to", "csv", "-v"],
        ["convert", "{coded}", "{out}/x.csv"],
        ["convert", "{coded}", "{out}/x{evil}"],
        ["batch", "statistics", "{coded}", "--dry-run"],
        ["batch", "rename-tier", "{coded}", "--rename", "crying*", "x*", "--dry-run"],
        ["batch", "shift-times", "{coded}", "-o", "{out}", "--by", "{evil}"],
        ["migrate", "crying", "crying", "{coded}", "-o", "{out}"],
        ["codebook", "extract", "{coded}", "-o", "{out}/c.yaml"],
        ["codebook", "show", "{book}"],
        ["codebook", "check", "{book}"],
        ["template", "{book}", "-o", "{out}"],
        ["report", "{coded}"],
        ["{evil}"],
        ["agree", "--{evil}"],
    ],
    ids=lambda arguments: " ".join(arguments).replace("{evil}", "EVIL"),
)
def test_nothing_from_a_file_steers_the_terminal(arguments, evil, evil_codebook, tmp_path, monkeypatch):
    streams = {"out": Terminal(), "err": Terminal()}
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", streams["out"])
    monkeypatch.setattr(sys, "stderr", streams["err"])
    known = {"coded": evil, "out": tmp_path / "out", "evil": EVIL, "book": evil_codebook}
    run([argument.format_map(known) for argument in arguments])
    # What elancry itself sends: bars, which begin a line anew, hide the cursor and clear the line.
    ours = re.compile(r"\x1b\[\?25[lh]|\x1b\[K|\r")
    for stream in streams.values():
        left = ours.sub("", stream.getvalue())
        assert not [letter for letter in left if not (letter.isprintable() or letter in "\n\t")], left
    assert any(stream.getvalue() for stream in streams.values())
