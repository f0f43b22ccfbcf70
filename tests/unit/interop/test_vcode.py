"""VCode's text and the looking times that are coded in it: what it says becomes annotations, damage is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.conversion import read_documents
from elancry.interop.format import Choices, Read
from elancry.interop.vcode import preflook, tracks

ALL = Choices()
HEAD = "Offset: 0, Movie: MoviePathHere, DataFile: (null)\nTracks: {}\nTime,Duration,TrackName,comment\n\n"


def content(read: Read) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read.documents.values()
    return tiers(document)


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def codes(read: Read) -> list[str]:
    return [item.code for item in read.findings]


def test_a_track_is_a_tier_and_a_comment_hangs_under_it():
    data = (
        HEAD.format("Feeding, Groom&#44;ing, both, none")
        + "1260,824,Feeding,(null)\n2349,408,Groom&#44;ing,at once&#44; twice\n"
        + "5000,0,both,(null)\n5000,200,both,(null)\n"
    )
    read = tracks.read(data.encode(), "x.txt", ALL)
    # Moments last 40 ms in ELAN (flat.POINT_MS).
    assert content(read) == {
        "Feeding": [(1260, 2084, "Feeding")],
        "Groom,ing": [(2349, 2757, "Groom,ing")],
        "Groom,ing comment": [(2349, 2757, "at once, twice")],
        "both": [(5000, 5200, "both")],
        "both (points)": [(5000, 5040, "both")],
        "none": [],
    }
    assert codes(read) == []


def test_an_offset_is_told_and_so_are_marks_that_may_hold_until_the_next():
    data = HEAD.replace("Offset: 0", "Offset: 1500").format("left, right") + "10,0,left,(null)\n900,0,right,(null)\n"
    read = tracks.read(data.encode(), "x.txt", ALL)
    assert content(read) == {"left": [(10, 50, "left")], "right": [(900, 940, "right")]}
    offset, holding = (item for item in read.findings if item.code == "convert-not-understood")
    assert offset.message == "the offset of the movie in the header (1500 ms) was not applied"
    assert "--from preflook" in (holding.hint or "")


LOOKS = """\
0,0,left,(null)
1000,0,right,shifts
3000,0,right,(null)
3000,0,away,(null)
5000,0,left,(null)
5999,0,end,(null)
7000,0,left,(null)
2000,500,outofframe,(null)
4000,100,fuss,loud
"""


def test_a_look_lasts_until_the_next_and_the_last_until_the_last_end():
    """left 0-1000, right 1000-3000 without 2000-2500, right 3000 without length, away 3000-5000, left 5000-6000.

    The last millisecond of the trial is 5999; the mark at 7000 comes after it.
    """
    read = preflook.read((HEAD.format("left, right, away, end, outofframe, fuss") + LOOKS).encode(), "x.txt", ALL)
    assert content(read) == {
        "gaze": [
            (0, 1000, "left"), (1000, 2000, "right"), (2500, 3000, "right"), (3000, 5000, "away"), (5000, 6000, "left"),
        ],
        "Trial": [(0, 6000, "t01")],
        "outofframe": [(2000, 2500, "outofframe")],
        "fuss": [(4000, 4100, "fuss")],
        "fuss comment": [(4000, 4100, "loud")],
    }  # fmt: skip
    assert [(item.line, item.message) for item in read.findings] == [
        (7, "2 marks of gaze have no length and were left out: lines 7, 11"),
        (None, "500 ms of gaze were cut out, during which the picture was invalid (outofframe, preview, instructions)"),
        (6, "1 comment on a mark of gaze or an 'end' was not carried over"),
    ]


def test_stretches_that_overlap_or_hold_no_gaze_are_cut_once():
    """Invalid are 100-500 (two that overlap) and 900-1200, which begins before gaze ends at 1001, and 2000-2010."""
    data = (
        HEAD.format("left, right, end, outofframe, preview")
        + "0,0,left,(null)\n600,0,right,(null)\n1000,0,end,(null)\n"
        + "100,300,outofframe,(null)\n300,200,preview,(null)\n900,300,outofframe,(null)\n2000,10,outofframe,(null)\n"
    )
    read = preflook.read(data.encode(), "x.txt", ALL)
    assert content(read)["gaze"] == [(0, 100, "left"), (500, 600, "left"), (600, 900, "right")]


def test_what_icatcher_writes_has_no_first_line_and_no_comments():
    data = "Tracks: left, right, away, codingactive, outofframe\nTime,Duration,TrackName,comment\n\n"
    data += "0,0,left\n330,0,away\n0,990,codingactive\n"
    read = preflook.read(data.encode(), "x.txt", ALL)
    assert content(read)["gaze"] == [(0, 330, "left"), (330, 990, "away")]


DAMAGED = {
    "100,0,left,(null)": ("", "expected the lines 'Offset: ...'"),
    "1x0,0,left,(null)": (":5", "expected time, duration, track and comment, not '1x0,0,left,(null)'"),
    "100,left,(null)": (":5", "expected time, duration, track and comment"),
    "100,0,left,a, b": (":5", "expected time, duration, track and comment"),
    "100,0,left,": (":5", "expected time, duration, track and comment"),
    "100,0,lefx,(null)": (":5", "'lefx' is not one of the tracks (left, right)"),
}


@pytest.mark.parametrize("line", DAMAGED)
@pytest.mark.parametrize("reader", [tracks.read, preflook.read])
def test_a_damaged_line_is_refused_with_its_number_and_the_remedy(line: str, reader):
    place, said = DAMAGED[line]
    data = (HEAD.format("left, right") if place else "") + line + "\n"
    with pytest.raises(UnreadableInput) as caught:
        reader(data.encode(), "x.txt", ALL)
    assert caught.value.message.startswith(f"x.txt{place or ':1'}: ")
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("header", ["Tracks: left, left", "Tracks: left, , right"])
def test_names_of_tracks_are_there_and_differ(header: str):
    with pytest.raises(UnreadableInput, match=r"x\.txt:1: a track has no name, or two tracks have the same name"):
        tracks.read(f"{header}\nTime,Duration,TrackName,comment\n".encode(), "x.txt", ALL)


def test_looks_that_end_nowhere_are_refused():
    with pytest.raises(UnreadableInput, match="no mark on 'left', 'right' or 'away' lasts"):
        preflook.read((HEAD.format("left, right") + "5,0,left,(null)\n").encode(), "x.txt", ALL)


def test_whoever_reads_it_as_a_table_is_told_what_it_is():
    data = (HEAD.format("left, right, end") + LOOKS).encode("utf-16")
    with pytest.raises(UnreadableInput) as caught:
        read_documents(data, "x.txt", "elan-tab", ALL)
    assert caught.value.hint == "It begins like VCode text export: use --from vcode."


def test_the_looks_of_twenty_infants(shared: Path):
    """The four originals beside the tables that another program made of them (shared/studies/icatcher/README.md)."""
    study = shared / "studies" / "icatcher"
    compared = 0
    for path in sorted(study.glob("original/*/*.txt")):
        rater = {"coding_human1": "H1", "coding_human2": "H2"}[path.parent.name]
        with (study / "csv" / f"{path.name[:8]}__{rater}.csv").open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        found = content(preflook.read(path.read_bytes(), path.name, ALL))
        for tier in ("gaze", "outofframe") + (("Trial",) if rater == "H1" else ()):
            expected = [(int(r["start_ms"]), int(r["end_ms"]), r["value"]) for r in rows if r["tier"] == tier]
            assert found.get(tier, []) == expected, (path, tier)
            compared += len(expected)
    assert compared > 300
