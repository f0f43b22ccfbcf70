"""Several documents -> one, nothing lost: tiers, annotations, and everything they refer to.

What is merged how
------------------
- Every tier keeps all it has; its name becomes `TIER@RATER`, its parent likewise. Tiers of one name stand together.
- Annotation ids stay where they are free and are renumbered where they are not (`Assembly.renamed` says which). Time
  slots are numbered anew. A reference to something that is not in its file stays one to something that is not there.
- Time slots without a time keep their place behind the slot before them in their own file.
- Types, vocabularies, languages: see `definitions` and `vocabularies`. Media, licences, properties: see `header`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import ne

from lxml import etree

from elancry.eaf import Document, TierType, VocabularyEntry, new_document
from elancry.eaf.elements import make
from elancry.findings import Finding
from elancry.merge.definitions import Definitions
from elancry.merge.header import Header
from elancry.merge.parts import Ids, Part, copied, translate
from elancry.merge.slots import Slots, slots_of, times_of

_AND = "; "
_UNNAMED = "unnamed"
"""What a tier without a name is called."""
_ANNOTATIONS = ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")
_get = etree._Element.get
_set = etree._Element.set


@dataclass(frozen=True)
class _Maps:
    """Old name -> name in the merged file, for one part."""

    ids: dict[str, str]
    slots: dict[str, str]
    external: Mapping[str, str]
    types: Mapping[str, str]
    on_tier: dict[str, dict[str, str]] = field(default_factory=dict)
    """Old name of a tier -> the ids on it."""
    repeated: dict[str, list[str]] = field(default_factory=dict)
    """Old ids that several annotations have -> all their new ones."""


class Assembly:
    """A merged document while it grows: made of parts, given tiers of its own, then asked for the `document`."""

    def __init__(self, parts: Iterable[Part]) -> None:
        taken = list(parts)
        documents = [part.document for part in taken]
        # A merged file that is taken up again has the authors of all.
        authors = dict.fromkeys(name for document in documents for name in document.author.split(_AND) if name)
        dates = sorted(document.date for document in documents if document.date)
        self.renamed: dict[str, dict[str, str | list[str]]] = {}
        """File name -> old annotation id -> new one, where it changed; all new ones where several had the old one."""
        self._root = etree.fromstring(
            new_document(author=_AND.join(authors), date=dates[-1] if dates else None).to_bytes()
        )
        for locale in self._root.findall("LOCALE"):
            self._root.remove(locale)
        self._ids = Ids(
            [part.document for part in taken if not part.carried],
            carried=[part.document for part in taken if part.carried],
        )
        for constraint in self._root.findall("CONSTRAINT"):
            self._ids.reserve(constraint.get("STEREOTYPE", ""))
        self._definitions = Definitions(self._ids)
        self._header = Header()
        self._slots = Slots()
        self._groups: dict[str, list[etree._Element]] = {}
        self._links: list[etree._Element] = []
        self._type_names: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        self._names: dict[tuple[str, str], tuple[str, str]] = {}
        self.raters_tiers: set[str] = set()
        """The tiers that are raters', by their names in the merged file."""
        # Definitions first: their ids are few and meant to be read, those of annotations may change.
        names = [self._definitions.take(part) for part in taken]
        for part, own in zip(taken, names, strict=True):
            self._header.take(part)
            self._take_tiers(part, own.types, own.external, own.vocabularies)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Conflicts between the parts."""
        return self._definitions.findings

    def merged_name(self, tier_id: str, rater: str) -> tuple[str, str] | None:
        """(name without rater, name in the merged file) of a rater's tier; `None` if it was not merged."""
        return self._names.get((tier_id, rater))

    def type_of(self, tier_id: str) -> TierType | None:
        """The type of a tier of the merged file."""
        kind = self._type_names.get(tier_id)
        return None if kind is None else self._definitions.types.get(kind)

    def language_of(self, tier_id: str) -> str | None:
        """The LANG_REF of a rater's tier, by its name in the merged file."""
        return self._languages.get(tier_id)

    def entry_of(self, type_id: str, texts: Iterable[str]) -> VocabularyEntry | None:
        """The vocabulary entry of a type that has one of `texts` as id or value."""
        return self._definitions.entry_of(type_id, texts)

    def set_property(self, name: str, value: str) -> None:
        """Add a HEADER property."""
        self._header.set_property(name, value)

    def add_tier(self, base: str, tier_id: str, kind: TierType, **attributes: str | None) -> etree._Element:
        """Add an empty tier behind the tiers of `base`; its element is for `add_span` and `add_reference`."""
        self._definitions.add_type(kind)
        tier = make("TIER", {"TIER_ID": tier_id, "LINGUISTIC_TYPE_REF": kind.id, **attributes})
        self._groups.setdefault(base, []).append(tier)
        self._type_names.setdefault(tier_id, kind.id)
        return tier

    def add_span(self, tier: etree._Element, start_ms: int, end_ms: int, value: str, cve: str | None = None) -> str:
        """Add an annotation with times; returns its id."""
        attributes = {
            "ANNOTATION_ID": self._ids.annotation(),
            "CVE_REF": cve,
            "TIME_SLOT_REF1": self._slot(start_ms),
            "TIME_SLOT_REF2": self._slot(end_ms),
        }
        return _append(tier, make("ALIGNABLE_ANNOTATION", attributes), value)

    def add_reference(self, tier: etree._Element, parent: str, value: str, cve: str | None = None) -> str:
        """Add an annotation that belongs to the annotation `parent`; returns its id."""
        attributes = {"ANNOTATION_ID": self._ids.annotation(), "ANNOTATION_REF": parent, "CVE_REF": cve}
        return _append(tier, make("REF_ANNOTATION", attributes), value)

    def document(self, name: str) -> Document:
        """The merged document; the assembly is used up."""
        root = self._root
        self.set_property("lastUsedAnnotationId", str(self._ids.last_number))
        self._header.fill(root)
        order = root.find("TIME_ORDER")
        constraints = root.findall("CONSTRAINT")
        if order is None or not constraints:
            raise AssertionError("a blank document has a TIME_ORDER and constraints")
        slots = self._slots.time_order()
        root.replace(order, slots)
        tiers = [tier for tiers in self._groups.values() for tier in tiers]
        _insert_behind(slots, [*tiers, *self._definitions.before_constraints()])
        definitions = self._definitions
        _insert_behind(constraints[-1], [*definitions.vocabularies_and_lexica(), *self._links, *definitions.external()])
        _lay_out(root)
        return Document(root, name)

    def _take_tiers(
        self, part: Part, types: Mapping[str, str], external: Mapping[str, str], cvs: Mapping[str, str]
    ) -> None:
        maps = _Maps(dict(part.elsewhere), self._take_slots(part), external, types)
        taken: list[tuple[etree._Element, str]] = []
        for tier in part.root.iterchildren("TIER"):
            names = part.tiers.get(tier.get("TIER_ID", ""))
            if names is None and tier.get("TIER_ID") is None and not part.carried:
                names = (_UNNAMED, f"{_UNNAMED}@{part.rater}")
            if names is not None:
                for rater in part.raters:
                    self._names[tier.get("TIER_ID", ""), rater] = names
                result = copied(tier)
                self._groups.setdefault(names[0], []).append(result)
                self._take_annotations(result, maps)
                taken.append((result, names[1]))
                if not part.carried:
                    self.raters_tiers.add(names[1])
        for result, name in taken:
            self._rewrite(result, name, part, maps)
        self._take_links(part, maps, cvs)
        changed: dict[str, str | list[str]] = {
            old: maps.repeated.get(old, new)
            for old, new in maps.ids.items()
            if (old != new or old in maps.repeated) and old not in part.elsewhere
        }
        if changed:
            self.renamed[part.name] = changed

    def _take_slots(self, part: Part) -> dict[str, str]:
        old, texts = slots_of(part.root)
        times, values = times_of(texts, part.shift_ms)
        new = self._ids.slots(len(old))
        self._slots.add(new, times, values)
        if len(set(old)) == len(old):
            return dict(zip(old, new, strict=True))
        names: dict[str, str] = {}
        for wanted, name in zip(old, new, strict=True):
            names.setdefault(wanted, name)
        return names

    def _take_annotations(self, tier: etree._Element, maps: _Maps) -> None:
        """Give every annotation an id that is free and its slots, also one without an id.

        Of several equal ids, references mean the one on the parent tier, else the first.

        Column by column: a file has ten thousands of annotations, and a step in Python for each costs more than XML.
        """
        elements = list(tier.iter(*_ANNOTATIONS))
        named = elements
        old: list[str | None] = list(map(_get, elements, repeat("ANNOTATION_ID")))
        if None in old:
            named = [element for element, name in zip(elements, old, strict=True) if name is not None]
            for element, name in zip(elements, old, strict=True):
                if name is None:
                    element.set("ANNOTATION_ID", self._ids.annotation())
        known = [name for name in old if name is not None]
        new = self._ids.annotations(known)
        of_tier = maps.on_tier.setdefault(tier.get("TIER_ID", ""), {})
        for name, now in zip(known, new, strict=True):
            if maps.ids.setdefault(name, now) != now:
                maps.repeated.setdefault(name, [maps.ids[name]]).append(now)
        of_tier.update(reversed(list(zip(known, new, strict=True))))
        _set_all(named, "ANNOTATION_ID", known, new)
        for key in ("TIME_SLOT_REF1", "TIME_SLOT_REF2"):
            slots: list[str | None] = list(map(_get, elements, repeat(key)))
            aligned = elements
            if None in slots:
                aligned = [element for element, name in zip(elements, slots, strict=True) if name is not None]
            wanted = [name for name in slots if name is not None]
            for name in set(wanted).difference(maps.slots):
                maps.slots[name] = self._ids.slot()
            _set_all(aligned, key, wanted, list(map(maps.slots.__getitem__, wanted)))
        if maps.external:
            for element in elements:
                translate(element, "EXT_REF", maps.external)

    def _rewrite(self, tier: etree._Element, name: str, part: Part, maps: _Maps) -> None:
        """The tier's own attributes, and references between annotations, whose new ids are all known now."""
        old_name = tier.get("TIER_ID", "")
        tier.set("TIER_ID", name)
        parent = tier.get("PARENT_REF")
        if parent is not None and parent in part.tiers:
            tier.set("PARENT_REF", part.tiers[parent][1])
        kind = tier.get("LINGUISTIC_TYPE_REF", "")
        tier.set("LINGUISTIC_TYPE_REF", maps.types.get(kind, kind))
        self._type_names.setdefault(name, maps.types.get(kind, kind))
        if (language := tier.get("LANG_REF")) is not None:
            self._languages.setdefault(name, language)
        if not (tier.get("ANNOTATOR") or "").strip() and old_name in part.annotators:
            tier.set("ANNOTATOR", part.annotators[old_name])
        translate(tier, "EXT_REF", maps.external)
        ids = maps.ids
        if maps.repeated:
            above, here = maps.on_tier.get(parent or "", {}), maps.on_tier.get(old_name, {})
            self._refer(tier, {name: above[name] for name in maps.repeated.keys() & set(above)}, "ANNOTATION_REF", ids)
            self._refer(
                tier, {name: here[name] for name in maps.repeated.keys() & set(here)}, "PREVIOUS_ANNOTATION", ids
            )
            return
        for element in tier.iter("REF_ANNOTATION"):
            for key in ("ANNOTATION_REF", "PREVIOUS_ANNOTATION"):
                old = element.get(key)
                if old is not None:
                    element.set(key, ids.get(old) or ids.setdefault(old, self._ids.annotation()))

    def _refer(self, tier: etree._Element, near: Mapping[str, str], key: str, ids: dict[str, str]) -> None:
        """Translate a reference: by the ids of the tier that it should lead to, else by those of the file."""
        for element in tier.iter("REF_ANNOTATION"):
            old = element.get(key)
            if old is not None:
                element.set(key, near.get(old) or ids.get(old) or ids.setdefault(old, self._ids.annotation()))

    def _take_links(self, part: Part, maps: _Maps, vocabularies: Mapping[str, str]) -> None:
        sets = [copied(element) for element in part.root.iterchildren("REF_LINK_SET")]
        inside = [item for links in sets for item in links.iter(etree.Element)]
        names = dict(maps.ids)
        for element in inside:
            for key in ("LINK_SET_ID", "REF_LINK_ID"):
                old = element.get(key)
                if old is not None:
                    names[old] = self._ids.free(old, f"{old}_")
                    element.set(key, names[old])
        for element in inside:
            for key in ("REF1", "REF2", "REFS"):
                translate(element, key, names)
            translate(element, "EXT_REF", maps.external)
            translate(element, "CV_REF", vocabularies)
        self._links += sets

    def _slot(self, ms: int) -> str:
        name = self._ids.slot()
        self._slots.add([name], [ms], [str(ms)])
        return name


def _set_all(elements: Sequence[etree._Element], key: str, old: Sequence[str], new: Sequence[str]) -> None:
    """Set an attribute of every element from its old to its new value."""
    if all(map(ne, old, new)):
        deque(map(_set, elements, repeat(key), new), maxlen=0)
        return
    for element, before, now in zip(elements, old, new, strict=True):
        if now != before:
            element.set(key, now)


def _append(tier: etree._Element, annotation: etree._Element, value: str) -> str:
    annotation.append(make("ANNOTATION_VALUE", {}, value))
    etree.SubElement(tier, "ANNOTATION").append(annotation)
    return annotation.get("ANNOTATION_ID", "")


def _lay_out(root: etree._Element) -> None:
    """Line breaks where elements were put together; tiers that were copied are left as they are."""
    root.text = "\n    "
    for child in root:
        child.tail = "\n    "
        if isinstance(child.tag, str) and child.tag != "TIME_ORDER" and (child.tag != "TIER" or child.text is None):
            etree.indent(child, "    ", level=1)
    root[-1].tail = "\n"


def _insert_behind(element: etree._Element, others: Iterable[etree._Element]) -> None:
    for other in others:
        element.addnext(other)
        element = other
