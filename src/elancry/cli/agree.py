"""`elancry agree`: reliability alone, for rater training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.options import StudyCommand, jobs_option, output_options, plan_options, talk_options
from elancry.study.plan_keys import Topic

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan

EXAMPLE = "Example:  elancry agree practice -o agreement --codebook crying --criterion 0.6"


@click.command(cls=StudyCommand, epilog=EXAMPLE)
@plan_options(Topic.FILES, Topic.AGREEMENT, Topic.OUTPUT)
@output_options
@click.option("--curve", is_flag=True, help="Show the learning curve over all sessions, not only the last ones.")
@jobs_option
@talk_options
def agree(
    paths: tuple[Path, ...],
    plan: Plan,
    output: Path,
    force: bool,
    curve: bool,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Compute how far raters agree: on time, on events, on ratings.

    For rater training: run it after every practice file. It shows how far each rater agrees, which categories are
    confused, and the learning curve over sessions and training rounds; --against compares everybody with a gold rater.

    Writes results.json, tables/agreement.csv and others, figures and report.html.
    """
    from elancry.cli.show import progress, say_outcome
    from elancry.cli.training_table import training_lines
    from elancry.study.run import run_study

    outcome = run_study(paths, plan, output, command="agree", force=force, jobs=jobs, progress=progress(quiet=quiet))
    code = say_outcome(outcome, quiet=quiet, verbose=verbose)
    if not quiet:
        for line in training_lines(outcome.results, against=plan.against, curve=curve):
            click.echo(line)
    return code
