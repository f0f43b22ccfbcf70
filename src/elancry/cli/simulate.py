"""`elancry simulate`: a study with known agreement and known effects."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.exits import Exit
from elancry.cli.options import key_option, output_options, quiet_option

EXAMPLE = "Example:  elancry simulate -o practice --sessions 10 --sequences 12 --raters R1,R2"


@click.command(epilog=EXAMPLE)
@click.argument("codebook", default="crying", metavar="[NAME|FILE]")
@output_options
@click.option("--sessions", type=click.IntRange(min=1), default=32, show_default=True)
@click.option("--sequences", type=click.IntRange(min=1), default=46, show_default=True)
@key_option("raters", default=("R1", "R2", "R3"), help="Who codes.")
@click.option(
    "--mistakes/--no-mistakes", default=True, show_default=True, help="Plant mistakes that `elancry check` must find."
)
@key_option("seed", help="Seed of all random numbers.")
@quiet_option
def simulate(
    codebook: str,
    output: Path,
    force: bool,
    sessions: int,
    sequences: int,
    raters: tuple[str, ...],
    mistakes: bool,
    seed: int,
    quiet: bool,
) -> int:
    """Write a synthetic study as raters would return it, with truth.json telling what was planted.

    For trying out elancry, for teaching, and for seeing what a design of your size can find.
    """
    from elancry.codebook.load import load_codebook
    from elancry.simulate.study import simulate_study
    from elancry.simulate.write import write_study

    study = simulate_study(
        load_codebook(codebook), sessions=sessions, sequences=sequences, raters=raters, seed=seed, mistakes=mistakes
    )
    written = write_study(study, output, force=force)
    if not quiet:
        click.echo(
            f"{len(written)} files in {output}: {sessions} sessions, {sequences} sequences, raters {', '.join(raters)}."
        )
        click.echo(f"What was planted: {output / 'truth.json'}")
        click.echo(f"Next:  elancry analyze {output} -o results")
    return Exit.CLEAN
