"""`elancry simulate`: a study with known agreement and known effects."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.choices import DEFAULT_CODEBOOK
from elancry.cli.exits import Exit
from elancry.cli.options import from_plan, key_option, output_options, quiet_option
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

EXAMPLE = "elancry simulate -o practice --sessions 10 --sequences 12 --raters R1,R2"
NUMBER = click.IntRange(min=1)


@command(text("command.simulate"), EXAMPLE)
@click.argument("codebook", required=False, metavar="[NAME|FILE]")
@output_options
@option("--sessions", type=NUMBER, default=32, show_default=True, said=text("option.simulated-sessions"))
@option("--sequences", type=NUMBER, default=46, show_default=True, said=text("option.simulated-sequences"))
@option("--mistakes/--no-mistakes", default=True, show_default=True, said=text("option.mistakes"))
@from_plan("codebook", "raters", "seed")
@key_option("raters", said=text("option.simulated-raters"), otherwise=("R1", "R2", "R3"))
@key_option("seed", said=text("option.seed-of-all"))
@quiet_option
def simulate(
    codebook: str | None,
    output: Path,
    force: bool,
    sessions: int,
    sequences: int,
    raters: tuple[str, ...],
    mistakes: bool,
    seed: int,
    quiet: bool,
) -> int:
    """Simulate, write, say what was planted."""
    from elancry.codebook.load import load_codebook
    from elancry.simulate.study import simulate_study
    from elancry.simulate.write import write_study

    book = load_codebook(codebook or DEFAULT_CODEBOOK)
    study = simulate_study(book, sessions=sessions, sequences=sequences, raters=raters, seed=seed, mistakes=mistakes)
    written = write_study(study, output, force=force)
    if not quiet:
        counts = (text("count.sessions", n=sessions), text("count.sequences", n=sequences))
        files = text("count.files", n=len(written))
        say(text("simulate.written", files=files, folder=str(output), counts=counts, raters=raters))
        say(text("simulate.truth", path=str(output / "truth.json")))
        say(text("simulate.next", folder=str(output)))
    return Exit.CLEAN
