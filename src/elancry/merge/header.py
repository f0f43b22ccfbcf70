"""Media, linked files, properties, licences and XML comments of several documents, each once.

Media are the same where their base names are; the first file's path stays. Where the times of a file were shifted by
its media offset, TIME_ORIGIN is lowered by as much, so that every annotation still shows the same moment. XML comments
and processing instructions stay inside tiers where they are; all others stand at the end of the merged file.
"""

from __future__ import annotations

from lxml import etree

from elancry.check.reading import base_name
from elancry.eaf.columns import query
from elancry.eaf.elements import make
from elancry.merge.parts import Part, copied
from elancry.merge.remembered import PROPERTY

# The URN names the rater's file; ELAN gives the merged file its own. What is remembered of a merge is this one's.
_NOT_TAKEN = frozenset({"URN", "lastUsedAnnotationId", PROPERTY})
# What is copied whole keeps its own.
_ELSEWHERE = "*[not(self::TIER or self::REF_LINK_SET or self::LICENSE)]"
_REMARKS = " | ".join(f"/{node} | {node} | {_ELSEWHERE}//{node}" for node in ("comment()", "processing-instruction()"))


class Header:
    """The united header: `take` every part, then `fill` the merged document."""

    def __init__(self) -> None:
        self._media: dict[str, etree._Element] = {}
        self._linked: dict[tuple[str, str], etree._Element] = {}
        self._properties: dict[tuple[str, str], etree._Element] = {}
        self._licences: dict[tuple[str, str], etree._Element] = {}
        self._remarks: dict[bytes, etree._Element] = {}

    def take(self, part: Part) -> None:
        """Take over what is not there yet."""
        for element in part.root.iterfind("HEADER/MEDIA_DESCRIPTOR"):
            name = base_name(element.get("MEDIA_URL", ""))
            if name not in self._media:
                self._media[name] = _with_origin(element, part.shift_ms)
        for element in part.root.iterfind("HEADER/LINKED_FILE_DESCRIPTOR"):
            link = (base_name(element.get("LINK_URL", "")), element.get("ASSOCIATED_WITH", ""))
            if link not in self._linked:
                self._linked[link] = _with_origin(element, part.shift_ms)
        for element in part.root.iterfind("HEADER/PROPERTY"):
            if element.get("NAME") not in _NOT_TAKEN:
                self._properties.setdefault((element.get("NAME", ""), element.text or ""), copied(element))
        for element in part.root.iterchildren("LICENSE"):
            licence = (element.get("LICENSE_URL", ""), (element.text or "").strip())
            self._licences.setdefault(licence, copied(element))
        for element in query(_REMARKS)(part.root):
            self._remarks.setdefault(etree.tostring(element, with_tail=False), copied(element))

    def set_property(self, name: str, value: str) -> None:
        """Add a property."""
        self._properties.setdefault((name, value), make("PROPERTY", {"NAME": name}, value))

    def fill(self, root: etree._Element) -> None:
        """Put everything where the schema wants it."""
        header = root.find("HEADER")
        if header is not None:
            header.extend([*self._media.values(), *self._linked.values(), *self._properties.values()])
        for place, element in enumerate(self._licences.values()):
            root.insert(place, element)
        root.extend(self._remarks.values())


def _with_origin(element: etree._Element, shift_ms: int) -> etree._Element:
    result = copied(element)
    if shift_ms:
        origin = (result.get("TIME_ORIGIN") or "0").strip()
        known = int(origin) if origin.lstrip("-").isdecimal() else 0
        result.set("TIME_ORIGIN", str(known - shift_ms))
    return result
