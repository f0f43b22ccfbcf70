"""All sessions of a study merged into one folder.

Each session is read, merged and written before the next one, and what concerns all sessions is put aside on disk, so
memory does not grow with the study (where the coding was put aside too); with several jobs the sessions are shared out
to processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from elancry.align.flow import put_aside
from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding
from elancry.check.disk_store import DiskStore
from elancry.choices import Consensus
from elancry.eaf import Document
from elancry.errors import OutputRefused, UsageError
from elancry.findings import Finding
from elancry.merge.adjudication import edited_since
from elancry.merge.names import file_stems
from elancry.merge.over_all import FILES, OverAll, heading, write_annotations
from elancry.merge.session import Job, Merged, jobs_of, merge_session
from elancry.names import there_are
from elancry.outputs import OutputFolder
from elancry.processes import parallel_map
from elancry.table.flow_words import flow_lines
from elancry.texts import Text, some, text

WRITTEN_TOGETHER = 32
"""Files that are written at once: each time, the list of all files in the folder is written too."""

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
    n_taken_off: int
    """Disagreements that people deleted or drew otherwise in an edited consensus; they are not among the others."""
    findings: tuple[Finding, ...]
    flow: tuple[Text, ...] = ()
    """What of the coding can be compared, then what cannot and why."""

    def __repr__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """What a person wants to know at the end, in a few lines, in the language of messages."""
        sessions, files = text("count.sessions", n=len(self.sessions)), text("count.files", n=self.n_files)
        disagreements = text("merge.disagreements", n=self.n_disagreements)
        kept = text("merge.annotations-kept", n=self.n_annotations)
        lines = [
            text("merge.done", files=files, sessions=sessions, folder=str(self.folder), kept=kept),
            text("merge.to-decide", disagreements=disagreements, open=self.n_open),
        ]
        if self.n_taken_off:
            lines.append(text("merge.taken-off", n=self.n_taken_off))
        return "\n".join(map(str, (*lines, *self.flow)))


def merge_study(
    coding: CheckedCoding,
    out_dir: Path,
    *,
    consensus: str = Consensus.MAJORITY,
    min_ms: int = 0,
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
    `resume` keeps what people edited on the consensus tiers of merged files in `out_dir` (see `adjudication`);
    `discard_adjudication` gives it up. `clean` is what is done with an earlier merged file and its session before
    anything of it is taken over: where names are hidden, people's programs may have written some into it.

    Raises UsageError for an unknown rater and for nothing to merge, InvalidInput where a finding forbids merging,
    OutputRefused where the folder cannot be used, would lose somebody's work, or holds an edited consensus.
    """
    sequences, odd = match_sequences(coding)
    coding.with_findings(odd).require_usable()
    _require_sense(coding, consensus)
    stems = file_stems(coding.sessions)
    edited = edited_since(out_dir)
    if edited and not (resume or discard_adjudication):
        names = some(sorted(item.path.name for item in edited.values()))
        said = text("merge.consensus-edited", files=names, folder=str(out_dir))
        raise OutputRefused(said, hint=text("merge.hint-consensus-edited"))
    folder = OutputFolder(out_dir, command="merge", force=force or bool(edited))
    of_sessions = (f"{stem}.merged.{suffix}" for stem in stems.values() for suffix in ("eaf", "pfsx"))
    folder.refuse_foreign([*of_sessions, *FILES])
    resumed = edited if resume and not discard_adjudication else {}
    n_work = len(coding.sessions)
    work = jobs_of(coding, sequences, stems, resumed, method=consensus, min_ms=min_ms, clean=clean)
    findings: list[Finding] = list(odd)
    batch: dict[str, bytes | str] = {}
    with DiskStore() as store:
        over_all = OverAll(store)
        for number, merged in enumerate(_all(work, n_work, jobs), start=1):
            batch |= {f"{merged.stem}.merged.eaf": merged.eaf, f"{merged.stem}.merged.pfsx": merged.pfsx}
            if len(batch) >= WRITTEN_TOGETHER or number == n_work:
                folder.write_all(batch)
                batch = {}
            over_all.add(merged)
            findings += merged.findings
            if progress is not None:
                progress(number, n_work)
        write_annotations(folder, coding, sequences, csv_form)
        over_all.flow.add(put_aside(coding.aside))
        over_all.write(folder, csv_form, heading(coding, consensus=str(consensus), min_ms=min_ms))
    folder.finish()
    return MergeResult(
        folder=out_dir,
        sessions=coding.sessions,
        n_files=len(coding.files),
        n_annotations=over_all.n_annotations,
        n_disagreements=len(over_all.worklist),
        n_open=over_all.worklist.n_open,
        n_taken_off=over_all.n_taken_off,
        findings=tuple(findings),
        flow=tuple(flow_lines(over_all.flow.rows)),
    )


def _require_sense(coding: CheckedCoding, consensus: str) -> None:
    if not coding.files:
        raise UsageError(text("merge.nothing-to-merge"))
    known = (*Consensus, *coding.raters)
    if consensus not in known:
        raise UsageError(
            text("merge.consensus-unknown", name=consensus), hint=there_are(consensus, list(map(str, known)))
        )


def _all(work: Iterable[Job], n_work: int, jobs: int) -> Iterator[Merged]:
    return parallel_map(merge_session, ((job,) for job in work), jobs=jobs if n_work > 1 else 1)
