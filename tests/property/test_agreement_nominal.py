"""Invariants of the nominal coefficients on units x raters and on durations, on any valid input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from elancry.agreement import metric_alpha, nominal
from elancry.agreement.metric_alpha import Metric
from elancry.agreement.standard_errors import WithError, standard_error
from elancry.agreement.sums import Layout, nominal_sums
from elancry.agreement.undefined import Reason

Q = 4
COEFFICIENTS: dict[str, nominal.Coefficient] = {
    "percent": nominal.percent,
    "cohen": nominal.cohen_mean,
    "conger": nominal.conger,
    "conger complete": lambda layout, sums: nominal.conger(layout, sums, complete_only=True),
    "fleiss": nominal.fleiss,
    "brennan": nominal.brennan_prediger,
    "ac1": nominal.gwet_ac,
    "alpha": lambda layout, sums: nominal.krippendorff_alpha(layout, sums, small_sample=True),
    "alpha of durations": lambda layout, sums: nominal.krippendorff_alpha(layout, sums, small_sample=False),
    "ac2": lambda layout, sums: nominal.gwet_ac(layout, sums, nominal.quadratic_credit([1, 2, 3, 4])),
    "weighted kappa": lambda layout, sums: nominal.cohen_mean(layout, sums, nominal.linear_credit([1, 2, 3, 4])),
}
ORDERED = {"ac2", "weighted kappa"}

tables = st.tuples(st.integers(1, 12), st.integers(1, 4)).flatmap(
    lambda shape: hnp.arrays(np.int64, shape, elements=st.integers(-1, Q - 1))
)


def all_of(codes: np.ndarray, weights: np.ndarray | None = None, q: int = Q) -> dict[str, float]:
    layout = Layout(codes.shape[1], q)
    sums = nominal_sums(codes, np.ones(len(codes)) if weights is None else weights, q)
    return {name: float(coefficient(layout, sums)) for name, coefficient in COEFFICIENTS.items()}


def same(first: dict[str, float], second: dict[str, float]) -> None:
    for name, value in first.items():
        assert second[name] == pytest.approx(value, abs=1e-9, nan_ok=True), name


@given(tables)
def test_every_coefficient_is_a_number_up_to_one_or_undefined_for_a_reason_that_holds(codes: np.ndarray) -> None:
    layout, sums = Layout(codes.shape[1], Q), nominal_sums(codes, np.ones(len(codes)), Q)
    compared = codes[(codes >= 0).sum(axis=1) >= 2]
    whole = codes[(codes >= 0).all(axis=1)]
    for name, value in all_of(codes).items():
        if not np.isnan(value):
            assert value <= 1 + 1e-12
            continue
        pairwise = name in ("cohen", "weighted kappa") and codes.shape[1] > 2
        holds = {
            Reason.ONE_RATER: codes.shape[1] < 2 or (codes >= 0).any(axis=0).sum() == 1,
            Reason.NO_UNITS: not len(compared),
            Reason.ONE_CATEGORY: any(len(np.unique(part[part >= 0])) == 1 for part in (compared, whole)),
            Reason.NO_VARIATION: any((part == part[:1]).all() for part in (compared, whole) if len(part)),
            Reason.UNDEFINED_PAIR: pairwise,
            Reason.NO_COMPLETE_UNIT: not len(whole),
        }
        reason = nominal.explain(layout, sums, pairwise=pairwise)
        assert holds.get(reason), (name, reason)


@given(tables, st.randoms(use_true_random=False))
def test_rater_order_changes_nothing(codes: np.ndarray, random: object) -> None:
    order = list(range(codes.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    same(all_of(codes), all_of(codes[:, order]))


@given(tables, st.permutations(range(Q)))
def test_relabelling_changes_nothing_nominal(codes: np.ndarray, names: list[int]) -> None:
    relabelled = np.where(codes >= 0, np.array(names)[codes], -1)
    first, second = all_of(codes), all_of(relabelled)
    same({n: v for n, v in first.items() if n not in ORDERED}, second)


@given(tables, st.integers(1, 5))
def test_duplicate_raters_give_one_or_undefined(codes: np.ndarray, copies: int) -> None:
    same_codes = np.repeat(codes[:, :1], copies + 1, axis=1)
    for name, value in all_of(same_codes).items():
        assert np.isnan(value) or value == pytest.approx(1, abs=1e-9), name


@given(tables, st.data())
def test_durations_do_not_know_their_unit_nor_where_a_stretch_is_cut(codes: np.ndarray, data: st.DataObject) -> None:
    weights = np.array(data.draw(st.lists(st.integers(1, 9_000), min_size=len(codes), max_size=len(codes))), float)
    counted = {"alpha"}  # keeps n - 1, which belongs to counts
    first = {n: v for n, v in all_of(codes, weights).items() if n not in counted}
    same(first, all_of(codes, 7 * weights))
    at = data.draw(st.integers(0, len(codes) - 1))
    cut = weights[at] * data.draw(st.floats(0.1, 0.9))
    split = np.append(weights, cut)
    split[at] -= cut
    same(first, all_of(np.vstack([codes, codes[at]]), split))


@given(tables)
def test_duration_alpha_is_fleiss_kappa_on_complete_data(codes: np.ndarray) -> None:
    complete = codes[(codes >= 0).all(axis=1)]
    if len(complete) and codes.shape[1] > 1:
        found = all_of(complete)
        assert found["alpha of durations"] == pytest.approx(found["fleiss"], abs=1e-9, nan_ok=True)


@given(tables, st.integers(0, 12))
def test_sums_add_up_and_collapse(codes: np.ndarray, at: int) -> None:
    """Sessions add up; one-against-rest and pairs from the sums equal the same from recoded data."""
    ones = np.ones(len(codes))
    layout, whole = Layout(codes.shape[1], Q), nominal_sums(codes, ones, Q)
    parts = nominal_sums(codes[:at], ones[:at], Q) + nominal_sums(codes[at:], ones[at:], Q)
    np.testing.assert_allclose(parts, whole, atol=1e-9)
    two, each = layout.each_against_rest(whole[None])
    assert two == Layout(codes.shape[1], 2)
    for category in range(Q):
        recoded = np.where(codes < 0, -1, np.where(codes == category, 0, 1))
        np.testing.assert_allclose(each[category, 0], nominal_sums(recoded, ones, 2), atol=1e-9)
    for index, pair in enumerate(layout.rater_pairs):
        both = codes[:, pair][(codes[:, pair] >= 0).all(axis=1)]
        _, sums = layout.two_raters(whole, index)
        np.testing.assert_allclose(sums, nominal_sums(both, np.ones(len(both)), Q), atol=1e-9)


@given(tables)
def test_standard_errors_exist_or_not_but_are_never_negative_or_infinite(codes: np.ndarray) -> None:
    for kind in WithError:
        error = standard_error(codes, Q, kind)
        assert error is None or (np.isfinite(error) and error >= 0)


@given(tables, st.sampled_from(list(Metric)))
def test_library_and_vectorised_alpha_agree(codes: np.ndarray, metric: Metric) -> None:
    values = np.where(codes >= 0, codes + 1.0, np.nan)
    estimate = metric_alpha.alpha_of(values, metric)
    comparable = codes[(codes >= 0).sum(axis=1) >= 2]
    layout, sums = Layout(codes.shape[1], Q), nominal_sums(comparable, np.ones(len(comparable)), Q)
    ours = float(metric_alpha.coincidence_alpha(layout, sums, metric, np.arange(1.0, Q + 1)))
    assert ours == pytest.approx(np.nan if estimate.value is None else estimate.value, abs=1e-9, nan_ok=True)
    if metric is Metric.INTERVAL:
        moments = float(metric_alpha.interval_alpha(metric_alpha.interval_sums(values - 2)))
        assert moments == pytest.approx(ours, abs=1e-9, nan_ok=True)
