"""`elancry merge`: many raters, one file per session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.exits import Exit
from elancry.cli.options import (
    FILE,
    StudyCommand,
    jobs_option,
    key_option,
    output_options,
    plan_options,
    talk_options,
)
from elancry.findings import Severity, worst
from elancry.study.plan_keys import Topic

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan

EXAMPLE = "Example:  elancry merge coded -o merged --consensus majority"


@click.command(cls=StudyCommand, epilog=EXAMPLE)
@plan_options(Topic.FILES, Topic.MERGE, "against", "csv_form")
@output_options
@click.option("--resume", is_flag=True, help="Keep what people edited on @consensus tiers of an earlier merge.")
@click.option("--discard-adjudication", is_flag=True, help="Give up what people edited there.")
@click.option(
    "--pseudonymise", is_flag=True, help="Replace names of raters, sessions, media and participants; needs --key."
)
@click.option("--key", type=FILE, help="File that tells which pseudonym is who; must lie outside the output folder.")
@key_option("tiers", "--keep-tiers", "keep_tiers", help="Comment tiers to keep with --pseudonymise.")
@jobs_option
@talk_options
def merge(
    paths: tuple[Path, ...],
    plan: Plan,
    output: Path,
    force: bool,
    resume: bool,
    discard_adjudication: bool,
    pseudonymise: bool,
    key: Path | None,
    keep_tiers: tuple[str, ...] | None,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Merge the raters' files of each session into one that opens in ELAN.

    Every annotation of every rater is kept, on tiers called TIER@RATER; TIER@consensus and TIER@disagreement are added.
    """
    from elancry.check.disk_store import DiskStore
    from elancry.cli.show import counter, say_findings
    from elancry.errors import UsageError
    from elancry.merge.study import merge_study
    from elancry.study.run import check_study

    if pseudonymise != (key is not None):
        raise UsageError(
            "--pseudonymise and --key belong together", hint="Give the key a place outside the output folder."
        )
    with DiskStore() as store:
        coding = check_study(paths, plan, jobs=jobs, progress=counter("Reading", quiet=quiet), store=store)
        coding.require_usable()
        result = merge_study(
            coding,
            output,
            consensus=plan.consensus,
            min_ms=plan.min_ms,
            force=force,
            csv_form=plan.csv_form.for_tables,
            resume=resume,
            discard_adjudication=discard_adjudication,
            key=key,
            keep_tiers=keep_tiers or (),
            jobs=jobs,
            progress=counter("Merging", quiet=quiet),
        )
    findings = (*coding.findings, *result.findings)
    if not quiet:
        say_findings(findings, verbose=verbose)
        click.echo(result.summary())
    return Exit.ERRORS_FOUND if worst(findings) is Severity.ERROR else Exit.CLEAN
