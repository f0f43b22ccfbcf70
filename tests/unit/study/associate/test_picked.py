"""Outcomes and predictors picked one by one: the models hold exactly these, and the family is what was planned."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from elancry.association.multiplicity import corrected
from elancry.choices import Method, Score
from elancry.codebook.model import Category, Codebook, Coding, Group, Scale, System
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.plan_keys import Plan
from elancry.texts import Texts


def a_system(name: str, categories: dict[str, str | None]) -> System:
    groups = dict.fromkeys(group for group in categories.values() if group)
    return System(
        name,
        {"en": name},
        tuple(Category(item, {"en": item}, group=group) for item, group in categories.items()),
        coding=Coding.BOTH,
        scale=Scale(0, 4),
        groups=tuple(Group(item, {"en": item}) for item in groups),
    )


BOOK = Codebook(
    "t",
    "T",
    (
        a_system("form", {"cry": None, "sob": None, "weep": None}),
        a_system("act", {"ask": "go", "rare": "go", "wait": None, "talk": None}),
    ),
)


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """40 sequences in 25 sessions; `rare` is coded in three sessions."""
    rng = np.random.default_rng(5)
    n = 40
    session = [f"s{number % 25:02d}" for number in range(n)]
    columns: dict[str, Any] = {"session": session, "sequence": [str(number) for number in range(n)]}
    for system in BOOK.systems:
        parts = rng.dirichlet(np.ones(len(system.categories) + 1), size=n)
        names = [category.id for category in system.categories]
        if "rare" in names:
            at = names.index("rare")
            parts[:, -1] += np.where(np.arange(n) < 3, 0.0, parts[:, at])
            parts[3:, at] = 0.0
        for at, name in enumerate([*names, "uncoded"]):
            columns[f"share.{system.id}.{name}"] = parts[:, at]
        for group in system.groups:
            members = [c.id for c in system.categories if c.group == group.id]
            columns[f"share.{system.id}.group:{group.id}"] = sum(columns[f"share.{system.id}.{m}"] for m in members)
        for name in names:
            columns[f"rating.{system.id}.{name}"] = rng.integers(0, 5, size=n).astype(float)
    return pd.DataFrame(columns)


def rows_of(frame: pd.DataFrame, score: str, outcomes=None, predictors=None, **more: Any) -> tuple[list, list]:
    """Rows of the coefficients and of the models, the predictors that were left out in words."""
    plan = Plan(
        seed=1,
        scores=(Score(score),),
        outcomes=("form ~ act",),
        outcome_categories=outcomes,
        predictor_categories=predictors,
        permutations=0,
        **more,
    )
    slopes, models = regression_rows(list(fitted_models(Sample(frame, "session", plan), BOOK)))
    return slopes, [{**row, "dropped": str(Texts(row["dropped"]))} for row in models]


def terms(slopes: list[dict]) -> list[str]:
    return list(dict.fromkeys(row["term"] for row in slopes if row["term"] != "(Intercept)"))


def test_only_picked_outcomes_are_explained_and_only_they_are_corrected_for(frame: pd.DataFrame):
    slopes, models = rows_of(frame, "rating", outcomes=(("form", ("sob", "cry")),))
    assert list(dict.fromkeys(row["outcome"] for row in models)) == ["cry", "sob"]
    every, _ = rows_of(frame, "rating")
    by_key = {(row["outcome"], row["term"], row["se_type"]): row for row in every}
    family = [row for row in slopes if row["se_type"] == "CR2" and row["term"] != "(Intercept)"]
    assert len(family) == 2 * 4
    for row in family:
        assert row["p"] == by_key[row["outcome"], row["term"], "CR2"]["p"]
    holm, bh = corrected([row["p"] for row in family])
    assert [row["p_holm"] for row in family] == list(holm)
    assert [row["p_bh"] for row in family] == list(bh)


def test_only_picked_ratings_predict(frame: pd.DataFrame):
    slopes, models = rows_of(frame, "rating", predictors=(("act", ("wait", "ask")),))
    assert terms(slopes) == ["ask", "wait"]
    assert models[0]["dropped"] == "rare, talk: not selected"
    x = np.column_stack([np.ones(40), frame["rating.act.ask"], frame["rating.act.wait"]])
    b, *_ = np.linalg.lstsq(x, frame["rating.form.cry"].to_numpy(), rcond=None)
    found = [row["b"] for row in slopes if row["outcome"] == "cry" and row["se_type"] == "CR2"]
    assert found == pytest.approx(b.tolist())


def test_picked_shares_are_read_against_all_the_rest(frame: pd.DataFrame):
    slopes, models = rows_of(frame, "share", predictors=(("act", ("ask", "wait")),))
    assert terms(slopes) == ["ask", "wait"]
    assert models[0]["reference"] == ""
    assert models[0]["dropped"] == (
        "rare, talk, uncoded: not selected; a coefficient means: more of this category instead of any of these"
    )


def test_uncoded_time_can_be_picked(frame: pd.DataFrame):
    slopes, models = rows_of(frame, "share", predictors=(("act", ("ask", "uncoded")),))
    assert terms(slopes) == ["ask", "uncoded"]
    assert models[0]["dropped"].startswith("rare, wait, talk: not selected")


def test_a_picked_reference_is_the_reference(frame: pd.DataFrame):
    picked = (("act", ("ask", "wait")),)
    slopes, models = rows_of(frame, "share", predictors=picked, references=(("act", "wait"),))
    assert terms(slopes) == ["ask"]
    assert models[0]["reference"] == "wait"
    assert models[0]["dropped"] == "rare, talk, uncoded: not selected; they are counted with wait"


def test_a_rare_category_does_not_bring_back_what_was_not_picked(frame: pd.DataFrame):
    """`rare` joins its group only where `ask`, the other of the group, was picked too."""
    slopes, models = rows_of(frame, "share", predictors=(("act", ("rare", "wait")),))
    assert terms(slopes) == ["wait"]
    assert "rare: coded in 3 sessions, fewer than 5" in models[0]["dropped"]
    slopes, _ = rows_of(frame, "share", predictors=(("act", ("ask", "rare", "wait")),))
    assert terms(slopes) == ["group:go", "wait"]


def test_picking_everything_is_picking_nothing(frame: pd.DataFrame):
    every = (("form", ("cry", "sob", "weep")),), (("act", ("ask", "rare", "wait", "talk")),)
    assert rows_of(frame, "share", *every) == rows_of(frame, "share")


def test_other_methods_take_the_same_pick(frame: pd.DataFrame):
    plan = Plan(
        seed=1,
        scores=(Score.SHARE,),
        outcomes=("form ~ act",),
        outcome_categories=(("form", ("cry",)),),
        predictor_categories=(("act", ("ask", "wait")),),
        sensitivity=(Method.MIXED_MODEL, Method.GROUPS, Method.SINGLE),
    )
    rows = sensitivity_rows(list(fitted_models(Sample(frame, "session", plan), BOOK)))
    assert {row["outcome"] for row in rows} == {"cry"}
    assert {row["term"] for row in rows if row["method"] != "groups"} == {"ask", "wait"}
    (refused,) = [row for row in rows if row["method"] == "groups"]
    reason = "predictor categories were selected one by one; groups would bring back the others"
    assert str(refused["undefined_reason"]) == reason
