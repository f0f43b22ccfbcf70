"""Write docs/reference/*.md from the code: commands, tables, findings. A test says when they are out of date."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import click

import elancry
from elancry.agreement.undefined import EXPLANATIONS, NO_INTERVALS
from elancry.cli.main import cli
from elancry.findings import CATALOGUE
from elancry.table.schema import ANNOTATIONS, POWER, RESULT_TABLES

FOLDER = Path(__file__).parent / "reference"
ENTRY_POINTS = ("write_templates", "open_study", "load_codebook", "read_eaf", "write_eaf", "new_document")
OBJECTS = ("Study", "Analysis", "Document")
NOTE = "<!-- Made by docs/make_reference.py from the code; do not edit. -->\n"


def pages() -> dict[str, str]:
    """File name -> content of every generated page."""
    return {
        "commands.md": commands(),
        "tables.md": tables(),
        "findings.md": findings(),
        "undefined.md": undefined(),
        "python.md": python(),
    }


def commands() -> str:
    """The help text of every command."""
    parts = [NOTE, "# Commands\n"]
    for name, command, context in _walk(cli, click.Context(cli, info_name="elancry", max_content_width=100)):
        parts.append(f"## {name}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def _walk(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        inner = click.Context(command, info_name=name, parent=context, max_content_width=100)
        if isinstance(command, click.Group):
            yield from _walk(command, inner)
        else:
            yield inner.command_path, command, inner


def tables() -> str:
    """Every column of every CSV file."""
    parts = [NOTE, "# Tables\n", "Numbers have full precision; an undefined number is an empty cell.\n"]
    for table in (ANNOTATIONS, *RESULT_TABLES, POWER):
        folder = "" if table is ANNOTATIONS else "tables/"
        title = table.title.into("en")
        parts.append(f"## {folder}{table.name}.csv\n\n{title}{'' if title.endswith('?') else '.'}\n")
        parts.append("| column | type | unit | meaning |\n|---|---|---|---|")
        parts += [
            f"| {column.name} | {column.kind.value} | {column.unit} | {_cell(table.meaning(column).into('en'))} |"
            for column in table.columns
        ]
        parts.append("")
    return "\n".join(parts)


def findings() -> str:
    """Every finding of the catalogue."""
    parts = [
        NOTE,
        "# Findings\n",
        "`error`: something stays out of the numbers. `warning`: trust is limited. `note`: good to know. A *blocking* "
        "finding stops merge, agree and analyze.\n",
        "| code | severity | what | explanation |\n|---|---|---|---|",
    ]
    for code, kind in sorted(CATALOGUE.items()):
        severity = kind.severity.shown.into("en") + (", blocking" if kind.blocking else "")
        title, explanation = kind.title.into("en"), kind.explanation.into("en")
        parts.append(f"| `{code}` | {severity} | {_cell(title)} | {_cell(explanation)} |")
    return "\n".join(parts) + "\n"


def undefined() -> str:
    """Every reason why a number of agreement does not exist."""
    parts = [
        NOTE,
        "# Undefined numbers\n",
        "A coefficient that does not exist is a result: its cell is empty and `undefined_reason` holds one of these "
        "sentences. It is never shown as 0, 1 or NaN; every convention here has its test. Perfect agreement with one "
        "single category is undefined for kappa and alpha; percent, AC1 and Brennan-Prediger are 1 then.\n",
        "| what the row says | for which numbers |\n|---|---|",
    ]
    parts += [f"| {_cell(reason.into('en'))} | {_cell(numbers)} |" for reason, numbers in EXPLANATIONS.items()]
    parts.append("\n## A number without an interval\n\n| what the row says |\n|---|")
    parts += [f"| {_cell(reason.into('en'))} |" for reason in NO_INTERVALS]
    return "\n".join(parts) + "\n"


def python() -> str:
    """Everything that `import elancry` offers, with signatures and docstrings."""
    parts = [
        NOTE,
        "# Python\n",
        "Everything here is typed and stands in `import elancry`; the [notebook](../python.md) shows it at work. "
        "What goes wrong is raised as `elancry.ElancryError`, whose text says where, what was expected and how to "
        "mend it. Hints speak of the command line's options: `--force` is `force=True` here, `-o` is the folder that "
        "you give, and so on.\n",
    ]
    for name in (*ENTRY_POINTS, *OBJECTS):
        thing = getattr(elancry, name)
        parts.append(_documented(f"elancry.{name}", thing, level=2))
        for member, what in vars(thing).items() if inspect.isclass(thing) else ():
            # Only what a person uses: what the class itself defines and documents, in its order.
            function = what.func if isinstance(what, cached_property) else getattr(what, "fget", None) or what
            if not member.startswith("_") and inspect.isfunction(function):
                called = not isinstance(what, property | cached_property)
                parts.append(_documented(member, function, level=3, called=called))
    return "\n".join(parts)


def _documented(name: str, thing: Any, *, level: int, called: bool = True) -> str:
    sign = ""
    if called and not (inspect.isclass(thing) and name.split(".")[-1] in OBJECTS):
        sign = str(inspect.signature(thing)).replace("(self, ", "(").replace("(self)", "()")
        sign = re.sub(r"(: |-> )'([^']*)'", r"\1\2", sign)
    text = re.sub(r"(?m)^    (.*)$", r"\1", inspect.getdoc(thing) or "")
    code = f"```python\n{name}{sign}\n```\n\n" if sign else ""
    return f"{'#' * level} {name}\n\n{code}{text}\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
