"""`elancry batch statistics`: numbers about many files instead of changed copies."""

from __future__ import annotations

import click

from elancry.cli.batch_run import BatchCommand, Run, run_statistics
from elancry.edit.operation import TIER_NAMES
from elancry.texts import text


def _statistics(run: Run, patterns: tuple[str, ...], period: str) -> int:
    from elancry.edit.statistics import StatisticsChoice

    return run_statistics(run, StatisticsChoice(patterns), recording=period == "recording")


def statistics() -> BatchCommand:
    """The command, with its help in the language of messages."""
    tiers = str(text("batch.statistics.tier", names=TIER_NAMES))
    options = [
        click.Option(["--tier", "patterns"], multiple=True, metavar="NAME", help=tiers),
        click.Option(
            ["--period"],
            type=click.Choice(["coded", "recording"]),
            default="coded",
            show_default=True,
            help=str(text("batch.statistics.period")),
        ),
    ]
    example = str(text("batch.example", lines="elancry batch statistics coded -o numbers --tier 'crying*'"))
    return BatchCommand("statistics", _statistics, options, str(text("batch.statistics.help")), example)
