"""What a command says, on a terminal or into a pipe: the one way out for words.

Names and values come from files, and a file can hold anything: characters that move the cursor, change colours or turn
the direction of writing are shown as escapes, never sent.
"""

from __future__ import annotations

import os
import sys

import click

from elancry.findings import Severity, printable

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_LAYOUT = "\n\t"


def say(message: object, *, err: bool = False, nl: bool = True, lead: str = "") -> None:
    """Print a message; `lead` is put before it as it is: it comes from here, not from a file."""
    click.echo(lead + harmless(str(message)), err=err, nl=nl)


def say_data(content: str, *, nl: bool = True) -> None:
    """Print what another program may read: as it is, but on a terminal like any other message."""
    click.echo(harmless(content) if sys.stdout.isatty() else content, nl=nl)


def harmless(message: str) -> str:
    """The message without characters that do something to a terminal, but for ends of lines and tabs."""
    if message.isprintable():
        return message
    return "".join(letter if letter in _LAYOUT or letter.isprintable() else printable(letter) for letter in message)


def coloured(word: str, severity: Severity) -> str:
    """`word` in the colour of a severity; plain where NO_COLOR is set (no-color.org).

    Colours are taken away again where the stream is not a terminal.
    """
    if os.environ.get("NO_COLOR") or severity not in _COLOURS:
        return word
    return click.style(word, fg=_COLOURS[severity], bold=True)
