"""Consensus and disagreement; every expectation is read off the time line drawn above it."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.align.consensus import (
    UNRESOLVED,
    Agreed,
    Disagreement,
    agreed_stretches,
    differs,
    disagreements,
    majority_codes,
    majority_rating,
    undecided,
)
from elancry.align.sequences import match_sequences
from elancry.align.timeline import MISSING, NONE, build_timelines

SEQ = [(0, 1000, "1")]


def timeline(study, *raters):
    sessions = {"s": {f"R{n}": {"Sequence": SEQ, "form": spans} for n, spans in enumerate(raters, start=1)}}
    coding = study(sessions)
    (only,) = build_timelines(coding, match_sequences(coding)[0])
    return only


@pytest.mark.parametrize(
    ("codes", "majority", "differ"),
    [
        ([0, 0, 1], 0, True),
        ([0, 1, 2], UNRESOLVED, True),
        ([0, 0, 1, 1], UNRESOLVED, True),  # half is not more than half
        ([NONE, NONE, 1], NONE, True),
        ([0, 0, MISSING], 0, False),
        ([0, 1, MISSING], UNRESOLVED, True),
        ([0, MISSING, MISSING], 0, False),  # the majority of the one who coded
        ([MISSING, MISSING, MISSING], MISSING, False),
        ([NONE, NONE, NONE], NONE, False),
    ],
)
def test_majority_of_those_who_coded_there(codes, majority, differ):
    row = np.array([codes], dtype=np.int16)
    assert majority_codes(row).tolist() == [majority]
    assert differs(row).tolist() == [differ]


def test_majority_and_disagreement_of_three_raters(study):
    # ms   0    100   200   300   400        1000
    # R1        |------p-----------|
    # R2             |------p------|
    # R3                   |--d----|
    both = timeline(study, [(100, 400, "p")], [(200, 400, "p")], [(300, 400, "d")])
    assert agreed_stretches(both) == (Agreed(200, 400, "p"),)
    assert disagreements(both) == (
        Disagreement(100, 200, ("p", "", ""), ""),
        Disagreement(200, 300, ("p", "p", ""), "p"),
        Disagreement(300, 400, ("p", "p", "d"), "p"),
    )


def test_two_raters_who_differ_leave_it_unresolved(study):
    # R1   |--p--|          R2   |--d--|  (0-100)
    both = timeline(study, [(0, 100, "p")], [(0, 100, "d")])
    assert agreed_stretches(both) == ()
    assert disagreements(both) == (Disagreement(0, 100, ("p", "d"), None),)


def test_a_value_outside_the_vocabulary_counts_among_the_raters_and_is_nobodys_opinion(study):
    # R1   |--p--|          R2   |-prtest-|  (0-100): one of two is no majority
    both = timeline(study, [(0, 100, "p")], [(0, 100, "prtest")])
    assert agreed_stretches(both) == ()
    assert disagreements(both) == (Disagreement(0, 100, ("p", None), None, (1,)),)
    assert list(undecided(both)) == [(0, 100)]


def test_a_majority_of_all_raters_stands_beside_a_value_that_cannot_be_read(study):
    # R1, R2   |--p--|      R3   |-prtest-|  (0-100): two of three, and on the worklist all the same
    three = timeline(study, [(0, 100, "p")], [(0, 100, "p")], [(0, 100, "prtest")])
    assert agreed_stretches(three) == (Agreed(0, 100, "p"),)
    assert disagreements(three) == (Disagreement(0, 100, ("p", "p", None), "p", (2,)),)


def test_unreadable_values_form_no_majority(study):
    # R1   |--p--|          R2, R3   |-prtest-|  (0-100)
    three = timeline(study, [(0, 100, "p")], [(0, 100, "prtest")], [(0, 100, "prtest")])
    assert agreed_stretches(three) == ()
    assert disagreements(three) == (Disagreement(0, 100, ("p", None, None), None, (1, 2)),)


def test_a_single_rater_who_cannot_be_read_leaves_it_undecided_and_disagrees_with_nobody(study):
    one = timeline(study, [(0, 100, "prtest")])
    assert (agreed_stretches(one), disagreements(one), list(undecided(one))) == ((), (), [(0, 100)])


def test_short_stretches_go_to_the_longer_neighbour(study):
    # ms   0    100 120          300 330   1000
    # R1        |---------p----------|            100-330
    # R2           |------p-------|               120-300
    both = timeline(study, [(100, 330, "p")], [(120, 300, "p")])
    assert [(item.start_ms, item.end_ms) for item in disagreements(both)] == [(100, 120), (300, 330)]
    assert agreed_stretches(both) == (Agreed(120, 300, "p"),)
    # 100-120 lies between 100 ms of none and 180 ms of p: p. 300-330 between 200 ms of p and 670 ms of none: none.
    assert disagreements(both, min_ms=50) == ()
    assert agreed_stretches(both, min_ms=50) == (Agreed(100, 300, "p"),)
    # Exactly min_ms long is long enough.
    assert [(item.start_ms, item.end_ms) for item in disagreements(both, min_ms=30)] == [(300, 330)]


def test_equally_long_neighbours_the_earlier_one_takes_it(study):
    # ms   0        490 510       1000
    # R1   |----p-----|
    # R1              |-----d------|    510-1000, 490-510 none
    one = timeline(study, [(0, 490, "p"), (510, 1000, "d")])
    assert agreed_stretches(one, min_ms=50) == (Agreed(0, 510, "p"), Agreed(510, 1000, "d"))


def test_a_short_stretch_between_equal_ones_joins_them(study):
    one = timeline(study, [(0, 400, "p"), (410, 1000, "p")])
    assert agreed_stretches(one) == (Agreed(0, 400, "p"), Agreed(410, 1000, "p"))
    assert agreed_stretches(one, min_ms=50) == (Agreed(0, 1000, "p"),)


def test_everything_shorter_than_the_minimum_leaves_one_stretch(study):
    one = timeline(study, [(0, 400, "p"), (400, 1000, "d")])
    assert agreed_stretches(one, min_ms=5000) == (Agreed(0, 1000, "d"),)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3, 3, 1], 3.0),
        ([3, 1], None),
        ([0, 0, 4], 0.0),
        ([2, float("nan")], 2.0),
        ([float("nan")], None),
        ([], None),
        ([1, 1, 2, 2], None),
    ],
)
def test_majority_rating(values, expected):
    assert majority_rating(values) == expected


def test_ratings_that_cannot_be_read_count_among_those_given():
    assert majority_rating([2, 2, float("nan")], n_unreadable=1) == 2.0
    assert majority_rating([2, float("nan")], n_unreadable=1) is None


@pytest.mark.parametrize(
    ("raters", "edges"),
    [
        # One begins and ends later than the other.
        ([[(100, 400, "p")], [(120, 430, "p")]], {(100, 120): True, (400, 430): True}),
        # Three, each at another time.
        ([[(100, 400, "p")], [(120, 400, "p")], [(150, 400, "p")]], {(100, 120): True, (120, 150): True}),
        # From one category to the other.
        ([[(0, 500, "p"), (500, 1000, "d")], [(0, 520, "p"), (520, 1000, "d")]], {(500, 520): True}),
        # The window's limit: outside nobody coded.
        ([[(0, 400, "p")], [(30, 400, "p")]], {(0, 30): True}),
        # One coded nothing at all, one has a hole, one has another category in between.
        ([[(100, 400, "p")], []], {(100, 400): False}),
        ([[(100, 200, "p"), (250, 400, "p")], [(100, 400, "p")]], {(200, 250): False}),
        ([[(0, 500, "p"), (500, 1000, "d")], [(0, 500, "p"), (600, 1000, "d")]], {(500, 600): False}),
        # A hole right behind the edge.
        ([[(100, 400, "p")], [(120, 130, "p"), (150, 400, "p")]],
         {(100, 120): True, (130, 150): False}),
        # R2 goes back once more before R3 begins.
        ([[(100, 400, "p")], [(120, 130, "p"), (150, 400, "p")], [(200, 400, "p")]],
         {(100, 120): False, (120, 130): False, (130, 150): False, (150, 200): False}),
        # What cannot be read is no edge.
        ([[(100, 400, "p")], [(100, 380, "p"), (380, 400, "prtest")]], {(380, 400): False}),
    ],
)  # fmt: skip
def test_an_edge_is_where_raters_differ_in_when_and_not_in_what(study, raters, edges):
    found = disagreements(timeline(study, *raters))
    assert {(item.start_ms, item.end_ms): item.edge for item in found} == edges
