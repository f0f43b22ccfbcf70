"""What the page shows of a study: where it stands, what was chosen, what a check found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from elancry.choices import PLAN_FILE
from elancry.errors import OutputRefused
from elancry.files import write_text
from elancry.findings import CATALOGUE, Finding
from elancry.study.next_step import next_step
from elancry.study.plan import read_plan
from elancry.study.plan_keys import Plan, key_named
from elancry.study.plan_text import commented_plan
from elancry.texts import text


def state(folder: Path, language: str) -> dict[str, Any]:
    """Name, place and folders of a study, and what usually comes next."""
    return {
        "name": folder.name,
        "path": str(folder),
        "next": next_step(folder).into(language),
        "folders": sorted(
            item.name for item in folder.iterdir() if item.is_dir() and not item.name.startswith((".", "$"))
        ),
        "plan": (folder / PLAN_FILE).is_file(),
    }


def plan_of(folder: Path) -> Plan:
    """The plan of the study, or the defaults; raises what `read_plan` does."""
    path = folder / PLAN_FILE
    return read_plan(path) if path.is_file() else Plan()


def save_plan(folder: Path, given: Mapping[str, str | bool]) -> None:
    """Write what was chosen into `study.yaml`, where the command line reads it.

    Raises UsageError for a value that a key does not take; OutputRefused where somebody wrote into the file by hand:
    what they noted there would be lost.
    """
    path = folder / PLAN_FILE
    plan = plan_of(folder)
    if path.is_file() and path.read_text(encoding="utf-8") != commented_plan(plan):
        raise OutputRefused(text("app.plan-by-hand", path=str(path)), hint=text("app.plan-by-hand-hint"))
    made = {name: key_named(name).parse(value) for name, value in given.items()}
    write_text(path, commented_plan(plan.with_(made)))


def findings(output: str, language: str) -> list[dict[str, Any]]:
    """What `elancry check --format json` printed, in words: kind, severity, place, message and remedy of each.

    An output that was cut off or that is no list of findings gives none.
    """
    try:
        data = json.loads(output)["findings"]
        found = [Finding.from_dict(item) for item in data]
    except (ValueError, KeyError, TypeError):
        return []
    return [
        {
            "code": item.code,
            "severity": item.severity.value,
            "title": CATALOGUE[item.code].title.into(language),
            "place": item.place(language),
            "file": item.file,
            "message": item.said if isinstance(item.said, str) else item.said.into(language),
            "hint": item.advice if isinstance(item.advice, str | None) else item.advice.into(language),
        }
        for item in found
    ]
