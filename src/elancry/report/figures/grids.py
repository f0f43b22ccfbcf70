"""Grids: confusion of categories between raters, co-occurrence of two systems."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from elancry.report.figures.style import INK, QUIET, TWO_COLUMNS, Drawing, canvas, wrapped
from elancry.report.names import ink_on
from elancry.report.numbers import interval, number
from elancry.report.rows import Row, distinct
from elancry.report.view import SIGNIFICANT, View, slug, tier_slug

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PANELS = 6
"""Pairs of raters that a figure has room for."""


def panels(categories: int) -> int:
    """Pairs of raters that a confusion figure of so many categories has room for."""
    return PANELS if categories <= 12 else 4 if categories <= 20 else 1


def confusion_figure(system: str, tier: str, rows: list[Row], view: View) -> Drawing | None:
    """A panel for each pair of raters of a tier (the first six pairs): each row's time, or given units, in percent."""
    if not rows:
        return None
    of_labels = rows[0]["kind"] == "label"
    caption = view.words(
        "figure.confusion.label" if of_labels else "figure.confusion", system=view.names.tier(system, tier)
    )
    alt = view.words("figure.confusion.alt")
    return Drawing(tier_slug("confusion", system, tier), caption, alt, _confusion(system, rows, view))


def _confusion(system: str, rows: list[Row], view: View) -> Figure:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex
    from matplotlib.patches import Rectangle

    categories = view.names.order(system, [row[side] for row in rows for side in ("category_a", "category_b")])
    k = len(categories)
    pairs = distinct(rows, "rater_a", "rater_b")[: panels(k)]
    many = k > 6
    # With dozens of categories a label has one line only.
    room = (34 if many else 26, 1 if k > 12 else 2)
    labels = [wrapped(view.names.category(system, category), *room) for category in categories]
    columns = min(3 if k <= 12 else 2 if k <= 20 else 1, len(pairs))
    lines = math.ceil(len(pairs) / columns)
    margin = 2.1 if many else 1.75
    side = (TWO_COLUMNS - margin - 0.15) / columns
    side = min(side, 0.42 * k)
    top, between, bottom = (
        0.3,
        0.35,
        0.12 + (0.045 if many else 0.056) * max(len(line) for label in labels for line in label.split("\n")),
    )
    height = top + lines * side + (lines - 1) * between + bottom
    figure = canvas(height)
    place = {c: i for i, c in enumerate(categories)}
    colour_of = colormaps["Blues"]
    for index, (rater_a, rater_b) in enumerate(pairs):
        values = np.zeros((k, k))
        for row in rows:
            if (row["rater_a"], row["rater_b"]) == (rater_a, rater_b):
                values[place[row["category_a"]], place[row["category_b"]]] += row["value"] or 0
        line, column = divmod(index, columns)
        x = margin + column * side
        y = height - top - (line + 1) * side - line * between
        axes = figure.add_axes((x / TWO_COLUMNS, y / height, (side - 0.08) / TWO_COLUMNS, (side - 0.08) / height))
        totals = values.sum(axis=1, keepdims=True)
        share = np.divide(values, totals, out=np.full_like(values, np.nan), where=totals > 0)
        axes.imshow(np.nan_to_num(share), cmap=colour_of, vmin=0, vmax=1, aspect="auto")
        for i in range(k):
            for j in range(k):
                if np.isnan(share[i, j]):
                    axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor="white", edgecolor="none"))
                    continue
                percent = round(100 * float(share[i, j]))
                if percent:
                    ink = ink_on(to_hex(colour_of(float(share[i, j]))))
                    size = min(7.5, 72 * (side / k) * 0.42)
                    axes.text(j, i, f"{percent}", ha="center", va="center", fontsize=size, color=ink)
            axes.add_patch(Rectangle((i - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=0.6))
        axes.set_title(f"{rater_a} ↓   {rater_b} →", fontsize=8, pad=4)
        axes.set_xticks(range(k), labels if line == lines - 1 or index + columns >= len(pairs) else [], rotation=90)
        axes.set_yticks(range(k), labels if column == 0 else [])
        axes.tick_params(length=0, labelsize=min(5.3 if many else 6.5, 62 * side / k), pad=2)
        for spine in axes.spines.values():
            spine.set_color(QUIET)
    return figure


def cooccurrence_figure(rows: list[Row], view: View) -> Drawing:
    """A map of joint over expected time, with its interval, for a pair of systems, the fewer categories as columns."""
    pair = rows[0]["system_a"], rows[0]["system_b"]
    alt = view.words("figure.cooccurrence.alt", first=view.names.system(pair[0]), second=view.names.system(pair[1]))
    return Drawing(slug("cooccurrence", *pair), view.words("figure.cooccurrence"), alt, _map(rows, view))


def _map(rows: list[Row], view: View) -> Figure:
    from matplotlib import colormaps
    from matplotlib.colors import TwoSlopeNorm, to_hex
    from matplotlib.patches import Rectangle

    down, across = "b", "a"
    if len(distinct(rows, "category_a")) > len(distinct(rows, "category_b")):
        down, across = "a", "b"
    names = view.names
    system_down, system_across = rows[0][f"system_{down}"], rows[0][f"system_{across}"]
    categories_down = names.order(system_down, [row[f"category_{down}"] for row in rows])
    categories_across = names.order(system_across, [row[f"category_{across}"] for row in rows])
    left, bottom, cell_height = 2.55, 0.62, 0.38
    width = min(TWO_COLUMNS - left - 0.2, 1.05 * len(categories_across))
    cell_width = width / len(categories_across)
    # Narrow columns have their labels upright, on one line, and smaller numbers.
    narrow = cell_width < 0.8
    room_across = (30, 1) if narrow else (16, 3)
    labels_across = [wrapped(names.category(system_across, c), *room_across) for c in categories_across]
    labels_down = [wrapped(names.category(system_down, c), 38, 2) for c in categories_down]
    lines = 0.062 * max(map(len, labels_across)) if narrow else 0.13 * max(x.count("\n") + 1 for x in labels_across)
    top = 0.3 + lines
    height = top + cell_height * len(categories_down) + bottom
    figure = canvas(height)
    area = (left / TWO_COLUMNS, bottom / height, width / TWO_COLUMNS, cell_height * len(categories_down) / height)
    axes = figure.add_axes(area)
    ratios = [row["ratio"] for row in rows if row["ratio"] is not None and row["ratio"] > 0]
    most = min(3.0, max([0.5, *(abs(math.log2(ratio)) for ratio in ratios)]))
    norm = TwoSlopeNorm(0, -most, most)
    colours = colormaps["PuOr_r"]
    for row in rows:
        x = categories_across.index(row[f"category_{across}"])
        y = categories_down.index(row[f"category_{down}"])
        ratio = row["ratio"]
        if ratio is None:
            axes.add_patch(
                Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor="white", edgecolor=QUIET, hatch="////", linewidth=0)
            )
            continue
        position = float(norm(max(-most, min(most, math.log2(ratio))) if ratio > 0 else -most))
        colour = to_hex(colours(position))
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=1))
        mark = ""
        if row["p_holm"] is not None and row["p_holm"] < SIGNIFICANT:
            mark = " **"
        elif row["p_permutation"] is not None and row["p_permutation"] < SIGNIFICANT:
            mark = " *"
        weight = "bold" if mark == " **" else "normal"
        text = number(ratio) + mark
        size = min(7.5, 72 * cell_width * 0.24)
        limits = interval(row["ratio_low"], row["ratio_high"], zero=True) if row["ratio_low"] is not None else ""
        ink = ink_on(colour)
        up = 0.14 if limits else 0.0
        axes.text(x, y - up, text, ha="center", va="center", fontsize=size, color=ink, weight=weight)
        small = min(5.5, 72 * cell_width * 0.13)
        axes.text(x, y + 0.25, limits, ha="center", va="center", fontsize=small, color=ink)
    axes.set_xlim(-0.5, len(categories_across) - 0.5)
    axes.set_ylim(len(categories_down) - 0.5, -0.5)
    axes.set_xticks(range(len(categories_across)), labels_across, rotation=90 if narrow else 0)
    axes.set_yticks(range(len(categories_down)), labels_down)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar = figure.add_axes((left / TWO_COLUMNS, 0.36 / height, min(width, 2.6) / TWO_COLUMNS, 0.11 / height))
    steps = np.linspace(-most, most, 64)[np.newaxis, :]
    bar.imshow(steps, cmap=colours, norm=norm, aspect="auto", extent=(-most, most, 0, 1))
    ticks = [x for x in (-3, -2, -1, 0, 1, 2, 3) if abs(x) <= most] if most >= 1 else [-most, 0, most]
    bar.set_xticks(ticks, [f"{2.0**x:.3g}" for x in ticks])
    bar.set_yticks([])
    bar.tick_params(length=2, labelsize=6.5, pad=1.5)
    bar.set_xlabel(view.words("axis.ratio"), fontsize=7, labelpad=1)
    for spine in bar.spines.values():
        spine.set_visible(False)
    return figure
