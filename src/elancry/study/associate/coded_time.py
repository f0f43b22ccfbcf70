"""Timelines as the association takes them: per system and sequence, each rater's flags per category.

A system has one timeline per sequence (one tier) or one per category (a tier for each); here both have one form.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from elancry.association.cooccurrence import CodedTime

if TYPE_CHECKING:
    from elancry.align.timeline import Timeline
    from elancry.codebook.model import System

MISSING = -2


@dataclass(frozen=True)
class Unit:
    """One sequence; times are ms from the start of the medium, `None` where no timeline gives them."""

    session: str
    sequence: str
    start_ms: int | None
    end_ms: int | None

    @property
    def key(self) -> tuple[str, str]:
        """Session and sequence."""
        return self.session, self.sequence


def units_of(timelines: Iterable[Timeline]) -> tuple[Unit, ...]:
    """Every sequence of the timelines, once, in their order; sequences without any time are left out."""
    found: dict[tuple[str, str], Unit] = {}
    for line in timelines:
        if len(line.start_ms) and (line.session, line.sequence) not in found:
            unit = Unit(line.session, line.sequence, int(line.start_ms[0]), int(line.end_ms[-1]))
            found[unit.key] = unit
    return tuple(found.values())


def coded_times(timelines: Iterable[Timeline], system: System) -> dict[tuple[str, str], dict[str, CodedTime]]:
    """(session, sequence) -> rater -> coded time of `system`; raters of whom nothing is known there are left out."""
    lines: dict[tuple[str, str], list[Timeline]] = {}
    for line in timelines:
        if line.system == system.id and len(line.start_ms):
            lines.setdefault((line.session, line.sequence), []).append(line)
    names = [category.id for category in system.categories]
    return {key: _raters(items, names) for key, items in lines.items()}


def _raters(lines: list[Timeline], names: list[str]) -> dict[str, CodedTime]:
    edges = np.unique(np.concatenate([np.concatenate([line.start_ms, line.end_ms[-1:]]) for line in lines]))
    coded: dict[str, CodedTime] = {}
    for rater in dict.fromkeys(name for line in lines for name in line.raters):
        present = np.zeros((len(edges) - 1, len(names)), dtype=bool)
        known = np.zeros_like(present)
        for line in lines:
            if rater not in line.raters:
                continue
            rows = np.searchsorted(line.start_ms, edges[:-1], side="right") - 1
            codes = line.codes[rows, line.raters.index(rater)]
            for code, category in enumerate(line.categories):
                if category in names:
                    column = names.index(category)
                    known[:, column] |= codes != MISSING
                    present[:, column] |= codes == code
        if known.any():
            coded[rater] = CodedTime(edges, present, known)
    return coded
