r"""Datavyu's own files: a zip with the text `db`, and `project`, which names the videos.

    #4
    gaze (MATRIX,true,)-target|NOMINAL,note|NOMINAL
    00:00:01:000,00:00:02:499,(m,fast\, twice)

Source: the published readers and writers of the format (Datavyu's own continuation in Swift, datavyur, and parsers of
laboratories). A backslash stands before what would separate (`\,`), and before the line breaks of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PureWindowsPath

from elancry.eaf.parts import Media
from elancry.errors import UnreadableInput
from elancry.findings import finding
from elancry.interop.datavyu.sheet import Cell, Column, add_cell, as_read
from elancry.interop.format import Choices, Format, Read
from elancry.interop.text import called, damaged, decode_text, refusal
from elancry.interop.zip_input import ZipInput
from elancry.texts import text

_KIND = text("format.kind.datavyu")
_DATABASE, _PROJECT = "db", "project"
_TIME = r"(\d{2,4}):([0-5]\d):([0-5]\d):(\d{3})"
_CELL = re.compile(rf"{_TIME},{_TIME},(.*)", re.DOTALL)
_COLUMN = re.compile(r"(\S.*?) \(([A-Z]+),(true|false),(.*)\)(?:-(.*))?")
_PART = re.compile(r"(?:\\.|[^,\\]|\\\Z)*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_FEED = re.compile(r"^\s*(?:- )?feed: (.+?)\s*$", re.MULTILINE)
_LIKE_CELL = re.compile(r"\d{1,4}:|[^(]*,\(")
_LONGEST_HEADER = 10_000
_KNOWN = 4


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a file; raises UnreadableInput with the line of `db` where it stops making sense."""
    archive = ZipInput(data, name, _KIND)
    if _DATABASE not in archive.names:
        message = text("format.not-of-kind", file=called(name), kind=_KIND, why=text("format.datavyu-no-db"))
        raise UnreadableInput(message, hint=text("format.datavyu-no-db-hint"))
    content, findings = decode_text(archive.read(_DATABASE), name, _KIND)
    lines = list(_lines(content))
    version = re.fullmatch(r"#(\d{1,3})", lines[0][1].strip())
    if version is None:
        raise refusal(name, 1, _KIND, text("format.datavyu-version"), text("format.datavyu-no-db-hint"))
    notes = list(findings)
    if int(version[1]) > _KNOWN:
        message = text("finding.convert-not-understood.message-datavyu-version", given=int(version[1]), known=_KNOWN)
        notes.append(finding("convert-not-understood", message, file=name or None))
    columns = _columns(lines[1:], name)
    media = []
    if _PROJECT in archive.names:
        project, _ = decode_text(archive.read(_PROJECT), name, _KIND)
        media = [_medium(match[1].strip("'\"")) for match in _FEED.finditer(project)]
    return as_read(columns, name, choices, notes, media)


def _lines(content: str) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; one that ends in a backslash goes on in the next."""
    begun: list[str] = []
    for number, line in enumerate(content.split("\n"), 1):
        begun.append(line)
        if (len(line) - len(line.rstrip("\\"))) % 2:
            continue
        if any(part.strip() for part in begun):
            yield number - len(begun) + 1, "\n".join(begun)
        begun.clear()
    if begun:
        yield number - len(begun) + 1, "\n".join(begun)


def _columns(lines: Sequence[tuple[int, str]], name: str) -> list[Column]:
    columns: list[Column] = []
    taken: set[str] = set()
    matrix = False
    for number, line in lines:
        cell = _CELL.fullmatch(line)
        if cell is None:
            header = _COLUMN.fullmatch(line.strip()) if len(line) < _LONGEST_HEADER else None
            if header is None or _LIKE_CELL.match(line):
                raise damaged(
                    name, number, text("format.datavyu-line", given=line[:60]), text("format.datavyu-line-hint")
                )
            called_so = _plain(header[1])
            if called_so in taken:
                why = text("format.datavyu-twice", column=called_so[:60])
                raise damaged(name, number, why, text("format.datavyu-twice-hint"))
            taken.add(called_so)
            matrix = header[5] is not None
            if not matrix and header[2] == "MATRIX":
                raise damaged(name, number, text("format.datavyu-no-code"), text("format.datavyu-line-hint"))
            columns.append(Column(called_so, _codes(header[5], number, name)))
            continue
        if not columns:
            raise damaged(name, number, text("format.datavyu-no-column"), text("format.datavyu-line-hint"))
        add_cell(columns[-1], _cell(cell, number, columns[-1], matrix, name), name)
    return columns


def _codes(given: str | None, number: int, name: str) -> tuple[str, ...]:
    """The names of a column's codes; a column without any has one value that has no name."""
    if given is None:
        return ("value",)
    codes = []
    for one in _split(given):
        code, bar, kind = one.rpartition("|")
        if not bar or not code or not kind.isalpha() or not kind.isupper():
            raise damaged(name, number, text("format.datavyu-code", given=one[:60]), text("format.datavyu-line-hint"))
        codes.append(_plain(code))
    return tuple(codes)


def _cell(match: re.Match[str], number: int, column: Column, matrix: bool, name: str) -> Cell:
    said = match[9]
    if matrix and not (said.startswith("(") and said.endswith(")")):
        raise damaged(name, number, text("format.datavyu-line", given=said[:60]), text("format.datavyu-line-hint"))
    values = tuple(map(_plain, _split(said[1:-1]))) if matrix else (_plain(said),)
    if len(values) != len(column.codes):
        why = text("format.datavyu-values", n=len(values), column=column.name, codes=len(column.codes))
        raise damaged(name, number, why, text("format.datavyu-values-hint"))
    return Cell(number, _ms(match.groups()[:4]), _ms(match.groups()[4:8]), values)


def _ms(parts: Sequence[str]) -> int:
    hours, minutes, seconds, fraction = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction


def _split(said: str) -> list[str]:
    """The parts between commas that no backslash stands before."""
    parts: list[str] = []
    at = 0
    while at <= len(said) and (part := _PART.match(said, at)) is not None:
        parts.append(part[0])
        at = part.end() + 1
    return parts


def _plain(said: str) -> str:
    return _ESCAPED.sub(r"\1", said)


def _medium(path: str) -> Media:
    """The link to a video: where it lay, and beside the file."""
    relative = f"./{PureWindowsPath(path.removeprefix('file:')).name}"
    if path.startswith("file:"):
        return Media(path, relative)
    slashed = path.replace("\\", "/")
    return Media(f"file://{slashed}" if slashed.startswith("/") else f"file:///{slashed}", relative)


FORMAT = Format(
    "datavyu",
    text("format.title.datavyu"),
    (".opf",),
    read,
    not_understood=(text("format.ignores.datavyu-gaps"), text("format.ignores.datavyu-videos")),
)
