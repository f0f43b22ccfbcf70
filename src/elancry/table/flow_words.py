"""The flow of the coding in two lines: how much entered which kind of number, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from elancry.check.coding import CheckedCoding
from elancry.check.left_out import ENTERED, Why
from elancry.spans import format_ms
from elancry.texts import Text, text

Row = Mapping[Any, Any]

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
    """`3 x no value (0:00:10.000)` for each reason of one kind, the largest first.

    Time that is the smaller part of annotations has no count.
    """
    n, ms = amounts(rows, kind, "n_annotations"), amounts(rows, kind, "ms")
    left = [name for name in n if name != ENTERED and (n[name] or ms[name])]
    left.sort(key=lambda name: (-ms[name], -n[name], list(Why).index(Why(name))))
    return [
        text("flow.reason", count=n[name], why=Why(name).shown, time=format_ms(ms[name]))
        if n[name]
        else text("flow.reason-part", why=Why(name).shown, time=format_ms(ms[name]))
        for name in left
    ]


def flow_lines(rows: Sequence[Row]) -> list[Text]:
    """What entered the comparisons of a study, then what was left out of its time and ratings and why."""
    lines = []
    for kind in ("time", "rating"):
        n, ms = amounts(rows, kind, "n_annotations"), amounts(rows, kind, "ms")
        if n:
            held, time, why = sum(n.values()), format_ms(sum(ms.values())), reasons(rows, kind)
            if why:
                entered = {"entered": n[ENTERED], "entered_time": format_ms(ms[ENTERED])}
                lines.append(text(f"flow.{kind}-left", held=held, time=time, reasons=why, **entered))
            else:
                lines.append(text(f"flow.{kind}-all", held=held, time=time))
    return lines


def shown_by_files(coding: CheckedCoding) -> Text | None:
    """What will be left out of every number, as far as each file shows it by itself; `None` for nothing."""
    found: Counter[Why] = Counter()
    for file in coding.files:
        for tier in file.tiers:
            if tier.kind != "sequence" and tier.system is not None:
                given = (tier.left_out_whole(item) for item in (*tier.annotations, *tier.unrated))
                found.update(why for why in given if why is not None)
    found.update({item.why: sum(len(t.annotations) for t in item.tiers) for item in coding.aside if item.tiers})
    each = [text("flow.count", count=found[why], why=why.shown) for why in Why if found[why]]
    return text("flow.in-files", n=sum(found.values()), reasons=each) if each else None
