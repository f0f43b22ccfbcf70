"""What ELAN sends: parameters on the input stream, tiers in files. Read whoever wrote them, or refused in words.

Formats
-------
Parameters: `<PARAM><param name="R1">path of a file</param>...</PARAM>`. A tier: `<TIER columns="tier_1"><span
start="0.000" end="1.000"><v>point</v></span></TIER>`, times in seconds where they have a point and in milliseconds
where not; several tiers stand in `<TIERS>`. As ELAN's classes LocalRecognizer, RecTierWriter and XmlTierIO write and
read them (ELAN 5 to 6.9, GPL-3.0).

Conventions
-----------
- Some versions of ELAN write paths and values as they are: "R&D" makes the XML malformed. What an XML parser refuses is
  therefore read once more as the lines that ELAN writes.
- Text is UTF-8; where it is not, it is what an older Java on Windows writes (the system's code page).
- A document type declaration, the door to entities, is refused. ELAN never writes one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree
from xml.sax.saxutils import unescape

from elancry.errors import UnreadableInput
from elancry.texts import text

MOST_BYTES = 64 * 1024 * 1024
"""A tier of a hundred thousand annotations takes a tenth of it."""
MOST_PARAMETER_BYTES = 1024 * 1024

_DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_PARAM = re.compile(r'<param\s+name="([^"<]*)"[^<>]*>')
_SPAN = re.compile(r'<span\s+start="([^"<]*)"\s+end="([^"<]*)"\s*>')
_VALUE = re.compile(r"<v>")
_TIME = re.compile(r"-?\d{1,12}(\.\d{1,9})?")
_QUOTES = {"&quot;": '"', "&apos;": "'"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One annotation as ELAN passes it on: no id, no tier."""

    start_ms: int
    end_ms: int
    value: str


def read_params(data: bytes) -> dict[str, str]:
    """Name -> value of every parameter, blanks at the edges taken off. Raises UnreadableInput."""
    content = _decoded(data, None, MOST_PARAMETER_BYTES)
    root = _parsed(content)
    if root is not None and root.tag == "PARAM":
        found = {str(item.get("name", "")): item.text or "" for item in root.iter("param")}
    elif root is None and "<PARAM" in content and "</PARAM>" in content:
        found = {opened[1]: unescape(value, _QUOTES) for opened, value in _elements(content, _PARAM, "</param>")}
    else:
        raise UnreadableInput(text("plugin.settings-cut-off"), hint=text("plugin.settings-cut-off-hint"))
    return {name: value.strip() for name, value in found.items()}


def read_tier(data: bytes, slot: str) -> list[Segment]:
    """The annotations of the one tier in `data`, by start; `slot` is what messages call it. Raises UnreadableInput."""
    content = _decoded(data, slot, MOST_BYTES)
    root = _parsed(content)
    if root is not None:
        spans = _strict(root, slot)
    elif "<TIER" in content and "</TIER>" in content:
        spans = [
            (opened[1], opened[2], [unescape(value, _QUOTES) for _, value in _elements(inside, _VALUE, "</v>")])
            for opened, inside in _elements(content, _SPAN, "</span>")
        ]
        inside_values = sum(value.count("<span") for _, _, values in spans for value in values)
        if content.count("<span") > len(spans) + inside_values:
            raise UnreadableInput(text("plugin.tier-in-part", slot=slot), hint=text("plugin.tier-unreadable-hint"))
    else:
        raise _no_tier(slot)
    if any(len(values) > 1 for _, _, values in spans):
        raise _several_tiers(slot)
    segments = [Segment(_ms(start, slot), _ms(end, slot), values[0] if values else "") for start, end, values in spans]
    wrong = next((item for item in segments if item.end_ms < item.start_ms or item.start_ms < 0), None)
    if wrong is not None:
        raise UnreadableInput(
            text("plugin.times-backwards", slot=slot, start_ms=wrong.start_ms, end_ms=wrong.end_ms),
            hint=text("plugin.times-backwards-hint"),
        )
    return sorted(segments, key=lambda item: (item.start_ms, item.end_ms))


def _strict(root: ElementTree.Element, slot: str) -> list[tuple[str, str, list[str]]]:
    tiers = [root] if root.tag == "TIER" else list(root.iter("TIER")) if root.tag == "TIERS" else []
    if not tiers:
        raise _no_tier(slot)
    if len(tiers) > 1:
        raise _several_tiers(slot)
    return [
        (span.get("start", ""), span.get("end", ""), ["".join(value.itertext()) for value in span.iter("v")])
        for span in tiers[0].iter("span")
    ]


def _elements(content: str, opening: re.Pattern[str], closing: str) -> Iterator[tuple[re.Match[str], str]]:
    """What `opening` matches with what stands between it and `closing`; each letter is looked at once.

    What is not closed is not there.
    """
    at = 0
    while (opened := opening.search(content, at)) is not None:
        at = opened.end()
        if opened[0].endswith("/>"):
            yield opened, ""
            continue
        end = content.find(closing, at)
        if end < 0:
            return
        yield opened, content[at:end]
        at = end + len(closing)


def _decoded(data: bytes, slot: str | None, most: int) -> str:
    """The characters of a tier, of the settings where `slot` is `None`."""
    if len(data) > most:
        size = most // 1024**2
        said = text("plugin.settings-too-large", most=size)
        if slot is not None:
            said = text("plugin.tier-too-large", slot=slot, most=size)
        raise UnreadableInput(said, hint=text("plugin.too-large-hint"))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = data.decode("utf-16", errors="replace")
    else:
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            content = data.decode("mbcs" if sys.platform == "win32" else "cp1252", errors="replace")
    if _DECLARATION.search(content):
        raise UnreadableInput(
            text("plugin.settings-doctype") if slot is None else text("plugin.tier-doctype", slot=slot)
        )
    return content


def _parsed(content: str) -> ElementTree.Element | None:
    """The root element, `None` where it is no XML."""
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _ms(content: str, slot: str) -> int:
    if _TIME.fullmatch(content.strip()) is None:
        raise UnreadableInput(text("plugin.not-a-time", slot=slot, given=content[:40]))
    if "." not in content:
        return int(content)
    return int((Decimal(content.strip()) * 1000).to_integral_value(ROUND_HALF_UP))


def _no_tier(slot: str) -> UnreadableInput:
    return UnreadableInput(text("plugin.not-a-tier", slot=slot), hint=text("plugin.not-a-tier-hint"))


def _several_tiers(slot: str) -> UnreadableInput:
    return UnreadableInput(text("plugin.several-tiers", slot=slot), hint=text("plugin.several-tiers-hint"))
