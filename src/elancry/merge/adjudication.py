"""Taking up a merged file that people worked in: what is theirs, and the file that carries it on.

A merged file that is not ours (see `elancry.manifest`) is taken apart by what was remembered in it (see `remembered`):

- Decisions: `@consensus` and `@disagreement` tiers that are no longer as they were computed, or whose vocabulary people
  changed. Every `@consensus` tier stays as they left it, every disagreement they deleted stays deleted, every one they
  added, moved or wrote into stays. Where they decided nothing, both are computed anew, as in any merge.
- Other tiers that people added stay in either case, wherever they hang; links between annotations too.
- The raters' tiers are those of the raters' files. Where people changed them in the merged file, or renamed or deleted
  a tier that is needed, nobody can know what is meant: the run stops and says so.

What people wrote behind the codes of a disagreement (see `align.point_marks`) stays as it is. A disagreement is settled
where the consensus covers it, in however many pieces. Where people drew it otherwise, or split it, its annotations are
points of their own; what of it no annotation covers any more is off the list.

What is new is shown: disagreements that were not there at the last merge end in `| new` until people decide them or
delete them, and stretches that the raters agree on only now are findings, because nobody adjudicated them. Taking up
the same file twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from elancry.align.point_marks import NEW, SEPARATOR, SETTLED_AS_NONE, UNDECIDED, decision, is_new
from elancry.check.coding import CONSENSUS, DISAGREEMENT
from elancry.check.originals import RECORD, record_options, session_records
from elancry.eaf import Annotation, Document, parse_eaf
from elancry.errors import OutputRefused, UnreadableInput
from elancry.findings import Finding, finding
from elancry.merge.assemble import Assembly
from elancry.merge.carried import carried_part
from elancry.merge.consensus import DISAGREEMENT_TYPE
from elancry.merge.dispute import Dispute
from elancry.merge.entry_texts import in_language
from elancry.merge.parts import Part
from elancry.merge.remembered import (
    COMPUTED,
    PROPERTY,
    Mark,
    Remembered,
    codes_digest,
    mark_in,
    marks,
    of_codes,
    point_digest,
    tier_digest,
    vocabulary_digests,
)
from elancry.outputs import OutputFolder
from elancry.spans import SpanIndex
from elancry.texts import Text, Texts, some, text

_CONSENSUS_TIER, _DISAGREEMENT_TIER = COMPUTED


@dataclass(frozen=True)
class Earlier:
    """A merged file that people worked in. `discard`: their decisions are given up; `replace_raters`: so are changes
    of the raters' tiers. `clean` is what is done with the file and its session before anything of it is taken over.
    `record` and `options` are what merge.json says, for files of version 0.1."""

    path: Path
    session: str
    discard: bool = False
    replace_raters: bool = False
    clean: Callable[[Document, str], Document] | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def work(self) -> Work:
        """The file as it is now, read each time: of a large study not all fit into memory.

        Raises OutputRefused where it cannot be read, unless all of it is given up.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise OutputRefused(text("outputs.unreadable", path=str(self.path), reason=reason)) from error
        seen = hashlib.sha256(data).hexdigest()
        try:
            document = parse_eaf(data, self.path.name)
        except UnreadableInput as error:
            if self.discard:
                return Work(self, seen, None, None)
            raise OutputRefused(
                text("merge.work-unreadable", path=str(self.path), said=error.said),
                hint=text("merge.work-unreadable-hint", file=self.path.name),
            ) from error
        remembered = Remembered.in_document(document) or Remembered.in_record(document, self.record, self.options)
        return Work(self, seen, document, remembered)


def files_of_people(
    folder: OutputFolder,
    stems: Mapping[str, str],
    *,
    discard: bool = False,
    replace_raters: bool = False,
    clean: Callable[[Document, str], Document] | None = None,
) -> dict[str, Earlier]:
    """Session -> its merged file in `folder`, where that is not ours and unedited; `stems` are their file stems."""
    found: dict[str, Earlier] = {}
    records: dict[str, Mapping[str, Any]] | None = None
    options: Mapping[str, Any] = {}
    for session, stem in stems.items():
        path = folder.folder / f"{stem}.merged.eaf"
        if not path.is_file():
            continue
        of_people = folder.is_of_people(path.name)
        old = not _remembers(path)
        if not (of_people or old):
            continue
        if old and records is None:
            records, options = _records(folder.folder / RECORD), record_options(folder.folder / RECORD)
        record = (records or {}).get(session, {}) if old else {}
        if of_people or not _computed_by_0_1(path, record):
            found[session] = Earlier(path, session, discard, replace_raters, clean, record, options)
    return found


def _remembers(path: Path) -> bool:
    """Whether a merged file was written by a version later than 0.1, as its header says."""
    return f'NAME="{PROPERTY}"'.encode() in path.read_bytes().partition(b"<TIME_ORDER")[0]


def _computed_by_0_1(path: Path, record: Mapping[str, Any]) -> bool:
    """Whether a file that is in the manifest of version 0.1 holds no decisions: their hashes stood there, too."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    return record.get("adjudicated") is False and record.get("sha256") == found


def _records(path: Path) -> dict[str, Mapping[str, Any]]:
    try:
        return {str(record["session"]): record for record in session_records(path)}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@dataclass(frozen=True)
class Work:
    """A merged file that people worked in, and what of it is theirs. `seen` is its SHA-256.

    `document` is `None` for a file that cannot be read and is given up, `remembered` where nothing is known of it.
    """

    earlier: Earlier
    seen: str
    document: Document | None
    remembered: Remembered | None

    @cached_property
    def cleaned(self) -> Document | None:
        """What may be taken over of the document."""
        clean = self.earlier.clean
        return self.document if self.document is None or clean is None else clean(self.document, self.earlier.session)

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Tiers that people added, as far as it is known what merging wrote."""
        if self.document is None:
            return ()
        names = [tier.id for tier in self.document.tiers]
        if self.remembered is None:
            return tuple(name for name in names if "@" not in name)
        return tuple(name for name in names if name not in {*self.remembered.computed, *self.remembered.others})

    @property
    def is_seen(self) -> bool:
        """Whether the file itself shows that people worked in it."""
        return self.decided or bool(self.added)

    @cached_property
    def hidden(self) -> tuple[str, ...]:
        """Tiers that people added and that may not be taken over."""
        clean = self.cleaned
        return () if clean is None else tuple(name for name in self.added if clean.tier(name) is None)

    @cached_property
    def decided(self) -> bool:
        """Whether people decided something, or their own tiers belong to consensus tiers, which then stay, too."""
        document = self.document
        if document is None or self.earlier.discard:
            return False
        if self.remembered is None:
            return True
        above = (document.tier(name) for name in self.added)
        return (
            any(marks(document, name) != held for name, held in self.remembered.computed.items())
            or bool(self.vocabularies)
            or any(name.endswith(COMPUTED) for name in self.added)
            or any(tier is not None and (tier.parent or "").endswith(COMPUTED) for tier in above)
        )

    @cached_property
    def vocabularies(self) -> frozenset[str]:
        """Vocabularies that people changed or added."""
        if self.document is None or self.remembered is None or self.remembered.vocabularies is None:
            return frozenset()
        known = self.remembered.vocabularies
        return frozenset(name for name, now in vocabulary_digests(self.document).items() if known.get(name) != now)

    def obstacles(self) -> list[Text]:
        """Why this cannot be taken up without losing something, in words; nothing where it can."""
        document, remembered, name = self.document, self.remembered, self.earlier.path.name
        if document is None:
            return []
        if remembered is None:
            return [] if self.earlier.discard or _any_consensus(document) else [text("merge.work-of-others", file=name)]
        if remembered.session != self.earlier.session:
            wanted, found = self.earlier.session, remembered.session
            return [text("merge.work-of-other-session", file=name, session=wanted, other=found)]
        present = {tier.id for tier in document.tiers}
        gone = [tier for tier in remembered.computed if tier not in present and not self.earlier.discard]
        gone += [tier for tier in remembered.others if tier not in present and self._stands_for(tier)]
        changed = [
            tier
            for tier, before in remembered.others.items()
            if tier in present and before and tier_digest(document, tier) != before
        ]
        found_: list[Text] = []
        # Renamed in the text of the file, where what is remembered was renamed with it.
        if renamed := [tier for tier in remembered.computed if not tier.endswith(COMPUTED)]:
            found_.append(text("merge.work-tiers-renamed", file=name, tiers=some(renamed, 5)))
        if gone:
            found_.append(text("merge.work-tiers-gone", file=name, tiers=some(gone, 5), added=some(self.added, 5)))
        if changed and not self.earlier.replace_raters:
            found_.append(text("merge.work-raters-tiers", file=name, tiers=some(changed, 5)))
        return found_

    def _stands_for(self, tier: str) -> bool:
        """Whether a tier that people seem to have added is this one under another name."""
        document, remembered = self.document, self.remembered
        if document is None or remembered is None:
            return False
        before = remembered.others.get(tier)
        return any(
            name.casefold() == tier.casefold() or (bool(before) and tier_digest(document, name) == before)
            for name in self.added
            if document.annotations(name)
        )

    def part(self, parts: Sequence[Part], document: Document) -> Part | None:
        """What is carried over, to be merged behind the raters' `parts`; `None` where that is nothing.

        `document` is the work's, in the languages that it is to have.
        """
        given = {name for part in parts for _, name in part.tiers.values()}
        added = [name for name in self.added if self.remembered is not None or name not in given]
        if self.earlier.discard:
            added = [name for name in added if not name.endswith(COMPUTED)]
        twice = sorted(given.intersection(added))
        if twice:
            said = text("merge.work-tier-twice", file=self.earlier.path.name, tiers=some(twice, 5))
            raise OutputRefused(said, hint=text("merge.work-hint"))
        decided = [tier.id for tier in document.tiers if self.decided and tier.id.endswith(_CONSENSUS_TIER)]
        kept = dict.fromkeys([*decided, *(name for name in added if not name.endswith(_DISAGREEMENT_TIER))])
        changed = self.vocabularies if self.decided else frozenset()
        return carried_part(document, self.earlier.path.name, kept, parts, changed)


def options_before(earlier: Iterable[Earlier], folder: Path) -> tuple[str, int] | None:
    """(method, min_ms) of the merge that people's files come from, else of the last one; `None` where it is not known.

    Raises OutputRefused, with all reasons, where a file cannot be taken up without losing something.
    """
    found: list[tuple[str, int]] = []
    obstacles: list[Text] = []
    for item in earlier:
        work = item.work()
        obstacles += work.obstacles()
        if work.remembered is not None:
            found.append((work.remembered.consensus, work.remembered.min_ms))
    _refuse(obstacles)
    options = record_options(folder / RECORD)
    if not found and isinstance(options.get("consensus"), str) and isinstance(options.get("min_ms"), int):
        found.append((options["consensus"], options["min_ms"]))
    return found[0] if found else None


def refuse(work: Work) -> None:
    """Raise OutputRefused where this cannot be taken up without losing something."""
    _refuse(work.obstacles())


def _refuse(obstacles: Sequence[Text]) -> None:
    if obstacles:
        raise OutputRefused(text("merge.work-stops", obstacles=Texts(tuple(obstacles))), hint=text("merge.work-hint"))


def resume_from(
    parts: Sequence[Part], computed: Document, disputes: Sequence[Dispute], work: Work, session: str
) -> Resumed:
    """The raters' parts with the edited consensus; `computed` and `disputes` are what merging gives by itself now."""
    languages = {
        tier.id: tier.lang_ref
        for tier in computed.tiers
        if tier.lang_ref is not None and tier.id.endswith(_CONSENSUS_TIER)
    }
    if work.cleaned is None:
        raise AssertionError("only a file that could be read holds decisions")
    before = in_language(work.cleaned, languages)
    carried = work.part(parts, before)
    assembly = Assembly([*parts, *([] if carried is None else [carried])])
    said = _Said(before)
    by_tier: dict[str, list[Dispute]] = {}
    for item in disputes:
        if item.kind != "rating":
            by_tier.setdefault(f"{item.tier}{_DISAGREEMENT_TIER}", []).append(item)
    known = {} if work.remembered is None else work.remembered.computed
    left: list[Dispute] = [replace(item, settled=said.rated(item)) for item in disputes if item.kind == "rating"]
    taken_off = 0
    findings: list[Finding] = []
    names = [tier.id for tier in (*computed.tiers, *before.tiers) if tier.id.endswith(_DISAGREEMENT_TIER)]
    for name in dict.fromkeys(names):
        points = _Points.of(by_tier.get(name, ()), before.annotations(name), known.get(name, frozenset()))
        if computed.tier(name) is None and not points.theirs:
            continue
        spans = [(item.start_ms, item.end_ms, item.value) for item in points.theirs]
        spans += [(item.start_ms, item.end_ms, text) for item, text in (*points.open, *points.new)]
        element = assembly.add_tier(name.rpartition("@")[0], name, DISAGREEMENT_TYPE)
        for start_ms, end_ms, value in sorted(spans):
            assembly.add_span(element, start_ms, end_ms, value)
        listed = (*points.open, *points.new, *points.within_theirs)
        left += [said.of(item, text) for item, text in listed]
        findings += [_new(item, session) for item, _ in points.new]
        taken_off += points.taken_off
    unseen: list[tuple[str, Mark]] = []
    for tier in computed.tiers:
        mark = mark_in(computed, tier.id)
        for agreed in computed.annotations(tier.id) if tier.id.endswith(_CONSENSUS_TIER) else ():
            shown = mark(agreed) in known.get(tier.id, ())
            if not shown and said.together(tier.id, agreed.start_ms, agreed.end_ms) != agreed.value:
                unseen.append((tier.id, mark(agreed)))
                findings.append(_agreed_since(agreed, tier.id, session))
    return Resumed(assembly, tuple(left), taken_off, tuple(findings), tuple(unseen))


@dataclass(frozen=True)
class Resumed:
    """A session whose edited consensus is carried on.

    `disputes` are the points that are left, each with what the consensus says now; `taken_off` is the number of those
    computed of which none is left, because people deleted them or drew them otherwise. `findings` are about what is
    new. `unseen` is, of what was computed, what nobody has been shown yet, as (tier, mark).
    """

    assembly: Assembly
    disputes: tuple[Dispute, ...]
    taken_off: int
    findings: tuple[Finding, ...]
    unseen: tuple[tuple[str, Mark], ...]


_Listed = tuple[Dispute, str]
"""A point, and the text of its annotation."""


@dataclass(frozen=True)
class _Points:
    """What becomes of the annotations of a disagreement tier.

    `theirs`: what people added, moved, split or wrote into, which displaces what overlaps. `open`: known disagreements
    that they left. `new`: those that were not there at the last merge, or are marked so still. `within_theirs`: the
    parts of disagreements that annotations of `theirs` span; they are on the list, too.
    """

    theirs: list[Annotation]
    open: list[_Listed]
    new: list[_Listed]
    within_theirs: list[_Listed]
    taken_off: int

    @classmethod
    def of(cls, disputes: Sequence[Dispute], present: Sequence[Annotation], known: Collection[Mark]) -> _Points:
        """Sort them out; `known` are the disagreements of the earlier merge, all of one tier."""
        computed = {(item.start_ms, item.end_ms, point_digest(item.text)): item for item in disputes}
        known_codes = set(map(of_codes, known))
        ours: dict[tuple[int, int], Annotation] = {}
        theirs: list[Annotation] = []
        for item in present:
            mark = (item.start_ms, item.end_ms, point_digest(item.value))
            if mark in known or mark in computed:
                ours[item.start_ms, item.end_ms] = item
            else:
                theirs.append(item)
        by_time = SpanIndex([(item.start_ms, item.end_ms) for item in theirs])
        open_, new, within = list[_Listed](), list[_Listed](), list[_Listed]()
        taken_off = 0
        for mark, dispute in computed.items():
            start_ms, end_ms, _ = mark
            displacing = [theirs[number] for number in by_time.sharing(start_ms, end_ms)]
            left = ours.get((start_ms, end_ms))
            if displacing:
                within += [(_part(dispute, item), item.value) for item in displacing]
            elif left is not None and codes_digest(left.value) == of_codes(mark)[2]:
                (new if is_new(left.value) else open_).append((dispute, left.value))
            elif of_codes(mark) not in known_codes:
                new.append((dispute, f"{dispute.text}{SEPARATOR}{NEW}"))
            else:
                taken_off += 1
        return cls(theirs, open_, new, within, taken_off)


def _part(dispute: Dispute, item: Annotation) -> Dispute:
    """What an annotation spans of a disagreement."""
    return replace(dispute, start_ms=max(dispute.start_ms, item.start_ms), end_ms=min(dispute.end_ms, item.end_ms))


class _Said:
    """What the edited consensus says."""

    def __init__(self, before: Document) -> None:
        self._before = before
        self._tiers: dict[str, tuple[tuple[Annotation, ...], SpanIndex]] = {}

    def _sharing(self, tier: str, start_ms: int, end_ms: int) -> Iterator[Annotation]:
        if tier not in self._tiers:
            annotations = self._before.annotations(tier)
            self._tiers[tier] = annotations, SpanIndex([(item.start_ms, item.end_ms) for item in annotations])
        annotations, by_time = self._tiers[tier]
        return (annotations[number] for number in by_time.sharing(start_ms, end_ms))

    def together(self, tier: str, start_ms: int, end_ms: int) -> str | None:
        """What the annotations of a tier say that cover all of it together; `None` where they leave a part open."""
        values: dict[str, None] = {}
        reached = start_ms
        for item in sorted(self._sharing(tier, start_ms, end_ms), key=lambda item: item.start_ms):
            if item.start_ms > reached:
                return None
            values.setdefault(item.value)
            reached = max(reached, item.end_ms)
        return " + ".join(values) if reached >= end_ms and values else None

    def of(self, item: Dispute, text: str) -> Dispute:
        """A point with what the consensus, or the text of its annotation, says now."""
        settled = self.together(f"{item.tier}@{CONSENSUS}", item.start_ms, item.end_ms)
        mark = decision(text) if settled is None else None
        return replace(item, settled="-" if mark == SETTLED_AS_NONE else settled, undecided=mark == UNDECIDED)

    def rated(self, item: Dispute) -> str | None:
        """The rating that the consensus has there."""
        found = next(self._sharing(f"{item.tier}@{CONSENSUS}", item.start_ms, item.end_ms), None)
        return None if found is None else found.value


def _new(item: Dispute, session: str) -> Finding:
    return finding(
        "merge-disagreement-new",
        text("finding.merge-disagreement-new.message", dispute=item.text),
        hint=text("finding.merge-disagreement-new.hint"),
        session=session,
        tier=f"{item.tier}@{DISAGREEMENT}",
        start_ms=item.start_ms,
        end_ms=item.end_ms,
    )


def _agreed_since(item: Annotation, tier: str, session: str) -> Finding:
    return finding(
        "merge-agreed-since",
        text("finding.merge-agreed-since.message", value=item.value),
        hint=text("finding.merge-agreed-since.hint"),
        session=session,
        tier=tier,
        start_ms=item.start_ms,
        end_ms=item.end_ms,
    )


def _any_consensus(document: Document) -> bool:
    return any(tier.id.endswith(COMPUTED) for tier in document.tiers)
