"""Do raters put the boundaries in the same place? Differences within links; F1 at tolerances, without links.

Events that cannot be read (their value, or their times) are left out with what they are linked to, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from elancry.agreement.boundaries import differences, f1, matched_boundaries
from elancry.agreement.estimate import Estimate
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.choices import Linking
from elancry.study.agree.bases import OfPairs, by_tier
from elancry.study.agree.engine import PAIR, PAIR_MEAN, Measures, teams_without_one
from elancry.study.agree.event import pair_sums, raters_of
from elancry.study.agree.row import Row, Team, make_row
from elancry.study.agree.sums import Pair, Sums
from elancry.study.compared import Compared
from elancry.texts import Text


@dataclass(frozen=True, eq=False, kw_only=True)
class Found(OfPairs):
    """Boundaries that both raters have, at one tolerance: matched, and boundaries of both, of every pair."""

    def measures(self, team: Team, category: int | None) -> Measures:
        return {} if team.aggregate == PAIR_MEAN else {"boundary_f1": f1}

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        counts = sums.reshape(*sums.shape[:-1], -1, 2).sum(-2)
        return counts[..., 0], counts[..., 1]

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return Reason.NO_BOUNDARIES

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": int(self.seen(sums.total, team, None)[1])}


@dataclass(frozen=True, eq=False, kw_only=True)
class Moved(OfPairs):
    """Differences of one edge within links, second rater minus first: their sum and number, of every pair.

    The sign of a bias depends on who comes first; only the typical size of differences can be averaged over pairs.
    """

    edge: str
    by_pair: dict[Pair, FloatArray]
    """All differences of a pair, in ms."""

    def measures(self, team: Team, category: int | None) -> Measures:
        return {f"{self.edge}_bias_ms": _mean} if team.aggregate == PAIR else {}

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        return Reason.NO_LINKED_EVENTS

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": int(sums.total[1::2].sum())}

    def typical_sizes(self, *, alone: bool) -> Iterator[Row]:
        """Rows of the median absolute deviation, which does not add up over sessions and has no interval."""
        pairs = self.of.pairs(self.raters)
        teams = [Team(pair, PAIR) for pair in pairs]
        if pairs and not alone:
            teams += [Team(self.raters, PAIR_MEAN), *teams_without_one(self.raters)]
        for team in teams:
            sums = self.sums(team)
            if not sums.sessions:
                continue
            size = float(np.mean([differences(self.by_pair[pair]).mad for pair in self.of.pairs(team.raters)]))
            counted = {"n_sessions": len(sums.sessions), **self.counted(sums, team)}
            reason = Reason.UNDEFINED_PAIR if counted["n_units"] else Reason.NO_LINKED_EVENTS
            where = {"scope": "overall", **self.base}
            yield make_row(where, f"{self.edge}_mad_ms", team, Estimate.of(size, reason)) | counted


def _mean(sums: FloatArray) -> FloatArray:
    n = sums[..., 1]
    return np.where(n > 0, sums[..., 0] / np.where(n > 0, n, 1.0), np.nan)


def found_families(compared: Compared, linking: Linking, tolerances_ms: Sequence[int]) -> Iterator[Found]:
    """For each tier and tolerance; events are in the sequence where linking places them, with a partner or without."""
    for base, group in by_tier(compared.events):
        raters = raters_of(group, compared.raters)
        for tolerance in tolerances_ms:

            def matched(item: SequenceEvents, pair: Pair, most: int = tolerance) -> FloatArray:
                a, b, _ = compared.readable(item, pair, linking)
                begins = matched_boundaries(a.start_ms, b.start_ms, most)
                ends = matched_boundaries(a.end_ms, b.end_ms, most)
                return np.array([begins + ends, 2 * (len(a) + len(b))], dtype=np.float64)

            of = pair_sums(group, raters, matched, 2)
            yield Found(base={**base, "tolerance_ms": tolerance}, raters=raters, of=of)


def moved_families(compared: Compared, linking: Linking) -> Iterator[Moved]:
    """For each tier the begins and the ends."""
    for base, group in by_tier(compared.events):
        raters = raters_of(group, compared.raters)
        for edge in ("onset", "offset"):
            by_pair: dict[Pair, list[FloatArray]] = {}

            def moved(
                item: SequenceEvents, pair: Pair, edge: str = edge, by_pair: dict[Pair, list[FloatArray]] = by_pair
            ) -> FloatArray:
                own = edge_differences(compared, item, pair, linking)[edge]
                by_pair.setdefault(pair, []).append(own)
                return np.array([own.sum(), len(own)], dtype=np.float64)

            of = pair_sums(group, raters, moved, 2)
            joined = {pair: np.concatenate(found) for pair, found in by_pair.items()}
            here = {**base, "variant": linking.rule.value, "criterion": linking.criterion}
            yield Moved(base=here, raters=raters, edge=edge, of=of, by_pair=joined)


def edge_differences(compared: Compared, item: SequenceEvents, pair: Pair, linking: Linking) -> dict[str, FloatArray]:
    """`onset` and `offset` differences of the linked events of two raters, second minus first, in ms."""
    a, b, (first, second, _) = compared.readable(item, pair, linking)
    return {
        "onset": (b.start_ms[second] - a.start_ms[first]).astype(np.float64),
        "offset": (b.end_ms[second] - a.end_ms[first]).astype(np.float64),
    }
