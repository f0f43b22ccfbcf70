"""From bytes to a tree and back: XML files, whoever wrote them, or one clear refusal.

What is refused before or while parsing: files that are empty, not XML, cut off, another kind of XML, or that carry a
document type declaration (DTD), the door to entity expansion and to opening other files. ELAN never writes one. No
network is used and no file but the named one is opened. libxml2's own limits (10 MB for one text or attribute, 256
levels of nesting) stay on: no file of a rater comes near them, and they bound what a hostile file can do.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from elancry.errors import UnreadableInput
from elancry.paths import read_regular, why_no_file
from elancry.texts import Text, text

_OTHER_ROOTS = {
    "CV_RESOURCE": text("eaf.other-kind-vocabularies"),
    "preferences": text("eaf.other-kind-preferences"),
    "Trans": text("eaf.other-kind-transcriber"),
    "html": text("eaf.other-kind-web-page"),
}
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00\x00<")
_PIECE = 1 << 15
_ENOUGH = 16
_SHOWN = 4096
_UTF8_BOM = b"\xef\xbb\xbf"
# What may stand before the root element, besides a document type declaration.
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
# libxml2 ends its messages with the place, which is said already.
_PLACE = re.compile(r",? line \d+, column \d+\Z")


def read_xml(path: Path, root_tag: str, kind: Text) -> etree._Element:
    """The root element of the XML file `path`, whose root is `root_tag`; else UnreadableInput, in words."""
    return parse_xml(read_xml_file(path, kind), path.name, root_tag, kind)


def read_xml_file(path: Path, kind: Text) -> bytes:
    """The bytes of the file `path`, which should be of that `kind`; UnreadableInput, in words, where there are none."""
    try:
        return read_regular(path)
    except FileNotFoundError:
        if (why := why_no_file(path)) is not None:
            raise UnreadableInput(why) from None
        raise UnreadableInput(text("eaf.no-such-file", path=str(path)), hint=text("eaf.hint-path", kind=kind)) from None
    except (IsADirectoryError, PermissionError):
        if path.is_dir():  # Windows calls it a permission
            raise UnreadableInput(text("eaf.a-folder", path=str(path), kind=kind)) from None
        raise UnreadableInput(text("eaf.not-permitted", path=str(path)), hint=text("eaf.hint-not-permitted")) from None
    except (OSError, ValueError, MemoryError) as error:
        said = why_no_file(path) or text(
            "eaf.not-read", path=str(path), error=getattr(error, "strerror", None) or str(error)
        )
        raise UnreadableInput(said) from error


def parse_xml(data: bytes, name: str, root_tag: str, kind: Text) -> etree._Element:
    """The root element of a well-formed, harmless XML file whose root is `root_tag`; else UnreadableInput."""
    label = name or text("eaf.the-data")
    _refuse_prolog(data, label)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise _not_xml(label, error, kind, data) from None
    except (ValueError, LookupError, MemoryError) as error:
        raise UnreadableInput(text("eaf.not-of-kind", label=label, kind=kind, error=str(error))) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype_refusal(label)
    if root.tag != root_tag:
        other = _OTHER_ROOTS.get(str(root.tag)) or text("eaf.other-kind", root=_shortened(str(root.tag)))
        hint = text("eaf.hint-expected-kind", kind=kind, root=root_tag)
        raise UnreadableInput(text("eaf.is-other-kind", label=label, other=other), hint=hint)
    return root


def _refuse_prolog(data: bytes, label: str | Text) -> None:
    """Raise UnreadableInput for an empty file and for a document type declaration.

    Entities in one may expand without end, so no parser may see it.
    """
    size = _PIECE
    while True:
        plain = _plain(data[:size])
        prolog = _PROLOG.match(plain)
        position = prolog.end() if prolog is not None else 0
        rest = plain[position : position + _ENOUGH]
        # A comment or instruction that is not closed yet may hide what follows: look further.
        if size >= len(data) or (len(rest) >= _ENOUGH and not rest.startswith((b"<?", b"<!--"))):
            break
        size *= 4
    if not plain.strip(b"\0 \t\r\n"):
        raise UnreadableInput(text("eaf.empty-file", label=label, size=len(data)), hint=text("eaf.hint-empty-file"))
    if plain[position : position + 9].upper() == b"<!DOCTYPE":
        raise _doctype_refusal(label)


def _plain(data: bytes) -> bytes:
    """The bytes without byte order mark; of UTF-16 and UTF-32 the ASCII characters, of which markup consists."""
    if data.startswith(_UTF16_OR_32):
        return data.lstrip(b"\xff\xfe\x00").replace(b"\0", b"")
    return data.removeprefix(_UTF8_BOM)


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


def _doctype_refusal(label: str | Text) -> UnreadableInput:
    return UnreadableInput(text("eaf.doctype", label=label), hint=text("eaf.hint-doctype"))


def _not_xml(label: str | Text, error: etree.XMLSyntaxError, kind: Text, data: bytes) -> UnreadableInput:
    line, column = error.position
    reason = _shortened(_PLACE.sub("", error.msg or "not well-formed").strip())
    head = _plain(data[:_SHOWN])
    if not head.lstrip().startswith(b"<") and b"<?xml" not in head and b"<ANNOTATION_DOCUMENT" not in head:
        # A picture or an office file may hold a "<" somewhere; that makes it no XML that was cut off.
        return UnreadableInput(text("eaf.no-xml", label=label, kind=kind))
    if data[-_SHOWN:].rstrip().endswith((b"</ANNOTATION_DOCUMENT>", b"</CV_RESOURCE>")):
        hint = text("eaf.hint-open-or-backup")
    else:
        hint = text("eaf.hint-cut-off")
    where = {"label": label, "line": line, "column": column}
    return UnreadableInput(text("eaf.not-readable-xml", reason=reason, **where), hint=hint)


def _shortened(said: str) -> str:
    return said if len(said) <= 200 else said[:200] + "..."


def serialise(root: etree._Element) -> bytes:
    """The bytes of the whole file that `root` is the root of: UTF-8 with a declaration, comments around it included."""
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"
