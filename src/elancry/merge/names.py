"""File names for sessions that every system can hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_stem(session: str) -> str:
    """`session` with what Windows refuses in file names replaced by `_`."""
    name = _FORBIDDEN.sub("_", session).rstrip(". ")
    if not name or _RESERVED.fullmatch(name) or name.startswith("."):
        name = f"_{name}"
    return name[:150]


def file_stems(sessions: Iterable[str]) -> dict[str, str]:
    """Session -> file stem, different also where upper and lower case are the same to the disk."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for session in sessions:
        stem, number = file_stem(session), 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{file_stem(session)}-{number}"
        taken.add(stem.casefold())
        stems[session] = stem
    return stems
