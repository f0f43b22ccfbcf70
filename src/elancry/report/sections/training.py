"""What rater training looks at: who stands apart and how, each rater against the others, what changes on the way."""

from __future__ import annotations

from elancry.report.blocks import Block, Fold, Head, Table, Text
from elancry.report.numbers import coefficient, interval, length, whole
from elancry.report.rows import Row, distinct
from elancry.report.sections.cells import measure_label
from elancry.report.view import Reasons, View, slug

MOST = 10
"""Rows of the table of confusions; the others stand in the CSV file."""


def standing_apart(system: str, tier: str, view: View) -> list[Block]:
    """In what a rater differs from all others who agree: a sentence on the longest, and the table."""
    words, names = view.words, view.names
    rows = view.rows("apart", system=system, tier=tier)
    if not rows:
        return []
    first = rows[0]
    text = words(
        "apart.longest",
        rater=first["rater"],
        category=view.quoted(names.category(system, first["category"])),
        others=view.raters(first["others"]),
        other_category=view.quoted(names.category(system, first["other_category"])),
        time=length(first["ms"]),
        sequences=view.units(first["n_sequences"]),
    )
    cells = tuple(
        (
            row["rater"],
            names.category(system, row["category"]),
            view.raters(row["others"]),
            names.category(system, row["other_category"]),
            length(row["ms"]),
            whole(row["n_sequences"]),
        )
        for row in rows[:MOST]
    )
    heads = (
        Head(words("head.rater")),
        Head(words("head.codes")),
        Head(words("head.others")),
        Head(words("head.others_code")),
        Head(words("head.time"), numeric=True),
        Head(words("head.sequences"), numeric=True),
    )
    notes = (words("note.cut_csv", shown=str(MOST), all=str(len(rows)), file="tables/apart.csv"),)
    table = Table(
        slug("apart", tier), words("table.apart"), heads, cells, notes if len(rows) > MOST else (), row_heads=2
    )
    return [Text(text), table]


def over_time(system: str, tier: str, view: View) -> list[Block]:
    """Each rater against the others, and every pair's agreement in the first and the second half of the sessions."""
    words = view.words
    blocks: list[Block] = []
    against = [row for row in view.rows("training", system=system, tier=tier) if not row["session"]]
    if against:
        reasons = Reasons(words)
        cells = tuple(
            (
                row["rater"],
                view.raters(row["against"]),
                measure_label(_as_measure(row), view),
                reasons.cell(coefficient(row["estimate"]), row["undefined_reason"]),
                interval(row["ci_low"], row["ci_high"]),
                whole(row["n_sequences"]),
            )
            for row in against
        )
        heads = (
            Head(words("head.rater")),
            Head(words("head.others")),
            Head(words("head.measure")),
            Head(words("head.estimate"), numeric=True),
            Head(words("head.ci"), numeric=True),
            Head(words("head.sequences"), numeric=True),
        )
        notes = (words("note.training"), *reasons.notes())
        table = Table(slug("training", tier), words("table.training"), heads, cells, notes, row_heads=2)
        blocks.append(Fold(words("fold.training"), (table,)))
    halves = view.rows("drift", system=system, tier=tier)
    if halves:
        lost = [row for row in halves if row["ci_high"] is not None and row["ci_high"] < 0]
        pairs = [view.raters(raters) for (raters,) in distinct(lost, "raters")]
        text = words("drift.lost", pairs="; ".join(pairs)) if lost else words("drift.none")
        blocks.append(Fold(words("fold.drift"), (Text(words("drift.text")), Text(text), _drift(tier, halves, view))))
    return blocks


def rounds(system: str, tier: str, view: View) -> list[Block]:
    """The learning curve over training rounds, and the agreement of raters with themselves."""
    words, reasons = view.words, Reasons(view.words)
    rows = view.rows("rounds", system=system, tier=tier)
    if not rows:
        return []
    cells = tuple(
        (
            row["rater"],
            row["round"] or "-",
            f"{row['against']} ({row['against_round'] or '-'})"
            if row["against"] == row["rater"]
            else view.raters(row["against"]),
            measure_label(_as_measure(row), view),
            reasons.cell(coefficient(row["estimate"]), row["undefined_reason"]),
            interval(row["ci_low"], row["ci_high"]),
            whole(row["n_sequences"]),
        )
        for row in rows
    )
    heads = (
        *(Head(words(f"head.{name}")) for name in ("rater", "round", "others", "measure")),
        *(Head(words(f"head.{name}"), numeric=True) for name in ("estimate", "ci", "sequences")),
    )
    notes = (words("note.rounds"), *reasons.notes())
    table = Table(slug("rounds", tier), words("table.rounds"), heads, cells, notes, row_heads=2)
    return [Fold(words("fold.rounds"), (table,))]


def gold_rater(view: View) -> list[Block]:
    """Who is the gold rater, where there is one."""
    gold = view.results.provenance.plan.get("against", {}).get("value")
    return [Text(view.words("agreement.gold", rater=gold))] if gold else []


def _drift(tier: str, rows: list[Row], view: View) -> Table:
    words, reasons = view.words, Reasons(view.words)
    cells = tuple(
        (
            view.raters(row["raters"]),
            measure_label(_as_measure(row), view),
            coefficient(row["first_half"]),
            coefficient(row["second_half"]),
            reasons.cell(coefficient(row["change"]), row["undefined_reason"]),
            interval(row["ci_low"], row["ci_high"]),
            whole(row["n_sessions"]),
        )
        for row in rows
    )
    heads = (
        Head(words("head.raters")),
        Head(words("head.measure")),
        *(Head(words(f"head.{name}"), numeric=True) for name in ("first_half", "second_half", "change", "ci")),
        Head(words("head.sessions"), numeric=True),
    )
    return Table(slug("drift", tier), words("table.drift"), heads, cells, reasons.notes(), row_heads=2)


def _as_measure(row: Row) -> Row:
    """The row with the columns that tell versions of a measure apart in the agreement table."""
    return {**row, "time_unit_ms": None, "tolerance_ms": None}
