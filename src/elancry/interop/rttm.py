"""RTTM (Rich Transcription Time Marked): who speaks when, as programs for diarization write it.

    SPEAKER s01 1 12.500 3.250 <NA> <NA> therapist <NA> <NA>

Source: NIST's RT-09 evaluation plan, appendix A (type, file, channel, begin and duration in seconds, orthography,
subtype, speaker, confidence, lookahead; the last is missing in older files; `;;` begins a comment). A speaker becomes
a tier with the speaker's name as the values, or what was said where the file says it. Other types of lines become tiers
`SPEAKER TYPE`. Several recordings become several documents, further channels tiers `NAME (channel 2)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from elancry.errors import UnreadableInput
from elancry.findings import finding
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_for
from elancry.interop.text import damaged, decode_text, refusal
from elancry.texts import text

_KIND = text("format.kind.rttm")
_SPEECH, _ABOUT = "SPEAKER", "SPKR-INFO"
_TIMED = (
    *("SEGMENT", "NOSCORE", "NO_RT_METADATA", "LEXEME", "NON-LEX", "NON-SPEECH", "FILLER", "EDIT"),
    *("IP", "SU", "CB", "A/P", _SPEECH),
)
_NONE = "<NA>"
_FEWEST, _MOST = 9, 10
_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,15})?")
_EXAMPLE = "SPEAKER s01 1 12.500 3.250 <NA> <NA> therapist <NA> <NA>"


@dataclass(frozen=True, slots=True)
class _Turn:
    """One line with times."""

    recording: str
    channel: str
    tier: str
    speaker: str | None
    row: FlatRow


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a file; raises UnreadableInput with the line where it stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    turns: list[_Turn] = []
    about, rounded = 0, 0
    for number, line in enumerate(content.split("\n"), 1):
        fields = line.split()
        if not fields or fields[0].startswith(";;"):
            continue
        if fields[0] == _ABOUT:
            about += 1
            continue
        turn, fine = _turn(fields, number, name)
        turns.append(turn)
        rounded += fine
    if not turns:
        raise refusal(name, 1, _KIND, text("format.rttm-no-turn"), text("format.rttm-hint", example=_EXAMPLE))
    notes = list(findings)
    if about:
        message = text("finding.convert-not-understood.message-rttm-about", n=about)
        notes.append(finding("convert-not-understood", message, file=name or None))
    if rounded:
        message = text("finding.convert-time-rounded.message", n=rounded)
        notes.append(finding("convert-time-rounded", message, file=name or None))
    documents = {}
    taken: set[str] = set()
    recordings: dict[str, list[_Turn]] = {}
    for turn in turns:
        recordings.setdefault(turn.recording, []).append(turn)
    for recording, own in recordings.items():
        stem = stem_for(recording, taken)
        taken.add(stem.casefold())
        documents[stem], changes = build_document(_tiers(own, choices), name=name)
        notes += changes
    return Read(documents, tuple(notes))


def _turn(fields: list[str], number: int, name: str) -> tuple[_Turn, bool]:
    """What a line says, and whether its times had to be rounded."""
    if not _FEWEST <= len(fields) <= _MOST or fields[0] not in _TIMED:
        raise _damaged(name, number, " ".join(fields))
    kind, recording, channel, begin, duration, said, _, speaker, *_ = fields
    if kind == "IP" and duration == _NONE:  # an interruption point is a moment
        duration = "0"
    if not _SECONDS.fullmatch(begin) or not _SECONDS.fullmatch(duration):
        raise _damaged(name, number, f"{begin} {duration}")
    start, end = Decimal(begin) * 1000, (Decimal(begin) + Decimal(duration)) * 1000
    who = None if speaker == _NONE else speaker
    value = who or kind if said == _NONE else said
    tier = (who or kind) if kind == _SPEECH else f"{who} {kind}" if who else kind
    row = (_whole(start), _whole(end), value)
    return _Turn(recording, channel, tier, who, row), start % 1 != 0 or end % 1 != 0


def _damaged(name: str, number: int, given: str) -> UnreadableInput:
    hint = text("format.rttm-hint", example=_EXAMPLE)
    return damaged(name, number, text("format.rttm-line", given=given[:60]), hint)


def _whole(ms: Decimal) -> int:
    return int(ms.quantize(Decimal(1), ROUND_HALF_UP))


def _tiers(turns: list[_Turn], choices: Choices) -> list[FlatTier]:
    first = turns[0].channel
    rows: dict[tuple[str, str | None], list[FlatRow]] = {}
    for turn in turns:
        tier = turn.tier if turn.channel == first else f"{turn.tier} (channel {turn.channel})"
        if choices.tiers is None or tier in choices.tiers:
            rows.setdefault((tier, turn.speaker), []).append(turn.row)
    return [FlatTier(tier, found, participant=speaker) for (tier, speaker), found in rows.items()]


FORMAT = Format(
    "rttm",
    text("format.title.rttm"),
    (".rttm",),
    read,
    not_understood=(text("format.ignores.rttm-fields"), text("format.ignores.rttm-about")),
)
