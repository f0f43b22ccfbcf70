"""Which annotation is an event of which sequence; every expectation is read off the time line drawn above it."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elancry.align.events_of import UNKNOWN, Windows, build_events, session_events
from elancry.align.sequences import match_sequences
from elancry.align.timeline import build_timelines
from elancry.choices import Linking, Matching

P, D = 0, 1
SEQ = [(0, 100, "1")]


def events(coding):
    return build_events(coding, match_sequences(coding)[0])


def rows(item, rater):
    own = item.of(rater)
    return list(zip(own.start_ms.tolist(), own.end_ms.tolist(), own.codes.tolist(), strict=True))


def linked(coding, sequence, criterion=0.6, rule=Matching.EASYDIAG):
    """(start, end) of either rater's events that are placed in the sequence, and the pairs among them."""
    sequences = match_sequences(coding)[0]
    (session,) = session_events(coding, sequences)
    a, b, (first, second, _) = session.linked(("R1", "R2"), Linking(rule, criterion))[sequence]
    spans = [list(zip(own.start_ms.tolist(), own.end_ms.tolist(), strict=True)) for own in (a, b)]
    return *spans, list(zip(first.tolist(), second.tolist(), strict=True))


def test_an_annotation_belongs_whole_to_every_sequence_that_it_overlaps(study):
    # ms   0        100  120       200
    # Seq  |---1----|    |---2-----|
    # R1        |--p-----|d|    |---p---|     80-125 in both; 190-230: 10 of 40 in 2; 100-120 touches none
    # R1             |-d-|
    marked = [(0, 100, "1"), (120, 200, "2")]
    spans = [(80, 125, "p"), (130, 140, "d"), (190, 230, "p"), (200, 220, "d")]
    first, second = events(study({"s": {"R1": {"Sequence": marked, "form": spans}}}))
    assert (first.sequence, second.sequence) == ("1", "2")
    assert rows(first, "R1") == [(80, 125, P)]
    assert rows(second, "R1") == [(80, 125, P), (130, 140, D), (190, 230, P)]
    assert (first.categories, first.tier, first.system) == (("p", "d"), "form", "form")


def test_a_pair_is_in_the_sequence_that_holds_most_of_its_union_whole_and_once(study):
    # ms   0        100  120       200
    # Seq  |---1----|    |---2-----|
    # R1          |-----------|                70-130: 30 in 1, 10 in 2
    # R2              |-------------|          85-145; the union 70-145 has 30 in 1 and 25 in 2
    marked = [(0, 100, "1"), (120, 200, "2")]
    coding = study(
        {"s": {r: {"Sequence": marked, "form": [(*span, "p")]} for r, span in (("R1", (70, 130)), ("R2", (85, 145)))}}
    )
    assert linked(coding, "1") == ([(70, 130)], [(85, 145)], [(0, 0)])
    assert linked(coding, "2") == ([], [], [])
    # Without a link each is where most of it lies: R2's event has 15 ms in 1 and 25 in 2.
    assert linked(coding, "1", criterion=0.9) == ([(70, 130)], [], [])
    assert linked(coding, "2", criterion=0.9) == ([], [(85, 145)], [])


def test_a_state_over_a_whole_sequence_is_an_event_of_it_and_ties_go_to_the_earlier(study):
    # ms        100      200      300       the state 0-400 holds both; 100 of it in either
    # Seq        |---1----|---2----|
    marked = [(100, 200, "1"), (200, 300, "2")]
    coding = study({"s": {r: {"Sequence": marked, "form": [(0, 400, "p")]} for r in ("R1", "R2")}})
    assert linked(coding, "1") == ([(0, 400)], [(0, 400)], [(0, 0)])
    assert linked(coding, "2") == ([], [], [])
    assert [rows(item, "R1") for item in events(coding)] == [[(0, 400, P)], [(0, 400, P)]]


def test_an_event_outside_a_sequence_still_is_the_partner_of_one_that_reaches_into_it(study):
    # ms   0       100      R1 100-160 touches no sequence, R2's 90-155 does: the pair's union 90-160 is in 1
    coding = study(
        {"s": {r: {"Sequence": SEQ, "form": [(*span, "p")]} for r, span in (("R1", (100, 160)), ("R2", (90, 155)))}}
    )
    assert linked(coding, "1") == ([(100, 160)], [(90, 155)], [(0, 0)])
    assert linked(coding, "1", criterion=0.95) == ([], [(90, 155)], [])


def test_a_sequence_of_one_rater_takes_part_in_placing(study):
    # Seq  |---1----|---2----|   R2 marked 1 only: the pair 80-160 belongs to 2, and counts for neither
    coding = study(
        {
            "s": {
                "R1": {"Sequence": [(0, 100, "1"), (100, 200, "2")], "form": [(80, 160, "p")]},
                "R2": {"Sequence": SEQ, "form": [(80, 160, "p")]},
            }
        }
    )
    assert linked(coding, "1") == ([], [], [])
    assert [(item.sequence, item.raters) for item in events(coding)] == [("1", ("R1", "R2")), ("2", ("R1",))]


@given(
    spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=12),
    windows=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), min_size=1, max_size=6),
)
def test_holders_are_those_of_a_plain_search(spans, windows):
    starts, ends = (np.array([s + (length if end else 0) for s, length in spans]) for end in (False, True))
    order = sorted((s, s + length) for s, length in windows)
    of = Windows(tuple(map(str, range(len(order)))), np.array([w[0] for w in order]), np.array([w[1] for w in order]))
    expected = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        shared = [min(end, high) - max(start, low) for low, high in order]
        expected.append(shared.index(max(shared)) if max(shared) > 0 else -1)
    assert of.holders(starts.astype(np.int64), ends.astype(np.int64)).tolist() == expected


def test_unknown_values_keep_their_place_and_points_are_no_events(study):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form": [(10, 20, "prtest"), (30, 30, "p"), (0, 5, "d")]}}})
    assert rows(events(coding)[0], "R1") == [(0, 5, D), (10, 20, UNKNOWN)]


def test_only_raters_who_marked_the_sequence_and_coded_the_tier_are_there(study):
    coding = study(
        {
            "s": {
                "R1": {"Sequence": SEQ, "form": [(0, 10, "p")]},
                "R2": {"Sequence": SEQ, "form": None},
                "R3": {"Sequence": [(300, 400, "2")], "form": [(310, 320, "p")]},
                "R10": {"Sequence": SEQ, "form": []},
            }
        }
    )
    assert [(item.sequence, item.raters) for item in events(coding)] == [("1", ("R1", "R10")), ("2", ("R3",))]


def test_without_a_sequence_tier_the_session_is_the_window(study):
    coding = study({"s": {"R1": {"form": [(700, 900, "d")]}, "R2": {"form": [(710, 890, "p")]}}}, duration_ms=1_000)
    (item,) = events(coding)
    assert (rows(item, "R1"), rows(item, "R2")) == ([(700, 900, D)], [(710, 890, P)])


def test_a_tier_per_category_has_its_own_events(study, per_category):
    coding = study({"s": {"R1": {"Sequence": SEQ, "form.p": [(0, 10, "p")], "form.d": [(5, 50, "d")]}}}, per_category)
    assert [(item.tier, item.categories, rows(item, "R1")) for item in events(coding)] == [
        ("form.p", ("p",), [(0, 10, 0)]),
        ("form.d", ("d",), [(5, 50, 0)]),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spans=st.lists(st.tuples(st.integers(0, 90), st.integers(1, 60), st.sampled_from("pd")), max_size=6))
def test_a_category_has_coded_time_in_a_sequence_where_it_has_an_event_and_only_there(study, spans):
    apart, end = [], 0
    for start, length, value in sorted(spans):
        begin = max(start, end)
        end = begin + length
        apart.append((begin, end, value))
    coding = study({"s": {"R1": {"Sequence": [(20, 60, "1"), (70, 120, "2")], "form": apart}}})
    sequences = match_sequences(coding)[0]
    for line, item in zip(build_timelines(coding, sequences), build_events(coding, sequences), strict=True):
        assert set(line.codes[line.codes >= 0].tolist()) == set(item.of("R1").codes.tolist())
