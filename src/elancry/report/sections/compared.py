"""Whether agreement is different: between rounds, versions, groups of sessions, two folders, or with a guest."""

from __future__ import annotations

from elancry.report import agreement_rows
from elancry.report.blocks import Block, Fold, Head, Heading, Table, Text
from elancry.report.numbers import coefficient, interval, whole
from elancry.report.rows import Row
from elancry.report.sections.cells import measure_label
from elancry.report.sentences import symbol
from elancry.report.view import Reasons, View, slug


def differences(view: View) -> list[Block]:
    """A sentence on each headline, and the table of what the report speaks of; all rows stand in the CSV file."""
    words = view.words
    rows = agreement_rows.differences(view.rows("agreement_differences"))
    if not rows:
        return []
    sentences = [Text(_sentence(row, view), tone="headline") for row in rows if not row["category"]]
    guest = any(row["by"] == "guest" for row in rows)
    explained = [Text(words("difference.text")), *([Text(words("difference.guest"))] if guest else [])]
    return [
        Heading(words("difference.heading")),
        *explained,
        *sentences,
        Fold(words("fold.differences"), (_table(rows, view),)),
        Text(words("see.csv", file="tables/agreement_differences.csv"), tone="small"),
    ]


def side(row: Row, which: str, view: View) -> str:
    """The first or second side of a difference in words."""
    by, name = row["by"], row[which]
    if by in ("guest", "versus"):
        return view.words(f"difference.{by}.{which}", name=view.raters(name))
    return view.words("difference.side", by=view.words.get(f"difference.by.{by}", by), name=name)


def _sentence(row: Row, view: View) -> str:
    words = view.words
    fields = {
        "what": view.quoted(view.names.tier(row["system"], row["tier"])),
        "symbol": symbol(row["measure"]),
        "first": side(row, "first", view),
        "second": side(row, "second", view),
        "one": coefficient(row["estimate_first"]),
        "other": coefficient(row["estimate_second"]),
    }
    if row["difference"] is None:
        return words("difference.undefined", **fields, reason=words.said(row["undefined_reason"] or "?").rstrip("."))
    fields["difference"] = coefficient(row["difference"])
    if row["ci_low"] is None:
        reason = words.said(row["undefined_reason"] or "?").rstrip(".")
        return words("difference.no_interval", **fields, reason=reason)
    fields["interval"] = f"{words('ci')} {interval(row['ci_low'], row['ci_high'], zero=True)}"
    verdict = "higher" if row["ci_low"] > 0 else "lower" if row["ci_high"] < 0 else "unclear"
    return words(f"difference.{verdict}", **fields)


def _table(rows: list[Row], view: View) -> Table:
    words, reasons = view.words, Reasons(view.words)
    cells = tuple(
        (
            f"{view.names.tier(row['system'], row['tier'])}"
            + (f", {view.names.category(row['system'], row['category'])}" if row["category"] else ""),
            measure_label(row, view),
            f"{side(row, 'first', view)} / {side(row, 'second', view)}",
            coefficient(row["estimate_first"]),
            coefficient(row["estimate_second"]),
            reasons.cell(coefficient(row["difference"]), row["undefined_reason"]),
            interval(row["ci_low"], row["ci_high"], zero=True),
            f"{whole(row['n_sessions_first'])} / {whole(row['n_sessions_second'])} ({whole(row['n_shared'])})",
        )
        for row in rows
    )
    heads = (
        *(Head(words(f"head.{name}")) for name in ("tier", "measure", "sides")),
        *(Head(words(f"head.{name}"), numeric=True) for name in ("first", "second", "difference", "ci", "shared")),
    )
    caption = words("table.agreement_differences")
    return Table(slug("agreement-differences"), caption, heads, cells, reasons.notes(), row_heads=3, word=True)
