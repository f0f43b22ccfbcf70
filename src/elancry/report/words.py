"""The report's own words in one language: the texts `report.*` of the catalogues (`elancry.texts`)."""

from __future__ import annotations

from elancry.choices import Language
from elancry.names import require
from elancry.report.numbers import whole
from elancry.texts import Text, Texts, known, languages


class Words:
    """`words("key", name=value)` is the text `report.key` with its fields filled in."""

    def __init__(self, language: str = Language.ENGLISH) -> None:
        if language not in languages():
            require("report-language", (language,), languages())
        self.language = language

    def __call__(self, key: str, **fields: str) -> str:
        """The text of `key`; KeyError where the catalogue lacks it or a field is not given."""
        return Text(f"report.{key}", fields).into(self.language)

    def get(self, key: str, default: str) -> str:
        """The text of `key`, or `default` for a name that the catalogue does not know (a new measure, say)."""
        code = f"report.{key.replace(' ', '_')}"
        return Text(code).into(self.language) if known(code, self.language) else default

    def count(self, thing: str, n: int) -> str:
        """`count("sequence", 46)` -> `46 sequences`."""
        return Text(f"report.count.{thing}", {"n": n, "number": whole(n)}).into(self.language)

    def said(self, text: str | Text | Texts) -> str:
        """A sentence of the tables (a reason, a warning, how an interval was made) in this language."""
        return text if isinstance(text, str) else text.into(self.language)

    def listed(self, items: list[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('and')} {items[-1]}"
