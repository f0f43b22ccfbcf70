"""Copying whole tiers from another document: every attribute, every annotation, in bulk.

Used to bring the tiers of several raters into one file. Ids are kept where they are free and renumbered where they are
taken; time slots are always new ones, an unaligned slot stays unaligned, and slots that the source's tiers share are
shared by their copies.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from elancry.eaf.columns import ALIGNED, REFERENCE, query
from elancry.eaf.elements import set_attribute
from elancry.eaf.removal_edits import RemovalEdits
from elancry.eaf.slots import parse_time
from elancry.eaf.tier_edits import TierEdits
from elancry.eaf.tree_edits import highest_number
from elancry.errors import UsageError

if TYPE_CHECKING:
    from elancry.eaf.document import Document


@dataclass
class _Source:
    """What is remembered of a document that tiers are copied from."""

    document: Document
    annotation_ids: dict[str, str] = field(default_factory=dict)
    slot_ids: dict[str, str] = field(default_factory=dict)
    # For what tiers and annotations refer to: (element, id) -> id in this document.
    other_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    slot_times: dict[str, int | None] = field(default_factory=dict)


class CopyEdits(RemovalEdits, TierEdits):
    """The part of the editor that copies tiers."""

    def __init__(self, root: etree._Element, name: str) -> None:
        super().__init__(root, name)
        self._sources: dict[int, _Source] = {}

    def copy_tier(
        self,
        source: Document,
        tier_id: str,
        new_id: str,
        *,
        parent: str | None = None,
        type_id: str | None = None,
        **attributes: str | None,
    ) -> Mapping[str, str]:
        """Copy a tier with its annotations from `source`; returns old annotation id -> new id.

        `parent` is the name of the copy's parent here (copy parents first: references to annotations are rewritten to
        the copies); `type_id` its type, by default the one of the same name. Both must be in this file. Further
        attributes as in `set_tier` overrule what the tier has (`annotator="R1"`). Languages, locales and external
        references that the tier or its annotations use are copied along; of external references with one id and
        different content the copied one gets a new id.
        """
        original = next((e for e in source._tier_elements if e.get("TIER_ID") == tier_id), None)
        if original is None:
            raise UsageError(f"{source.name or 'the source'}: there is no tier {tier_id!r}")
        self._refuse_taken_tier(new_id)
        kind = type_id if type_id is not None else original.get("LINGUISTIC_TYPE_REF", "")
        self._require("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", kind, "type")
        if parent is not None:
            self._tier(parent)
        memory = self._sources.setdefault(id(source), _Source(source))
        element = copy.deepcopy(original)
        element.tail = None
        self._check_tier(new_id, attributes)
        mapping = self._adopt_annotations(memory, element)
        set_attribute(element, "TIER_ID", new_id)
        set_attribute(element, "LINGUISTIC_TYPE_REF", kind)
        set_attribute(element, "PARENT_REF", parent)
        self._adopt_references(memory, element)
        self._insert_tier(element)
        self._tiers[new_id] = element
        self._annotation_elements = None
        self._by_slot = None
        if attributes:
            self.set_tier(new_id, **attributes)
            self._touched.discard(new_id)
        return mapping

    def _adopt_annotations(self, memory: _Source, tier: etree._Element) -> dict[str, str]:
        """Rewrite ids, slots and references of the copied annotations; returns old id -> new id."""
        taken = self._used_ids
        if not memory.slot_times:
            for slot in memory.document._root.iterfind("TIME_ORDER/TIME_SLOT"):
                memory.slot_times.setdefault(slot.get("TIME_SLOT_ID", ""), parse_time(slot.get("TIME_VALUE")))
        mapping: dict[str, str] = {}
        elements = list(tier.iter(ALIGNED, REFERENCE))
        for element in elements:
            old = element.get("ANNOTATION_ID")
            new = old if old and old not in taken else self._new_id(None)
            taken.add(new)
            if new != old:
                element.set("ANNOTATION_ID", new)
            mapping.setdefault(old or new, new)
        if self._last_annotation >= 0:
            self._last_annotation = max(self._last_annotation, highest_number(mapping.values(), "a"))
        memory.annotation_ids.update(mapping)
        known = memory.annotation_ids
        sort_ms = 0
        refers = query("boolean(ANNOTATION/*/@LANG_REF or ANNOTATION/*/@EXT_REF)")(tier)
        if query("boolean(ANNOTATION/*/@LANG_REF or ANNOTATION/*/@CVE_REF)")(tier):
            self._raise_format()
        for element in elements:
            if element.tag == ALIGNED:
                for attribute in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
                    old_slot = element.get(attribute, "")
                    new_slot = memory.slot_ids.get(old_slot)
                    time = memory.slot_times.get(old_slot)
                    sort_ms = sort_ms if time is None else time
                    if new_slot is None:
                        new_slot = memory.slot_ids[old_slot] = self._new_slot(time, sort_ms)
                    element.set(attribute, new_slot)
            else:
                self._adopt_relation(memory, element, "ANNOTATION_REF", known)
                if element.get("PREVIOUS_ANNOTATION") is not None:
                    self._adopt_relation(memory, element, "PREVIOUS_ANNOTATION", mapping)
            if refers and (element.get("LANG_REF") is not None or element.get("EXT_REF") is not None):
                self._adopt_references(memory, element)
        return mapping

    def _adopt_relation(
        self, memory: _Source, element: etree._Element, attribute: str, known: Mapping[str, str]
    ) -> None:
        """Let a reference annotation refer to the copy of what it referred to."""
        old = element.get(attribute, "")
        new = known.get(old)
        if new is not None:
            if new != old:
                element.set(attribute, new)
        elif old in self._used_ids:
            # It leads nowhere in the source, and must not lead to a stranger here.
            element.set(attribute, self._new_id(None))

    def _adopt_references(self, memory: _Source, element: etree._Element) -> None:
        """Copy what LANG_REF, DEFAULT_LOCALE and EXT_REF refer to, where it is not here yet."""
        for attribute, tag, key in (
            ("LANG_REF", "LANGUAGE", "LANG_ID"),
            ("DEFAULT_LOCALE", "LOCALE", "LANGUAGE_CODE"),
            ("EXT_REF", "EXTERNAL_REF", "EXT_REF_ID"),
        ):
            text = element.get(attribute)
            if text is None:
                continue
            # An annotation can have several external references, separated by blanks.
            names = text.split() if tag == "EXTERNAL_REF" else [text]
            adopted = " ".join(self._adopt(memory, tag, key, name) for name in names)
            if adopted != text:
                element.set(attribute, adopted)

    def _adopt(self, memory: _Source, tag: str, key: str, name: str) -> str:
        """The id here of an element of the source that is referred to as `name`."""
        found = memory.other_ids.get((tag, name))
        if found is not None:
            return found
        theirs = next((e for e in memory.document._root.iterchildren(tag) if e.get(key) == name), None)
        ours = self._named(tag, key, name)
        new = name
        if theirs is not None and (ours is None or (tag == "EXTERNAL_REF" and _differ(ours, theirs))):
            twin = _twin(self._root, tag, key, theirs) if tag == "EXTERNAL_REF" else None
            if twin is not None:
                new = twin
            else:
                element = copy.deepcopy(theirs)
                if name in self._used_ids and tag == "EXTERNAL_REF":
                    number = highest_number(self._used_ids, "er") + 1
                    new = f"er{number}"
                    element.set(key, new)
                self._insert(element)
                self._used_ids.add(new)
        memory.other_ids[tag, name] = new
        return new


def _differ(one: etree._Element, other: etree._Element) -> bool:
    return any(one.get(attribute) != other.get(attribute) for attribute in ("TYPE", "VALUE"))


def _twin(root: etree._Element, tag: str, key: str, wanted: etree._Element) -> str | None:
    """The id of an element here that says the same as `wanted`."""
    return next((e.get(key) for e in root.iterchildren(tag) if e.get(key) and not _differ(e, wanted)), None)
