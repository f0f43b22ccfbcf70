"""One row per annotation of a coded tier: what everybody marked, with the sequence that holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from elancry.check.coding import RESERVED_RATERS, CheckedCoding, CodedAnnotation, CodedTier
from elancry.spans import SpanIndex
from elancry.table.schema import ANNOTATIONS

if TYPE_CHECKING:
    import pandas as pd


class SequenceWindow(Protocol):
    """What the table needs of a matched sequence: `raters` maps to (annotation id, start_ms, end_ms)."""

    @property
    def session(self) -> str:
        """The session."""

    @property
    def sequence(self) -> str:
        """Its id, matched across raters."""

    @property
    def raters(self) -> Mapping[str, tuple[str, int, int]]:
        """Who marked it, and where."""


def annotations_frame(coding: CheckedCoding, sequences: Sequence[SequenceWindow] = ()) -> pd.DataFrame:
    """The table `annotations` (see `schema.ANNOTATIONS`), by session, rater, tier and time; raters' coding only.

    `sequences` are the matched ones; without them the column `sequence` is empty. An annotation belongs to the sequence
    of its own rater that it shares most time with; ids and files are the rater's originals. Times are those of the
    session's time line (media offsets applied).
    """
    return ANNOTATIONS.check(ANNOTATIONS.frame(row for rows in _by_session(coding, sequences) for row in rows))


def annotations_frames(
    coding: CheckedCoding, sequences: Sequence[SequenceWindow] = (), *, most: int = 10_000
) -> Iterator[pd.DataFrame]:
    """The same table piece by piece, at least one, each of whole sessions and of `most` rows or a session more."""
    rows: list[dict[str, Any]] = []
    wrote = False
    for own in _by_session(coding, sequences):
        rows += own
        if len(rows) >= most:
            yield ANNOTATIONS.check(ANNOTATIONS.frame(rows))
            rows, wrote = [], True
    if rows or not wrote:
        yield ANNOTATIONS.check(ANNOTATIONS.frame(rows))


def _by_session(coding: CheckedCoding, sequences: Sequence[SequenceWindow]) -> Iterator[list[dict[str, Any]]]:
    """The rows of each session."""
    windows: dict[str, dict[str, list[tuple[str, str, int, int]]]] = {}
    for item in sequences:
        for rater, (identity, start_ms, end_ms) in item.raters.items():
            own = windows.setdefault(item.session, {}).setdefault(rater, [])
            own.append((item.sequence, identity, start_ms, end_ms))
    rank = {rater: index for index, rater in enumerate(coding.raters)}
    for session in coding.sessions:
        rows: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        for file in coding.files_of(session):
            for tier in file.tiers:
                if tier.rater in RESERVED_RATERS:
                    continue
                of_rater = _Windows(windows.get(session, {}).get(tier.rater, []))
                for annotation in tier.annotations:
                    key = (rank.get(tier.rater, len(rank)), tier.tier, annotation.start_ms)
                    row = {
                        "session": session,
                        "sequence": of_rater.sequence(annotation),
                        "file": tier.file or file.name,
                    }
                    rows.append((key, {**row, **_row(tier, annotation)}))
        rows.sort(key=lambda item: item[0])
        yield [row for _, row in rows]


def _row(tier: CodedTier, annotation: CodedAnnotation) -> dict[str, Any]:
    return {
        "rater": tier.rater,
        "system": tier.system,
        "tier": tier.tier,
        "annotation_id": annotation.id,
        "start_ms": annotation.start_ms,
        "end_ms": annotation.end_ms,
        "value": annotation.value,
        "category": annotation.category,
    }


class _Windows:
    """One rater's sequences in one session: (name, annotation id, start_ms, end_ms) each."""

    def __init__(self, own: Sequence[tuple[str, str, int, int]]) -> None:
        self._own = own
        self._by_id = {identity: name for name, identity, _, _ in reversed(own) if identity}
        self._by_time = SpanIndex([(start_ms, end_ms) for _, _, start_ms, end_ms in own])

    def sequence(self, annotation: CodedAnnotation) -> str:
        """The name of the sequence that an annotation is, hangs below, or shares most time with; else empty."""
        for identity in (annotation.id, annotation.parent):
            if identity in self._by_id:
                return self._by_id[identity]
        best, most = "", 0
        for number in self._by_time.sharing(annotation.start_ms, annotation.end_ms):
            name, _, start_ms, end_ms = self._own[number]
            shared = min(annotation.end_ms, end_ms) - max(annotation.start_ms, start_ms)
            if shared > most:
                best, most = name, shared
        return best
