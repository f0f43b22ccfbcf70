"""`elancry template`: codebook -> what raters open in ELAN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from elancry.choices import DEFAULT_CODEBOOK
from elancry.cli.dry_run import dry_run_option
from elancry.cli.exits import Exit
from elancry.cli.options import FILE, from_plan, key_option, output_options, quiet_option
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.findings import Finding

EXAMPLES = (
    "elancry template crying -o templates",
    "elancry template crying -o coding --media videos --raters R1,R2,R3",
    "elancry template --copy crying -o my-study",
)
SHOWN = 12


@command(text("command.template"), *EXAMPLES)
@click.argument("codebook", required=False, metavar="[NAME|FILE]")
@output_options
@option("--copy", "copy_only", is_flag=True, said=text("option.copy-codebook"))
@option("--external-cv", is_flag=True, said=text("option.external-cv"))
@option("--lang", "language", metavar="en|de", said=text("option.raters-language"))
@option("--media", type=FILE, multiple=True, metavar="DIR|FILE", said=text("option.media"))
@option("--sequences", type=FILE, said=text("option.sequences-csv"))
@option("--assign", type=FILE, said=text("option.assign"))
@option("--overlap", type=click.FloatRange(0, 1), said=text("option.overlap"))
@from_plan("codebook", "raters", "pattern", "seed", folders="media")
@key_option("raters", said=text("option.prepared-raters"))
@key_option("pattern", said=text("option.prepared-pattern"))
@key_option("seed", said=text("option.seed-of-overlap"))
@dry_run_option()
@quiet_option
def template(
    codebook: str | None,
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
    """Write what raters open, say what was written."""
    from elancry.cli.show import say_findings
    from elancry.codebook.load import load_codebook
    from elancry.errors import UsageError
    from elancry.template.media import cut_at_hash, find_media
    from elancry.template.write import copy_codebook, prepared_files, vocabulary_url, write_templates

    typed = click.get_current_context().get_parameter_source("raters") is ParameterSource.COMMANDLINE
    if (media and not raters) or (typed and not media):
        raise UsageError(text("template.media-need-raters"), hint=text("template.media-need-raters-hint"))
    given = {"--sequences": sequences, "--assign": assign, "--overlap": overlap}
    idle = [name for name, value in given.items() if value is not None and not media]
    if idle:
        raise UsageError(text("template.needs-media", options=idle), hint=text("template.media-need-raters-hint"))
    codebook = codebook or DEFAULT_CODEBOOK
    address: str | None = None
    warnings: list[Finding] = []
    if copy_only:
        written = [copy_codebook(codebook, output, force=force)]
    else:
        book = load_codebook(codebook)
        prepared = None
        if media and raters:
            prepared = prepared_files(
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
                tell=warnings.append,
            )
        written = write_templates(
            book, output, language=language, external_cv=external_cv, prepared=prepared, force=force
        )
        address = vocabulary_url(book, output) if external_cv else None
    cut = cut_at_hash(path for path, _ in (find_media(media) if media else ()))
    say_findings([*warnings, *cut], verbose=True, quiet=quiet)
    if not quiet:
        for path in written[:SHOWN]:
            say(str(path))
        if len(written) > SHOWN:
            say(text("template.more", n=len(written) - SHOWN))
        if address is not None:
            say(text("template.external-cv", address=address))
    return Exit.CLEAN
