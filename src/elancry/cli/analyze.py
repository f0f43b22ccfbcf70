"""`elancry analyze`: the study's statistics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.options import StudyCommand, also_option, jobs_option, output_options, plan_options, talk_options
from elancry.study.plan_keys import Topic

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan

EXAMPLE = "Example:  elancry analyze sample_eaf -o results"


@click.command(cls=StudyCommand, epilog=EXAMPLE)
@plan_options(Topic.FILES, Topic.AGREEMENT, Topic.ASSOCIATION, Topic.OUTPUT)
@output_options
@also_option
@jobs_option
@talk_options
def analyze(
    paths: tuple[Path, ...], plan: Plan, output: Path, force: bool, jobs: int, quiet: bool, verbose: bool
) -> int:
    """Compute agreement, co-occurrence, sequences of events and regressions, and write the report.

    Writes results.json, tables/*.csv, figures and report.html; open report.html in a browser, no internet needed.
    Every choice can be made in a plan, study.yaml (`elancry init` writes one); options override it.
    """
    from elancry.cli.show import progress, say_outcome
    from elancry.study.run import run_study

    outcome = run_study(paths, plan, output, command="analyze", force=force, jobs=jobs, progress=progress(quiet=quiet))
    return say_outcome(outcome, quiet=quiet, verbose=verbose)
