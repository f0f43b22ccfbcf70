"""What the columns of a table with a header mean: ELAN's names, ours, and those that people give them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from elancry.interop.delimited.columns import Columns
from elancry.interop.delimited.times import TimeColumns
from elancry.times import Form, UnclearTimes, Unit, column_form, frames_of, parse_time

_WORDS = {
    "begin": ("begin", "begin time", "start", "start time", "onset", "anfang", "anfangszeit", "beginn", "startzeit"),
    "end": ("end", "end time", "stop", "stop time", "ende", "endzeit"),
    "duration": ("duration", "dauer"),
    "tier": ("tier", "tier name", "tiername", "tier id"),
    "value": ("value", "annotation", "annotation value", "label", "text", "code", "wert"),
    "named": (
        "annotations",
        "behavior",
        "behaviour",
        "verhalten",
        "category",
        "kategorie",
        "codes",
        "kode",
        "kodes",
        "labels",
        "values",
        "werte",
        "bezeichnung",
        "event",
        "ereignis",
    ),
    "participant": ("participant", "speaker", "subject"),
    "annotator": ("annotator", "rater", "coder"),
    "file": ("file", "file name", "filename", "datei", "dateiname"),
    "path": ("file path", "path", "dateipfad"),
}
# "named" are further names of the column with the values, where the table has a column of tiers or no other column:
# else they are names of tiers.
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words}
_UNITS = (
    (re.compile(r"(.*?)[\s_(\[-]*(?:hh:mm:ss[.:]ms|hh:mm:ss[.,]mmm)[)\]]?"), Unit.CLOCK),
    (re.compile(r"(.*?)[\s_(\[-]+(?:ss\.msec|s|sec|secs|seconds|sekunden)[)\]]?"), Unit.SECONDS),
    (re.compile(r"(.*?)[\s_(\[-]+(?:ms|msec|milliseconds|millisekunden)[)\]]?"), Unit.MS),
    (re.compile(r"(.*?)[\s_(\[-]+(?:hh:mm:ss:ff|smpte|pal|ntsc).*"), Unit.SMPTE),
)
_LONGEST = 100
_SAMPLE = 300
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
    ours: bool = False
    """Whether the times are in whole milliseconds because we wrote the table, or in ELAN's forms."""
    unnamed: tuple[int, ...] = ()
    """Columns with cells but without a name, from 0, that are not the values."""
    value_unnamed: bool = False
    """Whether a column without a name was taken for the values."""


class UnclearColumns(UnclearTimes):
    """Columns of times that can be read in more than one way; `cell` is the number of the row."""

    def __init__(self, error: UnclearTimes, columns: Sequence[str], row: int) -> None:
        super().__init__(error.said, error.advice, row)
        self.columns = tuple(columns)


def named_header(
    columns: Columns, names: Sequence[str], rows: Sequence[Sequence[str]], label: str, *, commas_separate: bool = False
) -> Header:
    """The meaning that the user gives to the columns called `names`; raises UnreadableInput, UnclearColumns.

    `label` is what messages call the file. Columns that have no meaning are among `others`.
    """
    at = columns.places(names, label)
    words = ("begin", "end", "duration")
    times: list[tuple[str, int, Unit | None]] = [(word, at[word], columns.unit) for word in words if word in at]
    forms = _forms(times, names, rows, commas_separate)
    units: dict[str, tuple[tuple[int, Unit], ...]] = {
        word: ((number, form.unit),) for (word, number, _), form in zip(times, forms, strict=True)
    }
    frames = _frames(rows, [number for _, number, _ in times])
    others = tuple(name for number, name in enumerate(names) if name and number not in at.values())
    return Header(
        TimeColumns(units.get("begin", ()), units.get("end", ()), units.get("duration", ()), frames),
        tier=at.get("tier"),
        value=at.get("value"),
        participant=at.get("participant"),
        annotator=at.get("annotator"),
        file=at.get("file"),
        others=others,
        guessed=any(form.guessed for form in forms),
    )


def read_header(
    names: Sequence[str], rows: Sequence[Sequence[str]], unit: Unit | None = None, *, commas_separate: bool = False
) -> Header | None:
    """The meaning of the columns called `names`; `None` if they are no header that has times.

    `unit` is that of plain numbers, whatever the columns are called. Raises UnclearColumns.
    """
    if sum(parse_time(name, Unit.CLOCK) is not None for name in names) > 1:
        return None  # a row of ELAN's, whatever its tier is called
    return _elan_header(names, rows) or _other_header(names, rows, unit, commas_separate)


def _elan_header(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Header | None:
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
    frames = _frames(rows, [place for columns in fields.values() for place, _ in columns])
    columns = TimeColumns(times.get("begin", ()), times.get("end", ()), times.get("duration", ()), frames)
    tiers = tuple((number, name) for number, name in rest if name)
    return Header(columns, file=places.get("file"), path=places.get("path"), tiers=tiers, ours=True)


def _other_header(
    names: Sequence[str], rows: Sequence[Sequence[str]], given: Unit | None, commas_separate: bool
) -> Header | None:
    """A header of ours or of other people."""
    times: list[tuple[str, int, Unit | None]] = []
    found: dict[str, int] = {}
    rest: list[tuple[int, str]] = []
    for number, name in enumerate(names):
        meaning, unit = _meaning(name)
        if meaning in ("begin", "end", "duration"):
            times.append((meaning, number, given or unit))
        elif meaning is not None and unit is None and meaning not in found:
            found[meaning] = number
        elif name:
            rest.append((number, name))
    if len({meaning for meaning, _, _ in times}) < 2:
        return None
    named = found.pop("named", None)
    if named is not None:
        if "value" not in found and ("tier" in found or not rest):
            found["value"] = named
        else:
            rest = sorted([*rest, (named, names[named])])
    forms = _forms(times, names, rows, commas_separate)
    units: dict[str, list[tuple[int, Unit]]] = {"begin": [], "end": [], "duration": []}
    for (meaning, number, _), form in zip(times, forms, strict=True):
        units[meaning].append((number, form.unit))
    frames = _frames(rows, [number for _, number, _ in times])
    columns = TimeColumns(tuple(units["begin"]), tuple(units["end"]), tuple(units["duration"]), frames)
    guessed = any(form.guessed for form in forms)
    at = found.get
    ours = at("participant") is not None and at("annotator") is not None
    unnamed = [n for n, name in enumerate(names) if not name and any(len(row) > n and row[n].strip() for row in rows)]
    if "value" in found or "tier" in found:
        value, alone = at("value"), len(unnamed) == 1 and "value" not in found
        if alone:
            value = unnamed.pop()
        others = tuple(name for _, name in rest)
        about = at("participant"), at("annotator"), at("file"), at("path")
        return Header(columns, at("tier"), value, *about, (), others, guessed, ours, tuple(unnamed), alone)
    # A column per tier: a tier may be called like anything but a time.
    called = [(number, names[number]) for meaning, number in found.items() if meaning not in ("file", "path")]
    return Header(
        columns,
        file=at("file"),
        path=at("path"),
        tiers=tuple(sorted([*rest, *called])),
        guessed=guessed,
        ours=ours,
        unnamed=tuple(unnamed),
    )


def _forms(
    times: Sequence[tuple[str, int, Unit | None]],
    names: Sequence[str],
    rows: Sequence[Sequence[str]],
    commas_separate: bool,
) -> list[Form]:
    """The form of each column of times; plain numbers of one unit are looked at together."""
    cells = [[row[number] if number < len(row) else "" for row in rows] for _, number, _ in times]
    clocks = [any(":" in cell for cell in column) for column in cells]
    forms: dict[int, Form] = {}
    for place, (_, _, unit) in enumerate(times):
        if place in forms:
            continue
        group = [place]
        if not clocks[place]:
            group = [n for n, (_, _, own) in enumerate(times) if own is unit and not clocks[n]]
        pooled = [cell for n in group for cell in cells[n]]
        try:
            form = column_form(pooled, unit, commas_separate=commas_separate)
        except UnclearTimes as error:
            column = group[error.cell // max(len(rows), 1)]
            raise UnclearColumns(error, [names[times[column][1]]], error.cell % max(len(rows), 1)) from None
        forms.update(dict.fromkeys(group, form))
    return [forms[place] for place in range(len(times))]


def _frames(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> int:
    return frames_of([row[number] for row in rows[:_SAMPLE] for number in columns if number < len(row)])


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
