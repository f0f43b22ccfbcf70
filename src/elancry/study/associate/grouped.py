"""A system seen by its groups: what were groups are its categories, as `predictors: groups` wants them.

The scores of a group have columns of their own in `sequences.csv` (`share.SYSTEM.group:GROUP`), so a codebook whose
categories are called `group:GROUP` finds them there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from elancry.association.scores import GROUP_PREFIX
from elancry.codebook.model import Category, Codebook, System


def with_groups_of(codebook: Codebook, system_id: str) -> Codebook:
    """`codebook` with the groups of one system as its categories; ungrouped categories stay."""
    return replace(
        codebook,
        systems=tuple(_grouped(system) if system.id == system_id else system for system in codebook.systems),
    )


def group_references(codebook: Codebook, references: Mapping[str, str], system_id: str) -> dict[str, str]:
    """`references` with the category of one system replaced by its group."""
    system, category = codebook.system(system_id), references.get(system_id)
    found = None if system is None or category is None else system.category(category)
    if found is None or found.group is None:
        return dict(references)
    return {**references, system_id: GROUP_PREFIX + found.group}


def _grouped(system: System) -> System:
    used = {category.group for category in system.categories}
    groups = [Category(GROUP_PREFIX + group.id, group.labels) for group in system.groups if group.id in used]
    if not groups:
        return system
    alone = [category for category in system.categories if category.group is None]
    return replace(system, categories=(*groups, *alone), groups=())
