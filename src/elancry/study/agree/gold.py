"""Two raters alone: the coding of only one pair, and its rows. Against a gold rater that is all there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, Timeline
from elancry.study.agree.row import Row
from elancry.study.agree.rows import agreement_rows

_KEY = ("system", "tier", "measure", "variant", "scope", "category", "session", "criterion", "time_unit_ms")


def rows_of_pair(
    pair: tuple[str, str],
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
    **choices: Any,
) -> list[Row]:
    """Rows of schema.AGREEMENT for the coding of `only` this pair; `choices` as for `agreement_rows`.

    What `agreement_rows` pools over two raters is given as the pair's number, except where the pair has one of its own.
    """
    rows = agreement_rows(timelines, ratings, events, raters=pair, **choices)
    own = {_key(row) for row in rows if row["aggregate"] == "pair"}
    kept = [row for row in rows if row["aggregate"] == "pair" or _key(row) not in own]
    return [{**row, "aggregate": "pair"} for row in kept]


def _key(row: Row) -> tuple[Any, ...]:
    return (*(row.get(name) for name in _KEY), row.get("tolerance_ms"))


def only(
    pair: Sequence[str],
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
) -> tuple[list[Timeline], list[RatingMatrix], list[SequenceEvents]]:
    """The coding of some raters; a sequence that not all of them coded stays, with the others missing."""
    timed = []
    for item in timelines:
        codes = np.full((len(item.codes), len(pair)), MISSING, dtype=item.codes.dtype)
        for at, name in enumerate(pair):
            if name in item.raters:
                codes[:, at] = item.codes[:, item.raters.index(name)]
        timed.append(replace(item, raters=tuple(pair), codes=codes))
    rated = []
    for matrix in ratings:
        values = np.full((len(matrix.values), len(pair)), np.nan)
        for at, name in enumerate(pair):
            if name in matrix.raters:
                values[:, at] = matrix.values[:, matrix.raters.index(name)]
        rated.append(replace(matrix, raters=tuple(pair), values=values))
    marked = []
    for of in events:
        kept = [at for at, name in enumerate(of.raters) if name in pair]
        marked.append(
            replace(
                of,
                raters=tuple(of.raters[at] for at in kept),
                starts=tuple(of.starts[at] for at in kept),
                ends=tuple(of.ends[at] for at in kept),
                codes=tuple(of.codes[at] for at in kept),
            )
        )
    return timed, rated, marked
