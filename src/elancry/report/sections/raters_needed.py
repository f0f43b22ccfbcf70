"""How many raters are enough for the ratings and scores of a system: two sentences and a figure."""

from __future__ import annotations

from elancry.report.blocks import Block, Fold, Text
from elancry.report.figures.raters_needed import raters_needed_figure
from elancry.report.numbers import NO_BREAK, coefficient, interval, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import View


def raters_needed(system: str, coding: str, view: View, tier: str = "") -> list[Block]:
    """A fold with the scores of a system, or of one `tier`, the first pictured; empty where there is no coefficient."""
    rows = [
        row
        for row in view.rows("generalizability", system=system, coding=coding, **({"tier": tier} if tier else {}))
        if row["absolute"] is not None
    ]
    if not rows:
        return []
    words = view.words
    blocks: list[Block] = [Text(words("raters_needed.text"))]
    for index, (score,) in enumerate(distinct(rows, "variant")):
        of_score = [row for row in rows if row["variant"] == score]
        blocks += [Text(said) for said in _sentences(system, tier, score, of_score, view)]
        if index == 0:
            blocks += view.draw(raters_needed_figure, system, tier, of_score)
    blocks.append(Text(words("see.csv", file="tables/generalizability.csv"), tone="small"))
    return [Fold(words("fold.raters_needed"), tuple(blocks))]


def _sentences(system: str, tier: str, score: str, rows: list[Row], view: View) -> list[str]:
    """What the raters of the study reach, from the lowest to the highest category, and how many more would need."""
    words = view.words
    # The most raters of a category are those of the score; more than the table has are as many as it has.
    k = min(max(row["n_raters"] for row in rows), max(row["k"] for row in rows))
    here = [row for row in rows if row["k"] == k]
    low, high = (which(here, key=lambda row: row["absolute"]) for which in (min, max))
    named = {
        "system": view.quoted(view.names.tier(system, tier) if tier else view.names.system(system)),
        "score": words.get(f"score.{score}", score),
        "k": whole(k),
    }
    reached = words(
        "raters_needed.reached",
        **named,
        low=_with_interval(low, view),
        low_category=view.quoted(view.names.category(system, low["category"])),
        high=_with_interval(high, view),
        high_category=view.quoted(view.names.category(system, high["category"])),
    )
    needed = [row for row in here if row["raters_for_75"] is not None]
    without = [
        view.quoted(view.names.category(system, row["category"])) for row in here if row["raters_for_75"] is None
    ]
    said = [reached]
    if needed:
        most = {level: whole(max(row[f"raters_for_{level}"] for row in needed)) for level in ("75", "90")}
        key = "raters_needed.needed_where_they_differ" if without else "raters_needed.needed"
        said.append(words(key, first=most["75"], second=most["90"]))
    if without:
        said.append(words("raters_needed.none", categories=words.listed(without)))
    return said


def _with_interval(row: Row, view: View) -> str:
    found = coefficient(row["absolute"])
    if row["absolute_low"] is None:
        return found
    return f"{found}, {view.words('ci')}{NO_BREAK}{interval(row['absolute_low'], row['absolute_high'])}"
