"""What of the coding entered which kind of number, and why not the rest?

Every annotation and every millisecond of it ends in exactly one account per kind: entered, or left out with one reason
of `check.left_out.Why`. The account is read off what the numbers are computed from (timelines, events with their links,
rating matrices), not worked out beside it, and it is conserved: `SessionFlow.parts` raises where it does not add up to
what the files hold.

Conventions
-----------
- Kinds: `time` (the same category at the same time), `event` (the same events), `score` (amounts of a sequence, as
  `sequences.csv` has them), `label` (the same label for the same unit, where units are given), `rating`. Interval
  annotations have accounts of all but the last, ratings of the last.
- Time and scores are split where windows and overlaps begin and end; the annotation is counted once, at its largest
  part (tie: entered, else the first reason of the list). Events, labels and ratings are whole; the ms of a rating are
  its parent's. The ms of damaged times are 0.
- A unit that only one rater has is a missing cell: it enters no label agreement, though as an event it is an omission.
- Entered means used at least once: compared with another rater of the team, or, for scores, part of what is analysed.
- Of several reasons the first of the list counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from elancry.align.events import Events, Links
from elancry.align.events_of import SequenceEvents, events_in, session_events
from elancry.align.given_units import Labelled
from elancry.align.ratings import RatedWindows, RatingMatrix, build_ratings
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import MISSING, Timeline, build_timelines
from elancry.check.coding import RESERVED_RATERS, Aside, CheckedCoding, CodedAnnotation, CodedTier
from elancry.check.left_out import ENTERED, Why
from elancry.choices import DEFAULT_CRITERION, Linking, Matching
from elancry.codebook.model import Codebook
from elancry.errors import ElancryError
from elancry.texts import text

FlowKind = Literal["time", "event", "score", "label", "rating"]
Compare = Literal["time", "event", "score", "label", "rating", "whole_score"]
"""A kind, or scores as agreement compares them: only of sequences that a rater's coding is known in throughout."""

INTERVAL_KINDS: tuple[FlowKind, ...] = ("time", "event", "score")
LABEL_KINDS: tuple[FlowKind, ...] = ("label",)
RATING_KINDS: tuple[FlowKind, ...] = ("rating",)

ACCOUNTS: tuple[str, ...] = (ENTERED, *Why)
"""The accounts in order: what entered, then the reasons. The place of each is its number below."""
_NUMBER = {name: at for at, name in enumerate(ACCOUNTS)}
_IN = _NUMBER[ENTERED]

Ints = NDArray[np.int64]
LinksOf = Callable[[SequenceEvents, tuple[str, str], Linking], tuple[Events, Events, Links]]
"""The events of two raters and their links, as the event table has them."""
BY_DEFAULT = Linking(Matching.EASYDIAG, DEFAULT_CRITERION)


@dataclass(frozen=True, eq=False)
class Part:
    """What became of one tier in one kind of number: `n` annotations and `ms`, both (accounts,), by `ACCOUNTS`."""

    session: str
    file: str
    rater: str
    system: str
    tier: str
    kind: FlowKind
    n: Ints
    ms: Ints


@dataclass(frozen=True, eq=False)
class Scored:
    """Whose coding the scores are made of, where it is not every rater's own: one rater's, or the consensus'."""

    rater: str
    timelines: Sequence[Timeline] = ()
    ratings: tuple[RatingMatrix, ...] = ()
    consensus: bool = False


@dataclass(frozen=True, eq=False)
class _Held:
    """One tier: `why` (N,) is the account of annotations that are left out as they are, 0 elsewhere."""

    file: str
    tier: CodedTier
    layer: str
    """The tier's name where it is compared."""
    items: tuple[CodedAnnotation, ...]
    start_ms: Ints
    end_ms: Ints
    why: Ints


@dataclass(eq=False)
class SessionFlow:
    """The accounts of one session. `raters` are the study's, in the order in which pairs are named."""

    coding: CheckedCoding
    session: str
    sequences: Sequence[MatchedSequence]
    raters: tuple[str, ...]
    timelines: Sequence[Timeline] = ()
    ratings: Sequence[RatingMatrix] = ()
    events: Sequence[SequenceEvents] = ()
    links: LinksOf | None = None
    linking: Linking = BY_DEFAULT
    """How events are linked where nothing else is asked."""
    labelled: Mapping[tuple[str, str], Labelled] = field(default_factory=dict)
    """(system, tier) -> its units."""
    given: Collection[tuple[str, str]] = ()
    """(system, tier) of those whose units were given beforehand."""
    scored: Scored | None = None
    analysed: bool = False
    """Whether ratings are used for more than agreement."""
    _held: list[_Held] = field(default_factory=list)
    _rows: dict[int, dict[str, int]] = field(default_factory=dict)
    _score_tracks: dict[int, _Track] = field(default_factory=dict)
    _lost: dict[tuple[Compare, str, str, tuple[str, ...], Linking], tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, coding: CheckedCoding, session: str, sequences: Sequence[MatchedSequence], raters: tuple[str, ...]
    ) -> SessionFlow:
        """The accounts of one session by itself, its events linked by the default rule."""
        whole = session_events(coding, sequences)
        found: dict[tuple[str, str, tuple[str, str], Linking], Mapping[str, tuple[Events, Events, Links]]] = {}
        at = {(item.system, item.tier): item for item in whole}

        def links(item: SequenceEvents, pair: tuple[str, str], by: Linking) -> tuple[Events, Events, Links]:
            key = item.system, item.tier, pair, by
            if key not in found:
                found[key] = at[item.system, item.tier].linked(pair, by)
            return found[key][item.sequence]

        lines, ratings = build_timelines(coding, sequences), build_ratings(coding, sequences)
        return cls(coding, session, sequences, raters, lines, ratings, events_in(whole, sequences), links)

    def __post_init__(self) -> None:
        names = layers(self.coding.codebook)
        for file in self.coding.files_of(self.session):
            for tier in file.tiers:
                if tier.kind != "sequence" and tier.rater not in RESERVED_RATERS and tier.system is not None:
                    layer = names[tier.system, tier.kind, tier.category]
                    self._held.append(_held(tier.file or file.name, tier, layer))

    def parts(self, kinds: Sequence[FlowKind] = (*INTERVAL_KINDS, *LABEL_KINDS, *RATING_KINDS)) -> Iterator[Part]:
        """The accounts of every tier, all raters together; tiers that hold nothing have none.

        Raises ElancryError where annotations or ms were lost or counted twice: then no number can be trusted.
        """
        for held in self._held:
            for kind in _kinds_of(held.tier, given=(held.tier.system, held.layer) in self.given):
                if kind in kinds and held.items:
                    n, ms = self._account(held, kind, self.raters, self.linking)
                    yield _conserved(held.tier, _part(held.file, self.session, held.tier, kind, n, ms))

    def lost(
        self, kind: Compare, system: str, layer: str, team: tuple[str, ...], linking: Linking | None = None
    ) -> tuple[int, int]:
        """(annotations, ms) of the raters of `team` on one tier that did not enter a comparison among them.

        Nothing where fewer than two of them coded the system in this session. A `layer` that is no tier's, but the
        system's, are all codes that may be given at once, compared as sets: where one is unknown, the set is. `linking`
        is that of events where it is not the account's.
        """
        linking = linking or self.linking
        key = (kind, system, layer, team, linking)
        if key not in self._lost:
            of_system = [held for held in self._held if held.tier.system == system]
            own = [held for held in of_system if held.layer == layer]
            together = not own
            own = own or [held for held in of_system if held.tier.kind == "interval"]
            coded = {held.tier.rater for held in own if not held.tier.missing}
            n_lost = ms_lost = 0
            for held in own if len(coded & set(team)) > 1 else ():
                if held.tier.rater in team and held.items:
                    beside = [one for one in own if one.tier.rater == held.tier.rater and one is not held]
                    n, ms = self._account(held, kind, team, linking, beside if together else ())
                    n_lost += int(n.sum() - n[_IN])
                    ms_lost += int(ms.sum() - ms[_IN])
            self._lost[key] = n_lost, ms_lost
        return self._lost[key]

    def lost_to_scores(self, sequence: MatchedSequence) -> tuple[int, int]:
        """(annotations, ms) in one sequence that are not in its scores; of whoever the scores are made."""
        n_lost = ms_lost = 0
        for held in self._held:
            alone = self.scored is not None and not self.scored.consensus and held.tier.rater != self.scored.rater
            if held.tier.kind != "interval" or alone:
                continue
            start, end = held.start_ms.clip(sequence.start_ms), held.end_ms.clip(max=sequence.end_ms)
            within = np.flatnonzero(start < end)
            if len(within):
                lengths = end[within] - start[within]
                if id(held) not in self._score_tracks:
                    self._score_tracks[id(held)] = self._score_track(held, self.raters)
                used = self._by_track(start[within], end[within], self._score_tracks[id(held)])[:, _IN]
                left = lengths - np.where(held.why[within] == _IN, used, 0)
                n_lost, ms_lost = n_lost + int((left > 0).sum()), ms_lost + int(left.sum())
            n_lost += sum(
                item.damaged and begin < sequence.end_ms and finish > sequence.start_ms
                for item, (begin, finish) in zip(
                    (item for item in held.items if item.damaged), held.tier.open_ms, strict=False
                )
            )
        return n_lost, ms_lost

    # ---- one tier --------------------------------------------------------------------------------------------------

    def _account(
        self, held: _Held, kind: Compare, team: tuple[str, ...], linking: Linking, beside: Sequence[_Held] = ()
    ) -> tuple[Ints, Ints]:
        """`n` and `ms` (accounts,) of one tier; time enters only where it enters on the tiers `beside` too."""
        lengths = held.end_ms - held.start_ms
        if kind in ("event", "label", "rating"):
            if kind == "event":
                why = self._events(held, team, linking)
            else:
                why = self._labels(held, team) if kind == "label" else self._ratings(held, team)
            why = np.where(held.why == _IN, why, held.why)
            return _counted(why), _counted(why, lengths)
        track = self._time_track(held, team) if kind == "time" else self._score_track(held, team, kind == "whole_score")
        if kind == "score" and self.scored is not None and not self.scored.consensus:
            track = track if held.tier.rater == self.scored.rater else _everywhere(Why.RATER_NOT_ASKED)
        for other in beside:
            track = track.and_then(self._time_track(other, team), _NUMBER[Why.OUTSIDE_SEQUENCE])
        split = self._by_track(held.start_ms, held.end_ms, track)
        whole = np.flatnonzero(held.why != _IN)
        split[whole] = 0
        split[whole, held.why[whole]] = lengths[whole]
        why = np.where(held.why == _IN, split.argmax(axis=1), held.why)
        return _counted(why), split.sum(axis=0)

    @staticmethod
    def _by_track(start_ms: Ints, end_ms: Ints, track: _Track) -> Ints:
        """The ms (N, accounts) of spans in each account of a track; outside it, of no sequence."""
        split = np.zeros((len(start_ms), len(ACCOUNTS)), dtype=np.int64)
        widths = np.diff(track.edges)
        for account in np.unique(track.why[track.why >= 0]).tolist():
            sums = np.concatenate([[0], np.cumsum(np.where(track.why == account, widths, 0))])
            split[:, account] = _at(track.edges, sums, end_ms) - _at(track.edges, sums, start_ms)
        split[:, _NUMBER[Why.OUTSIDE_SEQUENCE]] += end_ms - start_ms - split.sum(axis=1)
        return split

    def _lines(self, timelines: Sequence[Timeline], held: _Held) -> list[Timeline]:
        where = self.session, held.tier.system, held.layer
        return [line for line in timelines if (line.session, line.system, line.tier) == where and len(line.start_ms)]

    def _time_track(self, held: _Held, team: tuple[str, ...]) -> _Track:
        def why(line: Timeline) -> Ints:
            known, others = line.codes != MISSING, self._others(line.raters, held, team)
            alone = self._alone(held, team, bool(line.coded[others].any()))
            return np.where(known[:, others].any(axis=1), _IN, alone)

        return self._track(held, why)

    def _score_track(self, held: _Held, team: tuple[str, ...], whole: bool = False) -> _Track:
        """Of a rater's own scores; `whole`: of scores that can be compared within a team."""

        def why(line: Timeline) -> Ints:
            if not whole:
                return np.full(len(line.codes), _IN)
            known, others = (line.codes != MISSING).all(axis=0), self._others(line.raters, held, team)
            alone = self._alone(held, team, bool(line.coded[others].any()))
            both = known[line.raters.index(held.tier.rater)] and known[others].any()
            return np.full(len(line.codes), _IN if both else alone)

        track = self._track(held, why)
        if self.scored is None or not self.scored.consensus or whole:
            return track
        settled = _Track.of(
            [
                _Track.within(line, np.where(line.codes[:, 0] != MISSING, _IN, _NUMBER[Why.UNRESOLVED]))
                for line in self._lines(self.scored.timelines, held)
            ]
        )
        return track.and_then(settled, _NUMBER[Why.SEQUENCE_UNMATCHED])

    def _track(self, held: _Held, why: Callable[[Timeline], Ints]) -> _Track:
        """`why` of every window that the rater marked, where what the rater coded can be read."""
        windows = []
        for line in self._lines(self.timelines, held):
            own = line.raters.index(held.tier.rater)
            if line.coded[own]:
                found = np.where(line.codes[:, own] != MISSING, why(line), _NUMBER[Why.OVERLAPS_ITSELF])
            else:
                found = np.full(len(line.codes), _NUMBER[Why.SEQUENCE_UNMATCHED])
            windows.append(_Track.within(line, found))
        return _Track.of(windows)

    def _events(self, held: _Held, team: tuple[str, ...], linking: Linking) -> Ints:
        rater = held.tier.rater
        found: dict[tuple[int, int], int] = {}
        for item in self.events:
            if (item.system, item.tier) == (held.tier.system, held.layer) and rater in item.raters:
                for other in item.raters:
                    if other in team and other != rater:
                        for span, usable in self._placed(item, rater, other, linking):
                            account = _IN if usable else _NUMBER[Why.PARTNER_UNREADABLE]
                            found[span] = min(account, found.get(span, account))
        why = [
            found[span] if (span := (item.start_ms, item.end_ms)) in found else self._unplaced(held, team, item)
            for item in held.items
        ]
        return np.array(why, dtype=np.int64)

    def _placed(
        self, item: SequenceEvents, rater: str, other: str, linking: Linking
    ) -> Iterator[tuple[tuple[int, int], bool]]:
        """The events of `rater` placed in a sequence beside `other`, and whether what each is linked to can be read."""
        if self.links is None:
            return
        first = self.raters.index(rater) < self.raters.index(other)
        a, b, links = self.links(item, (rater, other) if first else (other, rater), linking)
        own, theirs = (a, b) if first else (b, a)
        mine, partners = (links[0], links[1]) if first else (links[1], links[0])
        usable = np.ones(len(own), dtype=bool)
        usable[mine[theirs.codes[partners] < 0]] = False
        for start, end, one in zip(own.start_ms.tolist(), own.end_ms.tolist(), usable.tolist(), strict=True):
            yield (start, end), one

    def _unplaced(self, held: _Held, team: tuple[str, ...], item: CodedAnnotation) -> int:
        """Why an event is beside nobody's: it touches no sequence, or none of the team coded the one that holds it."""
        shared = [
            (min(item.end_ms, one.end_ms) - max(item.start_ms, one.start_ms), held.tier.rater in one.raters)
            for one in self.sequences
        ]
        most, own = max(shared, default=(0, False))
        if most <= 0:
            return _NUMBER[Why.OUTSIDE_SEQUENCE]
        return self._alone(held, team, False) if own else _NUMBER[Why.SEQUENCE_UNMATCHED]

    def _labels(self, held: _Held, team: tuple[str, ...]) -> Ints:
        """Of each annotation as a unit: whether somebody else of the team labelled the same one."""
        item = self.labelled.get((held.tier.system or "", held.layer))
        if item is None or held.tier.rater not in item.raters:
            return np.array([self._unplaced(held, team, one) for one in held.items], dtype=np.int64)
        own, others = item.raters.index(held.tier.rater), self._others(item.raters, held, team)
        labels, theirs = item.codes >= 0, item.has[:, others]
        why = np.select(
            [
                ~item.known[:, own],
                item.twice[:, own],
                labels[:, others].any(axis=1),
                theirs.any(axis=1),
                item.known[:, others].any(axis=1),
            ],
            [
                _NUMBER[name]
                for name in (
                    Why.SEQUENCE_UNMATCHED,
                    Why.OVERLAPS_ITSELF,
                    ENTERED,
                    Why.PARTNER_UNREADABLE,
                    Why.ONE_RATER,
                )
            ],
            self._alone(held, team, False),
        )
        found = dict(zip(map(tuple, item.spans.tolist()), why.tolist(), strict=True))
        outside = _NUMBER[Why.OUTSIDE_SEQUENCE]
        return np.array([found.get((one.start_ms, one.end_ms), outside) for one in held.items], dtype=np.int64)

    def _ratings(self, held: _Held, team: tuple[str, ...]) -> Ints:
        tier = held.tier
        windows = RatedWindows(tier.rater, enumerate(self.sequences))
        matrix = _matrix(self.ratings, held)
        scores = None if self.scored is None else _matrix(self.scored.ratings, held)
        return np.array([self._rating(held, team, windows.key_of(a), matrix, scores) for a in held.items], np.int64)

    def _rating(
        self,
        held: _Held,
        team: tuple[str, ...],
        place: int | None,
        matrix: RatingMatrix | None,
        scores: RatingMatrix | None,
    ) -> int:
        sequence = None if place is None else self.sequences[place]
        row = None if matrix is None or sequence is None else self._row(matrix, sequence)
        if matrix is None or sequence is None or row is None:
            return _NUMBER[Why.OUTSIDE_SEQUENCE]
        own = matrix.raters.index(held.tier.rater)
        if np.isnan(matrix.values[row, own]):
            return _NUMBER[Why.OVERLAPS_ITSELF]
        others = self._others(matrix.raters, held, team)
        given = ~np.isnan(matrix.values[:, others])
        if given[row].any():
            return _IN
        if self.analysed and set(team) == set(self.raters):
            if self.scored is None or held.tier.rater == self.scored.rater:
                return _IN
            at = None if scores is None else self._row(scores, sequence)
            if scores is not None and at is not None and not np.isnan(scores.values[at]).all():
                return _IN
        if any((row, other) in matrix.unreadable for other in others):
            return _NUMBER[Why.PARTNER_UNREADABLE]
        marked = any(matrix.raters[other] in sequence.raters for other in others)
        return _NUMBER[Why.ONE_RATER] if marked else self._alone(held, team, False)

    def _row(self, matrix: RatingMatrix, sequence: MatchedSequence) -> int | None:
        """The row of a sequence, looked up once for all matrices of the same units."""
        units = id(matrix.sequences)
        if units not in self._rows:
            keys = zip(matrix.sessions, matrix.sequences, strict=True)
            self._rows[units] = {name: row for row, (session, name) in enumerate(keys) if session == self.session}
        return self._rows[units].get(sequence.sequence)

    def _others(self, raters: Sequence[str], held: _Held, team: tuple[str, ...]) -> list[int]:
        return [at for at, name in enumerate(raters) if name in team and name != held.tier.rater]

    def _alone(self, held: _Held, team: tuple[str, ...], beside: bool) -> int:
        """Why nobody of the team can be compared: `beside`, others coded the sequence and cannot be read there."""
        if beside:
            return _NUMBER[Why.PARTNER_UNREADABLE]
        same = (
            one.tier
            for one in self._held
            if (one.tier.system, one.tier.kind) == (held.tier.system, held.tier.kind) and not one.tier.missing
        )
        others = any(tier.rater in team and tier.rater != held.tier.rater for tier in same)
        return _NUMBER[Why.SEQUENCE_UNMATCHED if others else Why.ONE_RATER]


@dataclass(frozen=True, eq=False)
class _Track:
    """Accounts `why` (K,) of the time between `edges` (K + 1,) in ms; -1 where there is none."""

    edges: Ints
    why: Ints

    @classmethod
    def within(cls, line: Timeline, why: Ints) -> _Track:
        """One window."""
        return cls(np.concatenate([line.start_ms, line.end_ms[-1:]]), why)

    @classmethod
    def of(cls, windows: Sequence[_Track]) -> _Track:
        """All windows side by side; halves are put together, so that many windows cost little more than few."""
        if len(windows) < 2:
            return windows[0] if windows else _EMPTY
        half = len(windows) // 2
        return cls.of(windows[:half]).beside(cls.of(windows[half:]))

    def beside(self, other: _Track) -> _Track:
        """With more windows; where windows overlap, what enters one of them enters, else the first reason counts."""
        merged = np.union1d(self.edges, other.edges)
        before, more = self.over(merged), other.over(merged)
        both = np.where(before < 0, more, np.where(more < 0, before, np.minimum(before, more)))
        return _Track(merged, both)

    def and_then(self, other: _Track, outside: int) -> _Track:
        """What enters here, with the account it has in `other`; `outside` where that has none."""
        merged = np.union1d(self.edges, other.edges)
        here, there = self.over(merged), other.over(merged)
        return _Track(merged, np.where(here == _IN, np.where(there < 0, outside, there), here))

    def over(self, edges: Ints) -> Ints:
        """The accounts between other edges, among which are all of these."""
        if len(self.why) == 0:
            return np.full(max(len(edges) - 1, 0), -1)
        at = np.searchsorted(self.edges, edges[:-1], side="right") - 1
        return np.where((at >= 0) & (at < len(self.why)), self.why[at.clip(0, len(self.why) - 1)], -1)


_EMPTY = _Track(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def _everywhere(why: Why) -> _Track:
    return _Track(np.array([-(2**53), 2**54]), np.array([_NUMBER[why]]))


def _at(edges: Ints, sums: Ints, times: Ints) -> Ints:
    """`sums` at `edges`, in between as much as has passed; exact, since sums grow by whole ms or not at all."""
    at = (np.searchsorted(edges, times, side="right") - 1).clip(0, len(edges) - 2)
    within = np.minimum((times - edges[at]).clip(0), edges[at + 1] - edges[at])
    return np.asarray(sums[at] + np.where(sums[at + 1] > sums[at], within, 0))


def _kinds_of(tier: CodedTier, *, given: bool) -> tuple[FlowKind, ...]:
    if tier.kind != "interval":
        return RATING_KINDS
    return (*INTERVAL_KINDS, *LABEL_KINDS) if given else INTERVAL_KINDS


def _counted(why: Ints, weights: Ints | None = None) -> Ints:
    counts = np.zeros(len(ACCOUNTS), dtype=np.int64)
    np.add.at(counts, why, 1 if weights is None else weights)
    return counts


def _held(file: str, tier: CodedTier, layer: str) -> _Held:
    items = (*tier.annotations, *tier.unrated)
    why = [_NUMBER[reason] if (reason := tier.left_out_whole(item)) is not None else _IN for item in items]
    start = np.array([item.start_ms for item in items], dtype=np.int64)
    end = np.array([item.start_ms if item.damaged else item.end_ms for item in items], dtype=np.int64)
    return _Held(file, tier, layer, items, start, end, np.array(why, dtype=np.int64))


def put_aside(aside: Sequence[Aside], given: Collection[tuple[str | None, str | None]] = ()) -> Iterator[Part]:
    """The accounts of what is not in the coding at all; files that cannot be read have none.

    `given` holds (system, category of the tier) of tiers whose units were given beforehand.

    Raises ElancryError where annotations or ms were lost or counted twice.
    """
    for item in aside:
        for tier in item.tiers:
            held = _held(item.file, tier, "")
            if tier.kind == "sequence" or not held.items:
                continue
            why = np.full(len(held.items), _NUMBER[item.why])
            counts = _counted(why), _counted(why, held.end_ms - held.start_ms)
            for kind in _kinds_of(tier, given=(tier.system, tier.category) in given):
                yield _conserved(tier, _part(tier.file or item.file, item.session, tier, kind, *counts))


class Account:
    """The accounts of many parts together, by kind."""

    def __init__(self) -> None:
        self._sums: dict[FlowKind, tuple[Ints, Ints]] = {}

    def add(self, parts: Iterable[Part]) -> None:
        """Take over some more."""
        for part in parts:
            n, ms = self._sums.get(part.kind, (0, 0))
            self._sums[part.kind] = n + part.n, ms + part.ms

    @property
    def rows(self) -> list[dict[str, str | int]]:
        """Kind, reason, n_annotations and ms of every account that is not empty."""
        return [
            {"kind": kind, "reason": reason, "n_annotations": n, "ms": ms}
            for kind, sums in self._sums.items()
            for reason, n, ms in zip(ACCOUNTS, sums[0].tolist(), sums[1].tolist(), strict=True)
            if n or ms
        ]


def _part(file: str, session: str, tier: CodedTier, kind: FlowKind, n: Ints, ms: Ints) -> Part:
    return Part(session, file, tier.rater, tier.system or "", tier.tier, kind, n, ms)


def _conserved(tier: CodedTier, part: Part) -> Part:
    """`part` itself if it adds up to what the tier holds."""
    items = (*tier.annotations, *tier.unrated)
    held = tier.held or (len(items), sum(item.duration_ms for item in items if not item.damaged))
    if (int(part.n.sum()), int(part.ms.sum())) != held or (part.n < 0).any() or (part.ms < 0).any():
        message = text(
            "flow.not-conserved",
            file=part.file,
            tier=part.tier,
            kind=part.kind,
            counted=int(part.n.sum()),
            counted_ms=int(part.ms.sum()),
            held=held[0],
            held_ms=held[1],
        )
        raise ElancryError(message, hint=text("flow.not-conserved-hint"))
    return part


def layers(codebook: Codebook) -> Mapping[tuple[str, str, str | None], str]:
    """(system, kind, category of the tier) -> the name under which the tier is compared."""
    found: dict[tuple[str, str, str | None], str] = {}
    for system in codebook.systems:
        found[system.id, "interval", None] = system.tier_name
        for category in system.categories:
            found[system.id, "interval", category.id] = system.category_tier_name(category.id)
            found[system.id, "rating", category.id] = system.rating_tier_name(category.id)
    return found


def _matrix(ratings: Sequence[RatingMatrix], held: _Held) -> RatingMatrix | None:
    where = held.tier.system, held.tier.category
    return next((item for item in ratings if (item.system, item.category) == where), None)
