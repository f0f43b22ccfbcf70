"""What families have in common that are made of units with categories, or of the sums of pairs of raters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from elancry.agreement import nominal
from elancry.agreement.sums import FloatArray, Layout
from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents, SessionEvents
from elancry.align.timeline import Timeline
from elancry.study.agree.engine import PAIR, PAIR_MEAN, POOLED, Family, Measures
from elancry.study.agree.row import Row, Team
from elancry.study.agree.sums import PairSums, Sums, UnitSums
from elancry.texts import Text

T = TypeVar("T", Timeline, SequenceEvents, SessionEvents)


def by_tier(items: Sequence[T]) -> Iterator[tuple[Row, list[T]]]:
    """(system, tier) as cells of rows with what was coded there, in order of appearance."""
    groups: dict[tuple[str, str], list[T]] = {}
    for item in items:
        groups.setdefault((item.system, item.tier), []).append(item)
    for (system, tier), found in groups.items():
        yield {"system": system, "coding": "interval", "tier": tier}, found


@dataclass(frozen=True, eq=False, kw_only=True)
class OfPairs(Family):
    """Made of what every pair of raters has in common."""

    of: PairSums

    def sums(self, team: Team) -> Sums:
        return self.of.team(team.raters)


@dataclass(frozen=True, eq=False, kw_only=True)
class OfUnits(Family):
    """Categories given to units: coefficients of all raters together, and of pairs, whose mean is taken."""

    together: ClassVar[Measures] = {}
    by_pair: ClassVar[Measures] = {}
    same_for_two: ClassVar[str] = ""
    """The coefficient of `together` that is one of `by_pair` where there are two raters."""
    of: UnitSums

    def sums(self, team: Team) -> Sums:
        return self.of.team(team.raters)

    def measures(self, team: Team, category: int | None) -> Measures:
        if team.aggregate == POOLED:
            return self.together
        if team.aggregate == PAIR_MEAN:
            return self.by_pair
        if team.aggregate == PAIR:
            return {name: f for name, f in {**self.by_pair, **self.together}.items() if name != self.same_for_two}
        return {**self.together, **self.by_pair}

    def each_category(self, sums: Sums, team: Team) -> FloatArray:
        return self.of.layout(team.raters).each_against_rest(sums.table)[1][: len(self.categories)]

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        return self.of.layout(team.raters) if category is None else Layout(len(team.raters), 2), sums

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        layout, part = self.seen(sums, team, category)
        if category is not None and self.unused(layout.table(part, "shares")):
            return Reason.UNUSED_CATEGORY
        return nominal.explain(layout, part, pairwise=measure in self.by_pair and layout.n_raters > 2)

    @staticmethod
    def unused(shares: FloatArray) -> bool:
        """Whether a category (first) was given by nobody, while the rest (second) was."""
        return bool(shares[0] == 0 < shares[1])

    def n_categories(self, category: int | None) -> int | None:
        return self.of.n_categories if category is None else 2

    def compared_ms(self, sums: Sums, team: Team) -> int:
        """The weight of the units compared."""
        return round(float(self.of.layout(team.raters).table(sums.total, "coincidences").sum()))
