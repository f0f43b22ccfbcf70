"""`elancry init`: a folder for a new study."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.choices import DEFAULT_CODEBOOK
from elancry.cli.exits import Exit
from elancry.cli.options import FILE, force_option, quiet_option
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

EXAMPLE = "elancry init my-study --codebook crying"


@command(text("command.init"), EXAMPLE)
@click.argument("folder", type=FILE, metavar="DIR")
@option(
    "--codebook", default=DEFAULT_CODEBOOK, show_default=True, metavar="NAME|FILE", said=text("option.codebook-copied")
)
@force_option
@quiet_option
def init(folder: Path, codebook: str, force: bool, quiet: bool) -> int:
    """Write the folder, say what comes next."""
    from elancry.study.new_study import new_study

    written = new_study(folder, codebook=codebook, force=force)
    if not quiet:
        for path in written:
            say(str(path))
        say(text("init.next", codebook=written[1].name))
    return Exit.CLEAN
