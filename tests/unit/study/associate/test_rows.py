"""From timelines and ratings to the rows of the association tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from elancry.align.events_of import SequenceEvents
from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.choices import Method, Null, Score
from elancry.codebook.model import Category, Codebook, Coding, Group, Layout, Scale, System
from elancry.errors import UsageError
from elancry.study.associate.cooccurrence_rows import cooccurrence_rows
from elancry.study.associate.pairs import why_not_in_time
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows, remarks, why_no_regression
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.associate.sequence_scores import rater_scores, scores_frame, sequence_scores
from elancry.study.associate.sequential_rows import sequential_rows
from elancry.study.associate.setcorrelation_rows import attenuation_rows, setcorrelation_rows
from elancry.study.plan_keys import Plan
from elancry.table import schema
from elancry.texts import Text, Texts

RATERS = ("R1", "R2")


def a_system(name: str, categories: Sequence[str], groups: dict[str, str] | None = None) -> System:
    groups = groups or {}
    return System(
        name,
        {"en": name},
        tuple(Category(item, {"en": item}, group=groups.get(item)) for item in categories),
        coding=Coding.BOTH,
        scale=Scale(0, 4),
        groups=tuple(Group(item, {"en": item}) for item in dict.fromkeys(groups.values())),
    )


BOOK = Codebook(
    "t",
    "T",
    (a_system("form", ["cry", "sob"]), a_system("act", ["ask", "wait", "talk"], {"ask": "go", "talk": "go"})),
)


def regressions(frame: pd.DataFrame, book: Codebook, cluster: str = "session", **choices: Any) -> tuple[list, list]:
    """Rows of the coefficients and of the models, with their texts in words."""
    sample = Sample(frame, cluster, Plan(**{"seed": 1, **choices}))
    slopes, models = regression_rows(list(fitted_models(sample, book)))
    return in_words(slopes), in_words(models)


def others(frame: pd.DataFrame, book: Codebook, cluster: str = "session", **choices: Any) -> list[dict[str, Any]]:
    """Rows of the regressions by other means, with their texts in words."""
    sample = Sample(frame, cluster, Plan(**{"seed": 1, **choices}))
    return in_words(sensitivity_rows(list(fitted_models(sample, book))))


def in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `Text` and tuples of it as a table shows them."""
    said = {"undefined_reason", "warnings", "dropped", "note"}
    return [{name: str(Texts(as_tuple(cell))) if name in said else cell for name, cell in row.items()} for row in rows]


def as_tuple(cell: Any) -> tuple[Text, ...]:
    return () if cell is None else (cell,) if isinstance(cell, Text) else cell


def a_timeline(
    session: str, system: System, cuts: Sequence[int], codes: Sequence[Sequence[int]], sequence: str = "1"
) -> Timeline:
    return Timeline(
        session,
        sequence,
        system.id,
        system.id,
        RATERS[: len(codes[0])],
        tuple(category.id for category in system.categories),
        np.array(cuts[:-1], dtype=np.int64),
        np.array(cuts[1:], dtype=np.int64),
        np.array(codes, dtype=np.int16),
    )


def a_study(n: int, seed: int = 1, book: Codebook = BOOK) -> list[Timeline]:
    """`n` sessions of one sequence each, both systems coded at random by two raters who agree."""
    rng = np.random.default_rng(seed)
    lines = []
    for session in range(n):
        for system in book.systems:
            cuts = [0, *sorted(rng.choice(np.arange(1, 600) * 100, size=9, replace=False).tolist()), 60_000]
            codes = rng.integers(NONE, len(system.categories), size=10)
            lines.append(a_timeline(f"s{session:02d}", system, cuts, np.stack([codes, codes], axis=1).tolist()))
    return lines


def ratings(n: int, seed: int = 1, constant: float | None = None) -> list[RatingMatrix]:
    rng = np.random.default_rng(seed)
    sessions = tuple(f"s{session:02d}" for session in range(n))
    found = []
    for system in BOOK.systems:
        for category in system.categories:
            values = rng.integers(0, 5, size=(n, 2)).astype(float) if constant is None else np.full((n, 2), constant)
            found.append(RatingMatrix(system.id, category.id, "", sessions, ("1",) * n, RATERS, values))
    return found


def test_durations_by_hand() -> None:
    """One sequence of 10 s.

    form  0---4 cry   4---6 -    6--10 sob
    act   0-2 -    2-----8 ask       8-10 wait
    """
    form, act = BOOK.systems
    lines = [
        a_timeline("s1", form, [0, 4000, 6000, 10_000], [[0], [NONE], [1]]),
        a_timeline("s1", act, [0, 2000, 8000, 10_000], [[NONE], [0], [1]]),
    ]
    table = schema.COOCCURRENCE.frame(in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1, permutations=99))))
    table = table.set_index(["category_a", "category_b"])
    assert table.loc[("cry", "ask"), "joint_ms"] == 2000
    # A single sequence is its own usual course: what is expected is what is there, but for the ridge of the fit.
    assert table.loc[("cry", "ask"), "expected_ms"] == pytest.approx(2000, rel=0.01)
    assert table.loc[("cry", "ask"), "ratio"] == 2000 / table.loc[("cry", "ask"), "expected_ms"]
    assert "all sequences belong to one group" in table.loc[("cry", "ask"), "undefined_reason"]
    assert table.loc[("cry", "ask"), "jaccard"] == 2000 / 8000
    # joint 2, cry only 2, ask only 4, neither 10 - 4 - 6 + 2 = 2
    assert table.loc[("cry", "ask"), "odds_ratio"] == pytest.approx(2 * 2 / (2 * 4))
    assert table.loc[("sob", "wait"), "joint_ms"] == 2000
    assert pd.isna(table.loc[("cry", "wait"), "ratio"])
    assert "the expected joint time is 0" in table.loc[("cry", "wait"), "undefined_reason"]
    assert "never coded without the other" in table.loc[("sob", "wait"), "undefined_reason"]
    assert table.loc[("cry", "talk"), "undefined_reason"].startswith("talk: never coded")
    assert table["p_permutation"].isna().all()
    assert "only 1 session to exchange" in table.loc[("cry", "ask"), "undefined_reason"]


def test_raters_are_averaged() -> None:
    """R1 codes cry with ask for all of the sequence, R2 for half of it: 10 s and 5 s, mean 7.5 s."""
    form, act = BOOK.systems
    lines = [
        a_timeline("s1", form, [0, 5000, 10_000], [[0, 0], [0, NONE]]),
        a_timeline("s1", act, [0, 10_000], [[0, 0]]),
    ]
    row = in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1, permutations=9)))[0]
    assert row["joint_ms"] == 7500
    assert str(row["coders"]) == "within R1|R2"


def test_teams_per_system_are_compared_across() -> None:
    lines = a_study(8)
    lines = [
        Timeline(
            line.session, line.sequence, line.system, line.tier, ("F1",) if line.system == "form" else ("A1",),
            line.categories, line.start_ms, line.end_ms, line.codes[:, :1],
        )
        for line in lines
    ]  # fmt: skip
    rows = in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1, permutations=99)))
    assert {str(row["coders"]) for row in rows} == {"across F1 with A1"}
    assert all(row["n_sequences"] == 8 for row in rows)
    assert all(row["p_permutation"] is not None for row in rows)


def test_same_seed_same_numbers_whatever_the_order_of_systems_in_the_data() -> None:
    lines = a_study(10)
    turned = sorted(lines, key=lambda line: (line.session, line.system))
    first = in_words(cooccurrence_rows(lines, BOOK, Plan(seed=3, permutations=199)))
    assert first == in_words(cooccurrence_rows(turned, BOOK, Plan(seed=3, permutations=199)))
    assert first != in_words(cooccurrence_rows(lines, BOOK, Plan(seed=4, permutations=199)))


def test_short_sequences_are_left_out() -> None:
    rows = in_words(cooccurrence_rows(a_study(6), BOOK, Plan(seed=1, permutations=9, min_sequence_ms=60_001)))
    assert {row["undefined_reason"] for row in rows} == {"no sequence is coded with both systems"}
    assert {row["n_sequences"] for row in rows} == {0}


def test_one_system_gives_no_rows_and_a_reason() -> None:
    lines = [line for line in a_study(6) if line.system == "form"]
    assert in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1))) == []
    assert str(why_not_in_time(lines, BOOK)) == "only one system has interval coding (form): this analysis needs two"
    alone = Codebook("t", "T", BOOK.systems[:1])
    frame = sequence_scores(lines, (), (), alone)
    assert regressions(frame, alone) == ([], [])
    assert str(why_no_regression(frame, alone)) == "regressions relate two systems; the codebook has only form"


def test_shares_are_of_the_sequence_and_add_up() -> None:
    frame = sequence_scores(a_study(5), (), (), BOOK)
    for system in BOOK.systems:
        parts = [f"share.{system.id}.{category.id}" for category in system.categories]
        total = frame[parts].sum(axis=1) + frame[f"share.{system.id}.uncoded"]
        assert total.to_numpy() == pytest.approx(np.ones(5))
    assert frame["share.act.group:go"].to_numpy() == pytest.approx(
        (frame["share.act.ask"] + frame["share.act.talk"]).to_numpy()
    )
    assert not [name for name in frame if name.startswith("rating")]


def test_a_missing_rating_is_missing_and_the_mean_is_over_those_who_rated() -> None:
    found = ratings(2)
    found[0].values[:] = [[1.0, np.nan], [np.nan, np.nan]]
    frame = sequence_scores((), found, (), BOOK)
    assert frame["rating.form.cry"].iloc[0] == 1.0
    assert np.isnan(frame["rating.form.cry"].iloc[1])
    assert frame["start_ms"].isna().all()


def test_one_rater_instead_of_the_mean() -> None:
    found = ratings(3)
    frame = sequence_scores((), found, (), BOOK, aggregate="R2", each_rater=True)
    assert frame["rating.form.cry"].tolist() == found[0].values[:, 1].tolist()
    assert frame["rating.form.cry@R1"].tolist() == found[0].values[:, 0].tolist()
    with pytest.raises(ValueError, match="'R9' is not one of the raters of this study: R1, R2"):
        sequence_scores((), found, (), BOOK, aggregate="R9")


def test_rows_are_those_of_the_tables() -> None:
    frame = sequence_scores(a_study(30), ratings(30), (), BOOK)
    rows, models = regressions(frame, BOOK, permutations=199)
    regression = schema.REGRESSION.frame(rows)
    table = schema.MODELS.frame(models)
    # 2 scores x (2 forms on actions + 3 actions on forms) x 3 kinds of standard error
    assert len(table) == 2 * 5 * 3
    assert set(table["se_type"]) == {"classical", "HC3", "CR2"}
    assert set(regression["score"]) == {"rating", "share"}
    assert (regression.loc[regression["term"] == "(Intercept)", "p_holm"].isna()).all()
    # One family: 2 forms x 3 slopes of ratings; Holm's smallest p is six times the smallest p (or 1).
    family = regression.query(
        "outcome_system == 'form' and score == 'rating' and se_type == 'CR2' and p_holm == p_holm"
    )
    assert len(family) == 6
    assert family["p_holm"].min() == pytest.approx(min(1.0, 6 * family["p"].min()))


def test_regression_is_reproduced_from_the_table_of_scores() -> None:
    """The row of one coefficient equals statsmodels' formula fit on the columns it names."""
    import statsmodels.formula.api as smf

    frame = sequence_scores((), ratings(25), (), BOOK)
    rows, _ = regressions(frame, BOOK, permutations=9)
    plain = frame.rename(columns=lambda name: name.replace(".", "_"))
    theirs = smf.ols("rating_form_cry ~ rating_act_ask + rating_act_wait + rating_act_talk", plain).fit()
    ours = [row for row in rows if row["outcome"] == "cry" and row["se_type"] == "classical"]
    for row, b, se, p in zip(ours, theirs.params, theirs.bse, theirs.pvalues, strict=True):
        assert (row["b"], row["se"], row["p"]) == pytest.approx((b, se, p), rel=1e-9)


def test_shares_have_a_reference_and_uncoded_time_is_a_predictor() -> None:
    frame = sequence_scores(a_study(30), (), (), BOOK)
    frame["share.act.wait"] += 1.0  # now by far the largest mean
    _, models = regressions(frame, BOOK, permutations=9, outcomes=("form ~ act",))
    assert {row["reference"] for row in models} == {"wait"}
    rows, models = regressions(frame, BOOK, permutations=9, outcomes=("form ~ act",), references=(("act", "ask"),))
    assert {row["reference"] for row in models} == {"ask"}
    assert {row["term"] for row in rows} == {"(Intercept)", "wait", "talk", "uncoded"}


def test_rare_categories_join_their_group_by_name() -> None:
    frame = sequence_scores(a_study(30), (), (), BOOK)
    frame.loc[3:, "share.act.talk"] = 0.0
    frame.loc[:2, "share.act.talk"] = 0.1
    rows, models = regressions(frame, BOOK, permutations=9, references=(("act", "wait"),))
    forward = [row for row in models if row["predictor_system"] == "act"]
    assert {row["dropped"] for row in forward} == {
        "talk: coded in 3 sessions, fewer than 5; joined with ask as group:go"
    }
    assert "group:go" in {row["term"] for row in rows}
    backward = {row["outcome"]: row["undefined_reason"] for row in models if row["outcome_system"] == "act"}
    assert backward["talk"] == "coded in 3 sessions, fewer than 5: not tested; its group is tested as group:go"
    assert backward["group:go"] == ""


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_small_studies_give_reasons(n: int) -> None:
    lines = a_study(n)
    frame = sequence_scores(lines, ratings(n), (), BOOK)
    rows, models = regressions(frame, BOOK, permutations=99)
    schema.REGRESSION.frame(rows)
    for row in models:
        assert row.get("f") is not None or row["undefined_reason"], row
    for row in in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1, permutations=99))):
        assert row["p_permutation"] is not None or row["undefined_reason"], row
    for row in in_words(cooccurrence_rows(lines, BOOK, Plan(seed=1, permutations=99, null=Null.SHIFT))):
        assert row["p_permutation"] is not None or row["undefined_reason"], row


def test_all_ratings_equal() -> None:
    frame = sequence_scores((), ratings(20, constant=2.0), (), BOOK)
    rows, models = regressions(frame, BOOK)
    assert rows == []
    assert {row["undefined_reason"] for row in models} == {"no predictor is left"}
    assert all("ask: the same in every sequence (2)" in row["dropped"] for row in models if row["outcome"] == "cry")
    (remark,) = remarks(models)
    assert str(remark) == "5 of 5 regressions could not be fitted; models.csv gives the reason for each"


def test_one_session_has_classical_errors_only() -> None:
    frame = sequence_scores((), ratings(20), (), BOOK)
    frame["session"] = "s1"
    for name in [name for name in frame if name.startswith("rating")]:
        assert frame[name].notna().all()
    _, models = regressions(frame, BOOK, permutations=9)
    assert {row["undefined_reason"][:20] for row in models} == {"coded in 1 session, "}


def test_empty_study() -> None:
    frame = sequence_scores((), (), (), BOOK)
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 0
    assert regressions(frame, BOOK) == ([], [])
    assert str(why_no_regression(frame, BOOK)) == "there are no sequences"
    assert in_words(cooccurrence_rows((), BOOK, Plan(seed=1))) == []
    assert (
        str(why_not_in_time((), BOOK))
        == "no system has interval coding: co-occurrence needs coded intervals of two systems"
    )


def test_sensitivity_rows_of_every_method() -> None:
    lines = a_study(40)
    frame = sequence_scores(lines, ratings(40), (), BOOK, scores=("rating", "share", "present"))
    rows = others(frame, BOOK, sensitivity=tuple(Method), resamples=99)
    table = schema.SENSITIVITY.frame(rows)
    assert set(table["method"]) == {method.value for method in Method}
    for row in rows:
        assert row.get("estimate") is not None or row["undefined_reason"], row
    assert set(table.loc[table["method"] == "mixed_model", "undefined_reason"]) == {
        "every session has only one sequence: variance between and within sessions cannot be separated"
    }
    assert set(table.loc[table["method"] == "ordinal", "score"]) == {"rating"}
    assert set(table.loc[table["method"] == "fractional_logit", "score"]) == {"share"}
    assert set(table.loc[table["method"] == "logistic", "score"]) == {"present"}


def test_rank_correlations_do_not_depend_on_the_direction() -> None:
    frame = sequence_scores((), ratings(20), (), BOOK)
    rows = others(frame, BOOK, sensitivity=(Method.SPEARMAN,), resamples=99)
    found = {(row["outcome"], row["term"]): (row["estimate"], row["ci_low"], row["p"]) for row in rows}
    assert found["cry", "ask"] == pytest.approx(found["ask", "cry"])


def test_single_slopes_hold_nothing_constant() -> None:
    frame = sequence_scores((), ratings(30), (), BOOK)
    rows = others(frame, BOOK, sensitivity=(Method.SINGLE,))
    row = next(row for row in rows if (row["outcome"], row["term"]) == ("cry", "wait"))
    x, y = frame["rating.act.wait"], frame["rating.form.cry"]
    assert row["estimate"] == pytest.approx(np.polyfit(x, y, 1)[0])


def test_set_correlation_and_attenuation_rows() -> None:
    found = rater_scores(a_study(30), ratings(30), (), BOOK)
    rows = in_words(setcorrelation_rows(Sample(scores_frame(found), "session", Plan(seed=1, permutations=99)), BOOK))
    table = schema.SETCORRELATION.frame(rows)
    assert table["score"].tolist() == ["rating", "share"]
    assert table["variables_b"].iloc[0] == "ask|wait|talk"
    assert "reference" in table["dropped"].iloc[1]
    rows = in_words(attenuation_rows(found, BOOK, Plan(seed=1, resamples=50)))
    table = schema.ATTENUATION.frame(rows)
    assert len(table) == 2 * 2 * 3
    assert table["note"].str.startswith("assumption violated").all()
    # The raters of `a_study` agree perfectly: nothing is taken away, nothing given back.
    share = table[table["score"] == "share"]
    assert share["r_disattenuated"].to_numpy() == pytest.approx(share["r"].to_numpy())


def events_of(lines: Sequence[Timeline]) -> list[SequenceEvents]:
    """Every coded segment of a timeline as one event."""
    found = []
    for line in lines:
        coded = [line.codes[:, column] >= 0 for column in range(len(line.raters))]
        found.append(
            SequenceEvents(
                line.session,
                line.sequence,
                line.system,
                line.tier,
                line.categories,
                line.raters,
                tuple(line.start_ms[flags] for flags in coded),
                tuple(line.end_ms[flags] for flags in coded),
                tuple(line.codes[flags, column] for column, flags in enumerate(coded)),
            )
        )
    return found


def test_counts_and_rates() -> None:
    """One minute with two `cry` by R1 and one by R2: mean count 1.5, rate 1.5 a minute."""
    form, _ = BOOK.systems
    lines = [a_timeline("s1", form, [0, 20_000, 40_000, 60_000], [[0, 0], [1, NONE], [0, NONE]])]
    frame = sequence_scores(lines, (), events_of(lines), BOOK, scores=("count", "rate_per_min", "present"))
    assert frame["count.form.cry"].iloc[0] == 1.5
    assert frame["rate_per_min.form.cry"].iloc[0] == pytest.approx(1.5)
    assert frame["present.form.sob"].iloc[0] == 0.5
    assert "share.form.cry" not in frame


def test_sequential_rows_are_those_of_the_table() -> None:
    lines = a_study(12)
    rows = in_words(
        sequential_rows(lines, events_of(lines), BOOK, Plan(seed=1, permutations=99, sequential_windows_ms=(5000,)))
    )
    table = schema.SEQUENTIAL.frame(rows)
    # Two directions x 6 pairs, once by window and once by lag.
    assert len(table) == 24
    assert table["lag"].notna().sum() == 12
    assert table["p_permutation"].between(0, 1).all()
    assert table["transformed_kappa"].notna().sum() == 12
    alone = in_words(sequential_rows(lines[:2], events_of(lines[:2]), BOOK, Plan(seed=1, permutations=99)))
    assert all("to exchange; at least" in row["undefined_reason"] for row in alone)
    swapped = Plan(seed=1, permutations=99, null=Null.SWAP)
    alone = in_words(sequential_rows(lines[:2], events_of(lines[:2]), BOOK, swapped))
    assert all("only one session" in row["undefined_reason"] for row in alone)


def test_covariates_are_held_constant_and_stay_out_of_the_family() -> None:
    """Coefficients equal statsmodels' with the covariate in; Holm counts the predictors only."""
    import statsmodels.formula.api as smf

    frame = sequence_scores((), ratings(25), (), BOOK)
    frame["age"] = np.random.default_rng(1).normal(size=25)
    rows, models = regressions(frame, BOOK, permutations=99, covariates=("age",))
    plain = frame.rename(columns=lambda name: name.replace(".", "_"))
    theirs = smf.ols("rating_form_cry ~ rating_act_ask + rating_act_wait + rating_act_talk + age", plain).fit()
    ours = [row for row in rows if row["outcome"] == "cry" and row["se_type"] == "classical"]
    assert [row["term"] for row in ours] == ["(Intercept)", "ask", "wait", "talk", "covariate:age"]
    assert [row["b"] for row in ours] == pytest.approx(list(theirs.params))
    assert ours[-1].get("p_holm") is None
    model = next(row for row in models if row["outcome"] == "cry" and row["se_type"] == "classical")
    joint = theirs.f_test(np.eye(5)[1:4])
    assert (model["f"], model["df1"], model["p"]) == pytest.approx((joint.fvalue, 3, joint.pvalue))
    assert model["p_session_permutation"] is None
    terms = {row["term"] for row in others(frame, BOOK, covariates=("age",))}
    assert "covariate:age" not in terms
    with pytest.raises(UsageError, match="no column 'height'"):
        regressions(frame, BOOK, covariates=("height",))
    with pytest.raises(UsageError, match="'session' contains text"):
        regressions(frame, BOOK, covariates=("session",))


@pytest.mark.parametrize("n", [1, 2, 3, 6])
@pytest.mark.parametrize("constant", [None, 2.0])
def test_small_and_flat_studies_give_reasons_in_every_table(n: int, constant: float | None) -> None:
    lines = a_study(n)
    for line in lines:
        line.codes[line.codes == 1] = NONE  # the second category of each system is never coded
    found = rater_scores(
        lines, ratings(n, constant=constant), events_of(lines), BOOK, scores=("rating", "share", "present", "count")
    )
    frame = scores_frame(found)
    for row in in_words(sequential_rows(lines, events_of(lines), BOOK, Plan(seed=1, permutations=19))):
        assert row["p_permutation"] is not None or row["undefined_reason"], row
    for row in others(frame, BOOK, sensitivity=tuple(Method), resamples=19):
        assert row.get("estimate") is not None or row["undefined_reason"], row
    for row in in_words(setcorrelation_rows(Sample(frame, "session", Plan(seed=1, permutations=19)), BOOK)):
        assert row.get("r2") is not None or row["undefined_reason"], row
    for row in in_words(attenuation_rows(found, BOOK, Plan(seed=1, resamples=19))):
        assert row["r_disattenuated"] is not None or row["undefined_reason"], row
    slopes, models = regressions(frame, BOOK, permutations=19, scores=(Score.RATING, Score.SHARE, Score.COUNT))
    for row in slopes:
        assert row["se"] is not None or row["undefined_reason"], row
    for row in models:
        assert row.get("f") is not None or row["undefined_reason"], row


@pytest.mark.parametrize("single_session", [False, True])
def test_ten_sequences_in_few_sessions(single_session: bool) -> None:
    """Enough sequences to fit, too few sessions to test: numbers where they exist, reasons where not."""
    frame = sequence_scores((), ratings(12), (), BOOK)
    frame["cluster"] = "all" if single_session else ["a", "b"] * 6
    rows, models = regressions(frame, BOOK, permutations=19, cluster="cluster")
    robust = [row for row in models if row["se_type"] == "CR2"]
    three = [row for row in robust if row["predictor_system"] == "act"]
    assert all(row["f"] is None and row["undefined_reason"] for row in (robust if single_session else three))
    assert all(row["f"] is None or row["df2"] < 2 for row in robust)
    assert all(row["f"] is not None for row in models if row["se_type"] == "classical")
    for row in rows:
        assert row["se"] is not None or row["undefined_reason"], row
    for row in others(frame, BOOK, cluster="cluster", sensitivity=tuple(Method), resamples=19):
        assert row.get("estimate") is not None or row["undefined_reason"], row
    in_words(setcorrelation_rows(Sample(frame, "cluster", Plan(seed=1, permutations=19)), BOOK))


def test_a_tier_per_category_may_overlap_and_needs_no_reference() -> None:
    """
    ask   aaaa......   40 %      the two tiers of one system overlap for 20 % of the time
    wait  ..wwwwww..   60 %      wait's tier is missing for R2: unknown, not none
    """
    act = replace(a_system("act", ["ask", "wait"]), layout=Layout.TIER_PER_CATEGORY)
    book = Codebook("t", "T", (BOOK.systems[0], act))

    def tier(session: str, category: str, cuts: list[int], codes: list[list[int]]) -> Timeline:
        starts, ends = np.array(cuts[:-1], dtype=np.int64), np.array(cuts[1:], dtype=np.int64)
        table = np.array(codes, dtype=np.int16)
        return Timeline(session, "1", "act", f"act.{category}", RATERS, (category,), starts, ends, table)

    lines = [
        tier("s1", "ask", [0, 4000, 10_000], [[0, 0], [NONE, NONE]]),
        tier("s1", "wait", [0, 2000, 8000, 10_000], [[NONE, MISSING], [0, MISSING], [NONE, MISSING]]),
    ]
    frame = sequence_scores(lines, (), (), book)
    assert frame["share.act.ask"].iloc[0] == pytest.approx(0.4)
    assert frame["share.act.wait"].iloc[0] == pytest.approx(0.6)
    assert frame["share.act.uncoded"].iloc[0] == pytest.approx(0.2)
    many = a_study(12)
    for number in range(12):
        cut = 2000 + 700 * number
        codes = [[number % 2 - 1] * 2, [NONE] * 2]
        many += [tier(f"s{number:02d}", name, [0, cut, 60_000], codes) for name in ("ask", "wait")]
    many = [line for line in many if line.tier != "act"]
    frame = sequence_scores(many, (), (), book)
    _, models = regressions(frame, book, permutations=9, outcomes=("form ~ act",))
    assert {row["reference"] for row in models} == {""}
    row = in_words(cooccurrence_rows(many, book, Plan(seed=1, permutations=19)))[0]
    assert row["n_sequences"] == 12


def test_a_rare_category_without_a_group_is_dropped_and_its_time_is_named() -> None:
    frame = sequence_scores(a_study(30), (), (), BOOK)
    frame.loc[2:, "share.form.sob"] = 0.0
    _, models = regressions(frame, BOOK, permutations=9, outcomes=("act ~ form",))
    assert {row["dropped"] for row in models} == {
        "sob: coded in 2 sessions, fewer than 5, and in no group with others; its time is counted with uncoded"
    }


def test_the_true_level_is_stated_where_a_share_is_a_skewed_outcome() -> None:
    """Skewness above 1 (by scipy), for shares and CR2 only: the simulated level stands in the warnings."""
    from scipy import stats

    rng = np.random.default_rng(3)
    n = 40
    frame = pd.DataFrame({"session": [f"s{row % 25}" for row in range(n)], "sequence": [str(row) for row in range(n)]})
    for score in ("share", "rating"):
        for system in BOOK.systems:
            for category in system.categories:
                frame[f"{score}.{system.id}.{category.id}"] = rng.random(n)
            frame[f"{score}.{system.id}.uncoded"] = rng.random(n)
        frame[f"{score}.form.sob"] = rng.exponential(size=n) ** 2
    _, models = regressions(frame, BOOK, permutations=0)
    told = {
        (row["score"], row["outcome"], row["se_type"]): row["warnings"]
        for row in models
        if "the outcome is a skewed share" in row.get("warnings", "")
    }
    assert list(told) == [("share", "sob", "CR2")]
    skew = stats.skew(frame["share.form.sob"])
    assert f"(skewness {skew:.1f})" in told["share", "sob", "CR2"]
    assert (
        "rejected a true null hypothesis in 2.1 % of cases instead of 5 %, "
        "and the 95 % interval covered the slope in 97.9 % of cases" in (told["share", "sob", "CR2"])
    )


def test_scores_of_every_rater_and_of_a_consensus_have_their_rows() -> None:
    """R2 coded the first session only; the mean of the rows is the table of the models."""
    from elancry.study.associate.sequence_scores import by_rater_frame

    lines = a_study(3)
    alone = [replace(line, codes=np.where([[False, line.session != "s00"]], MISSING, line.codes)) for line in lines]
    scores = rater_scores(alone, (), (), BOOK, scores=["share"])
    frame = by_rater_frame([scores, replace(scores, raters=("consensus", "nobody"))])
    assert frame.groupby("rater").size().to_dict() == {"R1": 3, "R2": 1, "consensus": 3, "nobody": 1}
    own = frame[frame["rater"].isin(["R1", "R2"])]
    means = own.groupby("session")["share.form.cry"].mean()
    assert means.to_numpy() == pytest.approx(scores_frame(scores)["share.form.cry"].to_numpy())
    assert len(by_rater_frame([])) == 0
