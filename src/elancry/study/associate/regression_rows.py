"""Rows of `regression.csv` and `models.csv`, from models that were fitted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.effect import cohens_f2, condition_number, cooks_distance, vif
from elancry.association.permuted import session_permutation_p
from elancry.association.regression import LinearFit, exact_fit
from elancry.association.wild import draw_weights, wild_p
from elancry.seeds import stream
from elancry.study.associate.family import correct, number
from elancry.study.associate.model_warnings import model_warnings
from elancry.study.associate.regression_fit import SE_TYPES, Model, is_predictor
from elancry.texts import Text, text

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import Codebook

Row = dict[str, Any]


def regression_rows(models: Sequence[Model]) -> tuple[list[Row], list[Row]]:
    """Rows of `schema.REGRESSION` and `schema.MODELS`.

    Every model appears once per kind of standard error; one that cannot be fitted has rows with its reason. p_wild
    stands beside CR2. A family is one outcome system, predictor system, score and kind, without intercepts and
    covariates.
    """
    slopes: list[Row] = []
    wholes: list[Row] = []
    for model in models:
        if model.spec.score not in model.sample.plan.scores:
            continue
        if isinstance(model.fit, LinearFit):
            slopes += _slope_rows(model, model.fit)
        wholes += _model_rows(model)
    family = [row for row in slopes if is_predictor(row["term"])]
    correct(family, "p", "outcome_system", "predictor_system", "score", "se_type")
    return slopes, wholes


def why_no_regression(frame: pd.DataFrame, codebook: Codebook) -> Text:
    """Why no regression was planned at all."""
    if len(codebook.systems) < 2:
        names = tuple(system.id for system in codebook.systems)
        return text("model.one-system", names=names) if names else text("model.no-system")
    return text("model.no-equal-scores") if len(frame) else text("model.no-sequence")


def remarks(models: Sequence[Row]) -> list[Text]:
    """How many of the models (rows of `schema.MODELS`) could not be fitted, have no joint test, or carry warnings."""
    headline = [row for row in models if row["se_type"] == "CR2"]
    counted = {
        "model.some-unfitted": sum(row.get("r2") is None for row in headline),
        "model.some-without-joint-test": sum(row.get("r2") is not None and row["f"] is None for row in headline),
        "model.some-warned": sum(bool(row.get("warnings")) for row in headline),
    }
    return [text(code, some=some, all=len(headline)) for code, some in counted.items() if some]


def _slope_rows(model: Model, fit: LinearFit) -> Iterator[Row]:
    spec, plan = model.spec, model.sample.plan
    factor = fit.beta_factor
    inflation = np.concatenate([[np.nan], vif(fit.x[:, 1:])])
    weights = draw_weights(model.n_clusters, stream(plan.seed, "wild", *spec.names.values()), plan.permutations)
    for se_type in SE_TYPES:
        tests = model.tests[se_type][0]
        for j, term in enumerate(fit.names):
            tested = se_type == "CR2" and j > 0 and tests.reasons[j] is None and plan.permutations > 0
            yield {
                **spec.names,
                "term": term,
                "n_sequences": model.n_sequences,
                "n_sessions": model.n_sessions,
                "b": float(fit.b[j]),
                "beta": number(fit.b[j] * factor[j]),
                "se": number(tests.se[j]),
                "se_type": se_type,
                "t": number(tests.t[j]),
                "df": number(tests.df[j]),
                "ci_low": number(tests.ci_low[j]),
                "ci_high": number(tests.ci_high[j]),
                "p": number(tests.p[j]),
                "p_wild": wild_p(fit, model.clusters, j, weights) if tested else None,
                "vif": number(inflation[j]),
                "beta_se": number(tests.se[j] * factor[j]),
                "beta_ci_low": number(tests.ci_low[j] * factor[j]),
                "beta_ci_high": number(tests.ci_high[j] * factor[j]),
                "undefined_reason": tests.reasons[j],
            }


def _model_rows(model: Model) -> Iterator[Row]:
    """A row per kind of standard error."""
    same: Row = {
        **model.spec.names,
        "n_sequences": model.n_sequences,
        "n_sessions": model.n_sessions,
        "reference": model.spec.predictors.reference,
        "dropped": model.dropped,
        "cluster": model.sample.cluster,
    }
    if isinstance(model.fit, Text):
        yield from ({**same, "se_type": se_type, "undefined_reason": model.fit} for se_type in SE_TYPES)
        return
    same |= _of_the_fit(model, model.fit)
    for se_type, (slopes, joint) in model.tests.items():
        yield {
            **same,
            "se_type": se_type,
            "f": joint.f,
            "df1": joint.df1,
            "df2": joint.df2,
            "p": joint.p,
            "warnings": model_warnings(model, model.fit, se_type, slopes),
            "undefined_reason": joint.reason,
        }


def _of_the_fit(model: Model, fit: LinearFit) -> Row:
    """What does not depend on the standard errors."""
    spec, plan = model.spec, model.sample.plan
    joint = model.tests["classical"][1]
    effect = None if joint.f is None else cohens_f2(joint.f, joint.df1 or 0.0, joint.df2 or 0.0, len(fit.y))
    p_permuted = None
    # Exchanging outcomes would also break what goes with the covariates.
    if plan.permutations > 0 and not spec.covariates:
        rng = stream(plan.seed, "session permutation", *spec.names.values())
        p_permuted = session_permutation_p(fit, model.clusters, rng, plan.permutations)
    distance = cooks_distance(fit)
    return {
        "r2": fit.r2,
        "r2_adjusted": fit.r2_adjusted,
        "f2": effect and effect.f2,
        "f2_ci_low": effect and effect.ci_low,
        "f2_ci_high": effect and effect.ci_high,
        "f2_adjusted": None if exact_fit(fit) or spec.covariates else fit.r2_adjusted / (1 - fit.r2_adjusted),
        "n_clusters": model.n_clusters,
        "p_session_permutation": p_permuted,
        "condition_number": condition_number(fit),
        "max_leverage": float(fit.leverage.max()),
        "max_cook": None if np.isnan(distance).all() else float(np.nanmax(distance)),
    }
