"""Choices of a plan that cannot be: against each other, and against the codebook, the raters and the sessions table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from elancry.association.scores import UNCODED
from elancry.choices import Level, Method, PredictorSet
from elancry.errors import InvalidInput
from elancry.findings import Finding
from elancry.names import nearest
from elancry.study.plan_keys import Plan
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.codebook.model import Codebook

MEAN, CONSENSUS = "mean", "consensus"
DIRECTION = "~"


def refuse_contradictions(plan: Plan) -> None:
    """Raise InvalidInput with every choice of `plan` that contradicts another one."""
    _raise(plan, _contradictions(plan))


def refuse_unknown_names(plan: Plan, codebook: Codebook, raters: Iterable[str]) -> None:
    """Raise InvalidInput with every choice that names a system, category or rater that the study has not."""
    _raise(plan, [*_about_systems(plan, codebook), *_about_raters(plan, tuple(raters))])


def directions(plan: Plan, codebook: Codebook) -> tuple[tuple[str, str], ...]:
    """(outcome system, predictor system) of every wanted direction, in codebook order unless the plan has its own."""
    systems = [system.id for system in codebook.systems]
    if plan.outcomes is None:
        return tuple(permutations(systems, 2))
    found: list[tuple[str, str]] = []
    for wanted in plan.outcomes:
        outcome, _, predictor = (part.strip() for part in wanted.partition(DIRECTION))
        found += [(outcome, other) for other in ([predictor] if predictor else systems) if other != outcome]
    return tuple(dict.fromkeys(found))


def _raise(plan: Plan, found: Iterable[Finding]) -> None:
    findings = sorted(found, key=lambda item: item.line or 0)
    if findings:
        code = "plan.contradictions-in-file" if plan.file else "plan.contradictions"
        raise InvalidInput(text(code, n=len(findings), path=plan.file), findings)


def _contradictions(plan: Plan) -> Iterator[Finding]:
    needs_table = {
        "cluster": [plan.cluster.value] if plan.cluster in (Level.PATIENT, Level.THERAPIST) else [],
        "covariates": list(plan.covariates or ()),
    }
    for key, columns in needs_table.items():
        if columns and plan.sessions is None:
            problem = text("plan.needs-sessions-table", columns=columns)
            yield plan.impossible(key, problem, text("plan.needs-sessions-table-hint"))
    if plan.round is not None and "{round}" not in plan.pattern:
        problem = text("plan.no-round-in-pattern", round=plan.round, pattern=plan.pattern)
        yield plan.impossible("round", problem, text("plan.no-round-in-pattern-hint"))
    if plan.tolerance_ms and not plan.time_units_ms:
        yield plan.impossible("tolerance_ms", text("plan.no-time-units"), text("plan.no-time-units-hint"))
    elif plan.tolerance_ms and plan.tolerance_ms < max(plan.time_units_ms):
        problem = text("plan.tolerance-small", tolerance=plan.tolerance_ms, unit=max(plan.time_units_ms))
        yield plan.impossible("tolerance_ms", problem, text("plan.tolerance-small-hint"))
    by_resampling = [item.value for item in plan.sensitivity if item in (Method.SPEARMAN, Method.KENDALL)]
    if by_resampling and not plan.resamples:
        yield plan.impossible("sensitivity", text("plan.needs-resamples", methods=by_resampling))
    if plan.predictor_categories and plan.predictors is PredictorSet.GROUPS:
        problem = text("plan.groups-have-no-categories")
        yield plan.impossible("predictor_categories", problem, text("plan.groups-have-no-categories-hint"))
    if plan.raters is not None:
        yield from _about_raters(plan, plan.raters)


def _about_systems(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    systems = [system.id for system in codebook.systems]
    for wanted in plan.outcomes or ():
        parts = [part.strip() for part in wanted.split(DIRECTION)]
        if len(parts) > 2 or "" in parts:
            yield plan.impossible(
                "outcomes", text("plan.not-a-direction", given=wanted), text("plan.not-a-direction-hint")
            )
            continue
        for part in parts:
            if part not in systems:
                yield plan.impossible("outcomes", text("plan.no-system", name=part), _did_you_mean(part, systems))
        if len(parts) == 2 and parts[0] == parts[1]:
            yield plan.impossible("outcomes", text("plan.explains-itself", given=wanted))
    for name, category in plan.references or ():
        system = codebook.system(name)
        if system is None:
            yield plan.impossible("references", text("plan.no-system", name=name), _did_you_mean(name, systems))
            continue
        known = [*(item.id for item in system.categories), UNCODED]
        if category not in known:
            message = text("plan.no-category", system=name, name=category)
            yield plan.impossible("references", message, _did_you_mean(category, known))
    yield from _about_picked(plan, codebook)
    if plan.predictors is PredictorSet.GROUPS:
        predicting = {predictor for _, predictor in directions(plan, codebook)}
        grouped = [system.id for system in codebook.systems if system.groups]
        if predicting and not predicting & set(grouped):
            problem = text("plan.no-groups", systems=[name for name in systems if name in predicting])
            yield plan.impossible("predictors", problem, text("plan.no-groups-hint"))


def _about_picked(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    """Categories picked as outcomes or predictors: do they exist, and does their system have that side?"""
    systems = [system.id for system in codebook.systems]
    ways = directions(plan, codebook)
    # A direction that is written wrong is said already; what follows from it is not.
    understood = {name for way in ways for name in way} <= set(systems)
    sides = (
        ("outcome_categories", plan.outcome_categories, {one for one, _ in ways}),
        ("predictor_categories", plan.predictor_categories, {other for _, other in ways}),
    )
    for key, picked, there in sides:
        for name, categories in picked or ():
            system = codebook.system(name)
            if system is None:
                yield plan.impossible(key, text("plan.no-system", name=name), _did_you_mean(name, systems))
                continue
            if understood and name not in there:
                problem = text(f"plan.not-in-{key.replace('_', '-')}", name=name)
                yield plan.impossible(key, problem, text("plan.see-outcomes"))
            known = [item.id for item in system.categories]
            if key == "predictor_categories":
                known.append(UNCODED)
            for category in categories:
                if category not in known:
                    message = text("plan.no-category", system=name, name=category)
                    yield plan.impossible(key, message, _did_you_mean(category, known))


def _about_raters(plan: Plan, raters: tuple[str, ...]) -> Iterator[Finding]:
    known = (MEAN, CONSENSUS, *raters)
    if plan.aggregate not in known:
        problem = text("plan.not-a-rater", name=plan.aggregate, raters=raters)
        yield plan.impossible("aggregate", problem, text("plan.not-a-rater-hint", known=known))


def _did_you_mean(given: str, known: list[str]) -> Text:
    close = nearest(given, known)
    return text("plan.close", name=close) if close else text("plan.there-are", names=known)
