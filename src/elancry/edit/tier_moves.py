"""Tiers that carry a category's or a system's name, moved to their new names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from elancry.codebook.model import Layout, System
from elancry.codebook.observed import base_name
from elancry.codebook.revision import Change, Revision, SystemRevision
from elancry.eaf import Document, Editor
from elancry.edit.migration_rows import Fate
from elancry.edit.renames import in_turn

_FATES = {Change.KEPT: Fate.KEPT, Change.RENAMED: Fate.RENAMED, Change.MERGED: Fate.MERGED}
_PERSON = {Change.SPLIT: Fate.SPLIT, Change.REMOVED: Fate.REMOVED}


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to become of an old tier: its new name (`None`: it has none), and why."""

    name: str | None
    change: Change
    rating: bool


def move_tiers(document: Document, revision: Revision, editor: Editor) -> dict[str, tuple[Fate, str]]:
    """Rename, and where they are empty and no longer wanted remove, the tiers of `document` in `editor`.

    Tiers of several old categories that would become one tier are joined only where at most one of them holds
    annotations; else all stay under their old names. Returns the fates of annotations on rating tiers, and of those on
    category tiers that had to stay.
    """
    wishes = _wishes(revision)
    fates: dict[str, tuple[Fate, str]] = {}
    renames: dict[str, str] = {}
    taken: dict[str, list[tuple[str, _Wish]]] = {}
    for tier in document.tiers:
        base = tier.id if tier.id in wishes else base_name(tier.id)
        wish = wishes.get(base)
        if wish is None:
            continue
        suffix = tier.id[len(base) :]
        target = tier.id if wish.name is None else wish.name + suffix
        taken.setdefault(target, []).append((tier.id, wish))
    for target, tiers in taken.items():
        full = [(name, wish) for name, wish in tiers if document.annotations(name)]
        if len(full) > 1:
            for name, _ in full:
                _mark(document, name, fates, Fate.CONFLICT, f"{len(full)} tiers would become {target}")
            continue
        stays = full[0] if full else next((item for item in tiers if item[1].name is not None), tiers[0])
        for name, wish in tiers:
            if name != stays[0] or (wish.name is None and not full):
                _remove_if_free(document, editor, name)
        name, wish = stays
        if wish.name is None:
            _mark(document, name, fates, _PERSON.get(wish.change, Fate.REMOVED), "the new codebook has no tier for it")
        else:
            if wish.rating:
                _mark(document, name, fates, _FATES[wish.change], "")
            if name != target:
                renames[name] = target
    in_turn(renames, editor.tiers.rename)
    return fates


def _wishes(revision: Revision) -> Mapping[str, _Wish]:
    wishes: dict[str, _Wish] = {}
    old, new = revision.old.sequence_tier, revision.new.sequence_tier
    if old is not None and new is not None and old != new:
        wishes[old] = _Wish(new, Change.KEPT, False)
    for item in revision.systems:
        if item.old is None:
            continue
        both = item.new is not None and item.old.has_intervals and item.new.has_intervals
        if item.new is not None and both and item.old.layout is Layout.ONE_TIER:
            wishes[item.old.tier_name] = _Wish(item.new.tier_name, Change.KEPT, False)
        for category in item.old.categories:
            change = item.fate[category.id][0]
            if item.old.has_intervals and item.old.layout is Layout.TIER_PER_CATEGORY:
                name = _name(item, category.id, System.category_tier_name)
                wishes[item.old.category_tier_name(category.id)] = _Wish(name, change, False)
            if item.old.has_ratings:
                name = _name(item, category.id, System.rating_tier_name)
                wishes[item.old.rating_tier_name(category.id)] = _Wish(name, change, True)
    return wishes


def _name(item: SystemRevision, category_id: str, naming: object) -> str | None:
    target = item.target(category_id)
    if item.new is None or target is None:
        return None
    if not (item.new.has_ratings if naming is System.rating_tier_name else item.new.has_intervals):
        return None
    assert callable(naming)
    return str(naming(item.new, target.id))


def _mark(document: Document, tier: str, fates: dict[str, tuple[Fate, str]], fate: Fate, note: str) -> None:
    for annotation in document.annotations(tier):
        fates[annotation.id] = (fate, note)


def _remove_if_free(document: Document, editor: Editor, name: str) -> None:
    if not document.annotations(name) and not document.children(name):
        editor.tiers.remove(name)
