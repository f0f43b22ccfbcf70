"""`elancry merge`: many raters, one file per session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from elancry.cli.dry_run import dry_run_option
from elancry.cli.exits import Exit
from elancry.cli.options import StudyCommand, jobs_option, output_option, plan_options, talk_options
from elancry.cli.pseudonyms import Pseudonyms, pseudonym_options
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.errors import UsageError
from elancry.findings import Severity, worst
from elancry.study.plan_keys import Topic
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan

EXAMPLE = "elancry merge coded -o merged --consensus majority"


@command(text("command.merge"), EXAMPLE, cls=StudyCommand)
@plan_options(Topic.FILES, Topic.MERGE, "against", "csv_form")
@output_option
@option("--force", is_flag=True, said=text("option.merge-force"))
@option("--resume", is_flag=True, said=text("option.resume"))
@option("--discard-adjudication", is_flag=True, said=text("option.discard-adjudication"))
@pseudonym_options
@dry_run_option()
@jobs_option
@talk_options
def merge(
    paths: tuple[Path, ...],
    plan: Plan,
    output: Path,
    force: bool,
    resume: bool,
    discard_adjudication: bool,
    pseudonyms: Pseudonyms,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check, merge, say what came of it."""
    from elancry.check.disk_store import DiskStore
    from elancry.cli.show import counter, say_findings
    from elancry.merge.passed_on import PassedOn, pass_on
    from elancry.merge.study import MergeResult, merge_study
    from elancry.study.run import check_study

    with pseudonyms.study(paths, plan, output, quiet=quiet) as study, DiskStore() as store:
        plan = study.plan
        coding = check_study(
            study.paths, plan, jobs=jobs, progress=counter(text("progress.reading"), quiet=quiet), store=store
        )
        coding.require_usable()
        result: MergeResult | PassedOn
        n_merged = sum(file.merged for file in coding.files)
        if study.hidden is not None and 0 < n_merged < len(coding.files):
            said = text("pseudonyms.mixed", merged=n_merged, raters=len(coding.files) - n_merged)
            raise UsageError(said, hint=text("pseudonyms.mixed-hint"))
        if study.hidden is not None and n_merged:
            result = pass_on(
                coding, output, force=force, discard=discard_adjudication, csv_form=plan.csv_form.for_tables
            )
        else:
            result = merge_study(
                coding,
                output,
                consensus=plan.consensus if "consensus" in plan.chosen else None,
                min_ms=plan.min_ms if "min_ms" in plan.chosen else None,
                force=force,
                csv_form=plan.csv_form.for_tables,
                resume=resume,
                discard_adjudication=discard_adjudication,
                clean=None if study.hidden is None else study.hidden.document,
                jobs=jobs,
                progress=counter(text("progress.merging"), quiet=quiet),
            )
    findings = (*coding.findings, *result.findings)
    say_findings(findings, verbose=verbose, quiet=quiet)
    if not quiet:
        say(result.summary())
    return Exit.ERRORS_FOUND if worst(findings) is Severity.ERROR else Exit.CLEAN
