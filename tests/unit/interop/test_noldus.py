"""Event logs of The Observer XT: starts and stops become annotations, subjects tiers; damage is refused."""

from __future__ import annotations

import io

import openpyxl
import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop import noldus
from elancry.interop.conversion import read_documents
from elancry.interop.format import Choices, Read

ALL = Choices()
HEAD = (
    "Observation;Time_Relative_hms;Time_Relative_sf;Duration_sf;"
    "Subject;Behavior;Modifier_1;Event_Type;Comment;Event_Log"
)
LOG = """\
s01;0:00:01;1,25;3,1;child;gaze left;near;State start;first;x
s01;0:00:02;2;0;child;smile;;Point;;x
s01;0:00:04;4,35;0;child;gaze left;near;State stop;;x
s01;0:00:04;4,35;1;child;gaze away;;State start;;x
s01;0:00:05;5,35;0;child;gaze away;;State stop;;x
s/02;0:00:00;0;2,5;;rest;;State start;;x
s/02;0:00:02;2,5;0;;rest;;State stop;;x
"""


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def content(read: Read) -> dict[str, dict[str, list[tuple[int, int, str]]]]:
    return {stem: tiers(document) for stem, document in read.documents.items()}


EXPECTED = {
    "s01": {
        "child": [(1250, 4350, "gaze left"), (4350, 5350, "gaze away")],
        "child Modifier_1": [(1250, 4350, "near")],
        "child Comment": [(1250, 4350, "first")],
        "child (points)": [(2000, 2040, "smile")],
    },
    "s_02": {"behavior": [(0, 2500, "rest")]},
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_subjects_are_tiers_and_observations_documents(encoding: str):
    read = noldus.read(f"{HEAD}\n{LOG}".encode(encoding), "log.txt", ALL)
    assert {stem: dict(sorted(found.items())) for stem, found in content(read).items()} == {
        stem: dict(sorted(found.items())) for stem, found in EXPECTED.items()
    }
    assert read.findings == ()
    assert [tier.participant for tier in read.documents["s01"].tiers if tier.id == "child"] == ["child"]
    assert content(noldus.read(f"{HEAD}\n{LOG}".encode(), "x.txt", Choices(tiers=("behavior",))))["s01"] == {}


def test_a_workbook_and_rows_before_the_header():
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(["Project", "x"])
    page.append(["Time_Relative_sf", "Behavior", "Event_Type", "Weight"])
    page.append([1.25, "a", "State start", 1])
    page.append([2, "a", "State stop", 1])
    page.append([2, None, None, 1])
    made = io.BytesIO()
    book.save(made)
    read = noldus.read(made.getvalue(), "log.xlsx", ALL)
    assert content(read) == {"log": {"behavior": [(1250, 2000, "a")]}}
    assert [item.message for item in read.findings] == [
        "columns that an .eaf file cannot hold were not carried over: 'Weight'",
        "1 row has neither a behavior nor a type of event and was left out: line 5",
    ]


def test_a_state_without_a_stop_ends_by_its_duration_and_a_doubtful_stop_is_told():
    """gaze left lasts 3.1 s from 1.25 s; gaze away lasts 1 s from 4.35 s, its stop moves to 9.35 s."""
    lines = LOG.splitlines()
    read = noldus.read("\n".join([HEAD, *lines[:2], *lines[3:]]).encode(), "x.txt", ALL)
    assert content(read)["s01"]["child"] == [(1250, 4350, "gaze left"), (4350, 5350, "gaze away")]
    assert [(item.code, item.line) for item in read.findings] == [("convert-damaged", 2)]
    read = noldus.read(f"{HEAD}\n{LOG}".replace("5,35", "9,35").encode(), "x.txt", ALL)
    assert content(read)["s01"]["child"][1] == (4350, 9350, "gaze away")
    assert [(item.code, item.line) for item in read.findings] == [("convert-damaged", 6)]


DAMAGED = {
    LOG.replace("State start;first", "State strat;first"): (2, "expected 'State start', 'State stop' or 'Point'"),
    LOG.replace("4,35;0", "4x35;0"): (4, "expected 'State start'"),
    LOG.replace(";gaze left;near;State stop", ";;near;State stop"): (4, "expected 'State start'"),
    LOG.replace("gaze left;near;State stop", "gaze lft;near;State stop"): (4, "stops, but did not start"),
    LOG.replace("3,1;child", ";child").replace("near;State stop", "near;Point"): (2, "starts, but does not stop"),
    LOG.replace("4,35;0", "0,35;0"): (4, "'gaze left' stops before it starts (line 2)"),
    LOG.replace("first;x", "first;x;y"): (2, "the row has 11 cells"),
}  # fmt: skip


@pytest.mark.parametrize("log", DAMAGED)
def test_a_damaged_row_is_refused_with_its_number_and_the_remedy(log: str):
    line, said = DAMAGED[log]
    with pytest.raises(UnreadableInput) as caught:
        noldus.read(f"{HEAD}\n{log}".encode(), "x.txt", ALL)
    assert caught.value.message.startswith(f"x.txt:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_another_table_is_refused_and_this_one_is_recognised():
    with pytest.raises(UnreadableInput, match="no row names the columns Behavior, Event_Type and Time_Relative_sf"):
        noldus.read(b"tier,start_ms,end_ms\na,1,2\n", "x.csv", ALL)
    with pytest.raises(UnreadableInput) as caught:
        read_documents(f"{HEAD}\n{LOG}".encode("utf-16"), "x.txt", "elan-tab", ALL)
    assert "--from noldus" in (caught.value.hint or "")
