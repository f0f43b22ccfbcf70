"""What did every rater code at every moment of a sequence?

A timeline is the window of one sequence, cut at every boundary of every rater's annotations on the tiers of one
system. Each elementary segment has a duration and, per rater, one code. All duration-based numbers are weighted counts
over this table: exact, with no time bin to choose.

Conventions
-----------
- `NONE`: the rater coded this system in this file, and nothing here. `MISSING`: we do not know. A rater who did not
  mark the sequence or did not code the system is missing throughout, and not among `coding`; what one who coded it
  wrote there and nobody can read (a value outside the vocabulary, none, a damaged time) is missing for its stretch,
  never "none".
- ELAN allows no overlap on one tier. Where a file has one all the same, a stretch with two different categories is
  missing, one with twice the same category has that category.
- One tier holds all categories of a system, or (tier-per-category layout) each category has a timeline of its own
  because categories may then coincide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CONSENSUS, CheckedCoding, CodedTier
from elancry.codebook.model import Layout, System

NONE = -1
MISSING = -2


@dataclass(frozen=True, eq=False)
class Timeline:
    """Elementary segments of one (sequence, system, tier).

    `start_ms`, `end_ms`: int64, shape (S,), contiguous and ascending. `codes`: int16, shape (S, R): index into
    `categories`, or `NONE`, or `MISSING`. `raters` has length R.
    """

    session: str
    sequence: str
    system: str
    tier: str
    raters: tuple[str, ...]
    categories: tuple[str, ...]
    start_ms: NDArray[np.int64]
    end_ms: NDArray[np.int64]
    codes: NDArray[np.int16]
    coding: tuple[bool, ...] = ()
    """For each rater, whether the tier is coded here: what is then `MISSING` is there and cannot be read."""

    @property
    def coded(self) -> NDArray[np.bool_]:
        """For each rater, whether the tier is coded here, shape (R,); what the codes show where `coding` is empty."""
        return np.array(self.coding, dtype=bool) if self.coding else np.asarray((self.codes != MISSING).any(axis=0))

    @property
    def unreadable(self) -> NDArray[np.bool_]:
        """Where a rater coded something that cannot be read, shape (S, R)."""
        return np.asarray((self.codes == MISSING) & self.coded)

    @property
    def durations(self) -> NDArray[np.int64]:
        """Length of each segment in ms, shape (S,)."""
        return self.end_ms - self.start_ms


def build_timelines(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], *, raters: Sequence[str] | None = None
) -> tuple[Timeline, ...]:
    """One timeline per sequence, interval system and tier, in the order of `sequences` and of the codebook.

    The columns are the raters of the session in rater order; `raters` names others instead (the adjudicated
    consensus is coded by the rater `consensus`).
    """
    timelines: list[Timeline] = []
    tracks: dict[tuple[str, str, str, str | None], _Track] = {}
    session: str | None = None
    for sequence in sequences:
        if sequence.session != session:
            session = sequence.session
            tracks = {
                (tier.rater, tier.system or "", tier.kind, tier.category): _Track(tier)
                for tier in coding.tiers_of(session)
            }
        columns = tuple(raters) if raters is not None else coding.raters_of(sequence.session)
        for system in coding.codebook.systems:
            if system.has_intervals:
                timelines += [
                    _timeline(sequence, system, category, columns, tracks) for category in tier_categories(system)
                ]
    return tuple(timelines)


def tier_categories(system: System) -> tuple[str | None, ...]:
    """The category that each interval tier of `system` belongs to; `None` for one tier that holds them all."""
    if system.layout is Layout.TIER_PER_CATEGORY:
        return tuple(category.id for category in system.categories)
    return (None,)


class _Track:
    """A tier's annotations as sorted arrays, so that a window is two binary searches.

    `open_ms`: where annotations of damaged times may lie.
    """

    def __init__(self, tier: CodedTier) -> None:
        self.missing = tier.missing
        sound = (item for item in tier.annotations if item.duration_ms > 0 and not item.damaged)
        positive = sorted(sound, key=lambda item: item.start_ms)
        self.start = np.array([item.start_ms for item in positive], dtype=np.int64)
        self.end = np.array([item.end_ms for item in positive], dtype=np.int64)
        self.category = [item.category for item in positive]
        self.open_ms = tier.open_ms
        # Ends ascend too unless annotations overlap; the running maximum keeps the search right in that case.
        self._reach = np.maximum.accumulate(self.end) if len(positive) else self.end

    def within(self, start_ms: int, end_ms: int) -> list[tuple[int, int, str | None]]:
        """(start, end, category) of what touches the window, clipped to it."""
        first = int(np.searchsorted(self._reach, start_ms, side="right"))
        last = int(np.searchsorted(self.start, end_ms, side="left"))
        clipped = (
            (max(int(self.start[i]), start_ms), min(int(self.end[i]), end_ms), self.category[i])
            for i in range(first, last)
        )
        return [item for item in clipped if item[0] < item[1]]


def _timeline(
    sequence: MatchedSequence,
    system: System,
    category: str | None,
    raters: tuple[str, ...],
    tracks: dict[tuple[str, str, str, str | None], _Track],
) -> Timeline:
    categories = tuple(item.id for item in system.categories) if category is None else (category,)
    index = {name: code for code, name in enumerate(categories)}
    coded: list[list[tuple[int, int, str | None]] | None] = []
    opened: list[list[tuple[int, int]]] = []
    for rater in raters:
        track = tracks.get((rater, system.id, "interval", category))
        # The adjudicated consensus takes the raters' sequences over; a rater must have marked the sequence.
        marked = rater in sequence.raters or rater == CONSENSUS
        absent = track is None or track.missing or not marked
        coded.append(None if absent or track is None else track.within(sequence.start_ms, sequence.end_ms))
        opened.append([] if absent or track is None else _clipped(track.open_ms, sequence))
    cuts = {sequence.start_ms, sequence.end_ms}
    cuts.update(edge for items in coded if items is not None for item in items for edge in item[:2])
    cuts.update(edge for spans in opened for span in spans for edge in span)
    edges = np.array(sorted(cuts), dtype=np.int64)
    codes = np.full((len(edges) - 1, len(raters)), MISSING, dtype=np.int16)
    for column, items in enumerate(coded):
        if items is not None:
            codes[:, column] = _column(items, opened[column], edges, index)
    tier = system.tier_name if category is None else system.category_tier_name(category)
    names = sequence.session, sequence.sequence, system.id, tier
    coding = tuple(items is not None for items in coded)
    return Timeline(*names, raters, categories, edges[:-1], edges[1:], codes, coding)


def _clipped(spans: Sequence[tuple[int, int]], sequence: MatchedSequence) -> list[tuple[int, int]]:
    """What lies in the window."""
    clipped = [(max(start_ms, sequence.start_ms), min(end_ms, sequence.end_ms)) for start_ms, end_ms in spans]
    return [(start_ms, end_ms) for start_ms, end_ms in clipped if start_ms < end_ms]


def _column(
    items: list[tuple[int, int, str | None]],
    opened: list[tuple[int, int]],
    edges: NDArray[np.int64],
    index: dict[str, int],
) -> NDArray[np.int16]:
    column = np.full(len(edges) - 1, NONE, dtype=np.int16)
    for start_ms, end_ms, category in items:
        part = slice(int(np.searchsorted(edges, start_ms)), int(np.searchsorted(edges, end_ms)))
        code = MISSING if category is None else index.get(category, MISSING)
        before = column[part]
        column[part] = np.where((before == NONE) | (before == code), code, MISSING)
    for start_ms, end_ms in opened:
        part = slice(int(np.searchsorted(edges, start_ms)), int(np.searchsorted(edges, end_ms)))
        column[part][column[part] == NONE] = MISSING
    return column
