"""What is said outside the report's own catalogue, in every language of the report: reasons, warnings, findings.

The sentences are read out of the sources, so a new one without a translation fails here.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import elancry
from elancry.report.phrases import _book, known, said
from elancry.texts import Text, languages

SOURCE = Path(elancry.__file__).parent
OTHERS = [language for language in languages() if language != "en"]

# Where sentences that a report shows are made.
MADE_IN = (
    "check/roster.py",
)  # fmt: skip


def literals(path: Path) -> list[str]:
    """Strings of three words and more that are no docstring, not raised, no hint and no explanation for the docs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
        named = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id
        if isinstance(node, ast.Raise) or named == "EXPLANATIONS":
            passed |= {id(part) for part in ast.walk(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            # Whatever is filled in: a number, or one of the levels of nesting before a plural.
            text = "".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)
            found.append(re.sub("\0(?=s\\b)", "session", text).replace("\0", "7"))
    return [text for text in found if text.count(" ") >= 2]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_rooms_that_compute(language):
    texts = {text: path.name for part in MADE_IN for path in SOURCE.glob(part) for text in literals(path)}
    assert texts, "the sources are read"
    missing = {
        text: name
        for text, name in texts.items()
        if known(text, language) is None and any(known(clause, language) is None for clause in text.split("; "))
    }
    assert missing == {}, f"no {language} for these in assets/phrases_{language}.yaml"


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
