"""Writing documents: UTF-8, with an XML declaration, comments around the root included, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from elancry.files import write_bytes

if TYPE_CHECKING:
    from elancry.eaf.document import Document


def write_eaf(document: Document, path: str | os.PathLike[str]) -> None:
    """Write `document` to `path`, replacing what is there in one step; raises OutputRefused where that cannot be."""
    write_bytes(Path(path), document.to_bytes())


def serialise(root: etree._Element) -> bytes:
    """The bytes of the whole tree that `root` is the root of."""
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
