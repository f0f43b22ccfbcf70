"""What the raters of a team have in common, as sums that add up over sessions.

`Sums` is what the bootstrap resamples. `PairSums` keeps the sums of every pair of raters, `UnitSums` those of
categories given to units; both give the sums of any team, and work each one out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elancry.agreement.sums import FloatArray, Layout, nominal_sums

Pair = tuple[str, str]


def pairs_of(raters: Sequence[str]) -> list[Pair]:
    """Every pair of raters in rater order."""
    return [(a, b) for i, a in enumerate(raters) for b in raters[i + 1 :]]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums float (S, P) of the sessions in which a team was compared, and of how many sequences: int (S,)."""

    sessions: tuple[str, ...]
    table: FloatArray
    sequences: NDArray[np.int64]

    @classmethod
    def of(cls, found: Iterable[tuple[str, FloatArray, int]], size: int) -> Sums:
        """From (session, sums (P,), number of sequences) in any order; `size` is P."""
        sums: dict[str, FloatArray] = {}
        sequences: dict[str, int] = {}
        for session, one, n in found:
            sums[session] = sums[session] + one if session in sums else one
            sequences[session] = sequences.get(session, 0) + n
        names = tuple(sorted(sums))
        table = np.array([sums[name] for name in names], dtype=np.float64).reshape(len(names), size)
        return cls(names, table, np.array([sequences[name] for name in names], dtype=np.int64))

    @cached_property
    def total(self) -> FloatArray:
        """The sums (P,) of all sessions."""
        return np.asarray(self.table.sum(axis=0))

    @property
    def n_sequences(self) -> int:
        """Sequences compared."""
        return int(self.sequences.sum())

    def of_each_session(self) -> Iterator[tuple[str, Sums]]:
        """Every session alone."""
        for at, name in enumerate(self.sessions):
            yield name, Sums((name,), self.table[at : at + 1], self.sequences[at : at + 1])

    @classmethod
    def side_by_side(cls, parts: Sequence[Sums]) -> Sums:
        """Several sums of the same study one after the other, zeros where one has nothing of a session.

        Sequences are those of the part that has most of them in a session.
        """
        names = tuple(sorted({name for part in parts for name in part.sessions}))
        at = {name: row for row, name in enumerate(names)}
        tables, counts = [], np.zeros(len(names), dtype=np.int64)
        for part in parts:
            rows = [at[name] for name in part.sessions]
            table = np.zeros((len(names), part.table.shape[1]))
            table[rows] = part.table
            tables.append(table)
            counts[rows] = np.maximum(counts[rows], part.sequences)
        return cls(names, np.concatenate(tables, axis=1), counts)


@dataclass(frozen=True, eq=False)
class PairSums:
    """Sums (P,) of two raters in one sequence, for all sequences and pairs: (session, {pair: sums}) each."""

    found: Sequence[tuple[str, dict[Pair, FloatArray]]]
    size: int
    """P, of one pair."""
    _made: dict[tuple[Pair, ...], Sums] = field(default_factory=dict)

    @cached_property
    def _compared(self) -> frozenset[Pair]:
        return frozenset(pair for _, by_pair in self.found for pair in by_pair)

    def pairs(self, raters: Sequence[str]) -> tuple[Pair, ...]:
        """The pairs among `raters` who have a sequence in common."""
        return tuple(pair for pair in pairs_of(raters) if pair in self._compared)

    def pair_tables(self, raters: Sequence[str]) -> dict[Pair, Sums]:
        """The sums of each of `pairs(raters)`."""
        return {pair: self.team(pair) for pair in self.pairs(raters)}

    def team(self, raters: Sequence[str]) -> Sums:
        """The sums of `pairs(raters)` one after the other, flat; zeros where a pair has nothing."""
        pairs = self.pairs(raters)
        if pairs not in self._made:
            nothing = np.zeros(self.size)
            self._made[pairs] = Sums.of(
                (
                    (session, np.concatenate([by_pair.get(pair, nothing) for pair in pairs]), 1)
                    for session, by_pair in self.found
                    if not by_pair.keys().isdisjoint(pairs)
                ),
                self.size * len(pairs),
            )
        return self._made[pairs]


@dataclass(frozen=True, eq=False)
class Units:
    """Units with categories: `codes` int (U, R) over all raters, -1 missing; `weights` float (U,)."""

    session: str
    codes: NDArray[np.int64]
    weights: FloatArray
    each_a_sequence: bool = False
    """Whether each unit is a sequence of its own; else all of them are from one."""


@dataclass(frozen=True, eq=False)
class UnitSums:
    """The sums of `agreement.sums` of units that `fewest` raters or more of a team coded."""

    units: Sequence[Units]
    raters: tuple[str, ...]
    n_categories: int
    fewest: int = 2
    """With 1, a unit that one rater alone coded counts among the shares of categories; it is never compared."""
    _made: dict[tuple[str, ...], Sums] = field(default_factory=dict)

    def layout(self, raters: Sequence[str]) -> Layout:
        """Where each table of a team's sums is."""
        return Layout(len(raters), self.n_categories)

    def team(self, raters: tuple[str, ...]) -> Sums:
        """The sums of these raters."""
        if raters not in self._made:
            derived = len(raters) == 2 < len(self.raters) and self.fewest == 2
            self._made[raters] = self._of_pair(raters) if derived else self._of_team(raters)
        return self._made[raters]

    def pair_tables(self) -> dict[Pair, Sums]:
        """Each pair of raters who share units -> its tables (q * q,), flat, the first rater in the rows."""
        found = {pair: self.team(pair) for pair in pairs_of(self.raters)}
        return {
            pair: replace(sums, table=self.layout(pair).table(sums.table, "pairs").reshape(len(sums.table), -1))
            for pair, sums in found.items()
            if sums.sessions
        }

    def _coded(self, raters: Sequence[str]) -> Iterator[tuple[Units, NDArray[np.int64], NDArray[np.bool_], int]]:
        columns = [self.raters.index(name) for name in raters]
        for unit in self.units:
            codes = unit.codes[:, columns]
            n_raters = (codes >= 0).sum(axis=1)
            coded, compared = n_raters >= self.fewest, n_raters >= 2
            if coded.any():
                yield unit, codes, coded, int(compared.sum() if unit.each_a_sequence else compared.any())

    def _of_team(self, raters: Sequence[str]) -> Sums:
        return Sums.of(
            (
                (unit.session, nominal_sums(codes[coded], unit.weights[coded], self.n_categories), n)
                for unit, codes, coded, n in self._coded(raters)
            ),
            self.layout(raters).size,
        )

    def _of_pair(self, raters: Sequence[str]) -> Sums:
        """What everybody's sums say of two raters."""
        n: dict[str, int] = {}
        for unit, _, _, sequences in self._coded(raters):
            n[unit.session] = n.get(unit.session, 0) + sequences
        everybody = self.team(self.raters)
        a, b = (self.raters.index(name) for name in raters)
        layout = self.layout(self.raters)
        at = layout.rater_pairs.index((min(a, b), max(a, b)))
        rows = [row for row, name in enumerate(everybody.sessions) if name in n]
        _, table = layout.two_raters(everybody.table[rows], at)
        names = tuple(everybody.sessions[row] for row in rows)
        return Sums(names, table, np.array([n[name] for name in names], dtype=np.int64))
