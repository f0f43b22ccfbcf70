"""`elancry plugin`: compare raters and check coding without leaving ELAN."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from elancry.cli.exits import Exit
from elancry.cli.options import FILE
from elancry.cli.say import say
from elancry.cli.show import error_line
from elancry.cli.worded import WordedGroup, command, option
from elancry.texts import Texts, text

if TYPE_CHECKING:
    from elancry.plugin.elans import Elan

ELAN_DIR = option(
    "--elan-dir",
    type=FILE,
    metavar="DIR",
    said=text("option.elan-dir"),
)


def _elans(elan_dir: Path | None) -> tuple[Elan, ...]:
    from elancry.errors import UsageError
    from elancry.plugin.elans import elan_at, find_elans

    if elan_dir is not None:
        return (elan_at(elan_dir),)
    found = find_elans()
    if not found:
        raise UsageError(text("plugin.elan-not-found"), hint=text("plugin.elan-not-found-hint"))
    return found


@command(text("command.plugin.install"), "elancry plugin install --codebook my-study.yaml")
@ELAN_DIR
@option(
    "--codebook",
    "codebooks",
    multiple=True,
    metavar="NAME|FILE",
    said=text("option.plugin-codebook"),
)
@option("--force", is_flag=True, said=text("option.plugin-force"))
def install(elan_dir: Path | None, codebooks: tuple[str, ...], force: bool) -> int:
    """Put it into every ELAN."""
    from elancry.errors import OutputRefused
    from elancry.plugin.install import install as put_into

    failed: list[OutputRefused] = []
    done = 0
    for elan in _elans(elan_dir):
        try:
            names = put_into(elan, codebooks=codebooks, force=force)
        except OutputRefused as error:
            failed.append(error)
            continue
        done += 1
        say(str(text("plugin.installed-in", elan=elan.name, folder=str(elan.extensions))))
        say(str(text("plugin.installed-codebooks", names=names)))
    for refused in failed:
        say(error_line(refused), err=True)
    if done:
        say(str(text("plugin.installed-next", title=text("plugin.form.compare-title"))))
    return Exit.UNUSABLE if failed else Exit.CLEAN


@command(text("command.plugin.status"), "elancry plugin status")
@ELAN_DIR
def status(elan_dir: Path | None) -> int:
    """Ask every ELAN."""
    from elancry.plugin.install import status as states_of

    wrong = False
    for elan in _elans(elan_dir):
        say(f"{elan.name}: {elan.extensions}")
        for state in states_of(elan):
            if state.installed is None:
                say(str(text("plugin.not-installed", title=state.title)))
            elif not state.problems:
                say(str(text("plugin.ready", title=state.title, version=state.installed, python=state.python)))
            else:
                wrong = True
                say(str(text("plugin.problems", title=state.title, problems=Texts(state.problems))))
    if wrong:
        say(str(text("plugin.install-again")))
    return Exit.ERRORS_FOUND if wrong else Exit.CLEAN


@command(text("command.plugin.uninstall"), "elancry plugin uninstall")
@ELAN_DIR
def uninstall(elan_dir: Path | None) -> int:
    """Take it out of every ELAN."""
    from elancry.errors import OutputRefused
    from elancry.plugin.install import uninstall as take_out

    failed: list[OutputRefused] = []
    for elan in _elans(elan_dir):
        try:
            cleared, kept = take_out(elan)
        except OutputRefused as error:
            failed.append(error)
            continue
        removed, nothing = text("plugin.removed", elan=elan.name), text("plugin.nothing-installed", elan=elan.name)
        say(str(removed if cleared else nothing))
        for path in kept:
            say(str(text("plugin.kept", path=str(path))))
    for refused in failed:
        say(error_line(refused), err=True)
    return Exit.UNUSABLE if failed else Exit.CLEAN


@command(text("command.plugin"), cls=WordedGroup, commands=(install, status, uninstall))
def plugin() -> None:
    """The commands about the plugin."""
