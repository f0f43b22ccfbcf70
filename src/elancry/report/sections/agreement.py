"""How far raters agree: per system a sentence, the figure, the measures side by side, who and where it is worse."""

from __future__ import annotations

from elancry.report import agreement_rows, sentences
from elancry.report.agreement_rows import EVENT, TIME
from elancry.report.blocks import Block, Fold, Head, Heading, Section, Table, Text
from elancry.report.figures.intervals import agreement_figure
from elancry.report.figures.points import boundary_figure
from elancry.report.figures.sessions import session_figure
from elancry.report.numbers import whole
from elancry.report.rows import Row, distinct, exact
from elancry.report.sections.cells import (
    both_of,
    categories_note,
    interval_of,
    measure_label,
    measure_name,
    notes_on,
    value_of,
    version_of,
)
from elancry.report.sections.compared import differences
from elancry.report.sections.raters_needed import raters_needed
from elancry.report.sections.scores import ratings, scores
from elancry.report.sections.training import gold_rater, over_time, rounds, standing_apart
from elancry.report.view import Reasons, View, slug


def agreement(view: View) -> Section:
    """The whole section."""
    words = view.words
    rows = view.rows("agreement")
    blocks: list[Block] = [*view.omitted("agreement")]
    if rows:
        blocks.append(Text(words("agreement.text")))
        blocks += gold_rater(view)
        blocks.append(Fold(words("fold.levels"), (Text(words("levels.text")), Text(words("intervals.text")))))
    for (system,) in distinct(rows, "system"):
        of_system = [row for row in rows if row["system"] == system]
        blocks.append(Heading(view.names.system(system)))
        for coding, tier in distinct([row for row in of_system if row["coding"] == "interval"], "coding", "tier"):
            here = [row for row in of_system if row["coding"] == coding and row["tier"] == tier]
            blocks += _interval(system, tier, here, view)
        rated = [row for row in of_system if row["coding"] == "rating"]
        if rated:
            blocks += ratings(system, rated, view)
    if rows:
        blocks.append(Text(words("see.csv", file="tables/agreement.csv"), tone="small"))
    blocks += differences(view)
    return Section("agreement", words("section.agreement"), tuple(blocks))


def _interval(system: str, tier: str, rows: list[Row], view: View) -> list[Block]:
    words = view.words
    named = view.quoted(view.names.tier(system, tier))
    blocks: list[Block] = []
    for team in agreement_rows.teams(rows):
        label = agreement_rows.headline_label(team)
        time = agreement_rows.headline_time(team)
        event = agreement_rows.headline_event(team)
        for row, key in ((label, "what.label"), (time, "what.time"), (event, "what.event")):
            if row is not None:
                text = sentences.agreement(row, words(key, system=named), view)
                blocks.append(Text(f"{text} ({sentences.basis(row, view)})", tone="headline"))
                if row is label:
                    blocks.append(Text(words("given_units.text")))
    blocks += view.draw(agreement_figure, system, tier, rows)
    timed = [row for row in rows if agreement_rows.family(row["measure"]) in ("time", "event")]
    categories = [c for (c,) in distinct((row for row in timed if row["scope"] == "category"), "category")]
    if (
        categories
        and agreement_rows.by_category(agreement_rows.of_categories(rows), (*TIME, *EVENT), categories[0]) is not None
    ):
        blocks.append(_categories(system, tier, rows, view.names.order(system, categories), view))
    if agreement_rows.overall(rows):
        blocks.append(Fold(words("fold.measures"), (_measures(system, tier, rows, view),)))
    of_scores = tuple(scores(system, tier, rows, view))
    if of_scores:
        blocks.append(Fold(words("fold.score_agreement"), (Text(words("score_agreement.text")), *of_scores)))
    blocks += raters_needed(system, "interval", view, tier)
    apart = [row for row in exact(rows) if row["scope"] == "overall" and row["aggregate"] in ("pair", "leave_one_out")]
    if apart:
        confused = standing_apart(system, tier, view)
        blocks.append(Fold(words("fold.apart"), (*confused, Text(words("apart.text")), *_apart(tier, apart, view))))
    time = agreement_rows.headline_time(rows)
    sessions = [row for row in exact(rows) if row["scope"] == "session" and time and row["measure"] == time["measure"]]
    # Against a gold rater, what each session gave stands pair by pair in the training table instead.
    if sessions and len(agreement_rows.teams(rows)) == 1:
        pictured = view.draw(session_figure, system, tier, rows)
        blocks.append(Fold(words("fold.sessions"), (*pictured, _sessions(tier, sessions, view))))
    boundaries = view.draw(boundary_figure, system, tier)
    if boundaries:
        blocks.append(Fold(words("fold.boundaries"), boundaries))
    return [*blocks, *over_time(system, tier, view), *rounds(system, tier, view)]


def _measures(system: str, tier: str, rows: list[Row], view: View) -> Table:
    """All measures over all raters, grouped by the question they answer and the version of the data they see."""
    words, reasons = view.words, Reasons(view.words)
    listed: list[Row] = []
    groups: dict[int, str] = {}
    for part in agreement_rows.versions(agreement_rows.overall(rows)):
        family = agreement_rows.family(part[0]["measure"])
        groups[len(listed)] = ", ".join([words.get(f"family.{family}", family), *version_of(part[0], view)])
        listed += part
    cells = tuple(
        (
            measure_name(row, view),
            value_of(row, reasons),
            interval_of(row),
            words.get(f"level.{row['level']}", row["level"]),
            whole(row["n_units"]),
            whole(row["n_sessions"]),
        )
        for row in listed
    )
    heads = (
        Head(words("head.measure")),
        Head(words("head.estimate"), numeric=True),
        Head(words("head.ci"), numeric=True),
        Head(words("head.level")),
        Head(words("head.n"), numeric=True, statistic=True),
        Head(words("head.sessions"), numeric=True),
    )
    headline = (
        agreement_rows.headline_label(rows),
        agreement_rows.headline_time(rows),
        agreement_rows.headline_event(rows),
    )
    return Table(
        slug("agreement", tier),
        words("table.agreement", system=view.names.tier(system, tier)),
        heads,
        cells,
        (
            words("note.n"),
            *notes_on(listed, view),
            *categories_note(listed, view),
            *reasons.notes(),
            *_methods(listed, view),
        ),
        groups=groups,
        strong=frozenset(index for index, row in enumerate(listed) if row in headline),
        word=True,
    )


def _methods(rows: list[Row], view: View) -> tuple[str, ...]:
    """How the intervals were made, each way once."""
    methods = [method for (method,) in distinct(rows, "ci_method") if method]
    return (view.words("note.ci", methods="; ".join(map(view.words.said, methods))),) if methods else ()


def _categories(system: str, tier: str, rows: list[Row], categories: list[str], view: View) -> Table:
    words, reasons = view.words, Reasons(view.words)
    own = agreement_rows.of_categories(rows)
    columns = [
        measures
        for measures in (TIME, ("time_gwet_ac1",), EVENT, ("event_positive_agreement",))
        if any(agreement_rows.by_category(own, measures, category) for category in categories)
    ]
    heads = [Head(words("head.category"))]
    versions: dict[str, None] = {}
    for measures in columns:
        found = next(
            row for category in categories if (row := agreement_rows.by_category(own, measures, category)) is not None
        )
        heads.append(
            Head(f"{words.get('measure.' + found['measure'], found['measure'])} [{words('ci')}]", numeric=True)
        )
        versions[", ".join(version_of(found, view))] = None
    heads.append(Head(words("head.level")))
    shown = [
        row
        for measures in columns
        for category in categories
        if (row := agreement_rows.by_category(own, measures, category)) is not None
    ]
    cells = []
    for category in categories:
        first = agreement_rows.by_category(own, columns[0], category) if columns else None
        level = first["level"] if first is not None else ""
        cells.append(
            (
                view.names.category(system, category),
                *(both_of(agreement_rows.by_category(own, measures, category), reasons) for measures in columns),
                words.get(f"level.{level}", level),
            )
        )
    return Table(
        slug("agreement-category", tier),
        words("table.agreement_category", system=view.names.tier(system, tier)),
        tuple(heads),
        tuple(cells),
        (
            words("note.one_against_rest"),
            *(f"{text}." for text in versions if text),
            *notes_on(shown, view),
            *reasons.notes(),
        ),
        word=True,
    )


def _apart(tier: str, rows: list[Row], view: View) -> list[Block]:
    """Pairs of raters, and the team without each rater."""
    words = view.words
    blocks: list[Block] = []
    for aggregate in ("pair", "leave_one_out"):
        reasons = Reasons(words)
        of_kind = [row for row in rows if row["aggregate"] == aggregate]
        if not of_kind:
            continue
        measures = distinct(of_kind, "measure", "variant", "criterion")
        teams = [team for (team,) in distinct(of_kind, "raters")]
        place = {(row["raters"], row["measure"], row["variant"], row["criterion"]): row for row in of_kind}
        cells = [
            (
                measure_label(place[next(key for key in place if key[1:] == measure)], view),
                *(value_of(place.get((team, *measure)), reasons) for team in teams),
            )
            for measure in measures
        ]
        heads = [Head(words("head.measure")), *(Head(view.raters(team), numeric=True) for team in teams)]
        blocks.append(
            Table(slug(aggregate, tier), words(f"table.{aggregate}"), tuple(heads), tuple(cells), reasons.notes())
        )
    return blocks


def _sessions(tier: str, rows: list[Row], view: View) -> Table:
    words, reasons = view.words, Reasons(view.words)
    variants = [variant for (variant,) in distinct(rows, "variant")]
    place: dict[tuple[str, str], Row] = {}
    for row in rows:
        place.setdefault((row["session"], row["variant"]), row)
    heads = [Head(words("head.session"))]
    heads += [Head(measure_label(next(r for r in rows if r["variant"] == v), view), numeric=True) for v in variants]
    cells = tuple(
        (session, *(value_of(place.get((session, variant)), reasons) for variant in variants))
        for (session,) in distinct(rows, "session")
    )
    return Table(
        slug("sessions", tier),
        words("table.agreement_session"),
        tuple(heads),
        cells,
        (words("note.session"), *reasons.notes()),
    )
