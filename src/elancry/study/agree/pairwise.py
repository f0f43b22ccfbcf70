"""Kappas of every pair of raters, session by session: in time, of events, of ratings. What rater training looks at."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from elancry.agreement import easydiag, nominal
from elancry.agreement.nominal import quadratic_credit
from elancry.agreement.sums import FloatArray
from elancry.agreement.undefined import Reason
from elancry.study.agree.families import Questions
from elancry.study.agree.row import Row
from elancry.study.agree.score import Scores
from elancry.study.agree.sums import Pair, Sums
from elancry.study.agree.time import WITH_NONE
from elancry.texts import Text

OfTable = Callable[[FloatArray], FloatArray]
Why = Callable[[FloatArray], Text]


@dataclass(frozen=True, eq=False)
class PairKappas:
    """One kappa of one (system, tier): the tables (q, q) that it is made of, by pair of raters and session."""

    base: Row
    raters: tuple[str, ...]
    tables: dict[Pair, dict[str, FloatArray]]
    sequences: dict[Pair, dict[str, int]]
    """Sequences that both raters of a pair coded, by session."""
    of_table: OfTable
    why: Why
    """Why one table has no kappa."""

    def sums(self, pairs: Sequence[Pair]) -> Sums:
        """The tables of these pairs one after the other, flat; zeros where a pair has nothing.

        Sequences are those of the pair that has most of them in a session.
        """
        found: dict[str, FloatArray] = {}
        for at, pair in enumerate(pairs):
            for session, table in self.tables.get(pair, {}).items():
                row = found.setdefault(session, np.zeros((len(pairs), *table.shape)))
                row[at] = table
        counts = [self.sequences.get(pair, {}) for pair in pairs]
        n = {session: max(count.get(session, 0) for count in counts) for session in found}
        size = max((row.size for row in found.values()), default=0)
        return Sums.of(((session, row.ravel(), n[session]) for session, row in found.items()), size)

    def mean(self, sums: FloatArray, n_pairs: int) -> FloatArray:
        """Mean kappa (...) over the pairs that `sums` put into sums (..., P) and that have something to compare.

        NaN where one of those has no value: a mean must not lose a pair silently.
        """
        tables = self._unstacked(sums, n_pairs)
        return nominal.mean_of_pairs(self.of_table(tables), tables)

    def reason(self, sums: FloatArray, n_pairs: int) -> Text:
        """Why `mean` of sums (P,) is undefined; call it only where it is."""
        tables = [table for table in self._unstacked(sums, n_pairs) if table.sum() > 0]
        missing = [table for table in tables if np.isnan(self.of_table(table))]
        if not missing:
            return Reason.NO_EVENTS if self.base["measure"].startswith("event") else Reason.NO_UNITS
        return self.why(missing[0]) if len(missing) == len(tables) else Reason.UNDEFINED_PAIR

    @staticmethod
    def _unstacked(sums: FloatArray, n_pairs: int) -> FloatArray:
        q = round((sums.shape[-1] / max(n_pairs, 1)) ** 0.5)
        return sums.reshape(*sums.shape[:-1], n_pairs, q, q)


def pair_kappas(questions: Questions) -> Iterator[PairKappas]:
    """Cohen's kappa of labels of given units, in time with `none` as a category, and of events, for every tier.

    Last the quadratically weighted kappa of each category that was rated.
    """
    for label in questions.labels:
        of = {**_place(label.base), "measure": "label_cohen_kappa", "variant": ""}
        yield _kappas(of, label.raters, label.of.pair_tables(), nominal.cohen_of_table, _why_one_category)
    for time in questions.time:
        if time.base["variant"] == WITH_NONE:
            of = {**_place(time.base), "measure": "time_cohen_kappa", "variant": WITH_NONE}
            yield _kappas(of, time.raters, time.of.pair_tables(), nominal.cohen_of_table, _why_in_time)
    for event in questions.events:
        if event.in_full:
            of = {**_place(event.base), "measure": "event_kappa_ipf"}
            of |= {name: event.base[name] for name in ("variant", "criterion")}
            yield _kappas(of, event.raters, event.of.pair_tables(event.raters), event.kappa, easydiag.explain)
    for scores in questions.ratings:
        yield _of_ratings(scores)


def _kappas(of: Row, raters: tuple[str, ...], found: dict[Pair, Sums], of_table: OfTable, why: Why) -> PairKappas:
    q = {pair: math.isqrt(sums.table.shape[1]) for pair, sums in found.items()}
    tables = {
        pair: dict(zip(sums.sessions, sums.table.reshape(-1, q[pair], q[pair]), strict=True))
        for pair, sums in found.items()
    }
    sequences = {pair: dict(zip(sums.sessions, sums.sequences.tolist(), strict=True)) for pair, sums in found.items()}
    return PairKappas(of, raters, tables, sequences, of_table, why)


def _of_ratings(scores: Scores) -> PairKappas:
    of = {**_place(scores.base), "category": scores.base["category"], "measure": "kappa_quadratic", "variant": "rating"}
    credit = quadratic_credit(scores.numbers)

    def kappa(table: FloatArray) -> FloatArray:
        return nominal.cohen_of_table(table, credit)

    return _kappas(of, scores.raters, scores.ranks.pair_tables(), kappa, _why_one_category)


def _place(base: Row) -> Row:
    return {"system": base["system"], "tier": base["tier"]}


def _why_in_time(table: FloatArray) -> Text:
    used = (table.sum(0) > 0) | (table.sum(1) > 0)
    if used.sum() > 1:
        return Reason.NO_VARIATION
    return Reason.NOTHING_CODED if used[-1] else Reason.ONE_CATEGORY


def _why_one_category(table: FloatArray) -> Text:
    used = (table.sum(0) > 0) | (table.sum(1) > 0)
    return Reason.NO_VARIATION if used.sum() > 1 else Reason.ONE_CATEGORY
