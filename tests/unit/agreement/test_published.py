"""Published values that need no folder beside the checkout: what every installation can test."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.agreement import easydiag, icc, metric_alpha, nominal
from elancry.agreement.metric_alpha import Metric
from elancry.agreement.standard_errors import WithError, standard_error
from elancry.agreement.sums import Layout, nominal_sums

NAN = float("nan")

# Krippendorff (2018) Content Analysis, 4th ed., p. 290, and Gwet (2014): four raters, twelve units, with missing cells.
FOUR_RATERS = np.array(
    [
        [1, 1, NAN, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [NAN, 5, 5, 5],
        [NAN, NAN, 1, 1],
        [NAN, NAN, 3, NAN],
    ]
)
FOUR_CODES = np.where(np.isnan(FOUR_RATERS), 0, FOUR_RATERS).astype(int) - 1
FOUR = Layout(4, 5)
FOUR_SUMS = nominal_sums(FOUR_CODES, np.ones(12), 5)

# Shrout & Fleiss (1979), Table 2.
SIX_TARGETS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)

# EasyDIAg manual 1.0.0, fig. 11.
MANUAL = np.array(
    [
        [122, 10, 4, 6, 0, 4, 11],
        [0, 12, 0, 4, 4, 0, 10],
        [2, 0, 34, 0, 0, 2, 3],
        [0, 0, 0, 6, 0, 0, 0],
        [0, 0, 0, 0, 38, 4, 6],
        [2, 2, 2, 0, 0, 6, 3],
        [13, 7, 4, 2, 10, 5, 0],
    ],
    float,
)


@pytest.mark.parametrize(
    ("coefficient", "published"),
    [  # R irrCAC 1.0, vignette of raw4raters, five digits
        (nominal.gwet_ac, 0.77544),
        (nominal.fleiss, 0.76117),
        (nominal.conger, 0.76282),
        (nominal.brennan_prediger, 0.77273),
        (nominal.percent, 0.8181818),
    ],
)
def test_gwet_2014_four_raters(coefficient: nominal.Coefficient, published: float) -> None:
    assert float(coefficient(FOUR, FOUR_SUMS)) == pytest.approx(published, abs=5.1e-6)


def test_krippendorff_2018_p290() -> None:
    """Content Analysis, 4th ed.: nominal .743, ordinal .815, interval .849, ratio .797; full digits by R icr 0.6.6."""
    assert float(nominal.krippendorff_alpha(FOUR, FOUR_SUMS, small_sample=True)) == pytest.approx(
        0.7434210526, abs=1e-9
    )
    for metric, value in (
        (Metric.NOMINAL, 0.7434210526),
        (Metric.ORDINAL, 0.8153875038),
        (Metric.INTERVAL, 0.8491071429),
        (Metric.RATIO, 0.7974027747),
    ):
        assert metric_alpha.alpha_of(FOUR_RATERS, metric).value == pytest.approx(value, abs=1e-9)
        ours = metric_alpha.coincidence_alpha(FOUR, FOUR_SUMS, metric, np.arange(1.0, 6.0))
        assert float(ours) == pytest.approx(value, abs=1e-9)
    shifted = metric_alpha.interval_sums(FOUR_RATERS - 3)
    assert float(metric_alpha.interval_alpha(shifted)) == pytest.approx(0.8491071429, abs=1e-9)


@pytest.mark.parametrize(
    ("coefficient", "published"),
    [  # R irrCAC 1.0 for raw4raters
        (WithError.GWET_AC, 0.14295),
        (WithError.FLEISS, 0.15302),
        (WithError.CONGER, 0.14917),
        (WithError.BRENNAN_PREDIGER, 0.14472),
        (WithError.KRIPPENDORFF, 0.14557),
    ],
)
def test_gwets_standard_errors(coefficient: WithError, published: float) -> None:
    assert standard_error(FOUR_CODES, 5, coefficient) == pytest.approx(published, abs=5.1e-6)


def test_cohen_1960_p45() -> None:
    """Kappa .492 (Cohen 1960, p. 45; R irr .4915254237); AC1 .5759717 (R irrCAC)."""
    table = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    codes = np.array([(i, j) for i in range(3) for j in range(3) for _ in range(table[i, j])])
    layout, sums = Layout(2, 3), nominal_sums(codes, np.ones(len(codes)), 3)
    assert float(nominal.cohen_mean(layout, sums)) == pytest.approx(0.4915254237, abs=1e-9)
    assert float(nominal.gwet_ac(layout, sums)) == pytest.approx(0.5759717314, abs=1e-9)


def test_shrout_and_fleiss_1979() -> None:
    """Table 4: .17 .29 .71 .44 .62 .91; full digits and F limits by R psych 2.2.9."""
    published = {
        "icc_1_1": (0.1657417684, -0.1329323249, 0.7225600623),
        "icc_2_1": (0.2897637795, 0.0187865134, 0.7610843696),
        "icc_3_1": (0.7148407148, 0.3424647650, 0.9458582600),
        "icc_1_k": (0.4427971337, -0.8844421552, 0.9124154203),
        "icc_2_k": (0.6200505476, 0.0711368153, 0.9272320402),
        "icc_3_k": (0.9093155424, 0.6756747138, 0.9858916782),
    }
    table = icc.icc_table(SIX_TARGETS)
    limits = icc.f_limits(icc.icc_sums(SIX_TARGETS - 5), 0.95)
    vectorised = icc.icc_from_sums(icc.icc_sums(SIX_TARGETS - 5))
    for index, (form, (value, low, high)) in enumerate(published.items()):
        estimate, interval = table[form]
        assert (estimate.value, interval.low, interval.high) == pytest.approx((value, low, high), abs=1e-9)
        assert limits[index] == pytest.approx((low, high), abs=1e-9)
        assert vectorised[index] == pytest.approx(value, abs=1e-9)


def test_easydiag_manual() -> None:
    """Fig. 12 and 19 of the manual; ten digits from the original ckappa.m in Octave."""
    assert MANUAL.sum() == 338
    assert float(easydiag.linked(MANUAL)) == pytest.approx(0.78, abs=0.005)
    assert float(easydiag.raw(MANUAL)) == pytest.approx(0.64, abs=0.005)
    assert float(easydiag.kappa_ipf(MANUAL)) == pytest.approx(0.5347470770, abs=5e-11)
    assert float(easydiag.kappa_max(MANUAL)) == pytest.approx(0.8991952000, abs=5e-11)
    assert float(easydiag.raw_matched(MANUAL)) == pytest.approx(0.83, abs=0.005)
    assert float(easydiag.kappa_matched(MANUAL)) == pytest.approx(0.7429732475, abs=5e-11)
    assert float(easydiag.kappa_max_matched(MANUAL)) == pytest.approx(0.8882492381, abs=5e-11)
    for category, kappa in enumerate((0.69, 0.33, 0.77, 0.49, 0.72, 0.30)):
        assert float(easydiag.category_kappa(MANUAL, category)) == pytest.approx(kappa, abs=0.005)
    for category, kappa_max in enumerate((0.8921, 0.9820, 0.9596, 0.4863, 0.9531, 0.8242)):
        assert float(easydiag.category_kappa_max(MANUAL, category)) == pytest.approx(kappa_max, abs=5e-5)


def test_elan_prints_other_numbers_for_the_manuals_table() -> None:
    """.5347443 against .5347471 and .8971 against .8992: the seeds of 0.001 and Cohen's chance term (ELAN 6.9)."""
    assert float(easydiag.elan_kappa(MANUAL)) == pytest.approx(0.5347443, abs=5e-8)
    assert float(easydiag.elan_kappa_max(MANUAL)) == pytest.approx(0.8971140900, abs=5e-11)


def test_fitted_counts_are_the_limit_of_proportional_fitting() -> None:
    """The closed form against a plain iteration from ones with a structural zero (Holle & Rein 2015)."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        table = rng.integers(0, 9, (5, 5)).astype(float)
        table[-1, -1] = 0
        fitted = np.ones((5, 5))
        fitted[-1, -1] = 0
        for _ in range(3000):
            fitted *= (table.sum(1) / np.maximum(fitted.sum(1), 1e-300))[:, None]
            fitted *= table.sum(0) / np.maximum(fitted.sum(0), 1e-300)
        chance = np.trace(fitted) / table.sum()
        expected = (np.trace(table) / table.sum() - chance) / (1 - chance)
        assert float(easydiag.kappa_ipf(table)) == pytest.approx(expected, abs=1e-9)


def test_interval_alpha_of_many_different_numbers() -> None:
    """5,000 units by three raters, every number different: values by values for each unit would be 10^12 numbers.

    Expected: 1 - D_o / D_e from their definition (Krippendorff 2019, ch. 12), squared differences of all pairs within
    units, and of all pairs whatever, by the identity sum_ij (x_i - x_j)^2 = 2 n sum x^2 - 2 (sum x)^2.
    """
    rng = np.random.default_rng(20240417)
    values = rng.random((5_000, 1)) + rng.normal(0, 0.2, (5_000, 3))
    values[::7, 2] = np.nan
    within = n = 0.0
    for row in values:
        given = row[np.isfinite(row)]
        within += np.square(np.subtract.outer(given, given)).sum() / (len(given) - 1)
        n += len(given)
    every = values[np.isfinite(values)]
    expected = 2 * (n * np.square(every).sum() - every.sum() ** 2)
    alpha = metric_alpha.alpha_of(values, Metric.INTERVAL).value
    assert alpha == pytest.approx(1 - within * (n - 1) / expected, abs=1e-12)
