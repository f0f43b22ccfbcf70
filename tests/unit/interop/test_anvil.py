"""Anvil: tracks become tiers, elements that refer to others take their times; damage is refused."""

from __future__ import annotations

import pytest

from elancry.eaf import Document
from elancry.errors import UnreadableInput
from elancry.interop import anvil
from elancry.interop.format import Choices

ALL = Choices()
ANVIL = """\
<?xml version="1.0" encoding="ISO-8859-1"?>
<annotation><head><specification src="s.xml"/><video src="s01.avi" master="true"/></head>
<body>
<track name="phase" type="primary">
<el index="0" start="1.2" end="2.4804"><attribute name="kind">Schl\u00e4g</attribute>\
<attribute name="hand">l</attribute></el>
<el index="1" start="3" end="4"><comment>unsure</comment><attribute name="kind">hold</attribute></el>
<el index="2" start="4" end="5"/>
</track>
<track name="blink" type="primary-point">
<el index="0" time="1.5"><attribute name="eye">both</attribute></el>
</track>
<track name="why" type="singleton" ref="phase">
<el index="0" ref="1"><attribute name="reason">asked</attribute></el>
</track>
<track name="unit" type="span" ref="phase">
<el index="0" start="0" end="1"/>
</track>
<track name="parts" type="subdivision" ref="phase"><el index="0"/></track>
<set name="links"/>
</body></annotation>
"""


def tiers(document: Document) -> dict[str, list[tuple[int, int, str]]]:
    return {t.id: [(a.start_ms, a.end_ms, a.value) for a in document.annotations(t.id)] for t in document.tiers}


def test_tracks_become_tiers():
    read = anvil.read(ANVIL.encode("latin-1"), "s01.anvil", ALL)
    assert tiers(read.documents["s01"]) == {
        "phase": [(1200, 2480, "Schl\u00e4g"), (3000, 4000, "hold"), (4000, 5000, "")],
        "phase.hand": [(1200, 2480, "l")],
        "phase comment": [(3000, 4000, "unsure")],
        "blink": [(1500, 1540, "both")],
        "why": [(3000, 4000, "asked")],
        "unit": [(1200, 4000, "")],
    }
    assert [item.message for item in read.findings] == ["not carried over: 'parts', 'set'"]
    assert [medium.url for medium in read.documents["s01"].media] == ["s01.avi"]


DAMAGED = {
    ANVIL.replace('start="1.2"', 'start="1,2"'): (5, "expected a start and a later end in seconds, not '1,2 2.4804'"),
    ANVIL.replace('start="3" end="4"', 'start="3" end="2"'): (6, "expected a start and a later end in seconds"),
    ANVIL.replace('index="1" start', 'index="0" start'): (6, "unexpected or incomplete element: el 0"),
    ANVIL.replace('ref="1"', 'ref="7"'): (13, "it refers to something that is not on the track 'phase'"),
    ANVIL.replace('start="0" end="1"', 'start="1" end="0"'): (16, "it refers to something that is not on the track"),
    ANVIL.replace('name="eye"', ""): (10, "unexpected or incomplete element: attribute"),
    ANVIL.replace('name="unit"', 'name="why"'): (15, "unexpected or incomplete element: track why"),
}


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_line_is_refused_with_its_number_and_the_remedy(text: str):
    line, said = DAMAGED[text]
    with pytest.raises(UnreadableInput) as caught:
        anvil.read(text.encode("latin-1"), "s01.anvil", ALL)
    assert caught.value.message.startswith(f"s01.anvil:{line}: ")
    assert said in caught.value.message
    assert caught.value.hint


def test_entities_and_other_files_are_refused():
    for text in ('<!DOCTYPE x [<!ENTITY a "a">]><annotation>&a;</annotation>', "<annotation/>", ANVIL[:200], "x"):
        with pytest.raises(UnreadableInput, match=r"^s01\.anvil"):
            anvil.read(text.encode("latin-1"), "s01.anvil", ALL)
    with pytest.raises(UnreadableInput, match=r"^s01\.anvil is not an Anvil file: it is not XML"):
        anvil.read(b"x", "s01.anvil", ALL)
