"""One session from its raters' files to the merged document, as bytes: a job that another process can do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elancry.align.flow import Part as FlowPart
from elancry.align.flow import SessionFlow
from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CheckedCoding
from elancry.check.naming import TierPattern
from elancry.check.structure import CODEBOOK_PROPERTY
from elancry.eaf import Document
from elancry.errors import OutputRefused, UnreadableInput
from elancry.findings import Finding, finding
from elancry.merge.adjudication import Earlier, Work, refuse, resume_from
from elancry.merge.assemble import Assembly
from elancry.merge.carried import with_parents
from elancry.merge.consensus import SessionConsensus
from elancry.merge.dispute import Dispute
from elancry.merge.parts import Part
from elancry.merge.preferences import merged_preferences
from elancry.merge.remembered import Remembered, remember, tier_digest
from elancry.merge.soundness import mend
from elancry.merge.tier_names import read_parts
from elancry.texts import some, text


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
    """The merged file that people worked in, if there is one."""


@dataclass(frozen=True)
class Merged:
    """What is written for a session; `record` is its part of merge.json.

    `n_annotations` counts those of the raters. `seen` is the SHA-256 of people's file that was taken up, if there is
    one; `ours`: nothing of theirs is in `eaf`.
    """

    session: str
    stem: str
    eaf: bytes
    pfsx: bytes
    disputes: tuple[Dispute, ...]
    findings: tuple[Finding, ...]
    record: dict[str, Any]
    flow: tuple[FlowPart, ...]
    """What can be compared among the raters, and what not for which reason."""
    n_annotations: int
    seen: str | None = None
    ours: bool = True


def jobs_of(
    coding: CheckedCoding,
    sequences: Sequence[MatchedSequence],
    stems: Mapping[str, str],
    earlier: Mapping[str, Earlier],
    *,
    method: str,
    min_ms: int,
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
        )


@dataclass(frozen=True)
class Refused:
    """A session of which nothing is written, with the reason."""

    session: str
    finding: Finding


def merge_session(job: Job) -> Merged | Refused:
    """Read the session's files again, put them together, add consensus and disagreements.

    Raises OutputRefused where something that people did to the earlier merged file would be lost, UnreadableInput where
    there is such a file and one of the raters' changed or vanished since it was checked.
    """
    coding = job.coding
    pattern = None if coding.tier_pattern is None else TierPattern(coding.tier_pattern)
    parts = read_parts(coding, job.session, tier_pattern=pattern)
    if isinstance(parts, Finding):
        if job.earlier is not None:
            raise UnreadableInput(parts.placed, hint=parts.advice)
        return Refused(job.session, parts)
    work = None if job.earlier is None else job.earlier.work()
    carried = None
    if work is not None:
        refuse(work)
        carried = work.part(parts, work.cleaned) if work.cleaned is not None else None
    decided = work is not None and work.decided
    assembly = Assembly([*parts, *([] if carried is None or decided else [carried])])
    agreed = SessionConsensus(assembly, coding, job.sequences, method=job.method, min_ms=job.min_ms)
    disputes: tuple[Dispute, ...] = tuple(agreed.disputes)
    taken_off = 0
    findings: list[Finding] = []
    findings += [] if work is None else [_hidden(name, work.earlier.path.name) for name in work.hidden]
    _stamp(assembly, coding)
    computed, mended = mend(assembly.document(f"{job.stem}.merged.eaf"), assembly.raters_tiers)
    document = computed
    raters_tiers = list(dict.fromkeys(name for part in parts for _, name in part.tiers.values()))
    remembered = Remembered.of(computed, job.session, raters_tiers, consensus=job.method, min_ms=job.min_ms)
    if work is not None:
        if work.decided:
            resumed = resume_from(parts, computed, disputes, work, job.session)
            assembly, disputes, taken_off = resumed.assembly, resumed.disputes, resumed.taken_off
            _stamp(assembly, coding)
            document, mended = mend(assembly.document(computed.name), assembly.raters_tiers)
            findings += resumed.findings
            remembered = remembered.without(resumed.unseen)
        _refuse_changed_raters(work, coding, parts, computed)
        if work.cleaned is not None:
            document = with_parents(document, work.cleaned)
    document = remember(document, remembered)
    findings += (*assembly.findings, *mended.findings)
    content = document.to_bytes()
    counts = {tier.id: len(document.annotations(tier.id)) for tier in document.tiers}
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
        n_annotations=sum(counts[name] for name in raters_tiers if name in counts),
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
            "annotations": counts,
            "renumbered": assembly.renamed,
            "left_out": mended.left_out,
            "restructured": mended.restructured,
            "points": [item.record() for item in sorted(disputes, key=lambda item: (item.start_ms, item.end_ms))],
            "taken_off": taken_off,
            "adjudicated": decided,
        },
        flow=tuple(SessionFlow.of(coding, job.session, job.sequences, job.raters).parts()),
        seen=None if work is None else work.seen,
        ours=not decided and carried is None,
    )


def _hidden(tier: str, file: str) -> Finding:
    said = text("finding.merge-tier-hidden.message", tier=tier)
    return finding("merge-tier-hidden", said, hint=text("finding.merge-tier-hidden.hint", file=file), tier=tier)


def _refuse_changed_raters(work: Work, coding: CheckedCoding, parts: Sequence[Part], computed: Document) -> None:
    """Raise OutputRefused where people changed a rater's tier in a file of version 0.1, which remembers no digests.

    That can be told as long as the rater's file is the one that was merged.
    """
    before, remembered = work.document, work.remembered
    if before is None or remembered is None or work.earlier.replace_raters:
        return
    merged = {item["file"]: item["sha256"] for item in work.earlier.record.get("inputs", ())}
    same = {file.name for file in coding.files if merged.get(file.name) == file.sha256}
    names = [name for part in parts if part.name in same for _, name in part.tiers.values()]
    changed = [
        name
        for name in names
        if remembered.others.get(name) == ""
        and before.tier(name) is not None
        and tier_digest(before, name) != tier_digest(computed, name)
    ]
    if changed:
        said = text("merge.work-raters-tiers", file=work.earlier.path.name, tiers=some(changed, 5))
        raise OutputRefused(text("merge.work-stops", obstacles=said), hint=text("merge.work-hint"))


def _stamp(assembly: Assembly, coding: CheckedCoding) -> None:
    if not coding.codebook.extracted:
        assembly.set_property(CODEBOOK_PROPERTY, coding.codebook.stamp)
