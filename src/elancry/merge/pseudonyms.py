"""Names of people out, pseudonyms in: sessions, raters, participants, authors, files and media.

Conventions
-----------
- The key (original -> pseudonym) is a file of its own outside the output; with the same key the same people get the
  same pseudonyms. Numbers are given in an order that a random salt in the key decides, so that they tell nothing.
- Roles of the codebook (`patient`, `therapist`) are no names and stay.
- Free text can name anybody: comment tiers and tiers outside the codebook are left out unless they are kept by name,
  values that are no category become `[removed]`, links to other files, licences and properties are left out.
- In texts that go out (findings, sequence ids, names of tiers) every original name is replaced, whole words only, and
  so are the parts of names that have three letters or more.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from lxml import etree

from elancry.check.coding import RESERVED_RATERS, CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.check.disk_store import stored_like
from elancry.check.naming import UNNAMED
from elancry.check.reading import base_name, open_document
from elancry.check.structure import CODEBOOK_PROPERTY
from elancry.codebook.model import Codebook
from elancry.eaf import Document
from elancry.eaf.elements import set_attribute
from elancry.errors import UnreadableInput, UsageError
from elancry.files import write_text
from elancry.findings import Finding
from elancry.merge.parts import copied
from elancry.texts import Text, text

REMOVED = "[removed]"
_KINDS = {"session": "S", "rater": "R", "participant": "P", "medium": "M"}
_WORD = re.compile(r"[^\W\d_]{3,}")


class Key:
    """Original names and their pseudonyms, by kind: session, rater, participant, medium."""

    def __init__(self, salt: str, names: Mapping[str, Mapping[str, str]]) -> None:
        self._salt = salt
        self.names: dict[str, dict[str, str]] = {kind: dict(names.get(kind, {})) for kind in _KINDS}

    @classmethod
    def read(cls, path: Path, *, outputs: Path) -> Key:
        """The key in `path`, a new one if there is no file.

        Raises UsageError for a key inside the output folder, UnreadableInput for a file that is no key.
        """
        if path.resolve().is_relative_to(outputs.resolve()):
            said = text("merge.key-among-outputs", key=str(path), folder=str(outputs))
            raise UsageError(said, hint=text("merge.hint-key-outside"))
        if not path.exists():
            return cls(secrets.token_hex(16), {})
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(str(content["salt"]), content["names"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableInput(text("merge.not-a-key", path=str(path)), hint=text("merge.hint-other-key")) from error

    def write(self, path: Path) -> None:
        """Save the key; OutputRefused where that cannot be."""
        write_text(path, json.dumps({"salt": self._salt, "names": self.names}, ensure_ascii=False, indent=1) + "\n")

    def take(self, kind: str, originals: Iterable[str]) -> None:
        """Give every name a pseudonym that has none yet."""
        known = self.names[kind]
        new = {name for name in originals if name and name not in known}
        for name in sorted(new, key=lambda name: hashlib.sha256(f"{self._salt}{kind}{name}".encode()).digest()):
            known[name] = f"{_KINDS[kind]}{len(known) + 1:02d}"


class Pseudonymizer:
    """Applies a key to a study: to its coding for the tables, to its documents for merged files."""

    def __init__(self, key: Key, coding: CheckedCoding, *, keep_tiers: Collection[str] = ()) -> None:
        """Reads the header and tiers of every file of `coding` once, to know all names; `key` gets the new ones."""
        self._key = key
        self._keep = frozenset(keep_tiers)
        self._roles = _roles(coding.codebook)
        self._kept: dict[Path, frozenset[str]] = {}
        self._known_values: dict[tuple[Path, str], frozenset[str]] = {}
        authors: set[str] = set()
        key.take("session", coding.sessions)
        key.take("rater", (name for name in coding.raters if name != UNNAMED))
        for file in coding.files:
            key.take("medium", file.media)
            self._kept[file.path] = frozenset(tier.tier for tier in file.tiers) | self._keep
            opened = open_document(file.path, file.name)
            if isinstance(opened, Document):
                authors.add(opened.author)
                key.take("rater", ((tier.annotator or "").strip() for tier in opened.tiers))
                key.take("participant", (name for tier in opened.tiers if (name := tier.participant or "")))
        self._words = self._replacements(authors, coding.codebook)

    def coding(self, coding: CheckedCoding) -> CheckedCoding:
        """The coding with pseudonyms; paths still lead to the originals, which are read again and never written."""
        return replace(
            coding,
            files=tuple(map(self._file, coding.files)),
            findings=tuple(map(self.finding, coding.findings)),
            rater_order=tuple(self.rater(name) for name in coding.raters),
        )

    def of_session(self, coding: CheckedCoding) -> Pseudonymizer:
        """The same pseudonymizer for the files of a part of the study only: what another process needs of it."""
        own = copy.copy(self)
        paths = {file.path for file in coding.files}
        own._kept = {path: self._kept[path] for path in paths}
        own._known_values = {key: known for key, known in self._known_values.items() if key[0] in paths}
        return own

    def rater(self, name: str) -> str:
        """The pseudonym of a rater; the consensus keeps its name."""
        stays = not name or name == UNNAMED or name in RESERVED_RATERS
        return name if stays else self._key.names["rater"].get(name, REMOVED)

    def text(self, text: str) -> str:
        """A text with every known name replaced."""
        return self._words.sub(self._replace, text) if self._words is not None else text

    def finding(self, item: Finding) -> Finding:
        """A finding without names."""
        return replace(
            item,
            said=self._said(item.said),
            advice=None if item.advice is None else self._said(item.advice),
            file=None if item.file is None else self.text(item.file),
            session=None if item.session is None else self._key.names["session"].get(item.session, REMOVED),
            rater=None if item.rater is None else self.rater(item.rater),
            tier=None if item.tier is None else self.text(item.tier),
        )

    def document(self, document: Document, path: Path) -> Document:
        """A document to merge: names replaced, free text left out."""
        # A copy is without what stands before and behind the root.
        root = copied(etree.fromstring(document.to_bytes()))
        root.set("AUTHOR", "")
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
        for tag in ("LICENSE", "HEADER/LINKED_FILE_DESCRIPTOR", "REF_LINK_SET", "HEADER/PROPERTY"):
            for element in root.findall(tag):
                parent = element.getparent()
                if parent is not None and element.get("NAME") != CODEBOOK_PROPERTY:
                    parent.remove(element)
        for element in root.iterfind("HEADER/MEDIA_DESCRIPTOR"):
            name = self._medium(base_name(element.get("MEDIA_URL", "")))
            element.set("MEDIA_URL", name)
            for attribute in ("RELATIVE_MEDIA_URL", "EXTRACTED_FROM"):
                set_attribute(element, attribute, None)
        for element in root.iterfind("EXTERNAL_REF"):
            if element.get("VALUE", "").startswith(("file:", "/")):
                element.set("VALUE", self.text(base_name(element.get("VALUE", ""))))
        self._veil_tiers(root, document, path)
        _drop_unused(root)
        return document.changed(root, self.text(document.name))

    def _veil_tiers(self, root: etree._Element, document: Document, path: Path) -> None:
        kept = set(self._kept[path])
        for name in list(kept):
            above = document.tier(name)
            while above is not None and above.parent is not None and above.parent not in kept:
                kept.add(above.parent)
                above = document.tier(above.parent)
        for tier in root.findall("TIER"):
            name = tier.get("TIER_ID", "")
            if name not in kept:
                root.remove(tier)
                continue
            tier.set("TIER_ID", self.text(name))
            if tier.get("PARENT_REF") is not None:
                tier.set("PARENT_REF", self.text(tier.get("PARENT_REF", "")))
            if tier.get("ANNOTATOR"):
                tier.set("ANNOTATOR", self.rater((tier.get("ANNOTATOR") or "").strip()))
            participant = tier.get("PARTICIPANT")
            if participant and participant not in self._roles:
                tier.set("PARTICIPANT", self._key.names["participant"].get(participant, REMOVED))
            known = self._known_values.get((path, name), frozenset())
            for value in tier.iter("ANNOTATION_VALUE"):
                value.text = self._value(value.text or "", known, free=name in self._keep)

    def _said(self, text: Text | str) -> Text | str:
        return text.changed(self.text) if isinstance(text, Text) else self.text(text)

    def _value(self, text: str, known: frozenset[str], *, free: bool) -> str:
        return text if not text or text in known else self.text(text) if free else REMOVED

    def _file(self, file: CodedFile) -> CodedFile:
        session = self._key.names["session"].get(file.session, REMOVED)
        rater = self.rater(file.rater)
        parts = [session, rater, *([file.round] if file.round else [])]
        name = f"{'__'.join(part for part in parts if part)}.eaf"
        return replace(
            file,
            name=name,
            session=session,
            rater=rater,
            tiers=stored_like(file.tiers, (self._tier(tier, file.path) for tier in file.tiers)),
            media=tuple(map(self._medium, file.media)),
        )

    def _tier(self, tier: CodedTier, path: Path) -> CodedTier:
        def annotation(item: CodedAnnotation) -> CodedAnnotation:
            return item if item.category is not None else replace(item, value=self._free(tier, item.value))

        annotations = tuple(map(annotation, tier.annotations))
        unchanged = {item.value for item, old in zip(annotations, tier.annotations, strict=True) if item == old}
        self._known_values[path, tier.tier] = frozenset(unchanged)
        return replace(
            tier,
            rater=self.rater(tier.rater),
            tier=self.text(tier.tier),
            annotations=annotations,
            file=None if tier.file is None else self.text(tier.file),
        )

    def _free(self, tier: CodedTier, value: str) -> str:
        """A value that is no category: an id of a sequence is looked through, anything else removed."""
        if tier.kind == "sequence" and len(value) <= 20 and self.text(value) == value:
            return value
        return REMOVED if value else value

    def _medium(self, name: str) -> str:
        return self._key.names["medium"].get(name, REMOVED) + PurePosixPath(name).suffix.lower()

    def _replacements(self, authors: Iterable[str], codebook: Codebook) -> re.Pattern[str] | None:
        """A pattern of all names and their parts; fills the table that `_replace` looks them up in."""
        protected = {word.casefold() for text in _texts(codebook) for word in _WORD.findall(text)}
        self._by_word: dict[str, str] = {}
        for names in self._key.names.values():
            for original, pseudonym in names.items():
                if original in self._roles:
                    continue
                stem = PurePosixPath(original).stem if "." in original else original
                for form in (original, stem):
                    self._by_word.setdefault(form.casefold(), pseudonym)
                for word in _WORD.findall(stem):
                    if word.casefold() not in protected:
                        self._by_word.setdefault(word.casefold(), pseudonym)
        for author in authors:
            for form in (author, *_WORD.findall(author)):
                if form and form.casefold() not in protected:
                    self._by_word.setdefault(form.casefold(), REMOVED)
        if not self._by_word:
            return None
        longest_first = sorted(self._by_word, key=len, reverse=True)
        return re.compile(r"(?<![^\W_])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![^\W_])", re.IGNORECASE)

    def _replace(self, match: re.Match[str]) -> str:
        return self._by_word[match[0].casefold()]


def _drop_unused(root: etree._Element) -> None:
    """Types and vocabularies that only tiers left out had: their entries may be names."""
    types = {tier.get("LINGUISTIC_TYPE_REF") for tier in root.iterfind("TIER")}
    for element in root.findall("LINGUISTIC_TYPE"):
        if element.get("LINGUISTIC_TYPE_ID") not in types:
            root.remove(element)
    vocabularies = {kind.get("CONTROLLED_VOCABULARY_REF") for kind in root.iterfind("LINGUISTIC_TYPE")}
    for element in root.findall("CONTROLLED_VOCABULARY"):
        if element.get("CV_ID") not in vocabularies:
            root.remove(element)


def _roles(codebook: Codebook) -> frozenset[str]:
    """PARTICIPANTs that the codebook names; one that was read out of files names people, not roles."""
    if codebook.extracted:
        return frozenset()
    return frozenset(system.participant for system in codebook.systems if system.participant)


def _texts(codebook: Codebook) -> Iterable[str]:
    for system in codebook.systems:
        yield from (system.id, system.tier_name, *system.labels.values())
        for category in system.categories:
            yield from (category.id, *category.labels.values())
    yield codebook.sequence_tier or ""
