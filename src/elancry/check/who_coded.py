"""Who coded which session? The roster: what was to be coded, what is there, and how far it is.

Conventions
-----------
- What was to be coded is the assignment, where there is one; else every session by every rater that the study names;
  else every session by everybody who coded any.
- `done`: at least one system is coded; `lacking` names those that are not. `empty`: a file with nothing coded in it.
  `unreadable`: a file that nobody can look into. `missing`: no file. `unexpected`: a file of somebody who was not to
  code that session, whatever is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from elancry.check.coding import RESERVED_RATERS, CheckedCoding, CodedFile, natural_key
from elancry.check.left_out import Why


class Progress(StrEnum):
    """How far a rater is with a session."""

    DONE = "done"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNEXPECTED = "unexpected"


@dataclass(frozen=True)
class Part:
    """What a file holds of a rater; `systems`: whether each is coded, `None` for a file that cannot be read."""

    session: str
    rater: str
    file: str
    systems: Mapping[str, bool] | None


@dataclass(frozen=True)
class Entry:
    """One session and rater. `file` is empty where it is missing; `lacking` are systems that the file lacks."""

    session: str
    rater: str
    progress: Progress
    file: str = ""
    lacking: tuple[str, ...] = ()


Assigned = Mapping[str, Sequence[str]]
"""Session -> who was to code it."""


def roster(
    parts: Iterable[Part], *, assigned: Assigned | None = None, raters: Sequence[str] | None = None
) -> tuple[Entry, ...]:
    """Every session and rater that was to code it or did, by session and rater in natural order.

    `raters` are those that the study names, `None` where it names none; their order is theirs. Of two files of one
    rater and session the first counts.
    """
    found: dict[tuple[str, str], Part] = {}
    for part in parts:
        found.setdefault((part.session, part.rater), part)
    if assigned is not None:
        wanted = {(session, name) for session, names in assigned.items() for name in names}
        wanted = {pair for pair in wanted if raters is None or pair[1] in raters}
    else:
        everybody = raters if raters is not None else dict.fromkeys(rater for _, rater in found)
        wanted = {(session, rater) for session, _ in found for rater in everybody}
    place = {name: number for number, name in enumerate(raters or ())}

    def order(pair: tuple[str, str]) -> tuple[object, ...]:
        return natural_key(pair[0]), place.get(pair[1], len(place)), natural_key(pair[1])

    return tuple(_entry(pair, found.get(pair), pair in wanted) for pair in sorted(wanted | found.keys(), key=order))


def _entry(pair: tuple[str, str], part: Part | None, wanted: bool) -> Entry:
    if part is None:
        return Entry(*pair, Progress.MISSING)
    systems = {} if part.systems is None else part.systems
    lacking = tuple(name for name, coded in systems.items() if not coded)
    if not wanted:
        progress = Progress.UNEXPECTED
    elif part.systems is None:
        progress = Progress.UNREADABLE
    else:
        progress = Progress.DONE if any(systems.values()) else Progress.EMPTY
    return Entry(*pair, progress, part.file, lacking)


def parts_of_file(file: CodedFile) -> Iterator[Part]:
    """What a file holds of each of its raters."""
    for rater in file.raters:
        systems: dict[str, bool] = {}
        for tier in file.tiers:
            if tier.rater == rater and tier.system is not None and rater not in RESERVED_RATERS:
                systems[tier.system] = systems.get(tier.system, False) or not tier.missing
        yield Part(file.session, rater, file.name, systems)


def roster_of_coding(
    coding: CheckedCoding, *, assigned: Assigned | None = None, raters: Sequence[str] | None = None
) -> tuple[Entry, ...]:
    """The roster of a checked study; `coding` holds no file that cannot be read but in what is set aside."""
    unreadable = (item for item in coding.aside if item.why is Why.FILE_UNREADABLE and item.rater)
    parts = [part for file in coding.files for part in parts_of_file(file)]
    parts += [Part(item.session, item.rater, item.file, None) for item in unreadable]
    return roster(parts, assigned=assigned, raters=raters)
