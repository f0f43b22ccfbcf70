"""Whatever raters hand in, the rows exist, are complete, and say why a number is missing."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.align.events_of import UNKNOWN, SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.choices import Matching
from elancry.study.agree.rows import agreement_rows, confusion_rows
from elancry.table.schema import AGREEMENT, CONFUSION

RATERS = ("R1", "R2", "R3")
CATEGORIES = ("a", "b")
# A gap, a duration and a category, one after the other on a tier.
PARTS = st.tuples(st.integers(1, 9), st.integers(1, 20), st.sampled_from([0, 1, UNKNOWN]))


@st.composite
def studies(draw: st.DrawFn) -> tuple[list[Timeline], list[RatingMatrix], list[SequenceEvents]]:
    timelines, events, sessions = [], [], []
    for at in range(draw(st.integers(0, 11))):
        session = f"s{draw(st.integers(0, 10)) if draw(st.booleans()) else at}"
        length = draw(st.integers(1, 60))
        raters = draw(st.lists(st.sampled_from(RATERS), unique=True, min_size=1))
        coded = [
            draw(
                st.none() | st.lists(st.tuples(st.integers(1, 9), st.integers(1, 20), st.sampled_from([0, 1, UNKNOWN])))
            )
            for _ in raters
        ]
        spans: list[list[tuple[int, int, int]]] = []
        for own in coded:
            time, found = 0, []
            for gap, duration, code in own or ():
                if time + gap < length:
                    found.append((time + gap, min(time + gap + duration, length), code))
                time += gap + duration
            spans.append(found)
        edges = np.array(sorted({0, length, *(edge for own in spans for span in own for edge in span[:2])}))
        codes = np.full((len(edges) - 1, len(raters)), NONE, dtype=np.int16)
        for column, (own, found) in enumerate(zip(coded, spans, strict=True)):
            for start, end, code in found:
                codes[np.searchsorted(edges, start) : np.searchsorted(edges, end), column] = code
            if own is None:
                codes[:, column] = MISSING
        names = (session, str(at), "form", "form")
        timelines.append(Timeline(*names, tuple(raters), CATEGORIES, edges[:-1], edges[1:], codes))
        present = [index for index, own in enumerate(coded) if own is not None]
        columns = [
            [np.array([span[i] for span in spans[index]], dtype=np.int64) for i in range(3)] for index in present
        ]
        events.append(
            SequenceEvents(
                *names,
                CATEGORIES,
                tuple(raters[index] for index in present),
                tuple(c[0] for c in columns),
                tuple(c[1] for c in columns),
                tuple(c[2].astype(np.int16) for c in columns),
            )
        )
        sessions.append(session)
    cells = st.sampled_from([0.0, 1.0, 2.0, 4.0, float("nan")])
    values = np.array(
        draw(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=len(sessions), max_size=len(sessions)))
    ).reshape(-1, 3)
    sequences = tuple(str(at) for at in range(len(sessions)))
    ratings = [RatingMatrix("form", "a", "form.a.rating", tuple(sessions), sequences, RATERS, values)]
    return timelines, ratings, events


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(studies(), st.sampled_from(list(Matching)), st.sampled_from([0.1, 0.6]))
def test_rows_never_fail_and_never_hold_an_unexplained_hole(
    study: tuple[list[Timeline], list[RatingMatrix], list[SequenceEvents]], matching: Matching, criterion: float
) -> None:
    timelines, ratings, events = study
    rows = agreement_rows(
        timelines,
        ratings,
        events,
        seed=1,
        n_resamples=25,
        criteria=(criterion,),
        matching=matching,
        time_units_ms=(7,),
        tolerance_ms=14,
    )
    AGREEMENT.check(AGREEMENT.frame(rows))
    for row in rows:
        if row["estimate"] is None:
            assert row["undefined_reason"], row
            assert row["ci_low"] is None
        else:
            assert math.isfinite(row["estimate"])
            unbounded = row["measure"].startswith(("onset", "offset"))
            assert unbounded or row["estimate"] <= 1 + 1e-9, row
        if row["ci_low"] is not None:
            assert math.isfinite(row["ci_low"])
            assert row["ci_low"] <= row["ci_high"] + 1e-12
    CONFUSION.check(CONFUSION.frame(confusion_rows(timelines, events, matching=matching)))
