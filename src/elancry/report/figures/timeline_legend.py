"""What the colours of a timeline mean, as lines of swatches under its time axis: in print nothing can be pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from elancry.report.blocks import Strip

LINE = 14
"""Height in px of a line of the legend."""
_LETTER = 5.4
_SWATCH, _GAP = 12, 14


@dataclass(frozen=True, slots=True)
class Entry:
    """One label at its place in px from the upper left of the legend; without a colour it names a system."""

    x: float
    y: float
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Legend:
    """All entries, and the height that they take in px."""

    entries: tuple[Entry, ...]
    height: int


def legend_of(strip: Strip, width: int) -> Legend:
    """The categories that occur in `strip`, system by system, on as many lines of `width` px as they need."""
    entries: list[Entry] = []
    x, y = 0.0, 0
    for system, categories in _used(strip):
        if entries:
            x, y = 0.0, y + LINE
        for colour, text in (("", f"{system}:"), *categories):
            wide = (_SWATCH if colour else 0) + _LETTER * len(text) + _GAP
            if x and x + wide > width:
                x, y = 0.0, y + LINE
            entries.append(Entry(x, y, colour, text))
            x += wide
    return Legend(tuple(entries), y + LINE + 4 if entries else 0)


def _used(strip: Strip) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    systems: dict[str, dict[str, str]] = {}
    for lane in strip.lanes:
        for stretch in lane.stretches:
            if stretch.kind == "category":
                systems.setdefault(lane.system_label, {}).setdefault(stretch.label, stretch.colour)
    for system, labels in systems.items():
        # A tier of its own for each category bears the category's name already.
        yield system, [(colour, label) for label, colour in labels.items()]
