"""SubRip (SRT): codes as subtitles for players that know nothing better.

There is no standard; the layout is that of the SubRip program (https://www.matroska.org/technical/subtitles.html, "SRT
Subtitles"): a number, `00:00:01,000 --> 00:00:02,000`, the text, an empty line. There is no escaping either: what would
be taken for markup or for the next cue is changed, and told.
"""

from __future__ import annotations

import re

from elancry.eaf.document import Document
from elancry.interop.format import Choices, Format, Read, Written
from elancry.interop.losses import choice_findings, chosen_tiers, loss_findings
from elancry.interop.subtitles.cues import (
    KEPT,
    LOSES,
    Cue,
    as_read,
    cues_of,
    milliseconds,
    not_taken,
    time_code,
)
from elancry.interop.text import Changes, decode_text, refusal
from elancry.texts import text

_KIND = text("format.kind.srt")
_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(\s.*)?")
_TAG = re.compile(r"</?(?:[biu]|font(?:\s[^<>]{0,200})?)>|\{\\an?\d+\}", re.IGNORECASE)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read an SRT file; raises UnreadableInput with the line where the file stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    lines = content.split("\n")
    timings = [(number, match) for number, line in enumerate(lines) if (match := _TIMING.fullmatch(line))]
    if not timings:
        raise refusal(name, 1, _KIND, text("format.srt-no-timing"))
    before = [line for line in lines[: timings[0][0]] if line.strip()]
    if len(before) > 1 or (before and not before[0].strip().isdigit()):
        raise refusal(name, 1, _KIND, text("format.srt-begin"))
    cues: list[Cue] = []
    tags = places = 0
    for (number, match), following in zip(timings, [*(place for place, _ in timings[1:]), len(lines)], strict=True):
        groups = match.groups()
        if groups[8] and groups[8].strip():
            places += 1
        said = lines[number + 1 : following]
        if following < len(lines) and said and said[-1].strip().isdigit():
            said.pop()
        plain, taken = _TAG.subn("", "\n".join(said).rstrip("\n"))
        tags += taken
        cues.append(Cue(milliseconds(*groups[:4]), milliseconds(*groups[4:8]), plain))
    lost = (
        *not_taken(places, "placed", name),
        *not_taken(tags, "tags", name),
    )
    return as_read(cues, name, choices, (*findings, *lost))


def write(document: Document, choices: Choices) -> Written:
    """Write the tiers' annotations as cues."""
    tiers = chosen_tiers(document, choices)
    changes = Changes(document.name)
    blocks = []
    for number, cue in enumerate(cues_of(document, tiers), 1):
        timing = f"{time_code(cue.start_ms, ',')} --> {time_code(cue.end_ms, ',')}"
        said = f"{_tier(cue.tier or '', changes)}: {cue.text}"
        blocks.append(f"{number}\n{timing}\n{_plain(said, changes)}\n")
    # A file without any cue would look like one that was cut off.
    content = "\n".join(blocks) or "1\n00:00:00,000 --> 00:00:00,001\n\n"
    findings = (*choice_findings(document, choices), *loss_findings(document, tiers, "SRT", KEPT))
    return Written({".srt": content.encode("utf-8")}, (*findings, *changes.findings()))


def _tier(name: str, changes: Changes) -> str:
    plain = re.sub(r"[\n\r]+", " ", name)
    plain = re.sub(r":(?= |\Z)", "\ua789", plain)
    return changes.note(name, plain, "srt-tier")


def _plain(value: str, changes: Changes) -> str:
    """`value` so that it is no markup, no timing and ends where the cue ends."""
    one = changes.note(value, value.replace("\r\n", "\n").replace("\r", "\n"), "carriage-returns")
    tagged = changes.note(one, _TAG.sub(_harmless, one), "srt-tags")
    timed = changes.note(
        tagged,
        "\n".join(line.replace("-->", "→") if _TIMING.fullmatch(line) else line for line in tagged.split("\n")),
        "srt-timing",
    )
    return changes.note(timed, timed.rstrip("\n"), "srt-end")


def _harmless(match: re.Match[str]) -> str:
    return match.group().replace("<", "‹").replace(">", "›").replace("{", "(").replace("}", ")")


FORMAT = Format(
    "srt",
    text("format.title.srt"),
    (".srt",),
    read,
    write,
    loses=(
        *LOSES,
        text("format.loses.srt"),
    ),
    not_understood=(text("format.ignores.srt-tags"), text("format.ignores.srt-numbers")),
)
