"""VCode: a tier for each track; marks with a duration are annotations, marks without one are moments.

The value is the name of the track, since that is what was coded; comments hang under it, on the tier `TRACK comment`.
"""

from __future__ import annotations

from elancry.findings import finding
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_of_file
from elancry.interop.vcode.marks import BEGINS, Mark, Marks, parse_marks
from elancry.texts import text


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a file; raises UnreadableInput with the line where it stops making sense."""
    found = parse_marks(data, name)
    tiers = [tier for track in found.tracks for tier in tiers_of(found, track)]
    chosen = [tier for tier in tiers if choices.tiers is None or tier.name in choices.tiers]
    document, changes = build_document(chosen, name=name)
    notes = [*found.findings, *changes]
    if _holds_until_next(found):
        message = text("finding.convert-not-understood.message-vcode-preflook")
        hint = text("finding.convert-not-understood.hint-vcode-preflook")
        notes.append(finding("convert-not-understood", message, hint=hint, file=name or None))
    return Read({stem_of_file(name): document}, tuple(notes))


def tiers_of(found: Marks, track: str) -> list[FlatTier]:
    """The tiers of one track: what lasts, and moments, which get a tier of their own where there are both."""
    marks = found.of(track)
    lasting, moments = [m for m in marks if m.duration_ms], [m for m in marks if not m.duration_ms]
    tiers = [_tier(track, lasting)] if lasting or not moments else []
    if moments:
        tiers.append(_tier(f"{track} (points)" if lasting else track, moments, track, points=True))
    return tiers


def _holds_until_next(found: Marks) -> bool:
    """Whether it is coded as PrefLookTimestamp has it: directions of gaze without a duration."""
    return {"left", "right"} <= set(found.tracks) and not any(
        mark.duration_ms for track in ("left", "right", "away", "end") for mark in found.of(track)
    )


def _tier(name: str, marks: list[Mark], value: str | None = None, *, points: bool = False) -> FlatTier:
    rows = [(mark.start_ms, mark.end_ms, value or name) for mark in marks]
    attached = {f"{name} comment": [mark.comment for mark in marks]} if any(m.comment for m in marks) else {}
    return FlatTier(name, rows, points=points, attached=attached)


FORMAT = Format(
    "vcode",
    text("format.title.vcode"),
    (),
    read,
    not_understood=(text("format.ignores.vcode-offset"), text("format.ignores.vcode-vocabulary")),
    shared_suffixes=(".txt",),
    begins=BEGINS,
)
