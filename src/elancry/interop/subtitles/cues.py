"""What WebVTT and SRT share: codes as subtitles on the video, one cue an annotation, `tier: value`.

Cues stand in the order of time, at equal times in the order of the tiers; they may overlap. Read back, a cue goes to
the tier that it names: by a voice tag (WebVTT), else where every cue of the file begins with `tier: `. Otherwise all
cues go to the one tier `subtitles`. What overlaps there goes to further tiers (see `elancry.interop.flat`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from elancry.eaf.document import Document
from elancry.eaf.parts import Tier
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Read
from elancry.interop.losses import Part, lost_in_words
from elancry.interop.text import damaged
from elancry.texts import Text, text

KEPT = frozenset({Part.EMPTY_VALUE})
ONE_TIER = "subtitles"
LOSES = lost_in_words(KEPT)
_PREFIX = re.compile(r"([^\n]+?):(?: |(?=\n|\Z))")


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue as text; `tier` is `None` where the file does not name it by markup."""

    start_ms: int
    end_ms: int
    text: str
    tier: str | None = None


def cues_of(document: Document, tiers: Sequence[Tier]) -> list[Cue]:
    """The annotations that last, as cues with the tier beside the text."""
    cues = [
        Cue(annotation.start_ms, annotation.end_ms, annotation.value, tier.id)
        for tier in tiers
        for annotation in document.annotations(tier.id)
        if annotation.end_ms > annotation.start_ms
    ]
    return sorted(cues, key=lambda cue: cue.start_ms)


def split_prefix(said: str) -> tuple[str, str] | None:
    """`tier: value` -> (tier, value); `None` where there is no such beginning."""
    match = _PREFIX.match(said)
    return None if match is None else (match.group(1), said[match.end() :])


def as_read(cues: Sequence[Cue], name: str, choices: Choices, findings: Iterable[Finding]) -> Read:
    """The document of `cues` as read; every cue without a tier of its own is looked through for `tier: `."""
    unnamed = [cue for cue in cues if cue.tier is None]
    split = [split_prefix(cue.text) for cue in unnamed]
    prefixed = all(part is not None for part in split)
    tiers: dict[str, list[FlatRow]] = {}
    parts = iter(split)
    for cue in cues:
        tier, said = cue.tier or ONE_TIER, cue.text
        if cue.tier is None:
            part = next(parts)
            if prefixed and part is not None:
                tier, said = part
        if choices.tiers is None or tier in choices.tiers:
            tiers.setdefault(tier, []).append((cue.start_ms, cue.end_ms, said))
    stem = name.rsplit(".", 1)[0] if "." in name else name
    document, changes = build_document([FlatTier(tier, rows) for tier, rows in tiers.items()], name=name)
    return Read({stem: document}, (*findings, *changes))


def not_taken(number: int, what: str, name: str) -> tuple[Finding, ...]:
    """The finding that `number` things of a kind were not taken over, if there were any; `what` ends its code."""
    if not number:
        return ()
    message = Text(f"finding.convert-not-understood.message-{what}", {"n": number})
    return (finding("convert-not-understood", message, file=name or None),)


def backwards(name: str, line: int, given: str) -> UnreadableInput:
    """A cue that ends before it begins."""
    why = text("format.timing-backwards", given=given.strip()[:60])
    return damaged(name, line, why, text("format.timing-backwards-hint"))


def milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    """The parts of a time code as ms."""
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def time_code(ms: int, point: str) -> str:
    """`3723004` -> `01:02:03.004`, with `point` before the milliseconds."""
    seconds, milli = divmod(ms, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}{point}{milli:03d}"
