"""Output folders: what we wrote there before may be replaced, somebody's work may not.

A manifest in the folder remembers the SHA-256 of every file that a command wrote. A file that still has its hash is our
own unedited output; any other file with a name that we want to write is somebody's work and needs `--force`.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from elancry.errors import OutputRefused
from elancry.files import sha256, write_bytes, write_text

MANIFEST = ".elancry-files.json"


class OutputFolder:
    """The folder that one run of `command` writes to.

    Opening it creates the folder and raises OutputRefused where it cannot be written to, or where a file of an earlier
    run was edited since and `force` is not given: before any long work, not after it.
    """

    def __init__(self, folder: Path, *, command: str, force: bool = False) -> None:
        self.folder = folder
        self.command = command
        self.force = force
        self._written: dict[str, str] = {}
        self._make()
        self._known = self._read_manifest()
        edited = [name for name, digest in self._own().items() if self._differs(name, digest)]
        if edited and not force:
            raise OutputRefused(
                f"{_listed(edited)} in {folder} changed since elancry wrote it",
                hint="Choose another output folder with -o, or add --force to replace what stands there.",
            )

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Raise OutputRefused if a file of these relative names stands here that no earlier run wrote."""
        own = self._all_known()
        foreign = [name for name in names if name not in own and (self.folder / name).exists()]
        if foreign and not self.force:
            raise OutputRefused(
                f"{self.folder} already holds {_listed(foreign)}, which this command did not write",
                hint="Choose another output folder with -o, or add --force to replace what stands there.",
            )

    def write(self, name: str, content: bytes | str) -> Path:
        """Write one file whole (see `elancry.files`) and remember its hash; refuses somebody else's file."""
        self.refuse_foreign([name])
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            write_text(path, content)
        else:
            write_bytes(path, content)
        self.record([path])
        return path

    def record(self, paths: Iterable[Path]) -> None:
        """Remember files of this folder that another writer wrote for this run."""
        for path in paths:
            self._written[path.relative_to(self.folder).as_posix()] = sha256(path)

    def finish(self) -> None:
        """Remove what an earlier run of the same command left and this one no longer writes; save the manifest.

        Only files with their old hash are removed: a stale figure beside new tables would mislead.
        """
        for name, digest in self._own().items():
            if name not in self._written and not self._differs(name, digest):
                (self.folder / name).unlink(missing_ok=True)
        known = {**self._known, self.command: dict(sorted(self._written.items()))}
        write_text(self.folder / MANIFEST, json.dumps(known, indent=1, sort_keys=True) + "\n")

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise OutputRefused(
                f"cannot write to the output folder {self.folder}: {os.strerror(error.errno or 0)}",
                hint="Choose a folder of your own with -o.",
            ) from error

    def _read_manifest(self) -> dict[str, dict[str, str]]:
        try:
            known = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict) or not all(isinstance(part, dict) for part in known.values()):
            return {}
        # Names are used as paths: one that leads out of the folder was not written by us.
        return {
            command: {
                name: digest
                for name, digest in part.items()
                if ".." not in Path(name).parts and not Path(name).is_absolute()
            }
            for command, part in known.items()
        }

    def _own(self) -> dict[str, str]:
        return self._known.get(self.command, {})

    def _all_known(self) -> set[str]:
        unedited = {
            name for part in self._known.values() for name, digest in part.items() if not self._differs(name, digest)
        }
        return unedited | set(self._written)

    def _differs(self, name: str, digest: str) -> bool:
        path = self.folder / name
        return path.is_file() and sha256(path) != digest


def _listed(names: Iterable[str], most: int = 3) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
