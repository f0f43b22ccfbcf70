"""Let files find their recordings again: by name in a folder, or by another beginning of the path.

TIME_ORIGIN, the order of the media and whatever else a link says stay. URLs are written as ELAN writes them (see
`elancry.template.media`); relative ones lead from the folder that the changed file will lie in.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from elancry.check.reading import base_name
from elancry.eaf import Document, Media
from elancry.eaf.addresses import file_at, local_path
from elancry.edit.change import Change, Row
from elancry.edit.operation import option
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Finding, finding
from elancry.paths import real_path
from elancry.template.media import MIME_TYPES, file_url, mime_type, refuse_unlinkable, relative_url
from elancry.texts import some, text


def search_media(folders: Sequence[str | Path]) -> dict[str, tuple[Path, ...]]:
    """All files in the folders and below by name, without regard to case, of whatever kind; hidden ones apart.

    UnreadableInput for a folder that is not there, UsageError where there are no files.
    """
    by_name: dict[str, tuple[Path, ...]] = {}
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise UnreadableInput(text("edit.no-folder", folder=str(folder)), hint=text("edit.hint-folder"))
        for root, below, names in os.walk(folder):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith((".", "~$")):
                    path = real_path(Path(root) / name)
                    if path not in by_name.get(_key(name), ()):
                        by_name[_key(name)] = (*by_name.get(_key(name), ()), path)
    if not by_name:
        raise UsageError(text("edit.no-files-in", folders=some([str(folder) for folder in folders])))
    return by_name


@dataclass(frozen=True, slots=True)
class Relink:
    """Where recordings are now: `found` by name, or with the first of `replace` at the begin of their path replaced.

    `folder` is where the changed file will lie; relative URLs lead from there.
    """

    found: Mapping[str, tuple[Path, ...]] | None = option(
        "--media", text("batch.relink-media.media"), metavar="DIR", read=search_media, default=None
    )
    replace: tuple[str, str] | None = option(
        "--replace", text("batch.relink-media.replace"), metavar="OLD NEW", default=None
    )
    folder: Path = Path()

    def __post_init__(self) -> None:
        """Raise UsageError unless one of the two is given."""
        if (self.found is None) == (self.replace is None):
            raise UsageError(text("edit.where-recordings"), hint=text("edit.hint-where-recordings"))


def relink_media(document: Document, choices: Relink) -> Change:
    """Let files find their recordings again after these were moved.

    Absolute links, links relative to the new file and MIME types are written as ELAN writes them; TIME_ORIGIN stays.

    Examples:  elancry batch relink-media coded -o linked --media /data/videos

               elancry batch relink-media coded -o linked --replace C:/Users/anna/videos D:/study/videos
    """
    rows: list[Row] = []
    findings: list[Finding] = []
    editor = document.edit()
    for place, medium in enumerate(document.media):
        link = _found(medium, choices) if choices.found is not None else _replaced(medium, choices)
        if isinstance(link, Finding):
            findings.append(link)
            continue
        if link is None or link == (medium.url, medium.relative_url, medium.mime_type):
            continue
        url, relative, mime = link
        editor.media.set(place, url=url, relative_url=relative, mime_type=mime)
        if url != medium.url:
            rows.append(Row(text("change.medium-linked"), before=medium.url, after=url))
        if relative != medium.relative_url:
            rows.append(Row(text("change.relative-link"), before=medium.relative_url or "", after=relative or ""))
        if mime != medium.mime_type:
            rows.append(Row(text("change.mime-type"), before=medium.mime_type or "", after=mime or ""))
    return Change(editor.document() if rows else document, tuple(rows), tuple(findings))


Link = tuple[str, str | None, str | None]


def _found(medium: Media, choices: Relink) -> Link | Finding:
    assert choices.found is not None
    name = base_name(medium.url) or base_name(medium.relative_url or "")
    # Real files hold names with and without percent-encoding.
    plain = unicodedata.normalize("NFC", medium.url.replace("\\", "/").rsplit("/", 1)[-1])
    candidates = choices.found.get(_key(plain)) or choices.found.get(_key(name)) or ()
    if not candidates:
        return finding(
            "batch-media-not-found",
            text("finding.batch-media-not-found.message", name=name),
            hint=text("finding.batch-media-not-found.hint"),
        )
    best = max(_shared_end(path, medium.url) for path in candidates)
    best_paths = [path for path in candidates if _shared_end(path, medium.url) == best]
    if len(best_paths) > 1:
        listed = ", ".join(str(path) for path in best_paths[:3])
        return finding(
            "batch-media-several",
            text("finding.batch-media-several.message", n=len(best_paths), name=name, listed=listed),
            hint=text("finding.batch-media-several.hint"),
        )
    return _link_to(best_paths[0], medium, choices.folder)


def _link_to(path: Path, medium: Media, folder: Path) -> Link:
    refuse_unlinkable(path)
    known = path.suffix.lower() in MIME_TYPES
    return (
        file_url(path),
        relative_url(path, folder) or medium.relative_url,
        mime_type(path) if known else medium.mime_type,
    )


def _replaced(medium: Media, choices: Relink) -> Link | None:
    assert choices.replace is not None
    old, new = map(_as_path, choices.replace)
    path = _as_path(medium.url)
    if not old.strip("/"):
        raise UsageError(text("edit.empty-beginning"), hint=text("edit.hint-empty-beginning"))
    rest = _after(path, old)
    if rest is None:
        return None
    moved = new.rstrip("/") + rest
    windows = PureWindowsPath(moved)
    plain = windows if windows.drive else PurePosixPath(moved)
    refuse_unlinkable(Path(moved))
    local = local_path(moved)
    relative = medium.relative_url
    if local is not None and local.is_absolute() and file_at(local) is not None:
        relative = relative_url(local, choices.folder) or relative
    mime = mime_type(plain) if plain.suffix.lower() in MIME_TYPES else medium.mime_type
    return file_url(plain), relative, mime


def _after(path: str, old: str) -> str | None:
    """What follows `old` in `path`, whole parts only; paths with a drive compare without regard to case."""
    one, other = (path, old.rstrip("/"))
    if len(path) > 1 and path[1] == ":":
        one, other = one.casefold(), other.casefold()
    if not one.startswith(other):
        return None
    rest = path[len(old.rstrip("/")) :]
    return rest if rest.startswith("/") or not rest else None


def _as_path(url: str) -> str:
    """A URL or path of any system with slashes, without `file:`: `C:/Videos/s01.mp4`, `/Volumes/videos/s01.mp4`."""
    path = unquote(url.strip()) if url.lower().startswith("file:") else url.strip()
    path = path.replace("\\", "/")
    if path.lower().startswith("file:"):
        bare = path[len("file:") :].lstrip("/")
        slashes = len(path) - len("file:") - len(bare)
        path = bare if len(bare) > 1 and bare[1] == ":" else ("//" if slashes == 2 else "/") + bare
    return unicodedata.normalize("NFC", path)


def _shared_end(path: Path, url: str) -> int:
    """How many folders above the file are called the same in both."""
    ours = [_key(part) for part in reversed(path.parts[:-1])]
    theirs = [_key(part) for part in reversed(_as_path(url).split("/")[:-1])]
    count = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        count += 1
    return count


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
