"""Texts of a codebook in its languages, and ids: read, cleaned, and their mistakes reported."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from elancry.codebook.names import id_problem, illegal_character
from elancry.texts import Text, text
from elancry.yaml_lines import Kind, Node, Section, Walk


class TextReader:
    """Reads texts into mappings language -> text; `languages` are those that the codebook lists."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.languages: tuple[str, ...] = ("en",)

    def texts(
        self, section: Section, key: str, what: Text | str, *, required: bool = False, one_line: bool = False
    ) -> dict[str, str]:
        """Text per language under `key`; one bare text is the first language's."""
        node = section.node(key, required=required)
        if node is None:
            return {}
        part = text("yaml.key-of", what=what, key=key)
        if node.kind is Kind.TEXT:
            pairs: tuple[tuple[str, Node], ...] = ((self.languages[0], node),)
        else:
            pairs = tuple(self._known(section.pairs(key, self.languages), part))
        found: dict[str, str] = {}
        for language, value in pairs:
            words = self.clean(value, part, one_line=one_line)
            if words:
                found[language] = words
        self._translated(found, node.line, part, required=required)
        return {language: found[language] for language in self.languages if language in found}

    def _known(self, pairs: tuple[tuple[Node, Node], ...], what: Text) -> list[tuple[str, Node]]:
        known = []
        for key, value in pairs:
            if key.text in self.languages:
                known.append((key.text, value))
            else:
                self.language_problem(
                    key.line,
                    text("codebook.language-not-listed", what=what, language=key.text, languages=self.languages),
                    text("codebook.language-not-listed-hint"),
                )
        return known

    def _translated(self, found: Mapping[str, object], line: int, what: Text, *, required: bool) -> None:
        missing = [language for language in self.languages if language not in found]
        if missing and (found or required):
            code = "missing-language" if required else "untranslated"
            self.walk.report(code, line, text("codebook.no-text-in", what=what, languages=tuple(missing)))

    def clean(self, node: Node, what: Text, *, one_line: bool) -> str:
        """One text in Unicode NFC without white space at its ends; empty, with a finding, where it cannot stand."""
        if node.kind is not Kind.TEXT:
            self.walk.wrong_type(node, what, Kind.TEXT.words)
            return ""
        words = unicodedata.normalize("NFC", node.text.strip())
        illegal = illegal_character(words)
        if illegal is not None:
            message = text("codebook.bad-character", what=what, character=illegal)
            self.walk.report("bad-text", node.line, message, text("codebook.bad-character-hint"))
            return ""
        if not words:
            self.walk.report("bad-text", node.line, text("codebook.text-empty", what=what))
        elif one_line and "\n" in words:
            self.walk.report("bad-text", node.line, text("codebook.text-line-break", what=what))
        return words

    def examples(self, section: Section) -> dict[str, tuple[str, ...]]:
        """Examples per language; a bare list, or one bare text, is the first language's."""
        node = section.node("examples")
        if node is None:
            return {}
        what = section.part("examples")
        if node.kind is not Kind.MAPPING:
            pairs: list[tuple[str, Node]] = [(self.languages[0], node)]
        else:
            pairs = self._known(section.pairs("examples", self.languages), what)
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
            return self.texts(top, "title", top.what, required=True, one_line=True) if node else {}
        words = self.clean(node, top.part("title"), one_line=True)
        return {self.languages[0]: words} if words else {}

    def identifier(self, section: Section, what: Text | str) -> str:
        """The value of `id`; where it cannot be one, a finding proposes another."""
        given = section.text("id", required=True)
        if given is None:
            return ""
        problem = id_problem(given)
        if problem is not None:
            proposal = re.sub(r"\W+", "_", given, flags=re.ASCII).strip("_").lower()
            usable = proposal and id_problem(proposal) is None
            hint = text("codebook.bad-id-hint", proposal=proposal) if usable else None
            message = text("codebook.bad-id", what=what, id=given, problem=problem)
            self.walk.report("bad-id", section.line_of("id"), message, hint)
        return given

    def language_problem(self, line: int, message: Text, hint: Text | None) -> None:
        """Report a code that is not a language's, or a language that is not the codebook's."""
        self.walk.report("bad-language", line, message, hint)
