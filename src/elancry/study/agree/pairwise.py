"""Kappas of every pair of raters, session by session: in time, of events, of ratings. What rater training looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from elancry.agreement import easydiag, nominal
from elancry.agreement.nominal import quadratic_credit
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.align.events_of import SequenceEvents
from elancry.align.timeline import Timeline
from elancry.choices import Matching
from elancry.study.agree.event import EventTables, OfTable, event_groups, raters_of
from elancry.study.agree.row import Row, pairs_of
from elancry.study.agree.score import Scores
from elancry.study.agree.time import WITH_NONE, Compared, as_units, columns_of, group_by_tier

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class PairKappas:
    """One kappa of one (system, tier): the tables (q, q) that it is made of, by pair of raters and session."""

    base: Row
    raters: tuple[str, ...]
    tables: dict[Pair, dict[str, FloatArray]]
    sequences: dict[Pair, dict[str, int]]
    """Sequences that both raters of a pair coded, by session."""
    of_table: OfTable
    why: Callable[[FloatArray], Reason]
    """Why one table has no kappa."""

    def stacked(self, pairs: Sequence[Pair]) -> dict[str, FloatArray]:
        """Session -> the tables of these pairs one after the other, flat; zeros where a pair has nothing."""
        found: dict[str, FloatArray] = {}
        for at, pair in enumerate(pairs):
            for session, table in self.tables.get(pair, {}).items():
                row = found.setdefault(session, np.zeros((len(pairs), *table.shape)))
                row[at] = table
        return {session: row.ravel() for session, row in found.items()}

    def mean(self, sums: FloatArray, n_pairs: int) -> FloatArray:
        """Mean kappa (...) over the pairs that `stacked` put into sums (..., P) and that have something to compare.

        NaN where one of those has no value: a mean must not lose a pair silently.
        """
        tables = self._unstacked(sums, n_pairs)
        shared = tables.sum((-1, -2)) > 0
        kappas = np.where(shared, self.of_table(tables), 0.0)
        n = shared.sum(-1)
        return np.where(n > 0, kappas.sum(-1) / np.maximum(n, 1), np.nan)

    def reason(self, sums: FloatArray, n_pairs: int) -> Reason:
        """Why `mean` of sums (P,) is undefined; call it only where it is."""
        tables = [table for table in self._unstacked(sums, n_pairs) if table.sum() > 0]
        missing = [table for table in tables if np.isnan(self.of_table(table))]
        if not missing:
            return Reason.NO_EVENTS if self.base["measure"].startswith("event") else Reason.NO_UNITS
        return self.why(missing[0]) if len(missing) == len(tables) else Reason.UNDEFINED_PAIR

    def n_sequences(self, pairs: Sequence[Pair], sessions: Sequence[str]) -> int:
        """Sequences of these sessions that a pair compared, at most."""
        counts = [self.sequences.get(pair, {}) for pair in pairs]
        return sum(max((count.get(session, 0) for count in counts), default=0) for session in sessions)

    @staticmethod
    def _unstacked(sums: FloatArray, n_pairs: int) -> FloatArray:
        q = round((sums.shape[-1] / max(n_pairs, 1)) ** 0.5)
        return sums.reshape(*sums.shape[:-1], n_pairs, q, q)


def pair_kappas(
    timelines: Sequence[Timeline],
    events: Sequence[SequenceEvents],
    order: Sequence[str] | None,
    rule: Matching,
    criterion: float,
    ratings: Sequence[Scores] = (),
) -> Iterator[PairKappas]:
    """Cohen's kappa in time with `none` as a category, then the kappa of events, for every system and tier.

    Last the quadratically weighted kappa of each category that was rated (`ratings` as `rating_scores` gives them).
    """
    for base, group in group_by_tier(timelines):
        yield _in_time(base, group, columns_of(group, order))
    for base, coded in event_groups(events):
        raters = raters_of(coded, order)
        found = EventTables.of(coded, raters, rule, criterion)
        of = {**_place(base), "measure": "event_kappa_ipf", "variant": rule.value, "criterion": criterion}
        kappa = easydiag.elan_kappa if rule is Matching.ELAN else easydiag.kappa_ipf
        yield PairKappas(of, raters, found.tables, found.sequences, kappa, _why_of_events)
    for scores in ratings:
        yield _of_ratings(scores)


def _of_ratings(scores: Scores) -> PairKappas:
    given = np.unique(scores.values[np.isfinite(scores.values)])
    numbers = np.union1d(scores.scale, given) if scores.scale else given
    tables: dict[Pair, dict[str, FloatArray]] = {}
    sequences: dict[Pair, dict[str, int]] = {}
    for pair in pairs_of(scores.raters):
        values = scores.of(pair).values
        for row in np.flatnonzero(np.isfinite(values).all(axis=1)).tolist():
            session = scores.sessions[row]
            of_session = tables.setdefault(pair, {}).setdefault(session, np.zeros((len(numbers), len(numbers))))
            of_session[tuple(np.searchsorted(numbers, values[row]))] += 1
            counts = sequences.setdefault(pair, {})
            counts[session] = counts.get(session, 0) + 1
    credit = quadratic_credit(numbers)
    of = {**_place(scores.base), "category": scores.base["category"], "measure": "kappa_quadratic", "variant": "rating"}

    def kappa(table: FloatArray) -> FloatArray:
        return nominal.cohen_of_table(table, credit)

    return PairKappas(of, scores.raters, tables, sequences, kappa, _why_of_ratings)


def _in_time(base: Row, group: Sequence[Timeline], raters: tuple[str, ...]) -> PairKappas:
    tables: dict[Pair, dict[str, FloatArray]] = {}
    sequences: dict[Pair, dict[str, int]] = {}
    units = [as_units(item, raters, WITH_NONE) for item in group]
    for pair in pairs_of(raters):
        columns = [raters.index(name) for name in pair]
        compared = Compared.of(units, columns, len(group[0].categories) + 1)
        if compared.by_session:
            tables[pair] = {s: compared.layout.table(x, "pairs")[0] for s, x in compared.by_session.items()}
            sequences[pair] = compared.sequences
    of = {**_place(base), "measure": "time_cohen_kappa", "variant": WITH_NONE}
    return PairKappas(of, raters, tables, sequences, nominal.cohen_of_table, _why_in_time)


def _place(base: Row) -> Row:
    return {"system": base["system"], "tier": base["tier"]}


def _why_in_time(table: FloatArray) -> Reason:
    used = (table.sum(0) > 0) | (table.sum(1) > 0)
    if used.sum() > 1:
        return Reason.NO_VARIATION
    return Reason.NOTHING_CODED if used[-1] else Reason.ONE_CATEGORY


def _why_of_ratings(table: FloatArray) -> Reason:
    used = (table.sum(0) > 0) | (table.sum(1) > 0)
    return Reason.NO_VARIATION if used.sum() > 1 else Reason.ONE_CATEGORY


def _why_of_events(table: FloatArray) -> Reason:
    return easydiag.explain(table, matched=False)
