"""The command `elancry` and what surrounds every command: UTF-8 streams, errors in words, exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import click

from elancry import __version__
from elancry.cli.agree import agree
from elancry.cli.analyze import analyze
from elancry.cli.app import app
from elancry.cli.batch import batch
from elancry.cli.check import check
from elancry.cli.codebook import codebook
from elancry.cli.convert import convert
from elancry.cli.exits import Exit
from elancry.cli.figures import figures
from elancry.cli.init import init
from elancry.cli.merge import merge
from elancry.cli.migrate import migrate
from elancry.cli.plugin import plugin
from elancry.cli.power import power
from elancry.cli.report import report
from elancry.cli.say import say
from elancry.cli.show import error_line
from elancry.cli.simulate import simulate
from elancry.cli.template import template
from elancry.cli.worded import WordedGroup, WordedOption, command, word_click
from elancry.errors import ElancryError, InvalidInput
from elancry.files import noting_kept
from elancry.paths import require_utf8
from elancry.study.next_step import next_step
from elancry.texts import CatalogueError, message_language, some, text

COMMANDS = (
    app, init, template, codebook, check, merge, agree, analyze, report, figures, migrate, batch, convert, simulate,
    power,
    plugin,
)  # fmt: skip


@command(
    text("command.elancry"),
    cls=WordedGroup,
    closing=text("command.elancry.closing"),
    commands=COMMANDS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="elancry", cls=WordedOption, said=text("option.version"))
@click.pass_context
def cli(context: click.Context) -> None:
    """The commands; without one, what usually comes next in this folder."""
    if context.invoked_subcommand is None:
        say(next_step(Path()))
        say(text("next.all-commands"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `elancry` with `arguments` (default: the process's) and leave with the exit code of the design."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may be cp1252: an umlaut in a tier name must not end the command.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    sys.unraisablehook = _unraisable
    # gettext, which click asks, looks for the first of the languages only, and not for that of Windows.
    os.environ["LANGUAGE"] = message_language()
    code = run(arguments)
    # All is done: Ctrl-C cannot stop anything any more, and the interpreter's own end takes a moment.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


_STOPPED_BY: list[int] = []


def _stop(number: int, _frame: object) -> None:
    """Ended from outside: as an exception, so that temporary files go as they do at every other end.

    Some libraries make another error of it when it comes while they are imported, so the number is noted.
    """
    _STOPPED_BY.append(number)
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    """What cannot be raised where it happens, as in a callback of the garbage collection; a stop is told again."""
    if _STOPPED_BY and isinstance(lost.exc_value, KeyboardInterrupt | SystemExit):
        threading.Timer(0.01, signal.raise_signal, [_STOPPED_BY[-1]]).start()
    else:
        sys.__unraisablehook__(lost)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every failure becomes a message on the error stream.

    What became of people's files that were replaced is said in any case, also where the command was stopped.
    """
    with noting_kept() as kept:
        try:
            return _run(arguments)
        finally:
            if kept:
                say(text("outputs.kept", files=some(list(map(str, kept)), 10)), err=True)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        word_click()
        for given in sys.argv[1:] if arguments is None else arguments:
            require_utf8(given)
        result = cli.main(
            args=None if arguments is None else list(arguments), prog_name="elancry", standalone_mode=False
        )
    except (click.exceptions.Abort, KeyboardInterrupt):
        say(text("main.stopped"), err=True)
        return 130
    except click.ClickException as error:
        _show_usage(error)
        return Exit.UNUSABLE
    except InvalidInput as error:
        _show_findings(error)
        return error.exit_code
    except ElancryError as error:
        say(error_line(error), err=True)
        return error.exit_code
    except CatalogueError as error:
        say(f"Error: {error}", err=True)
        return Exit.UNUSABLE
    except BrokenPipeError:
        # The reader of our output (`| head`) went away: nothing is wrong, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.CLEAN
    except Exception as error:
        if _STOPPED_BY:
            say(text("main.stopped"), err=True)
            return 128 + _STOPPED_BY[-1]
        if os.environ.get("ELANCRY_TRACEBACK"):
            raise
        say(text("main.failed", kind=type(error).__name__, problem=str(error)), err=True)
        return Exit.UNUSABLE
    return result if isinstance(result, int) else Exit.CLEAN


def _show_usage(error: click.ClickException) -> None:
    """What click says of a wrong call; what was typed may come from a list of files."""
    words = io.StringIO()
    error.show(words)
    say(words.getvalue(), err=True, nl=False)


def _show_findings(error: InvalidInput) -> None:
    from elancry.check.render import render_text

    say(render_text(error.findings, verbose=True), err=True)
    say(error_line(error), err=True)
