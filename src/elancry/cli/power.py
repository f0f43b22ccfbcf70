"""`elancry power`: how many sessions, raters and double-coded sessions a study needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from elancry.choices import Language
from elancry.cli.exits import Exit
from elancry.cli.options import FILE, EnumChoice, force_option, jobs_option, quiet_option
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.seeds import DEFAULT_SEED
from elancry.texts import text

EXAMPLES = (
    "elancry power --icc .6 --sessions 16,32,64 --raters 2,3",
    "elancry power --from results/results.json --sessions 20,40 --double-coded .25,.5,1 -o planning",
)


class Several(click.ParamType):  # type: ignore[type-arg]
    """Numbers separated by commas."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self.name, self.read = "numbers", read

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What stands for the value in `--help`."""
        return "NUMBER,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A tuple of different numbers, ascending."""
        if not isinstance(value, str):
            return value
        try:
            return tuple(sorted({self.read(part.strip()) for part in value.split(",")}))
        except ValueError:
            self.fail(str(text("power.not-numbers", given=value)), param, ctx)


@command(text("command.power"), *EXAMPLES)
@option("--from", "pilot", type=FILE, metavar="RESULTS", said=text("option.power-from"))
@option("--system", said=text("option.power-system"))
@option("--category", said=text("option.power-category"))
@option("--score", said=text("option.power-score"))
@option("--icc", type=float, said=text("option.power-icc"))
@option("--rater-share", type=float, said=text("option.power-rater-share"))
@option("--session-share", type=float, said=text("option.power-session-share"))
@option("--slope", type=float, default=0.3, show_default=True, said=text("option.power-slope"))
@option("--sessions", type=Several(int), default="16,32,64", show_default=True, said=text("option.power-sessions"))
@option("--sequences-per-session", type=Several(float), said=text("option.power-sequences"))
@option("--raters", type=Several(int), default="2,3", show_default=True, said=text("option.power-raters"))
@option("--double-coded", type=Several(float), default=".25,1", show_default=True, said=text("option.power-double"))
@option("--power", "aim", type=float, default=0.8, show_default=True, said=text("option.power-aim"))
@option("--studies", type=int, default=500, show_default=True, said=text("option.power-studies"))
@option("--seed", type=click.IntRange(min=0), default=DEFAULT_SEED, show_default=True, said=text("option.power-seed"))
@option("-o", "--output", type=FILE, metavar="DIR", said=text("option.power-output"))
@option("--lang", "language", type=EnumChoice(Language), said=text("option.report-language"))
@force_option
@jobs_option
@quiet_option
def power(
    pilot: Path | None,
    system: str | None,
    category: str | None,
    score: str | None,
    icc: float | None,
    rater_share: float | None,
    session_share: float | None,
    slope: float,
    sessions: tuple[int, ...],
    sequences_per_session: tuple[float, ...] | None,
    raters: tuple[int, ...],
    double_coded: tuple[float, ...],
    aim: float,
    studies: int,
    seed: int,
    output: Path | None,
    language: Language | None,
    force: bool,
    jobs: int,
    quiet: bool,
) -> int:
    """Read what is assumed, simulate, say it, write it."""
    from elancry.cli.show import counter
    from elancry.outputs import OutputFolder
    from elancry.power.pilot import assumptions_of, read_pilot
    from elancry.power.plan import power_rows, seconds_needed
    from elancry.power.request import designs_of
    from elancry.power.said import FILES, pages, table_lines, words_on

    chosen = (language or Language.ENGLISH).value
    found = None if pilot is None else read_pilot(pilot, system, category, score)
    assumed = assumptions_of(found, icc, rater_share, session_share, slope)
    per_session = sequences_per_session or (1.0 if found is None else round(found.sequences_per_session, 2),)
    designs = designs_of(sessions, per_session, raters, double_coded, studies, aim)
    folder = None if output is None else OutputFolder(output, command="power", force=force)
    if folder is not None:
        # Before the long work, not after it.
        folder.refuse_foreign(FILES)
    if not quiet:
        seconds = seconds_needed(assumed, designs, studies, seed, jobs)
        say(text("power.takes", n=len(designs), studies=studies, seconds=max(1, round(seconds))), err=True)
    show = counter(text("progress.simulating"), quiet=quiet)
    rows = list(power_rows(assumed, designs, studies, seed, jobs=jobs, progress=show))
    said = words_on(assumed, found, rows, aim, seed, chosen)
    if folder is not None:
        folder.write_all(pages(said, rows, aim, chosen))
        folder.finish()
    if not quiet:
        for line in (said.assumed, "", *table_lines(rows, chosen), "", *said.results, "", said.methods):
            say(line)
        if folder is not None:
            say(text("power.written", folder=str(folder.folder)))
    return Exit.CLEAN
