"""`elancry batch`: what ELAN users do by hand to many files, with a list of every change."""

from __future__ import annotations

import click

from elancry.cli.batch_contents import copy_annotations, relink_media, shift_times, statistics
from elancry.cli.batch_tiers import add_tier, remove_empty_tiers, remove_tier, rename_tier, set_tier
from elancry.cli.batch_types import (
    add_type,
    apply_template,
    relink_vocabulary,
    rename_type,
    repair_languages,
    set_vocabulary,
)

EXAMPLE = "Example:  elancry batch rename-tier coded --rename crying crying_form --dry-run"


COMMANDS = (
    add_tier, rename_tier, set_tier, remove_tier, remove_empty_tiers, copy_annotations,
    add_type, rename_type, set_vocabulary, apply_template, repair_languages, relink_vocabulary,
    relink_media, shift_times, statistics,
)  # fmt: skip


@click.group(commands=COMMANDS, epilog=EXAMPLE)
def batch() -> None:
    """Do the same to many files: ELAN's Multiple File Processing, with a dry run and a list of every change.

    Your files are never changed. Every file ends as a copy in the folder given with -o, in the same subfolders, the
    unchanged ones too, so that the folder is a complete set; changes.csv there lists every change. A file that cannot
    be done is named and left out, and the others are done. Exit code: 0 all done, 1 errors found or some files failed,
    2 nothing could be done.
    """
