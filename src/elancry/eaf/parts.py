"""What an EAF document consists of, as frozen values: they are views, changing them changes no file.

Times are integer milliseconds from the start of the first medium. Absence is `None`, never an empty text: `""` is
what the file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Constraint(StrEnum):
    """How the annotations of a child tier lie in those of its parent (ELAN's stereotypes); a root tier has none."""

    TIME_SUBDIVISION = "Time_Subdivision"
    SYMBOLIC_SUBDIVISION = "Symbolic_Subdivision"
    SYMBOLIC_ASSOCIATION = "Symbolic_Association"
    INCLUDED_IN = "Included_In"

    @property
    def description(self) -> str:
        """The DESCRIPTION that ELAN writes in the CONSTRAINT element, its spelling included."""
        return _CONSTRAINT_DESCRIPTIONS[self]

    @property
    def time_alignable(self) -> bool:
        """Whether annotations under this constraint have time slots of their own."""
        return self in (Constraint.TIME_SUBDIVISION, Constraint.INCLUDED_IN)


_CONSTRAINT_DESCRIPTIONS = {
    Constraint.TIME_SUBDIVISION: (
        "Time subdivision of parent annotation's time interval, no time gaps allowed within this interval"
    ),
    Constraint.SYMBOLIC_SUBDIVISION: (
        "Symbolic subdivision of a parent annotation. Annotations refering to the same parent are ordered"
    ),
    Constraint.SYMBOLIC_ASSOCIATION: "1-1 association with a parent annotation",
    Constraint.INCLUDED_IN: (
        "Time alignable annotations within the parent annotation's time interval, gaps are allowed"
    ),
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation with its times resolved.

    `aligned` says that both times stand in the file; otherwise they are interpolated (unaligned slots) or the parent's
    (reference annotations). `parent` is the ANNOTATION_REF of a reference annotation, `None` for one with time slots.
    """

    id: str
    tier: str
    value: str
    start_ms: int
    end_ms: int
    aligned: bool = True
    cve_ref: str | None = None
    ext_ref: str | None = None
    lang_ref: str | None = None
    parent: str | None = None
    previous: str | None = None

    @property
    def duration_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier's own attributes; its annotations are asked of the document."""

    id: str
    type_id: str
    parent: str | None = None
    participant: str | None = None
    annotator: str | None = None
    lang_ref: str | None = None
    locale: str | None = None
    ext_ref: str | None = None


@dataclass(frozen=True, slots=True)
class TierType:
    """A LINGUISTIC_TYPE; `constraint` is `None` for types of root tiers and for stereotypes ELAN does not know."""

    id: str
    constraint: Constraint | None = None
    time_alignable: bool = True
    vocabulary: str | None = None
    ext_ref: str | None = None
    lexicon_ref: str | None = None


@dataclass(frozen=True, slots=True)
class VocabularyEntry:
    """One entry of a controlled vocabulary.

    `values` and `descriptions` map a language id to the text; entries of old files (EAF <= 2.7), which have one
    language without a name, stand under `""` and have no id.
    """

    id: str | None
    values: Mapping[str, str]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    ext_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A controlled vocabulary; with `ext_ref` its entries live in an external .ecv file."""

    id: str
    entries: tuple[VocabularyEntry, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    ext_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A linked audio or video file; `time_origin_ms` is where the annotations' time 0 lies in it."""

    url: str
    relative_url: str | None = None
    mime_type: str | None = None
    time_origin_ms: int | None = None
    extracted_from: str | None = None
