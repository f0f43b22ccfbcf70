"""Which regressions are to be fitted, on which columns of `sequences.csv`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
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
from elancry.choices import Method, PredictorSet, Score
from elancry.codebook.model import Category, Layout
from elancry.errors import UsageError
from elancry.names import require
from elancry.study.associate.sequence_scores import column_name
from elancry.study.plan_checks import directions
from elancry.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from elancry.codebook.model import Codebook, System
    from elancry.study.plan_keys import Plan


@dataclass(frozen=True)
class Sample:
    """What every model is computed from: the table of `sequences.csv`, its column that clusters, and all choices."""

    frame: pd.DataFrame
    cluster: str
    plan: Plan

    def values(self, columns: Sequence[str]) -> NDArray[np.float64]:
        """The named columns as (n, k)."""
        return self.frame[list(columns)].to_numpy(dtype=np.float64, na_value=np.nan)

    def clusters(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Numbers of the clusters of the sequences in `rows` (n,), in order of their first appearance there."""
        values = self.frame[self.cluster][rows].tolist()
        codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
        return np.array([codes[value] for value in values], dtype=np.int64)

    def n_sessions(self, rows: NDArray[np.bool_]) -> int:
        """Number of sessions that the sequences in `rows` (n,) come from."""
        return int(self.frame["session"][rows].nunique())

    def has(self, score: Score, system: System) -> bool:
        """Whether the table holds this score for the system."""
        return any(column_name(score, system.id, category.id) in self.frame for category in system.categories)

    def sessions_with(self, score: Score, system: System, names: Sequence[str]) -> int:
        """Number of sessions in which any of these was coded, or rated above the lowest point of the scale."""
        lowest = 0.0
        if score is Score.RATING and system.scale is not None:
            lowest = float(system.scale.minimum)
        columns = [column_name(score, system.id, name) for name in names]
        there = np.asarray(self.values([column for column in columns if column in self.frame]) > lowest, dtype=np.bool_)
        return self.n_sessions(np.any(there, axis=1))

    def is_whole(self, score: Score, system: System) -> bool:
        """Whether the scores of a sequence are parts of one whole, its time."""
        one_tier = system.layout is not Layout.TIER_PER_CATEGORY
        return score is Score.SHARE and one_tier and column_name(score, system.id, UNCODED) in self.frame


def complete(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which rows of (n, k) lack no value, (n,)."""
    return np.asarray(~np.isnan(values).any(axis=1), dtype=np.bool_)


def level(name: str, n: int = 1) -> Text | str:
    """The name of a level of nesting as it stands for `n` of it."""
    return text(f"level.{name}", n=n) if name in ("session", "patient", "therapist") else name + "s" * (n != 1)


@dataclass(frozen=True)
class Predictors:
    """The predictors of one system and score: terms, the reference, and who was left out and why."""

    terms: tuple[Term, ...]
    reference: str = ""
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class ModelSpec:
    """One regression to fit, or the reason why not (`refusal`)."""

    score: Score
    outcome_system: System
    outcome: str
    predictor_system: System
    predictors: Predictors
    refusal: Text | None = None
    covariates: tuple[str, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        """What tells this model apart, as columns of a table."""
        return {
            "outcome_system": self.outcome_system.id,
            "outcome": self.outcome,
            "predictor_system": self.predictor_system.id,
            "score": self.score.value,
        }

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


def specs(sample: Sample, codebook: Codebook) -> Iterator[ModelSpec]:
    """Every regression: per score that both systems have, per direction, per outcome, in codebook order.

    Models of the score `present` that only the method `logistic` asks for come last. Raises UsageError for a covariate
    that is no column of numbers.
    """
    plan = sample.plan
    check_covariates(sample.frame, plan.covariates or ())
    scores = [*plan.scores]
    if Method.LOGISTIC in plan.sensitivity and Score.PRESENT not in scores:
        scores.append(Score.PRESENT)
    for score, (outcome_id, predictor_id) in product(scores, directions(plan, codebook)):
        outcome_system, predictor_system = codebook.system(outcome_id), codebook.system(predictor_id)
        if outcome_system is None or predictor_system is None:
            continue
        reference = dict(plan.references or ()).get(predictor_id)
        if plan.predictors is PredictorSet.GROUPS:
            predictor_system, reference = by_its_groups(predictor_system, reference)
        if not (sample.has(score, outcome_system) and sample.has(score, predictor_system)):
            continue
        picked = dict(plan.predictor_categories or ()).get(predictor_id)
        predictors = choose_predictors(sample, score, predictor_system, reference, picked)
        for outcome, refused in _outcomes(sample, score, outcome_system).items():
            covariates = tuple(plan.covariates or ())
            yield ModelSpec(score, outcome_system, outcome, predictor_system, predictors, refused, covariates)


def check_covariates(frame: pd.DataFrame, covariates: Sequence[str]) -> None:
    """Raise UsageError for a covariate that is no column, or holds something other than numbers."""
    from pandas.api.types import is_numeric_dtype

    require("covariate", covariates, [str(column) for column in frame if "." not in str(column)])
    for name in covariates:
        if not is_numeric_dtype(frame[name]):
            raise UsageError(text("nesting.covariate-text", name=name), hint=text("nesting.covariate-text-hint"))


def by_its_groups(system: System, reference: str | None = None) -> tuple[System, str | None]:
    """The system with its groups as its categories (ungrouped categories stay), and the group of `reference`.

    The scores of a group have columns of their own in `sequences.csv` (`share.SYSTEM.group:GROUP`), so a category that
    is called `group:GROUP` finds them there.
    """
    used = {category.group for category in system.categories}
    groups = [Category(GROUP_PREFIX + group.id, group.labels) for group in system.groups if group.id in used]
    category = system.category(reference) if reference else None
    if category is not None and category.group is not None:
        reference = GROUP_PREFIX + category.group
    if not groups:
        return system, reference
    alone = [category for category in system.categories if category.group is None]
    return replace(system, categories=(*groups, *alone), groups=()), reference


def choose_predictors(
    sample: Sample,
    score: Score,
    system: System,
    reference: str | None = None,
    picked: Sequence[str] | None = None,
) -> Predictors:
    """All categories of `system`, or those `picked`; rare ones joined, shares against their reference.

    Of picked shares none needs to be left out: what was not picked is what they are read against.
    """
    names = [category.id for category in system.categories if picked is None or category.id in picked]
    rest = [category.id for category in system.categories if category.id not in names]
    members: dict[str, list[str]] = {}
    for category in system.categories:
        if category.group is not None:
            members.setdefault(category.group, []).append(category.id)
    # A group's score is that of all its categories, so it stands in only where all of them were picked.
    whole = {group for group, its in members.items() if set(its) <= set(names)}
    group_of = {item.id: item.group if item.group in whole else None for item in system.categories if item.id in names}
    with_it = {name: sample.sessions_with(score, system, [name]) for name in names}
    group_sessions = {group: sample.sessions_with(score, system, members[group]) for group in whole}
    terms, notes = join_rare(with_it, group_of, group_sessions)
    if picked is None or not rest:
        return _against_reference(sample, score, system, Predictors(terms, notes=notes), reference)
    if not sample.is_whole(score, system):
        return Predictors(terms, "", (*notes, text("model.not-picked", names=tuple(rest))))
    if UNCODED in picked:
        terms = (*terms, Term(UNCODED, (UNCODED,)))
    else:
        rest.append(UNCODED)
    against = next((term.name for term in terms if reference is not None and reference in term.members), "")
    kept = tuple(term for term in terms if term.name != against)
    if against:
        note = text("model.not-picked-with-reference", names=tuple(rest), reference=against)
    else:
        note = text("model.not-picked-shares", names=tuple(rest))
    return Predictors(kept, against, (*notes, note))


def group_predictors(sample: Sample, score: Score, system: System, reference: str | None = None) -> Predictors:
    """The codebook's groups as predictors (`predictors: groups`)."""
    group_of = {category.id: category.group for category in system.categories}
    with_it = {name: sample.sessions_with(score, system, [name]) for name in group_of}
    wanted = group_of.get(reference or "")
    return _against_reference(
        sample, score, system, Predictors(by_group(with_it, group_of)), GROUP_PREFIX + wanted if wanted else reference
    )


def _against_reference(
    sample: Sample, score: Score, system: System, chosen: Predictors, wanted: str | None
) -> Predictors:
    """The same without the reference of shares, which takes the time of every category that was left out."""
    if not chosen.terms or not sample.is_whole(score, system):
        return chosen
    candidates = (*chosen.terms, Term(UNCODED, (UNCODED,)))
    names = [term.name for term in candidates]
    means = [float(np.nan_to_num(sample.frame[column_name(score, system.id, name)].mean())) for name in names]
    joined = next((term.name for term in chosen.terms if wanted in term.members), wanted)
    reference = reference_of(names, means, joined)
    alone = {name for term in chosen.terms for name in term.members}
    notes = tuple(
        note
        if note.code == "model.never-coded" or note.fields["name"] in alone
        else text("model.counts-with", note=note, reference=reference)
        for note in chosen.notes
    )
    return Predictors(tuple(term for term in candidates if term.name != reference), reference, notes)


def _outcomes(sample: Sample, score: Score, system: System) -> Mapping[str, Text | None]:
    """Outcome -> why it is not explained; in codebook order, groups that stand in for rare categories at the end."""
    picked = dict(sample.plan.outcome_categories or ()).get(system.id)
    wanted = [category for category in system.categories if picked is None or category.id in picked]
    found: dict[str, Text | None] = {category.id: None for category in wanted}
    for category in wanted:
        number = sample.sessions_with(score, system, [category.id])
        if number == 0:
            found[category.id] = text("model.outcome-never-coded")
        elif number < MINIMUM_SESSIONS:
            sessions = text("count.sessions", n=number)
            found[category.id] = text("model.outcome-rare", sessions=sessions, minimum=MINIMUM_SESSIONS)
            members = [item.id for item in system.categories if item.group == category.group]
            if category.group is None or len(members) == 1:
                continue
            if sample.sessions_with(score, system, members) >= MINIMUM_SESSIONS:
                stand_in = GROUP_PREFIX + category.group
                found.setdefault(stand_in, None)
                found[category.id] = text(
                    "model.outcome-rare-in-group", sessions=sessions, minimum=MINIMUM_SESSIONS, group=stand_in
                )
    return found
