"""The report's own words in each language: one catalogue a language, the same keys in all of them."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from elancry.choices import Language
from elancry.errors import UsageError
from elancry.report.numbers import whole
from elancry.report.phrases import said
from elancry.texts import Text, Texts

LANGUAGES = ("en", "de")


@cache
def _catalogue(language: str) -> Mapping[str, str]:
    path = files("elancry.report") / "assets" / f"words_{language}.yaml"
    texts: Mapping[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


class Words:
    """`words("key", name=value)` is the text of `key` with its fields filled in."""

    def __init__(self, language: str = Language.ENGLISH) -> None:
        if language not in LANGUAGES:
            raise UsageError(
                f"no report in language {language!r}", hint=f"The report is written in: {', '.join(LANGUAGES)}."
            )
        self.language = language
        self.texts: Mapping[str, str] = _catalogue(language)

    def __call__(self, key: str, **fields: str) -> str:
        """The text of `key`; KeyError where the catalogue lacks it or a field is not given."""
        return self.texts[key].format_map(fields)

    def get(self, key: str, default: str) -> str:
        """The text of `key`, or `default` for a name that the catalogue does not know (a new measure, say)."""
        return self.texts.get(key, default)

    def count(self, thing: str, n: int) -> str:
        """`count("sequence", 46)` -> `46 sequences`."""
        return self.texts[f"count.{thing}.{'one' if n == 1 else 'many'}"].format_map({"n": whole(n)})

    def said(self, text: str | Text | Texts) -> str:
        """A sentence of the tables (a reason, a warning, how an interval was made) in this language."""
        return said(text, self.language) if isinstance(text, str) else text.into(self.language)

    def listed(self, items: list[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('and')} {items[-1]}"


def fields_of(text: str) -> set[str]:
    """Names of the fields that `text` wants filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
