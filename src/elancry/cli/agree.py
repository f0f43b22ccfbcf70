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
@csv_options
@talk_options
def agree(paths: tuple[Path, ...], output: Path, force: bool, quiet: bool, verbose: bool, **choices: Any) -> int:
    """Compute how far raters agree: on time, on events, on ratings.

    Writes results.json, tables/agreement.csv, tables/confusion.csv, figures and report.html.
    """
    from elancry.cli.show import say_outcome, steps
    from elancry.study.plan import plan_for
    from elancry.study.run import run_study

    outcome = run_study(
        paths, plan_for(paths, **choices), output, command="agree", force=force, progress=steps(quiet=quiet)
    )
    return say_outcome(outcome, quiet=quiet, verbose=verbose)
