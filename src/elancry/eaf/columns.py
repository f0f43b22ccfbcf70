"""All annotations of a document, or of one tier, as columns: the one way from XML to annotations.

libxml2 finds the annotations of a tier in one query, several times faster than a walk through the tree; each attribute
is then one pass over what was found. Rows are in file order.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

ALIGNED = "ALIGNABLE_ANNOTATION"
REFERENCE = "REF_ANNOTATION"

_KINDS = {ALIGNED, REFERENCE}
_FEW = 8

Texts = Sequence[str | None]

_names_of = etree._Element.keys
_ATTRIBUTES = (
    "ANNOTATION_ID",
    "TIME_SLOT_REF1",
    "TIME_SLOT_REF2",
    "CVE_REF",
    "EXT_REF",
    "LANG_REF",
    "ANNOTATION_REF",
    "PREVIOUS_ANNOTATION",
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of N annotations in file order; what the file does not give is `None`.

    `is_reference` (N,) bool; `tier_sizes` (T,) holds the number of rows of each TIER element, in document order. The
    first columns name annotations and place them in time; `cve_ref`, `ext_ref` and `lang_ref` are further references.
    """

    tier_sizes: NDArray[np.int64]
    is_reference: NDArray[np.bool_]
    ids: Texts
    slot1: Texts
    slot2: Texts
    parent: Texts
    previous: Texts
    cve_ref: Texts
    ext_ref: Texts
    lang_ref: Texts

    def __len__(self) -> int:
        return len(self.ids)


def read_rows(tiers: Iterable[etree._Element], values: list[str] | None = None) -> Rows:
    """All annotations of TIER elements, which are given in document order.

    What the annotations say is appended to `values`, if that is given.
    """
    sizes: list[int] = []
    kinds: list[bool] = []
    lengths: list[int] = []
    columns: dict[str, list[str | None]] = {name: [] for name in _ATTRIBUTES}
    for tier in tiers:  # one after the other, so that few elements live at a time
        elements, tags, in_place = _annotations_of(tier)
        sizes.append(len(elements))
        # Stretches of one kind; a sound tier is one stretch.
        for is_reference, length in [(REFERENCE in tags, len(elements))] if len(set(tags)) == 1 else _each(tags):
            kinds.append(is_reference)
            lengths.append(length)
        found = _attributes_of(tier, elements, in_place)
        for name, column in columns.items():
            column += found[name] if name in found else [None] * len(elements)
        if values is not None:
            values += _values_of(elements)
    return Rows(
        tier_sizes=np.asarray(sizes, np.int64),
        is_reference=np.repeat(np.asarray(kinds, np.bool_), np.asarray(lengths, np.int64)),
        ids=columns["ANNOTATION_ID"],
        slot1=columns["TIME_SLOT_REF1"],
        slot2=columns["TIME_SLOT_REF2"],
        parent=columns["ANNOTATION_REF"],
        previous=columns["PREVIOUS_ANNOTATION"],
        cve_ref=columns["CVE_REF"],
        ext_ref=columns["EXT_REF"],
        lang_ref=columns["LANG_REF"],
    )


def _each(tags: Iterable[str]) -> list[tuple[bool, int]]:
    return [(tag == REFERENCE, 1) for tag in tags]


def _annotations_of(tier: etree._Element) -> tuple[list[etree._Element], list[str], bool]:
    """The annotations of a tier, their tags, and whether each is where it belongs."""
    elements: list[etree._Element] = query("ANNOTATION/*")(tier) if len(tier) else []
    tags = [element.tag for element in elements]
    if _KINDS.issuperset(tags):
        return elements, tags, True
    # Some programs nest ANNOTATION elements; ELAN reads what is inside, at any depth.
    elements = list(tier.iter(ALIGNED, REFERENCE))
    return elements, [element.tag for element in elements], False


def _attributes_of(
    tier: etree._Element, elements: Sequence[etree._Element], in_place: bool
) -> dict[str, list[str | None]]:
    """The attributes that occur, by name."""
    size = len(elements)
    if in_place and size >= 2 * _FEW:
        # A few elements tell the names; a count, much faster than the names of all, tells whether others have more.
        found = _columns(elements, set(chain.from_iterable(map(_names_of, elements[:: size // _FEW]))))
        if sum(size - column.count(None) for column in found.values()) == query("count(ANNOTATION/*/@*)")(tier):
            return found
    return _columns(elements, set(chain.from_iterable(map(_names_of, elements))))


def _columns(elements: Sequence[etree._Element], names: Iterable[str]) -> dict[str, list[str | None]]:
    return {name: column_of(elements, name) for name in names}


def column_of(elements: Sequence[etree._Element], name: str) -> list[str | None]:
    """The attribute `name` of each element."""
    # lxml would encode the name again for each element.
    key: Any = name.encode() if name.isascii() else name
    return list(map(etree._Element.get, elements, repeat(key)))


def _values_of(elements: Sequence[etree._Element]) -> list[str]:
    try:
        return [
            content.text or ""
            if (content := element[0]).tag == "ANNOTATION_VALUE" and not len(content)
            else value_of(element)
            for element in elements
        ]
    except IndexError:  # an annotation without anything in it
        return [value_of(element) for element in elements]


def value_of(annotation: etree._Element) -> str:
    """The text of an annotation element's first ANNOTATION_VALUE, `""` where it has none; comments are no text."""
    value = annotation.find("ANNOTATION_VALUE")
    if value is None:
        return ""
    if len(value):
        return str(query("string()")(value))
    return value.text or ""


@lru_cache(maxsize=256)
def query(expression: str) -> Any:
    """A compiled XPath expression that returns plain text, not text that remembers its element."""
    return etree.XPath(expression, smart_strings=False)


@contextmanager
def many_elements() -> Iterator[None]:
    """Keep the garbage collector from walking hundreds of thousands of elements, which are no garbage, while they live.

    They are freed at the end of the block, by their reference counts.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
