"""The flow of the coding: what of it entered which numbers, and why not the rest."""

from __future__ import annotations

from collections.abc import Sequence

from elancry.check.left_out import ENTERED, Why
from elancry.report.blocks import Block, Head, Section, Table, Text
from elancry.report.figures.flow import INTERVALS, flow_figure
from elancry.report.numbers import ABSENT, percent, whole
from elancry.report.rows import Row, distinct
from elancry.report.view import View
from elancry.table.flow_words import TIMED, amounts

# Reasons that say of whole files or tiers that they were not asked for: no fault of the coding.
_NOT_ASKED = (Why.TIER_NOT_ASKED.value,)


def flow(view: View) -> Section | None:
    """One figure for each system, who lost how much, and what the reasons mean; no section without coding."""
    words, rows = view.words, view.rows("flow")
    systems = [system.id for system in view.results.codebook.systems]
    coded = [row for row in rows if row["system"] in systems]
    if not coded:
        return None
    blocks: list[Block] = [Text(words("flow.text"))]
    for system in systems:
        blocks += view.draw(flow_figure, system, rows)
    blocks.append(_by_rater(coded, view))
    blocks += _reasons(rows, view)
    blocks += _not_asked(rows, view)
    blocks.append(Text(words("see.csv", file="tables/flow.csv"), tone="small"))
    return Section("flow", words("section.flow"), tuple(blocks))


def _by_rater(rows: Sequence[Row], view: View) -> Table:
    """Of each rater's coding of a system, the share that entered each kind of number."""
    words = view.words
    cells: list[tuple[str, ...]] = []
    groups: dict[int, str] = {}
    for (system,) in distinct(rows, "system"):
        groups[len(cells)] = view.names.system(system)
        for (rater,) in distinct((row for row in rows if row["system"] == system), "rater"):
            own = [row for row in rows if (row["system"], row["rater"]) == (system, rater)]
            shares = [_share(own, kind) for kind in INTERVALS]
            cells.append((rater, _held(own, "time"), *shares, _held(own, "rating"), _share(own, "rating")))
    names = ("annotations", *INTERVALS, "ratings", "rating")
    used = [at for at in range(len(names)) if any(row[at + 1] != ABSENT for row in cells)]
    heads = (Head(words("head.rater")), *(Head(words(f"flow.head.{names[at]}"), numeric=True) for at in used))
    shown = tuple((row[0], *(row[at + 1] for at in used)) for row in cells)
    return Table("flow", words("table.flow"), heads, shown, (words("note.flow"),), groups=groups, word=True)


def _held(rows: Sequence[Row], kind: str) -> str:
    return whole(sum(amounts(rows, kind, "n_annotations").values()) or None)


def _share(rows: Sequence[Row], kind: str) -> str:
    """Of the coded time, of events and ratings their number."""
    found = amounts(rows, kind, "ms" if kind in TIMED else "n_annotations")
    total = sum(found.values())
    return percent(found[ENTERED] / total) if total else ABSENT


def _reasons(rows: Sequence[Row], view: View) -> list[Block]:
    """What each reason that occurs means, and what can be done."""
    words = view.words
    occurring = {row["reason"] for row in rows}
    cells = tuple(
        (why.shown.into(words.language), why.meaning.into(words.language)) for why in Why if why.value in occurring
    )
    if not cells:
        return [Text(words("flow.nothing-left-out"))]
    heads = (Head(words("flow.head.reason")), Head(words("flow.head.meaning")))
    return [Table("flow-reasons", words("table.flow-reasons"), heads, cells)]


def _not_asked(rows: Sequence[Row], view: View) -> list[Block]:
    """Tiers of systems that were not asked for: they are in no figure."""
    words = view.words
    found = [row for row in rows if row["reason"] in _NOT_ASKED and row["kind"] in ("time", "rating")]
    if not found:
        return []
    tiers = dict.fromkeys(str(row["tier"]) for row in found)
    n = sum(int(row["n_annotations"]) for row in found)
    return [Text(words("flow.not-asked", tiers=", ".join(tiers), n=words.count("annotation", n)), tone="small")]
