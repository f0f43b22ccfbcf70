"""The report's words: what the code asks for is there, and what is there is asked for."""

from __future__ import annotations

import re
from pathlib import Path

from catalogues import texts

import elancry.report
from elancry.report.content import build_report
from elancry.study.results import Results
from elancry.texts import Text

ROOM = Path(elancry.report.__file__).parent
ENGLISH = texts("en", "report.")


def test_every_key_that_the_code_names_is_there_and_every_text_is_named():
    rooms = [*ROOM.rglob("*.py"), *ROOM.rglob("*.j2"), *(ROOM.parent / "power").rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in rooms)
    named = set(re.findall(r"words\(\s*[\"']([a-z_.0-9]+)[\"']", code)) - {"key"}  # a docstring's example
    assert len(named) > 60, "the pattern finds the calls"
    assert named - ENGLISH.keys() == set()
    # Keys put together from parts: `measure.` + the measure, `head.` + the column, ...
    prefixes = (*re.findall(r"[\"']([a-z_.]+\.)(?:\{|[\"'])", code), "count.")
    elsewhere = {
        key
        for path in ROOM.parent.rglob("*.py")
        for key in re.findall(r"\"report\.([a-z_.0-9]+)\"", path.read_text(encoding="utf-8"))
    }
    unnamed = [
        key
        for key in ENGLISH
        if f'"{key}"' not in code and f"'{key}'" not in code and not key.startswith(prefixes) and key not in elsewhere
    ]
    assert unnamed == []


def test_the_whole_report_in_german_has_no_english_sentence(sample: Results):
    blocks = [block for section in build_report(sample, language="de").sections for block in section.blocks]
    assert blocks
    shown = repr(blocks)
    german = set(texts("de", "report.").values())
    sentences = [text for text in ENGLISH.values() if len(text) > 60 and "{" not in text and text not in german]
    assert len(sentences) > 20
    assert [text for text in sentences if text in shown] == []


def test_an_interval_is_described_with_its_numbers():
    basis = Text("interval.sessions", {"sessions": 32, "resamples": 2000, "undefined": 7})
    made = Text("interval.percentile", {"basis": basis, "why": Text("interval.bca-no-difference")})
    assert made.into("en") == (
        "percentile bootstrap over 32 sessions, 2000 resamples, 7 undefined "
        "(no BCa interval: leaving out a session changes nothing)"
    )
    assert made.into("de") == (
        "Perzentil-Bootstrap über 32 Sitzungen, 2000 Stichproben, davon 7 nicht definiert "
        "(kein BCa-Intervall: das Weglassen einer Sitzung ändert nichts)"
    )
