"""Studies that are hard to exchange: each number is there, or its reason, and what limits it is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from elancry.align.timeline import NONE, Timeline
from elancry.choices import Null
from elancry.codebook.model import Category, Codebook, System
from elancry.study.associate.cooccurrence_rows import cooccurrence_rows
from elancry.study.nesting import Cluster, assumed, choose_cluster, with_sessions
from elancry.study.plan_keys import Plan
from elancry.table.schema import COOCCURRENCE
from elancry.texts import Text, text

FORM, ACT = (System(name, {"en": name}, (Category(f"{name}1", {"en": name}),)) for name in ("form", "act"))
BOOK = Codebook("t", "T", (FORM, ACT))
QUICK = Plan(seed=1, permutations=99)


def study(lengths: Sequence[int], coded: Sequence[bool] | None = None, seed: int = 1) -> list[Timeline]:
    """One sequence in each session, both categories on and off at random; where `coded` is False the act never."""
    rng = np.random.default_rng(seed)
    lines = []
    for at, length in enumerate(lengths):
        for system in BOOK.systems:
            cuts = np.unique([0, *rng.integers(0, length + 1, size=8), length]) if length else np.zeros(1, dtype=int)
            codes = rng.integers(NONE, 1, size=(max(0, len(cuts) - 1), 1))
            if system is ACT and coded is not None and not coded[at]:
                codes[:] = NONE
            names = (f"s{at:02d}", "1", system.id, system.id, ("R1",), tuple(one.id for one in system.categories))
            lines.append(
                Timeline(*names, cuts[:-1].astype(np.int64), cuts[1:].astype(np.int64), codes.astype(np.int16))
            )
    return lines


def row_of(lines: Sequence[Timeline], patients: Sequence[int] | None = None, plan: Plan = QUICK) -> dict[str, Any]:
    """The one pair of categories; `patients` numbers the patient of each session."""
    groups = {} if patients is None else {f"s{at:02d}": f"p{patient}" for at, patient in enumerate(patients)}
    cluster = Cluster("session" if patients is None else "patient", text("nesting.no-table"), groups)
    (row,) = cooccurrence_rows(lines, BOOK, plan, cluster)
    COOCCURRENCE.frame([row])
    return row


def codes_of(texts: Sequence[Text]) -> set[str]:
    return {one.code for one in texts}


EQUAL = [30_000] * 12


def test_one_cluster_has_a_ratio_and_no_more() -> None:
    row = row_of(study(EQUAL), [1] * 12)
    assert row["ratio"] is not None
    assert (row["p_permutation"], row["ratio_low"], row["n_clusters"]) == (None, None, 1)
    assert {"association.few-clusters", "association.ratio-one-cluster"} <= codes_of(row["undefined_reason"])


@pytest.mark.parametrize(
    ("clusters", "p", "warned"), [(4, False, False), (5, True, True), (7, True, True), (8, True, False)]
)
def test_few_clusters(clusters: int, p: bool, warned: bool) -> None:
    """Fewer than 5 give no p, 5 to 7 a coarse one."""
    lines = study([30_000 + 1000 * at for at in range(2 * clusters)])
    row = row_of(lines, [at // 2 for at in range(2 * clusters)])
    assert (row["p_permutation"] is not None) is p
    assert ("association.coarse-p" in codes_of(row["warning"])) is warned
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]
    assert (row["n_strata"] is not None) is p


def test_a_cluster_with_half_of_all_sequences_is_warned_of() -> None:
    row = row_of(study([30_000] * 20), [0] * 10 + list(range(1, 11)))
    assert "association.dominant-cluster" in codes_of(row["warning"])
    assert row["p_permutation"] is not None


def test_all_joint_time_in_one_cluster_has_no_interval() -> None:
    row = row_of(study(EQUAL, [at < 1 for at in range(12)]))
    assert row["ratio_low"] is None
    assert "association.ratio-in-one-cluster" in codes_of(row["undefined_reason"])


@pytest.mark.parametrize("lengths", [EQUAL, [0, *EQUAL], [5 * 3_600_000, *EQUAL], [1, *EQUAL]])
def test_lengths_of_any_kind(lengths: list[int]) -> None:
    """Equal ones; 0 ms, which is no sequence; five hours; one millisecond."""
    row = row_of(study(lengths))
    assert row["n_sequences"] == sum(length > 0 for length in lengths)
    assert 0 < row["p_permutation"] <= 1
    assert np.isfinite([row["ratio"], row["ratio_low"], row["ratio_high"], row["null_mean"]]).all()


def test_the_ratio_is_the_same_whatever_the_null() -> None:
    lines = study([20_000 + 3000 * at for at in range(12)])
    found = [row_of(lines, plan=QUICK.with_({"null": null})) for null in Null]
    assert len({(row["expected_ms"], row["ratio"], row["ratio_low"]) for row in found}) == 1
    assert len({row["null_mean"] for row in found}) == 3
    assert [row["n_strata"] for row in found[1:]] == [None, None]


def test_a_patient_column_with_gaps_is_passed_over_and_what_is_assumed_is_said() -> None:
    frame = pd.DataFrame({"session": [f"s{at:02d}" for at in range(12)]}, dtype="object")
    table = [{"session": name, "patient": "" if name == "s03" else name} for name in frame["session"]]
    joined = with_sessions(frame, table)
    chosen = choose_cluster(joined)
    assert chosen.column == "session"
    assert "patient is empty for some sessions" in chosen.reason.into("en")
    found = assumed("session", joined)
    assert found is not None
    assert found.code == "nesting.assumes-above"


def test_what_a_cluster_takes_for_granted() -> None:
    """Nothing known; patients within therapists; therapists with whole patients; a patient with two therapists."""
    sessions = pd.DataFrame({"session": ["a", "b", "c", "d"]})
    both = sessions.assign(patient=["p1", "p1", "p2", "p3"], therapist=["t1", "t1", "t1", "t2"])
    crossed = both.assign(therapist=["t1", "t2", "t1", "t2"])
    said = [assumed("session", sessions), assumed("patient", both), assumed("therapist", both)]
    assert [one and one.code for one in said] == ["nesting.assumes-sessions", "nesting.assumes-above", None]
    shared = assumed("therapist", crossed)
    assert shared is not None
    assert shared.code == "nesting.crossed"
    assert assumed("patient", both[["session", "patient"]]) is None
