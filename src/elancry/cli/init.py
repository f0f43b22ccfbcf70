"""`elancry init`: a folder for a new study."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, force_option, quiet_option

EXAMPLE = "Example:  elancry init my-study --codebook crying"


@click.command(epilog=EXAMPLE)
@click.argument("folder", type=FILE, metavar="DIR")
@click.option(
    "--codebook", default="crying", show_default=True, metavar="NAME|FILE", help="Codebook to copy into the folder."
)
@force_option
@quiet_option
def init(folder: Path, codebook: str, force: bool, quiet: bool) -> int:
    """Make a study folder: the plan with every choice explained, a codebook, a table for the sessions.

    Writes study.yaml, a copy of the codebook's YAML file and sessions.csv. Every command that is called in the folder
    reads study.yaml.
    """
    from elancry.study.new_study import new_study

    written = new_study(folder, codebook=codebook, force=force)
    if not quiet:
        for path in written:
            click.echo(str(path))
        click.echo("Nothing has to be changed there to begin. Next, in that folder:")
        click.echo(f"  elancry template {written[1].name} -o templates   then code in ELAN, then")
        click.echo("  elancry analyze CODED-FILES -o results")
    return Exit.CLEAN
