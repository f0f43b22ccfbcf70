"""Variance components and the coefficient of k raters: by expected mean squares, published values and statsmodels."""

import warnings

import numpy as np
import pandas as pd
import pytest

from elancry.agreement import icc
from elancry.agreement.generalizability import Components, Generalizability, generalizability, stepped_up
from elancry.agreement.undefined import Reason

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=np.float64
)
"""Shrout & Fleiss (1979), Table 2: six targets, four judges."""


def found(values: np.ndarray, clusters: np.ndarray | None = None) -> Generalizability:
    groups = np.arange(len(values)) if clusters is None else clusters
    result = generalizability(values, groups, np.random.default_rng(1))
    assert isinstance(result, Generalizability)
    return result


def nested(n_clusters: int, size: int, raters: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    clusters = np.repeat(np.arange(n_clusters), size)
    true = rng.normal(size=n_clusters)[clusters] + 0.8 * rng.normal(size=len(clusters))
    return true[:, None] + 0.5 * rng.normal(size=raters) + 0.7 * rng.normal(size=(len(clusters), raters)), clusters


def test_components_are_those_of_the_published_mean_squares() -> None:
    """Shrout & Fleiss (1979), Table 3: mean squares 11.24 between targets, 32.49 between judges, 1.02 residual.

    E(MS targets) = 4 t + e, E(MS judges) = 6 j + e, E(MS residual) = e; so t = 2.556, j = 5.244, e = 1.019.
    Table 4: ICC(2,1) = .29, ICC(3,1) = .71, ICC(2,4) = .62, ICC(3,4) = .91.
    """
    got = found(SHROUT_FLEISS).components
    assert (got.cluster, got.sequence, got.rater, got.residual) == pytest.approx((0, 2.5556, 5.2444, 1.0194), abs=5e-4)
    assert (got.absolute(1), got.relative(1), got.absolute(4), got.relative(4)) == pytest.approx(
        (0.29, 0.71, 0.62, 0.91), abs=0.005
    )


def test_with_sequences_as_the_only_level_it_is_the_icc_with_its_limits() -> None:
    """Complete data: absolute = ICC(2,k), relative = ICC(3,k), limits those of F, stepped up from one rater to k."""
    got, table = found(SHROUT_FLEISS), icc.icc_table(SHROUT_FLEISS, by_pingouin=False)
    for coefficient, interval, form in (
        (got.components.absolute, got.absolute, "icc_2"),
        (got.components.relative, got.relative, "icc_3"),
    ):
        assert coefficient(1) == pytest.approx(table[f"{form}_1"][0].value, abs=1e-6)
        assert coefficient(4) == pytest.approx(table[f"{form}_k"][0].value, abs=1e-6)
        of_four = table[f"{form}_k"][1]
        assert (stepped_up(interval.low, 4), stepped_up(interval.high, 4)) == pytest.approx((of_four.low, of_four.high))


def test_balanced_clusters_by_expected_mean_squares() -> None:
    """Sequences s in clusters c (n_s each), crossed with R raters; REML equals the analysis of variance if all are > 0.

    E(MS c) = R n_s c + R s + e, E(MS s in c) = R s + e, E(MS r) = N r + e, E(MS e) = e (Searle et al. 1992, ch. 4),
    where e is what is left of sequences by raters, with (N - 1)(R - 1) degrees of freedom.
    """
    values, clusters = nested(20, 3, 4)
    n, size, raters = 60, 3, 4
    mean, rows, of_cluster = values.mean(), values.mean(axis=1), values.reshape(20, 3, 4).mean(axis=(1, 2))
    columns = values.mean(axis=0)
    ms_c = raters * size * np.square(of_cluster - mean).sum() / 19
    ms_s = raters * np.square(rows - of_cluster[clusters]).sum() / 40
    ms_r = n * np.square(columns - mean).sum() / 3
    e = np.square(values - rows[:, None] - columns + mean).sum() / (59 * 3)
    expected = (ms_c - ms_s) / (raters * size), (ms_s - e) / raters, (ms_r - e) / n, e
    assert min(expected) > 0
    got = found(values, clusters).components
    assert (got.cluster, got.sequence, got.rater, got.residual) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_components_equal_those_of_statsmodels(missing: float) -> None:
    """MixedLM with one group, sequences, raters and clusters as its components; its search ends some .5 % away."""
    import statsmodels.formula.api as smf

    values, clusters = nested(15, 2, 3, seed=6)
    values[np.random.default_rng(7).random(values.shape) < missing] = np.nan
    kept = np.isfinite(values).sum(axis=1) >= 2
    values, clusters = values[kept], clusters[kept]
    i, j = np.nonzero(np.isfinite(values))
    frame = pd.DataFrame({"y": values[i, j], "s": i.astype(str), "r": j.astype(str), "c": clusters[i].astype(str)})
    frame["all"] = 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = smf.mixedlm(
            "y ~ 1", frame, groups="all", re_formula="0", vc_formula={"c": "0 + C(c)", "r": "0 + C(r)", "s": "0 + C(s)"}
        ).fit(reml=True, method="powell")
    got = found(values, clusters).components
    assert (got.cluster, got.rater, got.sequence, got.residual) == pytest.approx(
        (*theirs.vcomp, theirs.scale), rel=0.01
    )


def test_how_many_raters() -> None:
    """True 1, rater .25, residual .75: absolute 1 / (1 + 1 / k), so .75 needs 3 raters and .90 needs 9."""
    components = Components(0.4, 0.6, 0.25, 0.75)
    assert [components.raters_for(level) for level in (0.5, 0.75, 0.9)] == [1, 3, 9]
    assert components.absolute(3) == pytest.approx(0.75)
    assert components.relative(3) == pytest.approx(0.8)
    assert Components(0, 0, 0.1, 1).raters_for(0.75) is None
    assert Components(0, 0, 0.1, 1).absolute(8) == 0.0
    assert Components(1, 1, 0, 0).raters_for(0.9) == 1


def test_limits_hold_the_estimate_and_clusters_widen_them() -> None:
    values, clusters = nested(12, 4, 3)
    for table in (values, np.where(np.random.default_rng(5).random(values.shape) < 0.15, np.nan, values)):
        one = found(table, clusters)
        assert one.absolute.low < one.components.absolute(1) < one.absolute.high
        assert one.relative.low < one.components.relative(1) < one.relative.high
        alone = found(table)
        assert one.absolute.high - one.absolute.low > alone.absolute.high - alone.absolute.low


def test_names_and_order_of_raters_and_sequences_play_no_part() -> None:
    values, clusters = nested(12, 2, 3)
    one, two = found(values, clusters), found(values[::-1, ::-1], 100 - clusters[::-1])
    assert one.components.absolute(3) == pytest.approx(two.components.absolute(3), abs=1e-9)
    assert one.absolute.low == pytest.approx(two.absolute.low, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.array([[1.0, np.nan], [2.0, np.nan]]), Reason.ONE_RATER),
        (np.array([[1.0, 2.0], [np.nan, 2.0]]), Reason.TOO_FEW_SEQUENCES),
        (np.full((4, 3), 2.0), Reason.ALL_RATINGS_EQUAL),
        (np.full((4, 3), np.nan), Reason.ONE_RATER),
    ],
)
def test_why_there_are_none(values: np.ndarray, reason: object) -> None:
    assert generalizability(values, np.arange(len(values)), np.random.default_rng(1)) == reason


def test_one_cluster_and_few_clusters() -> None:
    values, _ = nested(6, 2, 3)
    got = found(values, np.zeros(12, dtype=np.int64))
    assert np.isfinite(got.components.absolute(2))
    assert got.absolute.reason is not None


PENICILLIN = (
    "272326232321 272326232321 252125242420 262325232320 252226222320 242225232219 242023212219 262226242421 "
    "242124222220 242124232219 262326242421 252226242420 262426242522 262326232320 262325242422 252225232320 "
    "252124232320 252224232319 242123212119 262326242421 252124222218 252225222220 242124222419 242124222118"
)
"""Davies & Goldsmith (1972), section 6.6, as lme4 has it: 24 plates, each with six samples of two digits (mm)."""


def test_components_equal_those_of_lme4() -> None:
    """lme4 2.0.1: lmer(diameter ~ 1 + (1|plate) + (1|sample), Penicillin), plates being sequences and samples raters.

    Standard deviations .84670 of plates, 1.93161 of samples, .54992 residual; its search ends some 5e-5 away.
    """
    values = np.array([[float(row[at : at + 2]) for at in range(0, 12, 2)] for row in PENICILLIN.split()])
    got = found(values).components
    assert np.sqrt([got.sequence, got.rater, got.residual]) == pytest.approx([0.84670, 1.93161, 0.54992], rel=1e-4)
    assert got.absolute(6) == pytest.approx(icc.icc_table(values, by_pingouin=False)["icc_2_k"][0].value, rel=1e-6)


def test_a_variance_of_rounding_is_none():
    """What a search for the maximum leaves of zero asks for no 10 to the 28 raters."""
    assert Components(cluster=0.0, sequence=3e-31, rater=0.0, residual=0.01).raters_for(0.75) is None
    assert Components(cluster=0.0, sequence=1e-6, rater=0.0, residual=0.01).raters_for(0.75) == 30_000
