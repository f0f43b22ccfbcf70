"""What a rater fills in: the fields of each recognizer, each declared once.

The same fields make the descriptor from which ELAN draws its form, the help page behind the form's question mark, and
the reading of what ELAN sends back, so the three cannot drift apart.

Conventions
-----------
- ELAN does not pass the names of tiers on: a tier is known by the slot it was chosen in. The slot is short (`R1`, `T1`)
  where a person reads it; the field of the form has a longer name (`rater1`), because ELAN starts nothing that has a
  name of fewer than three letters (see `elancry.plugin.panel`).
- ELAN starts nothing while a required tier is not chosen or is empty. A required output that the rater leaves free gets
  a file that ELAN makes itself; an optional one gets none, and then there is nothing to load. So outputs are required.
- ELAN shows labels as HTML and splits a list of choices on blanks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from elancry.choices import Matching
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import printable
from elancry.plugin.xml_input import MOST_BYTES, Segment, read_tier
from elancry.texts import Text, text


class Level(StrEnum):
    """Whether a field stands in the form or behind the button for advanced parameters."""

    BASIC = "basic"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class TierInput:
    """A tier of the open file; `slot` is what report and messages call it."""

    name: str
    slot: str
    label: Text | str
    help: Text | str
    required: bool = False
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file that the rater picks; always optional."""

    name: str
    label: Text | str
    help: Text | str
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class SoundInput:
    """A linked sound file; ELAN wants one in every form, and fills it in by itself."""

    name: str
    label: Text | str
    help: Text | str


@dataclass(frozen=True, slots=True)
class NumberField:
    """A whole number on a slider; ELAN sends it as a float ("60.0")."""

    name: str
    label: Text | str
    help: Text | str
    minimum: int
    maximum: int
    default: int
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One word of a list."""

    name: str
    label: Text | str
    help: Text | str
    choices: tuple[str, ...]
    default: str
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class TierOutput:
    """Where the new tiers are written for ELAN to load."""

    name: str
    label: Text | str
    help: Text | str


Field = TierInput | FileInput | SoundInput | NumberField | ChoiceField | TierOutput


@dataclass(frozen=True)
class Form:
    """One recognizer. `id` has no blanks, `title` is what ELAN lists, `about` is one paragraph of help."""

    id: str
    command: str
    title: Text
    about: Text
    back: Text
    fields: tuple[Field, ...]

    @property
    def folder(self) -> str:
        """Name of its folder among ELAN's extensions."""
        return f"elancry-{self.command}"


RATERS = {f"R{number}": f"rater{number}" for number in range(1, 7)}
TIERS = {f"T{number}": f"tier{number}" for number in range(1, 5)}
"""Slot -> name of its field."""
SEQUENCES, SOUND, OUTPUT = "sequences", "source", "tiers"

_SEQUENCES = TierInput(SEQUENCES, SEQUENCES, text("plugin.form.sequences"), text("plugin.form.sequences-help"))
_SOUND = SoundInput(SOUND, text("plugin.form.sound"), text("plugin.form.sound-help"))


def compare_form() -> Form:
    """The form of *Compare raters*."""
    slots = tuple(
        TierInput(
            name,
            slot,
            text("plugin.form.rater", number=number, slot=slot),
            text("plugin.form.rater-help"),
            required=number <= 2,
            level=Level.BASIC if number <= 3 else Level.ADVANCED,
        )
        for number, (slot, name) in enumerate(RATERS.items(), start=1)
    )
    return Form(
        "elancry_compare_raters",
        "compare",
        text("plugin.form.compare-title"),
        text("plugin.form.compare-about"),
        text("plugin.form.compare-back"),
        (
            *slots,
            _SEQUENCES,
            _SOUND,
            NumberField("overlap", text("plugin.form.overlap"), text("plugin.form.overlap-help"), 1, 100, 60),
            NumberField("shortest", text("plugin.form.shortest"), text("plugin.form.shortest-help"), 0, 5000, 0),
            ChoiceField(
                "matching",
                text("plugin.form.matching"),
                text("plugin.form.matching-help"),
                tuple(rule.value for rule in Matching),
                Matching.EASYDIAG.value,
                Level.ADVANCED,
            ),
            TierOutput(OUTPUT, text("plugin.form.new-tiers"), text("plugin.form.new-tiers-help")),
        ),
    )


def check_form(codebooks: Sequence[str]) -> Form:
    """The form of *Check coding*; `codebooks` are the names to choose from, the first is preset."""
    slots = tuple(
        TierInput(
            name,
            slot,
            text("plugin.form.tier", slot=slot),
            text("plugin.form.tier-help"),
            required=number == 1,
            level=Level.BASIC if number <= 3 else Level.ADVANCED,
        )
        for number, (slot, name) in enumerate(TIERS.items(), start=1)
    )
    return Form(
        "elancry_check_coding",
        "check",
        text("plugin.form.check-title"),
        text("plugin.form.check-about"),
        text("plugin.form.check-back"),
        (
            *slots,
            _SEQUENCES,
            _SOUND,
            ChoiceField(
                "codebook",
                text("plugin.form.codebook"),
                text("plugin.form.codebook-help"),
                tuple(codebooks),
                codebooks[0],
            ),
            FileInput("codebook_file", text("plugin.form.codebook-file"), text("plugin.form.codebook-file-help")),
            TierOutput(OUTPUT, text("plugin.form.new-tier"), text("plugin.form.new-tiers-help")),
        ),
    )


class Given:
    """What the rater filled in: missing fields have their default, unknown ones are ignored."""

    def __init__(self, form: Form, values: Mapping[str, str]) -> None:
        self._fields = {item.name: item for item in form.fields}
        self._values = values

    def tier(self, name: str) -> list[Segment] | None:
        """The annotations chosen for a field, `None` where nothing was chosen. Raises UnreadableInput."""
        field = self._fields[name]
        assert isinstance(field, TierInput)
        path = self._values.get(name, "")
        if not path:
            return None
        try:
            # A pipe or a device would be waited for, a video read into memory.
            if not Path(path).is_file():
                raise FileNotFoundError
            with Path(path).open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except (OSError, ValueError) as error:
            raise UnreadableInput(
                text("plugin.tier-unreadable", slot=field.slot, path=printable(path)),
                hint=text("plugin.tier-unreadable-hint"),
            ) from error
        return read_tier(data, field.slot)

    def number(self, name: str) -> int:
        """A whole number; raises UsageError where it is none or outside the form's limits."""
        field = self._fields[name]
        assert isinstance(field, NumberField)
        given = self._values.get(name, "").replace(",", ".")
        if not given:
            return field.default
        try:
            value = float(given)
        except ValueError:
            value = math.nan
        # Java's smallest float stands for "never set".
        if 0 < value < 1e-30:
            return field.default
        if not math.isfinite(value) or not field.minimum <= value <= field.maximum:
            limits = {"minimum": field.minimum, "maximum": field.maximum}
            raise UsageError(text("plugin.number-outside", label=field.label, given=given, **limits))
        return round(value)

    def choice(self, name: str) -> str:
        """One of the form's words; raises UsageError for another one."""
        field = self._fields[name]
        assert isinstance(field, ChoiceField)
        given = self._values.get(name, "") or field.default
        if given not in field.choices:
            raise UsageError(text("plugin.not-a-choice", label=field.label, given=given, choices=field.choices))
        return given

    def file(self, name: str) -> str:
        """The path that was picked, "" for none."""
        assert isinstance(self._fields[name], FileInput)
        return self._values.get(name, "")

    def length_ms(self) -> int | None:
        """The length of the sound file, where there is one that can be read."""
        from elancry.eaf.media_length import length_ms

        path = self._values.get(SOUND, "")
        try:
            return length_ms(Path(path)) if path and Path(path).is_file() else None
        except (OSError, ValueError):
            return None
