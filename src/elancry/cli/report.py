"""`elancry report`: the report of results that are there, without computing them anew."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.choices import Language
from elancry.cli.options import FILE, drawing_options
from elancry.texts import text

EXAMPLE = "Example:  elancry report results --lang de -o bericht"


@click.command(epilog=EXAMPLE)
@click.argument("results", type=FILE, metavar="RESULTS")
@click.option("-o", "--output", type=FILE, metavar="DIR", help="Folder for the report [default: RESULTS itself].")
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
    """Write the report of RESULTS again, the folder that analyze or agree wrote, in its language or in another one.

    Reads results.json and drawing.json there and nothing else. Writes report.html, methods.md and methods.bib,
    tables.docx and figures.
    """
    from elancry.cli.exits import Exit
    from elancry.cli.show import counter
    from elancry.outputs import OutputFolder
    from elancry.report.write import report_files
    from elancry.study.saved import load_results

    found = load_results(results).shown(language=language, print_figures=print_figures)
    folder = OutputFolder(output or results, command="report", force=force)
    folder.write_all(report_files(found, jobs=jobs, progress=counter("Drawing", quiet=quiet)))
    folder.finish()
    if not quiet:
        click.echo(text("report.written", path=str(folder.folder / "report.html")))
    return Exit.CLEAN
