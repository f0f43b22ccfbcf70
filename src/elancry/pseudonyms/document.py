"""One file under pseudonyms: what the study needs of it, and nothing else.

What stays is listed (`_KEPT`): every other element and attribute, every comment and instruction is left out. Free text
can name anybody: values that are no codes, and tiers that are no coding, go unless the tier is kept by name.

A file of several raters is put in a new order: tiers by the pseudonyms of their raters, annotations and time slots
numbered anew, so that neither places nor numbers tell in which order the raters' names come.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, get_args

from lxml import etree

from elancry.check.coding import DISAGREEMENT, RESERVED_RATERS, natural_key
from elancry.check.naming import FileName, TierPattern
from elancry.check.places import Place, locate, owners
from elancry.check.reading import base_name
from elancry.check.structure import CODEBOOK_PROPERTY, vocabulary_of
from elancry.check.values import IntervalValues, RatingValues
from elancry.codebook.load import builtin_names
from elancry.codebook.model import Codebook
from elancry.eaf import Constraint, Document, Tier
from elancry.eaf.elements import XSI, language_element, set_attribute, vocabulary_element
from elancry.merge.dispute import PointKind, PointState
from elancry.pseudonyms.key import REMOVED
from elancry.pseudonyms.names import Names
from elancry.template.media import MIME_TYPES

_Value = Callable[[str], str]

_ANNOTATION = frozenset({"ANNOTATION_ID", "ANNOTATION_REF", "PREVIOUS_ANNOTATION", "CVE_REF"})
_KEPT: Mapping[str, frozenset[str]] = {
    "ANNOTATION_DOCUMENT": frozenset({"AUTHOR", "DATE", "FORMAT", "VERSION"}),
    "HEADER": frozenset({"MEDIA_FILE", "TIME_UNITS"}),
    "MEDIA_DESCRIPTOR": frozenset({"MEDIA_URL", "MIME_TYPE", "TIME_ORIGIN"}),
    "PROPERTY": frozenset({"NAME"}),
    "TIME_ORDER": frozenset(),
    "TIME_SLOT": frozenset({"TIME_SLOT_ID", "TIME_VALUE"}),
    "TIER": frozenset(
        {"TIER_ID", "PARENT_REF", "LINGUISTIC_TYPE_REF", "PARTICIPANT", "ANNOTATOR", "DEFAULT_LOCALE", "LANG_REF"}
    ),
    "ANNOTATION": frozenset(),
    "ALIGNABLE_ANNOTATION": _ANNOTATION | {"TIME_SLOT_REF1", "TIME_SLOT_REF2"},
    "REF_ANNOTATION": _ANNOTATION,
    "ANNOTATION_VALUE": frozenset(),
    "LINGUISTIC_TYPE": frozenset(
        {"LINGUISTIC_TYPE_ID", "CONSTRAINTS", "CONTROLLED_VOCABULARY_REF", "GRAPHIC_REFERENCES", "TIME_ALIGNABLE"}
    ),
    "LOCALE": frozenset({"LANGUAGE_CODE", "COUNTRY_CODE"}),
    "LANGUAGE": frozenset({"LANG_ID", "LANG_DEF", "LANG_LABEL"}),
    "CONSTRAINT": frozenset({"STEREOTYPE", "DESCRIPTION"}),
    "CONTROLLED_VOCABULARY": frozenset({"CV_ID", "DESCRIPTION", "EXT_REF"}),
    "DESCRIPTION": frozenset({"LANG_REF"}),
    "CV_ENTRY": frozenset({"DESCRIPTION"}),
    "CV_ENTRY_ML": frozenset({"CVE_ID"}),
    "CVE_VALUE": frozenset({"LANG_REF", "DESCRIPTION"}),
    "EXTERNAL_REF": frozenset({"EXT_REF_ID", "TYPE", "VALUE"}),
}
_THINGS = frozenset(
    {"LINGUISTIC_TYPE_ID", "LINGUISTIC_TYPE_REF", "CONTROLLED_VOCABULARY_REF", "CV_ID", "CVE_ID", "CVE_REF"}
)
_IDS = frozenset(
    {"ANNOTATION_ID", "ANNOTATION_REF", "PREVIOUS_ANNOTATION", "TIME_SLOT_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"}
    | {"EXT_REF", "EXT_REF_ID"}
)
"""Names that are referred to: the same everywhere in a file."""
_PATTERNS = {
    "TIME_VALUE": r"[-+0-9.eE]*",
    "TIME_ORIGIN": r"[-+0-9]*",
    "TIME_UNITS": r"[A-Za-z]{1,20}",
    "FORMAT": r"[0-9.]{1,9}",
    "VERSION": r"[0-9.]{1,9}",
    "MIME_TYPE": "|".join(re.escape(name) for name in (*MIME_TYPES.values(), "unknown")),
    "LANGUAGE_CODE": r"[A-Za-z]{2,8}",
    "COUNTRY_CODE": r"[A-Za-z]{0,3}",
    "DEFAULT_LOCALE": r"[A-Za-z]{2,8}",
    "LANG_DEF": r"https?://cdb\.iso\.org/lg/CDB-[-0-9A-Za-z]{1,20}",
    "CONSTRAINTS": r"[A-Za-z_ ]{1,30}",
    "GRAPHIC_REFERENCES": r"true|false",
    "TIME_ALIGNABLE": r"true|false",
    "STEREOTYPE": r"Time_Subdivision|Symbolic_Subdivision|Symbolic_Association|Included_In",
    "TYPE": r"[a-z_0-9]{1,20}",
}
"""What other values may look like; anything else is left out."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z]{2}|[-_]\d{3})?")
"""ISO 639 with a region of ISO 3166 or UN M49, as LANG_IDs are."""
_LEFT_OUT_IDS = ("id", "parent", "previous")
_URN = "urn:nl-mpi-tools-elan-eaf:"
_WORDS_OF_POINTS = frozenset({*get_args(PointKind), *PointState})
_LAST_ID = "lastUsedAnnotationId"


@dataclass(frozen=True)
class Part:
    """What becomes of a tier: its name, and what stands for each of its values."""

    name: str
    value: _Value
    annotator: str | None
    rater: str
    """Whose it is, by the original name."""
    place: tuple[Any, ...]
    """By which the tiers of a file are sorted."""


@dataclass(frozen=True)
class HiddenDocument:
    """A document without names; `ids` says which annotation id became which."""

    document: Document
    ids: Mapping[str, str]


@dataclass(frozen=True)
class Hiding:
    """How the files of a study are put under pseudonyms. `codebooks` say which tiers are coding."""

    names: Names
    codebooks: Sequence[Codebook]
    keep_tiers: Collection[str] = ()
    tier_pattern: TierPattern | None = None
    veiled_pattern: TierPattern | None = None
    """How tiers name their rater afterwards."""

    def document(self, document: Document, named: FileName, *, merged: bool) -> HiddenDocument:
        """The document without names; `named` is what its original name says."""
        root = etree.fromstring(document.to_bytes())
        etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
        # A copy is without what stands before and behind the root.
        root = _only_kept(root)
        _inside(root, document)
        self._head(root, document)
        parts = self.parts(document, named, merged=merged)
        self._tiers(root, document, parts)
        _drop_unused(root)
        self._definitions(root)
        ids: Mapping[str, str] = {}
        if (merged or self.tier_pattern is not None) and not self.names.again:
            _in_order(root, {part.name: part.place for part in parts.values()})
            ids = _numbered_anew(root, self.names.nothing)
        for element in root.iter():
            self._attributes(element)
        return HiddenDocument(Document(root, document.name), ids)

    def left_out(self, item: Mapping[str, Any], part: Part, ids: Mapping[str, str]) -> dict[str, Any]:
        """What merge.json says of an annotation that a merged document could not hold; `ids` are those of now."""
        language = item.get("lang_ref")
        named = {name: item.get(name) for name in _LEFT_OUT_IDS}
        return {
            "tier": part.name,
            **{name: None if old is None else ids.get(old) or self.names.identity(old) for name, old in named.items()},
            **{name: None if item.get(name) is None else _time(item[name]) for name in ("begin", "end")},
            **{name: item.get(name) for name in ("start_ms", "end_ms", "given", "why")},
            "value": part.value(item["value"]),
            "cve_ref": None if item.get("cve_ref") is None else self.names.thing(item["cve_ref"]),
            "ext_ref": None,
            "lang_ref": None if language is None else self._language(language),
            **({"stray": True} if item.get("stray") else {}),
        }

    def points(self, items: Iterable[Mapping[str, Any]], document: Document, session: str) -> list[dict[str, Any]]:
        """What merge.json says of the points of a session (see `merge.dispute`)."""
        known = self._known_codes(document)
        names = self.names

        def code(kind: str, value: str | None) -> str | None:
            if not value:
                return value
            return names.sequence(session, value) if kind == "sequence" else names.code(session, value, known)

        return [
            {
                **{name: item[name] for name in ("kind", "state") if item[name] in _WORDS_OF_POINTS},
                **{name: int(item[name]) for name in ("start_ms", "end_ms")},
                "sequence": names.sequence(session, item["sequence"]),
                "system": names.label(item["system"], "tier", tier=item["tier"]),
                "tier": names.label(item["tier"], "tier", tier=item["tier"]),
                **{
                    name: {
                        names.rater(rater): code(item["kind"], item[name][rater])
                        for rater in sorted(item[name], key=names.rater)
                    }
                    for name in ("codes", "categories")
                },
                "consensus": code(item["kind"], item["consensus"]),
            }
            for item in items
        ]

    def _known_codes(self, document: Document) -> frozenset[str]:
        """What may be said on coding tiers: the codebooks' words, and those of the vocabularies."""
        entries = (entry for vocabulary in document.vocabularies for entry in vocabulary.entries)
        known = {word for entry in entries for word in entry.values.values()}
        return frozenset(known.union(*map(_codes, self.codebooks)))

    def _language(self, name: str) -> str:
        return name if _LANGUAGE.fullmatch(name) else self.names.identity(name)

    def _head(self, root: etree._Element, document: Document) -> None:
        root.set("AUTHOR", "")
        root.set("DATE", f"{self.names.key.made}T00:00:00+00:00")
        root.set(f"{{{XSI}}}noNamespaceSchemaLocation", "http://www.mpi.nl/tools/elan/EAFv3.0.xsd")
        for header in root.iterfind("HEADER"):
            header.set("MEDIA_FILE", "")
        for medium in root.findall("HEADER/MEDIA_DESCRIPTOR"):
            medium.set("MEDIA_URL", self.names.medium(base_name(medium.get("MEDIA_URL", ""))))
            if self.names.again and medium.get("MEDIA_URL", "").startswith(REMOVED):  # linked since the file was made
                _remove(medium)
        for element in root.findall("HEADER/PROPERTY"):
            name, value = element.get("NAME", ""), (element.text or "").strip()
            if name == "URN":
                element.text = f"{_URN}{self.names.key.identifier(value)}"
            elif name == CODEBOOK_PROPERTY:
                known = value.partition(" ")[0] in (self.names.codebook.id, *builtin_names())
                if not (known and re.fullmatch(r"[-\w]+ [.\d]{1,9}", value)):
                    _remove(element)
            elif not (name == _LAST_ID and value.isdecimal()):
                _remove(element)

    def parts(self, document: Document, named: FileName, *, merged: bool) -> dict[str, Part]:
        """What becomes of every tier that stays, by its original name."""
        found: dict[str, Part] = {}
        own = owners(document, named.rater, pattern=self.tier_pattern, merged=merged)
        places = _places(own)
        for rater, theirs in own.items():
            bases = {tier.id: base for base, tier in theirs.items()}
            for codebook in self.codebooks:
                for place in locate(document, theirs, codebook):
                    if place.tier is not None and place.tier.id not in found:
                        base = bases[place.tier.id]
                        value = self._coded(document, named.session, rater, place, place.tier)
                        found[place.tier.id] = self._part(place.tier, base, rater, value, places, merged)
            for base, tier in theirs.items():
                if tier.id not in found and {base, tier.id} & set(self.keep_tiers):
                    found[tier.id] = self._part(tier, base, rater, self._kept(document, tier), places, merged)
        whose = {tier.id: (rater, base) for rater, theirs in own.items() for base, tier in theirs.items()}
        for name in list(found):
            above = document.tier(name)
            while above is not None and above.parent is not None and above.parent not in found:
                above = document.tier(above.parent)
                if above is not None:
                    rater, base = whose.get(above.id, ("", above.id))
                    found[above.id] = self._part(above, base, rater, _removed, places, merged)
        return found

    def _part(self, tier: Tier, base: str, rater: str, value: _Value, places: Mapping[str, int], merged: bool) -> Part:
        names = self.names
        label = shown = names.label(base, "tier", tier=base)
        whole = unicodedata.normalize("NFC", tier.id)
        if merged and "@" in whole:
            shown = f"{label}@{names.rater(rater)}"
        elif not merged and self.veiled_pattern is not None and _names_rater(self.tier_pattern, whole):
            shown = self.veiled_pattern.name_of(label, names.rater(rater))
        annotator = (tier.annotator or "").strip()
        last = (rater in RESERVED_RATERS, natural_key(names.rater(rater)))
        place = (places.get(base, len(places)), natural_key(label), *last)
        return Part(shown, value, names.rater(annotator) if annotator else None, rater, place)

    def _coded(self, document: Document, session: str, rater: str, place: Place, tier: Tier) -> _Value:
        """What stands for the values of a coding tier: codes stay, anything else is removed."""
        names, system = self.names, place.wanted.system
        if {place.wanted.name, tier.id} & set(self.keep_tiers):
            return self._kept(document, tier)
        if rater == DISAGREEMENT:
            known = self._known_codes(document)
            return lambda value: names.dispute(session, value, known)
        if system is None:
            return lambda value: names.sequence(session, value)
        vocabulary = vocabulary_of(document, tier)
        if place.wanted.kind == "rating":
            ratings = RatingValues(system, vocabulary)
            return _readable(lambda value: ratings.read(value, None).category is not None, names, tier, "code")
        values = IntervalValues(system, vocabulary, tier.lang_ref)
        # Without a vocabulary, whatever was written is a code: nobody but a person can tell it from a comment.
        kind = "value" if system.observed else "code"
        return _readable(lambda value: values.read(value, None).category is not None, names, tier, kind)

    def _kept(self, document: Document, tier: Tier) -> _Value:
        return lambda value: self.names.text(value, "value", document.name, tier.id)

    def _tiers(self, root: etree._Element, document: Document, parts: Mapping[str, Part]) -> None:
        for element in root.findall("TIER"):
            part = parts.get(element.get("TIER_ID", ""))
            if part is None:
                root.remove(element)
                continue
            element.set("TIER_ID", part.name)
            parent = element.get("PARENT_REF")
            if parent is not None:
                element.set("PARENT_REF", parts[parent].name if parent in parts else REMOVED)
            for name, value in (("ANNOTATOR", part.annotator), ("PARTICIPANT", self._participant(element))):
                if value:
                    element.set(name, value)
                else:
                    set_attribute(element, name, None)
            value_of = cache(part.value)
            for said in element.iter("ANNOTATION_VALUE"):
                text = "".join(map(str, said.itertext()))
                for child in list(said):
                    said.remove(child)
                said.text = value_of(text)

    def _participant(self, tier: etree._Element) -> str:
        return self.names.participant((tier.get("PARTICIPANT") or "").strip())

    def _definitions(self, root: etree._Element) -> None:
        names = self.names
        for element in root.iter("CVE_VALUE", "CV_ENTRY"):
            element.text = names.entry(element.text or "", is_code=self._is_code(element))
        for element in root.iter("DESCRIPTION"):
            element.text = self._described(element.text or "")
        for element in root.iterfind("EXTERNAL_REF"):
            element.set("VALUE", names.thing(base_name(element.get("VALUE", ""))))
        for element in root.iter("CVE_VALUE", "CV_ENTRY", "CONTROLLED_VOCABULARY"):
            if element.get("DESCRIPTION"):
                element.set("DESCRIPTION", self._described(element.get("DESCRIPTION", "")))

    def _is_code(self, element: etree._Element) -> bool:
        """Whether an entry, by its id or one of its texts, is a category."""
        entry = element.getparent() if element.tag == "CVE_VALUE" else element
        texts = [] if entry is None else [str(text) for text in entry.itertext()]
        systems = [system for codebook in self.codebooks for system in codebook.systems]
        identity = "" if entry is None else entry.get("CVE_ID", "")
        return any(system.category(identity) is not None or any(map(system.category_of, texts)) for system in systems)

    def _described(self, text: str) -> str:
        if self.names.is_of_codebook(text):
            return text
        return self.names.text(text, "description") if self.names.codebook.extracted else ""

    def _attributes(self, element: etree._Element) -> None:
        for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
            if name in _THINGS:
                element.set(name, self.names.thing(value))
            elif name in ("LANG_ID", "LANG_REF"):
                element.set(name, self._language(value))
            elif name in _IDS:
                element.set(name, self.names.identity(value))
            elif name in _PATTERNS and re.fullmatch(_PATTERNS[name], value) is None:
                if name == "TIME_VALUE":
                    element.set(name, _time(value))
                else:
                    del element.attrib[name]
        if element.tag == "LANGUAGE":
            set_attribute(element, "LANG_LABEL", element.get("LANG_ID"))
        if element.tag == "CONSTRAINT":
            kind = next((item for item in Constraint if item.value == element.get("STEREOTYPE")), None)
            element.set("DESCRIPTION", "" if kind is None else kind.description)


def _places(own: Mapping[str, Mapping[str, Tier]]) -> dict[str, int]:
    """Where tiers stand in a file, by their names without the rater: as early as any rater has them.

    Where all raters have the same tiers in one order it is that one; it never depends on the order of the raters.
    """
    found: dict[str, int] = {}
    raters = [theirs for rater, theirs in own.items() if rater not in RESERVED_RATERS]
    for theirs in raters or own.values():
        for place, base in enumerate(theirs):
            found[base] = min(place, found.get(base, place))
    return found


def _in_order(root: etree._Element, places: Mapping[str, tuple[Any, ...]]) -> None:
    """Sort the tiers by `places`, time slots by time and first use, types and vocabularies by first use."""
    tiers = sorted(root.findall("TIER"), key=lambda tier: places[tier.get("TIER_ID", "")])
    _rearrange(root.findall("TIER"), tiers)
    used: dict[str, int] = {}
    for element in (item for tier in tiers for item in tier.iter("ALIGNABLE_ANNOTATION")):
        for key in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
            used.setdefault(element.get(key, ""), len(used))
    order = root.find("TIME_ORDER")
    slots = [] if order is None else list(order)
    groups: list[list[etree._Element]] = []
    for slot in slots:
        if slot.get("TIME_VALUE") is None and groups:  # its place is behind the one before it
            groups[-1].append(slot)
        else:
            groups.append([slot])
    if all((group[0].get("TIME_VALUE") or "").isdecimal() for group in groups):
        groups.sort(key=lambda group: (int(group[0].get("TIME_VALUE", "")), _first(group, used)))
    _rearrange(slots, [slot for group in groups for slot in group])
    kinds = list(dict.fromkeys(tier.get("LINGUISTIC_TYPE_REF") for tier in tiers))
    types = sorted(root.findall("LINGUISTIC_TYPE"), key=lambda kind: kinds.index(kind.get("LINGUISTIC_TYPE_ID")))
    _rearrange(root.findall("LINGUISTIC_TYPE"), types)
    named = list(dict.fromkeys(kind.get("CONTROLLED_VOCABULARY_REF") for kind in types))
    found = root.findall("CONTROLLED_VOCABULARY")
    _rearrange(found, sorted(found, key=lambda vocabulary: named.index(vocabulary.get("CV_ID"))))


def _first(slots: Sequence[etree._Element], used: Mapping[str, int]) -> int:
    return used.get(slots[0].get("TIME_SLOT_ID", ""), -1)


def _rearrange(there: Sequence[etree._Element], wanted: Sequence[etree._Element]) -> None:
    """Put the elements, which have one parent, one behind the other in the order `wanted`."""
    parent = there[0].getparent() if there else None
    if parent is not None:
        at = parent.index(there[0])
        for element in there:
            parent.remove(element)
        for place, element in enumerate(wanted):
            parent.insert(at + place, element)


def _numbered_anew(root: etree._Element, nothing: Callable[[str, int], str]) -> dict[str, str]:
    """Number annotations and time slots as they stand; old annotation id -> new one."""
    ids: dict[str, str] = {}
    for element in root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
        ids.setdefault(element.get("ANNOTATION_ID", ""), f"a{len(ids) + 1}")
    slots: dict[str, str] = {}
    for element in root.iter("TIME_SLOT"):
        slots.setdefault(element.get("TIME_SLOT_ID", ""), f"ts{len(slots) + 1}")
    for element in root.iter("ALIGNABLE_ANNOTATION", "REF_ANNOTATION", "TIME_SLOT"):
        for name in ("ANNOTATION_ID", "ANNOTATION_REF", "PREVIOUS_ANNOTATION"):
            if (old := element.get(name)) is not None:
                element.set(name, ids.get(old) or nothing(old, 12))
        for name in ("TIME_SLOT_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"):
            if (old := element.get(name)) is not None:
                element.set(name, slots.get(old) or nothing(old, 12))
    for element in root.findall("HEADER/PROPERTY"):
        if element.get("NAME") == _LAST_ID:
            element.text = str(len(ids))
    return ids


def _time(value: str) -> str:
    """A time that is none stays one, whatever it says."""
    return value if re.fullmatch(_PATTERNS["TIME_VALUE"], value) else "?"


def _names_rater(pattern: TierPattern | None, tier: str) -> bool:
    return pattern is not None and pattern.match(tier) is not None


def _removed(value: str) -> str:
    return REMOVED if value.strip() else ""


def _readable(known: Callable[[str], bool], names: Names, tier: Tier, kind: str) -> _Value:
    def value(text: str) -> str:
        return names.label(text, kind, tier=tier.id) if text.strip() and known(text) else _removed(text)

    return value


def _codes(codebook: Codebook) -> set[str]:
    return {
        text
        for system in codebook.systems
        for category in system.categories
        for text in (category.id, *category.labels.values(), *category.texts)
    }


def _only_kept(root: etree._Element) -> etree._Element:
    """The tree with the elements and attributes of `_KEPT` only."""
    for element in list(root.iter()):
        wanted = _KEPT.get(element.tag) if isinstance(element.tag, str) else None
        if wanted is None and element is not root:
            _remove(element)
            continue
        for name in list(element.attrib):
            if name not in (wanted or ()):
                del element.attrib[name]
        element.tail = None
        if len(element):
            element.text = None
    kept = etree.Element(root.tag, nsmap={"xsi": XSI})
    kept.attrib.update(root.attrib)
    kept.extend(list(root))
    etree.cleanup_namespaces(kept, keep_ns_prefixes=["xsi"])
    return kept


def _inside(root: etree._Element, document: Document) -> None:
    """Put the entries that were read out of .ecv files into the document: those files are named after people too."""
    known = {element.get("LANG_ID") for element in root.iterfind("LANGUAGE")}
    for element in root.findall("CONTROLLED_VOCABULARY"):
        vocabulary = document.vocabulary(element.get("CV_ID", ""))
        if vocabulary is None or not vocabulary.entries or any(child.tag != "DESCRIPTION" for child in element):
            continue
        entries = tuple(item for item in vocabulary.entries if item.id and item.values and "" not in item.values)
        root.replace(element, vocabulary_element(replace(vocabulary, entries=entries, ext_ref=None)))
        languages = dict.fromkeys(name for item in entries for name in (*item.values, *item.descriptions))
        for name in (name for name in languages if name not in known):
            known.add(name)
            first = next(item for item in root if item.tag in ("CONSTRAINT", "CONTROLLED_VOCABULARY"))
            first.addprevious(language_element(name, name))


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


_USES = (
    ("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID", "TIER", "LINGUISTIC_TYPE_REF"),
    ("CONTROLLED_VOCABULARY", "CV_ID", "LINGUISTIC_TYPE", "CONTROLLED_VOCABULARY_REF"),
    ("LANGUAGE", "LANG_ID", "*", "LANG_REF"),
    ("EXTERNAL_REF", "EXT_REF_ID", "CONTROLLED_VOCABULARY", "EXT_REF"),
    ("LOCALE", "LANGUAGE_CODE", "TIER", "DEFAULT_LOCALE"),
)
"""What is declared, its id, and who names it by which attribute; what is named later is asked for later."""


def _drop_unused(root: etree._Element) -> None:
    """Types, vocabularies and references that only tiers left out had: their entries may be names."""
    for declared, its_id, user, reference in _USES:
        used = {element.get(reference) for element in root.iter(user)}
        for element in root.findall(declared):
            if element.get(its_id) not in used:
                root.remove(element)
