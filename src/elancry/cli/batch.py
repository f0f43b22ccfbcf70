"""`elancry batch`: what ELAN users do by hand to many files, with a list of every change.

An operation is a function `(document, choices) -> Change` and a line in OPERATIONS. Its choices say which options they
are (see `elancry.edit.operation`), the text `batch.NAME.help` is the help (its docstring, where there is no such text),
and the examples are those at the end of its docstring.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields
from enum import StrEnum
from importlib import import_module
from typing import Any, get_args, get_type_hints

import click

from elancry.cli.batch_run import BatchCommand, run_operation
from elancry.cli.batch_statistics import statistics
from elancry.cli.options import FILE, EnumChoice
from elancry.texts import Text, known, text

EXAMPLE = "elancry batch rename-tier coded --rename crying crying_form --dry-run"

OPERATIONS = {
    "add-tier": "tier_operations.add_tier",
    "rename-tier": "renames.rename_tiers",
    "set-tier": "tier_operations.set_attributes",
    "remove-tier": "tier_operations.remove_tiers",
    "remove-empty-tiers": "tier_operations.remove_empty_tiers",
    "copy-annotations": "copy_annotations.copy_annotations",
    "add-type": "type_operations.add_type",
    "rename-type": "renames.rename_types",
    "set-vocabulary": "set_vocabulary.set_vocabulary",
    "apply-template": "apply_template.apply_template",
    "repair-languages": "repair_languages.repair_languages",
    "relink-vocabulary": "relink_vocabulary.relink_vocabulary",
    "relink-media": "relink_media.relink_media",
    "shift-times": "shift_times.shift_times",
}
"""Name of the operation -> its function in `elancry.edit`, imported when it is asked for."""


_EXAMPLES = re.compile(r"\As?:\s*")


class Batch(click.Group):
    """The operations; each is looked into when it is asked for, so that `elancry --help` need not load them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the alphabet."""
        return sorted([*OPERATIONS, "statistics"])

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        """The command of that name, `None` if there is none."""
        if cmd_name == "statistics":
            return statistics()
        return _command(cmd_name) if cmd_name in OPERATIONS else None

    @property
    def commands(self) -> dict[str, click.Command]:
        """All of them by name."""
        return {name: _command(name) for name in OPERATIONS} | {"statistics": statistics()}

    @commands.setter
    def commands(self, value: object) -> None:
        """Nothing: click begins with no commands."""

    @property
    def help(self) -> str:
        """What the group is for, in the language of messages."""
        return str(text("batch.help"))

    @help.setter
    def help(self, value: object) -> None:
        """Nothing: the text is the catalogue's."""

    @property
    def epilog(self) -> str:
        """An example."""
        return str(text("batch.example", lines=EXAMPLE))

    @epilog.setter
    def epilog(self, value: object) -> None:
        """Nothing: the example is ours."""


@click.group(cls=Batch)
def batch() -> None:
    """The group; what it says is in its class."""


def _command(name: str) -> click.Command:
    """The command of an operation, made of its function's docstring and of the fields of its choices."""
    module, _, function_name = OPERATIONS[name].partition(".")
    function = getattr(import_module(f"elancry.edit.{module}"), function_name)
    choices = get_type_hints(function)["choices"]
    hints = get_type_hints(choices)
    given = {item.name: item for item in fields(choices) if "option" in item.metadata}
    options = {key: _option(item, hints[key]) for key, item in given.items()}
    described, _, examples = (inspect.getdoc(function) or "").partition("\n\nExample")
    help_code = f"batch.{name}.help"
    help_text = str(Text(help_code)) if known(help_code) else described
    example = text("batch.examples" if examples.startswith("s") else "batch.example", lines=_EXAMPLES.sub("", examples))

    def run(run: Any, **typed: Any) -> int:
        # What was not given keeps the default of its field.
        values = {
            key: _read(options[key], given[key].metadata["option"].read, value)
            for key, value in typed.items()
            if value is not None and value != ()
        }
        return run_operation(run, name, function, choices(**values))

    return BatchCommand(name, run, list(options.values()), help_text, str(example).strip())


def _option(field: Any, hint: Any) -> click.Option:
    """The option of a field: the type of the field says how many values it takes, and which."""
    said = field.metadata["option"]
    inner = [part for part in get_args(hint) if part is not type(None)] if type(None) in get_args(hint) else [hint]
    settings: dict[str, Any] = {"metavar": said.metavar, "help": str(said.help)}
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
    return click.Option([said.flag, field.name], required=field.default is MISSING, **settings)


def _read(option: click.Option, read: Any, value: Any) -> Any:
    if read is None:
        return value
    try:
        return read(value)
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None
