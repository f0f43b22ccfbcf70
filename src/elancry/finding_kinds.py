"""Every kind of finding there is, in one catalogue: its code, how much it matters, and whether it stops everything.

What a kind means is a text: `finding.CODE.title` and `finding.CODE.explanation`; what one finding says is
`finding.CODE.message`, or `finding.CODE.message-VARIANT` where a kind has several.

Blocking is what would count a person's work twice, under a wrong name or against another video. Anything else keeps
its own stretch of time out of the numbers or is a reason to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from elancry.texts import Text


class Severity(StrEnum):
    """How much a finding matters: an error keeps data out of the numbers, a warning limits trust in them."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def shown(self) -> Text:
        """The severity as people read it: error, warning, note."""
        return Text(f"severity.{self.value}")

    def counted(self, n: int) -> Text:
        """`2 errors`."""
        return Text(f"severity.{self.value}.count", {"n": n})


@dataclass(frozen=True, slots=True)
class FindingKind:
    """An entry of the catalogue.

    `blocking` kinds stop merge, agree and analyze: going on would count a person's work twice or under a wrong name.
    """

    code: str
    severity: Severity
    blocking: bool = False

    @property
    def title(self) -> Text:
        """What is wrong, in a few words."""
        return Text(f"finding.{self.code}.title")

    @property
    def explanation(self) -> Text:
        """What follows from it, and what to do."""
        return Text(f"finding.{self.code}.explanation")


_BLOCKING = (Severity.ERROR, True)
_ERROR = (Severity.ERROR, False)
_WARNING = (Severity.WARNING, False)
_INFO = (Severity.INFO, False)

_KINDS = {
    # Files
    "file-changed": _BLOCKING,
    "file-conflict-copy": _BLOCKING,
    "file-identical": _ERROR,
    "file-names-other-pattern": _WARNING,
    "file-placeholder": _BLOCKING,
    "file-session-twice": _BLOCKING,
    "file-unreadable": _BLOCKING,
    "names-differ-in-case": _WARNING,
    # Sessions, raters
    "coding-identical": _ERROR,
    "rater-annotator-differs": _WARNING,
    "rater-left-out": _WARNING,
    "rater-not-assigned": _WARNING,
    "rater-reserved": _BLOCKING,
    "rater-unnamed": _WARNING,
    "round-last-used": _INFO,
    "session-incomplete": _WARNING,
    "session-uneven": _WARNING,
    "system-not-coded": _WARNING,
    # Media
    "media-differ": _BLOCKING,
    "media-hash": _WARNING,
    "media-lengths-differ": _WARNING,
    "media-names-differ": _WARNING,
    "media-none": _INFO,
    "media-offset-applied": _WARNING,
    "media-offset-implausible": _BLOCKING,
    "media-two-sessions": _WARNING,
    "offset-applied": _WARNING,
    "offset-negligible": _INFO,
    "offset-suspected": _WARNING,
    "offset-unclear": _WARNING,
    # Tiers
    "tier-ambiguous": _ERROR,
    "tier-empty": _WARNING,
    "tier-extra": _INFO,
    "tier-missing": _WARNING,
    "tier-names-raters": _WARNING,
    "tier-parent-changed": _WARNING,
    "tier-participant-changed": _WARNING,
    "tier-renamed": _WARNING,
    "tier-type-changed": _WARNING,
    "tiers-not-taken": _INFO,
    "vocabulary-changed": _WARNING,
    "vocabulary-entries": _WARNING,
    "vocabulary-not-found": _WARNING,
    "vocabulary-remote": _WARNING,
    "vocabulary-unreadable": _WARNING,
    "language-lost": _WARNING,
    "language-refused": _WARNING,
    "languages-differ": _WARNING,
    # Values
    "rating-missing": _WARNING,
    "rating-or-category": _WARNING,
    "rating-scale-observed": _INFO,
    "rating-unknown": _ERROR,
    "ratings-one-sided": _INFO,
    "compare-left-out": _INFO,
    "events-brief": _WARNING,
    "value-blanks": _WARNING,
    "value-by-reference": _WARNING,
    "value-contradicts-reference": _ERROR,
    "value-contradicts-tier": _ERROR,
    "value-empty": _ERROR,
    "value-left-over": _WARNING,
    "value-unknown": _ERROR,
    "values-free-text": _WARNING,
    # Times and sequences
    "annotation-beyond-medium": _WARNING,
    "annotation-crosses-sequence": _WARNING,
    "annotation-implausible-time": _BLOCKING,
    "annotation-outside-sequence": _WARNING,
    "annotation-very-long": _WARNING,
    "annotation-very-short": _WARNING,
    "sequence-below-minimum": _INFO,
    "sequence-beyond-medium": _WARNING,
    "sequence-id-contradicts-time": _BLOCKING,
    "sequence-none": _WARNING,
    "sequence-one-rater": _WARNING,
    "sequence-tier-unused": _WARNING,
    "sequence-uncoded": _WARNING,
    "sequence-window-differs": _INFO,
    # Structure of .eaf files
    "eaf-annotation-cycle": _ERROR,
    "eaf-bad-time": _ERROR,
    "eaf-child-without-constraint": _WARNING,
    "eaf-duplicate-annotation": _ERROR,
    "eaf-duplicate-slot": _ERROR,
    "eaf-duplicate-tier": _ERROR,
    "eaf-duplicate-type": _ERROR,
    "eaf-duplicate-vocabulary": _ERROR,
    "eaf-guessed-time": _WARNING,
    "eaf-mixed-kinds": _ERROR,
    "eaf-outside-parent": _WARNING,
    "eaf-overlap": _ERROR,
    "eaf-previous-on-association": _WARNING,
    "eaf-reversed": _ERROR,
    "eaf-root-with-constraint": _WARNING,
    "eaf-stray-annotation": _ERROR,
    "eaf-tier-cycle": _ERROR,
    "eaf-unknown-annotation": _ERROR,
    "eaf-unknown-constraint": _ERROR,
    "eaf-unknown-parent-tier": _ERROR,
    "eaf-unknown-previous": _ERROR,
    "eaf-unknown-slot": _ERROR,
    "eaf-unknown-type": _ERROR,
    "eaf-unknown-vocabulary": _ERROR,
    "eaf-unnamed-annotation": _ERROR,
    "eaf-unnamed-tier": _ERROR,
    "eaf-wrong-parent": _ERROR,
    "eaf-rounded-time": _WARNING,
    "eaf-zero-length": _WARNING,
    # Codebook
    "codebook-bad-change": _ERROR,
    "codebook-bad-colour": _ERROR,
    "codebook-bad-id": _ERROR,
    "codebook-bad-key": _ERROR,
    "codebook-bad-language": _ERROR,
    "codebook-bad-scale": _ERROR,
    "codebook-bad-text": _ERROR,
    "codebook-bad-tier": _ERROR,
    "codebook-duplicate-id": _ERROR,
    "codebook-duplicate-key": _ERROR,
    "codebook-duplicate-label": _ERROR,
    "codebook-duplicate-shortcut": _ERROR,
    "codebook-format": _ERROR,
    "codebook-missing-key": _ERROR,
    "codebook-missing-language": _ERROR,
    "codebook-missing-scale": _ERROR,
    "codebook-no-systems": _ERROR,
    "codebook-nothing-to-code": _WARNING,
    "codebook-other": _WARNING,
    "codebook-similar-label": _WARNING,
    "codebook-unknown-group": _ERROR,
    "codebook-unknown-key": _ERROR,
    "codebook-untranslated": _WARNING,
    "codebook-unused-scale": _WARNING,
    "codebook-version-differs": _WARNING,
    "codebook-version-unknown": _INFO,
    "codebook-wrong-type": _ERROR,
    # Plan and tables
    "csv-columns": _ERROR,
    "csv-encoding": _WARNING,
    "csv-row": _ERROR,
    "csv-time-rounded": _INFO,
    "csv-time-unit": _WARNING,
    "csv-value": _ERROR,
    "nesting-cluster": _INFO,
    "plan-duplicate-key": _ERROR,
    "plan-impossible": _ERROR,
    "plan-missing-key": _ERROR,
    "plan-unknown-key": _ERROR,
    "plan-wrong-type": _ERROR,
    "sessions-missing": _ERROR,
    "sessions-twice": _ERROR,
    "sessions-unknown": _WARNING,
    # Merging
    "merge-agreed-since": _WARNING,
    "merge-disagreement-new": _WARNING,
    "merge-option-changed": _WARNING,
    "merge-left-out": _WARNING,
    "merge-restructured": _INFO,
    "merge-tier-hidden": _WARNING,
    "merge-raters-missing": _INFO,
    "merge-type-conflict": _WARNING,
    "merge-vocabulary-conflict": _WARNING,
    # Conversion
    "convert-boris-offset": _INFO,
    "convert-boris-order": _WARNING,
    "convert-boris-unpaired": _ERROR,
    "convert-character-replaced": _WARNING,
    "convert-columns-guessed": _WARNING,
    "convert-damaged": _WARNING,
    "convert-encoding-guessed": _WARNING,
    "convert-left-behind": _INFO,
    "convert-lost": _WARNING,
    "convert-medium-offset": _INFO,
    "convert-not-understood": _WARNING,
    "convert-point": _INFO,
    "convert-row-incomplete": _WARNING,
    "convert-row-skipped": _ERROR,
    "convert-sdis-many-codes": _WARNING,
    "convert-sdis-rounded": _WARNING,
    "convert-text-changed": _WARNING,
    "convert-tier-renamed": _WARNING,
    "convert-tier-by-code": _WARNING,
    "convert-tier-split": _WARNING,
    "convert-tier-unknown": _WARNING,
    "convert-time-beyond": _WARNING,
    "convert-time-made-up": _WARNING,
    "convert-time-rounded": _INFO,
    "convert-time-unit-doubtful": _WARNING,
    "convert-time-unit-guessed": _WARNING,
    # Batch operations
    "batch-before-start": _ERROR,
    "batch-differs": _ERROR,
    "batch-media-not-found": _WARNING,
    "batch-media-several": _ERROR,
    "batch-name-taken": _ERROR,
    "batch-not-copied": _WARNING,
    "batch-not-possible": _ERROR,
    "batch-nothing-named": _WARNING,
    "batch-other-codebook": _WARNING,
    "batch-value-and-entry-differ": _ERROR,
    "batch-value-unknown": _WARNING,
}

CATALOGUE: Mapping[str, FindingKind] = {
    code: FindingKind(code, severity, blocking) for code, (severity, blocking) in _KINDS.items()
}
"""Code -> kind."""
