"""The table of sequences that prepared files are filled with: `session,sequence,start_ms,end_ms`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from elancry.csv_input import CsvRow, CsvTable, read_csv_input
from elancry.findings import Finding, finding
from elancry.spans import format_ms
from elancry.texts import some, text
from elancry.times import Unit, look_like_seconds

COLUMNS = ("session", "sequence", "start_ms", "end_ms")
IN_SECONDS = ("start_s", "end_s")
"""What the columns of times are called where they hold seconds."""
_BRIEF_MS = 1000


@dataclass(frozen=True, slots=True, order=True)
class PlannedSequence:
    """One sequence of a session, `[start_ms, end_ms)` in milliseconds."""

    start_ms: int
    end_ms: int
    id: str


def read_sequences(
    path: Path, sessions: Iterable[str], lengths: Mapping[str, int] | None = None
) -> tuple[Mapping[str, tuple[PlannedSequence, ...]], tuple[Finding, ...]]:
    """The sequences per session, in time order, and warnings: how the table was encoded, milliseconds that may be
    seconds, and sequences that end after the recording, whose length in ms `lengths` has for the sessions it names.

    InvalidInput with every mistake: a time that is none, an end before its start, an id twice in one session, sequences
    of one session that overlap (ELAN allows no overlap on a tier), and sessions without a medium while there are media
    without sequences, which is nearly always a name written in two ways. UnreadableInput for what is no table.
    """
    table = read_csv_input(path, required=COLUMNS, others=True, instead=dict(zip(COLUMNS[2:], IN_SECONDS, strict=True)))
    seconds = IN_SECONDS[0] in table.columns
    columns = IN_SECONDS if seconds else COLUMNS[2:]
    unit = Unit.SECONDS if seconds else Unit.MS
    found: dict[str, list[tuple[PlannedSequence, CsvRow]]] = {}
    for row in table.rows:
        name = table.value(row, "session", str)
        sequence = table.value(row, "sequence", str)
        start, end = (table.ms(row, columns, column, unit) for column in columns)
        if name is None or sequence is None or start is None or end is None:
            continue
        if end <= start:
            table.report(row, text("template.sequence-reversed", sequence=sequence, end=end, start=start))
            continue
        found.setdefault(name, []).append((PlannedSequence(start, end, sequence), row))
    for session, members in found.items():
        _check_session(session, members, table)
    _check_names(found, set(sessions), table)
    table.require_usable()
    spans = [(item.start_ms, item.end_ms) for members in found.values() for item, _ in members]
    if not seconds and look_like_seconds(spans, _BRIEF_MS):
        message = text("finding.csv-time-unit.message")
        table.findings.append(
            finding("csv-time-unit", message, hint=text("finding.csv-time-unit.hint"), file=table.name)
        )
    table.findings += _beyond_medium(found, lengths or {}, table.name)
    ordered = {session: tuple(sorted(item for item, _ in members)) for session, members in found.items()}
    return ordered, tuple(table.findings)


def _check_session(session: str, members: list[tuple[PlannedSequence, CsvRow]], table: CsvTable) -> None:
    lines: dict[str, int] = {}
    for item, row in members:
        if item.id in lines:
            table.report(row, text("template.sequence-twice", session=session, sequence=item.id, line=lines[item.id]))
        lines.setdefault(item.id, row.line)
    in_time = sorted(members, key=lambda member: member[0])
    for (before, _), (item, row) in pairwise(in_time):
        if item.start_ms < before.end_ms:
            table.report(row, text("template.sequences-overlap", session=session, first=before.id, second=item.id))


def _beyond_medium(
    found: Mapping[str, list[tuple[PlannedSequence, CsvRow]]], lengths: Mapping[str, int], name: str
) -> Iterator[Finding]:
    """One finding per session whose sequences do not all lie within its recording, at the first of them."""
    for session, members in found.items():
        beyond = [member for member in members if member[0].end_ms > lengths.get(session, member[0].end_ms)]
        if beyond:
            item, row = beyond[0]
            message = text(
                "finding.sequence-beyond-medium.message",
                n=len(beyond),
                session=session,
                sequence=item.id,
                end=format_ms(item.end_ms),
                duration=format_ms(lengths[session]),
            )
            hint = text("finding.sequence-beyond-medium.hint")
            yield finding("sequence-beyond-medium", message, hint=hint, file=name, line=row.line, session=session)


def _check_names(
    found: Mapping[str, list[tuple[PlannedSequence, CsvRow]]], sessions: set[str], table: CsvTable
) -> None:
    without_medium = sorted(set(found) - sessions)
    without_sequences = sorted(sessions - set(found))
    if not (without_medium and without_sequences):
        return
    for session in without_medium:
        table.report(
            found[session][0][1],
            text("template.assign-no-session", name=session),
            text("template.media-without-sequences", names=some(without_sequences, 10)),
        )
