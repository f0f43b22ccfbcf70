"""Findings as a command tells them at its end: the first of each kind, and how many more there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from elancry.cli.say import say
from elancry.findings import Finding, Severity, printable
from elancry.texts import Text, text

_Kind = tuple[str, str]


class Kinds:
    """Findings by kind; those that differ in numbers and names only are of one kind.

    With `verbose` all are told, with `quiet` errors only.
    """

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self.quiet, self.verbose = quiet, verbose
        self._first: dict[_Kind, Finding] = {}
        self._counts: Counter[_Kind] = Counter()

    def add(self, findings: Iterable[Finding]) -> None:
        """Count findings; with `verbose` print them."""
        for item in findings:
            if self.verbose and self._wanted(item):
                say(finding_line(item), err=True)
            kind = item.code, _pattern(item.said)
            self._first.setdefault(kind, item)
            self._counts[kind] += 1

    @property
    def errors(self) -> bool:
        """Whether one of them is an error."""
        return any(item.severity is Severity.ERROR for item in self._first.values())

    def _wanted(self, item: Finding) -> bool:
        return item.severity is Severity.ERROR or not self.quiet

    def say(self) -> None:
        """Print one line a kind to the error stream, errors first; notes are only counted."""
        if self.verbose:
            return
        order = list(Severity)
        notes = 0
        wanted = {kind: item for kind, item in self._first.items() if self._wanted(item)}
        for kind, item in sorted(wanted.items(), key=lambda entry: order.index(entry[1].severity)):
            if item.severity is Severity.INFO:
                notes += self._counts[kind]
                continue
            line = finding_line(item)
            more = self._counts[kind] - 1
            say(text("finding.more-like-it", line=line, n=more) if more else line, err=True)
        if notes:
            say(text("finding.notes-hidden", n=notes), err=True)
        elif any(self._counts[kind] > 1 for kind in wanted):
            say(text("finding.verbose-shows-all"), err=True)


def finding_line(item: Finding) -> str:
    """A finding on one line, its hint on a second."""
    hint = f"\n    {printable(item.hint)}" if item.hint else ""
    return f"{item.severity.shown} {item.code}: {printable(item.placed)}{hint}"


def _pattern(said: Text | str) -> str:
    """What a message says, whatever its numbers and names are: its code and those of the texts inside it."""
    if isinstance(said, str):
        return said
    return " ".join([said.code, *(_pattern(value) for value in said.fields.values() if isinstance(value, Text))])
