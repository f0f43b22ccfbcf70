"""Cells of the agreement tables: an estimate, its interval, what tells a version of a measure apart."""

from __future__ import annotations

from collections.abc import Iterable

from elancry.report.numbers import ABSENT, coefficient, interval, number, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import Reasons, View


def notes_on(rows: Iterable[Row], view: View) -> tuple[str, ...]:
    """What the level means, where there is one, and which raters where they are not all."""
    listed = list(rows)
    levels = [view.words("note.level")] if any(row["level"] for row in listed) else []
    only = [view.only(raters) for (raters,) in distinct(listed, "raters")]
    return (*levels, *(view.words("note.raters", raters=names) for names in only if names))


def categories_note(rows: Iterable[Row], view: View) -> tuple[str, ...]:
    """What names the categories behind the chance terms; nothing where no measure has one."""
    origins = [origin for (origin,) in distinct((row for row in rows if row.get("categories_from")), "categories_from")]
    return tuple(view.words(f"note.categories.{origin}") for origin in origins)


def version_of(row: Row, view: View) -> list[str]:
    """What tells a version of a measure apart: how `none` counts, the matching rule, bins, tolerance."""
    words, details = view.words, []
    if row["variant"] and row["variant"] != "rating":
        details.append(words.get(f"variant.{row['variant']}", row["variant"]))
    if row["criterion"] is not None:
        details.append(words("criterion", value=coefficient(row["criterion"])))
    if row["time_unit_ms"] is not None:
        details.append(words("time_unit", ms=whole(row["time_unit_ms"])))
    if row["tolerance_ms"]:
        details.append(words("tolerance", ms=whole(row["tolerance_ms"])))
    return details


def measure_label(row: Row, view: View) -> str:
    """The measure in words, with what tells its version apart."""
    return ", ".join([measure_name(row, view), *version_of(row, view)])


def measure_name(row: Row, view: View) -> str:
    """The measure in words; ELAN's own version of one has its own."""
    named = view.words.get(f"measure.{row['measure']}", row["measure"])
    return view.words.get(f"measure.{row['measure']}.{row['variant']}", named)


def value_of(row: Row | None, reasons: Reasons) -> str:
    """The estimate alone, in the style of its measure."""
    if row is None:
        return ABSENT
    text = number(row["estimate"], 0) if row["measure"].endswith("_ms") else coefficient(row["estimate"])
    return reasons.cell(text, row["undefined_reason"])


def interval_of(row: Row | None) -> str:
    """The interval alone."""
    if row is None:
        return ABSENT
    if row["measure"].endswith("_ms"):
        return interval(row["ci_low"], row["ci_high"], 0, zero=True)
    return interval(row["ci_low"], row["ci_high"])


def both_of(row: Row | None, reasons: Reasons) -> str:
    """Estimate and interval in one cell."""
    text = value_of(row, reasons)
    return f"{text} {interval_of(row)}" if row is not None and row["ci_low"] is not None else text
