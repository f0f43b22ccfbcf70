"""Choices of a plan that cannot be: against each other, and against the codebook, the raters and the sessions table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import TYPE_CHECKING

from elancry.association.scores import UNCODED
from elancry.choices import Consensus, Level, Method, PredictorSet
from elancry.errors import InvalidInput
from elancry.findings import Finding
from elancry.names import UnknownName, there_are, unknown
from elancry.study.plan_keys import Plan
from elancry.study.sessions import BY_FILE, unknown_columns
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.check.coding import CheckedCoding
    from elancry.codebook.model import Codebook

MEAN, CONSENSUS = "mean", "consensus"
DIRECTION = "~"
_KEYS = {"rater": "raters", "tier": "tiers", "sequence-tier": "sequence_tier", "round": "round"}
"""Kind of name -> the key that asks for it in files."""


def refuse_contradictions(plan: Plan) -> None:
    """Raise InvalidInput with every choice of `plan` that contradicts another one."""
    _raise(plan, _contradictions(plan))


def refuse_unknown_names(plan: Plan, coding: CheckedCoding) -> None:
    """Raise InvalidInput with every choice that names a system, category, rater, column or table that is not there.

    Systems and raters of the files may be named though `--tiers` or `--raters` leave them out now.
    """
    found = [
        *_unknown_systems(plan, coding.whole_codebook or coding.codebook),
        *_unknown_raters(plan, coding),
        *unknown_columns(plan),
    ]
    _raise(plan, found)


def refuse_unfit(plan: Plan, codebook: Codebook, raters: Iterable[str]) -> None:
    """Raise InvalidInput with every choice that does not fit the systems and raters that are analyzed."""
    _raise(plan, [*_unknown_systems(plan, codebook), *_unfit(plan, codebook), *_not_a_rater(plan, tuple(raters))])


def in_plan(error: UnknownName, plan: Plan) -> UnknownName | InvalidInput:
    """The error of a name that no file has, with its place if it stands in the plan file."""
    key = _KEYS.get(error.kind, "")
    if key not in plan.lines:
        return error
    found = [plan.impossible(key, error.said, error.advice)]
    return InvalidInput(text("plan.contradictions-in-file", n=1, path=plan.file), found)


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
        "compare": [plan.compare] if plan.compare is not None and plan.compare not in BY_FILE else [],
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
    if plan.guest is not None and plan.guest == plan.against:
        yield plan.impossible("guest", text("plan.guest-is-gold", name=plan.guest), text("plan.guest-is-gold-hint"))
    if plan.guest is not None and plan.raters is not None and plan.guest not in plan.raters:
        problem = text("plan.guest-not-asked", name=plan.guest, raters=plan.raters)
        yield plan.impossible("guest", problem, text("plan.guest-not-asked-hint"))
    if plan.raters is not None:
        yield from _not_a_rater(plan, plan.raters)


def _unknown_systems(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    """Systems and categories that the codebook lacks, in the order of the plan's keys."""
    for wanted in plan.outcomes or ():
        parts = [part.strip() for part in wanted.split(DIRECTION)]
        if len(parts) > 2 or "" in parts:
            yield plan.impossible(
                "outcomes", text("plan.not-a-direction", given=wanted), text("plan.not-a-direction-hint")
            )
            continue
        for part in parts:
            yield from _unknown_system(plan, "outcomes", part, codebook)
    for name, category in plan.references or ():
        yield from _unknown_system(plan, "references", name, codebook, [category], uncoded=True)
    for name, categories in plan.outcome_categories or ():
        yield from _unknown_system(plan, "outcome_categories", name, codebook, categories)
    for name, categories in plan.predictor_categories or ():
        yield from _unknown_system(plan, "predictor_categories", name, codebook, categories, uncoded=True)


def _unknown_system(
    plan: Plan, key: str, name: str, codebook: Codebook, categories: Iterable[str] = (), *, uncoded: bool = False
) -> Iterator[Finding]:
    """The system of that name is not there, or those of its `categories` that are not."""
    system = codebook.system(name)
    if system is None:
        yield plan.impossible(key, *unknown("system", name, [item.id for item in codebook.systems]))
        return
    known = [*(item.id for item in system.categories), *([UNCODED] if uncoded else [])]
    for category in categories:
        if category not in known:
            message = text("plan.no-category", system=name, name=category)
            yield plan.impossible(key, message, there_are(category, known))


def _unfit(plan: Plan, codebook: Codebook) -> Iterator[Finding]:
    """Directions that explain themselves, categories of a system without that side, groups that are not there."""
    systems = [system.id for system in codebook.systems]
    ways = directions(plan, codebook)
    for wanted in plan.outcomes or ():
        outcome, _, predictor = (part.strip() for part in wanted.partition(DIRECTION))
        if outcome == predictor:
            yield plan.impossible("outcomes", text("plan.explains-itself", given=wanted))
    # A direction that is written wrong is said already; what follows from it is not.
    if {name for way in ways for name in way} <= set(systems):
        sides = (
            ("outcome_categories", plan.outcome_categories, {one for one, _ in ways}),
            ("predictor_categories", plan.predictor_categories, {other for _, other in ways}),
        )
        for key, picked, there in sides:
            for name in (name for name, _ in picked or () if name in systems and name not in there):
                problem = text(f"plan.not-in-{key.replace('_', '-')}", name=name)
                yield plan.impossible(key, problem, text("plan.see-outcomes"))
    if plan.predictors is PredictorSet.GROUPS:
        predicting = {predictor for _, predictor in ways}
        grouped = [system.id for system in codebook.systems if system.groups]
        if predicting and not predicting & set(grouped):
            problem = text("plan.no-groups", systems=[name for name in systems if name in predicting])
            yield plan.impossible("predictors", problem, text("plan.no-groups-hint"))


def _unknown_raters(plan: Plan, coding: CheckedCoding) -> Iterator[Finding]:
    """Raters whom no file is by, as reference, as the consensus, as those whose coding is analyzed."""
    named = {
        "against": (plan.against, ()),
        "guest": (plan.guest, ()),
        "consensus": (plan.consensus, tuple(map(str, Consensus))),
        "aggregate": (plan.aggregate, (MEAN, CONSENSUS)),
    }
    for key, (name, words) in named.items():
        if name is not None and name not in words and name not in coding.everybody:
            kind = "rater" if key in ("against", "guest") else key
            yield plan.impossible(key, *unknown(kind, name, [*words, *coding.everybody]))


def _not_a_rater(plan: Plan, raters: tuple[str, ...]) -> Iterator[Finding]:
    known = [MEAN, CONSENSUS, *raters]
    if plan.aggregate not in known:
        yield plan.impossible("aggregate", *unknown("aggregate", plan.aggregate, known))
