"""Which categories go with which: the regressions of each direction and score."""

from __future__ import annotations

from elancry.report import sentences
from elancry.report.blocks import Block, Bullets, Fold, Head, Heading, Section, Table, Text
from elancry.report.figures.coefficients import coefficient_figure
from elancry.report.figures.points import residual_figure
from elancry.report.methods_text import unresolved_sentences
from elancry.report.names import NO_FINDING
from elancry.report.numbers import ABSENT, coefficient, interval, number, p_equation, p_value, whole
from elancry.report.rows import Row, distinct
from elancry.report.sections.further import sensitivity
from elancry.report.view import Reasons, View, significant, slug
from elancry.texts import Text as Said


def regression(view: View) -> Section:
    """Multiple regressions in each direction and score."""
    words, names = view.words, view.names
    rows, models = view.rows("regression"), view.rows("models")
    blocks: list[Block] = [*view.omitted("regression")]
    if rows or models:
        blocks.append(Text(words("regression.text")))
        blocks += [Text(text, tone="note") for text in unresolved_sentences(view)]
        how = tuple(Text(words(key)) for key in ("regression.how", "regression.which_p", "many_tests"))
        blocks.append(Fold(words("fold.how_to_read"), how))
    for outcome_system, predictor_system in distinct([*rows, *models], "outcome_system", "predictor_system"):
        direction = words("direction", outcomes=names.system(outcome_system), predictors=names.system(predictor_system))
        blocks.append(Heading(direction))
        of_direction = [
            r for r in rows if (r["outcome_system"], r["predictor_system"]) == (outcome_system, predictor_system)
        ]
        whole_models = [
            m for m in models if (m["outcome_system"], m["predictor_system"]) == (outcome_system, predictor_system)
        ]
        for index, (score,) in enumerate(distinct([*of_direction, *whole_models], "score")):
            here = [row for row in of_direction if row["score"] == score]
            models_here = [row for row in whole_models if row["score"] == score]
            part = _score(score, here, models_here, direction, view)
            if index == 0:
                blocks += part
            else:
                label = words.get(f"score.{score}", score)
                blocks.append(Fold(words("fold.other_score", score=label), tuple(part)))
    if rows:
        files = "tables/regression.csv, tables/models.csv"
        blocks.append(Text(words("see.csv", file=files), tone="small"))
    return Section("regression", words("section.regression"), tuple(blocks))


MAIN_SE = "CR2"


def _score(score: str, rows: list[Row], models: list[Row], direction: str, view: View) -> list[Block]:
    words, names = view.words, view.names
    blocks: list[Block] = []
    label = words.get(f"score.{score}", score)
    main = [row for row in rows if row["se_type"] == MAIN_SE]
    slopes = [row for row in main if not NO_FINDING.fullmatch(row["term"])]
    if slopes:
        text = sentences.regression(slopes, view)
        blocks.append(Text(f"{words('score_prefix', score=label)} {text}", tone="headline"))
    main_models = [row for row in models if row["se_type"] == MAIN_SE]
    undecided = _undecided(slopes, view)
    if undecided:
        blocks.append(Bullets(undecided, title=words("regression.disagree")))
    systems = [system for side in distinct(main_models, "outcome_system", "predictor_system") for system in side]
    blocks += [
        Text(text) for system in systems if (text := sentences.fewer_raters(system, score, "regression.fewer", view))
    ]
    limits = _limits(main_models, view)
    if limits:
        blocks.append(Bullets(limits, title=words("regression.limits")))
    for name in ("reference", "dropped"):
        for (text,) in distinct([row for row in main_models if row[name]], name):
            system = main_models[0]["predictor_system"]
            shown = view.quoted(names.category(system, text)) if name == "reference" else words.said(text)
            blocks.append(Text(words(f"regression.{name}", text=shown)))
    blocks += view.draw(coefficient_figure, slopes)
    if main_models:
        blocks.append(_models(main_models, label, direction, view))
    if main:
        blocks.append(Fold(words("fold.coefficients"), (_coefficients(main, MAIN_SE, label, direction, view),)))
    key = (rows or models)[0]["outcome_system"], (rows or models)[0]["predictor_system"], score
    if residuals := view.draw(residual_figure, *key):
        blocks.append(Fold(words("fold.residuals"), residuals))
    blocks += sensitivity(*key, view)
    others = [se for (se,) in distinct(rows, "se_type") if se != MAIN_SE]
    for se_type in others:
        of_type = [row for row in rows if row["se_type"] == se_type]
        blocks.append(
            Fold(
                words("fold.other_se", se_type=words.get(f"se.{se_type}", se_type)),
                (Text(words("other_se.text")), _coefficients(of_type, se_type, label, direction, view)),
            )
        )
    return blocks


def _undecided(rows: list[Row], view: View) -> tuple[tuple[str, str], ...]:
    """Coefficients that CR2 and the wild bootstrap put on different sides of .05, both uncorrected."""
    names = view.names
    return tuple(
        (
            "",
            view.words(
                "regression.disagree.item",
                term=view.quoted(names.category(row["predictor_system"], row["term"])),
                outcome=view.quoted(names.category(row["outcome_system"], row["outcome"])),
                p=p_equation(row["p"]),
                wild=p_equation(row["p_wild"]),
            ),
        )
        for row in rows
        if row["p"] is not None and row["p_wild"] is not None and significant(row["p"]) != significant(row["p_wild"])
    )


def _limits(models: list[Row], view: View) -> tuple[tuple[str, str], ...]:
    """Each of the models' warnings once, with the outcomes that it concerns; what concerns all stands first."""
    concerned: dict[Said, list[str]] = {}
    for row in models:
        for warning in row["warnings"].parts if row["warnings"] else ():
            concerned.setdefault(warning, []).append(view.names.category(row["outcome_system"], row["outcome"]))
    listed = sorted(concerned.items(), key=lambda item: len(item[1]) < len(models))
    return tuple(
        (
            view.words("models.all")
            if len(outcomes) == len(models) > 1
            else view.words("models_of", outcomes=", ".join(outcomes)),
            view.words.said(warning),
        )
        for warning, outcomes in listed
    )


def _models(models: list[Row], score: str, direction: str, view: View) -> Table:
    words, names, reasons = view.words, view.names, Reasons(view.words)
    permuted = any(row["p_session_permutation"] is not None for row in models)
    cells = tuple(
        (
            names.category(row["outcome_system"], row["outcome"]),
            coefficient(row["r2"]),
            coefficient(row["r2_adjusted"]),
            reasons.cell(number(row["f"]), row["undefined_reason"]),
            f"{number(row['df1'], 0)}, {number(row['df2'], 1)}" if row["df2"] is not None else ABSENT,
            p_value(row["p"]),
            *([p_value(row["p_session_permutation"])] if permuted else []),
            number(row["f2"]),
            interval(row["f2_ci_low"], row["f2_ci_high"], zero=True),
            number(row["f2_adjusted"]),
            whole(row["n_sequences"]),
        )
        for row in models
    )
    heads = (
        Head(words("head.outcome")),
        Head("R²", numeric=True, statistic=True),
        Head(words("head.r2_adjusted"), numeric=True, statistic=True),
        Head("F", numeric=True, statistic=True),
        Head("df", numeric=True, statistic=True),
        Head("p", numeric=True, statistic=True),
        *([Head(words("head.p_sessions"), numeric=True, statistic=True)] if permuted else []),
        Head("f²", numeric=True, statistic=True),
        Head(words("ci"), numeric=True),
        Head(words("head.f2_adjusted"), numeric=True, statistic=True),
        Head(words("head.n"), numeric=True, statistic=True),
    )
    return Table(
        slug("models", models[0]["outcome_system"], models[0]["predictor_system"], models[0]["score"]),
        words("table.models", direction=direction, score=score),
        heads,
        cells,
        (
            words("note.models"),
            *([words("note.p_sessions")] if permuted else []),
            *(
                text
                for system in (models[0]["outcome_system"], models[0]["predictor_system"])
                if (text := sentences.fewer_raters(system, models[0]["score"], "note.fewer", view))
            ),
            *reasons.notes(),
        ),
        word=True,
    )


def _coefficients(rows: list[Row], se_type: str, score: str, direction: str, view: View) -> Table:
    words, names, reasons = view.words, view.names, Reasons(view.words)
    wild = any(row["p_wild"] is not None for row in rows)
    groups: dict[int, str] = {}
    for index, row in enumerate(rows):
        if index == 0 or row["outcome"] != rows[index - 1]["outcome"]:
            groups[index] = names.category(row["outcome_system"], row["outcome"])
    cells = tuple(
        (
            names.category(row["predictor_system"], row["term"]),
            reasons.cell(number(row["b"]), row["undefined_reason"]),
            number(row["se"]),
            interval(row["ci_low"], row["ci_high"], zero=True),
            coefficient(row["beta"]),
            number(row["t"]),
            number(row["df"], 1),
            p_value(row["p"]),
            *([p_value(row["p_wild"])] if wild else []),
            p_value(row["p_holm"]),
            p_value(row["p_bh"]),
            number(row["vif"], 1),
        )
        for row in rows
    )
    heads = (
        Head(words("head.predictor")),
        Head("b", numeric=True, statistic=True),
        Head("SE", numeric=True, statistic=True),
        Head(words("ci"), numeric=True),
        Head("β", numeric=True),
        Head("t", numeric=True, statistic=True),
        Head("df", numeric=True, statistic=True),
        Head("p", numeric=True, statistic=True),
        *([Head(words("head.p_wild"), numeric=True, statistic=True)] if wild else []),
        Head("p Holm", numeric=True, statistic=True),
        Head("p BH", numeric=True, statistic=True),
        Head("VIF", numeric=True),
    )
    key = rows[0]
    return Table(
        slug("coefficients", key["outcome_system"], key["predictor_system"], key["score"], se_type),
        words("table.coefficients", direction=direction, score=score, se_type=words.get(f"se.{se_type}", se_type)),
        heads,
        cells,
        (*([words("note.p_wild")] if wild else []), words("note.bold"), *reasons.notes()),
        groups=groups,
        strong=frozenset(index for index, row in enumerate(rows) if significant(row["p_holm"])),
        word=se_type == MAIN_SE,
    )
