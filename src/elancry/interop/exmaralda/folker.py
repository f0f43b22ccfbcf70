"""FOLKER transcripts (.flk): contributions of speakers between the points of one timeline, a tier for each speaker.

Source: the style sheets of EXMARaLDA that write the format; no sample file was at hand. Words of a parsed contribution
are put together with blanks.
"""

from __future__ import annotations

from lxml import etree

from elancry.eaf.parts import Media
from elancry.eaf.xml import parse_xml
from elancry.interop.exmaralda.timeline import Timeline, line_of, not_there
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_of_file
from elancry.interop.text import refusal
from elancry.texts import text

_KIND = text("format.kind.flk")
_NO_SPEAKER = "contributions"
_BESIDE = ("head", "speakers", "recording", "timeline")
_WORDS, _TEXTS = ("w",), ("unparsed", "segment")


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a transcript; raises UnreadableInput with the line where it stops making sense."""
    root = parse_xml(data, name, "folker-transcription", text("format.xml-kind.flk"))
    points = root.findall("timeline/timepoint")
    if not points:
        raise refusal(name, 1, _KIND, text("format.exb-no-timeline"), text("format.timeline-hint"))
    named = [(one.get("timepoint-id") or "", one.get("absolute-time"), line_of(one)) for one in points]
    timeline = Timeline(named, name)
    rows: dict[str, list[FlatRow]] = {}
    for element in root.iterchildren(etree.Element):
        if element.tag in _BESIDE:
            continue
        if element.tag != "contribution":
            raise not_there(name, line_of(element), str(element.tag))
        start, end = timeline.span(element.get("start-reference"), element.get("end-reference"), line_of(element))
        speaker = element.get("speaker-reference") or _NO_SPEAKER
        rows.setdefault(speaker, []).append((start, end, _said(element)))
    tiers = [
        FlatTier(speaker, found, participant=None if speaker == _NO_SPEAKER else speaker)
        for speaker, found in rows.items()
        if choices.tiers is None or speaker in choices.tiers
    ]
    media = [Media(path) for one in root.iterfind("recording") if (path := one.get("path", ""))]
    document, changes = build_document(tiers, name=name, media=media)
    return Read({stem_of_file(name): document}, (*timeline.findings(), *changes))


def _said(contribution: etree._Element) -> str:
    """The words of a contribution, or its text where it was not parsed."""
    if words := ["".join(map(str, word.itertext())) for word in contribution.iter(*_WORDS)]:
        return " ".join(words)
    parts = [part for element in contribution.iter(*_TEXTS) for part in _own_text(element)]
    return " ".join(" ".join(parts).split())


def _own_text(element: etree._Element) -> list[str]:
    return [element.text or "", *(child.tail or "" for child in element)]


FORMAT = Format(
    "flk",
    text("format.title.flk"),
    (".flk",),
    read,
    not_understood=(text("format.ignores.flk-parsed"), text("format.ignores.flk-points")),
)
