"""`elancry agree`: reliability alone, for rater training."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elancry.cli.dry_run import dry_run_option
from elancry.cli.options import FILE, StudyCommand, jobs_option, output_options, plan_options, talk_options
from elancry.cli.pseudonyms import Pseudonyms, pseudonym_options
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.study.plan_keys import Topic
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.files import Rehearsal
    from elancry.study.plan_keys import Plan

EXAMPLE = "elancry agree practice -o agreement --codebook crying --criterion 0.6"


def _preview(*, paths: tuple[Path, ...], plan: Plan, output: Path, force: bool, jobs: int, **_more: Any) -> Rehearsal:
    from elancry.study.run import preview_study

    return preview_study(paths, plan, output, command="agree", force=force, jobs=jobs)


@command(text("command.agree"), EXAMPLE, cls=StudyCommand)
@plan_options(Topic.FILES, Topic.AGREEMENT, Topic.OUTPUT)
@output_options
@option("--versus", type=FILE, said=text("option.versus"))
@option("--curve", is_flag=True, said=text("option.curve"))
@pseudonym_options
@dry_run_option(_preview)
@jobs_option
@talk_options
def agree(
    paths: tuple[Path, ...],
    plan: Plan,
    output: Path,
    force: bool,
    versus: Path | None,
    curve: bool,
    pseudonyms: Pseudonyms,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Compute, write, show the training tables."""
    from elancry.cli.show import progress, say_at_once, say_outcome
    from elancry.cli.training_table import training_lines
    from elancry.study.run import run_study

    with ExitStack() as stack:
        other = None
        if versus is not None:
            # There need be no guest there, and groups are those of the study itself.
            theirs = replace(plan, guest=None, compare=None)
            hidden = stack.enter_context(pseudonyms.study((versus,), theirs, output, quiet=quiet, compared=True))
            other = hidden.paths, hidden.plan
        study = stack.enter_context(pseudonyms.study(paths, plan, output, quiet=quiet))
        shown = progress(quiet=quiet)
        outcome = run_study(
            study.paths,
            study.plan,
            output,
            command="agree",
            force=force,
            jobs=jobs,
            progress=shown,
            warn=None if quiet else say_at_once,
            versus=other,
        )
        code = say_outcome(outcome, quiet=quiet, verbose=verbose)
        if not quiet:
            for line in training_lines(outcome.results, against=study.plan.against, curve=curve):
                say(line)
    return code
