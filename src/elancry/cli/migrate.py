"""`elancry migrate`: completed files onto a revised codebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.each_file import FileOutcome, State, all_over, refuse_inputs
from elancry.cli.exits import Exit
from elancry.cli.options import FILE, jobs_option, output_options, quiet_option
from elancry.cli.say import say
from elancry.cli.worded import command
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.edit.migration import MigrateFile

EXAMPLE = "elancry migrate codebook-1.yaml codebook-2.yaml coded -o migrated"


@command(text("command.migrate"), EXAMPLE)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@output_options
@jobs_option
@quiet_option
def migrate(old: str, new: str, paths: tuple[Path, ...], output: Path, force: bool, jobs: int, quiet: bool) -> int:
    """Migrate all files or none, say what came of it."""
    from elancry.check.roster import find_files
    from elancry.codebook.load import load_codebook
    from elancry.edit.migration import TABLE, MigrateFile, write_migration

    work = _Migrate(MigrateFile.between(load_codebook(old), load_codebook(new), output))
    files = find_files(paths).files
    refuse_inputs(files, output)
    done = all_over(files, work, jobs=jobs, quiet=quiet, doing=text("progress.migrating"))
    if done is None:
        return Exit.UNUSABLE
    contents = {name: data for outcome in done for name, data in outcome.contents.items()}
    migration = write_migration(output, contents, [row for outcome in done for row in outcome.rows], force=force)
    if not quiet:
        counts = {
            "files": text("count.files", n=len(done)),
            "annotations": text("count.annotations", n=len(migration.rows)),
        }
        say(text("migrate.done", folder=str(output), **counts))
        if migration.to_decide:
            say(text("migrate.to-decide", n=len(migration.to_decide), path=str(output / TABLE)))
    return Exit.CLEAN


@dataclass(frozen=True)
class _Migrate:
    """The work on one file, for `each_file`; picklable."""

    file: MigrateFile

    def __call__(self, path: Path, name: str) -> FileOutcome:
        contents, rows = self.file(path, name)
        return FileOutcome(name, State.CHANGED, rows, contents=contents)
