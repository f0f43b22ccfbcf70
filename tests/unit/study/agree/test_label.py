"""Labels of given units: when units count as given, which cells are missing, and that time does not come first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from invented_study import CODEBOOK, events_of

from elancry.align.events import Events
from elancry.align.events_of import SessionEvents, Windows
from elancry.choices import Units
from elancry.study.agree.engine import Engine
from elancry.study.agree.label import are_given, label_families, labelled
from elancry.study.compared import Compared

RATERS = ("R1", "R2")
Spans = list[tuple[int, int, int]]


def session(coded: dict[str, Spans], *, end_ms: int = 100_000) -> SessionEvents:
    """One session, one sequence over all of it."""
    columns = {name: np.array(sorted(own), dtype=np.int64).reshape(-1, 3) for name, own in coded.items()}
    events = tuple(Events(c[:, 0], c[:, 1], c[:, 2].astype(np.int16)) for c in columns.values())
    windows = Windows(("1",), np.array([0]), np.array([end_ms]))
    return SessionEvents("s1", "form", "form", ("despair", "inhibited", "protest"), tuple(coded), events, windows)


def compared(coded: dict[str, Spans], codebook=CODEBOOK) -> Compared:
    item = session(coded)
    events = events_of(list(coded.values()), raters=tuple(coded))
    return Compared(codebook, tuple(coded), events=(events,), sessions={("s1", "form", "form"): item})


def turns(labels: str) -> Spans:
    """A turn of 1 s every 2 s; a digit is its category, a point a turn that the rater lacks."""
    return [(at * 2000, at * 2000 + 1000, int(label)) for at, label in enumerate(labels) if label != "."]


def test_units_are_given_where_nearly_all_of_at_least_twenty_are_the_same() -> None:
    def given(first: str, second: str) -> bool:
        return are_given([labelled(session({"R1": turns(first), "R2": turns(second)}), {"1": set(RATERS)}, RATERS)])

    assert given("0" * 20, "01" * 10)
    assert not given("0" * 19, "0" * 19)
    # 19 of 20 are .95, 18 of 20 are not.
    assert given("0" * 20, "." + "0" * 19)
    assert not given("0" * 20, ".." + "0" * 18)
    # A sequence that only one of them marked says nothing.
    assert not are_given([labelled(session({"R1": turns("0" * 20), "R2": turns("0" * 20)}), {"1": {"R1"}}, RATERS)])


def test_codebook_and_plan_say_so_too() -> None:
    def found(codebook_says: Units, plan_says: Units | None, labels: str) -> int:
        book = replace(CODEBOOK, systems=(replace(CODEBOOK.systems[0], units=codebook_says),))
        return len(list(label_families(compared({name: turns(labels) for name in RATERS}, book), plan_says)))

    many, few = "0" * 20, "012"
    assert [found(units, None, many) for units in Units] == [1, 1, 0]
    assert [found(units, None, few) for units in Units] == [0, 1, 0]
    assert found(Units.GIVEN, Units.FREE, many) == 0
    assert found(Units.FREE, Units.GIVEN, few) == 1


def test_labels_by_hand() -> None:
    """Labels R1 0 0 1 1 2, R2 0 1 1 1 -, the fifth unit missing: 3 of 4 agree.

    Fleiss: shares of 0 and 1 are 3/8 and 5/8, p_e = 34/64, (3/4 - 34/64) / (30/64) = 14/30. Cohen: R1 1/2, 1/2; R2 1/4,
    3/4, p_e = 1/2: 1/2. Brennan-Prediger with the three categories of the codebook: (3/4 - 1/3) / (2/3) = 5/8.
    The length of the units plays no part.
    """
    coded = {"R1": turns("00112"), "R2": turns("0111.")}
    coded = {name: [(a, b + (500 if a == 0 else 0), code) for a, b, code in own] for name, own in coded.items()}
    (family,) = label_families(compared(coded), Units.GIVEN)
    rows = {(row["measure"], row["aggregate"]): row for row in Engine(1, 0).rows(family) if row["scope"] == "overall"}
    assert rows["label_percent", "pooled"]["estimate"] == 0.75
    assert rows["label_fleiss_kappa", "pooled"]["estimate"] == pytest.approx(14 / 30)
    assert rows["label_cohen_kappa", "pair"]["estimate"] == pytest.approx(1 / 2)
    assert rows["label_brennan_prediger", "pooled"]["estimate"] == pytest.approx(5 / 8)
    assert {(row["n_units"], row["n_categories"]) for row in rows.values()} == {(4, 3)}
