"""Time slots while annotations are edited: numbered at once, made and put in order at the end, in bulk."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from elancry.eaf.columns import ALIGNED, query
from elancry.eaf.edit.placing import remove_element
from elancry.eaf.edit.tree import Tree
from elancry.eaf.elements import make
from elancry.eaf.ids import highest_number
from elancry.eaf.slots import LATEST_MS, UNKNOWN, parse_time, read_slots
from elancry.errors import UsageError
from elancry.texts import text

_MARGIN = "\n        "
_CLOSING = "\n    "


class TimeOrder:
    """The time slots of a tree; new and unused ones reach TIME_ORDER with `settle`."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._times: dict[str, int | None] | None = None
        self._last_number = 0
        self._new: dict[str, int] = {}
        self._maybe_unused: set[str] = set()

    def time_of(self, slot: str | None) -> int | None:
        """The time of a slot in ms, `None` for an unaligned or unknown one."""
        return self._known.get(slot or "")

    def add(self, time_ms: int) -> str:
        """The id of a new slot.

        `time_ms` is a whole number of ms, 0 or later.
        """
        times, taken = self._known, self._tree.ids
        self._last_number += 1
        while (name := f"ts{self._last_number}") in taken:
            self._last_number += 1
        times[name] = self._new[name] = time_ms
        taken.add(name)
        return name

    def release(self, slots: Iterable[str]) -> None:
        """Drop these slots in the end unless an annotation still has them."""
        self._maybe_unused.update(slots)

    def shift(self, by_ms: int) -> None:
        """Move every slot by `by_ms`, to 0 at the earliest; unaligned slots, and texts that are no times, stay.

        Raises UsageError where a time would be later than a file can hold (2**53 ms).
        """
        slots = [(e, parse_time(e.get("TIME_VALUE"))) for e in self._tree.root.iterfind("TIME_ORDER/TIME_SLOT")]
        latest = max([*self._new.values(), *(time for _, time in slots if time is not None)], default=0)
        if latest + by_ms >= LATEST_MS:
            raise UsageError(text("eaf.times-too-late", label=self._tree.label, by_ms=by_ms))
        for slot, time in slots:
            if time is not None:
                slot.set("TIME_VALUE", str(max(0, time + by_ms)))
        self._new = {name: max(0, time + by_ms) for name, time in self._new.items()}
        self._times = {name: None if time is None else max(0, time + by_ms) for name, time in self._known.items()}

    def settle(self) -> None:
        """Put new slots in their places in TIME_ORDER and drop the released ones that no annotation uses."""
        if not self._new and not self._maybe_unused:
            return
        order = self._tree.root.find("TIME_ORDER")
        if order is None:
            order = make("TIME_ORDER", {})
            self._tree.insert(order)
        if self._maybe_unused:
            used = set(query(f"descendant::{ALIGNED}/@TIME_SLOT_REF1")(self._tree.root))
            used.update(query(f"descendant::{ALIGNED}/@TIME_SLOT_REF2")(self._tree.root))
            unused = self._maybe_unused - used
            for name in unused:
                self._new.pop(name, None)
            for element in list(order.iterchildren("TIME_SLOT")) if unused else []:
                if element.get("TIME_SLOT_ID") in unused:
                    remove_element(element)
        _merge(order, sorted(self._new.items(), key=lambda pair: pair[1]))

    @property
    def _known(self) -> dict[str, int | None]:
        """Times of all slots by id, `None` for unaligned ones."""
        if self._times is None:
            slots = read_slots(self._tree.root)
            times = slots.time_ms.tolist()
            self._times = {
                name: None if times[place] == UNKNOWN else times[place]
                for name, place in slots.index.items()
                if name is not None
            }
            self._last_number = highest_number(self._times, "ts")
        return self._times


def _merge(order: etree._Element, new: list[tuple[str, int]]) -> None:
    """Insert slots, sorted by time, before the first slot that is later; slots already there keep their order."""
    if not new:
        return
    # Made by the parser: faster than one by one. Ids are `ts<N>`, nothing to quote. Each has a margin as its tail.
    lines = [f'<TIME_SLOT TIME_SLOT_ID="{name}" TIME_VALUE="{time}"/>{_MARGIN}' for name, time in new]
    waiting = list(etree.fromstring(f"<TIME_ORDER>{''.join(lines)}</TIME_ORDER>"))
    if len(order) == 0:
        order.text = _MARGIN
    place = 0
    for present in list(order):
        time = parse_time(present.get("TIME_VALUE")) if present.tag == "TIME_SLOT" else None
        while time is not None and place < len(waiting) and new[place][1] < time:
            present.addprevious(waiting[place])
            place += 1
        if place == len(waiting):
            return
    if len(order):
        order[-1].tail = _MARGIN
    order.extend(waiting[place:])
    order[-1].tail = _CLOSING
