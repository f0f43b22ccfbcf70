"""The flow of the coding in words; amounts are read off the rows."""

from __future__ import annotations

from elancry.check.left_out import Why
from elancry.table.flow_words import flow_lines, share_left_out

TIME = [
    {"kind": "time", "reason": "entered", "n_annotations": 2, "ms": 6000},
    {"kind": "time", "reason": "value_unknown", "n_annotations": 1, "ms": 3000},
    {"kind": "time", "reason": "one_rater", "n_annotations": 0, "ms": 1000},
]


def test_what_entered_and_what_was_left_out_in_two_lines():
    entered, left = [line.into("en") for line in flow_lines(TIME)]
    assert entered == "Entered: 2 of 3 annotations in the comparison over time (0:00:06.000 of 0:00:10.000)."
    assert left == (
        "Left out: time: 1 \N{MULTIPLICATION SIGN} value outside the vocabulary (0:00:03.000), "
        "parts of annotations, coded by only one rater (0:00:01.000)."
    )


def test_events_and_ratings_are_counted_and_stand_in_the_same_lines():
    events = [row | {"kind": "event"} for row in TIME[:2]]
    rated = {"kind": "rating", "reason": "entered", "n_annotations": 4, "ms": 8000}
    lines = [line.into("en") for line in flow_lines([TIME[0], *events, rated])]
    assert lines == [
        "Entered: all 2 annotations in the comparison over time (0:00:06.000), 2 of 3 in the event comparison, "
        "all 4 ratings.",
        "Left out: events: 1 \N{MULTIPLICATION SIGN} value outside the vocabulary.",
    ]


def test_nothing_coded_has_no_line():
    assert flow_lines([]) == []


def test_shares_and_words_of_every_reason():
    assert share_left_out(TIME, "time", "ms") == 0.4
    assert share_left_out(TIME, "event", "ms") == 0.0
    for why in Why:
        assert why.shown.into("de") != why.shown.into("en")
        assert why.meaning.into("de") != why.meaning.into("en")
