"""The flow of the coding in words; amounts are read off the rows."""

from __future__ import annotations

from elancry.check.left_out import Why
from elancry.table.flow_words import flow_lines, share_left_out

TIME = [
    {"kind": "time", "reason": "entered", "n_annotations": 2, "ms": 6000},
    {"kind": "time", "reason": "value_unknown", "n_annotations": 1, "ms": 3000},
    {"kind": "time", "reason": "one_rater", "n_annotations": 0, "ms": 1000},
]


def test_what_entered_and_what_was_left_out_in_one_line():
    (line,) = flow_lines(TIME)
    assert line.into("en") == (
        "2 of 3 annotations (0:00:06.000 of 0:00:10.000) entered the time compared. Left out: "
        "1 \N{MULTIPLICATION SIGN} a value outside the vocabulary (0:00:03.000), "
        "parts of others, coded by one rater only (0:00:01.000)."
    )


def test_nothing_left_out_is_said_too_and_ratings_have_a_line_of_their_own():
    rated = {"kind": "rating", "reason": "entered", "n_annotations": 4, "ms": 8000}
    lines = [line.into("en") for line in flow_lines([TIME[0], rated])]
    assert lines == [
        "All 2 annotations (0:00:06.000) entered the time compared.",
        "All 4 ratings entered (sequences of 0:00:08.000).",
    ]


def test_shares_and_words_of_every_reason():
    assert share_left_out(TIME, "time", "ms") == 0.4
    assert share_left_out(TIME, "event", "ms") == 0.0
    for why in Why:
        assert why.shown.into("de") != why.shown.into("en")
