"""Media files: which belong to one session, and how ELAN wants them linked.

URLs are written as ELAN writes them, without percent-encoding: ELAN takes the text behind `file://` for the path as it
stands, so that an encoded blank would be looked for as `%20` and the rater asked where the video is. The schema's
anyURI allows that, but for `%`, `[`, `]` and a second `#`: files with these in their path are refused, with the advice
to rename.
"""

from __future__ import annotations

import glob
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from elancry.codebook.names import file_name_problem
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding, finding, printable
from elancry.paths import real_path, require_utf8, why_no_file
from elancry.texts import text

# As ELAN sets them: of its own for what it plays best, else only "some video", "some audio".
MIME_TYPES: Mapping[str, str] = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".mov": "video/quicktime",
    ".qt": "video/quicktime",
    **dict.fromkeys(
        (".avi", ".wmv", ".mkv", ".webm", ".mts", ".m2ts", ".3gp", ".vob", ".dv", ".flv", ".ogv", ".asf"), "video/*"
    ),
    ".wav": "audio/x-wav",
    **dict.fromkeys((".mp3", ".m4a", ".aac", ".flac", ".ogg", ".opus", ".aif", ".aiff", ".wma"), "audio/*"),
}
_KINDS = text("template.media-kinds", kinds=" ".join(MIME_TYPES))
_UNLINKABLE = re.compile(r"[%\[\]]|#.*#")
_FIELD = re.compile(r"\{(\w+)\}|(\*)|(\?)")


@dataclass(frozen=True, slots=True)
class SessionMedia:
    """The media of one session, the one that ELAN plays first in front."""

    session: str
    files: tuple[Path, ...]


def find_media(paths: Sequence[Path]) -> tuple[tuple[Path, str], ...]:
    """Media files in `paths` (files, folders searched through, globs), each with its name relative to what was given.

    Sorted by name, each file once. UnreadableInput for a path that is not there; UsageError for a file of an unknown
    kind, one that cannot be linked, or where there are no media at all.
    """
    found: dict[Path, str] = {}
    for path in paths:
        for file, name in _expand(path):
            found.setdefault(real_path(file), name)
    if not found:
        listed = tuple(str(path) for path in paths)
        raise UsageError(text("template.no-media", paths=listed), hint=_KINDS)
    for file in found:
        require_utf8(file)
        refuse_unlinkable(file)
    return tuple(sorted(found.items(), key=lambda item: (item[1].casefold(), item[1], str(item[0]))))


def refuse_unlinkable(path: Path) -> None:
    """Raise UsageError for a path that cannot stand in a URL as ELAN writes it."""
    if _UNLINKABLE.search(path.as_posix()):
        raise UsageError(
            text("template.unlinkable", path=str(path)),
            hint=text("template.unlinkable-hint"),
        )


def cut_at_hash(files: Iterable[PurePath | str]) -> Iterator[Finding]:
    """Media whose path ELAN's player cuts off: at the first `#`, behind which a URL has a fragment.

    ELAN's own links are right, and other players find the file; so this is a warning and no refusal.
    """
    for path in files:
        if "#" in str(path):
            name = PurePath(path).name
            message = text("finding.media-hash.message", path=str(path))
            yield finding("media-hash", message, hint=text("finding.media-hash.hint"), file=name)


def _expand(path: Path) -> Iterable[tuple[Path, str]]:
    if path.is_dir():
        for file in path.rglob("*"):
            hidden = any(part.startswith((".", "~$")) for part in file.relative_to(path).parts)
            if file.suffix.lower() in MIME_TYPES and file.is_file() and not hidden:
                yield file, file.relative_to(path).as_posix()
    elif (why := why_no_file(path)) is not None:
        raise UnreadableInput(why)
    elif path.exists():
        if path.suffix.lower() not in MIME_TYPES:
            raise UsageError(text("template.not-media", path=str(path)), hint=_KINDS)
        yield path, path.name
    elif glob.has_magic(str(path)):
        for name in sorted(glob.glob(str(path), recursive=True)):  # noqa: PTH207 (the pattern may be absolute)
            if Path(name).suffix.lower() in MIME_TYPES or Path(name).is_dir():
                yield from _expand(Path(name))
    else:
        raise UnreadableInput(text("template.not-there", path=str(path)), hint=text("template.not-there-hint"))


def group_by_session(files: Iterable[tuple[Path, str]], patterns: Sequence[str] = ()) -> tuple[SessionMedia, ...]:
    """Sessions in the order of their names; a session's media in the order of `patterns`, then video before audio.

    A pattern names the session in a file's name: `{session}_cam*.mp4`; `*`, `?` and other fields in braces stand for
    anything; with a `/` it looks at folders too: `{session}/video.mp4`. A file that no pattern fits is the session of
    its stem. UsageError where two files of one session have the same name: then they are probably two sessions.
    """
    compiled = [_compile(pattern) for pattern in patterns]
    sessions: dict[str, list[tuple[int, bool, str, Path]]] = {}
    for path, name in files:
        session, rank = _session_of(path, name, compiled)
        # macOS may give names in decomposed form; tables and typed names come composed.
        session = unicodedata.normalize("NFC", session)
        audio = MIME_TYPES[path.suffix.lower()].startswith("audio")
        problem = file_name_problem(session)
        if problem is not None:
            raise UsageError(
                text("template.bad-session", session=printable(session), path=printable(str(path)), problem=problem),
                hint=text("template.bad-session-hint"),
            )
        sessions.setdefault(session, []).append((rank, audio, name, path))
    spelt: dict[str, str] = {}
    for session in sorted(sessions):
        first = spelt.setdefault(session.casefold(), session)
        if first != session:
            raise UsageError(
                text("template.sessions-differ-in-case", first=first, second=session),
                hint=text("template.sessions-differ-in-case-hint"),
            )
    for session, members in sessions.items():
        names: dict[str, Path] = {}
        for *_, path in members:
            other = names.setdefault(path.name.casefold(), path)
            if other != path:
                raise UsageError(
                    text("template.media-same-name", session=session, first=str(other), second=str(path)),
                    hint=text("template.media-same-name-hint"),
                )
    return tuple(
        SessionMedia(session, tuple(item[-1] for item in sorted(sessions[session]))) for session in sorted(sessions)
    )


def _session_of(path: Path, name: str, patterns: Sequence[tuple[re.Pattern[str], bool]]) -> tuple[str, int]:
    for rank, (pattern, with_folders) in enumerate(patterns):
        place = Path(name).parent.joinpath(path.name).as_posix() if with_folders else path.name
        match = pattern.search(place) if with_folders else pattern.fullmatch(place)
        if match is not None and match.group("session"):
            return match.group("session"), rank
    return path.stem, len(patterns)


def _compile(pattern: str) -> tuple[re.Pattern[str], bool]:
    if pattern.count("{session}") != 1:
        raise UsageError(text("codebook.media-pattern", pattern=pattern), hint=text("codebook.media-pattern-hint"))
    with_folders = "/" in pattern
    parts, last = [], 0
    for field in _FIELD.finditer(pattern):
        parts.append(re.escape(pattern[last : field.start()]))
        anything = "[^/]" if with_folders else "."
        if field.group(1) == "session":
            parts.append(f"(?P<session>{anything}+?)")
        else:
            parts.append(f"{anything}" if field.group(3) else f"{anything}*")
        last = field.end()
    parts.append(re.escape(pattern[last:]))
    expression = "".join(parts)
    return re.compile(f"(?:^|/){expression}$" if with_folders else expression, re.IGNORECASE), with_folders


def mime_type(path: PurePath) -> str:
    """The MIME type that ELAN gives a file of this suffix."""
    return MIME_TYPES[path.suffix.lower()]


def file_url(path: PurePath) -> str:
    """The absolute URL as ELAN writes it: `file:///C:/a b.mp4`; a network share gets `file://server/share/...`."""
    whole = path.as_posix()
    bare = whole.lstrip("/")
    return ("file://" if len(whole) - len(bare) == 2 else "file:///") + bare


def relative_url(path: Path, folder: Path) -> str | None:
    """The URL of `path` from a file in `folder`: `./x.mp4`, `../videos/x.mp4`; `None` on different drives."""
    try:
        relative = PurePath(os.path.relpath(real_path(path), real_path(folder))).as_posix()
    except ValueError:
        return None
    return relative if relative.startswith("../") else f"./{relative}"
