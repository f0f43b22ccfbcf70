"""APA 7, section 6.36: no zero before the point where a statistic cannot exceed 1; p to three digits or `< .001`."""

from __future__ import annotations

import pytest

from elancry.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.738, ".74"),
        (-0.738, "−.74"),
        (1.0, "1.00"),
        (0.999, "1.00"),
        (0.0, ".00"),
        (-0.001, ".00"),
        (-1.2, "−1.20"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_coefficients_have_no_leading_zero(value, text):
    assert numbers.coefficient(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0004, "< .001"),
        (0.001, ".001"),
        (0.0123, ".012"),
        (0.05, ".050"),
        (1.0, "> .999"),
        (0.9991, ".999"),
        (None, "–"),
    ],
)
def test_p_values(value, text):
    assert numbers.p_value(value) == text


def test_p_in_a_sentence_does_not_break_and_has_an_equals_sign_only_where_it_is_equal():
    assert numbers.p_equation(0.0004) == "p\u00a0<\u00a0.001"
    assert numbers.p_equation(0.0123) == "p\u00a0=\u00a0.012"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.50"), (-0.5, "−0.50"), (-0.004, "−0.004"), (0.0001, "0.0001"), (0.0, "0.00"), (1e7, "1e+07")],
)
def test_other_numbers_keep_their_zero_and_small_ones_are_not_shown_as_zero(value, text):
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.153, "15\u00a0%"),
        (0.0, "0\u00a0%"),
        (1.0, "100\u00a0%"),
        (0.001, "< 1\u00a0%"),
        (0.999, "> 99\u00a0%"),
        (None, "–"),
    ],
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(share, text):
    assert numbers.percent(share) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (640, "640 ms"),
        (12_340, "12.3 s"),
        (59_949, "59.9 s"),
        (59_950, "1:00 min"),
        (245_000, "4:05 min"),
        (3_723_000, "1:02:03 h"),
    ],
)
def test_lengths(ms, text):
    assert numbers.length(ms).replace("\u00a0", " ") == text


def test_intervals():
    assert numbers.interval(0.66, 0.8) == "[.66,\u00a0.80]"
    assert numbers.interval(-0.5, 1.25, zero=True) == "[−0.50,\u00a01.25]"
    assert numbers.interval(None, 0.8) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0496, ".0496"),
        (0.0504, ".0504"),
        (0.04997, ".04997"),
        (0.0499999, "< .050"),
        (0.0500001, "> .050"),
        (0.05, ".050"),
        (0.0494, ".049"),
        (0.0506, ".051"),
    ],
)
def test_a_p_near_five_percent_shows_on_which_side_it_lies(value, text):
    assert numbers.p_value(value) == text
