"""The plan of a study, from three places, later ones overriding: defaults, `study.yaml`, the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from elancry.choices import PLAN_FILE, Method
from elancry.errors import InvalidInput, UnreadableInput, UsageError
from elancry.paths import why_no_file
from elancry.study.plan_checks import refuse_contradictions
from elancry.study.plan_keys import Plan, keys
from elancry.study.plan_values import WrongValue
from elancry.texts import text
from elancry.yaml_lines import Kind, Walk
from elancry.yaml_tree import read_yaml

__all__ = ("Plan", "plan_for", "read_plan")


def plan_for(
    paths: Sequence[Path],
    chosen: Mapping[str, Any] | None = None,
    *,
    study: Path | None = None,
    also: Iterable[Method] = (),
) -> Plan:
    """The plan for a command: `study`, else `study.yaml` here, else in the one folder given; then what is `chosen`.

    `chosen` holds values of the plan's fields, as `Key.parse` gives them; `also` methods beyond those of `sensitivity`.

    Raises UsageError for a plan that is named and not there; InvalidInput with every mistake in the file, or with
    choices that contradict each other.
    """
    if study is not None and not study.is_file():
        if (why := why_no_file(study)) is not None:
            raise UnreadableInput(why)
        raise UsageError(text("plan.no-file", path=str(study)), hint=text("plan.no-file-hint"))
    folders = [Path(), *(path for path in paths if path.is_dir())][:2]
    found = study or next((folder / PLAN_FILE for folder in folders if (folder / PLAN_FILE).is_file()), None)
    plan = (Plan() if found is None else read_plan(found)).with_(chosen or {})
    more = tuple(method for method in also if method not in plan.sensitivity)
    plan = plan.with_({"sensitivity": (*plan.sensitivity, *more)}) if more else plan
    refuse_contradictions(plan)
    return plan


def read_plan(path: Path) -> Plan:
    """The plan in a file; paths in it are relative to it. A value that is the default counts as not chosen.

    Raises UnreadableInput if it is no YAML, InvalidInput with every mistake in it otherwise.
    """
    walk = Walk(str(path), "plan")
    node = read_yaml(path)
    made: dict[str, Any] = {}
    lines: dict[str, int] = {}
    known = replace(node, kind=Kind.MAPPING) if node.kind is Kind.EMPTY else node
    section = walk.section(known, list(keys()), text("plan.itself"))
    for name, key in keys().items():
        given = section.node(name)
        if given is None:
            continue
        try:
            value = key.reader.read(given)
        except WrongValue as error:
            walk.report("wrong-type", error.line, key.refusal(error), key.words)
            continue
        if value == key.default:
            continue
        if key.path and (name != "codebook" or value.endswith((".yaml", ".yml"))):
            value = str(path.parent / value)
        made[name], lines[name] = value, section.line_of(name)
    if walk.findings:
        message = text("plan.mistakes", n=len(walk.findings), path=str(path))
        raise InvalidInput(message, walk.findings)
    return replace(Plan(), **made, chosen=frozenset(made), lines=lines, file=str(path))
