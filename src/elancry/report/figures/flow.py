"""The flow of the coding: from the files to what entered each kind of number, in the manner of a CONSORT diagram.

The trunk runs down on the left: files, annotations, what entered. What left it stands beside it on the right, with its
reasons. The numbers are those of the table `flow`, which add up to what the files hold.

References: Schulz, Altman & Moher (2010) CONSORT 2010 statement. BMJ 340:c332.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from elancry.check.left_out import ENTERED
from elancry.check.roster import passed_words
from elancry.report.figures.style import ACCENT, INK, QUIET, TWO_COLUMNS, Drawing, canvas
from elancry.report.numbers import length, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import View, slug
from elancry.table.flow_words import TIMED, amounts, reasons

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INTERVALS = ("label", "time", "event", "score")

# Inches.
_LINE = 0.155
_PAD = 0.07
_GAP = 0.13
_INDENT = 0.28
_TRUNK = 3.15
_BESIDE = 3.5
_LETTER, _BOLD = 0.063, 0.072
"""Width of a letter of the size used, on average."""


@dataclass(frozen=True)
class Stage:
    """A box of the trunk, as deep in it as it stands under others, and what left the trunk there."""

    depth: int
    title: str
    lines: tuple[str, ...]
    left_title: str = ""
    left: tuple[str, ...] = ()


def flow_figure(system: str, rows: list[Row], view: View) -> Drawing | None:
    """The figure of one system, from all rows of the table `flow`; nothing where nobody coded it."""
    of_system = [row for row in rows if row["system"] == system]
    if not of_system:
        return None
    stages = [_files(rows, view), *_intervals(of_system, view), *_ratings(of_system, view)]
    name = view.names.system(system)
    alt = "; ".join(f"{one.title}: {', '.join((*one.lines, *one.left))}" for one in stages)
    caption = view.words("figure.flow", system=name)
    return Drawing(slug("flow", system), caption, view.words("figure.flow.alt", stages=alt), _drawn(stages))


def entered_of(rows: Sequence[Row], kind: str, view: View) -> tuple[str, ...]:
    """`790 of 812 annotations` and, of what has a length, `2:10:03 h of 2:13:20 h`; of all of them no parts."""
    words, told = view.words, []
    n, ms = amounts(rows, kind, "n_annotations"), amounts(rows, kind, "ms")
    counted = view.words.count("rating" if kind == "rating" else "annotation", sum(n.values()))
    whole_n = n[ENTERED] == sum(n.values())
    told.append(words("flow.all", held=counted) if whole_n else words("flow.of", n=whole(n[ENTERED]), held=counted))
    if kind in TIMED:
        held = length(sum(ms.values()))
        same = ms[ENTERED] == sum(ms.values())
        told.append(held if same else words("flow.of", n=length(ms[ENTERED]), held=held))
    return tuple(told)


def _files(rows: Sequence[Row], view: View) -> Stage:
    words, design = view.words, view.results.design
    counts = [
        words.count("file", len(view.results.provenance.inputs)),
        words.count("session", len(design.sessions)),
        words.count("rater", len(design.raters)),
    ]
    unread = len(distinct((row for row in rows if row["reason"] == "file_unreadable"), "file"))
    left = [said.into(words.language) for said in passed_words(view.results.provenance.passed_over)]
    left += [words("flow.unreadable", n=words.count("file", unread))] if unread else []
    return Stage(0, words("flow.files"), (words.listed(counts),), words("flow.files-left"), tuple(left))


def _intervals(rows: Sequence[Row], view: View) -> list[Stage]:
    words, n = view.words, amounts(rows, "time", "n_annotations")
    if not n:
        return []
    files = len(distinct((row for row in rows if row["kind"] == "time"), "file"))
    counted = words("flow.in", n=words.count("annotation", sum(n.values())), files=words.count("rater_file", files))
    lines = counted, length(sum(amounts(rows, "time", "ms").values()))
    return [
        Stage(1, words("flow.annotations"), lines),
        *(_kind(2, rows, kind, view) for kind in INTERVALS if amounts(rows, kind, "ms")),
    ]


def _ratings(rows: Sequence[Row], view: View) -> list[Stage]:
    return [_kind(1, rows, "rating", view)] if amounts(rows, "rating", "n_annotations") else []


def _kind(depth: int, rows: Sequence[Row], kind: str, view: View) -> Stage:
    left = tuple(reason.into(view.words.language) for reason in reasons(rows, kind))
    title = view.words(f"flow.kind.{kind}")
    return Stage(depth, title, entered_of(rows, kind, view), view.words("flow.left-out"), left)


def _drawn(stages: Sequence[Stage]) -> Figure:
    boxes = [
        (
            _Box(one.title, one.lines, _TRUNK - one.depth * _INDENT),
            _Box(one.left_title if one.left else "", one.left, TWO_COLUMNS - _BESIDE - 0.05),
        )
        for one in stages
    ]
    heights = [2 * _PAD + _LINE * max(len(trunk), len(beside)) for trunk, beside in boxes]
    total = sum(heights) + _GAP * (len(stages) - 1) + 0.1
    figure = canvas(total)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, TWO_COLUMNS)
    axes.set_ylim(total, 0)
    axes.set_axis_off()
    above: dict[int, tuple[float, float]] = {}
    top = 0.05
    for one, (trunk, beside), height in zip(stages, boxes, heights, strict=True):
        x = 0.05 + one.depth * _INDENT
        middle = top + height / 2
        trunk.draw(axes, (x, top, _TRUNK - x, height), ACCENT)
        if one.depth - 1 in above:
            stem, begin = above[one.depth - 1]
            axes.plot([stem, stem], [begin, middle], color=INK, linewidth=0.8, solid_capstyle="butt")
            _arrow(axes, (stem, middle), (x, middle))
            above[one.depth - 1] = stem, middle
        above[one.depth] = x + _INDENT / 2, top + height
        if one.left:
            beside.draw(axes, (_BESIDE, top, TWO_COLUMNS - _BESIDE - 0.05, height), QUIET)
            _arrow(axes, (_TRUNK, middle), (_BESIDE, middle))
        top += height + _GAP
    return figure


class _Box:
    """A title and lines, as they break in a box of some width in inches; its length is the number of lines."""

    def __init__(self, title: str, lines: Sequence[str], width: float) -> None:
        room = width - 2 * _PAD
        self.title = textwrap.wrap(title, int(room / _BOLD))
        self.lines = [part for line in lines for part in textwrap.wrap(line, int(room / _LETTER))]

    def __len__(self) -> int:
        return len(self.title) + len(self.lines)

    def draw(self, axes: Axes, place: tuple[float, float, float, float], edge: str) -> None:
        """The frame at (x, y, width, height), the texts from its top."""
        from matplotlib.patches import Rectangle

        x, y, width, height = place
        axes.add_patch(Rectangle((x, y), width, height, facecolor="white", edgecolor=edge, linewidth=0.9))
        for at, line in enumerate((*self.title, *self.lines)):
            weight = "bold" if at < len(self.title) else "normal"
            axes.text(x + _PAD, y + _PAD + _LINE * (at + 0.5), line, va="center", fontsize=7.5, weight=weight)


def _arrow(axes: Axes, begin: tuple[float, float], end: tuple[float, float]) -> None:
    look = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 7}
    axes.annotate("", end, begin, arrowprops=look)
