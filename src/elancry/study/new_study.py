"""A folder for a new study: the plan with every choice explained, a codebook to own, a table for the sessions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from elancry.choices import PLAN_FILE
from elancry.outputs import OutputFolder
from elancry.study.nesting import LEVELS
from elancry.study.plan import Plan
from elancry.study.plan_text import commented_plan

SESSIONS_FILE = "sessions.csv"


def new_study(folder: Path, *, codebook: str, force: bool = False) -> tuple[Path, ...]:
    """Write `study.yaml`, a copy of the codebook (a built-in name or a file) and an empty `sessions.csv` to `folder`.

    Returns the paths written. Raises OutputRefused, before anything is written, where one of them stands there and
    `force` is not given; InvalidInput or UnreadableInput for a codebook that cannot be used.
    """
    from elancry.codebook.load import find_codebook, load_codebook

    load_codebook(codebook)
    source = find_codebook(codebook)
    output = OutputFolder(folder, command="init", force=force)
    output.refuse_foreign([PLAN_FILE, source.name, SESSIONS_FILE])
    written = (
        output.write(PLAN_FILE, commented_plan(replace(Plan(), codebook=source.name))),
        output.write(source.name, source.read_bytes()),
        output.write(SESSIONS_FILE, ",".join(reversed(LEVELS)) + "\n"),
    )
    output.finish()
    return written
