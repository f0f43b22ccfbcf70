"""The checked coding: what raters coded, reduced to what the numbers need. It is the only door to the numbers.

Nothing here holds a document: a study of thousands of files stays small in memory. Merging reads the files again, and
has the tiers of a file put aside on disk (`check.disk_store`): they are then read anew each time they are asked for.

Conventions
-----------
- Times are integer ms on the time line of the session: where raters linked the medium with different offsets, the
  offset is already applied (`CodedFile.offset_ms` says by how much).
- `category` is the codebook's id, `None` where the value is not in the vocabulary: that stretch is missing, not "none".
- Raters are ordered as the study names them, else naturally (R2 before R10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from elancry.check.left_out import Why
from elancry.codebook.model import Codebook
from elancry.errors import InvalidInput, UnreadableInput
from elancry.findings import Finding, Severity
from elancry.texts import text

CONSENSUS = "consensus"
DISAGREEMENT = "disagreement"
RESERVED_RATERS = frozenset({CONSENSUS, DISAGREEMENT})

UNREADABLE = frozenset({"file-unreadable", "file-placeholder"})
"""Codes of findings about files that could not be read at all (exit code 2)."""

TierKind = Literal["interval", "rating", "sequence"]

END_OF_TIME_MS = 2**53
"""Later than any annotation."""


@dataclass(frozen=True, slots=True)
class CodedAnnotation:
    """One annotation. `category` of a rating is its number as text; `parent` is the id of the annotation above it."""

    id: str
    start_ms: int
    end_ms: int
    value: str
    category: str | None = None
    parent: str | None = None
    damaged: bool = False
    """Whether the times are made up, because those of the file are no times or end before they begin."""

    @property
    def duration_ms(self) -> int:
        """Length in ms."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class CodedTier:
    """One rater's annotations on one tier.

    `system` is `None` for the sequence tier. `category` is set where the tier belongs to one category: every rating
    tier, and interval tiers of the tier-per-category layout. `missing` says that the rater did not code here at all
    (tier absent, or empty throughout the file); it does not mean "none of the categories".
    """

    rater: str
    system: str | None
    kind: TierKind
    category: str | None
    tier: str
    annotations: tuple[CodedAnnotation, ...] = ()
    missing: bool = False
    file: str | None = None
    """The rater's own file, where it was read from a merged one."""
    open_ms: tuple[tuple[int, int], ...] = ()
    """Where each annotation of damaged times may lie, in their order: what is not coded there is unknown."""
    unrated: tuple[CodedAnnotation, ...] = ()
    """Annotations of a rating tier without a value, which are no ratings."""
    held: tuple[int, int] | None = None
    """Annotations of the tier and their ms as the file holds them, damaged times 0; `None`: not read from a file."""
    moments: bool = False
    """Whether it holds moments, as point events of other programs become: only their begin is data."""

    def left_out_whole(self, item: CodedAnnotation) -> Why | None:
        """Why one of the annotations is left out of every number, as far as its own file shows."""
        if item.damaged or (self.kind == "interval" and item.duration_ms <= 0):
            return Why.TIME_DAMAGED
        if item.category is None:
            return Why.VALUE_UNKNOWN if item.value.strip() else Why.VALUE_EMPTY
        return None

    @property
    def events(self) -> Iterator[CodedAnnotation]:
        """The annotations of some length. One of damaged times is as long as it may be, and of unknown category."""
        opened = iter(self.open_ms)
        for item in self.annotations:
            start_ms, end_ms = next(opened, (0, 0)) if item.damaged else (item.start_ms, item.end_ms)
            if start_ms < end_ms < END_OF_TIME_MS:
                yield replace(item, start_ms=start_ms, end_ms=end_ms, category=None) if item.damaged else item

    def between(self, start_ms: int, end_ms: int) -> list[CodedAnnotation]:
        """The annotations that share time with `[start_ms, end_ms)`, in the file's order."""
        return [item for item in self.annotations if item.start_ms < end_ms and item.end_ms > start_ms]


@dataclass(frozen=True)
class CodedFile:
    """One file. `rater` is "" where the tiers of one file belong to several raters (each tier names its own).

    `duration_ms` is the length of the medium where it is known. `offset_ms` was added to every time of the file.
    """

    path: Path
    name: str
    session: str
    rater: str
    round: str | None
    sha256: str
    duration_ms: int | None
    tiers: Sequence[CodedTier]
    merged: bool = False
    media: tuple[str, ...] = ()
    offset_ms: int = 0
    codebook: str = ""
    """Id and version of the codebook that the file names; "" where it names none."""
    origins_ms: tuple[int, ...] = ()
    """Where time 0 of the file lies in each of `media` (TIME_ORIGIN), before `offset_ms` was added; empty: unknown."""

    @cached_property
    def raters(self) -> tuple[str, ...]:
        """Everybody who has a tier here (the adjudicated consensus is nobody), in the order of the tiers."""
        found = dict.fromkeys(tier.rater for tier in self.tiers)
        return tuple(name for name in found if name and name not in RESERVED_RATERS) or (
            (self.rater,) * bool(self.rater)
        )


@dataclass(frozen=True)
class Aside:
    """Tiers of a file that are not in the coding; of a file that cannot be read there are none."""

    why: Why
    file: str
    session: str
    rater: str
    tiers: Sequence[CodedTier] = ()


@dataclass(frozen=True)
class CheckedCoding:
    """All files of a study with everything that was found wrong in them."""

    codebook: Codebook
    files: tuple[CodedFile, ...]
    findings: tuple[Finding, ...] = ()
    passed_over: Mapping[str, int] = field(default_factory=dict)
    """Reason -> number of files that were found and not read."""
    rater_order: tuple[str, ...] = ()
    tier_pattern: str | None = None
    """How tiers name their rater, where files hold several (`--tier-pattern`); merging needs it again."""
    every_round: tuple[CodedFile, ...] = ()
    """The files of all training rounds, those of `files` too; empty where there is one round, or one was asked for."""
    aside: tuple[Aside, ...] = ()
    """What the files hold beside the coding, with the reason."""
    whole_codebook: Codebook | None = None
    """The codebook with the systems that were not asked for; `None`: all were."""
    tier_names: tuple[str, ...] = ()
    """Every tier of the files, by its name with and without the rater's part."""
    guest_files: tuple[CodedFile, ...] = ()
    """The files of a guest (`without`), who is in nothing that speaks of the raters."""

    @cached_property
    def raters(self) -> tuple[str, ...]:
        """Every rater of the study: in `rater_order`, then the others in natural order."""
        return self._ordered(rater for file in self.files for rater in file.raters)

    @property
    def everybody(self) -> tuple[str, ...]:
        """The raters, and those who were not asked for or coded in other rounds only."""
        others = {tier.rater for part in self.aside for tier in part.tiers} | {part.rater for part in self.aside}
        return self._ordered({*self.raters, *others} - {"", *RESERVED_RATERS})

    @cached_property
    def sessions(self) -> tuple[str, ...]:
        """Every session in natural order."""
        return tuple(sorted({file.session for file in self.files}, key=natural_key))

    @cached_property
    def _files_by_session(self) -> Mapping[str, tuple[CodedFile, ...]]:
        grouped: dict[str, list[CodedFile]] = {}
        for file in self.files:
            grouped.setdefault(file.session, []).append(file)
        return {session: tuple(files) for session, files in grouped.items()}

    def files_of(self, session: str) -> tuple[CodedFile, ...]:
        """The files of one session."""
        return self._files_by_session.get(session, ())

    def raters_of(self, session: str) -> tuple[str, ...]:
        """Who coded this session, in rater order."""
        return self._ordered(rater for file in self.files_of(session) for rater in file.raters)

    def tiers_of(self, session: str) -> Iterator[CodedTier]:
        """Every coded tier of one session."""
        for file in self.files_of(session):
            yield from file.tiers

    @cached_property
    def coded(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """Session -> system -> raters who coded that system there; a missing tier is not coded."""
        table: dict[str, dict[str, tuple[str, ...]]] = {}
        for session in self.sessions:
            present: dict[str, list[str]] = {system.id: [] for system in self.codebook.systems}
            for tier in self.tiers_of(session):
                if tier.system is not None and not tier.missing and tier.rater not in RESERVED_RATERS:
                    present.setdefault(tier.system, []).append(tier.rater)
            table[session] = {system: self._ordered(raters) for system, raters in present.items()}
        return table

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return tuple(item for item in self.findings if item.severity is Severity.ERROR)

    def with_findings(self, more: Iterable[Finding]) -> CheckedCoding:
        """The same coding with further findings."""
        return replace(self, findings=(*self.findings, *more))

    def without(self, guest: str) -> CheckedCoding:
        """The same coding with what one rater coded put aside, in `guest_files` too."""
        files = tuple(_only(file, guest, others=True) for file in self.files)
        theirs = tuple(one for file in self.files if (one := _only(file, guest, others=False)) is not None)
        aside = [Aside(Why.RATER_NOT_ASKED, file.name, file.session, guest, file.tiers) for file in theirs]
        return replace(
            self,
            files=tuple(file for file in files if file is not None),
            every_round=tuple(one for file in self.every_round if (one := _only(file, guest, others=True)) is not None),
            aside=(*self.aside, *aside),
            guest_files=theirs,
        )

    def with_guest(self) -> CheckedCoding:
        """The same coding with the guest as one more rater, the last one."""
        order = dict.fromkeys([*self.raters, *(name for file in self.guest_files for name in file.raters)])
        return replace(self, files=(*self.files, *self.guest_files), rater_order=tuple(order), guest_files=())

    def require_usable(self) -> None:
        """Return where nothing forbids computing.

        Otherwise raise with every blocking finding: UnreadableInput where a file cannot be read, else InvalidInput.
        """
        blocking = [item for item in self.findings if item.blocking]
        if not blocking:
            return
        stopped = InvalidInput(text("check.blocked", n=len(blocking)), blocking, hint=text("check.hint-blocked"))
        if any(item.code in UNREADABLE for item in blocking):
            raise UnreadableInput(str(stopped))
        raise stopped

    def _ordered(self, names: Iterable[str]) -> tuple[str, ...]:
        found = set(names)
        first = [name for name in self.rater_order if name in found]
        return (*first, *sorted(found.difference(first), key=natural_key))


def _only(file: CodedFile, rater: str, *, others: bool) -> CodedFile | None:
    """The part of a file that is by `rater`, or by the others; None where there is none."""
    if file.rater:
        return file if (file.rater != rater) is others else None
    tiers = tuple(tier for tier in file.tiers if (tier.rater != rater) is others)
    if len(tiers) == len(file.tiers):
        return file
    return replace(file, rater=file.rater if others else rater, tiers=tiers) if tiers else None


def natural_key(text: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key that puts `R2` before `R10` and compares letters without case; equal keys fall back on the text."""
    parts = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts), text
