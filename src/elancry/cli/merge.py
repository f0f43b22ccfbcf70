"""`elancry merge`: many raters, one file per session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from elancry.choices import CsvForm
from elancry.cli.exits import Exit
from elancry.cli.options import csv_options, input_options, output_options, talk_options

EXAMPLE = "Example:  elancry merge coded -o merged --consensus majority"


@click.command(epilog=EXAMPLE)
@input_options
@output_options
@click.option(
    "--consensus",
    default="majority",
    show_default=True,
    metavar="majority|RATER|none",
    help="Whose coding fills the @consensus tiers.",
)
@click.option(
    "--min-ms",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Absorb consensus and disagreement stretches shorter than this.",
)
@csv_options
@talk_options
def merge(
    paths: tuple[Path, ...],
    output: Path,
    force: bool,
    consensus: str,
    min_ms: int,
    csv_form: CsvForm | None,
    quiet: bool,
    verbose: bool,
    **choices: Any,
) -> int:
    """Merge the raters' files of each session into one that opens in ELAN.

    Every annotation of every rater is kept, on tiers called TIER@RATER; TIER@consensus and TIER@disagreement are added.
    """
    from elancry.cli.show import say_findings
    from elancry.merge.study import merge_study
    from elancry.study.plan import plan_for
    from elancry.study.run import check_study

    coding = check_study(paths, plan_for(paths, **choices))
    coding.require_usable()
    result = merge_study(coding, output, consensus=consensus, min_ms=min_ms, force=force, csv_form=csv_form)
    if not quiet:
        say_findings(result.findings, verbose=verbose)
        click.echo(result.summary())
    return Exit.ERRORS_FOUND if any(item.severity == "error" for item in result.findings) else Exit.CLEAN
