from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elancry.spans import Span, SpanIndex, format_ms
from elancry.times import parse_ms


def test_half_open_spans_that_touch_share_nothing():
    assert Span(0, 10).overlap_ms(Span(10, 20)) == 0
    assert Span(0, 10).overlap_ms(Span(9, 20)) == 1


def test_overlap_is_taken_of_the_longer_span():
    # a: |----------|        0-100
    # b:       |----------------|  60-260: shared 40 of 200
    assert Span(0, 100).overlap_of_longer(Span(60, 260)) == 40 / 200
    assert Span(5, 5).overlap_of_longer(Span(5, 5)) == 0.0


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Span(10, 9)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("83500", 83500),
        ("0:01:23.500", 83500),
        ("1:23.5", 83500),
        ("83,5", 83500),
        ("1:02:03.004", 3_723_004),
        (" 0 ", 0),
    ],
)
def test_times_are_read_as_ms_or_clock(text: str, ms: int):
    assert parse_ms(text) == ms


@pytest.mark.parametrize("text", ["", "a", "1:2:3:4", "-5", "1.2345"])
def test_what_is_no_time_is_refused_with_both_forms_named(text: str):
    with pytest.raises(ValueError, match=r"h:mm:ss\.mmm"):
        parse_ms(text)


@given(st.integers(0, 10**11))
def test_what_is_written_reads_back(ms: int):
    assert parse_ms(format_ms(ms)) == ms


def test_an_index_finds_what_a_comparison_with_every_span_finds():
    #     0    5    10   15   20
    #  a  |---------|
    #  b       |-------------|      overlaps a, so ends do not ascend with starts
    #  c       |--|
    #  d                |----|
    #  e       .                    no length
    spans = [(15, 20), (0, 10), (5, 8), (5, 19), (5, 5)]
    index = SpanIndex(spans)
    for start in range(-1, 22):
        for end in range(start, 22):
            expected = {n for n, (begin, stop) in enumerate(spans) if begin < end and stop > start}
            assert set(index.sharing(start, end)) == expected, (start, end)
    assert list(index.sharing(0, 30)) == [1, 2, 3, 4, 0]
    assert list(SpanIndex([]).sharing(0, 1)) == []
