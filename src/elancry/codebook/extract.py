"""A codebook out of coded files, so that people who already have files start at once.

What becomes what:

- A tier whose type has a controlled vocabulary is a system, its entries are the categories. `TIER@RATER` in merged
  files is the tier `TIER`. A tier without a vocabulary is a system only where it is named: its values, sorted, are the
  categories.
- A tier associated with a parent, with a vocabulary of whole numbers, holds ratings: the numbers are the scale. It
  belongs to the system whose name it carries (`SYSTEM.CATEGORY.rating`), else all rating tiers with one vocabulary make
  one system, a category per tier.
- So does a tier without a vocabulary that is named, associated with the sequence tier and has whole numbers only: its
  scale is the observed one, and tiers of one type make one system. Named as ratings outright, the tier above it is the
  sequence tier, and values that are no whole numbers do not make it something else.
- Tiers `SYSTEM.CATEGORY` that share the vocabulary `SYSTEM` are one system with a tier per category. So are tiers
  `SYSTEM.CATEGORY` or `SYSTEM: CATEGORY` of which each has that one category: what codes given at the same time become.
- The parent of a system's tier is taken over where the codebook has it: the sequence tier, or another system's tier.
- The sequence tier is the one named, else the parent of all ratings, else a tier called `Sequence`, else there is none.

Files are looked at one after the other; nothing of a file is kept but its vocabularies (and the values of a tier whose
vocabulary is not in the file).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from elancry.codebook.languages import UNDETERMINED
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System
from elancry.codebook.observed import Entry, ObservedTier, base_name, is_whole_number, observe
from elancry.codebook.slugs import category_ids, slug
from elancry.errors import UsageError
from elancry.names import UnknownName
from elancry.texts import some, text

if TYPE_CHECKING:
    from elancry.eaf import Document

DEFAULT_SEQUENCE_TIER = "Sequence"


def extract_codebook(
    documents: Iterable[Document],
    *,
    tiers: Sequence[str] | None = None,
    ratings: Sequence[str] | None = None,
    sequence_tier: str | None = None,
) -> Codebook:
    """The codebook that the documents' vocabularies amount to (`extracted=True`); it may have no systems.

    `tiers` picks tiers by name (`crying_form` also means `crying_form@R1`), `ratings` says of tiers that they hold
    ratings. UnknownName for a name that no file has, UsageError for a tier that cannot hold ratings.
    """
    asked = [*(tiers or ()), *(ratings or ())]
    found = observe(documents, wanted=asked or None)
    _require(asked, found)
    outright = _named(ratings or (), found)
    if tiers is not None:
        chosen = _named(tiers, found) | outright
    else:
        chosen = {name for name, tier in found.items() if tier.entries or tier.has_vocabulary}
    for name in sorted(outright):
        _make_rating(found[name])
    numbers = [tier for name, tier in found.items() if tier.holds_numbers and (tiers is None or name in chosen)]
    sure = [tier for tier in numbers if tier.has_vocabulary or tier.name in outright]
    sequence = _sequence_tier(found, sure, sequence_tier)
    for tier in sure:
        if tier.name in outright and tier.parent != sequence:
            said = text(
                "codebook.rating-elsewhere", name=tier.name, parent=tier.parent, sequence=sequence or text("list.none")
            )
            raise UsageError(said, hint=text("codebook.rating-elsewhere-hint", parent=tier.parent))
    # Numbers without a vocabulary may also be names of categories: ratings are what a sequence got.
    rated = [tier for tier in numbers if tier in sure or (sequence is not None and tier.parent == sequence)]
    intervals = [
        tier
        for name, tier in found.items()
        if name in chosen and tier not in rated and name != sequence and tier.entries
    ]
    languages = _languages([*intervals, *rated])
    systems = _systems(intervals, rated, languages, sequence)
    title = text("codebook.extracted-title").into(languages[0])
    return Codebook(
        id="extracted",
        title=title,
        systems=systems,
        languages=languages,
        sequence_tier=sequence,
        extracted=True,
        titles={languages[0]: title},
    )


def _require(tiers: Sequence[str], found: dict[str, ObservedTier]) -> None:
    for wish in tiers:
        if wish not in found and base_name(wish) not in found:
            raise UnknownName("tier", wish, sorted(found))


def _named(wishes: Iterable[str], found: dict[str, ObservedTier]) -> set[str]:
    return {name for name in found for wish in wishes if wish == name or base_name(wish) == name}


def _make_rating(tier: ObservedTier) -> None:
    """Leave the whole numbers of a tier that was said to hold ratings; UsageError where there are none to rate with."""
    if not tier.associated:
        raise UsageError(text("codebook.rating-alone", name=tier.name), hint=text("codebook.rating-alone-hint"))
    numbers = {key: entry for key, entry in tier.entries.items() if is_whole_number(key)}
    other = [key for key in tier.entries if key not in numbers]
    tier.entries = numbers
    if not tier.holds_numbers:
        said = text(
            "codebook.rating-no-scale", name=tier.name, values=some([repr(key) for key in (*numbers, *other)], 5)
        )
        raise UsageError(said, hint=text("codebook.rating-no-scale-hint"))


def _sequence_tier(found: dict[str, ObservedTier], ratings: list[ObservedTier], named: str | None) -> str | None:
    if named is not None:
        if base_name(named) not in found and named not in found:
            raise UnknownName("sequence-tier", named, sorted(found))
        return named if named in found else base_name(named)
    parents = {tier.parent for tier in ratings if tier.parent is not None}
    if len(parents) == 1:
        return parents.pop()
    return DEFAULT_SEQUENCE_TIER if DEFAULT_SEQUENCE_TIER in found else None


def _languages(tiers: list[ObservedTier]) -> tuple[str, ...]:
    codes = dict.fromkeys(code for tier in tiers for entry in tier.entries.values() for code in entry.labels)
    known = [code for code in codes if code != UNDETERMINED]
    return tuple(known + [code for code in codes if code == UNDETERMINED]) or (UNDETERMINED,)


def _systems(
    intervals: list[ObservedTier], ratings: list[ObservedTier], languages: tuple[str, ...], sequence: str | None
) -> tuple[System, ...]:
    taken: set[str] = set()
    possible = {sequence, *(group[0].name for per_category, group in _by_layout(intervals) if not per_category)}
    systems: list[System] = []
    for per_category, group in _by_layout(intervals):
        tier = group[0]
        name = (_head(tier) if per_category else None) or tier.name
        system_id = slug(name, taken)
        categories = _categories(group, languages)
        mine = [item for item in ratings if _owner(item, name, categories) is not None]
        ratings = [item for item in ratings if item not in mine]
        rated = {_owner(item, name, categories): item.name for item in mine}
        systems.append(
            System(
                id=system_id,
                labels=dict.fromkeys(languages, " ".join(name.split())),
                categories=tuple(
                    _with_tiers(item, name, group if per_category else (), rated.get(item.id)) for item in categories
                ),
                coding=Coding.BOTH if mine else Coding.INTERVAL,
                participant=tier.participant,
                scale=_scale(mine, languages) if mine else None,
                layout=Layout.TIER_PER_CATEGORY if per_category else Layout.ONE_TIER,
                tier=None if name == system_id else name,
                parent=tier.parent if tier.parent in possible else None,
                observed=not any(item.named for item in group),
            )
        )
    return (*systems, *_rating_systems(ratings, languages, taken))


def _by_layout(tiers: list[ObservedTier]) -> list[tuple[bool, list[ObservedTier]]]:
    """Tiers one by one, except those of one category each (see `_head`), which belong together.

    Such a tier that stands alone belongs to a system with a tier per category only if its vocabulary is called like
    the system and has just that entry; otherwise it is a tier of its own on which everything may be coded.
    """
    groups: dict[tuple[bool, str], list[ObservedTier]] = {}
    for tier in tiers:
        head = _head(tier)
        groups.setdefault((head is not None, head or tier.name), []).append(tier)
    found: list[tuple[bool, list[ObservedTier]]] = []
    for (together, name), group in groups.items():
        alone = len(group[0].entries) == 1 and group[0].vocabulary == name
        if together and (len(group) > 1 or alone):
            found.append((True, group))
        else:
            found += [(False, [tier]) for tier in group]
    return found


def _categories(group: list[ObservedTier], languages: tuple[str, ...]) -> tuple[Category, ...]:
    entries: dict[str, Entry] = {}
    for tier in group:
        for key, entry in tier.entries.items():
            entries.setdefault(key, entry)
    ids = category_ids(entries)
    taken: dict[str, str] = {key: key for key in entries}
    categories = []
    for key, entry in entries.items():
        labels = {}
        for language in languages:
            # Two entries that read the same in some language could not be told apart there: the first keeps it.
            text = entry.labels.get(language, key)
            labels[language] = text if taken.setdefault(text, key) == key else key
        categories.append(
            Category(ids[key], labels, dict(entry.definitions), texts=entry.texts, reference=entry.cve_id)
        )
    return tuple(categories)


def _owner(rating: ObservedTier, system: str, categories: Iterable[Category]) -> str | None:
    """The id of the category that a rating tier `SYSTEM.CATEGORY.rating` belongs to."""
    middle = rating.name.removeprefix(f"{system}.").removesuffix(".rating")
    if rating.name != f"{system}.{middle}.rating":
        return None
    return next((item.id for item in categories if middle in (item.id, *item.labels.values())), None)


def _head(tier: ObservedTier) -> str | None:
    """The system that a tier of one category belongs to: VOCABULARY of `VOCABULARY.ENTRY`, or HEAD of `HEAD.ENTRY` and
    `HEAD: ENTRY` where no other entry can stand there; `None` for a tier of any other name.
    """
    names = {name for key, entry in tier.entries.items() for name in (key, entry.cve_id) if name}
    head, _, tail = tier.name.partition(".")
    if head == tier.vocabulary and tail in names:
        return head
    if len(tier.entries) != 1:
        return None
    endings = (f"{mark}{name}" for name in sorted(names) for mark in (".", ": "))
    return next((tier.name.removesuffix(end) for end in endings if tier.name.endswith(end) and tier.name != end), None)


def _with_tiers(category: Category, system: str, own: Sequence[ObservedTier], rating: str | None) -> Category:
    """The category with the names of its tiers that are not the design's; `own` are the tiers of one category each."""
    names = {category.id, *category.labels.values()}
    possible = {f"{system}{mark}{name}" for mark in (".", ": ") for name in names}
    coded = next((tier.name for tier in own if tier.name in possible), None)
    if coded is not None and coded != f"{system}.{category.id}":
        category = replace(category, tier=coded)
    if rating is None or rating == f"{system}.{category.id}.rating":
        return category
    return replace(category, rating_tier=rating)


def _rating_systems(ratings: list[ObservedTier], languages: tuple[str, ...], taken: set[str]) -> Iterable[System]:
    by_vocabulary: dict[str, list[ObservedTier]] = {}
    for tier in ratings:
        by_vocabulary.setdefault((tier.vocabulary or tier.type or tier.name).removesuffix(".rating"), []).append(tier)
    for name, group in by_vocabulary.items():
        used: set[str] = set()
        system_id = slug(name, taken)
        categories = []
        for tier in group:
            label = tier.name.removeprefix(f"{name}.").removesuffix(".rating").strip() or tier.name
            category_id = slug(label, used)
            standard = tier.name == f"{system_id}.{category_id}.rating"
            categories.append(
                Category(category_id, dict.fromkeys(languages, label), rating_tier=None if standard else tier.name)
            )
        yield System(
            id=system_id,
            labels=dict.fromkeys(languages, " ".join(name.split())),
            categories=tuple(categories),
            coding=Coding.RATING,
            participant=group[0].participant,
            scale=_scale(group, languages),
            observed=not any(item.named for item in group),
        )


def _scale(tiers: list[ObservedTier], languages: tuple[str, ...]) -> Scale:
    entries = {int(key): entry for tier in tiers for key, entry in tier.entries.items()}
    anchors = {
        number: {code: entry.definitions[code] for code in languages if code in entry.definitions}
        for number, entry in sorted(entries.items())
        if entry.definitions
    }
    low, high = min(entries), max(entries)
    steps = tuple(sorted(entries)) if len(entries) <= high - low else ()
    return Scale(low, high, anchors, steps)
