"""The plan of a study, from three places, later ones overriding: defaults, `study.yaml`, the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from elancry.choices import Method
from elancry.errors import InvalidInput, UsageError
from elancry.study.plan_checks import refuse_contradictions
from elancry.study.plan_keys import Plan, default_of, keys, parse_choice
from elancry.yaml_lines import Kind, Walk, nearest
from elancry.yaml_tree import read_yaml

__all__ = ("FILE_NAME", "Plan", "parse_setting", "plan_for", "read_plan")

FILE_NAME = "study.yaml"


def plan_for(
    paths: Sequence[Path],
    *,
    study: Path | None = None,
    settings: Sequence[str] = (),
    also: Sequence[str] = (),
    **choices: Any,
) -> Plan:
    """The plan for a command: `study`, else `study.yaml` here, else in the one folder given; then the command line.

    `settings` are `KEY=VALUE` with the value as it would stand in the file, `choices` fields with their values,
    `also` methods beyond those of `sensitivity`.

    Raises UsageError for a plan that is named and not there, or a wrong setting; InvalidInput with every mistake in the
    file.
    """
    if study is not None and not study.is_file():
        raise UsageError(f"there is no plan {study}", hint="Give the path of a study.yaml, or leave --study out.")
    folders = [Path(), *(path for path in paths if path.is_dir())][:2]
    found = study or next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)
    plan = Plan() if found is None else read_plan(found)
    plan = plan.with_(dict(map(parse_setting, settings))).choose(**choices)
    more = tuple(method for method in map(Method, also) if method not in plan.sensitivity)
    plan = plan.choose(sensitivity=(*plan.sensitivity, *more) if more else None)
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
    if node.kind is not Kind.EMPTY:
        section = walk.section(node, list(keys()), "the plan")
        for name, key in keys().items():
            value = key.read(section, name)
            if value is None or value == default_of(name):
                continue
            if key.path and (name != "codebook" or value.endswith((".yaml", ".yml"))):
                value = str(path.parent / value)
            made[name], lines[name] = value, section.line_of(name)
    if walk.findings:
        noun = "mistake" if len(walk.findings) == 1 else "mistakes"
        raise InvalidInput(f"{len(walk.findings)} {noun} in the plan {path}", walk.findings)
    return replace(Plan(), **made, chosen=frozenset(made), lines=lines, file=str(path))


def parse_setting(given: str) -> tuple[str, Any]:
    """`KEY=VALUE`, the value as it would stand in the file -> (key, value); UsageError where it is none."""
    name, equals, value = given.partition("=")
    known = list(keys())
    if not equals or name.strip() not in known:
        close = nearest(name.strip(), known)
        hint = (
            f"Did you mean {close}?" if close else "Write KEY=VALUE with a key of the plan: " + ", ".join(known) + "."
        )
        raise UsageError(f"--set {given}: this is no setting", hint=hint)
    return name.strip(), parse_choice(name.strip(), value.strip())
