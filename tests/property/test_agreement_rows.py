"""Whatever raters hand in, the rows exist, are complete, and say why a number is missing."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.align.events_of import UNKNOWN, SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.choices import Matching
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.study.agree.confusion import confusion_rows
from elancry.study.agree.families import Questions
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.table.schema import AGREEMENT, CONFUSION

RATERS = ("R1", "R2", "R3")
CATEGORIES = ("a", "b")
CODEBOOK = Codebook(
    id="test",
    title="Test",
    systems=(System("form", {}, tuple(Category(name, {}) for name in CATEGORIES), Coding.BOTH, scale=Scale(0, 4)),),
)
OBSERVED = replace(CODEBOOK, extracted=True, systems=tuple(replace(item, observed=True) for item in CODEBOOK.systems))
# What is used at all: everything, one category, or nothing (as where no annotation has a length).
USED = ((0, 1, UNKNOWN), (0,), (UNKNOWN,), ())


@st.composite
def studies(draw: st.DrawFn, used: tuple[int, ...]) -> tuple[list[Timeline], list[RatingMatrix], list[SequenceEvents]]:
    timelines, events, sessions = [], [], []
    team = RATERS[: draw(st.sampled_from([1, 2, 3, 3]))]
    # Intervals exist from ten sequences and sessions on: half of the studies have that many.
    many = draw(st.booleans())
    for at in range(draw(st.integers(10, 11)) if many else draw(st.integers(0, 4))):
        session = f"s{at if many else draw(st.integers(0, 4))}"
        length = draw(st.integers(1, 60))
        raters = draw(st.lists(st.sampled_from(team), unique=True, min_size=1))
        # A gap, a duration and a category, one after the other on a tier; None is a tier that is missing.
        parts = st.tuples(st.integers(1, 9), st.integers(1, 20), st.sampled_from(used or (0,)))
        tier = st.lists(parts, max_size=4 if used else 0)
        coded = [draw(st.none() | tier) for _ in raters]
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


@pytest.mark.parametrize("codebook", [OBSERVED, CODEBOOK], ids=["observed", "codebook"])
@pytest.mark.parametrize("used", USED, ids=["all", "one", "unknown", "nothing"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), matching=st.sampled_from(list(Matching)), criterion=st.sampled_from([0.1, 0.6]))
def test_rows_never_fail_and_never_hold_an_unexplained_hole(
    data: st.DataObject,
    matching: Matching,
    criterion: float,
    used: tuple[int, ...],
    codebook: Codebook,
) -> None:
    study = data.draw(studies(used))
    timelines, ratings, events = study
    plan = Plan(seed=1, resamples=25, criterion=(criterion,), matching=matching, time_units_ms=(7,), tolerance_ms=14)
    asked = Questions.of(Compared(codebook, (), tuple(timelines), tuple(ratings), tuple(events)), plan)
    rows = asked.rows()
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
    CONFUSION.check(CONFUSION.frame(confusion_rows(asked)))
