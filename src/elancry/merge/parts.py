"""One input of a merge, and the ids of the merged file."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from elancry.eaf import Document
from elancry.eaf.columns import query
from elancry.eaf.ids import highest_number


@dataclass(frozen=True)
class Part:
    """One input: `tiers` maps each tier to (name without rater, name in the merged file); others are left out.

    `rater` and `name` (the file) are for findings and merge.json, `raters` are those whose tiers it holds.

    A part that is `carried` from an earlier merged file changes no ids of the others; `elsewhere` maps ids of
    annotations that its own refer to and that it does not hold to what stands for them.

    `annotators` maps tiers to the ANNOTATOR to enter where the file gives none. `shift_ms` is added to every time.
    """

    document: Document
    rater: str
    tiers: Mapping[str, tuple[str, str]]
    annotators: Mapping[str, str] = field(default_factory=dict)
    shift_ms: int = 0
    raters: tuple[str, ...] = ()
    name: str = ""
    carried: bool = False
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def root(self) -> etree._Element:
        """The tree, to copy from: a merge takes whole elements over, with whatever else they hold."""
        return self.document.root


class Ids:
    """Every xsd:ID of the merged file, which are one set in an EAF document."""

    def __init__(self, documents: Iterable[Document], *, carried: Iterable[Document] = ()) -> None:
        """New ids are counted on from those of `documents`, which are numbered alike whatever is `carried`."""
        self._number = 0
        self._carried_number = 0
        self._last_slot = 0
        self._taken: set[str] = set()
        # Names that annotations have already and that time slots must not get.
        self._no_slots: set[str] = set()
        for document in documents:
            ids: list[str] = query("TIER/ANNOTATION/*/@ANNOTATION_ID")(document.root)
            self._number = max(self._number, _highest(ids))
            self._no_slots.update(name for name in ids if name.startswith("ts"))
        for document in carried:
            ids = query("TIER/ANNOTATION/*/@ANNOTATION_ID")(document.root)
            self._carried_number = max(self._carried_number, _highest(ids))
            self._no_slots.update(name for name in ids if name.startswith("ts"))

    @property
    def last_number(self) -> int:
        """The highest N of ids aN."""
        return max(self._number, self._carried_number)

    def reserve(self, name: str) -> None:
        """Note that `name` is used."""
        self._taken.add(name)

    def free(self, wanted: str, prefix: str) -> str:
        """`wanted` where it is free, else `prefix` with a number; it is then taken."""
        name, number = wanted, 0
        while not name or name in self._taken:
            number += 1
            name = f"{prefix}{number}"
        self._taken.add(name)
        return name

    def annotation(self, wanted: str = "") -> str:
        """`wanted` where it is free, else a new id `aN` above every number of the inputs."""
        name = wanted
        while not name or name in self._taken:
            self._number += 1
            name = f"a{self._number}"
        self._taken.add(name)
        return name

    def annotations(self, wanted: Sequence[str]) -> list[str]:
        """`annotation` for many at once."""
        own = set(wanted)
        if len(own) == len(wanted) and "" not in own and self._taken.isdisjoint(own):
            self._taken |= own
            return list(wanted)
        return list(map(self.annotation, wanted))

    def slot(self) -> str:
        """A new id `tsN`."""
        return self.slots(1)[0]

    def slots(self, count: int) -> list[str]:
        """So many new ids `tsN`."""
        names: list[str] = []
        while len(names) < count:
            begin = self._last_slot + 1
            self._last_slot += count - len(names)
            new = [f"ts{number}" for number in range(begin, self._last_slot + 1)]
            if not (self._taken.isdisjoint(new) and self._no_slots.isdisjoint(new)):
                new = [name for name in new if name not in self._taken and name not in self._no_slots]
            names += new
        return names


def _highest(ids: Sequence[str]) -> int:
    """The highest N of ids aN; all at once where they are as usual (a number too high would do no harm)."""
    digits = "".join(ids).replace("a", " ").split()
    if len(digits) == len(ids) and all(map(str.isdecimal, digits)) and len(max(digits, key=len, default="")) <= 15:
        return max(map(int, digits), default=0)
    return highest_number(ids, "a")


def copied(element: etree._Element) -> etree._Element:
    """A deep copy without the white space behind it."""
    result = copy.deepcopy(element)
    result.tail = None
    return result


def translate(element: etree._Element, key: str, names: Mapping[str, str]) -> None:
    """Replace every name in a (blank-separated) attribute that `names` knows."""
    value = element.get(key)
    if value is not None:
        element.set(key, " ".join(names.get(name, name) for name in value.split()))
