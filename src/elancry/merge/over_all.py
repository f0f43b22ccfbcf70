"""What a merge writes about all sessions together: annotations tables, worklist, merge.json.

Everything is written piece by piece from what was put aside on disk, so that a study of any size fits into memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from elancry import __version__
from elancry.align.flow import Account
from elancry.align.sequences import MatchedSequence
from elancry.check.coding import CheckedCoding
from elancry.check.disk_store import DiskStore
from elancry.check.originals import RECORD, SESSIONS_BEGIN
from elancry.findings import Finding
from elancry.merge.session import Merged
from elancry.merge.worklist import Worklist, worklist_frames, worklist_html
from elancry.outputs import OutputFolder
from elancry.table.annotations import annotations_frames
from elancry.table.export import ParquetPieces, csv_bytes, data_dictionary
from elancry.table.schema import ANNOTATIONS

FILES = (
    "annotations.csv",
    "annotations.parquet",
    "annotations_columns.csv",
    "worklist.csv",
    "worklist.html",
    RECORD,
)
"""The names of what is written here, for looking first whether something of somebody's stands there."""


class OverAll:
    """Takes what every session gives, then writes the lists over all of them."""

    def __init__(self, store: DiskStore) -> None:
        self.worklist = Worklist(store)
        self.n_annotations = 0
        """The raters' annotations in the merged files."""
        self.n_taken_off = 0
        """Disagreements that people deleted or drew otherwise, so that they are not on the worklist."""
        self.flow = Account()
        self._store = store
        self._records: list[tuple[int, int]] = []

    def add(self, merged: Merged) -> None:
        """Take over what a merged session gives."""
        self.n_annotations += merged.n_annotations
        self.n_taken_off += merged.record["taken_off"]
        self._records.append(self._store.put_one(merged.record))
        self.worklist.add(merged.disputes)
        self.flow.add(merged.flow)

    def write(self, folder: OutputFolder, csv_form: str | None, head: Mapping[str, Any]) -> None:
        """Write worklist.csv, worklist.html and merge.json; `head` is what merge.json begins with."""
        with folder.writing("worklist.csv") as stream:
            for number, frame in enumerate(worklist_frames(self.worklist)):
                stream.write(csv_bytes(frame, csv_form, first=number == 0))
        folder.write("worklist.html", worklist_html(self.worklist))
        with folder.writing(RECORD) as stream:
            stream.write(b"{\n")
            for name, value in head.items():
                stream.write(f"{json.dumps(name)}: {_line(value)},\n".encode())
            _write_lines(stream, SESSIONS_BEGIN, self._store.get(self._records))
            stream.write(b"\n}\n")


def heading(coding: CheckedCoding, refused: Mapping[str, Finding], **options: Any) -> dict[str, Any]:
    """What merge.json says of the run; `refused` maps sessions that were left out to the reason."""
    return {
        "elancry": __version__,
        "codebook": {"id": coding.codebook.id, "version": coding.codebook.version},
        "options": options,
        "passed_over": dict(coding.passed_over),
        "refused": [{"session": session, "file": item.file, "why": item.code} for session, item in refused.items()],
    }


def write_annotations(
    folder: OutputFolder, coding: CheckedCoding, sequences: Sequence[MatchedSequence], csv_form: str | None
) -> None:
    """Write annotations.csv, .parquet and the dictionary of their columns."""
    with (
        folder.writing("annotations.csv") as csv,
        folder.writing("annotations.parquet") as parquet,
        ParquetPieces(parquet, ANNOTATIONS) as pieces,
    ):
        for number, frame in enumerate(annotations_frames(coding, sequences)):
            csv.write(csv_bytes(frame, csv_form, first=number == 0))
            pieces.add(frame)
    folder.write("annotations_columns.csv", csv_bytes(data_dictionary([ANNOTATIONS]), csv_form))


def _write_lines(stream: BinaryIO, begin: str, items: Iterable[Any]) -> None:
    """A JSON list with a line for each item, whose first line is `begin`."""
    stream.write(begin.encode())
    for number, item in enumerate(items):
        stream.write((_line(item) if number == 0 else f",\n{_line(item)}").encode())
    stream.write(b"\n]")


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
