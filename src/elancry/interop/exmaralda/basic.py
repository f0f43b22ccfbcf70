"""EXMARaLDA basic transcriptions (.exb): tiers of events between the points of one timeline.

Source: the DTD and schema of EXMARaLDA (basic-transcription) and its demo corpus. A tier is called by its display name;
the speaker's abbreviation becomes the participant.
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

_KIND = text("format.kind.exb")
_BESIDE = ("ud-tier-information",)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a transcription; raises UnreadableInput with the line where it stops making sense."""
    root = parse_xml(data, name, "basic-transcription", text("format.xml-kind.exb"))
    body, points = root.find("basic-body"), root.findall("basic-body/common-timeline/tli")
    if body is None or not points:
        raise refusal(name, 1, _KIND, text("format.exb-no-timeline"), text("format.timeline-hint"))
    timeline = Timeline([(tli.get("id") or "", tli.get("time"), line_of(tli)) for tli in points], name)
    speakers = {
        one.get("id"): (one.findtext("abbreviation") or "").strip() or one.get("id")
        for one in root.iterfind("head/speakertable/speaker")
    }
    tiers = []
    for element in body.iterchildren(etree.Element):
        if element.tag == "tier":
            tiers.append(_tier(element, timeline, speakers, name))
        elif element.tag != "common-timeline":
            raise not_there(name, line_of(element), str(element.tag))
    chosen = [tier for tier in tiers if choices.tiers is None or tier.name in choices.tiers]
    media = [
        Media(url) for one in root.iterfind("head/meta-information/referenced-file") if (url := one.get("url", ""))
    ]
    document, changes = build_document(chosen, name=name, media=media)
    return Read({stem_of_file(name): document}, (*timeline.findings(), *changes))


def _tier(element: etree._Element, timeline: Timeline, speakers: dict[str | None, str | None], name: str) -> FlatTier:
    rows: list[FlatRow] = []
    for event in element.iterchildren(etree.Element):
        if event.tag in _BESIDE:
            continue
        if event.tag != "event":
            raise not_there(name, line_of(event), str(event.tag))
        start, end = timeline.span(event.get("start"), event.get("end"), line_of(event))
        said = (event.text or "") + "".join(child.tail or "" for child in event)
        rows.append((start, end, said))
    speaker = element.get("speaker")
    called = element.get("display-name") or element.get("category") or element.get("id") or ""
    return FlatTier(called, rows, participant=speakers.get(speaker, speaker) if speaker else None)


FORMAT = Format(
    "exb",
    text("format.title.exb"),
    (".exb",),
    read,
    not_understood=(
        text("format.ignores.exb-head"),
        text("format.ignores.exb-tiers"),
        text("format.ignores.exb-formats"),
    ),
)
