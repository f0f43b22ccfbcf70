"""What a study run hands to the report: provenance, tables, timelines. Data only; the report does not compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from elancry.choices import Language

if TYPE_CHECKING:
    import pandas as pd

    from elancry.align.timeline import Timeline
    from elancry.codebook.model import Codebook
    from elancry.findings import Finding
    from elancry.texts import Texts


@dataclass(frozen=True)
class Provenance:
    """Who computed what from which bytes."""

    command: str
    created: str
    versions: Mapping[str, str]
    seed: int
    plan: Mapping[str, Mapping[str, Any]]
    """Setting -> {"value": ..., "chosen": bool}, and "line": int where the plan file chose it.

    `chosen` is False where the default stood.
    """
    inputs: tuple[Mapping[str, str], ...]
    """One mapping per file read: file, session, rater, sha256."""
    passed_over: Mapping[str, int]
    """Reason -> number of files that were found and not read."""
    plan_file: str | None = None
    """The plan that was read, relative to where the command was called; `None` where there was none."""

    def setting(self, name: str, default: Any) -> Any:
        """The value of a setting; `default` where it is not told."""
        return self.plan.get(name, {}).get("value", default)


@dataclass(frozen=True)
class Coverage:
    """How many sequences of one system were coded one way."""

    system: str
    coding: str
    """`interval` or `rating`."""
    by_rater: Mapping[str, int]
    """Rater -> number of sequences that this rater coded; raters who coded none are not in it."""
    n_coded: int
    """Sequences that somebody coded."""
    n_double: int
    """Sequences that two or more raters coded."""
    n_complete: int
    """Sequences that all raters of `by_rater` coded."""


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
    """Share of the sequences that two or more raters marked, whatever they coded there; None without sequences."""
    coverage: tuple[Coverage, ...] = ()
    """What was really coded, for each system and way of coding: a rater who marked a sequence may have coded less."""
    whole_sessions: bool = False
    """Whether whole sessions were taken as sequences because the files hold none."""


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
    plots: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Points of figures that no table holds (`bland_altman`, `boundaries`, `residuals`); not part of results.json."""
    media: tuple[tuple[str, str, int], ...] = ()
    """Session, `media_key` of a recording that its files link, and the ms of it at which time 0 of the coding lies."""
    omitted: Mapping[str, str | Texts] = field(default_factory=dict)
    """Part (`cooccurrence`, ...) -> why it is not there, in plain words."""

    def shown(self, *, language: Language | None = None, print_figures: bool | None = None) -> Results:
        """The same results, to be shown in another language or also for print, as if the plan had chosen so."""
        chosen = {"language": language and language.value, "print_figures": print_figures}
        settings = {name: {"value": value, "chosen": True} for name, value in chosen.items() if value is not None}
        return replace(self, provenance=replace(self.provenance, plan={**self.provenance.plan, **settings}))
