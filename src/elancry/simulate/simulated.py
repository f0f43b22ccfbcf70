"""A simulated study as data: the truth, what every rater made of it, the mistakes planted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from elancry.codebook.model import Codebook, System
from elancry.simulate.mistake_kinds import HARMLESS, PlantedMistake
from elancry.simulate.parameters import (
    Effect,
    RaterModel,
    TruthModel,
    default_effects,
    default_raters,
)
from elancry.simulate.truth import (
    Events,
    FloatArray,
    IntArray,
    Sequences,
    SystemTruth,
)


@dataclass(frozen=True, eq=False)
class SimulatedStudy:
    """A study whose truth is known.

    Keys: `truth[system]`, `events[system, rater]` (interval systems), `ratings[system, rater]` (n, K) with nan for a
    missing rating (rated systems), `windows[rater]` (n, 2): the rater's own sequence boundaries in ms.
    `events` and `ratings` hold what the raters' files say, planted mistakes included.
    """

    codebook: Codebook
    seed: int
    sessions: tuple[str, ...]
    raters: tuple[str, ...]
    sequences: Sequences
    truth: Mapping[str, SystemTruth]
    windows: Mapping[str, IntArray]
    events: Mapping[tuple[str, str], Events]
    ratings: Mapping[tuple[str, str], FloatArray]
    effects: tuple[Effect, ...]
    truth_model: TruthModel
    rater_models: Mapping[str, RaterModel]
    mistakes: tuple[PlantedMistake, ...] = ()

    @property
    def interval_systems(self) -> tuple[System, ...]:
        """Systems with interval coding."""
        return tuple(system for system in self.codebook.systems if system.has_intervals)

    @property
    def rated_systems(self) -> tuple[System, ...]:
        """Systems with rating coding and a scale."""
        return tuple(system for system in self.codebook.systems if system.has_ratings and system.scale is not None)

    @property
    def by_default(self) -> bool:
        """Whether only the design and the seed were chosen: then one command makes the study again."""
        return (
            self.effects == default_effects(self.codebook)
            and self.truth_model == TruthModel()
            and self.rater_models == default_raters(self.raters)
            and self.prefilled
            and all(mistake.kind in HARMLESS for mistake in self.mistakes)
        )

    @property
    def prefilled(self) -> bool:
        """Whether all raters got the sequences' boundaries with their files."""
        units = self.sequences
        return all(
            (window[:, 0] == units.start_ms).all() and (window[:, 1] == units.end_ms).all()
            for window in self.windows.values()
        )
