"""The consensus as a coding; expectations are read off the time lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from elancry.align.adjudicated import consensus_coding, undecided_spans
from elancry.align.events_of import build_events
from elancry.align.point_marks import settled_as_none
from elancry.align.ratings import build_ratings
from elancry.align.sequences import match_sequences
from elancry.align.timeline import MISSING, NONE, build_timelines
from elancry.check.coding import CodedAnnotation, CodedTier
from elancry.spans import Span

SEQ = [(0, 100, "1")]
P, D = 0, 1


def consensus(coding):
    changed, sequences = consensus_coding(coding, match_sequences(coding)[0])
    timelines = build_timelines(changed, sequences, raters=("consensus",))
    return timelines, build_ratings(changed, sequences, raters=("consensus",))


def table(timeline):
    return list(zip(timeline.start_ms.tolist(), timeline.end_ms.tolist(), timeline.codes[:, 0].tolist(), strict=True))


def test_majority_where_nobody_adjudicated(study):
    # ms  0    20   40   60        100
    # R1  |--p------|
    # R2       |--p------|
    # R3       |-d--|
    tiers = {
        "R1": {"Sequence": SEQ, "form": [(0, 40, "p")], "form.p.rating": [(0, 100, "3")]},
        "R2": {"Sequence": SEQ, "form": [(20, 60, "p")], "form.p.rating": [(0, 100, "3")]},
        "R3": {"Sequence": SEQ, "form": [(20, 40, "d")], "form.p.rating": [(0, 100, "1")]},
    }
    (timeline,), ratings = consensus(study({"s": tiers}))
    assert timeline.raters == ("consensus",)
    assert table(timeline) == [(0, 20, NONE), (20, 40, P), (40, 100, NONE)]
    np.testing.assert_array_equal(ratings[0].values, [[3.0]])


def test_unresolved_time_is_missing(study):
    tiers = {"R1": {"Sequence": SEQ, "form": [(0, 40, "p")]}, "R2": {"Sequence": SEQ, "form": [(0, 40, "d")]}}
    (timeline,), ratings = consensus(study({"s": tiers}))
    assert table(timeline) == [(0, 40, MISSING), (40, 100, NONE)]
    assert np.isnan(ratings[0].values).all()


def test_what_the_meeting_decided_counts(study):
    # ms             0      40    60     80   100
    # consensus                    |--d---|             60-80, coded by the meeting
    # disagreement          |-open--------|             40-80: 40-60 is unresolved
    # disagreement   |-=- -|                            0-20: the majority was none
    coding = study(
        {"s": {"R1": {"Sequence": SEQ, "form": [(0, 80, "p")]}, "R2": {"Sequence": SEQ, "form": [(40, 80, "d")]}}}
    )
    agreed = CodedTier(
        "consensus", "form", "interval", None, "form@consensus", (CodedAnnotation("c", 60, 80, "d", "d"),)
    )
    points = (CodedAnnotation("x", 40, 80, "R1=p | R2=d"), CodedAnnotation("y", 0, 20, "R1=p | R2=- | consensus=-"))
    open_ = CodedTier("disagreement", "form", "interval", None, "form@disagreement", points)
    merged = replace(coding.files[0], tiers=(*coding.files[0].tiers, agreed, open_), merged=True)
    (timeline,), _ = consensus(replace(coding, files=(merged, coding.files[1])))
    assert table(timeline) == [(0, 40, NONE), (40, 60, MISSING), (60, 80, D), (80, 100, NONE)]


def test_a_sequence_without_a_majority_is_not_in_the_consensus(study):
    seq = [(0, 100, "1"), (200, 300, "2")]
    coding = study(
        {"s": {"R1": {"Sequence": seq, "form": [(0, 10, "p")]}, "R2": {"Sequence": SEQ, "form": [(0, 10, "p")]}}}
    )
    timelines, _ = consensus(coding)
    assert [item.sequence for item in timelines] == ["1"]


@pytest.mark.parametrize(
    ("value", "settled"),
    [
        ("R1=p | R2=- | consensus=-", True),
        ("R1=p | R2=- | consensus=- | new", True),
        ("R1=p | R2=- | consensus=-  ", True),
        ("R1=p | R2=d", False),
        ("R1=p | R2=d | new", False),
        ("R1=p | R2=d | undecided", False),
        ("R1=p | R2=d | undecided | consensus=- | new", True),
        ("R1=p | R2=d | consensus=- | undecided", False),
        ("R1=p | preconsensus=-", False),
        ("R1=p | team-consensus=-", False),
    ],
)
def test_what_is_settled_as_none_says_so_behind_the_codes(value: str, settled: bool):
    assert settled_as_none(value) is settled


@pytest.mark.parametrize(("sequences", "events"), [
    ([(0, 100, "1")], [(10, 40, P), (40, 60, D), (70, 80, P)]),
    # A sequence ends where two pieces touch: each of them is an event of its own.
    ([(0, 30, "1"), (30, 100, "2")], [(10, 30, P), (30, 40, P), (40, 60, D), (70, 80, P)]),
])  # fmt: skip
def test_pieces_of_one_category_that_touch_are_one_event(study, sequences, events):
    # ms           10   20   30   40        60   70   80
    # consensus    |-p--|-p--|-p--|---d-----|    |-p--|
    coding = study({"s": {"R1": {"Sequence": sequences, "form": [(0, 80, "p")]}}})
    pieces = [(10, 20, "p"), (20, 30, "p"), (30, 40, "p"), (40, 60, "d"), (70, 80, "p")]
    found = tuple(CodedAnnotation(f"c{start}", start, end, value, value) for start, end, value in reversed(pieces))
    agreed = CodedTier("consensus", "form", "interval", None, "form@consensus", found)
    merged = replace(coding.files[0], tiers=(*coding.files[0].tiers, agreed), merged=True)
    changed, placed = consensus_coding(replace(coding, files=(merged,)), match_sequences(coding)[0])
    got = [
        row
        for item in build_events(changed, placed, raters=("consensus",))
        for row in zip(item.starts[0].tolist(), item.ends[0].tolist(), item.codes[0].tolist(), strict=True)
    ]
    assert got == events


def test_time_left_undecided_is_unresolved_and_told_apart(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(0, 40, "p")]}, "R2": {"form": [(0, 40, "d")]}}})
    said = (CodedAnnotation("x", 0, 20, "R1=p | R2=d | undecided"), CodedAnnotation("y", 20, 40, "R1=p | R2=d"))
    tier = CodedTier("disagreement", "form", "interval", None, "form@disagreement", said)
    agreed = CodedTier("consensus", "form", "interval", None, "form@consensus", ())
    file = replace(coding.files[0], tiers=(*coding.files[0].tiers, agreed, tier), merged=True)
    coding = replace(coding, files=(file, coding.files[1]))
    assert undecided_spans(coding) == {("s", "form", "form"): [Span(0, 20)]}
    (timeline,), _ = consensus(coding)
    assert table(timeline) == [(0, 20, MISSING), (20, 40, MISSING), (40, 100, NONE)]
