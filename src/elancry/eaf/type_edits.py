"""Edits of linguistic types and controlled vocabularies."""

from __future__ import annotations

from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import make, set_attribute, type_element, vocabulary_element
from elancry.eaf.parts import Constraint, TierType, Vocabulary
from elancry.eaf.tree_edits import indent_subtree, remove_element
from elancry.errors import UsageError


class TypeEdits(EditState):
    """The part of the editor for types and vocabularies."""

    def add_type(
        self,
        type_id: str,
        *,
        constraint: Constraint | None = None,
        vocabulary: str | None = None,
        ext_ref: str | None = None,
    ) -> None:
        """Add a linguistic type; `vocabulary` must be in the file. TIME_ALIGNABLE follows from the constraint."""
        self._refuse_taken("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", type_id, "type")
        if vocabulary is not None:
            self._require("CONTROLLED_VOCABULARY", "CV_ID", vocabulary, "vocabulary")
        if ext_ref is not None:
            self._require("EXTERNAL_REF", "EXT_REF_ID", ext_ref, "external reference")
        if constraint is not None and self._named("CONSTRAINT", "STEREOTYPE", constraint.value) is None:
            self._insert(make("CONSTRAINT", {"STEREOTYPE": constraint.value, "DESCRIPTION": constraint.description}))
        alignable = constraint is None or constraint.time_alignable
        self._constraints = None
        self._insert(type_element(TierType(type_id, constraint, alignable, vocabulary, ext_ref)))

    def set_type_vocabulary(self, type_id: str, vocabulary: str | None) -> None:
        """Bind a type to a vocabulary of the file, or free it with `None`."""
        element = self._require("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", type_id, "type")
        if vocabulary is not None:
            self._require("CONTROLLED_VOCABULARY", "CV_ID", vocabulary, "vocabulary")
        set_attribute(element, "CONTROLLED_VOCABULARY_REF", vocabulary)

    def rename_type(self, old: str, new: str) -> None:
        """Rename a type everywhere."""
        element = self._require("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", old, "type")
        if new == old:
            return
        self._refuse_taken("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", new, "type")
        set_attribute(element, "LINGUISTIC_TYPE_ID", new)
        self._forget_names()
        self._constraints = None
        self._rename_references("TIER", "LINGUISTIC_TYPE_REF", old, new)

    def remove_type(self, type_id: str) -> None:
        """Remove a type that no tier has."""
        element = self._require("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", type_id, "type")
        users = [t.get("TIER_ID", "") for t in self._root.iterfind("TIER") if t.get("LINGUISTIC_TYPE_REF") == type_id]
        if users:
            raise UsageError(
                f"{self._label}type {type_id!r} is the type of tier {', '.join(map(repr, users))}",
                hint="Give those tiers another type or remove them first.",
            )
        self._constraints = None
        remove_element(element)
        self._forget_names()

    def modernise(self) -> None:
        """Make a file older than EAF 2.8 one of EAF 3.0 (see `Editor.document`); a newer one stays as it is."""
        self._raise_format()

    def add_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Add a controlled vocabulary; its languages and its external reference must be in the file.

        A file older than EAF 2.8 cannot hold multilingual entries: it becomes one of EAF 3.0 (see `Editor.document`).
        """
        self._refuse_taken("CONTROLLED_VOCABULARY", "CV_ID", vocabulary.id, "vocabulary")
        self._check_vocabulary(vocabulary)
        element = vocabulary_element(vocabulary)
        self._raise_format()
        self._insert(element)

    def replace_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Put a vocabulary in the place of the one of the same id; raises the format as `add_vocabulary` does."""
        element = self._require("CONTROLLED_VOCABULARY", "CV_ID", vocabulary.id, "vocabulary")
        self._check_vocabulary(vocabulary)
        new = vocabulary_element(vocabulary)
        indent_subtree(new, 1)
        new.tail = element.tail
        self._raise_format()
        self._root.replace(element, new)
        self._forget_names()

    def rename_vocabulary(self, old: str, new: str) -> None:
        """Rename a vocabulary everywhere."""
        element = self._require("CONTROLLED_VOCABULARY", "CV_ID", old, "vocabulary")
        if new == old:
            return
        self._refuse_taken("CONTROLLED_VOCABULARY", "CV_ID", new, "vocabulary")
        set_attribute(element, "CV_ID", new)
        self._forget_names()
        self._rename_references("LINGUISTIC_TYPE", "CONTROLLED_VOCABULARY_REF", old, new)
        self._rename_references("REF_LINK_SET", "CV_REF", old, new)

    def remove_vocabulary(self, vocabulary_id: str) -> None:
        """Remove a vocabulary that no type is bound to."""
        element = self._require("CONTROLLED_VOCABULARY", "CV_ID", vocabulary_id, "vocabulary")
        users = [
            kind.get("LINGUISTIC_TYPE_ID", "")
            for kind in self._root.iterchildren("LINGUISTIC_TYPE")
            if kind.get("CONTROLLED_VOCABULARY_REF") == vocabulary_id
        ]
        if users:
            raise UsageError(
                f"{self._label}vocabulary {vocabulary_id!r} belongs to type {', '.join(map(repr, users))}",
                hint="Free those types first (set_type_vocabulary).",
            )
        remove_element(element)
        self._forget_names()

    def _check_vocabulary(self, vocabulary: Vocabulary) -> None:
        languages = {element.get("LANG_ID") for element in self._root.iterchildren("LANGUAGE")}
        used = set(vocabulary.descriptions) | {language for entry in vocabulary.entries for language in entry.values}
        unknown = sorted(used - languages)
        if unknown:
            raise UsageError(
                f"{self._label}vocabulary {vocabulary.id!r} uses languages that the file does not have: "
                f"{', '.join(map(repr, unknown))}",
                hint="Add them first (add_language).",
            )
        ids = [entry.id for entry in vocabulary.entries]
        repeated = sorted({str(entry) for entry in ids if ids.count(entry) > 1})
        if repeated:
            raise UsageError(f"vocabulary {vocabulary.id!r} has entries of one id: {', '.join(map(repr, repeated))}")
        references = {vocabulary.ext_ref, *(entry.ext_ref for entry in vocabulary.entries)} - {None}
        for reference in sorted(map(str, references)):
            self._require("EXTERNAL_REF", "EXT_REF_ID", reference, "external reference")
