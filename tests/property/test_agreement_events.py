"""Invariants of the links and of the event tables made from them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elancry.agreement import easydiag
from elancry.align.events import Events, candidate_pairs, link_events
from elancry.choices import Matching

K = 3
SYMMETRIC = [rule for rule in Matching if rule is not Matching.INTERACT]


@st.composite
def tiers(draw: st.DrawFn) -> Events:
    """A tier that does not overlap itself: gaps and lengths one after the other."""
    parts = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9), st.integers(0, K - 1)), max_size=7))
    time, spans = 0, []
    for gap, length, code in parts:
        spans.append((time + gap, time + gap + length, code))
        time += gap + length
    start, end, codes = (np.array([span[i] for span in spans], dtype=np.int64) for i in range(3))
    return Events(start, end, codes)


@st.composite
def any_tiers(draw: st.DrawFn) -> Events:
    """A tier that may overlap itself."""
    spans = draw(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9), st.integers(0, K - 1)), max_size=6))
    start, length, codes = (np.array([span[i] for span in spans], dtype=np.int64) for i in range(3))
    return Events.of(start, start + length, codes)


BY_OVERLAP = [rule for rule in Matching if rule is not Matching.ONSET]
criteria = st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.6, 1.0])


def table(a: Events, b: Events, rule: Matching, criterion: float) -> np.ndarray:
    i, j, _ = link_events(a, b, rule, criterion)
    return easydiag.event_table(a.codes, b.codes, i, j, K)


@given(any_tiers(), any_tiers(), st.sampled_from(BY_OVERLAP), criteria)
def test_links_are_one_to_one_reach_the_criterion_and_count_everybody(
    a: Events, b: Events, rule: Matching, criterion: float
) -> None:
    i, j, overlap = link_events(a, b, rule, criterion)
    assert len(set(i.tolist())) == len(i)
    assert len(set(j.tolist())) == len(j)
    assert (overlap >= criterion).all()
    assert (overlap > 0).all()
    counts = easydiag.event_table(a.codes, b.codes, i, j, K)
    assert counts.sum() == len(a) + len(b)
    assert counts[-1, -1] == 0


@given(tiers(), tiers(), st.sampled_from(SYMMETRIC), criteria)
def test_rater_order_transposes_the_table(a: Events, b: Events, rule: Matching, criterion: float) -> None:
    np.testing.assert_array_equal(table(a, b, rule, criterion), table(b, a, rule, criterion).T)


@given(tiers(), tiers(), st.sampled_from(BY_OVERLAP), criteria, st.integers(-500, 500), st.integers(1, 40))
def test_time_shift_and_scale_change_nothing(
    a: Events, b: Events, rule: Matching, criterion: float, shift: int, scale: int
) -> None:
    moved = [Events(scale * e.start_ms + shift, scale * e.end_ms + shift, e.codes) for e in (a, b)]
    np.testing.assert_array_equal(table(a, b, rule, criterion), table(*moved, rule, criterion))


@given(tiers(), tiers(), st.sampled_from(list(Matching)), st.permutations(range(K)))
def test_relabelling_relabels_the_table(a: Events, b: Events, rule: Matching, names: list[int]) -> None:
    renamed = [Events(e.start_ms, e.end_ms, np.array(names)[e.codes]) for e in (a, b)]
    order = [*names, K]
    np.testing.assert_array_equal(table(a, b, rule, 0.3), table(*renamed, rule, 0.3)[np.ix_(order, order)])


@given(any_tiers(), any_tiers(), criteria)
def test_the_heaviest_links_are_the_heaviest(a: Events, b: Events, criterion: float) -> None:
    """Against every possible choice of candidate pairs, for few of them."""
    pairs = candidate_pairs(a, b, criterion)
    if len(pairs) > 10:
        return
    best = 0.0
    for size in range(len(pairs) + 1):
        for chosen in itertools.combinations(range(len(pairs)), size):
            rows, columns = pairs.a[list(chosen)], pairs.b[list(chosen)]
            if len(set(rows.tolist())) == size and len(set(columns.tolist())) == size:
                best = max(best, float(pairs.overlap[list(chosen)].sum()))
    _, _, overlap = link_events(a, b, Matching.MAX_WEIGHT, criterion)
    assert overlap.sum() == pytest.approx(best)


@given(any_tiers(), any_tiers(), criteria)
def test_the_alignment_is_the_cheapest_by_plain_dynamic_programming(a: Events, b: Events, criterion: float) -> None:
    """Needleman-Wunsch on whole sequences: omission 1, disagreement 1, agreement 0, links among candidates only."""
    pairs = candidate_pairs(a, b, criterion)
    allowed = set(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True))
    cost = np.add.outer(np.arange(len(a) + 1.0), np.arange(len(b) + 1.0))
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost[i, j] = min(cost[i - 1, j], cost[i, j - 1]) + 1
            if (i - 1, j - 1) in allowed:
                cost[i, j] = min(cost[i, j], cost[i - 1, j - 1] + (a.codes[i - 1] != b.codes[j - 1]))
    i, j, _ = link_events(a, b, Matching.GSEQ, criterion)
    found = len(a) + len(b) - 2 * len(i) + (a.codes[i] != b.codes[j]).sum()
    assert found == pytest.approx(cost[-1, -1])


tables = st.lists(st.integers(0, 6), min_size=16, max_size=16).map(
    lambda cells: np.array([*cells[:-1], 0], float).reshape(4, 4)
)


@given(tables)
def test_event_coefficients_are_at_most_one_or_undefined_for_a_reason(counts: np.ndarray) -> None:
    doubled = counts.copy()
    doubled[:-1, :-1] *= 2
    overall = [
        easydiag.kappa_ipf,
        easydiag.kappa_max,
        easydiag.raw,
        easydiag.linked,
        easydiag.kappa_matched,
        easydiag.kappa_max_matched,
        easydiag.raw_matched,
        easydiag.elan_kappa,
        easydiag.elan_kappa_max,
    ]
    for coefficient in overall:
        value = float(coefficient(doubled))
        assert np.isnan(value) or value <= 1 + 1e-9
        if np.isnan(value):
            assert easydiag.explain(doubled, matched="matched" in coefficient.__name__)
        assert float(coefficient(doubled.T)) == pytest.approx(value, abs=1e-3, nan_ok=True)
    assert np.isnan(easydiag.kappa_ipf(doubled)) or easydiag.kappa_ipf(doubled) <= easydiag.kappa_max(doubled) + 1e-9
    for category in range(3):
        for of_one in (easydiag.category_kappa, easydiag.category_kappa_max, easydiag.positive_agreement):
            value = float(of_one(doubled, category))
            assert np.isnan(value) or value <= 1 + 1e-9


@given(tables, tables)
def test_event_coefficients_of_stacked_tables_are_those_of_each(first: np.ndarray, second: np.ndarray) -> None:
    both = np.stack([first, second])
    for coefficient in (easydiag.kappa_ipf, easydiag.elan_kappa, easydiag.kappa_matched, easydiag.kappa_max):
        each = [float(coefficient(first)), float(coefficient(second))]
        assert coefficient(both).tolist() == pytest.approx(each, abs=1e-12, nan_ok=True)


@given(tiers(), st.sampled_from(list(Matching)), criteria)
def test_duplicate_raters_give_one_or_undefined(a: Events, rule: Matching, criterion: float) -> None:
    counts = table(a, a, rule, criterion)
    assert counts.sum() == np.trace(counts)
    for coefficient in (easydiag.kappa_ipf, easydiag.kappa_matched, easydiag.raw, easydiag.linked):
        value = float(coefficient(counts))
        assert np.isnan(value) or value == pytest.approx(1)
