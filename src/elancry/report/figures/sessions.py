"""Agreement session by session, against that of all sessions together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elancry.report import agreement_rows
from elancry.report.figures.style import ACCENT, GRID, QUIET, Drawing, canvas
from elancry.report.numbers import coefficient
from elancry.report.rows import Row, exact
from elancry.report.sections.cells import measure_label
from elancry.report.view import View, tier_slug

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def session_figure(system: str, tier: str, rows: list[Row], view: View) -> Drawing | None:
    """The figure of an interval tier that has numbers for at least three sessions."""
    overall = agreement_rows.headline_time(rows)
    if overall is None:
        return None
    sessions = [
        row
        for row in exact(rows)
        if row["scope"] == "session"
        and (row["measure"], row["variant"]) == (overall["measure"], overall["variant"])
        and row["estimate"] is not None
    ]
    if len(sessions) < 3:
        return None
    measure = measure_label(overall, view)
    caption = view.words("figure.sessions", system=view.names.tier(system, tier), measure=measure)
    name = tier_slug("sessions", system, tier)
    return Drawing(name, caption, view.words("figure.sessions.alt"), _points(sessions, overall, view))


def _points(sessions: list[Row], overall: Row, view: View) -> Figure:
    figure = canvas(2.6)
    axes = figure.subplots()
    figure.subplots_adjust(left=0.08, right=0.99, top=0.97, bottom=0.3)
    places = range(len(sessions))
    values = [row["estimate"] for row in sessions]
    if overall["ci_low"] is not None and overall["ci_high"] is not None:
        axes.axhspan(overall["ci_low"], overall["ci_high"], color=ACCENT, alpha=0.15, linewidth=0)
    axes.axhline(overall["estimate"], color=ACCENT, linewidth=1)
    axes.axhline(0, color=QUIET, linewidth=0.6)
    axes.vlines(places, [overall["estimate"]] * len(values), values, color=GRID, linewidth=1, zorder=1)
    axes.plot(places, values, marker="o", linestyle="none", color=ACCENT, markersize=3.5)
    axes.set_xlim(-0.7, len(sessions) - 0.3)
    axes.set_ylim(min(-0.02, *values) - 0.03, 1.03)
    many = len(sessions) > 60
    axes.set_xticks(places, ["" if many else row["session"] for row in sessions], rotation=90, fontsize=6.5)
    axes.set_ylabel(view.words("axis.agreement"))
    axes.yaxis.set_major_formatter(lambda value, _: coefficient(value, 1) if abs(value) > 1e-9 else "0")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure
