"""Which files are meant to be converted: files as named, folders searched recursively by suffix.

Names are relative to the folder given, or, where inputs lie in several, to the one that holds them all.

In folders, hidden files, lock files of office programs, what other elancry commands keep for themselves, and suffixes
that say nothing for sure (`.txt`, or one that several formats share) are passed over and counted.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elancry.errors import UnreadableInput, UsageError
from elancry.interop.conversion import EAF_SUFFIXES, format_of_name
from elancry.interop.formats import EAF, load_format
from elancry.paths import name_within, real_path, require_utf8, why_no_file
from elancry.texts import Text, text

TABLE = "conversion.csv"
"""What `elancry convert` writes about the files it converted."""
PLAIN_TEXT = (".txt", ".csv", ".tsv", ".json")
"""Suffixes of so many kinds of files that they say nothing for sure."""


@dataclass(frozen=True)
class FoundInputs:
    """`files`: (path, name relative to the folder given, with `/`), by name; `formats`: name -> format by suffix."""

    files: tuple[tuple[Path, str], ...]
    formats: Mapping[str, str]
    passed_over: tuple[Text, ...]
    """What was left aside in folders, with its number, in words."""


def find_inputs(paths: Sequence[Path], source: str | None, in_folders: Callable[[str], bool]) -> FoundInputs:
    """The files of `paths`; in folders those of the format `source`, without it of the formats that `in_folders` wants.

    Raises UsageError for a path that is not there, a named
    file whose format nobody can tell, two files of one name, and where nothing is found.
    """
    passed: Counter[str] = Counter()
    found: dict[str, Path] = {}
    formats: dict[str, str] = {}
    common = _common_folder(paths)
    for given in paths:
        if given.is_dir():
            for path in _search(given, passed):
                own = _format_in_folder(path.name, source, in_folders, passed)
                if own is not None:
                    _add(path, name_within(path, common or given), own, found, formats)
        elif given.exists():
            named = source or format_of_name(given.name, "read")
            if named is None:
                raise UsageError(
                    text("convert.suffix-unknown", path=str(given), suffix=given.suffix or text("convert.suffix-none")),
                    hint=text("convert.suffix-unknown-hint"),
                )
            _add(given, name_within(given, common or given.parent), named, found, formats)
        elif (why := why_no_file(given)) is not None:
            raise UnreadableInput(why)
        else:
            raise UsageError(text("convert.not-there", path=str(given)), hint=text("convert.not-there-hint"))
    if not found:
        where = tuple(map(str, paths))
        message = text("convert.nothing-found", paths=where)
        if left := _in_words(passed):
            message = text("convert.nothing-found-passed", paths=where, passed=left)
        raise UsageError(message, hint=text("convert.nothing-found-hint"))
    return FoundInputs(tuple((found[name], name) for name in sorted(found)), formats, _in_words(passed))


def _in_words(passed: Counter[str]) -> tuple[Text, ...]:
    """What was left aside, by suffix; hidden copies, whose suffix is `""`, first."""
    return tuple(
        text("convert.passed-suffix", n=passed[suffix], suffix=suffix)
        if suffix
        else text("convert.passed-hidden", n=passed[suffix])
        for suffix in sorted(passed)
    )


def _common_folder(paths: Sequence[Path]) -> Path | None:
    """The folder that names are relative to where inputs lie in several; `None` where they lie in one."""
    folders = {str(real_path(path if path.is_dir() else path.parent)) for path in paths}
    if len(folders) < 2:
        return None
    try:
        return Path(os.path.commonpath(sorted(folders)))
    except ValueError:  # two drives of Windows
        return None


def _add(path: Path, name: str, own: str, found: dict[str, Path], formats: dict[str, str]) -> None:
    name = unicodedata.normalize("NFC", name)
    other = found.get(name)
    if other is not None:
        if real_path(other) == real_path(path):
            return
        raise UsageError(
            text("convert.same-name", first=str(other), second=str(path), name=name),
            hint=text("convert.same-name-hint"),
        )
    found[name], formats[name] = path, own


def _format_in_folder(
    name: str, source: str | None, in_folders: Callable[[str], bool], passed: Counter[str]
) -> str | None:
    suffix = Path(name).suffix.lower()
    if name == TABLE:
        return None
    if source is not None:
        form = None if source == EAF else load_format(source)
        suffixes = EAF_SUFFIXES[:1] if form is None else (*form.suffixes, *form.shared_suffixes)
        return source if name.lower().endswith(tuple(item.lower() for item in suffixes)) else None
    try:
        own = format_of_name(name, "read")
    except UsageError:
        own = None
    if own is not None and not in_folders(own):
        return None
    if suffix in PLAIN_TEXT and not (own is not None and _definite(name, own)):
        if in_folders(own or ""):
            passed[suffix] += 1
        return None
    return own


def _definite(name: str, own: str) -> bool:
    """Whether the suffix is one of this format alone, as `.boris.tsv` is."""
    suffixes = (suffix.lower() for suffix in load_format(own).suffixes)
    return name.lower().endswith(tuple(suffix for suffix in suffixes if suffix not in PLAIN_TEXT))


def _search(folder: Path, passed: Counter[str]) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UnreadableInput(text("convert.cannot-list", path=error.filename, why=error.strerror))

    seen: set[str] = set()
    for root, folders, names in os.walk(folder, followlinks=True, onerror=refuse):
        real = str(real_path(Path(root)))
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith(("._", "~$")):
                passed[""] += 1
            elif not name.startswith("."):
                require_utf8(Path(root) / name)
                yield Path(root) / name
