"""All annotations of a document, or of one tier, as columns: the one way from XML to annotations.

libxml2 finds the annotations of a tier in one query, several times faster than a walk through the tree; each attribute
is then one pass over what was found. Rows are in file order.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
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

Texts = Sequence[str | None]

_names_of = etree._Element.keys
value_of_attribute = etree._Element.get
"""(element, name) -> text or `None`; unbound, so that `map` runs it without a step in Python."""
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


class AnnotationReader:
    """Reads the columns of all annotations of TIER elements, which are given in document order."""

    def __init__(self, tiers: Sequence[etree._Element]) -> None:
        self._elements: list[etree._Element] = []
        self._sizes: list[int] = []
        # Stretches of one kind: (is reference, from row, to row). A sound tier is one stretch.
        self._runs: list[tuple[bool, int, int]] = []
        for tier in tiers:
            elements = query("ANNOTATION/*")(tier) if len(tier) else []
            tags = [element.tag for element in elements]
            kinds = set(tags)
            if not kinds <= {ALIGNED, REFERENCE}:
                # Some programs nest ANNOTATION elements; ELAN reads what is inside, at any depth.
                elements = list(tier.iter(ALIGNED, REFERENCE))
                tags = [element.tag for element in elements]
                kinds = set(tags)
            row = len(self._elements)
            if len(kinds) == 1:
                self._runs.append((REFERENCE in kinds, row, row + len(elements)))
            else:
                self._runs += [(tag == REFERENCE, row + place, row + place + 1) for place, tag in enumerate(tags)]
            self._elements += elements
            self._sizes.append(len(elements))

    def rows(self) -> Rows:
        """Everything but the values."""
        columns = self._columns()
        return Rows(
            tier_sizes=np.asarray(self._sizes, np.int64),
            is_reference=np.repeat(
                np.asarray([kind for kind, _, _ in self._runs], np.bool_),
                np.asarray([end - start for _, start, end in self._runs], np.int64),
            ),
            ids=columns["ANNOTATION_ID"],
            slot1=columns["TIME_SLOT_REF1"],
            slot2=columns["TIME_SLOT_REF2"],
            parent=columns["ANNOTATION_REF"],
            previous=columns["PREVIOUS_ANNOTATION"],
            cve_ref=columns["CVE_REF"],
            ext_ref=columns["EXT_REF"],
            lang_ref=columns["LANG_REF"],
        )

    def values(self) -> list[str]:
        """What the annotations say."""
        try:
            return [
                content.text or ""
                if (content := element[0]).tag == "ANNOTATION_VALUE" and not len(content)
                else value_of(element)
                for element in self._elements
            ]
        except IndexError:  # an annotation without anything in it
            return [value_of(element) for element in self._elements]

    def _columns(self) -> dict[str, list[str | None]]:
        columns: dict[str, list[str | None]] = {name: [] for name in _ATTRIBUTES}
        end = 0
        for size in self._sizes:
            start, end = end, end + size
            elements = self._elements[start:end]
            # Most tiers lack most attributes, and names are cheaper to list than to look for.
            present = set(chain.from_iterable(map(_names_of, elements)))
            for name, column in columns.items():
                column.extend(
                    map(value_of_attribute, elements, repeat(name)) if name in present else repeat(None, size)
                )
        return columns


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
