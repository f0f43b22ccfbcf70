"""What may be overwritten: our own files as long as nobody changed them; a file with annotations never.

The folder's manifest (see `elancry.outputs`) remembers the hash of each file that we wrote. Raters work in the very
files that we prepared: unlike in other output folders, a changed file is the normal case, and what this run does not
write stays.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from elancry.eaf import read_eaf
from elancry.errors import OutputRefused, UnreadableInput
from elancry.files import write_bytes, write_text
from elancry.outputs import MANIFEST
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
    known = _read_manifest(folder)
    own = known.get(command, {})
    to_write: dict[str, bytes] = {}
    same: dict[str, str] = {}
    for name, content in files.items():
        path = folder / name
        _refuse_link(path, folder)
        if not path.exists():
            to_write[name] = content
            continue
        current = _hash(path)
        if current == _digest(content):
            same[name] = current
            continue
        ours = own.get(name) == current
        if not ours and path.suffix.lower() == ".eaf":
            _refuse_annotated(path)
        if not ours and not force:
            if path.suffix == ".pfsx" and f"{name.removesuffix('.pfsx')}.eaf" in files:
                continue
            raise OutputRefused(text("template.not-ours", path=str(path)), hint=text("template.not-ours-hint"))
        to_write[name] = content
    for parent in dict.fromkeys((folder / name).parent for name in to_write):
        _make(parent)
    for name, content in to_write.items():
        write_bytes(folder / name, content)
    merged = {**own, **same, **{name: _digest(content) for name, content in to_write.items()}}
    write_text(folder / MANIFEST, json.dumps({**known, command: merged}, indent=1, sort_keys=True) + "\n")
    return [folder / name for name in files]


def _refuse_link(path: Path, folder: Path) -> None:
    """Raises OutputRefused where a link would have us write outside of `folder`, with `force` too."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise OutputRefused(text("template.link-elsewhere", path=str(path)), hint=text("template.link-elsewhere-hint"))


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
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused(
            text("template.folder-not-made", path=str(folder), reason=os.strerror(error.errno or 0)),
            hint=text("template.folder-not-made-hint"),
        ) from error


def _read_manifest(folder: Path) -> dict[str, dict[str, str]]:
    try:
        known = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict) or not all(isinstance(part, dict) for part in known.values()):
        return {}
    return known


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _hash(path: Path) -> str:
    try:
        return _digest(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputRefused(text("template.exists-unreadable", path=str(path), reason=reason)) from error
