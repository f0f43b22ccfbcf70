"""Laws of timelines, consensus and disagreement, over random codings."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from elancry.align.consensus import UNRESOLVED, absorb_short, agreed_stretches, differs, disagreements, majority_codes
from elancry.align.timeline import MISSING, NONE, Timeline

CODES = st.integers(MISSING, 2)


@st.composite
def timelines(draw):
    n_raters = draw(st.integers(1, 4))
    lengths = draw(st.lists(st.integers(1, 300), min_size=1, max_size=12))
    edges = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows = draw(
        st.lists(st.lists(CODES, min_size=n_raters, max_size=n_raters), min_size=len(lengths), max_size=len(lengths))
    )
    raters = tuple(f"R{n}" for n in range(n_raters))
    return Timeline("s", "1", "x", "x", raters, ("a", "b", "c"), edges[:-1], edges[1:], np.array(rows, dtype=np.int16))


@given(timelines(), st.integers(0, 400))
def test_absorbing_keeps_the_window_and_leaves_no_short_stretch(timeline, min_ms):
    edges, codes = absorb_short(timeline, min_ms)
    assert (edges[0], edges[-1]) == (timeline.start_ms[0], timeline.end_ms[-1])
    assert edges == sorted(set(edges))
    assert len(codes) == len(edges) - 1
    assert len(codes) == 1 or min(np.diff(edges)) >= min_ms
    assert all(not np.array_equal(a, b) for a, b in pairwise(codes))


def by_the_rule(timeline, min_ms):
    """The rule of `elancry.align.consensus` word for word, without any haste."""
    stretches = []
    for start, end, row in zip(timeline.start_ms, timeline.end_ms, timeline.codes.tolist(), strict=True):
        stretches.append([int(start), int(end), row])
    while True:
        joined = stretches[:1]
        for stretch in stretches[1:]:
            if stretch[2] == joined[-1][2]:
                joined[-1][1] = stretch[1]
            else:
                joined.append(stretch)
        stretches = joined
        place = min(range(len(stretches)), key=lambda n: stretches[n][1] - stretches[n][0])
        start, end, _ = stretches[place]
        if len(stretches) == 1 or end - start >= min_ms:
            return stretches
        around = [n for n in (place - 1, place + 1) if 0 <= n < len(stretches)]
        taker = max(around, key=lambda n: (stretches[n][1] - stretches[n][0], -n))
        stretches[place][2] = stretches[taker][2]


@given(timelines(), st.integers(0, 400))
def test_absorbing_follows_the_rule(timeline, min_ms):
    edges, codes = absorb_short(timeline, min_ms)
    expected = by_the_rule(timeline, min_ms)
    assert edges == [start for start, _, _ in expected] + [expected[-1][1]]
    assert codes.tolist() == [row for *_, row in expected]


@given(timelines())
def test_consensus_time_is_the_majority_time_and_disagreement_time_the_differing_time(timeline):
    majority = majority_codes(timeline.codes, timeline.unreadable)
    for code, category in enumerate(timeline.categories):
        expected = timeline.durations[majority == code].sum()
        assert sum(a.end_ms - a.start_ms for a in agreed_stretches(timeline) if a.category == category) == expected
    differing = timeline.durations[differs(timeline.codes, timeline.unreadable)].sum()
    assert sum(item.duration_ms for item in disagreements(timeline)) == differing


@given(timelines())
def test_unresolved_time_lies_under_a_disagreement(timeline):
    several = ((timeline.codes != MISSING) | timeline.unreadable).sum(axis=1) > 1
    majority = majority_codes(timeline.codes, timeline.unreadable)
    unresolved = timeline.durations[(majority == UNRESOLVED) & several].sum()
    assert sum(item.duration_ms for item in disagreements(timeline) if item.majority is None) == unresolved


@given(timelines(), st.randoms())
def test_the_order_of_raters_does_not_matter(timeline, random):
    order = list(range(len(timeline.raters)))
    random.shuffle(order)
    assert np.array_equal(majority_codes(timeline.codes[:, order]), majority_codes(timeline.codes))
    assert np.array_equal(differs(timeline.codes[:, order]), differs(timeline.codes))


def test_none_is_an_answer():
    codes = np.array([[NONE, NONE, 0]], dtype=np.int16)
    assert majority_codes(codes).tolist() == [NONE]
