"""The editor of a document: it holds a copy, its parts check each step, and it gives a new document at the end.

    editor = document.edit()
    editor.tiers.add("notes", "default-lt", participant="P1")
    editor.annotations.add("notes", 1200, 3400, "unclear")
    changed = editor.document()

Whatever a step does not name stays as it is, unknown elements and comments included. Every step raises UsageError for
what cannot be done (an unknown tier, an id taken, an end before its begin) and then changes nothing.
"""

from __future__ import annotations

from typing import Generic, Protocol, Self, TypeVar

from lxml import etree

from elancry.eaf.edit.annotations import AnnotationEditor
from elancry.eaf.edit.header import HeaderEditor
from elancry.eaf.edit.media import MediaEditor
from elancry.eaf.edit.old_vocabularies import modernise
from elancry.eaf.edit.placing import copied
from elancry.eaf.edit.references import ExternalRefEditor, LanguageEditor
from elancry.eaf.edit.tiers import TierEditor
from elancry.eaf.edit.time_order import TimeOrder
from elancry.eaf.edit.tree import Tree
from elancry.eaf.edit.types import TypeEditor
from elancry.eaf.edit.vocabularies import VocabularyEditor
from elancry.errors import InvalidInput
from elancry.findings import Finding
from elancry.texts import text


class Edited(Protocol):
    """What an editor asks of a document: made of a tree, it says what is wrong with its structure."""

    name: str

    def changed(self, root: etree._Element) -> Self:
        """The same with another tree."""

    @property
    def root(self) -> etree._Element:
        """The ANNOTATION_DOCUMENT element."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the structure."""


D = TypeVar("D", bound=Edited)


class TreeEditor(Generic[D]):
    """Changes to a copy of a document, part by part; the parts are named like those of a document.

    `header`, `media`, `languages`, `external_refs`, `types`, `vocabularies`, `tiers`, `annotations`.
    """

    def __init__(self, document: D) -> None:
        self._original = document
        tree = self._tree = Tree(copied(document.root), document.name)
        self._time_order = TimeOrder(tree)
        self.header = HeaderEditor(tree)
        self.media = MediaEditor(tree)
        self.languages = LanguageEditor(tree)
        self.external_refs = ExternalRefEditor(tree)
        self.types = TypeEditor(tree)
        self.vocabularies = VocabularyEditor(tree)
        self.annotations = AnnotationEditor(tree, self._time_order)
        self.tiers = TierEditor(tree, self.annotations)

    def modernise(self) -> None:
        """Make a file older than EAF 2.8 one of EAF 3.0 (see `document`); a newer one stays as it is."""
        self._tree.raise_format()

    def document(self) -> D:
        """The changed document. It is the editor's last step: for further changes call `edit()` on the result.

        Raises InvalidInput, with all findings, if the changes made tiers that ELAN would call broken: overlapping
        annotations, children outside their parents, and so on. What was broken before may stay broken.

        If languages, vocabularies or references to entries made a file older than EAF 2.8 one of EAF 3.0, its
        vocabularies of the old single-language form become multilingual ones of language `und`, as when ELAN saves it.
        """
        tree = self._tree
        if tree.raised:
            modernise(tree.root, tree.ids)
        self.annotations.settle()
        self._time_order.settle()
        result = self._original.changed(tree.release())
        touched = {tier.get("TIER_ID") for tier in tree.touched}
        suspects = [problem for problem in result.findings if problem.tier in touched] if touched else []
        before = {(problem.code, problem.annotation) for problem in self._original.findings} if suspects else set()
        new = [problem for problem in suspects if (problem.code, problem.annotation) not in before]
        if new:
            raise InvalidInput(text("eaf.would-break-structure", label=tree.label), new)
        return result
