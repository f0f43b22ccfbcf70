"""`elancry` without a command: what to do next in the folder one stands in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from elancry.outputs import MANIFEST

MOST = 2000
"""Files looked at: in a home folder nobody wants to wait for a search of everything."""

VIDEOS = frozenset({".mp4", ".mov", ".mpg", ".mpeg", ".avi", ".mkv", ".wav"})


def next_step(folder: Path) -> str:
    """One or two sentences with the command that usually comes next here."""
    files = list(islice(_visible(folder, depth=2), MOST))
    coded = [path for path in files if path.suffix == ".eaf" and not path.name.endswith(".merged.eaf")]
    merged = [path for path in files if path.name.endswith(".merged.eaf")]
    reports = [path for path in files if path.name == "report.html" and (path.parent / MANIFEST).exists()]
    if reports:
        return f"There is a report: open {_shown(reports[0], folder)} in a browser."
    if coded:
        where = _shown(coded[0].parent, folder)
        worklist = next((path for path in files if path.name == "worklist.html"), None)
        if merged and worklist is not None:
            return (
                f"The files are merged. The list for the meeting: open {_shown(worklist, folder)} in a browser. Then:\n"
                f"  elancry analyze {_shown(merged[0].parent, folder)} -o results --aggregate consensus"
            )
        there = "is 1 coded file" if len(coded) == 1 else f"are {len(coded)} coded files"
        return (
            f"There {there}. Look for mistakes, then compute:\n"
            f"  elancry check {where}\n  elancry analyze {where} -o results"
        )
    if merged:
        return f"There are merged files. Next:  elancry analyze {_shown(merged[0].parent, folder)} -o results"
    if any(path.suffix.lower() in VIDEOS for path in files):
        command = "elancry template crying -o coding --media . --raters R1,R2"
        return f"There are recordings. Prepare the raters' files:\n  {command}"
    return (
        "Nothing of a study is here yet. Start with a template, or try everything on a synthetic study:\n"
        "  elancry template crying -o templates\n  elancry simulate -o coded"
    )


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
    text = path.relative_to(folder).as_posix()
    return f'"{text}"' if " " in text else text
