"""Rows for training in rounds: does a rater's agreement grow from round to round, and does the rater agree with itself?

Each round of a rater is treated as a rater of its own, named `RATER@ROUND` (no rater's name holds an `@`), so that the
kappas of pairs are those of `pairwise`. A round is compared session by session with the partner's coding of the same
round; where the partner did not code the session in that round, with the partner's last: a gold rater codes once.
Agreement with oneself compares the sessions that a rater coded in one round and in the next one (intra-rater
reliability).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from elancry.agreement.sums import FloatArray
from elancry.check.coding import CheckedCoding, CodedFile, natural_key
from elancry.study.agree.engine import Engine
from elancry.study.agree.pairwise import PairKappas
from elancry.study.agree.row import Row
from elancry.study.agree.sums import Pair
from elancry.study.agree.training import row_over_sessions

SEPARATOR = "@"


def as_raters(coding: CheckedCoding) -> CheckedCoding:
    """The files of every round, each round of a rater as a rater of its own."""
    return replace(coding, files=tuple(_renamed(file) for file in coding.every_round), every_round=(), rater_order=())


def _renamed(file: CodedFile) -> CodedFile:
    def name(rater: str) -> str:
        return f"{rater}{SEPARATOR}{file.round or ''}" if rater else ""

    tiers = tuple(replace(tier, rater=name(tier.rater)) for tier in file.tiers)
    return replace(file, rater=name(file.rater), tiers=tiers)


@dataclass(frozen=True, eq=False)
class _Rounds:
    """The tables of one kappa by (rater, round) and session."""

    kappa: PairKappas
    rounds: Mapping[str, list[str]]
    """Rater -> rounds in natural order."""

    @classmethod
    def of(cls, kappa: PairKappas) -> _Rounds:
        rounds: dict[str, list[str]] = {}
        for name in sorted(kappa.raters, key=natural_key):
            rater, _, number = name.rpartition(SEPARATOR)
            rounds.setdefault(rater, []).append(number)
        return cls(kappa, {rater: sorted(numbers, key=natural_key) for rater, numbers in rounds.items()})

    def tables(self, rater: str, number: str, partner: str, others: Sequence[str]) -> dict[str, tuple[FloatArray, int]]:
        """Session -> table (q, q) with `rater` in the rows and how many sequences, for the first of the rounds `others`
        in which the partner coded the session too."""
        own = f"{rater}{SEPARATOR}{number}"
        found: dict[str, tuple[FloatArray, int]] = {}
        for other in others:
            pair: Pair = (own, f"{partner}{SEPARATOR}{other}")
            turned = pair not in self.kappa.tables
            key = pair[::-1] if turned else pair
            for session, table in self.kappa.tables.get(key, {}).items():
                count = self.kappa.sequences[key].get(session, 0)
                found.setdefault(session, (table.T if turned else table, count))
        return found

    def compared(self, rater: str, number: str, partners: Sequence[str]) -> PairKappas:
        """The kappa of one round of a rater: the pairs with the partners, whatever rounds these come from."""
        tables: dict[Pair, dict[str, FloatArray]] = {}
        sequences: dict[Pair, dict[str, int]] = {}
        for partner in partners:
            same = [name for name in self.rounds[partner] if name == number]
            later_first = [name for name in reversed(self.rounds[partner]) if name != number]
            found = self.tables(rater, number, partner, [*same, *later_first])
            if found:
                tables[rater, partner] = {session: table for session, (table, _) in found.items()}
                sequences[rater, partner] = {session: count for session, (_, count) in found.items()}
        return replace(self.kappa, raters=(rater, *partners), tables=tables, sequences=sequences)


def round_rows(kappas: Sequence[PairKappas], engine: Engine, against: str | None = None) -> Iterator[Row]:
    """Rows of schema.ROUNDS from kappas of `RATER@ROUND`; `against` is the gold rater.

    First every rater's rounds against the others (those of the gold rater are not shown), then every rater's next
    round against the one before.
    """
    for kappa in kappas:
        study = _Rounds.of(kappa)
        for rater, numbers in study.rounds.items():
            partners = [name for name in study.rounds if name != rater and against in (None, name)]
            if rater == against or not partners:
                continue
            for number in numbers:
                one = study.compared(rater, number, partners)
                if one.tables:
                    whom = "|".join(name for name in partners if (rater, name) in one.tables)
                    yield _row(one, engine, rater, number, whom, "")
        for rater, numbers in study.rounds.items():
            for before, number in pairwise(numbers):
                found = study.tables(rater, number, rater, [before])
                if found:
                    tables = {(rater, rater): {session: table for session, (table, _) in found.items()}}
                    sequences = {(rater, rater): {session: count for session, (_, count) in found.items()}}
                    one = replace(kappa, raters=(rater,), tables=tables, sequences=sequences)
                    yield _row(one, engine, rater, number, rater, before)


def _row(kappa: PairKappas, engine: Engine, rater: str, number: str, against: str, before: str) -> Row:
    pairs = list(kappa.tables)
    sessions = {session for pair in pairs for session in kappa.tables[pair]}
    of = {**kappa.base, "rater": rater, "round": number, "against": against, "against_round": before}
    return row_over_sessions(of, kappa, pairs, engine) | {"n_sessions": len(sessions)}
