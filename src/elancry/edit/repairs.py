"""Values that can be put right without asking anybody: `elancry check --fix`.

What is repaired
----------------
- Blanks at the edges of a value that is a category, or a rating, without them.
- Letter case, where exactly one category is written like the value but for its capitals.
- Spelling, only where asked for: exactly one category is similar, it begins with the same letter, and the two share at
  least `SIMILAR` of their letters. "uninhibited" is not taken for "inhibited".

Nothing else: no time, no tier, no annotation is added or removed, and a value is left alone where its text and its
vocabulary entry (CVE_REF) would then be two categories. Comments, sequences' names and disagreements are not coding and
stay as they are.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from elancry.check.coding import DISAGREEMENT
from elancry.check.naming import TierPattern
from elancry.check.places import Place, locate, owners
from elancry.check.structure import vocabulary_of
from elancry.check.values import IntervalValues, RatingValues
from elancry.codebook.languages import codebook_language
from elancry.codebook.model import Category, Codebook, System
from elancry.eaf import Annotation, Document, Tier, Vocabulary
from elancry.texts import Text

SIMILAR = 0.8
RIVAL = 0.6
"""A second category that shares so much makes the first one doubtful."""


class Why(StrEnum):
    """What was wrong with a value."""

    BLANKS = "blanks"
    CASE = "letter case"
    SPELLING = "spelling"

    @property
    def shown(self) -> Text:
        """The same, as a person reads it."""
        return Text(f"edit.why-{self.name.lower()}")


@dataclass(frozen=True, slots=True)
class Repair:
    """One value before and after; `tier` is its name in the file."""

    file: str
    session: str
    rater: str
    tier: str
    annotation_id: str
    start_ms: int
    end_ms: int
    old_value: str
    new_value: str
    why: Why


def repair_document(
    document: Document,
    codebook: Codebook,
    *,
    file: str = "",
    session: str = "",
    rater: str | None = None,
    merged: bool = False,
    tier_pattern: TierPattern | None = None,
    spelling: bool = False,
) -> tuple[Document, tuple[Repair, ...]]:
    """The document with repaired values (the same one if there is nothing to repair), and a row for each.

    `rater` is whom the file name says; `file` and `session` are for the rows.
    """
    repairs: dict[str, Repair] = {}
    references: dict[str, str | None] = {}
    # Of two annotations with one id it cannot be said which is meant.
    ids = Counter(item.id for tier in document.tiers for item in document.annotations(tier.id))
    for owner, tiers in owners(document, rater, pattern=tier_pattern, merged=merged).items():
        if owner == DISAGREEMENT:
            continue
        for place in locate(document, tiers, codebook):
            if place.tier is None or place.wanted.system is None:
                continue
            for item, value, why in _of_tier(document, place, place.tier, place.wanted.system, spelling):
                if ids[item.id] == 1:
                    where = (file, session, owner, place.tier.id, item.id, item.start_ms, item.end_ms)
                    repairs[item.id] = Repair(*where, item.value, value, why)
                    references[item.id] = item.cve_ref
    if not repairs:
        return document, ()
    editor = document.edit()
    for identity, repair in repairs.items():
        editor.annotations.set_value(identity, repair.new_value, cve_ref=references[identity])
    after = editor.document()
    _account(document, after, repairs)
    return after, tuple(sorted(repairs.values(), key=lambda item: (item.start_ms, item.tier, item.annotation_id)))


def _of_tier(
    document: Document, place: Place, tier: Tier, system: System, spelling: bool
) -> Iterator[tuple[Annotation, str, Why]]:
    vocabulary = vocabulary_of(document, tier)
    if place.wanted.kind == "rating":
        ratings = RatingValues(system, vocabulary)
        for item in document.annotations(tier.id):
            text = item.value.strip()
            if text and text != item.value and ratings.read(text, item.cve_ref).code is None:
                yield item, text, Why.BLANKS
        return
    if place.wanted.category is not None:
        return  # The tier says which category it is; its values are free text.
    values = IntervalValues(system, vocabulary, tier.lang_ref)
    writings = _Writings(system, vocabulary, tier.lang_ref)
    for item in document.annotations(tier.id):
        reading = values.read(item.value, item.cve_ref)
        if reading.code == "value-blanks":
            yield item, item.value.strip(), Why.BLANKS
        elif reading.code in ("value-unknown", "value-by-reference"):
            found = writings.like(item.value.strip(), spelling=spelling)
            # With the new text nothing may be odd any more, nor another category than the entry says.
            if found is not None and values.read(found[0], item.cve_ref).code is None:
                yield item, *found


class _Writings:
    """Every text that means a category, to find the one that a value was meant to be."""

    def __init__(self, system: System, vocabulary: Vocabulary | None, language: str | None) -> None:
        own = None if language is None else codebook_language(language)
        self._texts: dict[str, Category] = {}
        for item in system.categories:
            labels = sorted(item.labels.items(), key=lambda entry: entry[0] != own)
            for text in (*(label for _, label in labels), item.id):
                self._texts.setdefault(_normal(text), item)
        for entry in () if vocabulary is None else vocabulary.entries:
            texts = [_normal(text) for text in entry.values.values() if text]
            category = next((self._texts[text] for text in texts if text in self._texts), None)
            for text in texts if category is not None else ():
                self._texts.setdefault(text, category or system.categories[0])

    def like(self, value: str, *, spelling: bool) -> tuple[str, Why] | None:
        """The text that `value` was meant to be, if only one category can be."""
        value = _normal(value)
        same = [text for text in self._texts if text.casefold() == value.casefold()]
        if same:
            return (same[0], Why.CASE) if len({self._texts[text].id for text in same}) == 1 else None
        return self._misspelt(value) if spelling and value else None

    def _misspelt(self, value: str) -> tuple[str, Why] | None:
        best: dict[str, tuple[float, str]] = {}
        for text, category in self._texts.items():
            share = difflib.SequenceMatcher(None, value.casefold(), text.casefold(), autojunk=False).ratio()
            if share > best.get(category.id, (0.0, ""))[0]:
                best[category.id] = (share, text)
        ordered = sorted(best.values(), reverse=True)
        if not ordered or ordered[0][0] < SIMILAR or (len(ordered) > 1 and ordered[1][0] >= RIVAL):
            return None
        text = ordered[0][1]
        return (text, Why.SPELLING) if text[0].casefold() == value[0].casefold() else None


def _account(before: Document, after: Document, repairs: Mapping[str, Repair]) -> None:
    """AssertionError if anything but the listed values changed: such a file must not be written."""
    expected = [_told(item, repairs) for item in _all(before)]
    if expected != [_told(item, {}) for item in _all(after)]:
        raise AssertionError(f"{before.name}: a repair changed more than the values that it lists")


def _all(document: Document) -> Sequence[Annotation]:
    return [item for tier in document.tiers for item in document.annotations(tier.id)]


def _told(item: Annotation, repairs: Mapping[str, Repair]) -> tuple[object, ...]:
    value = repairs[item.id].new_value if item.id in repairs else item.value
    return item.id, item.tier, item.start_ms, item.end_ms, value, item.cve_ref, item.ext_ref, item.parent, item.previous


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
