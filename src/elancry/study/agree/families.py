"""Everything that is asked of some raters' agreement, and all rows of the agreement table."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from elancry.processes import ALONE, Desk
from elancry.study.agree.boundary import Moved, found_families, moved_families
from elancry.study.agree.concurrent import Concurrent, concurrent_families
from elancry.study.agree.elan_dialog import dialog_families
from elancry.study.agree.engine import PAIR, POOLED, Engine, Family
from elancry.study.agree.event import Event, event_families
from elancry.study.agree.label import Label, label_families
from elancry.study.agree.row import Row
from elancry.study.agree.score import Icc, Scores, count_scores, rating_scores, score_families, share_scores
from elancry.study.agree.sums import pairs_of
from elancry.study.agree.time import Time, binned_families, presence_families, time_families
from elancry.study.agree.unitizing import unitizing_families
from elancry.study.compared import Compared
from elancry.study.nesting import BY_SESSION, Cluster
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan


LARGE = 50_000_000
"""From so many resampled numbers on (resamples x pairs of raters x squared categories) families are shared out."""


def rows_of_family(engine: Engine, family: Family) -> list[Row]:
    """All rows of one family."""
    rows: list[Row] = []
    if isinstance(family, Icc) and len(family.raters) > 1:
        rows += family.of_other_raters(PAIR if engine.alone else POOLED, engine.seed, engine.cluster)
    rows += engine.rows(family)
    if isinstance(family, Moved):
        rows += family.typical_sizes(alone=engine.alone)
    return rows


@dataclass(frozen=True)
class Questions:
    """The families of one comparison. What they add up is kept, for other tables are made of it too."""

    compared: Compared
    plan: Plan
    alone: bool = False
    """Whether these are two raters of several, who are compared for themselves."""
    cluster: Cluster = BY_SESSION

    @classmethod
    def of(cls, compared: Compared, plan: Plan, cluster: Cluster = BY_SESSION) -> Questions:
        """Everybody with everybody; intervals resample whole groups of `cluster`."""
        return cls(compared.with_possible_categories(), plan, cluster=cluster)

    def among(self, sessions: Collection[str]) -> Questions:
        """The same of some sessions, with the same possible categories."""
        return Questions(self.compared.among(sessions), self.plan, self.alone, self.cluster)

    def of_gold(self, gold: str) -> list[Questions]:
        """The gold rater with each of the others, as if there were no more raters."""
        others = [name for name in self.compared.raters if name != gold]
        pairs = [self.compared.only((gold, other)) for other in others]
        return [Questions(pair.with_possible_categories(), self.plan, True, self.cluster) for pair in pairs]

    @cached_property
    def engine(self) -> Engine:
        """What makes the rows."""
        return Engine(self.plan.seed, self.plan.resamples, self.alone, self.cluster)

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """Labels of given units, tier by tier; what the plan does not say, the codebook says."""
        return tuple(label_families(self.compared, self.plan.units_for_all))

    @cached_property
    def concurrent(self) -> tuple[Concurrent, ...]:
        """Sets of codes that may be given at once, system by system."""
        return tuple(concurrent_families(self.compared.timelines, self.compared.codebook, self.compared.raters))

    @cached_property
    def time(self) -> tuple[Time, ...]:
        """Exact time, tier by tier."""
        return tuple(time_families(self.compared.timelines, self.compared.raters))

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Events, tier by tier and criterion by criterion."""
        return tuple(event_families(self.compared, self.plan.linkings))

    @cached_property
    def ratings(self) -> tuple[Scores, ...]:
        """Ratings, category by category."""
        return tuple(rating_scores(self.compared))

    def rows(self, desk: Desk = ALONE) -> list[Row]:
        """Rows of schema.AGREEMENT; families are shared out where there is much to resample."""
        families = list(self.families())
        sizes = [1 + len(family.categories) for family in families]
        pairs = len(pairs_of(self.compared.raters))
        large = self.plan.resamples * pairs * sum(size**2 for size in sizes) >= LARGE
        doing = text("progress.agreement", resamples=self.plan.resamples)
        # Others draw their resamples themselves: the same, since streams have names.
        engine = replace(self.engine, _drawn={}) if large else self.engine
        found = desk.each(doing, rows_of_family, [(engine, family) for family in families], large=large, sizes=sizes)
        rows = [row for of_family in found for row in of_family]
        for row in rows:
            if row.get("n_categories") is not None:
                row["categories_from"] = self.compared.codebook.categories_from(row["system"]).value
        return rows

    def families(self) -> Iterator[Family]:
        """Everything that is asked, in the order of the table; made one after the other, since sums can be large."""
        compared, plan = self.compared, self.plan
        yield from self.labels
        yield from self.concurrent
        yield from self.time
        yield from self._binned()
        yield from self.events
        yield from dialog_families(compared, plan.linkings[0])
        yield from unitizing_families(compared)
        yield from moved_families(compared, plan.linkings[0])
        yield from found_families(compared, plan.linkings[0], plan.boundary_tolerances_ms)
        yield from presence_families(compared.timelines, compared.raters)
        for scores in (*self.ratings, *share_scores(compared), *count_scores(compared)):
            yield from score_families(scores)

    def _binned(self) -> Iterator[Family]:
        for unit in self.plan.time_units_ms:
            yield from binned_families(self.compared.timelines, self.compared.raters, unit, self.plan.tolerance_ms)
