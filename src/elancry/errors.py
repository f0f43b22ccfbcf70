"""The one family of errors that end a command.

An error says what was given, what was expected, where, and what to do about it. Whatever does not have to end the
command is a finding (see `elancry.findings`), not an exception.
"""

from __future__ import annotations

from collections.abc import Sequence

from elancry.findings import Finding
from elancry.texts import Text


class ElancryError(Exception):
    """Root of everything elancry raises on purpose; `exit_code` is what the command line returns for it."""

    exit_code = 2

    def __init__(self, message: Text | str, *, hint: Text | str | None = None) -> None:
        super().__init__(message)
        self.said = message
        self.advice = hint

    @property
    def message(self) -> str:
        """What is wrong, in the language of messages."""
        return str(self.said)

    @property
    def hint(self) -> str | None:
        """What to do about it, in the language of messages."""
        return None if self.advice is None else str(self.advice)

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message}\n  {self.hint}"


class UsageError(ElancryError):
    """What was asked for cannot be done as asked: an unknown option value, no files, contradictory choices."""


class UnreadableInput(ElancryError):
    """A file cannot be read at all: not there, not XML, truncated, another kind of XML, a cloud placeholder."""


class OutputRefused(ElancryError):
    """Writing would overwrite somebody's work, or the place cannot be written to."""


class InvalidInput(ElancryError):
    """Findings of severity error forbid going on; all of them are in `findings`, none was left out.

    The exit code is 1: the input was read and understood, and errors were found in it.
    """

    exit_code = 1

    def __init__(self, message: Text | str, findings: Sequence[Finding], *, hint: Text | str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)

    def __str__(self) -> str:
        places = [f"  {item.placed}" for item in self.findings]
        return "\n".join([self.message, *places, *([f"  {self.hint}"] if self.hint else [])])
