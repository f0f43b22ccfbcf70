"""Few or odd clusters in what stands beside the regressions: the number is there, or its reason, and over what."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from elancry.agreement.icc import icc_from_sums
from elancry.align.ratings import RatingMatrix
from elancry.association.attenuation import disattenuated
from elancry.choices import Method
from elancry.codebook.model import Category, Codebook, Coding, Scale, System
from elancry.study.associate.regression_fit import fitted_models
from elancry.study.associate.regression_plan import Sample
from elancry.study.associate.regression_rows import regression_rows
from elancry.study.associate.sensitivity_rows import sensitivity_rows
from elancry.study.associate.sequence_scores import rater_scores, scores_frame
from elancry.study.associate.setcorrelation_rows import attenuation_rows, setcorrelation_rows
from elancry.study.nesting import Cluster
from elancry.study.plan_keys import Plan
from elancry.texts import text

FORM, ACT = (
    System(name, {"en": name}, (Category(f"{name}1", {"en": name}),), coding=Coding.BOTH, scale=Scale(0, 4))
    for name in ("form", "act")
)
BOOK = Codebook("t", "T", (FORM, ACT))


def rated(n: int = 24) -> list[RatingMatrix]:
    """Ratings of one category of each system by two raters, one sequence in each of `n` sessions."""
    rng = np.random.default_rng(1)
    true = rng.normal(size=n)
    sessions = tuple(f"s{at:02d}" for at in range(n))
    return [
        RatingMatrix(
            system.id,
            system.categories[0].id,
            f"{system.id}.rating",
            sessions,
            ("1",) * n,
            ("R1", "R2"),
            np.round(2 + true[:, None] + 0.6 * rng.normal(size=(n, 2))),
        )
        for system in BOOK.systems
    ]


def patients(of: list[int]) -> Cluster:
    """The patient of each session."""
    return Cluster("patient", text("nesting.no-table"), {f"s{at:02d}": f"p{one}" for at, one in enumerate(of)})


def attenuated(of: list[int]) -> dict[str, object]:
    scores = rater_scores((), rated(len(of)), (), BOOK)
    (row,) = attenuation_rows(scores, BOOK, Plan(seed=1, resamples=200), patients(of))
    return row


def test_corrected_correlations_resample_the_plans_cluster() -> None:
    row = attenuated([at // 2 for at in range(24)])
    assert row["n_sessions"] == 24
    method = row["note"][-1]
    assert method.code == "interval.bca"
    assert method.fields["basis"].fields["clusters"] == 12
    assert row["ci_low"] < row["r_disattenuated"] < row["ci_high"]
    by_session = attenuated(list(range(24)))
    assert by_session["r_disattenuated"] == pytest.approx(row["r_disattenuated"])
    assert by_session["ci_low"] != row["ci_low"]


@pytest.mark.parametrize("of", [[0] * 24, [at % 4 for at in range(24)]])
def test_one_cluster_or_four_have_no_interval_of_a_corrected_correlation(of: list[int]) -> None:
    row = attenuated(of)
    assert row["r_disattenuated"] is not None
    assert row["ci_low"] is None
    assert row["undefined_reason"].code == "association.few-for-interval"


def test_a_cluster_with_half_of_all_sequences_still_has_its_interval_and_says_over_what() -> None:
    row = attenuated([0] * 12 + list(range(1, 13)))
    assert row["note"][-1].fields["basis"].fields["clusters"] == 13
    assert row["ci_low"] < row["ci_high"]


def test_interval_of_a_corrected_correlation_is_bca_of_its_resamples() -> None:
    """Against scipy's BCa of the whole computation, asked for the level of the tails for small samples."""
    from scipy import stats

    rng = np.random.default_rng(3)
    true = rng.normal(size=40)
    x, y = (true[:, None] + rng.normal(size=(40, 2)) * 0.8 for _ in range(2))

    def reliability(sums: np.ndarray) -> np.ndarray:
        return icc_from_sums(sums)[..., 4]

    clusters = np.arange(40)
    found = disattenuated(x, y, clusters, reliability, rng, same_raters=False, n_resamples=4000)

    def whole(rows: np.ndarray) -> float:
        of = disattenuated(x[rows], y[rows], np.arange(len(rows)), reliability, rng, same_raters=False, n_resamples=0)
        return np.nan if of.corrected is None else of.corrected

    level = 1 - 2 * stats.norm.cdf((40 / 39) ** 0.5 * stats.t.ppf(0.025, 39))
    theirs = stats.bootstrap(
        (clusters,), whole, vectorized=False, n_resamples=1000, confidence_level=level, method="BCa",
        rng=np.random.default_rng(4),
    ).confidence_interval  # fmt: skip
    assert (found.ci_low, found.ci_high) == pytest.approx((theirs.low, theirs.high), abs=0.04)


@pytest.mark.parametrize(
    ("of", "code"),
    [
        ([0] * 24, "association.no-equal-clusters"),
        ([*[0] * 8, *[1] * 8, *[2] * 8], "association.few-orders"),
        ([*[0] * 12, *[1] * 7, *[2] * 5], "association.no-equal-clusters"),
    ],
)
def test_set_correlation_says_where_clusters_cannot_be_exchanged_enough(of: list[int], code: str) -> None:
    """One cluster; three in six orders, so that p cannot fall below 1 / 6; three of unequal sizes."""
    frame = scores_frame(rater_scores((), rated(24), (), BOOK)).assign(patient=[f"p{one}" for one in of])
    (row,) = setcorrelation_rows(Sample(frame, "patient", Plan(seed=1, permutations=99)), BOOK)
    assert code in {one.code for one in row["undefined_reason"]}
    assert (row["p_permutation"] is None) is (code == "association.no-equal-clusters")
    assert row["r2"] is not None


def test_clusters_of_one_sequence_are_what_the_session_is() -> None:
    frame = scores_frame(rater_scores((), rated(24), (), BOOK)).assign(patient=[f"p{at}" for at in range(24)])
    rows = [
        setcorrelation_rows(Sample(frame, cluster, Plan(seed=1, permutations=99)), BOOK)
        for cluster in ("session", "patient")
    ]
    assert rows[0][0]["p_permutation"] == rows[1][0]["p_permutation"]


@pytest.mark.parametrize(("n", "clusters", "near"), [(46, 32, True), (60, 40, True), (120, 32, False), (46, 10, False)])
def test_levels_of_regressions_are_quoted_near_the_simulated_design_only(n: int, clusters: int, near: bool) -> None:
    """Nine ratings as predictors: the joint test is conservative, by how much is known for 46 sequences in 32 only."""
    rng = np.random.default_rng(2)
    nine = tuple(Category(f"c{at}", {"en": f"c{at}"}) for at in range(9))
    act = System("act", {"en": "act"}, nine, coding=Coding.BOTH, scale=Scale(0, 4))
    book = Codebook("t", "T", (FORM, act))
    columns = {f"rating.act.{one.id}": rng.integers(0, 5, size=n).astype(float) for one in nine}
    frame = pd.DataFrame(
        {"session": [f"s{at % clusters:02d}" for at in range(n)], "sequence": [str(at) for at in range(n)]}
        | {"rating.form.form1": rng.integers(0, 5, size=n).astype(float)}
        | columns
    )
    sample = Sample(frame, "session", Plan(seed=1, permutations=9, sensitivity=(Method.MIXED_MODEL,)))
    _, models = regression_rows(list(fitted_models(sample, book)))
    row = next(row for row in models if row["outcome"] == "form1" and row["se_type"] == "CR2")
    codes = {one.code for one in row["warnings"]}
    assert ("model.conservative-joint-test" in codes) is near
    assert ("model.conservative-joint-test-far" in codes) is not near
    mixed = next(iter(sensitivity_rows(list(fitted_models(sample, book)))))
    assert ("model.mixed-level" in {one.code for one in mixed.get("note", ())}) is near
