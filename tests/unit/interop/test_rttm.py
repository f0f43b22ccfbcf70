"""RTTM: speaker turns become tiers, recordings documents, and damaged lines are refused."""

from __future__ import annotations

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop import rttm
from elancry.interop.format import Choices

ALL = Choices()
TURNS = """\
;; a comment
SPKR-INFO s01 1 <NA> <NA> <NA> adult_male therapist <NA> <NA>
SPEAKER s01 1 0.25 3.125 <NA> <NA> therapist <NA> <NA>
SPEAKER s01 1 2.0 2.5 <NA> <NA> patient 0.93 <NA>
SPEAKER s01 2 2.0 1 <NA> <NA> patient <NA> <NA>
LEXEME s01 1 0.25 0.5 well lex therapist <NA> <NA>
IP s01 1 0.9 <NA> <NA> edit therapist <NA> <NA>
NON-SPEECH s01 1 5 0.5 <NA> noise <NA> <NA>
SPEAKER s/02 1 10 0.0004 <NA> <NA> patient <NA>
"""


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def test_speakers_are_tiers_and_recordings_documents():
    read = rttm.read(TURNS.encode(), "all.rttm", ALL)
    assert {stem: tiers(document) for stem, document in read.documents.items()} == {
        "s01": {
            "therapist": [(250, 3375, "therapist")],
            "patient": [(2000, 4500, "patient")],
            "patient (channel 2)": [(2000, 3000, "patient")],
            "therapist LEXEME": [(250, 750, "well")],
            "therapist IP": [(900, 940, "therapist")],
            "NON-SPEECH": [(5000, 5500, "NON-SPEECH")],
        },
        "s_02": {"patient": [(10_000, 10_040, "patient")]},
    }
    assert [tier.participant for tier in read.documents["s01"].tiers][:3] == ["therapist", "patient", "patient"]
    assert {item.code for item in read.findings} == {
        "convert-not-understood", "convert-time-rounded", "convert-point",
    }  # fmt: skip
    assert "patient" not in tiers(rttm.read(TURNS.encode(), "all.rttm", Choices(tiers=("therapist",))).documents["s01"])


@pytest.mark.parametrize("line", [
    "SPEAKER s01 1 0.25 3.125 <NA> <NA> therapist", "SPEAKER s01 1 0.25 3.125 <NA> <NA> two words <NA> <NA>",
    "SPEAKER s01 1 O.25 3.125 <NA> <NA> therapist <NA> <NA>", "SPEAKER s01 1 0.25 -1 <NA> <NA> therapist <NA> <NA>",
    "SPEAKR s01 1 0.25 3.125 <NA> <NA> therapist <NA> <NA>", "SPEAKER s01 1 0.25 <NA> <NA> <NA> therapist <NA> <NA>",
])  # fmt: skip
def test_a_damaged_line_is_refused_with_its_number_and_an_example(line: str):
    with pytest.raises(UnreadableInput, match=r"s01\.rttm:2: expected a line of nine or ten fields") as caught:
        rttm.read(f";; x\n{line}\n".encode(), "s01.rttm", ALL)
    assert "as in: SPEAKER s01 1" in (caught.value.hint or "")


def test_a_file_without_a_turn_is_refused():
    with pytest.raises(UnreadableInput, match="not an RTTM file: it has no line with times"):
        rttm.read(b";; nothing\n", "s01.rttm", ALL)
