"""WebVTT: codes as subtitles in browsers and players.

Source: the W3C's "WebVTT: The Web Video Text Tracks Format" (https://www.w3.org/TR/webvtt1/), its file syntax and its
cue text parsing rules. A note at the head tells that cues say `tier: value`; in them `&`, `<` and `>` are written as
`&amp;`, `&lt;` and `&gt;`, a colon in the name of a tier as `&#58;`, and the line break before an empty line, which
would end the cue, as `&#10;`; so every text comes back as it was.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from elancry.eaf.document import Document
from elancry.findings import Finding
from elancry.interop.format import Choices, Format, Read, Written
from elancry.interop.losses import choice_findings, chosen_tiers, loss_findings
from elancry.interop.subtitles.cues import (
    KEPT,
    LOSES,
    Cue,
    as_read,
    backwards,
    cues_of,
    milliseconds,
    not_taken,
    split_prefix,
    time_code,
)
from elancry.interop.text import damaged, decode_text, refusal
from elancry.texts import text

_KIND = text("format.kind.webvtt")
_NOTE = "NOTE elancry: each cue is an annotation, tier: value"
# Some programs leave out leading and trailing zeros (Teams: 0:0:1.5), which the standard does not.
_TIME = r"(?:(\d{1,9}):)?([0-5]?\d):([0-5]?\d)\.(\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s+(.*))?\s*")
_TAG = re.compile(r"<([^>]*)(>|\Z)")
_VOICE = re.compile(r"v(?:\.\S*)?\s+(.+)", re.DOTALL)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a WebVTT file; raises UnreadableInput with the line where the file stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    lines = content.split("\n")
    if re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) is None:
        raise refusal(name, 1, _KIND, text("format.vtt-first-line"))
    cues = _Cues(name)
    for number, block in _blocks(lines):
        cues.take(number, block)
    return as_read(cues.found, name, choices, (*findings, *cues.findings()))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The blocks between empty lines, each with the number of its first line; the header is not one.

    A timing ends the cue before it also without an empty line between them.
    """
    block: list[str] = []
    for number, line in enumerate([*lines, ""], 1):
        if "-->" in line and any("-->" in earlier for earlier in block[:2]):
            yield number - len(block), block
            block = [line]
            continue
        if line:
            block.append(line)
            continue
        first = number - len(block)
        if block and first > 1:
            yield first, block
        block = []


class _Cues:
    """The cues of a file, block by block."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._ours = False
        self._blocks = self._settings = self._tags = 0
        self.found: list[Cue] = []

    def take(self, number: int, block: list[str]) -> None:
        """Add the cue of a block, if it is one."""
        place = next((place for place, line in enumerate(block[:2]) if "-->" in line), None)
        if place is None:
            self._ours = self._ours or block[0] == _NOTE
            if block[0].split()[:1] not in (["NOTE"], ["STYLE"], ["REGION"]):
                raise refusal(self._name, number, _KIND, text("format.vtt-block"))
            self._blocks += block[0] != _NOTE
            return
        timing = _TIMING.fullmatch(block[place])
        if timing is None:
            why = text("format.timing-damaged", given=block[place].strip()[:60])
            hint = text("format.timing-damaged-hint", example="00:00:01.000 --> 00:00:02.000")
            raise damaged(self._name, number + place, why, hint)
        groups = timing.groups()
        start, end = milliseconds(*groups[:4]), milliseconds(*groups[4:8])
        if end < start:
            raise backwards(self._name, number + place, block[place])
        self._settings += bool(groups[8])
        raw = "\n".join(block[place + 1 :])
        ours = split_prefix(raw) if self._ours else None
        if ours is not None:
            self.found.append(Cue(start, end, html.unescape(ours[1]), html.unescape(ours[0])))
            return
        tier, said = self._plain(raw)
        self.found.append(Cue(start, end, said, tier))

    def _plain(self, raw: str) -> tuple[str | None, str]:
        """The voice and the text of a cue's markup."""
        voice: str | None = None
        parts, position = [], 0
        for tag in _TAG.finditer(raw):
            spoken = _VOICE.fullmatch(tag.group(1))
            if spoken is not None and voice is None:
                voice = html.unescape(spoken.group(1)).strip() or None
            elif tag.group(1) != "/v":
                self._tags += 1
            parts.append(raw[position : tag.start()])
            position = tag.end()
        return voice, html.unescape("".join([*parts, raw[position:]]))

    def findings(self) -> tuple[Finding, ...]:
        """What was not taken over."""
        return (
            *not_taken(self._blocks, "blocks", self._name),
            *not_taken(self._settings, "placed", self._name),
            *not_taken(self._tags, "tags", self._name),
        )


def write(document: Document, choices: Choices) -> Written:
    """Write the tiers' annotations as cues."""
    tiers = chosen_tiers(document, choices)
    blocks = ["WEBVTT", _NOTE]
    for cue in cues_of(document, tiers):
        timing = f"{time_code(cue.start_ms, '.')} --> {time_code(cue.end_ms, '.')}"
        tier = _escaped(cue.tier or "").replace(":", "&#58;").replace("\n", "&#10;")
        blocks.append(f"{timing}\n{tier}: {_escaped(cue.text)}")
    content = "\n\n".join(blocks) + "\n"
    findings = (*choice_findings(document, choices), *loss_findings(document, tiers, "WebVTT", KEPT))
    return Written({".vtt": content.encode("utf-8")}, findings)


def _escaped(value: str) -> str:
    plain = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    # An empty line ends a cue.
    return re.sub(r"\n(?=\n|\Z)", "&#10;", plain)


FORMAT = Format(
    "webvtt",
    text("format.title.webvtt"),
    (".vtt",),
    read,
    write,
    loses=LOSES,
    not_understood=(
        text("format.ignores.vtt-blocks"),
        text("format.ignores.vtt-tags"),
        text("format.ignores.vtt-ids"),
    ),
)
