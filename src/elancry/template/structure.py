"""Which tiers and types a codebook asks for: one plan, from which template, preferences and prepared files are made.

Sequence                       root; the crying episodes, or whatever the study's units are
crying_form                    root, or Included_In its parent; type and vocabulary `crying_form`
intervention
Comment                        root, free text
crying_form.protest.rating     Symbolic_Association under Sequence; type and vocabulary `crying_form.rating`
...
"""

from __future__ import annotations

from dataclasses import dataclass

from elancry.codebook.model import Codebook, Layout, System
from elancry.eaf import Constraint

SEQUENCE_TYPE = "sequence"
COMMENT_TYPE = "comment"


@dataclass(frozen=True, slots=True)
class PlannedType:
    """A linguistic type to be made."""

    id: str
    constraint: Constraint | None
    vocabulary: str | None


@dataclass(frozen=True, slots=True)
class PlannedTier:
    """A tier to be made. `system` and `category` say what it is for; both `None` for sequences and comments."""

    id: str
    type_id: str
    parent: str | None = None
    participant: str | None = None
    system: System | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Structure:
    """All types and tiers, parents before children, tiers in the order raters see them."""

    types: tuple[PlannedType, ...]
    tiers: tuple[PlannedTier, ...]


def plan_structure(codebook: Codebook) -> Structure:
    """The types and tiers of a file made from `codebook`."""
    types = _types(codebook)
    named = {item.id for item in types}
    top: list[PlannedTier] = []
    if codebook.sequence_tier is not None:
        sequence = _free(SEQUENCE_TYPE, named)
        types.append(PlannedType(sequence, None, None))
        top.append(PlannedTier(codebook.sequence_tier, sequence))
    intervals = [tier for system in codebook.systems for tier in _interval_tiers(system)]
    comments: list[PlannedTier] = []
    if codebook.comment_tiers:
        comment = _free(COMMENT_TYPE, named)
        types.append(PlannedType(comment, None, None))
        comments = [PlannedTier(name, comment) for name in codebook.comment_tiers]
    ratings = [tier for system in codebook.systems for tier in _rating_tiers(system, codebook.sequence_tier)]
    return Structure(tuple(types), tuple(_parents_first([*top, *intervals, *comments, *ratings])))


def _types(codebook: Codebook) -> list[PlannedType]:
    types = []
    for system in codebook.systems:
        if system.has_intervals:
            constraint = None if system.parent is None else Constraint.INCLUDED_IN
            types.append(PlannedType(system.id, constraint, system.id))
        if system.has_ratings:
            vocabulary = system.rating_vocabulary
            types.append(PlannedType(vocabulary, Constraint.SYMBOLIC_ASSOCIATION, vocabulary))
    return types


def _interval_tiers(system: System) -> list[PlannedTier]:
    if not system.has_intervals:
        return []
    if system.layout is Layout.ONE_TIER:
        return [PlannedTier(system.tier_name, system.id, system.parent, system.participant, system)]
    return [
        PlannedTier(system.category_tier_name(item.id), system.id, system.parent, system.participant, system, item.id)
        for item in system.categories
    ]


def _rating_tiers(system: System, sequence_tier: str | None) -> list[PlannedTier]:
    if not system.has_ratings or sequence_tier is None:
        return []
    return [
        PlannedTier(
            system.rating_tier_name(item.id),
            system.rating_vocabulary,
            sequence_tier,
            system.participant,
            system,
            item.id,
        )
        for item in system.categories
    ]


def _free(name: str, taken: set[str]) -> str:
    """`name`, or `name_type` where a system has it: types share one set of names."""
    while name in taken:
        name += "_type"
    taken.add(name)
    return name


def _parents_first(tiers: list[PlannedTier]) -> list[PlannedTier]:
    ordered: list[PlannedTier] = []
    waiting = list(tiers)
    while waiting:
        placed = {tier.id for tier in ordered}
        ready = [tier for tier in waiting if tier.parent is None or tier.parent in placed]
        if not ready:
            # The loader refuses parents that are not there or go round; a codebook made in code may not have passed it.
            raise ValueError(f"the parent of tier {waiting[0].id!r} is not in the codebook")
        ordered += ready
        waiting = [tier for tier in waiting if tier not in ready]
    return ordered
