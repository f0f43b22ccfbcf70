"""Codes of languages in a codebook, and what stands for those that ELAN drops."""

from __future__ import annotations

import pytest

from elancry.codebook.languages import codebook_language, is_language, nearest_language
from elancry.codebook.load import parse_codebook
from elancry.errors import InvalidInput

ONLY_REFUSED = """elancry_codebook: 1
id: riso
title: {pt-BR: Riso}
languages: [pt-BR]
systems:
  - id: riso
    labels: {pt-BR: Riso}
    categories:
      - {id: um, labels: {pt-BR: partilhado}}
"""


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("pt-BR", [], "pt"),
        ("pt-BR", ["pt"], "ptbr"),
        ("pt-BR", ["por"], "ptbr"),
        ("de-AT", [], "de"),
        ("zh-Hant", [], "zh"),
        ("zh-Hant", ["zh"], "zhhant"),
        ("zh-Hans", ["zh", "zhhant"], "zhhans"),
        ("DE", [], "de"),
        ("deu-1901", [], "de"),
        ("English", [], "en"),
        ("sgn-DE-x-berlin", ["sgn"], "sgnlin"),
        ("1", [], None),
    ],
)
def test_the_nearest_code_that_works(text: str, taken: list[str], expected: str | None) -> None:
    assert nearest_language(text, taken) == expected
    assert not is_language(text)
    assert expected is None or is_language(expected)


@pytest.mark.parametrize(
    ("elan_id", "code"), [("deu", "de"), ("gsw", "gsw"), ("pt-BR", "pt"), ("por-BR", "pt"), ("x1", "und"), ("", "und")]
)
def test_the_code_of_a_language_in_a_file(elan_id: str, code: str) -> None:
    assert codebook_language(elan_id) == code


@pytest.mark.parametrize(("code", "instead"), [("pt-BR", "pt"), ("zh-Hant", "zh"), ("de-AT", "de")])
def test_a_codebook_whose_only_language_elan_refuses(code: str, instead: str) -> None:
    """One finding, however many texts there are in that language; with the code that works."""
    with pytest.raises(InvalidInput) as caught:
        parse_codebook(ONLY_REFUSED.replace("pt-BR", code))
    (found,) = caught.value.findings
    assert found.message == (
        f"the language '{code}' cannot be used: ELAN drops a language with such an id, with all its labels; "
        "expected two or three lower-case letters like en or de"
    )
    assert found.hint == f"Write '{instead}' instead, both here and in the texts."
