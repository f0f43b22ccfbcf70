"""Which part of a codebook is a tier of? ELAN does not say its name, so its values have to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from elancry.check.values import IntervalValues, RatingValues, Reading
from elancry.codebook.model import Codebook, System


@dataclass(frozen=True)
class Meaning:
    """A tier is taken for intervals or ratings of `system`; `known` of its values mean something there."""

    system: System
    is_rating: bool
    known: int

    def reader(self) -> Callable[[str], Reading]:
        """What a value means."""
        read = RatingValues(self.system).read if self.is_rating else IntervalValues(self.system).read
        return lambda value: read(value, None)


def best_meaning(codebook: Codebook, values: Sequence[str]) -> Meaning | None:
    """What most of the values fit, the earlier of equals; `None` where nothing fits.

    Where the codebook has one system and no ratings there is no choice, so every value is held against it.
    """
    found = max(meanings(codebook, values), key=lambda item: item.known, default=None)
    if found is not None and (found.known or (len(codebook.systems) == 1 and not found.system.has_ratings)):
        return found
    return None


def best_codebook(codebooks: Sequence[Codebook], values: Sequence[str]) -> Codebook | None:
    """The codebook that most of the values fit, the earlier of equals; `None` where no value is in any."""

    def fit(codebook: Codebook) -> int:
        kinds = list(meanings(codebook, values))
        return sum(item.known for item in kinds if not item.is_rating) or max((item.known for item in kinds), default=0)

    fits = [fit(codebook) for codebook in codebooks]
    return codebooks[fits.index(max(fits))] if any(fits) else None


def meanings(codebook: Codebook, values: Sequence[str]) -> Iterator[Meaning]:
    """Everything that a tier with these values could be, with how many of them fit."""
    for system in codebook.systems:
        if system.has_intervals:
            codes = IntervalValues(system)
            yield Meaning(system, False, sum(codes.read(value, None).category is not None for value in values))
        if system.has_ratings:
            scale = RatingValues(system)
            yield Meaning(system, True, sum(scale.read(value, None).category is not None for value in values))
