"""What the tiers of coded files are bound to, gathered over many files without keeping any of them.

An entry of a vocabulary is one category, whatever the language of its texts: entries of one id in vocabularies of one
name are united, unless one language has two texts for the id (then they are two entries, and their texts tell them
apart). Where the vocabulary lies outside the files, the annotations themselves say which texts belong to one entry, by
their CVE_REF.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
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
    """One vocabulary entry, or one value; mappings go from language code to text.

    Of an entry that only annotations tell of, `cve_id` is the CVE_REF that they share and `texts` are the further texts
    that they have.
    """

    cve_id: str | None
    labels: dict[str, str]
    definitions: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    def contradicts(self, other: Entry) -> bool:
        """Whether one language has two texts for the two."""
        return any(other.labels.get(language, text) != text for language, text in self.labels.items())


Reference = tuple[str, str]
"""Name of the vocabulary and CVE_ID."""


@dataclass
class ObservedTier:
    """A tier of one name in all files. `entries` go by the text of their first language, in the files' order.

    `named`: a vocabulary that could be read names entries; else they are the values that occurred.
    """

    name: str
    associated: bool = False
    has_vocabulary: bool = False
    vocabulary: str | None = None
    type: str | None = None
    parent: str | None = None
    participant: str | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    key_of: dict[Reference, str] = field(default_factory=dict)
    named: bool = False

    @property
    def holds_numbers(self) -> bool:
        """An associated child with a scale of whole numbers: its vocabulary, or its values where it was asked for."""
        return self.associated and are_a_scale(self.entries)


def are_a_scale(values: Iterable[str]) -> bool:
    """Whether values can be those of a scale: several whole numbers, not too far apart."""
    listed = list(values)
    if not all(map(is_whole_number, listed)):
        return False
    numbers = {int(value) for value in listed}
    return len(numbers) > 1 and max(numbers) - min(numbers) < MAX_SCALE_VALUES


def is_whole_number(value: str) -> bool:
    """Whether a value can be a number of a scale."""
    return _WHOLE_NUMBER.fullmatch(value) is not None


def base_name(tier: str) -> str:
    """`crying_form@R1` -> `crying_form`: the tier that a rater's tier in a merged file stands for."""
    head, _, _ = _nfc(tier).rpartition("@")
    return head or _nfc(tier)


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def observe(documents: Iterable[Document], *, wanted: Collection[str] | None) -> dict[str, ObservedTier]:
    """Every tier of the documents by base name, in the order they are first seen.

    Values are gathered for tiers whose vocabulary has no entries in the file (an external one), and for tiers in
    `wanted` that have none at all; they come sorted behind the entries.
    """
    found: dict[str, ObservedTier] = {}
    values: dict[str, Counter[tuple[str, Reference | None]]] = {}
    for document in documents:
        name_of = base_name if _is_merged(document) else _nfc
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
                    _note_entry(observed, key, noted, vocabulary.id)
                    observed.named = True
            named = wanted is not None and (tier.id in wanted or name in wanted)
            external = vocabulary is not None and not vocabulary.entries
            if not _WRITTEN_BY_MERGING.search(tier.id) and (external or (named and vocabulary is None)):
                home = None if vocabulary is None else vocabulary.id
                values.setdefault(name, Counter()).update(
                    (text, (home, annotation.cve_ref) if home and annotation.cve_ref else None)
                    for annotation in document.annotations(tier.id)
                    if (text := _text(annotation.value))
                )
    for name, texts in values.items():
        for key, noted in _told_by_annotations(texts):
            found[name].entries.setdefault(key, noted)
    return found


def _told_by_annotations(values: Counter[tuple[str, Reference | None]]) -> list[tuple[str, Entry]]:
    """Entries out of (text, reference) pairs and how often they occur, sorted by their most frequent text.

    A text belongs to the entry that it refers to most often (ties: the first by name).
    """
    often: Counter[str] = Counter()
    referred: dict[str, Counter[Reference]] = {}
    for (text, reference), number in values.items():
        often[text] += number
        counted = referred.setdefault(text, Counter())
        if reference is not None:
            counted[reference] += number
    texts_of: dict[Reference | str, list[str]] = {}
    for text in sorted(often, key=lambda text: (-often[text], text)):
        counts = referred[text]
        owner: Reference | str = min(counts, key=lambda name: (-counts[name], name)) if counts else text
        texts_of.setdefault(owner, []).append(text)
    vocabularies = Counter(owner[1] for owner in texts_of if not isinstance(owner, str))
    language = codebook_language("")
    found = []
    for owner, texts in texts_of.items():
        cve_id = None if isinstance(owner, str) or vocabularies[owner[1]] > 1 else owner[1]
        found.append((texts[0], Entry(cve_id, {language: texts[0]}, texts=tuple(texts[1:]))))
    return sorted(found, key=lambda item: item[0])


def _is_merged(document: Document) -> bool:
    """Only there `@` separates tier and rater; elsewhere it is part of a name (`words@CHI`, a participant's tier)."""
    by_name = document.name.lower().endswith(".merged.eaf")
    return by_name or any(_WRITTEN_BY_MERGING.search(tier.id) for tier in document.tiers)


def _note_tier(observed: ObservedTier, tier: Tier, tier_type: TierType | None, parent: str | None) -> None:
    if tier_type is not None:
        observed.type = observed.type or tier_type.id
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


def _note_entry(observed: ObservedTier, key: str, noted: Entry, vocabulary: str) -> None:
    reference = None if noted.cve_id is None else (vocabulary, noted.cve_id)
    same = key if key in observed.entries else None
    if same is None and reference is not None and reference in observed.key_of:
        other = observed.key_of[reference]
        same = None if observed.entries[other].contradicts(noted) else other
    if same is None:
        same = key
        observed.entries[key] = Entry(noted.cve_id, dict(noted.labels), dict(noted.definitions))
    elif same != key and len(noted.labels) > len(observed.entries[same].labels):
        # A file that lost languages came first: the entry goes by the text that it has in whole files.
        observed.entries = {key if name == same else name: entry for name, entry in observed.entries.items()}
        observed.key_of = {name: key if owner == same else owner for name, owner in observed.key_of.items()}
        known = observed.entries[key]
        known.labels = {
            **noted.labels,
            **{code: text for code, text in known.labels.items() if code not in noted.labels},
        }
        same = key
    if reference is not None:
        observed.key_of.setdefault(reference, same)
    for language, text in noted.labels.items():
        observed.entries[same].labels.setdefault(language, text)
    for language, text in noted.definitions.items():
        observed.entries[same].definitions.setdefault(language, text)


def _text(value: str) -> str:
    return unicodedata.normalize("NFC", value).strip()
