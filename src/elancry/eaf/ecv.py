"""External controlled vocabularies (.ecv): the vocabularies that several teams' files share."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from elancry.eaf.addresses import file_at, is_file_url, local_path
from elancry.eaf.blank import XSI, now
from elancry.eaf.elements import external_ref_element, language_element, vocabulary_element
from elancry.eaf.parts import Vocabulary
from elancry.eaf.views import languages_view, vocabulary_view
from elancry.eaf.xml import parse_xml, read_xml, serialise
from elancry.files import write_bytes
from elancry.texts import text

ECV_ROOT = "CV_RESOURCE"
ECV_VERSION = "0.2"
ECV_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv2.8.xsd"


@dataclass(frozen=True, slots=True)
class ExternalVocabularies:
    """The content of an .ecv file.

    `languages` maps ids to labels, `definitions` ids to the URL that defines the language (ELAN's is
    written where there is none), `external_refs` ids to (type, value). `date` is an xsd:dateTime, the moment of writing
    where `None`.
    """

    languages: Mapping[str, str]
    vocabularies: tuple[Vocabulary, ...]
    external_refs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    author: str = ""
    date: str | None = None

    def vocabulary(self, vocabulary_id: str) -> Vocabulary | None:
        """The vocabulary of that name, `None` if there is none."""
        return next((vocabulary for vocabulary in self.vocabularies if vocabulary.id == vocabulary_id), None)

    def to_bytes(self) -> bytes:
        """The file as ELAN writes it (version 0.2)."""
        root = etree.Element(ECV_ROOT, nsmap={"xsi": XSI})
        root.set("AUTHOR", self.author)
        root.set("DATE", self.date if self.date is not None else now())
        root.set("VERSION", ECV_VERSION)
        root.set(f"{{{XSI}}}noNamespaceSchemaLocation", ECV_SCHEMA)
        for language, label in self.languages.items():
            root.append(language_element(language, label, self.definitions.get(language)))
        for vocabulary in self.vocabularies:
            root.append(vocabulary_element(vocabulary))
        for reference, (kind, value) in self.external_refs.items():
            root.append(external_ref_element(reference, kind, value))
        etree.indent(root, "    ")
        return serialise(root)


def read_ecv(path: str | os.PathLike[str]) -> ExternalVocabularies:
    """Read an .ecv file; raises UnreadableInput."""
    path = Path(path)
    return _vocabularies(read_xml(path, ECV_ROOT, text("eaf.kind-vocabularies")))


def parse_ecv(data: bytes, name: str = "") -> ExternalVocabularies:
    """The vocabularies in the bytes of an .ecv file; raises UnreadableInput."""
    return _vocabularies(parse_xml(data, name, ECV_ROOT, text("eaf.kind-vocabularies")))


def _vocabularies(root: etree._Element) -> ExternalVocabularies:
    return ExternalVocabularies(
        languages=languages_view(root.iterchildren("LANGUAGE")),
        vocabularies=tuple(vocabulary_view(element) for element in root.iterchildren("CONTROLLED_VOCABULARY")),
        external_refs={
            e.get("EXT_REF_ID", ""): (e.get("TYPE", ""), e.get("VALUE", "")) for e in root.iterchildren("EXTERNAL_REF")
        },
        definitions={
            e.get("LANG_ID", ""): str(e.get("LANG_DEF"))
            for e in root.iterchildren("LANGUAGE")
            if "LANG_DEF" in e.attrib
        },
        author=root.get("AUTHOR", ""),
        date=root.get("DATE"),
    )


def find_ecv(address: str, folder: Path, study: Path | None = None) -> Path | None:
    """The .ecv file that an .eaf in `folder` refers to by `address`; `None` where it is nowhere.

    It is looked for at the address, a relative one from `folder`, then by its name in `folder` and in `study`, the
    folder of all files. The network is left alone: a file there is found only by its name in these folders.
    """
    path = local_path(address)
    name = unquote(address.strip()).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    places = [] if path is None else [folder / path]
    places += [place / name for place in (folder, study) if place is not None and name]
    return next((found for found in map(file_at, places) if found is not None), None)


def elan_loads(address: str) -> bool:
    """Whether ELAN finds an .ecv file of this computer at `address`: it opens URLs only, so never a relative path."""
    path = local_path(address)
    return path is not None and is_file_url(address) and path.is_absolute() and file_at(path) is not None


def write_ecv(vocabularies: ExternalVocabularies, path: str | os.PathLike[str]) -> None:
    """Write an .ecv file in one step; raises OutputRefused where that cannot be."""
    write_bytes(Path(path), vocabularies.to_bytes())
