"""`elancry batch statistics`: numbers about many files instead of changed copies."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace

import click

from elancry.cli.batch_run import BatchCommand, Run, output_of, run_statistics
from elancry.cli.pseudonyms import Pseudonyms, own_params, pseudonym_options
from elancry.cli.worded import WordedOption
from elancry.texts import text


@pseudonym_options
def _statistics(run: Run, patterns: tuple[str, ...], period: str, times: str, pseudonyms: Pseudonyms) -> int:
    from elancry.edit.statistics import StatisticsChoice

    choices = StatisticsChoice(patterns)
    # Only printed, and without a key that an output folder must not hold: no folder is asked for.
    plain = run.dry_run and pseudonyms.key is None
    with nullcontext(run.paths) if plain else pseudonyms.files(run.paths, output_of(run), quiet=run.quiet) as paths:
        run = replace(run, paths=paths)
        return run_statistics(run, choices, recording=period == "recording", on_medium=times == "medium")


statistics = BatchCommand(
    "statistics",
    _statistics,
    [
        WordedOption(["--tier", "patterns"], multiple=True, metavar="NAME", said=text("option.statistics-tier")),
        WordedOption(
            ["--period"],
            type=click.Choice(["coded", "recording"]),
            default="coded",
            show_default=True,
            said=text("option.statistics-period"),
        ),
        WordedOption(
            ["--times"],
            type=click.Choice(["medium", "file"]),
            default="medium",
            show_default=True,
            said=text("option.times"),
        ),
        *own_params(_statistics),
    ],
    text("command.batch.statistics"),
    ["elancry batch statistics coded -o numbers --tier 'crying*'"],
)
