"""Mangold INTERACT's exported data as text or Excel: a row for each event, a column for each class of codes.

    Level	Description	Number	Onset_Time	Offset_Time	Duration_Time	Affect	Gaze
    2	mother 01	1	00:00:00:00	00:05:00:00	00:05:00:00
    3		1	00:00:01:05	00:00:04:10	00:00:03:05	positive	infant

Source: INTERACT's manual ("Format external data": levels 1 DataGroup, 2 DataSet, 3 Event; times as hours, minutes,
seconds and frames or milliseconds, or as seconds; a memo; all further columns are classes) and a published program that
reads such exports; no sample file was at hand. Each class becomes a tier; the memo a tier of its own. A file with
several DataSets becomes several documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from elancry.errors import UnreadableInput
from elancry.findings import Finding
from elancry.interop.cells import read_cells, refuse_longer, shorter
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_for, stem_of_file
from elancry.interop.text import damaged, refusal
from elancry.texts import Text, text
from elancry.times import UnclearTimes, Unit, column_form, frames_of, parse_time

_KIND = text("format.kind.interact")
_ONSETS = ("onset", "onset time", "start time", "starttime", "entry")
_OFFSETS = ("offset", "offset time", "end time", "endtime", "exit")
_DURATIONS = ("duration", "duration time")
_LEVEL, _NAME, _MEMO = "level", "description", "memo"
_BESIDE = (_LEVEL, _NAME, "number", "datagroup", "dataset", "event", *_DURATIONS)
_GROUP, _SET, _EVENT = "1", "2", "3"
_TOLERANCE_MS = 100
BEGINS = re.compile(rb"(?i)\"?level\"?[\t;,](?=[^\n]*\bonset|[^\n]*\bstart time)")


@dataclass(slots=True)
class _Set:
    """The events of one DataSet, by class."""

    name: str
    rows: dict[str, list[FlatRow]] = field(default_factory=dict)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read an export; raises UnreadableInput with the line where it stops making sense."""
    table = read_cells(data, name, _KIND, choices.sheet)
    export = _Export(table.rows, table.delimiter, name, choices.unit)
    sets = [one for one in export.sets() if one.rows]
    notes = [*table.findings, *export.findings]
    if not sets:
        raise refusal(name, 1, _KIND, text("format.interact-no-event"), text("format.interact-hint"))
    documents = {}
    taken: set[str] = set()
    for one in sets:
        tiers = [
            FlatTier(tier, rows) for tier, rows in one.rows.items() if choices.tiers is None or tier in choices.tiers
        ]
        stem = stem_of_file(name) if len(sets) == 1 else stem_for(one.name, taken, otherwise=stem_of_file(name))
        taken.add(stem.casefold())
        documents[stem], changes = build_document(tiers, name=name)
        notes += changes
    return Read(documents, tuple(notes))


class _Export:
    """The rows below the header and what its columns are."""

    def __init__(self, rows: Sequence[tuple[int, list[str]]], delimiter: str, name: str, unit: Unit | None) -> None:
        self._name = name
        line, header = rows[0]
        self._names = [column.strip() for column in header]
        called = [re.sub(r"[\s_]+", " ", column).casefold() for column in self._names]
        onsets, offsets = ([n for n, one in enumerate(called) if one in names] for names in (_ONSETS, _OFFSETS))
        if len(onsets) != 1 or len(offsets) != 1:
            raise refusal(name, line, _KIND, text("format.interact-header"), text("format.interact-hint"))
        self._onset, self._offset = onsets[0], offsets[0]
        self._duration = next((n for n, one in enumerate(called) if one in _DURATIONS), None)
        self._level = called.index(_LEVEL) if _LEVEL in called else None
        self._description = called.index(_NAME) if _NAME in called else None
        skipped = (self._onset, self._offset)
        self._classes = [n for n, one in enumerate(called) if one and n not in skipped and one not in _BESIDE]
        if not self._classes:
            raise refusal(name, line, _KIND, text("format.interact-no-class"), text("format.interact-hint"))
        self._rows = rows[1:]
        refuse_longer(self._rows, len(header), delimiter, name)
        full = [row for row in self._rows if self._level is None or _cell(row[1], self._level) == _EVENT]
        self.findings: list[Finding] = list(shorter(full, min(len(header), self._classes[0] + 1), name))
        cells = [(row, _cell(own, n)) for row, own in full for n in (self._onset, self._offset)]
        try:
            self._unit = column_form([cell for _, cell in cells], unit).unit
        except UnclearTimes as error:
            raise damaged(name, cells[error.cell][0], error.said, error.advice) from None
        self._frames = frames_of([cell for _, cell in cells])

    def sets(self) -> list[_Set]:
        """The DataSets with their events; raises UnreadableInput with the line that makes no sense."""
        found = [_Set("")]
        for line, cells in self._rows:
            level = _EVENT if self._level is None else _cell(cells, self._level)
            if level == _GROUP:
                continue
            if level == _SET:
                said = "" if self._description is None else _cell(cells, self._description)
                found.append(_Set(said or f"DataSet {len(found)}"))
                continue
            times = [parse_time(_cell(cells, n), self._unit, self._frames) for n in (self._onset, self._offset)]
            if level != _EVENT or times[0] is None or times[1] is None or times[1] < times[0]:
                given = " ".join([level, _cell(cells, self._onset), _cell(cells, self._offset)])
                raise self._damaged(line, text("format.interact-row", given=given[:60]))
            self._check_duration(line, cells, times[1] - times[0])
            coded = [(self._names[n], _cell(cells, n)) for n in self._classes if _cell(cells, n)]
            if not coded:
                raise self._damaged(line, text("format.interact-no-code"))
            for tier, value in coded:
                found[-1].rows.setdefault(tier, []).append((times[0], times[1], value))
        return found

    def _check_duration(self, line: int, cells: Sequence[str], length: int) -> None:
        """Raise UnreadableInput where the duration beside the times is another one."""
        said = "" if self._duration is None else _cell(cells, self._duration)
        ms = parse_time(said, self._unit, self._frames) if said else length
        if ms is None or abs(ms - length) > _TOLERANCE_MS:
            raise self._damaged(line, text("format.interact-duration", given=said[:40]))

    def _damaged(self, line: int, why: Text) -> UnreadableInput:
        return damaged(self._name, line, why, text("format.interact-hint"))


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


FORMAT = Format(
    "interact",
    text("format.title.interact"),
    (),
    read,
    not_understood=(
        text("format.ignores.interact-groups"),
        text("format.ignores.table-frames"),
        text("format.ignores.interact-empty"),
    ),
    takes=frozenset({"sheet"}),
    shared_suffixes=(".txt", ".csv", ".tsv", ".xlsx"),
    begins=BEGINS,
)
