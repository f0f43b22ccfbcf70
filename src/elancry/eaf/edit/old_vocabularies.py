"""Vocabularies of EAF 2.7 and before, which have one language and no ids, become multilingual ones in place.

As ELAN does when it saves such a file: the language is `und` (undetermined, ISO 639-3), every entry gets an id. Values,
descriptions, external references, comments and the order of entries stay.
"""

from __future__ import annotations

from lxml import etree

from elancry.eaf.edit.placing import ROOT_ORDER, insert_ordered
from elancry.eaf.elements import language_element, make, set_attribute
from elancry.eaf.languages import UNDETERMINED, definition_of, label_of
from elancry.eaf.views import text_of


def modernise(root: etree._Element, used_ids: set[str]) -> None:
    """Give every old vocabulary under `root` the form of EAF 2.8 and later; `used_ids` are the file's xsd:IDs."""
    old = [
        element
        for element in root.iterchildren("CONTROLLED_VOCABULARY")
        if "DESCRIPTION" in element.attrib or element.find("CV_ENTRY") is not None
    ]
    if not old:
        return
    language = _undetermined(root, used_ids)
    taken = {entry.get("CVE_ID") for entry in root.iter("CV_ENTRY_ML")}
    number = 0
    for vocabulary in old:
        description = _taken(vocabulary, "DESCRIPTION")
        if description is not None and vocabulary.find("DESCRIPTION") is None:
            vocabulary.insert(0, make("DESCRIPTION", {"LANG_REF": language}, description))
        for entry in vocabulary.iterchildren("CV_ENTRY"):
            while f"cveid{number}" in taken:
                number += 1
            taken.add(f"cveid{number}")
            _modernise_entry(entry, f"cveid{number}", language)
        etree.indent(vocabulary, "    ", level=1)


def _modernise_entry(entry: etree._Element, identity: str, language: str) -> None:
    described, reference = _taken(entry, "DESCRIPTION"), _taken(entry, "EXT_REF")
    value = make("CVE_VALUE", {"DESCRIPTION": described, "LANG_REF": language}, text_of(entry))
    inside = list(entry)  # comments
    entry.tag = "CV_ENTRY_ML"
    entry.text = None
    set_attribute(entry, "CVE_ID", identity)
    set_attribute(entry, "EXT_REF", reference)
    for child in inside:
        child.tail = None
    entry.append(value)


def _taken(element: etree._Element, name: str) -> str | None:
    value = element.get(name)
    set_attribute(element, name, None)
    return value


def _undetermined(root: etree._Element, used_ids: set[str]) -> str:
    """The id of the undetermined language, which is added where the file does not have it."""
    definition = definition_of(UNDETERMINED)
    for element in root.iterchildren("LANGUAGE"):
        if element.get("LANG_DEF") == definition or element.get("LANG_ID") == UNDETERMINED:
            return element.get("LANG_ID", UNDETERMINED)
    name = UNDETERMINED
    while name in used_ids:
        name += "x"
    used_ids.add(name)
    insert_ordered(root, language_element(name, label_of(UNDETERMINED), definition), ROOT_ORDER)
    return name
