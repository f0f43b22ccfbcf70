"""What ELAN's dialog links, its faults included. Its numbers on files: tests/elan/test_elan_numbers.py."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elancry.align.elan_dialog import clusters, overlaps
from elancry.align.events import Events


def events(*spans: tuple[int, int]) -> Events:
    start, end = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return Events.of(start, end, np.zeros(len(spans), dtype=np.int64))


A = events((100, 200), (300, 1100))
B = events((200, 900), (1000, 1100))


def test_a_candidate_is_passed_over_after_events_that_touch() -> None:
    """The dialog gives .0417 here; by its own description it would be (600 / 900) / 3 = .2222."""
    found = overlaps(A, B)
    assert found.ratio.tolist() == [0, 100 / 800, 0]
    assert found.ratio.mean() == pytest.approx(0.0417, abs=5e-5)


def test_the_order_of_raters_decides() -> None:
    assert overlaps(B, A).ratio.sum() != overlaps(A, B).ratio.sum()


def test_the_longest_shared_time_wins_and_the_rest_stays_alone() -> None:
    found = overlaps(events((0, 100)), events((0, 30), (30, 90), (95, 120)))
    assert found.ratio.tolist() == [60 / 100, 0, 0]
    assert (found.start_ms[0], found.end_ms[0]) == (0, 100)


def test_clusters_of_three_raters() -> None:
    #        0    100
    # R1     |----|          R2 the same, R3 the second half of both and beyond
    found = clusters([events((0, 100)), events((0, 100)), events((50, 300))], 0.6)
    # All three share 50 ms: mean ratio (.5 + .5 + .2) / 3 is below .6, and so is that of the first two, .5: the sum
    # of ratios decides, 1.2 against 1.0.
    assert found.tolist() == [[0, 0, 0]]
    found = clusters([events((0, 100)), events((0, 100)), events((90, 300))], 0.6)
    # The first two share 90 ms of 100 each, .9: one event less and above .6.
    assert found.tolist() == [[0, 0, -1], [-1, -1, 0]]


def test_a_link_with_a_value_that_cannot_be_read_is_marked() -> None:
    """The second of `A` is linked to the second of `B`; the first events are alone."""
    unknown = Events(B.start_ms, B.end_ms, np.array([0, -2]))
    assert overlaps(A, unknown).readable.tolist() == [True, False, True]
    assert overlaps(A, unknown).ratio.tolist() == overlaps(A, B).ratio.tolist()


def test_nothing_to_link() -> None:
    assert clusters([events(), events()], 0.6).shape == (0, 2)
    assert overlaps(events(), events()).ratio.shape == (0,)
    assert overlaps(events(), B).ratio.tolist() == [0, 0]


tiers = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=8).map(
    lambda steps: events(
        *(
            (begin, begin + long)
            for begin, long in zip(
                np.cumsum([gap for gap, _ in steps]) + np.cumsum([0, *(long for _, long in steps)])[:-1],
                (long for _, long in steps),
                strict=True,
            )
        )
    )
)


@given(st.lists(tiers, min_size=2, max_size=4), st.sampled_from([0.0, 0.6, 0.8, 1.0]))
def test_every_event_is_in_one_cluster_and_its_members_share_time(raters: list[Events], overlap: float) -> None:
    found = clusters(raters, overlap)
    for column, own in enumerate(raters):
        assert sorted(at for at in found[:, column].tolist() if at >= 0) == list(range(len(own)))
    for row in found.tolist():
        members = [(raters[r].start_ms[at], raters[r].end_ms[at]) for r, at in enumerate(row) if at >= 0]
        assert max(begin for begin, _ in members) < min(end for _, end in members)


@given(tiers, tiers)
def test_every_event_counts_once_in_the_ratio(a: Events, b: Events) -> None:
    found = overlaps(a, b)
    linked = int((found.ratio > 0).sum())
    assert len(found.ratio) == len(a) + len(b) - linked
    assert ((found.ratio >= 0) & (found.ratio <= 1)).all()
