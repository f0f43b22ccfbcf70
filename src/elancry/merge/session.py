"""One session from its raters' files to the merged document, as bytes: a job that another process can do."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elancry.align.flow import Part, SessionFlow
from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding
from elancry.check.naming import TierPattern
from elancry.check.structure import CODEBOOK_PROPERTY
from elancry.eaf import Document
from elancry.findings import Finding, finding
from elancry.merge.adjudication import Earlier, resume_from, stretches
from elancry.merge.assemble import Assembly
from elancry.merge.consensus import Dispute, SessionConsensus
from elancry.merge.preferences import merged_preferences
from elancry.merge.tier_names import read_parts
from elancry.texts import text


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
    earlier: Earlier | None = None
    """The merged file with an edited consensus that is taken up, if there is one."""
    clean: Callable[[Document, str], Document] | None = None
    """What is done with the earlier file and its session before anything of it is taken over."""


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
    flow: tuple[Part, ...]
    """What can be compared among the raters, and what not for which reason."""


def jobs_of(
    coding: CheckedCoding,
    sequences: Sequence[MatchedSequence],
    stems: Mapping[str, str],
    earlier: Mapping[str, Earlier],
    *,
    method: str,
    min_ms: int,
    clean: Callable[[Document, str], Document] | None = None,
) -> Iterator[Job]:
    """One job per session, each with no more than it needs; `earlier` maps sessions to what is taken up."""
    by_session: dict[str, list[MatchedSequence]] = {}
    for item in sequences:
        by_session.setdefault(item.session, []).append(item)
    for session in coding.sessions:
        part = replace(coding, files=coding.files_of(session), findings=(), rater_order=coding.raters)
        yield Job(
            session=session,
            stem=stems[session],
            coding=part,
            sequences=tuple(by_session.get(session, ())),
            raters=coding.raters,
            method=method,
            min_ms=min_ms,
            earlier=earlier.get(session),
            clean=clean,
        )


def merge_session(job: Job) -> Merged:
    """Read the session's files again, put them together, add consensus and disagreements."""
    coding = job.coding
    pattern = None if coding.tier_pattern is None else TierPattern(coding.tier_pattern)
    parts = read_parts(coding, job.session, tier_pattern=pattern)
    assembly = Assembly(parts)
    agreed = SessionConsensus(assembly, coding, job.sequences, method=job.method, min_ms=job.min_ms)
    disputes: tuple[Dispute, ...] = tuple(agreed.disputes)
    computed_disputes = len(disputes)
    findings: list[Finding] = []
    _stamp(assembly, coding)
    document = computed = assembly.document(f"{job.stem}.merged.eaf")
    if job.earlier is not None:
        assembly, disputes, new = resume_from(parts, computed, disputes, job.earlier, job.session, clean=job.clean)
        _stamp(assembly, coding)
        document = assembly.document(computed.name)
        findings += new
    findings += assembly.findings
    content = document.to_bytes()
    present = coding.raters_of(job.session)
    missing = [rater for rater in job.raters if rater not in present]
    if missing:
        message = text("finding.merge-raters-missing.message", session=job.session, missing=", ".join(missing))
        findings.append(finding("merge-raters-missing", message, hint=text("finding.merge-raters-missing.hint")))
    return Merged(
        session=job.session,
        stem=job.stem,
        eaf=content,
        pfsx=merged_preferences(document, assembly, coding).to_bytes(),
        disputes=disputes,
        findings=tuple(replace(item, session=job.session) for item in findings),
        record={
            "session": job.session,
            "file": document.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "raters": list(present),
            "missing_raters": missing,
            "inputs": [
                {"file": file.name, "rater": file.rater, "sha256": file.sha256, "offset_ms": file.offset_ms}
                for file in coding.files
            ],
            "annotations": _counts(document),
            "renumbered": assembly.renamed,
            "disagreements": len(disputes),
            "taken_off": computed_disputes - len(disputes),
            "adjudicated": job.earlier is not None,
            "computed": {suffix: sorted(stretches(computed, suffix)) for suffix in (CONSENSUS, DISAGREEMENT)},
        },
        flow=tuple(SessionFlow.of(coding, job.session, job.sequences, job.raters).parts()),
    )


def _stamp(assembly: Assembly, coding: CheckedCoding) -> None:
    if not coding.codebook.extracted:
        assembly.set_property(CODEBOOK_PROPERTY, coding.codebook.stamp)


def _counts(document: Document) -> dict[str, int]:
    return dict(Counter({tier.id: len(document.annotations(tier.id)) for tier in document.tiers}))
