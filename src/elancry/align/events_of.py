"""Which annotations of each rater are the events of a sequence?

An annotation belongs to the sequence that holds its larger part, whole, with its own begin and end; one that lies half
or more outside every sequence belongs to none. Annotations without length are no events. A value that is not in the
vocabulary keeps its place with the code `UNKNOWN`: it is a missing observation, not the absence of an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.align.events import Events
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import tier_categories
from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedTier

UNKNOWN = -2


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
    starts: tuple[NDArray[np.int64], ...]
    ends: tuple[NDArray[np.int64], ...]
    codes: tuple[NDArray[np.int16], ...]

    def of(self, rater: str) -> Events:
        """The events of one rater of `raters`."""
        at = self.raters.index(rater)
        return Events(self.starts[at], self.ends[at], self.codes[at])


def build_events(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], *, raters: Sequence[str] | None = None
) -> tuple[SequenceEvents, ...]:
    """The events of every sequence, interval system and tier, in the order of `sequences` and of the codebook.

    They are those of the raters of the session; `raters` names others instead (the adjudicated consensus is coded by
    the rater `consensus`).
    """
    by_session: dict[str, list[MatchedSequence]] = {}
    for sequence in sequences:
        by_session.setdefault(sequence.session, []).append(sequence)
    found: dict[tuple[str, str], list[SequenceEvents]] = {}
    for session, own in by_session.items():
        tiers = {
            (tier.rater, tier.system, tier.category): tier
            for tier in coding.tiers_of(session)
            if tier.kind == "interval" and not tier.missing
        }
        placed = {key: _placed(tier, own) for key, tier in tiers.items()}
        for index, sequence in enumerate(own):
            found[session, sequence.sequence] = [
                _events(coding, sequence, index, system_index, category, placed, raters)
                for system_index, system in enumerate(coding.codebook.systems)
                if system.has_intervals
                for category in tier_categories(system)
            ]
    return tuple(item for sequence in sequences for item in found[sequence.session, sequence.sequence])


def _placed(tier: CodedTier, sequences: Sequence[MatchedSequence]) -> list[list[CodedAnnotation]]:
    """The annotations of each sequence of the session."""
    placed: list[list[CodedAnnotation]] = [[] for _ in sequences]
    for item in tier.events:
        inside = [min(item.end_ms, s.end_ms) - max(item.start_ms, s.start_ms) for s in sequences]
        largest = max(inside)
        if 2 * largest > item.duration_ms:
            placed[inside.index(largest)].append(item)
    return placed


def _events(
    coding: CheckedCoding,
    sequence: MatchedSequence,
    index: int,
    system_index: int,
    category: str | None,
    placed: dict[tuple[str, str | None, str | None], list[list[CodedAnnotation]]],
    only: Sequence[str] | None,
) -> SequenceEvents:
    system = coding.codebook.systems[system_index]
    categories = tuple(item.id for item in system.categories) if category is None else (category,)
    code = {name: at for at, name in enumerate(categories)}
    raters = tuple(
        rater
        for rater in (coding.raters_of(sequence.session) if only is None else only)
        if rater in sequence.raters and (rater, system.id, category) in placed
    )
    rows = [
        sorted(
            (item.start_ms, item.end_ms, code.get(item.category or "", UNKNOWN))
            for item in placed[rater, system.id, category][index]
        )
        for rater in raters
    ]
    return SequenceEvents(
        sequence.session,
        sequence.sequence,
        system.id,
        system.tier_name if category is None else system.category_tier_name(category),
        categories,
        raters,
        tuple(np.array([row[0] for row in of], dtype=np.int64) for of in rows),
        tuple(np.array([row[1] for row in of], dtype=np.int64) for of in rows),
        tuple(np.array([row[2] for row in of], dtype=np.int16) for of in rows),
    )
