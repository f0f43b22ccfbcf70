"""What a rater makes of the truth: misses, confusions, splits, shaky boundaries, events that were not there, ratings.

Each step works on all sequences of the study at once. The order is the one in which errors arise: an event is missed,
else seen as some category, perhaps in two parts, its boundaries shaken and delayed by the reaction time; afterwards the
rater fills some of the gaps. On the tier nothing may overlap, so boundaries that cross meet in their middle.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from elancry.codebook.model import System
from elancry.seeds import stream
from elancry.simulate.parameters import RaterModel
from elancry.simulate.truth import Events, FloatArray, IntArray, Sequences, SystemTruth

_SHORTEST_MS = 300
_SNAP_MS = 120
_SPLITTABLE_MS = 3_000
_FILLABLE_GAP_MS = 1_500


def confusion_matrix(system: System, confusion: float) -> FloatArray:
    """P[true, coded] (K, K): `1 - confusion` on the diagonal, the rest on the others, thrice as much within the group.

    Categories without a group, and all in a system without groups, are confused with each other alike.
    """
    groups = [category.group for category in system.categories]
    n_categories = len(groups)
    if n_categories == 1:
        return np.ones((1, 1))
    off = np.array([[3.0 if a == b and a is not None else 1.0 for b in groups] for a in groups])
    np.fill_diagonal(off, 0.0)
    off /= off.sum(axis=1, keepdims=True)
    return np.asarray((1 - confusion) * np.eye(n_categories) + confusion * off)


def drift_factor(model: RaterModel, sequences: Sequences) -> FloatArray:
    """By how much the rater's errors have grown in each sequence (n,): from 1 in the first session to 1 + drift."""
    return 1 + model.drift * _course(sequences)


def code_events(
    system: System, truth: SystemTruth, sequences: Sequences, window: IntArray, rater: str, model: RaterModel, seed: int
) -> Events:
    """One rater's annotations of one system; `window` (n, 2) are the rater's own sequence boundaries in ms."""
    draw = stream(seed, "simulate", "events", system.id, rater)
    grown = drift_factor(model, sequences)
    seen = truth.events
    seen = _keep(seen, draw.random(len(seen)) >= model.missed * grown[seen.sequence])
    seen = _confuse(seen, system, model, grown, draw)
    seen = _split(seen, model, grown, draw)
    seen = _shake(seen, model, grown, draw)
    seen = _fit(seen, window)
    return _add_extras(seen, truth, window, model, grown, draw)


def rate(
    system: System, truth: SystemTruth, sequences: Sequences, rater: str, model: RaterModel, seed: int
) -> FloatArray:
    """One rater's ratings (n, K): whole numbers of the scale, as floats so that a missing one can be nan."""
    if truth.rating is None or system.scale is None:
        raise ValueError(f"system {system.id} is not rated")
    draw = stream(seed, "simulate", "ratings", system.id, rater)
    bias = model.rating_bias + model.rating_drift * _course(sequences)[:, None]
    noise = model.rating_noise * truth.rating_sd * draw.standard_normal(truth.rating.shape)
    return np.clip(np.rint(truth.rating + bias + noise), system.scale.minimum, system.scale.maximum)


def own_windows(sequences: Sequences, rater: str, jitter_ms: float, seed: int) -> IntArray:
    """Where this rater begins and ends each sequence (n, 2) in ms; a jitter of 0 gives the prefilled boundaries."""
    window = np.column_stack([sequences.start_ms, sequences.end_ms])
    if jitter_ms == 0:
        return window
    draw = stream(seed, "simulate", "windows", rater)
    return window + np.rint(np.clip(draw.standard_normal(window.shape), -3, 3) * jitter_ms).astype(np.int64)


def _course(sequences: Sequences) -> FloatArray:
    """How far the study has come (n,): 0 in the first session, 1 in the last; 0 if there is one session only."""
    return sequences.session / max(int(sequences.session[-1]), 1)


def _keep(events: Events, mask: NDArray[np.bool_]) -> Events:
    return Events(events.sequence[mask], events.start_ms[mask], events.end_ms[mask], events.code[mask])


def _confuse(events: Events, system: System, model: RaterModel, grown: FloatArray, draw: np.random.Generator) -> Events:
    mistaken = draw.random(len(events)) < np.minimum(model.confusion * grown[events.sequence], 0.95)
    pick = draw.random(len(events))
    if len(system.categories) == 1:
        return events
    cumulative = np.cumsum(confusion_matrix(system, 1.0), axis=1)
    other = np.minimum((cumulative[events.code] <= pick[:, None]).sum(axis=1), len(system.categories) - 1)
    code = np.where(mistaken, other, events.code)
    return Events(events.sequence, events.start_ms, events.end_ms, code)


def _split(events: Events, model: RaterModel, grown: FloatArray, draw: np.random.Generator) -> Events:
    length = events.end_ms - events.start_ms
    in_two = (draw.random(len(events)) < model.split * grown[events.sequence]) & (length >= _SPLITTABLE_MS)
    cut = events.start_ms + np.rint(length * (0.35 + 0.3 * draw.random(len(events)))).astype(np.int64)
    pause = np.rint(300 + 400 * draw.random(len(events))).astype(np.int64)
    first_end = np.where(in_two, cut, events.end_ms)
    return _sorted(
        np.concatenate([events.sequence, events.sequence[in_two]]),
        np.concatenate([events.start_ms, (cut + pause)[in_two]]),
        np.concatenate([first_end, events.end_ms[in_two]]),
        np.concatenate([events.code, events.code[in_two]]),
    )


def _shake(events: Events, model: RaterModel, grown: FloatArray, draw: np.random.Generator) -> Events:
    spread = model.jitter_ms * grown[events.sequence]
    onset = np.rint(model.onset_delay_ms + spread * draw.standard_normal(len(events))).astype(np.int64)
    offset = np.rint(model.onset_delay_ms + spread * draw.standard_normal(len(events))).astype(np.int64)
    return _sorted(events.sequence, events.start_ms + onset, events.end_ms + offset, events.code)


def _fit(events: Events, window: IntArray) -> Events:
    """Into the sequences and beside each other: nothing overlaps, tiny gaps close, slivers vanish.

    Without any error the events are not touched, unless a truth shorter than a sliver were among them.
    """
    sequence, code = events.sequence, events.code
    start = np.clip(events.start_ms, window[sequence, 0], window[sequence, 1])
    end = np.clip(events.end_ms, window[sequence, 0], window[sequence, 1])
    while True:
        lasting = end - start >= _SHORTEST_MS
        sequence, start, end, code = sequence[lasting], start[lasting], end[lasting], code[lasting]
        neighbours = sequence[1:] == sequence[:-1]
        gap = start[1:] - end[:-1]
        crossing = neighbours & (gap < 0)
        closing = neighbours & (gap > 0) & (gap < _SNAP_MS)
        end[:-1][closing] = start[1:][closing]
        if not crossing.any():
            return Events(sequence, start, end, code)
        middle = (start[1:] + end[:-1]) // 2
        end[:-1][crossing] = np.maximum(middle[crossing], start[:-1][crossing])
        start[1:][crossing] = np.minimum(middle[crossing], end[1:][crossing])
        order = np.lexsort((start, sequence))
        sequence, start, end, code = sequence[order], start[order], end[order], code[order]


def _add_extras(
    events: Events,
    truth: SystemTruth,
    window: IntArray,
    model: RaterModel,
    grown: FloatArray,
    draw: np.random.Generator,
) -> Events:
    n = len(window)
    # Gaps lie between the end of one event (or the start of the sequence) and the start of the next (or its end).
    sequence = np.concatenate([np.arange(n), events.sequence])
    left = np.concatenate([window[:, 0], events.end_ms])
    order = np.lexsort((left, sequence))
    sequence, left = sequence[order], left[order]
    right = np.concatenate([events.start_ms, window[:, 1]])
    right = right[np.lexsort((right, np.concatenate([events.sequence, np.arange(n)])))]
    room = right - left
    chosen = (draw.random(len(room)) < model.extra * grown[sequence]) & (room >= _FILLABLE_GAP_MS)
    pick = draw.random(len(room))[chosen]
    start = left[chosen] + room[chosen] // 5
    end = start + np.minimum(3 * room[chosen] // 5, 4_000)
    code = np.searchsorted(np.cumsum(truth.weight / truth.weight.sum()), pick, side="right")
    return _sorted(
        np.concatenate([events.sequence, sequence[chosen]]),
        np.concatenate([events.start_ms, start]),
        np.concatenate([events.end_ms, end]),
        np.concatenate([events.code, np.minimum(code, len(truth.weight) - 1)]),
    )


def _sorted(sequence: IntArray, start_ms: IntArray, end_ms: IntArray, code: IntArray) -> Events:
    order = np.lexsort((start_ms, sequence))
    return Events(sequence[order], start_ms[order], end_ms[order], code[order])
