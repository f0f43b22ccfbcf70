"""`elancry report`: the report of results that are there, without computing them anew."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.choices import Language
from elancry.cli.options import FILE, drawing_options
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

EXAMPLE = "elancry report results --lang de -o bericht"


@command(text("command.report"), EXAMPLE)
@click.argument("results", type=FILE, metavar="RESULTS")
@option("-o", "--output", type=FILE, metavar="DIR", said=text("option.report-output"))
@drawing_options
def report(
    results: Path,
    output: Path | None,
    force: bool,
    language: Language | None,
    print_figures: bool | None,
    jobs: int,
    quiet: bool,
) -> int:
    """Load, draw, write."""
    from elancry.cli.exits import Exit
    from elancry.cli.show import counter
    from elancry.outputs import OutputFolder
    from elancry.report.write import report_files
    from elancry.study.saved import load_results

    found = load_results(results).shown(language=language, print_figures=print_figures)
    folder = OutputFolder(output or results, command="report", force=force)
    folder.write_all(report_files(found, jobs=jobs, progress=counter(text("progress.drawing"), quiet=quiet)))
    folder.finish()
    if not quiet:
        say(text("report.written", path=str(folder.folder / "report.html")))
    return Exit.CLEAN
