"""The sessions table against the sessions of the study."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.choices import Level
from elancry.errors import ElancryError, InvalidInput
from elancry.study.plan import read_plan
from elancry.study.plan_keys import Plan
from elancry.study.sessions import SessionsTable, read_sessions

SESSIONS = ("s01", "s02", "s03")


def read(folder: Path, text: str, **choices: object) -> SessionsTable:
    path = folder / "sessions.csv"
    path.write_text(text, encoding="utf-8")
    table = read_sessions(Plan().choose(sessions=str(path), **choices), SESSIONS)
    assert table is not None
    return table


def mistakes(folder: Path, text: str, **choices: object) -> list[tuple[str, int | None, str]]:
    with pytest.raises(InvalidInput) as caught:
        read(folder, text, **choices)
    return [(item.code, item.line, f"{item.message} {item.hint}") for item in caught.value.findings]


def test_no_table_is_fine():
    assert read_sessions(Plan(), SESSIONS) is None


def test_a_table_that_is_not_there_is_told_with_the_line_of_the_plan(tmp_path: Path):
    (tmp_path / "study.yaml").write_text("seed: 1\nsessions: none.csv\n", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_sessions(read_plan(tmp_path / "study.yaml"), SESSIONS)
    (found,) = caught.value.findings
    assert (found.line, found.message) == (2, f"sessions: there is no file {tmp_path / 'none.csv'}")


def test_only_what_the_plan_uses_is_kept(tmp_path: Path):
    text = "Session;patient;name;age\ns01;P1;Anna;31,5\ns02;P1;Anna;\ns03;P2;Ben;28\n"
    table = read(tmp_path, text, covariates=("age",))
    assert table.rows == (
        {"session": "s01", "patient": "P1", "age": "31.5"},
        {"session": "s02", "patient": "P1", "age": ""},
        {"session": "s03", "patient": "P2", "age": "28"},
    )
    assert table.findings == ()


def test_a_patient_called_like_a_number_stays_text(tmp_path: Path):
    table = read(tmp_path, "session;patient\ns01;1,5\ns02;01\ns03;1\n")
    assert [row["patient"] for row in table.rows] == ["1,5", "01", "1"]


def test_an_unknown_session_is_a_warning_with_its_line(tmp_path: Path):
    table = read(tmp_path, "session\ns01\ns02\ns03\ns04\n")
    (found,) = table.findings
    assert (found.code, found.file, found.line, found.message) == (
        "sessions-unknown",
        "sessions.csv",
        5,
        "no file belongs to session s04",
    )
    assert [row["session"] for row in table.rows] == list(SESSIONS)


def test_a_missing_session_is_an_error_and_the_likely_row_is_named(tmp_path: Path):
    found = mistakes(tmp_path, "session\ns01\ns02\nS03\n")
    assert [item[0] for item in found] == ["sessions-missing"]
    assert "session s03 has no row in the sessions table" in found[0][2]
    assert "'S03'" in found[0][2]


def test_a_table_with_a_header_only_lacks_every_session(tmp_path: Path):
    found = mistakes(tmp_path, "session,patient,therapist\n")
    assert [item[0] for item in found] == ["sessions-missing"] * 3


def test_a_session_twice_is_an_error_with_both_lines(tmp_path: Path):
    found = mistakes(tmp_path, "session,patient\ns01,P1\ns02,P1\ns03,P2\ns01,P2\n")
    assert found == [
        ("sessions-twice", 5, "session s01 is listed a second time (first in line 2) Delete one of the two rows.")
    ]


def test_an_empty_session_is_an_error(tmp_path: Path):
    assert mistakes(tmp_path, "session,patient\ns01,P1\ns02,P1\ns03,P2\n,P2\n")[0][:2] == ("csv-row", 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("session\ns01\ns02\ns03\n", "no column 'patient'"),
        ("session,patient\ns01,P1\ns02,\ns03,P2\n", "patient is empty in line 3"),
    ],
)
def test_the_cluster_must_be_known_for_every_session(tmp_path: Path, text: str, said: str):
    found = mistakes(tmp_path, text, cluster=Level.PATIENT)
    assert [item[0] for item in found] == ["plan-impossible"]
    assert said in found[0][2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("session,ages\ns01,1\ns02,2\ns03,3\n", "no column 'age' Available: ages."),
        ("session,age\ns01,1\ns02,old\ns03,3\n", "age is 'old' in line 3"),
        ("session,age\ns01,\ns02,\ns03,\n", "the column age of sessions.csv is empty"),
    ],
)
def test_covariates_are_numbers(tmp_path: Path, text: str, said: str):
    found = mistakes(tmp_path, text, covariates=("age",))
    assert len(found) == 1
    assert said in found[0][2]


def test_a_table_without_the_column_session(tmp_path: Path):
    with pytest.raises(ElancryError, match="'session' is missing"):
        read(tmp_path, "sitzung,patient\ns01,P1\n")
