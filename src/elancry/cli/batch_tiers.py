"""`elancry batch`: operations on tiers."""

from __future__ import annotations

import click

from elancry.cli.batch_run import TIER_NAMES, Run, batch_options, run_operation
from elancry.cli.options import EnumChoice
from elancry.eaf.parts import Constraint
from elancry.errors import UsageError


@click.command(
    "add-tier",
    epilog="Example:  elancry batch add-tier coded -o with-gaze --tier gaze --type gaze --participant patient",
)
@click.option("--tier", required=True, metavar="NAME", help="Name of the new tier.")
@click.option("--type", "type_id", required=True, metavar="TYPE", help="Its type; made where a file has it not.")
@click.option("--parent", metavar="TIER", help="Its parent tier [default: none].")
@click.option("--constraint", type=EnumChoice(Constraint), help="Constraint of the type, where it has to be made.")
@click.option("--participant", help="Who is coded on it.")
@click.option("--annotator", help="Who codes it.")
@click.option("--language", metavar="ID", help="Content language, as the file calls it (eng, deu).")
@batch_options
def add_tier(
    run: Run,
    tier: str,
    type_id: str,
    parent: str | None,
    constraint: Constraint | None,
    participant: str | None,
    annotator: str | None,
    language: str | None,
) -> int:
    """Add an empty tier to every file.

    A file that has the tier just so already stays as it is; one that has it otherwise is a finding.
    """
    from elancry.edit import tier_operations as tiers

    if (parent is None) and constraint is not None:
        raise UsageError(
            "a type with a constraint needs a parent tier", hint="Add --parent, or leave --constraint out."
        )
    choices = tiers.NewTier(tier, type_id, parent, constraint, participant, annotator, language)
    return run_operation(run, "add-tier", tiers.add_tier, choices)


@click.command(
    "rename-tier",
    epilog="Example:  elancry batch rename-tier coded -o renamed --rename crying crying_form --rename '*@R1' '*-R1'",
)
@click.option(
    "--rename",
    "pairs",
    nargs=2,
    multiple=True,
    required=True,
    metavar="OLD NEW",
    help=f"OLD is {TIER_NAMES}; * in NEW stands for what * in OLD was. May be repeated, also to exchange names.",
)
@batch_options
def rename_tier(run: Run, pairs: tuple[tuple[str, str], ...]) -> int:
    """Rename tiers, also where tiers below them name them.

    A new name that a file has already is a finding there, and the old name stays.
    """
    from elancry.edit.renames import Renames, rename_tiers

    return run_operation(run, "rename-tier", rename_tiers, Renames(pairs))


@click.command(
    "set-tier", epilog="Example:  elancry batch set-tier coded -o named --tier '*' --annotator R1 --participant patient"
)
@click.option("--tier", "patterns", multiple=True, required=True, metavar="NAME", help=f"{TIER_NAMES}; repeatable.")
@click.option("--participant", help='Who is coded on it; "" removes the entry.')
@click.option("--annotator", help='Who codes it; "" removes the entry.')
@batch_options
def set_tier(run: Run, patterns: tuple[str, ...], participant: str | None, annotator: str | None) -> int:
    """Set the participant or annotator of tiers."""
    from elancry.edit import tier_operations as tiers

    if participant is None and annotator is None:
        raise UsageError("nothing to set", hint="Give --participant or --annotator.")
    return run_operation(run, "set-tier", tiers.set_attributes, tiers.Attributes(patterns, participant, annotator))


@click.command("remove-tier", epilog="Example:  elancry batch remove-tier coded -o without --tier 'Comment*' --dry-run")
@click.option("--tier", "patterns", multiple=True, required=True, metavar="NAME", help=f"{TIER_NAMES}; repeatable.")
@batch_options
def remove_tier(run: Run, patterns: tuple[str, ...]) -> int:
    """Remove tiers with their annotations and, as ELAN does, the tiers below them.

    Every annotation that goes is a line in changes.csv.
    """
    from elancry.edit import tier_operations as tiers

    return run_operation(run, "remove-tier", tiers.remove_tiers, tiers.TierChoice(patterns))


@click.command(
    "remove-empty-tiers", epilog="Example:  elancry batch remove-empty-tiers coded -o tidy --keep 'Comment*'"
)
@click.option("--tier", "patterns", multiple=True, metavar="NAME", help=f"Only these: {TIER_NAMES} [default: all].")
@click.option("--keep", multiple=True, metavar="NAME", help="Never these; repeatable.")
@batch_options
def remove_empty_tiers(run: Run, patterns: tuple[str, ...], keep: tuple[str, ...]) -> int:
    """Remove tiers without annotations, unless a tier below them stays.

    An empty tier of a rater's file says "not coded" to elancry check and agree; without the tier it is the same.
    """
    from elancry.edit import tier_operations as tiers

    return run_operation(run, "remove-empty-tiers", tiers.remove_empty_tiers, tiers.EmptyTiers(patterns, keep))
