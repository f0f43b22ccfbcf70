"""Groups as predictors, against the same models as the sensitivity table makes them by another way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from elancry.codebook.load import load_codebook
from elancry.study.associate.grouped import group_references, with_groups_of
from elancry.study.associate.rows import regression_rows, sensitivity_rows

BOOK = load_codebook("crying")
WAY = [("crying_form", "intervention")]


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


def test_the_categories_of_a_grouped_system_are_its_groups():
    (system,) = [item for item in with_groups_of(BOOK, "intervention").systems if item.id == "intervention"]
    assert [item.id for item in system.categories] == [
        "group:trigger_group",
        "group:addressing",
        "group:giving_space",
        "group:neutralizing",
    ]
    assert with_groups_of(BOOK, "crying_form") == BOOK


def test_a_reference_becomes_its_group():
    assert group_references(BOOK, {"intervention": "pause"}, "intervention") == {"intervention": "group:giving_space"}
    assert group_references(BOOK, {"intervention": "uncoded"}, "intervention") == {"intervention": "uncoded"}
    assert group_references(BOOK, {}, "intervention") == {}


@pytest.mark.parametrize("reference", [None, "pause", "uncoded"])
def test_regressions_on_groups_equal_the_sensitivity_rows(frame: pd.DataFrame, reference: str | None):
    references = {} if reference is None else {"intervention": reference}
    slopes, models, _ = regression_rows(
        frame,
        with_groups_of(BOOK, "intervention"),
        seed=1,
        directions=WAY,
        references=group_references(BOOK, references, "intervention"),
        scores=["share"],
        n_draws=0,
    )
    beside = sensitivity_rows(
        frame, BOOK, seed=1, directions=WAY, references=references, scores=["share"], methods=["groups"]
    )
    ours = {
        (row["outcome"], row["term"]): (row["b"], row["se"], row["df"], row["p"])
        for row in slopes
        if row["se_type"] == "CR2" and row["term"] != "(Intercept)"
    }
    theirs = {
        (row["outcome"], row["term"]): (row["estimate"], row["se"], row["df"], row["p"]) for row in beside
    }  # fmt: skip
    assert ours == theirs
    assert len(ours) == 4 * len(BOOK.systems[0].categories)
    if reference is not None:
        named = {"pause": "group:giving_space"}.get(reference, reference)
        assert {row["reference"] for row in models} == {named}
