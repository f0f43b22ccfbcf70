"""Which files are meant? Folders are searched recursively, files and globs are taken as named.

Only `*.eaf` counts. ELAN's backups, the hidden copies of macOS, lock files of office programs, merged files beside
raters' files and our own outputs are passed over and counted, never silently. A file that is named is always read.
"""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elancry.check.coding import natural_key
from elancry.errors import UnreadableInput, UsageError
from elancry.manifest import Manifest
from elancry.paths import name_within, real_path, require_utf8, why_no_file
from elancry.texts import Text, text

MERGED_SUFFIX = ".merged.eaf"

BACKUP, HIDDEN, MERGED, REPLACED, OWN_OUTPUT = "backup", "hidden", "merged", "replaced", "own-output"
"""Why files are passed over; what each means is the text `check.passed-REASON`."""

_BACKUP = re.compile(r"\.eaf\.(kept-)?\d+$", re.IGNORECASE)
_OUTPUT_COMMANDS = ("merge", "migrate", "batch", "check")


@dataclass(frozen=True)
class FoundFiles:
    """`files`: (path, name), the name relative to the folder given, with `/`, in Unicode NFC and natural order."""

    files: tuple[tuple[Path, str], ...]
    passed_over: Mapping[str, int]
    named: frozenset[Path] = frozenset()
    """The files that were named one by one or by a glob."""


def find_files(paths: Sequence[str | Path]) -> FoundFiles:
    """The .eaf files of `paths` (files, folders, globs).

    Raises UsageError for a path that is not there and for paths without any .eaf file, UnreadableInput for a folder
    that cannot be listed, a link that leads nowhere, and a name with bytes that are not UTF-8.
    """
    passed: Counter[str] = Counter()
    found: dict[Path, str] = {}
    named: set[Path] = set()
    several = _common_folder(paths)
    for given in paths:
        for path in _expand(given):
            if path.is_dir():
                base = several or path
                for file in _search(path, passed):
                    found.setdefault(file, name_within(file, base))
            else:
                found.setdefault(path, name_within(path, several or path.parent))
                named.add(path)
    if not found:
        where = tuple(str(path) for path in paths)
        said = (
            text("check.no-eaf-files-but", where=where, passed_over=passed_words(passed))
            if passed
            else text("check.no-eaf-files", where=where)
        )
        raise UsageError(said, hint=text("check.hint-give-folder"))
    files, named = _each_once(found, named)
    ordered = sorted(files.items(), key=lambda item: natural_key(item[1]))
    return FoundFiles(tuple(ordered), dict(sorted(passed.items())), frozenset(named))


def _each_once(found: Mapping[Path, str], named: Collection[Path]) -> tuple[dict[Path, str], set[Path]]:
    """Every file once, however many paths and links lead to it, and which of these were named.

    Two files whose names differ only in how letters are composed (NFC, NFD) are two; names are in NFC where it is free.
    """
    paths: dict[Path, list[Path]] = {}
    for path in found:
        paths.setdefault(real_path(path), []).append(path)
    spelt = {next((path for path in same if not path.is_symlink()), same[0]): same for same in paths.values()}
    own = {found[path] for path in spelt}
    files: dict[Path, str] = {}
    taken: set[str] = set()
    for path in spelt:
        composed = unicodedata.normalize("NFC", found[path])
        twin = composed in taken or (composed != found[path] and composed in own)
        files[path] = found[path] if twin else composed
        taken.add(composed)
    return files, {path for path, same in spelt.items() if any(item in named for item in same)}


def passed_words(passed_over: Mapping[str, int]) -> tuple[Text, ...]:
    """Reason -> number of files, in words: `2 backups made by ELAN`."""
    return tuple(Text(f"check.passed-{reason}", {"n": number}) for reason, number in sorted(passed_over.items()))


def is_merged(name: str) -> bool:
    """Whether a file name is that of a merged file."""
    return name.lower().endswith(MERGED_SUFFIX)


def _expand(given: str | Path) -> list[Path]:
    path = Path(given)
    if path.exists():
        return [path]
    if glob.has_magic(str(given)):
        hits = [Path(hit) for hit in sorted(glob.glob(str(given), recursive=True))]  # noqa: PTH207  absolute globs too
        if hits:
            return hits
        raise UsageError(text("check.no-file-matches", given=str(given)))
    if (why := why_no_file(path)) is not None:
        raise UnreadableInput(why)
    raise UsageError(text("check.no-such-path", given=str(given)), hint=text("check.hint-spelling"))


def _common_folder(paths: Sequence[str | Path]) -> Path | None:
    """The folder that names are relative to where several paths are given; `None` for a single one."""
    folders = {
        str(real_path(path) if path.is_dir() else real_path(path).parent) for given in paths for path in _expand(given)
    }
    if len(folders) < 2:
        return None
    try:
        return Path(os.path.commonpath(sorted(folders)))
    except ValueError:  # two drives of Windows
        return None


def _search(folder: Path, passed: Counter[str]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UnreadableInput(text("check.folder-not-listed", folder=str(error.filename), error=error.strerror))

    seen: set[str] = set()
    outputs: set[Path] = set()
    for root, folders, names in os.walk(folder, followlinks=True, onerror=refuse):
        real = str(real_path(Path(root)))
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if Path(root) != folder:
            # A manifest names files in folders below it too.
            outputs.update(Path(root) / name for name in _own_outputs(Path(root)))
        for name in sorted(names):
            reason = _reason(name, own=Path(root) / name in outputs)
            if reason is not None:
                passed[reason] += 1
            elif name.lower().endswith(".eaf"):
                require_utf8(Path(root) / name)
                yield Path(root) / name


def _reason(name: str, *, own: bool) -> str | None:
    lower = name.lower()
    if _BACKUP.search(name):
        return BACKUP
    if not lower.endswith(".eaf"):
        return None
    if name.startswith(("._", "~$", ".")):
        return HIDDEN
    # Merged files are counted where it is known whether raters' files lie beside them.
    if own and not is_merged(name):
        return OWN_OUTPUT
    return None


def _own_outputs(folder: Path) -> frozenset[str]:
    manifest = Manifest(folder)
    return frozenset().union(*map(manifest.names, _OUTPUT_COMMANDS))
