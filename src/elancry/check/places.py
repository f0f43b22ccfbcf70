"""Which tier of a file is which tier of the codebook, and whose is it?

A tier is found by its name, else by its name up to case and blanks, else (interval coding) by its linguistic type, else
by its vocabulary. In files that hold several raters, the tier's name (`TIER@RATER` in merged files, `--tier-pattern`
elsewhere) or its ANNOTATOR says whose it is; a tier that names nobody, such as shared sequences, is everybody's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from elancry.check.coding import TierKind
from elancry.check.naming import UNNAMED, TierPattern
from elancry.codebook.model import Codebook, Layout, System
from elancry.eaf import Document, Tier


class FoundBy(StrEnum):
    """How a tier was recognised; anything but NAME means that it was renamed."""

    NAME = "name"
    SPELLING = "spelling"
    TYPE = "type"
    VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tier that the codebook asks for: `system` is `None` for the sequence tier."""

    name: str
    kind: TierKind
    system: System | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A wanted tier in one rater's tiers: `tier` is `None` where it is absent or cannot be told from `candidates`."""

    wanted: Wanted
    tier: Tier | None
    by: FoundBy = FoundBy.NAME
    candidates: tuple[str, ...] = ()


def wanted_tiers(codebook: Codebook) -> tuple[Wanted, ...]:
    """Every tier that the codebook asks for, the sequence tier first."""
    wanted: list[Wanted] = []
    if codebook.sequence_tier is not None:
        wanted.append(Wanted(codebook.sequence_tier, "sequence"))
    for system in codebook.systems:
        if system.has_intervals and system.layout is Layout.ONE_TIER:
            wanted.append(Wanted(system.tier_name, "interval", system))
        elif system.has_intervals:
            for item in system.categories:
                wanted.append(Wanted(system.category_tier_name(item.id), "interval", system, item.id))
        if system.has_ratings:
            for item in system.categories:
                wanted.append(Wanted(system.rating_tier_name(item.id), "rating", system, item.id))
    return tuple(wanted)


def owners(
    document: Document, rater: str | None, *, pattern: TierPattern | None = None, merged: bool = False
) -> dict[str, dict[str, Tier]]:
    """Rater -> the tiers that are theirs, by the name without the rater's part.

    `rater` is what the file name says, `None` where it says nothing.
    """
    own: dict[str, dict[str, Tier]] = {}
    shared: dict[str, Tier] = {}
    annotators = {tier.annotator.strip() for tier in document.tiers if tier.annotator and tier.annotator.strip()}
    only = rater or (next(iter(annotators)) if len(annotators) == 1 else None)
    for tier in document.tiers:
        name = unicodedata.normalize("NFC", tier.id)
        owner: str | None = None
        matched = pattern.match(name) if pattern is not None else None
        if merged:
            name, _, owner = name.rpartition("@") if "@" in name else (name, "", None)
        elif matched is not None:
            name, owner = matched
        elif pattern is None:
            owner = only or (tier.annotator or "").strip() or None
        if owner is None:
            shared[name] = tier
        else:
            own.setdefault(unicodedata.normalize("NFC", owner), {})[name] = tier
    if not own:
        return {only or UNNAMED: shared}
    return {name: {**shared, **tiers} for name, tiers in own.items()}


def locate(document: Document, tiers: Mapping[str, Tier], codebook: Codebook) -> tuple[Place, ...]:
    """Where each wanted tier of the codebook is among one rater's `tiers` (by name without the rater's part)."""
    wanted = wanted_tiers(codebook)
    by_name = {item.name: tiers[item.name] for item in wanted if item.name in tiers}
    taken = {tier.id for tier in by_name.values()}
    spelled: dict[str, list[Tier]] = {}
    for name, tier in tiers.items():
        if tier.id not in taken:
            spelled.setdefault(_loosely(name), []).append(tier)
    by_type: dict[str, list[Tier]] = {}
    by_vocabulary: dict[str, list[Tier]] = {}
    for tier in tiers.values():
        by_type.setdefault(tier.type_id, []).append(tier)
        by_vocabulary.setdefault(_vocabulary(document, tier) or "", []).append(tier)
    places: list[Place] = []
    for item in wanted:
        if item.name in by_name:
            places.append(Place(item, by_name[item.name]))
            continue
        place = _otherwise(item, spelled, by_type, by_vocabulary, taken)
        if place.tier is not None:
            taken.add(place.tier.id)
        places.append(place)
    return tuple(places)


def _otherwise(
    item: Wanted,
    spelled: Mapping[str, list[Tier]],
    by_type: Mapping[str, list[Tier]],
    by_vocabulary: Mapping[str, list[Tier]],
    taken: set[str],
) -> Place:
    choices: list[tuple[FoundBy, list[Tier]]] = [(FoundBy.SPELLING, spelled.get(_loosely(item.name), []))]
    if item.kind == "interval" and item.category is None and item.system is not None:
        system = item.system.id
        choices.append((FoundBy.TYPE, by_type.get(system, [])))
        choices.append((FoundBy.VOCABULARY, by_vocabulary.get(system, [])))
    for by, found in choices:
        free = [tier for tier in found if tier.id not in taken]
        if len(free) == 1:
            return Place(item, free[0], by)
        if free:
            return Place(item, None, by, tuple(tier.id for tier in free))
    return Place(item, None)


def _vocabulary(document: Document, tier: Tier) -> str | None:
    kind = document.type_of(tier.id)
    return None if kind is None else kind.vocabulary


def _loosely(name: str) -> str:
    return "".join(unicodedata.normalize("NFC", name).casefold().split()).replace("-", "_")


def tier_names(codebook: Codebook) -> Iterator[str]:
    """Every name that a tier of the systems has."""
    for system in codebook.systems:
        yield from (system.tier_name, *system.interval_tier_names, *system.rating_tier_names)
