"""Planted mistakes stand where the record says, one in a file, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from elancry.codebook.model import Codebook
from elancry.simulate.mistake_kinds import HARMLESS, MistakeKind, PlantedMistake
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.study import simulate_study


def find(study: SimulatedStudy, kind: MistakeKind) -> PlantedMistake:
    return next(mistake for mistake in study.mistakes if mistake.kind is kind)


def row_of(study: SimulatedStudy, mistake: PlantedMistake) -> int:
    """The sequence in which a mistake at an annotation lies."""
    session = study.sessions.index(mistake.session)
    (row,) = np.flatnonzero(
        (study.sequences.session == session)
        & (study.windows[mistake.rater][:, 0] <= mistake.start_ms)
        & (study.windows[mistake.rater][:, 1] > mistake.start_ms)
    )
    return int(row)


@pytest.mark.parametrize("seed", range(5))
def test_each_kind_once_and_each_in_a_file_of_its_own(toy: Codebook, seed: int) -> None:
    harmless = simulate_study(toy, seed=seed)
    assert tuple(mistake.kind for mistake in harmless.mistakes) == HARMLESS
    everything = simulate_study(toy, seed=seed, mistakes="all")
    assert tuple(mistake.kind for mistake in everything.mistakes) == tuple(MistakeKind)
    assert len({(mistake.session, mistake.rater) for mistake in everything.mistakes}) == len(MistakeKind)
    assert simulate_study(toy, seed=seed, mistakes=False).mistakes == ()


def test_mistakes_in_the_coding_are_there(toy: Codebook) -> None:
    study, clean = simulate_study(toy, mistakes="all"), simulate_study(toy, mistakes=False)

    left_out = find(study, MistakeKind.NO_RATING)
    assert left_out.tier is not None
    system, category, _ = left_out.tier.split(".")
    column = [item.id for item in toy.system(system).categories].index(category)
    missing = np.argwhere(np.isnan(study.ratings[system, left_out.rater]))
    assert missing.tolist() == [[row_of(study, left_out), column]]

    leaving = find(study, MistakeKind.LEAVES_SEQUENCE)
    assert leaving.end_ms == study.windows[leaving.rater][row_of(study, leaving), 1] + 1_200

    slip = find(study, MistakeKind.SLIP)
    assert slip.end_ms - slip.start_ms == 40
    point = find(study, MistakeKind.ZERO_LENGTH)
    assert point.end_ms == point.start_ms
    for added in (slip, point):
        events = study.events[added.tier, added.rater]
        assert len(events) == len(clean.events[added.tier, added.rater]) + 1
        inside = events.sequence[1:] == events.sequence[:-1]
        assert (events.start_ms[1:] >= events.end_ms[:-1])[inside].all()

    empty = find(study, MistakeKind.EMPTY_TIER)
    session = study.sessions.index(empty.session)
    coded_sessions = set(study.sequences.session[study.events[empty.tier, empty.rater].sequence].tolist())
    assert session not in coded_sessions
    assert len(coded_sessions) == 31


def test_the_study_itself_is_not_changed_by_planting(toy: Codebook) -> None:
    """Only the files that hold a mistake in the coding differ from the same study without mistakes."""
    study, clean = simulate_study(toy), simulate_study(toy, mistakes=False)
    changed = {(tier.split(".")[0], rater) for tier, rater in ((m.tier or "", m.rater) for m in study.mistakes)}
    for key, events in study.events.items():
        if key not in changed:
            assert np.array_equal(events.end_ms, clean.events[key].end_ms)


@pytest.mark.parametrize(("sessions", "sequences", "raters"), [(1, 1, ("R1",)), (2, 2, ("A", "B")), (1, 3, ("A", "B"))])
def test_small_studies_get_the_mistakes_they_have_room_for(
    toy: Codebook, sessions: int, sequences: int, raters: tuple[str, ...]
) -> None:
    study = simulate_study(toy, sessions=sessions, sequences=sequences, raters=raters, mistakes="all")
    files = {(mistake.session, mistake.rater) for mistake in study.mistakes}
    assert len(files) == len(study.mistakes) <= sessions * len(raters)
