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

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from elancry.choices import Matching


class Level(StrEnum):
    """Whether a field stands in the form or behind the button for advanced parameters."""

    BASIC = "basic"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class TierInput:
    """A tier of the open file; `slot` is what report and messages call it."""

    name: str
    slot: str
    label: str
    help: str
    required: bool = False
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file that the rater picks; always optional."""

    name: str
    label: str
    help: str
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class SoundInput:
    """A linked sound file; ELAN wants one in every form, and fills it in by itself."""

    name: str
    label: str
    help: str


@dataclass(frozen=True, slots=True)
class NumberField:
    """A whole number on a slider; ELAN sends it as a float ("60.0")."""

    name: str
    label: str
    help: str
    minimum: int
    maximum: int
    default: int
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One word of a list."""

    name: str
    label: str
    help: str
    choices: tuple[str, ...]
    default: str
    level: Level = Level.BASIC


@dataclass(frozen=True, slots=True)
class TierOutput:
    """Where the new tiers are written for ELAN to load."""

    name: str
    label: str
    help: str


Field = TierInput | FileInput | SoundInput | NumberField | ChoiceField | TierOutput


@dataclass(frozen=True)
class Form:
    """One recognizer. `id` has no blanks, `title` is what ELAN lists, `about` is one paragraph of help."""

    id: str
    command: str
    title: str
    about: str
    back: str
    fields: tuple[Field, ...]

    @property
    def folder(self) -> str:
        """Name of its folder among ELAN's extensions."""
        return f"elancry-{self.command}"


RATERS = {f"R{number}": f"rater{number}" for number in range(1, 7)}
TIERS = {f"T{number}": f"tier{number}" for number in range(1, 5)}
"""Slot -> name of its field."""
SEQUENCES, SOUND, OUTPUT = "sequences", "source", "tiers"

_SEQUENCES = TierInput(
    SEQUENCES,
    SEQUENCES,
    "Sequences (only time inside these is looked at)",
    "A tier whose annotations are the stretches that were coded, such as the tier Sequence of a prepared file. Leave "
    "it at 'select a tier' if the whole recording was coded.",
)
_SOUND = SoundInput(
    SOUND,
    "Sound file (only its length is used)",
    "ELAN asks every recognizer for a sound file. Only its length is read: the recording ends where the sound or the "
    "last annotation does, whichever is later.",
)


def compare_form() -> Form:
    """The form of *Compare raters*."""
    slots = tuple(
        TierInput(
            name,
            slot,
            f"Tier of rater {number} ({slot})",
            "The tier that this rater coded. The text of the report calls the rater by this slot.",
            required=number <= 2,
            level=Level.BASIC if number <= 3 else Level.ADVANCED,
        )
        for number, (slot, name) in enumerate(RATERS.items(), start=1)
    )
    return Form(
        "elancry_compare_raters",
        "compare",
        "elancry: compare raters",
        "Says how far two to six raters agree who coded the same recording on tiers of this file, and shows where they "
        "do not.",
        "The report (button Report) says how far the raters agree in time and on events, value by value, and where "
        "they differ longest. The new tier elancry_disagreement has an annotation at every place where they differ, "
        "such as 'R1=protest | R2=despair'; elancry_consensus has what more than half of the raters coded.",
        (
            *slots,
            _SEQUENCES,
            _SOUND,
            NumberField(
                "overlap",
                "Same event from this overlap on (% of the longer one)",
                "Two annotations are taken for the same event if they share this part of the longer one.",
                1,
                100,
                60,
            ),
            NumberField(
                "shortest",
                "Leave out differences shorter than (ms)",
                "Shorter differences, such as a boundary set a moment later, get no annotation. The numbers of the "
                "report are computed without this.",
                0,
                5000,
                0,
            ),
            ChoiceField(
                "matching",
                "Rule that links events",
                "How annotations of two raters are linked; easydiag (Holle and Rein 2015) is usual, elan computes "
                "the modified Cohen's kappa of ELAN's own dialog.",
                tuple(rule.value for rule in Matching),
                Matching.EASYDIAG.value,
                Level.ADVANCED,
            ),
            TierOutput(OUTPUT, "New tiers (may stay empty)", "ELAN makes a file of its own if you leave this empty."),
        ),
    )


def check_form(codebooks: Sequence[str]) -> Form:
    """The form of *Check coding*; `codebooks` are the names to choose from, the first is preset."""
    slots = tuple(
        TierInput(
            name,
            slot,
            f"Tier to check ({slot})",
            "A coded tier. Which part of the codebook it belongs to is found out from its values.",
            required=number == 1,
            level=Level.BASIC if number <= 3 else Level.ADVANCED,
        )
        for number, (slot, name) in enumerate(TIERS.items(), start=1)
    )
    return Form(
        "elancry_check_coding",
        "check",
        "elancry: check coding",
        "Looks for mistakes in coded tiers of this file: values that the codebook does not have, annotations that are "
        "too short, too long, empty or outside the sequences.",
        "The report (button Report) lists every finding with its time and how to mend it. The new tier "
        "elancry_findings has an annotation at each place: jump from one to the next with ELAN's usual keys.",
        (
            *slots,
            _SEQUENCES,
            _SOUND,
            ChoiceField(
                "codebook",
                "Codebook",
                "The codebook that you code with.",
                tuple(codebooks),
                codebooks[0],
            ),
            FileInput(
                "codebook_file",
                "Another codebook (YAML file)",
                "A codebook file of your study; it is used instead of the one chosen above.",
            ),
            TierOutput(OUTPUT, "New tier (may stay empty)", "ELAN makes a file of its own if you leave this empty."),
        ),
    )
