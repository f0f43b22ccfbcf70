"""Mistakes that raters make in files: which kinds there are, and what `elancry check` must answer to each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MistakeKind(StrEnum):
    """What is wrong; the harmless kinds first."""

    BLANK = "blank after a value"
    NO_RATING = "rating left out"
    LEAVES_SEQUENCE = "annotation ends after its sequence"
    SLIP = "annotation of 40 ms"
    OTHER_ANNOTATOR = "ANNOTATOR is another rater"
    EMPTY_TIER = "tier left empty"
    NOT_IN_VOCABULARY = "value not in the vocabulary"
    ZERO_LENGTH = "annotation without length"
    CONTRADICTION = "value and CVE_REF name different categories"
    OTHER_MEDIUM = "another session's medium is linked"


FINDING_OF = {
    MistakeKind.BLANK: "value-blanks",
    MistakeKind.NO_RATING: "rating-missing",
    MistakeKind.LEAVES_SEQUENCE: "annotation-crosses-sequence",
    MistakeKind.SLIP: "annotation-very-short",
    MistakeKind.OTHER_ANNOTATOR: "rater-annotator-differs",
    MistakeKind.EMPTY_TIER: "tier-empty",
    MistakeKind.NOT_IN_VOCABULARY: "value-unknown",
    MistakeKind.ZERO_LENGTH: "eaf-zero-length",
    MistakeKind.CONTRADICTION: "value-contradicts-reference",
    MistakeKind.OTHER_MEDIUM: "media-differ",
}
"""The code of the finding by which `elancry check` must answer each mistake."""

HARMLESS = (
    MistakeKind.BLANK,
    MistakeKind.NO_RATING,
    MistakeKind.LEAVES_SEQUENCE,
    MistakeKind.SLIP,
    MistakeKind.OTHER_ANNOTATOR,
    MistakeKind.EMPTY_TIER,
)


@dataclass(frozen=True, slots=True)
class PlantedMistake:
    """One mistake and where it stands. `start_ms`, `end_ms`, `tier` are `None` where it concerns the whole file."""

    kind: MistakeKind
    session: str
    rater: str
    tier: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    @property
    def file(self) -> str:
        """Name of the file that holds it."""
        return f"{self.session}__{self.rater}.eaf"

    @property
    def finding(self) -> str:
        """The code of the finding that must report it."""
        return FINDING_OF[self.kind]
