"""Figures of single points: differences between two raters' ratings and boundaries, residuals of the regressions."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from elancry.report.figures.grids import PANELS
from elancry.report.figures.style import ACCENT, GRID, INK, QUIET, TWO_COLUMNS, Drawing, bare, canvas, wrapped
from elancry.report.rows import distinct
from elancry.report.view import View, slug, tier_slug

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray


def bland_altman_figure(system: str, view: View) -> Drawing | None:
    """Differences of two raters' ratings against their mean, a panel a pair of raters (the first six)."""
    words, rows = view.words, view.points("bland_altman", system=system)
    if not rows:
        return None
    pairs = distinct(rows, "rater_a", "rater_b")[:PANELS]
    figure, panels = _grid(len(pairs), 3, 2.0)
    most = 1.1 * max(1.0, *(abs(row["difference"]) for row in rows))
    for axes, (a, b) in zip(panels, pairs, strict=True):
        of_pair = [row for row in rows if (row["rater_a"], row["rater_b"]) == (a, b)]
        counts = Counter((row["mean"], row["difference"]) for row in of_pair)
        sizes = [3 + 60 * n / max(counts.values()) for n in counts.values()]
        axes.scatter([x for x, _ in counts], [y for _, y in counts], s=sizes, color=ACCENT, alpha=0.6, linewidth=0)
        _limits(axes, np.array([row["difference"] for row in of_pair]))
        axes.set_ylim(-most, most)
        axes.set_title(f"{b} − {a}", fontsize=8, pad=3)
        axes.set_xlabel(words("axis.mean_rating"), fontsize=7)
        _plain(axes)
    panels[0].set_ylabel(words("axis.difference"), fontsize=7)
    caption = words("figure.bland_altman", system=view.names.system(system))
    return Drawing(slug("bland-altman", system), caption, words("figure.bland_altman.alt"), figure)


def _limits(axes: Axes, differences: NDArray[np.float64]) -> None:
    """The mean difference and 1.96 standard deviations to either side (Bland & Altman 1986)."""
    mean = float(differences.mean())
    axes.axhline(0, color=GRID, linewidth=0.8, zorder=0)
    axes.axhline(mean, color=INK, linewidth=0.9)
    if len(differences) > 1:
        reach = 1.96 * float(differences.std(ddof=1))
        for end in (mean - reach, mean + reach):
            axes.axhline(end, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))


def boundary_figure(system: str, tier: str, view: View) -> Drawing | None:
    """How far apart two raters set the begins and ends of linked annotations, a box a pair and edge."""
    words, rows = view.words, view.points("boundaries", system=system, tier=tier)
    if not rows:
        return None
    boxes = distinct(rows, "edge", "rater_a", "rater_b")
    figure = canvas(0.6 + 0.24 * len(boxes))
    axes = figure.subplots()
    figure.subplots_adjust(left=0.3, right=0.98, top=0.97, bottom=0.42 / figure.get_figheight())
    labels = []
    stats = []
    for edge, a, b in boxes:
        seconds = np.array(
            [r["difference_ms"] / 1000 for r in rows if (r["edge"], r["rater_a"], r["rater_b"]) == (edge, a, b)]
        )
        low, first, middle, third, high = np.quantile(seconds, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()
        stats.append({"med": middle, "q1": first, "q3": third, "whislo": low, "whishi": high, "fliers": []})
        labels.append(f"{words(f'anchor.{edge}')}: {b} − {a}")
    line = {"color": ACCENT, "linewidth": 1}
    axes.bxp(
        stats, orientation="horizontal", showfliers=False, widths=0.55, boxprops=line, whiskerprops=line,
        capprops=line, medianprops={"color": INK, "linewidth": 1.4},
    )  # fmt: skip
    axes.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    axes.set_yticks(range(1, len(labels) + 1), [wrapped(label, 34) for label in labels])
    axes.invert_yaxis()
    axes.set_xlabel(words("axis.seconds"))
    bare(axes)
    caption = words("figure.boundaries", system=view.names.tier(system, tier))
    return Drawing(tier_slug("boundaries", system, tier), caption, words("figure.boundaries.alt"), figure)


def residual_figure(outcomes: str, predictors: str, score: str, view: View) -> Drawing | None:
    """Residuals against fitted values of the regressions of one direction and score, a panel an outcome."""
    words, names = view.words, view.names
    rows = view.points("residuals", outcome_system=outcomes, predictor_system=predictors, score=score)
    if not rows:
        return None
    listed = names.order(outcomes, [row["outcome"] for row in rows])
    figure, panels = _grid(len(listed), 3, 1.5)
    for index, (axes, outcome) in enumerate(zip(panels, listed, strict=True)):
        points = [row for row in rows if row["outcome"] == outcome]
        axes.axhline(0, color=QUIET, linewidth=0.8, zorder=0)
        axes.plot(
            [row["fitted"] for row in points], [row["residual"] for row in points], marker="o", markersize=2.6,
            linestyle="none", color=ACCENT, markeredgewidth=0, alpha=0.75,
        )  # fmt: skip
        axes.set_title(wrapped(names.category(outcomes, outcome), 38, 2), fontsize=6.5, pad=3)
        _plain(axes)
        if index % 3 == 0:
            axes.set_ylabel(words("axis.residual"), fontsize=7)
        if index + 3 >= len(listed):
            axes.set_xlabel(words("axis.fitted"), fontsize=7)
    direction = words("direction", outcomes=names.system(outcomes), predictors=names.system(predictors))
    caption = words("figure.residuals", direction=direction, score=words.get(f"score.{score}", score))
    name = slug("residuals", outcomes, predictors, score)
    return Drawing(name, caption, words("figure.residuals.alt"), figure)


def _grid(panels: int, columns: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure of `panels` axes in rows of at most `columns`; `height` in inches is that of a row."""
    lines, columns = math.ceil(panels / columns), min(panels, columns)
    figure = canvas(height * lines + 0.25, min(TWO_COLUMNS, 2.5 * columns))
    grid = figure.subplots(lines, columns, squeeze=False).ravel().tolist()
    figure.subplots_adjust(
        left=0.55 / figure.get_figwidth(), right=0.985, top=1 - 0.28 / figure.get_figheight(),
        bottom=0.4 / figure.get_figheight(), wspace=0.22, hspace=0.55,
    )  # fmt: skip
    for spare in grid[panels:]:
        spare.remove()
    return figure, grid[:panels]


def _plain(axes: Axes) -> None:
    axes.tick_params(labelsize=6.5, length=2)
    axes.locator_params(nbins=5)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
