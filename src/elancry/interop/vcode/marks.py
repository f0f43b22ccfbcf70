"""The text that VCode exports: three lines of header, then a line for each mark.

    Offset: 0, Movie: MoviePathHere, DataFile: (null)
    Tracks: left, right, away, end
    Time,Duration,TrackName,comment

    0,0,right,(null)

Source: the export of VCode itself (CodingDocument.m of the published sources): times and durations are whole
milliseconds, a comma in a name or comment is `&#44;`, no comment is `(null)`, lines are sorted as text, not by time.
Other programs that write the layout leave out the first line and the comments (iCatcher+).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.text import damaged, decode_text, refusal
from elancry.texts import some, text

BEGINS = re.compile(rb"\s*(?:Offset: \d+, Movie: [^\n]*\n\s*)?Tracks: ")
_KIND = text("format.kind.vcode")
_OFFSET = re.compile(r"Offset: (\d{1,15}), Movie: (.*), DataFile: (.*)")
_COLUMNS = "Time,Duration,TrackName,comment"
_EXAMPLE = "12500,0,left,(null)"
_TIME = re.compile(r"\d{1,15}")
_NO_COMMENT = "(null)"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on a track; `comment` is `None` where there is none."""

    line: int
    start_ms: int
    duration_ms: int
    track: str
    comment: str | None

    @property
    def end_ms(self) -> int:
        """Where it ends, which is where it begins for a moment."""
        return self.start_ms + self.duration_ms


@dataclass(frozen=True)
class Marks:
    """What a file holds: names of tracks in its order, and marks by time."""

    tracks: tuple[str, ...]
    marks: tuple[Mark, ...]
    findings: tuple[Finding, ...]

    @cached_property
    def _by_track(self) -> dict[str, list[Mark]]:
        found: dict[str, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault(mark.track, []).append(mark)
        return found

    def of(self, track: str) -> list[Mark]:
        """The marks of one track."""
        return self._by_track.get(track, [])


def parse_marks(data: bytes, name: str) -> Marks:
    """Read a file; raises UnreadableInput, with the line, where it stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    lines = [(number, line.strip()) for number, line in enumerate(content.split("\n"), 1) if line.strip()]
    offset = _OFFSET.fullmatch(lines[0][1])
    if offset is not None:
        del lines[0]
    if not lines or not lines[0][1].startswith("Tracks: ") or len(lines) < 2 or lines[1][1] != _COLUMNS:
        line = lines[0][0] if lines and not lines[0][1].startswith("Tracks: ") else lines[1][0] if lines[1:] else 1
        raise refusal(name, line, _KIND, text("format.vcode-header"), text("format.vcode-header-hint"))
    tracks = _tracks(lines[0][1], name, lines[0][0])
    notes = list(findings)
    if offset is not None and int(offset[1]):
        message = text("finding.convert-not-understood.message-vcode-offset", offset=int(offset[1]))
        notes.append(finding("convert-not-understood", message, file=name or None, line=1))
    fewest = 3 if offset is None else 4
    known = frozenset(tracks)
    marks = [_mark(line, number, known, name, fewest) for number, line in lines[2:]]
    return Marks(tracks, tuple(sorted(marks, key=lambda mark: mark.start_ms)), tuple(notes))


def _tracks(line: str, name: str, number: int) -> tuple[str, ...]:
    names = tuple(_plain(one.strip()) for one in line.removeprefix("Tracks: ").split(","))
    if not all(names) or len(set(names)) < len(names):
        raise damaged(name, number, text("format.vcode-tracks"), text("format.vcode-tracks-hint"))
    return names


def _mark(line: str, number: int, tracks: frozenset[str], name: str, fewest: int) -> Mark:
    cells = line.split(",")
    if not fewest <= len(cells) <= 4 or not cells[-1].strip():
        raise _damaged_mark(name, number, line)
    times = [_TIME.fullmatch(cell.strip()) for cell in cells[:2]]
    track = _plain(cells[2].strip())
    if None in times:
        raise _damaged_mark(name, number, line)
    if track not in tracks:
        why = text("format.vcode-no-track", given=track[:60], tracks=some(sorted(tracks), 20))
        raise damaged(name, number, why, text("format.vcode-no-track-hint"))
    comment = _plain("".join(cells[3:]).strip())
    start, duration = int(cells[0]), int(cells[1])
    return Mark(number, start, duration, track, None if comment in ("", _NO_COMMENT) else comment)


def _damaged_mark(name: str, number: int, line: str) -> UnreadableInput:
    hint = text("format.vcode-mark-hint", example=_EXAMPLE)
    return damaged(name, number, text("format.vcode-mark", given=line[:60]), hint)


def _plain(cell: str) -> str:
    return cell.replace("&#44;", ",")
