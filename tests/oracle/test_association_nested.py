"""Regression against R 4.2.2: lm, clubSandwich 0.5.8, effectsize, car, lme4, lmerTest (`R_NESTED_VALUES.csv`).

46 sequences in 32 sessions (`nested_46x32.csv`, synthetic, R's set.seed(20261123)). Data and values stand here, so that
a machine without the oracle folder tests the same; one test makes sure that the copy is the original.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from elancry.association.binomial import fit_binomial
from elancry.association.clustered import Correction, cluster_slopes, htz, sandwich
from elancry.association.effect import cohens_f2, cooks_distance, generalised_vif, residual_checks, vif
from elancry.association.mixed import random_intercept
from elancry.association.multiplicity import corrected
from elancry.association.ordinal import fit_ordinal
from elancry.association.regression import LinearFit, classical, classical_covariance, fit_ols, hc3, wald
from elancry.association.setcorrelation import set_correlation

# One letter a sequence. FORM: o soft (the reference), b sob, w wail.
FORM = "oooowooobbboobbwobobwbwoobooowobbbbobowoobwoww"
INTERV = "1101100010111011001000001110000100010001011100"
RESOLVED = "0000100111100011010100001000110110010100010111"
DURATION = (
    "85.8 35.5 72.1 85.5 12.8 42.0 34.5 99.5 20.5 64.2 38.6 68.7 57.1 156.9 109.5 28.4 29.3 99.3 50.9 65.5 "
    "72.0 143.8 64.2 82.5 56.4 26.9 153.9 50.7 42.0 26.1 91.1 58.0 35.6 55.9 55.5 62.1 48.8 17.8 83.0 19.7 "
    "55.1 127.3 72.3 109.5 65.5 20.7"
)
OUTCOME = (
    "4.0183 1.2938 3.7266 3.8915 3.5963 4.2926 5.3072 4.011 2.3731 3.8547 3.8794 2.3132 3.6206 5.8149 3.4293 "
    "5.1228 2.7219 4.3157 4.3943 6.5959 4.7583 4.1322 5.409 3.9902 2.5841 4.0214 2.3976 2.0209 2.0064 3.9663 "
    "3.1059 2.6591 2.8546 3.7615 2.4314 1.0167 1.2464 3.0836 3.8518 2.5877 3.8386 5.1644 4.0355 5.2223 7.223 "
    "4.3641"
)
SESSION = np.array(
    [*range(22), 22, 22, 23, 23, 24, 24, 25, 25, 26, 26, 27, 27, *[28] * 3, *[29] * 3, *[30] * 3, *[31] * 3]
)
Y = np.array(OUTCOME.split(), dtype=float)
X = np.column_stack(
    [
        [letter == "b" for letter in FORM],
        [letter == "w" for letter in FORM],
        [digit == "1" for digit in INTERV],
        [float(number) for number in DURATION.split()],
    ]
).astype(float)
TERMS = ("(Intercept)", "formsob", "formwail", "interv", "dur")

# Per term: coefficient and classical se (lm); then per correction se, df, p (clubSandwich::coef_test, Satterthwaite).
LM = {
    "coef": (2.6934845402, 0.3588166147, 1.5565492921, -0.4212681751, 0.0120013484),
    "se": (0.4414638428, 0.3932407383, 0.4683963752, 0.3483196567, 0.0050026194),
}
CLUB = {
    Correction.CR0: (
        (0.4088883193, 0.3768861194, 0.3854515808, 0.2363409443, 0.0047980410),
        (11.9623044140, 19.0722062349, 10.9720644645, 23.0124952544, 12.4152298964),
        (0.0000262465, 0.3529794614, 0.0019642666, 0.0878741708, 0.0272703542),
    ),
    Correction.CR1: (
        (0.4154309478, 0.3829166802, 0.3916191977, 0.2401226396, 0.0048748145),
        (11.9623044140, 19.0722062349, 10.9720644645, 23.0124952544, 12.4152298964),
        (0.0000305316, 0.3604421627, 0.0021894157, 0.0926727487, 0.0293370139),
    ),
    Correction.CR1S: (
        (0.4352243396, 0.4011609153, 0.4102780681, 0.2515633893, 0.0051070772),
        (11.9623044140, 19.0722062349, 10.9720644645, 23.0124952544, 12.4152298964),
        (0.0000473007, 0.3822327025, 0.0029878844, 0.1075511015, 0.0360682459),
    ),
    Correction.CR2: (
        (0.4346926068, 0.4057303954, 0.4170491928, 0.2520825652, 0.0052415436),
        (11.6411058720, 18.4596926032, 10.4010661955, 22.1183936403, 11.7310277134),
        (0.0000527051, 0.3878693868, 0.0036410313, 0.1087823191, 0.0414209533),
    ),
    Correction.CR3: (
        (0.4633310775, 0.4376715526, 0.4525998792, 0.2697822027, 0.0057421408),
        (11.2647995458, 17.8043038306, 9.7999778876, 21.0675546351, 11.0832205671),
        (0.0001065344, 0.4231525700, 0.0065294205, 0.1333001351, 0.0604492413),
    ),
}


@pytest.fixture(scope="module")
def fit() -> LinearFit:
    return fit_ols(Y, X, TERMS[1:])


def test_data_in_this_file_are_the_oracle(shared: Path) -> None:
    with (shared / "oracles" / "nested_46x32.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["y"]) for row in rows] == Y.tolist()
    assert [int(row["session"][1:]) - 1 for row in rows] == SESSION.tolist()
    code = {"soft": "o", "sob": "b", "wail": "w"}
    assert "".join(code[row["form"]] for row in rows) == FORM
    assert [float(row["interv"]) for row in rows] == X[:, 2].tolist()
    assert [float(row["dur"]) for row in rows] == X[:, 3].tolist()
    assert "".join(row["resolved"] for row in rows) == RESOLVED


def test_values_in_this_file_are_the_oracle(shared: Path) -> None:
    with (shared / "oracles" / "R_NESTED_VALUES.csv").open() as file:
        r = {(row["model"], row["term"], row["stat"]): float(row["value"]) for row in csv.DictReader(file)}
    for correction, columns in CLUB.items():
        for stat, values in zip(("se", "df_satt", "p_satt"), columns, strict=True):
            assert [r[f"lm_{correction.value}", term, stat] for term in TERMS] == list(values)
    for stat, values in LM.items():
        assert [r["lm", term, stat] for term in TERMS] == list(values)


def test_lm(fit: LinearFit) -> None:
    np.testing.assert_allclose(fit.b, LM["coef"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(classical(fit).se, LM["se"], rtol=0, atol=1e-9)
    assert fit.r2 == pytest.approx(0.2983727970, abs=1e-9)
    assert fit.r2_adjusted == pytest.approx(0.2299213625, abs=1e-9)
    assert wald(fit, classical_covariance(fit), [1, 2, 3, 4]).f == pytest.approx(4.3588976535, abs=1e-9)


@pytest.mark.parametrize("correction", list(Correction))
def test_club_sandwich(fit: LinearFit, correction: Correction) -> None:
    slopes = cluster_slopes(fit, SESSION, correction)
    for ours, theirs in zip((slopes.se, slopes.df, slopes.p), CLUB[correction], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9)


def test_htz(fit: LinearFit) -> None:
    """clubSandwich::Wald_test(test = "HTZ") of the two form dummies."""
    test = htz(fit, sandwich(fit, SESSION), [1, 2])
    assert (test.f, test.df1) == (pytest.approx(6.9579020099, abs=1e-9), 2)
    assert test.df2 == pytest.approx(14.6200965364, abs=1e-9)
    assert test.p == pytest.approx(0.0075311234, abs=1e-9)


def test_htz_of_one_coefficient_is_the_t_test(fit: LinearFit) -> None:
    """With q = 1, HTZ is Satterthwaite's t squared (Pustejovsky & Tipton 2018)."""
    slopes = cluster_slopes(fit, SESSION)
    for j in range(5):
        test = htz(fit, sandwich(fit, SESSION), [j])
        assert test.f == pytest.approx(slopes.t[j] ** 2, rel=1e-10)
        assert test.df2 == pytest.approx(slopes.df[j], rel=1e-10)


def test_hc3_is_cr3_of_singleton_sessions(fit: LinearFit) -> None:
    """MacKinnon & White's HC3 weighs each residual by 1 / (1 - h): CR3 where every cluster is one sequence."""
    singletons = sandwich(fit, np.arange(len(Y)), Correction.CR3)
    np.testing.assert_allclose(hc3(fit).se, np.sqrt(np.diag(singletons.covariance)), rtol=1e-10)


def test_hc3_equals_statsmodels(fit: LinearFit) -> None:
    from statsmodels.regression.linear_model import OLS

    theirs = OLS(Y, fit.x).fit(cov_type="HC3", use_t=True)
    np.testing.assert_allclose(hc3(fit).se, theirs.bse, rtol=1e-10)
    np.testing.assert_allclose(hc3(fit).p, theirs.pvalues, rtol=1e-8)


def test_cohens_f2_of_each_term(fit: LinearFit) -> None:
    """effectsize::cohens_f_squared of car::Anova type II; R's optimiser stops at about 1e-6.

    R divides the limits of the noncentrality by df2, Steiger (2004) by n: R's limits times df2 / n.
    """
    expected = {
        (1, 2): (5.5365521282, 0.2700757136, 0.0207367395, 0.6802313360),
        (3,): (1.4627204579, 0.0356761087, 0.0, 0.2465417654),
        (4,): (5.7552628143, 0.1403722638, 0.0015714627, 0.4748847241),
    }
    for columns, (f, f2, low, high) in expected.items():
        test = wald(fit, classical_covariance(fit), columns)
        assert test.f == pytest.approx(f, abs=1e-9)
        assert test.f is not None
        effect = cohens_f2(test.f, len(columns), fit.df_residual, len(fit.y))
        assert effect.f2 == pytest.approx(f2, abs=1e-9)
        steiger = fit.df_residual / len(fit.y)
        assert effect.ci_low == pytest.approx(low * steiger, abs=1e-6)
        assert effect.ci_high == pytest.approx(high * steiger, abs=1e-6)


def test_variance_inflation() -> None:
    """car::vif."""
    assert generalised_vif(X, [0, 1]) == pytest.approx(1.0817410401, abs=1e-9)
    assert vif(X)[2:] == pytest.approx([1.0186678635, 1.0622199809], abs=1e-9)


def test_residual_checks(fit: LinearFit) -> None:
    """shapiro.test, lmtest::bptest, cooks.distance."""
    checks = residual_checks(fit)
    assert checks.shapiro_w == pytest.approx(0.9872696779, abs=1e-8)
    assert checks.breusch_pagan == pytest.approx(0.5480620658, abs=1e-9)
    assert checks.breusch_pagan_p == pytest.approx(0.9686565985, abs=1e-9)
    assert cooks_distance(fit).max() == pytest.approx(0.1603739200, abs=1e-9)


def test_p_adjust() -> None:
    """p.adjust of seven p values: holm and BH; a test that could not be made is no member of the family."""
    p = [0.001, 0.008, 0.012, 0.03, 0.04, 0.2, 0.6]
    holm, bh = corrected(p)
    assert holm == pytest.approx([0.007, 0.048, 0.06, 0.12, 0.12, 0.4, 0.6], abs=1e-10)
    assert bh == pytest.approx([0.007, 0.028, 0.028, 0.0525, 0.056, 0.2333333333, 0.6], abs=1e-10)
    assert corrected([p[0], None, *p[1:]])[0] == [holm[0], None, *holm[1:]]


def test_mixed_model(fit: LinearFit) -> None:
    """lme4::lmer REML and lmerTest's Satterthwaite df; lme4's own optimiser stops at about 1e-7."""
    mixed = random_intercept(fit, SESSION)
    np.testing.assert_allclose(
        mixed.b, (2.8956899948, 0.5688792958, 1.1538787800, -0.4556147836, 0.0105416814), rtol=0, atol=1e-7
    )
    np.testing.assert_allclose(
        mixed.se, (0.3776965391, 0.3341983458, 0.3592128317, 0.2877508742, 0.0042018966), rtol=0, atol=1e-7
    )
    np.testing.assert_allclose(
        mixed.df, (35.9350596800, 33.0915881902, 23.3492894962, 31.5509154942, 32.2830533907), rtol=0, atol=1e-5
    )
    np.testing.assert_allclose(
        mixed.p, (0.0000000045, 0.0980920066, 0.0038150007, 0.1233119764, 0.0173255414), rtol=0, atol=1e-7
    )
    assert mixed.between == pytest.approx(0.7754420037, abs=1e-6)
    assert mixed.within == pytest.approx(0.5140273301, abs=1e-6)
    assert mixed.log_likelihood == pytest.approx(-71.1277429673, abs=1e-9)
    assert not mixed.singular


def test_mixed_model_against_statsmodels(fit: LinearFit) -> None:
    """A second implementation: the same variances where MixedLM converges, standard errors of its own (2.5 % off)."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    ours = random_intercept(fit, SESSION)
    theirs = MixedLM(fit.y, fit.x, groups=SESSION).fit(reml=True)
    assert ours.between == pytest.approx(float(np.asarray(theirs.cov_re)[0, 0]), rel=1e-5)
    assert ours.within == pytest.approx(float(theirs.scale), rel=1e-5)
    assert 0 <= ours.log_likelihood - theirs.llf < 1e-8
    np.testing.assert_allclose(ours.b, np.asarray(theirs.fe_params), rtol=1e-5)
    assert np.abs(np.asarray(theirs.bse)[:5] / ours.se - 1).max() == pytest.approx(0.0255, abs=0.0005)


def test_logistic_with_cr2() -> None:
    """clubSandwich::coef_test of glm(resolved ~ interv + dur, binomial) (`glm_logit_CR2`)."""
    resolved = np.array([float(digit) for digit in RESOLVED])
    fit = fit_binomial(resolved, X[:, 2:], TERMS[3:], SESSION)
    np.testing.assert_allclose(fit.b, (0.1190789902, 0.4768710153, -0.0093543492), rtol=0, atol=1e-8)
    np.testing.assert_allclose(fit.se, (0.6567654263, 0.6133138305, 0.0079416081), rtol=0, atol=1e-6)
    np.testing.assert_allclose(fit.df, (13.4125548457, 23.9345955542, 12.3130578930), rtol=0, atol=1e-5)


def test_ordinal_coefficients() -> None:
    """MASS::polr of R 4.2.2 on y rounded to 1..5; both optimisers stop at about 1e-4."""
    fit = fit_ordinal(np.clip(np.round(Y), 1, 5), X, TERMS[1:], SESSION)
    np.testing.assert_allclose(fit.b, (0.37086315695, 2.68581383262, -0.43331692367, 0.01933903103), rtol=1e-3)


def test_set_correlation_is_wilks_lambda() -> None:
    """anova(lm(cbind(y, resolved) ~ ...), lm(~ 1), test = "Wilks") of R 4.2.2: lambda, Rao's F and its df."""
    both = np.column_stack([Y, [float(digit) for digit in RESOLVED]])
    found = set_correlation(both, X, SESSION, np.random.default_rng(1), 999)
    assert 1 - found.r2 == pytest.approx(0.5940114945, abs=1e-9)
    assert (found.f, found.df1, found.df2) == pytest.approx((2.974856865, 8, 80), abs=1e-8)
    assert found.p_f == pytest.approx(0.0057331, abs=1e-7)
    # Cohen 1988: 1 - (1 - R2) ((u + v) / v) ** s with u = 8, v = 80, s = 2
    assert found.r2_shrunken == pytest.approx(1 - 0.5940114945 * (88 / 80) ** 2, abs=1e-9)
    assert found.canonical is None
    assert str(found.canonical_reason) == "32 sessions; canonical correlations need at least 60"
