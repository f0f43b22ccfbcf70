"""One point for the consensus meeting, and how merge.json holds it.

A session of merge.json has its points in `points`, in the order of time:

| key | means |
|---|---|
| `sequence`, `system`, `tier` | where; `system` is empty for the sequences themselves, `tier` is without `@consensus` |
| `kind` | `time`; `edge`: raters differ in when something begins or ends, not in what; `sequence`; `rating` |
| `start_ms`, `end_ms` | when: ms on the timeline of the merged file; of a rating, the sequence's |
| `codes` | rater -> what the rater said, as people read it: `-` none, `?` not coded, `dispair?` cannot be read |
| `categories` | rater -> the category, the rating or the sequence; empty: none; null: not coded, or unreadable |
| `consensus` | what the consensus says, as people read it (`-`: none of the categories); null where it says nothing |
| `state` | `settled`, `open`, or `undecided`: people discussed it and left it open |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from elancry.align.point_marks import SEPARATOR, SETTLED_AS_NONE

PointKind = Literal["time", "edge", "sequence", "rating"]


class PointState(StrEnum):
    """How far a point is."""

    OPEN = "open"
    SETTLED = "settled"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Dispute:
    """One point. `values` has one text per rater, `categories` the same as data; `settled` is the consensus, if any.

    `undecided`: people discussed it and left it open. See above for what each of them means.
    """

    session: str
    sequence: str
    system: str
    tier: str
    kind: PointKind
    start_ms: int
    end_ms: int
    values: Mapping[str, str]
    settled: str | None
    categories: Mapping[str, str | None] = field(default_factory=dict)
    undecided: bool = False

    @property
    def duration_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms

    @property
    def state(self) -> PointState:
        """How far it is."""
        if self.settled is not None:
            return PointState.SETTLED
        return PointState.UNDECIDED if self.undecided else PointState.OPEN

    @property
    def text(self) -> str:
        """`R1=protest | R2=despair | R3=-`; a bar within a code is shown as `/`, so that codes stay apart."""
        parts = [f"{rater}={value.replace('|', '/')}" for rater, value in self.values.items()]
        return SEPARATOR.join([*parts, SETTLED_AS_NONE] if self.settled == "-" else parts)

    def record(self) -> dict[str, Any]:
        """What merge.json says of it."""
        return {
            "sequence": self.sequence,
            "system": self.system,
            "tier": self.tier,
            "kind": self.kind,
            "start_ms": self.start_ms,
            "end_ms": self.end_ms,
            "codes": dict(self.values),
            "categories": dict(self.categories),
            "consensus": self.settled,
            "state": self.state.value,
        }

    @classmethod
    def of_record(cls, session: str, record: Mapping[str, Any]) -> Dispute:
        """The point of a session that merge.json tells of. Raises KeyError where that is not one."""
        return cls(
            session,
            record["sequence"],
            record["system"],
            record["tier"],
            record["kind"],
            record["start_ms"],
            record["end_ms"],
            record["codes"],
            record["consensus"],
            record["categories"],
            record["state"] == PointState.UNDECIDED,
        )
