"""Types, vocabularies, languages, locales, lexica and external references of several documents, equal ones shared.

A linguistic type of the same name that differs is kept as `TYPE@RATER`, with a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from elancry.eaf import TierType, Vocabulary, VocabularyEntry
from elancry.eaf.elements import external_ref_element, language_element, set_attribute, type_element, vocabulary_element
from elancry.eaf.languages import definition_of, known_definition, label_of
from elancry.findings import Finding, finding
from elancry.merge.parts import Ids, Part, copied
from elancry.merge.vocabularies import UnitedVocabularies
from elancry.texts import text


@dataclass(frozen=True)
class Names:
    """Name in a part -> name in the merged file."""

    types: Mapping[str, str]
    vocabularies: Mapping[str, str]
    external: Mapping[str, str]


class Definitions:
    """What tiers and annotations refer to."""

    def __init__(self, ids: Ids) -> None:
        self.types: dict[str, TierType] = {}
        self._ids = ids
        self._vocabularies = UnitedVocabularies()
        self._languages: dict[str, etree._Element] = {}
        self._locales: dict[str, etree._Element] = {}
        self._external: dict[tuple[str, str], str] = {}
        self._lexica: dict[tuple[tuple[str, str], ...], etree._Element] = {}
        self._findings: list[Finding] = []
        # Vocabulary name -> (vocabulary, its entries by id and text), made when first asked for.
        self._entries: dict[str, tuple[Vocabulary | None, dict[str, VocabularyEntry]]] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Conflicts so far."""
        return (*self._findings, *self._vocabularies.findings)

    def take(self, part: Part) -> Names:
        """Take over a part's definitions."""
        external = {old: self._external_id(old, key) for old, key in part.document.external_refs.items()}
        for element in part.root.iterchildren("LANGUAGE"):
            self._define(element.get("LANG_ID", ""), element)
        for element in part.root.iterchildren("LOCALE"):
            if element.get("LANGUAGE_CODE", "") not in self._locales:
                self._locales[element.get("LANGUAGE_CODE", "")] = copied(element)
                self._ids.reserve(element.get("LANGUAGE_CODE", ""))
        vocabularies = self._vocabularies.add(part, external, self._any_language)
        lexica = self._take_lexica(part)
        return Names(self._take_types(part, vocabularies, external, lexica), vocabularies, external)

    def add_type(self, kind: TierType) -> None:
        """Add a type unless one of that name is there."""
        self.types.setdefault(kind.id, kind)

    def entry_of(self, type_id: str, texts: Iterable[str]) -> VocabularyEntry | None:
        """The vocabulary entry of a type that has one of `texts` as id or value."""
        kind = self.types.get(type_id)
        vocabulary = self._vocabularies.united.get(kind.vocabulary or "") if kind is not None else None
        if vocabulary is None:
            return None
        known, by_text = self._entries.get(vocabulary.id, (None, {}))
        if known is not vocabulary:
            by_text = {}
            for entry in vocabulary.entries:
                for name in (entry.id, *entry.values.values()):
                    by_text.setdefault(name or "", entry)
            self._entries[vocabulary.id] = vocabulary, by_text
        return next((by_text[text] for text in texts if text in by_text), None)

    def before_constraints(self) -> list[etree._Element]:
        """LINGUISTIC_TYPE, LOCALE and LANGUAGE elements."""
        for name, language in self._languages.items():
            if not language.get("LANG_DEF"):
                set_attribute(language, "LANG_DEF", definition_of(name))
        return [*map(type_element, self.types.values()), *self._locales.values(), *self._languages.values()]

    def vocabularies_and_lexica(self) -> list[etree._Element]:
        """CONTROLLED_VOCABULARY and LEXICON_REF elements."""
        return [*map(vocabulary_element, self._vocabularies.united.values()), *self._lexica.values()]

    def external(self) -> list[etree._Element]:
        """EXTERNAL_REF elements."""
        return [external_ref_element(name, *key) for key, name in self._external.items()]

    def _external_id(self, old: str, key: tuple[str, str]) -> str:
        if key not in self._external:
            self._external[key] = self._ids.free(old, "er")
        return self._external[key]

    def _define(self, name: str, language: etree._Element) -> None:
        """Take a language over. Of definitions that differ, the one counts by which ELAN knows the language."""
        present = self._languages.get(name)
        if present is None:
            self._ids.reserve(name)
        stated = language.get("LANG_DEF")
        known = stated is not None and stated == known_definition(name)
        if present is None or (stated and not present.get("LANG_DEF")) or known:
            self._languages[name] = copied(language)

    def _any_language(self, name: str) -> str:
        """`name`, defined if it was not: vocabularies may refer to languages that no file defines."""
        if name not in self._languages:
            self._define(name, language_element(name, label_of(name)))
        return name

    def _take_lexica(self, part: Part) -> dict[str, str]:
        names: dict[str, str] = {}
        for element in part.root.iterchildren("LEXICON_REF"):
            result = copied(element)
            old = result.attrib.pop("LEX_REF_ID", "")
            key = tuple(sorted((str(name), str(value)) for name, value in result.items()))
            if key not in self._lexica:
                result.set("LEX_REF_ID", self._ids.free(str(old), "lexrf"))
                self._lexica[key] = result
            names[str(old)] = self._lexica[key].get("LEX_REF_ID", "")
        return names

    def _take_types(
        self, part: Part, vocabularies: Mapping[str, str], external: Mapping[str, str], lexica: Mapping[str, str]
    ) -> dict[str, str]:
        names: dict[str, str] = {}
        for kind in part.document.types:
            vocabulary = None if kind.vocabulary is None else vocabularies.get(kind.vocabulary, kind.vocabulary)
            reference = None if kind.ext_ref is None else external.get(kind.ext_ref)
            lexicon = None if kind.lexicon_ref is None else lexica.get(kind.lexicon_ref)
            name, number = kind.id, 0
            while True:
                wanted = TierType(name, kind.constraint, kind.time_alignable, vocabulary, reference, lexicon)
                if self.types.setdefault(name, wanted) == wanted:
                    break
                number += 1
                name = f"{kind.id}@{part.rater}" + (f".{number}" if number > 1 else "")
            names[kind.id] = name
            if name != kind.id:
                message = text("finding.merge-type-conflict.message", kind=kind.id, rater=part.rater, name=name)
                hint = text("finding.merge-type-conflict.hint")
                where = {"file": part.name, "rater": part.rater}
                self._findings.append(finding("merge-type-conflict", message, hint=hint, **where))
        return names
