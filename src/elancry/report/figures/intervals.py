"""Forest plots: agreement with its intervals, overall and by category; ICCs of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elancry.report import agreement_rows
from elancry.report.agreement_rows import EVENT, MEAN_RATING, RATING, TIME
from elancry.report.figures.style import ACCENT, GRID, INK, QUIET, TWO_COLUMNS, Drawing, bare, canvas, wrapped
from elancry.report.numbers import coefficient, interval
from elancry.report.rows import Row, distinct
from elancry.report.view import View, slug, tier_slug

_EVENT_COLOUR = "#B35C00"


@dataclass(frozen=True)
class Line:
    """One line of the plot: label, row of the agreement table, its mark, and what the legend calls marks of its kind.

    Lines of the same label that follow each other are two marks of one row.
    """

    label: str
    row: Row
    colour: str
    marker: str
    kind: str


_MARKS = {
    "time": (ACCENT, "o", "figure.in_time"),
    "event": (_EVENT_COLOUR, "D", "figure.events"),
    "unitizing": (INK, "s", "figure.unitizing"),
    "presence": (INK, "^", "figure.presence"),
}

_LARGEST = (
    "event_kappa_max",
    "event_kappa_attainable",
    "event_kappa_max_matched",
    "event_raw_matched",
    "event_elan_fleiss_kappa_matched",
)
"""What margins allow, and what is said of linked events only: no agreement of its own."""


def agreement_figure(system: str, tier: str, rows: list[Row], view: View) -> Drawing | None:
    """The figure of one interval tier."""
    caption = view.words("figure.agreement", system=view.names.tier(system, tier))
    return _drawing(tier_slug("agreement", system, tier), caption, _interval_lines(system, rows, view), view)


def rating_figure(system: str, rows: list[Row], view: View) -> Drawing | None:
    """The figure of a system's ratings, of the first of its scores."""
    caption = view.words("figure.ratings", system=view.names.system(system))
    of_score = [row for row in rows if row["variant"] == rows[0]["variant"]]
    return _drawing(slug("ratings", system), caption, _rating_lines(system, of_score, view), view)


def _raters(caption: str, lines: list[Line], view: View) -> str:
    """The caption, with the raters where they are not all."""
    only = view.only("|".join(line.row["raters"] for line in lines))
    return view.words("figure.raters", caption=caption, raters=only) if only else caption


def _mark(row: Row, view: View) -> tuple[str, str, str]:
    """Colour, marker and the legend's words for a row."""
    colour, marker, kind = _MARKS[agreement_rows.family(row["measure"])]
    return colour, marker, view.words(kind)


def _interval_lines(system: str, rows: list[Row], view: View) -> list[list[Line]]:
    headline = agreement_rows.headline_time(rows)
    variant = headline["variant"] if headline is not None else ""
    overall = [
        row
        for row in agreement_rows.overall(rows)
        if agreement_rows.family(row["measure"]) in ("time", "event", "unitizing", "presence")
        and row["variant"] in (variant, "", *_event_variants(rows))
        and row["measure"] not in _LARGEST
        and row["time_unit_ms"] is None
    ]
    groups = [
        [
            Line(
                view.words.get(f"measure.{row['measure']}", row["measure"]),
                row,
                *_mark(row, view),
            )
            for row in overall
        ]
    ]
    categories = view.names.order(system, (c for (c,) in distinct(rows, "category") if c))
    own = agreement_rows.of_categories(rows)
    by_category = []
    for measures in (TIME, EVENT):
        by_category.append(
            {
                category: Line(view.names.category(system, category), row, *_mark(row, view))
                for category in categories
                if (row := agreement_rows.by_category(own, measures, category)) is not None
            }
        )
    listed = [kind[category] for category in categories for kind in by_category if category in kind]
    return [group for group in (*groups, listed) if group]


def _event_variants(rows: list[Row]) -> tuple[str, ...]:
    row = agreement_rows.headline_event(rows)
    return (row["variant"],) if row is not None else ()


def _rating_lines(system: str, rows: list[Row], view: View) -> list[list[Line]]:
    categories = view.names.order(system, (c for (c,) in distinct(rows, "category") if c))
    own = agreement_rows.of_categories(rows)
    listed = [
        Line(
            view.names.category(system, category), row, colour, marker, view.words.get(f"measure.{row['measure']}", "")
        )
        for category in categories
        for measures, colour, marker in ((RATING, ACCENT, "o"), (MEAN_RATING, _EVENT_COLOUR, "D"))
        if (row := agreement_rows.by_category(own, measures, category)) is not None
    ]
    return [listed] if listed else []


def _drawing(name: str, caption: str, groups: Sequence[Sequence[Line]], view: View) -> Drawing | None:
    lines = [line for group in groups for line in group]
    if not lines:
        return None
    kinds = {(line.colour, line.marker): line.kind for line in lines}
    measures = dict.fromkeys(view.words.get(f"measure.{line.row['measure']}", "") for line in groups[-1])
    gap = 1.3
    positions: list[float] = []
    y = 0.0
    for index, group in enumerate(groups):
        y += gap if index else 0
        previous = None
        for line in group:
            # Two lines of a label need more room than one mark does.
            long = "\n" in wrapped(line.label, 40, 2) or (previous is not None and "\n" in wrapped(previous, 40, 2))
            y += 0.5 if line.label == previous else 1.3 if long else 1
            positions.append(y)
            previous = line.label
    height = 0.21 * (y + (1.6 if len(groups) > 1 else 1)) + 0.85
    figure = canvas(height)
    axes = figure.subplots()
    longest = max(len(part) for line in lines for part in wrapped(line.label, 40, 2).split("\n"))
    left = (0.25 + 0.062 * longest) / TWO_COLUMNS
    figure.subplots_adjust(left=left, right=0.82, top=1 - 0.32 / height, bottom=0.48 / height)
    lows = [line.row["ci_low"] for line in lines if line.row["ci_low"] is not None]
    lowest = min([0.0, *lows, *(line.row["estimate"] for line in lines if line.row["estimate"] is not None)])
    axes.set_xlim(max(-1.05, lowest - 0.04) if lowest < 0 else -0.02, 1.03)
    axes.set_ylim(y + 0.8, -0.35 if len(groups) > 1 else 0.3)
    for x in (0.2, 0.4, 0.6, 0.8):
        axes.axvline(x, color=GRID, linewidth=0.8, zorder=0)
    axes.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
    axes.axvline(1, color=GRID, linewidth=0.8, zorder=0)
    ticks, labels = [], []
    previous = None
    for line, at in zip(lines, positions, strict=True):
        row = line.row
        if line.label != previous:
            ticks.append(at)
            labels.append(wrapped(line.label, 40, 2))
        previous = line.label
        if row["estimate"] is None:
            axes.text(0.01, at, view.words("axis.undefined"), va="center", fontsize=6.5, color=QUIET, style="italic")
            continue
        if row["ci_low"] is not None and row["ci_high"] is not None:
            axes.plot(
                [row["ci_low"], row["ci_high"]], [at, at], color=line.colour, linewidth=1.3, solid_capstyle="butt"
            )
        axes.plot([row["estimate"]], [at], marker=line.marker, color=line.colour, markersize=4.2, linestyle="none")
        text = coefficient(row["estimate"])
        if row["ci_low"] is not None:
            text = f"{text}  {interval(row['ci_low'], row['ci_high'])}"
        axes.text(1.03, at, text, transform=axes.get_yaxis_transform(), va="center", fontsize=6.5, color=INK)
    if len(groups) > 1:
        for at, text in (
            (0.15, view.words("figure.overall")),
            (positions[len(groups[0])] - 0.75, view.words("figure.by_category", measures=", ".join(measures))),
        ):
            axes.annotate(
                text, (0, at), xycoords=axes.get_yaxis_transform(), xytext=(-left * TWO_COLUMNS * 72 + 8, 0),
                textcoords="offset points", fontsize=7.5, weight="bold", va="center", annotation_clip=False,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip
    axes.set_yticks(ticks, labels)
    axes.set_xlabel(view.words("axis.agreement"))
    axes.set_xticks([x / 5 for x in range(-5, 6) if x / 5 >= axes.get_xlim()[0]])
    axes.xaxis.set_major_formatter(lambda value, _: coefficient(value, 1) if abs(value) > 1e-9 else "0")
    bare(axes)
    if len(kinds) > 1:
        for (colour, marker), label in kinds.items():
            axes.plot([], [], marker=marker, color=colour, linestyle="none", markersize=4.2, label=label)
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(-0.01, 1.0),
            ncols=3,
            frameon=False,
            fontsize=7,
            handletextpad=0.2,
            borderpad=0.1,
        )
    alt = "; ".join(f"{line.label} {coefficient(line.row['estimate'])}" for line in lines)
    return Drawing(name, _raters(caption, lines, view), view.words("figure.agreement.alt", rows=alt), figure)
