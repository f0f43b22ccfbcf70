"""Two systems in time: what was coded with both of them, the tests whether it goes together, and how strongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from elancry.association.swap import Pairing, PermutationTest, pair_raters, swap_test
from elancry.association.trend_exchange import (
    FEW_CLUSTERS,
    FEWEST_CLUSTERS,
    Effect,
    exchange_test,
    strata_of,
)
from elancry.choices import Null
from elancry.study.associate.coded_time import Unit
from elancry.study.associate.family import number
from elancry.study.nesting import Cluster
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook, System

Row = dict[str, Any]

T = TypeVar("T")
Key = tuple[str, str]
"""Session and sequence."""
DOMINANT = 1 / 3
"""A cluster with more than this share of all sequences makes the interval of the ratio too narrow."""


@dataclass(frozen=True)
class SystemPair(Generic[T]):
    """The sequences that somebody coded with both systems: rater -> coding in each, and who is paired with whom.

    `cluster` (n,) numbers the clusters of the n sequences from 0, `length_ms` (n,) are their lengths.
    """

    first: System
    second: System
    one: Sequence[dict[str, T]]
    two: Sequence[dict[str, T]]
    pairing: Pairing
    n_sessions: int
    cluster: NDArray[np.int64]
    length_ms: NDArray[np.float64]
    level: str

    @classmethod
    def of(
        cls,
        units: Sequence[Unit],
        first: tuple[System, Mapping[Key, dict[str, T]]],
        second: tuple[System, Mapping[Key, dict[str, T]]],
        cluster: Cluster,
    ) -> SystemPair[T]:
        """Each system with what was coded of it in `units`."""
        one, two = ([coded.get(unit.key, {}) for unit in units] for _, coded in (first, second))
        pairing = pair_raters(one, two)
        used = [row for row, pairs in enumerate(pairing.pairs) if pairs]
        groups = [cluster.group_of(units[row].session) for row in used]
        codes = {name: code for code, name in enumerate(sorted(set(groups)))}
        return cls(
            first[0],
            second[0],
            [one[row] for row in used],
            [two[row] for row in used],
            Pairing(tuple(pairing.pairs[row] for row in used), pairing.within),
            len({units[row].session for row in used}),
            np.array([codes[name] for name in groups], dtype=np.int64),
            np.array([(units[row].end_ms or 0) - (units[row].start_ms or 0) for row in used], dtype=np.float64),
            cluster.column,
        )

    @property
    def n_sequences(self) -> int:
        """Sequences used."""
        return len(self.one)

    def cells(self) -> Iterator[tuple[int, int]]:
        """Every category of the first system with every one of the second, by number."""
        return product(range(len(self.first.categories)), range(len(self.second.categories)))

    @property
    def n_clusters(self) -> int:
        """Clusters of the sequences used."""
        return len(set(self.cluster.tolist()))

    def tested(
        self, null: Null, matrix: Callable[[], NDArray[np.float64]], rng: np.random.Generator, n_permutations: int
    ) -> PermutationTest | Text:
        """The test of the sum of `matrix` (n, n, K, K) over s = t that pairs sequences anew, or why there is none.

        `Null.TREND_EXCHANGE` exchanges whole clusters, everything else sequences.
        """
        if n_permutations < 1:
            return text("association.no-permutations")
        if null is Null.TREND_EXCHANGE:
            if self.n_clusters < FEWEST_CLUSTERS:
                return text("association.few-clusters", n=self.n_clusters, levels=self._levels, fewest=FEWEST_CLUSTERS)
            return exchange_test(matrix(), self.cluster, self.length_ms, rng, n_permutations)
        if self.n_sessions < 2:
            return text("association.one-session")
        return swap_test(matrix(), rng, n_permutations)

    def design(self, null: Null) -> Row:
        """The cells that say over what was exchanged; strata and coarse p only where clusters are."""
        exchanged = null is Null.TREND_EXCHANGE and self.n_clusters >= FEWEST_CLUSTERS
        return {
            "n_sequences": self.n_sequences,
            "n_sessions": self.n_sessions,
            "null": null.value,
            "cluster": self.level,
            "n_clusters": self.n_clusters,
            "n_strata": int(strata_of(self.cluster, self.length_ms).max()) + 1 if exchanged else None,
            "warning": tuple(self._warnings(exchanged)),
        }

    def _warnings(self, exchanged: bool) -> Iterator[Text]:
        if exchanged and self.n_clusters < FEW_CLUSTERS:
            yield text("association.coarse-p", n=self.n_clusters, levels=self._levels)
        largest = int(np.bincount(self.cluster).max(initial=0)) if self.n_sequences else 0
        if self.n_clusters > 1 and largest > DOMINANT * self.n_sequences:
            level = text(f"level.{self.level}", n=1)
            yield text("association.dominant-cluster", level=level, largest=largest, n=self.n_sequences)

    @property
    def _levels(self) -> Text:
        return text(f"level.{self.level}", n=self.n_clusters)

    def ratio(self, found: Effect, x: int, y: int) -> tuple[Row, list[Text]]:
        """The cells of the ratio of two categories, and the reasons for those that stay empty."""
        cells: Row = {
            "ratio": number(found.ratio[x, y]),
            "ratio_low": number(found.low[x, y]),
            "ratio_high": number(found.high[x, y]),
        }
        if cells["ratio"] is None:
            return cells, [text("association.nothing-expected")]
        if cells["ratio_low"] is not None:
            return cells, []
        if self.n_clusters < 2:
            return cells, [text("association.ratio-one-cluster", levels=self._levels)]
        if found.observed[x, y] <= 0:
            return cells, [text("association.ratio-nothing-observed")]
        return cells, [text("association.ratio-in-one-cluster", level=text(f"level.{self.level}", n=1))]


LARGE = 200_000_000
"""From so many exchanges on (permutations x sequences x pairs of categories) tests are shared out."""


def exchanges(pairs: Sequence[SystemPair[Any]], permutations: int) -> int:
    """How much the permutation tests of these pairs have to add up."""
    cells = sum(pair.n_sequences * len(pair.first.categories) * len(pair.second.categories) for pair in pairs)
    return permutations * cells


def why_not_in_time(timelines: Sequence[Timeline], codebook: Codebook) -> Text | None:
    """Why no two systems can be related in time; `None` where they can."""
    coded = {line.system for line in timelines if len(line.start_ms) and bool((line.codes != -2).any())}
    names = [system.id for system in codebook.systems if system.id in coded]
    if len(names) >= 2:
        return None
    return text("association.one-system-in-time", system=names[0]) if names else text("association.none-in-time")
