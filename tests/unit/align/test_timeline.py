"""Timelines; every expectation is read off the time line drawn above it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from elancry.align.sequences import match_sequences
from elancry.align.timeline import MISSING, NONE, build_timelines

P, D = 0, 1
SEQ = [(0, 100, "1")]


def timelines(coding):
    return build_timelines(coding, match_sequences(coding)[0])


def table(timeline):
    return list(zip(timeline.start_ms.tolist(), timeline.end_ms.tolist(), timeline.codes.tolist(), strict=True))


def test_the_window_is_cut_at_every_boundary_of_every_rater(study):
    # ms  0   10   30   50        100
    # R1  |    |--p---------|
    # R2  |         |-d-|             (30-40)
    coding = study(
        {"s": {"R1": {"Sequence": SEQ, "form": [(10, 50, "p")]}, "R2": {"Sequence": SEQ, "form": [(30, 40, "d")]}}}
    )
    (timeline,) = timelines(coding)
    assert (timeline.raters, timeline.categories, timeline.tier) == (("R1", "R2"), ("p", "d"), "form")
    assert table(timeline) == [
        (0, 10, [NONE, NONE]),
        (10, 30, [P, NONE]),
        (30, 40, [P, D]),
        (40, 50, [P, NONE]),
        (50, 100, [NONE, NONE]),
    ]
    assert timeline.durations.sum() == 100
    assert timeline.codes.dtype == np.int16
    assert timeline.start_ms.dtype == np.int64


def test_annotations_are_clipped_to_the_window(study):
    # ms  0   20        80  100
    # Seq     |----------|
    # R1  |---p---|  |---d----|
    coding = study({"s": {"R1": {"Sequence": [(20, 80, "1")], "form": [(0, 40, "p"), (60, 100, "d")]}}})
    assert table(timelines(coding)[0]) == [(20, 40, [P]), (40, 60, [NONE]), (60, 80, [D])]


def test_a_value_outside_the_vocabulary_is_missing_and_not_none(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(0, 40, "prtest")]}}})
    assert table(timelines(coding)[0]) == [(0, 40, [MISSING]), (40, 100, [NONE])]


def test_unmarked_sequence_and_missing_tier_are_missing_throughout(study):
    other = [(0, 100, "1"), (200, 300, "2")]
    coding = study(
        {
            "s": {
                "R1": {"Sequence": other, "form": [(0, 40, "p")]},
                "R2": {"Sequence": SEQ, "form": [(0, 40, "p"), (220, 230, "d")]},
                "R3": {"Sequence": other, "form": None},
            }
        }
    )
    first, second = timelines(coding)
    assert table(first) == [(0, 40, [P, P, MISSING]), (40, 100, [NONE, NONE, MISSING])]
    # R1 coded the tier elsewhere: none. R2 did not mark the sequence: missing, and its boundaries do not cut.
    assert table(second) == [(200, 300, [NONE, MISSING, MISSING])]


def test_self_overlap_is_missing_where_categories_differ(study):
    # ms  0   20   40   60
    # R1  |---p----|
    # R1      |----d----|
    # R1           |--d-|   same category twice
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(0, 40, "p"), (20, 60, "d"), (40, 60, "d")]}}})
    assert table(timelines(coding)[0]) == [(0, 20, [P]), (20, 40, [MISSING]), (40, 60, [D]), (60, 100, [NONE])]


def test_a_long_annotation_before_short_ones_still_reaches_a_later_window(study):
    # ms  0                     300
    # R1  |----------p-----------|
    # R1   |d|  (10-20)
    seq = [(0, 100, "1"), (200, 300, "2")]
    coding = study({"s": {"R1": {"Sequence": seq, "form": [(0, 300, "p"), (10, 20, "d")]}}})
    assert table(timelines(coding)[1]) == [(200, 300, [P])]


def test_tier_per_category_gives_one_timeline_each(study, per_category):
    coding = study(
        {"s": {"R1": {"Sequence": SEQ, "form.p": [(0, 40, "p")], "form.d": [(30, 50, "d")]}}}, codebook=per_category
    )
    first, second = timelines(coding)
    assert (first.tier, first.categories, table(first)) == ("form.p", ("p",), [(0, 40, [0]), (40, 100, [NONE])])
    assert (second.tier, table(second)) == ("form.d", [(0, 30, [NONE]), (30, 50, [0]), (50, 100, [NONE])])


def test_zero_length_annotations_have_no_time(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(50, 50, "p")]}}})
    assert table(timelines(coding)[0]) == [(0, 100, [NONE])]


def test_time_in_which_an_annotation_of_damaged_times_may_lie_is_missing_where_nothing_else_is_coded(study):
    # ms  0    20        50   60     100
    # R1       |---------?----|            reversed in the file: 60 to 20, and beside it
    # R1                 |-p--|
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(50, 60, "p"), (60, 60, "d")]}}})
    (file,) = coding.files
    form = file.tiers[1]
    damaged = replace(form, annotations=(form.annotations[0], replace(form.annotations[1], damaged=True)))
    tiers = (file.tiers[0], replace(damaged, open_ms=((20, 60),)))
    coding = replace(coding, files=(replace(file, tiers=tiers),))
    (timeline,) = timelines(coding)
    assert table(timeline) == [(0, 20, [NONE]), (20, 50, [MISSING]), (50, 60, [P]), (60, 100, [NONE])]
    # As an event it is as long as it may be, and of no category, so that its partner can be found.
    assert [(item.start_ms, item.end_ms, item.category) for item in tiers[1].events] == [(50, 60, "p"), (20, 60, None)]
