"""PrefLookTimestamp, the coding standard of looking-time laboratories (https://osf.io/3n97m/), in VCode's layout.

    left    |                      each mark of left, right and away holds until the next of them;
    right         |                the last one until the last `end`
    end                    |       `end` is the last millisecond of a trial
    outofframe        ===          what has a duration here makes that stretch invalid

    gaze    left  right    right
            |-----|---|   |--|
    Trial   t01
            |----------------|

The rules are those of the parser in iCatcher+ (Erel et al. 2023, doi 10.1177/25152459221147250). A mark that is
followed by another at the same time, or that comes after the last `end`, has no length; it is left out, which is told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise

from elancry.findings import Finding, finding
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.stems import stem_of_file
from elancry.interop.text import refusal
from elancry.interop.vcode.marks import Marks, parse_marks
from elancry.interop.vcode.tracks import tiers_of
from elancry.texts import some, text

GAZE = ("left", "right", "away")
INVALID = ("outofframe", "preview", "instructions")
END, ACTIVE = "end", "codingactive"
GAZE_TIER, TRIAL_TIER = "gaze", "Trial"
_MOST_SHOWN = 10
Span = tuple[int, int]


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a file; raises UnreadableInput with the line where it stops making sense, or where nothing is gaze."""
    found = parse_marks(data, name)
    ends = [mark.start_ms + 1 for mark in found.of(END)]
    stop = max(ends) if ends else max((mark.end_ms for mark in found.of(ACTIVE)), default=None)
    gaze, dropped = _gaze(found, stop)
    if not gaze:
        raise refusal(name, 1, text("format.kind.preflook"), text("format.preflook-no-gaze"))
    holes = [(mark.start_ms, mark.end_ms) for track in INVALID for mark in found.of(track) if mark.duration_ms]
    pieces = _without(gaze, holes)
    tiers = [FlatTier(GAZE_TIER, pieces, tuple(track for track in GAZE if track in found.tracks), concurrent=())]
    if trials := _trials(gaze[0][0], ends):
        tiers.append(FlatTier(TRIAL_TIER, trials))
    tiers += [tier for track in found.tracks if track not in (*GAZE, END) for tier in tiers_of(found, track)]
    chosen = [tier for tier in tiers if choices.tiers is None or tier.name in choices.tiers]
    document, changes = build_document(chosen, name=name)
    notes = [*found.findings, *_told(name, found, dropped, gaze, pieces), *changes]
    return Read({stem_of_file(name): document}, tuple(notes))


def _gaze(found: Marks, stop: int | None) -> tuple[list[FlatRow], list[int]]:
    """Each mark of gaze until the next, the last one until `stop`, and the lines of those that have no length."""
    marks = [mark for mark in found.marks if mark.track in GAZE]
    bounds = [mark.start_ms for mark in marks[1:]] + [marks[-1].start_ms if stop is None else stop] if marks else []
    spans = [(mark, bound if stop is None else min(bound, stop)) for mark, bound in zip(marks, bounds, strict=True)]
    rows = [(mark.start_ms, end, mark.track) for mark, end in spans if end > mark.start_ms]
    return rows, sorted(mark.line for mark, end in spans if end <= mark.start_ms)


def _without(gaze: Iterable[FlatRow], holes: Iterable[Span]) -> list[FlatRow]:
    """What is left of gaze outside `holes`, in order."""
    merged: list[Span] = []
    for start, end in sorted(holes):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    pieces: list[FlatRow] = []
    for start, end, value in gaze:
        at = bisect_right(merged, start, key=lambda hole: hole[1])
        while at < len(merged) and merged[at][0] < end:
            if start < merged[at][0]:
                pieces.append((start, merged[at][0], value))
            start, at = merged[at][1], at + 1
        if start < end:
            pieces.append((start, end, value))
    return pieces


def _trials(begin: int, ends: Iterable[int]) -> list[FlatRow]:
    bounds = [begin, *sorted(set(ends))]
    spans = [(start, end) for start, end in pairwise(bounds) if end > start >= begin]
    return [(start, end, f"t{number:02d}") for number, (start, end) in enumerate(spans, 1)]


def _told(name: str, found: Marks, dropped: list[int], gaze: list[FlatRow], pieces: list[FlatRow]) -> Iterable[Finding]:
    if dropped:
        lines = some([str(line) for line in dropped], _MOST_SHOWN)
        message = text("finding.convert-not-understood.message-preflook-no-length", n=len(dropped), lines=lines)
        hint = text("finding.convert-not-understood.hint-preflook-no-length")
        yield finding("convert-not-understood", message, hint=hint, file=name or None, line=dropped[0])
    cut = sum(end - start for start, end, _ in gaze) - sum(end - start for start, end, _ in pieces)
    if cut:
        message = text("finding.convert-not-understood.message-preflook-cut", ms=cut)
        yield finding("convert-not-understood", message, file=name or None)
    if early := [mark for mark in found.of(END) if mark.start_ms < gaze[0][0]]:
        message = text("finding.convert-not-understood.message-preflook-early", n=len(early))
        yield finding("convert-not-understood", message, file=name or None, line=early[0].line)
    if comments := [mark for mark in found.marks if mark.comment and mark.track in (*GAZE, END)]:
        message = text("finding.convert-not-understood.message-preflook-comments", n=len(comments))
        yield finding("convert-not-understood", message, file=name or None, line=comments[0].line)


FORMAT = Format(
    "preflook",
    text("format.title.preflook"),
    (),
    read,
    not_understood=(
        text("format.ignores.preflook-marks"),
        text("format.ignores.preflook-comments"),
        text("format.ignores.vcode-offset"),
    ),
    shared_suffixes=(".txt",),
)
