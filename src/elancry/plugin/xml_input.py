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
    text = _decoded(data, "the settings that ELAN sends", MOST_PARAMETER_BYTES)
    root = _parsed(text)
    if root is not None and root.tag == "PARAM":
        found = {str(item.get("name", "")): item.text or "" for item in root.iter("param")}
    elif root is None and "<PARAM" in text and "</PARAM>" in text:
        found = {opened[1]: unescape(value, _QUOTES) for opened, value in _elements(text, _PARAM, "</param>")}
    else:
        raise UnreadableInput(
            "the settings that ELAN should send did not arrive, or were cut off",
            hint="Press Start once more. If it happens again, tell your study's contact.",
        )
    return {name: value.strip() for name, value in found.items()}


def read_tier(data: bytes, slot: str) -> list[Segment]:
    """The annotations of the one tier in `data`, by start; `slot` is what messages call it. Raises UnreadableInput."""
    text = _decoded(data, f"the tier of {slot}", MOST_BYTES)
    root = _parsed(text)
    if root is not None:
        spans = _strict(root, slot)
    elif "<TIER" in text and "</TIER>" in text:
        spans = [
            (opened[1], opened[2], [unescape(value, _QUOTES) for _, value in _elements(inside, _VALUE, "</v>")])
            for opened, inside in _elements(text, _SPAN, "</span>")
        ]
        inside_values = sum(value.count("<span") for _, _, values in spans for value in values)
        if text.count("<span") > len(spans) + inside_values:
            raise UnreadableInput(
                f"the file of {slot} cannot be read as a whole, and a part of a tier would give wrong numbers",
                hint="Press Start once more; if a file was chosen instead of a tier, choose the tier.",
            )
    else:
        raise _no_tier(slot)
    if any(len(values) > 1 for _, _, values in spans):
        raise UnreadableInput(f"the file of {slot} holds several tiers", hint="Choose one tier for each rater or slot.")
    segments = [Segment(_ms(start, slot), _ms(end, slot), values[0] if values else "") for start, end, values in spans]
    wrong = next((item for item in segments if item.end_ms < item.start_ms or item.start_ms < 0), None)
    if wrong is not None:
        raise UnreadableInput(
            f"the tier of {slot} has an annotation from {wrong.start_ms} ms to {wrong.end_ms} ms",
            hint="Correct or delete it in ELAN, save the file and start again.",
        )
    return sorted(segments, key=lambda item: (item.start_ms, item.end_ms))


def _strict(root: ElementTree.Element, slot: str) -> list[tuple[str, str, list[str]]]:
    tiers = [root] if root.tag == "TIER" else list(root.iter("TIER")) if root.tag == "TIERS" else []
    if not tiers:
        raise _no_tier(slot)
    if len(tiers) > 1:
        raise UnreadableInput(f"the file of {slot} holds several tiers", hint="Choose one tier for each rater or slot.")
    return [
        (span.get("start", ""), span.get("end", ""), ["".join(value.itertext()) for value in span.iter("v")])
        for span in tiers[0].iter("span")
    ]


def _elements(text: str, opening: re.Pattern[str], closing: str) -> Iterator[tuple[re.Match[str], str]]:
    """What `opening` matches with what stands between it and `closing`; each letter is looked at once.

    What is not closed is not there.
    """
    at = 0
    while (opened := opening.search(text, at)) is not None:
        at = opened.end()
        if opened[0].endswith("/>"):
            yield opened, ""
            continue
        end = text.find(closing, at)
        if end < 0:
            return
        yield opened, text[at:end]
        at = end + len(closing)


def _decoded(data: bytes, what: str, most: int) -> str:
    if len(data) > most:
        raise UnreadableInput(
            f"{what}: more than {most // 1024**2} MB, which ELAN never writes",
            hint="Was a file chosen, such as a video? Choose 'tier' and a tier of this file.",
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("mbcs" if sys.platform == "win32" else "cp1252", errors="replace")
    if _DECLARATION.search(text):
        raise UnreadableInput(
            f"{what}: a document type declaration, which ELAN never writes and which is not read for safety"
        )
    return text


def _parsed(text: str) -> ElementTree.Element | None:
    """The root element, `None` where it is no XML."""
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _ms(text: str, slot: str) -> int:
    if _TIME.fullmatch(text.strip()) is None:
        raise UnreadableInput(f"the tier of {slot} has a time that is no number: {text[:40]!r}")
    if "." not in text:
        return int(text)
    return int((Decimal(text.strip()) * 1000).to_integral_value(ROUND_HALF_UP))


def _no_tier(slot: str) -> UnreadableInput:
    return UnreadableInput(
        f"what was chosen for {slot} is no tier",
        hint="Choose 'tier' and a tier of this file. With 'file', only files that a recognizer wrote can be read.",
    )
