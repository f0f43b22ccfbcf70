"""Which annotations of each rater are the events of a sequence, and which of two raters' events are a pair there?

Conventions
-----------
- Annotations without length are no events. A value that is not in the vocabulary keeps its place with the code
  `UNKNOWN`: it is a missing observation, not the absence of an event.
- One rater (counts, presence, units): an event belongs, whole, to every sequence that it overlaps, so that a category
  with coded time in a sequence has an event there.
- Two raters: their events are linked on their whole extents, in the whole session. Then each linked pair, and each
  event without a partner, is placed in the one sequence that holds most of it (of the pair's union); any overlap will
  do, ties go to the earlier sequence. All sequences that anyone marked compete: what lies in one that not both raters
  marked counts for neither. Nothing is decided for one rater before linking, which would tear pairs apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from elancry.align.events import Events, Links, link_events
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import tier_categories
from elancry.check.coding import CheckedCoding, CodedTier
from elancry.choices import Linking
from elancry.codebook.model import System

UNKNOWN = -2
NOWHERE = -1
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SequenceEvents:
    """The events of one (sequence, system, tier) by rater; only raters who marked the sequence and coded the tier.

    `starts[r]`, `ends[r]` int64 and `codes[r]` int16 (index into `categories`, or `UNKNOWN`) belong to `raters[r]` and
    are sorted by start.
    """

    session: str
    sequence: str
    system: str
    tier: str
    categories: tuple[str, ...]
    raters: tuple[str, ...]
    starts: tuple[IntArray, ...]
    ends: tuple[IntArray, ...]
    codes: tuple[NDArray[np.int16], ...]

    def of(self, rater: str) -> Events:
        """The events of one rater of `raters`."""
        at = self.raters.index(rater)
        return Events(self.starts[at], self.ends[at], self.codes[at])


@dataclass(frozen=True, eq=False)
class Windows:
    """The sequences of a session by begin; they may overlap. `start_ms`, `end_ms` int64 (S,)."""

    names: tuple[str, ...]
    start_ms: IntArray
    end_ms: IntArray

    @classmethod
    def of(cls, sequences: Sequence[MatchedSequence]) -> Windows:
        """Those of one session."""
        order = sorted(sequences, key=lambda item: (item.start_ms, item.end_ms))
        starts = np.array([item.start_ms for item in order], dtype=np.int64)
        return cls(
            tuple(item.sequence for item in order), starts, np.array([item.end_ms for item in order], dtype=np.int64)
        )

    def touched(self, start_ms: IntArray, end_ms: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """(span, window, shared ms) of every span and window that share time, by span, then window.

        Two binary searches a span; where sequences do not overlap there are as many as the spans touch.
        """
        reach = np.maximum.accumulate(self.end_ms) if len(self.names) else self.end_ms
        low = np.searchsorted(reach, start_ms, side="right")
        count = np.maximum(np.searchsorted(self.start_ms, end_ms, side="left") - low, 0)
        span = np.repeat(np.arange(len(start_ms)), count)
        window = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
        shared = np.minimum(end_ms[span], self.end_ms[window]) - np.maximum(start_ms[span], self.start_ms[window])
        return span[shared > 0], window[shared > 0], shared[shared > 0]

    def holders(self, start_ms: IntArray, end_ms: IntArray) -> IntArray:
        """For each span the window that holds most of it, the earlier of equals; NOWHERE for one that touches none."""
        span, window, shared = self.touched(start_ms, end_ms)
        order = np.lexsort((window, -shared, span))
        first = np.unique(span[order], return_index=True)[1]
        holder = np.full(len(start_ms), NOWHERE, dtype=np.int64)
        holder[span[order][first]] = window[order][first]
        return holder


@dataclass(frozen=True, eq=False)
class SessionEvents:
    """The events of one (session, system, tier) by rater, wherever they lie; `raters` coded the tier."""

    session: str
    system: str
    tier: str
    categories: tuple[str, ...]
    raters: tuple[str, ...]
    events: tuple[Events, ...]
    windows: Windows

    @classmethod
    def of_one(cls, item: SequenceEvents) -> SessionEvents:
        """The events of one sequence, which holds them all.

        `item` is a sequence whose raters are the raters of the session.
        """
        begin = min((int(own.min()) for own in item.starts if len(own)), default=0)
        end = max((int(own.max()) for own in item.ends if len(own)), default=1)
        window = Windows((item.sequence,), np.array([begin], np.int64), np.array([end], np.int64))
        events = tuple(map(item.of, item.raters))
        return cls(item.session, item.system, item.tier, item.categories, item.raters, events, window)

    def of(self, rater: str) -> Events:
        """The events of one rater of `raters`."""
        return self.events[self.raters.index(rater)]

    def linked(self, pair: tuple[str, str], by: Linking) -> Mapping[str, tuple[Events, Events, Links]]:
        """Sequence -> the two raters' events that are placed there, and their links; `pair` are two of `raters`."""
        a, b = self.of(pair[0]), self.of(pair[1])
        first, second, overlap = link_events(a, b, by.rule, by.limit)
        place_a = self.windows.holders(a.start_ms, a.end_ms)
        place_b = self.windows.holders(b.start_ms, b.end_ms)
        together = self.windows.holders(
            np.minimum(a.start_ms[first], b.start_ms[second]), np.maximum(a.end_ms[first], b.end_ms[second])
        )
        place_a[first] = place_b[second] = together
        found = {}
        n = len(self.windows.names)
        rows = zip(*(_by_window(place, n) for place in (place_a, place_b, together)), strict=True)
        for name, (mine, theirs, links) in zip(self.windows.names, rows, strict=True):
            found[name] = (
                a.part(mine),
                b.part(theirs),
                (np.searchsorted(mine, first[links]), np.searchsorted(theirs, second[links]), overlap[links]),
            )
        return found

    def in_sequences(self, sequences: Sequence[MatchedSequence]) -> dict[str, SequenceEvents]:
        """Sequence -> the events that overlap it, of the raters who marked it."""
        at = {name: index for index, name in enumerate(self.windows.names)}
        touching = {}
        for rater, own in self._by_rater():
            span, window, _ = self.windows.touched(own.start_ms, own.end_ms)
            touching[rater] = [span[rows] for rows in _by_window(window, len(at))]
        found = {}
        for sequence in sequences:
            raters = tuple(rater for rater in self.raters if rater in sequence.raters)
            rows = [self.of(rater).part(touching[rater][at[sequence.sequence]]) for rater in raters]
            found[sequence.sequence] = SequenceEvents(
                self.session,
                sequence.sequence,
                self.system,
                self.tier,
                self.categories,
                raters,
                tuple(own.start_ms for own in rows),
                tuple(own.end_ms for own in rows),
                tuple(own.codes.astype(np.int16) for own in rows),
            )
        return found

    def _by_rater(self) -> list[tuple[str, Events]]:
        return list(zip(self.raters, self.events, strict=True))


def _by_window(place: IntArray, n: int) -> list[IntArray]:
    """For each of `n` windows the indices, ascending, of what lies there; `place` (N,) is a window's number, or not."""
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(n + 1))
    return [order[first:last] for first, last in pairwise(edges.tolist())]


def session_events(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], *, raters: Sequence[str] | None = None
) -> tuple[SessionEvents, ...]:
    """The events of every session, interval system and tier, in the order of `sequences` and of the codebook.

    They are those of the raters of the session; `raters` names others instead (the adjudicated consensus is coded by
    the rater `consensus`).
    """
    by_session: dict[str, list[MatchedSequence]] = {}
    for sequence in sequences:
        by_session.setdefault(sequence.session, []).append(sequence)
    found: list[SessionEvents] = []
    for session, own in by_session.items():
        tiers = {
            (tier.rater, tier.system, tier.category): tier
            for tier in coding.tiers_of(session)
            if tier.kind == "interval" and not tier.missing
        }
        names = coding.raters_of(session) if raters is None else raters
        windows = Windows.of(own)
        for system in coding.codebook.systems:
            for category in tier_categories(system) if system.has_intervals else ():
                coded = {
                    name: tiers[name, system.id, category] for name in names if (name, system.id, category) in tiers
                }
                found.append(_session(session, system, category, coded, windows))
    return tuple(found)


def _session(
    session: str, system: System, category: str | None, coded: Mapping[str, CodedTier], windows: Windows
) -> SessionEvents:
    categories = tuple(item.id for item in system.categories) if category is None else (category,)
    code = {name: at for at, name in enumerate(categories)}
    events = []
    for tier in coded.values():
        rows = sorted((item.start_ms, item.end_ms, code.get(item.category or "", UNKNOWN)) for item in tier.events)
        columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
        events.append(Events(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int16)))
    tier_name = system.tier_name if category is None else system.category_tier_name(category)
    return SessionEvents(session, system.id, tier_name, categories, tuple(coded), tuple(events), windows)


def build_events(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], *, raters: Sequence[str] | None = None
) -> tuple[SequenceEvents, ...]:
    """The events of every sequence, interval system and tier, in the order of `sequences` and of the codebook."""
    return events_in(session_events(coding, sequences, raters=raters), sequences)


def events_in(sessions: Sequence[SessionEvents], sequences: Sequence[MatchedSequence]) -> tuple[SequenceEvents, ...]:
    """The events of every sequence, in the order of `sequences` and of `sessions`."""
    own: dict[str, list[MatchedSequence]] = {}
    for sequence in sequences:
        own.setdefault(sequence.session, []).append(sequence)
    found: dict[str, list[dict[str, SequenceEvents]]] = {}
    for item in sessions:
        found.setdefault(item.session, []).append(item.in_sequences(own[item.session]))
    return tuple(of[sequence.sequence] for sequence in sequences for of in found.get(sequence.session, ()))
