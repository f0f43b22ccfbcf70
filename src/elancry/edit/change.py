"""What a batch operation does to one file: the changed document, a row for each change, and what could not be done.

An operation is a function `(document, choices) -> Change` that looks at nothing else: no disk, no other file. Whatever
it does not name in a row stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from elancry.eaf import Annotation, Document
from elancry.findings import Finding, FindingKind, Severity, finding, register

COLUMNS = ("file", "operation", "what", "tier", "annotation", "before", "after", "start_ms", "end_ms")
"""The columns of `changes.csv`."""

_E, _W = Severity.ERROR, Severity.WARNING

register(
    FindingKind(f"batch-{code}", severity, title, explanation)
    for code, severity, title, explanation in (
        ("nothing-named", _W, "Nothing of that name in the file",
         "The tier, type or vocabulary that the operation names is not in this file; the file is copied as it is."),
        ("name-taken", _E, "The new name is taken",
         "Something of the new name is in the file already; the old name stays."),
        ("differs", _E, "There already, but different",
         "A tier, type or vocabulary of that name is in the file with other attributes. It stays as it is."),
        ("other-codebook", _W, "Made with another codebook",
         "The file names another codebook than the template's. The template was applied; the file's entry stays."),
        ("value-unknown", _W, "Value without an entry in the new vocabulary",
         "No entry of the vocabulary has this id or value. The annotation stays as it is."),
        ("value-and-entry-differ", _E, "Value and entry of an annotation disagree",
         "The annotation's text is one entry and its reference leads to another; the text counts."),
        ("media-not-found", _W, "No file of that name for a linked medium",
         "The folders to search hold no file of the medium's name; the link stays as it is."),
        ("media-several", _E, "Several files of that name for a linked medium",
         "Two or more files fit a linked medium equally well; the link stays as it is."),
        ("before-start", _E, "Annotation that would begin before the start",
         "Times cannot be negative. `--clip` cuts such annotations at 0 and removes those that lie before it."),
        ("not-copied", _W, "Annotation not copied",
         "The tier to copy to has no room for it: something stands there, there is no parent, or it has no length."),
        ("not-possible", _E, "Not possible in this file",
         "What was asked for does not fit the structure of this file; that part is left as it is."),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One change: `what` in words, `before` and `after` as text; times in ms where an annotation is concerned."""

    what: str
    tier: str = ""
    annotation: str = ""
    before: str = ""
    after: str = ""
    start_ms: int | None = None
    end_ms: int | None = None

    def cells(self, file: str, operation: str) -> tuple[object, ...]:
        """The row in the order of COLUMNS, `None` for an empty cell."""
        return (
            file, operation, self.what, self.tier, self.annotation, self.before, self.after, self.start_ms, self.end_ms,
        )  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A document after an operation; without rows it is the document that came in."""

    document: Document
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()

    def in_file(self, name: str) -> Change:
        """The same with the file's name in every finding."""
        return replace(self, findings=tuple(replace(item, file=name) for item in self.findings))


def about(annotation: Annotation, what: str, *, before: str = "", after: str = "") -> Row:
    """The row of a change to an annotation."""
    return Row(what, annotation.tier, annotation.id, before, after, annotation.start_ms, annotation.end_ms)


def at(annotation: Annotation, code: str, message: str, hint: str | None = None) -> Finding:
    """A finding at an annotation."""
    return finding(
        code,
        message,
        hint=hint,
        tier=annotation.tier,
        annotation=annotation.id,
        start_ms=annotation.start_ms,
        end_ms=annotation.end_ms,
    )


def unclear_tiers(document: Document) -> frozenset[str]:
    """Names that two tiers have: no operation can say which of them is meant."""
    return frozenset(item.tier for item in document.findings if item.code == "eaf-duplicate-tier" and item.tier)


def twice(names: Iterable[str], unclear: frozenset[str]) -> tuple[Finding, ...]:
    """The findings for those of `names` that two tiers have."""
    return tuple(
        finding(
            "batch-not-possible",
            f"two tiers have the name {name!r}",
            hint="Rename one of them in ELAN first.",
            tier=name,
        )
        for name in dict.fromkeys(names)
        if name in unclear
    )
