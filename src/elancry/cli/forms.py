"""The forms of the page, made from the commands' own options: whatever a command can be told stands here, in its words.

A field is an option; what was put in becomes the arguments that a terminal would have got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from elancry.app.folders import within
from elancry.cli.options import KeyOption
from elancry.cli.worded import Worded, WordedOption
from elancry.codebook.load import builtin_names
from elancry.errors import UsageError
from elancry.study.plan_keys import Plan
from elancry.study.plan_values import FLAG, plain, yaml_of
from elancry.texts import text

UNASKED = frozenset({"output", "paths", "study", "settings", "jobs", "quiet", "verbose", "form", "excel", "excel_de"})
"""Asked for by the page itself, or of no use on it."""
SHOWN = ("check", "merge", "agree", "analyze")
"""The commands that the page runs."""


class CommandForms:
    """The forms of the commands (see `elancry.app.server.Forms`)."""

    def __init__(self, commands: Iterable[click.Command]) -> None:
        self._commands = {
            command.name: command for command in commands if isinstance(command, Worded) and command.name in SHOWN
        }

    def fields(self, command: str, plan: Plan, language: str) -> list[dict[str, Any]]:
        """What can be chosen: name, heading, words, kind, choices, and the value that the plan has.

        Raises UsageError for a command that the page does not run.
        """
        return [
            _field(option, plan, language)
            for option in self._find(command).params
            if isinstance(option, WordedOption) and _asked(option)
        ]

    def arguments(self, command: str, given: Mapping[str, Any], root: Path) -> list[str]:
        """What was put in, as arguments; paths are looked for in `root` and nowhere else.

        Raises UsageError for a command that the page does not run, a field that it does not have or a value of another
        kind; Outside for a path outside.
        """
        options = {option.name: option for option in self._find(command).params if isinstance(option, click.Option)}
        made: list[str] = []
        for name, value in given.items():
            option = options.get(name)
            if option is None or not _asked(option) or isinstance(value, bool) != bool(option.is_flag):
                raise UsageError(text("app.no-such-field", name=name))
            if isinstance(value, bool):
                made += [option.opts[0]] if value else option.secondary_opts[:1]
            elif not isinstance(value, str):
                raise UsageError(text("app.no-such-field", name=name))
            elif value:
                made.append(f"{option.opts[0]}={_found(option, value, root)}")
        return made

    def _find(self, command: str) -> Worded:
        if command not in self._commands:
            raise UsageError(text("app.no-such-command", name=command))
        return self._commands[command]


def _asked(option: click.Option) -> bool:
    return option.expose_value and option.name not in UNASKED


def _field(option: WordedOption, plan: Plan, language: str) -> dict[str, Any]:
    field: dict[str, Any] = {"name": option.name, "words": option.said.into(language)}
    if isinstance(option, KeyOption):
        value, flag = getattr(plan, option.key.name), option.key.reader is FLAG
        return field | {
            "topic": option.key.topic.heading.into(language),
            "kind": "flag" if flag else "path" if option.key.path else "text",
            "choices": [] if flag or option.multiple else list(option.key.reader.words),
            "takes": "" if flag else option.key.reader.in_words(language),
            "value": value if flag else "" if value is None else yaml_of(plain(value)),
            "chosen": option.key.name in plan.chosen,
        }
    return field | {
        "topic": text("command.options").into(language),
        "kind": "flag" if option.is_flag else "path" if isinstance(option.type, click.Path) else "text",
        "choices": list(option.type.choices) if isinstance(option.type, click.Choice) else [],
        "takes": "",
        "value": False if option.is_flag else "",
        "chosen": False,
    }


def _found(option: click.Option, value: str, root: Path) -> str:
    """The value; that of a path inside `root`, all links followed."""
    path = option.key.path if isinstance(option, KeyOption) else isinstance(option.type, click.Path)
    if not path or (option.name == "codebook" and value in builtin_names()):
        return value
    return str(within(value, [root]))
