"""Rows of the generalizability table: the coefficients and intervals are those of the intraclass correlations."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.align.ratings import RatingMatrix
from elancry.codebook.model import Category, Codebook, Scale, System
from elancry.study.agree.families import Questions
from elancry.study.agree.generalizability import MOST_RATERS, generalizability_rows
from elancry.study.compared import Compared
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.study.plan import Plan
from elancry.table.schema import AGREEMENT, GENERALIZABILITY
from elancry.texts import text

RATERS = ("R1", "R2", "R3")
CODEBOOK = Codebook("test", "Test", (System("form", {}, (Category("a", {}),), scale=Scale(0, 9)),))


def study(values: np.ndarray, sessions: list[str]) -> Compared:
    sequences = tuple(str(at) for at in range(len(values)))
    matrix = RatingMatrix("form", "a", "form.a.rating", tuple(sessions), sequences, RATERS, values)
    return Compared(CODEBOOK, RATERS, (), (matrix,), ())


def rating(n: int, missing: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(4)
    values = np.round(4 + 1.5 * rng.normal(size=(n, 1)) + [0, 0.5, -0.5] + rng.normal(size=(n, 3))).clip(0, 9)
    values[rng.random(values.shape) < missing] = np.nan
    return values


PATIENTS = Cluster("patient", text("nesting.no-table"), {f"s{at}": f"p{at // 2}" for at in range(24)})


@pytest.mark.parametrize("cluster", [BY_SESSION, PATIENTS])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_limits_for_one_rater_are_those_of_icc_2_1_in_the_agreement_table(missing: float, cluster: Cluster) -> None:
    compared = study(rating(24, missing), [f"s{at}" for at in range(24)])
    rows = list(generalizability_rows(compared, cluster, 1))
    GENERALIZABILITY.check(GENERALIZABILITY.frame(rows))
    assert [row["k"] for row in rows] == list(range(1, MOST_RATERS + 1))
    asked = Questions.of(compared, Plan(seed=1, resamples=0), cluster)
    agreement = AGREEMENT.frame(asked.rows())
    icc = agreement[(agreement["measure"] == "icc_2_1") & (agreement["aggregate"] == "pooled")].iloc[0]
    assert (rows[0]["absolute_low"], rows[0]["absolute_high"]) == pytest.approx(
        (max(icc["ci_low"], 0), icc["ci_high"]), abs=1e-6
    )
    # A row is about k raters, whatever the mean number in the data.
    assert "mean of" not in rows[0]["ci_method"].into("en")
    if cluster is BY_SESSION:
        assert rows[0]["absolute"] == pytest.approx(icc["estimate"], abs=1e-5)
        assert rows[0]["variance_cluster"] is None
    else:
        assert rows[0]["n_clusters"] == 12
        assert rows[0]["variance_cluster"] >= 0


def test_raters_needed_are_where_the_coefficient_passes_the_aim() -> None:
    rows = list(generalizability_rows(study(rating(40), [f"s{at}" for at in range(40)]), BY_SESSION, 1))
    by_k = {row["k"]: row["absolute"] for row in rows}
    needed = rows[0]["raters_for_75"]
    assert by_k[needed] >= 0.75 > by_k[needed - 1]
    assert sorted(by_k.values()) == list(by_k.values())


def test_why_there_is_no_coefficient_is_said_once_and_no_rater_is_named() -> None:
    (row,) = generalizability_rows(study(np.full((12, 3), 2.0), [f"s{at}" for at in range(12)]), BY_SESSION, 1)
    assert row["undefined_reason"] is not None
    frame = GENERALIZABILITY.frame([row])
    assert not any(name in str(frame.to_dict()) for name in RATERS)
    alone = np.column_stack([np.arange(5.0), np.full((5, 2), np.nan)])
    assert list(generalizability_rows(study(alone, list("abcde")), BY_SESSION, 1)) == []
