"""Two more numbers of ELAN's "Compare annotators" dialog: its overlap/extent ratio and its modified Fleiss' kappa.

They are made where `matching` is `elan`, so that published results can be computed again.
Events are linked in the whole session and then placed in sequences, like all events (`align.events_of`). A file whose
coding lies in one sequence gives ELAN's own number. Over several sequences, links are added up; ELAN has no number for
several files together. Where nobody marked an event there is no ratio; ELAN prints 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elancry.agreement import nominal
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.elan_dialog import clusters, overlaps
from elancry.align.events_of import NOWHERE, SequenceEvents, SessionEvents
from elancry.choices import Linking, Matching
from elancry.study.agree.bases import OfPairs, by_tier
from elancry.study.agree.engine import PAIR, PAIR_MEAN, Family, Measures
from elancry.study.agree.event import raters_of
from elancry.study.agree.row import Row, Team
from elancry.study.agree.sums import Pair, PairSums, Sums, Units, UnitSums, pairs_of
from elancry.study.compared import Compared
from elancry.texts import Text

RATIO, FLEISS, FLEISS_MATCHED = "event_elan_overlap_ratio", "event_elan_fleiss_kappa", "event_elan_fleiss_kappa_matched"


@dataclass(frozen=True, eq=False, kw_only=True)
class OverlapRatio(OfPairs):
    """How much of the time that two raters' events cover do they share? The raters' order plays a part, values do not;
    what cannot be read is left out with its partner all the same.

    Made of the sum of the ratios and the number of events, linked ones once.
    """

    def measures(self, team: Team, category: int | None) -> Measures:
        return {RATIO: mean_ratio} if category is None and team.aggregate in (PAIR, PAIR_MEAN) else {}

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return (sums.reshape(*sums.shape[:-1], -1, 2),)

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return Reason.NO_EVENTS

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": int(sums.total[1::2].sum())}


def mean_ratio(sums: FloatArray) -> FloatArray:
    """Mean (...) over pairs of raters of the ratios in sums (..., pairs, 2); pairs without any event count nowhere."""
    total, n = sums[..., 0], sums[..., 1]
    shared = n > 0
    mean = np.where(shared, total / np.where(shared, n, 1.0), 0.0).sum(-1)
    return np.asarray(np.where(shared.any(-1), mean / np.maximum(shared.sum(-1), 1), np.nan))


@dataclass(frozen=True, eq=False, kw_only=True)
class ModifiedFleiss(Family):
    """Fleiss' kappa of clusters of events. A rater without event in a cluster gives the category "unmatched", or the
    cluster is left out (`matched`). Clusters with a value that is not in the vocabulary are left out of both."""

    sessions: Sequence[SessionEvents]
    codes_of: Callable[[SessionEvents, tuple[str, ...]], NDArray[np.int64]]
    """The clusters of some raters in one session, as `cluster_codes` has them."""
    matched: bool
    _made: dict[tuple[str, ...], Sums] = field(default_factory=dict)

    def _of(self, raters: tuple[str, ...]) -> UnitSums:
        k = len(self.categories)
        units = []
        for item in self.sessions:
            if set(raters) <= set(item.raters):
                codes = self.codes_of(item, raters)
                kept = (codes < k).all(axis=1) if self.matched else np.ones(len(codes), dtype=bool)
                units.append(Units(item.session, codes[kept], np.ones(int(kept.sum())), each_a_sequence=True))
        return UnitSums(units, raters, k + 1)

    def sums(self, team: Team) -> Sums:
        if team.raters not in self._made:
            self._made[team.raters] = self._of(team.raters).team(team.raters)
        return self._made[team.raters]

    def measures(self, team: Team, category: int | None) -> Measures:
        if category is not None or team.aggregate == PAIR_MEAN:
            return {}
        return {FLEISS_MATCHED if self.matched else FLEISS: nominal.fleiss}

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return UnitSums([], team.raters, len(self.categories) + 1).layout(team.raters), sums

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return nominal.explain(*self.seen(sums, team, category))

    def n_categories(self, category: int | None) -> int:
        return len(self.categories)


def cluster_codes(
    item: SessionEvents, raters: Sequence[str], criterion: float, coded: Mapping[tuple[str, str], frozenset[str]]
) -> NDArray[np.int64]:
    """Clusters (N, R) of the sequences that all of `raters` coded: each rater's category, K for none.

    Clusters that hold a value outside the vocabulary are left out.
    """
    events = [item.of(name) for name in raters]
    found = clusters(events, criterion)
    codes = np.full(found.shape, len(item.categories), dtype=np.int64)
    begin = np.full(len(found), np.iinfo(np.int64).max)
    end = np.full(len(found), np.iinfo(np.int64).min)
    for column, own in enumerate(events):
        has = found[:, column] >= 0
        rows = found[has, column]
        codes[has, column] = own.codes[rows]
        begin[has] = np.minimum(begin[has], own.start_ms[rows])
        end[has] = np.maximum(end[has], own.end_ms[rows])
    there = {at for at, name in enumerate(item.windows.names) if set(raters) <= coded[item.session, name]}
    placed = np.isin(item.windows.holders(begin, end), list(there))
    return np.asarray(codes[placed & (codes >= 0).all(axis=1)], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class ClustersOf:
    """`cluster_codes` of a session and its raters, each worked out once."""

    criterion: float
    coded: Mapping[tuple[str, str], frozenset[str]]
    _made: dict[tuple[SessionEvents, tuple[str, ...]], NDArray[np.int64]] = field(default_factory=dict)

    def __call__(self, item: SessionEvents, raters: tuple[str, ...]) -> NDArray[np.int64]:
        if (item, raters) not in self._made:
            self._made[item, raters] = cluster_codes(item, raters, self.criterion, self.coded)
        return self._made[item, raters]


def dialog_families(compared: Compared, linking: Linking) -> Iterator[Family]:
    """For each tier; nothing where the matching is not ELAN's."""
    if linking.rule is not Matching.ELAN:
        return
    for base, group in by_tier(compared.events):
        raters = raters_of(group, compared.raters)
        shown = {**base, "variant": linking.rule.value}
        # The dialog's ratio has no criterion.
        yield OverlapRatio(base=shown, raters=raters, of=_ratio_sums(compared, group, raters))
        of_tier = [compared.whole(item) for item in {item.session: item for item in group}.values()]
        coded = {(item.session, item.sequence): frozenset(item.raters) for item in group}
        codes_of = ClustersOf(linking.limit, coded)
        for matched in (False, True):
            yield ModifiedFleiss(
                base={**shown, "criterion": linking.criterion},
                raters=raters,
                categories=group[0].categories,
                sessions=of_tier,
                codes_of=codes_of,
                matched=matched,
            )


def _ratio_sums(compared: Compared, group: Sequence[SequenceEvents], raters: Sequence[str]) -> PairSums:
    placed: dict[tuple[str, Pair], dict[str, FloatArray]] = {}
    found: list[tuple[str, dict[Pair, FloatArray]]] = []
    for item in group:
        of_pairs = {}
        for pair in pairs_of(raters):
            if set(pair) <= set(item.raters):
                key = item.session, pair
                if key not in placed:
                    placed[key] = _placed_ratios(compared.whole(item), pair)
                of_pairs[pair] = placed[key][item.sequence]
        found.append((item.session, of_pairs))
    return PairSums(found, 2)


def _placed_ratios(item: SessionEvents, pair: Pair) -> dict[str, FloatArray]:
    """Sequence -> sum of the ratios and number of events that lie in it, linked ones once."""
    linked = overlaps(item.of(pair[0]), item.of(pair[1]))
    place = np.where(linked.readable, item.windows.holders(linked.start_ms, linked.end_ms), NOWHERE)
    return {
        name: np.array([linked.ratio[place == at].sum(), float((place == at).sum())])
        for at, name in enumerate(item.windows.names)
    }
