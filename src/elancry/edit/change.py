"""What a batch operation does to one file: the changed document, a row for each change, and what could not be done.

An operation is a function `(document, choices) -> Change` that looks at nothing else: no disk, no other file. Whatever
it does not name in a row stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from elancry.eaf import Annotation, Document
from elancry.findings import Finding, finding
from elancry.names import unknown
from elancry.texts import Text, text

COLUMNS = ("file", "operation", "what", "tier", "annotation", "before", "after", "start_ms", "end_ms")
"""The columns of `changes.csv`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One change: `what` was done, what stood there `before` and `after`; times in ms where it is an annotation's."""

    what: Text | str
    tier: str = ""
    annotation: str = ""
    before: str | Text = ""
    after: str | Text = ""
    start_ms: int | None = None
    end_ms: int | None = None

    def cells(self, file: str, operation: str) -> tuple[object, ...]:
        """The row in the order of COLUMNS, `None` for an empty cell; texts as they are, for `in_table` or a person."""
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


def in_table(cells: Iterable[object]) -> tuple[object, ...]:
    """The cells of a row as a table has them: texts in English."""
    return tuple(cell.into("en") if isinstance(cell, Text) else cell for cell in cells)


def placed(type_id: str, parent: str | None) -> Text:
    """The type of a tier, and what it is under: `type form under Sequence`."""
    return text("change.of-type-under", type=type_id, parent=parent) if parent else text("change.of-type", type=type_id)


def described(constraint: str | None, vocabulary: str | None) -> Text:
    """What a type has: `Included_In, vocabulary forms`."""
    return text(
        "edit.constraint-and-vocabulary",
        constraint=str(constraint) if constraint else text("edit.no-constraint"),
        vocabulary=text("edit.vocabulary", name=vocabulary) if vocabulary else text("edit.no-vocabulary"),
    )


def about(annotation: Annotation, what: Text | str, *, before: str = "", after: str = "") -> Row:
    """The row of a change to an annotation."""
    return Row(what, annotation.tier, annotation.id, before, after, annotation.start_ms, annotation.end_ms)


def at(annotation: Annotation, code: str, message: Text | str, hint: Text | str | None = None) -> Finding:
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


def nothing_named(kind: str, given: str, known: Sequence[str]) -> Finding:
    """The finding that a file has nothing of that kind (`tier`, `type`) that `given` means; `known` are its names."""
    said, hint = unknown(kind, given, known)
    return finding("batch-nothing-named", said, hint=hint)


def unclear_tiers(document: Document) -> frozenset[str]:
    """Names that two tiers have: no operation can say which of them is meant."""
    return frozenset(item.tier for item in document.findings if item.code == "eaf-duplicate-tier" and item.tier)


def twice(names: Iterable[str], unclear: frozenset[str]) -> tuple[Finding, ...]:
    """The findings for those of `names` that two tiers have."""
    return tuple(
        finding(
            "batch-not-possible",
            text("finding.batch-not-possible.message-two-tiers", name=name),
            hint=text("finding.batch-not-possible.hint-rename"),
            tier=name,
        )
        for name in dict.fromkeys(names)
        if name in unclear
    )
