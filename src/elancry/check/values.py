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
from elancry.names import nearest
from elancry.texts import Text, some, text

MOST_SUGGESTED = 50
"""Different wrong values of a tier that get a suggestion: it is slow, and with so many something else is wrong."""
MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value means: the category id (`None`: unknown) and, where something is odd, code, message and hint."""

    category: str | None
    code: str | None = None
    message: Text | str = ""
    hint: Text | None = None


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
        self._entries_of: dict[str, set[str | None]] = {}
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
            for label in texts:
                self._entries_of.setdefault(unicodedata.normalize("NFC", label), set()).add(entry.id)
                self._by_text.setdefault(unicodedata.normalize("NFC", label), category)
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
            message = text(
                "finding.value-contradicts-tier.message", category=category, value=value, meant=reading.category
            )
            return Reading(category, "value-contradicts-tier", message, text("finding.value-contradicts-tier.hint"))
        return Reading(category)

    def _category_of(self, text: str) -> Category | None:
        found = self._system.category_of(text)
        return found if found is not None else self._by_text.get(unicodedata.normalize("NFC", text))

    def _read(self, value: str, reference: str | None) -> Reading:
        meant = self._category_of(value)
        trimmed = self._category_of(value.strip()) if meant is None and value.strip() else None
        referred = None if reference is None else self._by_entry.get(reference)
        category = meant if meant is not None else trimmed
        owners = self._entries_of.get(unicodedata.normalize("NFC", value), set())
        if referred is not None and reference in owners and len(owners) > 1:
            return Reading(referred.id)  # one text of two entries, in two languages: only the reference says which
        if category is not None:
            if referred is not None and referred.id != category.id:
                return Reading(
                    category.id,
                    "value-contradicts-reference",
                    text(
                        "finding.value-contradicts-reference.message",
                        value=value,
                        category=category.id,
                        referred=referred.id,
                    ),
                    text("finding.value-contradicts-reference.hint"),
                )
            if meant is None:
                hint = text("finding.value-blanks.hint", value=value.strip())
                return Reading(category.id, "value-blanks", text("finding.value-blanks.message", value=value), hint)
            return Reading(category.id)
        if referred is not None:
            shown = repr(value) if value.strip() else text("finding.value-by-reference.empty")
            message = text("finding.value-by-reference.message", shown=shown, referred=referred.id)
            return Reading(referred.id, "value-by-reference", message, text("finding.value-by-reference.hint"))
        if not value.strip():
            hint = text("finding.value-empty.hint")
            return Reading(None, "value-empty", text("finding.value-empty.message"), hint)
        if value in self._left_over:
            message = text("finding.value-left-over.message", value=shorten(value))
            return Reading(None, "value-left-over", message, text("finding.value-left-over.hint"))
        return Reading(
            None,
            "value-unknown",
            text("finding.value-unknown.message", value=shorten(value), system=self._system.id),
            self._suggest(value),
        )

    def _suggest(self, value: str) -> Text:
        if self._suggested >= MOST_SUGGESTED:
            return text("finding.value-unknown.hint-see-others")
        self._suggested += 1
        shown = [self._label(item) for item in self._system.categories]
        # A word of another language, or an id, is suggested only where none of the rater's own language is similar.
        other = [text for item in self._system.categories for text in (*item.labels.values(), item.id)]
        close = nearest(value.strip(), shown) or nearest(value.strip(), other)
        if close is not None:
            return text("name.did-you-mean", name=close)
        return text("finding.value-unknown.hint-categories", names=some(shown, MOST_SHOWN))

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
        written = value.strip()
        number = _number(written)
        if number is None:
            number = self._by_text.get(written)
        referred = None if reference is None else self._by_entry.get(reference)
        if number is not None and referred is not None and number != referred:
            message = text(
                "finding.value-contradicts-reference.message-rating",
                number=number,
                referred=referred,
            )
            return Reading(
                str(number), "value-contradicts-reference", message, text("finding.value-contradicts-reference.hint")
            )
        if number is None:
            number = referred
        if number is None and not written:
            return Reading(None)
        if number is None or (self._scale is not None and not self._scale.minimum <= number <= self._scale.maximum):
            hint = text("finding.rating-unknown.hint-whole")
            if self._scale is not None:
                low, high = self._scale.minimum, self._scale.maximum
                hint = text("finding.rating-unknown.hint", minimum=low, maximum=high)
            return Reading(
                None,
                "rating-unknown",
                text("finding.rating-unknown.message", value=shorten(value)),
                hint,
            )
        return Reading(str(number))


def shorten(value: str, most: int = 60) -> str:
    """A value as shown in messages: quoted, on one line, long ones cut."""
    return repr(value if len(value) <= most else value[: most - 1] + "…")


def _number(text: str) -> int | None:
    found = re.fullmatch(r"\s*([+-]?\d{1,6})\s*", text)
    return None if found is None else int(found[1])
