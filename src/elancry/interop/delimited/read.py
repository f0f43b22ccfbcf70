"""Reading tables of annotations, whoever wrote them: every variant of ELAN's own export, our own tables, others.

ELAN's export (File > Export As > Tab-delimited Text) is described in its manual ("Exporting a document as a
tab-delimited text file") and by its class Transcription2TabDelimitedText (GPL): rows of tier, participant, times and
value without a header; or a header and a column per tier; lines such as `"#file:///clip.mp4 -- offset: 0"` and
`"#s01.eaf"` between them; tabs with nothing quoted, or commas with every text quoted. Which columns were chosen is not
said anywhere, so it is found out (`elancry.interop.delimited.times`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from elancry.eaf.parts import Media
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.cells import quoted_rows
from elancry.interop.delimited.columns import Columns
from elancry.interop.delimited.guess import guess, shown
from elancry.interop.delimited.header import Header, UnclearColumns, named_header, read_header
from elancry.interop.delimited.times import agrees, find_time_columns
from elancry.interop.flat import FlatRow, FlatTier, build_document, concurrent_codes
from elancry.interop.format import Choices, Read
from elancry.interop.text import called, damaged, decode_text, refusal
from elancry.spans import format_ms
from elancry.texts import Text, some, text
from elancry.times import Unit, look_like_seconds, parse_time

_KIND = text("format.kind.table")
_ONE_TIER = "annotations"
_MEDIUM = re.compile(r"#(.+) -- offset: (-?\d{1,15})")
_MARKER = re.compile(r'"?#?([^\t"]*\.(?:eaf|etf))"?,*', re.IGNORECASE)
_REMARK = re.compile(r'"?#[^\t]*(?: -- offset: -?\d+|\.eaf|\.etf)"?,*', re.IGNORECASE)
_MOST_SHOWN = 10
_BRIEF_MS = 100

Key = tuple[str, str | None, str | None]
"""(tier, participant, annotator)"""


@dataclass(slots=True)
class _Recording:
    """What the table says of one file."""

    tiers: dict[Key, list[FlatRow]] = field(default_factory=dict)
    media: list[Media] = field(default_factory=list)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a table; raises UnreadableInput, with the line, where no annotations can be found in it."""
    content, findings = decode_text(data, name, _KIND)
    delimiter, rows = _rows(content, name)
    return read_rows(rows, delimiter, name, choices, findings)


def read_rows(
    cells: Iterable[tuple[int, list[str]]], delimiter: str, name: str, choices: Choices, findings: tuple[Finding, ...]
) -> Read:
    """Read a table whose rows are cells with the number of their line; raises UnreadableInput as `read` does."""
    table = _Table(cells, delimiter, name, choices)
    recordings = table.recordings()
    documents = {}
    rows_of: dict[str, list[list[FlatRow]]] = {}
    for recording in recordings.values():
        for (tier, _, _), rows in recording.tiers.items():
            rows_of.setdefault(tier, []).append(rows)
    # All files of a table have the same tiers, whoever gave two codes at a time.
    concurrent = {tier: concurrent_codes(own) for tier, own in rows_of.items()}
    changes: list[Finding] = []
    for stem, recording in zip(_stems(list(recordings), name), recordings.values(), strict=True):
        tiers = [
            FlatTier(tier, rows, participant=participant, annotator=annotator, concurrent=concurrent[tier])
            for (tier, participant, annotator), rows in recording.tiers.items()
            if choices.tiers is None or tier in choices.tiers
        ]
        documents[stem], found = build_document(tiers, name=name, media=recording.media)
        changes += found
    return Read(documents, (*findings, *table.findings, *changes))


class _Table:
    """The rows of a table and what they mean."""

    def __init__(self, rows: Iterable[tuple[int, list[str]]], delimiter: str, name: str, choices: Choices) -> None:
        self._name = name
        self._unit = choices.unit
        self._columns = choices.columns
        self._headless = False
        self.findings: list[Finding] = []
        self._delimiter = delimiter
        self._lines = list(rows)
        self._data = [(line, cells) for line, cells in self._lines if any(cells) and not _is_remark(cells)]
        if not self._data:
            raise UnreadableInput(text("format.no-rows", file=called(name), kind=_KIND))

    def recordings(self) -> dict[str, _Recording]:
        """The rows by file, tier, participant and annotator; raises UnreadableInput if none has times."""
        header = self._header()
        rows = self._lines
        checked = header is None or bool(header.ours and header.tiers)
        if header is None:
            header, width = self._without_header(), 0
        else:
            first = next(place for place, (line, _) in enumerate(rows) if line == self._data[0][0])
            width = len(self._data[0][1])
            rows = rows if self._headless else rows[:first] + rows[first + 1 :]
            self._tell(header)
        found: dict[str, _Recording] = {}
        spans: list[tuple[int, int]] = []
        current, rounded = "", 0
        bad, impossible, short, empty = list[int](), list[int](), list[int](), list[int]()
        for line, cells in rows:
            if not any(cells):
                continue
            # In a table with a column of files, what is left of a row may look like ELAN's line with the name of one.
            if _is_remark(cells) and not (width and header.file is not None and not header.tiers):
                medium = _MEDIUM.fullmatch(cells[0])
                if medium is not None:
                    media = Media(medium.group(1), None, None, int(medium.group(2)) or None)
                    found.setdefault(current, _Recording()).media.append(media)
                else:
                    current = cells[0].lstrip("#")
                continue
            span = header.times.span(cells)
            if span is None or (checked and not agrees(header.times, cells)):
                bad.append(line)
                continue
            if not 0 <= span[0] <= span[1]:
                impossible.append(line)
                continue
            if width and any(cell.strip() for cell in cells[width:]):
                why = text("format.table-cells", n=len(cells), columns=width)
                raise damaged(self._name, line, why, text("format.table-cells-hint", delimiter=self._delimiter))
            if len(cells) < width:
                if header.value is not None and len(cells) <= header.value:
                    why = text("format.table-short", n=len(cells), columns=width)
                    raise damaged(self._name, line, why, text("format.table-short-hint"))
                short.append(line)
            if header.tiers and not any(_cell(cells, number) for number, _ in header.tiers):
                empty.append(line)
            spans.append(span)
            rounded += header.times.finer(cells)
            file = _cell(cells, header.file) or _cell(cells, header.path) or current
            self._add(found.setdefault(file, _Recording()), header, cells, span)
        if not spans and bad and not impossible:
            raise refusal(self._name, bad[0], _KIND, text("format.table-no-times"))
        if empty:
            lines = some([str(line) for line in empty], _MOST_SHOWN)
            message = text("finding.convert-row-incomplete.message-no-value", n=len(empty), lines=lines)
            self._find("row-incomplete", message, empty[0], text("finding.convert-row-incomplete.hint"))
        self._tell_rows(header, spans, sorted([*bad, *impossible]), short, rounded)
        if not found:
            # A header without rows still names tiers.
            found[""] = _Recording({(tier, None, None): [] for _, tier in header.tiers})
        return found

    def _header(self) -> Header | None:
        rows = [cells for _, cells in self._data[1:]]
        try:
            commas = self._delimiter == ","
            if self._columns is not None:
                return self._named_header(self._columns, commas)
            return read_header(self._data[0][1], rows, self._unit, commas_separate=commas)
        except UnclearColumns as error:
            line = self._data[error.cell + (0 if self._headless else 1)][0]
            why = text("format.table-unclear", columns=error.columns, why=error.said)
            raise damaged(self._name, line, why, error.advice) from None

    def _named_header(self, columns: Columns, commas: bool) -> Header:
        """The header as the user explains it."""
        first = self._data[0][1]
        places = columns.places(first, self._name)
        self._headless = columns.without_header(first, places)
        names = [str(number) for number in range(1, len(first) + 1)] if self._headless else first
        rows = [cells for _, cells in self._data[0 if self._headless else 1 :]]
        return named_header(columns, names, rows, self._name, commas_separate=commas)

    def _columns_hint(self) -> Text:
        """The columns with their first rows, and what `--columns` would say of them."""
        names, rows = self._data[0][1], [cells for _, cells in self._data[1:]]
        lines = "\n  ".join(shown(names, rows))
        return text("format.table-columns-hint", columns=lines, guess=guess(names, rows))

    def _tell_rows(
        self, header: Header, spans: list[tuple[int, int]], bad: list[int], short: list[int], rounded: int
    ) -> None:
        if bad:
            lines = some([str(line) for line in bad], _MOST_SHOWN)
            message = text("finding.convert-row-skipped.message-lines", n=len(bad), lines=lines)
            self._find("row-skipped", message, line=bad[0], hint=text("finding.convert-row-skipped.hint-times"))
        if short:
            lines = some([str(line) for line in short], _MOST_SHOWN)
            message = text("finding.convert-row-incomplete.message", n=len(short), lines=lines)
            self._find("row-incomplete", message, short[0], text("finding.convert-row-incomplete.hint"))
        if rounded:
            self._find("time-rounded", text("finding.convert-time-rounded.message", n=rounded))
        units = {unit for _, unit in (*header.times.begin, *header.times.end)}
        plain = not header.ours and not header.guessed and self._unit is None and units == {Unit.MS}
        if plain and look_like_seconds(spans, _BRIEF_MS):
            names = tuple(self._data[0][1][number] for number in sorted(header.times.columns))
            latest = format_ms(max(end for _, end in spans))
            message = text("finding.convert-time-unit-doubtful.message", columns=names, latest=latest)
            self._find("time-unit-doubtful", message, hint=text("finding.convert-time-unit-doubtful.hint"))
        width = len(self._data[0][1])
        for line, cells in self._lines:
            for cell in cells:
                if "\n" in cell and (row := _row_inside(cell, self._delimiter, width)):
                    why = text("format.table-rows-in-quotes", line=line + row)
                    raise damaged(self._name, line, why, text("format.table-rows-in-quotes-hint"))

    def _add(self, recording: _Recording, header: Header, cells: Sequence[str], span: tuple[int, int]) -> None:
        participant = _cell(cells, header.participant) or None
        annotator = _cell(cells, header.annotator) or None
        for number, tier in header.tiers:
            rows = recording.tiers.setdefault((tier, None, None), [])
            if value := _cell(cells, number):
                rows.append((*span, value))
        if not header.tiers:
            tier = _ONE_TIER if header.tier is None else _cell(cells, header.tier)
            value = _cell(cells, header.value)
            recording.tiers.setdefault((tier, participant, annotator), []).append((*span, value))

    def _without_header(self) -> Header:
        data = [cells for _, cells in self._data]
        found = find_time_columns(data)
        if found is None:
            line = self._data[0][0]
            raise refusal(self._name, line, _KIND, text("format.table-no-columns"), self._columns_hint())
        leading, times = found
        value = leading + len(times.columns)
        width = min(map(len, data))
        file = next((n for n in range(value + 1, width) if all(_names_eaf(row[n]) for row in data)), None)
        others = max(map(len, data)) - value - 1 - (file is not None)
        if others:
            message = text("finding.convert-not-understood.message-columns-behind", n=others)
            self._find("not-understood", message)
        if not (times.end and times.duration):
            second = "end" if times.end else "duration"
            self._find("columns-guessed", Text(f"finding.convert-columns-guessed.message-{second}"))
        header = Header(
            times,
            tier=0 if leading else None,
            participant=1 if leading == 2 else None,
            value=value,
            file=file,
            ours=True,
        )
        self._tell(header)
        return header

    def _tell(self, header: Header) -> None:
        if header.others:
            names = some([repr(name[:40]) for name in header.others], 10)
            self._find("not-understood", text("finding.convert-not-understood.message-columns", names=names))
        hint = text("finding.convert-not-understood.hint-unnamed")
        for number in header.unnamed:
            message = text("finding.convert-not-understood.message-unnamed", number=number + 1)
            self._find("not-understood", message, hint=hint)
        if header.value_unnamed and header.value is not None:
            message = text("finding.convert-columns-guessed.message-value", number=header.value + 1)
            self._find("columns-guessed", message, hint=hint)
        if header.guessed:
            self._find("time-unit-guessed", text("finding.convert-time-unit-guessed.message"))
        if header.times.frames_only:
            message = text("finding.convert-time-rounded.message-frames", frames=header.times.frames)
            self._find("time-rounded", message)

    def _find(self, code: str, message: Text, line: int | None = None, hint: Text | None = None) -> None:
        self.findings.append(finding(f"convert-{code}", message, hint=hint, file=self._name or None, line=line))


def _rows(content: str, name: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """The delimiter, and the rows with their line numbers; ELAN's tab-delimited text quotes nothing."""
    skipped = 0
    first, _, rest = content.partition("\n")
    if re.fullmatch(r"sep=[,;\t]", first.strip(" \r"), re.IGNORECASE):
        content, skipped = rest, 1
    lines = content.split("\n")
    significant = _first(lines)
    delimiter = "\t" if "\t" in significant else max(",;", key=significant.count)
    if delimiter == "\t" and not _quoted(lines):
        return delimiter, _unquoted_rows(lines, skipped)
    return delimiter, quoted_rows(content, name, delimiter, skipped)


def _unquoted_rows(lines: Sequence[str], skipped: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, 1 + skipped):
        cells = line.split("\t")
        yield number, [_MARKED.sub(r"\1", cells[0]), *cells[1:]]


def _row_inside(cell: str, delimiter: str, width: int) -> int:
    """How many lines into a quoted text a line looks like a row, 0 for none: as many cells, two of them times."""
    for number, line in enumerate(cell.split("\n")[1:], 1):
        cells = line.split(delimiter)
        if (
            len(cells) == width
            and sum(parse_time(one.strip('"'), Unit.CLOCK) is not None or _is_number(one) for one in cells) > 1
        ):
            return number
    return 0


def _is_number(cell: str) -> bool:
    return parse_time(cell.strip('"'), Unit.SECONDS) is not None


_MARKED = re.compile(r'"(#.*)"')


def _quoted(lines: Sequence[str]) -> bool:
    """Whether a tab-delimited text quotes as CSV does: every cell that begins with a quote belongs to a header's table.

    ELAN quotes nothing, and its tables have either no header or one with the forms of the times in it.
    """
    header = _first(lines)
    names = [name.strip('"') for name in header.split("\t")]
    return " - " not in header and read_header(names, []) is not None


def _first(lines: Sequence[str]) -> str:
    """The first line that is no remark."""
    return next((line for line in lines if line.strip() and _REMARK.fullmatch(line) is None), "")


def _is_remark(cells: Sequence[str]) -> bool:
    """Whether a row is a file name or a medium that ELAN wrote above rows."""
    if any(cells[1:]) or not cells:
        return False
    return _MEDIUM.fullmatch(cells[0]) is not None or _MARKER.fullmatch(cells[0]) is not None


def _names_eaf(cell: str) -> bool:
    return cell.lower().endswith((".eaf", ".etf"))


def _cell(cells: Sequence[str], number: int | None) -> str:
    return cells[number] if number is not None and number < len(cells) else ""


def _stems(files: Sequence[str], name: str) -> list[str]:
    """Stems by the names of the files that the table names: without their folders where these are not needed."""
    if files == [""]:
        return [name.rsplit(".", 1)[0] if "." in name else name]
    short = [re.split(r"[\\/]", file)[-1] for file in files]
    chosen = short if len(set(short)) == len(short) else list(files)
    stems = [file[:-4] if _names_eaf(file) else file for file in chosen]
    return stems if len(set(stems)) == len(stems) else chosen
