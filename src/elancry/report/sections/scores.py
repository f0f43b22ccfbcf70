"""Agreement on the numbers of a sequence: the ratings, and the shares, counts and presence that coded time gives."""

from __future__ import annotations

from elancry.report import agreement_rows, sentences
from elancry.report.agreement_rows import MEAN_RATING, RATING
from elancry.report.blocks import Block, Fold, Head, Table, Text
from elancry.report.figures.intervals import rating_figure
from elancry.report.figures.points import bland_altman_figure
from elancry.report.numbers import ABSENT, whole
from elancry.report.rows import Row, distinct
from elancry.report.sections.cells import both_of, notes_on
from elancry.report.sections.raters_needed import raters_needed
from elancry.report.view import Reasons, View, slug

_COLUMNS = (RATING, MEAN_RATING, ("kappa_quadratic",), ("alpha_ordinal",), ("ac2_quadratic",))
_PRESENCE = (
    ("presence_percent",),
    ("presence_fleiss_kappa",),
    ("presence_gwet_ac1",),
    ("presence_krippendorff_alpha",),
)


def ratings(system: str, rows: list[Row], view: View) -> list[Block]:
    """Sentence, figure and table for the ratings of a system, a row a category."""
    blocks: list[Block] = []
    for index, (score,) in enumerate(distinct(rows, "variant")):
        of_score = [row for row in rows if row["variant"] == score]
        text = span(system, score, of_score, view)
        if text:
            blocks.append(Text(text, tone="headline"))
        if index == 0:
            blocks += view.draw(rating_figure, system, rows)
        blocks += _table(system, system, score, of_score, view, word=True)
    blocks += raters_needed(system, "rating", view)
    differences = view.draw(bland_altman_figure, system)
    if differences:
        blocks.append(Fold(view.words("fold.bland_altman"), differences))
    return blocks


def scores(system: str, tier: str, rows: list[Row], view: View) -> list[Block]:
    """Tables for the scores that coded time gives to a sequence; empty where there are none."""
    blocks: list[Block] = []
    numbers = [row for row in rows if agreement_rows.family(row["measure"]) == "rating"]
    for (score,) in distinct(numbers, "variant"):
        blocks += _table(system, tier, score, [row for row in numbers if row["variant"] == score], view, word=False)
    presence = [row for row in rows if agreement_rows.family(row["measure"]) == "presence"]
    blocks += _columns(
        slug("presence", tier),
        view.words("table.presence", system=view.names.tier(system, tier)),
        _PRESENCE,
        system,
        presence,
        view,
        word=False,
    )
    return blocks


def span(system: str, score: str, rows: list[Row], view: View) -> str:
    """A sentence from the lowest to the highest coefficient of the categories; empty where none is defined."""
    own = agreement_rows.of_categories(rows)
    defined = [
        row
        for (category,) in distinct(rows, "category")
        if category and (row := agreement_rows.by_category(own, RATING, category)) and row["estimate"] is not None
    ]
    if not defined:
        return ""
    low = min(defined, key=lambda row: row["estimate"])
    high = max(defined, key=lambda row: row["estimate"])
    name, only = view.quoted(view.names.system(system)), view.only(low["raters"])
    return view.words(
        "rating.range",
        system=view.words("raters_only", what=name, raters=only) if only else name,
        score=view.words.get(f"score.{score}", score),
        low=sentences.with_interval(low, view),
        low_category=view.quoted(view.names.category(system, low["category"])),
        high=sentences.with_interval(high, view),
        high_category=view.quoted(view.names.category(system, high["category"])),
    )


def _table(system: str, tier: str, score: str, rows: list[Row], view: View, *, word: bool) -> list[Block]:
    caption = view.words(
        "table.ratings", system=view.names.tier(system, tier), score=view.words.get(f"score.{score}", score)
    )
    return _columns(slug("ratings", tier, score), caption, _COLUMNS, system, rows, view, word=word)


def _columns(
    name: str,
    caption: str,
    measures: tuple[tuple[str, ...], ...],
    system: str,
    rows: list[Row],
    view: View,
    *,
    word: bool,
) -> list[Block]:
    """A row a category, a column for each of `measures` that was computed; the level is that of the first."""
    words, reasons = view.words, Reasons(view.words)
    categories = view.names.order(system, (category for (category,) in distinct(rows, "category") if category))
    own = agreement_rows.of_categories(rows)
    found = {
        (category, column): row
        for category in categories
        for column in measures
        if (row := agreement_rows.by_category(own, column, category)) is not None
    }
    columns = [column for column in measures if any((category, column) in found for category in categories)]
    if not columns:
        return []
    heads = [Head(words("head.category"))]
    for column in columns:
        row = next(found[category, column] for category in categories if (category, column) in found)
        label = words.get(f"measure.{row['measure']}", row["measure"])
        heads.append(Head(f"{label} [{words('ci')}]", numeric=True))
    leveled = any(row["level"] for (_, column), row in found.items() if column == columns[0])
    heads += [*([Head(words("head.level"))] if leveled else []), Head(words("head.n"), numeric=True, statistic=True)]
    cells = []
    for category in categories:
        main = found.get((category, columns[0]))
        level = main["level"] if main is not None else ""
        cells.append(
            (
                view.names.category(system, category),
                *(both_of(found.get((category, column)), reasons) for column in columns),
                *([words.get(f"level.{level}", level)] if leveled else []),
                whole(main["n_units"]) if main is not None else ABSENT,
            )
        )
    methods = [method for (method,) in distinct(found.values(), "ci_method") if method]
    notes = (
        *notes_on(found.values(), view),
        *([words("note.icc")] if any(column in (RATING, MEAN_RATING) for column in columns) else []),
        *reasons.notes(),
        *([words("note.ci", methods="; ".join(map(words.said, methods)))] if methods else []),
    )
    return [Table(name, caption, tuple(heads), tuple(cells), notes, word=word)]
