"""Time slots while annotations are edited: made in bulk, put in order once, removed when nothing uses them."""

from __future__ import annotations

from lxml import etree

from elancry.eaf.columns import ALIGNED, query
from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import make
from elancry.eaf.times import parse_time
from elancry.eaf.tree_edits import highest_number, remove_element


class SlotEdits(EditState):
    """The part of the editor for TIME_ORDER."""

    def __init__(self, root: etree._Element, name: str) -> None:
        super().__init__(root, name)
        self._slot_elements: dict[str, etree._Element] | None = None
        self._last_slot = 0
        # New slots with the time they sort by: an unaligned one stays behind the aligned one before it.
        self._new_slots: list[tuple[int, etree._Element]] = []
        self._maybe_unused: set[str] = set()

    @property
    def _slots(self) -> dict[str, etree._Element]:
        """Slot elements by id, the first of each id."""
        if self._slot_elements is None:
            found: dict[str, etree._Element] = {}
            for element in self._root.iterfind("TIME_ORDER/TIME_SLOT"):
                found.setdefault(element.get("TIME_SLOT_ID", ""), element)
            self._slot_elements = found
            self._last_slot = highest_number(found, "ts")
        return self._slot_elements

    def _slot_time(self, slot_id: str | None) -> int | None:
        """The time of a slot in ms, `None` for an unaligned or unknown one."""
        element = self._slots.get(slot_id or "")
        return None if element is None else parse_time(element.get("TIME_VALUE"))

    def _new_slot(self, time_ms: int | None, sort_ms: int) -> str:
        slots, taken = self._slots, self._used_ids
        self._last_slot += 1
        while (name := f"ts{self._last_slot}") in taken:
            self._last_slot += 1
        element = etree.Element("TIME_SLOT")
        element.set("TIME_SLOT_ID", name)
        if time_ms is not None:
            element.set("TIME_VALUE", str(time_ms))
        slots[name] = element
        taken.add(name)
        self._new_slots.append((sort_ms, element))
        return name

    def _settle_slots(self) -> None:
        """Put new slots in their places in TIME_ORDER and drop those that no annotation uses any more."""
        if not self._new_slots and not self._maybe_unused:
            return
        order = self._root.find("TIME_ORDER")
        if order is None:
            order = make("TIME_ORDER", {})
            self._insert(order)
        if self._maybe_unused:
            used = set(query(f"TIER/ANNOTATION/{ALIGNED}/@TIME_SLOT_REF1")(self._root))
            used.update(query(f"TIER/ANNOTATION/{ALIGNED}/@TIME_SLOT_REF2")(self._root))
            for name in self._maybe_unused - used:
                element = self._slots.pop(name, None)
                if element is not None and element.getparent() is not None:
                    remove_element(element)
            self._new_slots = [pair for pair in self._new_slots if pair[1].get("TIME_SLOT_ID") in self._slots]
            self._maybe_unused = set()
        waiting = sorted(self._new_slots, key=lambda pair: pair[0])
        self._new_slots = []
        _merge(order, waiting)


def _merge(order: etree._Element, waiting: list[tuple[int, etree._Element]]) -> None:
    """Insert slots sorted by time before the first slot that is later; slots already there keep their order."""
    if not waiting:
        return
    if len(order) == 0:
        order.text = "\n        "
    place = 0
    for present in list(order) if len(order) else []:
        if place == len(waiting):
            break
        time = parse_time(present.get("TIME_VALUE")) if present.tag == "TIME_SLOT" else None
        while time is not None and place < len(waiting) and waiting[place][0] < time:
            element = waiting[place][1]
            present.addprevious(element)
            element.tail = "\n        "
            place += 1
    if place < len(waiting):
        if len(order):
            order[-1].tail = "\n        "
        for _, element in waiting[place:]:
            element.tail = "\n        "
            order.append(element)
        order[-1].tail = "\n    "
