"""Coefficient plots: one panel an outcome, one row a predictor, standardised slopes with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from elancry.report.figures.style import ACCENT, GRID, QUIET, TWO_COLUMNS, Drawing, bare, canvas, wrapped
from elancry.report.numbers import coefficient
from elancry.report.rows import Row
from elancry.report.view import View, significant, slug

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TOO_WIDE = 3.0
"""Times the end that nine tenths of the intervals stay within: beyond, the axis is cut and an arrow says so."""


def coefficient_figure(rows: list[Row], view: View) -> Drawing | None:
    """The figure of one direction and score, from its cluster-robust slopes."""
    if not rows:
        return None
    words, names = view.words, view.names
    outcomes, predictors, score = (rows[0][name] for name in ("outcome_system", "predictor_system", "score"))
    direction = words("direction", outcomes=names.system(outcomes), predictors=names.system(predictors))
    caption = words("figure.coefficients", direction=direction, score=words.get(f"score.{score}", score))
    if any(end > _limit(rows) for end in _ends(rows)):
        caption = words("figure.arrows", caption=caption)
    name = slug("coefficients", outcomes, predictors, score)
    return Drawing(name, caption, words("figure.coefficients.alt"), _panels(rows, view))


def _panels(rows: list[Row], view: View) -> Figure:
    names = view.names
    outcomes = names.order(rows[0]["outcome_system"], [row["outcome"] for row in rows])
    terms = names.order(rows[0]["predictor_system"], [row["term"] for row in rows])
    titles = [wrapped(names.category(rows[0]["outcome_system"], outcome), 24) for outcome in outcomes]
    labels = [wrapped(names.category(rows[0]["predictor_system"], term), 34, 2) for term in terms]
    columns = min(len(outcomes), 4 if len(outcomes) in (4, 7, 8) else 3)
    lines = math.ceil(len(outcomes) / columns)
    row_height = 0.155 * max(label.count("\n") + 1 for label in labels) + 0.06
    panel = row_height * len(terms) + 0.1
    title = 0.12 + 0.14 * max(text.count("\n") + 1 for text in titles)
    bottom = 0.3
    height = lines * (panel + title + 0.2) + bottom
    left = min(2.3, 0.3 + 0.062 * max(len(line) for label in labels for line in label.split("\n")))
    width = (TWO_COLUMNS - left - 0.1) / columns
    figure = canvas(height)
    limit = _limit(rows)
    for index, outcome in enumerate(outcomes):
        line, column = divmod(index, columns)
        y = height - (line + 1) * (panel + title) - line * 0.2
        axes = figure.add_axes(
            ((left + column * width) / TWO_COLUMNS, y / height, (width - 0.14) / TWO_COLUMNS, panel / height)
        )
        axes.set_xlim(-limit, limit)
        axes.set_ylim(len(terms) - 0.4, -0.6)
        axes.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
        axes.hlines(range(len(terms)), -limit, limit, color=GRID, linewidth=0.5, zorder=0)
        here = [row for row in rows if row["outcome"] == outcome and row["beta"] is not None]
        _marks(axes, [(terms.index(row["term"]), row) for row in here], limit)
        axes.set_title(titles[index], fontsize=7.5, pad=3)
        axes.set_yticks(range(len(terms)), labels if column == 0 else [])
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(lambda value, _: coefficient(value, 1) if abs(value) > 1e-9 else "0")
        axes.tick_params(axis="x", labelsize=6.5, length=2)
        axes.tick_params(axis="y", labelsize=7)
        bare(axes)
        if index + columns >= len(outcomes):
            axes.set_xlabel(view.words("axis.beta"), labelpad=1)
    return figure


def _limit(rows: list[Row]) -> float:
    """Half width of the axis: everything fits, unless a few intervals are so wide that nothing else could be read."""
    ends = _ends(rows)
    points = [abs(row["beta"]) for row in rows if row["beta"] is not None]
    most = ends[math.floor(0.9 * (len(ends) - 1))] if ends else 1.0
    widest = ends[-1] if ends and ends[-1] <= TOO_WIDE * most else most
    return 1.08 * float(max([0.1, widest, *points]))


def _ends(rows: list[Row]) -> list[float]:
    """The farther end of each interval, ascending."""
    return sorted(
        max(abs(row["beta_ci_low"]), abs(row["beta_ci_high"])) for row in rows if row["beta_ci_low"] is not None
    )


def _marks(axes: Axes, placed: list[tuple[int, Row]], limit: float) -> None:
    """Intervals and points of one panel; few artists, since each takes its time in every format."""
    lines = [(at, r["beta_ci_low"], r["beta_ci_high"]) for at, r in placed if r["beta_ci_low"] is not None]
    axes.hlines(
        [at for at, _, _ in lines],
        [max(low, -limit) for _, low, _ in lines],
        [min(high, limit) for _, _, high in lines],
        color=ACCENT,
        linewidth=1.2,
    )
    for at, low, high in lines:
        # An arrow says that the interval goes on beyond the panel.
        for end, marker, cut in ((-limit, "<", low < -limit), (limit, ">", high > limit)):
            if cut:
                axes.plot([end * 0.985], [at], marker=marker, color=ACCENT, markersize=3, linestyle="none")
    for filled in (False, True):
        shown = [(row["beta"], at) for at, row in placed if significant(row["p_holm"]) is filled]
        axes.plot(
            [x for x, _ in shown], [at for _, at in shown], marker="o", markersize=4, linestyle="none",
            markeredgecolor=ACCENT, markerfacecolor=ACCENT if filled else "white", markeredgewidth=1,
        )  # fmt: skip
