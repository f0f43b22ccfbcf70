"""Texts of consensus tiers, whatever language ELAN's content language has put them into.

ELAN shows the values of a tier without LANG_REF in its content language, and writes them so: opening a merged file with
German as the content language makes `Schluchzen` of every `sobbing` whose entry has both. Nobody decided anything then.
A value that its own entry (CVE_REF) has in any language means that entry, and can be put back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from elancry.eaf import Annotation, Document


@dataclass(frozen=True)
class _Entries:
    """A tier's vocabulary: `texts` is entry -> language -> text, `by_text` holds texts that only one entry has."""

    texts: Mapping[str, Mapping[str, str]]
    by_text: Mapping[str, str]


def meaning_in(document: Document, tier: str) -> Callable[[Annotation], str]:
    """What an annotation of the tier means: the vocabulary entry that it refers to, or that alone has its text.

    Where there is none it means its text.
    """
    entries = _entries(document, tier)

    def meaning(item: Annotation) -> str:
        if item.cve_ref is not None and item.value in entries.texts.get(item.cve_ref, {}).values():
            return item.cve_ref
        return entries.by_text.get(item.value, item.value)

    return meaning


def meaning_of_text(document: Document, tier: str) -> Callable[[str], str]:
    """The same for texts of which no reference to an entry is known."""
    by_text = _entries(document, tier).by_text
    return lambda value: by_text.get(value, value)


def in_language(document: Document, languages: Mapping[str, str]) -> Document:
    """The document with the values of some tiers (tier -> LANG_REF) in their language again.

    Changed is only a value that its entry has in another language; a tier without LANG_REF gets it.
    """
    editor = document.edit()
    defined = document.languages
    for name, language in languages.items():
        tier = document.tier(name)
        if tier is None or language not in defined:
            continue
        if tier.lang_ref is None:
            editor.tiers.set(name, lang_ref=language)
        texts = _entries(document, name).texts
        for item in document.annotations(name):
            known = texts.get(item.cve_ref or "", {})
            if item.value != known.get(language, item.value) and item.value in known.values():
                editor.annotations.set_value(item.id, known[language], cve_ref=item.cve_ref)
    return editor.document()


def _entries(document: Document, tier: str) -> _Entries:
    kind = document.type_of(tier) if document.tier(tier) is not None else None
    vocabulary = document.vocabulary(kind.vocabulary) if kind is not None and kind.vocabulary is not None else None
    entries = () if vocabulary is None else vocabulary.entries
    owners: dict[str, set[str]] = {}
    for entry in entries:
        for text in entry.values.values():
            owners.setdefault(text, set()).add(entry.id or "")
    return _Entries(
        {entry.id: {language or "": text for language, text in entry.values.items()} for entry in entries if entry.id},
        {text: next(iter(ids)) for text, ids in owners.items() if len(ids) == 1 and "" not in ids},
    )
