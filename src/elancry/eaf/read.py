"""Reading .eaf and .etf files, whoever wrote them: a document, or one clear refusal."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from elancry.eaf.document import EAF_KIND, EAF_ROOT, Document
from elancry.eaf.xml import parse_xml, read_xml_file


def read_eaf(path: str | os.PathLike[str]) -> Document:
    """Read an .eaf or .etf file of any version.

    Raises UnreadableInput if there is no such file, it cannot be opened, or it is no readable EAF; whatever else is
    wrong with it is in `Document.findings`.
    """
    path = Path(path)
    data = read_xml_file(path, EAF_KIND)
    root = parse_xml(data, path.name, EAF_ROOT, EAF_KIND)
    return Document(root, path.name, sha256=hashlib.sha256(data).hexdigest())


def parse_eaf(data: bytes, name: str = "") -> Document:
    """Make a document of the bytes of an EAF file; `name` is what messages and findings call it.

    Raises UnreadableInput.
    """
    return Document(parse_xml(data, name, EAF_ROOT, EAF_KIND), name)
