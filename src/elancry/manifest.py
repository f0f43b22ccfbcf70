"""Whose work is a file in an output folder? Ours and unedited if its hash is one that the folder's manifest knows.

Everything else is people's: a file that somebody saved, one that stood there before, and one of ours that carries
people's work on, whose hash is never remembered. A hash is remembered before its file is in its place, and what was
there before is forgotten only when a run is finished. So whenever a run is killed, no file of it is taken for an edit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from elancry.files import in_rehearsal, leads_out, sha256, write_text
from elancry.locks import alone
from elancry.paths import read_regular

MANIFEST = ".elancry-files.json"

Known = dict[str, dict[str, set[str]]]
"""Command -> file, relative to the folder -> SHA-256 of what it may hold."""


class Manifest:
    """What the commands wrote into one folder, as it is when this is made, and what this run adds.

    Two runs may work in one folder: what the other one remembers meanwhile stays.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._earlier = _read(folder)
        self._added: Known = {}

    def names(self, command: str) -> frozenset[str]:
        """The files that earlier runs of a command wrote; they may be gone."""
        return frozenset(self._earlier.get(command, {}))

    def owns(self, name: str, command: str | None = None) -> bool:
        """Whether the file is there and ours, unedited: as that `command` wrote it, or any. OSError if unreadable."""
        path = self._folder / name
        if not path.is_file() or leads_out(path, self._folder):
            return False
        digest = sha256(path)
        # What is not known from before, another run may have written meanwhile.
        if any(digest in _held(known, name, command) for known in (self._earlier, self._added)):
            return True
        return digest in _held(_read(self._folder), name, command)

    def remember(self, command: str, digests: Mapping[str, str]) -> None:
        """Save that files with these hashes are about to be put in place; OutputRefused where that cannot be."""
        added = self._added.setdefault(command, {})
        for name, digest in digests.items():
            added.setdefault(name, set()).add(digest)
        with alone(self._folder):
            now = self._now()
            part = now.setdefault(command, {})
            for name, held in added.items():
                part.setdefault(name, set()).update(held)
            self._save(now)

    def settle(self, command: str, digests: Mapping[str, str], *, others_stay: bool = False) -> None:
        """Save that these files are in place and forget what they held before, and files that were not written.

        `others_stay`: the run had to do with some of the command's files only.
        """
        before, added = self._earlier.get(command, {}), self._added.get(command, {})
        with alone(self._folder):
            now = self._now()
            part: dict[str, set[str]] = {}
            for name, held in now.get(command, {}).items():
                if others_stay and name not in digests:
                    part[name] = held
                else:
                    part[name] = held - before.get(name, set()) - added.get(name, set()) | self._in_place(name, held)
            for name, digest in digests.items():
                part.setdefault(name, set()).add(digest)
            now[command] = {name: held for name, held in part.items() if held}
            self._save(now)

    def _in_place(self, name: str, held: set[str]) -> set[str]:
        """The one of these hashes that the file has now: another run may have put it there."""
        path = self._folder / name
        try:
            return held & {sha256(path)} if path.is_file() else set()
        except OSError:
            return set()

    def _now(self) -> Known:
        return _read(self._folder) or {command: dict(part) for command, part in self._earlier.items()}

    def _save(self, known: Known) -> None:
        if in_rehearsal():
            return
        plain = {
            command: {name: min(held) if len(held) == 1 else sorted(held) for name, held in part.items()}
            for command, part in known.items()
        }
        write_text(self._folder / MANIFEST, json.dumps(plain, indent=1, sort_keys=True) + "\n")


def _held(known: Known, name: str, command: str | None) -> set[str]:
    parts = known.values() if command is None else [known.get(command, {})]
    return set().union(*(part.get(name, set()) for part in parts))


def _read(folder: Path) -> Known:
    """What the manifest says; nothing where there is none that can be read, so that everything is people's."""
    try:
        known = json.loads(read_regular(folder / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict) or not all(isinstance(part, dict) for part in known.values()):
        return {}
    return {
        command: {
            name: {digests} if isinstance(digests, str) else {str(digest) for digest in digests}
            for name, digests in part.items()
            if isinstance(digests, str | list) and _stays_inside(name)
        }
        for command, part in known.items()
    }


def _stays_inside(name: str) -> bool:
    """Names of a manifest are used as paths: one that leads out of the folder was not written by us."""
    return ".." not in Path(name).parts and not Path(name).is_absolute()
