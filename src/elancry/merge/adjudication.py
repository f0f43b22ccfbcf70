"""Taking up a merged file in which people edited the consensus, when raters' files have changed since.

What people did is kept: every `@consensus` tier as they left it, every disagreement they deleted stays deleted, every
one they added or moved stays. That ELAN put values into its content language is no edit (see `entry_texts`), and such
values are put back. What is new is shown: disagreements that were not there at the last merge end in
`| new`, and stretches that the raters agree on only now are findings, because nobody adjudicated them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from elancry.align.adjudicated import NEW, SEPARATOR, SETTLED_AS_NONE
from elancry.check.coding import CONSENSUS, DISAGREEMENT
from elancry.check.originals import RECORD, session_records
from elancry.eaf import Annotation, Document, read_eaf
from elancry.findings import Finding, finding
from elancry.merge.assemble import Assembly
from elancry.merge.consensus import DISAGREEMENT_TYPE, Dispute
from elancry.merge.entry_texts import Stretch, in_language, same_but_for_language
from elancry.merge.parts import Part
from elancry.spans import SpanIndex
from elancry.texts import text


@dataclass(frozen=True)
class Earlier:
    """An earlier merge of a session: the file, edited since, and what had been computed for it."""

    path: Path
    disagreements: frozenset[Stretch]
    consensus: frozenset[Stretch]

    def document(self) -> Document:
        """The file as it is now, read each time: of a large study not all fit into memory."""
        return read_eaf(self.path)


def edited_since(folder: Path) -> dict[str, Earlier]:
    """Session -> its merged file of an earlier run, where people edited the @consensus or @disagreement tiers since."""
    found: dict[str, Earlier] = {}
    try:
        for record in session_records(folder / RECORD):
            earlier = _earlier(folder, record)
            if earlier is not None:
                found[str(record["session"])] = earlier
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found


def _earlier(folder: Path, record: Mapping[str, Any]) -> Earlier | None:
    """What a session's record and its merged file say; `None` where nobody edited it or it is gone."""
    earlier = Earlier(
        folder / str(record["file"]),
        frozenset(map(_stretch, record["computed"][DISAGREEMENT])),
        frozenset(map(_stretch, record["computed"][CONSENSUS])),
    )
    if earlier.path.name != record["file"] or not earlier.path.is_file():
        return None
    if not record["adjudicated"]:
        document = earlier.document()
        tiers = [tier.id for tier in document.tiers if tier.id.rpartition("@")[2] in (CONSENSUS, DISAGREEMENT)]
        if same_but_for_language(document, tiers, earlier.consensus | earlier.disagreements):
            return None
    return earlier


def _stretch(row: list[Any]) -> Stretch:
    tier, start_ms, end_ms, value = row
    return str(tier), int(start_ms), int(end_ms), str(value)


def resume_from(
    parts: Sequence[Part],
    computed: Document,
    disputes: Sequence[Dispute],
    earlier: Earlier,
    session: str,
    *,
    clean: Callable[[Document, str], Document] | None = None,
) -> tuple[Assembly, tuple[Dispute, ...], tuple[Finding, ...]]:
    """The raters' parts with the edited consensus; `computed` and `disputes` are what merging gives by itself now.

    Returns the assembly, the disputes without those that people deleted or drew otherwise, each with what the consensus
    says now, and findings about what is new.
    """
    languages = {
        tier.id: tier.lang_ref
        for tier in computed.tiers
        if tier.lang_ref is not None and tier.id.endswith(f"@{CONSENSUS}")
    }
    edited = earlier.document()
    before = in_language(edited if clean is None else clean(edited, session), languages)
    kept = {
        tier.id: (tier.id.rpartition("@")[0], tier.id) for tier in before.tiers if tier.id.endswith(f"@{CONSENSUS}")
    }
    assembly = Assembly([*parts, Part(before, CONSENSUS, kept, name=earlier.path.name)])
    said = _Said(before)
    by_tier: dict[str, list[Dispute]] = {}
    for item in disputes:
        if item.kind != "rating":
            by_tier.setdefault(f"{item.tier}@{DISAGREEMENT}", []).append(item)
    known: dict[str, dict[tuple[int, int], set[str]]] = {}
    for name, start_ms, end_ms, value in earlier.disagreements:
        known.setdefault(name, {}).setdefault((start_ms, end_ms), set()).add(value)
    left: list[Dispute] = [replace(item, settled=said.rated(item)) for item in disputes if item.kind == "rating"]
    findings: list[Finding] = []
    for tier in computed.tiers:
        if not tier.id.endswith(f"@{DISAGREEMENT}"):
            continue
        theirs, open_, new = _sorted_out(by_tier.get(tier.id, []), before.annotations(tier.id), known.get(tier.id, {}))
        spans = [(item.start_ms, item.end_ms, item.value) for item in theirs]
        spans += [(item.start_ms, item.end_ms, said.text(item)) for item in open_]
        spans += [(item.start_ms, item.end_ms, f"{said.text(item)}{NEW}") for item in new]
        element = assembly.add_tier(tier.id.rpartition("@")[0], tier.id, DISAGREEMENT_TYPE)
        for start_ms, end_ms, value in sorted(spans):
            assembly.add_span(element, start_ms, end_ms, value)
        left += [replace(item, settled=said.decided(item)) for item in (*open_, *new)]
        findings += [_new(item, session) for item in new]
    for name, start_ms, end_ms, value in sorted(stretches(computed, CONSENSUS) - earlier.consensus):
        if said.throughout(name, start_ms, end_ms) != value:
            message = text("finding.merge-agreed-since.message", value=value)
            where = {"tier": name, "session": session, "start_ms": start_ms, "end_ms": end_ms}
            findings.append(
                finding("merge-agreed-since", message, hint=text("finding.merge-agreed-since.hint"), **where)
            )
    return assembly, tuple(left), tuple(findings)


def stretches(document: Document, suffix: str) -> frozenset[Stretch]:
    """All annotations of the tiers that end in `@suffix`."""
    return frozenset(
        (tier.id, item.start_ms, item.end_ms, item.value)
        for tier in document.tiers
        if tier.id.endswith(f"@{suffix}")
        for item in document.annotations(tier.id)
    )


def _sorted_out(
    disputes: Sequence[Dispute], present: Sequence[Annotation], known: Mapping[tuple[int, int], Collection[str]]
) -> tuple[list[Annotation], list[Dispute], list[Dispute]]:
    """What people added or moved; known disagreements that they left; new ones. Theirs displace what overlaps.

    All of one tier; `known` are the disagreements of the earlier merge: (start_ms, end_ms) -> values.
    """
    theirs = [item for item in present if (item.start_ms, item.end_ms) not in known]
    left = {(item.start_ms, item.end_ms) for item in present}
    by_time = SpanIndex([(item.start_ms, item.end_ms) for item in theirs])
    open_: list[Dispute] = []
    new: list[Dispute] = []
    for item in disputes:
        span = (item.start_ms, item.end_ms)
        if next(by_time.sharing(*span), None) is not None:
            continue
        if item.text not in known.get(span, ()):
            new.append(item)
        elif span in left:
            open_.append(item)
    return theirs, open_, new


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

    def throughout(self, tier: str, start_ms: int, end_ms: int) -> str | None:
        """The value that a tier has from start to end; `None` if there is no such annotation."""
        found = self._sharing(tier, start_ms, end_ms)
        return next((item.value for item in found if item.start_ms <= start_ms and end_ms <= item.end_ms), None)

    def decided(self, item: Dispute) -> str | None:
        """What is said throughout a dispute; `None` where nothing is said throughout it."""
        said = self.throughout(f"{item.tier}@{CONSENSUS}", item.start_ms, item.end_ms)
        return said if said is not None else "-" if item.settled == "-" else None

    def text(self, item: Dispute) -> str:
        """The text of a dispute on its tier."""
        text = replace(item, settled=None).text
        return f"{text}{SEPARATOR}{SETTLED_AS_NONE}" if self.decided(item) == "-" else text

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
