"""`elancry analyze`: the study's statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from elancry.cli.options import (
    association_options,
    csv_options,
    input_options,
    number_options,
    output_options,
    talk_options,
)

EXAMPLE = "Example:  elancry analyze sample_eaf -o results"


@click.command(epilog=EXAMPLE)
@input_options
@output_options
@number_options
@csv_options
@association_options
@talk_options
def analyze(
    paths: tuple[Path, ...], output: Path, force: bool, jobs: int, quiet: bool, verbose: bool, **choices: Any
) -> int:
    """Compute agreement, co-occurrence, sequences of events and regressions, and write the report.

    Writes results.json, tables/*.csv, figures and report.html; open report.html in a browser, no internet needed.
    Every choice can be made in a plan, study.yaml (`elancry init` writes one); options override it.
    """
    from elancry.cli.show import counter, say_outcome, steps
    from elancry.study.plan import plan_for
    from elancry.study.run import run_study

    outcome = run_study(
        paths,
        plan_for(paths, **choices),
        output,
        command="analyze",
        force=force,
        jobs=jobs,
        progress=steps(quiet=quiet),
        counted=counter("Reading", quiet=quiet),
        drawn=counter("Drawing", quiet=quiet),
    )
    return say_outcome(outcome, quiet=quiet, verbose=verbose)
