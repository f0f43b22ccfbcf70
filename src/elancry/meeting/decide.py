"""A decision -> the merged document with it: the same tiers, times, values and parents as by hand in ELAN.

| decision | in the merged file |
|---|---|
| `Code` | what is on `TIER@consensus` there is trimmed, split or removed; the category comes in its place, joined with equal pieces that touch; `@disagreement` stays: it is settled where it is covered |
| `Nothing` | the same, without a category; what the time spans of `@disagreement` is deleted. Of an annotation that goes on outside of it, the part is split off and ends ` | consensus=-` |
| `Undecided` | taken out too; `@disagreement` ends ` | undecided` there |
| `Rating` | the value, or a new annotation, under the sequence on `Sequence@consensus`; no value: it is removed |

A sequence is a category of the sequence tier: `Code` with the sequence's value, or `Nothing`. What is taken out is taken
out of the tiers that lie within the tier, too; what hangs on a removed annotation goes with it, as in ELAN.
Every function gives a new document; UsageError says why a decision cannot be written, InvalidInput where it would break
the structure of the file.
"""  # noqa: E501  rows of a table

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from elancry.align.point_marks import SETTLED_AS_NONE, UNDECIDED, with_mark
from elancry.check.coding import CONSENSUS, DISAGREEMENT, RESERVED_RATERS
from elancry.eaf import Annotation, Constraint, Document, VocabularyEntry
from elancry.eaf.document import Editor
from elancry.errors import UsageError
from elancry.texts import text


@dataclass(frozen=True)
class Stretch:
    """A time `[start_ms, end_ms)` on a tier, which is named without `@consensus`."""

    tier: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Code(Stretch):
    """It is this category: its id, or its text in any language of the tier's vocabulary."""

    category: str


@dataclass(frozen=True)
class Nothing(Stretch):
    """Nothing is to be coded there."""


@dataclass(frozen=True)
class Undecided(Stretch):
    """It was discussed and stays open."""


@dataclass(frozen=True)
class Rating(Stretch):
    """The sequence that the time overlaps most has this rating on the tier; `None`: none."""

    value: str | None


Decision = Code | Nothing | Undecided | Rating


def decided(document: Document, decision: Decision) -> Document:
    """The merged document with a decision."""
    if isinstance(decision, Rating):
        return _rated(document, decision)
    tier = f"{decision.tier}@{CONSENSUS}"
    if document.tier(tier) is None:
        raise UsageError(text("meeting.no-tier", tier=tier, file=document.name))
    taken = _without(document, tier, decision.start_ms, decision.end_ms)
    if isinstance(decision, Code):
        return _with(taken, tier, decision)
    mark = UNDECIDED if isinstance(decision, Undecided) else SETTLED_AS_NONE
    return _marked(taken, decision, mark)


def said(document: Document, decision: Decision) -> str:
    """What the consensus says where something is decided, in the order of time; `-` where it says nothing."""
    found = document.annotations(f"{decision.tier}@{CONSENSUS}")
    if isinstance(decision, Rating):
        parent = _sequence(document, decision)
        return next((item.value for item in found if item.parent == parent.id), "-")
    pieces = sorted(_sharing(found, decision.start_ms, decision.end_ms), key=lambda item: item.start_ms)
    return " + ".join(dict.fromkeys(item.value for item in pieces)) or "-"


def _sharing(found: Iterable[Annotation], start_ms: int, end_ms: int) -> list[Annotation]:
    return [item for item in found if item.start_ms < end_ms and item.end_ms > start_ms]


def _without(document: Document, tier: str, start_ms: int, end_ms: int) -> Document:
    """Nothing on the tier, nor on those that lie within it, from start to end."""
    for child in document.children(tier):
        kind = document.type_of(child.id)
        if kind is not None and kind.constraint is Constraint.INCLUDED_IN:
            document = _without(document, child.id, start_ms, end_ms)
    editor = document.edit()
    for item in _sharing(document.annotations(tier), start_ms, end_ms):
        if item.start_ms < start_ms:
            if item.end_ms > end_ms:
                _add_like(editor, item, end_ms, item.end_ms)
            editor.annotations.set_times(item.id, item.start_ms, start_ms)
        elif item.end_ms > end_ms:
            editor.annotations.set_times(item.id, end_ms, item.end_ms)
        else:
            editor.annotations.remove(item.id)
    return editor.document()


def _add_like(editor: Editor, item: Annotation, start_ms: int, end_ms: int, value: str | None = None) -> None:
    editor.annotations.add(
        item.tier,
        start_ms,
        end_ms,
        item.value if value is None else value,
        cve_ref=item.cve_ref,
        ext_ref=item.ext_ref,
        lang_ref=item.lang_ref,
    )


def _with(document: Document, tier: str, code: Code) -> Document:
    """The category on a tier that has nothing there, joined with equal pieces; never over the limit of a parent."""
    value, cve_ref = _texts(document, code.tier, code.category)
    found = [item for item in document.annotations(tier) if (item.value, item.cve_ref) == (value, cve_ref)]
    before = next((item for item in found if item.end_ms == code.start_ms), None)
    behind = next((item for item in found if item.start_ms == code.end_ms), None)
    limits = _limits(document, tier)
    before = None if code.start_ms in limits else before
    behind = None if code.end_ms in limits else behind
    editor = document.edit()
    if before is not None and behind is not None:
        editor.annotations.remove(behind.id)
        editor.annotations.set_times(before.id, before.start_ms, behind.end_ms)
    elif before is not None:
        editor.annotations.set_times(before.id, before.start_ms, code.end_ms)
    elif behind is not None:
        editor.annotations.set_times(behind.id, code.start_ms, behind.end_ms)
    else:
        editor.annotations.add(tier, code.start_ms, code.end_ms, value, cve_ref=cve_ref)
    return editor.document()


def _limits(document: Document, tier: str) -> set[int]:
    """Begins and ends of what the consensus' tiers hang on: sequences, which pieces of a tier do not go over."""
    ends = f"@{CONSENSUS}"
    above = {item.parent for item in document.tiers if item.id.endswith(ends) and item.parent not in (None, tier)}
    found = (item for name in above if name is not None for item in document.annotations(name))
    return {ms for item in found for ms in (item.start_ms, item.end_ms)}


def _texts(document: Document, base: str, wanted: str) -> tuple[str, str | None]:
    """Value and CVE_REF of a category as the raters wrote it: in the tier's language, else what they wrote most."""
    tier = f"{base}@{CONSENSUS}"
    kind = document.type_of(tier)
    vocabulary = None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
    if vocabulary is None or not vocabulary.entries:
        return wanted, None
    entry = next((item for item in vocabulary.entries if item.id == wanted), None)
    entry = entry or next((item for item in vocabulary.entries if wanted in item.values.values()), None)
    if entry is None:
        raise UsageError(
            text("meeting.no-category", category=wanted, tier=tier),
            hint=text("meeting.no-category-hint", categories=tuple(item.id or "" for item in vocabulary.entries)),
        )
    own = document.tier(tier)
    language = "" if own is None else own.lang_ref or ""
    if language in entry.values:
        return entry.values[language], entry.id
    used = _used(document, base, entry)
    return (used.most_common(1)[0][0] if used else next(iter(entry.values.values()))), entry.id


def _used(document: Document, tier: str, entry: VocabularyEntry) -> Counter[str]:
    """How often the raters wrote each text of an entry on their tiers of that name; of equals the first one counts."""
    texts = set(entry.values.values())
    raters = (item.id for item in document.tiers if item.id.rpartition("@")[0] == tier)
    tiers = [name for name in raters if name.rpartition("@")[2] not in RESERVED_RATERS]
    found = (item.value for name in tiers for item in document.annotations(name) if item.value in texts)
    return Counter(sorted(found))


def _marked(document: Document, stretch: Stretch, mark: str) -> Document:
    """The disagreement with a mark on what the stretch spans; one that is wholly nothing is deleted."""
    editor = document.edit()
    for item in _sharing(document.annotations(f"{stretch.tier}@{DISAGREEMENT}"), stretch.start_ms, stretch.end_ms):
        start_ms, end_ms = max(item.start_ms, stretch.start_ms), min(item.end_ms, stretch.end_ms)
        whole = (start_ms, end_ms) == (item.start_ms, item.end_ms)
        if whole and mark == SETTLED_AS_NONE:
            editor.annotations.remove(item.id)
            continue
        if end_ms < item.end_ms:
            _add_like(editor, item, end_ms, item.end_ms)
        if item.start_ms < start_ms:
            _add_like(editor, item, start_ms, end_ms, with_mark(item.value, mark))
            editor.annotations.set_times(item.id, item.start_ms, start_ms)
        else:
            editor.annotations.set_value(item.id, with_mark(item.value, mark))
            if not whole:
                editor.annotations.set_times(item.id, start_ms, end_ms)
    return editor.document()


def _rated(document: Document, rating: Rating) -> Document:
    tier = f"{rating.tier}@{CONSENSUS}"
    above = _sequence(document, rating)
    present = next((item for item in document.annotations(tier) if item.parent == above.id), None)
    editor = document.edit()
    if rating.value is None:
        if present is not None:
            editor.annotations.remove(present.id)
        return editor.document()
    value, cve_ref = _texts(document, rating.tier, rating.value)
    if present is None:
        editor.annotations.add_reference(tier, above.id, value, cve_ref=cve_ref)
    else:
        editor.annotations.set_value(present.id, value, cve_ref=cve_ref)
    return editor.document()


def _sequence(document: Document, rating: Rating) -> Annotation:
    """The annotation that a rating hangs on: the one that shares most time with it."""
    name = f"{rating.tier}@{CONSENSUS}"
    tier = document.tier(name)
    if tier is None or tier.parent is None:
        raise UsageError(text("meeting.no-tier", tier=name, file=document.name))
    found = _sharing(document.annotations(tier.parent), rating.start_ms, rating.end_ms)
    if not found:
        raise UsageError(text("meeting.no-sequence", tier=tier.parent), hint=text("meeting.no-sequence-hint"))
    return max(found, key=lambda item: min(item.end_ms, rating.end_ms) - max(item.start_ms, rating.start_ms))
