"""How many raters are enough: one panel a category, the coefficient of the mean of 1 to 8 raters with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from elancry.report.figures.style import ACCENT, GRID, INK, QUIET, TWO_COLUMNS, Drawing, canvas, wrapped
from elancry.report.numbers import coefficient
from elancry.report.rows import Row, distinct
from elancry.report.view import View, slug

if TYPE_CHECKING:
    from matplotlib.axes import Axes

AIMS = (0.75, 0.90)
COLUMNS = 4
PANEL = 1.35
"""Height of a panel with its title, in inches."""


def raters_needed_figure(system: str, tier: str, rows: list[Row], view: View) -> Drawing | None:
    """The figure of one score of a system, or of one `tier` of it, from its rows of the generalizability table."""
    shown = [row for row in rows if row["absolute"] is not None]
    categories = view.names.order(system, [category for (category,) in distinct(shown, "category")])
    if not categories:
        return None
    words, score = view.words, shown[0]["variant"]
    lines = math.ceil(len(categories) / COLUMNS)
    height = lines * PANEL + 0.35
    figure = canvas(height)
    width = (TWO_COLUMNS - 0.45) / COLUMNS
    for index, category in enumerate(categories):
        line, column = divmod(index, COLUMNS)
        axes = figure.add_axes(
            (
                (0.4 + column * width) / TWO_COLUMNS,
                (height - (line + 1) * PANEL + 0.12) / height,
                (width - 0.14) / TWO_COLUMNS,
                (PANEL - 0.5) / height,
            )
        )
        _panel(axes, [row for row in shown if row["category"] == category])
        axes.set_title(wrapped(view.names.category(system, category), 26, 2), fontsize=7.5, pad=3)
        if column:
            axes.tick_params(axis="y", labelleft=False)
        if index + COLUMNS >= len(categories):
            axes.set_xlabel(words("axis.raters"), labelpad=1)
    named = view.names.tier(system, tier) if tier else view.names.system(system)
    caption = words("figure.raters_needed", system=named, score=words.get(f"score.{score}", score))
    most = max(row["k"] for row in shown)
    alt = "; ".join(
        f"{view.names.category(system, row['category'])} {coefficient(row['absolute'])}"
        for row in shown
        if row["k"] == most
    )
    name = slug("raters-needed", system, tier if tier != system else "", score)
    return Drawing(name, caption, words("figure.raters_needed.alt", k=str(most), rows=alt), figure)


def _panel(axes: Axes, rows: list[Row]) -> None:
    k = [row["k"] for row in rows]
    bands = [row for row in rows if row["absolute_low"] is not None]
    axes.fill_between(
        [row["k"] for row in bands],
        [row["absolute_low"] for row in bands],
        [row["absolute_high"] for row in bands],
        color=ACCENT, alpha=0.18, linewidth=0,
    )  # fmt: skip
    axes.hlines(AIMS, 1, k[-1], color=GRID, linewidth=0.8, zorder=0)
    axes.plot(k, [row["relative"] for row in rows], color=QUIET, linewidth=1, linestyle="--")
    axes.plot(k, [row["absolute"] for row in rows], color=ACCENT, linewidth=1.3, marker="o", markersize=2.5)
    # How many raters there were.
    here = [row for row in rows if row["k"] == row["n_raters"]]
    axes.plot(
        [row["k"] for row in here], [row["absolute"] for row in here], color=INK, marker="o", markersize=4.5,
        linestyle="none",
    )  # fmt: skip
    axes.set_ylim(-0.02, 1.02)
    axes.set_xticks(k)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 0.9])
    axes.yaxis.set_major_formatter(lambda value, _: coefficient(value) if value else "0")
    axes.tick_params(labelsize=6.5, length=2)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
