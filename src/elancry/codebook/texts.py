"""Texts of a codebook in its languages, and ids: read, cleaned, and their mistakes reported."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from elancry.codebook.names import id_problem, illegal_character
from elancry.yaml_lines import Kind, Node, Section, Walk


class TextReader:
    """Reads texts into mappings language -> text; `languages` are those that the codebook lists."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.languages: tuple[str, ...] = ("en",)

    def texts(
        self, section: Section, key: str, what: str, *, required: bool = False, one_line: bool = False
    ) -> dict[str, str]:
        """Text per language under `key`; one bare text is the first language's."""
        node = section.node(key, required=required)
        if node is None:
            return {}
        if node.kind is Kind.TEXT:
            pairs: tuple[tuple[str, Node], ...] = ((self.languages[0], node),)
        else:
            pairs = tuple(self._known(section.pairs(key), f"{what}, '{key}'"))
        found: dict[str, str] = {}
        for language, value in pairs:
            text = self.clean(value, f"{what}, '{key}'", one_line=one_line)
            if text:
                found[language] = text
        self._translated(found, node.line, f"{what}, '{key}'", required=required)
        return {language: found[language] for language in self.languages if language in found}

    def _known(self, pairs: tuple[tuple[Node, Node], ...], what: str) -> list[tuple[str, Node]]:
        known = []
        for key, value in pairs:
            if key.text in self.languages:
                known.append((key.text, value))
            else:
                listed = ", ".join(self.languages)
                self.language_problem(
                    key.line, f"{what}: '{key.text}' is not one of the codebook's languages ({listed})",
                    "Add it to 'languages', or correct it.",
                )  # fmt: skip
        return known

    def _translated(self, found: Mapping[str, object], line: int, what: str, *, required: bool) -> None:
        missing = [language for language in self.languages if language not in found]
        if missing and (found or required):
            code = "missing-language" if required else "untranslated"
            self.walk.report(code, line, f"{what}: no text in " + ", ".join(missing))

    def clean(self, node: Node, what: str, *, one_line: bool) -> str:
        """One text in Unicode NFC without white space at its ends; empty, with a finding, where it cannot stand."""
        if node.kind is not Kind.TEXT:
            self.walk.wrong_type(node, what, "a text")
            return ""
        text = unicodedata.normalize("NFC", node.text.strip())
        illegal = illegal_character(text)
        if illegal is not None:
            self.walk.report(
                "bad-text", node.line, f"{what}: the character {illegal} cannot stand in ELAN's files", "Delete it."
            )
            return ""
        if not text or (one_line and "\n" in text):
            problem = "the text is empty" if not text else "the text has a line break; one line was expected"
            self.walk.report("bad-text", node.line, f"{what}: {problem}")
        return text

    def examples(self, section: Section) -> dict[str, tuple[str, ...]]:
        """Examples per language; a bare list, or one bare text, is the first language's."""
        node = section.node("examples")
        if node is None:
            return {}
        what = f"{section.what}, 'examples'"
        if node.kind is not Kind.MAPPING:
            pairs: list[tuple[str, Node]] = [(self.languages[0], node)]
        else:
            pairs = self._known(section.pairs("examples"), what)
        found: dict[str, tuple[str, ...]] = {}
        for language, value in pairs:
            items = value.items if value.kind is Kind.LIST else (value,)
            found[language] = tuple(filter(None, (self.clean(item, what, one_line=False) for item in items)))
        self._translated(found, node.line, what, required=False)
        return found

    def title(self, top: Section) -> dict[str, str]:
        """The title per language; one bare title does for all languages, as no rater has to choose by it."""
        node = top.node("title", required=True)
        if node is None or node.kind is not Kind.TEXT:
            return self.texts(top, "title", "the codebook", required=True, one_line=True) if node else {}
        text = self.clean(node, "the codebook, 'title'", one_line=True)
        return {self.languages[0]: text} if text else {}

    def identifier(self, section: Section, what: str) -> str:
        """The value of `id`; where it cannot be one, a finding proposes another."""
        text = section.text("id", required=True)
        if text is None:
            return ""
        problem = id_problem(text)
        if problem is not None:
            proposal = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
            hint = f"Try '{proposal}'." if proposal and id_problem(proposal) is None else None
            self.walk.report("bad-id", section.line_of("id"), f"{what}: the id '{text}' {problem}", hint)
        return text

    def language_problem(self, line: int, message: str, hint: str | None) -> None:
        """Report a language that is none, or is not the codebook's."""
        self.walk.report("bad-language", line, message, hint)
