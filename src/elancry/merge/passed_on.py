"""Merged files that are given away: under pseudonyms, with what the meeting decided, and the tables that go with them.

Nothing is merged again: what stands on consensus and disagreement tiers is the meeting's, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding
from elancry.check.originals import RECORD
from elancry.errors import OutputRefused
from elancry.files import sha256
from elancry.findings import Finding
from elancry.merge.names import file_stems
from elancry.merge.over_all import FILES, write_annotations
from elancry.outputs import OutputFolder
from elancry.texts import Text, some, text


@dataclass(frozen=True)
class PassedOn:
    """What was written."""

    folder: Path
    n_sessions: int
    findings: tuple[Finding, ...]
    flow: tuple[Text, ...] = ()

    def summary(self) -> str:
        """What a person wants to know at the end."""
        return str(text("merge.passed-on", n=self.n_sessions, folder=str(self.folder)))


def pass_on(
    coding: CheckedCoding, out_dir: Path, *, force: bool = False, discard: bool = False, csv_form: str | None = None
) -> PassedOn:
    """Write the merged files of `coding` as they are to `out_dir`, with annotations tables and merge.json.

    Merged files in `out_dir` that people worked in are replaced only with `discard`, not by `force`.

    Raises InvalidInput where a finding forbids using the coding, OutputRefused where the folder cannot be used or
    somebody's work would be lost.
    """
    sequences, odd = match_sequences(coding)
    coding.with_findings(odd).require_usable()
    stems = file_stems(coding.sessions)
    folder = OutputFolder(out_dir, command="merge", force=force, worked_in=True)
    names = {file.session: f"{stems[file.session]}.merged.eaf" for file in coding.files}
    worked_in = [name for name in names.values() if folder.is_of_people(name)]
    if worked_in and not discard:
        said = text("merge.people-worked", files=some(sorted(worked_in)), folder=str(out_dir), n=len(worked_in))
        raise OutputRefused(said, hint=text("merge.hint-passed-on"))
    folder.refuse_edited(FILES)
    folder.refuse_foreign(FILES)
    for file in coding.files:
        name, content = names[file.session], file.path.read_bytes()
        if name in worked_in:
            folder.write_over(name, content, seen=sha256(out_dir / name), ours=True)
        else:
            folder.write(name, content)
        preferences = file.path.with_suffix(".pfsx")
        if preferences.is_file() and not folder.is_of_people(beside := name.removesuffix("eaf") + "pfsx"):
            folder.write(beside, preferences.read_bytes())
    write_annotations(folder, coding, sequences, csv_form)
    records = {file.path.parent / RECORD: None for file in coding.files}
    for record in records:
        if record.is_file():
            folder.write(RECORD, record.read_bytes())
    folder.finish()
    return PassedOn(out_dir, len(coding.sessions), tuple(odd))
