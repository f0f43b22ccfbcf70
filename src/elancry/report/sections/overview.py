"""The summary at the top, and what was done on what: design, codebook with its sources, what is missing."""

from __future__ import annotations

from elancry.codebook.model import SourceStatus, System
from elancry.findings import Severity
from elancry.report import agreement_rows, sentences
from elancry.report.blocks import Block, Bullets, Cards, Fold, Head, Heading, Section, Swatches, Table, Text
from elancry.report.names import NO_FINDING
from elancry.report.numbers import clock, length, percent
from elancry.report.rows import Row, distinct
from elancry.report.sections.scores import span
from elancry.report.view import View
from elancry.table.flow_words import FROM, reasons, share_left_out


def summary(view: View) -> Section:
    """The few numbers and sentences that somebody with one minute reads."""
    words, results = view.words, view.results
    design = results.design
    counts = {level: sum(item.severity is level for item in results.findings) for level in Severity}
    cards = Cards(
        (
            (str(len(design.sessions)), words("card.sessions")),
            (str(len(design.sequences)), words("card.sequences")),
            (str(len(design.raters)), words("card.raters")),
            _double_card(view),
            (str(counts[Severity.ERROR]), words("card.errors")),
            (str(counts[Severity.WARNING]), words("card.warnings")),
        )
    )
    blocks: list[Block] = [cards]
    if counts[Severity.ERROR]:
        text = words(
            "summary.errors",
            errors=Severity.ERROR.counted(counts[Severity.ERROR]).into(words.language),
            section=words("section.trust"),
        )
        blocks.append(Text(text, tone="warning", title=words("summary.errors.title")))
    blocks += _left_out(view)
    headlines = [*_agreement(view), *_cooccurrence(view), *_regression(view)]
    starters = [system for system in results.codebook.systems if _status(system) is SourceStatus.STARTER]
    if starters:
        labels = words.listed([view.quoted(view.names.system(system.id)) for system in starters])
        blocks.append(Text(words("starter.short", systems=labels), tone="note", title=words("starter.title")))
    if headlines:
        blocks.append(Bullets(tuple(headlines)))
    blocks.append(Text(words("summary.caution"), tone="small"))
    return Section("summary", words("section.summary"), tuple(blocks))


def _left_out(view: View) -> list[Block]:
    """A sentence for each system of whose coded time or events more than a twentieth entered no comparison."""
    words, found = view.words, []
    # Of a system that was not asked for there is no number that could mislead.
    for system in (item.id for item in view.results.codebook.systems):
        rows = view.rows("flow", system=system)
        time, events = share_left_out(rows, "time", "ms"), share_left_out(rows, "event", "n_annotations")
        if max(time, events) > FROM:
            kind = "time" if time > FROM else "event"
            why = words.listed([reason.into(words.language) for reason in reasons(rows, kind)])
            name = view.quoted(view.names.system(system))
            said = words("summary.left_out", system=name, time=percent(time), events=percent(events), reasons=why)
            found.append(Text(said, tone="warning", title=words("summary.left_out.title")))
    return [*found]


def _double_card(view: View) -> tuple[str, str]:
    """The share of sequences that two raters coded: one number, or from the least to the most coded system."""
    design, words = view.results.design, view.words
    shares = [item.n_double / len(design.sequences) for item in design.coverage if design.sequences]
    if not shares:
        return percent(design.double_coded_share), words("card.double_coded")
    low, high = percent(min(shares)), percent(max(shares))
    if low == high:
        return low, words("card.double_coded")
    return words("range", low=low, high=high), words("card.double_coded.range")


def _agreement(view: View) -> list[tuple[str, str]]:
    found = []
    rows = view.rows("agreement")
    for (system,) in distinct(rows, "system"):
        of_system = [row for row in rows if row["system"] == system]
        timed = [row for row in of_system if row["coding"] == "interval"]
        texts = [_labels(system, team, view) or _timed(system, team, view) for team in agreement_rows.teams(timed)]
        rated = [row for row in of_system if row["coding"] == "rating"]
        if rated:
            score = rated[0]["variant"]
            texts.append(span(system, score, [row for row in rated if row["variant"] == score], view))
        found += [(view.words("headline.agreement"), text) for text in texts if text]
    return found


def _labels(system: str, rows: list[Row], view: View) -> str:
    """The sentence on the labels, where the raters labelled units that were given: agreement over time says little."""
    row = agreement_rows.headline_label(rows)
    if row is None:
        return ""
    words, only = view.words, view.only(row["raters"])
    what = words("what.label", system=view.quoted(view.names.tier(system, row["tier"])))
    return sentences.agreement(row, words("raters_only", what=what, raters=only) if only else what, view)


def _timed(system: str, rows: list[Row], view: View) -> str:
    """The sentence on the time coded; where each category has a tier of its own, from the lowest to the highest."""
    words = view.words
    headlines = {
        tier: row
        for (tier,) in distinct(rows, "tier")
        if (row := agreement_rows.headline_time([row for row in rows if row["tier"] == tier])) is not None
    }
    if len(headlines) == 1:
        ((tier, row),) = headlines.items()
        what = words("what.time", system=view.quoted(view.names.tier(system, tier)))
        only = view.only(row["raters"])
        return sentences.agreement(row, words("raters_only", what=what, raters=only) if only else what, view)
    defined = [(tier, row) for tier, row in headlines.items() if row["estimate"] is not None]
    if not defined:
        return ""
    low = min(defined, key=lambda item: item[1]["estimate"])
    high = max(defined, key=lambda item: item[1]["estimate"])
    return words(
        "rating.range",
        system=view.quoted(view.names.system(system)),
        score=words("score.time"),
        low=sentences.with_interval(low[1], view),
        low_category=view.quoted(view.names.tier(system, low[0])),
        high=sentences.with_interval(high[1], view),
        high_category=view.quoted(view.names.tier(system, high[0])),
    )


def _cooccurrence(view: View) -> list[tuple[str, str]]:
    rows = view.rows("cooccurrence")
    return [
        (
            view.words("headline.cooccurrence"),
            sentences.cooccurrence([row for row in rows if (row["system_a"], row["system_b"]) == pair], view),
        )
        for pair in distinct(rows, "system_a", "system_b")
    ]


def _regression(view: View) -> list[tuple[str, str]]:
    found = []
    rows = [row for row in view.rows("regression", se_type="CR2") if not NO_FINDING.fullmatch(row["term"])]
    for family in distinct(rows, "outcome_system", "predictor_system"):
        here = [row for row in rows if (row["outcome_system"], row["predictor_system"]) == family]
        score = here[0]["score"]
        found.append(
            (
                view.words(
                    "headline.direction",
                    outcomes=view.names.system(family[0]),
                    predictors=view.names.system(family[1]),
                    score=view.words.get(f"score.{score}", score),
                ),
                sentences.regression([row for row in here if row["score"] == score], view),
            )
        )
    return found


def study(view: View) -> Section:
    """Who coded what with which codebook, and which parts of a full report are not there."""
    words, design = view.words, view.results.design
    files = {
        "raters": words.listed([view.quoted(rater) for rater in design.raters]),
        "files": words.count("file", len(view.results.provenance.inputs)),
    }
    if design.whole_sessions:
        chosen = view.results.provenance.plan.get("window", {}).get("value") == "session"
        text = words(
            "study.text.whole_chosen" if chosen else "study.text.whole",
            units=view.units(len(design.sequences)),
            **files,
        )
    else:
        sessions = words.count("session", len(design.sessions))
        text = words("study.text", sequences=view.units(len(design.sequences)), sessions=sessions, **files)
    blocks: list[Block] = [Text(text)]
    uncoded = [
        system.id
        for system in view.results.codebook.systems
        if design.coverage and not any(item.system == system.id for item in design.coverage)
    ]
    covered = [("", sentences.coverage(item, view)) for item in design.coverage]
    covered += [("", words("coverage.nobody", system=view.quoted(view.names.system(system)))) for system in uncoded]
    if covered:
        blocks += [Bullets(tuple(covered)), Text(words("coverage.text"))]
        blocks.append(Fold(words("fold.coverage"), (_coverage(view),)))
    blocks.append(Fold(words("study.sequences"), (_sequences(view),)))
    blocks.append(Heading(words("study.codebook")))
    if view.results.codebook.extracted:
        blocks.append(Text(words("study.extracted"), tone="note"))
    for system in view.results.codebook.systems:
        blocks += _system(system, view)
    if view.results.omitted:
        blocks.append(Heading(words("study.omitted")))
        blocks.append(Text(words("study.omitted.text")))
        blocks.append(
            Bullets(
                tuple(
                    (f"{words.get(f'part.{part}', part)}:", words.said(view.names.in_text(why)))
                    for part, why in view.results.omitted.items()
                )
            )
        )
    return Section("study", words("section.study"), tuple(blocks))


def _coverage(view: View) -> Table:
    words, design = view.words, view.results.design
    rows = tuple(
        (
            view.names.system(item.system),
            words(f"coding.{item.coding}"),
            str(item.n_coded),
            str(item.n_double),
            percent(item.n_double / len(design.sequences)),
            str(item.n_complete),
            *(str(item.by_rater.get(rater, 0)) for rater in design.raters),
        )
        for item in design.coverage
    )
    heads = (
        Head(words("head.systems")),
        Head(words("head.coding")),
        *(Head(words(f"head.{name}"), numeric=True) for name in ("coded", "double", "double_share", "complete")),
        *(Head(rater, numeric=True) for rater in design.raters),
    )
    note = words("note.coverage", all=str(len(design.sequences)))
    return Table("coverage", words("table.coverage"), heads, rows, (note,), row_heads=2, word=bool(view.results.tables))


def _sequences(view: View) -> Table:
    words = view.words
    rows = tuple(
        (
            str(item["session"]),
            str(item["sequence"]),
            clock(item["start_ms"]),
            clock(item["end_ms"]),
            length(item["end_ms"] - item["start_ms"]),
            ", ".join(item["raters"]),
        )
        for item in view.results.design.sequences
    )
    heads = tuple(
        Head(words(f"head.{name}"), numeric=name in ("start", "end", "length"))
        for name in ("session", "sequence", "start", "end", "length", "raters")
    )
    return Table("sequences", words("table.sequences"), heads, rows, row_heads=2)


def _status(system: System) -> SourceStatus | None:
    return system.source.status if system.source is not None else None


def _system(system: System, view: View) -> list[Block]:
    words, names = view.words, view.names
    label = names.system(system.id)
    groups = {
        group.id: group.labels.get(words.language) or next(iter(group.labels.values())) for group in system.groups
    }
    blocks: list[Block] = [Heading(label, 4)]
    if system.source is None:
        blocks.append(Text(words("source.unknown")))
    else:
        text = words(f"source.{system.source.status.value}", citation=system.source.citation.rstrip(". "))
        if system.source.note:
            text = f"{text} {system.source.note}"
        if system.source.status is SourceStatus.STARTER:
            blocks.append(Text(text, tone="warning", title=words("starter.title")))
        else:
            blocks.append(Text(text))
    blocks.append(
        Swatches(
            label, tuple((names.colour(system.id, c.id), names.category(system.id, c.id)) for c in system.categories)
        )
    )
    rows = tuple(
        (
            names.category(system.id, category.id),
            category.id,
            groups.get(category.group or "", ""),
            category.definitions.get(words.language) or next(iter(category.definitions.values()), ""),
        )
        for category in system.categories
    )
    used = [index for index in range(4) if index < 2 or any(row[index] for row in rows)]
    heads = tuple(Head(words(f"head.{name}")) for name in ("category", "id", "group", "definition"))
    table = Table(
        f"codebook-{system.id}",
        words("table.codebook", system=label),
        tuple(heads[index] for index in used),
        tuple(tuple(row[index] for index in used) for row in rows),
    )
    blocks.append(Fold(words("fold.categories", n=str(len(rows))), (table,)))
    return blocks
