"""What became of each category between two versions of a codebook.

The new codebook says so itself, under `changes`, by category ids:

    changes:
      from: 1
      systems:
        crying_form:
          renamed: {inhibited: held_back}            # old: new
          merged: {grief: [despair, sorrow]}         # new: olds
          split: {protest: [anger, accusation]}      # old: news
          removed: [unclear]
          added: [relief]

A category that is in both versions and named nowhere is kept (its labels may be reworded). One that is only in the old
version and named nowhere would vanish without anybody having decided so: that is a mistake in `changes`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from elancry.codebook.model import Category, Codebook, System
from elancry.errors import InvalidInput
from elancry.findings import Finding, finding
from elancry.names import did_you_mean, nearest
from elancry.texts import Text, text

LEFT_OVER = " (old)"
"""Ends a value whose category was split or removed, until a person has decided what it is now."""


class Change(StrEnum):
    """What became of an old category."""

    KEPT = "kept"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    REMOVED = "removed"


@dataclass(frozen=True)
class SystemRevision:
    """One system in both versions. `old` is `None` for a new system, `new` for one that was given up.

    `fate` maps each old category's id to what became of it and the new categories it may now be: one for kept, renamed
    and merged, several for split, none for removed.
    """

    old: System | None
    new: System | None
    fate: Mapping[str, tuple[Change, tuple[Category, ...]]] = field(default_factory=dict)

    def target(self, category_id: str) -> Category | None:
        """The one new category of an old one, where no person has to decide; else `None`."""
        change, targets = self.fate[category_id]
        return targets[0] if change not in (Change.SPLIT, Change.REMOVED) else None


@dataclass(frozen=True)
class Revision:
    """Two versions of a codebook and what became of each system and category."""

    old: Codebook
    new: Codebook
    systems: tuple[SystemRevision, ...]


def build_revision(old: Codebook, new: Codebook) -> Revision:
    """The revision that `new.changes` describes; InvalidInput with every mistake in it."""
    findings = list(_version_problem(old, new))
    systems: list[SystemRevision] = []
    for system in new.systems:
        changes = new.changes.systems.get(system.id)
        before = old.system(changes.was if changes is not None and changes.was is not None else system.id)
        if changes is not None and changes.was is not None and before is None:
            findings.append(_mistake(system.id, text("codebook.change-no-old-system", name=changes.was)))
        revision, problems = _system(before, system, new)
        systems.append(revision)
        findings += problems
    known = {revision.old.id for revision in systems if revision.old is not None}
    systems += [_given_up(system) for system in old.systems if system.id not in known]
    if findings:
        raise InvalidInput(text("codebook.mistakes-in-changes", n=len(findings), name=new.stamp), findings)
    return Revision(old, new, tuple(systems))


def _version_problem(old: Codebook, new: Codebook) -> Iterator[Finding]:
    if new.changes.since is not None and new.changes.since != old.version:
        yield finding(
            "codebook-bad-change",
            text(
                "finding.codebook-bad-change.message-from",
                since=new.changes.since,
                version=old.version,
            ),
            hint=text("finding.codebook-bad-change.hint-old"),
        )
    if new.stamp == old.stamp and new.systems != old.systems:
        yield finding(
            "codebook-bad-change",
            text("finding.codebook-bad-change.message-same-version", stamp=old.stamp),
            hint=text("finding.codebook-bad-change.hint-version"),
        )


def _mistake(system: str, message: Text, hint: Text | None = None) -> Finding:
    return finding(
        "codebook-bad-change",
        text("finding.codebook-bad-change.message-system", system=system, problem=message),
        hint=hint,
    )


def _given_up(system: System) -> SystemRevision:
    return SystemRevision(system, None, {item.id: (Change.REMOVED, ()) for item in system.categories})


def _system(old: System | None, new: System, codebook: Codebook) -> tuple[SystemRevision, list[Finding]]:
    if old is None:
        return SystemRevision(None, new), []
    findings: list[Finding] = []
    stated: dict[str, tuple[Change, tuple[str, ...]]] = {}
    for category_id, change, targets in _stated(codebook, new.id):
        if old.category(category_id) is None:
            hint = did_you_mean(nearest(category_id, [item.id for item in old.categories]))
            message = text("codebook.change-no-old-category", change=change.value, name=category_id)
            findings.append(_mistake(new.id, message, hint))
        elif category_id in stated:
            first = stated[category_id][0]
            message = text("codebook.change-twice", name=category_id, first=first.value, second=change.value)
            findings.append(_mistake(new.id, message))
        stated.setdefault(category_id, (change, targets))
        for target in targets:
            if new.category(target) is None:
                hint = did_you_mean(nearest(target, [item.id for item in new.categories]))
                message = text("codebook.change-no-new-category", change=change.value, name=target)
                findings.append(_mistake(new.id, message, hint))
    fate: dict[str, tuple[Change, tuple[Category, ...]]] = {}
    for category in old.categories:
        same = new.category(category.id)
        if category.id in stated:
            change, targets = stated[category.id]
            found = tuple(item for item in (new.category(target) for target in targets) if item is not None)
            fate[category.id] = (change, found)
        elif same is not None:
            fate[category.id] = (Change.KEPT, (same,))
        else:
            message = text("codebook.change-open", name=category.id)
            findings.append(_mistake(new.id, message, text("codebook.change-open-hint")))
    return SystemRevision(old, new, fate), findings


def _stated(codebook: Codebook, system_id: str) -> Iterator[tuple[str, Change, tuple[str, ...]]]:
    changes = codebook.changes.systems.get(system_id)
    if changes is None:
        return
    for old, new in changes.renamed.items():
        yield old, Change.RENAMED, (new,)
    for new, olds in changes.merged.items():
        for old in olds:
            yield old, Change.MERGED, (new,)
    for old, news in changes.split.items():
        yield old, Change.SPLIT, news
    for old in changes.removed:
        yield old, Change.REMOVED, ()
