"""The section `changes` of a codebook: what became of the categories of the version before."""

from __future__ import annotations

from collections.abc import Collection

from elancry.codebook.model import Changes, SystemChanges
from elancry.yaml_lines import Kind, Node, Section, Walk, nearest

_KEYS = ("was", "renamed", "merged", "split", "removed", "added")


def read_changes(top: Section, systems: Collection[str]) -> Changes:
    """The changes under `top`; the categories they name are compared with the old codebook when it is there."""
    section = top.section("changes", ("from", "systems"), "'changes'")
    if section is None:
        return Changes()
    found: dict[str, SystemChanges] = {}
    for key, node in section.pairs("systems"):
        if key.text not in systems:
            close = nearest(key.text, systems)
            hint = f"Did you mean '{close}'?" if close else None
            section.walk.report(
                "bad-change", key.line, f"'changes': there is no system '{key.text}' in this codebook", hint
            )
            continue
        part = section.walk.section(node, _KEYS, f"'changes', system '{key.text}'")
        found[key.text] = SystemChanges(
            was=part.text("was"),
            renamed={old.text: new.text for old, new in _texts(part, "renamed")},
            merged=_lists(part, "merged"),
            split=_lists(part, "split"),
            removed=part.texts("removed"),
            added=part.texts("added"),
        )
    return Changes(section.text("from"), found)


def _texts(part: Section, key: str) -> list[tuple[Node, Node]]:
    found = []
    for old, new in part.pairs(key):
        if new.kind is Kind.TEXT:
            found.append((old, new))
        else:
            part.walk.wrong_type(new, f"{part.what}, '{key}'", "old: new, both category ids")
    return found


def _lists(part: Section, key: str) -> dict[str, tuple[str, ...]]:
    return {one.text: _ids(many, f"{part.what}, '{key}'", part.walk) for one, many in part.pairs(key)}


def _ids(node: Node, what: str, walk: Walk) -> tuple[str, ...]:
    if node.kind is not Kind.LIST or not all(item.kind is Kind.TEXT for item in node.items):
        walk.wrong_type(node, what, "a list of category ids, [one, another]")
        return ()
    return tuple(item.text.strip() for item in node.items)
