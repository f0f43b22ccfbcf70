"""The time slots of several files in one TIME_ORDER, quickly: a file has ten thousands of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from xml.sax.saxutils import quoteattr

from lxml import etree

from elancry.eaf.columns import query
from elancry.eaf.slots import parse_time

_SLOT = '\n        <TIME_SLOT TIME_SLOT_ID="%s" TIME_VALUE="%s"/>'


class Slots:
    """The time slots of the merged file: id, ms to sort by, and TIME_VALUE (`None`: a slot without a time)."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._times: list[int] = []
        self._values: list[str | None] = []

    def add(self, names: Sequence[str], times: Sequence[int], values: Sequence[str | None]) -> None:
        """Append slots."""
        self._names += names
        self._times += times
        self._values += values

    def time_order(self) -> etree._Element:
        """All slots by time, equal times in the order in which they came.

        Written and parsed as text, which is much faster than element by element.
        """
        names, values = self._names, self._values
        order = sorted(range(len(names)), key=self._times.__getitem__)
        plain = [value for value in values if value]
        if order and len(plain) == len(values) and "".join(plain).isdecimal():
            cells = chain.from_iterable((names[place], values[place]) for place in order)
            inside = _SLOT * len(order) % tuple(cells)
            return etree.fromstring(f"<TIME_ORDER>{inside}\n    </TIME_ORDER>")
        lines = []
        for place in order:
            value = values[place]
            if value is None:
                lines.append(f'<TIME_SLOT TIME_SLOT_ID="{names[place]}"/>')
            elif value.isdecimal():
                lines.append(f'<TIME_SLOT TIME_SLOT_ID="{names[place]}" TIME_VALUE="{value}"/>')
            else:
                lines.append(f'<TIME_SLOT TIME_SLOT_ID="{names[place]}" TIME_VALUE={quoteattr(value)}/>')
        inside = "\n        ".join(["", *lines]) + "\n    " if lines else ""
        return etree.fromstring(f"<TIME_ORDER>{inside}</TIME_ORDER>")


def slots_of(root: etree._Element) -> tuple[list[str], list[str | None]]:
    """The ids and TIME_VALUEs (or `None`) of all time slots, in the file's order."""
    ids: list[str] = query("TIME_ORDER/TIME_SLOT/@TIME_SLOT_ID")(root)
    values: list[str | None] = query("TIME_ORDER/TIME_SLOT/@TIME_VALUE")(root)
    if len(ids) == len(values) == int(query("count(TIME_ORDER/TIME_SLOT)")(root)):  # every slot has both, as is usual
        return ids, values
    slots = root.findall("TIME_ORDER/TIME_SLOT")
    return [slot.get("TIME_SLOT_ID", "") for slot in slots], [slot.get("TIME_VALUE") for slot in slots]


def times_of(texts: Sequence[str | None], shift_ms: int) -> tuple[list[int], list[str | None]]:
    """The ms to sort slots by, and their TIME_VALUEs, shifted; one without a time stays behind the one before."""
    plain = [text for text in texts if text]
    if len(plain) == len(texts) and "".join(plain).isdecimal():
        times = [int(text) + shift_ms for text in plain]
        return times, [str(time) for time in times] if shift_ms else list(plain)
    times, values, latest = [], [], 0
    for text in texts:
        time = parse_time(text)
        if time is not None:
            latest = time + shift_ms
            text = str(latest)
        times.append(latest)
        values.append(text)
    return times, values
