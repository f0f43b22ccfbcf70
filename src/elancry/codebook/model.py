"""What may be coded: the codebook as frozen types.

A codebook holds rating systems, a system holds categories. Nothing here reads or writes files; `load` makes these types
from YAML, `extract` from the vocabularies of coded files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from elancry.choices import Units


class Coding(StrEnum):
    """How a system is coded: stretches of time, a number per sequence, or both."""

    INTERVAL = "interval"
    RATING = "rating"
    BOTH = "both"


class Layout(StrEnum):
    """Whether all categories of an interval system share one tier or each has a tier of its own."""

    ONE_TIER = "one_tier"
    TIER_PER_CATEGORY = "tier_per_category"


class CategoriesFrom(StrEnum):
    """What says which categories of a system can be given."""

    CODEBOOK = "codebook"
    VOCABULARY = "vocabulary"
    OBSERVED = "observed"


class SourceStatus(StrEnum):
    """Where the categories come from: as published, changed from a publication, or ours to be replaced."""

    PUBLISHED = "published"
    ADAPTED = "adapted"
    STARTER = "starter"


@dataclass(frozen=True, slots=True)
class Source:
    """The publication that a system's categories come from."""

    citation: str
    status: SourceStatus
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A rating scale of whole numbers `minimum`..`maximum`; `anchors` gives words per number and language.

    `steps` are the numbers of a vocabulary that leaves some in between out (0, 2, 4); empty where it leaves none out.
    """

    minimum: int
    maximum: int
    anchors: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    steps: tuple[int, ...] = field(default=(), compare=False)

    @property
    def values(self) -> tuple[int, ...]:
        """Every number of the scale, ascending."""
        return self.steps or tuple(range(self.minimum, self.maximum + 1))


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of categories (`Addressing` holds three interventions)."""

    id: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Category:
    """One category. `id` is also its CVE_ID in ELAN; mappings go from language code (`en`) to text.

    `tier` and `rating_tier` override the names that the design gives to a category's own tiers. In a codebook that
    was read out of files, `reference` is the CVE_ID in their vocabulary, and `texts` are further texts that annotations
    with that CVE_REF have where the vocabulary lies outside the files.
    """

    id: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    colour: str | None = None
    key: str | None = None
    group: str | None = None
    tier: str | None = None
    rating_tier: str | None = None
    texts: tuple[str, ...] = field(default=(), compare=False)
    reference: str | None = field(default=None, compare=False)

    def label(self, language: str) -> str:
        """The label in `language`, else in the first language given, else the id."""
        return self.labels.get(language) or next(iter(self.labels.values()), self.id)


@dataclass(frozen=True)
class System:
    """One rating system: its categories and how they are coded. Names of tiers follow the design.

    `observed`: the categories are the values that occurred, since no vocabulary names those that can be given.
    """

    id: str
    labels: Mapping[str, str]
    categories: tuple[Category, ...]
    coding: Coding = Coding.INTERVAL
    definitions: Mapping[str, str] = field(default_factory=dict)
    participant: str | None = None
    scale: Scale | None = None
    groups: tuple[Group, ...] = ()
    source: Source | None = None
    layout: Layout = Layout.ONE_TIER
    tier: str | None = None
    parent: str | None = None
    optional: bool = False
    units: Units = Units.AUTO
    observed: bool = field(default=False, compare=False)

    def label(self, language: str) -> str:
        """The label in `language`, else in the first language given, else the id."""
        return self.labels.get(language) or next(iter(self.labels.values()), self.id)

    @property
    def has_intervals(self) -> bool:
        """Whether stretches of time are coded."""
        return self.coding is not Coding.RATING

    @property
    def has_ratings(self) -> bool:
        """Whether sequences are rated on the scale."""
        return self.coding is not Coding.INTERVAL

    @property
    def tier_name(self) -> str:
        """Tier id of the interval coding (one-tier layout)."""
        return self.tier or self.id

    def category_tier_name(self, category_id: str) -> str:
        """Tier id of one category's intervals in the tier-per-category layout."""
        category = self.category(category_id)
        return (category and category.tier) or f"{self.tier_name}.{category_id}"

    def rating_tier_name(self, category_id: str) -> str:
        """Tier id of one category's ratings."""
        category = self.category(category_id)
        return (category and category.rating_tier) or f"{self.tier_name}.{category_id}.rating"

    @property
    def rating_vocabulary(self) -> str:
        """Id of the vocabulary (and linguistic type) that holds the rating scale."""
        return f"{self.id}.rating"

    @cached_property
    def _category_by_value(self) -> dict[str, Category]:
        found: dict[str, Category] = {}
        for category in self.categories:
            for text in (category.id, *category.labels.values(), *category.texts):
                found.setdefault(unicodedata.normalize("NFC", text), category)
        return found

    @property
    def interval_tier_names(self) -> tuple[str, ...]:
        """Ids of the tiers on which stretches of time are coded; empty for a system that is only rated."""
        if not self.has_intervals:
            return ()
        if self.layout is Layout.ONE_TIER:
            return (self.tier_name,)
        return tuple(self.category_tier_name(item.id) for item in self.categories)

    @property
    def rating_tier_names(self) -> tuple[str, ...]:
        """Ids of the tiers that hold ratings, in category order; empty for a system that is not rated."""
        return tuple(self.rating_tier_name(item.id) for item in self.categories) if self.has_ratings else ()

    def category_of(self, value: str) -> Category | None:
        """The category whose id, or one of its texts in any language, is exactly `value` (Unicode NFC); else `None`."""
        return self._category_by_value.get(unicodedata.normalize("NFC", value))

    @cached_property
    def _category_by_id(self) -> dict[str, Category]:
        return {item.id: item for item in reversed(self.categories)}

    def category(self, category_id: str) -> Category | None:
        """The category with this id; else `None`."""
        return self._category_by_id.get(category_id)


@dataclass(frozen=True, slots=True)
class SystemChanges:
    """What became of a system's old categories, by id: `renamed` old -> new, `merged` new -> olds, `split` old -> news.

    `was` is the system's own id before, where it was another.
    """

    was: str | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a codebook says it changed since version `since`, per system id (see `revision`)."""

    since: str | None = None
    systems: Mapping[str, SystemChanges] = field(default_factory=dict)


@dataclass(frozen=True)
class Codebook:
    """A whole codebook. `extracted` says that it was read out of files: their vocabularies, else their values."""

    id: str
    title: str
    systems: tuple[System, ...]
    version: str = "1"
    languages: tuple[str, ...] = ("en",)
    sequence_tier: str | None = "Sequence"
    comment_tiers: tuple[str, ...] = ()
    media_patterns: tuple[str, ...] = ()
    format_version: int = 1
    extracted: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)
    changes: Changes = field(default_factory=Changes)

    def title_in(self, language: str) -> str:
        """The title in `language`, else the title."""
        return self.titles.get(language, self.title)

    @property
    def stamp(self) -> str:
        """What files carry as HEADER property `elancry.codebook`: id, a blank, version."""
        return f"{self.id} {self.version}"

    def system(self, system_id: str) -> System | None:
        """The system with this id; else `None`."""
        return next((item for item in self.systems if item.id == system_id), None)

    def categories_from(self, system_id: str) -> CategoriesFrom:
        """What says which categories of this system can be given."""
        if not self.extracted:
            return CategoriesFrom.CODEBOOK
        system = self.system(system_id)
        return CategoriesFrom.OBSERVED if system is not None and system.observed else CategoriesFrom.VOCABULARY

    def _repr_html_(self) -> str:
        from elancry.html_tables import html_table

        language = self.languages[0] if self.languages else "en"
        rows = [
            (system.label(language), item.id, item.label(language), item.definitions.get(language, ""))
            for system in self.systems
            for item in system.categories
        ]
        return html_table(("system", "id", "category", "definition"), rows, caption=self.title_in(language))
