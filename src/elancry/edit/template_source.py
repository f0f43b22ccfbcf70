"""Where vocabularies, types and tiers are taken from: a codebook, a template, another coded file, an .ecv file.

Annotations of the source do not matter and are dropped at once, so that it stays small.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from elancry.codebook.load import load_codebook
from elancry.eaf import Document, Editor, Vocabulary, parse_eaf, read_eaf, read_ecv
from elancry.eaf.languages import definition_of
from elancry.edit.change import Row
from elancry.errors import UsageError
from elancry.template.build import build_template


@dataclass(frozen=True)
class Source:
    """What can be taken over. `languages` maps ids to label and URL; `document` is `None` for an .ecv file."""

    name: str
    vocabularies: tuple[Vocabulary, ...]
    languages: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)
    external_refs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
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
    root = etree.fromstring(document.to_bytes(), etree.XMLParser(huge_tree=True, resolve_entities=False))
    languages = {
        element.get("LANG_ID", ""): (element.get("LANG_LABEL", element.get("LANG_ID", "")), element.get("LANG_DEF"))
        for element in root.iterchildren("LANGUAGE")
    }
    for tier in root.iterchildren("TIER"):
        for child in list(tier):
            tier.remove(child)
    for tag in ("TIME_ORDER", "REF_LINK_SET"):
        for element in list(root.iterchildren(tag)):
            for child in list(element):
                element.remove(child)
            if tag == "REF_LINK_SET":
                root.remove(element)
    bare = parse_eaf(etree.tostring(root, encoding="UTF-8", xml_declaration=True), document.name)
    return Source(name, bare.vocabularies, languages, dict(bare.external_refs), bare)


class Adoption:
    """Takes languages, external references and vocabularies of a source into an editor, each once."""

    def __init__(self, document: Document, source: Source, editor: Editor) -> None:
        self._source = source
        self._editor = editor
        self._languages = dict(document.language_definitions)
        self._refs = dict(document.external_refs)
        self.rows: list[Row] = []

    def languages(self, codes: Iterable[str]) -> None:
        """Add the languages that are not there yet; one without a definition, which ELAN ignores, gets it."""
        for code in codes:
            label, definition = self._source.languages.get(code, (None, None))
            if code not in self._languages:
                self._editor.add_language(code, label, definition)
                self.rows.append(Row("language added", after=code))
            elif not self._languages[code]:
                self._editor.set_language_definition(code, definition or definition_of(code))
                self.rows.append(Row("language defined", after=code))
            else:
                continue
            self._languages[code] = definition or definition_of(code)

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
                self._editor.add_external_ref(name, *content)
            except UsageError:
                continue  # an annotation, a slot or a language has this id
            self._refs[name] = content
            return name
        raise UsageError(f"{self._source.name}: no free id for the external reference {reference!r}")

    def vocabulary(self, vocabulary: Vocabulary) -> Vocabulary:
        """The vocabulary as it can stand here: languages are there, references lead to the same as in the source."""
        used = dict.fromkeys(code for entry in vocabulary.entries for code in entry.values)
        if "" in used or "" in vocabulary.descriptions or any(entry.id is None for entry in vocabulary.entries):
            raise UsageError(
                f"the vocabulary {vocabulary.id!r} of {self._source.name} is of the old form, before EAF 2.8",
                hint="Open that file in ELAN and save it: ELAN writes the present form.",
            )
        self.languages([*used, *(code for code in vocabulary.descriptions if code not in used)])
        entries = tuple(replace(entry, ext_ref=self.external_ref(entry.ext_ref)) for entry in vocabulary.entries)
        return replace(vocabulary, entries=entries, ext_ref=self.external_ref(vocabulary.ext_ref))


def same_vocabulary(one: Vocabulary, other: Vocabulary) -> bool:
    """Whether two vocabularies say the same: entries in their order, texts, descriptions and references."""
    return (
        one.ext_ref == other.ext_ref
        and dict(one.descriptions) == dict(other.descriptions)
        and [(e.id, dict(e.values), dict(e.descriptions), e.ext_ref) for e in one.entries]
        == [(e.id, dict(e.values), dict(e.descriptions), e.ext_ref) for e in other.entries]
    )
