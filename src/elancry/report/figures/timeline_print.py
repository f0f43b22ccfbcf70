"""A sequence's timeline for print: the layout of the SVG drawn once more with matplotlib, as PDF and as PNG of 300 dpi.

Few artists and one font, since a study has many sequences: all bars are one collection, nothing is bold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from elancry.processes import parallel_map
from elancry.report.blocks import Strip
from elancry.report.figures.style import GRID, QUIET, TWO_COLUMNS, pdf_bytes, png_bytes, style
from elancry.report.figures.timeline import LEFT, TOP, WIDTH, bar_label
from elancry.report.figures.timeline_legend import legend_of
from elancry.report.names import printable
from elancry.report.strip_layout import lay_out
from elancry.report.words import Words

PX = TWO_COLUMNS / WIDTH
"""Inches of a px of the layout."""
_POINTS = 72 * PX
"""Points of a px."""
FEW = 24
"""Sequences below which starting other processes takes longer than drawing."""
_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def timeline_figure(strip: Strip, words: Words) -> Figure:
    """The strip as a figure two journal columns wide; to be drawn inside `style()`."""
    layout = lay_out(strip, words)
    legend = legend_of(strip, WIDTH)
    height = layout.height + TOP + 4 + legend.height
    span = WIDTH - LEFT - 8
    figure = Figure(figsize=(TWO_COLUMNS, height * PX))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()

    def write(x: float, y: float, text: str, px: float, **look: Any) -> None:
        axes.text(x, y, printable(text), fontsize=px * _POINTS, va="baseline", **look)

    write(0, 12, strip.title, 10)
    ticks = [LEFT + float(tick.x) * span / 100 for tick in layout.ticks]
    axes.vlines(ticks, TOP, TOP + layout.height - 17, color=GRID, linewidth=0.6, zorder=0.5)
    for x, tick in zip(ticks, layout.ticks, strict=True):
        write(x, TOP + layout.height - 5, tick.text, 8.5, ha=_ALIGN[tick.anchor])
    for row in layout.rows:
        y = TOP + row.y + row.height // 2 + 4
        if row.kind == "head":
            write(0, y, row.text, 10)
            continue
        write(LEFT - 8, y, row.text, 8 if row.kind == "mark" else 10, ha="right")
        if row.kind == "rater":
            axes.add_patch(Rectangle((LEFT, TOP + row.y), span, row.height, facecolor="#F1F2F4", zorder=0.4))
    coded: list[tuple[Rectangle, str]] = []
    missing: list[Rectangle] = []
    for bar in layout.bars:
        x, width = LEFT + float(bar.x) * span / 100, float(bar.width) * span / 100
        box = Rectangle((x, TOP + bar.y), width, bar.height)
        if bar.kind == "missing":
            missing.append(box)
        else:
            coded.append((box, bar.fill))
        if label := bar_label(bar, width):
            write(x + 3, TOP + bar.y + 14, label, 10, color=bar.ink or QUIET)
    for entry in legend.entries:
        top = layout.height + TOP + 4 + entry.y
        if entry.colour:
            coded.append((Rectangle((entry.x, top + 2), 8, 8), entry.colour))
        write(entry.x + (12 if entry.colour else 0), top + 9.5, entry.text, 9)
    boxes = PatchCollection([box for box, _ in coded], facecolor=[fill for _, fill in coded], edgecolor="white")
    boxes.set_linewidth(0.4)
    axes.add_collection(boxes, autolim=False)
    if missing:
        empty = PatchCollection(missing, facecolor="none", edgecolor=QUIET, linestyle=(0, (3, 3)))
        empty.set_linewidth(0.6)
        axes.add_collection(empty, autolim=False)
    return figure


def timeline_prints(strips: Sequence[Strip], language: str) -> list[tuple[bytes, bytes]]:
    """PDF and PNG of each strip; a piece of work that can be given to another process."""
    words, made = Words(language), []
    with style():
        for strip in strips:
            figure = timeline_figure(strip, words)
            made.append((pdf_bytes(figure), png_bytes(figure)))
    return made


def all_prints(strips: Sequence[Strip], language: str, *, jobs: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """The same for a whole study, one after the other, by `jobs` processes where there is enough to share out."""
    parts = [(strips[first : first + FEW // 2], language) for first in range(0, len(strips), FEW // 2)]
    for made in parallel_map(timeline_prints, parts, jobs=jobs if len(strips) >= FEW else 1):
        yield from made
