"""Edits that reach further than one annotation: new times, removal, the order on a tier.

What ELAN does with dependants is done here too: an annotation that is removed takes its children with it, a chain of
subdivisions closes over the gap, links to what is gone go, and a slot that a hierarchy shares moves as one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from elancry.eaf.annotation_edits import check_span, tier_of
from elancry.eaf.bulk_edits import BulkEdits
from elancry.eaf.columns import ALIGNED, REFERENCE, query
from elancry.eaf.elements import set_attribute
from elancry.eaf.parts import Constraint
from elancry.eaf.tree_edits import remove_element
from elancry.errors import UsageError


class RemovalEdits(BulkEdits):
    """The part of the editor that moves and removes annotations."""

    def set_times(self, annotation_id: str, start_ms: int, end_ms: int) -> None:
        """Move the begin and end of an annotation with time slots.

        A slot that it shares with annotations of tiers above or below it (Time_Subdivision) moves for all of them; a
        slot that unrelated annotations happen to share stays for those.
        """
        element = self._annotation(annotation_id)
        if element.tag != ALIGNED:
            raise UsageError(
                f"{self._label}annotation {annotation_id!r} has no times of its own: it has those of its parent",
                hint="Change the times of the parent annotation.",
            )
        check_span(self._label + f"annotation {annotation_id!r}", start_ms, end_ms)
        tier = tier_of(element)
        for attribute, time in (("TIME_SLOT_REF1", start_ms), ("TIME_SLOT_REF2", end_ms)):
            slot = element.get(attribute, "")
            if self._slot_time(slot) == time:
                continue
            sharers = [e for e in self._slot_users(slot) if e is not element]
            if sharers and not all(self._related(tier, tier_of(e)) for e in sharers):
                movers = [element, *(e for e in sharers if self._related(tier, tier_of(e)))]
            else:
                movers = [element, *sharers]
            new = self._new_slot(time, time)
            for mover in movers:
                for name in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
                    if mover.get(name) == slot:
                        mover.set(name, new)
                        self._users_of(new).append(mover)
            self._users_of(slot)[:] = [e for e in self._users_of(slot) if e not in movers]
            self._maybe_unused.add(slot)
        if tier is not None:
            outer = element.getparent()
            assert outer is not None  # tier_of found the tier above it
            self._out_of_order.setdefault(tier, []).append(outer)
            self._touched.add(tier.get("TIER_ID", ""))
            self._touched.update(name for name, e in self._tiers.items() if self._related(tier, e))
        self._forget_orders()

    def remove_annotation(self, annotation_id: str) -> None:
        """Remove an annotation and everything that depends on it, as ELAN does.

        Those are the annotations that refer to it, those with times of their own that lie within it on time-alignable
        child tiers, what depends on these in turn, and links (CROSS_REF_LINK, GROUP_REF_LINK) to any of them.
        """
        self.remove_annotations([annotation_id])

    def remove_annotations(self, annotation_ids: Iterable[str]) -> None:
        """Remove several annotations, each as `remove_annotation` does, in time that grows with the file only."""
        doomed: dict[str, etree._Element] = {}
        waiting = [self._annotation(name) for name in annotation_ids]
        children = self._by_attribute("ANNOTATION_REF")
        within = _Within(self)
        while waiting:
            element = waiting.pop()
            name = element.get("ANNOTATION_ID", "")
            if name in doomed:
                continue
            doomed[name] = element
            waiting += children.get(name, [])
            waiting += within.children(element)
        followers = self._by_attribute("PREVIOUS_ANNOTATION")
        for name, element in doomed.items():
            _close_chain(name, element, doomed, followers.get(name, []))
        for name, element in doomed.items():
            self._maybe_unused.update(element.get(a, "") for a in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"))
            outer = element.getparent()
            if outer is not None and len(outer) == 1:
                remove_element(outer)
            else:
                remove_element(element)
            self._forget(name)
        self._unlink(doomed)
        self._forget_orders()
        self._by_slot = None

    def _forget_annotations(self, tier: etree._Element) -> None:
        """Take back what annotations of a tier about to be removed hold elsewhere."""
        for slots in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
            self._maybe_unused.update(query(f"descendant::{ALIGNED}/@{slots}")(tier))
        names = [element.get("ANNOTATION_ID", "") for element in tier.iter(ALIGNED, REFERENCE)]
        for name in names:
            self._forget(name)
        self._unlink(names)
        self._out_of_order.pop(tier, None)
        self._touched.discard(tier.get("TIER_ID", ""))
        self._forget_orders()
        self._by_slot = None

    def _forget_orders(self) -> None:
        self._last_child.clear()
        self._shared_slots.clear()
        self._last_begin.clear()

    def _forget(self, name: str) -> None:
        self._used_ids.discard(name)
        if self._annotation_elements is not None:
            self._annotation_elements.pop(name, None)

    def _by_attribute(self, attribute: str) -> dict[str, list[etree._Element]]:
        """Reference annotations by what an attribute of theirs names."""
        found: dict[str, list[etree._Element]] = {}
        for element in query(f"descendant::{REFERENCE}")(self._root):
            found.setdefault(element.get(attribute, ""), []).append(element)
        return found

    def _unlink(self, gone: Iterable[str]) -> None:
        """Remove links to what is gone, and links to such links."""
        lost = set(gone)
        while lost:
            removed: set[str] = set()
            for link in list(self._root.iterfind("REF_LINK_SET/*")):
                if link.tag == "CROSS_REF_LINK" and {link.get("REF1"), link.get("REF2")} & lost:
                    removed.add(link.get("REF_LINK_ID", ""))
                    remove_element(link)
                elif link.tag == "GROUP_REF_LINK":
                    members = link.get("REFS", "").split()
                    kept = [member for member in members if member not in lost]
                    if not kept and members:
                        removed.add(link.get("REF_LINK_ID", ""))
                        remove_element(link)
                    elif len(kept) < len(members):
                        link.set("REFS", " ".join(kept))
            lost = removed

    def _slot_users(self, slot: str) -> list[etree._Element]:
        return list(self._users_of(slot))

    def _users_of(self, slot: str) -> list[etree._Element]:
        if self._by_slot is None:
            self._by_slot = {}
            for element in query(f"descendant::{ALIGNED}")(self._root):
                for attribute in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
                    self._by_slot.setdefault(element.get(attribute, ""), []).append(element)
        return self._by_slot.setdefault(slot, [])

    def _related(self, one: etree._Element | None, other: etree._Element | None) -> bool:
        """Whether tiers share slots on purpose: one above the other, or the same Time_Subdivision tier."""
        if one is None or other is None:
            return False
        if one is other:
            return self._constraint(one) is Constraint.TIME_SUBDIVISION
        return other in self._above(one) or one in self._above(other)

    def _above(self, tier: etree._Element) -> list[etree._Element]:
        found: list[etree._Element] = []
        above = self._tiers.get(tier.get("PARENT_REF", ""))
        while above is not None and above not in found:
            found.append(above)
            above = self._tiers.get(above.get("PARENT_REF", ""))
        return found

    def _settle_order(self) -> None:
        """Put annotations that were added or moved out of order before the first later one of their tier."""
        for tier, moved in self._out_of_order.items():
            inside = {outer: None for outer in moved if outer.getparent() is tier}
            waiting = sorted(inside, key=lambda outer: self._begin(outer) or 0)
            staying = [outer for outer in tier.iterchildren("ANNOTATION") if outer not in inside]
            place = 0
            for outer in staying:
                begin = self._begin(outer)
                while begin is not None and place < len(waiting) and (self._begin(waiting[place]) or 0) < begin:
                    _move_before(outer, waiting[place])
                    place += 1
                if place == len(waiting):
                    break
            for outer in waiting[place:]:
                last = tier[-1]
                if outer is not last:
                    tail = last.tail
                    last.tail = outer.tail
                    tier.append(outer)
                    outer.tail = tail
        self._out_of_order = {}

    def _begin(self, outer: etree._Element) -> int | None:
        inner = outer.find(ALIGNED)
        return None if inner is None else self._slot_time(inner.get("TIME_SLOT_REF1"))


def _move_before(target: etree._Element, moved: etree._Element) -> None:
    """Move an ANNOTATION before another on the same tier, each keeping a line of its own."""
    before, tail = moved.getprevious(), moved.tail
    if moved.getnext() is None and before is not None:
        # The last one carries the indentation of the closing tag.
        before.tail = tail
        tail = "\n        "
    target.addprevious(moved)
    moved.tail = tail


class _Within:
    """Annotations with slots that lie within others, on the child tiers of their tier; each tier is sorted once."""

    def __init__(self, editor: RemovalEdits) -> None:
        self._editor = editor
        self._below: dict[str, list[etree._Element]] = {}
        for name, tier in editor._tiers.items():
            if tier.get("PARENT_REF") not in (None, name):
                self._below.setdefault(tier.get("PARENT_REF", ""), []).append(tier)
        self._sorted: dict[etree._Element, tuple[list[int], list[_Aligned], list[_Aligned]]] = {}

    def children(self, element: etree._Element) -> list[etree._Element]:
        """Those within `element`: by time, or, where a time is not known, by a slot that both have."""
        tier = tier_of(element)
        if tier is None or element.tag != ALIGNED:
            return []
        own = self._aligned(element)
        found = []
        for below in self._below.get(tier.get("TIER_ID", ""), []):
            begins, regular, odd = self._in_order(below)
            if own.begin is None or own.end is None:
                candidates = [*regular, *odd]
            else:
                candidates = [*regular[bisect_left(begins, own.begin) : bisect_right(begins, own.end)], *odd]
            found += [child.element for child in candidates if child.within(own)]
        return found

    def _in_order(self, tier: etree._Element) -> tuple[list[int], list[_Aligned], list[_Aligned]]:
        """Begins and annotations of a tier in order of time, and those that have no such place."""
        if tier not in self._sorted:
            regular: list[_Aligned] = []
            odd: list[_Aligned] = []
            for element in tier.iter(ALIGNED):
                child = self._aligned(element)
                known = child.begin is not None and child.end is not None and child.begin <= child.end
                (regular if known else odd).append(child)
            regular.sort(key=lambda child: child.begin or 0)
            self._sorted[tier] = ([child.begin or 0 for child in regular], regular, odd)
        return self._sorted[tier]

    def _aligned(self, element: etree._Element) -> _Aligned:
        first, second = element.get("TIME_SLOT_REF1"), element.get("TIME_SLOT_REF2")
        return _Aligned(element, {first, second}, self._editor._slot_time(first), self._editor._slot_time(second))


@dataclass(frozen=True, slots=True)
class _Aligned:
    element: etree._Element
    slots: set[str | None]
    begin: int | None
    end: int | None

    def within(self, other: _Aligned) -> bool:
        if self.begin is None or self.end is None or other.begin is None or other.end is None:
            return bool(self.slots & other.slots)
        return other.begin <= self.begin and self.end <= other.end


def _close_chain(
    name: str, element: etree._Element, doomed: Mapping[str, etree._Element], followers: Iterable[etree._Element]
) -> None:
    """Let what follows `name` in a chain of subdivisions follow what stands before it."""
    tier = tier_of(element)
    if element.tag != REFERENCE or tier is None:
        return
    before = element.get("PREVIOUS_ANNOTATION")
    while before is not None and before in doomed and before != name:
        before = doomed[before].get("PREVIOUS_ANNOTATION")
    for sibling in followers:
        if tier_of(sibling) is tier and sibling.get("ANNOTATION_ID") not in doomed:
            set_attribute(sibling, "PREVIOUS_ANNOTATION", before if before != name else None)
