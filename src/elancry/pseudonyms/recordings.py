"""Stand-ins for recordings: files that say how long a recording is, and hold nothing of it."""

from __future__ import annotations

import struct
from pathlib import Path


def write_stand_in(path: Path, length_ms: int) -> None:
    """Write the header of a WAV file, or of an MP4, M4A or MOV file, of this length; nothing for other suffixes."""
    if path.suffix == ".wav":
        # One byte a millisecond: the chunk `data` is as long as the recording, and is not there.
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 1000, 1000, 1, 8)
        content = struct.pack("<4sI4s", b"RIFF", 36, b"WAVE") + form + struct.pack("<4sI", b"data", length_ms)
    elif path.suffix in (".mp4", ".m4a", ".m4v", ".mov"):
        # ISO 14496-12: the box moov/mvhd, version 1, with a timescale of 1000.
        head = struct.pack(">I4sB3xQQIQ", 8 + 4 + 28, b"mvhd", 1, 0, 0, 1000, length_ms)
        content = struct.pack(">I4s", 8 + len(head), b"moov") + head
    else:
        return
    path.write_bytes(content)
