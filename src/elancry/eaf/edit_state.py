"""What all edits share: the tree being changed, and finding things in it."""

from __future__ import annotations

import re

from lxml import etree

from elancry.eaf.elements import SCHEMA, XSI, set_attribute
from elancry.eaf.parts import Constraint
from elancry.eaf.tree_edits import ROOT_ORDER, insert_behind, insert_ordered, xml_ids
from elancry.eaf.views import constraint_of
from elancry.errors import UsageError


class EditState:
    """The tree an editor works on, and the indexes that keep many edits cheap."""

    def __init__(self, root: etree._Element, name: str) -> None:
        self._tree: etree._Element | None = root
        self._name = name
        self._tiers: dict[str, etree._Element] = {}
        for element in root.iterchildren("TIER"):
            if element.get("TIER_ID") is not None:
                self._tiers.setdefault(str(element.get("TIER_ID")), element)
        self._ids: set[str] | None = None
        # Types, vocabularies, languages, ... by name, for each (tag, attribute) once it was asked for; and of each tag
        # the one inserted last, behind which the next one goes.
        self._by_name: dict[tuple[str, str], dict[str, etree._Element]] = {}
        self._last_of: dict[str, etree._Element] = {}
        # Constraints by type; forgotten when types change.
        self._constraints: dict[str, Constraint | None] | None = None
        # Tiers on which annotations were placed one by one: the new document is checked there.
        self._touched: set[str] = set()
        # The format the file had before an edit needed a newer one.
        self._raised_from: str | None = None

    @property
    def _root(self) -> etree._Element:
        if self._tree is None:
            raise UsageError(
                "this editor has given its document and cannot go on", hint="Call edit() on that document for more."
            )
        return self._tree

    def _raise_format(self) -> None:
        """Make a file older than EAF 2.8, which knows no languages and no references to entries, one of EAF 3.0."""
        version = self._root.get("FORMAT") or self._root.get("VERSION") or ""
        if re.fullmatch(r"[12]\.[0-7]", version) is None:
            return
        self._raised_from = version
        for name in ("FORMAT", "VERSION"):
            set_attribute(self._root, name, "3.0")
        set_attribute(self._root, f"{{{XSI}}}noNamespaceSchemaLocation", SCHEMA)

    def _need_modern(self, *references: str | None) -> None:
        """Raise the format where one of these references of an annotation is given: EAF 2.8 brought them."""
        if any(reference is not None for reference in references):
            self._raise_format()

    def _tier(self, tier_id: str) -> etree._Element:
        found = self._tiers.get(tier_id)
        if found is None:
            raise UsageError(f"{self._label}there is no tier {tier_id!r}", hint=f"There are: {_listed(self._tiers)}.")
        return found

    def _constraint(self, tier: etree._Element) -> Constraint | None:
        if self._constraints is None:
            self._constraints = {}
            for kind in self._root.iterchildren("LINGUISTIC_TYPE"):
                name = kind.get("LINGUISTIC_TYPE_ID", "")
                self._constraints.setdefault(name, constraint_of(kind.get("CONSTRAINTS")))
        return self._constraints.get(tier.get("LINGUISTIC_TYPE_REF", ""))

    def _named(self, tag: str, attribute: str, name: str) -> etree._Element | None:
        known = self._by_name.get((tag, attribute))
        if known is None:
            known = self._by_name[tag, attribute] = {}
            for element in self._root.iterchildren(tag):
                found = element.get(attribute)
                if found is not None:
                    known.setdefault(found, element)
        return known.get(name)

    def _forget_names(self) -> None:
        """To be called where an element that `_named` finds was renamed, replaced or removed."""
        self._by_name.clear()
        self._last_of.clear()

    def _require(self, tag: str, attribute: str, name: str, what: str) -> etree._Element:
        found = self._named(tag, attribute, name)
        if found is None:
            names = [e.get(attribute, "") for e in self._root.iterchildren(tag)]
            raise UsageError(f"{self._label}there is no {what} {name!r}", hint=f"There are: {_listed(names)}.")
        return found

    def _refuse_taken(self, tag: str, attribute: str, name: str, what: str) -> None:
        if not name:
            raise UsageError(f"{self._label}a {what} needs a name")
        if self._named(tag, attribute, name) is not None:
            raise UsageError(f"{self._label}there is a {what} {name!r} already", hint="Choose another name.")

    def _insert(self, element: etree._Element) -> None:
        """Insert a child of the root at its place; of many of one kind each goes straight behind the one before."""
        tag = str(element.tag)
        before = self._last_of.get(tag)
        if before is not None and before.getparent() is self._root:
            insert_behind(before, element)
        else:
            insert_ordered(self._root, element, ROOT_ORDER)
        if tag != "TIER":  # tiers have their own way (`_insert_tier`)
            self._last_of[tag] = element
        for (own, attribute), known in self._by_name.items():
            if own == tag:
                known.setdefault(element.get(attribute, ""), element)

    def _rename_references(self, path: str, attribute: str, old: str, new: str) -> None:
        for element in self._root.iterfind(path):
            if element.get(attribute) == old:
                set_attribute(element, attribute, new)

    @property
    def _used_ids(self) -> set[str]:
        """Every xsd:ID of the file."""
        if self._ids is None:
            self._ids = xml_ids(self._root)
        return self._ids

    @property
    def _label(self) -> str:
        return f"{self._name}: " if self._name else ""


def _listed(names: object) -> str:
    texts = [repr(name) for name in sorted(map(str, names))]  # type: ignore[call-overload]
    if not texts:
        return "none"
    return ", ".join(texts[:20]) + (f" and {len(texts) - 20} more" if len(texts) > 20 else "")
