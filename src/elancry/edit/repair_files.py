"""Checked files with their repairable values repaired, in a folder of their own: `elancry check --fix -o DIR`.

The inputs are never touched. Every file that was read is there again under its name, those without repairs as copies
byte for byte, so that the folder can take the place of the old one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from elancry.check.coding import CheckedCoding
from elancry.check.naming import UNNAMED, TierPattern
from elancry.codebook.model import Codebook
from elancry.eaf.ecv import read_coded
from elancry.edit.preferences_names import preferences_beside, preferences_name
from elancry.edit.repairs import Repair, repair_document
from elancry.errors import OutputRefused
from elancry.outputs import OutputFolder
from elancry.paths import real_path
from elancry.spans import format_ms
from elancry.texts import text

TABLE = "fixes.csv"


@dataclass(frozen=True)
class Repaired:
    """What was written: `files` names them, `repairs` has a row for each value that changed."""

    folder: Path
    files: tuple[str, ...]
    repairs: tuple[Repair, ...]

    def text(self) -> str:
        """Each repair on a line, and where the files are, in the language of messages."""
        lines = [
            text(
                "edit.fixed",
                file=item.file,
                tier=item.tier,
                annotation=item.annotation_id,
                start=format_ms(item.start_ms),
                old=item.old_value,
                new=item.new_value,
                why=item.why.shown,
            )
            for item in self.repairs
        ]
        values = text("edit.values-fixed", n=len(self.repairs))
        files = text("count.files", n=len(self.files))
        where = text("edit.fixed-files", values=values, files=files, folder=str(self.folder), table=TABLE)
        return "\n".join(map(str, [*lines, where]))


@dataclass(frozen=True)
class RepairFile:
    """The work on one file of a coding; picklable."""

    codebook: Codebook
    files: Mapping[str, tuple[str, str | None, bool]]
    """Name -> session, rater, whether merged."""
    tier_pattern: str | None
    spelling: bool

    @classmethod
    def of(cls, coding: CheckedCoding, *, spelling: bool = False) -> RepairFile:
        """For every file of `coding`; with `spelling` also values that only one category is similar to."""
        files = {
            file.name: (file.session, None if file.rater in ("", UNNAMED) else file.rater, file.merged)
            for file in coding.files
        }
        return cls(coding.codebook, files, coding.tier_pattern, spelling)

    def __call__(self, path: Path, name: str) -> tuple[dict[str, bytes], tuple[Repair, ...]]:
        """The copy of a file with its preferences, repaired where that cannot lose meaning, and the repairs."""
        session, rater, merged = self.files[name]
        after, found = repair_document(
            read_coded(path, name),
            self.codebook,
            file=name,
            session=session,
            rater=rater,
            merged=merged,
            tier_pattern=None if self.tier_pattern is None else TierPattern(self.tier_pattern),
            spelling=self.spelling,
        )
        contents = {name: after.to_bytes() if found else path.read_bytes()}
        beside = preferences_beside(path)
        if beside.is_file():
            contents[preferences_name(name)] = beside.read_bytes()
        return contents, tuple(found)


def write_repaired(
    coding: CheckedCoding, out_dir: Path, files: Mapping[str, bytes], repairs: Sequence[Repair], *, force: bool = False
) -> Repaired:
    """Write the copies of the files of `coding` and `fixes.csv`, all or none.

    OutputRefused where `out_dir` is a folder that files were read from, or would lose somebody's work.
    """
    for file in coding.files:
        if real_path(out_dir) == real_path(file.path).parent or real_path(out_dir / file.name) == real_path(file.path):
            said = text("edit.folder-of-originals", folder=str(out_dir), file=file.name)
            raise OutputRefused(said, hint=text("edit.hint-other-folder"))
    folder = OutputFolder(out_dir, command="check", force=force)
    folder.write_all({**files, TABLE: _csv(repairs).encode("utf-8")})
    folder.finish()
    return Repaired(out_dir, tuple(file.name for file in coding.files), tuple(repairs))


def _csv(repairs: Iterable[Repair]) -> str:
    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\n")
    table.writerow([field.name for field in fields(Repair)])
    table.writerows(astuple(item) for item in repairs)
    return stream.getvalue()
