"""`elancry migrate`: completed files onto a revised codebook."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, output_options, quiet_option
from elancry.cli.show import count

EXAMPLE = "Example:  elancry migrate codebook-1.yaml codebook-2.yaml coded -o migrated"


@click.command(epilog=EXAMPLE)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@output_options
@quiet_option
def migrate(old: str, new: str, paths: tuple[Path, ...], output: Path, force: bool, quiet: bool) -> int:
    """Carry coded files over from codebook OLD to its revision NEW.

    NEW says in its section `changes:` what was renamed, merged, split, removed and added. Copies are written; every
    annotation is accounted for in migration.csv, and what a person has to decide is left as it was and listed.
    """
    from elancry.check.roster import find_files
    from elancry.codebook.load import load_codebook
    from elancry.edit.migrate import TABLE, migrate_files

    migration = migrate_files(load_codebook(old), load_codebook(new), find_files(paths).files, output, force=force)
    if not quiet:
        files = sum(path.suffix.lower() == ".eaf" for path in migration.paths)
        click.echo(f"{count(files, 'file')} in {output}, {count(len(migration.rows), 'annotation')} accounted for.")
        if migration.to_decide:
            click.echo(f"{count(len(migration.to_decide), 'annotation')} for a person to decide: see {output / TABLE}")
    return Exit.CLEAN
