"""The event log of Noldus The Observer XT, as text or Excel: a row for each start, stop and point.

    Observation;Time_Relative_sf;Duration_sf;Subject;Behavior;Modifier_1;Event_Type;Comment
    s01;1,25;3,1;child;gaze left;;State start;
    s01;4,35;0;child;gaze left;;State stop;

Source: Noldus' reference manual (exporting event logs) and published programs that read such files; no sample file was
at hand. Columns are found by their names, whatever stands between them. A subject becomes a tier with the behaviors as
values, points a tier `SUBJECT (points)`; modifiers and comments hang under them. Which behaviors form a group is not in
the file: what runs concurrently gets a tier each (see `elancry.interop.flat`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.cells import read_cells, refuse_longer, shorter
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_for, stem_of_file
from elancry.interop.text import damaged, refusal
from elancry.texts import Text, some, text
from elancry.times import Unit, parse_time

_KIND = text("format.kind.noldus")
_TIMES = (("time relative sf", Unit.SECONDS), ("time relative hmsf", Unit.CLOCK), ("time relative s", Unit.SECONDS),
          ("time relative hms", Unit.CLOCK))  # fmt: skip
_DURATIONS = tuple((name.replace("time relative", "duration"), unit) for name, unit in _TIMES)
_STARTS, _STOPS, _POINTS = ("state start",), ("state stop",), ("point", "state point", "point event")
_BEHAVIOR, _TYPE, _SUBJECT, _COMMENT, _OBSERVATION = "behavior", "event type", "subject", "comment", "observation"
_NO_SUBJECT = "behavior"
_MOST_SHOWN, _MOST_PREAMBLE = 10, 50
_TOLERANCE_MS = 100
BEGINS = re.compile(rb"(?=[^\n]*\bTime_Relative_)(?=[^\n]*\bBehavior\b)[^\n]*\bEvent_Type\b")


@dataclass(frozen=True, slots=True)
class _Event:
    """A behavior of a subject; `texts` are modifiers and comment by the name of the column."""

    start_ms: int
    end_ms: int
    behavior: str
    texts: Mapping[str, str]


@dataclass(slots=True)
class _Running:
    """A state that has not stopped yet."""

    line: int
    start_ms: int
    length_ms: int | None
    texts: Mapping[str, str]


@dataclass(slots=True)
class _Recording:
    """The events of one observation, by subject and whether they are points."""

    events: dict[tuple[str, bool], list[_Event]] = field(default_factory=dict)
    running: dict[tuple[str, str], _Running] = field(default_factory=dict)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read an event log; raises UnreadableInput with the line where it stops making sense."""
    table = read_cells(data, name, _KIND, choices.sheet)
    log = _Log(table.rows, table.delimiter, name)
    recordings = log.recordings()
    notes = [*table.findings, *log.findings]
    documents = {}
    taken: set[str] = set()
    for title, recording in recordings.items():
        tiers = [_tier(subject, points, events, log.texts) for (subject, points), events in recording.events.items()]
        chosen = [tier for tier in tiers if choices.tiers is None or tier.name in choices.tiers]
        stem = stem_for(title, taken)
        taken.add(stem.casefold())
        documents[stem], changes = build_document(chosen, name=name)
        notes += changes
    return Read(documents, tuple(notes))


class _Log:
    """The rows below the header, put together to events."""

    def __init__(self, rows: Sequence[tuple[int, list[str]]], delimiter: str, name: str) -> None:
        self._name = name
        first = next((at for at, (_, cells) in enumerate(rows[:_MOST_PREAMBLE]) if _is_header(cells)), None)
        if first is None:
            raise refusal(name, 1, _KIND, text("format.noldus-header"), text("format.noldus-header-hint"))
        header = rows[first][1]
        self._at: dict[str, int] = {}
        for place, column in enumerate(header):
            self._at.setdefault(_called(column), place)
        self.texts = [
            column.strip() for column in header if _called(column).startswith("modifier") or _called(column) == _COMMENT
        ]
        self._rows = rows[first + 1 :]
        refuse_longer(self._rows, len(header), delimiter, name)
        self.findings: list[Finding] = list(shorter(self._rows, len(header), name))
        if others := [repr(column.strip()[:40]) for column in header if not _is_known(column)]:
            message = text("finding.convert-not-understood.message-columns", names=some(others, _MOST_SHOWN))
            self.findings.append(finding("convert-not-understood", message, file=name or None))

    def recordings(self) -> dict[str, _Recording]:
        """The events by observation; raises UnreadableInput with the line that makes no sense."""
        found: dict[str, _Recording] = {}
        empty: list[int] = []
        for line, cells in self._rows:
            behavior, kind = self._cell(cells, _BEHAVIOR), self._cell(cells, _TYPE).casefold()
            if not behavior and not kind:
                empty.append(line)
                continue
            time = self._time(cells, _TIMES)
            if not behavior or time is None or kind not in (*_STARTS, *_STOPS, *_POINTS):
                given = " ".join([self._cell(cells, _TYPE), behavior, *self._times(cells)])
                raise self._damaged(line, text("format.noldus-row", given=given[:80]))
            title = self._cell(cells, _OBSERVATION) or stem_of_file(self._name)
            self._take(found.setdefault(title, _Recording()), line, cells, behavior, kind, time)
        for recording in found.values():
            for (subject, behavior), open_one in recording.running.items():
                self._close(recording, subject, behavior, open_one)
        if empty:
            lines = some([str(line) for line in empty], _MOST_SHOWN)
            message = text("finding.convert-not-understood.message-noldus-empty", n=len(empty), lines=lines)
            self.findings.append(finding("convert-not-understood", message, file=self._name, line=empty[0]))
        return found

    def _take(
        self, recording: _Recording, line: int, cells: Sequence[str], behavior: str, kind: str, time: int
    ) -> None:
        subject = self._cell(cells, _SUBJECT) or _NO_SUBJECT
        texts = {name: self._cell(cells, _called(name)) for name in self.texts}
        if kind in _POINTS:
            recording.events.setdefault((subject, True), []).append(_Event(time, time, behavior, texts))
            return
        before = recording.running.pop((subject, behavior), None)
        if kind in _STARTS:
            if before is not None:
                self._close(recording, subject, behavior, before)
            length = self._time(cells, _DURATIONS)
            recording.running[subject, behavior] = _Running(line, time, length or None, texts)
            return
        if before is None:
            raise self._damaged(line, text("format.noldus-no-start", behavior=behavior[:60], subject=subject[:60]))
        if time < before.start_ms:
            raise self._damaged(line, text("format.noldus-backwards", behavior=behavior[:60], line=before.line))
        if before.length_ms is not None and abs(before.start_ms + before.length_ms - time) > _TOLERANCE_MS:
            message = text("finding.convert-damaged.message-noldus-duration", behavior=behavior[:60], line=before.line)
            hint = text("finding.convert-damaged.hint")
            self.findings.append(finding("convert-damaged", message, hint=hint, file=self._name, line=line))
        merged = {name: before.texts[name] or said for name, said in texts.items()}
        event = _Event(before.start_ms, time, behavior, merged)
        recording.events.setdefault((subject, False), []).append(event)

    def _close(self, recording: _Recording, subject: str, behavior: str, before: _Running) -> None:
        """End a state without a stop by its duration; raises UnreadableInput where the file does not say it."""
        if before.length_ms is None:
            raise self._damaged(before.line, text("format.noldus-no-stop", behavior=behavior, subject=subject))
        message = text("finding.convert-damaged.message-noldus-stop", behavior=behavior[:60])
        hint = text("finding.convert-damaged.hint")
        self.findings.append(finding("convert-damaged", message, hint=hint, file=self._name, line=before.line))
        event = _Event(before.start_ms, before.start_ms + before.length_ms, behavior, before.texts)
        recording.events.setdefault((subject, False), []).append(event)

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self._at.get(column)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    def _times(self, cells: Sequence[str]) -> list[str]:
        return [said for name, _ in _TIMES if (said := self._cell(cells, name))]

    def _time(self, cells: Sequence[str], columns: Sequence[tuple[str, Unit]]) -> int | None:
        """The time in the finest of the columns that the table has."""
        name, unit = next(((name, unit) for name, unit in columns if name in self._at), ("", Unit.SECONDS))
        said = self._cell(cells, name)
        ms = parse_time(said.removeprefix("-"), unit)
        return -ms if ms is not None and said.startswith("-") else ms

    def _damaged(self, line: int, why: Text) -> UnreadableInput:
        return damaged(self._name, line, why, text("format.noldus-hint"))


def _called(column: str) -> str:
    return re.sub(r"[\s_]+", " ", column).strip().casefold()


def _is_known(column: str) -> bool:
    """Whether a column is read, or is another form of a time or the name of the log."""
    name = _called(column)
    read_ones = (_BEHAVIOR, _TYPE, _SUBJECT, _COMMENT, _OBSERVATION, "event log", "")
    times = ("modifier", "time relative", "time absolute", "date time absolute", "date dmy", "duration")
    return name in read_ones or name.startswith(times)


def _is_header(cells: Sequence[str]) -> bool:
    names = set(map(_called, cells))
    return {_BEHAVIOR, _TYPE} <= names and not names.isdisjoint(name for name, _ in _TIMES)


def _tier(subject: str, points: bool, events: Sequence[_Event], texts: Sequence[str]) -> FlatTier:
    name = f"{subject} (points)" if points else subject
    rows = [(event.start_ms, event.end_ms, event.behavior) for event in events]
    attached = {
        f"{name} {column}": [event.texts[column] or None for event in events]
        for column in texts
        if any(event.texts[column] for event in events)
    }
    return FlatTier(
        name, rows, participant=None if subject == _NO_SUBJECT else subject, points=points, attached=attached
    )


FORMAT = Format(
    "noldus",
    text("format.title.noldus"),
    (),
    read,
    not_understood=(text("format.ignores.noldus-groups"), text("format.ignores.noldus-columns")),
    takes=frozenset({"sheet"}),
    shared_suffixes=(".txt", ".csv", ".xlsx"),
    begins=BEGINS,
)
