"""One recognizer's folder among ELAN's extensions: written whole, recognised later, removed without a trace of ours.

A manifest in the folder remembers the SHA-256 of every file that was written, the Python that the launchers start and
the version of elancry. A file that still has its hash is ours; any other file is somebody's, and stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elancry import __version__
from elancry.errors import OutputRefused
from elancry.files import sha256, write_bytes, write_keeping, write_text
from elancry.findings import printable
from elancry.plugin.launcher import RUN_SH
from elancry.texts import text

MANIFEST = "elancry.json"
_MOST_BYTES = 1024 * 1024
WHO = text("plugin.ask-mac") if sys.platform == "darwin" else text("plugin.ask")


@dataclass(frozen=True)
class Manifest:
    """What an installation left: file -> hashes that are ours (two while it is being replaced).

    `codebooks` are the names that were asked for; `made` says that ELAN had no folder for extensions before.
    """

    version: str
    python: str
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    codebooks: tuple[str, ...] = ()
    made: bool = False


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in `folder`; `None` where there is none that we wrote."""
    content = None if folder.is_symlink() else content_of(folder / MANIFEST)
    if content is None:
        return None
    try:
        known: Any = json.loads(content.decode("utf-8"))
        if known["program"] != "elancry":
            return None
        files = {
            str(name): tuple(map(str, digests))
            for name, digests in known["files"].items()
            if _inside(folder, str(name))
        }
        codebooks = tuple(map(str, known.get("codebooks", ())))
        version = printable(str(known["version"]))
        return Manifest(version, str(known["python"]), files, codebooks, known.get("made") is True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def ours(folder: Path, manifest: Manifest) -> set[str]:
    """The files that still are as we wrote them."""
    return {name for name, digests in manifest.files.items() if _digest(folder / name) in digests}


def content_of(path: Path) -> bytes | None:
    """What stands in a small file; `None` for a file that is not there, is a link, is large or cannot be read."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None


def edited(folder: Path, manifest: Manifest) -> list[str]:
    """Our files that somebody changed since."""
    known = ours(folder, manifest)
    return sorted(name for name in manifest.files if name not in known and os.path.lexists(folder / name))


def missing(folder: Path, manifest: Manifest) -> list[str]:
    """Our files that are no longer there."""
    return sorted(name for name in manifest.files if not os.path.lexists(folder / name))


def refuse_foreign(folder: Path, files: Iterable[str], *, force: bool) -> None:
    """Raise OutputRefused where a file of a name that we need is not ours and `force` is not given."""
    earlier = read_manifest(folder)
    known = set() if earlier is None else {*ours(folder, earlier), MANIFEST}
    foreign = sorted(name for name in (*files, MANIFEST) if os.path.lexists(folder / name) and name not in known)
    if foreign and not force:
        raise OutputRefused(
            text("plugin.folder-foreign", folder=str(folder), names=foreign), hint=text("plugin.folder-foreign-hint")
        )
    links = [folder, *(folder / Path(name).parent for name in files if _through_link(folder, name))]
    if link := next((path for path in links if path.is_symlink()), None):
        raise OutputRefused(text("plugin.folder-link", path=str(link)), hint=text("plugin.folder-link-hint"))


def refuse_unwritable(folder: Path, files: Iterable[str]) -> None:
    """Raise OutputRefused where a file could not be made in `folder`, or in a folder in it; asked by making one.

    What is not there yet is asked of the nearest folder above it.
    """
    for place in {(folder / name).parent for name in files}:
        above = next(path for path in (place, *place.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=above):
                pass
        except OSError as error:
            raise _not_writable(folder, error) from error


def write_folder(folder: Path, files: Mapping[str, bytes], *, python: str, codebooks: Sequence[str] = ()) -> None:
    """Make `files` the content of the extension; what an earlier installation left and this one has not is removed.

    Ask `refuse_foreign` first. Raises OutputRefused where the folder cannot be written to.
    """
    earlier = read_manifest(folder)
    known = set() if earlier is None else ours(folder, earlier)
    made = not folder.parent.exists() if earlier is None else earlier.made
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in files:
            (folder / name).parent.mkdir(exist_ok=True)
    except OSError as error:
        raise _not_writable(folder, error) from error
    before = {} if earlier is None else dict(earlier.files)
    # Hashes are remembered before the files are written, so an installation that was cut off can be repeated.
    both = {
        name: (*before.get(name, ()), *([digests[name]] if name in digests else [])) for name in {*before, *digests}
    }
    try:
        _save(folder, Manifest(__version__, python, both, tuple(codebooks), made))
        for name, data in files.items():
            _unlink_link(folder / name)
            (write_bytes if name in known else write_keeping)(folder / name, data)
        (folder / RUN_SH).chmod(0o755)
        for name in known - set(files):
            (folder / name).unlink(missing_ok=True)
        now = {name: (digest,) for name, digest in digests.items()}
        _save(folder, Manifest(__version__, python, now, tuple(codebooks), made))
        _remove_empty(folder, before)
    except OutputRefused as error:
        raise OutputRefused(error.said, hint=WHO) from error
    except OSError as error:
        raise _not_writable(folder, error) from error


def remove_folder(folder: Path) -> list[str]:
    """Remove what an installation wrote; returns what was kept because it is somebody's. Raises OutputRefused."""
    manifest = read_manifest(folder)
    if manifest is None:
        return []
    try:
        for name in ours(folder, manifest):
            (folder / name).unlink(missing_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        _remove_empty(folder, manifest.files)
        kept = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if _is_somebodys(path))
        if not kept:
            _rmdir(folder)
        if manifest.made:
            _rmdir(folder.parent)
    except OSError as error:
        raise _not_writable(folder, error) from error
    return kept


def _save(folder: Path, manifest: Manifest) -> None:
    content = {
        "program": "elancry",
        "version": manifest.version,
        "python": manifest.python,
        "codebooks": list(manifest.codebooks),
        "made": manifest.made,
        "files": {name: list(dict.fromkeys(manifest.files[name])) for name in sorted(manifest.files)},
    }
    _unlink_link(folder / MANIFEST)
    write_text(folder / MANIFEST, json.dumps(content, indent=1) + "\n")


def _unlink_link(path: Path) -> None:
    """A link of somebody's goes before we write: what it leads to is not ours to overwrite."""
    if path.is_symlink():
        path.unlink()


def _remove_empty(folder: Path, names: Iterable[str]) -> None:
    for parent in {Path(name).parent for name in names} - {Path()}:
        _rmdir(folder / parent)


def _is_somebodys(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir() or not any(path.iterdir())


def _rmdir(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _digest(path: Path) -> str | None:
    try:
        return None if path.is_symlink() else sha256(path)
    except OSError:
        return None


def _inside(folder: Path, name: str) -> bool:
    """Names of a manifest are used as paths: one that leads out of the folder was not written by us."""
    path = Path(name)
    if not path.name or not name.isprintable() or path.is_absolute() or path.drive or ".." in path.parts:
        return False
    return not _through_link(folder, name)


def _through_link(folder: Path, name: str) -> bool:
    """Whether a folder on the way from `folder` to the file `name` is a link to another place."""
    return any((folder / parent).is_symlink() for parent in Path(name).parents if parent.name)


def _not_writable(folder: Path, error: OSError) -> OutputRefused:
    denied = isinstance(error, PermissionError)
    reason = text("plugin.not-permitted") if denied else os.strerror(error.errno or 0)
    return OutputRefused(text("plugin.folder-not-writable", folder=str(folder), reason=reason), hint=WHO)
