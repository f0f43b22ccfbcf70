"""Tiers of people's merged file as one more input of a merge: everything that merging gives by itself is left out.

Annotations that hang on tiers which are not carried (a note on a rater's annotation) find their parent again by tier
and times once the merged file is there: its id may be another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from lxml import etree

from elancry.check.coding import CONSENSUS
from elancry.eaf import Document
from elancry.errors import OutputRefused
from elancry.merge.parts import Part, copied
from elancry.merge.remembered import PROPERTY
from elancry.spans import format_ms
from elancry.texts import some, text

_PLACEHOLDER = "elsewhere:"
_NUMBERED = re.compile(r"_\d+$")
_SLOTS = ("TIME_SLOT_REF1", "TIME_SLOT_REF2")


def carried_part(
    document: Document, name: str, kept: Collection[str], parts: Sequence[Part], vocabularies: Collection[str]
) -> Part | None:
    """The tiers `kept` of a merged file, with people's links and changed `vocabularies`; `None` where that is nothing.

    `parts` are the raters' files, whose links are in them.
    """
    root = copied(document.root)
    for tier in root.findall("TIER"):
        if tier.get("TIER_ID") not in kept:
            root.remove(tier)
    theirs = {_NUMBERED.sub("", links.get("LINK_SET_ID", "")) for part in parts for links in _links(part.root)}
    for links in _links(root):
        if _NUMBERED.sub("", links.get("LINK_SET_ID", "")) in theirs:
            root.remove(links)
    if root.find("TIER") is None and not _links(root) and not vocabularies:
        return None
    _remove_unused(root, vocabularies)
    for element in root.findall("HEADER/PROPERTY"):
        if element.get("NAME") == PROPERTY and (header := root.find("HEADER")) is not None:
            header.remove(element)
    tiers = {tier: (tier.rpartition("@")[0] or tier, tier) for tier in kept}
    elsewhere = {old: f"{_PLACEHOLDER}{old}" for old in _parents_elsewhere(document, root)}
    return Part(document.changed(root, name), CONSENSUS, tiers, name=name, carried=True, elsewhere=elsewhere)


def with_parents(merged: Document, before: Document) -> Document:
    """The merged file, with what hangs on tiers that were not carried put on the annotations there now.

    `before` is the file that it was carried from. Raises OutputRefused where such an annotation is gone.
    """
    waiting = [
        element
        for element in merged.root.iter("REF_ANNOTATION")
        if (element.get("ANNOTATION_REF") or "").startswith(_PLACEHOLDER)
    ]
    if not waiting:
        return merged
    places = {
        item.id: (tier.id, item.start_ms, item.end_ms) for tier in before.tiers for item in before.annotations(tier.id)
    }
    now: dict[tuple[str, int, int], str] = {}
    for tier in merged.tiers:
        for item in merged.annotations(tier.id):
            now.setdefault((tier.id, item.start_ms, item.end_ms), item.id)
    lost = []
    for element in waiting:
        place = places.get(element.get("ANNOTATION_REF", "").removeprefix(_PLACEHOLDER), ("", 0, 0))
        if place in now:
            element.set("ANNOTATION_REF", now[place])
        else:
            lost.append(text("merge.work-parent", tier=place[0], time=format_ms(place[1])))
    if lost:
        said = text("merge.work-parents-gone", file=before.name, places=some(lost, 5))
        raise OutputRefused(said, hint=text("merge.work-parents-gone-hint"))
    return merged.changed(merged.root)


def _parents_elsewhere(document: Document, root: etree._Element) -> set[str]:
    """Ids of annotations in other tiers that those of the carried `root` refer to, in the whole `document`."""
    own = {item.get("ANNOTATION_ID") for item in root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")}
    known = {item.get("ANNOTATION_ID") for item in document.root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")}
    wanted = {item.get("ANNOTATION_REF") for item in root.iter("REF_ANNOTATION")}
    return {name for name in wanted if name is not None and name in known and name not in own}


def _links(root: etree._Element) -> list[etree._Element]:
    return root.findall("REF_LINK_SET")


def _remove_unused(root: etree._Element, vocabularies: Collection[str]) -> None:
    """Types, vocabularies and time slots that only other tiers had."""
    types = {tier.get("LINGUISTIC_TYPE_REF") for tier in root.iterfind("TIER")}
    for element in root.findall("LINGUISTIC_TYPE"):
        if element.get("LINGUISTIC_TYPE_ID") not in types:
            root.remove(element)
    used = {kind.get("CONTROLLED_VOCABULARY_REF") for kind in root.iterfind("LINGUISTIC_TYPE")}
    for element in root.findall("CONTROLLED_VOCABULARY"):
        if element.get("CV_ID") not in used and element.get("CV_ID") not in vocabularies:
            root.remove(element)
    slots = {item.get(key) for item in root.iter("ALIGNABLE_ANNOTATION") for key in _SLOTS}
    order = root.find("TIME_ORDER")
    for slot in [] if order is None else order.findall("TIME_SLOT"):
        if slot.get("TIME_SLOT_ID") not in slots and order is not None:
            order.remove(slot)
