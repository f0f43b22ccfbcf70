"""What a migration did with every annotation: one row each, so that none can get lost unnoticed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from elancry.eaf import Document


class Fate(StrEnum):
    """What became of an annotation. The last five leave it as it is, and a person has to decide."""

    KEPT = "kept"
    REWORDED = "reworded"
    RENAMED = "renamed"
    MERGED = "merged"
    OTHER = "other tier"
    SPLIT = "split"
    REMOVED = "removed"
    CONFLICT = "conflict"
    UNKNOWN = "not in the old codebook"
    OFF_SCALE = "not on the new scale"

    @property
    def needs_a_person(self) -> bool:
        """Whether nobody but a person can say which category it is now."""
        return self in (Fate.SPLIT, Fate.REMOVED, Fate.CONFLICT, Fate.UNKNOWN, Fate.OFF_SCALE)


@dataclass(frozen=True, slots=True)
class MigratedAnnotation:
    """One annotation before and after; `tier` and `new_tier` differ where the tier was renamed."""

    file: str
    tier: str
    new_tier: str
    annotation_id: str
    start_ms: int
    end_ms: int
    old_value: str
    new_value: str
    fate: Fate
    note: str = ""


COLUMNS = (
    "file", "tier", "new_tier", "annotation_id", "start_ms", "end_ms", "old_value", "new_value", "change", "decide",
    "note",
)  # fmt: skip


def account(
    before: Document, after: Document, fates: Mapping[str, tuple[Fate, str]], file: str
) -> list[MigratedAnnotation]:
    """A row for every annotation of `before`, with what stands in `after`; annotations without a fate are `other tier`.

    Raises AssertionError if an annotation is gone, new, or has other times: then the migration itself is at fault and
    its result must not be written.
    """
    new = {item.id: item for tier in after.tiers for item in after.annotations(tier.id)}
    rows = []
    for tier in before.tiers:
        for old in before.annotations(tier.id):
            now = new.pop(old.id, None)
            if now is None or (now.start_ms, now.end_ms) != (old.start_ms, old.end_ms):
                raise AssertionError(f"{file}: the migration lost or moved the annotation {old.id} of tier {tier.id}")
            fate, note = fates.get(old.id, (Fate.OTHER, ""))
            rows.append(
                MigratedAnnotation(
                    file, tier.id, now.tier, old.id, old.start_ms, old.end_ms, old.value, now.value, fate, note
                )
            )
    if new:
        raise AssertionError(f"{file}: the migration made up annotations: {', '.join(sorted(new))}")
    return rows


def to_csv(rows: Iterable[MigratedAnnotation]) -> str:
    """The rows as CSV: comma, line ends `\\n`; `decide` is `yes` where a person has to."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        decide = "yes" if row.fate.needs_a_person else ""
        table.writerow(
            (
                row.file, row.tier, row.new_tier, row.annotation_id, row.start_ms, row.end_ms, row.old_value,
                row.new_value, row.fate.value, decide, row.note,
            )
        )  # fmt: skip
    return text.getvalue()
