"""Checked files with their repairable values repaired, in a folder of their own: `elancry check --fix -o DIR`.

The inputs are never touched. Every file that was read is there again under its name, those without repairs as copies
byte for byte, so that the folder can take the place of the old one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from elancry.check.coding import CheckedCoding
from elancry.check.naming import UNNAMED, TierPattern
from elancry.eaf import read_eaf
from elancry.edit.repairs import Repair, repair_document
from elancry.errors import OutputRefused
from elancry.outputs import OutputFolder
from elancry.spans import format_ms

TABLE = "fixes.csv"


@dataclass(frozen=True)
class Repaired:
    """What was written: `files` names them, `repairs` has a row for each value that changed."""

    folder: Path
    files: tuple[str, ...]
    repairs: tuple[Repair, ...]

    def text(self) -> str:
        """Each repair on a line, and where the files are."""
        lines = [
            f"fixed {item.file}, tier {item.tier}, annotation {item.annotation_id}, {format_ms(item.start_ms)}: "
            f"{item.old_value!r} -> {item.new_value!r} ({item.why})"
            for item in self.repairs
        ]
        values = "1 value" if len(self.repairs) == 1 else f"{len(self.repairs)} values"
        files = "1 file" if len(self.files) == 1 else f"{len(self.files)} files"
        lines.append(f"{values} fixed; {files} in {self.folder}, the repairs in {TABLE}. The originals are unchanged.")
        return "\n".join(lines)


def repair_files(coding: CheckedCoding, out_dir: Path, *, spelling: bool = False, force: bool = False) -> Repaired:
    """Write every file of `coding` to `out_dir`, repaired where that cannot lose meaning, and `fixes.csv`.

    OutputRefused where `out_dir` is a folder that files were read from, or would lose somebody's work. Nothing is
    written before all files are repaired.
    """
    for file in coding.files:
        if out_dir.resolve() == file.path.resolve().parent or (out_dir / file.name).resolve() == file.path.resolve():
            raise OutputRefused(
                f"{out_dir} is the folder that {file.name} was read from; originals are never changed",
                hint="Choose another folder with -o.",
            )
    pattern = None if coding.tier_pattern is None else TierPattern(coding.tier_pattern)
    contents: dict[str, bytes] = {}
    repairs: list[Repair] = []
    for file in coding.files:
        document = read_eaf(file.path)
        after, found = repair_document(
            document,
            coding.codebook,
            file=file.name,
            session=file.session,
            rater=None if file.rater in ("", UNNAMED) else file.rater,
            merged=file.merged,
            tier_pattern=pattern,
            spelling=spelling,
        )
        contents[file.name] = after.to_bytes() if found else file.path.read_bytes()
        beside = file.path.with_suffix(".pfsx")
        if beside.is_file():
            contents[file.name[: -len(file.path.suffix)] + ".pfsx"] = beside.read_bytes()
        repairs += found
    names = tuple(file.name for file in coding.files)
    contents[TABLE] = _csv(repairs).encode("utf-8")
    folder = OutputFolder(out_dir, command="check", force=force)
    folder.write_all(contents)
    folder.finish()
    return Repaired(out_dir, names, tuple(repairs))


def _csv(repairs: Iterable[Repair]) -> str:
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow([field.name for field in fields(Repair)])
    table.writerows(astuple(item) for item in repairs)
    return text.getvalue()
