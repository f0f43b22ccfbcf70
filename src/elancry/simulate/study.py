"""A whole synthetic study as data: the truth and what each rater made of it. Nothing here touches a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from elancry.codebook.model import Codebook
from elancry.errors import UsageError
from elancry.seeds import DEFAULT_SEED
from elancry.simulate.mistakes import plant_mistakes
from elancry.simulate.parameters import (
    Effect,
    Mistakes,
    RaterModel,
    TruthModel,
    check_effects,
    default_effects,
    default_raters,
)
from elancry.simulate.raters import code_events, own_windows, rate
from elancry.simulate.simulated import SimulatedStudy
from elancry.simulate.truth import (
    draw_truth,
    lay_out_sequences,
)
from elancry.texts import text


def simulate_study(
    codebook: Codebook,
    *,
    sessions: int = 32,
    sequences: int = 46,
    raters: Sequence[str] = ("R1", "R2", "R3"),
    seed: int = DEFAULT_SEED,
    mistakes: bool | str | Mistakes = True,
    effects: Sequence[Effect] | None = None,
    truth_model: TruthModel | None = None,
    rater_models: Mapping[str, RaterModel] | RaterModel | None = None,
    window_jitter_ms: float = 0.0,
) -> SimulatedStudy:
    """Draw a study: what happened in each sequence, and how each rater coded it.

    `effects`: the planted associations, `()` for none at all, `None` for `default_effects`. `rater_models`: one model
    for everybody, one per rater, or `None` for `default_raters`. `mistakes`: `True` plants those that leave the study
    usable, `"all"` also errors. `window_jitter_ms`: 0 where sequences were prefilled, else the standard deviation of
    the raters' own sequence boundaries. Everything follows from `seed`; each system and rater has a stream of its own,
    so another rater or another rater's model changes nobody else's coding.

    Raises UsageError for a design, an effect or a parameter that cannot be.
    """
    truth_model = truth_model or TruthModel()
    _check_raters(raters)
    models = _models(raters, rater_models)
    planted = default_effects(codebook) if effects is None else tuple(effects)
    check_effects(codebook, planted)
    _check_codebook(codebook)
    units = lay_out_sequences(sessions, sequences, truth_model, seed)
    truth = draw_truth(codebook, units, planted, truth_model, seed)
    windows = {rater: own_windows(units, rater, window_jitter_ms, seed) for rater in raters}
    width = max(2, len(str(sessions)))
    study = SimulatedStudy(
        codebook=codebook,
        seed=seed,
        sessions=tuple(f"S{number + 1:0{width}d}" for number in range(sessions)),
        raters=tuple(raters),
        sequences=units,
        truth=truth,
        windows=windows,
        events={
            (system.id, rater): code_events(system, truth[system.id], units, windows[rater], rater, models[rater], seed)
            for system in codebook.systems
            if system.has_intervals
            for rater in raters
        },
        ratings={
            (system.id, rater): rate(system, truth[system.id], units, rater, models[rater], seed)
            for system in codebook.systems
            if truth[system.id].rating is not None
            for rater in raters
        },
        effects=planted,
        truth_model=truth_model,
        rater_models=models,
    )
    wanted = Mistakes.HARMLESS if mistakes is True else Mistakes.NONE if mistakes is False else Mistakes(mistakes)
    if wanted is Mistakes.NONE:
        return study
    changed = plant_mistakes(study, wanted)
    return replace(study, events=changed.events, ratings=changed.ratings, mistakes=changed.mistakes)


def _check_raters(raters: Sequence[str]) -> None:
    if not raters or len(set(raters)) < len(raters) or not all(raters):
        raise UsageError(
            text("simulate.raters-unfit", raters=tuple(map(repr, raters))) if raters else text("simulate.no-raters"),
            hint=text("simulate.raters-hint"),
        )
    unfit = [rater for rater in raters if set(rater) & set('/\\:*?"<>|@') or rater in ("consensus", "disagreement")]
    if unfit:
        raise UsageError(text("simulate.rater-name", names=tuple(unfit)), hint=text("simulate.rater-name-hint"))


def _check_codebook(codebook: Codebook) -> None:
    empty = [system.id for system in codebook.systems if not system.categories]
    if empty or not codebook.systems:
        code = "simulate.nothing-to-code-in" if empty else "simulate.nothing-to-code"
        raise UsageError(
            text(code, codebook=codebook.id, systems=tuple(empty)), hint=text("simulate.nothing-to-code-hint")
        )
    nested = [system.id for system in codebook.systems if system.parent not in (None, codebook.sequence_tier)]
    if nested:
        raise UsageError(
            text("simulate.nested", systems=tuple(nested), codebook=codebook.id), hint=text("simulate.nested-hint")
        )


def _models(raters: Sequence[str], given: Mapping[str, RaterModel] | RaterModel | None) -> dict[str, RaterModel]:
    if given is None:
        return default_raters(raters)
    if isinstance(given, RaterModel):
        return dict.fromkeys(raters, given)
    left_out = [rater for rater in raters if rater not in given]
    if left_out:
        raise UsageError(text("simulate.no-model", raters=tuple(left_out)), hint=text("simulate.no-model-hint"))
    return {rater: given[rater] for rater in raters}
