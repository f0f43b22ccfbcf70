"""`elancry codebook`: read, check and show codebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, from_plan, key_option, quiet_option
from elancry.cli.say import say
from elancry.cli.show import findings_line
from elancry.cli.worded import WordedGroup, command, option
from elancry.texts import Text, text

if TYPE_CHECKING:
    from elancry.codebook.model import Codebook


def size(book: Codebook) -> Text:
    """`2 systems, 13 categories`."""
    categories = text("count.categories", n=sum(len(system.categories) for system in book.systems))
    return text(
        "codebook.size",
        systems=text("count.systems", n=len(book.systems)),
        categories=categories,
    )


@command(text("command.codebook.extract"), "elancry codebook extract coded -o codebook.yaml")
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@option("-o", "--output", type=FILE, required=True, metavar="FILE", said=text("option.codebook-output"))
@from_plan("tiers", "ratings", "sequence_tier", folders="paths")
@key_option("tiers", said=text("option.only-tiers-values"))
@key_option("ratings", said=text("plan.key.ratings"))
@key_option("sequence_tier", said=text("option.sequence-tier"))
@option("--force", is_flag=True, said=text("option.codebook-force"))
@quiet_option
def extract(
    paths: tuple[Path, ...],
    output: Path,
    tiers: tuple[str, ...] | None,
    ratings: tuple[str, ...] | None,
    sequence_tier: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Read the vocabularies, write the YAML file."""
    from elancry.study.extract import extract_to_file

    book, unreadable, notes = extract_to_file(
        paths, output, tiers=tiers, ratings=ratings, sequence_tier=sequence_tier, force=force
    )
    for problem in (*unreadable, *notes):
        say(text("codebook.extract-warning", problem=problem), err=True)
    if not quiet:
        say(f"{output}: {size(book)}.")
        say(text("codebook.extracted", path=str(output)))
    return Exit.UNUSABLE if unreadable else Exit.CLEAN


@command(text("command.codebook.check"), "elancry codebook check codebook.yaml")
@click.argument("source", metavar="NAME|FILE")
def check(source: str) -> int:
    """Load, show the findings."""
    from elancry.check.render import render_text
    from elancry.check.vocabulary_file import check_vocabulary_file
    from elancry.codebook.from_ecv import is_ecv
    from elancry.codebook.load import check_codebook, find_codebook

    book, findings = check_codebook(source)
    if is_ecv(find_codebook(source)):
        findings = check_vocabulary_file(find_codebook(source)).findings
    if findings:
        say(render_text(findings, verbose=True), err=True)
    if book is None:
        say(text("codebook.unusable", name=source, findings=findings_line(findings)), err=True)
        return Exit.ERRORS_FOUND
    said = findings_line(findings) if findings else text("codebook.sound")
    say(f"{source}: {said} {size(book)}.")
    return Exit.CLEAN


@command(text("command.codebook.show"), "elancry codebook show crying --lang de")
@click.argument("source", metavar="NAME|FILE")
@option("--lang", "language", metavar="en|de", said=text("option.codebook-language"))
def show(source: str, language: str | None) -> int:
    """Load, print."""
    from elancry.codebook.load import load_codebook
    from elancry.codebook.show import show_codebook

    say(show_codebook(load_codebook(source), language=language))
    return Exit.CLEAN


@command(text("command.codebook"), cls=WordedGroup, commands=(extract, check, show))
def codebook() -> None:
    """The commands about codebooks."""
