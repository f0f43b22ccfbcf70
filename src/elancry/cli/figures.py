"""`elancry figures`: the figures of results that are there, without computing them anew."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.choices import Language
from elancry.cli.options import FILE, drawing_options
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

EXAMPLE = "elancry figures results -o figures --print-figures"


@command(text("command.figures"), EXAMPLE)
@click.argument("results", type=FILE, metavar="RESULTS")
@option("-o", "--output", type=FILE, required=True, metavar="DIR", said=text("option.figures-output"))
@drawing_options
def figures(
    results: Path,
    output: Path,
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
    from elancry.report.write import figure_files
    from elancry.study.saved import load_results

    found = load_results(results).shown(language=language, print_figures=print_figures)
    folder = OutputFolder(output, command="figures", force=force)
    written = folder.write_all(figure_files(found, jobs=jobs, progress=counter(text("progress.drawing"), quiet=quiet)))
    folder.finish()
    if not quiet:
        say(text("figures.written", n=len({path.stem for path in written}), folder=str(output)))
    return Exit.CLEAN
