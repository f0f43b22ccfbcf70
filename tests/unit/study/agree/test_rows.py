"""Rows of a whole study: which there are, what they hold, and that they do not depend on what must not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from invented_study import (
    CODEBOOK,
    OBSERVED,
    RATERS,
    STUDY,
    agreement_rows,
    events_of,
    invented,
    questions,
    timeline_of,
)

from elancry.agreement.undefined import NoInterval, Reason
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING
from elancry.choices import Matching
from elancry.study.agree.apart import standing_apart
from elancry.study.agree.confusion import confusion_rows
from elancry.study.agree.families import Questions
from elancry.study.compared import Compared
from elancry.study.nesting import Cluster
from elancry.study.plan_keys import Plan
from elancry.table.schema import AGREEMENT, CONFUSION
from elancry.texts import text

MEASURES = """
time_percent time_cohen_kappa time_conger_kappa time_fleiss_kappa time_gwet_ac1 time_brennan_prediger
time_krippendorff_alpha event_linked event_raw event_kappa_ipf event_kappa_max event_raw_matched event_kappa_matched
event_kappa_max_matched event_kappa_attainable event_positive_agreement unitizing_alpha unitizing_alpha_binary
unitizing_alpha_coding
onset_bias_ms onset_mad_ms offset_bias_ms offset_mad_ms boundary_f1 icc_1_1 icc_2_1 icc_3_1 icc_1_k icc_2_k icc_3_k
kappa_linear kappa_quadratic alpha_ordinal alpha_interval ac2_quadratic ac2_linear percent presence_percent
presence_fleiss_kappa presence_gwet_ac1 presence_krippendorff_alpha
"""


@pytest.fixture(scope="module")
def rows():
    return agreement_rows(*STUDY, seed=1, codebook=CODEBOOK, raters=RATERS, resamples=200)


def find(rows, **wanted):
    found = [row for row in rows if all(row.get(name, "") == value for name, value in wanted.items())]
    assert found, wanted
    return found


def one(rows, **wanted):
    found = find(rows, **wanted)
    assert len(found) == 1, (wanted, len(found))
    return found[0]


def test_names_and_columns_are_the_contracts(rows):
    frame = AGREEMENT.check(AGREEMENT.frame(rows))
    assert set(frame["measure"]) == set(MEASURES.split())
    assert set(frame["aggregate"]) == {"pooled", "pair_mean", "pair", "leave_one_out"}
    assert set(frame["scope"]) == {"overall", "category", "session"}
    assert set(frame["variant"]) == {"with_none", "without_none", "easydiag", "rating", "share", "count", ""}
    CONFUSION.check(CONFUSION.frame(confusion_rows(questions(*STUDY, codebook=CODEBOOK))))


def test_two_raters_by_hand():
    # ms   0        4000     6000     10000
    # R1   |---d----|        |---p----|
    # R2   |-----d-----------|---p----|      (d until 6000)
    intervals = [[(0, 4000, 0), (6000, 10000, 2)], [(0, 6000, 0), (6000, 10000, 2)]]
    names = {"raters": ("R1", "R2")}
    timelines, events = [timeline_of(intervals, 10_000, **names)], [events_of(intervals, **names)]
    rows = agreement_rows(timelines, [], events, seed=1, codebook=CODEBOOK)
    pair = {"scope": "overall", "aggregate": "pair", "raters": "R1|R2", "variant": "with_none"}
    assert one(rows, measure="time_percent", **pair)["estimate"] == pytest.approx(0.8)
    # p_e = .4 * .6 + .4 * .4 (protest) + .2 * 0 (none)
    assert one(rows, measure="time_cohen_kappa", **pair)["estimate"] == pytest.approx((0.8 - 0.4) / 0.6)
    # AC1 over q = 4: shares .5 .4 .1 0
    chance = (0.5 * 0.5 + 0.4 * 0.6 + 0.1 * 0.9) / 3
    assert one(rows, measure="time_gwet_ac1", **pair)["estimate"] == pytest.approx((0.8 - chance) / (1 - chance))
    assert one(rows, measure="time_brennan_prediger", **pair)["estimate"] == pytest.approx((0.8 - 0.25) / 0.75)
    without = {**pair, "variant": "without_none"}
    assert one(rows, measure="time_percent", **without)["estimate"] == 1
    assert one(rows, measure="time_percent", **without)["compared_ms"] == 8_000
    event = one(rows, measure="event_kappa_ipf", scope="overall", aggregate="pair")
    assert (event["estimate"], event["n_units"]) == (pytest.approx(1), 4)
    assert one(rows, measure="offset_bias_ms", scope="overall", aggregate="pair")["estimate"] == 1_000
    assert one(rows, measure="onset_bias_ms", scope="overall", aggregate="pair")["estimate"] == 0
    assert event["undefined_reason"] == NoInterval.FEW_SEQUENCES


def test_whole_study_and_categories_have_intervals_and_sessions_have_none(rows):
    for row in rows:
        if row["scope"] == "session" or row["measure"].endswith("mad_ms"):
            assert row["ci_low"] is None
            assert row["ci_method"] is None
        elif row["estimate"] is not None and not row["undefined_reason"]:
            assert row["ci_low"] <= row["ci_high"]
            assert row["ci_method"]
        assert (row["estimate"] is not None) or row["undefined_reason"]


def test_the_level_is_the_word_of_the_lower_limit(rows):
    row = one(rows, measure="time_fleiss_kappa", variant="with_none", scope="overall", aggregate="pooled")
    assert 0.4 < row["ci_low"] < row["estimate"]
    assert row["level"] == "moderate"
    assert not any(row["level"] for row in rows if "percent" in row["measure"] or row["measure"].endswith("_ms"))


def test_icc_of_clustered_sequences_has_the_monte_carlo_interval_first(rows):
    """15 sequences in 12 sessions are not independent: F and the bootstrap stand beside the headline."""
    found = find(rows, measure="icc_2_k", variant="share", aggregate="pooled", scope="category", category="protest")
    assert [row["ci_method"].code for row in found] == [
        "interval.monte-carlo-clusters",
        "interval.f",
        "interval.these-raters",
    ]
    assert found[0]["ci_method"].fields["clusters"] == 12
    assert found[2]["ci_method"].fields["method"].code == "interval.bca"
    assert {round(row["estimate"], 12) for row in found} == {round(found[0]["estimate"], 12)}
    assert {row["n_units"] for row in found} == {15}


def test_icc_of_independent_sequences_has_its_f_interval_first():
    rows = agreement_rows(*invented(n_sessions=12, n_sequences=12), seed=1, codebook=CODEBOOK, resamples=50)
    found = find(rows, measure="icc_2_k", variant="share", aggregate="pooled", scope="category", category="protest")
    assert [row["ci_method"].code for row in found] == ["interval.f", "interval.these-raters"]


def test_too_few_clusters_have_no_headline_interval_of_icc():
    """12 sequences of 12 sessions of six patients: what six patients say is not what 12 independent sequences would."""
    timelines, ratings, events = invented(n_sessions=12, n_sequences=12)
    sessions = sorted({item.session for item in timelines})
    cluster = Cluster("patient", text("nesting.no-table"), {name: f"p{at % 6}" for at, name in enumerate(sessions)})
    plan = Plan(seed=1, resamples=50)
    compared = Compared(CODEBOOK, (), tuple(timelines), tuple(ratings), tuple(events))
    rows = Questions.of(compared, plan, cluster).rows()
    first, second, *_ = find(
        rows, measure="icc_2_k", variant="share", aggregate="pooled", scope="category", category="protest"
    )
    assert (first["ci_low"], first["level"]) == (None, "")
    assert first["undefined_reason"].code == "interval.no-few-clusters"
    assert first["undefined_reason"].fields["found"] == 6
    assert second["ci_method"].code == "interval.f"


def test_leaving_a_rater_out_is_the_other_two(rows):
    pair = one(rows, measure="time_cohen_kappa", variant="with_none", scope="overall", aggregate="pair", raters="R2|R3")
    left = one(
        rows,
        measure="time_cohen_kappa",
        variant="with_none",
        scope="overall",
        aggregate="leave_one_out",
        raters="R2|R3",
    )
    for name in ("estimate", "ci_low", "ci_high", "n_units"):
        assert left[name] == pair[name]


def test_a_sessions_row_is_what_that_session_alone_gives(rows):
    timelines, _, events = STUDY
    alone = agreement_rows(
        [t for t in timelines if t.session == "s02"],
        [],
        [e for e in events if e.session == "s02"],
        seed=1,
        codebook=CODEBOOK,
        raters=RATERS,
    )
    for measure, variant in (("time_fleiss_kappa", "with_none"), ("event_kappa_ipf", "easydiag")):
        of_session = one(rows, measure=measure, variant=variant, session="s02", aggregate="pooled")
        whole = one(alone, measure=measure, variant=variant, scope="overall", aggregate="pooled")
        assert of_session["estimate"] == pytest.approx(whole["estimate"], abs=1e-12)


def test_same_seed_same_rows_whatever_the_order_of_sessions():
    timelines, ratings, events = STUDY
    order = np.random.default_rng(0).permutation(len(timelines))
    turned = [
        RatingMatrix(
            r.system,
            r.category,
            r.tier,
            tuple(r.sessions[i] for i in order),
            tuple(r.sequences[i] for i in order),
            r.raters,
            r.values[order],
        )
        for r in ratings
    ]
    options = {"seed": 9, "codebook": CODEBOOK, "resamples": 100}
    first = agreement_rows(timelines, ratings, events, **options)
    second = agreement_rows([timelines[i] for i in order], turned, [events[i] for i in order], **options)
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        for name in ("estimate", "ci_low", "ci_high"):
            assert b[name] == (None if a[name] is None else pytest.approx(a[name], abs=1e-6)), a
    assert first == agreement_rows(timelines, ratings, events, **options)


def test_rater_order_does_not_change_what_all_raters_give(rows):
    timelines, ratings, events = STUDY
    other = agreement_rows(timelines, ratings, events, seed=1, codebook=CODEBOOK, raters=RATERS[::-1], resamples=200)
    for a, b in zip(rows, other, strict=True):
        if a["aggregate"] in ("pooled", "pair_mean") and a["estimate"] is not None:
            assert (a["measure"], a.get("category", "")) == (b["measure"], b.get("category", ""))
            assert b["estimate"] == pytest.approx(a["estimate"], abs=1e-9)


def test_sequences_of_one_rater_stay_out():
    timelines, _, events = invented(n_sessions=3, n_sequences=3)
    codes = timelines[0].codes.copy()
    codes[:, 1:] = MISSING
    timelines[0] = replace(timelines[0], codes=codes)
    events[0] = replace(
        events[0], raters=("R1",), starts=events[0].starts[:1], ends=events[0].ends[:1], codes=events[0].codes[:1]
    )
    rows = agreement_rows(timelines, [], events, seed=1, codebook=CODEBOOK)
    for measure in ("time_percent", "event_raw"):
        row = find(rows, measure=measure, scope="overall", aggregate="pooled")[0]
        assert row["n_sessions"] == 2
    assert not [row for row in rows if row.get("session") == "s01"]


def test_where_one_single_rater_coded_the_rows_say_so():
    timelines = [timeline_of([[(0, 10, 0)]], 50, raters=("R1",))]
    rows = agreement_rows(timelines, [], [events_of([[(0, 10, 0)]], raters=("R1",))], seed=1, codebook=CODEBOOK)
    assert {row["measure"] for row in rows} >= {"time_fleiss_kappa", "event_kappa_ipf", "icc_2_1"}
    assert {row["undefined_reason"] for row in rows} == {Reason.ONE_RATER}
    assert {row["estimate"] for row in rows} == {None}
    AGREEMENT.check(AGREEMENT.frame(rows))
    assert list(confusion_rows(questions(timelines, [], [], codebook=CODEBOOK))) == []
    assert agreement_rows([], [], [], seed=1) == []


def test_nothing_coded_by_anybody_is_full_agreement_without_a_kappa():
    empty = [[], []]
    names = {"raters": ("R1", "R2")}
    rows = agreement_rows(
        [timeline_of(empty, 500, **names)], [], [events_of(empty, **names)], seed=1, codebook=CODEBOOK
    )
    whole = {"scope": "overall", "aggregate": "pooled"}
    assert one(rows, measure="time_percent", variant="with_none", **whole)["estimate"] == 1
    kappa = one(rows, measure="time_fleiss_kappa", variant="with_none", **whole)
    assert (kappa["estimate"], kappa["undefined_reason"]) == (None, Reason.NOTHING_CODED)
    kappa = one(rows, measure="time_fleiss_kappa", variant="without_none", **whole)
    assert kappa["undefined_reason"] == Reason.NO_UNITS
    assert one(rows, measure="event_kappa_ipf", **whole)["undefined_reason"] == Reason.NO_EVENTS
    category = find(rows, measure="time_gwet_ac1", scope="category", variant="with_none")[0]
    assert category["estimate"] == 1
    category = find(rows, measure="time_fleiss_kappa", scope="category", variant="with_none")[0]
    assert category["undefined_reason"] == Reason.UNUSED_CATEGORY


def test_categories_are_those_of_codebook_or_vocabulary_else_the_observed_ones():
    # Percent .8 of the time. With three categories and none q = 4, with the two that occurred and none q = 3.
    intervals = [[(0, 4000, 0), (6000, 10000, 2)], [(0, 6000, 0), (6000, 10000, 2)]]
    names = {"raters": ("R1", "R2")}
    timelines, events = [timeline_of(intervals, 10_000, **names)], [events_of(intervals, **names)]
    pair = {"scope": "overall", "aggregate": "pair", "variant": "with_none"}
    vocabulary = replace(CODEBOOK, extracted=True)
    for codebook, q, origin in ((CODEBOOK, 4, "codebook"), (vocabulary, 4, "vocabulary"), (OBSERVED, 3, "observed")):
        rows = agreement_rows(timelines, [], events, seed=1, codebook=codebook, resamples=0)
        row = one(rows, measure="time_brennan_prediger", **pair)
        assert row["estimate"] == pytest.approx((0.8 - 1 / q) / (1 - 1 / q))
        assert (row["n_categories"], row["categories_from"]) == (q, origin)
        against_rest = find(rows, measure="time_gwet_ac1", scope="category", category="despair", variant="with_none")
        assert {item["n_categories"] for item in against_rest} == {2}
        chance = ("kappa", "ac1", "brennan", "time_krippendorff", "presence_krippendorff")
        named = {item["measure"] for item in rows if item.get("categories_from") == origin}
        assert named == {item["measure"] for item in rows if any(part in item["measure"] for part in chance)} | {
            item["measure"] for item in rows if item["measure"].startswith(("time", "event", "presence"))
        }


def test_where_no_vocabulary_names_them_the_categories_are_the_observed_ones():
    intervals = [[(0, 4000, 0), (6000, 10000, 2)], [(0, 6000, 0), (6000, 10000, 2)]]
    names = {"raters": ("R1", "R2")}
    timelines, events = [timeline_of(intervals, 10_000, **names)], [events_of(intervals, **names)]
    rows = agreement_rows(timelines, [], events, seed=1)
    pair = {"scope": "overall", "aggregate": "pair", "variant": "with_none"}
    assert one(rows, measure="time_brennan_prediger", **pair)["estimate"] == pytest.approx((0.8 - 1 / 3) / (2 / 3))
    assert {row["category"] for row in rows if row["scope"] == "category"} == {"despair", "protest"}


def test_criteria_after_the_first_are_a_sweep_of_the_whole(rows):
    timelines, _, events = STUDY
    swept = agreement_rows(timelines, [], events, seed=1, codebook=CODEBOOK, criterion=(0.6, 0.9), resamples=0)
    assert {row["scope"] for row in swept if row.get("criterion") == 0.9} == {"overall"}
    strict, loose = (
        one(swept, measure="event_linked", aggregate="pooled", scope="overall", criterion=c)["estimate"]
        for c in (0.9, 0.6)
    )
    assert strict < loose
    assert one(rows, measure="event_linked", aggregate="pooled", scope="overall")["estimate"] == loose


def test_bins_and_tolerance_add_rows_of_their_own():
    timelines, _, _ = STUDY
    rows = agreement_rows(
        timelines, [], [], seed=1, codebook=CODEBOOK, time_units_ms=(1000,), tolerance_ms=2000, resamples=50
    )
    whole = {"scope": "overall", "time_unit_ms": 1000}
    binned = one(rows, measure="time_fleiss_kappa", tolerance_ms="", aggregate="pooled", **whole)
    exact = one(
        rows, measure="time_fleiss_kappa", variant="with_none", time_unit_ms="", aggregate="pooled", scope="overall"
    )
    assert binned["estimate"] == pytest.approx(exact["estimate"], abs=0.02)
    forgiving = one(rows, measure="time_cohen_kappa", tolerance_ms=2000, aggregate="pair_mean", **whole)
    assert forgiving["estimate"] > binned["estimate"]


def test_varying_teams_get_variance_components():
    timelines, ratings, events = invented(n_sessions=12, n_sequences=12)
    turned = []
    for item in ratings:
        values = item.values.copy()
        values[:7, 2] = np.nan
        turned.append(replace(item, values=values))
    rows = agreement_rows(timelines, turned, events, seed=1, codebook=CODEBOOK, resamples=50)
    single = one(rows, measure="icc_2_1", variant="rating", aggregate="pooled", category="despair")
    assert single["n_units"] == 11
    assert not single["undefined_reason"]
    assert single["ci_method"].code == "interval.monte-carlo"
    assert single["ci_low"] < single["estimate"] < single["ci_high"]
    fixed = one(rows, measure="icc_3_1", variant="rating", aggregate="pooled", category="despair")
    assert (fixed["estimate"], fixed["undefined_reason"]) == (None, Reason.MISSING_CELLS)


def test_presence_is_unknown_where_the_category_may_hide():
    """A value outside the vocabulary could have been the category: the sequence is no unit for that rater."""
    seen, unknown = [(0, 10, 0)], [(20, 30, MISSING)]
    pairs = [(seen, seen), (seen, []), ([], unknown), ([*seen, *unknown], seen)]
    timelines = [timeline_of(pair, 50, session=f"s{i}", raters=("R1", "R2")) for i, pair in enumerate(pairs)]
    rows = agreement_rows(timelines, [], [], seed=1, codebook=CODEBOOK)
    row = find(rows, measure="presence_percent", category="despair")[0]
    assert (row["n_units"], row["estimate"]) == (3, pytest.approx(2 / 3))


def test_confusion_of_time_and_events():
    intervals = [[(0, 4000, 0), (6000, 10000, 2)], [(0, 6000, 0), (6000, 10000, 1)]]
    names = {"raters": ("R1", "R2")}
    timelines, events = [timeline_of(intervals, 10_000, **names)], [events_of(intervals, **names)]
    rows = list(confusion_rows(questions(timelines, [], events, codebook=CODEBOOK, matching=Matching.ELAN)))
    time = {(r["category_a"], r["category_b"]): r["value"] for r in find(rows, kind="time_ms", session="")}
    assert len(time) == 16
    assert {cell: value for cell, value in time.items() if value} == {
        ("despair", "despair"): 4000,
        ("none", "despair"): 2000,
        ("protest", "inhibited"): 4000,
    }
    event = {(r["category_a"], r["category_b"]): r["value"] for r in find(rows, kind="event", session="s1")}
    assert event == {("despair", "despair"): 2, ("protest", "inhibited"): 2}
    assert {r["variant"] for r in rows if r["kind"] == "event"} == {"elan"}


def test_who_stands_apart_is_named_with_time_and_sequences():
    # ms   0    1000      3000   4000     9000   10000
    # R1   |--d--|----i-----|-----|                        one sequence of each kind
    # R2   |--d--|----d-----|-----|---p----|
    # R3   |--d--|----i-----|--p--|---p----|
    intervals = [
        [(0, 1000, 0), (1000, 3000, 1)],
        [(0, 3000, 0), (4000, 9000, 2)],
        [(0, 1000, 0), (1000, 3000, 1), (3000, 9000, 2)],
    ]
    timelines = [timeline_of(intervals, 10_000, sequence=name) for name in ("1", "2")]
    first, second, third = standing_apart(timelines)
    assert (first.rater, first.category, first.others, first.other_category) == ("R1", "", ("R2", "R3"), "protest")
    assert (first.ms, first.n_sequences) == (10_000, 2)
    assert (second.rater, second.category, second.other_category, second.ms) == ("R2", "despair", "inhibited", 4_000)
    assert (third.rater, third.category, third.other_category, third.ms) == ("R3", "protest", "", 2_000)
    two = [timeline_of(intervals[:2], 10_000, raters=("R1", "R2"))]
    assert [(item.rater, item.others, item.ms) for item in standing_apart(two, most=1)] == [("R1", ("R2",), 5_000)]
