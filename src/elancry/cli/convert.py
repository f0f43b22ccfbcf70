"""`elancry convert`: .eaf files to other formats and back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from elancry.cli.options import force_option, from_plan, jobs_option, key_option, talk_options
from elancry.cli.pseudonyms import Pseudonyms, pseudonym_options
from elancry.cli.worded import command, option
from elancry.errors import UsageError
from elancry.interop.formats import format_names
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.study.plan_keys import Plan

EXAMPLE = "elancry convert coded subtitles --to webvtt"


def _inputs(context: click.Context, _: click.Parameter, given: tuple[str, ...]) -> tuple[Path, ...]:
    """The paths but the last, which is where the result goes unless --output says it."""
    if context.params.get("output") is None:
        if len(given) < 2:
            raise UsageError(text("convert.no-output"), hint=text("convert.no-output-hint"))
        context.params["output"], given = given[-1], given[:-1]
    return tuple(map(Path, given))


@command(text("command.convert", formats=format_names()), EXAMPLE)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(), metavar="IN... OUT", callback=_inputs)
@option("-o", "--output", metavar="OUT", is_eager=True, said=text("option.convert-output"))
@option("--to", "target", metavar="FORMAT", said=text("option.convert-to"))
@option("--from", "source", metavar="FORMAT", said=text("option.convert-from"))
@from_plan("tiers", folders="inputs", whole=True)
@key_option("tiers", said=text("option.only-tiers"))
@option("--unit", type=click.Choice(["ms", "s"]), said=text("option.convert-unit"))
@option("--columns", metavar="NAMES", said=text("option.convert-columns"))
@option("--sheet", metavar="NAME", said=text("option.convert-sheet"))
@option(
    "--times",
    type=click.Choice(["medium", "file"]),
    default="medium",
    show_default=True,
    said=text("option.times"),
)
@option(
    "--encoding",
    type=click.Choice(["utf-8", "utf-16"]),
    default="utf-8",
    show_default=True,
    said=text("option.encoding"),
)
@option("--excel", is_flag=True, said=text("option.convert-excel"))
@option("--excel-de", is_flag=True, said=text("option.convert-excel-de"))
@force_option
@pseudonym_options
@jobs_option
@talk_options
def convert(
    inputs: tuple[Path, ...],
    output: str,
    target: str | None,
    source: str | None,
    tiers: tuple[str, ...] | None,
    unit: str | None,
    columns: str | None,
    sheet: str | None,
    times: str,
    encoding: str,
    excel: bool,
    excel_de: bool,
    force: bool,
    pseudonyms: Pseudonyms,
    plan: Plan,
    jobs: int,
    quiet: bool,
    verbose: bool,
) -> int:
    """Plan, convert, show."""
    from elancry.choices import CsvForm
    from elancry.cli.conversion import (
        Job,
        convert_many,
        convert_one,
        gather_all,
        plan_conversion,
        refuse_unknown_tiers,
        refuse_unused_choices,
    )
    from elancry.cli.kinds import Kinds
    from elancry.interop.delimited.columns import parse_columns
    from elancry.interop.format import Choices, Times
    from elancry.times import Unit

    units = {"ms": Unit.MS, "s": Unit.SECONDS, None: None}
    choices = Choices(
        tiers=tiers,
        unit=units[unit],
        columns=None if columns is None else parse_columns(columns),
        sheet=sheet,
        times=Times(times),
        encoding=encoding,
        csv_form=CsvForm.EXCEL_DE if excel_de else CsvForm.EXCEL if excel else CsvForm.PLAIN,
    )
    out = Path(output)
    as_folder = out.is_dir() or output.endswith(("/", os.sep))
    kinds = Kinds(quiet=quiet, verbose=verbose)
    as_file = bool(out.suffix) and not as_folder
    with pseudonyms.files(inputs, out, quiet=quiet, plan=plan, file=as_file) as files:
        conversion = plan_conversion(files, out, as_folder=as_folder, source=source, target=target)
        refuse_unused_choices(conversion, choices)
        refuse_unknown_tiers(conversion, choices)
        if conversion.job is Job.ONE:
            return convert_one(conversion, out, choices, kinds, force=force)
        if conversion.job is Job.GATHER:
            return gather_all(conversion, out, choices, kinds, force=force)
        return convert_many(conversion, out, choices, kinds, force=force, jobs=jobs)
