"""Rows: what did one rater code where another coded what? Shared time, and linked events.

For the whole study every cell is there, zeros too; for one session only the cells that are not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from elancry.agreement.sums import FloatArray
from elancry.align.events_of import SequenceEvents
from elancry.align.timeline import Timeline
from elancry.choices import Matching
from elancry.study.agree.event import EventTables, event_groups, raters_of
from elancry.study.agree.row import Row, pairs_of
from elancry.study.agree.time import WITH_NONE, Compared, as_units, columns_of, group_by_tier


def confusion_of_time(timelines: Sequence[Timeline], order: Sequence[str] | None) -> Iterator[Row]:
    """Milliseconds of every pair of raters; `none` is a category."""
    for base, group in group_by_tier(timelines):
        raters = columns_of(group, order)
        units = [as_units(item, raters, WITH_NONE) for item in group]
        names = (*group[0].categories, "none")
        for pair in pairs_of(raters):
            compared = Compared.of(units, [raters.index(name) for name in pair], len(names))
            layout = compared.layout
            by_session = {s: layout.table(sums, "pairs")[0] for s, sums in compared.by_session.items()}
            yield from _rows({**base, "kind": "time_ms", "variant": ""}, pair, names, by_session)


def confusion_of_events(
    events: Sequence[SequenceEvents], order: Sequence[str] | None, rule: Matching, criteria: Sequence[float]
) -> Iterator[Row]:
    """Counts of EasyDIAg's table for every pair of raters; `no_match` is the last category."""
    for base, group in event_groups(events):
        raters = raters_of(group, order)
        names = (*group[0].categories, "no_match")
        for criterion in criteria:
            tables = EventTables.of(group, raters, rule, criterion)
            of = {**base, "kind": "event", "variant": rule.value, "criterion": criterion}
            for pair, by_session in tables.tables.items():
                yield from _rows(of, pair, names, by_session)


def _rows(base: Row, pair: tuple[str, str], names: Sequence[str], by_session: dict[str, FloatArray]) -> Iterator[Row]:
    if not by_session:
        return
    of = {name: value for name, value in base.items() if name != "coding"}
    of |= {"rater_a": pair[0], "rater_b": pair[1]}
    total = sum(by_session.values(), np.zeros((len(names), len(names))))
    for (i, j), value in np.ndenumerate(total):
        yield {**of, "session": "", "category_a": names[i], "category_b": names[j], "value": float(value)}
    for session, table in sorted(by_session.items()):
        for i, j in np.argwhere(table > 0).tolist():
            cell = {"category_a": names[i], "category_b": names[j], "value": float(table[i, j])}
            yield {**of, "session": session, **cell}
