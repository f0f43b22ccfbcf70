"""Pages that people write: their pictures are there and made by the script, their commands exist with these options."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from elancry.cli.main import cli

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))


def test_every_picture_of_a_page_is_there_and_has_a_text_instead():
    shown = [
        (page.name, *found) for page in PAGES for found in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text())
    ]
    assert len(shown) >= 8
    assert [item for item in shown if not (DOCS / item[2]).exists() or not item[1]] == []


def test_every_screenshot_is_made_by_the_script():
    script = (DOCS / "make_pictures.py").read_text(encoding="utf-8")
    made = [path.stem for path in (DOCS / "images").glob("*.png")]
    assert made
    assert [
        name for name in made if f'"{name}"' not in script and f'"{name.split("-")[0]}-{{section}}"' not in script
    ] == []


def commands(page: Path) -> Iterator[list[str]]:
    """The words after `elancry` of every command in a console block; what is piped on is left out."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.lstrip("$ ").startswith("elancry"):
                words = shlex.split(re.split(r" [|>;] | && | #", line.lstrip("$ "))[0])
                yield words[1:]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_exists_with_its_options(page: Path):
    wrong = []
    for words in commands(page):
        command: click.Command = cli
        rest = list(words)
        while isinstance(command, click.Group) and rest and rest[0] in command.commands:
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}
        known |= {"--help", "-h"}
        if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            wrong.append(words)
        wrong += [[word, *words] for word in rest if word.startswith("-") and word.split("=")[0] not in known]
    assert wrong == []
