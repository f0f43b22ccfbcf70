"""Which category does a value mean?

ELAN keeps the text of an annotation and, where a vocabulary is bound, a reference to its entry (CVE_REF), and it never
compares the two. The category is the text, in any language of the vocabulary; else the text without blanks at its
edges; else the entry referred to. Where text and entry are different categories, the text wins and that is an error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from elancry.codebook.languages import codebook_language
from elancry.codebook.model import Category, System
from elancry.codebook.revision import LEFT_OVER
from elancry.eaf import Vocabulary
from elancry.yaml_lines import nearest

MOST_SUGGESTED = 50
"""Different wrong values of a tier that get a suggestion: it is slow, and with so many something else is wrong."""
MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value means: the category id (`None`: unknown) and, where something is odd, code, message and hint."""

    category: str | None
    code: str | None = None
    message: str = ""
    hint: str | None = None


class IntervalValues:
    """Reads the values of a system's interval tiers; `vocabulary` is the one of the file, if it has one.

    `language` is the tier's (LANG_REF): suggestions are in it, else in the vocabulary's if that has only one, else in
    the codebook's first language.
    """

    def __init__(self, system: System, vocabulary: Vocabulary | None = None, language: str | None = None) -> None:
        self._system = system
        self._languages = _languages_first(vocabulary, language)
        self._suggested = 0
        self._by_text: dict[str, Category] = {}
        self._left_over: set[str] = set()
        self._by_entry: dict[str, Category] = {item.id: item for item in system.categories}
        if vocabulary is not None and not vocabulary.entries:
            for item in system.categories:
                self._by_entry.setdefault(item.reference or item.id, item)
        for entry in () if vocabulary is None else vocabulary.entries:
            texts = [text for text in entry.values.values() if text]
            category = system.category(entry.id or "")
            if category is None:
                category = next((found for found in map(system.category_of, texts) if found is not None), None)
            if category is None:
                self._left_over.update(text for text in texts if text.endswith(LEFT_OVER))
                continue
            if entry.id is not None:
                self._by_entry.setdefault(entry.id, category)
            for text in texts:
                self._by_text.setdefault(unicodedata.normalize("NFC", text), category)
        self._known: dict[tuple[str, str | None], Reading] = {}

    def read(self, value: str, reference: str | None) -> Reading:
        """The category of a value with its CVE_REF."""
        key = (value, reference)
        if key not in self._known:
            self._known[key] = self._read(value, reference)
        return self._known[key]

    def read_on_category_tier(self, value: str, reference: str | None, category: str) -> Reading:
        """The same on a tier that belongs to one category: the tier decides, whatever the text is."""
        reading = self._read(value, reference) if value.strip() else Reading(None)
        if reading.category is not None and reading.category != category:
            text = f"the tier is that of {category!r}, the value {value!r} means {reading.category!r}"
            return Reading(category, "value-contradicts-tier", text, "Move the annotation to the tier of its category.")
        return Reading(category)

    def _category_of(self, text: str) -> Category | None:
        found = self._system.category_of(text)
        return found if found is not None else self._by_text.get(unicodedata.normalize("NFC", text))

    def _read(self, value: str, reference: str | None) -> Reading:
        meant = self._category_of(value)
        trimmed = self._category_of(value.strip()) if meant is None and value.strip() else None
        referred = None if reference is None else self._by_entry.get(reference)
        category = meant if meant is not None else trimmed
        if category is not None:
            if referred is not None and referred.id != category.id:
                return Reading(
                    category.id,
                    "value-contradicts-reference",
                    f"the text {value!r} is category {category.id!r}, the entry referred to is {referred.id!r}",
                    "Choose the value again from ELAN's list.",
                )
            if meant is None:
                hint = f"Write {value.strip()!r}."
                return Reading(category.id, "value-blanks", f"the value {value!r} has blanks at its edges", hint)
            return Reading(category.id)
        if referred is not None:
            shown = repr(value) if value.strip() else "an empty text"
            text = f"{shown} is no category; the vocabulary entry referred to is {referred.id!r} and is used"
            return Reading(referred.id, "value-by-reference", text, "Choose the value again from ELAN's list.")
        if not value.strip():
            hint = "Choose a value, or delete the annotation."
            return Reading(None, "value-empty", "the annotation has no value", hint)
        if value in self._left_over:
            text = f"{shorten(value)} was left by a codebook revision for a person to decide"
            return Reading(None, "value-left-over", text, "Choose the category that it is now from ELAN's list.")
        return Reading(
            None, "value-unknown", f"{shorten(value)} is no category of {self._system.id}", self._suggest(value)
        )

    def _suggest(self, value: str) -> str:
        if self._suggested >= MOST_SUGGESTED:
            return "See the other findings of this tier for what its values may be."
        self._suggested += 1
        shown = [self._label(item) for item in self._system.categories]
        # A word of another language, or an id, is suggested only where none of the rater's own language is similar.
        other = [text for item in self._system.categories for text in (*item.labels.values(), item.id)]
        close = nearest(value.strip(), shown) or nearest(value.strip(), other)
        if close is not None:
            return f"Did you mean {close!r}?"
        more = f" and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
        return "The categories are " + (", ".join(shown[:MOST_SHOWN]) + more if shown else "none") + "."

    def _label(self, category: Category) -> str:
        """What the rater reads in ELAN's list."""
        own = (category.labels[language] for language in self._languages if language in category.labels)
        return next(own, next(iter(category.labels.values()), category.id))


def _languages_first(vocabulary: Vocabulary | None, language: str | None) -> list[str]:
    """Codes of the languages that the rater works in, as far as the file says."""
    stated = [language] if language else []
    used = {name for entry in (() if vocabulary is None else vocabulary.entries) for name in entry.values if name}
    return [codebook_language(name) for name in (*stated, *(used if len(used) == 1 else ()))]


class RatingValues:
    """Reads the values of a system's rating tiers: whole numbers of the scale, as text without leading zeros."""

    def __init__(self, system: System, vocabulary: Vocabulary | None = None) -> None:
        self._scale = system.scale
        self._by_entry: dict[str, int] = {}
        self._by_text: dict[str, int] = {}
        for entry in () if vocabulary is None else vocabulary.entries:
            number = next((found for found in map(_number, entry.values.values()) if found is not None), None)
            if number is not None:
                if entry.id is not None:
                    self._by_entry[entry.id] = number
                self._by_text.update({text.strip(): number for text in entry.values.values()})

    def read(self, value: str, reference: str | None) -> Reading:
        """The number of a rating; no finding for an empty one, which is a missing rating."""
        text = value.strip()
        number = _number(text)
        if number is None:
            number = self._by_text.get(text)
        referred = None if reference is None else self._by_entry.get(reference)
        if number is not None and referred is not None and number != referred:
            message = f"the text is {number}, the vocabulary entry referred to is {referred}"
            return Reading(
                str(number), "value-contradicts-reference", message, "Choose the value again from ELAN's list."
            )
        if number is None:
            number = referred
        if number is None and not text:
            return Reading(None)
        if number is None or (self._scale is not None and not self._scale.minimum <= number <= self._scale.maximum):
            scale = "whole numbers" if self._scale is None else f"{self._scale.minimum} to {self._scale.maximum}"
            return Reading(None, "rating-unknown", f"{shorten(value)} is not on the scale", f"The scale is {scale}.")
        return Reading(str(number))


def shorten(value: str, most: int = 60) -> str:
    """A value as shown in messages: quoted, on one line, long ones cut."""
    return repr(value if len(value) <= most else value[: most - 1] + "…")


def _number(text: str) -> int | None:
    found = re.fullmatch(r"\s*([+-]?\d{1,6})\s*", text)
    return None if found is None else int(found[1])
