"""A new document: valid EAF 3.0 with nothing in it but what ELAN always writes."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from elancry.eaf.document import Document
from elancry.eaf.elements import SCHEMA, XSI
from elancry.eaf.parts import Constraint

__all__ = ["SCHEMA", "XSI", "new_document", "now"]


def new_document(*, author: str = "", date: str | None = None) -> Document:
    """An empty EAF 3.0 document: no media, no tiers, one locale (English), the four constraints.

    `date` is an xsd:dateTime such as `2024-04-17T12:00:00+00:00`; the default is now, in UTC.
    """
    root = etree.Element("ANNOTATION_DOCUMENT", nsmap={"xsi": XSI})
    root.set("AUTHOR", author)
    root.set("DATE", date if date is not None else now())
    root.set("FORMAT", "3.0")
    root.set("VERSION", "3.0")
    root.set(f"{{{XSI}}}noNamespaceSchemaLocation", SCHEMA)
    etree.SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    etree.SubElement(root, "TIME_ORDER")
    etree.SubElement(root, "LOCALE", COUNTRY_CODE="US", LANGUAGE_CODE="en")
    for constraint in Constraint:
        etree.SubElement(root, "CONSTRAINT", DESCRIPTION=constraint.description, STEREOTYPE=constraint.value)
    etree.indent(root, "    ")
    return Document(root)


def now() -> str:
    """The present moment as ELAN writes it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
