"""Which folders the page may show and use.

A study folder is chosen by clicking, below the places where people keep their work; from then on nothing outside of it
is read or written. Links are followed before anything is asked: one that leads out is refused like any path outside.
"""

from __future__ import annotations

import os
import string
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from elancry.errors import UsageError
from elancry.texts import text

MOST = 2000
"""Entries of one folder that are shown."""


class Outside(UsageError):
    """A path that the page must not use."""


@dataclass(frozen=True)
class Entry:
    """A folder in the list from which one is chosen."""

    name: str
    path: str
    eaf_files: int


def places(also: Iterable[Path] = ()) -> list[Path]:
    """Where choosing begins: the home folder, `also`, and the drives of this machine."""
    if os.name == "nt":
        drives = [Path(f"{letter}:\\") for letter in string.ascii_uppercase if os.path.exists(f"{letter}:\\")]  # noqa: PTH110
    else:
        user = os.environ.get("USER", "")
        drives = [
            path for path in (Path("/Volumes"), Path("/media") / user, Path("/run/media") / user) if path.is_dir()
        ]
    return list(dict.fromkeys(path.resolve() for path in (Path.home(), *also, *drives)))


def within(given: str, roots: Iterable[Path]) -> Path:
    """The path that `given` names, all links followed, if it lies in one of `roots`; relative to the first of them.

    Raises Outside for any other, for addresses of the network and for names that no file can have.
    """
    roots = list(roots)
    if "\0" in given or given.startswith(("\\\\", "//")):
        raise Outside(text("app.outside", path=given))
    try:
        path = (roots[0] / given).resolve()
    except (OSError, RuntimeError, ValueError):
        raise Outside(text("app.outside", path=given)) from None
    if not any(path == root or root in path.parents for root in roots):
        raise Outside(text("app.outside", path=given))
    return path


def entries(folder: Path) -> list[Entry]:
    """The folders inside `folder` that are not hidden, and how many .eaf files each holds itself.

    Raises UsageError where it cannot be listed.
    """
    try:
        inside = sorted(
            (item for item in os.scandir(folder) if not item.name.startswith((".", "$")) and item.is_dir()),
            key=lambda item: item.name.casefold(),
        )
    except OSError as error:
        raise UsageError(text("check.folder-not-listed", folder=str(folder), error=error.strerror)) from error
    return [Entry(item.name, item.path, _eaf_files(item.path)) for item in inside[:MOST]]


def _eaf_files(folder: str) -> int:
    try:
        with os.scandir(folder) as items:
            return sum(item.name.lower().endswith(".eaf") for item in items)
    except OSError:
        return 0


def output_within(given: str, inputs: Iterable[Path], root: Path) -> Path:
    """The folder in `root` to write to; raises Outside where it is, or holds, what is read."""
    path = within(given, [root])
    if path == root or any(path == one or path in one.parents for one in inputs):
        raise Outside(text("app.output-is-input", path=given))
    return path
