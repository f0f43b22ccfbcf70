"""Rows: do raters see the same events and give them the same category? EasyDIAg's tables per pair, session, criterion.

A table of one pair depends on who stands in the rows, its kappa does not. Pooled over several pairs, each table is
added with its transpose, so that the result does not depend on the order of raters; of one pair nothing is pooled,
and the number is the one that EasyDIAg gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from elancry.agreement import easydiag
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events import link_events
from elancry.align.events_of import SequenceEvents
from elancry.choices import Matching
from elancry.study.agree.row import (
    Resampler,
    Row,
    Team,
    estimates_of,
    in_order,
    make_row,
    pairs_of,
    rows_of_one_rater,
    teams_without_one,
)

OfTable = Callable[[FloatArray], FloatArray]
Pair = tuple[str, str]

OVERALL: dict[str, OfTable] = {
    "event_kappa_ipf": easydiag.kappa_ipf,
    "event_kappa_max": easydiag.kappa_max,
    "event_raw": easydiag.raw,
    "event_linked": easydiag.linked,
    "event_kappa_matched": easydiag.kappa_matched,
    "event_kappa_max_matched": easydiag.kappa_max_matched,
    "event_raw_matched": easydiag.raw_matched,
}
ELAN_OVERALL: dict[str, OfTable] = {
    **OVERALL,
    "event_kappa_ipf": easydiag.elan_kappa,
    "event_kappa_max": easydiag.elan_kappa_max,
}
# Collapsed to one category against everything else the table has no structural zero left: Cohen's chance term.
CATEGORY: dict[str, Callable[[FloatArray, int], FloatArray]] = {
    "event_kappa_ipf": easydiag.category_kappa,
    "event_kappa_max": easydiag.category_kappa_max,
    "event_raw": easydiag.category_raw,
    "event_positive_agreement": easydiag.positive_agreement,
}


@dataclass(frozen=True, eq=False)
class EventTables:
    """Tables (K + 1, K + 1) of every pair of raters and session, at one criterion."""

    categories: tuple[str, ...]
    tables: dict[Pair, dict[str, FloatArray]]
    sequences: dict[Pair, dict[str, int]]

    @classmethod
    def of(
        cls, events: Sequence[SequenceEvents], raters: Sequence[str], rule: Matching, criterion: float
    ) -> EventTables:
        """Link the events of each pair of raters in each sequence that both coded."""
        k = len(events[0].categories)
        tables: dict[Pair, dict[str, FloatArray]] = {}
        sequences: dict[Pair, dict[str, int]] = {}
        for pair in pairs_of(raters):
            for item in events:
                if pair[0] not in item.raters or pair[1] not in item.raters:
                    continue
                a, b = item.of(pair[0]), item.of(pair[1])
                first, second, _ = link_events(a, b, rule, criterion)
                table = easydiag.event_table(a.codes, b.codes, first, second, k)
                by_session = tables.setdefault(pair, {})
                by_session[item.session] = by_session.get(item.session, 0.0) + table
                counts = sequences.setdefault(pair, {})
                counts[item.session] = counts.get(item.session, 0) + 1
        return cls(events[0].categories, tables, sequences)

    def stacked(self, pairs: Sequence[Pair]) -> dict[str, FloatArray]:
        """Session -> the tables of these pairs one after the other, flat (pairs * (K + 1)^2,); 0 where not coded."""
        size = (len(self.categories) + 1) ** 2
        found: dict[str, FloatArray] = {}
        for at, pair in enumerate(pairs):
            for session, table in self.tables.get(pair, {}).items():
                row = found.setdefault(session, np.zeros(len(pairs) * size))
                row[at * size : (at + 1) * size] = table.ravel()
        return found


def event_groups(events: Sequence[SequenceEvents]) -> Iterator[tuple[Row, list[SequenceEvents]]]:
    """(system, tier) with the events of their sequences, in order of appearance."""
    groups: dict[tuple[str, str], list[SequenceEvents]] = {}
    for item in events:
        groups.setdefault((item.system, item.tier), []).append(item)
    for (system, tier), found in groups.items():
        yield {"system": system, "coding": "interval", "tier": tier}, found


def raters_of(events: Sequence[SequenceEvents], order: Sequence[str] | None) -> tuple[str, ...]:
    """Everybody who coded one of these sequences."""
    return in_order({name for item in events for name in item.raters}, order)


def event_rows(
    events: Sequence[SequenceEvents],
    resampler: Resampler,
    order: Sequence[str] | None,
    rule: Matching,
    criteria: Sequence[float],
) -> Iterator[Row]:
    """All event_* rows. The first criterion gets every scope, the others (the sweep) the overall numbers."""
    for base, group in event_groups(events):
        raters = raters_of(group, order)
        if len(raters) < 2:
            one = {**base, "variant": rule.value, "criterion": criteria[0]}
            yield from rows_of_one_rater(one, ["event_kappa_ipf"], raters)
            continue
        for position, criterion in enumerate(criteria):
            of = {**base, "variant": rule.value, "criterion": criterion}
            tables = EventTables.of(group, raters, rule, criterion)
            yield from _Rows(of, tables, resampler, rule).all(raters, in_full=position == 0)


def _of_category(of_table: Callable[[FloatArray, int], FloatArray], category: int) -> OfTable:
    return lambda table: of_table(table, category)


@dataclass(frozen=True, eq=False)
class _Rows:
    base: Row
    tables: EventTables
    resampler: Resampler
    rule: Matching

    def all(self, raters: tuple[str, ...], *, in_full: bool) -> Iterator[Row]:
        pairs = [pair for pair in pairs_of(raters) if pair in self.tables.tables]
        if not pairs:
            return
        overall = ELAN_OVERALL if self.rule is Matching.ELAN else OVERALL
        pooled, mean = Team(raters, "pooled"), Team(raters, "pair_mean")
        yield from self._rows(overall, pairs, pooled)
        yield from self._rows(overall, pairs, mean)
        for pair in pairs:
            yield from self._rows(overall, [pair], Team(pair, "pair"))
        if not in_full:
            return
        for team in teams_without_one(raters):
            if inside := [pair for pair in pairs if set(pair) <= set(team)]:
                yield from self._rows(overall, inside, Team(team, "leave_one_out"))
        for index, category in enumerate(self.tables.categories):
            measures: dict[str, OfTable] = {name: _of_category(f, index) for name, f in CATEGORY.items()}
            more = {"scope": "category", "category": category}
            yield from self._rows(measures, pairs, pooled, of=index, **more)
            yield from self._rows(measures, pairs, mean, of=index, **more)
            for pair in pairs:
                yield from self._rows(measures, [pair], Team(pair, "pair"), of=index, **more)
        for session in sorted({name for pair in pairs for name in self.tables.tables[pair]}):
            yield from self._rows(overall, pairs, pooled, only=session, scope="session", session=session)
            if len(raters) == 2:
                yield from self._rows(
                    overall, pairs, Team(raters, "pair"), only=session, scope="session", session=session
                )

    def _rows(
        self,
        measures: dict[str, OfTable],
        pairs: list[Pair],
        team: Team,
        *,
        of: int | None = None,
        only: str | None = None,
        **more: str,
    ) -> Iterator[Row]:
        if team.aggregate not in ("pair", "pair_mean"):
            # A table added to its transpose has equal margins, which allow perfect agreement whatever the raters did.
            measures = {name: f for name, f in measures.items() if "max" not in name}
        k = len(self.tables.categories) + 1
        by_session = self.tables.stacked(pairs)
        if only is not None:
            by_session = {only: by_session[only]}
        mean = team.aggregate == "pair_mean"

        def tables_of(sums: FloatArray) -> FloatArray:
            """(..., tables, K + 1, K + 1): each pair's, or one for all."""
            each = sums.reshape(*sums.shape[:-1], len(pairs), k, k)
            if mean or len(pairs) == 1:
                return each
            together = each.sum(-3, keepdims=True)
            return np.asarray(together + np.swapaxes(together, -1, -2))

        def statistic(sums: FloatArray) -> FloatArray:
            # A mean over pairs has no value where one of the pairs has none.
            each = tables_of(sums)
            return np.stack([of_table(each).mean(-1) for of_table in measures.values()], axis=-1)

        total = sum(by_session.values(), np.zeros(len(pairs) * k * k))
        each = tables_of(total)

        def reason(index: int) -> Reason:
            matched = "matched" in list(measures)[index]
            of_table = list(measures.values())[index]
            reasons = [easydiag.explain(t, matched=matched, category=of) for t in each if np.isnan(of_table(t))]
            return reasons[0] if len(each) == len(reasons) else Reason.UNDEFINED_PAIR

        counts = [self.tables.sequences[pair] for pair in pairs]
        n_sequences = sum(max(count.get(name, 0) for count in counts) for name in by_session)
        intervals = (
            [None] * len(measures)
            if only is not None
            else self.resampler.resamples(by_session, n_sequences).intervals(statistic)
        )
        for (measure, estimate), interval in zip(
            zip(measures, estimates_of(statistic(total), reason), strict=True), intervals, strict=True
        ):
            row = make_row(self.base, measure, team, estimate, interval, **{"scope": "overall", **more})
            row["n_units"] = int(total.sum())
            row["n_sessions"] = len(by_session)
            yield row
