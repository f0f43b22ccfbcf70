"""What is planted: the effects, the sequences and sessions behind them, and how each rater errs.

Conventions: times in milliseconds, probabilities in 0..1, effects on latent intensities that have mean 0 and variance 1
over sequences. Every number here goes into `truth.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from elancry.codebook.model import Codebook, System
from elancry.errors import UsageError
from elancry.texts import text


class Mistakes(StrEnum):
    """Which mistakes raters make in the files: none, those that leave the study usable, or errors as well."""

    NONE = "none"
    HARMLESS = "harmless"
    ALL = "all"


SLOPE, TOGETHER = 0.5, 2.5
"""The size of planted effects where none are asked for."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A planted association: more of `predictor` goes with more of `outcome`.

    `slope` is the standardised partial slope of the outcome's latent intensity on the predictor's (the intensities
    drive ratings and shares alike); `together` is what the log odds of the outcome gain while the predictor is going on
    (it makes the two co-occur in time beyond what their shares explain). 0 plants nothing.
    """

    predictor_system: str
    predictor: str
    outcome_system: str
    outcome: str
    slope: float = 0.0
    together: float = 0.0


@dataclass(frozen=True, slots=True)
class TruthModel:
    """What truly happens in the sessions.

    `session_icc`: intra-class correlation of the latent intensities within a session. `share_spread`: how strongly an
    intensity moves the log odds of its category among the events. `rating_spread`: standard deviation of the true
    ratings as a proportion of the scale's length. `time_trend`: by how much the log odds of a system's first category
    against its last fall from the beginning to the end of a sequence, in every system alike; it makes systems
    co-occur without influencing each other. `touching`: proportion of events that follow the one before without a
    pause. `rare_weight`: how often a rare category occurs against an ordinary one.
    """

    session_icc: float = 0.3
    sequence_median_ms: int = 80_000
    sequence_log_sd: float = 0.4
    event_mean_ms: int = 8_000
    coded_share: float = 0.75
    touching: float = 0.3
    share_spread: float = 0.9
    rating_spread: float = 0.25
    time_trend: float = 0.0
    rare_weight: float = 0.15

    def __post_init__(self) -> None:
        _require_within(self, 0, 1, "session_icc", "touching", "rating_spread")
        _require_within(self, 0.05, 0.98, "coded_share")
        _require_within(self, 0.001, 1000, "rare_weight")
        _require_within(self, 30_000, 300_000, "sequence_median_ms")
        _require_within(self, 1_500, 60_000, "event_mean_ms")


@dataclass(frozen=True, slots=True)
class RaterModel:
    """How one rater errs. All zero is a rater who codes the truth.

    `confusion`, `missed`, `split`: probability per true event; `extra`: probability per uncoded gap of 1.5 s or more.
    `jitter_ms`: standard deviation of each boundary, `onset_delay_ms`: constant reaction time at both boundaries.
    `rating_noise`: standard deviation of a rating in units of the true ratings' standard deviation; `rating_bias` in
    points of the scale. `drift`: confusion, misses, extras, splits and jitter grow in proportion up to (1 + drift)
    times in the last session; `rating_drift`: points added to `rating_bias` by then.
    """

    confusion: float = 0.0
    missed: float = 0.0
    extra: float = 0.0
    split: float = 0.0
    jitter_ms: float = 0.0
    onset_delay_ms: float = 0.0
    rating_noise: float = 0.0
    rating_bias: float = 0.0
    drift: float = 0.0
    rating_drift: float = 0.0

    def __post_init__(self) -> None:
        _require_within(self, 0, 1, "confusion", "missed", "extra", "split")
        _require_within(self, 0, 60_000, "jitter_ms")
        _require_within(self, 0, 100, "rating_noise", "drift")


def default_raters(names: Sequence[str]) -> dict[str, RaterModel]:
    """Trained raters with small differences; the last of three or more drifts away over the sessions."""
    models: dict[str, RaterModel] = {}
    for position, name in enumerate(names):
        last = position == len(names) - 1 and position >= 2
        models[name] = RaterModel(
            confusion=0.07,
            missed=0.03,
            extra=0.03,
            split=0.03,
            jitter_ms=350.0,
            onset_delay_ms=(100.0, 180.0, 140.0)[position % 3],
            rating_noise=0.5,
            rating_bias=(0.0, 0.15, -0.1)[position % 3],
            drift=2.5 if last else 0.0,
            rating_drift=0.7 if last else 0.0,
        )
    return models


def default_effects(codebook: Codebook) -> tuple[Effect, ...]:
    """The planted effects where none are asked for, by position in the codebook, not by any name.

    The system with more categories (the later one of equals) is the predictor, the one with fewest the outcome. The
    predictor's second and third category go with the outcome's second, its last two with the outcome's third.
    A codebook with one system, or with fewer than six predictors or three outcomes, gets as much of this as it holds.
    """
    if len(codebook.systems) < 2:
        return ()
    predictor, outcome = predictor_and_outcome(codebook)
    first = predictor.categories[1:3] or predictor.categories[:1]
    last = predictor.categories[-2:] if len(predictor.categories) >= 6 else ()
    goes_with = outcome.categories[1] if len(outcome.categories) > 1 else outcome.categories[0]
    pairs = [(item, goes_with) for item in first]
    if len(outcome.categories) >= 3:
        pairs += [(item, outcome.categories[2]) for item in last]
    return tuple(Effect(predictor.id, given.id, outcome.id, target.id, SLOPE, TOGETHER) for given, target in pairs)


def predictor_and_outcome(codebook: Codebook) -> tuple[System, System]:
    """The system with most categories and the one with fewest; of equals the later and the earlier one."""
    by_size = sorted(range(len(codebook.systems)), key=lambda i: (len(codebook.systems[i].categories), i))
    return codebook.systems[by_size[-1]], codebook.systems[by_size[0]]


def rare_categories(system: System, effects: Sequence[Effect]) -> tuple[str, ...]:
    """The category that seldom occurs: of those without a planted effect the first among predictors, else the last."""
    predicts = {effect.predictor for effect in effects if effect.predictor_system == system.id}
    responds = {effect.outcome for effect in effects if effect.outcome_system == system.id}
    free = [category.id for category in system.categories if category.id not in predicts | responds]
    if len(system.categories) < 4 or not free:
        return ()
    return (free[0],) if predicts else (free[-1],)


def check_effects(codebook: Codebook, effects: Sequence[Effect]) -> None:
    """Refuse effects of unknown categories, circles between systems, and slopes that leave an outcome no variance."""
    squares: dict[tuple[str, str], float] = {}
    for effect in effects:
        for system_id, category_id in (
            (effect.predictor_system, effect.predictor),
            (effect.outcome_system, effect.outcome),
        ):
            system = codebook.system(system_id)
            if system is None or system.category(category_id) is None:
                raise UsageError(
                    text("simulate.effect-unknown", name=f"{system_id}.{category_id}", codebook=codebook.id),
                    hint=text("simulate.effect-unknown-hint"),
                )
        key = (effect.outcome_system, effect.outcome)
        squares[key] = squares.get(key, 0.0) + effect.slope**2
    for (system_id, category_id), total in sorted(squares.items()):
        if total >= 1:
            raise UsageError(
                text("simulate.too-much-explained", name=f"{system_id}.{category_id}", total=total),
                hint=text("simulate.too-much-explained-hint"),
            )
    order_of_systems(codebook, effects)


def order_of_systems(codebook: Codebook, effects: Sequence[Effect]) -> tuple[System, ...]:
    """The systems in an order in which predictors come before their outcomes; refuses circles."""
    waits: Mapping[str, set[str]] = {
        system.id: {effect.predictor_system for effect in effects if effect.outcome_system == system.id}
        for system in codebook.systems
    }
    done: list[System] = []
    while len(done) < len(codebook.systems):
        ready = [s for s in codebook.systems if s not in done and waits[s.id] <= {system.id for system in done}]
        if not ready:
            raise UsageError(text("simulate.circle"), hint=text("simulate.circle-hint"))
        done.append(ready[0])
    return tuple(done)


def _require_within(model: TruthModel | RaterModel, low: float, high: float, *names: str) -> None:
    known = {field.name for field in fields(model)}
    for name in names:
        assert name in known
        value = getattr(model, name)
        if not low <= value <= high:
            raise UsageError(text("simulate.out-of-range", name=name, value=value, least=low, most=high))
