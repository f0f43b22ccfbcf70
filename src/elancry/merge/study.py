"""All sessions of a study merged into one folder.

Each session is read, merged and written before the next one, so memory does not grow with the study; with several jobs
the sessions are shared out to processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elancry import __version__
from elancry.align.sequences import match_sequences
from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding
from elancry.errors import OutputRefused, UsageError
from elancry.findings import Finding
from elancry.merge.adjudication import Earlier, Stretch, stretches
from elancry.merge.consensus import Dispute, Method
from elancry.merge.names import file_stems
from elancry.merge.pseudonyms import Key, Veil
from elancry.merge.session import Job, Merged, jobs_of, merge_session
from elancry.merge.worklist import by_length, worklist_frame, worklist_html
from elancry.outputs import OutputFolder
from elancry.table.annotations import annotations_frame
from elancry.table.export import csv_bytes, data_dictionary, parquet_bytes
from elancry.table.schema import ANNOTATIONS

RECORD = "merge.json"
WRITTEN_TOGETHER = 32
"""Files that are written at once: each time, the list of all files in the folder is written too."""
_COMPUTED = (f"@{CONSENSUS}", f"@{DISAGREEMENT}")

Progress = Callable[[int, int], None]
"""Called with (sessions merged, sessions in all)."""


@dataclass(frozen=True)
class MergeResult:
    """What was merged: `findings` of matching and merging (those of checking are in the coding)."""

    folder: Path
    sessions: tuple[str, ...]
    n_files: int
    n_annotations: int
    disputes: tuple[Dispute, ...]
    findings: tuple[Finding, ...]

    def summary(self) -> str:
        """What a person wants to know at the end, in a few lines."""
        open_ = sum(item.settled is None for item in self.disputes)
        sessions = "1 session" if len(self.sessions) == 1 else f"{len(self.sessions)} sessions"
        return (
            f"{self.n_files} files of {sessions} merged into {self.folder}: {self.n_annotations} annotations kept.\n"
            f"{len(self.disputes)} disagreements, {open_} of them to be decided: see worklist.html."
        )


def merge_study(
    coding: CheckedCoding,
    out_dir: Path,
    *,
    consensus: str = Method.MAJORITY,
    min_ms: int = 0,
    force: bool = False,
    csv_form: str | None = None,
    resume: bool = False,
    discard_adjudication: bool = False,
    key: Path | None = None,
    keep_tiers: Sequence[str] = (),
    jobs: int = 1,
    progress: Progress | None = None,
) -> MergeResult:
    """Write `{session}.merged.eaf` with its .pfsx, the annotations tables, the worklist and merge.json to `out_dir`.

    `consensus`: `majority`, the name of a rater, or `none` for no consensus tiers. `min_ms`: see `align.consensus`.
    `resume` keeps what people edited on the consensus tiers of merged files in `out_dir` (see `adjudication`);
    `discard_adjudication` gives it up. `key` is the file with pseudonyms, made if it is not there: with it no name goes
    out, and of tiers outside the codebook only `keep_tiers` (see `pseudonyms`).

    Raises UsageError for an unknown rater and for nothing to merge, InvalidInput where a finding forbids merging,
    OutputRefused where the folder cannot be used, would lose somebody's work, or holds an edited consensus.
    """
    veil = None
    if key is not None:
        pseudonyms = Key.read(key, outputs=out_dir)
        veil = Veil(pseudonyms, coding, keep_tiers=keep_tiers)
        pseudonyms.write(key)
        consensus = veil.rater(consensus) if consensus in coding.raters else consensus
        coding = veil.coding(coding)
    sequences, odd = match_sequences(coding)
    coding.with_findings(odd).require_usable()
    _require_sense(coding, consensus)
    stems = file_stems(coding.sessions)
    edited = _edited(out_dir)
    if edited and not (resume or discard_adjudication):
        names = ", ".join(sorted(item.path.name for item in edited.values()))
        raise OutputRefused(
            f"the consensus was edited in {names} in {out_dir}; merging again would lose that work",
            hint="Keep it with --resume, merge elsewhere with -o, or give it up with --discard-adjudication.",
        )
    folder = OutputFolder(out_dir, command="merge", force=force or bool(edited))
    folder.refuse_foreign(name for stem in stems.values() for name in (f"{stem}.merged.eaf", f"{stem}.merged.pfsx"))
    taken_up = edited if resume and not discard_adjudication else {}
    work = jobs_of(coding, sequences, stems, taken_up, method=consensus, min_ms=min_ms, veil=veil)
    batch: dict[str, bytes | str] = {}
    records: list[str] = []
    kept = 0
    disputes: list[Dispute] = []
    findings: list[Finding] = list(odd)
    for number, merged in enumerate(_all(work, jobs), start=1):
        batch |= {f"{merged.stem}.merged.eaf": merged.eaf, f"{merged.stem}.merged.pfsx": merged.pfsx}
        if len(batch) >= WRITTEN_TOGETHER or number == len(work):
            folder.write_all(batch)
            batch = {}
        # As text at once: as objects, the records of many sessions would take ten times the memory.
        records.append(_line(merged.record))
        kept += sum(count for tier, count in merged.record["annotations"].items() if not tier.endswith(_COMPUTED))
        disputes += merged.disputes
        findings += merged.findings
        if progress is not None:
            progress(number, len(work))
    frame = annotations_frame(coding, sequences)
    folder.write("annotations.csv", csv_bytes(frame, csv_form))
    folder.write("annotations.parquet", parquet_bytes(frame))
    del frame
    folder.write("annotations_columns.csv", csv_bytes(data_dictionary([ANNOTATIONS]), csv_form))
    folder.write("worklist.csv", csv_bytes(worklist_frame(disputes), csv_form))
    folder.write("worklist.html", worklist_html(disputes))
    folder.write(RECORD, _record(coding, records, disputes, consensus=str(consensus), min_ms=min_ms))
    folder.finish()
    return MergeResult(
        folder=out_dir,
        sessions=coding.sessions,
        n_files=len(coding.files),
        n_annotations=kept,
        disputes=tuple(by_length(disputes)),
        findings=tuple(findings),
    )


def _require_sense(coding: CheckedCoding, consensus: str) -> None:
    if not coding.files:
        raise UsageError("there is nothing to merge: no file could be read")
    known = (*Method, *coding.raters)
    if consensus not in known:
        raise UsageError(
            f"--consensus {consensus!r} is neither a method nor a rater", hint=f"Choose one of {', '.join(known)}."
        )


def _all(work: list[Job], jobs: int) -> Iterator[Merged]:
    if jobs == 1 or len(work) < 2:
        yield from map(merge_session, work)
        return
    from joblib import Parallel, delayed

    done: Iterable[Merged] = Parallel(n_jobs=jobs, return_as="generator")(delayed(merge_session)(job) for job in work)
    yield from done


def _edited(folder: Path) -> dict[str, Earlier]:
    """Session -> its merged file of an earlier run, where people edited the @consensus or @disagreement tiers since."""
    try:
        known = json.loads((folder / RECORD).read_text(encoding="utf-8"))["sessions"]
        found = [(str(item["session"]), _earlier(folder, item)) for item in known]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {session: earlier for session, earlier in found if earlier is not None}


def _earlier(folder: Path, record: Mapping[str, Any]) -> Earlier | None:
    """What a session's record and its merged file say; `None` where nobody edited it or it is gone."""
    from elancry.eaf import read_eaf

    name = str(record["file"])
    disagreements = frozenset(map(_stretch, record["computed"][DISAGREEMENT]))
    consensus = frozenset(map(_stretch, record["computed"][CONSENSUS]))
    path = folder / name
    if Path(name).name != name or not path.is_file():
        return None
    document = read_eaf(path)
    present = stretches(document, CONSENSUS) | stretches(document, DISAGREEMENT)
    if not record["adjudicated"] and present == consensus | disagreements:
        return None
    return Earlier(path, document, disagreements, consensus)


def _stretch(row: list[Any]) -> Stretch:
    tier, start_ms, end_ms, value = row
    return str(tier), int(start_ms), int(end_ms), str(value)


def _record(coding: CheckedCoding, sessions: Sequence[str], disputes: list[Dispute], **options: Any) -> str:
    """merge.json, a line for each session and each disagreement; `sessions` are such lines already."""
    disagreements = (
        {
            "session": item.session,
            "sequence": item.sequence,
            "system": item.system,
            "tier": item.tier,
            "kind": item.kind,
            "start_ms": item.start_ms,
            "end_ms": item.end_ms,
            "duration_ms": item.duration_ms,
            "codes": dict(item.values),
            "consensus": item.settled,
        }
        for item in by_length(disputes)
    )
    head = {
        "elancry": __version__,
        "codebook": {"id": coding.codebook.id, "version": coding.codebook.version},
        "options": options,
        "passed_over": dict(coding.passed_over),
    }
    parts = [f"{json.dumps(name)}: {_line(value)}" for name, value in head.items()]
    parts += [
        f'"{name}": [\n{",".join(_on_lines(lines))}\n]'
        for name, lines in (("sessions", sessions), ("disagreements", map(_line, disagreements)))
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _on_lines(lines: Iterable[str]) -> Iterator[str]:
    return (line if number == 0 else f"\n{line}" for number, line in enumerate(lines))
