"""`elancry convert`: .eaf files to other formats and back."""

from __future__ import annotations

import os
from pathlib import Path

import click

from elancry.cli.options import FILE, force_option, jobs_option, key_option, talk_options
from elancry.interop.formats import format_names

EXAMPLE = "Example:  elancry convert coded subtitles --to webvtt"


HELP = f"""Convert .eaf files to another format, or files of another format to .eaf.

A file becomes a file; several files, and folders (searched recursively), become files in the folder OUT; many become
one where the format holds many recordings and OUT is a file of that format. What a format cannot hold is said. Inputs
are never changed. Formats: eaf, {", ".join(format_names())}.
"""


@click.command(epilog=EXAMPLE, help=HELP)
@click.argument("inputs", nargs=-1, required=True, type=FILE, metavar="IN...")
@click.argument("output", type=click.Path(), metavar="OUT")
@click.option("--to", "target", metavar="FORMAT", help="Format to write [default: by the suffix of OUT, else eaf].")
@click.option("--from", "source", metavar="FORMAT", help="Format of the inputs [default: by their suffixes].")
@key_option("tiers", help="Only these tiers.")
@click.option(
    "--encoding",
    type=click.Choice(["utf-8", "utf-16"]),
    default="utf-8",
    show_default=True,
    help="Of TextGrids; everything else is UTF-8.",
)
@force_option
@jobs_option
@talk_options
def convert(
    inputs: tuple[Path, ...],
    output: str,
    target: str | None,
    source: str | None,
    tiers: tuple[str, ...] | None,
    encoding: str,
    force: bool,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Plan, convert, show (the text for users is HELP: it names the formats)."""
    from elancry.cli.conversion import CHOOSE, Job, Said, convert_many, convert_one, gather_all, plan_conversion
    from elancry.errors import OutputRefused
    from elancry.interop.format import Choices

    choices = Choices(tiers=tiers, encoding=encoding)
    out = Path(output)
    as_folder = out.is_dir() or output.endswith(("/", os.sep))
    plan = plan_conversion(inputs, out, as_folder=as_folder, source=source, target=target)
    said = Said(quiet=quiet, verbose=verbose)
    try:
        if plan.job is Job.ONE:
            return convert_one(plan, out, choices, said, force=force)
        if plan.job is Job.GATHER:
            return gather_all(plan, out, choices, said, force=force)
        return convert_many(plan, out, choices, said, force=force, jobs=jobs)
    except OutputRefused as error:
        error.advice = (error.hint or "").replace("with -o", CHOOSE) or None  # no option here
        raise
