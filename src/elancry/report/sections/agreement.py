"""How far raters agree: per system a sentence, the figure, the measures side by side, who and where it is worse."""

from __future__ import annotations

from elancry.report import agreement_rows, sentences
from elancry.report.agreement_rows import EVENT, MEAN_RATING, RATING, TIME
from elancry.report.blocks import Block, Fold, Head, Heading, Section, Table, Text
from elancry.report.numbers import ABSENT, coefficient, interval, number, whole
from elancry.report.rows import Row, distinct, exact
from elancry.report.view import Reasons, View, slug


def agreement(view: View) -> Section:
    """The whole section."""
    words = view.words
    rows = view.rows("agreement")
    blocks: list[Block] = [*view.omitted("agreement")]
    if rows:
        blocks.append(Text(words("agreement.text")))
        blocks.append(Fold(words("fold.levels"), (Text(words("levels.text")), Text(words("intervals.text")))))
    for (system,) in distinct(rows, "system"):
        of_system = [row for row in rows if row["system"] == system]
        blocks.append(Heading(view.names.system(system)))
        for coding, tier in distinct([row for row in of_system if row["coding"] == "interval"], "coding", "tier"):
            here = [row for row in of_system if row["coding"] == coding and row["tier"] == tier]
            blocks += _interval(system, tier, here, view)
        ratings = [row for row in of_system if row["coding"] == "rating"]
        if ratings:
            blocks += _rating(system, ratings, view)
    if rows:
        blocks.append(Text(words("see.csv", file="tables/agreement.csv"), tone="small"))
    return Section("agreement", words("section.agreement"), tuple(blocks))


def _interval(system: str, tier: str, rows: list[Row], view: View) -> list[Block]:
    words = view.words
    label = view.quoted(view.names.system(system))
    blocks: list[Block] = []
    time = agreement_rows.headline_time(rows)
    event = agreement_rows.headline_event(rows)
    for row, key in ((time, "what.time"), (event, "what.event")):
        if row is not None:
            text = sentences.agreement(row, words(key, system=label), view)
            blocks.append(Text(f"{text} ({sentences.basis(row, view)})", tone="headline"))
    blocks += view.picture(slug("agreement", system, tier if tier != system else ""))
    categories = [c for (c,) in distinct((row for row in rows if row["scope"] == "category"), "category")]
    if categories:
        blocks.append(_categories(system, tier, rows, view.names.order(system, categories), view))
    blocks.append(Fold(words("fold.measures"), (_measures(system, tier, rows, view),)))
    apart = [row for row in exact(rows) if row["scope"] == "overall" and row["aggregate"] in ("pair", "leave_one_out")]
    if apart:
        blocks.append(Fold(words("fold.apart"), (Text(words("apart.text")), *_apart(tier, apart, view))))
    sessions = [row for row in exact(rows) if row["scope"] == "session" and row["measure"] in TIME[:1]]
    if sessions:
        blocks.append(Fold(words("fold.sessions"), (_sessions(tier, sessions, view),)))
    return blocks


def measure_label(row: Row, view: View) -> str:
    """The measure in words, with what tells its version apart."""
    return ", ".join([view.words.get(f"measure.{row['measure']}", row["measure"]), *version_of(row, view)])


def version_of(row: Row, view: View) -> list[str]:
    """What tells a version of a measure apart: how `none` counts, the matching rule, bins, tolerance."""
    words, details = view.words, []
    if row["variant"] and row["variant"] not in ("rating",):
        details.append(words.get(f"variant.{row['variant']}", row["variant"]))
    if row["criterion"] is not None:
        details.append(words("criterion", value=coefficient(row["criterion"])))
    if row["time_unit_ms"] is not None:
        details.append(words("time_unit", ms=whole(row["time_unit_ms"])))
    if row["tolerance_ms"]:
        details.append(words("tolerance", ms=whole(row["tolerance_ms"])))
    return details


def value_of(row: Row | None, reasons: Reasons) -> str:
    """The estimate alone, in the style of its measure."""
    if row is None:
        return ABSENT
    show = number if row["measure"].endswith("_ms") else coefficient
    text = show(row["estimate"], 0) if row["measure"].endswith("_ms") else show(row["estimate"])
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
            words.get(f"measure.{row['measure']}", row["measure"]),
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
    headline = (agreement_rows.headline_time(rows), agreement_rows.headline_event(rows))
    return Table(
        slug("agreement", tier),
        words("table.agreement", system=view.names.system(system)),
        heads,
        cells,
        (words("note.n"), *reasons.notes(), *_methods(listed, view)),
        groups=groups,
        strong=frozenset(index for index, row in enumerate(listed) if row in headline),
        word=True,
    )


def _methods(rows: list[Row], view: View) -> tuple[str, ...]:
    """How the intervals were made, each way once."""
    methods = [method for (method,) in distinct(rows, "ci_method") if method]
    return (view.words("note.ci", methods="; ".join(methods)),) if methods else ()


def _categories(system: str, tier: str, rows: list[Row], categories: list[str], view: View) -> Table:
    words, reasons = view.words, Reasons(view.words)
    columns = [
        measures
        for measures in (TIME, ("time_gwet_ac1",), EVENT, ("event_positive_agreement",))
        if any(agreement_rows.by_category(rows, measures, category) for category in categories)
    ]
    heads = [Head(words("head.category"))]
    versions: dict[str, None] = {}
    for measures in columns:
        found = next(
            row for category in categories if (row := agreement_rows.by_category(rows, measures, category)) is not None
        )
        heads.append(
            Head(f"{words.get('measure.' + found['measure'], found['measure'])} [{words('ci')}]", numeric=True)
        )
        versions[", ".join(version_of(found, view))] = None
    heads.append(Head(words("head.level")))
    cells = []
    for category in categories:
        first = agreement_rows.by_category(rows, columns[0], category) if columns else None
        level = first["level"] if first is not None else ""
        cells.append(
            (
                view.names.category(system, category),
                *(both_of(agreement_rows.by_category(rows, measures, category), reasons) for measures in columns),
                words.get(f"level.{level}", level),
            )
        )
    return Table(
        slug("agreement-category", tier),
        words("table.agreement_category", system=view.names.system(system)),
        tuple(heads),
        tuple(cells),
        (words("note.one_against_rest"), *(f"{text}." for text in versions if text), *reasons.notes()),
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


def _rating(system: str, rows: list[Row], view: View) -> list[Block]:
    words, reasons = view.words, Reasons(view.words)
    label = view.quoted(view.names.system(system))
    blocks: list[Block] = []
    for (score,) in distinct(rows, "variant"):
        of_score = [row for row in rows if row["variant"] == score]
        categories = view.names.order(system, (c for (c,) in distinct(of_score, "category") if c))
        if not categories:
            continue
        columns = [
            measures
            for measures in (RATING, MEAN_RATING, ("kappa_quadratic",), ("alpha_ordinal",), ("ac2_quadratic",))
            if any(agreement_rows.by_category(of_score, measures, category) for category in categories)
        ]
        columns = columns[:1] if len(columns) < 2 else [c for i, c in enumerate(columns) if c not in columns[:i]]
        if not columns:
            continue
        main = {category: agreement_rows.by_category(of_score, columns[0], category) for category in categories}
        defined = [row for row in main.values() if row is not None and row["estimate"] is not None]
        score_label = words.get(f"score.{score}", score)
        if defined:
            low = min(defined, key=lambda row: row["estimate"])
            high = max(defined, key=lambda row: row["estimate"])
            blocks.append(
                Text(
                    words(
                        "rating.range",
                        system=label,
                        score=score_label,
                        low=sentences.with_interval(low, view),
                        low_category=view.quoted(view.names.category(system, low["category"])),
                        high=sentences.with_interval(high, view),
                        high_category=view.quoted(view.names.category(system, high["category"])),
                    ),
                    tone="headline",
                )
            )
        if score == distinct(rows, "variant")[0][0]:
            blocks += view.picture(slug("ratings", system))
        heads = [Head(words("head.category"))]
        for measures in columns:
            found = next(r for c in categories if (r := agreement_rows.by_category(of_score, measures, c)) is not None)
            heads.append(
                Head(f"{words.get('measure.' + found['measure'], found['measure'])} [{words('ci')}]", numeric=True)
            )
        heads += [Head(words("head.level")), Head(words("head.n"), numeric=True, statistic=True)]
        cells = []
        for category in categories:
            row = main[category]
            level = row["level"] if row is not None else ""
            cells.append(
                (
                    view.names.category(system, category),
                    *(both_of(agreement_rows.by_category(of_score, m, category), reasons) for m in columns),
                    words.get(f"level.{level}", level),
                    whole(row["n_units"]) if row is not None else ABSENT,
                )
            )
        blocks.append(
            Table(
                slug("ratings", system, score),
                words("table.ratings", system=view.names.system(system), score=score_label),
                tuple(heads),
                tuple(cells),
                (words("note.icc"), *reasons.notes()),
                word=True,
            )
        )
    return blocks
