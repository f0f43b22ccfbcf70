"""Rename tiers or types, several at once: names may be exchanged, and a name that is taken stops only its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from elancry.eaf import Document
from elancry.edit.change import Change, Row, nothing_named, twice, unclear_tiers
from elancry.edit.name_patterns import renamed
from elancry.edit.operation import TIER_NAMES, option
from elancry.findings import Finding, finding
from elancry.texts import Text, text

TIER_RENAMED = text("change.tier-renamed")


@dataclass(frozen=True, slots=True)
class Renames:
    """Pairs of old and new name, as `name_patterns.renamed` understands them; the first pair that fits counts."""

    pairs: tuple[tuple[str, str], ...] = option(
        "--rename",
        text("batch.rename.rename", names=TIER_NAMES),
        metavar="OLD NEW",
    )


def rename_tiers(document: Document, choices: Renames) -> Change:
    """Rename tiers, also where tiers below them name them.

    A new name that a file has already is a finding there, and the old name stays.

    Example:  elancry batch rename-tier coded -o renamed --rename crying crying_form --rename '*@R1' '*-R1'
    """
    names = [tier.id for tier in document.tiers]
    unclear = unclear_tiers(document)
    wanted, findings = _wanted(names, choices, "tier")
    findings += twice(wanted, unclear)
    wanted = {old: new for old, new in wanted.items() if old not in unclear}
    plan, taken = _possible(names, wanted, "tier")
    if not plan:
        return Change(document, (), (*findings, *taken))
    editor = document.edit()
    in_turn(plan, editor.tiers.rename)
    rows = tuple(Row(TIER_RENAMED, old, before=old, after=new) for old, new in plan.items())
    return Change(editor.document(), rows, (*findings, *taken))


def rename_types(document: Document, choices: Renames) -> Change:
    """Rename tier types, also where tiers name them.

    Example:  elancry batch rename-type coded -o renamed --rename default-lt comment
    """
    names = [kind.id for kind in document.types]
    wanted, findings = _wanted(names, choices, "type")
    plan, taken = _possible(names, wanted, "type")
    if not plan:
        return Change(document, (), (*findings, *taken))
    editor = document.edit()
    in_turn(plan, editor.types.rename)
    rows = tuple(Row(text("change.type-renamed"), before=old, after=new) for old, new in plan.items())
    return Change(editor.document(), rows, (*findings, *taken))


def _wanted(names: Iterable[str], choices: Renames, what: str) -> tuple[dict[str, str], tuple[Finding, ...]]:
    wanted: dict[str, str] = {}
    findings = []
    for old, new in choices.pairs:
        found = renamed(names, old, new)
        if not found:
            findings.append(nothing_named(what, old, list(names)))
        for name, target in found.items():
            wanted.setdefault(name, target)
    return {old: new for old, new in wanted.items() if old != new}, tuple(findings)


def _possible(names: Iterable[str], wanted: dict[str, str], what: str) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """The renames after which every name is still there once; what is taken out may take the room of others."""
    plan = dict(wanted)
    findings: list[Finding] = []
    while True:
        after: dict[str, list[str]] = {}
        for name in names:
            after.setdefault(plan.get(name, name), []).append(name)
        refused = [name for group in after.values() if len(group) > 1 for name in group if name in plan]
        refused += [old for old, new in plan.items() if not new.strip()]
        if not refused:
            return plan, tuple(findings)
        for old in dict.fromkeys(refused):
            new = plan.pop(old)
            message = Text(
                f"finding.batch-name-taken.message-{what}"
                if new.strip()
                else f"finding.batch-name-taken.message-empty-{what}",
                {"old": old, "new": new},
            )
            where = {"tier": old} if what == "tier" else {}
            findings.append(finding("batch-name-taken", message, hint=text("finding.batch-name-taken.hint"), **where))


def in_turn(plan: Mapping[str, str], rename: Callable[[str, str], None]) -> None:
    """Rename all of old name -> new name, by way of names that nothing has: one old name may be another's new one."""
    for number, old in enumerate(plan):
        rename(old, f"\N{WORD JOINER}elancry {number}")
    for number, new in enumerate(plan.values()):
        rename(f"\N{WORD JOINER}elancry {number}", new)
