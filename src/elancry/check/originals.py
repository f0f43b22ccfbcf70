"""The raters' own ids, tier and file names for annotations that are read from a merged file.

Merging renumbers ids where they clash and writes down how (`merge.json` beside the merged file). Tables name the
rater's originals, so that a number can be traced back to the file that the rater made.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from elancry.check.coding import RESERVED_RATERS, CodedAnnotation, CodedTier
from elancry.eaf import Annotation
from elancry.eaf.times import Given
from elancry.paths import read_regular

RECORD = "merge.json"
SESSIONS_BEGIN = '"sessions": [\n'
"""The line of it behind which every session has a line."""


LeftOut = tuple[Annotation, Given | None]
"""An annotation as the rater's file has it, and begin and end as far as they are given, where they are damaged."""


@dataclass(frozen=True)
class Originals:
    """Of one merged file: `files` maps raters to their files, `ids` its ids to (rater's file, id there)."""

    files: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    left_out: Mapping[str, Sequence[LeftOut]] = field(default_factory=dict)
    """Tier of the merged file -> the annotations that it could not hold."""

    def restore(self, tiers: Sequence[CodedTier]) -> tuple[CodedTier, ...]:
        """The raters' tiers with their own ids and file names; the consensus is nobody's and stays."""
        return tuple(tier if tier.rater in RESERVED_RATERS else self._tier(tier) for tier in tiers)

    def _tier(self, tier: CodedTier) -> CodedTier:
        file = next((self.ids[item.id][0] for item in tier.annotations if item.id in self.ids), None)
        file = file if file is not None else self.files.get(tier.rater)
        annotations = tuple(map(self._annotation, tier.annotations))
        return replace(tier, tier=tier.tier.removesuffix(f"@{tier.rater}"), annotations=annotations, file=file)

    def _annotation(self, item: CodedAnnotation) -> CodedAnnotation:
        parent = item.parent
        return replace(item, id=self._id(item.id), parent=None if parent is None else self._id(parent))

    def _id(self, identity: str) -> str:
        return self.ids[identity][1] if identity in self.ids else identity


def originals_of(path: Path) -> Originals:
    """What `merge.json` beside a merged file says of it; nothing where there is none that fits."""
    try:
        return _read(next(item for item in session_records(path.parent / RECORD) if item["file"] == path.name))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return Originals()


def all_of(now: object) -> list[str]:
    """The new ids that merge.json says an annotation id has; several where annotations of the file shared it."""
    return [str(name) for name in now] if isinstance(now, list) else [str(now)]


def session_records(path: Path) -> Iterator[Mapping[str, Any]]:
    """What `merge.json` says of each session, in its order; only one session is in memory at a time.

    elancry writes every session on a line of its own; a file that somebody laid out anew is read as a whole.
    Raises OSError and ValueError where it cannot be read, KeyError where it is no such file.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open(encoding="utf-8") as lines:
        if any(line == SESSIONS_BEGIN for line in lines):
            for line in lines:
                text = line.strip().removesuffix(",")
                if text == "]":
                    return
                if text:
                    yield json.loads(text)
            return
    yield from json.loads(read_regular(path))["sessions"]


def record_options(path: Path) -> Mapping[str, Any]:
    """The options of the merge that `merge.json` tells of; none where it cannot be read."""
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if line.startswith('"options": '):
                    found = json.loads(line.removeprefix('"options": ').strip().removesuffix(","))
                    return found if isinstance(found, dict) else {}
            lines.seek(0)
            whole = json.load(lines)
        return whole["options"] if isinstance(whole["options"], dict) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _read(record: Mapping[str, Any]) -> Originals:
    files = {str(item["rater"]): str(item["file"]) for item in record["inputs"] if item["rater"]}
    ids = {
        str(new): (str(file), str(old))
        for file, renamed in record["renumbered"].items()
        for old, now in renamed.items()
        for new in all_of(now)
    }
    left: dict[str, list[LeftOut]] = {}
    for item in record.get("left_out", ()):
        if not item.get("stray"):
            left.setdefault(str(item["tier"]), []).append(_left_out(item))
    return Originals(files, ids, left)


def _left_out(item: Mapping[str, Any]) -> LeftOut:
    annotation = Annotation(
        id=str(item["id"]),
        tier=str(item["tier"]),
        value=str(item["value"]),
        start_ms=int(item["start_ms"]),
        end_ms=int(item["end_ms"]),
        aligned=item["parent"] is None,
        cve_ref=item["cve_ref"],
        ext_ref=item["ext_ref"],
        lang_ref=item["lang_ref"],
        parent=item["parent"],
        previous=item["previous"],
    )
    given = item["given"]
    return annotation, None if given is None else (given[0], given[1])
