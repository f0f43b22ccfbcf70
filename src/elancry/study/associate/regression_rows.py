"""Rows of `regression.csv` and `models.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.clustered import Correction, Sandwich, htz, sandwich, satterthwaite_df
from elancry.association.effect import cohens_f2, condition_number, cooks_distance, vif
from elancry.association.multiplicity import corrected
from elancry.association.permuted import session_permutation_p
from elancry.association.regression import (
    JointTest,
    Slopes,
    classical,
    classical_covariance,
    exact_fit,
    hc3,
    hc3_covariance,
    slopes_from,
    wald,
)
from elancry.association.wild import draw_weights, wild_p
from elancry.seeds import stream
from elancry.study.associate.model_warnings import model_warnings
from elancry.study.associate.regression_fit import Fitted, Unfitted, fit_plan, is_predictor
from elancry.study.associate.regression_plan import EVERYTHING, ModelPlan, Picked, plans

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import Codebook

Row = dict[str, Any]
SE_TYPES = ("classical", "HC3", "CR2")


def regression_rows(
    frame: pd.DataFrame,
    codebook: Codebook,
    *,
    seed: int,
    cluster: str = "session",
    directions: Sequence[tuple[str, str]] | None = None,
    scores: Iterable[str] | None = None,
    references: Mapping[str, str] | None = None,
    covariates: Sequence[str] = (),
    picked: Picked = EVERYTHING,
    n_draws: int = 9999,
) -> tuple[list[Row], list[Row], list[str]]:
    """Rows of `schema.REGRESSION` and `schema.MODELS`, and warnings about the whole in words.

    `frame` is the table of `sequences.csv`; `cluster` one of its columns; the other choices as in
    `regression_plan.plans`. Every model appears once per kind of standard error; a model that cannot be fitted has a
    row with its reason. p_wild stands beside CR2.
    """
    found = plans(
        frame,
        codebook,
        wanted=scores,
        directions=directions,
        references=references,
        covariates=covariates,
        picked=picked,
    )
    if not found:
        return [], [], [why_no_regression(frame, codebook)]
    regression: list[Row] = []
    models: list[Row] = []
    for plan in found:
        fitted = fit_plan(frame, plan, cluster)
        if isinstance(fitted, Unfitted):
            models += [_unfitted_row(fitted, cluster, se_type) for se_type in SE_TYPES]
            continue
        slopes, tests = _tests(fitted)
        regression += _slope_rows(fitted, slopes, seed, n_draws)
        models += _model_rows(fitted, slopes, tests, cluster, seed, n_draws)
    _correct(regression)
    return regression, models, _overall(models)


def why_no_regression(frame: pd.DataFrame, codebook: Codebook) -> str:
    """Why there is no regression at all, in words."""
    if len(codebook.systems) < 2:
        names = ", ".join(system.id for system in codebook.systems) or "none"
        return f"regressions relate two systems; the codebook has {names}"
    if not len(frame):
        return "there is no sequence"
    return "no two systems have the same kind of score (rating, or share of time)"


def _tests(fitted: Fitted) -> tuple[dict[str, Slopes], dict[str, JointTest]]:
    fit = fitted.fit
    every = [j for j, name in enumerate(fit.names) if is_predictor(name)]
    slopes = {"classical": classical(fit), "HC3": hc3(fit)}
    tests = {
        "classical": wald(fit, classical_covariance(fit), every),
        "HC3": wald(fit, hc3_covariance(fit), every),
    }
    robust: Sandwich | None = None
    if len(np.unique(fitted.clusters)) > 1:
        robust = sandwich(fit, fitted.clusters, Correction.CR2)
        slopes["CR2"] = slopes_from(fit, robust.covariance, satterthwaite_df(robust), "CR2")
        tests["CR2"] = htz(fit, robust, every)
    else:
        reason = "one session only: errors cannot be compared between sessions"
        nothing = np.full(len(fit.b), np.nan)
        slopes["CR2"] = Slopes("CR2", *(nothing,) * 6, (reason,) * len(fit.b))
        tests["CR2"] = JointTest(reason=reason)
    return slopes, tests


def _slope_rows(fitted: Fitted, slopes: Mapping[str, Slopes], seed: int, n_draws: int) -> list[Row]:
    fit, plan = fitted.fit, fitted.plan
    factor = fit.beta_factor
    inflation = np.concatenate([[np.nan], vif(fit.x[:, 1:])])
    n_clusters = len(np.unique(fitted.clusters))
    weights = draw_weights(n_clusters, stream(seed, "wild", *_names(plan).values()), n_draws)
    rows: list[Row] = []
    for se_type in SE_TYPES:
        its = slopes[se_type]
        for j, term in enumerate(fit.names):
            row: Row = {
                **_names(plan),
                "term": term,
                "n_sequences": len(fit.y),
                "n_sessions": fitted.n_sessions,
                "b": float(fit.b[j]),
                "beta": _number(fit.b[j] * factor[j]),
                "se": _number(its.se[j]),
                "se_type": se_type,
                "t": _number(its.t[j]),
                "df": _number(its.df[j]),
                "ci_low": _number(its.ci_low[j]),
                "ci_high": _number(its.ci_high[j]),
                "p": _number(its.p[j]),
                "vif": _number(inflation[j]),
                "beta_se": _number(its.se[j] * factor[j]),
                "beta_ci_low": _number(its.ci_low[j] * factor[j]),
                "beta_ci_high": _number(its.ci_high[j] * factor[j]),
                "undefined_reason": its.reasons[j] or "",
            }
            if se_type == "CR2" and j > 0 and its.reasons[j] is None and n_draws > 0:
                row["p_wild"] = wild_p(fit, fitted.clusters, j, weights)
            rows.append(row)
    return rows


def _model_rows(
    fitted: Fitted,
    slopes: Mapping[str, Slopes],
    tests: Mapping[str, JointTest],
    cluster: str,
    seed: int,
    n_draws: int,
) -> list[Row]:
    fit, plan = fitted.fit, fitted.plan
    plain = tests["classical"]
    effect = None if plain.f is None else cohens_f2(plain.f, plain.df1 or 0.0, plain.df2 or 0.0)
    rng = stream(seed, "session permutation", *_names(plan).values())
    # Exchanging outcomes would also break what goes with the covariates.
    exchangeable = n_draws > 0 and not plan.covariates
    p_permuted = session_permutation_p(fit, fitted.clusters, rng, n_draws) if exchangeable else None
    distance = cooks_distance(fit)
    rows: list[Row] = []
    for se_type in SE_TYPES:
        test = tests[se_type]
        warnings = model_warnings(
            fit,
            score=plan.score,
            n_clusters=len(np.unique(fitted.clusters)),
            cluster=cluster,
            slopes=slopes[se_type],
            n_left_out=fitted.n_left_out,
            labels=fitted.labels,
            clusters=fitted.clusters,
        )
        rows.append(
            {
                **_names(plan),
                "se_type": se_type,
                "n_sequences": len(fit.y),
                "n_sessions": fitted.n_sessions,
                "r2": fit.r2,
                "r2_adjusted": fit.r2_adjusted,
                "f": test.f,
                "df1": test.df1,
                "df2": test.df2,
                "p": test.p,
                "f2": None if effect is None else effect.f2,
                "f2_ci_low": None if effect is None else effect.ci_low,
                "f2_ci_high": None if effect is None else effect.ci_high,
                "f2_adjusted": None if exact_fit(fit) or plan.covariates else fit.r2_adjusted / (1 - fit.r2_adjusted),
                "warnings": "; ".join(warnings),
                "reference": plan.predictors.reference,
                "dropped": "; ".join(fitted.dropped),
                "undefined_reason": test.reason or "",
                "cluster": cluster,
                "n_clusters": len(np.unique(fitted.clusters)),
                "p_session_permutation": p_permuted,
                "condition_number": condition_number(fit),
                "max_leverage": float(fit.leverage.max()),
                "max_cook": None if np.isnan(distance).all() else float(np.nanmax(distance)),
            }
        )
    return rows


def _unfitted_row(unfitted: Unfitted, cluster: str, se_type: str) -> Row:
    return {
        **_names(unfitted.plan),
        "se_type": se_type,
        "n_sequences": unfitted.n_sequences,
        "n_sessions": unfitted.n_sessions,
        "reference": unfitted.plan.predictors.reference,
        "dropped": "; ".join(unfitted.dropped),
        "undefined_reason": unfitted.reason,
        "cluster": cluster,
    }


def _names(plan: ModelPlan) -> dict[str, str]:
    return {
        "outcome_system": plan.outcome_system.id,
        "outcome": plan.outcome,
        "predictor_system": plan.predictor_system.id,
        "score": plan.score.value,
    }


def _correct(rows: list[Row]) -> None:
    """Holm and Benjamini-Hochberg within one outcome system, predictor system, score and se_type, no intercepts."""
    families: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if is_predictor(row["term"]):
            key = tuple(row[name] for name in ("outcome_system", "predictor_system", "score", "se_type"))
            families.setdefault(key, []).append(row)
    for family in families.values():
        holm, bh = corrected([row["p"] for row in family])
        for row, p_holm, p_bh in zip(family, holm, bh, strict=True):
            row["p_holm"], row["p_bh"] = p_holm, p_bh


def _overall(models: Sequence[Row]) -> list[str]:
    headline = [row for row in models if row["se_type"] == "CR2"]
    unfitted = sum(row.get("r2") is None for row in headline)
    no_joint = sum(row.get("r2") is not None and row["f"] is None for row in headline)
    words: list[str] = []
    if unfitted:
        words.append(f"{unfitted} of {len(headline)} regressions could not be fitted; models.csv says why for each")
    if no_joint:
        words.append(
            f"{no_joint} of {len(headline)} regressions have no joint test: too few sessions for their predictors"
        )
    warned = sum(bool(row.get("warnings")) for row in headline)
    if warned:
        words.append(f"{warned} of {len(headline)} regressions carry warnings; read them before the coefficients")
    return words


def _number(value: float | np.floating[Any]) -> float | None:
    return None if np.isnan(value) else float(value)
