"""EXMARaLDA and FOLKER: tiers and contributions between the points of a timeline; damage is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop.exmaralda import basic, folker
from elancry.interop.format import Choices, Read

ALL = Choices()
EXB = """\
<?xml version="1.0" encoding="UTF-8"?>
<basic-transcription>
<head><meta-information><referenced-file url="s01.wav"/></meta-information>
<speakertable><speaker id="SPK0"><abbreviation>AW</abbreviation></speaker></speakertable></head>
<basic-body><common-timeline>
<tli id="T0" time="0.0"/>
<tli id="T1"/>
<tli id="T2"/>
<tli id="T3" time="6.0"/>
<tli id="T4" time="7.000499" type="appl"/>
</common-timeline>
<tier id="TIE0" speaker="SPK0" category="v" type="t" display-name="AW [v]">
<ud-tier-information/>
<event start="T0" end="T1">well </event>
<event start="T1" end="T3">I<ud-information attribute-name="x">no</ud-information> see</event>
</tier>
<tier id="TIE1" category="nv" type="d">
<event start="T3" end="T4">nods</event>
</tier>
</basic-body></basic-transcription>
"""
FLK = """\
<folker-transcription>
<head/><speakers><speaker speaker-id="AW"><name>Anne</name></speaker></speakers><recording path="s01.wav"/>
<timeline>
<timepoint timepoint-id="TLI_0" absolute-time="0.5"/>
<timepoint timepoint-id="TLI_1" absolute-time="2.25"/>
<timepoint timepoint-id="TLI_2" absolute-time="4.0"/>
</timeline>
<contribution speaker-reference="AW" start-reference="TLI_0" end-reference="TLI_1" parse-level="0">
<unparsed>well <time timepoint-reference="TLI_1"/> yes</unparsed></contribution>
<contribution speaker-reference="AW" start-reference="TLI_1" end-reference="TLI_2" parse-level="2">
<w>I</w><pause duration="micro"/><w>see</w></contribution>
<contribution start-reference="TLI_1" end-reference="TLI_2" parse-level="1"><segment>laughs</segment></contribution>
</folker-transcription>
"""


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def content(read: Read) -> dict[str, list[tuple[int, int, str]]]:
    (document,) = read.documents.values()
    return tiers(document)


def test_tiers_of_events_on_one_timeline():
    """T1 and T2 have no time; between 0 and 6 s they lie at 2 and 4 s. 7000.499 ms are 7000 ms."""
    read = basic.read(EXB.encode(), "s01.exb", ALL)
    assert content(read) == {"AW [v]": [(0, 2000, "well "), (2000, 6000, "I see")], "nv": [(6000, 7000, "nods")]}
    document = read.documents["s01"]
    assert [tier.participant for tier in document.tiers] == ["AW", None]
    assert [medium.url for medium in document.media] == ["s01.wav"]
    assert [(item.code, item.message[:2]) for item in read.findings] == [
        ("convert-time-made-up", "2 "), ("convert-time-rounded", "1 "),
    ]  # fmt: skip
    assert list(content(basic.read(EXB.encode(), "s01.exb", Choices(tiers=("nv",))))) == ["nv"]


def test_contributions_of_speakers():
    read = folker.read(FLK.encode(), "s01.flk", ALL)
    assert content(read) == {
        "AW": [(500, 2250, "well yes"), (2250, 4000, "I see")],
        "contributions": [(2250, 4000, "laughs")],
    }
    assert read.findings == ()
    assert [tier.participant for tier in read.documents["s01"].tiers] == ["AW", None]


DAMAGED: dict[str, tuple[Callable[..., Read], int, str]] = {
    EXB.replace('end="T1">', 'end="T9">'): (basic.read, 14, "there is no point 'T9' on the timeline"),
    EXB.replace('start="T1" end="T3"', 'start="T3" end="T1"'): (basic.read, 15, "it ends ('T1') before it begins"),
    EXB.replace('time="6.0"', 'time="6,0"'): (basic.read, 9, "'6,0' is not a time in seconds"),
    EXB.replace('time="6.0"', 'time="8.0"'): (basic.read, 10, "the point 'T4' is earlier than one before it"),
    EXB.replace('id="T2"', 'id="T1"'): (basic.read, 8, "one that occurs twice ('T1')"),
    EXB.replace(' time="0.0"', ""): (basic.read, 6, "the first or the last point of the timeline has no time"),
    EXB.replace("<ud-tier-information/>", "<evnt/>"): (basic.read, 13, "unexpected or incomplete element: evnt"),
    FLK.replace('end-reference="TLI_1"', 'end-referenc="TLI_1"'): (folker.read, 8, "there is no point '' on"),
    FLK.replace('absolute-time="2.25"', 'absolute-time="2.2S"'): (folker.read, 5, "'2.2S' is not a time in seconds"),
    FLK.replace("<head/>", "<body/>"): (folker.read, 2, "unexpected or incomplete element: body"),
}  # fmt: skip


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_line_is_refused_with_its_number_and_the_remedy(text: str):
    read, line, said = DAMAGED[text]
    with pytest.raises(UnreadableInput) as caught:
        read(text.encode(), "s01.x", ALL)
    assert caught.value.message.startswith(f"s01.x:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("read", [basic.read, folker.read])
def test_entities_other_files_and_no_timeline_are_refused(read: Callable[..., Read]):
    root = "basic-transcription" if read is basic.read else "folker-transcription"
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><{root}>&b;</{root}>'
    for text in (bomb, "<other/>", "no xml", EXB[:300], f"<{root}/>"):
        with pytest.raises(UnreadableInput, match=r"^s01\.x"):
            read(text.encode(), "s01.x", ALL)
