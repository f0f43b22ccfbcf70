"""Editing linguistic types."""

from __future__ import annotations

from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import make, set_attribute, type_element
from elancry.eaf.parts import Constraint, TierType


class TypeEditor:
    """Adds, renames and binds LINGUISTIC_TYPE elements."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def add(
        self,
        type_id: str,
        *,
        constraint: Constraint | None = None,
        vocabulary: str | None = None,
        ext_ref: str | None = None,
    ) -> None:
        """Add a type; TIME_ALIGNABLE follows from the constraint, whose CONSTRAINT element is added where missing.

        Raises UsageError for a name that is taken, and for a vocabulary or reference that is not in the file.
        """
        tree = self._tree
        tree.refuse_taken("LINGUISTIC_TYPE", type_id)
        if vocabulary is not None:
            tree.require("CONTROLLED_VOCABULARY", vocabulary)
        if ext_ref is not None:
            tree.require("EXTERNAL_REF", ext_ref)
        alignable = constraint is None or constraint.time_alignable
        element = type_element(TierType(type_id, constraint, alignable, vocabulary, ext_ref))
        if constraint is not None and constraint.value not in tree.all("CONSTRAINT"):
            tree.insert(make("CONSTRAINT", {"STEREOTYPE": constraint.value, "DESCRIPTION": constraint.description}))
        tree.insert(element)

    def set_vocabulary(self, type_id: str, vocabulary: str | None) -> None:
        """Bind a type to a vocabulary of the file, or free it with `None`. UsageError where one is not in the file."""
        element = self._tree.require("LINGUISTIC_TYPE", type_id)
        if vocabulary is not None:
            self._tree.require("CONTROLLED_VOCABULARY", vocabulary)
        set_attribute(element, "CONTROLLED_VOCABULARY_REF", vocabulary)

    def rename(self, old: str, new: str) -> None:
        """Rename a type, also where tiers name it. UsageError if there is no `old`, or `new` is taken."""
        self._tree.rename(self._tree.require("LINGUISTIC_TYPE", old), new, ("TIER", "LINGUISTIC_TYPE_REF"))
