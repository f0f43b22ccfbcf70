"""Editing annotations: add, change the value, remove; ids, slots and the order on the tier follow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from lxml import etree

from elancry.eaf.columns import ALIGNED, REFERENCE, query
from elancry.eaf.edit.placing import move_before, move_behind_last, remove_element
from elancry.eaf.edit.removal import close_chains, tier_of, unlink, with_dependants
from elancry.eaf.edit.time_order import TimeOrder
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import not_xml_text, set_attribute, set_text
from elancry.eaf.ids import highest_number
from elancry.eaf.parts import Constraint
from elancry.eaf.slots import LATEST_MS
from elancry.eaf.views import constraint_of
from elancry.errors import UsageError
from elancry.texts import text

COUNTER = "lastUsedAnnotationId"
"""The HEADER property in which ELAN keeps the number of the last annotation id it gave out."""

_NCNAME = re.compile(r"[^\W\d][\w.\-·]*\Z")
_SLOTS = ("TIME_SLOT_REF1", "TIME_SLOT_REF2")
_MARGIN, _CLOSING = "\n        ", "\n    "
_LINES = """\
<ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}"{cve} TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{second}">
                <ANNOTATION_VALUE>{value}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
        """
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_QUOTES = str.maketrans({**_IN_TEXT, ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"})


class AnnotationEditor:
    """Adds, changes, removes and shifts annotations.

    Every step raises UsageError, and changes nothing, for a tier or annotation that is not in the file, an id that is
    taken, a text that XML cannot hold, and what the tier's type does not allow. CVE_REF and LANG_REF came with EAF 2.8
    (see `Editor.document` for older files).
    """

    def __init__(self, tree: Tree, time_order: TimeOrder) -> None:
        self._tree = tree
        self._time_order = time_order
        self._elements: dict[str, etree._Element] | None = None
        self._last_number = -1
        # Per tier: the begin of its last annotation, and the annotations added out of order.
        self._last_begin: dict[etree._Element, int] = {}
        self._out_of_order: dict[etree._Element, list[etree._Element]] = {}
        # Per reference tier: parent annotation id -> its last child there.
        self._last_child: dict[etree._Element, dict[str, str]] = {}
        # Per Time_Subdivision tier: time -> slot id, of its own annotations and of its parent tier's.
        self._shared_slots: dict[etree._Element, dict[int, str]] = {}

    def add(
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
        """Add an annotation `[start_ms, end_ms)` to a time-alignable tier; returns its id, by default `a<N>`.

        Times are whole ms with 0 <= start_ms < end_ms < 2**53. New time slots are made; on a Time_Subdivision tier
        slots at the same time are shared, as ELAN does.
        """
        element = self._tree.require("TIER", tier)
        constraint = self._constraint(element)
        if constraint is not None and not constraint.time_alignable:
            raise UsageError(
                text("eaf.annotations-without-times", label=self._tree.label, tier=tier, constraint=str(constraint)),
                hint=text("eaf.hint-add-reference"),
            )
        self._check_span(tier, start_ms, end_ms)
        name = self._new_id(id)
        if constraint is Constraint.TIME_SUBDIVISION:
            shared = self._shareable(element)
            first, second = (shared.get(time) or self._time_order.add(time) for time in (start_ms, end_ms))
            shared[start_ms], shared[end_ms] = first, second
        else:
            first, second = self._time_order.add(start_ms), self._time_order.add(end_ms)
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
            self._time_order.release((first, second))
            raise
        last = self._last_begin.get(element)
        if last is None:
            last = self._begin_before(outer)
        if start_ms < last:
            self._out_of_order.setdefault(element, []).append(outer)
        self._last_begin[element] = max(last, start_ms)
        return name

    def add_many(self, tier: str, spans: Sequence[tuple[int, int, str, str | None]]) -> list[str]:
        """Add N annotations to a tier; returns their N ids in the same order.

        `spans` (N,) of (start_ms, end_ms, value, cve_ref): the same as `add` for each. On an empty tier, and in the
        order of time, they are written as text and parsed in one go, several times faster than one by one.
        """
        element = self._tree.require("TIER", tier)
        starts = [span[0] for span in spans]
        plain = self._constraint(element) in (None, Constraint.INCLUDED_IN) and len(element) == 0
        if not spans or not plain or starts != sorted(starts):
            return [self.add(tier, start, end, value, cve_ref=cve) for start, end, value, cve in spans]
        for start, end, _, _ in spans:
            self._check_span(tier, start, end)
        names = [self._new_id(None) for _ in spans]
        slots = [(self._time_order.add(start), self._time_order.add(end)) for start, end, _, _ in spans]
        lines = [
            _LINES.format(
                name=name,
                cve="" if cve is None else f' CVE_REF="{cve.translate(_IN_QUOTES)}"',
                first=first,
                second=second,
                value=value.translate(_IN_TEXT),
            )
            for name, (first, second), (_, _, value, cve) in zip(names, slots, spans, strict=True)
        ]
        try:
            made = etree.fromstring(f"<TIER>{''.join(lines)}</TIER>")
        except (etree.XMLSyntaxError, ValueError):
            # One of them cannot stand in XML; the error shows all that have something unusual.
            self._time_order.release(slot for pair in slots for slot in pair)
            raise not_xml_text(ALIGNED, [value for _, _, value, _ in spans if not value.isprintable()]) from None
        element.text = _MARGIN
        element.extend(list(made))
        element[-1].tail = _CLOSING
        self._tree.ids.update(names)
        self._elements = None
        self._last_begin[element] = starts[-1]
        self._tree.touched.add(element)
        if any(cve is not None for _, _, _, cve in spans):
            self._tree.raise_format()
        return names

    def add_reference(
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
        element = self._tree.require("TIER", tier)
        constraint = self._constraint(element)
        label = self._tree.label
        if constraint is None or constraint.time_alignable:
            raise UsageError(
                text("eaf.annotations-with-times", label=label, tier=tier), hint=text("eaf.hint-add-annotation")
            )
        above = tier_of(self._annotation(parent_annotation_id))
        if above is None or above.get("TIER_ID") != element.get("PARENT_REF"):
            raise UsageError(
                text(
                    "eaf.annotation-not-on-parent",
                    label=label,
                    annotation=parent_annotation_id,
                    parent=element.get("PARENT_REF"),
                    tier=tier,
                )
            )
        last_child = self._last_children(element)
        follower: etree._Element | None = None
        if constraint is Constraint.SYMBOLIC_ASSOCIATION:
            if parent_annotation_id in last_child:
                raise UsageError(text("eaf.association-taken", label=label, annotation=parent_annotation_id, tier=tier))
            if previous is not None:
                raise UsageError(text("eaf.association-without-order", label=label, tier=tier))
        elif previous is None:
            previous = last_child.get(parent_annotation_id)
        else:
            before = self._annotation(previous)
            if tier_of(before) is not element or before.get("ANNOTATION_REF") != parent_annotation_id:
                raise UsageError(
                    text("eaf.not-a-child", label=label, annotation=previous, parent=parent_annotation_id, tier=tier)
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
        if follower is not None:
            follower.set("PREVIOUS_ANNOTATION", name)
        else:
            last_child[parent_annotation_id] = name
        return name

    def is_free(self, annotation_id: str) -> bool:
        """Whether this can be the id of a new annotation: a name as XML has it, not given to anything in the file."""
        return _NCNAME.match(annotation_id) is not None and annotation_id not in self._tree.ids

    def set_value(self, annotation_id: str, value: str, *, cve_ref: str | None = None) -> None:
        """Change the value of an annotation; its CVE_REF becomes `cve_ref`, so that the two cannot contradict."""
        element = self._annotation(annotation_id)
        child = element.find("ANNOTATION_VALUE")
        if child is None:
            child = etree.SubElement(element, "ANNOTATION_VALUE")
        set_text(child, value)
        set_attribute(element, "CVE_REF", cve_ref)
        if cve_ref is not None:
            self._tree.raise_format()

    def set_times(self, annotation_id: str, start_ms: int, end_ms: int) -> None:
        """Give an annotation `[start_ms, end_ms)` for its times; what hangs on it stays, its order on the tier too.

        Times are whole ms with 0 <= start_ms < end_ms < 2**53. It is for the caller to keep it apart from its
        neighbours and around its children.
        """
        element = self._annotation(annotation_id)
        tier = tier_of(element)
        if element.tag != ALIGNED or tier is None:
            raise UsageError(text("eaf.annotation-without-times", label=self._tree.label, id=annotation_id))
        self._check_span(tier.get("TIER_ID", ""), start_ms, end_ms)
        self._time_order.release([slot for name in _SLOTS if (slot := element.get(name)) is not None])
        for name, time in zip(_SLOTS, (start_ms, end_ms), strict=True):
            element.set(name, self._time_order.add(time))
        self._tree.touched.add(tier)
        self._forget_orders()

    def remove(self, *annotation_ids: str) -> None:
        """Remove annotations and everything that depends on them, as ELAN does (see `elancry.eaf.edit.removal`)."""
        chosen = [self._annotation(name) for name in annotation_ids]
        gone = with_dependants(self._tree, self._time_order, chosen)
        close_chains(self._tree.root, gone)
        for element in gone.values():
            outer = element.getparent()
            remove_element(outer if outer is not None and len(outer) == 1 else element)
        self._forget(gone, [element.get(slot, "") for element in gone.values() for slot in _SLOTS])

    def shift(self, by_ms: int) -> None:
        """Move all annotations by `by_ms`; what would lie before 0 comes to lie at 0.

        Unaligned slots lie between their neighbours as before. It is for the caller to remove or refuse annotations
        that would lose their length or their begin. UsageError where a time would be 2**53 ms or more.
        """
        self._time_order.shift(by_ms)
        self._forget_orders()

    def forget_tier(self, tier: etree._Element) -> None:
        """Take back what the annotations of a tier about to be removed hold elsewhere: ids, slots, links."""
        slots = [slot for name in _SLOTS for slot in query(f"descendant::{ALIGNED}/@{name}")(tier)]
        self._forget([element.get("ANNOTATION_ID", "") for element in tier.iter(ALIGNED, REFERENCE)], slots)
        self._out_of_order.pop(tier, None)
        self._tree.touched.discard(tier)

    def settle(self) -> None:
        """Bring annotations that were added out of order, and the counter of ids, into the state ELAN expects."""
        for tier, moved in self._out_of_order.items():
            self._put_in_order(tier, {outer: None for outer in moved if outer.getparent() is tier})
        present = self._counter()
        if present is not None and self._last_number > _number(present):
            set_text(present, str(self._last_number))

    def _forget(self, names: Collection[str], slots: Iterable[str]) -> None:
        self._time_order.release(slots)
        self._tree.ids.difference_update(names)
        if self._elements is not None:
            for name in names:
                self._elements.pop(name, None)
        unlink(self._tree.root, names)
        self._forget_orders()

    def _forget_orders(self) -> None:
        self._last_child.clear()
        self._shared_slots.clear()
        self._last_begin.clear()

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
        content.tail, inner.tail, outer.tail = "\n            ", _MARGIN, _CLOSING
        last = next(tier.iterchildren(reversed=True), None)  # len() would count all children
        if last is not None:
            last.tail = _MARGIN
        else:
            tier.text = _MARGIN
        tier.append(outer)
        name = given["ANNOTATION_ID"]
        self._tree.ids.add(name)
        if self._elements is not None:
            self._elements[name] = inner
        if "CVE_REF" in given or "LANG_REF" in given:
            self._tree.raise_format()
        self._tree.touched.add(tier)
        return outer

    def _new_id(self, wanted: str | None) -> str:
        taken, label = self._tree.ids, self._tree.label
        if wanted is not None:
            if wanted in taken:
                raise UsageError(text("eaf.id-taken", label=label, id=wanted), hint=text("eaf.hint-leave-id-out"))
            if not _NCNAME.match(wanted):
                raise UsageError(text("eaf.id-impossible", label=label, id=wanted), hint=text("eaf.hint-id-letters"))
            return wanted
        if self._last_number < 0:
            self._last_number = max(highest_number(taken, "a"), _number(self._counter()))
        self._last_number += 1
        while (name := f"a{self._last_number}") in taken:
            self._last_number += 1
        return name

    def _counter(self) -> etree._Element | None:
        """The property with the counter, where the file has one."""
        properties = self._tree.root.iterfind("HEADER/PROPERTY")
        return next((element for element in properties if element.get("NAME") == COUNTER), None)

    def _annotation(self, annotation_id: str) -> etree._Element:
        if self._elements is None:
            self._elements = {}
            for element in self._tree.root.iter(ALIGNED, REFERENCE):
                self._elements.setdefault(element.get("ANNOTATION_ID", ""), element)
        present = self._elements.get(annotation_id)
        if present is None:
            raise UsageError(text("eaf.no-annotation", label=self._tree.label, id=annotation_id))
        return present

    def _constraint(self, tier: etree._Element) -> Constraint | None:
        kind = self._tree.all("LINGUISTIC_TYPE").get(tier.get("LINGUISTIC_TYPE_REF", ""))
        return None if kind is None else constraint_of(kind.get("CONSTRAINTS"))

    def _check_span(self, tier: str, start_ms: int, end_ms: int) -> None:
        where = {"label": self._tree.label, "tier": tier, "start_ms": start_ms, "end_ms": end_ms}
        if not (isinstance(start_ms, int) and isinstance(end_ms, int)):
            raise UsageError(text("eaf.times-not-whole", **where))
        if not 0 <= start_ms < end_ms < LATEST_MS:
            raise UsageError(text("eaf.times-impossible", **where), hint=text("eaf.hint-times"))

    def _last_children(self, tier: etree._Element) -> dict[str, str]:
        """For a reference tier: parent annotation id -> id of its last child there."""
        if tier not in self._last_child:
            last: dict[str, str] = {}
            children = list(tier.iter(REFERENCE))
            followed = {child.get("PREVIOUS_ANNOTATION", "") for child in children}
            for child in children:
                parent, name = child.get("ANNOTATION_REF", ""), child.get("ANNOTATION_ID", "")
                if parent not in last or name not in followed:
                    last[parent] = name
            self._last_child[tier] = last
        return self._last_child[tier]

    def _shareable(self, tier: etree._Element) -> dict[int, str]:
        """Slots by time, of a Time_Subdivision tier and its parent tier, for its annotations to share."""
        if tier not in self._shared_slots:
            shared: dict[int, str] = {}
            for source in (tier, self._tree.all("TIER").get(tier.get("PARENT_REF", ""))):
                for annotation in source.iter(ALIGNED) if source is not None else ():
                    for attribute in _SLOTS:
                        slot = annotation.get(attribute)
                        time = self._time_order.time_of(slot)
                        if slot is not None and time is not None:
                            shared[time] = slot
            self._shared_slots[tier] = shared
        return self._shared_slots[tier]

    def _begin_before(self, outer: etree._Element) -> int:
        """The latest known begin of the annotations before `outer` on its tier, looking back to the nearest."""
        for sibling in outer.itersiblings(preceding=True):
            time = self._begin(sibling) if isinstance(sibling.tag, str) else None
            if time is not None:
                return time
        return -1

    def _begin(self, outer: etree._Element) -> int | None:
        inner = outer.find(ALIGNED)
        return None if inner is None else self._time_order.time_of(inner.get("TIME_SLOT_REF1"))

    def _put_in_order(self, tier: etree._Element, moved: dict[etree._Element, None]) -> None:
        """Put annotations before the first later one of their tier, those that come after all behind the last."""
        waiting = sorted(moved, key=lambda outer: self._begin(outer) or 0)
        place = 0
        for outer in [outer for outer in tier.iterchildren("ANNOTATION") if outer not in moved]:
            begin = self._begin(outer)
            while begin is not None and place < len(waiting) and (self._begin(waiting[place]) or 0) < begin:
                move_before(outer, waiting[place])
                place += 1
            if place == len(waiting):
                return
        for outer in waiting[place:]:
            move_behind_last(tier, outer)


def _number(counter: etree._Element | None) -> int:
    text = "" if counter is None else (counter.text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0
