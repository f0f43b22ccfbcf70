"""All sessions of a study merged into one folder.

Each session is read, merged and written before the next one, and what concerns all sessions is put aside on disk, so
memory does not grow with the study (where the coding was put aside too); with several jobs the sessions are shared out
to processes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from elancry.align.flow import put_aside
from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding
from elancry.check.disk_store import DiskStore
from elancry.choices import Consensus
from elancry.eaf import Document
from elancry.errors import OutputRefused, UsageError
from elancry.findings import Finding, finding
from elancry.merge.adjudication import files_of_people, options_before
from elancry.merge.names import file_stems
from elancry.merge.over_all import FILES, OverAll, heading, write_annotations
from elancry.merge.session import Job, Merged, Refused, jobs_of, merge_session
from elancry.merge.worklist import FRAME_MS
from elancry.names import there_are
from elancry.outputs import OutputFolder
from elancry.processes import parallel_map
from elancry.table.flow_words import flow_lines
from elancry.texts import Text, some, text

WRITTEN_TOGETHER = 32
"""Files that are written at once: each time, the list of all files in the folder is written too."""

_IN_SUMMARY = ("merge-option-changed", "merge-tier-hidden")
"""Findings that are said in the summary too."""

Progress = Callable[[int, int], None]
"""Called with (sessions merged, sessions in all)."""


@dataclass(frozen=True)
class MergeResult:
    """What was merged: `findings` of matching and merging (those of checking are in the coding)."""

    folder: Path
    sessions: tuple[str, ...]
    n_files: int
    n_annotations: int
    n_disagreements: int
    n_open: int
    """Disagreements that nobody decided."""
    n_undecided: int
    """Disagreements that people discussed and left open."""
    n_below_frame: int
    """How many of those that nobody decided are shorter than a frame of the video."""
    n_taken_off: int
    """Disagreements that people deleted or drew otherwise in an edited consensus; they are not among the others."""
    findings: tuple[Finding, ...]
    flow: tuple[Text, ...] = ()
    """What of the coding can be compared, then what cannot and why."""
    kept: tuple[Path, ...] = ()
    """Copies of people's files that were replaced."""

    def __repr__(self) -> str:
        return "\n".join([self.summary(), *([] if not self.kept else [str(kept_line(self.kept))])])

    def summary(self) -> str:
        """What a person wants to know at the end, in a few lines, in the language of messages."""
        sessions, files = text("count.sessions", n=len(self.sessions)), text("count.files", n=self.n_files)
        disagreements = text("merge.disagreements", n=self.n_disagreements)
        kept = text("merge.annotations-kept", n=self.n_annotations)
        lines: list[Text | str] = [
            text("merge.done", files=files, sessions=sessions, folder=str(self.folder), kept=kept),
            text("merge.to-decide", disagreements=disagreements, open=self.n_open),
        ]
        if self.n_undecided:
            lines.append(text("merge.undecided", n=self.n_undecided))
        if self.n_below_frame:
            lines.append(text("merge.below-frame", n=self.n_below_frame, frame=FRAME_MS))
        if self.n_taken_off:
            lines.append(text("merge.taken-off", n=self.n_taken_off))
        lines += [item.said for item in self.findings if item.code in _IN_SUMMARY]
        return "\n".join(map(str, (*lines, *self.flow)))


def merge_study(
    coding: CheckedCoding,
    out_dir: Path,
    *,
    consensus: str | None = None,
    min_ms: int | None = None,
    force: bool = False,
    csv_form: str | None = None,
    resume: bool = False,
    discard_adjudication: bool = False,
    clean: Callable[[Document, str], Document] | None = None,
    jobs: int = 1,
    progress: Progress | None = None,
) -> MergeResult:
    """Write `{session}.merged.eaf` with its .pfsx, the annotations tables, the worklist and merge.json to `out_dir`.

    `consensus`: `majority`, the name of a rater, or `none` for no consensus tiers. `min_ms`: see `align.consensus`.
    Where they are `None` they are those of the earlier merge that is resumed, else the majority and 0.

    Merged files in `out_dir` that people worked in (see `adjudication`) are never replaced without being asked for:
    `resume` carries on what they did, `discard_adjudication` gives up their decisions and carries on the rest. `force`
    replaces other files of people's. All of them are first kept as `NAME.kept-1`. `clean` is what is done
    with such a merged file and its session before anything of it is taken over: where names are hidden, people's
    programs may have written some into it.

    A session of which a file changed or vanished since it was checked is left out everywhere; findings and merge.json
    name it.

    Raises UsageError for an unknown rater and for nothing to merge, InvalidInput where a finding forbids merging,
    OutputRefused where the folder cannot be used or somebody's work would be lost.
    """
    sequences, odd = match_sequences(coding)
    coding.with_findings(odd).require_usable()
    _require_sense(coding, consensus or Consensus.MAJORITY)
    stems = file_stems(coding.sessions)
    folder = OutputFolder(out_dir, command="merge", force=force, worked_in=True)
    earlier = files_of_people(folder, stems, discard=discard_adjudication, replace_raters=force, clean=clean)
    if earlier and not (resume or discard_adjudication):
        names = sorted(item.path.name for item in earlier.values())
        edited = sorted(
            item.path.name for item in earlier.values() if folder.wrote(item.path.name) or item.work().is_seen
        )
        code = "merge.people-worked" if edited else "merge.people-may-have-worked"
        said = Text(code, {"files": some(edited or names), "folder": str(out_dir), "n": len(edited or names)})
        raise OutputRefused(said, hint=text("merge.hint-people-worked"))
    _refuse_other_files(folder, stems.values(), worked_in=bool(earlier))
    before = options_before(earlier.values(), out_dir)
    method, min_ms, changed = _options(consensus, min_ms, before if resume and not discard_adjudication else None)
    _require_sense(coding, method)
    n_work = len(coding.sessions)
    work = jobs_of(coding, sequences, stems, earlier, method=method, min_ms=min_ms)
    findings: list[Finding] = [*odd, *changed]
    refused: dict[str, Finding] = {}
    batch: dict[str, bytes | str] = {}
    with DiskStore() as store:
        over_all = OverAll(store)
        for number, merged in enumerate(_all(work, n_work, jobs), start=1):
            if isinstance(merged, Refused):
                refused[merged.session] = merged.finding
            else:
                batch |= _contents(folder, merged)
                over_all.add(merged)
                findings += merged.findings
            if len(batch) >= WRITTEN_TOGETHER or number == n_work:
                folder.write_all(batch)
                batch = {}
            if progress is not None:
                progress(number, n_work)
        findings += refused.values()
        coding = _without(coding, refused)
        sequences = tuple(item for item in sequences if item.session not in refused)
        write_annotations(folder, coding, sequences, csv_form)
        over_all.flow.add(put_aside(coding.aside))
        over_all.write(folder, csv_form, heading(coding, refused, consensus=str(method), min_ms=min_ms))
    # Where people worked in the file of a session that is not merged now, its colours stay with it.
    others = [path.name for path in out_dir.glob("*.merged.eaf") if folder.is_of_people(path.name)]
    folder.finish(spare=[f"{name.removesuffix('eaf')}pfsx" for name in others])
    return MergeResult(
        folder=out_dir,
        sessions=coding.sessions,
        n_files=len(coding.files),
        n_annotations=over_all.n_annotations,
        n_disagreements=len(over_all.worklist),
        n_open=over_all.worklist.n_open,
        n_undecided=over_all.worklist.n_undecided,
        n_below_frame=over_all.worklist.n_below_frame,
        n_taken_off=over_all.n_taken_off,
        findings=tuple(findings),
        flow=tuple(flow_lines(over_all.flow.rows)),
        kept=tuple(folder.kept),
    )


def _contents(folder: OutputFolder, merged: Merged) -> dict[str, bytes]:
    """What is written for a session with those of others; a file that people worked in is carried on here.

    Preferences that ELAN rewrote when somebody opened the file stay as they are.
    """
    eaf, pfsx = f"{merged.stem}.merged.eaf", f"{merged.stem}.merged.pfsx"
    left = {} if (folder.folder / eaf).exists() and folder.is_of_people(pfsx) else {pfsx: merged.pfsx}
    if merged.seen is None:
        return {eaf: merged.eaf, **left}
    folder.write_over(eaf, merged.eaf, seen=merged.seen, ours=merged.ours)
    return left


def _refuse_other_files(folder: OutputFolder, stems: Iterable[str], *, worked_in: bool) -> None:
    """Raise OutputRefused for tables that people edited and for files that were not written here, unless forced."""
    absent = [stem for stem in stems if not (folder.folder / f"{stem}.merged.eaf").exists()]
    try:
        folder.refuse_edited(FILES)
        folder.refuse_foreign([*(f"{stem}.merged.{suffix}" for stem in absent for suffix in ("eaf", "pfsx")), *FILES])
    except OutputRefused as error:
        if not worked_in:
            raise
        raise OutputRefused(error.said, hint=text("merge.hint-move-own")) from error


def _options(
    consensus: str | None, min_ms: int | None, before: tuple[str, int] | None
) -> tuple[str, int, tuple[Finding, ...]]:
    """How to merge, and what is said where that is another way than `before`, (method, min_ms) of an earlier merge."""
    method_before, min_ms_before = (Consensus.MAJORITY.value, 0) if before is None else before
    method = method_before if consensus is None else str(consensus)
    shortest = min_ms_before if min_ms is None else min_ms
    if before is None:
        return method, shortest, ()
    pairs = {"--consensus": (method_before, method), "--min-ms": (min_ms_before, shortest)}
    return (
        method,
        shortest,
        tuple(
            finding(
                "merge-option-changed",
                text("finding.merge-option-changed.message", option=option, before=str(old), now=str(new)),
                hint=text("finding.merge-option-changed.hint", option=option, before=str(old)),
            )
            for option, (old, new) in pairs.items()
            if old != new
        ),
    )


def kept_line(kept: Iterable[Path]) -> Text:
    """Where people's files are that were replaced."""
    return text("outputs.kept", files=some(sorted(map(str, kept))))


def _require_sense(coding: CheckedCoding, consensus: str) -> None:
    if not coding.files:
        raise UsageError(text("merge.nothing-to-merge"))
    known = (*Consensus, *coding.raters)
    if consensus not in known:
        raise UsageError(
            text("merge.consensus-unknown", name=consensus), hint=there_are(consensus, list(map(str, known)))
        )


def _without(coding: CheckedCoding, sessions: Collection[str]) -> CheckedCoding:
    """The coding without some sessions, their raters included; the same one where there are none."""
    if not sessions:
        return coding
    files = tuple(file for file in coding.files if file.session not in sessions)
    aside = tuple(item for item in coding.aside if item.session not in sessions)
    return replace(coding, files=files, aside=aside)


def _all(work: Iterable[Job], n_work: int, jobs: int) -> Iterator[Merged | Refused]:
    return parallel_map(merge_session, ((job,) for job in work), jobs=jobs if n_work > 1 else 1)
