"""One coding, lined up: what every number of a study is computed from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from elancry.align.events import Events, Links, readable
from elancry.align.events_of import SequenceEvents, SessionEvents, events_in, session_events
from elancry.align.ratings import RatingMatrix, build_ratings
from elancry.align.timeline import MISSING, Timeline, build_timelines
from elancry.choices import Linking

if TYPE_CHECKING:
    from elancry.align.sequences import MatchedSequence
    from elancry.check.coding import CheckedCoding
    from elancry.codebook.model import Codebook

Pair = tuple[str, str]
Tier = tuple[str, str]
Linked = tuple[Events, Events, Links]


@dataclass(frozen=True)
class Compared:
    """Timelines, ratings and events of all raters, in the same sequences.

    `sessions` are the events of whole sessions by (session, system, tier); without them a sequence is linked by itself.
    """

    codebook: Codebook
    raters: tuple[str, ...]
    timelines: tuple[Timeline, ...] = ()
    ratings: tuple[RatingMatrix, ...] = ()
    events: tuple[SequenceEvents, ...] = ()
    sessions: Mapping[tuple[str, str, str], SessionEvents] = field(default_factory=dict)
    _links: dict[tuple[object, ...], Mapping[str, Linked]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, coding: CheckedCoding, sequences: Sequence[MatchedSequence]) -> Compared:
        """Line up every rater's coding in the matched sequences."""
        whole = session_events(coding, sequences)
        return cls(
            coding.codebook,
            coding.raters,
            build_timelines(coding, sequences),
            build_ratings(coding, sequences),
            events_in(whole, sequences),
            {(item.session, item.system, item.tier): item for item in whole},
        )

    def whole(self, item: SequenceEvents) -> SessionEvents:
        """The events of the session that the sequence of `item` is from."""
        found = self.sessions.get((item.session, item.system, item.tier))
        return SessionEvents.of_one(item) if found is None else found

    def linked(self, item: SequenceEvents, pair: Pair, by: Linking) -> Linked:
        """The events of two raters that are placed in the sequence of `item`, and their links; looked for once."""
        place = item.session, item.system, item.tier
        key = (*place, None if place in self.sessions else item.sequence, pair, by)
        if key not in self._links:
            self._links[key] = self.whole(item).linked(pair, by)
        return self._links[key][item.sequence]

    def readable(self, item: SequenceEvents, pair: Pair, by: Linking) -> Linked:
        """The same without what cannot be read and what is linked to it."""
        return readable(*self.linked(item, pair, by))

    def only(self, raters: Sequence[str]) -> Compared:
        """The coding of some raters; a sequence that not all of them coded stays, with the others missing."""
        timed, rated, marked = [], [], []
        for item in self.timelines:
            codes = np.full((len(item.codes), len(raters)), MISSING, dtype=item.codes.dtype)
            for at, name in enumerate(raters):
                if name in item.raters:
                    codes[:, at] = item.codes[:, item.raters.index(name)]
            coding = dict(zip(item.raters, item.coding, strict=False))
            own = tuple(coding.get(name, False) for name in raters) if coding else ()
            timed.append(replace(item, raters=tuple(raters), codes=codes, coding=own))
        for matrix in self.ratings:
            values = np.full((len(matrix.values), len(raters)), np.nan)
            for at, name in enumerate(raters):
                if name in matrix.raters:
                    values[:, at] = matrix.values[:, matrix.raters.index(name)]
            place = {matrix.raters.index(name): at for at, name in enumerate(raters) if name in matrix.raters}
            unreadable = frozenset((row, place[column]) for row, column in matrix.unreadable if column in place)
            rated.append(replace(matrix, raters=tuple(raters), values=values, unreadable=unreadable))
        for of in self.events:
            kept = [at for at, name in enumerate(of.raters) if name in raters]
            marked.append(
                replace(
                    of,
                    raters=tuple(of.raters[at] for at in kept),
                    starts=tuple(of.starts[at] for at in kept),
                    ends=tuple(of.ends[at] for at in kept),
                    codes=tuple(of.codes[at] for at in kept),
                )
            )
        return replace(self, raters=tuple(raters), timelines=tuple(timed), ratings=tuple(rated), events=tuple(marked))

    def among(self, sessions: Collection[str]) -> Compared:
        """The coding of some sessions."""
        rated = []
        for matrix in self.ratings:
            rows = [row for row, name in enumerate(matrix.sessions) if name in sessions]
            place = {row: at for at, row in enumerate(rows)}
            rated.append(
                replace(
                    matrix,
                    sessions=tuple(matrix.sessions[row] for row in rows),
                    sequences=tuple(matrix.sequences[row] for row in rows),
                    values=matrix.values[rows],
                    unreadable=frozenset((place[row], at) for row, at in matrix.unreadable if row in place),
                )
            )
        return replace(
            self,
            timelines=tuple(item for item in self.timelines if item.session in sessions),
            ratings=tuple(rated),
            events=tuple(item for item in self.events if item.session in sessions),
            sessions={key: item for key, item in self.sessions.items() if key[0] in sessions},
        )

    def with_possible_categories(self) -> Compared:
        """The same with the categories that can be given: the codebook's or the vocabulary's, used or not.

        Where neither says what could have been given, they are the ones that any rater used on the tier, in order.
        """
        observed = {system.id for system in self.codebook.systems if system.observed}
        if not observed:
            return self
        used: dict[Tier, set[int]] = {}
        possible: dict[Tier, tuple[str, ...]] = {}
        coded = [
            *(((item.system, item.tier), item.categories, (item.codes,)) for item in self.timelines),
            *(((item.system, item.tier), item.categories, item.codes) for item in self.events),
        ]
        for tier, categories, columns in coded:
            if tier[0] not in observed:
                continue
            possible[tier] = categories
            for codes in columns:
                used.setdefault(tier, set()).update(np.unique(codes[codes >= 0]).tolist())
        kept = {tier: tuple(possible[tier][code] for code in sorted(codes)) for tier, codes in used.items()}
        renumber = {tier: _renumbering(len(possible[tier]), sorted(codes)) for tier, codes in used.items()}

        def timeline(item: Timeline) -> Timeline:
            tier = item.system, item.tier
            if item.system not in observed:
                return item
            return replace(item, categories=kept[tier], codes=renumber[tier][item.codes])

        def events(item: SequenceEvents) -> SequenceEvents:
            tier = item.system, item.tier
            if item.system not in observed:
                return item
            codes = tuple(renumber[tier][own] for own in item.codes)
            return replace(item, categories=kept.get(tier, ()), codes=codes)

        def session(item: SessionEvents) -> SessionEvents:
            tier = item.system, item.tier
            if item.system not in observed or tier not in kept:
                return item
            of = tuple(replace(own, codes=renumber[tier][own.codes]) for own in item.events)
            return replace(item, categories=kept[tier], events=of)

        return replace(
            self,
            timelines=tuple(map(timeline, self.timelines)),
            events=tuple(map(events, self.events)),
            sessions={key: session(item) for key, item in self.sessions.items()},
            _links={},
        )


def _renumbering(n_categories: int, keep: Sequence[int]) -> NDArray[np.int16]:
    """Old code -> new code. The last two places serve the negative codes, which index from the end."""
    table = np.arange(n_categories + 2, dtype=np.int16)
    table[n_categories:] = (-2, -1)
    table[list(keep)] = np.arange(len(keep), dtype=np.int16)
    return table
