"""What the columns of a table with a header mean: ELAN's names, ours, and those that people give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from elancry.interop.delimited.times import TimeColumns, Unit, frames_of, parse_time

_WORDS = {
    "begin": ("begin", "begin time", "start", "start time", "onset", "anfang", "anfangszeit", "beginn", "startzeit"),
    "end": ("end", "end time", "stop", "stop time", "ende", "endzeit"),
    "duration": ("duration", "dauer"),
    "tier": ("tier", "tier name", "tiername", "tier id"),
    "value": ("value", "annotation", "annotation value", "label", "text", "code", "wert"),
    "participant": ("participant", "speaker", "subject"),
    "annotator": ("annotator", "rater", "coder"),
    "file": ("file", "file name", "filename", "datei", "dateiname"),
    "path": ("file path", "path", "dateipfad"),
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words}
_UNITS = (
    (re.compile(r"(.*?)[\s_(\[-]*(?:hh:mm:ss[.:]ms|hh:mm:ss[.,]mmm)[)\]]?"), Unit.CLOCK),
    (re.compile(r"(.*?)[\s_(\[-]+(?:ss\.msec|s|sec|secs|seconds|sekunden)[)\]]?"), Unit.SECONDS),
    (re.compile(r"(.*?)[\s_(\[-]+(?:ms|msec|milliseconds|millisekunden)[)\]]?"), Unit.MS),
    (re.compile(r"(.*?)[\s_(\[-]+(?:hh:mm:ss:ff|smpte|pal|ntsc).*"), Unit.SMPTE),
)
_LONGEST = 100
_ELAN_UNITS = {unit.value: unit for unit in Unit} | {"hh:mm:ss.mmm": Unit.CLOCK, "sec.msec": Unit.SECONDS}
_SMPTE = re.compile(r".*(?:hh:mm:ss:ff|smpte|pal|ntsc)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The columns by meaning; `tiers` are those that hold one tier each, `others` those that mean nothing here."""

    times: TimeColumns
    tier: int | None = None
    value: int | None = None
    participant: int | None = None
    annotator: int | None = None
    file: int | None = None
    path: int | None = None
    tiers: tuple[tuple[int, str], ...] = ()
    others: tuple[str, ...] = ()
    guessed: bool = False
    """Whether whole numbers without a unit were taken for milliseconds."""


def read_header(names: Sequence[str], sample: Sequence[Sequence[str]]) -> Header | None:
    """The meaning of the columns called `names`; `None` if they are no header that has times."""
    if sum(parse_time(name, Unit.CLOCK) is not None for name in names) > 1:
        return None  # a row of ELAN's, whatever its tier is called
    return _elan_header(names, sample) or _other_header(names, sample)


def _elan_header(names: Sequence[str], sample: Sequence[Sequence[str]]) -> Header | None:
    """The header of ELAN's export with a column per tier, in whatever language: `Begin Time - hh:mm:ss.ms`, ...

    Times stand first, begin before end before duration; then tiers, whatever they are called; then perhaps the file.
    """
    fields: dict[str, list[tuple[int, Unit]]] = {}
    last = ""
    for number, name in enumerate(names):
        base, dash, form = name.partition(" - ")
        unit = _ELAN_UNITS.get(form.strip().casefold()) or (Unit.SMPTE if _SMPTE.match(form) else None)
        if not dash or unit is None or (base in fields and base != last) or len({*fields, base}) > 3:
            break
        last = base
        fields.setdefault(base, []).append((number, unit))
    if len(fields) < 2:
        return None
    order = [_MEANING.get(base.strip().casefold(), "") for base in fields]
    if set(order) - {"begin", "end", "duration"} or len(set(order)) < len(order):
        order = ["begin", "end", "duration"][: len(order)]
    times = dict(zip(order, map(tuple, fields.values()), strict=True))
    first = sum(map(len, fields.values()))
    rest = list(enumerate(names))[first:]
    places: dict[str, int] = {}
    for number, name in reversed(rest[-2:]):
        meaning = {"file name": "file", "file path": "path"}.get(name.casefold())
        if meaning is None:
            break
        places[meaning] = number
        rest.pop()
    frames = _frames(sample, [place for columns in fields.values() for place, _ in columns])
    columns = TimeColumns(times.get("begin", ()), times.get("end", ()), times.get("duration", ()), frames)
    tiers = tuple((number, name) for number, name in rest if name)
    return Header(columns, file=places.get("file"), path=places.get("path"), tiers=tiers)


def _other_header(names: Sequence[str], sample: Sequence[Sequence[str]]) -> Header | None:
    """A header of ours or of other people."""
    times: dict[str, list[tuple[int, Unit]]] = {"begin": [], "end": [], "duration": []}
    found: dict[str, int] = {}
    rest: list[tuple[int, str]] = []
    guessed = False
    for number, name in enumerate(names):
        meaning, unit = _meaning(name)
        if meaning in times:
            if unit is None:
                unit = _unit_of([row[number] for row in sample if number < len(row)])
                guessed = guessed or unit is Unit.MS
            times[meaning].append((number, unit))
        elif meaning is not None and unit is None and meaning not in found:
            found[meaning] = number
        elif name:
            rest.append((number, name))
    frames = _frames(sample, [place for columns in times.values() for place, _ in columns])
    columns = TimeColumns(tuple(times["begin"]), tuple(times["end"]), tuple(times["duration"]), frames)
    if not columns.usable:
        return None
    at = found.get
    if "value" in found or "tier" in found:
        others = tuple(name for _, name in rest)
        about = at("participant"), at("annotator"), at("file"), at("path")
        return Header(columns, at("tier"), at("value"), *about, (), others, guessed)
    # A column per tier: a tier may be called like anything but a time.
    named = [(number, names[number]) for meaning, number in found.items() if meaning not in ("file", "path")]
    return Header(columns, file=at("file"), path=at("path"), tiers=tuple(sorted([*rest, *named])), guessed=guessed)


def _frames(sample: Sequence[Sequence[str]], columns: Sequence[int]) -> int:
    return frames_of([row[number] for row in sample for number in columns if number < len(row)])


def _meaning(name: str) -> tuple[str | None, Unit | None]:
    if len(name) > _LONGEST:
        return None, None
    plain = re.sub(r"[\s_]+", " ", name).strip().casefold()
    if plain in _MEANING:
        return _MEANING[plain], None
    for pattern, unit in _UNITS:
        match = pattern.fullmatch(plain)
        if match is not None and (meaning := _MEANING.get(match.group(1))) in ("begin", "end", "duration"):
            return meaning, unit
    return None, None


def _unit_of(cells: Sequence[str]) -> Unit:
    """The form of times whose column does not say it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(":" in cell for cell in filled):
        return Unit.SMPTE if all(cell.count(":") == 3 for cell in filled) else Unit.CLOCK
    return Unit.SECONDS if any("." in cell or "," in cell for cell in filled) else Unit.MS
