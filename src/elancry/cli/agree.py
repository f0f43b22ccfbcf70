"""`elancry agree`: reliability alone, for rater training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from elancry.cli.options import csv_options, input_options, number_options, output_options, talk_options

EXAMPLE = "Example:  elancry agree practice -o agreement --codebook crying --criterion 0.6"


@click.command(epilog=EXAMPLE)
@input_options
@output_options
@number_options
@click.option(
    "--against",
    metavar="RATER",
    help="Gold rater: compare everybody with this one alone [default: everybody with each other].",
)
@click.option("--curve", is_flag=True, help="Show the learning curve over all sessions, not only the last ones.")
@csv_options
@talk_options
def agree(
    paths: tuple[Path, ...],
    output: Path,
    force: bool,
    curve: bool,
    jobs: int,
    quiet: bool,
    verbose: bool,
    **choices: Any,
) -> int:
    """Compute how far raters agree: on time, on events, on ratings.

    For rater training: run it after every practice file. It shows how far each rater agrees, which categories are
    confused, and the learning curve over sessions and training rounds; --against compares everybody with a gold rater.

    Writes results.json, tables/agreement.csv and others, figures and report.html.
    """
    from elancry.cli.show import counter, say_outcome, steps
    from elancry.cli.training_table import training_lines
    from elancry.study.plan import plan_for
    from elancry.study.run import run_study

    outcome = run_study(
        paths,
        plan_for(paths, **choices),
        output,
        command="agree",
        force=force,
        jobs=jobs,
        progress=steps(quiet=quiet),
        counted=counter("Reading", quiet=quiet),
        drawn=counter("Drawing", quiet=quiet),
    )
    code = say_outcome(outcome, quiet=quiet, verbose=verbose)
    if not quiet:
        for line in training_lines(outcome.results, against=choices.get("against"), curve=curve):
            click.echo(line)
    return code
