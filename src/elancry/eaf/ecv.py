"""External controlled vocabularies (.ecv): the vocabularies that several teams' files share."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from elancry.choices import PLAN_FILE
from elancry.eaf.addresses import file_at, is_file_url, local_path
from elancry.eaf.blank import XSI, now
from elancry.eaf.document import Document
from elancry.eaf.elements import external_ref_element, language_element, vocabulary_element
from elancry.eaf.parts import Vocabulary
from elancry.eaf.read import read_eaf
from elancry.eaf.views import languages_view, vocabulary_view
from elancry.eaf.xml import parse_xml, read_xml, serialise
from elancry.errors import UnreadableInput
from elancry.files import write_bytes
from elancry.texts import text

ECV_ROOT = "CV_RESOURCE"
ECV_VERSION = "0.2"
_SUFFIX = ".ecv"
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
        """The vocabulary of that name, the first of several, `None` if there is none."""
        wanted = unicodedata.normalize("NFC", vocabulary_id)
        return next((item for item in self.vocabularies if unicodedata.normalize("NFC", item.id) == wanted), None)

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


def find_ecv(address: str, folders: Sequence[Path]) -> Path | None:
    """The .ecv file that an .eaf in the first of `folders` refers to by `address`; `None` where it is nowhere.

    It is looked for at the address, a relative one from the first folder, then by its name in each of them. The network
    is left alone: a file there is found only by its name in these folders. A file with another suffix is not looked at,
    since an .eaf may name any file of this computer.
    """
    path = _local_ecv(address)
    name = unquote(address.strip()).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    places = [] if path is None else [folders[0] / path]
    places += [place / name for place in folders if _has_suffix(name)]
    return next((found for found in map(file_at, places) if found is not None), None)


def search_folders(path: Path, name: str) -> list[Path]:
    """Where the vocabularies of the file `path` may lie: in its folder, and in those above it up to that of the study.

    `name` is the file's name relative to the folder that was given, with `/`. The folder of the study is that one, or
    the one above it where the plan lies there.
    """
    above = list(path.absolute().parents)[: name.count("/") + 2]
    if len(above) > name.count("/") + 1 and file_at(above[-1] / PLAN_FILE) is None:
        above.pop()
    return above


def read_coded(path: Path, name: str) -> Document:
    """The document at `path` with its external vocabularies; `name` as in `search_folders`. Raises UnreadableInput."""
    return with_external(read_eaf(path), search_folders(path, name))


@dataclass(frozen=True, slots=True)
class Referred:
    """An .ecv file that a document refers to: for which of its vocabularies, and what became of it.

    `path` is `None` where it is not at hand, `content` where it is not, or cannot be read: `problem` then says why.
    """

    address: str
    names: tuple[str, ...]
    path: Path | None = None
    content: ExternalVocabularies | None = None
    problem: UnreadableInput | None = None


def referred_files(document: Document, folders: Sequence[Path]) -> list[Referred]:
    """The .ecv files that the vocabularies of a document lie in; `folders` as in `find_ecv`."""
    addresses = {key: value for key, (kind, value) in document.external_refs.items() if kind == "ecv"}
    wanted: dict[str, list[str]] = {}
    for vocabulary in document.vocabularies if addresses else ():
        if vocabulary.ext_ref in addresses:
            wanted.setdefault(addresses[vocabulary.ext_ref], []).append(vocabulary.id)
    return [_referred(address, tuple(names), find_ecv(address, folders)) for address, names in wanted.items()]


def with_external(document: Document, folders: Sequence[Path]) -> Document:
    """The document with the entries of its external vocabularies, as far as they can be found and read.

    `folders` as in `find_ecv`. What entries of an .ecv file refer to in turn is left out: those references are its own.
    """
    found: dict[str, Vocabulary] = {}
    for file in referred_files(document, folders):
        for name in file.names if file.content is not None else ():
            vocabulary = file.content.vocabulary(name) if file.content is not None else None
            if vocabulary is not None:
                entries = tuple(replace(entry, ext_ref=None) for entry in vocabulary.entries)
                found[name] = replace(vocabulary, entries=entries)
    return Document(document.root, document.name, found, document.sha256) if found else document


def _referred(address: str, names: tuple[str, ...], path: Path | None) -> Referred:
    if path is None:
        return Referred(address, names)
    try:
        state = path.stat()
        content = _known(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        reason = text("eaf.not-read", path=path.name, error=error.strerror or str(error))
        return Referred(address, names, path, problem=UnreadableInput(reason))
    if isinstance(content, UnreadableInput):
        return Referred(address, names, path, problem=content)
    return Referred(address, names, path, content)


@lru_cache(maxsize=16)
def _known(path: Path, _changed_ns: int, _size: int) -> ExternalVocabularies | UnreadableInput:
    """One .ecv file serves all files of a study, so it is read once."""
    try:
        return read_ecv(path)
    except UnreadableInput as error:
        return error


def elan_loads(address: str) -> bool:
    """Whether ELAN finds an .ecv file of this computer at `address`: it opens URLs only, so never a relative path."""
    path = _local_ecv(address)
    return path is not None and is_file_url(address) and path.is_absolute() and file_at(path) is not None


def _local_ecv(address: str) -> Path | None:
    path = local_path(address)
    return path if path is not None and _has_suffix(path.name) else None


def _has_suffix(name: str) -> bool:
    return name.lower().endswith(_SUFFIX)


def write_ecv(vocabularies: ExternalVocabularies, path: str | os.PathLike[str]) -> None:
    """Write an .ecv file in one step; raises OutputRefused where that cannot be."""
    write_bytes(Path(path), vocabularies.to_bytes())
