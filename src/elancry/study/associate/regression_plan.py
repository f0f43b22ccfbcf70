"""Which regressions are to be fitted, on which columns of `sequences.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.scores import (
    COVARIATE_PREFIX,
    GROUP_PREFIX,
    MINIMUM_SESSIONS,
    UNCODED,
    Term,
    by_group,
    join_rare,
    reference_of,
)
from elancry.choices import Score
from elancry.codebook.model import Layout
from elancry.errors import UsageError
from elancry.study.associate.sequence_scores import column_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from elancry.codebook.model import Codebook, System

HEADLINE_ORDER = (Score.RATING, Score.SHARE)


@dataclass(frozen=True)
class Predictors:
    """The predictors of one system and score: term -> column; the reference and who was left out, in words."""

    terms: tuple[Term, ...]
    reference: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Picked:
    """Categories that the plan picks one by one: system -> categories; a system that is not named keeps all."""

    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    predictors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


EVERYTHING = Picked()


@dataclass(frozen=True)
class ModelPlan:
    """One regression to fit, or the reason why not (`refusal`)."""

    score: Score
    outcome_system: System
    outcome: str
    predictor_system: System
    predictors: Predictors
    refusal: str | None = None
    covariates: tuple[str, ...] = ()

    @property
    def outcome_column(self) -> str:
        """Name of the outcome in `sequences.csv`."""
        return column_name(self.score, self.outcome_system.id, self.outcome)

    @property
    def terms(self) -> tuple[str, ...]:
        """Predictors, then covariates as `covariate:NAME`."""
        names = [term.name for term in self.predictors.terms]
        return (*names, *(COVARIATE_PREFIX + name for name in self.covariates))

    def column(self, term: str) -> str:
        """Name of a predictor or covariate in `sequences.csv`."""
        if term.startswith(COVARIATE_PREFIX):
            return term.removeprefix(COVARIATE_PREFIX)
        return column_name(self.score, self.predictor_system.id, term)


def plans(
    scores: pd.DataFrame,
    codebook: Codebook,
    *,
    wanted: Iterable[Score | str] | None = None,
    directions: Sequence[tuple[str, str]] | None = None,
    references: Mapping[str, str] | None = None,
    covariates: Sequence[str] = (),
    picked: Picked = EVERYTHING,
) -> list[ModelPlan]:
    """Every regression: per score that both systems have, per direction, per outcome, in codebook order.

    `wanted`: scores, default `rating` and `share` where both systems have them. `directions`: (outcome system,
    predictor system), default both of every pair. `references`: system -> reference category of its shares.
    `covariates`: columns of numbers in `scores`, held constant in every model. `picked`: the categories that may be
    outcomes and predictors.
    """
    check_covariates(scores, covariates)
    found: list[ModelPlan] = []
    chosen = HEADLINE_ORDER if wanted is None else tuple(Score(item) for item in wanted)
    ways = list(permutations([system.id for system in codebook.systems], 2)) if directions is None else list(directions)
    for score in chosen:
        for outcome_id, predictor_id in ways:
            outcome_system, predictor_system = codebook.system(outcome_id), codebook.system(predictor_id)
            if outcome_system is None or predictor_system is None:
                continue
            if not (has_score(scores, score, outcome_system) and has_score(scores, score, predictor_system)):
                continue
            predictors = choose_predictors(
                scores,
                score,
                predictor_system,
                (references or {}).get(predictor_id),
                picked.predictors.get(predictor_id),
            )
            outcomes, refused = _outcomes(scores, score, outcome_system, picked.outcomes.get(outcome_id))
            for outcome in outcomes:
                found.append(
                    ModelPlan(
                        score,
                        outcome_system,
                        outcome,
                        predictor_system,
                        predictors,
                        refused.get(outcome),
                        tuple(covariates),
                    )
                )
    return found


def check_covariates(scores: pd.DataFrame, covariates: Sequence[str]) -> None:
    """Raise UsageError for a covariate that is no column, or holds something other than numbers."""
    from pandas.api.types import is_numeric_dtype

    for name in covariates:
        if name not in scores:
            raise UsageError(
                f"the covariate {name!r} is no column of the sessions table",
                hint="Columns: " + ", ".join(str(column) for column in scores if "." not in str(column)),
            )
        if not is_numeric_dtype(scores[name]):
            raise UsageError(
                f"the covariate {name!r} holds text; a regression needs numbers",
                hint="Code it as numbers, for example 0 and 1, one column per contrast.",
            )


def has_score(scores: pd.DataFrame, score: Score, system: System) -> bool:
    """Whether the table holds this score for the system."""
    return any(column_name(score, system.id, category.id) in scores for category in system.categories)


def choose_predictors(
    scores: pd.DataFrame,
    score: Score,
    system: System,
    reference: str | None = None,
    picked: Sequence[str] | None = None,
) -> Predictors:
    """All categories of `system`, or those `picked`; rare ones joined, shares against their reference.

    Of picked shares none needs to be left out: what was not picked is what they are read against.
    """
    every = {category.id: category.group for category in system.categories}
    if picked is not None and set(every) - set(picked):
        return _picked(scores, score, system, reference, [name for name in every if name in picked], picked)
    group_of = every
    with_it = {name: sessions_with(scores, score, system, [name]) for name in group_of}
    members: dict[str, list[str]] = {}
    for name, group in group_of.items():
        if group is not None:
            members.setdefault(group, []).append(name)
    group_sessions = {group: sessions_with(scores, score, system, names) for group, names in members.items()}
    terms, notes = join_rare(with_it, group_of, group_sessions)
    return _against_reference(scores, score, system, terms, notes, reference)


def _picked(
    scores: pd.DataFrame,
    score: Score,
    system: System,
    reference: str | None,
    names: Sequence[str],
    picked: Sequence[str],
) -> Predictors:
    members = {group.id: [item.id for item in system.categories if item.group == group.id] for group in system.groups}
    # A group's score is that of all its categories, so it stands in only where all of them were picked.
    whole = {group for group, its in members.items() if set(its) <= set(names)}
    group_of = {item.id: item.group if item.group in whole else None for item in system.categories if item.id in names}
    with_it = {name: sessions_with(scores, score, system, [name]) for name in names}
    group_sessions = {group: sessions_with(scores, score, system, members[group]) for group in whole}
    terms, notes = join_rare(with_it, group_of, group_sessions)
    rest = [category.id for category in system.categories if category.id not in names]
    if not _is_whole(scores, score, system):
        return Predictors(terms, "", (*notes, f"{', '.join(rest)}: not picked"))
    if UNCODED in picked:
        terms = (*terms, Term(UNCODED, (UNCODED,)))
    else:
        rest.append(UNCODED)
    against = next((term.name for term in terms if reference is not None and reference in term.members), "")
    kept = tuple(term for term in terms if term.name != against)
    meant = f"they count with {against}" if against else "a coefficient reads: more of this instead of any of these"
    return Predictors(kept, against, (*notes, f"{', '.join(rest)}: not picked; {meant}"))


def group_predictors(scores: pd.DataFrame, score: Score, system: System, reference: str | None = None) -> Predictors:
    """The codebook's groups as predictors (`predictors: groups`)."""
    group_of = {category.id: category.group for category in system.categories}
    with_it = {name: sessions_with(scores, score, system, [name]) for name in group_of}
    wanted = group_of.get(reference or "")
    return _against_reference(
        scores, score, system, by_group(with_it, group_of), (), GROUP_PREFIX + wanted if wanted else reference
    )


def _against_reference(
    scores: pd.DataFrame,
    score: Score,
    system: System,
    terms: tuple[Term, ...],
    notes: tuple[str, ...],
    wanted: str | None,
) -> Predictors:
    if not terms or not _is_whole(scores, score, system):
        return Predictors(terms, "", notes)
    candidates = (*terms, Term(UNCODED, (UNCODED,)))
    names = [term.name for term in candidates]
    means = [float(np.nan_to_num(scores[column_name(score, system.id, name)].mean())) for name in names]
    joined = next((term.name for term in terms if wanted in term.members), wanted)
    reference = reference_of(names, means, joined)
    alone = {name for term in terms for name in term.members}
    notes = tuple(
        note
        if note.split(":")[0] in alone or note.endswith("never coded")
        else f"{note}; its time counts as {reference}"
        for note in notes
    )
    return Predictors(tuple(term for term in candidates if term.name != reference), reference, notes)


def _is_whole(scores: pd.DataFrame, score: Score, system: System) -> bool:
    """Whether the scores of a sequence are parts of one whole, its time."""
    one_tier = system.layout is not Layout.TIER_PER_CATEGORY
    return score is Score.SHARE and one_tier and column_name(score, system.id, UNCODED) in scores


def sessions_with(scores: pd.DataFrame, score: Score, system: System, names: Sequence[str]) -> int:
    """Number of sessions in which any of the categories was coded, or rated above the lowest point of the scale."""
    lowest = 0.0
    if score is Score.RATING and system.scale is not None:
        lowest = float(system.scale.minimum)
    there: NDArray[np.bool_] = np.zeros(len(scores), dtype=bool)
    for name in names:
        column = column_name(score, system.id, name)
        if column in scores:
            there |= np.asarray(scores[column].to_numpy(dtype=np.float64) > lowest)
    return int(scores.loc[there, "session"].nunique())


def _outcomes(
    scores: pd.DataFrame, score: Score, system: System, picked: Sequence[str] | None = None
) -> tuple[list[str], dict[str, str]]:
    """Outcomes in codebook order, groups that stand in for rare categories at the end; refusals by outcome."""
    wanted = [category for category in system.categories if picked is None or category.id in picked]
    outcomes = [category.id for category in wanted]
    refused: dict[str, str] = {}
    for category in wanted:
        number = sessions_with(scores, score, system, [category.id])
        if number == 0:
            refused[category.id] = "never coded: there is nothing to explain"
        elif number < MINIMUM_SESSIONS:
            words = f"coded in {number} session{'s' if number > 1 else ''}, fewer than {MINIMUM_SESSIONS}: not tested"
            members = [item.id for item in system.categories if item.group == category.group]
            stand_in = None if category.group is None else GROUP_PREFIX + category.group
            if (
                stand_in is not None
                and len(members) > 1
                and sessions_with(scores, score, system, members) >= MINIMUM_SESSIONS
            ):
                words += f"; its group is tested as {stand_in}"
                if stand_in not in outcomes:
                    outcomes.append(stand_in)
            refused[category.id] = words
    return outcomes, refused
