"""Rows: what did one rater code where another coded what? Labels of given units, shared time, and linked events.

For the whole study every cell is there, zeros too; for one session only the cells that are not zero.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row
from elancry.study.agree.sums import Pair, Sums
from elancry.study.agree.time import WITH_NONE


def confusion_rows(questions: Questions) -> Iterator[Row]:
    """Rows of schema.CONFUSION: given units, milliseconds (`none` is a category), EasyDIAg's counts (`no_match`)."""
    for label in questions.labels:
        for pair, sums in label.of.pair_tables().items():
            yield from _rows({**label.base, "kind": "label"}, pair, label.categories, sums)
    for family in questions.time:
        if family.base["variant"] == WITH_NONE:
            for pair, sums in family.of.pair_tables().items():
                of = {**family.base, "kind": "time_ms", "variant": ""}
                yield from _rows(of, pair, (*family.categories, "none"), sums)
    for event in questions.events:
        for pair, sums in event.of.pair_tables(event.raters).items():
            yield from _rows({**event.base, "kind": "event"}, pair, (*event.categories, "no_match"), sums)


def _rows(base: Row, pair: Pair, names: tuple[str, ...], sums: Sums) -> Iterator[Row]:
    of = {name: value for name, value in base.items() if name != "coding"}
    of |= {"rater_a": pair[0], "rater_b": pair[1]}
    q = len(names)
    for (i, j), value in np.ndenumerate(sums.total.reshape(q, q)):
        yield {**of, "session": "", "category_a": names[i], "category_b": names[j], "value": float(value)}
    for session, row in zip(sums.sessions, sums.table, strict=True):
        table = row.reshape(q, q)
        for i, j in np.argwhere(table > 0).tolist():
            cell = {"category_a": names[i], "category_b": names[j], "value": float(table[i, j])}
            yield {**of, "session": session, **cell}
