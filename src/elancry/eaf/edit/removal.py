"""What goes with annotations that are removed, as in ELAN.

Children go with their parent, a chain of subdivisions closes over the gap, and links to what is gone go.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from elancry.eaf.columns import ALIGNED, REFERENCE, query
from elancry.eaf.edit.placing import remove_element
from elancry.eaf.edit.time_order import TimeOrder
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import set_attribute


def with_dependants(tree: Tree, time_order: TimeOrder, elements: Iterable[etree._Element]) -> dict[str, etree._Element]:
    """Annotations and all that depends on them, by id, in time that grows with the file only.

    These are the annotations that refer to them, those with times of their own that lie within them on time-alignable
    child tiers, and what depends on these in turn.
    """
    gone: dict[str, etree._Element] = {}
    waiting = list(elements)
    children = _by_attribute(tree.root, "ANNOTATION_REF")
    within = _Within(tree, time_order)
    while waiting:
        element = waiting.pop()
        name = element.get("ANNOTATION_ID", "")
        if name not in gone:
            gone[name] = element
            waiting += [*children.get(name, []), *within.children(element)]
    return gone


def close_chains(root: etree._Element, gone: Mapping[str, etree._Element]) -> None:
    """Let what follows removed annotations in a chain of subdivisions follow what stands before them."""
    followers = _by_attribute(root, "PREVIOUS_ANNOTATION")
    for name, element in gone.items():
        before = element.get("PREVIOUS_ANNOTATION")
        while before is not None and before in gone and before != name:
            before = gone[before].get("PREVIOUS_ANNOTATION")
        for sibling in followers.get(name, []) if element.tag == REFERENCE else ():
            if sibling.get("ANNOTATION_ID") not in gone and tier_of(sibling) is tier_of(element):
                set_attribute(sibling, "PREVIOUS_ANNOTATION", before if before != name else None)


def unlink(root: etree._Element, names: Iterable[str]) -> None:
    """Remove links (CROSS_REF_LINK, GROUP_REF_LINK) to annotations that are gone, and links to such links."""
    lost = set(names)
    while lost:
        removed: set[str] = set()
        for link in list(root.iterfind("REF_LINK_SET/*")):
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


def tier_of(annotation: etree._Element) -> etree._Element | None:
    """The TIER that an annotation element stands in."""
    return next(annotation.iterancestors("TIER"), None)


def _by_attribute(root: etree._Element, attribute: str) -> dict[str, list[etree._Element]]:
    """Reference annotations by what an attribute of theirs names."""
    found: dict[str, list[etree._Element]] = {}
    for element in query(f"descendant::{REFERENCE}[@{attribute}]")(root):
        found.setdefault(element.get(attribute, ""), []).append(element)
    return found


class _Within:
    """Annotations with slots that lie within others, on the child tiers of their tier; each tier is sorted once."""

    def __init__(self, tree: Tree, time_order: TimeOrder) -> None:
        self._time_order = time_order
        self._below: dict[str, list[etree._Element]] = {}
        for name, tier in tree.all("TIER").items():
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
        return _Aligned(element, {first, second}, self._time_order.time_of(first), self._time_order.time_of(second))


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
