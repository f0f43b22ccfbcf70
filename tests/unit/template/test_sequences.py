"""The tables beside the media: sequences and who codes what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from elancry.errors import InvalidInput, UsageError
from elancry.template.assignment import check_raters, everybody, overlapping, read_assignment
from elancry.template.sequences import PlannedSequence, read_sequences


def table(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def lines(path: Path, sessions: list[str]) -> list[tuple[int | None, str]]:
    with pytest.raises(InvalidInput) as caught:
        read_sequences(path, sessions)
    return [(item.line, item.message) for item in caught.value.findings]


def test_sequences_are_ordered_in_time_and_ids_stay_text(tmp_path: Path) -> None:
    path = table(tmp_path, "session,sequence,start_ms,end_ms,note\n01,02,0:01:00,90000,x\n01,01,0,60000,\n")
    found, warnings = read_sequences(path, ["01", "02"])
    assert found == {"01": (PlannedSequence(0, 60_000, "01"), PlannedSequence(60_000, 90_000, "02"))}
    assert warnings == ()


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "session,sequence,start_ms,end_ms\n"
        "s1,1,soon,5\n"  # no time
        "s1,2,9,5\n"  # reversed
        "s1,3,5,5\n"  # empty
        "s1,,0,5\n"  # no id
        "s1,4,100,200\n"
        "s1,4,300,400\n"  # id again
        "s1,5,150,180\n",  # overlaps 4
    )
    assert lines(path, ["s1"]) == [
        (2, "start_ms: 'soon' is not a time in milliseconds (83500 or 0:01:23.500)"),
        (3, "the sequence '2' ends (5 ms) before it begins (9 ms)"),
        (4, "the sequence '3' ends (5 ms) before it begins (5 ms)"),
        (5, "'sequence' is empty"),
        (7, "session 's1' has a second sequence named '4' (first in line 6)"),
        (8, "session 's1': the sequences '4' and '5' overlap"),
    ]


def test_sessions_that_touch_do_not_overlap(tmp_path: Path) -> None:
    found, _ = read_sequences(table(tmp_path, "session,sequence,start_ms,end_ms\ns,a,0,5\ns,b,5,9\n"), ["s"])
    assert len(found["s"]) == 2


def test_a_session_written_in_two_ways_is_noticed(tmp_path: Path) -> None:
    path = table(tmp_path, "session,sequence,start_ms,end_ms\ns1,a,0,5\n")
    assert lines(path, ["s01"]) == [(2, "there is no media file for a session 's1'")]
    # More sequences than media today is no mistake: the other media come later.
    assert read_sequences(table(tmp_path, "session,sequence,start_ms,end_ms\ns1,a,0,5\ns2,a,0,5\n"), ["s1"])[0]


# Who codes what -------------------------------------------------------------------------------------------------------

SESSIONS = [f"s{number:02d}" for number in range(32)]
RATERS = ("R1", "R2", "R3")


def test_everybody() -> None:
    assert everybody(["a", "b"], RATERS) == {"a": RATERS, "b": RATERS}


@pytest.mark.parametrize(("share", "common"), [(0.0, 0), (0.01, 1), (0.25, 8), (0.5, 16), (1.0, 32)])
def test_the_overlap_is_as_large_as_asked_and_the_rest_is_dealt_out_evenly(share: float, common: int) -> None:
    found = overlapping(SESSIONS, RATERS, share)
    assert list(found) == SESSIONS
    assert sum(raters == RATERS for raters in found.values()) == common
    alone = Counter(raters[0] for raters in found.values() if len(raters) == 1)
    assert sum(alone.values()) == 32 - common
    assert not alone or max(alone.values()) - min(alone[rater] for rater in RATERS) <= 1


def test_the_design_depends_on_the_seed_and_not_on_the_order() -> None:
    assert overlapping(SESSIONS, RATERS, 0.25) == overlapping(SESSIONS[::-1], RATERS, 0.25)
    assert overlapping(SESSIONS, RATERS, 0.25, seed=1) != overlapping(SESSIONS, RATERS, 0.25, seed=2)


def test_an_assignment_table(tmp_path: Path) -> None:
    path = table(tmp_path, "session;rater\na;R2\na;R1\nc;R3\n")
    assert read_assignment(path, ["a", "b", "c"], RATERS) == {"a": ("R1", "R2"), "c": ("R3",)}


def test_mistakes_in_an_assignment_table(tmp_path: Path) -> None:
    path = table(tmp_path, "session,rater\nsession_1,R1\ns1,Eva\ns1,R1\ns1,R1\n")
    with pytest.raises(InvalidInput) as caught:
        read_assignment(path, ["s1", "session_01"], RATERS)
    assert [(item.line, item.message, item.hint) for item in caught.value.findings] == [
        (
            2,
            "there is no media file for a session 'session_1'",
            "Did you mean 'session_01'? Available: s1, session_01.",
        ),
        (3, "there is no rater 'Eva'", "Available: R1, R2, R3."),
        (5, "session 's1' is assigned to 'R1' twice", None),
    ]


@pytest.mark.parametrize(
    ("raters", "message"),
    [
        ([], "no raters were given"),
        (["R1", "R1"], "the rater 'R1' is given twice"),
        (["anna", "Anna"], r"the rater 'Anna' is given twice \(also as 'anna'\)"),
        (["a@b"], "contains '@'"),
        (["a__b"], "contains '__'"),
        (["consensus"], "is a reserved word"),
        (["a/b"], "contains a character that file names cannot hold"),
        (["a."], "contains a character that file names cannot hold"),
        ([" a"], "begins or ends with a space"),
        ([""], "is empty"),
    ],
)
def test_raters_that_files_cannot_carry(raters: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check_raters(raters)


def test_raters_with_umlauts_and_blanks_are_welcome() -> None:
    assert check_raters(["Jörg", "Anna Maria"]) == ("Jörg", "Anna Maria")


def test_sequences_in_seconds_say_so_in_the_names_of_their_columns(tmp_path: Path) -> None:
    found, warnings = read_sequences(table(tmp_path, "session,sequence,start_s,end_s\ns,a,10,65.5\n"), ["s"])
    assert found == {"s": (PlannedSequence(10_000, 65_500, "a"),)}
    assert warnings == ()


def test_milliseconds_that_may_be_seconds_are_told(shared: Path) -> None:
    found, warnings = read_sequences(shared / "cases" / "new_user" / "sequences-in-seconds.csv", ["S01"])
    assert found == {"S01": (PlannedSequence(10, 65, "1"), PlannedSequence(75, 140, "2"))}
    assert [item.code for item in warnings] == ["csv-time-unit"]


def test_whole_floats_are_milliseconds(shared: Path) -> None:
    found, _ = read_sequences(shared / "cases" / "36b_sequences_csv" / "seq.csv", ["S01"])
    assert found == {"S01": (PlannedSequence(950, 990, "1"),)}


def test_sequences_beyond_their_recording_are_one_finding_per_session(tmp_path: Path) -> None:
    rows = "s1,a,0,60000\ns1,b,60000,90000\ns1,c,90000,95000\ns2,a,0,90000\ns3,a,0,60001\n"
    path = table(tmp_path, f"session,sequence,start_ms,end_ms\n{rows}")
    found, warnings = read_sequences(path, ["s1", "s2", "s3"], {"s1": 60_000, "s3": 60_000})
    assert [len(members) for members in found.values()] == [3, 1, 1]
    assert [(item.code, item.session, item.line) for item in warnings] == [
        ("sequence-beyond-medium", "s1", 3),
        ("sequence-beyond-medium", "s3", 6),
    ]
    assert warnings[0].message == (
        "session 's1': 2 sequences end after the end of the recording (0:01:00.000), first 'b' at 0:01:30.000"
    )


def test_an_assignment_without_media_is_read_as_it_stands(tmp_path: Path) -> None:
    assert read_assignment(table(tmp_path, "session,rater\nb,R2\nb,R1\na,R3\n")) == {"b": ("R2", "R1"), "a": ("R3",)}
