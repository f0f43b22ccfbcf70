"""The small parts of a document, read from their elements into frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from lxml import etree

from elancry.eaf.parts import Constraint, Media, Tier, TierType, Vocabulary, VocabularyEntry


def tier_view(element: etree._Element) -> Tier:
    """A TIER element's own attributes; a missing name or type is `""`."""
    get = element.get
    return Tier(
        id=get("TIER_ID", ""),
        type_id=get("LINGUISTIC_TYPE_REF", ""),
        parent=get("PARENT_REF"),
        participant=get("PARTICIPANT"),
        annotator=get("ANNOTATOR"),
        lang_ref=get("LANG_REF"),
        locale=get("DEFAULT_LOCALE"),
        ext_ref=get("EXT_REF"),
    )


def constraint_of(text: str | None) -> Constraint | None:
    """The constraint of that name; ELAN writes underscores, some programs blanks. `None` for none or another."""
    try:
        return Constraint((text or "").strip().replace(" ", "_"))
    except ValueError:
        return None


def type_view(element: etree._Element) -> TierType:
    """A LINGUISTIC_TYPE element. TIME_ALIGNABLE follows from the constraint where it is missing."""
    get = element.get
    constraint = constraint_of(get("CONSTRAINTS"))
    alignable = get("TIME_ALIGNABLE")
    return TierType(
        id=get("LINGUISTIC_TYPE_ID", ""),
        constraint=constraint,
        time_alignable=(
            alignable.strip() in ("true", "1")
            if alignable is not None
            else constraint is None or constraint.time_alignable
        ),
        vocabulary=get("CONTROLLED_VOCABULARY_REF"),
        ext_ref=get("EXT_REF"),
        lexicon_ref=get("LEXICON_REF"),
    )


def vocabulary_view(element: etree._Element) -> Vocabulary:
    """A CONTROLLED_VOCABULARY element of any version: multilingual entries, or the single-language ones before 2.8."""
    descriptions = {child.get("LANG_REF", ""): text_of(child) for child in element.iterchildren("DESCRIPTION")}
    if "DESCRIPTION" in element.attrib:
        descriptions.setdefault("", str(element.get("DESCRIPTION")))
    entries = []
    for child in element.iterchildren("CV_ENTRY_ML", "CV_ENTRY"):
        if child.tag == "CV_ENTRY":
            values = {"": text_of(child)}
            described = {"": str(child.get("DESCRIPTION"))} if "DESCRIPTION" in child.attrib else {}
        else:
            inside = list(child.iterchildren("CVE_VALUE"))
            values = {value.get("LANG_REF", ""): text_of(value) for value in inside}
            described = {
                value.get("LANG_REF", ""): str(value.get("DESCRIPTION"))
                for value in inside
                if "DESCRIPTION" in value.attrib
            }
        entries.append(
            VocabularyEntry(
                id=child.get("CVE_ID"),
                values=MappingProxyType(values),
                descriptions=MappingProxyType(described),
                ext_ref=child.get("EXT_REF"),
            )
        )
    return Vocabulary(
        id=element.get("CV_ID", ""),
        entries=tuple(entries),
        descriptions=MappingProxyType(descriptions),
        ext_ref=element.get("EXT_REF"),
    )


def media_view(element: etree._Element) -> Media:
    """A MEDIA_DESCRIPTOR; a TIME_ORIGIN that is no whole number is read as missing."""
    origin = (element.get("TIME_ORIGIN") or "").strip()
    digits = origin.removeprefix("-")
    return Media(
        url=element.get("MEDIA_URL", ""),
        relative_url=element.get("RELATIVE_MEDIA_URL"),
        mime_type=element.get("MIME_TYPE"),
        time_origin_ms=int(origin) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else None,
        extracted_from=element.get("EXTRACTED_FROM"),
    )


def languages_view(elements: Iterable[etree._Element]) -> Mapping[str, str]:
    """LANGUAGE elements as id -> label; a language without a label is labelled with its id."""
    return MappingProxyType({e.get("LANG_ID", ""): e.get("LANG_LABEL", e.get("LANG_ID", "")) for e in elements})


def text_of(element: etree._Element) -> str:
    """All text of an element, `""` where it has none; comments inside are no text."""
    if len(element):
        return "".join([element.text or "", *(child.tail or "" for child in element)])
    return element.text or ""
