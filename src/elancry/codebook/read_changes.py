"""The section `changes` of a codebook: what became of the categories of the version before."""

from __future__ import annotations

from collections.abc import Collection

from elancry.codebook.model import Changes, SystemChanges
from elancry.names import did_you_mean, nearest
from elancry.texts import Text, text
from elancry.yaml_lines import Kind, Node, Section, Walk

_KEYS = ("was", "renamed", "merged", "split", "removed", "added")


def read_changes(top: Section, systems: Collection[str]) -> Changes:
    """The changes under `top`; the categories they name are compared with the old codebook when it is there."""
    section = top.section("changes", ("from", "systems"), text("codebook.changes"))
    if section is None:
        return Changes()
    found: dict[str, SystemChanges] = {}
    for key, node in section.pairs("systems"):
        if key.text not in systems:
            message = text("codebook.change-no-system", name=key.text)
            section.walk.report("bad-change", key.line, message, did_you_mean(nearest(key.text, systems)))
            continue
        part = section.walk.section(node, _KEYS, text("codebook.changes-of", name=key.text))
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
            part.walk.wrong_type(new, part.part(key), text("codebook.change-pair"))
    return found


def _lists(part: Section, key: str) -> dict[str, tuple[str, ...]]:
    return {one.text: _ids(many, part.part(key), part.walk) for one, many in part.pairs(key)}


def _ids(node: Node, what: Text, walk: Walk) -> tuple[str, ...]:
    if node.kind is not Kind.LIST or not all(item.kind is Kind.TEXT for item in node.items):
        walk.wrong_type(node, what, text("codebook.change-list"))
        return ()
    return tuple(item.text.strip() for item in node.items)
