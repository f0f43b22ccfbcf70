"""Putting elements where ELAN expects them, with its indentation, and finding what refers to what."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree

from elancry.eaf.columns import query

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
    insert_at(parent, place, child, depth)


def insert_behind(before: etree._Element, child: etree._Element) -> None:
    """Insert `child` right behind a child of the root, on a line of its own."""
    root = before.getparent()
    assert root is not None
    indent_subtree(child, 1)
    insert_at(root, root.index(before) + 1, child, 1)


def insert_at(parent: etree._Element, place: int, child: etree._Element, depth: int) -> None:
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


def highest_number(ids: Iterable[str], prefix: str) -> int:
    """The highest N among ids of the form `prefix` N, 0 if there is none."""
    highest, start = 0, len(prefix)
    for name in ids:
        if name.startswith(prefix):
            digits = name[start:]
            if digits.isdigit() and digits.isascii() and len(digits) <= 15:
                highest = max(highest, int(digits))
    return highest


def xml_ids(root: etree._Element) -> set[str]:
    """Every value that the schema types as xsd:ID: one set for the whole file."""
    names = (
        "descendant::ALIGNABLE_ANNOTATION/@ANNOTATION_ID",
        "descendant::REF_ANNOTATION/@ANNOTATION_ID",
        "TIME_ORDER/TIME_SLOT/@TIME_SLOT_ID",
        "LOCALE/@LANGUAGE_CODE",
        "LANGUAGE/@LANG_ID",
        "CONSTRAINT/@STEREOTYPE",
        "LEXICON_REF/@LEX_REF_ID",
        "REF_LINK_SET/@LINK_SET_ID",
        "REF_LINK_SET/*/@REF_LINK_ID",
        "EXTERNAL_REF/@EXT_REF_ID",
    )
    found: set[str] = set()
    for path in names:
        found.update(query(path)(root))
    return found
