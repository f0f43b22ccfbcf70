"""Times as people write them: one reader for tables, sequences, exports and options."""

from __future__ import annotations

from itertools import pairwise

import pytest

from elancry.times import Form, UnclearTimes, Unit, column_form, look_like_seconds, parse_time

MS, S, CLOCK = Unit.MS, Unit.SECONDS, Unit.CLOCK


@pytest.mark.parametrize(
    ("cells", "given", "form"),
    [
        (["1000", "2500"], MS, Form(MS)),
        (["950.0", "990.0"], MS, Form(MS)),
        (["63000.4", "61.000"], MS, Form(MS)),  # a fraction of one digit separates no thousands
        (["0.500", "61.000"], MS, Form(MS)),  # nor does a mark behind a 0
        (["61.000", "1.5"], S, Form(S)),
        (["61.000"], S, Form(S)),
        (["1,5", "2,25"], None, Form(S)),
        (["0:01:23.500", "", "0:02"], MS, Form(CLOCK)),
        (["0", "0:02"], None, Form(CLOCK)),  # 0 is 0 in any unit
        (["00:00:01:12", "00:00:02:03"], None, Form(Unit.SMPTE)),
        (["1000", "36000"], None, Form(MS, guessed=True)),  # 36,000 s would be ten hours
        (["soon", ""], None, Form(MS)),
    ],
)
def test_a_column_has_one_form(cells: list[str], given: Unit | None, form: Form):
    assert column_form(cells, given) == form


@pytest.mark.parametrize(
    ("cells", "given", "words", "cell"),
    [
        (["61.000", "62.000"], MS, "'61.000' can mean 61 or 61000", 0),
        (["950", "1,061"], MS, "'1,061' can mean 1 or 1061", 1),
        (["1.061.000"], MS, "'1.061.000' contains thousands separators", 0),
        (["5", "1 061 000"], S, "'1 061 000' contains thousands separators", 1),
        (["1.5", "2,5"], S, "points and commas are mixed", 1),
        (["83500", "0:01:23.5"], MS, "clock times ('0:01:23.5') and plain numbers ('83500') are mixed", 0),
        (["1", "75"], None, "it is unclear whether times such as '1' are milliseconds or seconds", 0),
        (["950.0", "990.0"], None, "it is unclear whether", 0),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(cells: list[str], given: Unit | None, words: str, cell: int):
    with pytest.raises(UnclearTimes) as caught:
        column_form(cells, given)
    assert words in str(caught.value.said)
    assert caught.value.cell == cell
    assert caught.value.advice.into("en").startswith(("Write", "Name"))


def test_a_comma_is_no_decimal_mark_where_commas_separate_cells():
    assert column_form(["1,000", "2,500"], S) == Form(S)
    with pytest.raises(UnclearTimes):
        column_form(["1,000", "2,500"], S, commas_separate=True)


@pytest.mark.parametrize(("cell", "ms"), [("61000.0", 61_000), ("63000.4", 63_000), ("64000.5", 64_001), ("0,5", 1)])
def test_fractions_of_a_millisecond_are_rounded_half_up(cell: str, ms: int):
    assert parse_time(cell, MS) == ms


@pytest.mark.parametrize("cell", ["0:75:00", "0:00:75", "1:2:3:4:5", "-1", "1e99", "12a"])
def test_what_no_clock_shows_is_no_time(cell: str):
    assert all(parse_time(cell, unit) is None for unit in (MS, S, CLOCK))


def test_spans_that_may_be_seconds():
    # 10-65 and 75-140 as ms: both below a second, and nothing later than ten hours as seconds.
    assert look_like_seconds([(10, 65), (75, 140)], 1000)
    assert not look_like_seconds([(10_000, 65_000), (75_000, 140_000)], 1000)
    assert not look_like_seconds([(5, 5)], 1000)  # moments have no length to go by
    assert not look_like_seconds([], 1000)
    assert not look_like_seconds(list(pairwise(range(0, 40_000, 100))), 1000)
