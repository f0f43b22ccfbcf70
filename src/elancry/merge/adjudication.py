"""Taking up a merged file in which people edited the consensus, when raters' files have changed since.

What people did is kept: every `@consensus` tier as they left it, every disagreement they deleted stays deleted, every
one they added or moved stays. What is new is shown: disagreements that were not there at the last merge end in
`| new`, and stretches that the raters agree on only now are findings, because nobody adjudicated them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from elancry.align.adjudicated import SETTLED_AS_NONE
from elancry.check.coding import CONSENSUS, DISAGREEMENT
from elancry.eaf import Annotation, Document
from elancry.findings import Finding, FindingKind, Severity, finding, register
from elancry.merge.assemble import Assembly
from elancry.merge.consensus import DISAGREEMENT_TYPE, Dispute
from elancry.merge.parts import Part

register(
    (
        FindingKind(
            "merge-disagreement-new",
            Severity.WARNING,
            "A disagreement that the consensus meeting has not seen",
            "A rater's file changed after the consensus was edited, and the raters differ where they did not before.",
        ),
        FindingKind(
            "merge-agreed-since",
            Severity.WARNING,
            "The raters agree on something that the consensus lacks",
            "A rater's file changed after the consensus was edited. The edited consensus was left as it is.",
        ),
    )
)

Stretch = tuple[str, int, int, str]
"""(tier, start_ms, end_ms, value)."""


@dataclass(frozen=True)
class Earlier:
    """An earlier merge of a session: the file, edited since, and what had been computed for it."""

    path: Path
    document: Document
    disagreements: frozenset[Stretch]
    consensus: frozenset[Stretch]


def take_up(
    parts: Sequence[Part], computed: Document, disputes: Sequence[Dispute], earlier: Earlier, session: str
) -> tuple[Assembly, tuple[Dispute, ...], tuple[Finding, ...]]:
    """The raters' parts with the edited consensus; `computed` and `disputes` are what merging gives by itself now.

    Returns the assembly, the disputes that are open or new, and findings about what is new.
    """
    before = earlier.document
    kept = {
        tier.id: (tier.id.rpartition("@")[0], tier.id) for tier in before.tiers if tier.id.endswith(f"@{CONSENSUS}")
    }
    assembly = Assembly([*parts, Part(before, CONSENSUS, kept, name=earlier.path.name)])
    left: list[Dispute] = [item for item in disputes if item.kind == "rating" and not _rated(before, item)]
    findings: list[Finding] = []
    for tier in computed.tiers:
        if not tier.id.endswith(f"@{DISAGREEMENT}"):
            continue
        own = [item for item in disputes if item.kind != "rating" and f"{item.tier}@{DISAGREEMENT}" == tier.id]
        theirs, open_, new = _sorted_out(tier.id, own, before.annotations(tier.id), earlier.disagreements)
        spans = [(item.start_ms, item.end_ms, item.value) for item in theirs]
        spans += [(item.start_ms, item.end_ms, _text(before, item)) for item in open_]
        spans += [(item.start_ms, item.end_ms, f"{_text(before, item)} | new") for item in new]
        element = assembly.add_tier(tier.id.rpartition("@")[0], tier.id, DISAGREEMENT_TYPE)
        for start_ms, end_ms, value in sorted(spans):
            assembly.add_span(element, start_ms, end_ms, value)
        left += [replace(item, settled=_decided(before, item)) for item in (*open_, *new)]
        findings += [_new(item, session) for item in new]
    for name, start_ms, end_ms, value in sorted(stretches(computed, CONSENSUS) - earlier.consensus):
        if _covering(before.annotations(name), start_ms, end_ms) != value:
            text = f"the raters now agree on {value!r}, which the edited consensus lacks"
            where = {"tier": name, "session": session, "start_ms": start_ms, "end_ms": end_ms}
            findings.append(finding("merge-agreed-since", text, hint="Add it in ELAN if it should count.", **where))
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
    tier: str, disputes: Sequence[Dispute], present: Sequence[Annotation], known: frozenset[Stretch]
) -> tuple[list[Annotation], list[Dispute], list[Dispute]]:
    """What people added or moved; known disagreements that they left; new ones. Theirs displace what overlaps."""
    computed = {(start, end) for name, start, end, _ in known if name == tier}
    theirs = [item for item in present if (item.start_ms, item.end_ms) not in computed]
    left = {(item.start_ms, item.end_ms) for item in present}
    free = [
        item
        for item in disputes
        if not any(item.start_ms < other.end_ms and other.start_ms < item.end_ms for other in theirs)
    ]
    old = [item for item in free if (tier, item.start_ms, item.end_ms, item.text) in known]
    open_ = [item for item in old if (item.start_ms, item.end_ms) in left]
    new = [item for item in free if item not in old]
    return theirs, open_, new


def _decided(before: Document, item: Dispute) -> str | None:
    """What the edited consensus says throughout the dispute; `None` where it does not say it throughout."""
    said = _covering(before.annotations(f"{item.tier}@{CONSENSUS}"), item.start_ms, item.end_ms)
    return said if said is not None else "-" if item.settled == "-" else None


def _text(before: Document, item: Dispute) -> str:
    text = replace(item, settled=None).text
    return f"{text} | {SETTLED_AS_NONE}" if _decided(before, item) == "-" else text


def _covering(annotations: Iterable[Annotation], start_ms: int, end_ms: int) -> str | None:
    return next((item.value for item in annotations if item.start_ms <= start_ms and end_ms <= item.end_ms), None)


def _rated(before: Document, item: Dispute) -> bool:
    annotations = before.annotations(f"{item.tier}@{CONSENSUS}")
    return any(other.start_ms < item.end_ms and item.start_ms < other.end_ms for other in annotations)


def _new(item: Dispute, session: str) -> Finding:
    return finding(
        "merge-disagreement-new",
        f"new since the consensus was edited: {item.text}",
        hint="Decide it in the merged file; it ends in '| new' there.",
        session=session,
        tier=f"{item.tier}@{DISAGREEMENT}",
        start_ms=item.start_ms,
        end_ms=item.end_ms,
    )
