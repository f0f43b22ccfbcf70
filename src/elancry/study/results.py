"""What a study run hands to the report: provenance, tables, timelines. Data only; the report does not compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook
    from elancry.findings import Finding


@dataclass(frozen=True)
class Provenance:
    """Who computed what from which bytes."""

    command: str
    created: str
    versions: Mapping[str, str]
    seed: int
    plan: Mapping[str, Mapping[str, Any]]
    """Setting -> {"value": ..., "chosen": bool}; `chosen` is False where the default stood."""
    inputs: tuple[Mapping[str, str], ...]
    """One mapping per file read: file, session, rater, sha256."""
    passed_over: Mapping[str, int]
    """Reason -> number of files that were found and not read."""


@dataclass(frozen=True)
class Design:
    """Who coded what."""

    sessions: tuple[str, ...]
    raters: tuple[str, ...]
    sequences: tuple[Mapping[str, Any], ...]
    """One mapping per sequence: session, sequence, start_ms, end_ms, raters (list)."""
    coded: Mapping[str, tuple[str, ...]]
    """Session -> raters who coded it."""
    double_coded_share: float | None
    """Share of the sequences that two or more raters coded; None without sequences."""


@dataclass(frozen=True)
class Results:
    """Everything a report shows."""

    provenance: Provenance
    codebook: Codebook
    design: Design
    findings: tuple[Finding, ...]
    tables: Mapping[str, pd.DataFrame]
    """Table name (`agreement`, `confusion`, `cooccurrence`, `regression`, `models`, `sequences`, ...) -> frame.

    A part that could not be computed is absent here and named in `omitted`.
    """
    timelines: tuple[Timeline, ...] = ()
    omitted: Mapping[str, str] = field(default_factory=dict)
    """Part (`cooccurrence`, ...) -> why it is not there, in plain words."""
