"""Documents to and from `pympi.Elan.Eaf` objects, without changing what both can hold.

What an `Eaf` cannot hold is lost on the way to it: CVE_REF, EXT_REF and LANG_REF of annotations, REF_LINK_SET,
comments, processing instructions and unknown elements; `pympi_losses` says what that is of one document. Use it as an
exchange object; for changing raters' files use `Document.edit`, which loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from elancry.eaf.blank import XSI
from elancry.eaf.columns import ALIGNED, REFERENCE, value_of
from elancry.eaf.document import Document
from elancry.eaf.elements import make, set_attribute
from elancry.eaf.ids import highest_number
from elancry.eaf.languages import UNDETERMINED, definition_of, label_of
from elancry.eaf.slots import UNKNOWN, read_slots
from elancry.eaf.views import text_of, vocabulary_view
from elancry.errors import InvalidInput
from elancry.findings import Finding, finding
from elancry.interop.format import Format
from elancry.interop.losses import Part, loss_findings, lost_in_words
from elancry.texts import text

KEPT = frozenset(Part) - {Part.CVE_REF, Part.EXT_REF, Part.LANG_REF}
FORMAT = Format(
    "pympi",
    text("format.title.pympi"),
    (),
    loses=(
        *lost_in_words(KEPT),
        text("format.loses.pympi-links"),
        text("format.loses.pympi-comments"),
    ),
)
_SCHEMA = f"{{{XSI}}}noNamespaceSchemaLocation"
_CANNOT = (
    "eaf-duplicate-tier",
    "eaf-duplicate-annotation",
    "eaf-duplicate-slot",
    "eaf-unnamed-tier",
    "eaf-unnamed-annotation",
)


def to_pympi(document: Document) -> Any:
    """A `pympi.Elan.Eaf` with the content of `document`.

    Raises InvalidInput for documents with duplicate or missing ids: an `Eaf` addresses everything by id and would drop
    all but one of them.
    """
    from pympi.Elan import Eaf

    doubtful = [finding for finding in document.findings if finding.code in _CANNOT]
    if doubtful:
        raise InvalidInput(
            text("format.pympi-doubtful", file=document.name or text("format.the-document"), n=len(doubtful)),
            doubtful,
            hint=text("format.pympi-doubtful-hint"),
        )
    root = document.root
    eaf = Eaf(author=document.author)
    for name in ("constraints", "linguistic_types", "tiers", "properties", "annotations", "timeslots"):
        getattr(eaf, name).clear()
    schema = root.get(_SCHEMA)
    eaf.adocument.update({name: value for name, value in root.attrib.items() if not str(name).startswith("{")})
    if schema is not None:
        eaf.adocument["xsi:noNamespaceSchemaLocation"] = schema
    eaf.licenses = [(text_of(e), e.get("LICENSE_URL", "")) for e in root.iterchildren("LICENSE")]
    eaf.header = {}
    for header in root.iterchildren("HEADER"):
        eaf.header.update(_attributes(header))
        eaf.media_descriptors += [_attributes(e) for e in header.iterchildren("MEDIA_DESCRIPTOR")]
        eaf.linked_file_descriptors += [_attributes(e) for e in header.iterchildren("LINKED_FILE_DESCRIPTOR")]
    eaf.properties = list(document.properties)
    slots = read_slots(root)
    times = slots.time_ms.tolist()
    places = sorted((place, name) for name, place in slots.index.items() if name is not None)
    eaf.timeslots = {name: None if times[place] == UNKNOWN else times[place] for place, name in places}
    eaf.maxts = max(1, highest_number(eaf.timeslots, "ts"))
    _fill_tiers(eaf, document)
    eaf.linguistic_types = {
        e.get("LINGUISTIC_TYPE_ID", ""): _attributes(e) for e in root.iterchildren("LINGUISTIC_TYPE")
    }
    eaf.locales = {
        e.get("LANGUAGE_CODE", ""): (e.get("COUNTRY_CODE"), e.get("VARIANT")) for e in root.iterchildren("LOCALE")
    }
    eaf.languages = {
        e.get("LANG_ID", ""): (e.get("LANG_DEF"), e.get("LANG_LABEL")) for e in root.iterchildren("LANGUAGE")
    }
    eaf.constraints = {e.get("STEREOTYPE", ""): e.get("DESCRIPTION") for e in root.iterchildren("CONSTRAINT")}
    for element in root.iterchildren("CONTROLLED_VOCABULARY"):
        _fill_vocabulary(eaf, element)
    eaf.lexicon_refs = {e.get("LEX_REF_ID", ""): _attributes(e) for e in root.iterchildren("LEXICON_REF")}
    eaf.external_refs = dict(document.external_refs)
    return eaf


def pympi_losses(document: Document) -> tuple[Finding, ...]:
    """What of `document` an `Eaf` does not hold, with its counts (code `convert-lost`)."""
    root = document.root
    numbers = {
        text("lost.ref_links"): len(root.findall("REF_LINK_SET")),
        text("lost.comments"): sum(1 for _ in root.iter(etree.Comment, etree.ProcessingInstruction)),
    }
    others = tuple(
        finding(
            "convert-lost",
            text("finding.convert-lost.message", title="pympi", what=what, n=number),
            file=document.name or None,
        )
        for what, number in numbers.items()
        if number
    )
    return (*loss_findings(document, document.tiers, "pympi", KEPT), *others)


def from_pympi(eaf: Any, name: str = "") -> Document:
    """A document with the content of a `pympi.Elan.Eaf`; elements come in the order of the schema."""
    attributes = dict(eaf.adocument)
    schema = attributes.pop("xsi:noNamespaceSchemaLocation", None)
    attributes.pop("xmlns:xsi", None)
    root = etree.Element("ANNOTATION_DOCUMENT", nsmap={"xsi": XSI})
    for attribute in sorted(attributes):
        set_attribute(root, attribute, _text(attributes[attribute]))
    if schema is not None:
        root.set(_SCHEMA, schema)
    root.extend([make("LICENSE", {"LICENSE_URL": url or None}, text) for text, url in eaf.licenses])
    header = _element("HEADER", eaf.header)
    header.extend([_element("MEDIA_DESCRIPTOR", media) for media in eaf.media_descriptors])
    header.extend([_element("LINKED_FILE_DESCRIPTOR", linked) for linked in eaf.linked_file_descriptors])
    header.extend([make("PROPERTY", {"NAME": key}, _text(value) or "") for key, value in eaf.properties])
    root.append(header)
    order = etree.SubElement(root, "TIME_ORDER")
    order.extend(
        [_element("TIME_SLOT", {"TIME_SLOT_ID": slot, "TIME_VALUE": time}) for slot, time in _in_order(eaf.timeslots)]
    )
    root.extend([_tier(*content) for content in sorted(eaf.tiers.values(), key=lambda tier: tier[3])])
    root.extend([_element("LINGUISTIC_TYPE", kind) for kind in eaf.linguistic_types.values()])
    for code, (country, variant) in eaf.locales.items():
        root.append(_element("LOCALE", {"LANGUAGE_CODE": code, "COUNTRY_CODE": country, "VARIANT": variant}))
    for language, (definition, label) in eaf.languages.items():
        attributes = {"LANG_ID": language, "LANG_DEF": definition or definition_of(language), "LANG_LABEL": label}
        root.append(_element("LANGUAGE", attributes))
    for stereotype, description in eaf.constraints.items():
        root.append(_element("CONSTRAINT", {"STEREOTYPE": stereotype, "DESCRIPTION": description}))
    for vocabulary, content in eaf.controlled_vocabularies.items():
        root.append(_vocabulary(vocabulary, *content))
    root.extend([_element("LEXICON_REF", reference) for reference in eaf.lexicon_refs.values()])
    for reference, (kind, value) in eaf.external_refs.items():
        root.append(_element("EXTERNAL_REF", {"EXT_REF_ID": reference, "TYPE": kind, "VALUE": value}))
    etree.indent(root, "    ")
    return Document(root, name)


def _fill_tiers(eaf: Any, document: Document) -> None:
    names: list[str] = []
    for number, tier in enumerate(document._tier_elements):
        tier_id = tier.get("TIER_ID", "")
        aligned: dict[str, tuple[Any, ...]] = {}
        reference: dict[str, tuple[Any, ...]] = {}
        for element in tier.iter(ALIGNED, REFERENCE):
            name, get = element.get("ANNOTATION_ID", ""), element.get
            if element.tag == ALIGNED:
                aligned[name] = (get("TIME_SLOT_REF1"), get("TIME_SLOT_REF2"), value_of(element), get("SVG_REF"))
            else:
                reference[name] = (get("ANNOTATION_REF"), value_of(element), get("PREVIOUS_ANNOTATION"), get("SVG_REF"))
            eaf.annotations[name] = tier_id
            names.append(name)
        eaf.tiers[tier_id] = (aligned, reference, _attributes(tier), number)
    eaf.maxaid = max(1, highest_number(names, "a"))


def _fill_vocabulary(eaf: Any, element: etree._Element) -> None:
    """pympi knows multilingual vocabularies only; those of old files get the language `und`, as pympi itself does."""
    vocabulary = vocabulary_view(element)
    old = any("" in texts for texts in (vocabulary.descriptions, *(entry.values for entry in vocabulary.entries)))
    if old:
        eaf.languages.setdefault(UNDETERMINED, (definition_of(UNDETERMINED), label_of(UNDETERMINED)))
    entries = {
        entry.id if entry.id is not None else f"cveid{number}": (
            [
                (text, language or UNDETERMINED, entry.descriptions.get(language))
                for language, text in entry.values.items()
            ],
            entry.ext_ref,
        )
        for number, entry in enumerate(vocabulary.entries)
    }
    descriptions = [(language or UNDETERMINED, text) for language, text in vocabulary.descriptions.items()]
    eaf.controlled_vocabularies[vocabulary.id] = (descriptions, entries, vocabulary.ext_ref)


def _tier(
    aligned: Mapping[str, Any], reference: Mapping[str, Any], attributes: Mapping[str, Any], _number: int
) -> etree._Element:
    tier = _element("TIER", attributes)
    for name, (first, second, value, svg) in aligned.items():
        slots = {"TIME_SLOT_REF1": first, "TIME_SLOT_REF2": second}
        tier.append(_annotation(ALIGNED, {"ANNOTATION_ID": name, **slots, "SVG_REF": svg}, value))
    for name, (parent, value, previous, svg) in reference.items():
        relations = {"ANNOTATION_REF": parent, "PREVIOUS_ANNOTATION": previous}
        tier.append(_annotation(REFERENCE, {"ANNOTATION_ID": name, **relations, "SVG_REF": svg}, value))
    return tier


def _annotation(tag: str, attributes: Mapping[str, Any], value: str | None) -> etree._Element:
    outer = etree.Element("ANNOTATION")
    inner = _element(tag, attributes)
    inner.append(make("ANNOTATION_VALUE", {}, value or None))
    outer.append(inner)
    return outer


def _vocabulary(
    name: str, descriptions: Iterable[Any], entries: Mapping[str, Any], ext_ref: str | None
) -> etree._Element:
    root = make("CONTROLLED_VOCABULARY", {"CV_ID": name, "EXT_REF": ext_ref})
    root.extend([make("DESCRIPTION", {"LANG_REF": language}, text or None) for language, text in descriptions])
    for entry_id, (values, entry_ref) in entries.items():
        entry = make("CV_ENTRY_ML", {"CVE_ID": entry_id, "EXT_REF": entry_ref})
        for value, language, description in values:
            entry.append(make("CVE_VALUE", {"LANG_REF": language, "DESCRIPTION": description}, value or None))
        root.append(entry)
    return root


def _element(tag: str, attributes: Mapping[str, Any]) -> etree._Element:
    return make(tag, {name: _text(value) for name, value in attributes.items()})


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _text(value: object) -> str | None:
    """pympi holds numbers and texts side by side."""
    return None if value is None else str(value)


def _in_order(slots: Mapping[str, int | None]) -> list[tuple[str, int | None]]:
    """Slots in the order of time, which pympi does not keep; an unaligned one stays behind the one before it."""
    keyed, latest = [], 0
    for name, time in slots.items():
        latest = latest if time is None else time
        keyed.append((latest, name, time))
    return [(name, time) for _, name, time in sorted(keyed, key=lambda item: item[0])]
