"""Putting elements where ELAN expects them, and taking them out, with its indentation."""

from __future__ import annotations

import copy

from lxml import etree

ROOT_ORDER = (
    "LICENSE",
    "HEADER",
    "TIME_ORDER",
    "TIER",
    "LINGUISTIC_TYPE",
    "LOCALE",
    "LANGUAGE",
    "CONSTRAINT",
    "CONTROLLED_VOCABULARY",
    "LEXICON_REF",
    "REF_LINK_SET",
    "EXTERNAL_REF",
)
"""The children of the root in the order of the schema."""

HEADER_ORDER = ("MEDIA_DESCRIPTOR", "LINKED_FILE_DESCRIPTOR", "PROPERTY")

_INDENT = "    "


def insert_ordered(parent: etree._Element, child: etree._Element, order: tuple[str, ...]) -> None:
    """Insert `child` behind its like, or where the schema's `order` puts the first of its kind; siblings stay."""
    rank = {tag: place for place, tag in enumerate(order)}
    own = rank[str(child.tag)]
    before = None
    for sibling in parent.iterchildren(reversed=True):
        if isinstance(sibling.tag, str) and rank.get(sibling.tag, -1) <= own:
            before = sibling
            break
    place = 0 if before is None else parent.index(before) + 1
    depth = sum(1 for _ in parent.iterancestors()) + 1
    indent_subtree(child, depth)
    _insert_at(parent, place, child, depth)


def _insert_at(parent: etree._Element, place: int, child: etree._Element, depth: int) -> None:
    """Insert `child` as the `place`-th node of `parent`, on a line of its own at `depth` levels."""
    margin = "\n" + _INDENT * depth
    closing = "\n" + _INDENT * (depth - 1)
    if place == 0:
        child.tail = parent.text if parent.text and not parent.text.strip() else (margin if len(parent) else closing)
        parent.text = margin if not (parent.text or "").strip() else parent.text
    else:
        before = parent[place - 1]
        child.tail = before.tail if before.tail and not before.tail.strip() else None
        if child.tail is None:
            child.tail = margin if place < len(parent) else closing
        before.tail = margin if not (before.tail or "").strip() else before.tail
    if place == len(parent) and not child.tail.strip():
        child.tail = closing
    parent.insert(place, child)


def remove_element(element: etree._Element) -> None:
    """Take an element out; text and comments around it stay, its own line goes."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    before = element.getprevious()
    if tail and (tail.strip() or before is None or element.getnext() is None):
        # The tail carries text, or the indentation of the closing tag.
        if before is not None:
            before.tail = (before.tail or "").rstrip(" \t\n") + tail
        elif element.getnext() is None and not tail.strip():
            parent.text = None
        elif tail.strip():
            parent.text = (parent.text or "") + tail
    parent.remove(element)


def move_before(target: etree._Element, moved: etree._Element) -> None:
    """Move an ANNOTATION before another on the same tier, each keeping a line of its own."""
    before, tail = moved.getprevious(), moved.tail
    if moved.getnext() is None and before is not None:
        # The last one carries the indentation of the closing tag.
        before.tail = tail
        tail = "\n        "
    target.addprevious(moved)
    moved.tail = tail


def move_behind_last(tier: etree._Element, moved: etree._Element) -> None:
    """Move an ANNOTATION to the end of its tier, each keeping a line of its own."""
    last = tier[-1]
    if moved is not last:
        tail = last.tail
        last.tail = moved.tail
        tier.append(moved)
        moved.tail = tail


def indent_subtree(element: etree._Element, depth: int) -> None:
    """Indent a new element that stands `depth` levels deep; texts inside are not touched."""
    if len(element):
        etree.indent(element, _INDENT, level=depth)
    element.tail = None


def copied(root: etree._Element) -> etree._Element:
    """A copy of the whole file: the root and the comments and instructions around it.

    lxml's own copy of a tree turns the order of what follows the root around.
    """
    twin = copy.deepcopy(root)
    for before in reversed(list(root.itersiblings(preceding=True))):
        twin.addprevious(copy.deepcopy(before))
    for after in reversed(list(root.itersiblings())):
        twin.addnext(copy.deepcopy(after))
    return twin
