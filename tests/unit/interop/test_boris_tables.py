"""BORIS's event tables: the exports of versions 7 and 8 in, aggregated events out."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from elancry.eaf import Document, read_eaf
from elancry.errors import UnreadableInput
from elancry.interop.boris.tables import gather_events, read_events
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices

EVERYTHING = Choices()

# As BORIS 7 exported tabular events: a preamble, START and STOP in the column Status.
OLD = """Observation id,observation #1,,,,,,,,
,,,,,,,,,
Media file(s),,,,,,,,,
,,,,,,,,,
Player #1,/home/somebody/video.mp4,,,,,,,,
,,,,,,,,,
Observation date,2016-11-27 01:57:26,,,,,,,,
Description,what was seen,,,,,,,,
Time offset (s),0.0,,,,,,,,
independent variables,,,,,,,,,
variable,value,,,,,,,,
,,,,,,,,,
Time,Media file path,Total length,FPS,Subject,Behavior,Behavioral category,Modifier 1,Comment,Status
3.300,video.mp4,359.960,25.0,subject1,s,,,"a, b",START
7.750,video.mp4,359.960,25.0,subject1,s,,,,STOP
9.900,video.mp4,359.960,25.0,subject1,p,cat,m1,,POINT
11.000,video.mp4,359.960,25.0,subject1,s,,,,START
"""
# As BORIS 8: one row for each event, observations and variables in columns.
AGGREGATED = """Observation id\tObservation date\tDescription\tObservation type\tSource\tTime offset (s)\t\
Coding duration\tMedia duration (s)\tFPS (frame/s)\tage\tSubject\tObservation duration by subject by observation\t\
Behavior\tBehavioral category\tModifier #1\tModifier #2\tBehavior type\tStart (s)\tStop (s)\tDuration (s)\t\
Media file name\tImage index start\tImage index stop\tImage file path start\tImage file path stop\t\
Comment start\tComment stop
o1\t2024-02-01 10:00:00\t\tMedia file\tplayer #1:v.mp4\t0.0\t4.000\t9.000\t25.000\t7\tNo focal subject\t2.500\ttalk\t\
Not defined\tloud\t\tSTATE\t1.000\t3.500\t2.500\tv.mp4\t25\t87\tNA\tNA\tso\tdone
o1\t2024-02-01 10:00:00\t\tMedia file\tplayer #1:v.mp4\t0.0\t4.000\t9.000\t25.000\t7\tNo focal subject\t2.500\tsob\t\
crying\t\t\tPOINT\t2.000\t2.000\tNA\tv.mp4\t50\t50\tNA\tNA\t\t
o2\t2024-02-02 10:00:00\t\tLive observation\tNA\t0.0\t4.000\tNA\tNA\t8\tP\t1.000\ttalk\tNot defined\t\t\tSTATE\t0.000\t\
1.000\t1.000\tNA\tNA\tNA\tNA\tNA\t\t
"""


def spans(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {
        tier.id: [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id)]
        for tier in document.tiers
    }


def test_the_tabular_export_of_version_7():
    read = read_events(OLD.encode(), "old.csv", EVERYTHING)
    (document,) = read.documents.values()
    assert list(read.documents) == ["observation #1"]
    assert spans(document) == {
        "s": [(3300, 7750, "s")],
        "s comment": [(3300, 7750, "a, b")],
        "cat": [(9900, 9940, "p")],
        "cat modifiers": [(9900, 9940, "m1")],
    }
    assert document.date == "2016-11-27T01:57:26"
    assert document.header_property("boris.description") == "what was seen"
    assert b"somebody" not in document.to_bytes()
    assert [(found.code, found.message) for found in read.findings] == [
        ("convert-boris-unpaired", "observation 'observation #1': 's' of subject1 starts but does not stop")
    ]


def test_aggregated_events_of_several_observations():
    read = read_events(AGGREGATED.encode(), "events.tsv", EVERYTHING)
    assert read.findings == ()
    assert {stem: spans(document) for stem, document in read.documents.items()} == {
        "o1": {
            "talk": [(1000, 3500, "talk")],
            "talk modifiers": [(1000, 3500, "loud")],
            "talk comment": [(1000, 3500, "so")],
            "talk comment at stop": [(1000, 3500, "done")],
            "crying": [(2000, 2040, "sob")],
        },
        "o2": {"P: talk": [(0, 1000, "talk")]},
    }
    assert read.documents["o2"].tiers[0].participant == "P"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_delimiter_and_encoding(delimiter: str, encoding: str):
    rows = [["Behavior", "Subject", "Behavior type", "Start (s)", "Stop (s)"], ["Ärger", "Ü", "STATE", "1,5", "2.25"]]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    read = read_events(buffer.getvalue().encode(encoding), "table.csv", EVERYTHING)
    assert spans(read.documents["table"]) == {"Ärger": [(1500, 2250, "Ärger")]}


def test_times_as_clock():
    data = b"Time,Behavior,Behavior type\n00:00:01.500,p,POINT\n01:00:00.000,p,POINT\n"
    read = read_events(data, "t.csv", EVERYTHING)
    assert [span[:1] for span in spans(read.documents["t"])["p"]] == [(1500,), (3_600_000,)]


@pytest.mark.parametrize(
    "row",
    ["NA,p,POINT", ",p,POINT", "1,,POINT", "1,p,", "1,p,SOMETHING", "-1,p,POINT", "NaN,p,POINT", "1e99,p,POINT", "1,,"],
)
def test_rows_that_are_no_events_are_counted(row: str):
    read = read_events(f"Time,Behavior,Behavior type\n{row}\n2,p,POINT\n".encode(), "t.csv", EVERYTHING)
    assert spans(read.documents["t"]) == {"p": [(2000, 2040, "p")]}
    assert [(found.code, found.message) for found in read.findings] == [
        ("convert-row-skipped", "1 row has no behavior, no type or no readable time: line 2")
    ]


def test_a_stop_before_the_start_is_left_out_and_told():
    data = b"Behavior,Behavior type,Start (s),Stop (s)\ns,STATE,2,1\ns,STATE,NA,1\ns,STATE,1,\n"
    read = read_events(data, "t.csv", EVERYTHING)
    assert spans(read.documents["t"]) == {"s": []}
    assert [found.code for found in read.findings] == ["convert-row-skipped", "convert-row-skipped"]


@pytest.mark.parametrize(
    "data",
    [b"", b"a,b\n1,2\n", b"Behavior\n", b"PK\x03\x04\0\0", b"{}", b'"' + b"x" * 200_000, b"\xff\xfe\x00"],
    ids=range(7),
)
def test_other_tables_are_refused_in_words(data: bytes):
    with pytest.raises(UnreadableInput, match=r"t\.csv"):
        read_events(data, "t.csv", EVERYTHING)


def written(*documents: Document, choices: Choices = EVERYTHING) -> list[dict[str, str]]:
    files = gather_events({document.name.removesuffix(".eaf"): document for document in documents}, choices).files
    return list(csv.DictReader(io.StringIO(files[".boris.tsv"].decode(), newline=""), delimiter="\t"))


def test_the_columns_are_those_of_boris_8():
    document = build_document([FlatTier("t", [(1000, 3500, "a")])], name="s.eaf")[0]
    header = gather_events({"s": document}, EVERYTHING).files[".boris.tsv"].decode().split("\r\n")[0].split("\t")
    expected = AGGREGATED.split("\n")[0].split("\t")
    assert header == [column for column in expected if column not in ("age", "Modifier #1", "Modifier #2")]


def test_rows_by_time_with_state_and_point():
    tiers = [
        FlatTier("form", [(1000, 3500, "despair"), (5000, 5001, "")], participant="P"),
        FlatTier("sobs", [(2000, 2000, "sob")], points=True),
    ]
    rows = written(build_document(tiers, name="s.eaf", date="2024-01-01T12:00:00+01:00")[0])
    said = [
        tuple(
            row[key] for key in ("Subject", "Behavior", "Behavioral category", "Behavior type", "Start (s)", "Stop (s)")
        )
        for row in rows
    ]
    assert said == [
        ("P", "despair", "form", "STATE", "1.000", "3.500"),
        ("No focal subject", "sob", "sobs", "POINT", "2.000", "2.000"),
        ("P", "", "form", "STATE", "5.000", "5.001"),
    ]
    assert {row["Observation date"] for row in rows} == {"2024-01-01 12:00:00"}
    assert {row["Coding duration"] for row in rows} == {"4.001"}
    assert rows[0]["Observation duration by subject by observation"] == "2.501"


HOSTILE = ["", "=1+1", '"q"', "tab\there", "line\nbreak", "a;b,c", " blanks ", "NA", "No focal subject", "ä😢"]


def test_hostile_values_come_back():
    rows = [(n * 10, n * 10 + 5, value) for n, value in enumerate(HOSTILE)]
    date = "2024-01-01T12:00:00"
    document = build_document([FlatTier("a: b", rows, participant='P "1"')], name="s.eaf", date=date)[0]
    data = gather_events({"s": document}, EVERYTHING).files[".boris.tsv"]
    read = read_events(data, "x.boris.tsv", EVERYTHING)
    assert spans(read.documents["s"]) == {"a: b": rows}
    assert read.documents["s"].tiers[0].participant == 'P "1"'
    assert read.findings == ()
    assert gather_events(read.documents, EVERYTHING).files[".boris.tsv"] == data


@pytest.mark.parametrize("number", range(3))
def test_real_files_keep_every_value_and_time(shared: Path, number: int):
    files = sorted(path for path in (shared / "eaf" / "real").rglob("*.eaf") if path.stat().st_size < 200_000)
    for path in files[number::3]:
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        data = gather_events({"s": document}, EVERYTHING).files[".boris.tsv"]
        again = read_events(data, "x.tsv", EVERYTHING).documents
        assert [contents(one) for one in again.values() if contents(one)] == [contents(document)] * bool(
            contents(document)
        ), path.name


def contents(document: Document) -> list[tuple[Any, ...]]:
    """Values and times, a damaged annotation without length as the short one it becomes."""
    found = [item for tier in document.tiers for item in document.annotations(tier.id)]
    return sorted((item.start_ms, 0 if item.duration_ms <= 40 else item.end_ms, item.value) for item in found)


def test_a_quote_that_is_not_closed_is_refused_with_its_line():
    data = b'Time,Behavior,Behavior type\n1,p,POINT\n2,"p,POINT\n3,p,POINT\n'
    with pytest.raises(UnreadableInput, match=r"t\.csv:3: a quoted text begins here"):
        read_events(data, "t.csv", EVERYTHING)
