"""One planned regression, fitted on the rows of `sequences.csv` that have all its scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.regression import INTERCEPT, LinearFit, fit_ols, refusal, screen
from elancry.association.scores import COVARIATE_PREFIX
from elancry.study.associate.regression_plan import ModelPlan

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Fitted:
    """A model that was fitted, with the rows of `sequences.csv` it rests on."""

    plan: ModelPlan
    fit: LinearFit
    clusters: NDArray[np.int64]
    n_sessions: int
    n_left_out: int
    dropped: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Unfitted:
    """A model that could not be fitted, and why."""

    plan: ModelPlan
    reason: str
    n_sequences: int
    n_sessions: int
    dropped: tuple[str, ...]


def fit_plan(frame: pd.DataFrame, plan: ModelPlan, cluster: str) -> Fitted | Unfitted:
    """Fit one planned model on the sequences that have all its scores."""
    terms = plan.terms
    y_all = frame[plan.outcome_column].to_numpy(dtype=np.float64)
    x_all = np.column_stack(
        [np.empty((len(frame), 0)), *(frame[plan.column(term)].to_numpy(dtype=np.float64) for term in terms)]
    )
    complete = ~np.isnan(y_all) & ~np.isnan(x_all).any(axis=1)
    rows = np.flatnonzero(complete)
    labels = tuple(f"{frame['session'].iloc[row]}/{frame['sequence'].iloc[row]}" for row in rows)
    n_sessions = int(frame["session"].iloc[rows].nunique())
    x, y = x_all[rows], y_all[rows]
    kept = screen(x, terms)
    dropped = (*plan.predictors.notes, *(f"{name}: {why}" for name, why in kept.dropped))
    reason = plan.refusal
    if reason is None and not len(rows):
        reason = "no sequence has all scores of this model"
    if reason is None and not any(is_predictor(terms[column]) for column in kept.keep):
        reason = "no predictor is left"
    if reason is None:
        reason = refusal(y, x[:, kept.keep])
    if reason is not None:
        return Unfitted(plan, reason, len(rows), n_sessions, dropped)
    fit = fit_ols(y, x[:, kept.keep], [terms[column] for column in kept.keep])
    values = frame[cluster].iloc[rows].tolist()
    codes = {value: code for code, value in enumerate(dict.fromkeys(values))}
    clusters = np.array([codes[value] for value in values], dtype=np.int64)
    return Fitted(plan, fit, clusters, n_sessions, int((~complete).sum()), dropped, labels)


def is_predictor(term: str) -> bool:
    """Whether a term belongs to the family: neither intercept nor covariate."""
    return term != INTERCEPT and not term.startswith(COVARIATE_PREFIX)
