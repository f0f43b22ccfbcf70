"""Differences and boundaries of pairs, by hand; and what is said where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.codebook.model import Category, Codebook, System
from elancry.study.agree.difference import boundary_counts, difference_rows
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.table.schema import BOUNDARIES, DIFFERENCES

CODEBOOK = Codebook("test", "Test", (System("form", {}, (Category("a", {}),)),))


def marked(**spans: list[tuple[int, int]]) -> SequenceEvents:
    """One sequence with the (start, end) of each rater's events, all of one category."""
    columns = [
        tuple(np.array([span[i] for span in own], dtype=np.int64).reshape(-1) for own in spans.values()) for i in (0, 1)
    ]
    codes = tuple(np.zeros(len(own), dtype=np.int16) for own in spans.values())
    return SequenceEvents("s1", "1", "form", "form", ("a",), tuple(spans), *columns, codes)


def rated(values: list[list[float]]) -> RatingMatrix:
    """One sequence a session, rated by R1 and R2."""
    sessions = tuple(f"s{at}" for at in range(len(values)))
    return RatingMatrix(
        "form", "a", "form.a.rating", sessions, ("1",) * len(values), ("R1", "R2"), np.array(values, float)
    )


def differences(*, events: tuple[SequenceEvents, ...] = (), ratings: tuple[RatingMatrix, ...] = (), **plan: str):
    return list(difference_rows(Compared(CODEBOOK, (), (), ratings, events), Plan(**plan)))


def boundaries(*events: SequenceEvents, tolerances: tuple[int, ...] = (50,), **plan: str):
    plan = Plan(boundary_tolerances_ms=tolerances, **plan)
    return list(boundary_counts(Compared(CODEBOOK, (), (), (), events), plan))


def test_begins_and_ends_of_linked_events() -> None:
    """R2 begins 100 and 300 ms later: mean 200, sd 141.42; ends at the same time and 100 ms earlier."""
    events = marked(R1=[(0, 1000), (2000, 3000)], R2=[(100, 1000), (2300, 2900)])
    rows = differences(events=(events,))
    DIFFERENCES.check(DIFFERENCES.frame(rows))
    onset, offset = rows
    assert (onset["what"], onset["n"], onset["bias"], onset["median"], onset["mad"]) == ("onset_ms", 2, 200, 200, 100)
    assert onset["sd"] == pytest.approx(141.4213562)
    assert onset["limit_low"] == pytest.approx(200 - 1.959963985 * 141.4213562)
    assert (offset["what"], offset["bias"]) == ("offset_ms", -50)


def test_against_gold_the_gold_rater_comes_first() -> None:
    """R2 rates one point lower than R1 twice, and once as R1."""
    scores = rated([[1, 0], [2, 2], [3, 2], [4, np.nan]])
    (row,) = differences(ratings=(scores,))
    assert (row["rater_a"], row["rater_b"], row["n"], row["bias"]) == ("R1", "R2", 3, pytest.approx(-2 / 3))
    (row,) = differences(ratings=(scores,), against="R2")
    assert (row["rater_a"], row["rater_b"], row["bias"]) == ("R2", "R1", pytest.approx(2 / 3))


def test_nothing_to_compare_or_one_difference_alone() -> None:
    (none,) = differences(ratings=(rated([[1, np.nan], [np.nan, 2]]),))
    assert (none["n"], none["bias"], none["undefined_reason"]) == (0, None, Reason.NO_UNITS)
    (one,) = differences(ratings=(rated([[1, 2], [np.nan, 2]]),))
    assert (one["bias"], one["sd"], one["limit_low"]) == (1, None, None)
    assert one["undefined_reason"] == Reason.ONE_DIFFERENCE
    apart = marked(R1=[(0, 1000)], R2=[(5000, 6000)])
    reasons = {row["undefined_reason"] for row in differences(events=(apart,))}
    assert reasons == {Reason.NO_LINKED_EVENTS}


def test_precision_and_recall() -> None:
    """Of R1's three begins R2 has two within 100 ms, and of R2's two begins both are R1's."""
    events = marked(R1=[(0, 900), (1000, 1900), (2000, 2900)], R2=[(50, 900), (1100, 1900)])
    rows = boundaries(events, tolerances=(50, 100))
    BOUNDARIES.check(BOUNDARIES.frame(rows))
    found = {(row["edge"], row["tolerance_ms"]): (row["matched"], row["precision"], row["recall"]) for row in rows}
    assert found["onset", 50] == (1, 1 / 2, 1 / 3)
    assert found["onset", 100] == (2, 1, 2 / 3)
    assert found["offset", 50] == (2, 1, 2 / 3)
    turned = boundaries(events, against="R2")[0]
    assert (turned["rater_a"], turned["precision"], turned["recall"]) == ("R2", 1 / 3, 1 / 2)


def test_who_marked_no_boundary_has_no_share_of_them() -> None:
    row = boundaries(marked(R1=[(0, 900)], R2=[]))[0]
    assert (row["precision"], row["recall"], row["f1"]) == (None, 0, 0)
    assert row["undefined_reason"] == Reason.ONE_HAS_NO_BOUNDARY
    row = boundaries(marked(R1=[], R2=[]))[0]
    assert (row["precision"], row["f1"], row["undefined_reason"]) == (None, None, Reason.NO_BOUNDARIES)


def test_raters_who_never_coded_the_same_sequence_have_no_row() -> None:
    events = marked(R1=[(0, 900)]), marked(R2=[(0, 900)])
    assert boundaries(*events) == []
    assert differences(events=events) == []
