"""Edits of annotations: add, change value or times, remove."""

from __future__ import annotations

import re

from lxml import etree

from elancry.eaf.columns import ALIGNED, REFERENCE
from elancry.eaf.elements import not_xml_text, set_attribute, set_text
from elancry.eaf.parts import Constraint
from elancry.eaf.slot_edits import SlotEdits
from elancry.eaf.slots import LATEST_MS
from elancry.eaf.tree_edits import highest_number
from elancry.errors import UsageError

COUNTER = "lastUsedAnnotationId"
"""The HEADER property in which ELAN keeps the number of the last annotation id it gave out."""

_NCNAME = re.compile(r"[^\W\d][\w.\-·]*\Z")


class AnnotationEdits(SlotEdits):
    """The part of the editor for annotations."""

    def __init__(self, root: etree._Element, name: str) -> None:
        super().__init__(root, name)
        self._annotation_elements: dict[str, etree._Element] | None = None
        self._last_annotation = -1
        # Per tier: the begin of its last annotation, and the annotations added out of order.
        self._last_begin: dict[str, int] = {}
        self._out_of_order: dict[etree._Element, list[etree._Element]] = {}
        # Per reference tier: parent annotation id -> its last child there.
        self._last_child: dict[str, dict[str, str]] = {}
        # Per Time_Subdivision tier: time -> slot id, of its own annotations and of its parent tier's.
        self._shared_slots: dict[str, dict[int, str]] = {}
        # Slot id -> annotations that have it, once times are changed.
        self._by_slot: dict[str, list[etree._Element]] | None = None

    def add_annotation(
        self,
        tier: str,
        start_ms: int,
        end_ms: int,
        value: str,
        *,
        cve_ref: str | None = None,
        ext_ref: str | None = None,
        lang_ref: str | None = None,
        id: str | None = None,
    ) -> str:
        """Add an annotation with times in ms to a time-alignable tier; returns its id, by default `a<N>`.

        New time slots are made; on a Time_Subdivision tier slots at the same time are shared, as ELAN does.
        """
        element = self._tier(tier)
        constraint = self._constraint_of(tier)
        if constraint is not None and not constraint.time_alignable:
            raise UsageError(
                f"{self._label}tier {tier!r} is of type {constraint}: its annotations have no times of their own",
                hint="Use add_reference_annotation.",
            )
        check_span(self._label + f"tier {tier!r}", start_ms, end_ms)
        name = self._new_id(id)
        if constraint is Constraint.TIME_SUBDIVISION:
            shared = self._shareable(tier)
            first = shared.get(start_ms) or self._new_slot(start_ms, start_ms)
            second = shared.get(end_ms) or self._new_slot(end_ms, end_ms)
            shared[start_ms], shared[end_ms] = first, second
        else:
            first, second = self._new_slot(start_ms, start_ms), self._new_slot(end_ms, end_ms)
        attributes = {
            "ANNOTATION_ID": name,
            "CVE_REF": cve_ref,
            "EXT_REF": ext_ref,
            "LANG_REF": lang_ref,
            "TIME_SLOT_REF1": first,
            "TIME_SLOT_REF2": second,
        }
        try:
            outer = self._append(element, ALIGNED, attributes, value)
        except UsageError:
            self._maybe_unused.update((first, second))
            raise
        self._need_modern(cve_ref, lang_ref)
        last = self._last_begin.get(tier)
        if last is None:
            last = self._begin_before(outer)
        if start_ms < last:
            self._out_of_order.setdefault(element, []).append(outer)
        self._last_begin[tier] = max(last, start_ms)
        self._touched.add(tier)
        return name

    def add_reference_annotation(
        self,
        tier: str,
        parent_annotation_id: str,
        value: str,
        *,
        previous: str | None = None,
        cve_ref: str | None = None,
        ext_ref: str | None = None,
        lang_ref: str | None = None,
        id: str | None = None,
    ) -> str:
        """Add an annotation to a symbolic tier, under an annotation of the parent tier; returns its id.

        On a Symbolic_Subdivision tier it comes behind `previous`, by default behind the last child of that parent.
        """
        element = self._tier(tier)
        constraint = self._constraint_of(tier)
        if constraint is None or constraint.time_alignable:
            raise UsageError(
                f"{self._label}tier {tier!r} is time-alignable: its annotations have times of their own",
                hint="Use add_annotation.",
            )
        self._check_parent(tier, element, parent_annotation_id)
        last_child = self._children_of(tier)
        follower: etree._Element | None = None
        if constraint is Constraint.SYMBOLIC_ASSOCIATION:
            if parent_annotation_id in last_child:
                raise UsageError(
                    f"{self._label}annotation {parent_annotation_id!r} has an annotation on tier {tier!r} already: "
                    "the type is a one-to-one association"
                )
            if previous is not None:
                raise UsageError(
                    f"{self._label}tier {tier!r} is a one-to-one association: no annotation has a previous one"
                )
        elif previous is None:
            previous = last_child.get(parent_annotation_id)
        else:
            before = self._annotation(previous)
            if tier_of(before) is not element or before.get("ANNOTATION_REF") != parent_annotation_id:
                raise UsageError(
                    f"{self._label}annotation {previous!r} is no child of {parent_annotation_id!r} on {tier!r}"
                )
            follower = next((e for e in element.iter(REFERENCE) if e.get("PREVIOUS_ANNOTATION") == previous), None)
        name = self._new_id(id)
        attributes = {
            "ANNOTATION_ID": name,
            "ANNOTATION_REF": parent_annotation_id,
            "CVE_REF": cve_ref,
            "EXT_REF": ext_ref,
            "LANG_REF": lang_ref,
            "PREVIOUS_ANNOTATION": previous,
        }
        self._append(element, REFERENCE, attributes, value)
        self._need_modern(cve_ref, lang_ref)
        if follower is not None:
            follower.set("PREVIOUS_ANNOTATION", name)
        else:
            last_child[parent_annotation_id] = name
        self._touched.add(tier)
        return name

    def set_value(self, annotation_id: str, value: str, *, cve_ref: str | None = None) -> None:
        """Change the value of an annotation; its CVE_REF becomes `cve_ref`, so that the two cannot contradict.

        CVE_REF came with EAF 2.8: an older file that gets one becomes one of EAF 3.0 (see `Editor.document`).
        """
        element = self._annotation(annotation_id)
        child = element.find("ANNOTATION_VALUE")
        if child is None:
            child = etree.SubElement(element, "ANNOTATION_VALUE")
        set_text(child, value)
        set_attribute(element, "CVE_REF", cve_ref)
        self._need_modern(cve_ref)

    def _append(self, tier: etree._Element, tag: str, attributes: dict[str, str | None], value: str) -> etree._Element:
        """A new ANNOTATION at the end of a tier, indented as ELAN does."""
        outer = etree.Element("ANNOTATION")
        given = {name: text for name, text in attributes.items() if text is not None}
        try:
            inner = etree.SubElement(outer, tag, given)
            content = etree.SubElement(inner, "ANNOTATION_VALUE")
            if value:
                content.text = value
        except ValueError:
            raise not_xml_text(tag, [*given.values(), value]) from None
        outer.text, inner.text = "\n            ", "\n                "
        content.tail, inner.tail, outer.tail = "\n            ", "\n        ", "\n    "
        last = next(tier.iterchildren(reversed=True), None)  # len() would count all children
        if last is not None:
            last.tail = "\n        "
        else:
            tier.text = "\n        "
        tier.append(outer)
        name = str(attributes["ANNOTATION_ID"])
        self._used_ids.add(name)
        if self._annotation_elements is not None:
            self._annotation_elements[name] = inner
        self._by_slot = None
        return outer

    def _new_id(self, wanted: str | None) -> str:
        taken = self._used_ids
        if wanted is not None:
            if wanted in taken:
                raise UsageError(f"{self._label}the id {wanted!r} is taken", hint="Leave the id out to get a new one.")
            if not _NCNAME.match(wanted):
                raise UsageError(
                    f"{self._label}{wanted!r} cannot be an annotation id",
                    hint="An id begins with a letter and holds letters, digits, '_', '-' and '.' only.",
                )
            return wanted
        if self._last_annotation < 0:
            self._last_annotation = max(highest_number(taken, "a"), self._counter() or 0)
        self._last_annotation += 1
        while (name := f"a{self._last_annotation}") in taken:
            self._last_annotation += 1
        return name

    def _counter(self) -> int | None:
        """The number in the counter property, `None` if the file has none."""
        for element in self._root.iterfind("HEADER/PROPERTY"):
            if element.get("NAME") == COUNTER:
                text = (element.text or "").strip()
                return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
        return None

    def _settle_counter(self) -> None:
        """Keep the counter property, where there is one, at or above every `a<N>` given out."""
        present = self._counter()
        if present is not None and self._last_annotation > present:
            for element in self._root.iterfind("HEADER/PROPERTY"):
                if element.get("NAME") == COUNTER:
                    set_text(element, str(self._last_annotation))
                    break

    def _annotation(self, annotation_id: str) -> etree._Element:
        if self._annotation_elements is None:
            found: dict[str, etree._Element] = {}
            for element in self._root.iter(ALIGNED, REFERENCE):
                found.setdefault(element.get("ANNOTATION_ID", ""), element)
            self._annotation_elements = found
        present = self._annotation_elements.get(annotation_id)
        if present is None:
            raise UsageError(f"{self._label}there is no annotation {annotation_id!r}")
        return present

    def _check_parent(self, tier: str, element: etree._Element, annotation_id: str) -> None:
        above = tier_of(self._annotation(annotation_id))
        if above is None or above.get("TIER_ID") != element.get("PARENT_REF"):
            raise UsageError(
                f"{self._label}annotation {annotation_id!r} is not on {element.get('PARENT_REF')!r}, "
                f"the parent of {tier!r}"
            )

    def _children_of(self, tier: str) -> dict[str, str]:
        """For a reference tier: parent annotation id -> id of its last child there."""
        if tier not in self._last_child:
            last: dict[str, str] = {}
            followed: set[str] = set()
            children = list(self._tier(tier).iter(REFERENCE))
            for child in children:
                followed.add(child.get("PREVIOUS_ANNOTATION", ""))
            for child in children:
                parent, name = child.get("ANNOTATION_REF", ""), child.get("ANNOTATION_ID", "")
                if parent not in last or name not in followed:
                    last[parent] = name
            self._last_child[tier] = last
        return self._last_child[tier]

    def _constraint_of(self, tier: str) -> Constraint | None:
        return self._constraint(self._tier(tier))

    def _shareable(self, tier: str) -> dict[int, str]:
        """Slots by time, of a Time_Subdivision tier and its parent tier, for its annotations to share."""
        if tier not in self._shared_slots:
            shared: dict[int, str] = {}
            for source in (tier, self._tier(tier).get("PARENT_REF")):
                for annotation in self._tiers[source].iter(ALIGNED) if source in self._tiers else ():
                    for attribute in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
                        slot = annotation.get(attribute)
                        time = self._slot_time(slot)
                        if slot is not None and time is not None:
                            shared[time] = slot
            self._shared_slots[tier] = shared
        return self._shared_slots[tier]

    def _begin_before(self, outer: etree._Element) -> int:
        """The latest known begin of the annotations before `outer` on its tier, looking back to the nearest."""
        for sibling in outer.itersiblings(preceding=True):
            inner = sibling.find(ALIGNED) if isinstance(sibling.tag, str) else None
            time = None if inner is None else self._slot_time(inner.get("TIME_SLOT_REF1"))
            if time is not None:
                return time
        return -1


def tier_of(annotation: etree._Element) -> etree._Element | None:
    """The TIER that an annotation element stands in."""
    return next(annotation.iterancestors("TIER"), None)


def check_span(where: str, start_ms: int, end_ms: int) -> None:
    """Raise UsageError unless `[start_ms, end_ms)` is a span in time; `where` opens the message."""
    if not (isinstance(start_ms, int) and isinstance(end_ms, int)):
        raise UsageError(f"{where}: times are whole milliseconds, not {start_ms!r} and {end_ms!r}")
    if not 0 <= start_ms < end_ms < LATEST_MS:
        raise UsageError(
            f"{where}: an annotation cannot run from {start_ms} to {end_ms} ms",
            hint="Times are 0 or more, and the end lies after the begin.",
        )
