"""`elancry batch`: what ELAN users do by hand to many files, with a list of every change.

An operation is a function `(document, choices) -> Change`, a line in OPERATIONS and its help in the catalogues. Its
choices say which options they are (see `elancry.edit.operation`).
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from enum import StrEnum
from importlib import import_module
from typing import Any, get_args, get_type_hints

import click

from elancry.cli.batch_run import BatchCommand, run_operation
from elancry.cli.batch_statistics import statistics
from elancry.cli.options import FILE, EnumChoice
from elancry.cli.worded import WordedGroup, WordedOption, command
from elancry.texts import Text, text

EXAMPLE = "elancry batch rename-tier coded --rename crying crying_form --dry-run"

OPERATIONS = {
    "add-tier": ("tier_operations.add_tier", "coded -o with-gaze --tier gaze --type gaze --participant patient"),
    "rename-tier": ("renames.rename_tiers", "coded -o renamed --rename crying crying_form --rename '*@R1' '*-R1'"),
    "set-tier": ("tier_operations.set_attributes", "coded -o named --tier '*' --annotator R1 --participant patient"),
    "remove-tier": ("tier_operations.remove_tiers", "coded -o without --tier 'Comment*' --dry-run"),
    "remove-empty-tiers": ("tier_operations.remove_empty_tiers", "coded -o tidy --keep 'Comment*'"),
    "copy-annotations": ("copy_annotations.copy_annotations", "coded -o copied --copy crying_form crying_form_2"),
    "add-type": ("type_operations.add_type", "coded -o typed --type note --constraint Included_In"),
    "rename-type": ("renames.rename_types", "coded -o renamed --rename default-lt comment"),
    "set-vocabulary": (
        "set_vocabulary.set_vocabulary",
        "coded -o updated --from codebook.yaml --vocabulary crying_form",
    ),
    "apply-template": ("apply_template.apply_template", "coded -o complete --from crying"),
    "repair-languages": (
        "repair_languages.repair_languages",
        "coded --from codebook.yaml --dry-run",
        "coded -o repaired --from codebook.yaml",
    ),
    "relink-vocabulary": ("relink_vocabulary.relink_vocabulary", "coded -o linked --ecv /data/study/codes.ecv"),
    "relink-media": (
        "relink_media.relink_media",
        "coded -o linked --media /data/videos",
        "coded -o linked --replace C:/Users/anna/videos D:/study/videos",
    ),
    "shift-times": (
        "shift_times.shift_times",
        "coded -o shifted --by 1500",
        "coded -o shifted --by -0:01:10.000 --clip",
    ),
}
"""Name of the operation -> its function in `elancry.edit`, imported when it is asked for, and how it is called."""


class Batch(WordedGroup):
    """The operations; each is looked into when it is asked for, so that `elancry --help` need not load them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the alphabet."""
        return sorted([*OPERATIONS, "statistics"])

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """The command of that name, `None` if there is none."""
        if cmd_name == "statistics":
            return statistics
        return _command(cmd_name) if cmd_name in OPERATIONS else None

    @property
    def commands(self) -> dict[str, click.Command]:
        """All of them by name."""
        return {name: _command(name) for name in OPERATIONS} | {"statistics": statistics}

    @commands.setter
    def commands(self, value: object) -> None:
        """Nothing: click begins with no commands."""


@command(text("command.batch"), EXAMPLE, cls=Batch)
def batch() -> None:
    """The operations on many files."""


def _command(name: str) -> click.Command:
    """The command of an operation, made of the fields of its choices; its help is the text `command.batch.NAME`."""
    place, *examples = OPERATIONS[name]
    module, _, function_name = place.partition(".")
    function = getattr(import_module(f"elancry.edit.{module}"), function_name)
    choices = get_type_hints(function)["choices"]
    hints = get_type_hints(choices)
    given = {item.name: item for item in fields(choices) if "option" in item.metadata}
    options = {key: _option(item, hints[key]) for key, item in given.items()}

    def run(run: Any, **typed: Any) -> int:
        # What was not given keeps the default of its field.
        values = {
            key: _read(options[key], given[key].metadata["option"].read, value)
            for key, value in typed.items()
            if value is not None and value != ()
        }
        return run_operation(run, name, function, choices(**values))

    calls = [f"elancry batch {name} {example}" for example in examples]
    return BatchCommand(name, run, list(options.values()), Text(f"command.batch.{name}"), calls)


def _option(field: Any, hint: Any) -> click.Option:
    """The option of a field: the type of the field says how many values it takes, and which."""
    said = field.metadata["option"]
    inner = [part for part in get_args(hint) if part is not type(None)] if type(None) in get_args(hint) else [hint]
    settings: dict[str, Any] = {"metavar": said.metavar, "said": said.help}
    kind = inner[0]
    parts = get_args(kind)
    if kind is bool:
        settings |= {"is_flag": True}
    elif isinstance(kind, type) and issubclass(kind, StrEnum):
        settings |= {"type": EnumChoice(kind)}
        if isinstance(field.default, kind):
            settings |= {"default": field.default.value, "show_default": True}
    elif parts == (str, str):
        settings |= {"nargs": 2}
    elif parts:
        pairs = get_args(parts[0]) == (str, str)
        settings |= {"multiple": True, "nargs": 2 if pairs else 1}
    if said.metavar in ("DIR", "FILE"):
        settings |= {"type": FILE}
    return WordedOption([said.flag, field.name], required=field.default is MISSING, **settings)


def _read(option: click.Option, read: Any, value: Any) -> Any:
    if read is None:
        return value
    try:
        return read(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None
