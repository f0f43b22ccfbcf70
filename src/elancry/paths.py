"""Paths as people and file systems give them: links that lead nowhere, pipes in the place of files, names in any bytes.

Reading never waits: what is no regular file is refused before its first byte is asked for.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from elancry.errors import UnreadableInput
from elancry.texts import Text, text

_PIECE = 1 << 24


def read_regular(path: Path) -> bytes:
    """The content of a file. OSError where it cannot be read, also where it is a pipe or a device.

    A pipe would be waited for, perhaps for ever, so it is opened without waiting and then looked at.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, str(text("paths.is-pipe")), str(path))
        pieces = []
        while piece := os.read(handle, _PIECE):
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        os.close(handle)


def real_path(path: Path) -> Path:
    """The path with all links followed, as far as they lead; unlike `Path.resolve` also of a link to itself."""
    return Path(os.path.realpath(path))


def why_no_file(path: Path) -> Text | None:
    """Why nothing can be read at `path` though something is there; `None` for a file, a folder and nothing at all."""
    try:
        state = path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            return text("paths.link-loop", path=shown_path(path))
        if error.errno == errno.ENOENT and path.is_symlink():
            return text("paths.link-broken", path=shown_path(path), target=shown_path(path.readlink()))
        return None
    except ValueError:  # a NUL in it
        return None
    if stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode):
        return None
    return text("paths.not-a-file", path=shown_path(path))


def shown_path(path: str | os.PathLike[str]) -> str:
    r"""The path as it can be written down: bytes that are no UTF-8 as `\xe9`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_utf8(path: str | os.PathLike[str]) -> bool:
    """Whether the path is text, so that it can stand in tables and reports."""
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def require_utf8(path: str | os.PathLike[str]) -> None:
    """Raise UnreadableInput for a path with bytes that are not UTF-8: no table or report could name it."""
    if not is_utf8(path):
        raise UnreadableInput(text("paths.not-utf8", path=shown_path(path)), hint=text("paths.not-utf8-hint"))


def name_within(path: Path, base: Path) -> str:
    """The path relative to `base` with `/`, as people see it and as it is spelt there.

    Links are followed only where it is not under `base` otherwise; where it is not at all, its last part.
    """
    for seen, folder in ((path, base), (path.absolute(), base), (real_path(path.parent) / path.name, real_path(base))):
        if seen.is_relative_to(folder) and ".." not in (relative := seen.relative_to(folder)).parts:
            return relative.as_posix()
    return path.name
