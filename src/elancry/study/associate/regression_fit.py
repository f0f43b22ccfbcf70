"""One regression, fitted once: what its rows by every kind of standard error, and by other means, are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.clustered import Correction, htz, sandwich, satterthwaite_df
from elancry.association.regression import (
    INTERCEPT,
    Coefficients,
    JointTest,
    LinearFit,
    classical,
    classical_covariance,
    fit_ols,
    hc3,
    hc3_covariance,
    refusal,
    screen,
    slopes_from,
    t_tests,
    wald,
)
from elancry.association.scores import COVARIATE_PREFIX
from elancry.study.associate.regression_plan import complete, specs
from elancry.texts import Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from elancry.codebook.model import Codebook
    from elancry.study.associate.regression_plan import ModelSpec, Sample

SE_TYPES = ("classical", "HC3", "CR2")


@dataclass(frozen=True)
class Model:
    """A regression on the sequences that have all its scores: `fit`, or the reason why there is none.

    `rows` (n,) says which sequences of the sample, `clusters` numbers their clusters; `dropped`: which predictors were
    left out, and why.
    """

    sample: Sample
    spec: ModelSpec
    rows: NDArray[np.bool_]
    clusters: NDArray[np.int64]
    dropped: tuple[Text, ...]
    fit: LinearFit | Text

    @property
    def n_sequences(self) -> int:
        """Sequences in the model."""
        return int(self.rows.sum())

    @cached_property
    def n_sessions(self) -> int:
        """Sessions that they come from."""
        return self.sample.n_sessions(self.rows)

    @cached_property
    def n_clusters(self) -> int:
        """Clusters that they come from."""
        return len(np.unique(self.clusters))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """`SESSION/SEQUENCE` of each sequence in the model."""
        own = self.sample.frame[self.rows]
        return tuple(f"{session}/{sequence}" for session, sequence in zip(own["session"], own["sequence"], strict=True))

    @cached_property
    def tests(self) -> Mapping[str, tuple[Coefficients, JointTest]]:
        """Kind of standard error -> tests of the coefficients one by one, and of all predictors together."""
        fit = self.fit
        if isinstance(fit, Text):
            return {}
        every = [j for j, name in enumerate(fit.names) if is_predictor(name)]
        found = {
            "classical": (classical(fit), wald(fit, classical_covariance(fit), every)),
            "HC3": (hc3(fit), wald(fit, hc3_covariance(fit), every)),
        }
        if self.n_clusters > 1:
            robust = sandwich(fit, self.clusters, Correction.CR2)
            slopes = slopes_from(fit, robust.covariance, satterthwaite_df(robust))
            found["CR2"] = slopes, htz(fit, robust, every)
        else:
            reason, nothing = text("model.one-session"), np.full(len(fit.b), np.nan)
            slopes = t_tests(fit.names, fit.b, nothing, nothing, (reason,) * len(fit.b))
            found["CR2"] = slopes, JointTest(reason=reason)
        return found


def fitted_models(sample: Sample, codebook: Codebook) -> Iterator[Model]:
    """Every regression of the plan, fitted."""
    return (fit_model(sample, spec) for spec in specs(sample, codebook))


def fit_model(sample: Sample, spec: ModelSpec) -> Model:
    """Fit one model on the sequences that have all its scores."""
    terms = spec.terms
    values = sample.values([spec.outcome_column, *map(spec.column, terms)])
    rows = complete(values)
    y, x = values[rows, 0], values[rows, 1:]
    kept = screen(x, terms)
    dropped = (*spec.predictors.notes, *(text("model.dropped", name=name, why=why) for name, why in kept.dropped))
    reason = spec.refusal
    if reason is None and not rows.any():
        reason = text("model.no-complete-sequence")
    if reason is None and not any(is_predictor(terms[column]) for column in kept.keep):
        reason = text("model.no-predictor")
    if reason is None:
        reason = refusal(y, x[:, kept.keep])
    fit = reason or fit_ols(y, x[:, kept.keep], [terms[column] for column in kept.keep])
    return Model(sample, spec, rows, sample.clusters(rows), dropped, fit)


def is_predictor(term: str) -> bool:
    """Whether a term belongs to the family: neither intercept nor covariate."""
    return term != INTERCEPT and not term.startswith(COVARIATE_PREFIX)
