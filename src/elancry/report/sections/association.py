"""What goes with what in time: co-occurrence, and what follows what."""

from __future__ import annotations

from elancry.report import sentences
from elancry.report.blocks import Block, Fold, Head, Heading, Section, Table, Text
from elancry.report.figures.grids import cooccurrence_figure
from elancry.report.methods_text import unresolved_sentences
from elancry.report.numbers import coefficient, interval, length, number, p_value
from elancry.report.rows import Row, distinct
from elancry.report.three_answers import three_answers
from elancry.report.true_levels import by_kind, true_level
from elancry.report.view import Reasons, View, significant, slug
from elancry.study.nesting import assumed
from elancry.texts import Texts, shown


def cooccurrence(view: View) -> Section:
    """Categories of two systems at the same time."""
    words, names = view.words, view.names
    rows = view.rows("cooccurrence")
    blocks: list[Block] = [*view.omitted("cooccurrence")]
    if rows:
        blocks.append(Text(words("cooccurrence.text")))
        blocks += [Text(text) for text in (three_answers(view),) if text]
        blocks.append(Fold(words("fold.how_to_read"), (Text(words("cooccurrence.how")), Text(words("many_tests")))))
    for pair in distinct(rows, "system_a", "system_b"):
        here = [row for row in rows if (row["system_a"], row["system_b"]) == pair]
        label = words("pair_of_systems", first=names.system(pair[0]), second=names.system(pair[1]))
        blocks.append(Heading(label))
        blocks.append(Text(sentences.cooccurrence(here, view), tone="headline"))
        blocks += _nulls(here, view)
        blocks += _levels([("cooccurrence", here)], view)
        blocks += [Text(text, tone="note") for text in unresolved_sentences(view)]
        blocks += [
            Text(text, tone="small") for (coders,) in distinct(here, "coders") if (text := _coders(coders, view))
        ]
        blocks += view.draw(cooccurrence_figure, here)
        blocks.append(Fold(words("fold.all_pairs", n=str(len(here))), (_pairs(here, label, view),)))
    if rows:
        blocks.append(Text(words("see.csv", file="tables/cooccurrence.csv"), tone="small"))
    return Section("cooccurrence", words("section.cooccurrence"), tuple(blocks))


def _nulls(rows: list[Row], view: View) -> list[Block]:
    """What chance means here, what that takes for granted, and what limits the numbers all the same."""
    words = view.words
    blocks: list[Block] = [Text(words.get(f"null.{null}", null)) for (null,) in distinct(rows, "null") if null]
    frame = view.results.tables.get("sequences")
    for (cluster,) in distinct(rows, "cluster"):
        open_question = assumed(cluster, frame) if cluster and frame is not None else None
        if open_question is not None:
            blocks.append(Text(words.said(open_question), tone="note"))
    blocks += [Text(words.said(warning), tone="note") for (warning,) in distinct(rows, "warning") if warning]
    return blocks


def _levels(kinds: list[tuple[str, list[Row]]], view: View) -> list[Block]:
    """The true level of each kind of test, as far as it was simulated."""
    said = (true_level(test, rows, view.words) for test, rows in kinds)
    return [Text(text, tone="small") for text in said if text]


def _coders(cell: Texts | str, view: View) -> str:
    """Whether the same raters coded both systems, and what follows; empty where the table does not say."""
    if isinstance(cell, str):
        return ""
    (coders,) = cell.parts
    kind = "within" if coders.code == "association.coders-within" else "across"
    return view.words(f"coders.{kind}", raters=shown(coders.fields["raters"], view.words.language))


def _pairs(rows: list[Row], label: str, view: View) -> Table:
    words, names, reasons = view.words, view.names, Reasons(view.words)
    rows = sorted(
        rows,
        key=lambda row: (
            names.order(row["system_a"], [r["category_a"] for r in rows]).index(row["category_a"]),
            names.order(row["system_b"], [r["category_b"] for r in rows]).index(row["category_b"]),
        ),
    )
    groups: dict[int, str] = {}
    for index, row in enumerate(rows):
        if index == 0 or row["category_a"] != rows[index - 1]["category_a"]:
            groups[index] = names.category(row["system_a"], row["category_a"])
    cells = tuple(
        (
            names.category(row["system_b"], row["category_b"]),
            length(row["joint_ms"]),
            length(row["expected_ms"]),
            reasons.cell(number(row["ratio"]), row["undefined_reason"]),
            reasons.cell(interval(row["ratio_low"], row["ratio_high"], zero=True), row["undefined_reason"]),
            number(row["odds_ratio"]),
            coefficient(row["jaccard"]),
            reasons.cell(p_value(row["p_permutation"]), row["undefined_reason"]),
            p_value(row["p_holm"]),
            p_value(row["p_bh"]),
            p_value(row["p_maxt"]),
        )
        for row in rows
    )
    heads = (
        Head(names.system(rows[0]["system_b"])),
        Head(words("head.joint"), numeric=True),
        Head(words("head.expected"), numeric=True),
        Head(words("head.ratio"), numeric=True),
        Head(words("head.ci"), numeric=True),
        Head(words("head.odds_ratio"), numeric=True),
        Head("Jaccard", numeric=True),
        Head("p", numeric=True, statistic=True),
        Head("p Holm", numeric=True, statistic=True),
        Head("p BH", numeric=True, statistic=True),
        Head("p maxT", numeric=True, statistic=True),
    )
    basis = [
        words("note.basis", sequences=view.units(n), sessions=words.count("session", m))
        for n, m in distinct(rows, "n_sequences", "n_sessions")
        if n is not None and m is not None
    ]
    return Table(
        slug("cooccurrence", rows[0]["system_a"], rows[0]["system_b"]),
        words("table.cooccurrence", systems=label),
        heads,
        cells,
        (*basis, words("note.ratio"), words("note.odds_ratio"), words("note.bold"), *reasons.notes()),
        groups=groups,
        strong=frozenset(index for index, row in enumerate(rows) if significant(row["p_holm"])),
        word=True,
    )


def sequential(view: View) -> Section | None:
    """What follows what; no section where the run did not ask for it."""
    words, names = view.words, view.names
    rows = view.rows("sequential")
    if not rows and "sequential" not in view.results.omitted:
        return None
    blocks: list[Block] = [*view.omitted("sequential")]
    if rows:
        blocks.append(Text(words("sequential.text")))
        blocks += _nulls(rows, view)
        blocks += _levels(by_kind(rows), view)
    for key in distinct(rows, "given_system", "target_system", "anchor", "lag", "window_ms"):
        given, target, anchor, lag, window = key
        here = [
            row
            for row in rows
            if (row["given_system"], row["target_system"], row["anchor"], row["lag"], row["window_ms"]) == key
        ]
        when = (
            words("sequential.lag", lag=str(lag))
            if lag is not None
            else words("sequential.window", window=length(window), anchor=words.get(f"anchor.{anchor}", anchor))
        )
        title = words("sequential.title", given=names.system(given), target=names.system(target), when=when)
        found = sum(significant(row["p_holm"]) for row in here)
        tested = sum(row["p_permutation"] is not None for row in here)
        blocks.append(Text(words("sequential.found", title=title, found=str(found), tested=str(tested))))
        blocks.append(Fold(words("fold.all_pairs", n=str(len(here))), (_sequential(here, title, view),)))
    if rows:
        blocks.append(Text(words("see.csv", file="tables/sequential.csv"), tone="small"))
    return Section("sequential", words("section.sequential"), tuple(blocks))


def _sequential(rows: list[Row], title: str, view: View) -> Table:
    words, names, reasons = view.words, view.names, Reasons(view.words)
    timed = rows[0]["lag"] is None
    cells = tuple(
        (
            names.category(row["given_system"], row["given"]),
            names.category(row["target_system"], row["target"]),
            number(row["n_given"], 1),
            number(row["observed"], 1),
            number(row["expected"], 1),
            *(
                (
                    reasons.cell(number(row["ratio"]), row["undefined_reason"]),
                    reasons.cell(interval(row["ratio_low"], row["ratio_high"], zero=True), row["undefined_reason"]),
                )
                if timed
                else ()
            ),
            reasons.cell(number(row["adjusted_residual"]), row["undefined_reason"]),
            coefficient(row["yules_q"]),
            p_value(row["p_permutation"]),
            p_value(row["p_holm"]),
            p_value(row["p_bh"]),
            p_value(row["p_maxt"]),
        )
        for row in rows
    )
    counted = ("n_given", "observed", "expected", *(("ratio", "ci") if timed else ()), "residual")
    heads = (
        Head(words("head.given")),
        Head(words("head.target")),
        *(Head(words(f"head.{name}"), numeric=True) for name in counted),
        Head("Q", numeric=True, statistic=True),
        *(Head(text, numeric=True, statistic=True) for text in ("p", "p Holm", "p BH", "p maxT")),
    )
    key = rows[0]
    return Table(
        slug(
            "sequential", *(str(key[n] or "") for n in ("given_system", "target_system", "anchor", "lag", "window_ms"))
        ),
        title,
        heads,
        cells,
        (*((words("note.ratio"),) if timed else ()), words("note.bold"), *reasons.notes()),
        row_heads=2,
        strong=frozenset(index for index, row in enumerate(rows) if significant(row["p_holm"])),
    )
