"""The event tables that BORIS exports, as CSV or TSV: tabular and aggregated events in, aggregated events out.

Layouts as in BORIS's `export_observation.py` and `export_events.py` (github.com/olivierfriard/BORIS, versions 7 and 8):

- *Aggregated events*: one row for each event with `Behavior type` (STATE, POINT), `Start (s)`, `Stop (s)`.
- *Tabular events*: one row for each start, stop and moment with `Time` and `Behavior type` (START, STOP, POINT); before
  version 8 with a preamble of some rows, and `Status` for the type.

Only the columns that say something about events are read; they are found by their names, whatever stands between them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath, PureWindowsPath
from urllib.parse import unquote

from elancry.eaf.document import Document
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.boris.events import (
    COMMENT,
    COMMENT_STOP,
    MODIFIERS,
    OBSERVATION,
    Behavior,
    Event,
    Observation,
    Stroke,
    documents_of,
    paired,
)
from elancry.interop.boris.values import NO_DATE, is_date
from elancry.interop.boris.write import Coded, coded_tiers
from elancry.interop.format import Choices, Format, Read, Written
from elancry.interop.further_losses import Further, further_findings, further_in_words
from elancry.interop.json_input import in_seconds, milliseconds
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings, lost_in_words
from elancry.interop.text import called, damaged, decode_text
from elancry.texts import Text, some, text

KEPT = frozenset({Part.PARTICIPANT, Part.EMPTY_VALUE, Part.ZERO_LENGTH, Part.MEDIA})
LOST = (Further.MOMENTS, Further.OFFSETS, Further.NOTHING_CODED)
_KIND = text("format.kind.boris-events")
_START, _STOP = ("start (s)", "start (seconds)", "start"), ("stop (s)", "stop (seconds)", "stop")
_CLOCK = re.compile(r"(\d{1,4}):(\d\d):(\d\d(?:[.,]\d{1,9})?)")
_NOBODY, _NOTHING, _MISSING = "No focal subject", "Not defined", "NA"
_MOST_PREAMBLE = 200


def read_events(data: bytes, name: str, choices: Choices) -> Read:
    """The documents of a table of events, by observation; raises UnreadableInput for another table."""
    content, findings = decode_text(data, name, _KIND)
    table = _Table(content, name)
    observations: dict[str, Observation] = {}
    strokes: dict[str, list[Stroke]] = {}
    dropped, rounded = list[int](), 0
    for line, row in table.rows:
        behavior = table.behavior(row)
        observation = table.observation(row, observations)
        times = [milliseconds(_seconds(table.cell(row, *names))) for names in table.times]
        given = [ms for ms, _ in times if ms is not None and ms >= 0]
        if behavior is None or not given or (len(times) > len(given) and not behavior.points):
            dropped.append(line)
            continue
        rounded += sum(fine for _, fine in times)
        subject, modifiers = table.subject(row), table.modifiers(row)
        comment = table.cell(row, "comment", "comment start")
        if not table.aggregated:
            strokes.setdefault(observation.name, []).append(Stroke(subject, behavior, given[0], modifiers, comment))
        else:
            end = given[0] if behavior.points else given[-1]
            stopped = table.cell(row, "comment stop")
            observation.events.append(Event(subject, behavior, given[0], end, modifiers, comment, stopped))
    for title, rows in strokes.items():
        events, unpaired = paired(rows, frozenset(), name, title)
        observations[title].events = events
        observations[title].findings += unpaired
    notes = [*findings]
    if dropped:
        lines = some([str(line) for line in dropped], 10)
        message = text("finding.convert-row-skipped.message", n=len(dropped), lines=lines)
        notes.append(finding("convert-row-skipped", message, file=name, line=dropped[0]))
    if table.short:
        lines = some([str(line) for line in table.short], 10)
        message = text("finding.convert-row-incomplete.message", n=len(table.short), lines=lines)
        hint = text("finding.convert-row-incomplete.hint")
        notes.append(finding("convert-row-incomplete", message, hint=hint, file=name, line=table.short[0]))
    if rounded:
        notes.append(
            finding("convert-time-rounded", text("finding.convert-time-rounded.message", n=rounded), file=name)
        )
    documents, noticed = documents_of(list(observations.values()), list(table.behaviors.values()), choices)
    return Read(documents, (*notes, *noticed))


class _Table:
    """The rows below the header, and their cells by the name of the column."""

    def __init__(self, content: str, name: str) -> None:
        self.behaviors: dict[tuple[str, str, bool], Behavior] = {}
        self._codes: set[str] = set()
        self._name = name
        header, body, self._preamble, self._delimiter = self._find(content, name)
        self._columns: dict[str, int] = {}
        for place, column in enumerate(header):
            self._columns.setdefault(column, place)
        self.aggregated = any(start in self._columns for start in _START)
        self.times = (_START, _STOP) if self.aggregated else (("time",),)
        self._modifiers = [place for column, place in self._columns.items() if column.startswith("modifier")]
        self.rows = [(line, row) for line, row in body if any(cell.strip() for cell in row)]
        for line, row in self.rows:
            if any(cell.strip() for cell in row[len(header) :]):
                why = text("format.table-cells", n=len(row), columns=len(header))
                raise damaged(name, line, why, text("format.table-cells-hint", delimiter=self._delimiter))
        self.short = [line for line, row in self.rows if len(row) < len(header)]

    def cell(self, row: Sequence[str], *names: str) -> str:
        """The cell of the first column among `names` that the table has, `""` for none."""
        for column in names:
            place = self._columns.get(column)
            if place is not None:
                return row[place] if place < len(row) else ""
        return ""

    def behavior(self, row: Sequence[str]) -> Behavior | None:
        """The behavior of a row, `None` where it names none or says neither state nor point."""
        value, category = self.cell(row, "behavior"), self.cell(row, "behavioral category")
        category = "" if category == _NOTHING else category
        kind = self.cell(row, "behavior type", "status").strip().upper()
        if kind not in ("STATE", "START", "STOP", "POINT") or not (value or category):
            return None
        key = (value, category, kind == "POINT")
        if key not in self.behaviors:
            names = (value, f"{category}: {value}", *(f"{value} ({n})" for n in range(2, len(self._codes) + 4)))
            code = next(name for name in names if name and name not in self._codes)
            self._codes.add(code)
            self.behaviors[key] = Behavior(code, value, category, kind == "POINT")
        return self.behaviors[key]

    def subject(self, row: Sequence[str]) -> str:
        """The subject of a row, `""` for none in focus."""
        subject = self.cell(row, "subject")
        return "" if subject == _NOBODY else subject

    def modifiers(self, row: Sequence[str]) -> str:
        """The modifiers of a row as BORIS keeps them, between `|`."""
        cells = [row[place] for place in self._modifiers if place < len(row)]
        while cells and cells[-1] in ("", "None"):
            cells.pop()
        return "|".join(cells)

    def observation(self, row: Sequence[str], known: dict[str, Observation]) -> Observation:
        """The observation of a row, made where it is new."""
        title = (
            self.cell(row, "observation id") or self._preamble.get("observation id", "") or PurePath(self._name).stem
        )
        if title not in known:
            date = self.cell(row, "observation date") or self._preamble.get("observation date", "")
            said = self.cell(row, "description") or self._preamble.get("description", "")
            properties = {"boris.description": said} if said else {}
            known[title] = Observation(title, properties=properties, date=date.strip().replace(" ", "T"))
        return known[title]

    @staticmethod
    def _find(content: str, name: str) -> tuple[list[str], list[tuple[int, list[str]]], dict[str, str], str]:
        for delimiter in "\t,;":
            preamble: dict[str, str] = {}
            rows: list[tuple[int, list[str]]] = []
            last, torn = 1, 0
            try:
                reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
                for row in reader:
                    rows.append((last, row))
                    last = reader.line_num + 1
            except csv.Error:
                torn = torn or last
            for number, (_, row) in enumerate(rows[:_MOST_PREAMBLE]):
                columns = [cell.strip().casefold() for cell in row]
                if "behavior" in columns and ({"time", *_START} & set(columns)):
                    if torn:
                        raise damaged(name, torn, text("format.table-quote"), text("format.table-quote-hint"))
                    return columns, rows[number + 1 :], preamble, delimiter
                if len(row) > 1 and columns[0]:
                    preamble.setdefault(columns[0], row[1])
        raise _refused(name, text("format.boris-events-no-header"))


def _refused(name: str, why: Text) -> UnreadableInput:
    message = text("format.not-of-kind", file=called(name), kind=_KIND, why=why)
    return UnreadableInput(message, hint=text("format.boris-events-hint"))


def _seconds(cell: str) -> str:
    """A cell with a time as a number of seconds: BORIS writes `12.345` or `00:00:12.345`, Excel perhaps a comma."""
    clock = _CLOCK.fullmatch(cell.strip())
    if clock is None:
        return cell.strip().replace(",", ".")
    hours, minutes, seconds = clock.groups()
    whole, _, fraction = seconds.replace(",", ".").partition(".")
    return f"{int(hours) * 3600 + int(minutes) * 60 + int(whole)}.{fraction or 0}"


_BEFORE = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation type",
    "Source",
    "Time offset (s)",
    "Coding duration",
    "Media duration (s)",
    "FPS (frame/s)",
)
_AFTER = (
    "Behavior type",
    "Start (s)",
    "Stop (s)",
    "Duration (s)",
    "Media file name",
    "Image index start",
    "Image index stop",
    "Image file path start",
    "Image file path stop",
    "Comment start",
    "Comment stop",
)


def gather_events(documents: Mapping[str, Document], choices: Choices) -> Written:
    """One table of aggregated events of all documents, tab-separated, as BORIS 8 writes it."""
    findings: list[Finding] = []
    rows: list[tuple[list[str], list[str], list[str]]] = []
    for stem in sorted(documents):
        document = documents[stem]
        names = {(tier.id, tier.participant or ""): tier.id for tier in document.tiers}
        tiers = coded_tiers(document, choices, names)
        folded = {name for one in tiers for name in one.attached}
        findings += choice_findings(document, choices)
        left = [tier for tier in chosen_tiers(document, choices) if tier.id not in folded]
        findings += loss_findings(document, left, text("format.name.events"), KEPT)
        findings += further_findings(document, left, text("format.name.events"), LOST)
        rows += _rows_of(stem, document, tiers)
    most = max((len(modifiers) for _, modifiers, _ in rows), default=0)
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="\t", lineterminator="\r\n")
    subject = ("Subject", "Observation duration by subject by observation", "Behavior", "Behavioral category")
    writer.writerow([*_BEFORE, *subject, *(f"Modifier #{number}" for number in range(1, most + 1)), *_AFTER])
    for before, modifiers, after in rows:
        writer.writerow([*before, *modifiers, *[""] * (most - len(modifiers)), *after])
    return Written({".boris.tsv": buffer.getvalue().encode()}, tuple(findings))


def _rows_of(stem: str, document: Document, tiers: Sequence[Coded]) -> list[tuple[list[str], list[str], list[str]]]:
    spans = [(a.start_ms, a.start_ms if one.points else a.end_ms) for one in tiers for a in one.annotations]
    coding = max((end for _, end in spans), default=0) - min((start for start, _ in spans), default=0)
    media = [PureWindowsPath(unquote(medium.relative_url or medium.url)).name for medium in document.media]
    source = "|".join(f"player #{number}:{name}" for number, name in enumerate(media, 1)) or _MISSING
    date = document.date if is_date(document.date) else NO_DATE
    before = [
        document.header_property(OBSERVATION) or stem,
        date[:19].replace("T", " "),
        document.header_property("boris.description") or "",
        "Media file" if media else "Live observation",
        source,
        "0.0",
        in_seconds(coding),
        _MISSING,
        _MISSING,
    ]
    lasting: dict[str, int] = {}
    for one in tiers:
        for item in one.annotations:
            lasting[one.subject] = lasting.get(one.subject, 0) + (0 if one.points else item.end_ms - item.start_ms)
    rows = []
    for number, one in enumerate(tiers):
        for item in one.annotations:
            said = {texts[""]: texts.get(item.id, "") for texts in one.attached.values()}
            modifiers = said.get(MODIFIERS, "")
            end = item.start_ms if one.points else item.end_ms
            kind, length = ("POINT", _MISSING) if one.points else ("STATE", in_seconds(end - item.start_ms))
            head = [*before, one.subject or _NOBODY, in_seconds(lasting[one.subject]), item.value, one.category]
            tail = [kind, in_seconds(item.start_ms), in_seconds(end), length, media[0] if media else _MISSING]
            tail += [""] * 4 + [said.get(COMMENT, ""), said.get(COMMENT_STOP, "")]
            rows.append((item.start_ms, number, (head, modifiers.split("|") if modifiers else [], tail)))
    rows.sort(key=lambda row: row[:2])
    return [row for _, _, row in rows]


FORMAT = Format(
    name="boris-events",
    title=text("format.title.boris-events"),
    suffixes=(".boris.tsv", ".boris.csv"),
    read=read_events,
    gather=gather_events,
    loses=(
        *lost_in_words(KEPT),
        *further_in_words(LOST),
    ),
    not_understood=(
        text("format.ignores.boris-unpaired-table"),
        text("format.ignores.boris-rows-no-time"),
        text("format.ignores.boris-variables"),
    ),
)
