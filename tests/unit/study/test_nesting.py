"""Which level clusters, and how the sessions table joins the scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from elancry.errors import UsageError
from elancry.study.nesting import choose_cluster, with_sessions

FRAME = pd.DataFrame(
    {"session": [f"s{i:02d}" for i in range(24)], "sequence": "1", "start_ms": 0, "end_ms": 9, "x": 1.0}
)


def sessions(patients: int, therapists: int) -> list[dict[str, str]]:
    return [
        {"session": f"s{i:02d}", "patient": f"p{i % patients}", "therapist": f"t{i % therapists}", "number": str(i)}
        for i in range(24)
    ]


def test_highest_level_with_ten_groups() -> None:
    assert choose_cluster(FRAME).column == "session"
    chosen = choose_cluster(with_sessions(FRAME, sessions(12, 4)))
    assert chosen.column == "patient"
    assert chosen.reason.into("en") == (
        "patient: the highest level with at least 10 groups (12); only 4 therapists, fewer than 10"
    )
    assert chosen.group_of("s13") == "p1"
    assert choose_cluster(with_sessions(FRAME, sessions(12, 10))).column == "therapist"
    few = choose_cluster(with_sessions(FRAME, sessions(6, 2)))
    assert few.column == "session"
    assert (
        few.reason.into("en") == "session: 24 groups; only 2 therapists, fewer than 10, only 6 patients, fewer than 10"
    )
    assert choose_cluster(with_sessions(FRAME, sessions(6, 2)), "therapist").column == "therapist"


def test_numbers_become_numbers_and_ids_stay_text() -> None:
    rows = sessions(12, 4)
    for row in rows:
        row["patient"] = "07"
        row["age"] = "" if row["session"] == "s03" else "41.5"
    joined = with_sessions(FRAME, rows)
    assert joined["patient"].tolist()[0] == "07"
    assert joined["number"].tolist()[:2] == [0.0, 1.0]
    assert np.isnan(joined["age"].iloc[3])
    assert list(joined)[:6] == ["session", "sequence", "start_ms", "end_ms", "patient", "therapist"]


def test_what_is_wrong_with_a_sessions_table_in_words() -> None:
    with pytest.raises(UsageError, match="no row for s22, s23"):
        with_sessions(FRAME, sessions(12, 4)[:22])
    with pytest.raises(UsageError, match="the session 's00' twice"):
        with_sessions(FRAME, [*sessions(12, 4), {"session": "s00"}])
    with pytest.raises(UsageError, match="no column 'clinic'"):
        choose_cluster(FRAME, "clinic")
    empty = sessions(12, 4)
    empty[3]["patient"] = ""
    with pytest.raises(UsageError, match="empty cells in the cluster column 'patient'"):
        choose_cluster(with_sessions(FRAME, empty), "patient")
