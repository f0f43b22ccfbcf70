"""Rows of `sensitivity.csv`: the regressions by other means, from the same fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from elancry.association.binomial import fit_binomial
from elancry.association.clustered import cluster_slopes
from elancry.association.leave_out import leave_one_out
from elancry.association.measured import NINE_RATINGS_MIXED, regression_near
from elancry.association.mixed import random_intercept
from elancry.association.ordinal import FEWEST_IN_LEVEL, fit_ordinal, merged_levels
from elancry.association.ranks import FEW_CLUSTERS, rank_correlation
from elancry.association.regression import Coefficients, LinearFit, NotFitted
from elancry.association.scores import Term
from elancry.choices import Method, Score
from elancry.seeds import stream
from elancry.study.associate.family import number
from elancry.study.associate.model_warnings import CONSERVATIVE_FROM, SIMULATED
from elancry.study.associate.regression_fit import Model, fit_model, is_predictor
from elancry.study.associate.regression_plan import Predictors, complete, group_predictors, level
from elancry.texts import Text, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = dict[str, Any]
Notes = tuple[Text, ...]
Fitting = Callable[[Model, LinearFit], tuple[Coefficients, Notes]]


def sensitivity_rows(models: Sequence[Model]) -> list[Row]:
    """Rows of `schema.SENSITIVITY`: every model by every method of the plan that suits its score.

    `logistic` takes the score `present`. A method that is not fit for use with these data has one row per model with
    the reason.
    """
    return [
        {"method": method.value, **row}
        for model in models
        if model.spec.refusal is None
        for method in model.sample.plan.sensitivity
        if _suits(method, model.spec.score)
        for row in _METHODS[method](model)
    ]


# The score that a method is about; the others take any but `present`.
_SCORE_OF = {Method.LOGISTIC: Score.PRESENT, Method.FRACTIONAL_LOGIT: Score.SHARE, Method.ORDINAL: Score.RATING}


def _suits(method: Method, score: Score) -> bool:
    return _SCORE_OF[method] is score if method in _SCORE_OF else score is not Score.PRESENT


def _refit(fitting: Fitting) -> Callable[[Model], Iterator[Row]]:
    """The method that fits the outcome of a model on its design in another way."""

    def rows(model: Model) -> Iterator[Row]:
        if isinstance(model.fit, Text):
            yield _refused(model, model.fit, counted=False)
            return
        try:
            found, note = fitting(model, model.fit)
        except NotFitted as refusal:
            yield _refused(model, refusal.reason)
            return
        for j, name in enumerate(found.names):
            if is_predictor(name):
                yield {
                    **_counts(model),
                    "term": name,
                    "estimate": float(found.b[j]),
                    "se": number(found.se[j]),
                    "df": number(found.df[j]),
                    "ci_low": number(found.ci_low[j]),
                    "ci_high": number(found.ci_high[j]),
                    "p": number(found.p[j]),
                    "note": note,
                    "undefined_reason": found.reasons[j],
                }

    return rows


def _counts(model: Model) -> Row:
    return {**model.spec.names, "n_sequences": model.n_sequences, "n_sessions": model.n_sessions}


def _refused(model: Model, reason: Text, *, counted: bool = True) -> Row:
    """The one row of a method that gives no numbers."""
    return {**(_counts(model) if counted else model.spec.names), "term": "", "undefined_reason": reason}


def _mixed(model: Model, fit: LinearFit) -> tuple[Coefficients, Notes]:
    mixed = random_intercept(fit, model.clusters)
    note = [text("model.mixed-note", level=level(model.sample.cluster), intraclass=mixed.intraclass)]
    if mixed.singular:
        note.append(text("model.mixed-singular"))
    if model.spec.score is Score.RATING and len(mixed.b) > CONSERVATIVE_FROM:
        close = regression_near(model.n_sequences, model.n_clusters)
        rate = {"rate": 100 * NINE_RATINGS_MIXED, **SIMULATED}
        note.append(text("model.mixed-level", **rate) if close else text("model.mixed-level-far"))
    return mixed, tuple(note)


def _cr2(note: Text) -> Callable[[Model], Iterator[Row]]:
    def fitting(model: Model, fit: LinearFit) -> tuple[Coefficients, Notes]:
        if model.n_clusters < 2:
            raise NotFitted(text("model.one-cluster", level=level(model.sample.cluster)))
        return cluster_slopes(fit, model.clusters), (note,)

    return _refit(fitting)


def _logistic(model: Model, fit: LinearFit) -> tuple[Coefficients, Notes]:
    # Over several raters `present` is a proportion: present means seen by at least half of them.
    y = (fit.y >= 0.5).astype(np.float64)
    found = fit_binomial(y, fit.x[:, 1:], fit.names[1:], model.clusters)
    return found, (text("model.log-odds-note"), text("model.present-note"))


def _fractional(model: Model, fit: LinearFit) -> tuple[Coefficients, Notes]:
    return fit_binomial(fit.y, fit.x[:, 1:], fit.names[1:], model.clusters), (text("model.log-odds-note"),)


def _ordinal(model: Model, fit: LinearFit) -> tuple[Coefficients, Notes]:
    levels, merged = merged_levels(fit.y)
    found = fit_ordinal(levels, fit.x[:, 1:], fit.names[1:], model.clusters)
    notes = [text("model.ordinal-note")]
    if merged:
        listed = ["+".join(f"{value:.4g}" for value in group) for group in merged]
        notes.append(text("model.ordinal-merged", fewest=FEWEST_IN_LEVEL, merged=listed))
    return found, tuple(notes)


def _leave_out(model: Model) -> Iterator[Row]:
    fit, cluster = model.fit, model.sample.cluster
    if isinstance(fit, Text):
        yield _refused(model, fit, counted=False)
    elif model.n_clusters < 2:
        yield _refused(model, text("model.one-cluster-to-leave-out", level=level(cluster)))
    else:
        left = leave_one_out(fit, model.clusters)
        for j, name in enumerate(fit.names):
            if not is_predictor(name):
                continue
            low, high = limits = left.range_of(j) or (None, None)
            note = [text("model.leave-out-note", level=level(cluster))]
            reason = None
            if low is None or high is None:
                reason = text("model.indispensable", n=len(left.indispensable), levels=level(cluster, 2))
            elif low < 0 < high:
                note.append(text("model.sign-changes"))
            numbers = {"estimate": float(fit.b[j]), "ci_low": limits[0], "ci_high": limits[1]}
            yield {**_counts(model), "term": name, **numbers, "note": tuple(note), "undefined_reason": reason}


def _groups(model: Model) -> Iterator[Row]:
    sample, spec = model.sample, model.spec
    system, plan = spec.predictor_system, sample.plan
    if system.id in dict(plan.predictor_categories or ()):
        yield _refused(model, text("model.groups-picked"), counted=False)
    elif system.groups:
        found = group_predictors(sample, spec.score, system, dict(plan.references or ()).get(system.id))
        note = text("model.groups-note")
        if found.reference:
            note = text("model.groups-with-reference-note", reference=found.reference)
        yield from _cr2(note)(fit_model(sample, replace(spec, predictors=found)))


def _with_reference(model: Model) -> list[str]:
    """Every predictor, and what they are read against: alone each of them can be one."""
    predictors = model.spec.predictors
    return [*(term.name for term in predictors.terms), *filter(None, [predictors.reference])]


def _single(model: Model) -> Iterator[Row]:
    alone = _cr2(text("model.single-note", system=model.spec.predictor_system.id))
    for name in _with_reference(model):
        only = fit_model(model.sample, replace(model.spec, predictors=Predictors((Term(name, (name,)),))))
        yield from ({**row, "term": name} for row in alone(only))


def _ranks(method: Method) -> Callable[[Model], Iterator[Row]]:
    def rows(model: Model) -> Iterator[Row]:
        sample, spec, plan = model.sample, model.spec, model.sample.plan
        for name in _with_reference(model):
            values = sample.values([spec.outcome_column, spec.column(name)])
            there = complete(values)
            # The two directions of a pair are one correlation: one stream for both, by sorted names.
            pair = sorted([f"{spec.outcome_system.id}.{spec.outcome}", f"{spec.predictor_system.id}.{name}"])
            found = rank_correlation(
                values[there, 1],
                values[there, 0],
                sample.clusters(np.ones_like(there))[there],
                stream(plan.seed, "ranks", method.value, spec.score.value, *pair),
                tau=method is Method.KENDALL,
                n_resamples=plan.resamples,
            )
            yield {
                **spec.names,
                "term": name,
                "n_sequences": int(there.sum()),
                "n_sessions": sample.n_sessions(there),
                "estimate": found.estimate,
                "ci_low": found.ci_low,
                "ci_high": found.ci_high,
                "p": found.p,
                "note": _ranks_note(model, there),
                "undefined_reason": found.reason,
            }

    return rows


def _ranks_note(model: Model, there: NDArray[np.bool_]) -> Text:
    sample = model.sample
    n = len(np.unique(sample.clusters(there)))
    if n < FEW_CLUSTERS:
        return text("model.ranks-few-note", n=n, levels=level(sample.cluster, n))
    return text("model.ranks-note", resamples=sample.plan.resamples, levels=level(sample.cluster, 2))


_METHODS: dict[Method, Callable[[Model], Iterable[Row]]] = {
    Method.MIXED_MODEL: _refit(_mixed),
    Method.LEAVE_ONE_SESSION_OUT: _leave_out,
    Method.GROUPS: _groups,
    Method.SINGLE: _single,
    Method.SPEARMAN: _ranks(Method.SPEARMAN),
    Method.KENDALL: _ranks(Method.KENDALL),
    Method.LOGISTIC: _refit(_logistic),
    Method.FRACTIONAL_LOGIT: _refit(_fractional),
    Method.ORDINAL: _refit(_ordinal),
}
