"""Output folders: what we wrote there before may be replaced, somebody's work may not.

Whose work a file is, the folder's manifest knows (see `elancry.manifest`). A name that we want to write and that
somebody's file has needs `--force`, and the file is then kept as `NAME.kept-1`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from elancry.errors import OutputRefused
from elancry.files import in_rehearsal, keep, leads_out, make_folder, remove, sha256, write_bytes, writing
from elancry.manifest import Manifest
from elancry.texts import some, text


class OutputFolder:
    """The folder that one run of `command` writes to.

    Opening it raises OutputRefused where the folder cannot be created or written to, or where a file of an earlier run
    was edited since and `force` is not given: before any long work, not after it. The folder is created for good with
    its first file, so a run that is refused leaves none behind. In a folder that people are meant to work in
    (`worked_in`) the command looks, and asks `refuse_edited` about its other files. `kept` are the copies of people's
    files that were replaced.
    """

    def __init__(self, folder: Path, *, command: str, force: bool = False, worked_in: bool = False) -> None:
        self.folder = folder
        self.command = command
        self.force = force
        self.kept: list[Path] = []
        self._written: dict[str, str] = {}
        self._try()
        self._manifest = Manifest(folder)
        if not worked_in:
            self.refuse_edited(self._manifest.names(command))

    def refuse_edited(self, names: Iterable[str]) -> None:
        """Raise OutputRefused if one of these files was written by an earlier run and edited since, unless `force`."""
        own = self._manifest.names(self.command)
        edited = [] if self.force else sorted(name for name in names if name in own and self.is_of_people(name))
        if edited:
            raise OutputRefused(
                text("outputs.changed", n=len(edited), names=some(edited, 3), folder=str(self.folder)),
                hint=text("outputs.elsewhere-or-force"),
            )

    def wrote(self, name: str) -> bool:
        """Whether an earlier run of the command wrote a file of this name, whatever is in it now."""
        return name in self._manifest.names(self.command)

    def written_before(self) -> frozenset[str]:
        """The files that earlier runs of the command wrote and that are still there."""
        return frozenset(name for name in self._manifest.names(self.command) if (self.folder / name).is_file())

    def is_of_people(self, name: str) -> bool:
        """Whether something is there that is not ours and unedited; raises OutputRefused where it cannot be read."""
        path = self.folder / name
        try:
            return os.path.lexists(path) and not self._manifest.owns(name)
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputRefused(text("outputs.unreadable", path=str(path), reason=reason)) from error

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Raise OutputRefused if something of these relative names stands here that no earlier run wrote.

        A link that leads out of the folder is refused with `force` too: nothing is written elsewhere.
        """
        listed = list(names)
        self._refuse_links(listed)
        foreign = [] if self.force else [name for name in listed if self.is_of_people(name)]
        if foreign:
            raise self._foreign(foreign)

    def write(self, name: str, content: bytes | str) -> Path:
        """Write one file whole (see `elancry.files`) and remember its hash; refuses somebody else's file."""
        return self.write_all({name: content})[0]

    def write_all(self, files: Mapping[str, bytes | str]) -> list[Path]:
        """Write several files, each whole; where one of them would be refused, none is written."""
        contents = {name: data.encode("utf-8") if isinstance(data, str) else data for name, data in files.items()}
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()}
        self._refuse_links(contents)
        foreign = [] if self.force else [name for name in contents if not self._may_replace(name, digests[name])]
        if foreign:
            raise self._foreign(foreign)
        if contents:
            make_folder(self.folder)
        self._remember(digests)
        paths = []
        for name, data in contents.items():
            path = self.folder / name
            make_folder(path.parent)
            # Somebody may have saved it while the others were written.
            self._make_room(name, digests[name])
            write_bytes(path, data)
            paths.append(path)
        return paths

    def write_over(self, name: str, content: bytes, *, seen: str, ours: bool) -> Path:
        """Put `content` in the place of people's file, which is kept as `NAME.kept-1` first.

        `seen` is the SHA-256 of what people had in it when `content` was made. `ours`: nothing of their work is in
        `content`; else it is theirs from now on, too. Raises OutputRefused where somebody saved the file since.
        """
        self._refuse_links([name])
        path = self.folder / name
        digest = hashlib.sha256(content).hexdigest()
        try:
            present = sha256(path)
        except OSError:
            present = ""
        if present not in (seen, digest):
            raise OutputRefused(
                text("outputs.saved-meanwhile", path=str(path)), hint=text("outputs.saved-meanwhile-hint")
            )
        if ours:
            self._remember({name: digest})
        if present != digest:
            self.kept.append(keep(path))
            write_bytes(path, content)
        return path

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Like `write` for content that is written piece by piece, so that it need not be in memory as a whole."""
        self.refuse_foreign([name])
        make_folder((self.folder / name).parent)

        def remember(temporary: Path) -> None:
            digest = sha256(temporary)
            self._remember({name: digest})
            self._make_room(name, digest)

        with writing(self.folder / name, complete=remember) as stream:
            yield stream

    def finish(self, among: Collection[str] | None = None, *, spare: Collection[str] = ()) -> None:
        """Remove what an earlier run of the same command left and this one no longer writes; settle the manifest.

        Only files with their old hash are removed: a stale figure beside new tables would mislead. With `among`, only
        files of these names are looked at, and what else earlier runs wrote stays and stays ours; so do files to
        `spare`.
        """
        for name in sorted(self._manifest.names(self.command) - set(self._written) - set(spare)):
            if (among is None or name in among) and self._manifest.owns(name):
                remove(self.folder / name)
        if self.folder.is_dir():
            self._manifest.settle(self.command, self._written, others_stay=among is not None)

    def _remember(self, digests: Mapping[str, str]) -> None:
        self._written.update(digests)
        self._manifest.remember(self.command, digests)

    def _may_replace(self, name: str, digest: str) -> bool:
        """Whether nothing of people's would be lost: nothing is there, or ours, or the very same content."""
        if not self.is_of_people(name):
            return True
        path = self.folder / name
        return path.is_file() and sha256(path) == digest

    def _make_room(self, name: str, digest: str) -> None:
        """Look once more, right before a file is replaced: what is people's is kept where that is wanted."""
        if self._may_replace(name, digest):
            return
        if not self.force:
            raise self._foreign([name])
        if (self.folder / name).is_file():
            self.kept.append(keep(self.folder / name))

    def _refuse_links(self, names: Iterable[str]) -> None:
        leading_out = [name for name in names if leads_out(self.folder / name, self.folder)]
        if leading_out:
            raise OutputRefused(
                text("outputs.link", names=some(sorted(leading_out), 3), folder=str(self.folder)),
                hint=text("outputs.link-hint"),
            )

    def _foreign(self, names: Iterable[str]) -> OutputRefused:
        return OutputRefused(
            text("outputs.foreign", names=some(sorted(names), 3), folder=str(self.folder)),
            hint=text("outputs.elsewhere-or-force"),
        )

    def _try(self) -> None:
        """Create the folder, write to it, and remove again what of it was not there; a rehearsal only looks."""
        if in_rehearsal():
            try:
                make_folder(self.folder)
            except OSError as error:
                raise self._not_writable(error) from error
            return
        missing = [path for path in (self.folder, *self.folder.parents) if not os.path.lexists(path)]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise self._not_writable(error) from error
        finally:
            for path in missing:
                with contextlib.suppress(OSError):
                    path.rmdir()

    def _not_writable(self, error: OSError) -> OutputRefused:
        return OutputRefused(
            text("outputs.folder-not-writable", folder=str(self.folder), reason=os.strerror(error.errno or 0)),
            hint=text("outputs.folder-not-writable-hint"),
        )
