"""What truly happened in each sequence: latent intensities, events in time, ratings. No rater yet.

Model. For sequence i of session s and category k of a system, the intensity is
`z_ik = sqrt(icc) u_sk + sqrt(1 - icc) e_ik` with standard normal u and e, so it has variance 1 and the intra-class
correlation `icc`. For an outcome, `z_k = sum_j b_j z_j + sqrt(1 - sum_j b_j^2) z'_k`: `b_j` is its standardised partial
slope on predictor j and the intra-class correlation stays. Events follow each other in time (an alternating renewal
process of gamma(2) events and of gaps that are zero or exponential); the category of an event is drawn with
probability proportional to `weight_k exp(spread z_ik + trend slope_k (1/2 - position) + sum_j together_j overlap_j)`,
where `overlap_j` is the proportion of the event during which predictor j goes on.

Everything is drawn for all sequences at once: axes are n sequences, m candidate events, K categories.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elancry.codebook.model import Codebook, System
from elancry.errors import UsageError
from elancry.seeds import stream
from elancry.simulate.parameters import Effect, TruthModel, order_of_systems, rare_categories
from elancry.texts import text

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

SHORTEST_EVENT_MS = 800
_SHORTEST_GAP_MS = 200
_SESSION_MS = 3_000_000  # a therapy hour of 50 minutes
_FIRST_ONSET_MS = 180_000
_LAST_END_MS = 2_850_000
_SHORTEST_SEQUENCE_MS = 25_000
_LONGEST_SEQUENCE_MS = 320_000


@dataclass(frozen=True, eq=False)
class Sequences:
    """The n units of analysis, in order of session and time.

    `session`: index of the session, `name`: unique within the session, `start_ms`, `end_ms`: within the medium.
    `session_end_ms` (one per session): length of the medium.
    """

    session: IntArray
    name: tuple[str, ...]
    start_ms: IntArray
    end_ms: IntArray
    session_end_ms: IntArray

    def __len__(self) -> int:
        return len(self.name)

    @property
    def duration_ms(self) -> IntArray:
        """Length of each sequence in ms."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, eq=False)
class Events:
    """Coded stretches of one system, sorted by sequence and start, disjoint within a sequence.

    `sequence`: index into `Sequences`; `code`: index into the system's categories; times within the medium.
    """

    sequence: IntArray
    start_ms: IntArray
    end_ms: IntArray
    code: IntArray

    def __len__(self) -> int:
        return len(self.code)

    def of_sequence(self, index: int) -> Events:
        """Only the events of one sequence."""
        low, high = np.searchsorted(self.sequence, [index, index + 1])
        return Events(self.sequence[low:high], self.start_ms[low:high], self.end_ms[low:high], self.code[low:high])

    @classmethod
    def none(cls) -> Events:
        """No event at all."""
        nothing = np.empty(0, dtype=np.int64)
        return cls(nothing, nothing, nothing, nothing)


@dataclass(frozen=True, eq=False)
class SystemTruth:
    """The truth of one system.

    `intensity` (n, K): latent; `weight` (K,): how often each category occurs at intensity 0; `events`: empty without
    interval coding; `rating` (n, K): unrounded points of the scale, `None` without rating coding; `rating_sd`: the
    standard deviation of a category's ratings in points.
    """

    intensity: FloatArray
    weight: FloatArray
    events: Events
    rating: FloatArray | None
    rating_sd: float = 0.0


def lay_out_sequences(sessions: int, sequences: int, model: TruthModel, seed: int) -> Sequences:
    """Spread `sequences` over `sessions`, at least one each, without overlap, in minutes 3 to 47 of an hour.

    Raises UsageError for fewer sequences than sessions or no session at all.
    """
    if sessions < 1 or sequences < sessions:
        raise UsageError(
            text("simulate.design", sequences=sequences, sessions=sessions), hint=text("simulate.design-hint")
        )
    draw = stream(seed, "simulate", "sequences")
    extra = (draw.random(sequences - sessions) * sessions).astype(np.int64)
    count = 1 + np.bincount(extra, minlength=sessions)
    session = np.repeat(np.arange(sessions), count)
    ordinal = np.arange(sequences) - np.repeat(np.cumsum(count) - count, count)
    length = np.exp(np.log(model.sequence_median_ms) + model.sequence_log_sd * draw.standard_normal(sequences))
    length = np.clip(length, _SHORTEST_SEQUENCE_MS, _LONGEST_SEQUENCE_MS)
    # Each sequence has its own part of the hour; many sequences in one session make the hour longer.
    part = np.maximum((_LAST_END_MS - _FIRST_ONSET_MS) / count, _LONGEST_SEQUENCE_MS + 10_000)
    start = _FIRST_ONSET_MS + ordinal * part[session] + draw.random(sequences) * (part[session] - length - 5_000)
    start_ms = np.rint(start).astype(np.int64)
    session_end = np.maximum(_SESSION_MS, _FIRST_ONSET_MS + count * part + 60_000)
    return Sequences(
        session=session,
        name=tuple(f"seq{number + 1}" for number in ordinal.tolist()),
        start_ms=start_ms,
        end_ms=start_ms + np.rint(length).astype(np.int64),
        session_end_ms=np.rint(session_end).astype(np.int64),
    )


def draw_truth(
    codebook: Codebook, sequences: Sequences, effects: Sequence[Effect], model: TruthModel, seed: int
) -> dict[str, SystemTruth]:
    """The truth of every system, keyed by its id in codebook order; predictors are drawn before their outcomes."""
    truth: dict[str, SystemTruth] = {}
    for system in order_of_systems(codebook, effects):
        own = [effect for effect in effects if effect.outcome_system == system.id]
        rare = rare_categories(system, effects)
        weight = np.array([model.rare_weight if item.id in rare else 1.0 for item in system.categories])
        draw = stream(seed, "simulate", "truth", system.id)
        intensity = _intensities(sequences.session, len(system.categories), model.session_icc, draw)
        _plant_slopes(intensity, system, own, codebook, truth)
        truth[system.id] = SystemTruth(
            intensity=intensity,
            weight=weight,
            events=_draw_events(system, sequences, intensity, weight, own, codebook, truth, model, draw)
            if system.has_intervals
            else Events.none(),
            rating=_true_ratings(system, intensity, weight, model),
            rating_sd=_scale_length(system) * model.rating_spread,
        )
    return {system.id: truth[system.id] for system in codebook.systems}


def _intensities(session: IntArray, n_categories: int, icc: float, draw: np.random.Generator) -> FloatArray:
    of_session = draw.standard_normal((int(session[-1]) + 1, n_categories))
    of_sequence = draw.standard_normal((len(session), n_categories))
    return np.asarray(np.sqrt(icc) * of_session[session] + np.sqrt(1 - icc) * of_sequence)


def _plant_slopes(
    intensity: FloatArray,
    system: System,
    effects: Sequence[Effect],
    codebook: Codebook,
    truth: Mapping[str, SystemTruth],
) -> None:
    """Mix the predictors' intensities into the outcome's, in place; its variance and its ICC stay."""
    for k, category in enumerate(system.categories):
        planted = [effect for effect in effects if effect.outcome == category.id and effect.slope != 0]
        left = 1 - sum(effect.slope**2 for effect in planted)
        intensity[:, k] *= np.sqrt(left)
        for effect in planted:
            predictor = truth[effect.predictor_system].intensity
            intensity[:, k] += effect.slope * predictor[:, _position(codebook, effect)]


def _draw_events(
    system: System,
    sequences: Sequences,
    intensity: FloatArray,
    weight: FloatArray,
    effects: Sequence[Effect],
    codebook: Codebook,
    truth: Mapping[str, SystemTruth],
    model: TruthModel,
    draw: np.random.Generator,
) -> Events:
    n, n_categories = intensity.shape
    length = sequences.duration_ms[:, None]
    mean_gap = model.event_mean_ms * (1 - model.coded_share) / model.coded_share
    # Enough candidates to fill the longest sequence even if most draws are short; the rest falls behind its end.
    m = int(2.5 * _LONGEST_SEQUENCE_MS / (model.event_mean_ms + mean_gap)) + 10
    lasts = np.maximum(SHORTEST_EVENT_MS, draw.standard_gamma(2.0, (n, m)) * model.event_mean_ms / 2)
    follows = draw.random((n, m)) >= model.touching
    gap = follows * draw.standard_exponential((n, m)) * mean_gap / max(1 - model.touching, 1e-9)
    gap *= np.exp(0.3 * draw.standard_normal((n, 1)) - 0.045)  # some sequences are denser than others
    gap[gap < _SHORTEST_GAP_MS] = 0
    start = np.cumsum(gap + lasts, axis=1) - lasts
    end = np.minimum(start + lasts, length)
    log_weight = np.log(weight) + model.share_spread * intensity
    score = np.broadcast_to(log_weight[:, None, :], (n, m, n_categories)).copy()
    if model.time_trend:
        slope = np.linspace(0.5, -0.5, n_categories)
        score += model.time_trend * slope * (0.5 - start / length)[:, :, None]
    for effect in effects:
        if effect.together:
            overlap = _overlap(start, end, effect, codebook, sequences, truth)
            k = next(i for i, item in enumerate(system.categories) if item.id == effect.outcome)
            score[:, :, k] += effect.together * overlap
    chance = np.exp(score - score.max(axis=2, keepdims=True))
    cumulative = np.cumsum(chance, axis=2)
    pick = draw.random((n, m, 1)) * cumulative[:, :, -1:]
    code = np.minimum((cumulative <= pick).sum(axis=2), n_categories - 1)
    # Two events of one category that touch would be one event: leave a breath between them.
    repeated = np.zeros((n, m), dtype=bool)
    repeated[:, 1:] = (code[:, 1:] == code[:, :-1]) & (start[:, 1:] - end[:, :-1] < 300)
    start_ms = np.rint(start + 400 * repeated).astype(np.int64)
    end_ms = np.rint(end).astype(np.int64)
    row, column = np.nonzero(end_ms - start_ms >= SHORTEST_EVENT_MS // 2)
    offset = sequences.start_ms[row]
    return Events(row, start_ms[row, column] + offset, end_ms[row, column] + offset, code[row, column])


def _overlap(
    start: FloatArray,
    end: FloatArray,
    effect: Effect,
    codebook: Codebook,
    sequences: Sequences,
    truth: Mapping[str, SystemTruth],
) -> FloatArray:
    """Proportion (n, m) of each candidate event during which the effect's predictor goes on."""
    given = truth[effect.predictor_system].events
    chosen = given.code == _position(codebook, effect)
    row = given.sequence[chosen]
    # One time axis for all sequences, far enough apart that none reaches into the next.
    apart = 2.0 * _LONGEST_SEQUENCE_MS
    shift = row * apart - sequences.start_ms[row]
    onset, offset = given.start_ms[chosen] + shift, given.end_ms[chosen] + shift
    if not len(onset):
        return np.zeros_like(start)
    so_far = np.concatenate([[0.0], np.cumsum(offset - onset)])
    knots = np.column_stack([onset, offset]).ravel()
    heights = np.column_stack([so_far[:-1], so_far[1:]]).ravel()
    axis = np.arange(len(start))[:, None] * apart
    # Candidates beyond the end of a sequence are dropped later; keep them out of the next sequence's axis.
    low, high = np.minimum(start, apart * 0.9), np.minimum(np.maximum(end, start), apart * 0.9)
    shared = np.interp(high + axis, knots, heights) - np.interp(low + axis, knots, heights)
    return np.asarray(shared / np.maximum(high - low, 1.0))


def _true_ratings(system: System, intensity: FloatArray, weight: FloatArray, model: TruthModel) -> FloatArray | None:
    if system.scale is None or not system.has_ratings:
        return None
    span = _scale_length(system)
    centre = system.scale.minimum + span * np.where(weight < 1, 0.15, 0.45)
    return np.asarray(centre + span * model.rating_spread * intensity)


def _scale_length(system: System) -> int:
    return 0 if system.scale is None else system.scale.maximum - system.scale.minimum


def _position(codebook: Codebook, effect: Effect) -> int:
    system = codebook.system(effect.predictor_system)
    if system is None:
        raise UsageError(
            text("simulate.effect-unknown", name=effect.predictor_system, codebook=codebook.id),
            hint=text("simulate.effect-unknown-hint"),
        )
    return next(i for i, item in enumerate(system.categories) if item.id == effect.predictor)
