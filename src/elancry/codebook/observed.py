"""What the tiers of coded files are bound to, gathered over many files without keeping any of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from elancry.codebook.languages import codebook_language
from elancry.codebook.read import MAX_SCALE_VALUES

if TYPE_CHECKING:
    from elancry.eaf import Document, Tier, TierType, VocabularyEntry

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,6}")
_WRITTEN_BY_MERGING = re.compile(r"@(consensus|disagreement)$")


@dataclass
class Entry:
    """One vocabulary entry, or one value; mappings go from language code to text."""

    cve_id: str | None
    labels: dict[str, str]
    definitions: dict[str, str] = field(default_factory=dict)


@dataclass
class ObservedTier:
    """A tier of one name in all files. `entries` go by the text of their first language, in the files' order."""

    name: str
    associated: bool = False
    has_vocabulary: bool = False
    vocabulary: str | None = None
    parent: str | None = None
    participant: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_rating(self) -> bool:
        """An associated child whose vocabulary is a scale of whole numbers."""
        if not (self.associated and self.has_vocabulary and len(self.entries) > 1):
            return False
        if not all(_WHOLE_NUMBER.fullmatch(key) for key in self.entries):
            return False
        numbers = {int(key) for key in self.entries}
        return 0 < max(numbers) - min(numbers) < MAX_SCALE_VALUES


def base_name(tier: str) -> str:
    """`crying_form@R1` -> `crying_form`: the tier that a rater's tier in a merged file stands for."""
    head, _, _ = tier.rpartition("@")
    return head or tier


def observe(documents: Iterable[Document], *, wanted: Collection[str] | None) -> dict[str, ObservedTier]:
    """Every tier of the documents by base name, in the order they are first seen.

    Values are gathered for tiers whose vocabulary has no entries in the file (an external one), and for tiers in
    `wanted` that have none at all; they come sorted behind the entries.
    """
    found: dict[str, ObservedTier] = {}
    values: dict[str, set[str]] = {}
    for document in documents:
        name_of = base_name if _is_merged(document) else str
        # Many tiers may share one vocabulary, so its texts are put in order once.
        entries: dict[str, list[tuple[str, Entry]]] = {}
        for tier in document.tiers:
            name = name_of(tier.id)
            observed = found.setdefault(name, ObservedTier(name))
            tier_type = document.type_of(tier.id)
            _note_tier(observed, tier, tier_type, None if tier.parent is None else name_of(tier.parent))
            vocabulary = document.vocabulary(tier_type.vocabulary) if tier_type and tier_type.vocabulary else None
            if vocabulary is not None:
                observed.has_vocabulary = True
                observed.vocabulary = observed.vocabulary or vocabulary.id
                if vocabulary.id not in entries:
                    entries[vocabulary.id] = [item for entry in vocabulary.entries for item in _entry(entry)]
                for key, noted in entries[vocabulary.id]:
                    _note_entry(observed, key, noted)
            named = wanted is not None and (tier.id in wanted or name in wanted)
            external = vocabulary is not None and not vocabulary.entries
            if not _WRITTEN_BY_MERGING.search(tier.id) and (external or (named and vocabulary is None)):
                texts = values.setdefault(name, set())
                texts.update(_text(annotation.value) for annotation in document.annotations(tier.id))
    for name, texts in values.items():
        for text in sorted(texts - {""}):
            found[name].entries.setdefault(text, Entry(None, {codebook_language(""): text}))
    return found


def _is_merged(document: Document) -> bool:
    """Only there `@` separates tier and rater; elsewhere it is part of a name (`words@CHI`, a participant's tier)."""
    by_name = document.name.lower().endswith(".merged.eaf")
    return by_name or any(_WRITTEN_BY_MERGING.search(tier.id) for tier in document.tiers)


def _note_tier(observed: ObservedTier, tier: Tier, tier_type: TierType | None, parent: str | None) -> None:
    if parent is not None:
        observed.parent = observed.parent or parent
        if tier_type is not None and tier_type.constraint == "Symbolic_Association":
            observed.associated = True
    observed.participant = observed.participant or _text(tier.participant or "") or None


def _entry(entry: VocabularyEntry) -> Iterator[tuple[str, Entry]]:
    """The entry with its key, the text of its first language; nothing for an entry without a text."""
    labels: dict[str, str] = {}
    for language, value in entry.values.items():
        if _text(value):
            labels.setdefault(codebook_language(language), _text(value))
    definitions: dict[str, str] = {}
    for language, text in entry.descriptions.items():
        if text and _text(text):
            definitions.setdefault(codebook_language(language), _text(text))
    if labels:
        yield next(iter(labels.values())), Entry(entry.id, labels, definitions)


def _note_entry(observed: ObservedTier, key: str, noted: Entry) -> None:
    known = observed.entries.get(key)
    if known is None:
        observed.entries[key] = Entry(noted.cve_id, dict(noted.labels), dict(noted.definitions))
        return
    for language, text in noted.labels.items():
        known.labels.setdefault(language, text)
    for language, text in noted.definitions.items():
        known.definitions.setdefault(language, text)


def _text(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip()
