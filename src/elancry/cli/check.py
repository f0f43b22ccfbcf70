"""`elancry check`: what came back, and may we trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.each_file import FileOutcome, State, all_over, refuse_inputs
from elancry.cli.exits import Exit
from elancry.cli.options import FILE, StudyCommand, force_option, jobs_option, plan_options, talk_options
from elancry.cli.say import say, say_data
from elancry.cli.worded import command, option
from elancry.study.plan_keys import Topic
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.edit.repair_files import RepairFile
    from elancry.findings import Finding
    from elancry.study.plan_keys import Plan

EXAMPLE = "elancry check coded --codebook crying"


@command(text("command.check"), EXAMPLE, cls=StudyCommand)
@plan_options(Topic.FILES, "against")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    said=text("option.form"),
)
@option("--strict", is_flag=True, said=text("option.strict"))
@option("--fix", is_flag=True, said=text("option.fix"))
@option("--fix-spelling", is_flag=True, said=text("option.fix-spelling"))
@option("-o", "--output", type=FILE, metavar="DIR", said=text("option.check-output"))
@force_option
@jobs_option
@talk_options
def check(
    paths: tuple[Path, ...],
    plan: Plan,
    form: str,
    strict: bool,
    fix: bool,
    fix_spelling: bool,
    output: Path | None,
    force: bool,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check, show the findings, write repaired copies if asked to."""
    from elancry.align.sequences import match_sequences
    from elancry.check.roster import find_files
    from elancry.check.vocabulary_file import check_vocabulary_file
    from elancry.cli.show import counter, summary_line
    from elancry.codebook.from_ecv import is_ecv
    from elancry.errors import UsageError
    from elancry.outputs import OutputFolder
    from elancry.study.run import check_study

    if (fix or fix_spelling) != (output is not None):
        raise UsageError(text("check.fix-needs-output"), hint=text("check.fix-needs-output-hint"))
    if output is not None:
        refuse_inputs(find_files(paths).files, output)
    alone = [check_vocabulary_file(path) for path in paths if is_ecv(path) and not path.is_dir()]
    about_files = [item for file in alone for item in file.findings]
    paths = tuple(path for path in paths if not is_ecv(path) or path.is_dir())
    if alone and not paths:
        _show(about_files, form, [file.summary() for file in alone], quiet=quiet, verbose=verbose)
        return _exit_code(about_files, strict=strict)
    coding = check_study(paths, plan, jobs=jobs, progress=counter(text("progress.reading"), quiet=quiet))
    coding = coding.with_findings([*about_files, *match_sequences(coding)[1]])
    _show(
        coding.findings, form, [*(file.summary() for file in alone), summary_line(coding)], quiet=quiet, verbose=verbose
    )
    if output is not None:
        from elancry.edit.repair_files import RepairFile, write_repaired

        files = [(file.path, file.name) for file in coding.files]
        OutputFolder(output, command="check", force=force)
        work = _Repair(RepairFile.of(coding, spelling=fix_spelling))
        done = all_over(files, work, jobs=jobs, quiet=quiet, doing=text("progress.repairing"))
        if done is None:
            return Exit.UNUSABLE
        contents = {name: data for outcome in done for name, data in outcome.contents.items()}
        repairs = [row for outcome in done for row in outcome.rows]
        repaired = write_repaired(coding, output, contents, repairs, force=force)
        if not quiet:
            say(repaired.text(), err=form != "text")
    return _exit_code(coding.findings, strict=strict)


def _show(findings: Sequence[Finding], form: str, summary: Sequence[object], *, quiet: bool, verbose: bool) -> None:
    from elancry.check.render import render_json, render_sarif, render_text
    from elancry.findings import Severity

    if form == "json":
        say_data(render_json(findings))
    elif form == "sarif":
        say_data(render_sarif(findings))
    else:
        shown = [item for item in findings if item.severity is Severity.ERROR] if quiet else findings
        if shown:
            say(render_text(shown, verbose=verbose))
        for line in () if quiet else summary:
            say(line)


def _exit_code(findings: Sequence[Finding], *, strict: bool) -> int:
    from elancry.check.coding import UNREADABLE
    from elancry.findings import Severity, worst

    if any(item.code in UNREADABLE for item in findings):
        return Exit.UNUSABLE
    gravest = worst(findings)
    if gravest is Severity.ERROR:
        return Exit.ERRORS_FOUND
    if strict and gravest is Severity.WARNING:
        return Exit.WARNINGS_UNDER_STRICT
    return Exit.CLEAN


@dataclass(frozen=True)
class _Repair:
    """The work on one file, for `each_file`; picklable."""

    file: RepairFile

    def __call__(self, path: Path, name: str) -> FileOutcome:
        contents, repairs = self.file(path, name)
        return FileOutcome(name, State.CHANGED if repairs else State.UNCHANGED, repairs, contents=contents)
