"""One session from its raters' files to the merged document, as bytes: a job that another process can do."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding
from elancry.check.naming import TierPattern
from elancry.eaf import Document, Preferences
from elancry.findings import Finding, FindingKind, Severity, finding, register
from elancry.merge.assemble import Assembly
from elancry.merge.combine import CODEBOOK_PROPERTY, read_parts
from elancry.merge.consensus import Dispute, SessionConsensus

register(
    (
        FindingKind(
            "merge-raters-missing",
            Severity.INFO,
            "A session merged without all raters",
            "Some raters of the study have no file of this session; it was merged without them.",
        ),
    )
)

_COLOURS = {CONSENSUS: (0, 110, 60), DISAGREEMENT: (176, 32, 32)}


@dataclass(frozen=True)
class Job:
    """`coding` and `sequences` hold this session only; `raters` are those of the whole study."""

    session: str
    stem: str
    coding: CheckedCoding
    sequences: tuple[MatchedSequence, ...]
    raters: tuple[str, ...]
    method: str
    min_ms: int


@dataclass(frozen=True)
class Merged:
    """What is written for a session; `record` is its part of merge.json."""

    session: str
    stem: str
    eaf: bytes
    pfsx: bytes
    disputes: tuple[Dispute, ...]
    findings: tuple[Finding, ...]
    record: dict[str, Any]


def jobs_of(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence], stems: dict[str, str], **how: Any
) -> list[Job]:
    """One job per session, each with no more than it needs."""
    by_session: dict[str, list[MatchedSequence]] = {}
    for item in sequences:
        by_session.setdefault(item.session, []).append(item)
    return [
        Job(
            session=session,
            stem=stems[session],
            coding=replace(coding, files=coding.files_of(session), findings=(), rater_order=coding.raters),
            sequences=tuple(by_session.get(session, ())),
            raters=coding.raters,
            **how,
        )
        for session in coding.sessions
    ]


def merge_session(job: Job) -> Merged:
    """Read the session's files again, put them together, add consensus and disagreements."""
    coding = job.coding
    pattern = None if coding.tier_pattern is None else TierPattern(coding.tier_pattern)
    parts = read_parts(coding, job.session, tier_pattern=pattern)
    assembly = Assembly(parts)
    if not coding.codebook.extracted:
        assembly.set_property(CODEBOOK_PROPERTY, f"{coding.codebook.id} {coding.codebook.version}")
    agreed = SessionConsensus(assembly, coding, job.sequences, method=job.method, min_ms=job.min_ms)
    document = assembly.document(f"{job.stem}.merged.eaf")
    content = document.to_bytes()
    present = coding.raters_of(job.session)
    missing = [rater for rater in job.raters if rater not in present]
    findings = list(assembly.findings)
    if missing:
        text = f"session {job.session} was merged without {', '.join(missing)}"
        findings.append(
            finding("merge-raters-missing", text, hint="Nothing to do if this is the design.", session=job.session)
        )
    return Merged(
        session=job.session,
        stem=job.stem,
        eaf=content,
        pfsx=_preferences(document).to_bytes(),
        disputes=tuple(agreed.disputes),
        findings=tuple(replace(item, session=job.session) for item in findings),
        record={
            "session": job.session,
            "file": f"{job.stem}.merged.eaf",
            "sha256": hashlib.sha256(content).hexdigest(),
            "raters": list(present),
            "missing_raters": missing,
            "inputs": [
                {"file": file.name, "rater": file.rater, "sha256": file.sha256, "offset_ms": file.offset_ms}
                for file in coding.files
            ],
            "annotations": _counts(document),
            "renumbered": assembly.renamed,
            "adjudication": adjudication_fingerprint(document),
            "disagreements": len(agreed.disputes),
        },
    )


def adjudication_fingerprint(document: Document) -> str:
    """A hash of everything that the consensus meeting may change: the @consensus and @disagreement tiers.

    ELAN's own save (new slots, dates, references) does not change it.
    """
    content = sorted(
        [tier.id, item.start_ms, item.end_ms, item.value]
        for tier in document.tiers
        if tier.id.endswith((f"@{CONSENSUS}", f"@{DISAGREEMENT}"))
        for item in document.annotations(tier.id)
    )
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _counts(document: Document) -> dict[str, int]:
    return dict(Counter({tier.id: len(document.annotations(tier.id)) for tier in document.tiers}))


def _preferences(document: Document) -> Preferences:
    names = [tier.id for tier in document.tiers]
    colours = {name: _COLOURS[end] for name in names if (end := name.rpartition("@")[2]) in _COLOURS}
    return Preferences(tier_order=names, tier_colours=colours)
