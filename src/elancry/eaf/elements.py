"""New XML elements as ELAN writes them: attributes in alphabetical order, optional ones left out where absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from elancry.eaf.languages import definition_of
from elancry.eaf.parts import Media, TierType, Vocabulary
from elancry.errors import UsageError
from elancry.texts import text

XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"


def make(tag: str, attributes: Mapping[str, str | None], text: str | None = None) -> etree._Element:
    """An element with the attributes that are not `None`; raises UsageError for characters XML cannot hold."""
    element = etree.Element(tag)
    for name in sorted(attributes):
        value = attributes[name]
        if value is not None:
            set_attribute(element, name, value)
    if text is not None:
        set_text(element, text)
    return element


def set_attribute(element: etree._Element, name: str, value: str | None) -> None:
    """Set an attribute, or remove it where `value` is `None`.

    Raises UsageError for text that XML cannot hold.
    """
    if value is None:
        if name in element.attrib:
            del element.attrib[name]
        return
    try:
        element.set(name, value)
    except ValueError:
        raise not_xml_text(name, [value]) from None


def set_text(element: etree._Element, text: str) -> None:
    """Make `text` all that an element says; comments and instructions in it stay, behind the text.

    Raises UsageError for text that XML cannot hold.
    """
    try:
        element.text = text
    except ValueError:
        raise not_xml_text(str(element.tag), [text]) from None
    for child in list(element):
        if isinstance(child.tag, str):
            element.remove(child)
        else:
            child.tail = None


def not_xml_text(where: str, texts: Sequence[str]) -> UsageError:
    """The refusal of texts that XML cannot hold."""
    return UsageError(
        text("eaf.not-xml-text", where=where, texts=tuple(map(repr, texts))), hint=text("eaf.hint-not-xml-text")
    )


def language_element(language_id: str, label: str, definition: str | None = None) -> etree._Element:
    """A LANGUAGE; without a `definition` it gets that of ELAN, which ignores a language that has none."""
    definition = definition or definition_of(language_id)
    return make("LANGUAGE", {"LANG_ID": language_id, "LANG_LABEL": label, "LANG_DEF": definition})


def external_ref_element(reference_id: str, kind: str, value: str) -> etree._Element:
    """An EXTERNAL_REF."""
    return make("EXTERNAL_REF", {"EXT_REF_ID": reference_id, "TYPE": kind, "VALUE": value})


def media_element(media: Media) -> etree._Element:
    """A MEDIA_DESCRIPTOR."""
    origin = None if media.time_origin_ms is None else str(media.time_origin_ms)
    return make(
        "MEDIA_DESCRIPTOR",
        {
            "MEDIA_URL": media.url,
            "MIME_TYPE": media.mime_type,
            "RELATIVE_MEDIA_URL": media.relative_url,
            "TIME_ORIGIN": origin,
            "EXTRACTED_FROM": media.extracted_from,
        },
    )


def type_element(kind: TierType) -> etree._Element:
    """A LINGUISTIC_TYPE."""
    return make(
        "LINGUISTIC_TYPE",
        {
            "LINGUISTIC_TYPE_ID": kind.id,
            "CONSTRAINTS": None if kind.constraint is None else kind.constraint.value,
            "CONTROLLED_VOCABULARY_REF": kind.vocabulary,
            "EXT_REF": kind.ext_ref,
            "GRAPHIC_REFERENCES": "false",
            "LEXICON_REF": kind.lexicon_ref,
            "TIME_ALIGNABLE": "true" if kind.time_alignable else "false",
        },
    )


def vocabulary_element(vocabulary: Vocabulary) -> etree._Element:
    """A CONTROLLED_VOCABULARY with multilingual entries (EAF 2.8 and later).

    Raises UsageError for an entry without an id or without a language, which that version cannot hold.
    """
    root = make("CONTROLLED_VOCABULARY", {"CV_ID": vocabulary.id, "EXT_REF": vocabulary.ext_ref})
    for language, described in vocabulary.descriptions.items():
        root.append(make("DESCRIPTION", {"LANG_REF": language}, described))
    for entry in vocabulary.entries:
        if entry.id is None or "" in entry.values or not entry.values:
            raise UsageError(
                text(
                    "eaf.entry-incomplete", vocabulary=vocabulary.id, id=repr(entry.id), values=str(dict(entry.values))
                ),
                hint=text("eaf.hint-entry-complete"),
            )
        element = etree.SubElement(root, "CV_ENTRY_ML")
        set_attribute(element, "CVE_ID", entry.id)
        set_attribute(element, "EXT_REF", entry.ext_ref)
        for language, value in entry.values.items():
            explained = entry.descriptions.get(language)
            element.append(make("CVE_VALUE", {"DESCRIPTION": explained, "LANG_REF": language}, value))
    return root
