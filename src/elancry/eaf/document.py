"""A document: one EAF file in memory, complete and unchangeable.

It keeps the whole XML tree, so that whatever elancry does not understand is written back as it was. Everything it
tells about the content is read from that tree; of the annotations only times stay in memory, as arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from lxml import etree

from elancry.eaf.columns import AnnotationReader, Rows, many_elements
from elancry.eaf.edit.editor import TreeEditor
from elancry.eaf.hierarchy import Hierarchy
from elancry.eaf.parts import Annotation, Constraint, Media, Tier, TierType, Vocabulary
from elancry.eaf.slots import Slots, read_slots
from elancry.eaf.times import Given, Times, resolve
from elancry.eaf.views import languages_view, media_view, text_of, tier_view, type_view, vocabulary_view
from elancry.eaf.xml import parse_xml, serialise
from elancry.findings import Finding
from elancry.texts import text

if TYPE_CHECKING:
    import pandas as pd

EAF_ROOT, EAF_KIND = "ANNOTATION_DOCUMENT", text("eaf.kind-annotations")
"""The tag of the root element, and what messages call such a file."""


class Document:
    """An EAF document (or a template). Made by `read_eaf`, `parse_eaf`, `new_document` or `Editor.document`.

    It never changes: `edit()` gives an editor that works on a copy. Documents can be pickled and sent to other
    processes.
    """

    def __init__(
        self,
        root: etree._Element,
        name: str = "",
        external: Mapping[str, Vocabulary] = MappingProxyType({}),
        sha256: str = "",
    ) -> None:
        """`root` is the ANNOTATION_DOCUMENT element; nobody else may change it. `name` is what findings call it.

        `external` maps names of vocabularies to what an .ecv file holds of them (see `ecv.with_external`); where the
        file itself has no entries, they count as the vocabulary's. They are never written. `sha256` is that of the file
        it was read from.
        """
        self._root = root
        self.name = name
        self.sha256 = sha256
        self._external = external

    def __reduce__(self) -> tuple[Callable[..., Document], tuple[bytes, str, dict[str, Vocabulary], str]]:
        return _restored, (self.to_bytes(), self.name, dict(self._external), self.sha256)

    def __repr__(self) -> str:
        return f"<Document {self.name!r}: {len(self.tiers)} tiers, {sum(self._tier_sizes)} annotations>"

    def _repr_html_(self) -> str:
        from elancry.html_tables import html_table

        rows = [
            (tier.id, tier.type_id, tier.parent, tier.participant, tier.annotator, self._size_of(tier.id))
            for tier in self.tiers
        ]
        return html_table(
            ("tier", "type", "parent", "participant", "annotator", "annotations"), rows, caption=repr(self)
        )

    def changed(self, root: etree._Element, name: str | None = None) -> Self:
        """A document with another tree, and perhaps another name, which knows the same external vocabularies."""
        return type(self)(root, self.name if name is None else name, self._external)

    @property
    def root(self) -> etree._Element:
        """The ANNOTATION_DOCUMENT element, for what a document has no words for: to be looked at, never changed."""
        return self._root

    # What the file says of itself

    @property
    def format_version(self) -> str:
        """The FORMAT, else the VERSION, of the file, such as `3.0`; `""` where neither is given."""
        return self._root.get("FORMAT") or self._root.get("VERSION") or ""

    @property
    def author(self) -> str:
        """AUTHOR, `""` where missing."""
        return self._root.get("AUTHOR", "")

    @property
    def date(self) -> str:
        """DATE as it stands in the file, `""` where missing."""
        return self._root.get("DATE", "")

    @cached_property
    def media(self) -> tuple[Media, ...]:
        """The linked media files, in the file's order; the first is the one times refer to."""
        return tuple(media_view(element) for element in self._root.iterfind("HEADER/MEDIA_DESCRIPTOR"))

    @cached_property
    def properties(self) -> tuple[tuple[str, str], ...]:
        """The HEADER's properties as (name, text); a name can occur several times."""
        return tuple((e.get("NAME", ""), text_of(e)) for e in self._root.iterfind("HEADER/PROPERTY"))

    def header_property(self, name: str) -> str | None:
        """The text of the first HEADER property of that name, `None` if there is none."""
        return next((text for key, text in self.properties if key == name), None)

    @cached_property
    def languages(self) -> Mapping[str, str]:
        """Content languages: id -> label."""
        return languages_view(self._languages)

    @cached_property
    def language_definitions(self) -> Mapping[str, str]:
        """Content languages: id -> LANG_DEF, the URL that says which one is meant; `""` where the file gives none."""
        return MappingProxyType({e.get("LANG_ID", ""): e.get("LANG_DEF", "") for e in self._languages})

    @property
    def _languages(self) -> Iterable[etree._Element]:
        return self._root.iterchildren("LANGUAGE")

    @cached_property
    def external_refs(self) -> Mapping[str, tuple[str, str]]:
        """EXTERNAL_REF elements: id -> (type, value), the type one of `ecv`, `iso12620`, `resource_url`, ..."""
        return MappingProxyType(
            {
                e.get("EXT_REF_ID", ""): (e.get("TYPE", ""), e.get("VALUE", ""))
                for e in self._root.iterchildren("EXTERNAL_REF")
            }
        )

    # Tiers, types, vocabularies

    @cached_property
    def tiers(self) -> tuple[Tier, ...]:
        """All tiers with a name, in the file's order; of tiers of one name, the first."""
        return tuple(self._tier_by_id.values())

    def tier(self, tier_id: str) -> Tier | None:
        """The tier of that name, `None` if there is none."""
        return self._tier_by_id.get(tier_id)

    def children(self, tier_id: str) -> tuple[Tier, ...]:
        """The tiers directly under `tier_id`, in the file's order."""
        return tuple(tier for tier in self.tiers if tier.parent == tier_id)

    @cached_property
    def types(self) -> tuple[TierType, ...]:
        """The linguistic types, in the file's order; of types of one name, the first."""
        return tuple(self._type_by_id.values())

    def type_of(self, tier_id: str) -> TierType | None:
        """The linguistic type of a tier, `None` if the tier or its type is not in the file."""
        tier = self.tier(tier_id)
        return None if tier is None else self._type_by_id.get(tier.type_id)

    @cached_property
    def vocabularies(self) -> tuple[Vocabulary, ...]:
        """The controlled vocabularies, in the file's order; of vocabularies of one name, the first."""
        return tuple(self._vocabulary_by_id.values())

    def vocabulary(self, vocabulary_id: str) -> Vocabulary | None:
        """The vocabulary of that name, `None` if there is none."""
        return self._vocabulary_by_id.get(vocabulary_id)

    # Annotations

    def annotations(self, tier_id: str) -> tuple[Annotation, ...]:
        """The annotations of a tier in the file's order, all times resolved; empty for an unknown tier.

        Times are ms from the start of the first medium's annotation time; see `time_in_medium` for TIME_ORIGIN.
        """
        found: list[Annotation] = []
        for number, low in self._tier_places.get(tier_id, ()):
            times = self._times
            reader = AnnotationReader([self._tier_elements[number]])
            rows, values = reader.rows(), reader.values()
            span = slice(low, low + len(rows))
            found += [
                Annotation(name or "", tier_id, value, start, end, aligned, cve, ext, lang, parent, previous)
                for name, value, start, end, aligned, cve, ext, lang, parent, previous in zip(
                    rows.ids,
                    values,
                    times.start_ms[span].tolist(),
                    times.end_ms[span].tolist(),
                    times.aligned[span].tolist(),
                    rows.cve_ref,
                    rows.ext_ref,
                    rows.lang_ref,
                    rows.parent,
                    rows.previous,
                    strict=True,
                )
            ]
        return tuple(found)

    def damaged_times(self, tier_id: str) -> dict[int, Given]:
        """Place in `annotations(tier_id)` -> begin and end as far as the file gives them, where times are damaged."""
        damaged = self._times.damaged
        if not damaged:
            return {}
        found: dict[int, Given] = {}
        before = 0
        for number, low in self._tier_places.get(tier_id, ()):
            size = self._tier_sizes[number]
            found |= {before + row - low: given for row, given in damaged.items() if low <= row < low + size}
            before += size
        return found

    def to_frame(self) -> pd.DataFrame:
        """All annotations of all tiers as a pandas DataFrame, one row each, in the file's order.

        Columns: tier, annotation_id, start_ms, end_ms (int64), value, aligned (bool), parent, previous, cve_ref,
        ext_ref, lang_ref. Texts that the file does not give are missing values; an empty value is `""`.
        """
        from elancry.eaf.frame import annotation_frame

        rows, values, times = self._everything()
        names = [element.get("TIER_ID", "") for element in self._tier_elements]
        return annotation_frame(names, rows, values, times)

    def time_in_medium(self, ms: int, medium: int = 0) -> int:
        """Where the annotation time `ms` lies in the file of the `medium`-th media (its TIME_ORIGIN added), in ms."""
        return ms + (self.media[medium].time_origin_ms or 0)

    # Problems, editing, writing

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the structure of the file (codes `eaf-...`), in the file's order by kind."""
        from elancry.eaf.structure import structure_findings

        with many_elements():
            rows = AnnotationReader(self._tier_elements).rows()
        times, slots = self._resolved(rows)
        return structure_findings(self._root, self.name, self._hierarchy, rows, slots, times)

    def edit(self) -> Editor:
        """An editor on a copy of this document."""
        return Editor(self)

    def to_bytes(self) -> bytes:
        """The file: UTF-8 with an XML declaration, everything that was read included."""
        return serialise(self._root)

    # Inside

    @cached_property
    def _tier_elements(self) -> list[etree._Element]:
        return list(self._root.iterchildren("TIER"))

    @cached_property
    def _tier_sizes(self) -> list[int]:
        return [int(size) for size in self._times_and_sizes[1]]

    def _size_of(self, tier_id: str) -> int:
        return sum(self._tier_sizes[number] for number, _ in self._tier_places.get(tier_id, ()))

    @cached_property
    def _tier_places(self) -> dict[str, list[tuple[int, int]]]:
        """Tier name -> (number of the element, annotations before it) of each element of that name with annotations."""
        places: dict[str, list[tuple[int, int]]] = {}
        before = 0
        for number, (element, size) in enumerate(zip(self._tier_elements, self._tier_sizes, strict=True)):
            name = element.get("TIER_ID")
            if name is not None and size:
                places.setdefault(name, []).append((number, before))
            before += size
        return places

    @cached_property
    def _tier_by_id(self) -> dict[str, Tier]:
        return _first_by_id(tier_view(e) for e in self._tier_elements if e.get("TIER_ID") is not None)

    @cached_property
    def _type_by_id(self) -> dict[str, TierType]:
        return _first_by_id(type_view(e) for e in self._root.iterchildren("LINGUISTIC_TYPE"))

    @cached_property
    def _vocabulary_by_id(self) -> dict[str, Vocabulary]:
        found = _first_by_id(vocabulary_view(e) for e in self._root.iterchildren("CONTROLLED_VOCABULARY"))
        for name, outside in self._external.items():
            own = found.get(name)
            if own is not None and not own.entries:
                descriptions = {**outside.descriptions, **own.descriptions}
                found[name] = replace(own, entries=outside.entries, descriptions=descriptions)
        return found

    @cached_property
    def _hierarchy(self) -> Hierarchy:
        return Hierarchy([tier_view(element) for element in self._tier_elements], self._type_by_id)

    @property
    def _times(self) -> Times:
        return self._times_and_sizes[0]

    @cached_property
    def _times_and_sizes(self) -> tuple[Times, Any]:
        with many_elements():
            rows = AnnotationReader(self._tier_elements).rows()
        return self._resolved(rows)[0], rows.tier_sizes

    def _resolved(self, rows: Rows) -> tuple[Times, Slots]:
        slots = read_slots(self._root)
        subdivided = [
            kind is not None and kind.constraint is Constraint.SYMBOLIC_SUBDIVISION for kind in self._hierarchy.types
        ]
        return resolve(rows, slots, self._hierarchy.order, subdivided, self._hierarchy.parents), slots

    def _everything(self) -> tuple[Rows, list[str], Times]:
        with many_elements():
            reader = AnnotationReader(self._tier_elements)
            rows, values = reader.rows(), reader.values()
            del reader
        times = self.__dict__.get("_times_and_sizes")
        if times is None:
            times = self.__dict__["_times_and_sizes"] = (self._resolved(rows)[0], rows.tier_sizes)
        return rows, values, times[0]


Editor = TreeEditor[Document]
"""The editor of a document; see `elancry.eaf.edit.editor`."""


def _restored(data: bytes, name: str, external: Mapping[str, Vocabulary], sha256: str) -> Document:
    return Document(parse_xml(data, name, EAF_ROOT, EAF_KIND), name, external, sha256)


_Part = TypeVar("_Part", Tier, TierType, Vocabulary)


def _first_by_id(parts: Iterable[_Part]) -> dict[str, _Part]:
    found: dict[str, _Part] = {}
    for part in parts:
        found.setdefault(part.id, part)
    return found
