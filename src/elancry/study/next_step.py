"""`elancry` without a command: what to do next in the current folder."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from elancry.manifest import MANIFEST
from elancry.texts import Text, text

MOST = 2000
"""Files looked at: a search of a whole home folder would take too long."""

VIDEOS = frozenset({".mp4", ".mov", ".mpg", ".mpeg", ".avi", ".mkv", ".wav"})


def next_step(folder: Path) -> Text:
    """One or two sentences with the command that usually comes next here."""
    files = list(islice(_visible(folder, depth=2), MOST))
    coded = [path for path in files if path.suffix == ".eaf" and not path.name.endswith(".merged.eaf")]
    merged = [path for path in files if path.name.endswith(".merged.eaf")]
    reports = [path for path in files if path.name == "report.html" and (path.parent / MANIFEST).exists()]
    if reports:
        return text("next.report", path=_shown(reports[0], folder))
    if coded:
        worklist = next((path for path in files if path.name == "worklist.html"), None)
        if merged and worklist is not None:
            return text("next.meeting", path=_shown(worklist, folder), folder=_shown(merged[0].parent, folder))
        return text("next.coded", n=len(coded), folder=_shown(coded[0].parent, folder))
    if merged:
        return text("next.merged", folder=_shown(merged[0].parent, folder))
    if any(path.suffix.lower() in VIDEOS for path in files):
        return text("next.recordings")
    return text("next.nothing")


def _visible(folder: Path, *, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_file():
            yield path
        elif depth and path.is_dir() and not path.is_symlink():
            yield from _visible(path, depth=depth - 1)


def _shown(path: Path, folder: Path) -> str:
    name = path.relative_to(folder).as_posix()
    return f'"{name}"' if " " in name else name
