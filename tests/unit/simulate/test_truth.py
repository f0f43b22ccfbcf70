"""The truth has the properties that were planted; tolerances are four standard errors in a large study."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from elancry.codebook.model import Codebook
from elancry.errors import UsageError
from elancry.simulate.parameters import Effect, TruthModel, default_effects, rare_categories
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.study import simulate_study

LARGE = {"sessions": 2_000, "sequences": 4_000, "raters": ("R1",), "mistakes": False}
TOLERANCE = 4 / np.sqrt(4_000) * 1.3  # 1.3: sequences of one session are not independent


def slopes(study: SimulatedStudy) -> np.ndarray:
    """Slopes (predictors, outcomes) by least squares on the intensities."""
    x = study.truth["act"].intensity
    return np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), study.truth["mood"].intensity, rcond=None)[0][1:]


def test_slopes_are_the_planted_ones(toy: Codebook) -> None:
    study = simulate_study(toy, **LARGE)
    planted = np.zeros((9, 4))
    planted[[1, 2], 1] = 0.5  # second and third predictor -> second outcome
    planted[[7, 8], 2] = 0.5  # last two predictors -> third outcome
    assert slopes(study) == pytest.approx(planted, abs=TOLERANCE)
    assert study.truth["mood"].intensity.std(axis=0) == pytest.approx(np.ones(4), abs=TOLERANCE)


def test_without_effects_nothing_goes_together(toy: Codebook) -> None:
    study = simulate_study(toy, effects=(), **LARGE)
    assert study.effects == ()
    assert slopes(study) == pytest.approx(np.zeros((9, 4)), abs=TOLERANCE)


@pytest.mark.parametrize("icc", [0.0, 0.3, 0.8])
def test_intraclass_correlation_within_sessions(toy: Codebook, icc: float) -> None:
    """Covariance of pairs of sequences of one session, whose variance is 1: the definition of the ICC."""
    study = simulate_study(toy, truth_model=TruthModel(session_icc=icc), **LARGE)
    same = np.flatnonzero(study.sequences.session[1:] == study.sequences.session[:-1])
    for truth in study.truth.values():
        z = truth.intensity
        assert (z[same] * z[same + 1]).mean() == pytest.approx(icc, abs=0.06)


def accompanied(study: SimulatedStudy, predictor: int) -> np.ndarray:
    """Proportion of each outcome event during which the predictor goes on, counted event by event."""
    given, target = study.truth["act"].events, study.truth["mood"].events
    found = np.zeros(len(target))
    for i in range(len(target)):
        near = given.of_sequence(int(target.sequence[i]))
        shared = np.minimum(near.end_ms, target.end_ms[i]) - np.maximum(near.start_ms, target.start_ms[i])
        found[i] = np.maximum(shared, 0)[near.code == predictor].sum() / (target.end_ms[i] - target.start_ms[i])
    return found


def log_odds(mask: np.ndarray) -> float:
    return float(np.log(mask.sum() / (~mask).sum()))


@pytest.mark.parametrize("together", [0.0, 1.2])
def test_co_occurrence_is_planted_in_time_and_only_where_asked(toy: Codebook, together: float) -> None:
    """Events wholly accompanied by the predictor against events wholly without it differ by `together` in log odds."""
    study = simulate_study(
        toy,
        sessions=300,
        sequences=700,
        raters=("R1",),
        mistakes=False,
        effects=[Effect("act", "b", "mood", "green", together=together)],
        truth_model=TruthModel(share_spread=0.0, event_mean_ms=4_000),
    )
    code = study.truth["mood"].events.code
    for predictor, outcome, expected in ((1, 1, together), (2, 1, 0.0)):
        overlap = accompanied(study, predictor)
        whole, without = overlap > 0.999, overlap == 0
        assert whole.sum() > 300
        difference = log_odds(code[whole] == outcome) - log_odds(code[without] == outcome)
        assert difference == pytest.approx(expected, abs=4 * np.sqrt(1 / 100 + 1 / 300))


@pytest.mark.parametrize(("trend", "low", "high"), [(0.0, -0.2, 0.2), (3.0, 1.2, 2.0)])
def test_time_trend_moves_both_systems_alike(toy: Codebook, trend: float, low: float, high: float) -> None:
    """Half the trend lies between the middles of the halves: 3 -> 1.5 in log odds of first against last category."""
    study = simulate_study(toy, effects=(), truth_model=TruthModel(time_trend=trend, rare_weight=1), **LARGE)
    for truth in study.truth.values():
        events = truth.events
        middle = (study.sequences.start_ms + study.sequences.end_ms)[events.sequence] / 2
        early = events.start_ms < middle
        last = truth.intensity.shape[1] - 1
        count = [[np.sum(half & (events.code == k)) for k in (0, last)] for half in (early, ~early)]
        assert low < np.log(count[0][0] / count[0][1]) - np.log(count[1][0] / count[1][1]) < high


def test_events_lie_in_their_sequences_one_after_the_other(toy: Codebook) -> None:
    study = simulate_study(toy, mistakes=False)
    for truth in study.truth.values():
        events = truth.events
        assert (events.end_ms - events.start_ms >= 400).all()
        assert (events.start_ms >= study.sequences.start_ms[events.sequence]).all()
        assert (events.end_ms <= study.sequences.end_ms[events.sequence]).all()
        same = events.sequence[1:] == events.sequence[:-1]
        assert (np.diff(events.sequence) >= 0).all()
        assert (events.start_ms[1:] >= events.end_ms[:-1])[same].all()
        touching = same & (events.start_ms[1:] == events.end_ms[:-1])
        assert touching.any()
        assert (events.code[1:] != events.code[:-1])[touching].all()


def test_share_of_coded_time_and_rare_categories(toy: Codebook) -> None:
    study = simulate_study(toy, **LARGE)
    assert rare_categories(toy.systems[0], study.effects) == ("grey",)
    assert rare_categories(toy.systems[1], study.effects) == ("a",)
    for truth, rare in zip(study.truth.values(), (3, 0), strict=True):
        share = (truth.events.end_ms - truth.events.start_ms).sum() / study.sequences.duration_ms.sum()
        assert share == pytest.approx(0.75, abs=0.03)
        count = np.bincount(truth.events.code)
        assert count[rare] < 0.3 * np.delete(count, rare).min()


def test_every_session_has_a_sequence_and_none_overlap(toy: Codebook) -> None:
    for sessions, sequences in ((1, 1), (32, 46), (2, 40)):
        study = simulate_study(toy, sessions=sessions, sequences=sequences, raters=("R1",), mistakes=False)
        units = study.sequences
        assert len(units) == sequences
        assert len(study.sessions) == sessions == len(set(units.session.tolist()))
        same = units.session[1:] == units.session[:-1]
        assert (units.start_ms[1:] > units.end_ms[:-1] + 1_500)[same].all()
        assert (units.end_ms < units.session_end_ms[units.session]).all()
        names = {(session, name) for session, name in zip(units.session.tolist(), units.name, strict=True)}
        assert len(names) == sequences


def test_default_effects_take_what_the_codebook_holds(toy: Codebook) -> None:
    one = Codebook("one", "One system", toy.systems[:1])
    assert default_effects(one) == ()
    assert {effect.predictor_system for effect in default_effects(toy)} == {"act"}
    assert [effect.outcome for effect in default_effects(toy)] == ["green", "green", "blue", "blue"]


@pytest.mark.parametrize(
    ("effects", "message"),
    [
        ([Effect("act", "z", "mood", "red", 0.2)], "an effect refers to act.z, which is not in the codebook toy"),
        (
            [Effect("act", "a", "mood", "red", 0.8), Effect("act", "b", "mood", "red", 0.7)],
            "explain 1.13 of a variance",
        ),
        ([Effect("act", "a", "mood", "red", 0.2), Effect("mood", "red", "act", "a", 0.2)], "form a loop"),
    ],
)
def test_impossible_effects_are_refused(toy: Codebook, effects: list[Effect], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        simulate_study(toy, effects=effects)


def test_impossible_designs_are_refused(toy: Codebook) -> None:
    with pytest.raises(UsageError, match="3 sequences in 5 sessions"):
        simulate_study(toy, sessions=5, sequences=3)
    with pytest.raises(UsageError, match="invalid raters: 'R1', 'R1'"):
        simulate_study(toy, raters=("R1", "R1"))
    with pytest.raises(UsageError, match=r"session_icc is 1\.2; expected a number from 0 to 1"):
        TruthModel(session_icc=1.2)


def test_a_study_four_times_as_large_takes_about_four_times_the_work(toy: Codebook) -> None:
    """Simulations of the statistics draw thousands of studies: calls are counted, speed is for the benchmarks."""

    def calls(sessions: int, sequences: int) -> int:
        counted = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            simulate_study(toy, sessions=sessions, sequences=sequences, mistakes=False)
        finally:
            sys.setprofile(before)
        return counted

    few, many = calls(32, 46), calls(128, 184)
    assert few > 1_000, "the calls are counted"
    assert many < 5 * few
