"""Two systems in time: what was coded with both of them, and the test whether it goes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Generic, TypeVar

from elancry.association.swap import Pairing, PermutationTest, pair_raters, swap_test
from elancry.texts import Text, text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook, System

T = TypeVar("T")
Key = tuple[str, str]
"""Session and sequence."""


@dataclass(frozen=True)
class SystemPair(Generic[T]):
    """The sequences that somebody coded with both systems: rater -> coding in each, and who is paired with whom."""

    first: System
    second: System
    one: Sequence[dict[str, T]]
    two: Sequence[dict[str, T]]
    pairing: Pairing
    n_sessions: int

    @classmethod
    def of(
        cls,
        keys: Sequence[Key],
        first: tuple[System, Mapping[Key, dict[str, T]]],
        second: tuple[System, Mapping[Key, dict[str, T]]],
    ) -> SystemPair[T]:
        """Each system with what was coded of it."""
        one, two = ([coded.get(key, {}) for key in keys] for _, coded in (first, second))
        pairing = pair_raters(one, two)
        used = [row for row, pairs in enumerate(pairing.pairs) if pairs]
        return cls(
            first[0],
            second[0],
            [one[row] for row in used],
            [two[row] for row in used],
            Pairing(tuple(pairing.pairs[row] for row in used), pairing.within),
            len({keys[row][0] for row in used}),
        )

    @property
    def n_sequences(self) -> int:
        """Sequences used."""
        return len(self.one)

    def cells(self) -> Iterator[tuple[int, int]]:
        """Every category of the first system with every one of the second, by number."""
        return product(range(len(self.first.categories)), range(len(self.second.categories)))

    def swapped(
        self, matrix: Callable[[], NDArray[np.float64]], rng: np.random.Generator, n_permutations: int
    ) -> PermutationTest | Text:
        """The test of `matrix` (n, n, K, K) that pairs sequences anew, or why there is none."""
        if n_permutations < 1:
            return text("association.no-permutations")
        if self.n_sessions < 2:
            return text("association.one-session")
        return swap_test(matrix(), rng, n_permutations)


def why_not_in_time(timelines: Sequence[Timeline], codebook: Codebook) -> Text | None:
    """Why no two systems can be related in time; `None` where they can."""
    coded = {line.system for line in timelines if len(line.start_ms) and bool((line.codes != -2).any())}
    names = [system.id for system in codebook.systems if system.id in coded]
    if len(names) >= 2:
        return None
    return text("association.one-system-in-time", system=names[0]) if names else text("association.none-in-time")
