"""The catalogues of the languages hold the same keys, the same fields, and what the code asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import elancry.report
from elancry.report.content import build_report
from elancry.report.words import LANGUAGES, Words, fields_of
from elancry.study.results import Results

ROOM = Path(elancry.report.__file__).parent
ENGLISH = Words("en").texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_keys_and_fields_as_in_english(language):
    texts = Words(language).texts
    assert texts.keys() == ENGLISH.keys()
    assert {key: fields_of(text) for key, text in texts.items()} == {k: fields_of(t) for k, t in ENGLISH.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice_in_a_file(language):
    lines = (ROOM / "assets" / f"words_{language}.yaml").read_text(encoding="utf-8").splitlines()
    keys = [match.group(1).strip("'") for line in lines if (match := re.match(r"(\S[^:]*):(?: |$)", line))]
    assert len(keys) == len(set(keys)) == len(ENGLISH)
    assert all(isinstance(text, str) for text in yaml.safe_load("\n".join(lines)).values())


def test_every_key_that_the_code_names_is_there_and_every_text_is_named():
    code = "\n".join(path.read_text(encoding="utf-8") for path in [*ROOM.rglob("*.py"), *ROOM.rglob("*.j2")])
    named = set(re.findall(r"words\(\s*[\"']([a-z_.0-9]+)[\"']", code)) - {"key"}  # a docstring's example
    assert len(named) > 60, "the pattern finds the calls"
    assert named - ENGLISH.keys() == set()
    # Keys put together from parts: `measure.` + the measure, `head.` + the column, ...
    prefixes = tuple(re.findall(r"[\"']([a-z_.]+\.)(?:\{|[\"'])", code))
    unnamed = [
        key for key in ENGLISH if f'"{key}"' not in code and f"'{key}'" not in code and not key.startswith(prefixes)
    ]
    assert unnamed == []


def test_the_whole_report_in_german_has_no_english_sentence(sample: Results):
    texts = [block for section in build_report(sample, language="de").sections for block in section.blocks]
    assert texts
    shown = repr(texts)
    german = set(Words("de").texts.values())
    sentences = [text for text in ENGLISH.values() if len(text) > 60 and "{" not in text and text not in german]
    assert len(sentences) > 20
    assert [text for text in sentences if text in shown] == []
