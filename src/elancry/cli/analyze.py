"""`elancry analyze`: the study's statistics."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from elancry.cli.dry_run import dry_run_option
from elancry.cli.options import StudyCommand, also_option, jobs_option, output_options, plan_options, talk_options
from elancry.cli.pseudonyms import Pseudonyms, pseudonym_options
from elancry.cli.worded import command
from elancry.study.plan_keys import Topic
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.files import Rehearsal
    from elancry.study.plan_keys import Plan

EXAMPLE = "elancry analyze sample_eaf -o results"


def _preview(*, paths: tuple[Path, ...], plan: Plan, output: Path, force: bool, jobs: int, **_more: Any) -> Rehearsal:
    from elancry.study.run import preview_study

    return preview_study(paths, plan, output, command="analyze", force=force, jobs=jobs)


@command(text("command.analyze"), EXAMPLE, cls=StudyCommand)
@plan_options(Topic.FILES, Topic.AGREEMENT, Topic.ASSOCIATION, Topic.OUTPUT)
@output_options
@also_option
@pseudonym_options
@dry_run_option(_preview)
@jobs_option
@talk_options
def analyze(
    paths: tuple[Path, ...],
    plan: Plan,
    output: Path,
    force: bool,
    pseudonyms: Pseudonyms,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Compute, write, say what came of it."""
    from elancry.cli.show import progress, say_at_once, say_outcome
    from elancry.study.run import run_study

    with pseudonyms.study(paths, plan, output, quiet=quiet) as study:
        shown = progress(quiet=quiet)
        outcome = run_study(
            study.paths,
            study.plan,
            output,
            command="analyze",
            force=force,
            jobs=jobs,
            progress=shown,
            warn=None if quiet else say_at_once,
        )
        return say_outcome(outcome, quiet=quiet, verbose=verbose)
