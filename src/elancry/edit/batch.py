"""One batch operation on one file: from the path to the bytes of the copy and the rows of `changes.csv`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from elancry.eaf import Document, read_eaf
from elancry.eaf.ecv import read_coded
from elancry.eaf.media_length import length_ms, linked_path
from elancry.edit.change import Change, nothing_named
from elancry.edit.name_patterns import matching
from elancry.edit.preferences_names import preferences_beside, preferences_name, with_renamed_tiers
from elancry.edit.relink_media import Relink
from elancry.edit.renames import TIER_RENAMED
from elancry.edit.statistics import StatisticsChoice, statistics_rows
from elancry.findings import Finding

TABLE = "changes.csv"
STATISTICS = "statistics.csv"

Function = Callable[[Document, Any], Change]


@dataclass(frozen=True)
class Changed:
    """What became of one file: rows in the order of `change.COLUMNS`, findings, and the files to be written."""

    changed: bool
    rows: tuple[tuple[object, ...], ...]
    findings: tuple[Finding, ...]
    contents: Mapping[str, bytes]


def change_file(
    path: Path, name: str, operation: str, function: Function, choices: object, output: Path | None
) -> Changed:
    """Read a file, apply an operation, and give its copy for the folder `output` (`None`: nothing is to be written).

    A file that the operation leaves as it is comes back byte for byte. The preferences (.pfsx) that lie beside a file
    come along, renamed tiers under their new names. Raises UnreadableInput, UsageError or InvalidInput where it cannot
    be done.
    """
    if isinstance(choices, Relink):
        choices = replace(choices, folder=(output / name).parent if output is not None else path.parent)
    document = read_coded(path, name)
    change = function(document, choices).in_file(name)
    contents: dict[str, bytes] = {}
    if output is not None:
        contents[name] = change.document.to_bytes() if change.rows else path.read_bytes()
        beside = preferences_beside(path)
        if beside.is_file():
            renames = {row.tier: str(row.after) for row in change.rows if row.what == TIER_RENAMED}
            contents[preferences_name(name)] = with_renamed_tiers(beside.read_bytes(), renames)
    rows = tuple(row.cells(name, operation) for row in change.rows)
    return Changed(bool(change.rows), rows, change.findings, contents)


def count_file(path: Path, name: str, choices: StatisticsChoice, *, recording: bool, on_medium: bool) -> Changed:
    """The rows of `statistics.csv` of one file, in the order of `statistics.COLUMNS`.

    With `recording`, the observation period is the linked recording where its length can be read from its header. With
    `on_medium`, times are those of the first medium, where the file says that its time 0 is elsewhere (TIME_ORIGIN).
    """
    document = read_eaf(path)
    if on_medium and document.media:
        choices = replace(choices, offset_ms=document.time_in_medium(0))
    if recording:
        choices = replace(choices, recording_ms=_recording_ms(document, path.parent))
    names = [tier.id for tier in document.tiers]
    findings = tuple(
        replace(nothing_named("tier", pattern, names), file=name)
        for pattern in choices.patterns
        if not matching(names, [pattern])
    )
    return Changed(True, tuple((name, *row) for row in statistics_rows(document, choices)), findings, {})


def _recording_ms(document: Document, folder: Path) -> int | None:
    lengths = []
    for medium in document.media:
        found = linked_path(medium, folder)
        length = None if found is None else length_ms(found)
        if length is not None:
            lengths.append(length - (medium.time_origin_ms or 0))
    return max(lengths, default=None)
