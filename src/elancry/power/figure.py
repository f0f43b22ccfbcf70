"""Interval width and power against the number of sessions, a line for each number of raters and double-coded share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from elancry.power.plan import Row
from elancry.report.figures.style import ACCENT, GRID, INK, TWO_COLUMNS, canvas, style, svg_bytes
from elancry.report.numbers import coefficient
from elancry.report.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = (ACCENT, "#B35C00", "#2E7D4F", "#7A3E9D", INK, "#8A9099")
DASHES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D")
Z = 1.96
"""Bars are the Monte-Carlo 95 % intervals."""


def power_svg(rows: Sequence[Row], aim: float, language: str) -> bytes:
    """The figure of rows of schema.POWER as SVG: two panels for each number of sequences per session."""
    words = Words(language)
    per_session = list(dict.fromkeys(row["sequences_per_session"] for row in rows))
    with style():
        figure = canvas(5.4, max(TWO_COLUMNS, 2.9 * len(per_session)) if len(per_session) > 2 else TWO_COLUMNS)
        axes = figure.subplots(2, len(per_session), sharex=True, sharey="row", squeeze=False)
        for column, number in enumerate(per_session):
            here = [row for row in rows if row["sequences_per_session"] == number]
            for panel, name in zip(axes[:, column], ("width", "power"), strict=True):
                _lines(panel, here, name, words)
            axes[0, column].set_title(words("power.per_session", number=f"{number:.3g}"))
            axes[1, column].set_xlabel(words("axis.sessions"))
        axes[0, 0].set_ylabel(words("axis.width"))
        axes[1, 0].set_ylabel(words("axis.power"))
        axes[0, 0].set_ylim(bottom=0)
        for panel in axes[1]:
            panel.set_ylim(-0.02, 1.02)
            panel.axhline(aim, color=GRID, linewidth=1, zorder=0)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        lines = -(-len(labels) // 3)
        figure.subplots_adjust(left=0.09, right=0.985, top=0.95, bottom=0.11 + 0.033 * lines, hspace=0.12, wspace=0.08)
        figure.legend(handles, labels, loc="lower center", ncols=3, frameon=False, fontsize=7)
        return svg_bytes(figure)


def _lines(axes: Axes, rows: Sequence[Row], name: str, words: Words) -> None:
    raters, shares = (list(dict.fromkeys(row[of] for row in rows)) for of in ("n_raters", "double_coded_share"))
    for at, number in enumerate(raters):
        for style_at, share in enumerate(shares):
            line: list[dict[str, Any]] = sorted(
                (
                    row
                    for row in rows
                    if (row["n_raters"], row["double_coded_share"]) == (number, share) and row[name] is not None
                ),
                key=lambda row: int(row["n_sessions"]),
            )
            axes.errorbar(
                [row["n_sessions"] for row in line],
                [row[name] for row in line],
                yerr=[Z * (row[f"{name}_mc_error"] or 0.0) for row in line],
                color=COLOURS[at % len(COLOURS)],
                linestyle=DASHES[style_at % len(DASHES)],
                marker=MARKERS[style_at % len(MARKERS)],
                markersize=3,
                linewidth=1.1,
                elinewidth=0.8,
                label=words("power.line", raters=str(number), share=f"{100 * share:.0f}"),
            )
    axes.yaxis.set_major_formatter(lambda value, _: coefficient(value) if value else "0")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
