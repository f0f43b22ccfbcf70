"""`elancry batch statistics`: numbers about many files instead of changed copies."""

from __future__ import annotations

import click

from elancry.cli.batch_run import BatchCommand, Run, run_statistics
from elancry.edit.operation import TIER_NAMES


def _statistics(run: Run, patterns: tuple[str, ...], period: str) -> int:
    from elancry.edit.statistics import StatisticsChoice

    return run_statistics(run, StatisticsChoice(patterns), recording=period == "recording")


statistics = BatchCommand(
    "statistics",
    _statistics,
    [
        click.Option(
            ["--tier", "patterns"], multiple=True, metavar="NAME", help=f"{TIER_NAMES}; repeatable [default: all]."
        ),
        click.Option(
            ["--period"],
            type=click.Choice(["coded", "recording"]),
            default="coded",
            show_default=True,
            help="Observation period: first to last annotation, or the whole recording where its length can be read.",
        ),
    ],
    """Count annotations, durations, frequency, time ratio and latency per tier and value: statistics.csv.

Defined as in ELAN's Annotation Statistics. No copies are made; a dry run shows the table.""",
    "Example:  elancry batch statistics coded -o numbers --tier 'crying*'",
)
