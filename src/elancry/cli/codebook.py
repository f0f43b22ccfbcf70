"""`elancry codebook`: read, check and show codebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, key_option, quiet_option
from elancry.cli.show import count, findings_line

if TYPE_CHECKING:
    from elancry.codebook.model import Codebook


def size(book: Codebook) -> str:
    """`2 systems, 13 categories`."""
    categories = sum(len(system.categories) for system in book.systems)
    return f"{count(len(book.systems), 'system')}, {count(categories, 'category', 'categories')}"


@click.command(epilog="Example:  elancry codebook extract coded -o codebook.yaml")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="YAML file to write.")
@key_option("tiers", help="Only these tiers; one without a vocabulary gives its values.")
@key_option("sequence_tier", help="Tier that holds the sequences.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@quiet_option
def extract(
    paths: tuple[Path, ...],
    output: Path,
    tiers: tuple[str, ...] | None,
    sequence_tier: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Read the vocabularies of coded files into a codebook that you can edit and own."""
    from elancry.study.extract import extract_to_file

    book, unreadable = extract_to_file(paths, output, tiers=tiers, sequence_tier=sequence_tier, force=force)
    for problem in unreadable:
        click.echo(f"Warning: {problem}", err=True)
    if not quiet:
        click.echo(f"{output}: {size(book)}.")
        click.echo(f"Look it over, then:  elancry codebook check {output}")
    return Exit.UNUSABLE if unreadable else Exit.CLEAN


@click.command(epilog="Example:  elancry codebook check codebook.yaml")
@click.argument("source", metavar="NAME|FILE")
def check(source: str) -> int:
    """Say what is wrong in a codebook, every mistake at once with its line."""
    from elancry.check.render import render_text
    from elancry.codebook.load import check_codebook

    book, findings = check_codebook(source)
    if findings:
        click.echo(render_text(findings, verbose=True), err=True)
    if book is None:
        click.echo(f"Error: {source} cannot be used: {findings_line(findings)}", err=True)
        return Exit.ERRORS_FOUND
    click.echo(f"{source}: {findings_line(findings) if findings else 'nothing wrong.'} {size(book)}.")
    return Exit.CLEAN


@click.command(epilog="Example:  elancry codebook show crying --lang de")
@click.argument("source", metavar="NAME|FILE")
@click.option("--lang", "language", metavar="en|de", help="Language [default: the codebook's first].")
def show(source: str, language: str | None) -> int:
    """Print a codebook: systems, categories, definitions, sources."""
    from elancry.codebook.load import load_codebook
    from elancry.codebook.show import show_codebook

    click.echo(show_codebook(load_codebook(source), language=language))
    return Exit.CLEAN


@click.group(commands=(extract, check, show))
def codebook() -> None:
    """Read a codebook out of coded files, check one, show one."""
