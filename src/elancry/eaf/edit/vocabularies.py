"""Editing controlled vocabularies."""

from __future__ import annotations

from elancry.eaf.edit.placing import indent_subtree
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import vocabulary_element
from elancry.eaf.parts import Vocabulary
from elancry.errors import UsageError
from elancry.texts import some, text


class VocabularyEditor:
    """Adds and replaces CONTROLLED_VOCABULARY elements, with multilingual entries.

    Both steps raise UsageError, and change nothing, for languages or external references that are not in the file,
    entries of one id, and entries without an id or a language. Such entries came with EAF 2.8 (see `Editor.document`
    for older files).
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def add(self, vocabulary: Vocabulary) -> None:
        """Add a vocabulary, whose name must be free."""
        self._tree.refuse_taken("CONTROLLED_VOCABULARY", vocabulary.id)
        self._check(vocabulary)
        self._tree.insert(vocabulary_element(vocabulary))
        self._tree.raise_format()

    def replace(self, vocabulary: Vocabulary) -> None:
        """Put a vocabulary in the place of the one of the same name."""
        old = self._tree.require("CONTROLLED_VOCABULARY", vocabulary.id)
        self._check(vocabulary)
        new = vocabulary_element(vocabulary)
        indent_subtree(new, 1)
        new.tail = old.tail
        self._tree.root.replace(old, new)
        self._tree.forget("CONTROLLED_VOCABULARY")
        self._tree.raise_format()

    def _check(self, vocabulary: Vocabulary) -> None:
        used = set(vocabulary.descriptions) | {language for entry in vocabulary.entries for language in entry.values}
        unknown = sorted(used - set(self._tree.all("LANGUAGE")))
        if unknown:
            raise UsageError(
                text(
                    "eaf.languages-missing", label=self._tree.label, vocabulary=vocabulary.id, languages=some(unknown)
                ),
                hint=text("eaf.hint-add-languages"),
            )
        ids = [entry.id for entry in vocabulary.entries]
        repeated = sorted({str(entry) for entry in ids if ids.count(entry) > 1})
        if repeated:
            raise UsageError(text("eaf.entries-of-one-id", vocabulary=vocabulary.id, ids=some(repeated)))
        references = {vocabulary.ext_ref, *(entry.ext_ref for entry in vocabulary.entries)} - {None}
        for reference in sorted(map(str, references)):
            self._tree.require("EXTERNAL_REF", reference)
