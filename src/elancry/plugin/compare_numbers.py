"""The rows of the agreement table that the report of *Compare raters* speaks of, and how to find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from elancry.align.timeline import MISSING
from elancry.choices import Matching
from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row
from elancry.study.compared import Compared
from elancry.study.plan_keys import Plan


@dataclass(frozen=True)
class Rater:
    """What one rater coded within the windows; `ms` and `events` are by category id."""

    name: str
    ms: dict[str, int]
    events: dict[str, int]


@dataclass(frozen=True)
class Numbers:
    """Rows of schema.AGREEMENT, and how much each rater coded. `raters` are those who coded anything."""

    rows: tuple[Row, ...]
    raters: tuple[Rater, ...]
    categories: tuple[str, ...]

    def row(self, measure: str, **wanted: object) -> Row | None:
        """The first row of `measure` whose cells equal `wanted`; a cell that is not there equals ""."""
        return next(
            (
                row
                for row in self.rows
                if row["measure"] == measure and all(row.get(name, "") == value for name, value in wanted.items())
            ),
            None,
        )


def numbers_of(compared: Compared, *, matching: Matching, criterion: float) -> Numbers:
    """Agreement in time and on events; `criterion` in (0, 1]. One session has no interval, so none is asked for."""
    questions = Questions.of(compared, Plan(matching=matching, criterion=(criterion,), resamples=0))
    rows = tuple(row for family in (*questions.time, *questions.events) for row in questions.engine.rows(family))
    timelines, events = questions.compared.timelines, questions.compared.events
    categories = timelines[0].categories
    raters = []
    for name in compared.raters:
        own_time = [item for item in timelines if name in item.raters]
        columns = [(item.codes[:, item.raters.index(name)], item.durations) for item in own_time]
        if not any((codes != MISSING).any() for codes, _ in columns):
            continue
        ms = {
            category: sum(int(durations[codes == code].sum()) for codes, durations in columns)
            for code, category in enumerate(categories)
        }
        own = [item.codes[item.raters.index(name)] for item in events if name in item.raters]
        count = {category: sum(int(np.sum(codes == code)) for codes in own) for code, category in enumerate(categories)}
        raters.append(Rater(name, ms, count))
    return Numbers(rows, tuple(raters), categories)
