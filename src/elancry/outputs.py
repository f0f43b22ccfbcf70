"""Output folders: what we wrote there before may be replaced, somebody's work may not.

A manifest in the folder remembers the SHA-256 of every file that a command wrote. A file that still has its hash is
our own unedited output; any other file with a name that we want to write is somebody's work and needs `--force`. The
hash of what is about to be written is remembered before it is written, so a run that was killed can be repeated.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from elancry.errors import OutputRefused
from elancry.files import sha256, write_bytes, write_text, writing
from elancry.texts import some, text

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
        self._unedited = {
            name for part in self._known.values() for name, digests in part.items() if self._holds(name, digests)
        }
        own = self._known.get(command, {})
        edited = [name for name in own if name not in self._unedited and (folder / name).is_file()]
        if edited and not force:
            raise OutputRefused(
                text("outputs.changed", names=some(sorted(edited), 3), folder=str(folder)),
                hint=text("outputs.elsewhere-or-force"),
            )

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Raise OutputRefused if something of these relative names stands here that no earlier run wrote.

        A link that leads out of the folder is refused with `force` too: nothing is written elsewhere.
        """
        listed = list(names)
        leading_out = [name for name in listed if self._leads_out(name)]
        if leading_out:
            raise OutputRefused(
                text("outputs.link", names=some(sorted(leading_out), 3), folder=str(self.folder)),
                hint=text("outputs.link-hint"),
            )
        ours = self._unedited | set(self._written)
        foreign = [name for name in listed if name not in ours and os.path.lexists(self.folder / name)]
        if foreign and not self.force:
            raise OutputRefused(
                text("outputs.foreign", names=some(sorted(foreign), 3), folder=str(self.folder)),
                hint=text("outputs.elsewhere-or-force"),
            )

    def write(self, name: str, content: bytes | str) -> Path:
        """Write one file whole (see `elancry.files`) and remember its hash; refuses somebody else's file."""
        return self.write_all({name: content})[0]

    def write_all(self, files: Mapping[str, bytes | str]) -> list[Path]:
        """Write several files, each whole; where one of them would be refused, none is written."""
        self.refuse_foreign(files)
        contents = {name: data.encode("utf-8") if isinstance(data, str) else data for name, data in files.items()}
        self._written.update({name: hashlib.sha256(data).hexdigest() for name, data in contents.items()})
        self._save_manifest(finished=False)
        paths = []
        for name, data in contents.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, data)
            paths.append(path)
        return paths

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Like `write` for content that is written piece by piece, so that it need not be in memory as a whole."""
        self.refuse_foreign([name])

        def remember(temporary: Path) -> None:
            self._written[name] = sha256(temporary)
            self._save_manifest(finished=False)

        with writing(self.folder / name, complete=remember) as stream:
            yield stream

    def finish(self, among: Collection[str] | None = None) -> None:
        """Remove what an earlier run of the same command left and this one no longer writes; save the manifest.

        Only files with their old hash are removed: a stale figure beside new tables would mislead. With `among`, only
        files of these names are looked at, and what else earlier runs wrote stays and stays ours.
        """
        for name in self._known.get(self.command, {}):
            if among is not None and name not in among:
                continue
            if name not in self._written and name in self._unedited and not self._leads_out(name):
                (self.folder / name).unlink(missing_ok=True)
        self._save_manifest(finished=among is None)

    def _save_manifest(self, *, finished: bool) -> None:
        """Remember what was written; until the run is finished, also what stood there before."""
        earlier = {} if finished else self._known.get(self.command, {})
        names = sorted({*earlier, *self._written})
        now = {
            name: sorted({*earlier.get(name, ()), *([self._written[name]] if name in self._written else [])})
            for name in names
        }
        known = {**self._known, self.command: now}
        plain = {
            command: {name: digests[0] if len(digests) == 1 else list(digests) for name, digests in part.items()}
            for command, part in known.items()
        }
        write_text(self.folder / MANIFEST, json.dumps(plain, indent=1, sort_keys=True) + "\n")

    def _make(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise OutputRefused(
                text("outputs.folder-not-writable", folder=str(self.folder), reason=os.strerror(error.errno or 0)),
                hint=text("outputs.folder-not-writable-hint"),
            ) from error

    def _read_manifest(self) -> dict[str, dict[str, list[str]]]:
        try:
            known = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict) or not all(isinstance(part, dict) for part in known.values()):
            return {}
        return {
            command: {
                name: [digests] if isinstance(digests, str) else [str(digest) for digest in digests]
                for name, digests in part.items()
                if isinstance(digests, str | list) and _stays_inside(name)
            }
            for command, part in known.items()
        }

    def _holds(self, name: str, digests: Iterable[str]) -> bool:
        """Whether the file is there with one of these hashes."""
        path = self.folder / name
        return path.is_file() and not self._leads_out(name) and sha256(path) in set(digests)

    def _leads_out(self, name: str) -> bool:
        """Whether the file, or a folder on the way to it, is a link to a place outside."""
        path = self.folder / name
        base = self.folder.resolve()
        return (path.is_symlink() or path.parent.is_dir()) and not path.resolve().is_relative_to(base)


def _stays_inside(name: str) -> bool:
    """Names of a manifest are used as paths: one that leads out of the folder was not written by us."""
    return ".." not in Path(name).parts and not Path(name).is_absolute()
