"""A study with invented raters, and what is asked of it; imported by the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import NONE, Timeline
from elancry.codebook.model import Category, Codebook, Scale, System
from elancry.study.agree.families import Questions
from elancry.study.compared import Compared
from elancry.study.plan import Plan

RATERS = ("R1", "R2", "R3")
CATEGORIES = ("despair", "inhibited", "protest")


def timeline_of(
    intervals: Sequence[Sequence[tuple[int, int, int]]],
    end_ms: int,
    *,
    session: str = "s1",
    sequence: str = "1",
    raters: Sequence[str] = RATERS,
    categories: Sequence[str] = CATEGORIES,
) -> Timeline:
    """A timeline from (start, end, code) per rater in a window [0, end)."""
    edges = np.array(sorted({0, end_ms, *(edge for own in intervals for item in own for edge in item[:2])}))
    codes = np.full((len(edges) - 1, len(intervals)), NONE, dtype=np.int16)
    for column, own in enumerate(intervals):
        for start, end, code in own:
            codes[np.searchsorted(edges, start) : np.searchsorted(edges, end), column] = code
    return Timeline(session, sequence, "form", "form", tuple(raters), tuple(categories), edges[:-1], edges[1:], codes)


def events_of(
    intervals: Sequence[Sequence[tuple[int, int, int]]],
    *,
    session: str = "s1",
    sequence: str = "1",
    raters: Sequence[str] = RATERS,
    categories: Sequence[str] = CATEGORIES,
) -> SequenceEvents:
    """The same intervals as events."""
    columns = [list(zip(*own, strict=True)) or [(), (), ()] for own in (sorted(o) for o in intervals)]
    return SequenceEvents(
        session,
        sequence,
        "form",
        "form",
        tuple(categories),
        tuple(raters),
        tuple(np.array(c[0], dtype=np.int64) for c in columns),
        tuple(np.array(c[1], dtype=np.int64) for c in columns),
        tuple(np.array(c[2], dtype=np.int16) for c in columns),
    )


def invented(
    n_sessions: int = 12, n_sequences: int = 15, seed: int = 3, n_categories: int = 3
) -> tuple[list[Timeline], list[RatingMatrix], list[SequenceEvents]]:
    rng = np.random.default_rng(seed)
    categories = tuple(f"c{i}" for i in range(n_categories)) if n_categories != 3 else CATEGORIES
    timelines, events, sessions, sequences = [], [], [], []
    for at in range(n_sequences):
        session, sequence = f"s{at % n_sessions + 1:02d}", str(at // n_sessions + 1)
        truth, time = [], 0
        while time < 90_000:
            time += int(rng.integers(1_000, 6_000))
            length = int(rng.integers(1_500, 9_000))
            truth.append((time, time + length, int(rng.integers(n_categories))))
            time += length + 400
        coded = []
        for _ in RATERS:
            own = []
            for start, end, code in truth:
                if rng.random() < 0.1:
                    continue
                wrong = int(rng.integers(n_categories)) if rng.random() < 0.2 else code
                own.append((max(0, start + int(rng.integers(-190, 190))), end + int(rng.integers(-190, 190)), wrong))
            coded.append(own)
        names = {"session": session, "sequence": sequence, "categories": categories}
        timelines.append(timeline_of(coded, time + 1_000, **names))  # type: ignore[arg-type]
        events.append(events_of(coded, **names))  # type: ignore[arg-type]
        sessions.append(session)
        sequences.append(sequence)
    ratings = []
    for category in categories:
        level = rng.integers(0, 5, n_sequences)[:, None]
        values = np.clip(level + rng.integers(-1, 2, (n_sequences, 3)), 0, 4).astype(float)
        values[0, 1] = np.nan
        matrix = RatingMatrix(
            "form", category, f"form.{category}.rating", tuple(sessions), tuple(sequences), RATERS, values
        )
        ratings.append(matrix)
    return timelines, ratings, events


CODEBOOK = Codebook(
    "test",
    "Test",
    (System("form", {}, tuple(Category(name, {}) for name in CATEGORIES), scale=Scale(0, 4)),),
)
# Read out of files without a vocabulary: nothing says what could have been given.
OBSERVED = replace(CODEBOOK, extracted=True, systems=tuple(replace(item, observed=True) for item in CODEBOOK.systems))
STUDY = invented()


def questions(
    timelines: Sequence[Timeline],
    ratings: Sequence[RatingMatrix],
    events: Sequence[SequenceEvents],
    *,
    codebook: Codebook = OBSERVED,
    raters: Sequence[str] = (),
    **choices: object,
) -> Questions:
    """What is asked of these raters; `choices` are keys of the plan."""
    compared = Compared(codebook, tuple(raters), tuple(timelines), tuple(ratings), tuple(events))
    return Questions.of(compared, Plan(**choices))  # type: ignore[arg-type]


def agreement_rows(*study: object, **choices: object) -> list[dict[str, object]]:
    return questions(*study, **choices).rows()  # type: ignore[arg-type]
