"""Reading .eaf and .etf files, whoever wrote them: a document, or one clear refusal.

What is refused before or while parsing: files that are empty, not XML, cut off, another kind of XML, or that carry a
document type declaration (DTD), the door to entity expansion and to opening other files. ELAN never writes one. No
network is used and no file but the named one is opened. libxml2's own limits (10 MB for one text or attribute, 256
levels of nesting) stay on: no file of a rater comes near them, and they bound what a hostile file can do.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from lxml import etree

from elancry.eaf.document import Document
from elancry.errors import UnreadableInput

EAF_ROOT = "ANNOTATION_DOCUMENT"

_OTHER_ROOTS = {
    "CV_RESOURCE": "an external controlled vocabulary (.ecv), not annotations",
    "preferences": "ELAN preferences (.pfsx), not annotations",
    "Trans": "a Transcriber file (.trs), not an ELAN file",
    "html": "a web page, not an ELAN file; perhaps a download that failed",
}
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<")
_PIECE = 1 << 20
_BLANK = b"\0 \t\r\n"
_UTF8_BOM = b"\xef\xbb\xbf"
# What may stand before the root element, besides a document type declaration.
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)


def read_eaf(path: str | os.PathLike[str]) -> Document:
    """Read an .eaf or .etf file of any version.

    Raises UnreadableInput if there is no such file, it cannot be opened, or it is no readable EAF; whatever else is
    wrong with it is in `Document.findings`.
    """
    path = Path(path)
    return parse_eaf(read_file(path, "ELAN file"), path.name)


def parse_eaf(data: bytes, name: str = "") -> Document:
    """Make a document of the bytes of an EAF file; `name` is what messages and findings call it.

    Raises UnreadableInput.
    """
    return Document(parse_xml(data, name, EAF_ROOT, "an ELAN annotation file"), name)


def read_file(path: Path, kind: str) -> bytes:
    """The bytes of a file; raises UnreadableInput, in words, where there are none to read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UnreadableInput(f"{path}: there is no such file", hint=f"Give the path of an existing {kind}.") from None
    except IsADirectoryError:
        raise UnreadableInput(f"{path} is a folder, not an {kind}") from None
    except PermissionError:
        if path.is_dir():  # what Windows says of a folder
            raise UnreadableInput(f"{path} is a folder, not an {kind}") from None
        raise UnreadableInput(
            f"{path} cannot be opened: reading it is not permitted, or another program holds it",
            hint="Close it elsewhere, or ask for read access to it.",
        ) from None
    except (OSError, ValueError) as error:
        raise UnreadableInput(f"{path} cannot be opened: {error}") from error


def parse_xml(data: bytes, name: str, root_tag: str, kind: str) -> etree._Element:
    """The root element of a well-formed, harmless XML file whose root is `root_tag`; else UnreadableInput."""
    label = name or "the data"
    if not data[:4096].strip(_BLANK) and not data.strip(_BLANK):
        raise UnreadableInput(
            f"{label} is empty ({len(data)} bytes)",
            hint="If it lies in a cloud folder (OneDrive, Dropbox), it may not be downloaded yet: open it there first.",
        )
    _refuse_doctype(data, label)
    try:
        parser = _parser()
        # In pieces: libxml2 then keeps no second copy of the whole file, and is faster.
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
        root = parser.close()
    except etree.XMLSyntaxError as error:
        raise _not_xml(label, error, kind, data) from None
    except (ValueError, LookupError, MemoryError) as error:
        raise UnreadableInput(f"{label} is not {kind}: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype_refusal(label)
    if root.tag != root_tag:
        found = _OTHER_ROOTS.get(str(root.tag), f"XML of another kind: its root is <{_shortened(str(root.tag))}>")
        raise UnreadableInput(f"{label} is {found}", hint=f"Expected {kind}, whose root is <{root_tag}>.")
    return root


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        collect_ids=False,
        remove_blank_text=False,
        remove_comments=False,
        remove_pis=False,
    )


def _refuse_doctype(data: bytes, label: str) -> None:
    """Refuse a document type declaration before a parser sees it: entities in it may expand without end."""
    head = data
    if data.startswith(_UTF16_OR_32):
        # ASCII characters in UTF-16 or UTF-32 are themselves and zero bytes.
        head = data[: 1 << 20].lstrip(b"\xff\xfe\x00").replace(b"\0", b"")
    head = head.removeprefix(_UTF8_BOM)
    prolog = _PROLOG.match(head)
    after = head[prolog.end() :] if prolog is not None else head
    if after[:9].upper() == b"<!DOCTYPE":
        raise _doctype_refusal(label)


def _doctype_refusal(label: str) -> UnreadableInput:
    return UnreadableInput(
        f"{label} has a document type declaration (<!DOCTYPE ...>), which no ELAN file has",
        hint="Such declarations can make a program open other files or fill the memory, so they are not read. "
        "Open the file in ELAN and save it again.",
    )


def _not_xml(label: str, error: etree.XMLSyntaxError, kind: str, data: bytes) -> UnreadableInput:
    line, column = error.position
    reason = _shortened((error.msg or "not well-formed").strip())
    if "<" not in data[:4096].decode("latin-1"):
        return UnreadableInput(f"{label} is not {kind}: it is no XML at all")
    if data.rstrip().endswith((b"</ANNOTATION_DOCUMENT>", b"</CV_RESOURCE>")):
        hint = "Open the file in ELAN, or take the last backup beside it (.eaf.001)."
    else:
        hint = "The end is missing: it was cut off while being saved or copied. Take the last backup (.eaf.001)."
    return UnreadableInput(f"{label} is not readable as XML: line {line}, column {column}: {reason}", hint=hint)


def _shortened(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "..."
