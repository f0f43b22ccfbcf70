"""What the scores of the sequences are like, before anything is tested with them."""

from __future__ import annotations

from elancry.report import sentences
from elancry.report.blocks import Block, Head, Heading, Section, Table, Text
from elancry.report.numbers import coefficient, number, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import View, slug


def descriptives(view: View) -> Section | None:
    """One table for each system and score; no section where the run computed no scores."""
    words = view.words
    rows = view.rows("descriptives")
    if not rows:
        return None
    blocks: list[Block] = [Text(words("descriptives.text"))]
    for (system,) in distinct(rows, "system"):
        blocks.append(Heading(view.names.system(system)))
        of_system = [row for row in rows if row["system"] == system]
        blocks += [
            _table(system, score, [row for row in of_system if row["score"] == score], view)
            for (score,) in distinct(of_system, "score")
        ]
    blocks.append(Text(words("see.csv", file="tables/descriptives.csv, tables/sequences.csv"), tone="small"))
    return Section("descriptives", words("section.descriptives"), tuple(blocks))


def _table(system: str, score: str, rows: list[Row], view: View) -> Table:
    words, names = view.words, view.names
    # A share cannot exceed 1, so it is written without the zero before the point.
    show = coefficient if score in ("share", "present") else number
    place = {row["category"]: row for row in rows}
    cells = tuple(
        (
            names.category(system, category),
            show(row["mean"]),
            show(row["sd"]),
            show(row["median"]),
            f"{show(row['minimum'])}–{show(row['maximum'])}",
            whole(row["n_above_zero"]),
            whole(row["n_sequences"]),
        )
        for category in names.order(system, place)
        if (row := place[category])
    )
    heads = (
        Head(words("head.category")),
        Head("M", numeric=True, statistic=True),
        Head("SD", numeric=True, statistic=True),
        Head("Mdn", numeric=True, statistic=True),
        Head(words("head.range"), numeric=True),
        Head(words("head.above_zero"), numeric=True),
        Head(words("head.n"), numeric=True, statistic=True),
    )
    fewer = sentences.fewer_raters(system, score, "note.fewer", view)
    label = words.get(f"score.{score}", score)
    return Table(
        slug("descriptives", system, score),
        words("table.descriptives", system=names.system(system), score=label),
        heads,
        cells,
        (words("note.descriptives"), *([fewer] if fewer else [])),
        word=True,
    )
