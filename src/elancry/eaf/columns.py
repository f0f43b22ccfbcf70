"""All annotations of a document, or of one tier, as columns: the one way from XML to annotations.

libxml2 hands out whole columns through XPath several times faster than an element at a time, so each attribute is one
query. Where an attribute is missing on some annotations a query could not say on which, and the elements are asked
one by one; the columns are the same either way.

Conventions: rows are in file order; aligned annotations (with time slots) and reference annotations are read as two
families and then put together by `runs`, stretches of one family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

ALIGNED = "ALIGNABLE_ANNOTATION"
REFERENCE = "REF_ANNOTATION"

Texts = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of N annotations in file order.

    `is_reference` (N,) bool; `slot1` and `slot2` are `None` on reference annotations, `parent` and `previous` on
    aligned ones. `tier_sizes` (T,) holds the number of rows of each TIER element, in document order.
    """

    tier_sizes: NDArray[np.int64]
    is_reference: NDArray[np.bool_]
    ids: Texts
    slot1: Texts
    slot2: Texts
    parent: Texts
    previous: Texts

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the same N annotations say: the value and the references that do not place them in time."""

    values: Sequence[str]
    cve_ref: Texts
    ext_ref: Texts
    lang_ref: Texts


@lru_cache(maxsize=256)
def query(expression: str) -> Any:
    """A compiled XPath expression that returns plain text, not text that remembers its element."""
    return etree.XPath(expression, smart_strings=False)


class AnnotationReader:
    """Reads the columns of all annotations under `tiers`.

    `context` is the document's root with all its TIER children as `tiers`, or a TIER element with itself as the only
    tier; in both cases `tiers` are in document order.
    """

    def __init__(self, context: etree._Element, tiers: Sequence[etree._Element]) -> None:
        path = "ANNOTATION" if len(tiers) == 1 and tiers[0] is context else "TIER/ANNOTATION"
        self._aligned = _Family(context, f"{path}/{ALIGNED}")
        self._reference = _Family(context, f"{path}/{REFERENCE}")
        self._runs: list[tuple[bool, int]] = []
        self._sizes: list[int] = []
        for tier in tiers:
            runs = _runs_of(tier)
            self._runs += runs
            self._sizes.append(sum(count for _, count in runs))

    def rows(self) -> Rows:
        """Names and places in time."""
        return Rows(
            tier_sizes=np.asarray(self._sizes, np.int64),
            is_reference=np.repeat(
                np.asarray([reference for reference, _ in self._runs], np.bool_),
                np.asarray([count for _, count in self._runs], np.int64),
            ),
            ids=self._both("ANNOTATION_ID"),
            slot1=self._weave(self._aligned.attribute("TIME_SLOT_REF1"), self._reference.nothing()),
            slot2=self._weave(self._aligned.attribute("TIME_SLOT_REF2"), self._reference.nothing()),
            parent=self._weave(self._aligned.nothing(), self._reference.attribute("ANNOTATION_REF")),
            previous=self._weave(self._aligned.nothing(), self._reference.attribute("PREVIOUS_ANNOTATION")),
        )

    def contents(self) -> Contents:
        """Values and the remaining references."""
        return Contents(
            values=self._weave(self._aligned.values(), self._reference.values()),
            cve_ref=self._both("CVE_REF"),
            ext_ref=self._both("EXT_REF"),
            lang_ref=self._both("LANG_REF"),
        )

    def _both(self, attribute: str) -> list[str | None]:
        return self._weave(self._aligned.attribute(attribute), self._reference.attribute(attribute))

    def _weave(self, aligned: list[Any], reference: list[Any]) -> list[Any]:
        """The two families' columns as one, in file order."""
        if not reference:
            return aligned
        if not aligned:
            return reference
        column: list[Any] = []
        position = [0, 0]
        for is_reference, count in self._runs:
            source = reference if is_reference else aligned
            start = position[is_reference]
            column += source[start : start + count]
            position[is_reference] = start + count
        return column


class _Family:
    """The annotations of one kind under `context`, found by `path`."""

    def __init__(self, context: etree._Element, path: str) -> None:
        self._context = context
        self._path = path
        self.size = int(query(f"count({path})")(context))

    def nothing(self) -> list[str | None]:
        return [None] * self.size

    def attribute(self, name: str) -> list[str | None]:
        present: list[str | None] = query(f"{self._path}/@{name}")(self._context) if self.size else []
        if len(present) == self.size:
            return present
        if not present:
            return self.nothing()
        return [element.get(name) for element in query(self._path)(self._context)]

    def values(self) -> list[str]:
        if not self.size:
            return []
        texts: list[str] = query(f"{self._path}/ANNOTATION_VALUE/text()")(self._context)
        # As many texts as annotations, and none of them without a text: then each has exactly one.
        if len(texts) == self.size and not query(f"boolean({self._path}[not(ANNOTATION_VALUE/text())])")(self._context):
            return texts
        return [value_of(element) for element in query(self._path)(self._context)]


def value_of(annotation: etree._Element) -> str:
    """The text of an annotation element's first ANNOTATION_VALUE, `""` where it has none; comments are no text."""
    value = annotation.find("ANNOTATION_VALUE")
    if value is None:
        return ""
    if len(value):
        return str(query("string()")(value))
    return value.text or ""


def _runs_of(tier: etree._Element) -> list[tuple[bool, int]]:
    """Stretches of one family in a tier: (is reference, how many). A tier should have one; a broken one may mix."""
    aligned = int(query(f"count(ANNOTATION/{ALIGNED})")(tier))
    reference = int(query(f"count(ANNOTATION/{REFERENCE})")(tier))
    if not reference:
        return [(False, aligned)]
    if not aligned:
        return [(True, reference)]
    elements = query(f"ANNOTATION/*[self::{ALIGNED} or self::{REFERENCE}]")(tier)
    return [(element.tag == REFERENCE, 1) for element in elements]
