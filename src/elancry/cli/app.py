"""`elancry app`: the whole path by clicking, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from elancry.cli.exits import Exit
from elancry.cli.options import FILE
from elancry.cli.say import say
from elancry.cli.worded import command, option
from elancry.texts import text

EXAMPLE = "elancry app"


@command(text("command.app"), EXAMPLE)
@click.argument("folder", required=False, type=FILE, metavar="[DIR]")
@option("--browser/--no-browser", default=True, said=text("option.browser"))
def app(folder: Path | None, browser: bool) -> int:
    """Serve the page until the browser is gone."""
    from elancry.app.server import Page, serve
    from elancry.cli.forms import CommandForms
    from elancry.errors import UsageError

    if folder is not None and not folder.is_dir():
        raise UsageError(text("check.no-such-path", given=str(folder)), hint=text("check.hint-spelling"))
    chosen = None if folder is None else folder.resolve()
    root = click.get_current_context().find_root().command
    commands = root.commands.values() if isinstance(root, click.Group) else ()
    page = Page(CommandForms(commands), also=(Path.cwd(), *([chosen] if chosen else [])), folder=chosen)
    serve(page, browse=browser, ready=lambda address: say(text("app.ready", address=address)))
    return Exit.CLEAN
