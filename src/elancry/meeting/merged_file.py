"""A merged file in a meeting: decisions are written into it one by one, and taken back.

    file = MergedFile(Path("merged/S01.merged.eaf"))
    seen = file.sha256()
    seen = file.decide(Code("crying_form", 61_200, 63_000, "protest"), seen=seen)
    seen = file.undo(seen=seen)

Every step names the SHA-256 of the file that people saw. Where the file is another one now, because ELAN or somebody
else saved it, nothing is written. What is written is people's work: no manifest takes it for elancry's. Before the
first step the file is kept as `NAME.kept-1`, once for each meeting; an undone file has the very bytes that it had.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from elancry.eaf import parse_eaf
from elancry.errors import OutputRefused, UsageError
from elancry.files import keep, write_bytes
from elancry.locks import alone
from elancry.meeting.decide import Code, Decision, Rating, decided, said
from elancry.meeting.log import Entry, append
from elancry.texts import text


@dataclass(frozen=True)
class _Step:
    """What the file held before and after a decision."""

    before: bytes
    after: bytes
    entry: Entry


class MergedFile:
    """`who` and `hidden` go into the log (see `log`): who decides, where people want it told, and whether blind."""

    def __init__(self, path: Path, *, who: str = "", hidden: bool = False) -> None:
        self.path = path
        self.who = who
        self.hidden = hidden
        self.kept: Path | None = None
        """The copy of the file as it was before the first step."""
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    def sha256(self) -> str:
        """That of the file as it is now."""
        return hashlib.sha256(self._read()).hexdigest()

    def decide(self, decision: Decision, *, seen: str) -> str:
        """Write a decision; returns the file's SHA-256 then.

        Raises OutputRefused where the file is not the one that people saw or cannot be written, UsageError or
        InvalidInput where the decision does not fit it (see `decide`); nothing is changed then.
        """
        data = self._seen(seen)
        document = parse_eaf(data, self.path.name)
        before = said(document, decision)
        document = decided(document, decision)
        entry = self._entry(decision, before, said(document, decision))
        step = _Step(data, document.to_bytes(), entry)
        self._write(step.before, step.after, entry)
        self._done.append(step)
        self._undone.clear()
        return hashlib.sha256(step.after).hexdigest()

    def undo(self, *, seen: str) -> str:
        """Take the last decision back, byte for byte; the same as `decide` otherwise. UsageError: there is none."""
        if not self._done:
            raise UsageError(text("meeting.nothing-to-undo", file=self.path.name))
        step = self._done[-1]
        entry = replace(
            step.entry, time=_now(), decision="undo", value="", before=step.entry.after, after=step.entry.before
        )
        self._replace(step.after, step.before, entry, seen)
        self._undone.append(self._done.pop())
        return hashlib.sha256(step.before).hexdigest()

    def redo(self, *, seen: str) -> str:
        """Write the decision again that was taken back last."""
        if not self._undone:
            raise UsageError(text("meeting.nothing-to-redo", file=self.path.name))
        step = self._undone[-1]
        self._replace(step.before, step.after, replace(step.entry, time=_now(), decision="redo"), seen)
        self._done.append(self._undone.pop())
        return hashlib.sha256(step.after).hexdigest()

    def _replace(self, present: bytes, wanted: bytes, entry: Entry, seen: str) -> None:
        if self._seen(seen) != present:
            raise self._changed()
        self._write(present, wanted, entry)

    def _write(self, present: bytes, wanted: bytes, entry: Entry) -> None:
        with alone(self.path.parent):
            if self._read() != present:
                raise self._changed()
            if self.kept is None:
                self.kept = keep(self.path)
            write_bytes(self.path, wanted)
        append(self.path.parent, entry)

    def _seen(self, seen: str) -> bytes:
        data = self._read()
        if hashlib.sha256(data).hexdigest() != seen:
            raise self._changed()
        return data

    def _changed(self) -> OutputRefused:
        return OutputRefused(text("meeting.file-changed", path=str(self.path)), hint=text("meeting.file-changed-hint"))

    def _read(self) -> bytes:
        try:
            return self.path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputRefused(text("outputs.unreadable", path=str(self.path), reason=reason)) from error

    def _entry(self, decision: Decision, before: str, after: str) -> Entry:
        value = decision.category if isinstance(decision, Code) else ""
        value = decision.value or "-" if isinstance(decision, Rating) else value
        return Entry(
            _now(),
            self.who,
            self.path.name,
            decision.tier,
            decision.start_ms,
            decision.end_ms,
            type(decision).__name__.lower(),
            value,
            before,
            after,
            self.hidden,
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
