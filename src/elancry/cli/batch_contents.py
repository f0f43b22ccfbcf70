"""`elancry batch`: annotations, times, media, statistics."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.batch_run import TIER_NAMES, Run, batch_options, run_operation, run_statistics
from elancry.cli.options import FILE
from elancry.errors import UsageError
from elancry.spans import parse_ms


def signed_ms(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    """Milliseconds from milliseconds or h:mm:ss.mmm, with or without a sign."""
    text = value.strip().replace("\N{MINUS SIGN}", "-")
    sign = -1 if text.startswith("-") else 1
    try:
        return sign * parse_ms(text.removeprefix("-").removeprefix("+"))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    "copy-annotations",
    epilog="Example:  elancry batch copy-annotations coded -o copied --copy crying_form crying_form_2",
)
@click.option(
    "--copy",
    "pairs",
    nargs=2,
    multiple=True,
    required=True,
    metavar="FROM TO",
    help=f"FROM is {TIER_NAMES}; * in TO stands for what * in FROM was. TO is made where it is not there.",
)
@click.option(
    "--overlap",
    type=click.Choice(["skip", "replace"]),
    default="skip",
    show_default=True,
    help="Where something stands on TO already: leave it and report, or put the copy in its place.",
)
@click.option("--type", "type_id", metavar="TYPE", help="A new TO gets this type and no parent [default: as FROM].")
@click.option("--value", "values", multiple=True, help="Only annotations of this value; repeatable.")
@batch_options
def copy_annotations(
    run: Run, pairs: tuple[tuple[str, str], ...], overlap: str, type_id: str | None, values: tuple[str, ...]
) -> int:
    """Copy the annotations of one tier to another.

    Values, vocabulary entries and references are kept. On a tier whose annotations have no times of their own, each
    copy goes to the annotation of the parent tier at the same time.
    """
    from elancry.edit.copy_annotations import Copies, Overlap
    from elancry.edit.copy_annotations import copy_annotations as operation

    choices = Copies(pairs, Overlap(overlap), type_id, frozenset(values) if values else None)
    return run_operation(run, "copy-annotations", operation, choices)


@click.command(
    "shift-times",
    epilog="Examples:  elancry batch shift-times coded -o shifted --by 1500   (1.5 s later)\n\n"
    "           elancry batch shift-times coded -o shifted --by -0:01:10.000 --clip",
)
@click.option(
    "--by",
    "by_ms",
    callback=signed_ms,
    required=True,
    metavar="TIME",
    help="Milliseconds or h:mm:ss.mmm; - is earlier.",
)
@click.option("--clip", is_flag=True, help="Cut annotations at 0, and remove those that would lie before it.")
@click.option(
    "--media", "origin", is_flag=True, help="Leave the annotations; let their time 0 lie that much later in the media."
)
@batch_options
def shift_times(run: Run, by_ms: int, clip: bool, origin: bool) -> int:
    """Move all annotations by the same time.

    A file in which an annotation would begin before 0 is refused, with every such annotation, unless --clip is given.
    """
    from elancry.edit.shift_times import Shift
    from elancry.edit.shift_times import shift_times as operation

    if clip and origin:
        raise UsageError("--clip is about annotations, --media leaves them alone", hint="Give one of the two.")
    return run_operation(run, "shift-times", operation, Shift(by_ms, clip, origin))


@click.command(
    "relink-media",
    epilog="Examples:  elancry batch relink-media coded -o linked --media /data/videos\n\n"
    "           elancry batch relink-media coded -o linked --replace C:/Users/anna/videos D:/study/videos",
)
@click.option(
    "--media", "folders", type=FILE, multiple=True, metavar="DIR", help="Look for files of the same name here."
)
@click.option("--replace", nargs=2, metavar="OLD NEW", help="Replace the begin of every path, also of other computers.")
@batch_options
def relink_media(run: Run, folders: tuple[Path, ...], replace: tuple[str, str] | None) -> int:
    """Let files find their recordings again after these were moved.

    Absolute links, links relative to the new file and MIME types are written as ELAN writes them; TIME_ORIGIN stays.
    """
    from elancry.edit.relink_media import Relink, search_media
    from elancry.edit.relink_media import relink_media as operation

    if bool(folders) == (replace is not None):
        raise UsageError("say where the recordings are", hint="Give either --media DIR or --replace OLD NEW.")
    if replace is not None:
        return run_operation(run, "relink-media", operation, Relink(None, *replace))
    return run_operation(run, "relink-media", operation, Relink(search_media(folders)))


@click.command("statistics", epilog="Example:  elancry batch statistics coded -o numbers --tier 'crying*'")
@click.option("--tier", "patterns", multiple=True, metavar="NAME", help=f"{TIER_NAMES}; repeatable [default: all].")
@click.option(
    "--period",
    type=click.Choice(["coded", "recording"]),
    default="coded",
    show_default=True,
    help="Observation period: first to last annotation, or the whole recording where its length can be read.",
)
@batch_options
def statistics(run: Run, patterns: tuple[str, ...], period: str) -> int:
    """Count annotations, durations, frequency, time ratio and latency per tier and value: statistics.csv.

    Defined as in ELAN's Annotation Statistics. No copies are made; a dry run shows the table.
    """
    from elancry.edit.statistics import StatisticsChoice

    return run_statistics(run, StatisticsChoice(patterns), recording=period == "recording")
