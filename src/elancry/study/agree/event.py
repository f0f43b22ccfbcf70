"""Do raters see the same events and give them the same category? EasyDIAg's tables per pair, session, criterion.

Events are linked on their whole extents in the whole session, then placed in sequences (`align.events_of`).
A table of one pair depends on who is in the rows, its kappa does not. Pooled over several pairs, each table is added
with its transpose, so that the result does not depend on the order of raters; of one pair nothing is pooled, and the
number is the one that EasyDIAg gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from elancry.agreement import easydiag
from elancry.agreement.nominal import mean_of_pairs
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.choices import Linking, Matching
from elancry.study.agree.bases import OfPairs, by_tier
from elancry.study.agree.engine import PAIR, PAIR_MEAN, Measures
from elancry.study.agree.row import Row, Team, in_order
from elancry.study.agree.sums import Pair, PairSums, Sums, pairs_of
from elancry.study.compared import Compared
from elancry.texts import Text

OVERALL: Measures = {
    "event_kappa_ipf": easydiag.kappa_ipf,
    "event_kappa_max": easydiag.kappa_max,
    "event_kappa_attainable": easydiag.kappa_attainable,
    "event_raw": easydiag.raw,
    "event_linked": easydiag.linked,
    "event_kappa_matched": easydiag.kappa_matched,
    "event_kappa_max_matched": easydiag.kappa_max_matched,
    "event_raw_matched": easydiag.raw_matched,
}
# ELAN has another chance term: what its own kappa can attain is what it prints as the maximum.
ELAN_OVERALL: Measures = {
    **{name: measure for name, measure in OVERALL.items() if name != "event_kappa_attainable"},
    "event_kappa_ipf": easydiag.elan_kappa,
    "event_kappa_max": easydiag.elan_kappa_max,
}
# Collapsed to one category against everything else the table has no structural zero left: Cohen's chance term.
CATEGORY: Measures = {
    "event_kappa_ipf": easydiag.category_kappa,
    "event_kappa_max": easydiag.category_kappa_max,
    "event_raw": easydiag.category_raw,
    "event_positive_agreement": easydiag.positive_agreement,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Event(OfPairs):
    """The same events with the same category, at one criterion."""

    rule: Matching

    def measures(self, team: Team, category: int | None) -> Measures:
        overall = ELAN_OVERALL if self.rule is Matching.ELAN else OVERALL
        measures = overall if category is None else CATEGORY
        if team.aggregate not in (PAIR, PAIR_MEAN):
            # A table added to its transpose has equal margins, which allow perfect agreement whatever the raters did.
            measures = {name: f for name, f in measures.items() if "max" not in name and "attainable" not in name}
        return {name: lambda *seen, f=f: mean_of_pairs(f(*seen), seen[0]) for name, f in measures.items()}

    def each_category(self, sums: Sums, team: Team) -> FloatArray:
        k = len(self.categories) + 1
        cells = np.moveaxis(easydiag.collapse_each(sums.table.reshape(len(sums.table), -1, k, k)), -3, 0)
        return np.asarray(cells.reshape(*cells.shape[:2], -1))

    def seen(self, sums: FloatArray, team: Team, category: int | None) -> tuple[Any, ...]:
        """Tables (..., tables, K + 1, K + 1): each pair's, or one for all; of a category (..., tables, 2, 2), and 0."""
        k = len(self.categories) + 1 if category is None else 2
        each = sums.reshape(*sums.shape[:-1], -1, k, k)
        if team.aggregate != PAIR_MEAN and each.shape[-3] != 1:
            together = each.sum(-3, keepdims=True)
            each = together + np.swapaxes(together, -1, -2)
        return (each,) if category is None else (each, 0)

    def why(self, sums: FloatArray, team: Team, measure: str, category: int | None) -> Text:
        tables, *of = self.seen(sums, team, category)
        number = self.measures(team, category)[measure]
        shared = [table for table in tables if table.any()] or list(tables[:1])
        missing = [table for table in shared if np.isnan(number(table[None], *of))]
        if len(missing) < len(shared):
            return Reason.UNDEFINED_PAIR
        return easydiag.explain(missing[0], matched="matched" in measure, category=None if category is None else 0)

    def n_categories(self, category: int | None) -> int:
        return len(self.categories) if category is None else 2

    def counted(self, sums: Sums, team: Team) -> Row:
        return {"n_units": int(sums.total.sum())}

    def kappa(self, tables: FloatArray) -> FloatArray:
        """The kappa of tables (..., K + 1, K + 1)."""
        return easydiag.elan_kappa(tables) if self.rule is Matching.ELAN else easydiag.kappa_ipf(tables)


def event_families(compared: Compared, linkings: Sequence[Linking]) -> Iterator[Event]:
    """For each tier and linking. The first one gets every scope, the others (the sweep) the overall numbers."""
    for base, group in by_tier(compared.events):
        raters, categories = raters_of(group, compared.raters), group[0].categories
        for linking in linkings:

            def table(item: SequenceEvents, pair: Pair, by: Linking = linking) -> FloatArray:
                a, b, (first, second, _) = compared.linked(item, pair, by)
                return easydiag.event_table(a.codes, b.codes, first, second, len(item.categories)).ravel()

            first = linking == linkings[0]
            yield Event(
                base={**base, "variant": linking.rule.value, "criterion": linking.criterion},
                raters=raters,
                categories=categories,
                in_full=first,
                said_of_one_rater=("event_kappa_ipf",) if first else (),
                of=pair_sums(group, raters, table, (len(categories) + 1) ** 2),
                rule=linking.rule,
            )


def raters_of(events: Sequence[SequenceEvents], order: Sequence[str] | None) -> tuple[str, ...]:
    """Everybody who coded one of these sequences."""
    return in_order({name for item in events for name in item.raters}, order)


def pair_sums(
    group: Sequence[SequenceEvents],
    raters: Sequence[str],
    make: Callable[[SequenceEvents, Pair], FloatArray],
    size: int,
) -> PairSums:
    """`make` (P,) of every sequence and every pair of raters who both coded it; `size` is P."""
    pairs = pairs_of(raters)
    found = [
        (item.session, {pair: make(item, pair) for pair in pairs if set(pair) <= set(item.raters)}) for item in group
    ]
    return PairSums(found, size)
