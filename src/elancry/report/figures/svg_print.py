"""The drawing of a timeline (`report.timeline.on_paper`) for print: its SVG as PDF and as PNG of 300 dpi.

Few artists and one font, since a study has many sequences: boxes of one look are one collection, nothing is bold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from elancry.processes import parallel_map
from elancry.report.figures.style import TWO_COLUMNS, canvas, pdf_bytes, png_bytes, style
from elancry.report.timeline import LOOK, WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FEW = 24
"""Drawings below which starting other processes takes longer than drawing."""
_INCHES = TWO_COLUMNS / WIDTH
"""Inches of a px."""
_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def svg_figure(svg: str) -> Figure:
    """The rectangles, lines and texts of a drawing in px as a figure; to be drawn inside `style()`."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    root = ElementTree.fromstring(svg)
    height = float(root.get("height", "0"))
    figure = canvas(height * _INCHES)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    boxes: dict[tuple[str, str, bool], list[Rectangle]] = {}
    for element in root:
        classes, tag = element.get("class", "").split(), element.tag.rpartition("}")[2]
        look = dict(element.attrib)
        for name in classes:
            look |= LOOK.get(name, {})
        x, y = float(look.get("x", 0)), float(look.get("y", 0))
        if tag == "line":
            ends = float(look["y1"]), float(look["y2"])
            axes.vlines(float(look["x1"]), *ends, color=look["stroke"], linewidth=0.6, zorder=0.5)
        elif tag == "text":
            size = float(look.get("font-size", "10").removesuffix("px")) * 72 * _INCHES
            align, ink = _ALIGN[look.get("text-anchor", "start")], look.get("fill", root.get("fill"))
            axes.text(x, y, element.text or "", fontsize=size, ha=align, va="baseline", color=ink)
        elif tag == "rect" and classes:
            box = Rectangle((x, y), float(look["width"]), float(look["height"]), facecolor=look["fill"])
            key = (classes[0], look.get("stroke", "none"), "stroke-dasharray" in look)
            boxes.setdefault(key, []).append(box)
    for (kind, edge, dashed), listed in boxes.items():
        fills = [box.get_facecolor() for box in listed]
        group = PatchCollection(listed, facecolor=fills, edgecolor=edge, zorder=0.4 if kind == "lane" else 1)
        group.set_linewidth(0.6 if dashed else 0.4)
        if dashed:
            group.set_linestyle((0, (3, 3)))
        axes.add_collection(group, autolim=False)
    return figure


def prints(svgs: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """PDF and PNG of each drawing; a piece of work that can be given to another process."""
    with style():
        return [(pdf_bytes(figure), png_bytes(figure)) for figure in map(svg_figure, svgs)]


def all_prints(svgs: Sequence[str], *, jobs: int = 1) -> Iterator[tuple[bytes, bytes]]:
    """The same for a whole study, one after the other, by `jobs` processes where there is enough to share out."""
    parts = [(svgs[first : first + FEW // 2],) for first in range(0, len(svgs), FEW // 2)]
    for made in parallel_map(prints, parts, jobs=jobs if len(svgs) >= FEW else 1):
        yield from made
