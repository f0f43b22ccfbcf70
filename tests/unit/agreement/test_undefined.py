"""The conventions for undefined numbers: one test per reason, and every reason has one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from elancry.agreement import easydiag, icc, metric_alpha, nominal, unitizing
from elancry.agreement.estimate import Estimate, Interval
from elancry.agreement.icc_unbalanced import icc_varying_teams
from elancry.agreement.metric_alpha import Metric
from elancry.agreement.sums import Layout, nominal_sums
from elancry.agreement.undefined import EXPLANATIONS, NO_INTERVALS, NoInterval, Reason
from elancry.texts import Text

NAN = float("nan")


def reason_of(
    codes: list[list[int]], q: int, coefficient: nominal.Coefficient, *, pairwise: bool = False, one: int | None = None
) -> Text | float:
    table = np.array(codes).reshape(len(codes), -1)
    layout, sums = Layout(table.shape[1], q), nominal_sums(table, np.ones(len(table)), q)
    if one is not None:
        layout, each = layout.each_against_rest(sums[None])
        sums = each[one, 0]
    value = float(coefficient(layout, sums))
    return nominal.explain(layout, sums, pairwise=pairwise) if np.isnan(value) else value


def conger_complete(layout: Layout, sums: np.ndarray) -> np.ndarray:
    return nominal.conger(layout, sums, complete_only=True)


def alpha(layout: Layout, sums: np.ndarray) -> np.ndarray:
    return nominal.krippendorff_alpha(layout, sums, small_sample=True)


CHANCE_CORRECTED = [nominal.fleiss, nominal.conger, nominal.cohen_mean, alpha]
WITHOUT_MARGINS = [nominal.percent, nominal.gwet_ac, nominal.brennan_prediger]


@pytest.mark.parametrize("coefficient", [*CHANCE_CORRECTED, *WITHOUT_MARGINS])
def test_one_rater(coefficient: nominal.Coefficient) -> None:
    assert reason_of([[0], [1], [0]], 2, coefficient) is Reason.ONE_RATER
    assert reason_of([[0, -1], [1, -1]], 2, coefficient) is Reason.ONE_RATER


@pytest.mark.parametrize("coefficient", [*CHANCE_CORRECTED[2:], *WITHOUT_MARGINS])
def test_nothing_to_compare(coefficient: nominal.Coefficient) -> None:
    assert reason_of([[0, -1], [-1, 1]], 2, coefficient) is Reason.NO_UNITS


@pytest.mark.parametrize("coefficient", CHANCE_CORRECTED)
def test_one_category_used_throughout(coefficient: nominal.Coefficient) -> None:
    assert reason_of([[1, 1], [1, 1], [1, 1]], 3, coefficient) is Reason.ONE_CATEGORY


@pytest.mark.parametrize("coefficient", WITHOUT_MARGINS)
def test_one_category_used_throughout_is_full_agreement_where_margins_do_not_matter(
    coefficient: nominal.Coefficient,
) -> None:
    assert reason_of([[1, 1], [1, 1], [1, 1]], 3, coefficient) == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize("coefficient", [nominal.cohen_mean, nominal.conger])
def test_no_rater_varies(coefficient: nominal.Coefficient) -> None:
    assert reason_of([[0, 1], [0, 1]], 2, coefficient) is Reason.NO_VARIATION


def test_total_disagreement_has_a_value_where_categories_are_pooled() -> None:
    """p_o = 0, p_e = 1/2: Fleiss' kappa is -1; alpha is 1 - (n - 1) 4 / (2 * 2 * 2) = -.5 with n = 4 ratings."""
    assert reason_of([[0, 1], [0, 1]], 2, nominal.fleiss) == pytest.approx(-1)
    assert reason_of([[0, 1], [0, 1]], 2, alpha) == pytest.approx(-0.5)


@pytest.mark.parametrize("coefficient", [*CHANCE_CORRECTED, nominal.gwet_ac, nominal.brennan_prediger])
def test_only_one_category_possible(coefficient: nominal.Coefficient) -> None:
    assert reason_of([[0, 0], [0, 0]], 1, coefficient) is Reason.ONE_POSSIBLE_CATEGORY


def test_conger_on_durations_needs_complete_units() -> None:
    codes = [[0, 0, -1], [1, -1, 1], [-1, 1, 0]]
    assert reason_of(codes, 2, conger_complete) is Reason.NO_COMPLETE_UNIT


def test_mean_over_pairs_with_an_undefined_pair() -> None:
    codes = [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert reason_of(codes, 2, nominal.cohen_mean, pairwise=True) is Reason.UNDEFINED_PAIR


EMPTY = np.zeros((4, 4))
UNLINKED = np.array([[0, 0, 0, 2], [0, 0, 0, 0], [0, 0, 0, 1], [1, 2, 0, 0]], float)
ONE_LABEL = np.diag([8.0, 0, 0, 0])
CROSSED = np.array([[0, 4, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], float)


@pytest.mark.parametrize(
    ("table", "coefficient", "more", "expected"),
    [
        (EMPTY, easydiag.linked, {}, Reason.NO_EVENTS),
        (EMPTY, easydiag.raw, {}, Reason.NO_EVENTS),
        (EMPTY, easydiag.kappa_ipf, {}, Reason.NO_EVENTS),
        (EMPTY, easydiag.elan_kappa, {}, Reason.NO_EVENTS),
        (EMPTY, easydiag.kappa_max, {}, Reason.NO_EVENTS),
        (UNLINKED, easydiag.kappa_matched, {"matched": True}, Reason.NO_LINKED_EVENTS),
        (UNLINKED, easydiag.raw_matched, {"matched": True}, Reason.NO_LINKED_EVENTS),
        (ONE_LABEL, easydiag.kappa_ipf, {}, Reason.ONE_CATEGORY),
        (ONE_LABEL, easydiag.kappa_matched, {"matched": True}, Reason.ONE_CATEGORY),
        (CROSSED, easydiag.kappa_matched, {"matched": True}, Reason.NO_VARIATION),
        (ONE_LABEL, lambda t: easydiag.category_kappa(t, 1), {"category": 1}, Reason.UNUSED_CATEGORY),
        (ONE_LABEL, lambda t: easydiag.positive_agreement(t, 1), {"category": 1}, Reason.UNUSED_CATEGORY),
        (ONE_LABEL, lambda t: easydiag.category_kappa(t, 0), {"category": 0}, Reason.ONE_CATEGORY),
    ],
)
def test_event_tables(
    table: np.ndarray, coefficient: Callable[[np.ndarray], np.ndarray], more: dict[str, int], expected: Text
) -> None:
    assert np.isnan(coefficient(table))
    assert easydiag.explain(table, **more) is expected


def test_one_rater_without_events_is_no_agreement_not_undefined() -> None:
    """All annotations are unmatched: nothing agrees, nothing was expected to. The original prints 0 and NaN."""
    table = np.array([[0, 0, 3], [0, 0, 2], [0, 0, 0]], float)
    assert float(easydiag.kappa_ipf(table)) == 0
    assert float(easydiag.raw(table)) == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([[1, NAN], [2, NAN], [3, NAN]], Reason.ONE_RATER),
        ([[1, 2], [2, NAN]], Reason.TOO_FEW_SEQUENCES),
        ([[3, 3], [3, 3], [3, 3]], Reason.ALL_RATINGS_EQUAL),
        ([[1, 3], [3, 1]], Reason.NO_DIFFERENCE_BETWEEN_SEQUENCES),
        ([[1, 3.2], [3, 1]], Reason.MORE_ERROR_THAN_DIFFERENCE),
    ],
)
def test_icc(values: list[list[float]], expected: Text) -> None:
    table = icc.icc_table(np.array(values))
    estimate, interval = table["icc_2_k"]
    assert (estimate.value, estimate.reason) == (None, expected)
    assert interval.low is None


def test_perfect_icc_has_no_f_interval() -> None:
    estimate, interval = icc.icc_table(np.array([[1.0, 1], [2, 2], [4, 4]]))["icc_2_1"]
    assert (estimate.value, interval.reason) == (pytest.approx(1), NoInterval.PERFECT)


@pytest.mark.parametrize(
    ("values", "form", "value", "expected"),
    [
        # Means of the sequences are all 2: F is 0, and ICC(1,1) is (0 - e) / (0 + e).
        ([[1, 3], [3, 1], [2, 2]], "icc_1_1", -1, NoInterval.NO_ROW_VARIANCE),
        ([[1, 3], [3, 1], [2, 2]], "icc_1_k", None, NoInterval.NO_ESTIMATE),
        # Mean squares: sequences 3, raters 1/3, error 29/6; (3 - 29/6) / (3 + (1/3 - 29/6) / 3) = -11/9.
        ([[3, 3, 4], [4, 0, 0], [0, 3, 4]], "icc_2_k", -11 / 9, NoInterval.BELOW_STEPPING_UP),
    ],
)
def test_icc_without_an_f_interval(values: list[list[float]], form: str, value: float | None, expected: Text) -> None:
    estimate, interval = icc.icc_table(np.array(values, float))[form]
    assert estimate.value == (None if value is None else pytest.approx(value))
    assert (interval.low, interval.reason) == (None, expected)


def test_icc_with_varying_teams() -> None:
    assert icc_varying_teams(np.array([[1, NAN], [2, NAN]])).single.reason == Reason.ONE_RATER
    assert icc_varying_teams(np.array([[1, 2], [2, NAN]])).single.reason == Reason.TOO_FEW_SEQUENCES
    assert icc_varying_teams(np.array([[2.0, 2], [2, 2]])).mean.reason == Reason.ALL_RATINGS_EQUAL


@pytest.mark.parametrize(
    ("values", "metric", "expected"),
    [
        ([[1, NAN], [2, NAN]], Metric.INTERVAL, Reason.ONE_RATER),
        ([[1, NAN], [NAN, 2]], Metric.INTERVAL, Reason.NO_UNITS),
        ([[2, 2], [2, 2]], Metric.ORDINAL, Reason.ALL_RATINGS_EQUAL),
        ([[-1, 2], [2, 2]], Metric.RATIO, Reason.NO_RATIO_SCALE),
    ],
)
def test_alpha_of_numbers(values: list[list[float]], metric: Metric, expected: Text) -> None:
    assert metric_alpha.alpha_of(np.array(values), metric) == Estimate.undefined(expected)


def units(*spans: tuple[int, int, int]) -> unitizing.Units:
    start, end, codes = (np.array([span[i] for span in spans], dtype=int) for i in range(3))
    return unitizing.Units.of(start, end, codes, 100)


@pytest.mark.parametrize(
    ("raters", "coding", "category", "expected"),
    [
        ([units((0, 5, 0))], False, None, Reason.NO_UNITS),
        ([units(), units()], False, None, Reason.NO_UNITS_MARKED),
        ([units((0, 5, 0)), units((9, 20, 1))], True, None, Reason.NO_INTERSECTION),
        ([units((0, 50, 0)), units((0, 40, 0))], True, None, Reason.ONE_CATEGORY),
        ([units((0, 50, 0)), units((0, 40, 0))], True, 1, Reason.UNUSED_CATEGORY),
    ],
)
def test_unitizing(raters: list[unitizing.Units], coding: bool, category: int | None, expected: Text) -> None:
    sums = unitizing.unitizing_sums(raters, 100.0, 2)
    alphas = unitizing.UnitizingAlphas(sums, 2)
    value = alphas.category(category) if category is not None else alphas.coding if coding else alphas.alpha
    assert np.isnan(value)
    assert unitizing.explain(sums, 2, coding=coding, category=category) is expected


def test_every_reason_is_explained() -> None:
    reasons = {value for value in vars(Reason).values() if isinstance(value, Text)}
    assert set(EXPLANATIONS) == reasons
    assert len(NO_INTERVALS) == len(set(NO_INTERVALS)) > 5
    assert all(reason.into("en").endswith((".", ").")) for reason in (*reasons, *NO_INTERVALS))
    assert all(reason.into("en").startswith(("No ", "There is")) for reason in NO_INTERVALS)


def test_an_estimate_is_a_value_or_a_reason() -> None:
    for wrong in ((None, None), (0.5, "both")):
        with pytest.raises(ValueError, match="value or a reason"):
            Estimate(*wrong)
    with pytest.raises(ValueError, match="no estimate"):
        Estimate(NAN)
    with pytest.raises(ValueError, match="both limits"):
        Interval(0.1, None, "half")
    assert Estimate.of(NAN, Reason.NO_UNITS) == Estimate(None, Reason.NO_UNITS)
