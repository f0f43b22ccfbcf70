"""Sentences that are made where numbers are computed (reasons, warnings, intervals), in the language of the report.

The tables hold them in English, since a table is read by programs too. A phrasebook says each once more: its keys are
the English sentences with {fields} for what is filled in. A sentence that it lacks stays English, for a reader is
better served by an English reason than by none; a test reads the sources and fails for any that is missing.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml

# Fields that are sentences, or levels of nesting, themselves.
_NESTED = frozenset({"why", "basis", "level", "levels"})
_ASSETS = files("elancry.report") / "assets"


def said(text: str, language: str) -> str:
    """`text` in `language`; clauses between semicolons one by one where the whole is not known, unknown ones as is."""
    if language == "en" or not text:
        return text
    whole = known(text, language)
    if whole is not None:
        return whole
    return "; ".join(known(clause, language) or clause for clause in text.split("; "))


def known(text: str, language: str) -> str | None:
    """The whole of `text` in `language`, `None` where the phrasebook lacks it."""
    plain, patterns = _book(language)
    if text in plain:
        return plain[text]
    for pattern, made in patterns:
        found = pattern.fullmatch(text)
        if found is not None:
            fields = found.groupdict()
            return made.format_map(
                {name: said(value, language) if name in _NESTED else value for name, value in fields.items()}
            )
    return None


@cache
def _book(language: str) -> tuple[Mapping[str, str], Sequence[tuple[re.Pattern[str], str]]]:
    """Sentences without fields, and those with fields as patterns, the ones with most letters of their own first."""
    texts: Mapping[str, str] = yaml.safe_load((_ASSETS / f"phrases_{language}.yaml").read_text(encoding="utf-8"))
    plain = {text: made for text, made in texts.items() if "{" not in text}
    fielded = sorted((text for text in texts if "{" in text), key=lambda text: -len(re.sub(r"{\w+}", "", text)))
    return plain, [(_pattern(text), texts[text]) for text in fielded]


def _pattern(text: str) -> re.Pattern[str]:
    parts = []
    for literal, name, _, _ in string.Formatter().parse(text):
        parts.append(re.escape(literal))
        if name:
            # A field never spans two clauses.
            parts.append(f"(?P<{name}>(?:(?!; ).)+?)")
    return re.compile("".join(parts), re.DOTALL)
