"""Raters err as their model says, and in no other way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from elancry.codebook.model import Codebook
from elancry.errors import UsageError
from elancry.simulate.parameters import RaterModel
from elancry.simulate.raters import confusion_matrix
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.study import simulate_study
from elancry.simulate.truth import Events

LARGE = {"sessions": 400, "sequences": 700, "raters": ("R1",), "mistakes": False}


def same(a: Events, b: Events) -> bool:
    return all(
        np.array_equal(getattr(a, name), getattr(b, name)) for name in ("sequence", "start_ms", "end_ms", "code")
    )


def coded(codebook: Codebook, **errors: float) -> tuple[SimulatedStudy, Events, Events]:
    """A large study by one rater with only these errors; the truth and the rater's events of the first system."""
    study = simulate_study(codebook, rater_models=RaterModel(**errors), **LARGE)
    system = codebook.systems[0].id
    return study, study.truth[system].events, study.events[system, "R1"]


def test_a_rater_without_errors_codes_the_truth(toy: Codebook) -> None:
    study = simulate_study(toy, rater_models=RaterModel(), mistakes=False)
    for system in toy.systems:
        truth = study.truth[system.id]
        assert truth.rating is not None
        assert system.scale is not None
        for rater in study.raters:
            assert same(study.events[system.id, rater], truth.events)
            expected = np.clip(np.rint(truth.rating), system.scale.minimum, system.scale.maximum)
            assert np.array_equal(study.ratings[system.id, rater], expected)


def test_one_seed_gives_one_study_and_raters_do_not_depend_on_each_other(toy: Codebook) -> None:
    study, again = simulate_study(toy), simulate_study(toy)
    other = simulate_study(toy, seed=1)
    alone = simulate_study(toy, raters=("R2",), rater_models={"R2": study.rater_models["R2"]}, mistakes=False)
    with_others = simulate_study(toy, mistakes=False)
    for key, events in study.events.items():
        assert same(events, again.events[key])
        assert not same(events, other.events[key])
    assert same(alone.events["mood", "R2"], with_others.events["mood", "R2"])
    assert np.array_equal(alone.ratings["act", "R2"], with_others.ratings["act", "R2"])


def test_confusion_matrix_rows_are_probabilities_and_groups_attract(toy: Codebook) -> None:
    """Nine categories, group a-d: a is confused with b three times as often as with e (3 b, c, d; 5 others)."""
    matrix = confusion_matrix(toy.systems[1], 0.14)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(9))
    assert np.diag(matrix) == pytest.approx(np.full(9, 0.86))
    assert matrix[0, 1] == pytest.approx(0.14 * 3 / (3 * 3 + 5))
    assert matrix[0, 4] == pytest.approx(0.14 / (3 * 3 + 5))
    assert confusion_matrix(toy.systems[0], 0.3)[0] == pytest.approx([0.7, 0.1, 0.1, 0.1])


def test_confusions_are_as_frequent_as_planted(toy: Codebook) -> None:
    """Without other errors events stay where they are, so the table of true against coded is the planted matrix."""
    _, truth, rater = coded(toy, confusion=0.2)
    assert np.array_equal(truth.start_ms, rater.start_ms)
    table = np.zeros((4, 4))
    np.add.at(table, (truth.code, rater.code), 1)
    assert table.sum() > 5_000
    assert table / table.sum(axis=1, keepdims=True) == pytest.approx(confusion_matrix(toy.systems[0], 0.2), abs=0.06)


def test_misses_are_as_frequent_as_planted_and_leave_the_rest(toy: Codebook) -> None:
    _, truth, rater = coded(toy, missed=0.1)
    assert 1 - len(rater) / len(truth) == pytest.approx(0.1, abs=0.02)
    left = set(zip(truth.sequence.tolist(), truth.start_ms.tolist(), truth.end_ms.tolist(), strict=True))
    assert set(zip(rater.sequence.tolist(), rater.start_ms.tolist(), rater.end_ms.tolist(), strict=True)) <= left


def test_splits_keep_the_category_and_the_outer_boundaries(toy: Codebook) -> None:
    _, truth, rater = coded(toy, split=0.2)
    long = truth.end_ms - truth.start_ms >= 3_000
    assert (len(rater) - len(truth)) / long.sum() == pytest.approx(0.2, abs=0.03)
    starts = {key: i for i, key in enumerate(zip(truth.sequence.tolist(), truth.start_ms.tolist(), strict=True))}
    owner = np.maximum.accumulate(
        [starts.get(key, 0) for key in zip(rater.sequence.tolist(), rater.start_ms.tolist(), strict=True)]
    )
    assert np.array_equal(truth.code[owner], rater.code)
    assert (rater.end_ms <= truth.end_ms[owner]).all()


def test_extras_fill_gaps_only(toy: Codebook) -> None:
    _, truth, rater = coded(toy, extra=0.5)
    extra = len(rater) - len(truth)
    assert extra > 300
    kept = set(
        zip(truth.sequence.tolist(), truth.start_ms.tolist(), truth.end_ms.tolist(), truth.code.tolist(), strict=True)
    )
    found = set(
        zip(rater.sequence.tolist(), rater.start_ms.tolist(), rater.end_ms.tolist(), rater.code.tolist(), strict=True)
    )
    assert kept <= found
    inside = rater.sequence[1:] == rater.sequence[:-1]
    assert (rater.start_ms[1:] >= rater.end_ms[:-1])[inside].all()


def test_jitter_and_delay_of_boundaries(toy: Codebook) -> None:
    """Boundaries that touch no neighbour move by a normal error: mean = delay, standard deviation = jitter."""
    study, truth, rater = coded(toy, jitter_ms=200, onset_delay_ms=120)
    pairs = []
    for row in range(len(study.sequences)):
        a, b = truth.of_sequence(row), rater.of_sequence(row)
        if len(a) == len(b):
            alone = np.ones(len(a), dtype=bool)
            alone[1:] = a.start_ms[1:] - a.end_ms[:-1] > 1_500
            alone[0] = a.start_ms[0] - study.sequences.start_ms[row] > 1_500
            pairs.append((b.start_ms - a.start_ms)[alone])
    moved = np.concatenate(pairs)
    assert len(moved) > 1_000
    assert moved.mean() == pytest.approx(120, abs=4 * 200 / np.sqrt(len(moved)))
    assert moved.std() == pytest.approx(200, abs=4 * 200 / np.sqrt(2 * len(moved)))


def test_drift_grows_over_the_sessions(toy: Codebook) -> None:
    """Misses .1 in the first session, .3 in the last: .15 and .25 on average in the two halves."""
    study, truth, rater = coded(toy, missed=0.1, drift=2.0)
    half = study.sequences.session >= 200
    for late, expected in ((False, 0.15), (True, 0.25)):
        n_true, n_coded = ((half[events.sequence] == late).sum() for events in (truth, rater))
        assert 1 - n_coded / n_true == pytest.approx(expected, abs=0.03)


def test_rating_noise_bias_and_drift(toy: Codebook) -> None:
    """Scale 1-7: true ratings have the standard deviation .25 * 6; rounding adds a variance of 1/12 to the noise."""
    study = simulate_study(toy, rater_models=RaterModel(rating_noise=0.5), **LARGE)
    truth = study.truth["act"].rating
    assert truth is not None
    # Middle of the scale only, where nothing is cut off at its ends.
    middle = (truth > 3) & (truth < 5)
    error = (study.ratings["act", "R1"] - truth)[middle]
    assert error.std() == pytest.approx(np.sqrt((0.5 * 0.25 * 6) ** 2 + 1 / 12), rel=0.05)
    assert error.mean() == pytest.approx(0, abs=0.05)
    shifted = simulate_study(toy, rater_models=RaterModel(rating_bias=0.4, rating_drift=1.0), **LARGE)
    plain = simulate_study(toy, rater_models=RaterModel(), **LARGE)
    difference = shifted.ratings["act", "R1"] - plain.ratings["act", "R1"]
    middle = (truth > 2) & (truth < 5)
    early, late = study.sequences.session < 40, study.sequences.session >= 360
    assert difference[early][middle[early]].mean() == pytest.approx(0.45, abs=0.08)
    assert difference[late][middle[late]].mean() == pytest.approx(1.35, abs=0.08)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_overlaps_on_a_tier_even_with_every_error_at_once(toy: Codebook, seed: int) -> None:
    wild = RaterModel(0.3, 0.1, 0.5, 0.4, 2_500.0, 300.0, 1.0, 0.5, drift=2.0, rating_drift=1.0)
    study = simulate_study(toy, seed=seed, rater_models=wild, mistakes=False, window_jitter_ms=1_500)
    for (_, rater), events in study.events.items():
        window = study.windows[rater][events.sequence]
        assert (events.end_ms - events.start_ms >= 300).all()
        assert (events.start_ms >= window[:, 0]).all()
        assert (events.end_ms <= window[:, 1]).all()
        inside = events.sequence[1:] == events.sequence[:-1]
        assert (np.diff(events.sequence) >= 0).all()
        assert (events.start_ms[1:] >= events.end_ms[:-1])[inside].all()
        assert set(np.unique(events.code)) <= set(range(9))


def test_sequences_are_prefilled_unless_raters_draw_their_own(toy: Codebook) -> None:
    prefilled = simulate_study(toy, mistakes=False)
    for a, b in pairwise(prefilled.windows.values()):
        assert np.array_equal(a, b)
    own = simulate_study(toy, mistakes=False, window_jitter_ms=800)
    assert not np.array_equal(own.windows["R1"], own.windows["R2"])
    moved = np.concatenate([(window - prefilled.windows["R1"]).ravel() for window in own.windows.values()])
    assert moved.std() == pytest.approx(800, rel=0.2)


def test_models_must_be_given_for_every_rater(toy: Codebook) -> None:
    with pytest.raises(UsageError, match="no rater model is given for R2, R3"):
        simulate_study(toy, rater_models={"R1": RaterModel()})
    with pytest.raises(UsageError, match=r"confusion is -0\.1"):
        RaterModel(confusion=-0.1)
