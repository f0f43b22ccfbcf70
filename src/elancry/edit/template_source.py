"""Where vocabularies, types and tiers are taken from: a codebook, a template, another coded file, an .ecv file.

Annotations of the source do not matter and are dropped at once, so that it stays small.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from elancry.codebook.load import load_codebook
from elancry.eaf import Document, Editor, Vocabulary, read_eaf, read_ecv
from elancry.eaf.columns import query
from elancry.eaf.languages import definition_of
from elancry.edit.change import Row
from elancry.errors import UsageError
from elancry.template.build import build_template
from elancry.texts import text


@dataclass(frozen=True)
class Source:
    """What can be taken over. `languages` maps ids to label and URL, `locales` language codes to country and variant;
    `document` is `None` for an .ecv file.
    """

    name: str
    vocabularies: tuple[Vocabulary, ...]
    languages: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    external_refs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    locales: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    document: Document | None = None


def load_source(source: str) -> Source:
    """The source at a path (.eaf, .etf, .ecv, a codebook's YAML), or the built-in codebook of that name.

    Raises UnreadableInput or InvalidInput for what cannot be read.
    """
    suffix = Path(source).suffix.lower()
    if suffix == ".ecv":
        found = read_ecv(source)
        languages = {code: (label, found.definitions.get(code)) for code, label in found.languages.items()}
        return Source(source, found.vocabularies, languages, dict(found.external_refs))
    if suffix in (".eaf", ".etf"):
        return from_document(read_eaf(source), source)
    return from_document(build_template(load_codebook(source)), source)


def from_document(document: Document, name: str) -> Source:
    """A document as a source."""
    root = copy.deepcopy(document.root)
    for element in query("TIER/node()[self::* or self::comment()] | TIME_ORDER/* | REF_LINK_SET")(root):
        element.getparent().remove(element)
    bare = Document(root, document.name)
    languages = {
        element.get("LANG_ID", ""): (element.get("LANG_LABEL", element.get("LANG_ID", "")), element.get("LANG_DEF"))
        for element in root.iterchildren("LANGUAGE")
    }
    locales = {
        element.get("LANGUAGE_CODE", ""): (element.get("COUNTRY_CODE"), element.get("VARIANT"))
        for element in root.iterchildren("LOCALE")
    }
    return Source(name, bare.vocabularies, languages, dict(bare.external_refs), locales, bare)


class Adoption:
    """Takes languages, external references and vocabularies of a source into an editor, each once."""

    def __init__(self, document: Document, source: Source, editor: Editor) -> None:
        self._source = source
        self._editor = editor
        self._languages = dict(document.language_definitions)
        self._refs = dict(document.external_refs)
        self._locales = {element.get("LANGUAGE_CODE") for element in document.root.iterchildren("LOCALE")}
        self.rows: list[Row] = []

    def languages(self, codes: Iterable[str]) -> None:
        """Add the languages that are not there yet; one without a definition, which ELAN ignores, gets it."""
        for code in codes:
            label, definition = self._source.languages.get(code, (None, None))
            if code not in self._languages:
                self._editor.languages.add(code, label, definition)
                self.rows.append(Row(text("change.language-added"), after=code))
            elif not self._languages[code]:
                self._editor.languages.set_definition(code, definition or definition_of(code))
                self.rows.append(Row(text("change.language-defined"), after=code))
            else:
                continue
            self._languages[code] = definition or definition_of(code)

    def locale(self, code: str | None) -> str | None:
        """The locale `code`, added where it is not there; `None` where the source has none, or the id is taken."""
        if code is None or code in self._locales:
            return code
        if code not in self._source.locales:
            return None
        try:
            self._editor.languages.add_locale(code, *self._source.locales[code])
        except UsageError:
            return None
        self._locales.add(code)
        return code

    def external_ref(self, reference: str | None) -> str | None:
        """The id here of what `reference` leads to in the source; added where it is not there."""
        if reference is None or reference not in self._source.external_refs:
            return None
        content = self._source.external_refs[reference]
        if self._refs.get(reference) == content:
            return reference
        twin = next((name for name, found in self._refs.items() if found == content), None)
        if twin is not None:
            return twin
        for name in (reference, *(f"er{number}" for number in range(1, 10_000))):
            if name in self._refs:
                continue
            try:
                self._editor.external_refs.add(name, *content)
            except UsageError:
                continue  # an annotation, a slot or a language has this id
            self._refs[name] = content
            return name
        raise UsageError(text("edit.no-free-id", name=self._source.name, reference=reference))

    def vocabulary(self, vocabulary: Vocabulary) -> Vocabulary:
        """The vocabulary as it can stand here: languages are there, references lead to the same as in the source."""
        used = dict.fromkeys(code for entry in vocabulary.entries for code in entry.values)
        if "" in used or "" in vocabulary.descriptions or any(entry.id is None for entry in vocabulary.entries):
            said = text("edit.vocabulary-of-old-form", vocabulary=vocabulary.id, name=self._source.name)
            raise UsageError(said, hint=text("edit.hint-save-in-elan"))
        self.languages([*used, *(code for code in vocabulary.descriptions if code not in used)])
        entries = tuple(replace(entry, ext_ref=self.external_ref(entry.ext_ref)) for entry in vocabulary.entries)
        return replace(vocabulary, entries=entries, ext_ref=self.external_ref(vocabulary.ext_ref))


def same_vocabulary(one: Vocabulary, other: Vocabulary) -> bool:
    """Whether two vocabularies say the same: entries in their order, texts, descriptions and references.

    Two that lie in the same place outside are the same, whether or not their entries could be read there.
    """
    if one.ext_ref is not None and one.ext_ref == other.ext_ref:
        return dict(one.descriptions) == dict(other.descriptions)
    return (
        one.ext_ref == other.ext_ref
        and dict(one.descriptions) == dict(other.descriptions)
        and [(e.id, dict(e.values), dict(e.descriptions), e.ext_ref) for e in one.entries]
        == [(e.id, dict(e.values), dict(e.descriptions), e.ext_ref) for e in other.entries]
    )
