"""What may be overwritten: our own files as long as nobody changed them; a file with annotations never.

Whose work a file is, the folder's manifest knows (see `elancry.manifest`). Raters work in the very files that we
prepared: unlike in other output folders, a changed file is the normal case, and what this run does not write stays.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from elancry.eaf import read_eaf
from elancry.errors import OutputRefused, UnreadableInput
from elancry.files import keep, leads_out, make_folder, write_bytes
from elancry.manifest import Manifest
from elancry.texts import text


def write_files(
    folder: Path, files: Mapping[str, bytes], *, force: bool = False, command: str = "template"
) -> list[Path]:
    """Write `files` (name relative to `folder` -> content), all or, where one may not be overwritten, none.

    OutputRefused for a file that holds annotations (with `force` too), for another one that we did not write or that
    was changed since (unless `force`), for a link to a place outside, and for a folder that cannot be written to. A
    `.pfsx` that ELAN has rewritten is left as it is. What another `command` wrote is not ours: a migrated file is a
    rater's work, even before anybody has opened it. Returns the paths of all files, also of those that were there.
    """
    _make(folder)
    manifest = Manifest(folder)
    to_write: dict[str, bytes] = {}
    replaced: list[Path] = []
    for name, content in files.items():
        path = folder / name
        if leads_out(path, folder):
            raise OutputRefused(
                text("template.link-elsewhere", path=str(path)), hint=text("template.link-elsewhere-hint")
            )
        if path.exists():
            current = _hash(path)
            if current != _digest(content) and not manifest.owns(name, command):
                if path.suffix.lower() == ".eaf":
                    _refuse_annotated(path)
                if not force:
                    if path.suffix == ".pfsx" and f"{name.removesuffix('.pfsx')}.eaf" in files:
                        continue
                    raise OutputRefused(text("template.not-ours", path=str(path)), hint=text("template.not-ours-hint"))
                replaced.append(path)
        to_write[name] = content
    digests = {name: _digest(content) for name, content in to_write.items()}
    for parent in dict.fromkeys((folder / name).parent for name in to_write):
        _make(parent)
    manifest.remember(command, digests)
    for path in replaced:
        keep(path)
    for name, content in to_write.items():
        if not (folder / name).exists() or _hash(folder / name) != digests[name]:
            write_bytes(folder / name, content)
    manifest.settle(command, digests, others_stay=True)
    return [folder / name for name in files]


def _refuse_annotated(path: Path) -> None:
    try:
        document = read_eaf(path)
    except UnreadableInput as error:
        raise OutputRefused(
            text("template.maybe-coded", path=str(path)), hint=text("template.maybe-coded-hint")
        ) from error
    count = sum(len(document.annotations(tier.id)) for tier in document.tiers)
    if count:
        raise OutputRefused(text("template.coded", path=str(path), n=count), hint=text("template.coded-hint"))


def _make(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        raise OutputRefused(
            text("template.folder-not-made", path=str(folder), reason=os.strerror(error.errno or 0)),
            hint=text("template.folder-not-made-hint"),
        ) from error


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash(path: Path) -> str:
    try:
        return _digest(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputRefused(text("template.exists-unreadable", path=str(path), reason=reason)) from error
