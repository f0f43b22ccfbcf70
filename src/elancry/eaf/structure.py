"""Is the structure of a document sound? Every problem as a finding: tiers, types, slots, annotations.

Beyond the schema these are the rules that ELAN's own validator applies, and the references the schema cannot check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
from lxml import etree

from elancry.eaf.columns import ALIGNED, REFERENCE, Rows, query
from elancry.eaf.hierarchy import Hierarchy
from elancry.eaf.parts import Constraint
from elancry.eaf.slots import UNKNOWN, Ints, Slots, parse_time
from elancry.eaf.times import Times
from elancry.findings import Finding, Severity, finding
from elancry.texts import Text, text

MOST_OF_A_KIND = 1000
"""More findings of one kind than this are counted, not listed: a broken program can make millions."""


def structure_findings(
    root: etree._Element, name: str, hierarchy: Hierarchy, rows: Rows, slots: Slots, times: Times
) -> tuple[Finding, ...]:
    """All structural problems; `name` is the file they are reported for."""
    checks = (
        _tier_problems(name, hierarchy),
        _type_problems(root, name),
        _slot_problems(name, slots),
        _strays(root, name, len(rows)),
        _AnnotationChecks(name, hierarchy, rows, slots, times).problems(),
    )
    return tuple(_limited(_with_remedy(problem) for check in checks for problem in check))


def _with_remedy(problem: Finding) -> Finding:
    """Every error says how to mend it: where nothing better is known, that another program has to."""
    if problem.severity is not Severity.ERROR or problem.advice is not None:
        return problem
    own = text("finding.eaf-reversed.hint") if problem.code == "eaf-reversed" else text("eaf.hint-not-of-elan")
    return replace(problem, advice=own)


def _limited(problems: Iterable[Finding]) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    for problem in problems:
        counts[problem.code] = counts.get(problem.code, 0) + 1
        if counts[problem.code] <= MOST_OF_A_KIND:
            yield problem
    for code, count in counts.items():
        if count > MOST_OF_A_KIND:
            yield finding(code, text("finding.more-of-a-kind", n=count - MOST_OF_A_KIND))


def _tier_problems(name: str, hierarchy: Hierarchy) -> Iterator[Finding]:
    tiers = hierarchy.tiers
    for number, tier in enumerate(tiers):
        if not tier.id:
            yield finding("eaf-unnamed-tier", text("finding.eaf-unnamed-tier.message", number=number + 1), file=name)
        elif hierarchy.number_of[tier.id] != number:
            yield finding(
                "eaf-duplicate-tier", text("finding.eaf-duplicate-tier.message", tier=tier.id), file=name, tier=tier.id
            )
        kind = hierarchy.types[number]
        if kind is None:
            yield finding(
                "eaf-unknown-type",
                text("finding.eaf-unknown-type.message", type_id=tier.type_id),
                file=name,
                tier=tier.id,
            )
        if number in hierarchy.in_cycle:
            yield finding("eaf-tier-cycle", text("finding.eaf-tier-cycle.message"), file=name, tier=tier.id)
        elif tier.parent is not None and hierarchy.parents[number] is None:
            yield finding(
                "eaf-unknown-parent-tier",
                text("finding.eaf-unknown-parent-tier.message", parent=tier.parent),
                file=name,
                tier=tier.id,
            )
        if kind is not None and tier.parent is None and kind.constraint is not None:
            yield finding(
                "eaf-root-with-constraint",
                text("finding.eaf-root-with-constraint.message", kind=kind.id, constraint=kind.constraint),
                hint=text("finding.eaf-root-with-constraint.hint"),
                file=name,
                tier=tier.id,
            )
        if kind is not None and tier.parent is not None and kind.constraint is None:
            yield finding(
                "eaf-child-without-constraint",
                text("finding.eaf-child-without-constraint.message", parent=tier.parent, kind=kind.id),
                hint=text("finding.eaf-child-without-constraint.hint"),
                file=name,
                tier=tier.id,
            )


def _type_problems(root: etree._Element, name: str) -> Iterator[Finding]:
    vocabularies: set[str] = set()
    for element in root.iterchildren("CONTROLLED_VOCABULARY"):
        vocabulary = element.get("CV_ID", "")
        if vocabulary in vocabularies:
            yield finding(
                "eaf-duplicate-vocabulary",
                text("finding.eaf-duplicate-vocabulary.message", vocabulary=vocabulary),
                file=name,
            )
        vocabularies.add(vocabulary)
    types: set[str] = set()
    known = {constraint.value for constraint in Constraint}
    for element in root.iterchildren("LINGUISTIC_TYPE"):
        kind = element.get("LINGUISTIC_TYPE_ID", "")
        if kind in types:
            yield finding("eaf-duplicate-type", text("finding.eaf-duplicate-type.message", kind=kind), file=name)
        types.add(kind)
        constraint, reference = element.get("CONSTRAINTS"), element.get("CONTROLLED_VOCABULARY_REF")
        if constraint is not None and constraint.strip().replace(" ", "_") not in known:
            yield finding(
                "eaf-unknown-constraint",
                text("finding.eaf-unknown-constraint.message", kind=kind, constraint=constraint),
                file=name,
            )
        if reference is not None and reference not in vocabularies:
            yield finding(
                "eaf-unknown-vocabulary",
                text("finding.eaf-unknown-vocabulary.message", reference=reference, kind=kind),
                file=name,
            )


def _slot_problems(name: str, slots: Slots) -> Iterator[Finding]:
    for slot in slots.repeated:
        yield finding("eaf-duplicate-slot", text("finding.eaf-duplicate-slot.message", slot=slot), file=name)
    for slot, given in slots.rounded:
        said = text("finding.eaf-rounded-time.message", slot=slot, given=given, ms=parse_time(given))
        yield finding("eaf-rounded-time", said, file=name)
    for slot, message in slots.bad:
        shown = message if len(message) <= 40 else message[:40] + "..."
        yield finding("eaf-bad-time", text("finding.eaf-bad-time.message", slot=slot, shown=shown), file=name)


def _strays(root: etree._Element, name: str, read: int) -> Iterator[Finding]:
    strays = int(query(f"count(descendant::{ALIGNED}) + count(descendant::{REFERENCE})")(root)) - read
    if strays > 0:
        yield finding(
            "eaf-stray-annotation",
            text("finding.eaf-stray-annotation.message", n=strays),
            file=name,
        )


class _AnnotationChecks:
    """Checks on the N annotations of a document, all at once per tier."""

    def __init__(self, name: str, hierarchy: Hierarchy, rows: Rows, slots: Slots, times: Times) -> None:
        self._name = name
        self._hierarchy = hierarchy
        self._rows = rows
        self._slots = slots
        self._times = times
        self._offsets = np.concatenate([[0], np.cumsum(rows.tier_sizes)]).astype(np.int64)
        self._tier_of = np.repeat(np.arange(len(rows.tier_sizes)), rows.tier_sizes)

    def problems(self) -> Iterator[Finding]:
        yield from self._names()
        rows, times = self._rows, self._times
        yield from self._each(
            "eaf-unknown-slot",
            times.no_slot,
            lambda row: text("finding.eaf-unknown-slot.message", slot=self._missing_slot(row)),
        )
        yield from self._each(
            "eaf-guessed-time",
            times.guessed,
            lambda _: text("finding.eaf-guessed-time.message"),
        )
        yield from self._each("eaf-reversed", times.reversed_rows, lambda _: text("finding.eaf-reversed.message"))
        yield from self._each(
            "eaf-unknown-annotation",
            times.no_parent,
            lambda row: text("finding.eaf-unknown-annotation.message", parent=rows.parent[row]),
        )
        yield from self._each(
            "eaf-annotation-cycle",
            times.in_cycle,
            lambda row: text("finding.eaf-annotation-cycle.message", parent=rows.parent[row]),
        )
        broken = np.union1d(times.reversed_rows, times.no_slot)
        empty = np.flatnonzero(~rows.is_reference & (times.start_ms == times.end_ms))
        yield from self._each(
            "eaf-zero-length", np.setdiff1d(empty, broken), lambda _: text("finding.eaf-zero-length.message")
        )
        for number in range(len(rows.tier_sizes)):
            if rows.tier_sizes[number]:
                yield from self._on_tier(number)

    def _names(self) -> Iterator[Finding]:
        ids = self._rows.ids
        if len(set(ids)) != len(ids) or None in ids:
            seen: set[str] = set()
            for row, name in enumerate(ids):
                if not name:
                    yield self._finding("eaf-unnamed-annotation", row, text("finding.eaf-unnamed-annotation.message"))
                elif name in seen:
                    yield self._finding(
                        "eaf-duplicate-annotation", row, text("finding.eaf-duplicate-annotation.message", name=name)
                    )
                else:
                    seen.add(name)

    def _on_tier(self, number: int) -> Iterator[Finding]:
        here = np.arange(self._offsets[number], self._offsets[number + 1])
        reference = self._rows.is_reference[here]
        kind = self._hierarchy.types[number]
        constraint = None if kind is None else kind.constraint
        symbolic = constraint is not None and not constraint.time_alignable
        # Without a type at least all annotations should be of one kind.
        wrong = int((reference != (symbolic if kind is not None else reference[0])).sum())
        if wrong:
            tier = self._hierarchy.tiers[number].id
            yield finding(
                "eaf-mixed-kinds",
                text("finding.eaf-mixed-kinds.message-slots", wrong=wrong, all=len(here))
                if symbolic
                else text("finding.eaf-mixed-kinds.message-no-slots", wrong=wrong, all=len(here)),
                file=self._name,
                tier=tier,
            )
        aligned = here[~reference]
        if len(aligned):
            yield from self._overlaps(aligned)
            if constraint is not None and constraint.time_alignable:
                yield from self._outside(number, aligned)
        if reference.any():
            yield from self._references(number, here[reference], constraint)

    def _overlaps(self, rows: Ints) -> Iterator[Finding]:
        rows = rows[self._times.end_ms[rows] > self._times.start_ms[rows]]
        rows = rows[np.argsort(self._times.start_ms[rows], kind="stable")]
        start, end = self._times.start_ms[rows], self._times.end_ms[rows]
        latest = np.maximum.accumulate(end)
        for place in (np.flatnonzero(start[1:] < latest[:-1]) + 1).tolist():
            other = int(np.argmax(end[:place] > start[place])) if place < 1000 else place - 1
            yield self._finding(
                "eaf-overlap",
                int(rows[place]),
                text("finding.eaf-overlap.message", other=self._rows.ids[int(rows[other])]),
                hint=text("finding.eaf-overlap.hint"),
            )

    def _outside(self, number: int, rows: Ints) -> Iterator[Finding]:
        parent = self._hierarchy.parents[number]
        if parent is None:
            return
        above = np.arange(self._offsets[parent], self._offsets[parent + 1])
        start = self._times.start_ms[above]
        order = np.argsort(start, kind="stable")
        start, latest = start[order], np.maximum.accumulate(self._times.end_ms[above][order])
        place = np.searchsorted(start, self._times.start_ms[rows], side="right") - 1
        inside = place >= 0
        inside[inside] = self._times.end_ms[rows][inside] <= latest[place[inside]]
        tier = self._hierarchy.tiers[parent].id
        yield from self._each(
            "eaf-outside-parent", rows[~inside], lambda _: text("finding.eaf-outside-parent.message", tier=tier)
        )

    def _references(self, number: int, rows: Ints, constraint: Constraint | None) -> Iterator[Finding]:
        parent_row = self._times.parent_row[rows]
        parent = self._hierarchy.parents[number]
        known = parent_row != UNKNOWN
        astray = rows[known][self._tier_of[parent_row[known]] != (UNKNOWN if parent is None else parent)]
        tiers, tier_of = self._hierarchy.tiers, self._tier_of
        yield from self._each(
            "eaf-wrong-parent",
            astray,
            lambda row: text(
                "finding.eaf-wrong-parent.message",
                parent=self._rows.parent[row],
                tier=tiers[int(tier_of[int(self._times.parent_row[row])])].id,
            ),
        )
        previous = [(row, self._rows.previous[row]) for row in rows.tolist() if self._rows.previous[row] is not None]
        if not previous:
            return
        if constraint is not Constraint.SYMBOLIC_SUBDIVISION:
            ordered = np.asarray([row for row, _ in previous], np.int64)
            yield from self._each(
                "eaf-previous-on-association",
                ordered,
                lambda row: text("finding.eaf-previous-on-association.message", previous=self._rows.previous[row]),
            )
            return
        present = {self._rows.ids[row] for row in rows.tolist()}
        lost = np.asarray([row for row, before in previous if before not in present], np.int64)
        yield from self._each(
            "eaf-unknown-previous",
            lost,
            lambda row: text("finding.eaf-unknown-previous.message", previous=self._rows.previous[row]),
        )

    def _missing_slot(self, row: int) -> str | None:
        first = self._rows.slot1[row]
        return self._rows.slot2[row] if first in self._slots.index else first

    def _each(self, code: str, rows: Ints, message: Callable[[int], Text]) -> Iterator[Finding]:
        for row in rows.tolist():
            yield self._finding(code, row, message(row))

    def _finding(self, code: str, row: int, message: Text, hint: Text | None = None) -> Finding:
        return finding(
            code,
            message,
            hint=hint,
            file=self._name,
            tier=self._hierarchy.tiers[int(self._tier_of[row])].id,
            annotation=self._rows.ids[row],
            start_ms=int(self._times.start_ms[row]),
            end_ms=int(self._times.end_ms[row]),
        )
