"""What raters in training see: kappa of each rater by session, drift, the gold rater alone; numbers by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from elancry.agreement.undefined import NoInterval, Reason
from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import NONE, Timeline
from elancry.codebook.model import Category, Codebook, System
from elancry.study.agree.apart import apart_rows
from elancry.study.agree.families import Questions
from elancry.study.agree.pairwise import pair_kappas
from elancry.study.agree.training import drift_rows, training_rows
from elancry.study.compared import Compared
from elancry.study.plan import Plan
from elancry.table.schema import APART, DRIFT, TRAINING

RATERS = ("R0", "R1", "R2")
CODEBOOK = Codebook("test", "Test", (System("form", {}, (Category("a", {}), Category("b", {}))),), extracted=True)
SESSIONS = ("s1", "s2", "s3", "s4")

# One second each; a and b are categories, . is nothing coded.
GOLD = "aabb"
CODED = {
    "s1": {"R0": GOLD, "R1": "abab", "R2": "aabb"},
    "s2": {"R0": GOLD, "R1": "aab.", "R2": "aabb"},
    "s3": {"R0": GOLD, "R1": "aabb", "R2": "aabb"},
    "s4": {"R0": GOLD, "R1": "aabb", "R2": "...."},
}


def study(coded: dict[str, dict[str, str]]) -> tuple[list[Timeline], list[SequenceEvents]]:
    timelines, events = [], []
    for session, raters in coded.items():
        texts = list(raters.values())
        codes = np.array([["ab".find(text[at]) for text in texts] for at in range(len(texts[0]))], dtype=np.int16)
        assert codes.min() >= NONE
        edges = np.arange(len(codes) + 1) * 1000
        names = (session, "1", "form", "form")
        timelines.append(Timeline(*names, tuple(raters), ("a", "b"), edges[:-1], edges[1:], codes))
        spans = [[(at * 1000, (at + 1) * 1000, c) for at, c in enumerate(column) if c >= 0] for column in codes.T]
        arrays = [[np.array([span[i] for span in own], dtype=np.int64) for own in spans] for i in range(3)]
        types = tuple(own.astype(np.int16) for own in arrays[2])
        events.append(SequenceEvents(*names, ("a", "b"), tuple(raters), tuple(arrays[0]), tuple(arrays[1]), types))
    return timelines, events


def rows_for(against: str | None, coded: dict[str, dict[str, str]] = CODED):
    timelines, events = study(coded)
    asked = Questions.of(Compared(CODEBOOK, RATERS, tuple(timelines), (), tuple(events)), Plan(seed=1, resamples=50))
    kappas = list(pair_kappas(asked))
    sessions = list(coded)
    training = list(training_rows(kappas, asked.engine, sessions, against))
    drift = list(drift_rows(kappas, asked.engine, sessions, against))
    TRAINING.check(TRAINING.frame(training))
    DRIFT.check(DRIFT.frame(drift))
    return training, drift


def in_time(rows: Sequence[dict], **wanted: str) -> dict:
    (found,) = [
        row
        for row in rows
        if row["measure"] == "time_cohen_kappa" and all(row[name] == value for name, value in wanted.items())
    ]
    return found


def test_against_gold_each_session_is_cohens_kappa_with_the_gold_rater():
    rows, _ = rows_for("R0")
    assert {row["rater"] for row in rows} == {"R1", "R2"}
    assert {row["against"] for row in rows} == {"R0"}
    # s1: p_o = 2/4, margins of both (1/2, 1/2): p_e = 1/2, kappa 0.
    assert in_time(rows, rater="R1", session="s1")["estimate"] == pytest.approx(0)
    # s2: p_o = 3/4; R1 a 1/2, b 1/4, nothing 1/4: p_e = 1/4 + 1/8, kappa = .375 / .625.
    assert in_time(rows, rater="R1", session="s2")["estimate"] == pytest.approx(0.6)
    assert in_time(rows, rater="R1", session="s3")["estimate"] == 1
    # s4: R2 coded nothing, and never agrees: p_o = 0 and p_e = 0.
    assert in_time(rows, rater="R2", session="s4")["estimate"] == 0
    assert [in_time(rows, rater="R1", session=name)["place"] for name in SESSIONS] == [1, 2, 3, 4]
    # All: 16 s, p_o = 13/16; R1 a 8, b 7, nothing 1: p_e = (8 * 8 + 8 * 7) / 256.
    whole = in_time(rows, rater="R1", session="")
    assert whole["estimate"] == pytest.approx((13 / 16 - 120 / 256) / (1 - 120 / 256))
    assert (whole["n_sequences"], whole["undefined_reason"]) == (4, NoInterval.FEW_SEQUENCES)


def test_without_gold_it_is_the_mean_over_the_pairs_of_the_rater():
    rows, _ = rows_for(None)
    assert in_time(rows, rater="R0", session="s2")["against"] == "R1|R2"
    assert in_time(rows, rater="R0", session="s2")["estimate"] == pytest.approx((0.6 + 1) / 2)
    assert in_time(rows, rater="R1", session="s2")["estimate"] == pytest.approx((0.6 + 0.6) / 2)


def test_where_nothing_varies_there_is_a_reason():
    rows, drift = rows_for(None, {name: dict.fromkeys(RATERS, "....") for name in SESSIONS})
    assert {row["undefined_reason"] for row in rows} == {Reason.NOTHING_CODED, Reason.NO_EVENTS}
    assert all(row["change"] is None and row["undefined_reason"] for row in drift)


def test_drift_is_the_second_half_minus_the_first():
    _, drift = rows_for("R0")
    row = in_time(drift, raters="R0|R1")
    # First half: 8 s, p_o = 5/8; R1 a 4, b 3, nothing 1: p_e = (4 * 4 + 4 * 3) / 64. Second half: 1.
    first = (5 / 8 - 28 / 64) / (1 - 28 / 64)
    assert row["first_half"] == pytest.approx(first)
    assert (row["second_half"], row["n_sessions"]) == (1, 4)
    assert row["change"] == pytest.approx(1 - first)
    assert {r["raters"] for r in drift} == {"R0|R1", "R0|R2"}


def test_of_three_sessions_there_are_no_halves():
    _, drift = rows_for("R0", {name: CODED[name] for name in SESSIONS[:3]})
    assert {row["undefined_reason"] for row in drift} == {Reason.TOO_FEW_SESSIONS}


def test_drift_has_an_interval_where_sessions_are_enough():
    coded = {f"s{at:02}": dict.fromkeys(RATERS, GOLD) | {"R1": "abab" if at < 6 else "aabb"} for at in range(12)}
    coded["s03"]["R1"] = "aabb"
    coded["s09"]["R1"] = "abab"
    _, drift = rows_for("R0", coded)
    row = in_time(drift, raters="R0|R1")
    assert (row["first_half"], row["second_half"]) == (pytest.approx(1 / 6), pytest.approx(5 / 6))
    assert row["ci_low"] < row["change"] < row["ci_high"]
    assert row["ci_low"] > 0


def test_against_gold_who_stands_apart_is_told_from_the_gold_rater():
    timelines, _ = study(CODED)
    rows = apart_rows(Compared(CODEBOOK, RATERS, tuple(timelines)), "R0")
    APART.check(APART.frame(rows))
    told = [(r["rater"], r["category"], r["other_category"], r["ms"], r["n_sequences"]) for r in rows]
    assert told[:2] == [("R2", "none", "a", 2000, 1), ("R2", "none", "b", 2000, 1)]
    assert sorted(told[2:]) == [("R1", "a", "b", 1000, 1), ("R1", "b", "a", 1000, 1), ("R1", "none", "b", 1000, 1)]
    assert {row["others"] for row in rows} == {"R0"}


def test_rows_of_a_pair_are_those_of_the_two_raters_alone():
    timelines, events = study(CODED)
    values = np.array([[1.0, 2, 3], [2, 2, 1], [0, 0, 4], [3, 4, 4]])
    ratings = [RatingMatrix("form", "a", "form.a.rating", SESSIONS, ("1",) * 4, RATERS, values)]
    whole = Questions.of(
        Compared(CODEBOOK, RATERS, tuple(timelines), tuple(ratings), tuple(events)), Plan(seed=1, resamples=0)
    )
    rows = whole.of_gold("R0")[1].rows()
    assert {(row["raters"], row["aggregate"]) for row in rows} == {("R0|R2", "pair")}
    everybody = whole.rows()

    def value(found, measure, variant):
        (number,) = {
            row["estimate"]
            for row in found
            if (row["measure"], row.get("variant"), row["raters"], row["scope"])
            == (measure, variant, "R0|R2", "overall")
        }
        return number

    for measure, variant in (("time_cohen_kappa", "with_none"), ("event_kappa_ipf", "easydiag")):
        assert value(rows, measure, variant) == value(everybody, measure, variant)
    assert [row for row in rows if row["measure"] == "icc_2_1" and row["variant"] == "rating"]
