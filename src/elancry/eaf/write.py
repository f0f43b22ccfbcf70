"""Writing documents: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from elancry.eaf.document import Document
from elancry.files import write_bytes


def write_eaf(document: Document, path: str | os.PathLike[str]) -> None:
    """Write `document` to `path`, replacing what is there in one step; raises OutputRefused where that cannot be."""
    write_bytes(Path(path), document.to_bytes())
