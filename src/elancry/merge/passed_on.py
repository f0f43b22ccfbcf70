"""Merged files that are given away: under pseudonyms, with what the meeting decided, and the tables that go with them.

Nothing is merged again: what stands on consensus and disagreement tiers is the meeting's, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elancry.align.sequences import match_sequences
from elancry.check.coding import CheckedCoding
from elancry.check.originals import RECORD
from elancry.findings import Finding
from elancry.merge.names import file_stems
from elancry.merge.over_all import FILES, write_annotations
from elancry.outputs import OutputFolder
from elancry.texts import Text, text


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


def pass_on(coding: CheckedCoding, out_dir: Path, *, force: bool = False, csv_form: str | None = None) -> PassedOn:
    """Write the merged files of `coding` as they are to `out_dir`, with annotations tables and merge.json.

    Raises InvalidInput where a finding forbids using the coding, OutputRefused where the folder cannot be used.
    """
    sequences, odd = match_sequences(coding)
    coding.with_findings(odd).require_usable()
    stems = file_stems(coding.sessions)
    folder = OutputFolder(out_dir, command="merge", force=force)
    folder.refuse_foreign([*(f"{stem}.merged.eaf" for stem in stems.values()), *FILES])
    for file in coding.files:
        folder.write(f"{stems[file.session]}.merged.eaf", file.path.read_bytes())
    write_annotations(folder, coding, sequences, csv_form)
    records = {file.path.parent / RECORD: None for file in coding.files}
    for record in records:
        if record.is_file():
            folder.write(RECORD, record.read_bytes())
    folder.finish()
    return PassedOn(out_dir, len(coding.sessions), tuple(odd))
