"""What stands beside the main analyses: other methods, the two systems as wholes, what unreliability takes away."""

from __future__ import annotations

from elancry.report.blocks import Block, Fold, Head, Section, Table, Text
from elancry.report.numbers import coefficient, interval, number, p_equation, p_value, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import Reasons, View, slug


def sensitivity(outcomes: str, predictors: str, score: str, view: View) -> tuple[Block, ...]:
    """A fold with one table a method for one direction and score; empty where nothing else was computed."""
    words, names = view.words, view.names
    rows = [
        row
        for row in view.rows("sensitivity", outcome_system=outcomes, predictor_system=predictors)
        if row["score"] == score
    ]
    tables: list[Block] = []
    for (method,) in distinct(rows, "method"):
        reasons = Reasons(words)
        here = [row for row in rows if row["method"] == method]
        groups = {
            index: names.category(outcomes, row["outcome"])
            for index, row in enumerate(here)
            if index == 0 or row["outcome"] != here[index - 1]["outcome"]
        }
        cells = tuple(
            (
                names.category(predictors, row["term"]),
                reasons.cell(number(row["estimate"]), row["undefined_reason"]),
                number(row["se"]),
                interval(row["ci_low"], row["ci_high"], zero=True),
                number(row["df"], 1),
                p_value(row["p"]),
            )
            for row in here
        )
        remarks = [note for (note,) in distinct(here, "note") if note]
        tables.append(
            Table(
                slug("sensitivity", outcomes, predictors, score, method),
                words.get(f"method_name.{method}", method),
                (
                    Head(words("head.predictor")),
                    Head(words("head.estimate"), numeric=True),
                    Head("SE", numeric=True, statistic=True),
                    Head(words("ci"), numeric=True),
                    Head("df", numeric=True, statistic=True),
                    Head("p", numeric=True, statistic=True),
                ),
                cells,
                (*(f"{words.said(remark)}." for remark in remarks), *reasons.notes()),
                groups=groups,
            )
        )
    if not tables:
        return ()
    return (Fold(words("fold.sensitivity"), (Text(words("sensitivity.text")), *tables)),)


def wholes(view: View) -> Section | None:
    """Set correlation; no section where the run did not compute it."""
    words, names, reasons = view.words, view.names, Reasons(view.words)
    rows = view.rows("setcorrelation")
    if not rows and "setcorrelation" not in view.results.omitted:
        return None
    blocks: list[Block] = [*view.omitted("setcorrelation")]
    if rows:
        blocks.append(Text(words("wholes.text")))
    for row in rows:
        if row["r2"] is not None:
            blocks.append(Text(_whole_sentence(row, view), tone="headline"))
    if rows:
        cells = tuple(
            (
                words("pair_of_systems", first=names.system(row["system_a"]), second=names.system(row["system_b"])),
                words.get(f"score.{row['score']}", row["score"]),
                reasons.cell(coefficient(row["r2"]), row["undefined_reason"]),
                coefficient(row["r2_shrunken"]),
                coefficient(row["r2_null_mean"]),
                p_value(row["p_permutation"]),
                number(row["f"]),
                p_value(row["p_f"]),
                whole(row["n_sequences"]),
            )
            for row in rows
        )
        heads = (
            Head(words("head.systems")),
            Head(words("head.score")),
            Head("R²", numeric=True, statistic=True),
            Head(words("head.r2_shrunken"), numeric=True, statistic=True),
            Head(words("head.r2_null"), numeric=True),
            Head("p", numeric=True, statistic=True),
            Head("F", numeric=True, statistic=True),
            Head("p (F)", numeric=True, statistic=True),
            Head(words("head.n"), numeric=True, statistic=True),
        )
        remarks = [text for (text,) in distinct(rows, "dropped") if text]
        notes = (
            words("note.wholes"),
            *(words("regression.dropped", text=words.said(names.in_text(text))) for text in remarks),
            *reasons.notes(),
        )
        blocks.append(Table("setcorrelation", words("table.wholes"), heads, cells, notes, row_heads=2, word=True))
        blocks.append(Text(words("see.csv", file="tables/setcorrelation.csv"), tone="small"))
    return Section("wholes", words("section.wholes"), tuple(blocks))


def _whole_sentence(row: Row, view: View) -> str:
    words, names = view.words, view.names
    return words(
        "wholes.sentence",
        first=view.quoted(names.system(row["system_a"])),
        second=view.quoted(names.system(row["system_b"])),
        score=words.get(f"score.{row['score']}", row["score"]),
        r2=coefficient(row["r2"]),
        shrunken=coefficient(row["r2_shrunken"]),
        null=coefficient(row["r2_null_mean"]),
        p=p_equation(row["p_permutation"]),
    )


def attenuation(view: View) -> Section | None:
    """Correlations beside the reliabilities of their two sides; no section where the run did not compute them."""
    words, names = view.words, view.names
    rows = view.rows("attenuation")
    if not rows and "attenuation" not in view.results.omitted:
        return None
    blocks: list[Block] = [*view.omitted("attenuation")]
    if rows:
        blocks.append(Text(words("attenuation.text")))
    for first, second, score in distinct(rows, "system_a", "system_b", "score"):
        reasons = Reasons(words)
        here = [row for row in rows if (row["system_a"], row["system_b"], row["score"]) == (first, second, score)]
        cells = tuple(
            (
                names.category(first, row["category_a"]),
                names.category(second, row["category_b"]),
                reasons.cell(coefficient(row["r"]), row["undefined_reason"]),
                coefficient(row["reliability_a"]),
                coefficient(row["reliability_b"]),
                reasons.cell(coefficient(row["r_disattenuated"]), row["undefined_reason"]),
                interval(row["ci_low"], row["ci_high"]),
                coefficient(row["r_cross_rater"]),
            )
            for row in here
        )
        heads = (
            Head(names.system(first)),
            Head(names.system(second)),
            Head("r", numeric=True, statistic=True),
            *(Head(words(f"head.reliability_{side}"), numeric=True) for side in ("a", "b")),
            Head(words("head.disattenuated"), numeric=True),
            Head(words("ci"), numeric=True),
            Head(words("head.cross_rater"), numeric=True),
        )
        # Each once: a note says over what an interval was resampled, beside what holds for all rows.
        remarks = dict.fromkeys(
            part for (note,) in distinct(here, "note") if note for part in getattr(note, "parts", (note,))
        )
        label = words.get(f"score.{score}", score)
        pair = words("pair_of_systems", first=names.system(first), second=names.system(second))
        table = Table(
            slug("attenuation", first, second, score),
            words("table.attenuation", systems=pair, score=label),
            heads,
            cells,
            (*(f"{words.said(remark)}." for remark in remarks), *reasons.notes()),
            row_heads=2,
        )
        blocks.append(Fold(words("table.attenuation", systems=pair, score=label), (table,)))
    if rows:
        blocks.append(Text(words("see.csv", file="tables/attenuation.csv"), tone="small"))
    return Section("attenuation", words("section.attenuation"), tuple(blocks))
