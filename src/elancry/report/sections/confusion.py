"""What is taken for what: the figure, the largest confusions, and the table of every pair of raters."""

from __future__ import annotations

from typing import Any

from elancry.choices import Matching
from elancry.report.blocks import Block, Bullets, Fold, Head, Heading, Section, Table, Text
from elancry.report.figures.grids import confusion_figure, panels
from elancry.report.numbers import length, number
from elancry.report.rows import Row, distinct
from elancry.report.view import View, slug

LARGEST = 5
MOST_CELLS = 8_000
"""Cells of the pairs' tables of one tier and kind that a page holds; those beyond stand in the CSV file."""
_KEY = ("kind", "variant", "criterion", "rater_a", "rater_b")


def confusion(view: View) -> Section:
    """The whole section."""
    words = view.words
    rows = [row for row in view.rows("confusion") if not row["session"]]
    blocks: list[Block] = [*view.omitted("confusion")]
    if rows:
        blocks.append(Text(words("confusion.text")))
    for system, tier in distinct(rows, "system", "tier"):
        here = [row for row in rows if row["system"] == system and row["tier"] == tier]
        blocks.append(Heading(view.names.tier(system, tier)))
        # Where units are given, time says little: both raters agree on "none" by construction.
        labels = [row for row in here if row["kind"] == "label"]
        lead = labels or [row for row in here if row["kind"] == "time_ms"]
        largest = sorted(
            (row for row in lead if row["category_a"] != row["category_b"] and row["value"]),
            key=lambda row: (-row["value"], row["rater_a"], row["rater_b"], row["category_a"], row["category_b"]),
        )[:LARGEST]
        if largest:
            blocks.append(Text(words("confusion.largest.label" if labels else "confusion.largest")))
            blocks.append(Bullets(tuple((_amount(row, view), _in_words(system, row, view)) for row in largest)))
        blocks += view.draw(confusion_figure, system, tier, lead)
        pairs = distinct(lead, "rater_a", "rater_b")
        room = panels(len({row[side] for row in lead for side in ("category_a", "category_b")}))
        if len(pairs) > room:
            blocks.append(Text(words("confusion.more_pairs", shown=str(room), all=str(len(pairs))), tone="small"))
        for kind in ("label", "time_ms", "event"):
            of_kind = [row for row in here if row["kind"] == kind]
            tables: tuple[Block, ...] = tuple(_matrices(system, tier, of_kind, view))
            number_of = len(distinct(of_kind, *_KEY))
            if len(tables) < number_of:
                cut = words("note.cut_csv", shown=str(len(tables)), all=str(number_of), file="tables/confusion.csv")
                tables = (Text(cut, tone="small"), *tables)
            if tables:
                blocks.append(Fold(words(f"fold.confusion.{kind}", n=str(number_of)), tables))
    if rows:
        blocks.append(Text(words("see.csv", file="tables/confusion.csv"), tone="small"))
    return Section("confusion", words("section.confusion"), tuple(blocks))


def _amount(row: Row, view: View) -> str:
    """How much a cell holds: `12.3 s` or `7 given units`."""
    return view.words.count("given_unit", round(row["value"])) if row["kind"] == "label" else length(row["value"])


def _in_words(system: str, row: Row, view: View) -> str:
    return view.words(
        "confusion.cell",
        a=view.quoted(view.names.category(system, row["category_a"])),
        b=view.quoted(view.names.category(system, row["category_b"])),
        rater_a=row["rater_a"],
        rater_b=row["rater_b"],
    )


def _matrices(system: str, tier: str, rows: list[Row], view: View) -> list[Table]:
    words, names = view.words, view.names
    tables: list[Table] = []
    of_pair: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        of_pair.setdefault(tuple(row[name] for name in _KEY), []).append(row)
    cells = 0
    for key, here in of_pair.items():
        cells += len(here)
        if tables and cells > MOST_CELLS:
            break
        kind, variant, criterion, rater_a, rater_b = key
        categories = names.order(system, [row[side] for row in here for side in ("category_a", "category_b")])
        place = {(row["category_a"], row["category_b"]): row["value"] for row in here}
        show = length if kind == "time_ms" else (lambda value: number(value, 0) if value is not None else "")
        caption = words(
            "table.confusion.onset" if variant == Matching.ONSET else f"table.confusion.{kind}",
            system=names.tier(system, tier),
            rater_a=rater_a,
            rater_b=rater_b,
            variant=words.get(f"variant.{variant}", variant),
            criterion=number(criterion),
        )
        tables.append(
            Table(
                slug("confusion", tier, kind, variant, f"{criterion or ''}", rater_a, rater_b),
                caption,
                (
                    Head(words("head.confusion", rater_a=rater_a, rater_b=rater_b)),
                    *(Head(names.category(system, category), numeric=True) for category in categories),
                ),
                tuple(
                    (
                        names.category(system, a),
                        *(
                            show(place[a, b]) if place.get((a, b)) else ("0" if (a, b) in place else "")
                            for b in categories
                        ),
                    )
                    for a in categories
                ),
            )
        )
    return tables
