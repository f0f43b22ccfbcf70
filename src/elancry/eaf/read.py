"""Reading .eaf and .etf files, whoever wrote them: a document, or one clear refusal."""

from __future__ import annotations

import os
from pathlib import Path

from elancry.eaf.document import EAF_KIND, EAF_ROOT, Document
from elancry.eaf.xml import parse_xml, read_xml


def read_eaf(path: str | os.PathLike[str]) -> Document:
    """Read an .eaf or .etf file of any version.

    Raises UnreadableInput if there is no such file, it cannot be opened, or it is no readable EAF; whatever else is
    wrong with it is in `Document.findings`.
    """
    path = Path(path)
    return Document(read_xml(path, EAF_ROOT, EAF_KIND), path.name)


def parse_eaf(data: bytes, name: str = "") -> Document:
    """Make a document of the bytes of an EAF file; `name` is what messages and findings call it.

    Raises UnreadableInput.
    """
    return Document(parse_xml(data, name, EAF_ROOT, EAF_KIND), name)
