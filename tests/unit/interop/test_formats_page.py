"""The page on formats says what the code says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from elancry.findings import CATALOGUE
from elancry.interop.formats import documented_names, format_names, load_format
from elancry.texts import languages

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_page_is_up_to_date(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(DOCS))
    monkeypatch.delitem(sys.modules, "make_formats", raising=False)
    import make_formats

    text = make_formats.PAGE.read_text(encoding="utf-8")
    assert make_formats.page(text) == text, "run: python docs/make_formats.py"


@pytest.mark.parametrize("name", documented_names())
def test_every_format_says_what_it_loses(name: str):
    form = load_format(name)
    assert form.name == name
    assert form.loses or not (form.write or form.gather)
    assert form.not_understood or form.read is None
    for sentence in (*form.loses, *form.not_understood):
        assert all(sentence.into(language).endswith(".") for language in languages()), sentence


def test_no_two_formats_share_a_suffix():
    suffixes = [suffix.lower() for name in format_names() for suffix in load_format(name).suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_what_a_conversion_finds_is_catalogued():
    assert "convert-lost" in CATALOGUE
