"""What became of one file of many, and the sum of it in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from elancry.cli.exits import Exit
from elancry.findings import Finding, Severity
from elancry.findings import printable as printable


class State(StrEnum):
    """What became of a file."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file.

    `name` is the input's name relative to the folder given. `rows` are lines for a table, in whatever columns the
    command has; `contents` what is to be written, by name relative to the output folder; `message` says of a failed
    file why, and how to mend it. `findings` may come with every state.
    """

    name: str
    state: State
    rows: tuple[tuple[object, ...], ...] = ()
    findings: tuple[Finding, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    message: str = ""


Work = Callable[[Path, str], FileOutcome]


class Tally:
    """How many files came to which end, and what was found, in a few words however many files there are."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.findings: Counter[str] = Counter()
        self.rows = 0
        self._first: dict[str, Finding] = {}
        self._errors = 0

    def add(self, outcome: FileOutcome) -> None:
        """Count one file."""
        self.states[outcome.state] += 1
        self.rows += len(outcome.rows)
        for item in outcome.findings:
            self.findings[item.code] += 1
            self._first.setdefault(item.code, item)
            self._errors += item.severity is Severity.ERROR

    @property
    def files(self) -> int:
        """All files that came to an end."""
        return self.states.total()

    @property
    def exit_code(self) -> Exit:
        """0 all fine, 1 errors were found or some files failed, 2 every file failed."""
        if self.files and self.states[State.FAILED] == self.files:
            return Exit.UNUSABLE
        return Exit.ERRORS_FOUND if self.states[State.FAILED] or self._errors else Exit.CLEAN

    def sentence(self, changed: str = State.CHANGED.value) -> str:
        """`1000 files: 998 changed, 1 unchanged, 1 failed.`; `changed` is the word for what was done to them."""
        words = {State.CHANGED: changed, State.UNCHANGED: "unchanged", State.FAILED: "failed"}
        parts = [f"{self.states[state]} {word}" for state, word in words.items() if self.states[state]]
        return f"{self.files} {'file' if self.files == 1 else 'files'}: {', '.join(parts) or 'nothing done'}."

    def findings_lines(self) -> list[str]:
        """One line for each kind of finding: the first of them in full, and how many more there are; errors first."""
        order = list(Severity)
        lines = []
        for code, item in sorted(self._first.items(), key=lambda entry: order.index(entry[1].severity)):
            more = f" (and {self.findings[code] - 1} more of these)" if self.findings[code] > 1 else ""
            lines.append(finding_line(item) + more)
        return lines


def failure_line(outcome: FileOutcome) -> str:
    """Of a failed file, its name, once, and why it failed."""
    own, message = outcome.name.rpartition("/")[2], outcome.message
    if message.startswith(f"{own} "):
        message = f"it{message[len(own) :]}"
    message = message.removeprefix(f"{own}: ")
    return f"failed: {printable(outcome.name)}: {message}"


def finding_line(item: Finding) -> str:
    """A finding on one line, its hint on a second."""
    where = f"{item.where}: " if item.where else ""
    hint = f"\n    {printable(item.hint)}" if item.hint else ""
    return f"{item.severity.shown} {item.code}: {printable(where + item.message)}{hint}"
