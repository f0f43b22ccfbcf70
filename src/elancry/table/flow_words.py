"""The flow of the coding in two lines: how much entered which kind of number, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elancry.check.coding import RESERVED_RATERS, CheckedCoding
from elancry.check.left_out import ENTERED, Why
from elancry.spans import format_ms
from elancry.texts import Text, Texts, text

Row = Mapping[Any, Any]

KINDS = ("time", "event", "score", "label", "rating")
TIMED = ("time", "score")
"""Kinds that are split: their amount is ms, that of the others annotations."""
FROM = 0.05
"""Share of the coded time or of the events of a system from which its loss is said on the first screen."""


def amounts(rows: Iterable[Row], kind: str, column: str) -> Counter[str]:
    """Account -> annotations or ms (`column`) of one kind of number."""
    found: Counter[str] = Counter()
    for row in rows:
        if row["kind"] == kind:
            found[row["reason"]] += int(row[column])
    return found


def share_left_out(rows: Sequence[Row], kind: str, column: str) -> float:
    """Share of what was coded that did not enter; 0 where nothing was coded."""
    found = amounts(rows, kind, column)
    total = sum(found.values())
    return 1 - found[ENTERED] / total if total else 0.0


def reasons(rows: Sequence[Row], kind: str) -> list[Text]:
    """`3 x no value (0:00:10.000)` for each reason of one kind, the largest first; events and ratings are only counted.

    Time that is the smaller part of annotations has no count.
    """
    n, ms = amounts(rows, kind, "n_annotations"), amounts(rows, kind, "ms")
    left = [name for name in n if name != ENTERED and (n[name] or ms[name])]
    left.sort(key=lambda name: (-ms[name], -n[name], list(Why).index(Why(name))))
    return [_reason(Why(name), n[name], ms[name] if kind in TIMED else None) for name in left]


def _reason(why: Why, n: int, ms: int | None) -> Text:
    if not ms:
        # Of damaged times nobody knows how long they are.
        return text("flow.count", count=n, why=why.shown)
    if n:
        return text("flow.reason", count=n, why=why.shown, time=format_ms(ms))
    return text("flow.reason-part", why=why.shown, time=format_ms(ms))


def flow_lines(rows: Sequence[Row]) -> list[Text]:
    """What entered each kind of number, then what was left out of it and why, where anything was."""
    held = [kind for kind in KINDS if amounts(rows, kind, "n_annotations")]
    left = [
        text("flow.left-kind", kind=text(f"flow.left-of.{kind}"), reasons=found)
        for kind in held
        if (found := reasons(rows, kind))
    ]
    lines = [text("flow.entered", each=[_entered(rows, kind) for kind in held])] if held else []
    return [*lines, *([text("flow.left", each=Texts(tuple(left)))] if left else [])]


def _entered(rows: Sequence[Row], kind: str) -> Text:
    """`450 of 455 annotations in the time compared (0:59:43.000 of 0:59:44.200)`."""
    n, ms = amounts(rows, kind, "n_annotations"), amounts(rows, kind, "ms")
    held, held_ms, what = sum(n.values()), sum(ms.values()), text(f"flow.kind.{kind}")
    every = n[ENTERED] == held
    entered = (
        text("flow.entered-all", held=held, kind=what)
        if every
        else text("flow.entered-some", n=n[ENTERED], held=held, kind=what)
    )
    if kind not in TIMED:
        return entered
    if ms[ENTERED] == held_ms:
        return text("flow.entered-all-time", entered=entered, time=format_ms(held_ms))
    return text("flow.entered-time", entered=entered, time=format_ms(ms[ENTERED]), held_time=format_ms(held_ms))


def shown_by_files(coding: CheckedCoding) -> Text | None:
    """What will be left out of every number, as far as each file shows it by itself; `None` for nothing."""
    found: Counter[Why] = Counter()
    for file in coding.files:
        for tier in file.tiers:
            if tier.kind != "sequence" and tier.system is not None and tier.rater not in RESERVED_RATERS:
                given = (tier.left_out_whole(item) for item in (*tier.annotations, *tier.unrated))
                found.update(why for why in given if why is not None)
    found.update({item.why: sum(len(t.annotations) for t in item.tiers) for item in coding.aside if item.tiers})
    each = [text("flow.count", count=found[why], why=why.shown) for why in Why if found[why]]
    return text("flow.in-files", n=sum(found.values()), reasons=each) if each else None
