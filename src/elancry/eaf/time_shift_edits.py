"""Edits of all times at once: every time slot moved, or the begin of the media moved instead."""

from __future__ import annotations

from elancry.eaf.elements import set_attribute
from elancry.eaf.slot_edits import SlotEdits
from elancry.eaf.slots import LATEST_MS, parse_time
from elancry.errors import UsageError


class TimeShiftEdits(SlotEdits):
    """The part of the editor that moves the whole time line."""

    def shift_slots(self, by_ms: int) -> None:
        """Move every time slot by `by_ms`; what would lie before 0 comes to lie at 0.

        Unaligned slots, and texts that are no times, stay: the former lie between their neighbours as before. It is
        for the caller to remove or refuse annotations that would lose their length or their begin.
        """
        slots = list(self._root.iterfind("TIME_ORDER/TIME_SLOT"))
        times = [parse_time(slot.get("TIME_VALUE")) for slot in slots]
        known = [time for time in times if time is not None]
        known += [time for name, time in self._slot_times.items() if name in self._new_slots and time is not None]
        if known and max(known) + by_ms >= LATEST_MS:
            raise UsageError(f"{self._label}times cannot be moved by {by_ms} ms: that is later than a file can hold")
        for slot, time in zip(slots, times, strict=True):
            if time is not None:
                slot.set("TIME_VALUE", str(max(0, time + by_ms)))
        for name, time in self._slot_times.items():
            if time is not None:
                self._slot_times[name] = max(0, time + by_ms)
        for name, time in self._new_slots.items():
            self._new_slots[name] = max(0, time + by_ms)
        self._forget_orders()

    def shift_origins(self, by_ms: int) -> None:
        """Move the place in the media where the annotations' time 0 lies (TIME_ORIGIN), for media and linked files.

        Annotations then show what lies `by_ms` later in the recording, and their times stay. Raises UsageError where
        an origin would lie before the begin of its file, or is no whole number.
        """
        kinds = ("HEADER/MEDIA_DESCRIPTOR", "HEADER/LINKED_FILE_DESCRIPTOR")
        elements = [element for kind in kinds for element in self._root.iterfind(kind)]
        origins = []
        for element in elements:
            text = (element.get("TIME_ORIGIN") or "0").strip()
            name = element.get("MEDIA_URL") or element.get("LINK_URL") or "a medium"
            if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 15):
                raise UsageError(f"{self._label}the TIME_ORIGIN {text!r} of {name} is no number of milliseconds")
            if int(text) + by_ms < 0:
                raise UsageError(
                    f"{self._label}time 0 would lie {-int(text) - by_ms} ms before the begin of {name}",
                    hint="Shift the annotations instead, or by less.",
                )
            origins.append(int(text) + by_ms)
        for element, origin in zip(elements, origins, strict=True):
            set_attribute(element, "TIME_ORIGIN", str(origin))

    def _forget_orders(self) -> None:
        raise NotImplementedError
