"""Linguistic types: add one."""

from __future__ import annotations

from dataclasses import dataclass

from elancry.eaf import Constraint, Document
from elancry.edit.change import Change, Row, described
from elancry.edit.operation import option
from elancry.findings import finding
from elancry.names import there_are
from elancry.texts import text


@dataclass(frozen=True, slots=True)
class NewType:
    """A type to be added; `vocabulary` must be in the file."""

    name: str = option("--type", text("batch.add-type.type"), metavar="NAME")
    constraint: Constraint | None = option("--constraint", text("batch.add-type.constraint"), default=None)
    vocabulary: str | None = option("--vocabulary", text("batch.add-type.vocabulary"), metavar="NAME", default=None)


def add_type(document: Document, choices: NewType) -> Change:
    """Add a tier type (linguistic type) to every file.

    Example:  elancry batch add-type coded -o typed --type note --constraint Included_In
    """
    present = next((kind for kind in document.types if kind.id == choices.name), None)
    if present is not None:
        same = (present.constraint, present.vocabulary) == (choices.constraint, choices.vocabulary)
        if same:
            return Change(document)
        has = described(present.constraint, present.vocabulary)
        message = text(
            "finding.batch-differs.message-type",
            kind=choices.name,
            have=has,
            wanted=described(choices.constraint, choices.vocabulary),
        )
        return Change(
            document,
            (),
            (finding("batch-differs", message, hint=text("finding.batch-differs.hint-name")),),
        )
    if choices.vocabulary is not None and document.vocabulary(choices.vocabulary) is None:
        message = text(
            "finding.batch-not-possible.message-no-vocabulary",
            kind=choices.name,
            vocabulary=choices.vocabulary,
        )
        there = there_are(choices.vocabulary, [item.id for item in document.vocabularies])
        hint = text("finding.batch-not-possible.hint-set-vocabulary", there=there)
        return Change(document, (), (finding("batch-not-possible", message, hint=hint),))
    editor = document.edit()
    editor.types.add(choices.name, constraint=choices.constraint, vocabulary=choices.vocabulary)
    has = described(choices.constraint, choices.vocabulary)
    after = text("list.with-count", name=choices.name, count=has)
    return Change(editor.document(), (Row(text("change.type-added"), after=after),))
