"""Sequence matching; every expectation is read off the time line drawn above it."""

from __future__ import annotations

from elancry.align.sequences import match_sequences
from elancry.choices import Window
from elancry.codebook.model import Codebook


def ids(sequences):
    return [(item.sequence, item.start_ms, item.end_ms, sorted(item.raters)) for item in sequences]


def seq(*spans):
    return {"Sequence": list(spans)}


def test_agreeing_ids_decide_even_against_a_larger_overlap(study):
    # ms  0    100   200   300
    # R1  |--a--|--b--|
    # R2  |-a-|---b---|            b of R2 reaches into a of R1
    coding = study({"s": {"R1": seq((0, 100, "a"), (100, 200, "b")), "R2": seq((0, 60, "a"), (60, 200, "b"))}})
    sequences, findings = match_sequences(coding)
    assert ids(sequences) == [("a", 0, 100, ["R1", "R2"]), ("b", 60, 200, ["R1", "R2"])]
    assert [item.code for item in findings] == ["sequence-window-differs", "sequence-window-differs"]


def test_equal_ids_without_shared_time_are_a_blocking_error(study):
    # ms  0    100   200
    # R1  |--a--|--b--|
    # R2  |--b--|--a--|
    coding = study({"s": {"R1": seq((0, 100, "a"), (100, 200, "b")), "R2": seq((0, 100, "b"), (100, 200, "a"))}})
    _, findings = match_sequences(coding)
    wrong = [item for item in findings if item.code == "sequence-id-contradicts-time"]
    assert len(wrong) == 2
    assert all(item.blocking for item in wrong)
    assert wrong[0].message == (
        "sequence 'a' of R1 (0:00:00.000-0:00:00.100) and of R2 (0:00:00.100-0:00:00.200) do not overlap"
    )


def test_own_numbering_is_matched_by_time_and_takes_the_fuller_raters_ids(study):
    # ms  0    100   200   300   400
    # R1              |--1--|--2--|      overlooked the first episode
    # R2  |--1--|     |--2--| |-3-|
    coding = study(
        {"s": {"R1": seq((200, 300, "1"), (300, 400, "2")), "R2": seq((0, 100, "1"), (200, 300, "2"), (310, 400, "3"))}}
    )
    sequences, findings = match_sequences(coding)
    assert ids(sequences) == [
        ("1", 0, 100, ["R2"]),
        ("2", 200, 300, ["R1", "R2"]),
        ("3", 300, 400, ["R1", "R2"]),
    ]
    alone = next(item for item in findings if item.code == "sequence-one-rater")
    assert (alone.rater, alone.start_ms, alone.end_ms) == ("R2", 0, 100)


def test_half_of_the_longer_matches_and_less_does_not(study):
    # ms  0   50  100
    # R1  |-------|
    # R2  |---|            50 of 100: matched
    # R3      |--|         49 of 100: not
    coding = study({"s": {"R1": seq((0, 100, "")), "R2": seq((0, 50, "")), "R3": seq((50, 99, ""))}})
    sequences, findings = match_sequences(coding)
    assert ids(sequences) == [("1", 0, 100, ["R1", "R2"]), ("2", 50, 99, ["R3"])]
    assert [item.rater for item in findings if item.code == "sequence-one-rater"] == ["R3"]


def test_leftovers_of_the_reference_match_among_the_others(study):
    # ms  0    100  200  300  400
    # R1  |-a-|    |-b-|
    # R2  |-x-|              |-c-|
    # R3  |-x-|              |-d-|
    coding = study(
        {
            "s": {
                "R1": seq((0, 100, "a"), (200, 300, "b")),
                "R2": seq((0, 100, "x"), (350, 400, "c")),
                "R3": seq((0, 100, "x"), (350, 400, "d")),
            }
        }
    )
    sequences, _ = match_sequences(coding)
    assert ids(sequences) == [
        ("a", 0, 100, ["R1", "R2", "R3"]),
        ("b", 200, 300, ["R1"]),
        ("c", 350, 400, ["R2", "R3"]),
    ]


def test_repeated_ids_are_made_unique(study):
    coding = study({"s": {"R1": seq((0, 100, "x"), (200, 300, "x"))}})
    assert [item.sequence for item in match_sequences(coding)[0]] == ["x", "x.2"]


def test_rater_order_breaks_the_tie_for_the_reference(study):
    tiers = {"R1": seq((0, 100, "one")), "R2": seq((0, 100, "two"))}
    assert match_sequences(study({"s": tiers}))[0][0].sequence == "one"
    assert match_sequences(study({"s": tiers}, order=("R2", "R1")))[0][0].sequence == "two"


def test_a_session_without_sequences_is_said(study):
    coding = study({"s1": {"R1": seq((0, 100, "1"))}, "s2": {"R1": {"Sequence": None}}})
    sequences, findings = match_sequences(coding)
    assert [item.session for item in sequences] == ["s1"]
    assert [(item.code, item.session) for item in findings] == [("sequence-none", "s2")]


def test_without_a_sequence_tier_each_session_is_one_window(study):
    codebook = Codebook(id="t", title="t", systems=(), sequence_tier=None)
    tiers = {"s": {"R1": {"form": [(10, 500, "p")]}, "R2": {"form": [(0, 700, "p")]}}}
    by_coding, findings = match_sequences(study(tiers, codebook=codebook))
    assert findings == ()
    assert by_coding[0].raters == {"R1": ("", 0, 700), "R2": ("", 0, 700)}
    assert match_sequences(study(tiers, codebook=codebook, duration_ms=1000))[0][0].end_ms == 1000
    assert match_sequences(study({"s": {"R1": {"form": []}}}, codebook=codebook))[0] == ()


def test_window_session_ignores_the_sequence_tier(study):
    coding = study({"s": {"R1": seq((20, 50, "1"))}}, duration_ms=90)
    (sequence,) = match_sequences(coding, window=Window.SESSION)[0]
    assert (sequence.start_ms, sequence.end_ms) == (0, 90)


def test_a_sequence_tier_that_nobody_has_is_a_warning_and_not_an_empty_study(study):
    sequences, findings = match_sequences(study({"s": {"R1": {"form": [(0, 10, "p")]}}}))
    assert [(item.start_ms, item.end_ms) for item in sequences] == [(0, 10)]
    assert [item.code for item in findings] == ["sequence-tier-unused"]
