"""Sets of concurrent codes: the MASI distance, and alpha and means over codes by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from elancry.agreement.undefined import Reason
from elancry.align.timeline import MISSING, Timeline
from elancry.codebook.model import Category, Codebook, Layout, System
from elancry.study.agree.concurrent import concurrent_families, masi_distances
from elancry.study.agree.engine import Engine
from elancry.study.agree.row import Team

RATERS = ("R1", "R2")
BOOK = Codebook("b", "B", (System("act", {}, (Category("a", {}), Category("b", {})), layout=Layout.TIER_PER_CATEGORY),))


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("ab", "ab", 0.0),
        ("", "", 0.0),
        ("a", "ab", 1 - 1 / 2 * 2 / 3),
        ("abc", "ab", 1 - 2 / 3 * 2 / 3),
        ("ab", "bc", 1 - 1 / 3 * 1 / 3),
        ("abc", "bcd", 1 - 2 / 4 * 1 / 3),
        ("a", "b", 1.0),
        ("", "a", 1.0),
    ],
)
def test_masi_distance(first: str, second: str, distance: float) -> None:
    """1 - |A and B| / |A or B| * M, M = 1, 2/3 (one holds the other), 1/3 (a code shared), 0.

    nltk.masi_distance (3.10.4) gives the same for all sets of four codes; it has no distance of two empty sets.
    """
    a, b = (frozenset(map(ord, item)) for item in (first, second))
    assert masi_distances([a, b]) == pytest.approx(np.array([[0, distance], [distance, 0]]))


def line(code: str, edges: list[int], codes: list[list[int]]) -> Timeline:
    at = np.array(edges)
    columns = np.array(codes, dtype=np.int16).T
    return Timeline("s", "1", "act", f"act.{code}", RATERS, (code,), at[:-1], at[1:], columns)


def rows_of(*lines: Timeline) -> dict[tuple[str, str], dict[str, object]]:
    found = {}
    for family in concurrent_families(lines, BOOK, RATERS):
        for row in Engine(1, 0).rows(family):
            if (row["scope"], row["aggregate"]) == ("overall", "pooled"):
                found[row["measure"], row["variant"]] = row
    return found


A = line("a", [0, 40, 100], [[0, -1], [0, -1]])
B = line("b", [0, 40, 100], [[-1, -1], [0, -1]])


def test_alpha_of_sets_and_means_over_codes_by_hand() -> None:
    """0-40 {a} and {a, b}, then nothing by either until 100.

    MASI of {a}, {a, b} is 2/3, of either with the empty set 1. D_o = 80 * 2/3 / 200 = 4/15; of 200 ms 40, 40, 120:
    D_e = (2 * 40 * 40 * 2/3 + 4 * 40 * 120) / 40000 = 8/15. Without none: 2/3 against 2 * 1/4 * 2/3.
    Code a agrees throughout; b in .6 of the time, p_e = .2 ** 2 + .8 ** 2: kappa (.6 - .68) / .32 = -.25.
    """
    found = rows_of(A, B)
    assert found["time_masi_alpha", "with_none"]["estimate"] == pytest.approx(1 - 4 / 8)
    assert found["time_masi_alpha", "without_none"]["estimate"] == pytest.approx(-1)
    assert found["time_mean_percent", "with_none"]["estimate"] == pytest.approx((1 + 0.6) / 2)
    assert found["time_mean_fleiss_kappa", "with_none"]["estimate"] == pytest.approx((1 - 0.25) / 2)
    assert found["time_masi_alpha", "with_none"]["compared_ms"] == 100
    assert found["time_masi_alpha", "without_none"]["compared_ms"] == 40


SETS = {
    "R1": "ab a abc . b bc c a ab . abc ac b . a",
    "R2": "a a ab . b b c ab ab c abc a b . .",
    "R3": "ab b abc a b bc . a b . ab ac bc . a",
}


@pytest.mark.parametrize(
    ("variant", "n", "alpha"), [("with_none", 45, 0.40970072239422084), ("without_none", 34, 0.46523276370064803)]
)
def test_alpha_of_sets_is_that_of_nltk_but_for_the_small_sample_term(variant: str, n: int, alpha: float) -> None:
    """15 seconds, three raters, codes a, b and c; `alpha` is nltk 3.10.4's AnnotationTask(data, masi_distance).alpha().

    Each second is an item there, and of the n ratings of items with two or more a factor n - 1 is taken; durations
    have n in its place.
    """
    raters, edges = tuple(SETS), np.arange(16) * 1000
    sets = [text.split() for text in SETS.values()]
    lines = []
    for code in "abc":
        given = np.array([[0 if code in one else -1 for one in own] for own in sets], dtype=np.int16).T
        lines.append(Timeline("s", "1", "act", f"act.{code}", raters, (code,), edges[:-1], edges[1:], given))
    codes = tuple(Category(code, {}) for code in "abc")
    book = Codebook("b", "B", (System("act", {}, codes, layout=Layout.TIER_PER_CATEGORY),))
    (family,) = [one for one in concurrent_families(lines, book, raters) if one.base["variant"] == variant]
    rows = {(row["measure"], row["aggregate"], row["scope"]): row for row in Engine(1, 0).rows(family)}
    found = rows["time_masi_alpha", "pooled", "overall"]["estimate"]
    assert 1 - (1 - found) * (n - 1) / n == pytest.approx(alpha, abs=1e-12)


def test_a_set_with_an_unknown_code_is_missing() -> None:
    unknown = replace(B, codes=np.array([[-1, 0], [MISSING, -1]], dtype=np.int16))
    assert rows_of(A, unknown)["time_masi_alpha", "with_none"]["compared_ms"] == 40


def test_more_sets_than_tables_of_pairs_could_hold() -> None:
    """2,000 segments of 12 codes give more than a thousand sets; a table of pairs of them would hold millions."""
    rng, codes = np.random.default_rng(5), [f"c{at}" for at in range(12)]
    edges, lines = np.arange(2001) * 100, []
    for code in codes:
        truth = rng.random(2000) < 0.4
        given = np.stack([np.where(rng.random(2000) < 0.9, truth, ~truth) for _ in RATERS], axis=1)
        lines.append(line(code, [0, 1], [[-1], [-1]]))
        lines[-1] = replace(lines[-1], start_ms=edges[:-1], end_ms=edges[1:], codes=np.where(given, 0, -1))
    book = Codebook(
        "b", "B", (System("act", {}, tuple(Category(c, {}) for c in codes), layout=Layout.TIER_PER_CATEGORY),)
    )
    family = next(iter(concurrent_families(lines, book, RATERS)))
    sums = family.sums(Team(RATERS, "pooled"))
    assert len(family.sets) > 1000
    assert sums.table.size < 2 * len(family.sets)
    rows = {row["measure"]: row["estimate"] for row in Engine(1, 0).rows(family) if row["aggregate"] == "pooled"}
    # Each rater is wrong in 1 of 10: of a code .82 agree.
    assert rows["time_mean_percent"] == pytest.approx(0.82, abs=0.01)


def test_nothing_coded_has_a_reason() -> None:
    nothing = [replace(one, codes=np.full_like(one.codes, -1)) for one in (A, B)]
    found = rows_of(*nothing)
    assert found["time_masi_alpha", "with_none"]["undefined_reason"] is Reason.ONE_CATEGORY
    assert found["time_masi_alpha", "without_none"]["undefined_reason"] is Reason.NO_UNITS
    unknown = [replace(one, codes=np.full_like(one.codes, MISSING)) for one in (A, B)]
    assert rows_of(*unknown) == {}


def test_one_tier_for_all_codes_has_no_sets() -> None:
    book = replace(BOOK, systems=(replace(BOOK.systems[0], layout=Layout.ONE_TIER),))
    assert list(concurrent_families([A, B], book, RATERS)) == []
