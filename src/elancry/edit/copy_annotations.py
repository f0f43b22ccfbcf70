"""Copy the annotations of one tier to another, a new one or one that is there.

A new tier is made like the old one: its type, parent, participant. Else the annotations take the form that the tier
asks for: times of their own, or a reference to the annotation of its parent tier that lies at the same time. What
stands on the tier already is never overlapped: such annotations are skipped, or replace what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from elancry.eaf import Annotation, Constraint, Document, Editor, Tier, Vocabulary
from elancry.edit.change import Change, Row, about, at, nothing_named, placed, twice, unclear_tiers
from elancry.edit.name_patterns import renamed
from elancry.edit.operation import TIER_NAMES, option
from elancry.findings import Finding, finding
from elancry.spans import SpanIndex
from elancry.texts import Text, text

REPLACED = text("change.annotation-replaced")


class Overlap(StrEnum):
    """What happens to an annotation whose place on the tier is taken."""

    SKIP = "skip"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Copies:
    """Pairs of tiers (from, to), as `name_patterns.renamed` understands them.

    `type_id`: a new tier gets this type, without a parent, and annotations with times of their own. `values`: only
    annotations with one of these values; `None` for all.
    """

    pairs: tuple[tuple[str, str], ...] = option(
        "--copy", text("batch.copy-annotations.copy", names=TIER_NAMES), metavar="FROM TO"
    )
    overlap: Overlap = option("--overlap", text("batch.copy-annotations.overlap"), default=Overlap.SKIP)
    type_id: str | None = option("--type", text("batch.copy-annotations.type"), metavar="TYPE", default=None)
    values: frozenset[str] | None = option(
        "--value", text("batch.copy-annotations.value"), read=frozenset, default=None
    )


def copy_annotations(document: Document, choices: Copies) -> Change:
    """Copy the annotations of one tier to another.

    Values, vocabulary entries and references are kept. On a tier whose annotations have no times of their own, each
    copy goes to the annotation of the parent tier at the same time.

    Example:  elancry batch copy-annotations coded -o copied --copy crying_form crying_form_2
    """
    plan: dict[tuple[str, str], None] = {}
    findings: list[Finding] = []
    names = [tier.id for tier in document.tiers]
    for old, new in choices.pairs:
        found = renamed(names, old, new)
        if not found:
            findings.append(nothing_named("tier", old, names))
        plan.update(dict.fromkeys((name, target) for name, target in found.items() if name != target))
    unclear = unclear_tiers(document) if plan else frozenset()
    findings += twice([name for pair in plan for name in pair], unclear)
    rows: list[Row] = []
    after = document
    for source, target in plan:
        if source in unclear or target in unclear:
            continue
        change = _copy(after, source, target, choices)
        after = change.document
        rows += change.rows
        findings += change.findings
    return Change(after, tuple(rows), tuple(findings))


def _copy(document: Document, source: str, target: str, choices: Copies) -> Change:
    tier = document.tier(source)
    assert tier is not None  # it is one of the document's own names
    wanted = [item for item in document.annotations(source) if choices.values is None or item.value in choices.values]
    made: tuple[Row, ...] = ()
    if document.tier(target) is None:
        change = _with_tier(document, tier, target, choices.type_id)
        if change.findings:
            return change
        document, made = change.document, change.rows
    kind = document.type_of(target)
    constraint = None if kind is None else kind.constraint
    if constraint is Constraint.TIME_SUBDIVISION and (document.annotations(target) or choices.values is not None):
        message = text("finding.batch-not-possible.message-no-gaps", target=target)
        return Change(
            document,
            made,
            (finding("batch-not-possible", message, hint=text("finding.batch-not-possible.hint-copy")),),
        )
    work = _Copying(document, tier, target, choices.overlap)
    if constraint is None or constraint.time_alignable:
        work.with_times(wanted, constraint)
    else:
        work.with_references(wanted, constraint)
    if not work.rows:
        return Change(document, made, tuple(work.findings))
    after = work.editor.document()
    return Change(after, (*made, *work.rows, *_taken_along(document, after, work.rows)), tuple(work.findings))


def _taken_along(before: Document, after: Document, changes: list[Row]) -> list[Row]:
    """Rows for annotations that went with those that were replaced, because they stood under them."""
    if all(row.what != REPLACED for row in changes):
        return []
    left = {item.id for tier in after.tiers for item in after.annotations(tier.id)}
    left.update(row.annotation for row in changes)
    everything = (item for tier in before.tiers for item in before.annotations(tier.id))
    return [
        about(item, text("change.removed-with-parent"), before=item.value) for item in everything if item.id not in left
    ]


def _with_tier(document: Document, like: Tier, name: str, type_id: str | None) -> Change:
    """The document with an empty tier `name`: like another one, or of a type of its own at the top."""
    editor = document.edit()
    rows = []
    if type_id is None:
        attributes = {"lang_ref": like.lang_ref, "locale": like.locale, "ext_ref": like.ext_ref}
        kind, parent = like.type_id, like.parent
    else:
        attributes = {"lang_ref": like.lang_ref, "locale": None, "ext_ref": None}
        kind, parent = type_id, None
        if all(item.id != type_id for item in document.types):
            own = document.type_of(like.id)
            vocabulary = own.vocabulary if own is not None and document.vocabulary(own.vocabulary or "") else None
            editor.types.add(type_id, vocabulary=vocabulary)
            rows.append(Row(text("change.type-added"), after=type_id))
    known = {
        "lang_ref": document.languages,
        "ext_ref": document.external_refs,
    }
    attributes = {key: value for key, value in attributes.items() if key not in known or value in known[key]}
    problem = _unfit(document, kind, parent, type_id)
    if problem is not None:
        message = text("finding.batch-not-possible.message-tier", name=name, problem=problem)
        return Change(document, (), (finding("batch-not-possible", message),))
    editor.tiers.add(name, kind, parent=parent, participant=like.participant, annotator=like.annotator, **attributes)
    rows.append(Row(text("change.tier-added"), name, after=placed(kind, parent)))
    return Change(editor.document(), tuple(rows))


def _unfit(document: Document, kind: str, parent: str | None, made: str | None) -> Text | None:
    """Why a tier of this type and parent would be broken, as the one it is like is; `None` if it would not."""
    found = next((item for item in document.types if item.id == kind), None)
    if found is None:
        return None if made is not None else text("edit.type-not-in-file", type=kind)
    if parent is not None and document.tier(parent) is None:
        return text("edit.parent-not-in-file", parent=parent)
    if (parent is None) != (found.constraint is None):
        if found.constraint is None:
            return text("edit.type-without-constraint", type=kind, parent=parent)
        return text("edit.type-with-constraint", type=kind, constraint=str(found.constraint))
    return None


class _Copying:
    """One tier being filled from another one in the same document."""

    def __init__(self, document: Document, source: Tier, target: str, overlap: Overlap) -> None:
        self.document = document
        self.source = source
        self.target = target
        self.replacing = overlap is Overlap.REPLACE
        self.editor: Editor = document.edit()
        self.rows: list[Row] = []
        self.findings: list[Finding] = []
        self._present = list(document.annotations(target))
        self._entries = _entries_for(document, source.id, target)
        tier = document.tier(target)
        self._parents = list(document.annotations(tier.parent)) if tier is not None and tier.parent else []
        self._parent_index = SpanIndex([(item.start_ms, item.end_ms) for item in self._parents])
        self._parent_by_id = {item.id: item for item in reversed(self._parents) if item.id}

    def with_times(self, wanted: list[Annotation], constraint: Constraint | None) -> None:
        """Annotations with times of their own; each must have a length, and lie in a parent where there are parents."""
        index = SpanIndex([(item.start_ms, item.end_ms) for item in self._present])
        gone: dict[str, Annotation] = {}
        chosen: list[Annotation] = []
        for item in sorted(wanted, key=lambda item: (item.start_ms, item.end_ms)):
            if item.end_ms <= item.start_ms:
                self._skip(item, text("edit.no-length"), text("edit.hint-give-length"))
                continue
            if constraint is not None and self._parent_around(item) is None:
                self._skip(item, text("edit.no-parent-around", tier=self.target), None)
                continue
            if chosen and item.start_ms < chosen[-1].end_ms:
                self._skip(item, text("edit.overlaps-own-tier", tier=item.tier), None)
                continue
            blocking = [self._present[place] for place in index.sharing(item.start_ms, item.end_ms)]
            blocking = [other for other in blocking if other.id not in gone]
            if blocking and not (self.replacing and all(other.id for other in blocking)):
                taken = text("edit.place-taken", tier=self.target, value=blocking[0].value)
                self._skip(item, taken, text("edit.hint-overlap-replace"))
                continue
            gone.update((other.id, other) for other in blocking)
            chosen.append(item)
        self._remove(gone)
        for item in chosen:
            references = self._references(item)
            name = self.editor.annotations.add(self.target, item.start_ms, item.end_ms, item.value, **references)
            self._told(item, name)

    def with_references(self, wanted: list[Annotation], constraint: Constraint) -> None:
        """Annotations that refer to one of the parent tier; those of an association have one each at most."""
        standing = {item.parent: item for item in self._present}
        gone: dict[str, Annotation] = {}
        chosen: list[tuple[Annotation, str]] = []
        taken: set[str] = set()
        for item in wanted:
            parent = self._parent_of(item)
            if parent is None:
                self._skip(item, text("edit.no-parent-at-time", tier=self.target), None)
                continue
            if constraint is Constraint.SYMBOLIC_ASSOCIATION:
                other = standing.get(parent.id)
                if parent.id in taken or (other is not None and not (self.replacing and other.id)):
                    value = item.value if other is None else other.value
                    hint = None if other is None else text("edit.hint-overlap-replace")
                    self._skip(item, text("edit.place-taken", tier=self.target, value=value), hint)
                    continue
                if other is not None:
                    gone[other.id] = other
                taken.add(parent.id)
            chosen.append((item, parent.id))
        self._remove(gone)
        for item, parent_id in chosen:
            name = self.editor.annotations.add_reference(self.target, parent_id, item.value, **self._references(item))
            self._told(item, name)

    def _parent_around(self, item: Annotation) -> Annotation | None:
        """The annotation of the parent tier in which `item` lies, the one of its own times first."""
        found = None
        for place in self._parent_index.sharing(item.start_ms, item.end_ms):
            parent = self._parents[place]
            if (parent.start_ms, parent.end_ms) == (item.start_ms, item.end_ms):
                return parent
            if parent.start_ms <= item.start_ms and item.end_ms <= parent.end_ms:
                found = found or parent
        return found

    def _parent_of(self, item: Annotation) -> Annotation | None:
        """Of the tier's parent tier: what the annotation is, what it refers to, or what it lies in."""
        for name in (item.id, item.parent):
            if name and name in self._parent_by_id:
                return self._parent_by_id[name]
        around = self._parent_around(item)
        return around if around is not None and around.id else None

    def _references(self, item: Annotation) -> dict[str, str | None]:
        """CVE_REF where the vocabulary holds it, EXT_REF and LANG_REF where they lead somewhere."""
        entry = self._entries.get(item.cve_ref or "") if item.cve_ref else None
        ext = item.ext_ref if item.ext_ref and set(item.ext_ref.split()) <= set(self.document.external_refs) else None
        language = item.lang_ref if item.lang_ref in self.document.languages else None
        return {"cve_ref": entry or self._entries.get(f"={item.value}"), "ext_ref": ext, "lang_ref": language}

    def _remove(self, gone: Mapping[str, Annotation]) -> None:
        if gone:
            self.editor.annotations.remove(*gone)
            self.rows += [about(other, REPLACED, before=other.value) for other in gone.values()]

    def _skip(self, item: Annotation, why: Text, hint: Text | None) -> None:
        self.findings.append(
            at(item, "batch-not-copied", text("finding.batch-not-copied.message", value=item.value, why=why), hint)
        )

    def _told(self, item: Annotation, name: str) -> None:
        copied = replace(item, id=name, tier=self.target)
        self.rows.append(
            about(copied, text("change.annotation-copied"), before=f"{self.source.id}: {item.id}", after=item.value)
        )


def _entries_for(document: Document, source: str, target: str) -> Mapping[str, str]:
    """CVE_REF there -> CVE_REF here, and `=VALUE` -> CVE_REF here, for the vocabularies of two tiers.

    Where both tiers have one vocabulary every reference stays, an external one's too.
    """
    old, new = (_vocabulary(document, name) for name in (source, target))
    used = {item.cve_ref for item in document.annotations(source) if item.cve_ref}
    if new is None:
        return {}
    if old is not None and old.id == new.id:
        return {reference: reference for reference in used}
    return {f"={value}": str(entry.id) for entry in new.entries if entry.id for value in entry.values.values()}


def _vocabulary(document: Document, tier: str) -> Vocabulary | None:
    kind = document.type_of(tier)
    return None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
