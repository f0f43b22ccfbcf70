"""Groups as predictors, against the same models as the sensitivity table makes them by another way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from elancry.choices import Method, PredictorSet, Score
from elancry.codebook.load import load_codebook
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample, by_its_groups
from elancry.study.associate.regression_rows import regression_rows
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.plan_keys import Plan

BOOK = load_codebook("crying")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Shares of 30 sequences in 15 sessions: each category of both systems in every one of them."""
    rng = np.random.default_rng(5)
    data: dict[str, object] = {"session": [f"s{row // 2}" for row in range(30)], "sequence": ["1"] * 30}
    for system in BOOK.systems:
        shares = rng.dirichlet(np.ones(len(system.categories) + 1), size=30)
        for column, category in enumerate(system.categories):
            data[f"share.{system.id}.{category.id}"] = shares[:, column]
        data[f"share.{system.id}.uncoded"] = shares[:, -1]
        for group in system.groups:
            members = [column for column, item in enumerate(system.categories) if item.group == group.id]
            data[f"share.{system.id}.group:{group.id}"] = shares[:, members].sum(axis=1)
    return pd.DataFrame(data)


def rows_of(frame: pd.DataFrame, references: tuple, **choices: Any) -> tuple[list, list, list]:
    plan = Plan(
        seed=1,
        scores=(Score.SHARE,),
        outcomes=("crying_form ~ intervention",),
        references=references,
        permutations=0,
        sensitivity=(Method.GROUPS,),
        **choices,
    )
    models = list(fitted_models(Sample(frame, "session", plan), BOOK))
    return *regression_rows(models), sensitivity_rows(models)


def test_the_categories_of_a_grouped_system_are_its_groups():
    forms, interventions = BOOK.systems
    assert [item.id for item in by_its_groups(interventions)[0].categories] == [
        "group:trigger_group",
        "group:addressing",
        "group:giving_space",
        "group:neutralizing",
    ]
    assert by_its_groups(forms) == (forms, None)


def test_a_reference_becomes_its_group():
    _, interventions = BOOK.systems
    assert by_its_groups(interventions, "pause")[1] == "group:giving_space"
    assert by_its_groups(interventions, "uncoded")[1] == "uncoded"


@pytest.mark.parametrize("reference", [None, "pause", "uncoded"])
def test_regressions_on_groups_equal_the_sensitivity_rows(frame: pd.DataFrame, reference: str | None):
    references = () if reference is None else (("intervention", reference),)
    slopes, models, none = rows_of(frame, references, predictors=PredictorSet.GROUPS)
    _, _, beside = rows_of(frame, references)
    assert none == []
    ours = {
        (row["outcome"], row["term"]): (row["b"], row["se"], row["df"], row["p"])
        for row in slopes
        if row["se_type"] == "CR2" and row["term"] != "(Intercept)"
    }
    theirs = {(row["outcome"], row["term"]): (row["estimate"], row["se"], row["df"], row["p"]) for row in beside}
    assert ours == theirs
    assert len(ours) == 4 * len(BOOK.systems[0].categories)
    if reference is not None:
        named = {"pause": "group:giving_space"}.get(reference, reference)
        assert {row["reference"] for row in models} == {named}
