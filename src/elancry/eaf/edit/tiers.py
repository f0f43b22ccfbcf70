"""Editing tiers; their annotations are in `annotations`."""

from __future__ import annotations

from collections.abc import Mapping

from elancry.eaf.edit.annotations import AnnotationEditor
from elancry.eaf.edit.placing import remove_element
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import make, set_attribute
from elancry.errors import UsageError
from elancry.texts import some, text

_ATTRIBUTES = {
    "type_id": "LINGUISTIC_TYPE_REF",
    "parent": "PARENT_REF",
    "participant": "PARTICIPANT",
    "annotator": "ANNOTATOR",
    "lang_ref": "LANG_REF",
    "locale": "DEFAULT_LOCALE",
    "ext_ref": "EXT_REF",
}
_REFERENCES = {"type_id": "LINGUISTIC_TYPE", "lang_ref": "LANGUAGE", "locale": "LOCALE", "ext_ref": "EXTERNAL_REF"}


class TierEditor:
    """Adds, changes, renames and removes TIER elements.

    Every step raises UsageError, and changes nothing, for a tier, type, parent, language, locale or external reference
    that is not in the file, a name that is taken, and a type that does not fit: it needs a constraint exactly if the
    tier has a parent.
    """

    def __init__(self, tree: Tree, annotations: AnnotationEditor) -> None:
        self._tree = tree
        self._annotations = annotations

    def add(
        self,
        tier_id: str,
        type_id: str,
        *,
        parent: str | None = None,
        participant: str | None = None,
        annotator: str | None = None,
        lang_ref: str | None = None,
        locale: str | None = None,
        ext_ref: str | None = None,
    ) -> None:
        """Add an empty tier behind the others."""
        self._tree.refuse_taken("TIER", tier_id)
        given = {
            "type_id": type_id,
            "parent": parent,
            "participant": participant,
            "annotator": annotator,
            "lang_ref": lang_ref,
            "locale": locale,
            "ext_ref": ext_ref,
        }
        self._check(tier_id, given)
        self._refuse_wrong_constraint(tier_id, type_id, parent)
        attributes = {_ATTRIBUTES[name]: text for name, text in given.items()}
        self._tree.insert(make("TIER", {"TIER_ID": tier_id, **attributes}))

    def set(self, tier_id: str, **attributes: str | None) -> None:
        """Change attributes of a tier: type_id, parent, participant, annotator, lang_ref, locale, ext_ref.

        `None` removes an attribute. Type and parent can be changed together.
        """
        element = self._tree.require("TIER", tier_id)
        unknown = sorted(set(attributes) - set(_ATTRIBUTES))
        if unknown:
            raise UsageError(
                text("eaf.tier-attribute-unknown", names=some(unknown)),
                hint=text("finding.it-has", names=some(list(_ATTRIBUTES))),
            )
        self._check(tier_id, attributes)
        if "parent" in attributes or "type_id" in attributes:
            type_id = attributes.get("type_id", element.get("LINGUISTIC_TYPE_REF")) or ""
            self._refuse_wrong_constraint(tier_id, type_id, attributes.get("parent", element.get("PARENT_REF")))
        for name, value in attributes.items():
            set_attribute(element, _ATTRIBUTES[name], value)
        self._tree.touched.add(element)

    def rename(self, old: str, new: str) -> None:
        """Rename a tier, also where its children name it."""
        self._tree.rename(self._tree.require("TIER", old), new, ("TIER", "PARENT_REF"))

    def remove(self, tier_id: str) -> None:
        """Remove a tier with its annotations and, as ELAN does, all tiers below it."""
        gone = {tier_id: self._tree.require("TIER", tier_id)}
        waiting = [tier_id]
        while waiting:
            parent = waiting.pop()
            for name, element in self._tree.all("TIER").items():
                if element.get("PARENT_REF") == parent and name not in gone:
                    gone[name] = element
                    waiting.append(name)
        for element in gone.values():
            self._annotations.forget_tier(element)
            remove_element(element)
        self._tree.forget("TIER")

    def _check(self, tier_id: str, attributes: Mapping[str, str | None]) -> None:
        for name, tag in _REFERENCES.items():
            value = attributes.get(name)
            if value is not None:
                self._tree.require(tag, value)
            elif name == "type_id" and name in attributes:
                raise UsageError(text("eaf.tier-needs-type", tier=tier_id))
        above = attributes.get("parent")
        while above is not None:
            if above == tier_id:
                raise UsageError(text("eaf.tier-own-ancestor", label=self._tree.label, tier=tier_id))
            above = self._tree.require("TIER", above).get("PARENT_REF")

    def _refuse_wrong_constraint(self, tier_id: str, type_id: str, parent: str | None) -> None:
        constraint = self._tree.require("LINGUISTIC_TYPE", type_id).get("CONSTRAINTS")
        where = {"label": self._tree.label, "tier": tier_id, "type": type_id}
        if parent is None and constraint is not None:
            raise UsageError(
                text("eaf.tier-without-parent", constraint=constraint, **where), hint=text("eaf.hint-give-parent")
            )
        if parent is not None and constraint is None:
            raise UsageError(
                text("eaf.tier-without-constraint", parent=parent, **where), hint=text("eaf.hint-give-constraint")
            )
