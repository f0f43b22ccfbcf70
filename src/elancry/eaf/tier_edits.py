"""Edits of tiers: add, rename, change attributes, remove."""

from __future__ import annotations

from lxml import etree

from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import make, set_attribute
from elancry.eaf.tree_edits import remove_element
from elancry.errors import UsageError

_ATTRIBUTES = {
    "type_id": "LINGUISTIC_TYPE_REF",
    "parent": "PARENT_REF",
    "participant": "PARTICIPANT",
    "annotator": "ANNOTATOR",
    "lang_ref": "LANG_REF",
    "default_locale": "DEFAULT_LOCALE",
    "ext_ref": "EXT_REF",
}


class TierEdits(EditState):
    """The part of the editor for tiers."""

    _last_tier: etree._Element | None = None

    def add_tier(
        self,
        tier_id: str,
        type_id: str,
        *,
        parent: str | None = None,
        participant: str | None = None,
        annotator: str | None = None,
        lang_ref: str | None = None,
        default_locale: str | None = None,
        ext_ref: str | None = None,
    ) -> None:
        """Add an empty tier behind the others. Its type needs a constraint exactly if it has a parent."""
        self._refuse_taken_tier(tier_id)
        attributes = {
            "type_id": type_id,
            "parent": parent,
            "participant": participant,
            "annotator": annotator,
            "lang_ref": lang_ref,
            "default_locale": default_locale,
            "ext_ref": ext_ref,
        }
        self._check_tier(tier_id, attributes)
        self._refuse_wrong_constraint(tier_id, type_id, parent)
        element = make("TIER", {"TIER_ID": tier_id, **{_ATTRIBUTES[name]: value for name, value in attributes.items()}})
        self._insert_tier(element)
        self._tiers[tier_id] = element

    def set_tier(self, tier_id: str, **attributes: str | None) -> None:
        """Change attributes of a tier: type_id, parent, participant, annotator, lang_ref, default_locale, ext_ref.

        `None` removes an attribute. Type and parent can be changed together; that they fit is checked.
        """
        element = self._tier(tier_id)
        unknown = sorted(set(attributes) - set(_ATTRIBUTES))
        if unknown:
            raise UsageError(
                f"a tier has no attribute {', '.join(map(repr, unknown))}", hint=f"It has: {', '.join(_ATTRIBUTES)}."
            )
        self._check_tier(tier_id, attributes)
        if "parent" in attributes or "type_id" in attributes:
            type_id = attributes.get("type_id", element.get("LINGUISTIC_TYPE_REF", "")) or ""
            self._refuse_wrong_constraint(tier_id, type_id, attributes.get("parent", element.get("PARENT_REF")))
        for name, value in attributes.items():
            set_attribute(element, _ATTRIBUTES[name], value)
        self._touched.add(tier_id)

    def rename_tier(self, old: str, new: str) -> None:
        """Rename a tier, also where its children name it."""
        element = self._tier(old)
        if new == old:
            return
        self._refuse_taken_tier(new)
        set_attribute(element, "TIER_ID", new)
        self._rename_references("TIER", "PARENT_REF", old, new)
        self._tiers[new] = self._tiers.pop(old)
        self._forget_orders()
        if old in self._touched:
            self._touched.add(new)

    def remove_tier(self, tier_id: str) -> None:
        """Remove a tier with its annotations and, as ELAN does, all tiers below it."""
        self._tier(tier_id)
        for child in [name for name, element in self._tiers.items() if element.get("PARENT_REF") == tier_id]:
            if child in self._tiers and child != tier_id:
                self.remove_tier(child)
        element = self._tiers.pop(tier_id, None)
        if element is not None:
            self._forget_annotations(element)
            remove_element(element)

    def _insert_tier(self, element: etree._Element) -> None:
        """Insert a tier, which may hold annotations in their indentation, behind the others."""
        last = self._last_tier
        if last is None or last.getparent() is None:
            self._insert(element)
        else:
            element.tail = None
            last.addnext(element)  # takes over the tail
            last.tail = "\n    "
        self._last_tier = element

    def _forget_annotations(self, tier: etree._Element) -> None:
        """Take back what annotations of a removed tier hold elsewhere: slots and links."""
        raise NotImplementedError

    def _forget_orders(self) -> None:
        """Forget what is remembered under names of tiers, because one changed."""
        raise NotImplementedError

    def _refuse_taken_tier(self, tier_id: str) -> None:
        if not tier_id:
            raise UsageError(f"{self._label}a tier needs a name")
        if tier_id in self._tiers:
            raise UsageError(f"{self._label}there is a tier {tier_id!r} already", hint="Choose another name.")

    def _check_tier(self, tier_id: str, attributes: dict[str, str | None]) -> None:
        references = {
            "type_id": ("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", "type"),
            "lang_ref": ("LANGUAGE", "LANG_ID", "language"),
            "default_locale": ("LOCALE", "LANGUAGE_CODE", "locale"),
            "ext_ref": ("EXTERNAL_REF", "EXT_REF_ID", "external reference"),
        }
        for name, (tag, attribute, what) in references.items():
            value = attributes.get(name)
            if value is not None:
                self._require(tag, attribute, value, what)
            elif name == "type_id" and name in attributes:
                raise UsageError(f"tier {tier_id!r} needs a type")
        above = attributes.get("parent")
        while above is not None:
            if above == tier_id:
                raise UsageError(f"{self._label}tier {tier_id!r} cannot be its own ancestor")
            above = self._tier(above).get("PARENT_REF")

    def _refuse_wrong_constraint(self, tier_id: str, type_id: str, parent: str | None) -> None:
        kind = self._require("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", type_id, "type")
        constraint = kind.get("CONSTRAINTS")
        if parent is None and constraint is not None:
            raise UsageError(
                f"{self._label}tier {tier_id!r} has no parent, but its type {type_id!r} has constraint {constraint}",
                hint="Give it a parent, or a type without a constraint.",
            )
        if parent is not None and constraint is None:
            raise UsageError(
                f"{self._label}tier {tier_id!r} has the parent {parent!r}, but its type {type_id!r} has no constraint",
                hint="Give it a type with a constraint (Included_In, Symbolic_Association, ...), or no parent.",
            )
