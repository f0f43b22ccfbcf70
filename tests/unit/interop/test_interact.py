"""Exports of INTERACT: classes become tiers, DataSets documents; damage is refused."""

from __future__ import annotations

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop import interact
from elancry.interop.conversion import read_documents
from elancry.interop.format import Choices, Read
from elancry.times import Unit

ALL = Choices()
HEAD = "Level\tDescription\tNumber\tOnset_Time\tOffset_Time\tDuration_Time\tAffect\tGaze\tMemo\n"
EVENTS = """\
1\tgroup a\t1\t\t\t\t\t\t
2\tdyad 1\t1\t00:00:00:00\t00:05:00:00\t00:05:00:00\t\t\t
3\t\t1\t00:00:01:05\t00:00:04:10\t00:00:03:05\tpositive\tinfant\t
3\t\t2\t00:00:05:00\t00:00:06:24\t00:00:01:24\t\taway\tphone rings
2\t\t2\t\t\t\t\t\t
3\t\t1\t00:00:00:00\t00:00:01:00\t00:00:01:00\tneutral\t\t
"""


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def content(read: Read) -> dict[str, dict[str, list[tuple[int, int, str]]]]:
    return {stem: tiers(document) for stem, document in read.documents.items()}


def test_classes_are_tiers_and_datasets_documents():
    """At 25 frames a second frame 5 is 200 ms, frame 10 is 400 ms, frame 24 is 960 ms."""
    assert content(interact.read((HEAD + EVENTS).encode(), "all.txt", ALL)) == {
        "dyad 1": {
            "Affect": [(1200, 4400, "positive")],
            "Gaze": [(1200, 4400, "infant"), (5000, 6960, "away")],
            "Memo": [(5000, 6960, "phone rings")],
        },
        "DataSet 2": {"Affect": [(0, 1000, "neutral")]},
    }


def test_seconds_and_no_levels():
    data = "Onset,Offset,Maternal Affect\n1.5,2.25,2\n3,4.5,-1\n"
    assert content(interact.read(data.encode(), "x.csv", ALL)) == {
        "x": {"Maternal Affect": [(1500, 2250, "2"), (3000, 4500, "-1")]}
    }
    whole = "Onset,Offset,Affect\n1,2,a\n"
    with pytest.raises(UnreadableInput, match=r"x\.csv:2: it is unclear whether times such as '1'"):
        interact.read(whole.encode(), "x.csv", ALL)
    assert content(interact.read(whole.encode(), "x.csv", Choices(unit=Unit.SECONDS)))["x"] == {
        "Affect": [(1000, 2000, "a")]
    }


DAMAGED = {
    (HEAD + EVENTS).replace("3\t\t1\t00:00:01:05", "3\t\t1\t00:00:O1:05"): (4, "expected level 1, 2 or 3, an onset"),
    (HEAD + EVENTS).replace("3\t\t2", "7\t\t2"): (5, "expected level 1, 2 or 3"),
    (HEAD + EVENTS).replace("00:00:04:10", "00:00:00:10"): (4, "expected level 1, 2 or 3, an onset and a later offset"),
    (HEAD + EVENTS).replace("00:00:04:10", "00:00:14:10"): (4, "the duration '00:00:03:05' does not fit"),
    (HEAD + EVENTS).replace("neutral", ""): (7, "the event has no code"),
    (HEAD + EVENTS).replace("phone rings", "x\ty"): (5, "the row has 10 cells"),
    (HEAD + EVENTS).replace("Onset_Time", "Time"): (1, "does not name one column with onsets"),
    "Level\tOnset\tOffset\n3\t1.5\t2.5\n": (1, "no column holds codes"),
    HEAD + "1\tgroup a\t1\t\t\t\t\t\t\n": (1, "it has no event"),
}  # fmt: skip


@pytest.mark.parametrize("data", DAMAGED)
def test_a_damaged_row_is_refused_with_its_number_and_the_remedy(data: str):
    line, said = DAMAGED[data]
    with pytest.raises(UnreadableInput) as caught:
        interact.read(data.encode(), "x.txt", ALL)
    assert caught.value.message.startswith(f"x.txt:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_whoever_reads_it_as_a_table_is_told_what_it_is():
    with pytest.raises(UnreadableInput) as caught:
        read_documents((HEAD + EVENTS).encode(), "x.txt", "elan-tab", ALL)
    assert "--from interact" in (caught.value.hint or "")
