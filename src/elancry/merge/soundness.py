"""Merged files pass the rules that ELAN applies to structure, whatever the raters' files are like.

A rater's mistake that is copied stays one, and ELAN deletes or moves annotations of such tiers when the merged file is
saved. Only raters' tiers are mended; what merging adds is sound by itself, and people's own tiers are theirs.

- Kept whole, on a tier that can hold it: annotations with time slots on a tier of a symbolic type, children outside
  their parents, a tier whose type does not fit its place, tiers of one name, unknown types, parents and vocabularies.
- Left out, because no tier can hold it: what overlaps (of each heap the largest number that do not is kept), ends
  before it begins, has no length or no time, hangs on an annotation that is not there or not on the parent tier. It is
  listed in full in merge.json, from where tables and numbers read it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from elancry.eaf import Annotation, Constraint, Document
from elancry.eaf.elements import set_attribute
from elancry.eaf.slots import parse_time
from elancry.findings import Finding, finding
from elancry.texts import Text, some, text

_ANNOTATIONS = ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION")
_SLOTS = ("TIME_SLOT_REF1", "TIME_SLOT_REF2")
_MOST_ROUNDS = 200
_GONE = frozenset(
    {"eaf-unknown-slot", "eaf-reversed", "eaf-zero-length", "eaf-unknown-annotation", "eaf-annotation-cycle"}
    | {"eaf-wrong-parent"}
)
"""What makes an annotation one that no tier can hold."""


@dataclass
class Mended:
    """What was done: `left_out` and `restructured` are for merge.json, the latter with the finding's code as reason."""

    left_out: list[dict[str, Any]] = field(default_factory=list)
    restructured: list[dict[str, str]] = field(default_factory=list)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A finding for each tier and reason."""
        left: dict[tuple[str, str], list[str]] = {}
        for item in self.left_out:
            left.setdefault((item["tier"], item["why"]), []).append(item["id"])
        rebuilt = dict.fromkeys((item["tier"], item["why"]) for item in self.restructured)
        return (*(_left_out(*place, ids) for place, ids in left.items()), *(_rebuilt(*place) for place in rebuilt))


def _left_out(tier: str, why: str, ids: Sequence[str]) -> Finding:
    reason = Text(f"finding.{why}.title")
    said = text("finding.merge-left-out.message", n=len(ids), tier=tier, ids=some(ids), reason=reason)
    return finding("merge-left-out", said, hint=text("finding.merge-left-out.hint"), tier=tier)


def _rebuilt(tier: str, why: str) -> Finding:
    said = text("finding.merge-restructured.message", tier=tier, reason=Text(f"finding.{why}.title"))
    return finding("merge-restructured", said, hint=text("finding.merge-restructured.hint"), tier=tier)


def mend(document: Document, tiers: Collection[str]) -> tuple[Document, Mended]:
    """The merged document with the raters' `tiers` mended, and what was done; the one given is used up."""
    root, name = document.root, document.name
    work = _Work(root, name, tiers)
    for _ in range(_MOST_ROUNDS):
        document = document.changed(root)
        found = [item for item in document.findings if item.tier is None or item.tier in work.tiers]
        if not found or not work.round(document, found):
            break
    work.drop_unused_slots()
    return document.changed(root), work.mended


class _Work:
    def __init__(self, root: etree._Element, name: str, tiers: Collection[str]) -> None:
        self.mended = Mended()
        self.tiers = frozenset(tiers)
        self._root = root
        self._name = name
        self._before: dict[str, tuple[Annotation, tuple[int | None, int | None] | None]] | None = None
        self._said: dict[str, str | None] | None = None
        self._slots_of_gone: set[str] = set()

    def round(self, document: Document, found: Iterable[Finding]) -> bool:
        """Mend what was found, each kind on each tier once; whether anything changed."""
        kinds: dict[tuple[str, str | None], list[Finding]] = {}
        for item in found:
            kinds.setdefault((item.code, item.tier), []).append(item)
        # Tiers first: what hangs on them can only be judged once they are right.
        for (code, tier), items in kinds.items():
            if code in _OF_TIERS and _OF_TIERS[code](self, document, tier, items):
                return True
        changed = False
        for (code, tier), items in kinds.items():
            if code in _GONE:
                changed |= self._leave_out((item.annotation for item in items), code)
            elif code in _OF_ANNOTATIONS:
                changed |= _OF_ANNOTATIONS[code](self, document, tier, items)
        return changed

    # Annotations

    def _leave_out(self, ids: Iterable[str | None], why: str) -> bool:
        """Take annotations out of their tiers into the list."""
        wanted = {name for name in ids if name}
        if not wanted:
            return False
        known = self._known()
        gone = False
        for element in list(self._annotations()):
            name = element.get("ANNOTATION_ID", "")
            holder = element.getparent()
            tier = None if holder is None else holder.getparent()
            if name not in wanted or holder is None or tier is None:
                continue
            self._slots_of_gone.update(slot for key in _SLOTS if (slot := element.get(key)) is not None)
            if name in known:
                item, given = known[name]
                self.mended.left_out.append(_record(item, given, self._texts(element), why))
            tier.remove(holder)
            gone = True
        return gone

    def _known(self) -> dict[str, tuple[Annotation, tuple[int | None, int | None] | None]]:
        """Every annotation of the raters' tiers as it was before anything was left out, with what its times were."""
        if self._before is None:
            document = Document(self._root, self._name)
            self._before = {}
            for tier in document.tiers:
                damaged = document.damaged_times(tier.id) if tier.id in self.tiers else {}
                for place, item in enumerate(document.annotations(tier.id) if tier.id in self.tiers else ()):
                    self._before[item.id] = (item, damaged.get(place))
        return self._before

    def _annotations(self) -> Iterable[etree._Element]:
        for tier in self._root.iterchildren("TIER"):
            if tier.get("TIER_ID") in self.tiers:
                yield from tier.iterfind("ANNOTATION/*")

    def _texts(self, element: etree._Element) -> list[str | None]:
        """What the file says of begin and end."""
        slots = [element.get(key) for key in _SLOTS]
        said = {
            slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in self._root.iterfind("TIME_ORDER/TIME_SLOT")
        }
        return [None if slot is None else said.get(slot) for slot in slots]

    def _overlaps(self, document: Document, tier: str | None, _items: Sequence[Finding]) -> bool:
        latest, over = 0, []
        aligned = (item for item in document.annotations(tier or "") if item.parent is None and item.duration_ms > 0)
        for item in sorted(aligned, key=lambda item: (item.end_ms, -item.start_ms)):
            if item.start_ms < latest:
                over.append(item.id)
            else:
                latest = item.end_ms
        return self._leave_out(over, "eaf-overlap")

    def _outside(self, document: Document, tier: str | None, items: Sequence[Finding]) -> bool:
        kind = document.type_of(tier or "")
        if kind is not None and kind.constraint is Constraint.INCLUDED_IN:
            return self._detach(tier, "eaf-outside-parent")
        return self._leave_out((item.annotation for item in items), "eaf-outside-parent")

    def _no_previous(self, _document: Document, _tier: str | None, items: Sequence[Finding]) -> bool:
        wanted = {item.annotation for item in items}
        found = [element for element in self._annotations() if element.get("ANNOTATION_ID") in wanted]
        for element in found:
            set_attribute(element, "PREVIOUS_ANNOTATION", None)
        return bool(found)

    def _bad_slots(self, _document: Document, _tier: str | None, _items: Sequence[Finding]) -> bool:
        bad = {
            slot.get("TIME_SLOT_ID")
            for slot in self._root.iterfind("TIME_ORDER/TIME_SLOT")
            if slot.get("TIME_VALUE") is not None and parse_time(slot.get("TIME_VALUE")) is None
        }
        ids = [e.get("ANNOTATION_ID") for e in self._annotations() if {e.get(key) for key in _SLOTS} & bad]
        changed = self._leave_out(ids, "eaf-bad-time")
        self._slots_of_gone.update(slot for slot in bad if slot is not None)
        return changed

    def _strays(self, _document: Document, _tier: str | None, _items: Sequence[Finding]) -> bool:
        """Annotations that lie where no program looks for them: they have no times and no tier."""
        gone = False
        for tier in self._root.iterchildren("TIER"):
            inside = set(tier.iterfind("ANNOTATION/*"))
            for element in [item for item in tier.iter(*_ANNOTATIONS) if item not in inside]:
                holder = element.getparent()
                if holder is None:
                    continue
                value = element.findtext("ANNOTATION_VALUE") or ""
                self.mended.left_out.append(
                    {"tier": tier.get("TIER_ID", ""), "id": element.get("ANNOTATION_ID", ""), "value": value}
                    | {"begin": None, "end": None, "stray": True, "why": "eaf-stray-annotation"}
                )
                holder.remove(element)
                gone = True
        return gone

    def drop_unused_slots(self) -> None:
        """Remove the time slots that only left-out annotations had."""
        order = self._root.find("TIME_ORDER")
        if order is None or not self._slots_of_gone:
            return
        used = {e.get(key) for e in self._root.iter("ALIGNABLE_ANNOTATION") for key in _SLOTS}
        for slot in list(order):
            if slot.get("TIME_SLOT_ID") in self._slots_of_gone - used:
                order.remove(slot)

    # Tiers

    def _elements(self, tier: str | None) -> list[etree._Element]:
        return [element for element in self._root.iterchildren("TIER") if element.get("TIER_ID") == tier]

    def _changed(self, tier: str, why: str) -> None:
        self.mended.restructured.append({"tier": tier, "why": why})

    def _detach(self, tier: str | None, why: str) -> bool:
        """Make it a tier of its own, which times alone hold together with the others."""
        for element in self._elements(tier):
            set_attribute(element, "PARENT_REF", None)
            self._retype(element, None)
            self._changed(tier or "", why)
        return bool(self._elements(tier))

    def _retype(self, tier: etree._Element, constraint: Constraint | None) -> None:
        """Give a tier a type like its own with another constraint."""
        own = tier.get("LINGUISTIC_TYPE_REF", "")
        kinds = {kind.get("LINGUISTIC_TYPE_ID"): kind for kind in self._root.iterchildren("LINGUISTIC_TYPE")}
        base = own.rpartition(" as ")[0] or own
        wanted = f"{base} as {'root' if constraint is None else constraint.value}"
        if wanted not in kinds:
            present = kinds.get(own)
            kind = etree.Element("LINGUISTIC_TYPE") if present is None else copy.deepcopy(present)
            kind.set("LINGUISTIC_TYPE_ID", wanted)
            set_attribute(kind, "CONSTRAINTS", None if constraint is None else constraint.value)
            symbolic = constraint is not None and not constraint.time_alignable
            kind.set("TIME_ALIGNABLE", "false" if symbolic else "true")
            if present is None:
                kind.set("GRAPHIC_REFERENCES", "false")
                kind.tail = "\n    "
            last = next(iter(reversed(list(kinds.values()))), None)
            anchor = last if last is not None else self._root.findall("TIER")[-1]
            tail = anchor.tail
            anchor.addnext(kind)
            anchor.tail, kind.tail = "\n    ", tail
        tier.set("LINGUISTIC_TYPE_REF", wanted)

    def _no_parent_tier(self, _document: Document, tier: str | None, items: Sequence[Finding]) -> bool:
        return self._detach(tier, items[0].code)

    def _one_tier(self, _document: Document, tier: str | None, _items: Sequence[Finding]) -> bool:
        first, *others = self._elements(tier)
        for other in others:
            first.extend(other.findall("ANNOTATION"))
            self._root.remove(other)
        self._changed(tier or "", "eaf-duplicate-tier")
        return bool(others)

    def _fitting(self, _document: Document, tier: str | None, items: Sequence[Finding]) -> bool:
        """Give a tier the type that most of its annotations need; the others cannot be on it."""
        code = items[0].code
        for element in self._elements(tier):
            aligned = element.findall("ANNOTATION/ALIGNABLE_ANNOTATION")
            references = element.findall("ANNOTATION/REF_ANNOTATION")
            parent = element.get("PARENT_REF")
            if not references or len(aligned) >= len(references) or parent is None:
                symbolic = code == "eaf-mixed-kinds" and self._is_symbolic(element)
                if parent is None or symbolic:
                    self._detach(tier, code)
                else:
                    self._retype(element, Constraint.INCLUDED_IN)
                    self._changed(tier or "", code)
                wrong = references
            else:
                # Each keeps the span of its parent, as it was read: only a subdivision divides it.
                if not self._is_symbolic(element):
                    self._retype(element, Constraint.SYMBOLIC_ASSOCIATION)
                self._changed(tier or "", code)
                wrong = aligned
            self._leave_out([item.get("ANNOTATION_ID") for item in wrong], "eaf-mixed-kinds")
        return True

    def _is_symbolic(self, tier: etree._Element) -> bool:
        kind = Document(self._root).type_of(tier.get("TIER_ID", ""))
        return kind is not None and kind.constraint is not None and not kind.constraint.time_alignable

    def _unknown_vocabulary(self, document: Document, _tier: str | None, _items: Sequence[Finding]) -> bool:
        known = {vocabulary.id for vocabulary in document.vocabularies}
        changed = False
        for kind in self._root.iterchildren("LINGUISTIC_TYPE"):
            if kind.get("CONTROLLED_VOCABULARY_REF", "") not in {"", *known}:
                kind.attrib.pop("CONTROLLED_VOCABULARY_REF")
                changed = True
        return changed


_Step = Callable[[_Work, Document, str | None, Sequence[Finding]], bool]
_OF_TIERS: dict[str, _Step] = {
    "eaf-duplicate-tier": _Work._one_tier,
    "eaf-tier-cycle": _Work._no_parent_tier,
    "eaf-unknown-parent-tier": _Work._no_parent_tier,
    "eaf-unknown-vocabulary": _Work._unknown_vocabulary,
    "eaf-unknown-type": _Work._fitting,
    "eaf-root-with-constraint": _Work._fitting,
    "eaf-child-without-constraint": _Work._fitting,
    "eaf-mixed-kinds": _Work._fitting,
}
_OF_ANNOTATIONS: dict[str, _Step] = {
    "eaf-bad-time": _Work._bad_slots,
    "eaf-overlap": _Work._overlaps,
    "eaf-outside-parent": _Work._outside,
    "eaf-previous-on-association": _Work._no_previous,
    "eaf-unknown-previous": _Work._no_previous,
    "eaf-stray-annotation": _Work._strays,
}


def _record(
    item: Annotation, given: tuple[int | None, int | None] | None, texts: Sequence[str | None], why: str
) -> dict[str, Any]:
    """All that a file says of an annotation; `begin` and `end` as they stand in it, `given` where they are damaged."""
    return {
        "tier": item.tier,
        "id": item.id,
        "begin": texts[0],
        "end": texts[1],
        "start_ms": item.start_ms,
        "end_ms": item.end_ms,
        "given": None if given is None else list(given),
        "value": item.value,
        "cve_ref": item.cve_ref,
        "ext_ref": item.ext_ref,
        "lang_ref": item.lang_ref,
        "parent": item.parent,
        "previous": item.previous,
        "why": why,
    }
