"""Choices of a plan that cannot be: against each other, and against the codebook, the raters and the sessions table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from elancry.association.scores import UNCODED
from elancry.choices import Level, Method, PredictorSet
from elancry.errors import InvalidInput
from elancry.findings import Finding
from elancry.study.plan_keys import Plan
from elancry.yaml_lines import nearest

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
        noun = "choice" if len(findings) == 1 else "choices"
        where = f" in the plan {plan.file}" if plan.file else ""
        raise InvalidInput(f"{len(findings)} impossible {noun}{where}", findings)


def _contradictions(plan: Plan) -> Iterator[Finding]:
    if plan.sessions is None:
        needs_table = "this needs a sessions table with such a column"
        if plan.cluster in (Level.PATIENT, Level.THERAPIST):
            yield plan.impossible("cluster", f"{plan.cluster.value}: {needs_table}", "Give one with sessions: FILE.")
        if plan.covariates:
            listed = ", ".join(plan.covariates)
            yield plan.impossible("covariates", f"{listed}: {needs_table}", "Give one with sessions: FILE.")
    if plan.round is not None and "{round}" not in plan.pattern:
        yield plan.impossible(
            "round",
            f"{plan.round}, but the pattern {plan.pattern} has no {{round}}",
            "Say where the round stands in the file name, for example {session}__{rater}__{round}.",
        )
    if plan.tolerance_ms and not plan.time_units_ms:
        yield plan.impossible(
            "tolerance_ms", "it concerns the binned versions, and there are no time units", "Give time_units_ms too."
        )
    elif plan.tolerance_ms and plan.tolerance_ms < max(plan.time_units_ms):
        yield plan.impossible(
            "tolerance_ms",
            f"{plan.tolerance_ms} ms is less than the time unit {max(plan.time_units_ms)} ms",
            "A tolerance is at least one unit, or 0 for none.",
        )
    by_resampling = [item.value for item in plan.sensitivity if item in (Method.SPEARMAN, Method.KENDALL)]
    if by_resampling and not plan.resamples:
        yield plan.impossible(
            "sensitivity", f"{' and '.join(by_resampling)} are tested by resampling, and resamples is 0"
        )
    if plan.predictor_categories and plan.predictors is PredictorSet.GROUPS:
        yield plan.impossible(
            "predictor_categories",
            "it picks categories, and predictors: groups takes groups of categories",
            "Choose predictors: categories, or leave predictor_categories empty.",
        )
    if plan.raters is not None and plan.aggregate not in (MEAN, CONSENSUS, *plan.raters):
        yield plan.impossible(
            "aggregate", f"{plan.aggregate} is not among the raters {', '.join(plan.raters)}", _aggregate_hint(plan)
        )


def _about_systems(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    systems = [system.id for system in codebook.systems]
    for wanted in plan.outcomes or ():
        parts = [part.strip() for part in wanted.split(DIRECTION)]
        if len(parts) > 2 or "" in parts:
            yield plan.impossible("outcomes", f"{wanted!r} is no direction", "Write SYSTEM or SYSTEM ~ SYSTEM.")
            continue
        for part in parts:
            if part not in systems:
                yield plan.impossible("outcomes", f"the codebook has no system {part!r}", _did_you_mean(part, systems))
        if len(parts) == 2 and parts[0] == parts[1]:
            yield plan.impossible("outcomes", f"{wanted!r} explains a system by itself")
    for name, category in plan.references or ():
        system = codebook.system(name)
        if system is None:
            yield plan.impossible("references", f"the codebook has no system {name!r}", _did_you_mean(name, systems))
            continue
        known = [*(item.id for item in system.categories), UNCODED]
        if category not in known:
            message = f"the system {name} has no category {category!r}"
            yield plan.impossible("references", message, _did_you_mean(category, known))
    yield from _about_picked(plan, codebook)
    if plan.predictors is PredictorSet.GROUPS:
        predicting = {predictor for _, predictor in directions(plan, codebook)}
        grouped = [system.id for system in codebook.systems if system.groups]
        if predicting and not predicting & set(grouped):
            yield plan.impossible(
                "predictors",
                f"the codebook has no groups in {', '.join(name for name in systems if name in predicting)}",
                "Give the categories a group in the codebook, or choose categories.",
            )


def _about_picked(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    """Categories picked as outcomes or predictors: do they exist, and does their system have that side?"""
    systems = [system.id for system in codebook.systems]
    ways = directions(plan, codebook)
    # A direction that is written wrong is said already; what follows from it is not.
    understood = {name for way in ways for name in way} <= set(systems)
    sides = (
        ("outcome_categories", "an outcome", plan.outcome_categories, {one for one, _ in ways}),
        (
            "predictor_categories",
            "a predictor",
            plan.predictor_categories,
            {it for _, it in ways},
        ),
    )
    for key, role, picked, there in sides:
        for name, categories in picked or ():
            system = codebook.system(name)
            if system is None:
                yield plan.impossible(key, f"the codebook has no system {name!r}", _did_you_mean(name, systems))
                continue
            if understood and name not in there:
                yield plan.impossible(key, f"the system {name} is nowhere {role}", "See outcomes, which says so.")
            known = [item.id for item in system.categories]
            if key == "predictor_categories":
                known.append(UNCODED)
            for category in categories:
                if category not in known:
                    message = f"the system {name} has no category {category!r}"
                    yield plan.impossible(key, message, _did_you_mean(category, known))


def _about_raters(plan: Plan, raters: tuple[str, ...]) -> Iterator[Finding]:
    if plan.aggregate not in (MEAN, CONSENSUS, *raters):
        hint = _aggregate_hint(plan, raters)
        yield plan.impossible("aggregate", f"{plan.aggregate!r} is nobody who coded", hint)


def _aggregate_hint(plan: Plan, raters: tuple[str, ...] = ()) -> str:
    return "Choose mean, consensus or one of the raters: " + ", ".join(plan.raters or raters) + "."


def _did_you_mean(given: str, known: list[str]) -> str:
    close = nearest(given, known)
    return f"Did you mean {close!r}?" if close else f"There are: {', '.join(known)}."
