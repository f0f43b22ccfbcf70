"""Time slots while annotations are edited: numbered at once, made and put in order at the end, in bulk."""

from __future__ import annotations

from lxml import etree

from elancry.eaf.columns import ALIGNED, query
from elancry.eaf.edit_state import EditState
from elancry.eaf.elements import make
from elancry.eaf.slots import UNKNOWN, parse_time, read_slots
from elancry.eaf.tree_edits import highest_number, remove_element

_MARGIN = "\n        "
_CLOSING = "\n    "


class SlotEdits(EditState):
    """The part of the editor for TIME_ORDER."""

    def __init__(self, root: etree._Element, name: str) -> None:
        super().__init__(root, name)
        self._known_times: dict[str, int | None] | None = None
        self._last_slot = 0
        # New slots: id -> the time it sorts by (an unaligned one stays behind the aligned one before it).
        self._new_slots: dict[str, int] = {}
        self._maybe_unused: set[str] = set()

    @property
    def _slot_times(self) -> dict[str, int | None]:
        """Times of all slots by id, `None` for unaligned ones."""
        if self._known_times is None:
            slots = read_slots(self._root)
            times = slots.time_ms.tolist()
            self._known_times = {
                name: None if times[place] == UNKNOWN else times[place]
                for name, place in slots.index.items()
                if name is not None
            }
            self._last_slot = highest_number(self._known_times, "ts")
        return self._known_times

    def _slot_time(self, slot_id: str | None) -> int | None:
        """The time of a slot in ms, `None` for an unaligned or unknown one."""
        return self._slot_times.get(slot_id or "")

    def _new_slot(self, time_ms: int | None, sort_ms: int) -> str:
        """The id of a new slot; `sort_ms` places an unaligned one."""
        times, taken = self._slot_times, self._used_ids
        self._last_slot += 1
        while (name := f"ts{self._last_slot}") in taken:
            self._last_slot += 1
        times[name] = time_ms
        taken.add(name)
        self._new_slots[name] = sort_ms
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
            used = set(query(f"descendant::{ALIGNED}/@TIME_SLOT_REF1")(self._root))
            used.update(query(f"descendant::{ALIGNED}/@TIME_SLOT_REF2")(self._root))
            unused = self._maybe_unused - used
            for name in unused:
                self._new_slots.pop(name, None)
            for element in list(order.iterchildren("TIME_SLOT")) if unused else []:
                if element.get("TIME_SLOT_ID") in unused:
                    remove_element(element)
        waiting = sorted(self._new_slots.items(), key=lambda pair: pair[1])
        times = self._slot_times
        _merge(order, [sort_ms for _, sort_ms in waiting], _slot_elements([(name, times[name]) for name, _ in waiting]))


def _slot_elements(slots: list[tuple[str, int | None]]) -> list[etree._Element]:
    """New TIME_SLOT elements, made by the parser: faster than one by one. Ids are `ts<N>`, nothing to quote."""
    lines = [
        f'<TIME_SLOT TIME_SLOT_ID="{name}"/>'
        if time is None
        else f'<TIME_SLOT TIME_SLOT_ID="{name}" TIME_VALUE="{time}"/>'
        for name, time in slots
    ]
    return list(etree.fromstring(f"<TIME_ORDER>{_MARGIN.join(lines)}{_MARGIN if lines else ''}</TIME_ORDER>"))


def _merge(order: etree._Element, sort_ms: list[int], waiting: list[etree._Element]) -> None:
    """Insert slots sorted by time before the first slot that is later; slots already there keep their order.

    Every one of `waiting` carries the margin of the next line as its tail.
    """
    if not waiting:
        return
    if len(order) == 0:
        order.text = _MARGIN
    place = 0
    for present in list(order):
        time = parse_time(present.get("TIME_VALUE")) if present.tag == "TIME_SLOT" else None
        while time is not None and place < len(waiting) and sort_ms[place] < time:
            present.addprevious(waiting[place])
            place += 1
        if place == len(waiting):
            return
    if len(order):
        order[-1].tail = _MARGIN
    order.extend(waiting[place:])
    order[-1].tail = _CLOSING
