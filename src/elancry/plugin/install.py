"""Into every ELAN, out of it again, and what is the case now."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from elancry import __version__
from elancry.errors import UsageError
from elancry.findings import printable
from elancry.plugin.codebooks import AUTOMATIC, codebooks_in, to_install
from elancry.plugin.descriptor import descriptor, help_page
from elancry.plugin.elans import Elan, refuse_running
from elancry.plugin.form import Form, check_form, compare_form
from elancry.plugin.installed import (
    content_of,
    edited,
    missing,
    read_manifest,
    refuse_foreign,
    refuse_unwritable,
    remove_folder,
    write_folder,
)
from elancry.plugin.launcher import launchers
from elancry.plugin.panel import problems as problems_of_panel
from elancry.texts import Text, text

COMMANDS = ("compare", "check")
# Environments that `uvx` and `pipx run` make for one run.
_FLEETING = {"archive-v0", "builds-v0", "environments-v2"}


@dataclass(frozen=True)
class State:
    """One recognizer in one ELAN: `problems` is empty where it is ready; `installed` is its elancry's version."""

    elan: Elan
    title: Text
    folder: Path
    installed: str | None
    python: str = ""
    problems: tuple[Text, ...] = ()


def this_python() -> str:
    """The absolute path of the interpreter that the launchers start, links kept.

    Raises UsageError where there is none that stays.
    """
    path = Path(sys.executable).absolute() if sys.executable else Path()
    if path.name.lower() == "pythonw.exe":
        path = path.with_name("python.exe")
    if not path.is_file():
        raise UsageError(text("plugin.no-python"))
    parts = set(path.parts)
    if parts & _FLEETING or {"pipx", ".cache"} <= parts:
        raise UsageError(text("plugin.fleeting-python", path=str(path)), hint=text("plugin.fleeting-python-hint"))
    return str(path)


def install(elan: Elan, *, codebooks: Sequence[str] = (), force: bool = False) -> list[str]:
    """Put both recognizers into one ELAN; returns the codebooks of the form, the preset one first.

    Without `codebooks`, those of an earlier installation stay. Before anything is written, raises OutputRefused where
    writing is not possible or this ELAN is running, InvalidInput or UnreadableInput for a codebook, UsageError for a
    Python that cannot be used.
    """
    python = this_python()
    refuse_running(elan)
    if not codebooks:
        check_folder = elan.extensions / check_form((AUTOMATIC,)).folder
        earlier = read_manifest(check_folder)
        at_hand = codebooks_in(check_folder)
        codebooks = [str(at_hand[name]) for name in (earlier.codebooks if earlier else ()) if name in at_hand]
    names, files = to_install(codebooks)
    asked = names[: names.index(AUTOMATIC)]
    forms: list[tuple[Form, dict[str, bytes]]] = [(compare_form(), {}), (check_form(names), files)]
    contents = {
        elan.extensions / form.folder: {
            _descriptor_name(form): descriptor(form),
            f"{form.folder}.html": help_page(form).encode("ascii", errors="xmlcharrefreplace"),
            **launchers(python, form.command),
            **more,
        }
        for form, more in forms
    }
    for folder, content in contents.items():
        refuse_foreign(folder, content, force=force)
    for folder, content in contents.items():
        refuse_unwritable(folder, content)
    # Backwards, because the first that is written makes ELAN's folder for extensions and the last one removes it.
    for folder, content in reversed(contents.items()):
        write_folder(folder, content, python=python, codebooks=asked)
    return list(names)


def status(elan: Elan) -> list[State]:
    """Both recognizers in one ELAN."""
    return [_state(elan, form) for form in _forms()]


def uninstall(elan: Elan) -> tuple[list[Path], list[Path]]:
    """Remove both recognizers from one ELAN: (folders that were cleared, files that were kept).

    Raises OutputRefused, where this ELAN is running too.
    """
    refuse_running(elan)
    cleared, kept = [], []
    for form in _forms():
        folder = elan.extensions / form.folder
        if read_manifest(folder) is None:
            continue
        kept += [folder / name for name in remove_folder(folder)]
        cleared.append(folder)
    return cleared, kept


def _forms() -> tuple[Form, Form]:
    return compare_form(), check_form((AUTOMATIC,))


def _state(elan: Elan, form: Form) -> State:
    folder = elan.extensions / form.folder
    manifest = read_manifest(folder)
    if manifest is None:
        return State(elan, form.title, folder, None)
    problems = []
    # Whoever changed the descriptor is told below; what is gone, too.
    content = content_of(folder / _descriptor_name(form))
    if content is not None and (why := problems_of_panel(content)):
        problems.append(text("plugin.form-not-startable", why=why[0]))
    python = printable(manifest.python)
    if not _is_program(manifest.python):
        problems.append(text("plugin.python-gone", python=python))
    else:
        runs = version_in(manifest.python)
        if runs is None:
            problems.append(text("plugin.python-without-elancry", python=python))
        elif runs != manifest.version:
            problems.append(text("plugin.other-version", written=manifest.version, starts=runs))
    if changed := edited(folder, manifest):
        problems.append(text("plugin.files-changed", names=changed))
    if lost := missing(folder, manifest):
        problems.append(text("plugin.files-missing", names=lost))
    return State(elan, form.title, folder, manifest.version, python, tuple(problems))


def _descriptor_name(form: Form) -> str:
    return f"{form.folder}.cmdi"


def _is_program(path: str) -> bool:
    try:
        return Path(path).is_absolute() and Path(path).is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False


def version_in(python: str) -> str | None:
    """The version of elancry that an interpreter has, `None` for none; this one need not be asked."""
    if Path(python).absolute() == Path(sys.executable).absolute():
        return __version__
    code = "import elancry; print(elancry.__version__)"
    try:
        done = subprocess.run(
            [python, "-X", "utf8", "-c", code],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            cwd=Path(python).parent,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
