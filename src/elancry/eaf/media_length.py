"""How long is a linked recording? Read from the headers of WAV and of MP4, M4A and MOV files where they are at hand.

Only headers are read, never the recording. Anything else, or a file that is not there, has no known length; a path that
a document gives is not even looked at where its suffix is none of these.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from elancry.eaf.addresses import file_at, local_path
from elancry.eaf.parts import Media

_WAV = frozenset({".wav"})
_ISO = frozenset({".mp4", ".m4a", ".m4v", ".mov"})


def linked_path(medium: Media, folder: Path) -> Path | None:
    """Where a medium lies whose length can be read: by its relative URL from `folder` (that of the .eaf), else by the
    absolute one.

    A medium on the network is not looked for.
    """
    for url in (medium.relative_url, medium.url):
        path = local_path(url or "")
        known = path is not None and path.suffix.lower() in _WAV | _ISO
        found = file_at(folder / path) if path is not None and known else None
        if found is not None:
            return found
    return None


def length_ms(path: Path) -> int | None:
    """Length in ms, rounded to the nearest; `None` where the header does not say or cannot be read."""
    suffix = path.suffix.lower()
    try:
        with path.open("rb") as stream:
            if suffix in _WAV:
                return _wav(stream)
            if suffix in _ISO:
                return _iso(stream)
    except (OSError, struct.error, ZeroDivisionError):
        return None
    return None


def _wav(stream: BinaryIO) -> int | None:
    """RIFF: the size of the chunk `data` over the bytes per second of the chunk `fmt `."""
    riff, _, wave = struct.unpack("<4sI4s", stream.read(12))
    if riff != b"RIFF" or wave != b"WAVE":
        return None
    per_second = 0
    while len(header := stream.read(8)) == 8:
        name, size = struct.unpack("<4sI", header)
        if name == b"fmt ":
            content = stream.read(size + size % 2)
            per_second = struct.unpack("<I", content[8:12])[0]
        elif name == b"data":
            return round(1000 * int(size) / int(per_second))
        else:
            stream.seek(size + size % 2, 1)
    return None


def _iso(stream: BinaryIO) -> int | None:
    """ISO 14496-12: duration over timescale of the box moov/mvhd."""
    for name, end in _boxes(stream, None):
        if name != b"moov":
            continue
        for inner, _ in _boxes(stream, end):
            if inner == b"mvhd":
                version = stream.read(4)[0]
                form, size = (">16xIQ", 28) if version == 1 else (">8xII", 16)
                timescale, duration = struct.unpack(form, stream.read(size))
                return round(1000 * int(duration) / int(timescale)) if duration else None
    return None


def _boxes(stream: BinaryIO, end: int | None) -> Iterator[tuple[bytes, int]]:
    """(type, end) of each box up to `end`; the stream stands at its content, wherever the caller has read to."""
    place = stream.tell()
    while end is None or place < end:
        stream.seek(place)
        header = stream.read(8)
        if len(header) < 8:
            return
        size, name = struct.unpack(">I4s", header)
        if size == 1:
            size = struct.unpack(">Q", stream.read(8))[0]
        elif size == 0:
            size = stream.seek(0, 2) - place
            stream.seek(place + 8)
        if size < 8:
            return
        place += size
        yield name, place
