"""What is left of the phrasebook: words of the report that are no texts of the catalogue yet."""

from __future__ import annotations

import re

import pytest

from elancry.report.phrases import _book, said
from elancry.texts import Text, languages

OTHERS = [language for language in languages() if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_sentence_has(language):
    plain, patterns = _book(language)
    assert plain
    for pattern, made in patterns:
        assert set(re.findall(r"{(\w+)}", made)) <= set(pattern.groupindex), made


def test_an_interval_is_told_with_its_numbers():
    basis = Text("interval.sessions", {"sessions": 32, "resamples": 2000, "undefined": 7})
    made = Text("interval.percentile", {"basis": basis, "why": Text("interval.bca-no-difference")})
    assert made.into("en") == (
        "percentile bootstrap over 32 sessions, 2000 resamples, 7 undefined "
        "(BCa does not exist: no session makes a difference)"
    )
    assert made.into("de") == (
        "Perzentil-Bootstrap über 32 Sitzungen, 2000 Ziehungen, davon 7 nicht definiert "
        "(BCa gibt es nicht: keine Sitzung macht einen Unterschied)"
    )


def test_english_and_unknown_sentences_stay_as_they_are():
    text = "something new; no sequence was coded by two raters"
    assert said(text, "en") == text
    assert said(text, "de") == "something new; keine Sequenz wurde von zwei Ratern kodiert"
