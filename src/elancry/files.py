"""Safe writing: a reader of the file sees the old content or the new one, never a half of either.

Every byte that elancry puts on disk goes through `write_bytes` (or, into a file that another program made empty for us,
through `fill_empty`): a temporary file in the same folder, flushed to the
disk, then moved over the target in one step (`os.replace`, atomic on POSIX and on NTFS). A kill at any moment, a full
disk or a lost permission therefore leaves the old file or the new one.

Within `rehearsing` nothing is put on disk at all: what would be is noted.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from elancry.errors import OutputRefused
from elancry.paths import real_path
from elancry.texts import text

RETRY_SECONDS = 5.0
"""How long a file that another program holds open (Word, Excel, OneDrive, a virus scanner) is waited for."""

_PAUSE_SECONDS = 0.1
_TEMPORARY_PREFIX = ".elancry-"
_TEMPORARY_SUFFIX = ".tmp"
_TEMPORARY_NAME = re.compile(r"\.elancry-[a-z0-9_]{8}\.tmp")
_ORPHANED_AFTER_SECONDS = 3600.0
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SWEPT: set[str] = set()
_NOTED: ContextVar[list[Path] | None] = ContextVar("noted", default=None)
_WRITTEN: ContextVar[set[Path] | None] = ContextVar("written", default=None)
_KEPT_IN: ContextVar[Path | None] = ContextVar("kept_in", default=None)


@dataclass
class Rehearsal:
    """What would be put on disk: files that are not there yet, others that would be replaced, and those that would stay
    as they are; copies of people's files that would be kept; files that would go."""

    new: dict[Path, None] = field(default_factory=dict)
    replaced: dict[Path, None] = field(default_factory=dict)
    unchanged: dict[Path, None] = field(default_factory=dict)
    kept: dict[Path, None] = field(default_factory=dict)
    removed: dict[Path, None] = field(default_factory=dict)

    def note(self, path: Path, digest: str) -> None:
        """The file would have content of this SHA-256."""
        there = path.is_file()
        part = self.new if not there else self.unchanged if sha256(path) == digest else self.replaced
        part.setdefault(path)


_REHEARSAL: ContextVar[Rehearsal | None] = ContextVar("rehearsal", default=None)

_REASONS = {
    errno.ENOSPC: (text("files.disk-full"), text("files.disk-full-hint")),
    errno.EDQUOT: (text("files.quota"), text("files.quota-hint")),
    errno.EFBIG: (text("files.too-large"), text("files.too-large-hint")),
    errno.EROFS: (text("files.read-only"), text("files.read-only-hint")),
    errno.EACCES: (text("files.not-permitted"), text("files.not-permitted-hint")),
    errno.EPERM: (text("files.not-permitted"), text("files.not-permitted-hint")),
    errno.ENOENT: (text("files.no-folder"), text("files.no-folder-hint")),
    errno.ENOTDIR: (text("files.path-through-file"), text("files.path-through-file-hint")),
    errno.EISDIR: (text("files.is-folder"), text("files.is-folder-hint")),
    errno.ENAMETOOLONG: (text("files.name-too-long"), text("files.name-too-long-hint")),
}
"""Error number -> the reason, and what to do about it."""


def write_bytes(path: Path, data: bytes) -> None:
    """Make `data` the content of the file `path`, whole or not at all.

    A file that another program holds open is retried for 5 seconds. The permissions of a file that is replaced are
    kept; of a symbolic link, the file it points to is replaced. Temporary files that a killed elancry left in the same
    folder more than an hour ago are removed. Raises OutputRefused, in words, when the folder cannot
    be written to, the disk is full or the file stays locked; the old content is then still there.
    """
    with writing(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def writing(path: Path, complete: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """A stream whose content becomes that of the file `path` when the block ends without an error, as `write_bytes`.

    For content that need not be in memory as a whole. `complete` gets the finished temporary file just before it is
    moved into its place. After an error in the block nothing is left of it.
    """
    path = Path(path)
    rehearsal = _REHEARSAL.get()
    if rehearsal is not None:
        with _rehearsed(path, complete, rehearsal) as stream:
            yield stream
        return
    # Named before it is made: wherever a signal ends the block, the file is known and removed.
    temporary: Path | None = None
    try:
        try:
            target = real_path(path) if path.is_symlink() else path
            if target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
            temporary = target.parent / f"{_TEMPORARY_PREFIX}{secrets.token_hex(4)}{_TEMPORARY_SUFFIX}"
            with os.fdopen(os.open(temporary, _NEW_FILE, 0o600), "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if complete is not None:
                complete(temporary)
            temporary.chmod(_mode_for(target))
            _replace(temporary, target)
            temporary = None
            if (written := _WRITTEN.get()) is not None:
                written.add(real_path(target))
            _flush_folder(target.parent)
            _remove_orphans(target.parent)
        except OSError as error:
            raise _refusal(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


@contextlib.contextmanager
def _rehearsed(path: Path, complete: Callable[[Path], None] | None, rehearsal: Rehearsal) -> Iterator[BinaryIO]:
    """The same into a file elsewhere, which is gone at the end."""
    if path.is_dir():
        raise _refusal(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path)))
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder) / "content"
        with temporary.open("wb") as stream:
            yield stream
        if complete is not None:
            complete(temporary)
        rehearsal.note(path, sha256(temporary))


@contextlib.contextmanager
def rehearsing() -> Iterator[Rehearsal]:
    """Nothing within the block is put on disk by what is in this file; what would be is noted."""
    rehearsal = Rehearsal()
    token = _REHEARSAL.set(rehearsal)
    try:
        yield rehearsal
    finally:
        _REHEARSAL.reset(token)


def in_rehearsal() -> bool:
    """Whether nothing may be put on disk."""
    return _REHEARSAL.get() is not None


def make_folder(path: Path) -> None:
    """Make a folder with those above it, unless it is there. OSError where that cannot be."""
    rehearsal = _REHEARSAL.get()
    if rehearsal is None:
        path.mkdir(parents=True, exist_ok=True)
        return
    above = next(item for item in (path, *path.absolute().parents) if os.path.lexists(item))
    if not above.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(above))
    if not os.access(above, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(above))


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    rehearsal = _REHEARSAL.get()
    if rehearsal is None:
        path.unlink(missing_ok=True)
    elif path.exists():
        rehearsal.removed.setdefault(path)


def fill_empty(path: Path, data: bytes) -> None:
    """Make `data` the content of a file that is empty or not there, without a temporary file beside it.

    For a file that another program made to be filled, in a folder where nothing else may appear: an empty file has no
    old content to lose. After an error it is empty again. Raises OutputRefused like `write_bytes`, and for a file that
    has content.
    """
    try:
        with Path(path).open("ab") as stream:
            if stream.tell():
                raise FileExistsError(errno.EEXIST, str(text("files.has-content")), str(path))
            try:
                stream.write(data)
                stream.flush()
            except BaseException:
                stream.truncate(0)
                raise
    except OSError as error:
        raise _refusal(path, error) from error


def keep(path: Path) -> Path:
    """Copy people's file beside itself as `NAME.kept-1`, before something else takes its place; returns the copy.

    The first free number is taken and no file replaced; where the last copy has the same content, it is that one.
    `noting_kept` hears of it, `keeping_in` names another folder for it. Raises OutputRefused like `write_bytes`.
    """
    folder = _KEPT_IN.get() or path.parent
    try:
        digest = sha256(path)
        number = 1
        while os.path.lexists(copy := folder / f"{path.name}.kept-{number}"):
            number += 1
        last = folder / f"{path.name}.kept-{number - 1}"
        rehearsal = _REHEARSAL.get()
        if rehearsal is not None:
            rehearsal.kept.setdefault(copy)
            return copy
        if number > 1 and last.is_file() and sha256(last) == digest:
            copy = last
        else:
            with path.open("rb") as source, writing(copy) as stream:
                shutil.copyfileobj(source, stream)
    except OSError as error:
        raise _refusal(path, error) from error
    noted = _NOTED.get()
    if noted is not None and copy not in noted:
        noted.append(copy)
    return copy


def write_keeping(path: Path, data: bytes) -> None:
    """`write_bytes` where nothing says whose work the file is that is there: with other content it is kept first."""
    try:
        other = path.is_file() and path.read_bytes() != data
    except OSError as error:
        raise _refusal(path, error) from error
    if other:
        keep(path)
    write_bytes(path, data)


@contextlib.contextmanager
def noting_kept() -> Iterator[list[Path]]:
    """A list that grows by every copy that `keep` makes within the block, however the block ends."""
    noted: list[Path] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


@contextlib.contextmanager
def keeping_in(folder: Path) -> Iterator[None]:
    """`keep` puts its copies into this folder within the block: what holds names does not belong into every output."""
    token = _KEPT_IN.set(folder)
    try:
        yield
    finally:
        _KEPT_IN.reset(token)


@contextlib.contextmanager
def noting_written() -> Iterator[set[Path]]:
    """A set that grows by every file (its real path) that this process puts in place within the block."""
    written: set[Path] = set()
    token = _WRITTEN.set(written)
    try:
        yield written
    finally:
        _WRITTEN.reset(token)


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a file in `folder`, or a folder on the way to it, is a link to a place outside."""
    return (path.is_symlink() or path.parent.is_dir()) and not real_path(path).is_relative_to(real_path(folder))


def write_text(path: Path, content: str) -> None:
    r"""Make `content` the content of the file `path`: UTF-8, line ends exactly as in it (that is `\n`).

    Raises OutputRefused like `write_bytes`.
    """
    write_bytes(path, content.encode("utf-8"))


def sha256(path: Path) -> str:
    """The SHA-256 of a file's content as 64 hexadecimal digits; raises OSError where it cannot be read."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _mode_for(target: Path) -> int:
    """The permissions the written file gets: the old file's, else those of any new file under the user's umask."""
    with contextlib.suppress(OSError):
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _replace(temporary: Path, target: Path) -> None:
    """Move `temporary` over `target`; on Windows a file that is open elsewhere is waited for."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            temporary.replace(target)
        except PermissionError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _flush_folder(folder: Path) -> None:
    """Put the new name itself on the disk; systems that cannot flush a folder do it on their own."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_orphans(folder: Path) -> None:
    """Remove what a kill between making and moving a temporary file left behind, and nothing else.

    An hour is far longer than any write takes, so that no other elancry still works on what is removed. Each folder is
    looked through once per process: what was killed was another one.
    """
    if str(folder) in _SWEPT:
        return
    _SWEPT.add(str(folder))
    latest = time.time() - _ORPHANED_AFTER_SECONDS
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY_NAME.fullmatch(entry.name) is None:
                continue
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < latest:
                    Path(entry.path).unlink()


def _refusal(path: Path, error: OSError) -> OutputRefused:
    """The error in words a rater can act on."""
    if isinstance(error, PermissionError) and path.exists() and os.access(path.parent, os.W_OK):
        return OutputRefused(text("files.held-open", path=str(path)), hint=text("files.held-open-hint"))
    reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
    return OutputRefused(text("files.cannot-be-written", path=str(path), reason=reason), hint=hint)
