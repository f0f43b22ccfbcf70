"""Where the bars of a timeline strip stand: positions in percent of its length, so that zooming is only a width.

Plain SVG without a library: a few thousand rectangles are light for every browser, print sharply, need no script to be
seen, and nothing has to be kept up to date.
"""

from __future__ import annotations

from dataclasses import dataclass

from elancry.report.blocks import Lane, Strip
from elancry.report.names import ink_on
from elancry.report.numbers import clock, length
from elancry.report.words import Words

LANE = 20
"""Height of a rater's row in px."""
MARK = 9
"""Height of the row of disagreement marks."""
GAP = 8
"""Space between tiers."""
AXIS = 22
WIDE_ENOUGH = 2.2
"""Percent of the strip from which a bar carries its label."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle: x and width in percent, y and height in px; `title` is what pointing at it shows,
    `text` the label where the page has room for it."""

    x: str
    width: str
    y: int
    height: int
    fill: str
    ink: str
    kind: str
    rater: str
    category: str
    label: str
    text: str
    title: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Row:
    """The label of a row at its height; `head` rows name a tier. `whole` is the name before it was cut to fit."""

    y: int
    height: int
    text: str
    kind: str
    whole: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the time axis."""

    x: str
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A strip laid out."""

    strip: Strip
    height: int
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def lay_out(strip: Strip, words: Words) -> Layout:
    """Rows from top to bottom: each tier's name, its raters, its disagreements; then the time axis."""
    y = 2
    rows: list[Row] = []
    bars: list[Bar] = []
    tier: str | None = None
    for lane in strip.lanes:
        if lane.system_label != tier:
            y += GAP if tier is not None else 0
            rows.append(Row(y, 16, lane.system_label, "head", lane.system_label))
            y += 17
            tier = lane.system_label
        height = LANE if lane.rater else MARK
        name = lane.rater or words("lane.disagreement")
        rows.append(
            Row(y, height, name if len(name) <= 15 else f"{name[:14]}…", "rater" if lane.rater else "mark", name)
        )
        bars += _bars(lane, strip, y, height)
        y += height + 1
    return Layout(strip, y + AXIS, tuple(rows), tuple(bars), _ticks(strip))


def _percent(ms: int, strip: Strip) -> str:
    return f"{100 * (ms - strip.start_ms) / max(1, strip.end_ms - strip.start_ms):.3f}".rstrip("0").rstrip(".")


def _bars(lane: Lane, strip: Strip, y: int, height: int) -> list[Bar]:
    bars = []
    for stretch in lane.stretches:
        duration = stretch.end_ms - stretch.start_ms
        width = 100 * duration / max(1, strip.end_ms - strip.start_ms)
        who = f"{lane.rater} · {stretch.label}" if lane.rater else stretch.label
        bars.append(
            Bar(
                x=_percent(stretch.start_ms, strip),
                width=f"{width:.3f}".rstrip("0").rstrip("."),
                y=y,
                height=height,
                fill=stretch.colour,
                ink=ink_on(stretch.colour) if stretch.colour else "",
                kind=stretch.kind,
                rater=lane.rater,
                category=f"{lane.system}/{stretch.category}" if stretch.category else "",
                label=stretch.label,
                text=stretch.label if stretch.kind != "disagreement" and width >= WIDE_ENOUGH else "",
                title=f"{who} · {clock(stretch.start_ms)} – {clock(stretch.end_ms)} ({length(duration)})",
                start_ms=stretch.start_ms,
                end_ms=stretch.end_ms,
            )
        )
    return bars


_STEPS = [
    n * unit
    for unit, counts in ((1000, (1, 2, 5, 10, 15, 30)), (60_000, (1, 2, 5, 10, 15, 30)), (3_600_000, (1, 2, 6, 12, 24)))
    for n in counts
]


def _ticks(strip: Strip) -> tuple[Tick, ...]:
    """Round clock times, about seven of them however long the strip is, the first and last kept inside."""
    span = strip.end_ms - strip.start_ms
    # A broken file can claim years: beyond the round steps, as many whole days as it takes.
    day = _STEPS[-1]
    step = next((step for step in _STEPS if span <= 7 * step), day * -(-span // (7 * day)))
    first = -(-strip.start_ms // step) * step
    ticks = []
    for ms in range(first, strip.end_ms + 1, step):
        place = 100 * (ms - strip.start_ms) / max(1, span)
        anchor = "start" if place < 3 else "end" if place > 97 else "middle"
        ticks.append(Tick(_percent(ms, strip), clock(ms).removesuffix(".000"), anchor))
    return tuple(ticks)
