"""The agreement of a whole study as rows of the agreement and the confusion table.

Which rows there are: for every system and tier the whole study (all raters together, the mean over pairs, every pair,
the team without each rater), every category against the rest, every session. Whole study and categories have
intervals; one session has none, since sessions are what is resampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from elancry.agreement.bootstrap import N_RESAMPLES
from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import Timeline
from elancry.choices import Matching
from elancry.codebook.model import Codebook
from elancry.study.agree.binned import binned_rows
from elancry.study.agree.boundary import boundary_rows
from elancry.study.agree.confusion import confusion_of_events, confusion_of_time
from elancry.study.agree.event import event_rows
from elancry.study.agree.row import Resampler, Row
from elancry.study.agree.score import count_scores, rating_scores, score_rows, share_scores
from elancry.study.agree.time import presence_rows, time_rows
from elancry.study.agree.unitizing import unitizing_rows

BOUNDARY_TOLERANCES_MS = (500, 1000)


def agreement_rows(
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
    *,
    seed: int,
    codebook: Codebook | None = None,
    raters: Sequence[str] | None = None,
    n_resamples: int = N_RESAMPLES,
    criteria: Sequence[float] = (0.6,),
    matching: Matching = Matching.EASYDIAG,
    time_units_ms: Sequence[int] = (),
    tolerance_ms: int = 0,
    boundary_tolerances_ms: Sequence[int] = BOUNDARY_TOLERANCES_MS,
) -> list[Row]:
    """Rows of schema.AGREEMENT.

    `codebook` gives the possible categories and scales (used or not); without one, or with one that was extracted from
    the files, they are the observed ones. `raters` gives the order of raters, natural order else. `criteria`: the first
    is the headline, further ones are a sweep. `time_units_ms` adds the binned version of the time coefficients,
    `tolerance_ms` (a unit or more) that with a tolerance; `boundary_tolerances_ms` are those of the boundaries' F1.
    """
    if codebook is None or codebook.extracted:
        timelines, events = observed_only(timelines, events)
    scales = scales_of(codebook)
    resampler = Resampler(seed, n_resamples)
    rows = [
        *time_rows(timelines, resampler, raters),
        *(row for unit in time_units_ms for row in binned_rows(timelines, resampler, raters, unit, tolerance_ms)),
        *event_rows(events, resampler, raters, matching, criteria),
        *unitizing_rows(timelines, events, resampler, raters),
        *boundary_rows(events, resampler, raters, matching, criteria[0], boundary_tolerances_ms),
        *presence_rows(timelines, resampler, raters),
    ]
    for scores in (
        *rating_scores(ratings, raters, scales),
        *share_scores(timelines, raters),
        *count_scores(events, raters),
    ):
        rows += score_rows(scores, resampler)
    return rows


def scales_of(codebook: Codebook | None) -> dict[str, tuple[float, ...]]:
    """System -> the numbers that can be given; nothing where the codebook was read out of the files."""
    if codebook is None or codebook.extracted:
        return {}
    return {
        system.id: tuple(float(value) for value in system.scale.values)
        for system in codebook.systems
        if system.scale is not None
    }


def confusion_rows(
    timelines: Sequence[Timeline],
    events: Sequence[SequenceEvents],
    *,
    codebook: Codebook | None = None,
    raters: Sequence[str] | None = None,
    criteria: Sequence[float] = (0.6,),
    matching: Matching = Matching.EASYDIAG,
) -> list[Row]:
    """Rows of schema.CONFUSION; parameters as for `agreement_rows`."""
    if codebook is None or codebook.extracted:
        timelines, events = observed_only(timelines, events)
    return [*confusion_of_time(timelines, raters), *confusion_of_events(events, raters, matching, criteria)]


def observed_only(
    timelines: Sequence[Timeline], events: Sequence[SequenceEvents]
) -> tuple[list[Timeline], list[SequenceEvents]]:
    """The same with the categories that any rater used on the tier, in their order."""
    used: dict[tuple[str, str], set[int]] = {}
    possible: dict[tuple[str, str], tuple[str, ...]] = {}
    for item in timelines:
        used.setdefault((item.system, item.tier), set()).update(np.unique(item.codes[item.codes >= 0]).tolist())
        possible[item.system, item.tier] = item.categories
    for events_of in events:
        for codes in events_of.codes:
            used.setdefault((events_of.system, events_of.tier), set()).update(np.unique(codes[codes >= 0]).tolist())
        possible[events_of.system, events_of.tier] = events_of.categories
    kept: dict[tuple[str, str], tuple[str, ...]] = {}
    renumber: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.int16]]] = {}
    for key, categories in possible.items():
        keep = sorted(used[key])
        kept[key] = tuple(categories[code] for code in keep)
        # The last places serve the negative codes, which index from the end.
        table = np.arange(len(categories) + 2, dtype=np.int16)
        table[len(categories) :] = (-2, -1)
        table[keep] = np.arange(len(keep), dtype=np.int16)
        renumber[key] = table
    return (
        [replace(t, categories=kept[t.system, t.tier], codes=renumber[t.system, t.tier][t.codes]) for t in timelines],
        [
            replace(
                e,
                categories=kept[e.system, e.tier],
                codes=tuple(renumber[e.system, e.tier][codes] for codes in e.codes),
            )
            for e in events
        ],
    )
