"""The kinds of finding that a codebook can give, entered in the catalogue when this module is imported."""

from __future__ import annotations

from elancry.findings import FindingKind, Severity, register
from elancry.yaml_lines import walk_kinds

_ERROR = Severity.ERROR
_WARNING = Severity.WARNING

register(
    (
        *walk_kinds("codebook", "The codebook"),
        FindingKind(
            "codebook-bad-id",
            _ERROR,
            "Id that cannot be used",
            "Ids name tiers, types and vocabulary entries: a letter first, then letters, digits, _ or -. Blanks, "
            "points and @ have a meaning in tier names, and none, no_match, consensus and disagreement are reserved.",
        ),
        FindingKind(
            "codebook-duplicate-id",
            _ERROR,
            "Id given twice",
            "Two systems, two groups of a system or two categories of a system share one id.",
        ),
        FindingKind(
            "codebook-duplicate-label",
            _ERROR,
            "Two categories look the same",
            "A label (or id) of one category is also a label of another category of the system. In a coded file nobody "
            "could tell which of the two was meant.",
        ),
        FindingKind(
            "codebook-similar-label",
            _WARNING,
            "Labels differ in case only",
            "Labels of two categories differ in upper and lower case only; raters will mix them up.",
        ),
        FindingKind("codebook-bad-text", _ERROR, "Text that cannot stand there", "A text is empty, has a line break "
            "where one line is expected, or a character that ELAN's files cannot hold."),
        FindingKind("codebook-bad-key", _ERROR, "No shortcut key", "A shortcut key is one letter A-Z or digit 0-9."),
        FindingKind(
            "codebook-duplicate-shortcut",
            _ERROR,
            "Shortcut key used twice",
            "Two categories of one system have the same shortcut key in ELAN.",
        ),
        FindingKind("codebook-bad-colour", _ERROR, "No colour", "A colour is written as '#rrggbb', e.g. '#0072b2'."),
        FindingKind("codebook-bad-scale", _ERROR, "No rating scale", "A rating scale needs a minimum below its "
            "maximum, at most 101 numbers, and anchors for numbers of the scale only."),
        FindingKind("codebook-missing-scale", _ERROR, "Ratings without a scale", "A system with coding rating or both "
            "needs a scale."),
        FindingKind("codebook-unused-scale", _WARNING, "Scale without ratings", "A system that is only coded in "
            "intervals has a rating scale, which nobody will see."),
        FindingKind("codebook-bad-language", _ERROR, "Unknown language", "A text is given in a language that the "
            "codebook does not list under languages, or a code is no language code."),
        FindingKind("codebook-missing-language", _ERROR, "Label not translated", "A label is missing in one of the "
            "codebook's languages: raters who work in this language would see no value."),
        FindingKind("codebook-untranslated", _WARNING, "Text not translated", "A definition, examples or an anchor is "
            "there in some of the codebook's languages, but not in all."),
        FindingKind("codebook-unknown-group", _ERROR, "Unknown group", "A category names a group that its system does "
            "not define."),
        FindingKind("codebook-bad-tier", _ERROR, "Tiers that do not fit together", "Two tiers would have one name, a "
            "tier name cannot be used, or a parent is not a tier that can have this child."),
        FindingKind("codebook-no-systems", _ERROR, "Nothing to code", "The codebook has no system, or a system has no "
            "categories."),
        FindingKind(
            "codebook-bad-change",
            _ERROR,
            "Changes that do not fit the codebooks",
            "The section `changes` names a category that the old or the new codebook does not have, one category in "
            "two ways, or leaves open what became of an old category.",
        ),
        FindingKind("codebook-format", _ERROR, "Format version not known", "The file was written for another version "
            "of elancry's codebook format."),
    )
)  # fmt: skip
