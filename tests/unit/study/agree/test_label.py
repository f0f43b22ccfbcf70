"""Labels of given units: when units count as given, which cells are missing, and that time does not come first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from invented_study import CATEGORIES, CODEBOOK, events_of
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa, to_table

from elancry.agreement.undefined import Reason
from elancry.align.events import Events
from elancry.align.events_of import SessionEvents, Windows
from elancry.align.given_units import are_given, labelled
from elancry.choices import Units
from elancry.study.agree.engine import Engine
from elancry.study.agree.families import Questions
from elancry.study.agree.label import label_families
from elancry.study.agree.pairwise import pair_kappas
from elancry.study.agree.rounds import round_rows
from elancry.study.agree.training import drift_rows, training_rows
from elancry.study.compared import Compared
from elancry.study.plan import Plan

RATERS = ("R1", "R2")
Spans = list[tuple[int, int, int]]


def session(coded: dict[str, Spans], *, end_ms: int = 100_000, name: str = "s1") -> SessionEvents:
    """One session, one sequence over all of it."""
    columns = {name: np.array(sorted(own), dtype=np.int64).reshape(-1, 3) for name, own in coded.items()}
    events = tuple(Events(c[:, 0], c[:, 1], c[:, 2].astype(np.int16)) for c in columns.values())
    windows = Windows(("1",), np.array([0]), np.array([end_ms]))
    return SessionEvents(name, "form", "form", ("despair", "inhibited", "protest"), tuple(coded), events, windows)


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


def said(coded: dict[str, Spans]) -> dict[str, object]:
    """Measure -> estimate over all raters, or the code of the reason why there is none."""
    (family,) = label_families(compared(coded), Units.GIVEN)
    found = [row for row in Engine(1, 200).rows(family) if row["scope"] == "overall"]
    rows = [row for row in found if row["aggregate"] == "pooled"]
    return {row["measure"]: row["undefined_reason"] if row["estimate"] is None else row["estimate"] for row in rows}


def test_units_that_say_nothing_have_a_reason() -> None:
    """One category everywhere: agreement is perfect, and chance would give it too."""
    alike = said({name: turns("1" * 5) for name in RATERS})
    assert {alike[name] for name in ("label_percent", "label_gwet_ac1", "label_brennan_prediger")} == {1.0}
    assert {alike[f"label_{name}"] for name in ("fleiss_kappa", "krippendorff_alpha", "conger_kappa")} == {
        Reason.ONE_CATEGORY
    }
    one_unit = said({"R1": turns("0"), "R2": turns("1")})
    assert (one_unit["label_percent"], one_unit["label_fleiss_kappa"]) == (0.0, -1.0)
    assert said({"R1": turns("012")}) == {"label_fleiss_kappa": Reason.ONE_RATER}
    nobody_knows = {name: [(a, b, -2) for a, b, _ in turns("012")] for name in RATERS}
    assert set(said(nobody_knows).values()) == {Reason.NO_UNITS}
    never_the_same = {"R1": turns("012..."), "R2": turns("...012")}
    assert set(said(never_the_same).values()) == {Reason.NO_UNITS}


# Every view of labels, against statsmodels on the matrix of units and raters itself.

SESSIONS = ("s1", "s2", "s3", "s4")
CODES = np.random.default_rng(8).choice(3, size=(4, 8, 3), p=(0.5, 0.3, 0.2))
CODES[..., 1] = np.where(np.random.default_rng(9).random((4, 8)) < 0.6, CODES[..., 0], CODES[..., 1])
CODES[..., 2] = np.where(np.random.default_rng(10).random((4, 8)) < 0.7, CODES[..., 0], CODES[..., 2])
TEAM = ("R1", "R2", "R3")


def labelled_study(codes: np.ndarray, raters: tuple[str, ...] = TEAM) -> Compared:
    """`codes` (sessions, units, raters), every session with the same turns."""
    sessions, events = {}, []
    for name, units in zip(SESSIONS, codes, strict=True):
        coded = {rater: turns("".join(map(str, units[:, at]))) for at, rater in enumerate(raters)}
        sessions[name, "form", "form"] = session(coded, name=name)
        events.append(events_of(list(coded.values()), raters=raters, session=name))
    return Compared(CODEBOOK, raters, events=tuple(events), sessions=sessions)


def fleiss(codes: np.ndarray) -> float:
    units = codes.reshape(-1, codes.shape[-1])
    return float(fleiss_kappa(aggregate_raters(units, n_cat=3)[0]))


def cohen(codes: np.ndarray, a: int, b: int) -> float:
    pairs = codes[..., [a, b]].reshape(-1, 2)
    return float(cohens_kappa(to_table(pairs, bins=3)[0], return_results=False))


@pytest.fixture(scope="module")
def asked() -> Questions:
    return Questions.of(labelled_study(CODES), Plan(resamples=0))


def test_everybody_pairs_and_the_team_without_each_rater(asked: Questions) -> None:
    rows = {
        (row["measure"], row["aggregate"], row["raters"]): row["estimate"]
        for row in asked.rows()
        if row["scope"] == "overall"
    }
    everybody, pairs = "R1|R2|R3", {"R1|R2": (0, 1), "R1|R3": (0, 2), "R2|R3": (1, 2)}
    assert rows["label_fleiss_kappa", "pooled", everybody] == pytest.approx(fleiss(CODES))
    assert rows["label_cohen_kappa", "pair_mean", everybody] == pytest.approx(
        np.mean([cohen(CODES, *pair) for pair in pairs.values()])
    )
    for names, pair in pairs.items():
        assert rows["label_cohen_kappa", "pair", names] == pytest.approx(cohen(CODES, *pair))
        assert rows["label_fleiss_kappa", "pair", names] == pytest.approx(fleiss(CODES[..., pair]))
        assert rows["label_fleiss_kappa", "leave_one_out", names] == pytest.approx(fleiss(CODES[..., pair]))


def test_every_category_and_every_session(asked: Questions) -> None:
    found = [row for row in asked.rows() if (row["measure"], row["aggregate"]) == ("label_fleiss_kappa", "pooled")]
    categories = {row["category"]: row["estimate"] for row in found if row["scope"] == "category"}
    one_against_rest = {name: fleiss((at == CODES).astype(int)) for at, name in enumerate(CATEGORIES)}
    assert categories == pytest.approx(one_against_rest)
    sessions = {row["session"]: (row["estimate"], row["n_units"]) for row in found if row["scope"] == "session"}
    assert sessions == {name: (pytest.approx(fleiss(CODES[at])), 8) for at, name in enumerate(SESSIONS)}


def test_each_rater_against_the_gold_rater(asked: Questions) -> None:
    rows = [row for questions in asked.of_gold("R1") for row in questions.rows() if row["scope"] == "overall"]
    found = {row["raters"]: row["estimate"] for row in rows if row["measure"] == "label_cohen_kappa"}
    assert found == {"R1|R2": pytest.approx(cohen(CODES, 0, 1)), "R1|R3": pytest.approx(cohen(CODES, 0, 2))}


def test_the_learning_curve_in_labels(asked: Questions) -> None:
    """Session by session against the gold rater, and the second half of the sessions against the first."""
    kappas = [kappa for kappa in pair_kappas(asked) if kappa.base["measure"] == "label_cohen_kappa"]
    rows = {(row["rater"], row["session"]): row for row in training_rows(kappas, asked.engine, SESSIONS, "R1")}
    for at, rater in ((1, "R2"), (2, "R3")):
        assert rows[rater, ""]["estimate"] == pytest.approx(cohen(CODES, 0, at))
        for place, name in enumerate(SESSIONS):
            assert rows[rater, name]["estimate"] == pytest.approx(cohen(CODES[place], 0, at))
            assert rows[rater, name]["place"] == place + 1
    drift = {row["raters"]: row for row in drift_rows(kappas, asked.engine, SESSIONS, "R1")}
    halves = cohen(CODES[:2], 0, 1), cohen(CODES[2:], 0, 1)
    assert (drift["R1|R2"]["first_half"], drift["R1|R2"]["second_half"]) == pytest.approx(halves)


def test_labels_of_two_rounds() -> None:
    """R1 coded once, R2 twice: each round against R1, and the second against the first."""
    study = labelled_study(CODES, ("R1@1", "R2@1", "R2@2"))
    asked = Questions.of(study, Plan(resamples=0))
    kappas = [kappa for kappa in pair_kappas(asked) if kappa.base["measure"] == "label_cohen_kappa"]
    rows = {
        (row["round"], row["against"], row["against_round"]): row["estimate"]
        for row in round_rows(kappas, asked.engine, "R1")
    }
    assert rows == {
        ("1", "R1", ""): pytest.approx(cohen(CODES, 0, 1)),
        ("2", "R1", ""): pytest.approx(cohen(CODES, 0, 2)),
        ("2", "R2", "1"): pytest.approx(cohen(CODES, 2, 1)),
    }
