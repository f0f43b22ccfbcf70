"""`elancry template`: codebook -> what raters open in ELAN."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE, key_option, output_options, quiet_option

EXAMPLE = """\b
Examples:
  elancry template crying -o templates
  elancry template crying -o coding --media videos --raters R1,R2,R3
  elancry template --copy crying -o my-study"""


@click.command(epilog=EXAMPLE)
@click.argument("codebook", default="crying", metavar="[NAME|FILE]")
@output_options
@click.option("--copy", "copy_only", is_flag=True, help="Only write the codebook's YAML file, to change and own.")
@click.option(
    "--external-cv", is_flag=True, help="Let the template refer to the .ecv file instead of holding the vocabularies."
)
@click.option("--lang", "language", metavar="en|de", help="Language that raters see [default: the codebook's first].")
@click.option(
    "--media",
    type=FILE,
    multiple=True,
    metavar="DIR|FILE",
    help="Videos to prepare files for; may be given several times.",
)
@key_option("raters", help="Raters to prepare files for.")
@click.option("--sequences", type=FILE, help="CSV with session,sequence,start_ms,end_ms to pre-fill.")
@click.option("--assign", type=FILE, help="CSV with session,rater: who codes what.")
@click.option(
    "--overlap", type=click.FloatRange(0, 1), help="Share of the sessions coded by all raters; the others by one each."
)
@key_option("pattern", help="How prepared files are named.")
@key_option("seed", help="Seed of --overlap.")
@quiet_option
def template(
    codebook: str,
    output: Path,
    force: bool,
    copy_only: bool,
    external_cv: bool,
    language: str | None,
    media: tuple[Path, ...],
    raters: tuple[str, ...] | None,
    sequences: Path | None,
    assign: Path | None,
    overlap: float | None,
    pattern: str,
    seed: int,
    quiet: bool,
) -> int:
    """Write ELAN templates from a codebook, and prepared files for every video and rater.

    CODEBOOK is a built-in name (crying, five-reasons-to-cry, attachment-crying) or a YAML file.
    """
    from elancry.cli.show import say_findings
    from elancry.codebook.load import load_codebook
    from elancry.errors import UsageError
    from elancry.template.media import cut_at_hash, find_media
    from elancry.template.write import copy_codebook, vocabulary_url, write_prepared, write_templates
    from elancry.texts import text

    if bool(media) != bool(raters):
        raise UsageError(
            "--media and --raters belong together", hint="Give the videos and the raters that will code them."
        )
    address: str | None = None
    if copy_only:
        written = [copy_codebook(codebook, output, force=force)]
    else:
        book = load_codebook(codebook)
        written = write_templates(book, output, language=language, external_cv=external_cv, force=force)
        if media and raters:
            written += write_prepared(
                book,
                output,
                media=media,
                raters=raters,
                sequences=sequences,
                language=language,
                pattern=pattern,
                force=force,
                overlap=overlap,
                assign=assign,
                seed=seed,
                external_cv=external_cv,
            )
        address = vocabulary_url(book, output) if external_cv else None
    if not quiet:
        say_findings(list(cut_at_hash(path for path, _ in (find_media(media) if media else ()))), verbose=True)
        for path in written[:12]:
            click.echo(str(path))
        if len(written) > 12:
            click.echo(f"... and {len(written) - 12} more")
        if address is not None:
            click.echo(str(text("template.external-cv", address=address)))
    return Exit.CLEAN
