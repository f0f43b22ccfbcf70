"""Anvil's annotation files (.anvil): tracks of elements with attributes.

    <track name="gesture.phase" type="primary">
      <el index="0" start="1.2" end="2.48"><attribute name="kind">beat</attribute></el>

Source: Anvil's manual (Kipp; tracks are primary, singleton or span) and published programs that read the files; no
sample file was at hand. A track becomes a tier with the first attribute of its elements as the values; further
attributes and comments hang under it, on tiers `TRACK.ATTRIBUTE` and `TRACK comment`. Elements of a singleton track
take their times from the element that they refer to, those of a span track from the first and the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from elancry.eaf.parts import Media
from elancry.eaf.xml import parse_xml
from elancry.findings import Finding, finding
from elancry.interop.exmaralda.timeline import exact_ms, line_of, not_there, whole
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_of_file
from elancry.interop.text import damaged, refusal
from elancry.texts import some, text

_KIND = text("format.kind.anvil")
_COMMENT = " comment"
_PRIMARY, _POINT, _SINGLETON, _SPAN = "primary", "primary-point", "singleton", "span"
Spans = Mapping[str, tuple[int, int]]
"""The times of a track's elements by index."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One element: its times, and texts by the name of the attribute."""

    span: tuple[int, int]
    texts: Mapping[str, str]


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a file; raises UnreadableInput with the line where it stops making sense."""
    root = parse_xml(data, name, "annotation", text("format.xml-kind.anvil"))
    body = root.find("body")
    if body is None:
        raise refusal(name, 1, _KIND, text("format.anvil-no-body"), text("format.timeline-hint"))
    spans: dict[str, Spans] = {}
    tiers: list[FlatTier] = []
    left: list[str] = []
    for track in body.iterchildren(etree.Element):
        called, kind = track.get("name", ""), track.get("type", "")
        if track.tag != "track":
            left.append(str(track.tag))
            continue
        if kind not in (_PRIMARY, _POINT, _SINGLETON, _SPAN):
            left.append(called or kind)
            continue
        if not called or called in spans:
            raise not_there(name, line_of(track), f"track {called}")
        elements = _elements(track, kind, spans, name)
        spans[called] = {index: one.span for index, one in elements.items()}
        tiers.append(_tier(called, list(elements.values()), points=kind == _POINT))
    chosen = [tier for tier in tiers if choices.tiers is None or tier.name in choices.tiers]
    media = [Media(source) for video in root.iterfind("head/video") if (source := video.get("src", ""))]
    document, changes = build_document(chosen, name=name, media=media)
    return Read({stem_of_file(name): document}, (*_told(left, name), *changes))


def _elements(track: etree._Element, kind: str, spans: Mapping[str, Spans], name: str) -> dict[str, _Element]:
    found: dict[str, _Element] = {}
    for element in track.iterchildren(etree.Element):
        index, line = element.get("index", ""), line_of(element)
        if element.tag != "el" or not index or index in found:
            raise not_there(name, line, f"{element.tag} {index}")
        texts: dict[str, str] = {}
        for child in element.iterchildren(etree.Element):
            key = child.get("name", "") if child.tag == "attribute" else _COMMENT
            if child.tag not in ("attribute", "comment") or not key or key in texts:
                raise not_there(name, line_of(child), f"{child.tag} {key}")
            texts[key] = (child.text or "").strip()
        found[index] = _Element(_span(element, kind, track.get("ref", ""), spans, name), texts)
    return found


def _span(element: etree._Element, kind: str, track: str, spans: Mapping[str, Spans], name: str) -> tuple[int, int]:
    """The times of an element, its own or those of what it refers to."""
    line = line_of(element)
    if kind in (_SINGLETON, _SPAN):
        ends = ("ref", "ref") if kind == _SINGLETON else ("start", "end")
        others = [spans.get(track, {}).get(element.get(key, "")) for key in ends]
        if others[0] is None or others[1] is None or others[1][1] < others[0][0]:
            why = text("format.anvil-no-reference", track=track[:60])
            raise damaged(name, line, why, text("format.timeline-hint"))
        return others[0][0], others[1][1]
    keys = ("time", "time") if kind == _POINT else ("start", "end")
    start, end = (exact_ms(element.get(key)) for key in keys)
    if start is None or end is None or end < start:
        given = f"{element.get(keys[0], '')} {element.get(keys[1], '')}"
        raise damaged(name, line, text("format.anvil-times", given=given[:60]), text("format.timeline-hint"))
    return whole(start), whole(end)


def _tier(called: str, elements: Sequence[_Element], *, points: bool) -> FlatTier:
    names = list(dict.fromkeys(key for one in elements for key in one.texts if key != _COMMENT))
    rows = [(*one.span, one.texts.get(names[0], "") if names else "") for one in elements]
    attached = {f"{called}.{key}": [one.texts.get(key) for one in elements] for key in names[1:]}
    if any(one.texts.get(_COMMENT) for one in elements):
        attached[called + _COMMENT] = [one.texts.get(_COMMENT) or None for one in elements]
    return FlatTier(called, rows, points=points, attached=attached)


def _told(left: Sequence[str], name: str) -> tuple[Finding, ...]:
    if not left:
        return ()
    message = text("finding.convert-not-understood.message-anvil-left", names=some([repr(one) for one in left], 10))
    return (finding("convert-not-understood", message, file=name or None),)


FORMAT = Format(
    "anvil",
    text("format.title.anvil"),
    (".anvil",),
    read,
    not_understood=(
        text("format.ignores.anvil-specification"),
        text("format.ignores.anvil-tracks"),
        text("format.ignores.anvil-fine"),
    ),
)
