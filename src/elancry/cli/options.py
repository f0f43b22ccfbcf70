"""Options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import click

from elancry.choices import Align, CsvForm, Language, Level, Matching, Null

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)

ALTERNATIVES = ("spearman", "kendall", "logistic", "fractional_logit", "ordinal")
"""Methods that a reviewer may ask for; a test compares them with those of the sensitivity table."""


class EnumChoice(click.Choice[Any]):
    """A choice among the values of an Enum; gives the member (click itself takes the members' names since 8.2)."""

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__([item.value for item in choices])
        self.members = choices

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The member for a value as typed."""
        return value if isinstance(value, self.members) else self.members(super().convert(value, param, ctx))


def split_names(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """`R1,R2, R3` -> ("R1", "R2", "R3"); `None` stays `None`."""
    return None if value is None else tuple(part.strip() for part in value.split(",") if part.strip())


def as_text(_context: click.Context, _parameter: click.Parameter, value: Path | None) -> str | None:
    """A path as text, as the plan holds it; `None` stays `None`."""
    return None if value is None else str(value)


def _apply(options: list[Callable[[F], F]], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def input_options(function: F) -> F:
    """PATH... and everything that says how files are read: the study's plan and its overrides."""
    return _apply(
        [
            click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH..."),
            click.option(
                "--study", type=FILE, help="Plan of the study [default: study.yaml here or in the given folder]."
            ),
            click.option(
                "--codebook",
                metavar="NAME|FILE",
                help="Built-in codebook or YAML file [default: the files' own vocabularies].",
            ),
            click.option("--pattern", help="How file names are made [default: {session}__{rater}]."),
            click.option("--tier-pattern", help="For files that hold all raters, e.g. '{tier}-{rater}'."),
            click.option("--raters", callback=split_names, metavar="R1,R2", help="Only these raters."),
            click.option(
                "--tiers",
                callback=split_names,
                metavar="T1,T2",
                help="Only these tiers; each becomes a system where no codebook is given.",
            ),
            click.option("--sequence-tier", help="Tier that holds the sequences, where no codebook names it."),
            click.option("--use-merged", is_flag=True, help="Read *.merged.eaf files that lie beside raters' files."),
            click.option("--round", help="Training round to use, where the pattern has {round} [default: the last]."),
            click.option(
                "--align",
                type=EnumChoice(Align),
                help="offset: shift a rater's times by a constant, where the coding says clearly by how much; it is "
                "always told [default: none].",
            ),
            click.option(
                "--set",
                "settings",
                multiple=True,
                metavar="KEY=VALUE",
                help="Any setting of the plan, written as in study.yaml, e.g. --set window=session; may be repeated.",
            ),
            click.option(
                "--jobs",
                type=click.IntRange(min=1),
                default=1,
                show_default=True,
                help="Files or sessions worked on at the same time; the numbers do not depend on it.",
            ),
        ],
        function,
    )


def output_options(function: F) -> F:
    """-o and --force."""
    return _apply(
        [
            click.option(
                "-o",
                "--output",
                type=FILE,
                required=True,
                metavar="DIR",
                help="Folder for the results; nothing is written elsewhere.",
            ),
            click.option("--force", is_flag=True, help="Replace files there that elancry did not write."),
        ],
        function,
    )


def number_options(function: F) -> F:
    """What the statistics depend on."""
    return _apply(
        [
            click.option(
                "--criterion",
                type=click.FloatRange(0, 1, min_open=True),
                multiple=True,
                help="Overlap from which two annotations match [default: 0.6]; may be given several times.",
            ),
            click.option(
                "--matching", type=EnumChoice(Matching), help="Rule that links annotations [default: easydiag]."
            ),
            click.option(
                "--resamples",
                type=click.IntRange(min=0),
                help="Resamples of the session bootstrap; 0 for none [default: 2000].",
            ),
            click.option("--seed", type=click.IntRange(min=0), help="Seed of everything random [default: 20240417]."),
            click.option("--lang", "language", type=EnumChoice(Language), help="Language of the report [default: en]."),
        ],
        function,
    )


def csv_options(function: F) -> F:
    """How CSV files are written."""
    return _apply(
        [
            click.option(
                "--excel",
                "csv_form",
                flag_value=CsvForm.EXCEL,
                type=EnumChoice(CsvForm),
                help="CSV with a byte order mark, for Excel.",
            ),
            click.option(
                "--excel-de",
                "csv_form",
                flag_value=CsvForm.EXCEL_DE,
                type=EnumChoice(CsvForm),
                help="CSV with semicolons and decimal commas, for German Excel.",
            ),
        ],
        function,
    )


def association_options(function: F) -> F:
    """What only `analyze` needs."""
    return _apply(
        [
            click.option(
                "--permutations", type=click.IntRange(min=0), help="Permutations of each test [default: 9999]."
            ),
            click.option("--null", type=EnumChoice(Null), help="Null model of co-occurrence [default: swap]."),
            click.option(
                "--sessions",
                type=FILE,
                callback=as_text,
                help="CSV with session,patient,therapist and covariates: sequences in sessions, patients, therapists.",
            ),
            click.option(
                "--cluster",
                type=EnumChoice(Level),
                help="Within what errors may go together [default: auto, the highest level with ten groups].",
            ),
            click.option(
                "--covariates",
                callback=split_names,
                metavar="C1,C2",
                help="Columns of the sessions table to hold constant in every regression.",
            ),
            click.option(
                "--aggregate",
                metavar="mean|consensus|RATER",
                help="Whose coding is associated [default: mean, over the raters].",
            ),
            click.option(
                "--also",
                type=click.Choice(ALTERNATIVES),
                multiple=True,
                help="The regressions by another method too; may be given several times. Each refuses, with the "
                "reason, where it is not fit for use.",
            ),
        ],
        function,
    )


def talk_options(function: F) -> F:
    """--quiet and --verbose."""
    return _apply(
        [
            click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
            click.option("-v", "--verbose", is_flag=True, help="Show every finding, not only the first of each kind."),
        ],
        function,
    )
