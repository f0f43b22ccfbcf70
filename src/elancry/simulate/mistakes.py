"""Mistakes that raters make in files, planted where `elancry check` must find them.

Each planted mistake stands in a file of its own. Those of `Mistakes.HARMLESS` limit what a number means and leave the
study usable; `Mistakes.ALL` adds errors that keep data out of the numbers. Mistakes that change what is coded (a rating
left out, an annotation that leaves its sequence) are planted in the data; mistakes of the file (a blank after a value,
somebody else's name) are planted when the file is written.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from elancry.codebook.model import Layout, System
from elancry.seeds import stream
from elancry.simulate.mistake_kinds import HARMLESS, MistakeKind, PlantedMistake
from elancry.simulate.parameters import Mistakes
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.truth import Events, FloatArray

LEAVES_BY_MS = 1_200
SLIP_MS = 40


class Changed:
    """A study's coding while mistakes are planted in it: copies, the study itself stays as it is."""

    def __init__(self, study: SimulatedStudy) -> None:
        self.study = study
        self.events: dict[tuple[str, str], Events] = dict(study.events)
        self.ratings: dict[tuple[str, str], FloatArray] = dict(study.ratings)
        self.mistakes: tuple[PlantedMistake, ...] = ()


_Plant = Callable[[Changed, int, str, np.random.Generator], PlantedMistake | None]


def plant_mistakes(study: SimulatedStudy, wanted: Mistakes) -> Changed:
    """Plant one mistake of each kind, each in another file; a kind that no file has room for is left out."""
    draw = stream(study.seed, "simulate", "mistakes")
    files = [(session, rater) for session in range(len(study.sessions)) for rater in study.raters]
    order = [files[i] for i in np.argsort(draw.random(len(files)), kind="stable").tolist()]
    changed = Changed(study)
    for kind in MistakeKind if wanted is Mistakes.ALL else HARMLESS:
        for place in order:
            mistake = _PLANTERS[kind](changed, place[0], place[1], draw)
            if mistake is not None:
                changed.mistakes = (*changed.mistakes, mistake)
                order.remove(place)
                break
    return changed


def tier_of(system: System, code: int) -> str:
    """The interval tier on which category number `code` is coded."""
    if system.layout is Layout.ONE_TIER:
        return system.tier_name
    return system.category_tier_name(system.categories[code].id)


def _candidates(changed: Changed, session: int, rater: str) -> list[tuple[System, int]]:
    """(system, index of the event) of every event in one file."""
    found: list[tuple[System, int]] = []
    for system in changed.study.interval_systems:
        events = changed.events[system.id, rater]
        inside = changed.study.sequences.session[events.sequence] == session
        found += [(system, index) for index in np.flatnonzero(inside).tolist()]
    return found


def _mistake(
    changed: Changed, kind: MistakeKind, session: int, rater: str, system: System, index: int
) -> PlantedMistake:
    events = changed.events[system.id, rater]
    return PlantedMistake(
        kind,
        changed.study.sessions[session],
        rater,
        tier_of(system, int(events.code[index])),
        int(events.start_ms[index]),
        int(events.end_ms[index]),
    )


def _at_some_event(kind: MistakeKind) -> _Plant:
    """A mistake of the file at one event; the coding itself stays."""

    def plant(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
        # Where each category has its own tier, the tier says what is meant, whatever the value.
        candidates = [
            (system, index)
            for system, index in _candidates(changed, session, rater)
            if system.layout is Layout.ONE_TIER
            and (len(system.categories) > 1 or kind is not MistakeKind.CONTRADICTION)
        ]
        if not candidates:
            return None
        system, index = candidates[int(draw.random() * len(candidates))]
        return _mistake(changed, kind, session, rater, system, index)

    return plant


def _of_the_file(kind: MistakeKind) -> _Plant:
    """A mistake in what the file says about itself: needs another rater, or another session, to name."""

    def plant(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
        study = changed.study
        others = study.raters if kind is MistakeKind.OTHER_ANNOTATOR else study.sessions
        return None if len(others) < 2 else PlantedMistake(kind, study.sessions[session], rater)

    return plant


def _no_rating(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
    study = changed.study
    if not study.rated_systems:
        return None
    system = study.rated_systems[int(draw.random() * len(study.rated_systems))]
    rows = np.flatnonzero(study.sequences.session == session)
    row = int(rows[int(draw.random() * len(rows))])
    column = int(draw.random() * len(system.categories))
    if len(rows) < 2:
        return None  # the only rating on its tier: the tier would be empty, which is another mistake
    values = changed.ratings[system.id, rater].copy()
    values[row, column] = np.nan
    changed.ratings[system.id, rater] = values
    start, end = study.windows[rater][row].tolist()
    tier = system.rating_tier_name(system.categories[column].id)
    return PlantedMistake(MistakeKind.NO_RATING, study.sessions[session], rater, tier, start, end)


def _leaves_sequence(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
    window = changed.study.windows[rater]
    if changed.study.codebook.sequence_tier is None:
        return None
    for system, index in _candidates(changed, session, rater):
        if system.parent is not None:
            continue  # ELAN itself keeps the annotations of a child tier inside their parents
        events = changed.events[system.id, rater]
        row = int(events.sequence[index])
        last = index + 1 == len(events) or int(events.sequence[index + 1]) != row
        if last and window[row, 1] - events.end_ms[index] < 2_000:
            end = events.end_ms.copy()
            end[index] = window[row, 1] + LEAVES_BY_MS
            changed.events[system.id, rater] = Events(events.sequence, events.start_ms, end, events.code)
            return _mistake(changed, MistakeKind.LEAVES_SEQUENCE, session, rater, system, index)
    return None


def _in_a_gap(kind: MistakeKind, length_ms: int) -> _Plant:
    """An annotation made by a slip of the mouse, half a second after another one."""

    def plant(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
        for system, index in _candidates(changed, session, rater):
            events = changed.events[system.id, rater]
            follows = index + 1 < len(events) and events.sequence[index + 1] == events.sequence[index]
            if follows and events.start_ms[index + 1] - events.end_ms[index] > 1_500:
                at = index + 1
                start = int(events.end_ms[index]) + 500
                changed.events[system.id, rater] = Events(
                    np.insert(events.sequence, at, events.sequence[index]),
                    np.insert(events.start_ms, at, start),
                    np.insert(events.end_ms, at, start + length_ms),
                    np.insert(events.code, at, events.code[index]),
                )
                return _mistake(changed, kind, session, rater, system, at)
        return None

    return plant


def _empty_tier(changed: Changed, session: int, rater: str, draw: np.random.Generator) -> PlantedMistake | None:
    systems = [system for system in changed.study.interval_systems if system.layout is Layout.ONE_TIER]
    if not systems:
        return None
    system = systems[int(draw.random() * len(systems))]
    events = changed.events[system.id, rater]
    others = changed.study.sequences.session[events.sequence] != session
    changed.events[system.id, rater] = Events(
        events.sequence[others], events.start_ms[others], events.end_ms[others], events.code[others]
    )
    return PlantedMistake(MistakeKind.EMPTY_TIER, changed.study.sessions[session], rater, system.tier_name)


_PLANTERS: dict[MistakeKind, _Plant] = {
    MistakeKind.BLANK: _at_some_event(MistakeKind.BLANK),
    MistakeKind.NO_RATING: _no_rating,
    MistakeKind.LEAVES_SEQUENCE: _leaves_sequence,
    MistakeKind.SLIP: _in_a_gap(MistakeKind.SLIP, SLIP_MS),
    MistakeKind.OTHER_ANNOTATOR: _of_the_file(MistakeKind.OTHER_ANNOTATOR),
    MistakeKind.EMPTY_TIER: _empty_tier,
    MistakeKind.NOT_IN_VOCABULARY: _at_some_event(MistakeKind.NOT_IN_VOCABULARY),
    MistakeKind.ZERO_LENGTH: _in_a_gap(MistakeKind.ZERO_LENGTH, 0),
    MistakeKind.CONTRADICTION: _at_some_event(MistakeKind.CONTRADICTION),
    MistakeKind.OTHER_MEDIUM: _of_the_file(MistakeKind.OTHER_MEDIUM),
}
