"""What the columns of a table with a header mean: ELAN's names, ours, and those that people give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from elancry.interop.table_times import TimeColumns, Unit, frames_of, parse_time

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
    frames = frames_of([row[n] for row in sample for places in times.values() for n, _ in places if n < len(row)])
    columns = TimeColumns(tuple(times["begin"]), tuple(times["end"]), tuple(times["duration"]), frames)
    if not columns.usable:
        return None
    at = found.get
    if "value" in found or "tier" in found:
        others = tuple(name for _, name in rest)
        return Header(
            columns,
            at("tier"),
            at("value"),
            at("participant"),
            at("annotator"),
            at("file"),
            at("path"),
            (),
            others,
            guessed,
        )
    # A column per tier: a tier may be called like anything but a time.
    named = [(number, names[number]) for meaning, number in found.items() if meaning not in ("file", "path")]
    return Header(columns, file=at("file"), path=at("path"), tiers=tuple(sorted([*rest, *named])), guessed=guessed)


def _meaning(name: str) -> tuple[str | None, Unit | None]:
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
