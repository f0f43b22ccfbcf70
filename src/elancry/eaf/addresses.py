"""Addresses in ELAN's files: what a URL or path of a recording or vocabulary means on this computer.

Addresses of the network (http, a share of a server) are never opened, and not even looked at: only the person who works
with a file may decide that it is fetched.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters or more: `C:` is a drive


def is_file_url(address: str) -> bool:
    """Whether the address is a URL `file:...`, which is what ELAN can load a vocabulary from."""
    return address.strip().lower().startswith("file:")


def local_path(address: str) -> Path | None:
    """The path that an address means on this computer, perhaps a relative one; `None` for one of the network.

    Understood are file URLs, with and without percent-encoding, and bare paths of Windows and of other systems.
    """
    text = address.strip()
    scheme = _SCHEME.match(text)
    if not text or "\0" in text or (scheme is not None and scheme[1].lower() != "file"):
        return None
    path = unquote(text if scheme is None else text[scheme.end() :]).replace("\\", "/")
    if scheme is not None and path.startswith("//"):
        host, _, rest = path[2:].partition("/")
        if host.endswith(":"):
            rest = f"{host}/{rest}"  # file://C:/..., one stroke too few
        elif host.lower() not in ("", "localhost"):
            return None
        path = f"/{rest}"
    if path.startswith("//") or "\0" in path:
        return None
    return Path(path[1:] if re.match(r"/[A-Za-z]:", path) else path)


def file_at(path: Path) -> Path | None:
    """`path` where a file is there, else `None`, whatever strange name it has."""
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None
