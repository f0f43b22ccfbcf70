"""SubRip (SRT): codes as subtitles for players that know nothing better.

There is no standard; the layout is that of the SubRip program (https://www.matroska.org/technical/subtitles.html, "SRT
Subtitles"): a number, `00:00:01,000 --> 00:00:02,000`, the text, an empty line. There is no escaping either: what would
be taken for markup or for the next cue is changed, with a finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from elancry.eaf.document import Document
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
    time_code,
)
from elancry.interop.text import Changes, damaged, decode_text, refusal
from elancry.texts import text

_KIND = text("format.kind.srt")
_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(\s.*)?")
_EXAMPLE = "00:00:01,000 --> 00:00:02,000"
_LIKE_TIME = re.compile(r"\d\s*[:;]\s*\w|\w\s*[:;]\s*\d")
_TWO_TIMES = re.compile(r"\s*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[,.]\d+[\s>=-]*(?:\d{1,4}:)?\d{1,2}:\d{1,2}[,.]\d+\s*")
_TAG = re.compile(r"</?(?:[biu]|font(?:\s[^<>]{0,200})?)>|\{\\an?\d+\}", re.IGNORECASE)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read an SRT file; raises UnreadableInput with the line where the file stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    lines = content.split("\n")
    for number, line in enumerate(lines):
        if _is_damaged(line):
            hint = text("format.timing-damaged-hint", example=_EXAMPLE)
            raise damaged(name, number + 1, text("format.timing-damaged", given=line.strip()[:60]), hint)
    timings = [(number, match) for number, line in enumerate(lines) if (match := _TIMING.fullmatch(line))]
    if not timings:
        raise refusal(name, 1, _KIND, text("format.srt-no-timing"))
    for number, line in enumerate(lines):
        if number and _is_number_alone(lines, number):
            why = text("format.srt-number-alone", given=line.strip()[:20])
            raise damaged(name, number + 1, why, text("format.srt-number-alone-hint"))
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
        start, end = milliseconds(*groups[:4]), milliseconds(*groups[4:8])
        if end < start:
            raise backwards(name, number + 1, lines[number])
        cues.append(Cue(start, end, plain))
    lost = (
        *not_taken(places, "placed", name),
        *not_taken(tags, "tags", name),
    )
    return as_read(cues, name, choices, (*findings, *lost))


def _is_damaged(line: str) -> bool:
    """Whether a line is like a timing, but none: an arrow beside something like a time, or two times without one."""
    if _TIMING.fullmatch(line) is not None:
        return False
    return ("-->" in line and _LIKE_TIME.search(line) is not None) or _TWO_TIMES.fullmatch(line) is not None


def _is_number_alone(lines: Sequence[str], number: int) -> bool:
    """Whether a line looks like the number of a cue, after an empty line, without the timing that belongs to it."""
    if not lines[number].strip().isdigit() or lines[number - 1].strip():
        return False
    return number + 1 >= len(lines) or _TIMING.fullmatch(lines[number + 1]) is None


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
    timed = changes.note(tagged, "\n".join(map(_no_timing, tagged.split("\n"))), "srt-timing")
    ended = changes.note(timed, timed.rstrip("\n"), "srt-end")
    kept: list[str] = []
    for line in ended.split("\n"):
        while line.strip().isdigit() and kept and not kept[-1].strip():
            kept.pop()
        kept.append(line)
    return changes.note(ended, "\n".join(kept), "srt-number")


def _no_timing(line: str) -> str:
    if _TIMING.fullmatch(line) is None and not _is_damaged(line):
        return line
    return line.replace("-->", "→") if "-->" in line else line.replace(":", "\ua789")


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
