"""Rows of `sensitivity.csv`: the regressions by other means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.binomial import RobustFit, fit_binomial
from elancry.association.clustered import cluster_slopes
from elancry.association.leave_out import leave_one_out
from elancry.association.measured import N_SEQUENCES, N_SESSIONS, NINE_RATINGS_MIXED, percent
from elancry.association.mixed import random_intercept, why_not_mixed
from elancry.association.ordinal import fit_ordinal
from elancry.association.ranks import rank_correlation
from elancry.association.scores import Term
from elancry.choices import Method, Score
from elancry.seeds import stream
from elancry.study.associate.model_warnings import CONSERVATIVE_FROM
from elancry.study.associate.regression_fit import Fitted, is_predictor
from elancry.study.associate.regression_plan import EVERYTHING, Picked, Predictors, group_predictors, plans
from elancry.study.associate.sensitivity_job import Job

if TYPE_CHECKING:
    import pandas as pd

    from elancry.codebook.model import Codebook

Row = dict[str, Any]


DEFAULT_METHODS = (Method.MIXED_MODEL, Method.LEAVE_ONE_SESSION_OUT, Method.GROUPS, Method.SINGLE)

# The score that a method is about; the others take any.
_SCORE_OF = {
    Method.LOGISTIC: Score.PRESENT,
    Method.FRACTIONAL_LOGIT: Score.SHARE,
    Method.ORDINAL: Score.RATING,
}


def sensitivity_rows(
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
    methods: Iterable[Method | str] = DEFAULT_METHODS,
    n_resamples: int = 2000,
) -> list[Row]:
    """Rows of `schema.SENSITIVITY`: every model of `regression_rows` by every method that suits its score.

    `logistic` needs the score `present` in `frame` (`sequence_scores(scores=(..., "present"))`). A method that is not
    fit for use with these data has one row per model with the reason.
    """
    chosen = tuple(Method(item) for item in methods)
    wanted = [Score(item) for item in scores] if scores is not None else [Score.RATING, Score.SHARE]
    if Method.LOGISTIC in chosen and Score.PRESENT not in wanted:
        wanted.append(Score.PRESENT)
    rows: list[Row] = []
    for plan in plans(
        frame,
        codebook,
        wanted=wanted,
        directions=directions,
        references=references,
        covariates=covariates,
        picked=picked,
    ):
        if plan.refusal is not None:
            continue
        for method in chosen:
            if _SCORE_OF.get(method, plan.score) is not plan.score:
                continue
            if plan.score is Score.PRESENT and method is not Method.LOGISTIC:
                continue
            job = Job(frame, plan, method, cluster, seed, n_resamples, references or {})
            if method is Method.GROUPS and plan.predictor_system.id in picked.predictors:
                rows += job.refused("predictors were picked one by one; groups would bring back the others")
            else:
                rows += _METHODS[method](job)
    return rows


def _mixed(job: Job) -> list[Row]:
    fitted = job.fitted()
    if isinstance(fitted, str):
        return job.refused(fitted)
    reason = why_not_mixed(fitted.fit, fitted.clusters)
    if reason is not None:
        return job.refused(reason, fitted)
    mixed = random_intercept(fitted.fit, fitted.clusters)
    note = f"random intercept per {job.cluster}, REML, Satterthwaite; intraclass correlation {mixed.intraclass:.2f}"
    if mixed.singular:
        note += "; singular fit: no variance between, the numbers are those of ordinary least squares"
    if job.plan.score is Score.RATING and len(mixed.b) > CONSERVATIVE_FROM:
        note += "; " + (
            f"with nine ratings, in simulated studies of {N_SEQUENCES} sequences in {N_SESSIONS} sessions, it "
            f"rejected a true null in {percent(NINE_RATINGS_MIXED)} instead of 5 %"
        )
    return [
        job.row(
            name,
            fitted,
            estimate=float(mixed.b[j]),
            se=float(mixed.se[j]),
            df=float(mixed.df[j]),
            ci_low=float(mixed.ci_low[j]),
            ci_high=float(mixed.ci_high[j]),
            p=float(mixed.p[j]),
            note=note,
        )
        for j, name in enumerate(fitted.fit.names)
        if is_predictor(name)
    ]


def _leave_out(job: Job) -> list[Row]:
    fitted = job.fitted()
    if isinstance(fitted, str):
        return job.refused(fitted)
    if len(np.unique(fitted.clusters)) < 2:
        return job.refused(f"one {job.cluster} only: nothing would be left", fitted)
    left = leave_one_out(fitted.fit, fitted.clusters)
    rows = []
    for j, name in enumerate(fitted.fit.names):
        if not is_predictor(name):
            continue
        limits = left.range_of(j)
        reason = ""
        if limits is None:
            reason = f"{len(left.indispensable)} {job.cluster}s cannot be left out: without them b is not determined"
        note = f"smallest and largest b without one {job.cluster}"
        if limits is not None and limits[0] < 0 < limits[1]:
            note += "; the sign changes"
        low, high = limits or (None, None)
        rows.append(
            job.row(
                name,
                fitted,
                estimate=float(fitted.fit.b[j]),
                ci_low=low,
                ci_high=high,
                note=note,
                undefined_reason=reason,
            )
        )
    return rows


def _robust(job: Job, predictors: Predictors, note: str) -> list[Row]:
    plan = replace(job.plan, predictors=predictors)
    fitted = job.fitted(plan)
    if isinstance(fitted, str):
        return job.refused(fitted)
    if len(np.unique(fitted.clusters)) < 2:
        return job.refused(f"one {job.cluster} only: errors cannot be compared", fitted)
    slopes = cluster_slopes(fitted.fit, fitted.clusters)
    return [
        job.row(
            name,
            fitted,
            estimate=float(fitted.fit.b[j]),
            se=float(slopes.se[j]),
            df=float(slopes.df[j]),
            ci_low=float(slopes.ci_low[j]),
            ci_high=float(slopes.ci_high[j]),
            p=float(slopes.p[j]),
            note=note,
            undefined_reason=slopes.reasons[j] or "",
        )
        for j, name in enumerate(fitted.fit.names)
        if is_predictor(name)
    ]


def _groups(job: Job) -> list[Row]:
    system = job.plan.predictor_system
    if not system.groups:
        return []
    predictors = group_predictors(job.frame, job.plan.score, system, job.references.get(system.id))
    note = "CR2; the codebook's groups as predictors"
    return _robust(job, predictors, note + (f", reference {predictors.reference}" if predictors.reference else ""))


def _single(job: Job) -> list[Row]:
    system = job.plan.predictor_system
    names = [term.name for term in job.plan.predictors.terms]
    if job.plan.predictors.reference:
        names.append(job.plan.predictors.reference)
    rows: list[Row] = []
    for name in names:
        only = Predictors((Term(name, (name,)),), "", ())
        found = _robust(job, only, f"CR2; {system.id} categories one at a time, no other held constant")
        for row in found:
            row["term"] = name
        rows += found
    return rows


def _ranks(job: Job) -> list[Row]:
    rows: list[Row] = []
    names = [term.name for term in job.plan.predictors.terms]
    if job.plan.predictors.reference:
        names.append(job.plan.predictors.reference)
    y_all = job.frame[job.plan.outcome_column].to_numpy(dtype=np.float64)
    codes = {value: code for code, value in enumerate(dict.fromkeys(job.frame[job.cluster]))}
    clusters = np.array([codes[value] for value in job.frame[job.cluster]], dtype=np.int64)
    for name in names:
        x_all = job.frame[job.plan.column(name)].to_numpy(dtype=np.float64)
        there = ~np.isnan(x_all) & ~np.isnan(y_all)
        # The two directions of a pair are one correlation: one stream for both, by sorted names.
        pair = sorted([f"{job.plan.outcome_system.id}.{job.plan.outcome}", f"{job.plan.predictor_system.id}.{name}"])
        rng = stream(job.seed, "ranks", job.method.value, job.plan.score.value, *pair)
        found = rank_correlation(
            x_all[there],
            y_all[there],
            clusters[there],
            rng,
            tau=job.method is Method.KENDALL,
            n_resamples=job.n_resamples,
        )
        rows.append(
            {
                **job.row(
                    name,
                    estimate=found.estimate,
                    ci_low=found.ci_low,
                    ci_high=found.ci_high,
                    p=found.p,
                    note=f"percentile interval, {job.n_resamples} resamples of {job.cluster}s",
                    undefined_reason=found.reason or "",
                ),
                "n_sequences": int(there.sum()),
                "n_sessions": int(job.frame["session"][there].nunique()),
            }
        )
    return rows


def _binomial(job: Job) -> list[Row]:
    fitted = job.fitted()
    if isinstance(fitted, str):
        return job.refused(fitted)
    y = fitted.fit.y
    note = "log odds ratios, CR2"
    if job.method is Method.LOGISTIC:
        # Over several raters `present` is a proportion: present means seen by at least half of them.
        y = (y >= 0.5).astype(np.float64)
        note += "; present means seen by at least half of the raters"
    return _from_fit(job, fitted, lambda x, names: fit_binomial(y, x, names, fitted.clusters), note)


def _ordinal(job: Job) -> list[Row]:
    fitted = job.fitted()
    if isinstance(fitted, str):
        return job.refused(fitted)
    y = np.round(fitted.fit.y)
    note = "proportional odds, CR1S; the mean rating rounded to the scale"
    return _from_fit(job, fitted, lambda x, names: fit_ordinal(y, x, names, fitted.clusters), note)


def _from_fit(job: Job, fitted: Fitted, fit: Callable[[Any, Sequence[str]], RobustFit], note: str) -> list[Row]:
    try:
        found = fit(fitted.fit.x[:, 1:], fitted.fit.names[1:])
    except ValueError as refusal:
        return job.refused(str(refusal), fitted)
    return [
        job.row(
            name,
            fitted,
            estimate=float(found.b[j]),
            se=float(found.se[j]),
            df=float(found.df[j]),
            ci_low=float(found.ci_low[j]),
            ci_high=float(found.ci_high[j]),
            p=float(found.p[j]),
            note=note,
        )
        for j, name in enumerate(found.names)
        if is_predictor(name)
    ]


_METHODS: dict[Method, Callable[[Job], list[Row]]] = {
    Method.MIXED_MODEL: _mixed,
    Method.LEAVE_ONE_SESSION_OUT: _leave_out,
    Method.GROUPS: _groups,
    Method.SINGLE: _single,
    Method.SPEARMAN: _ranks,
    Method.KENDALL: _ranks,
    Method.LOGISTIC: _binomial,
    Method.FRACTIONAL_LOGIT: _binomial,
    Method.ORDINAL: _ordinal,
}
