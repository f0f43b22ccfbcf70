"""Did the raters of a session see the same recording, from the same point on?

Media are compared by base name, because every rater has the files in another place. Offsets (TIME_ORIGIN: where time 0
of the annotations lies in the medium) are applied: the times of a file become those of the file whose time 0 lies
earliest in the shared medium.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from elancry.check.coding import CodedAnnotation, CodedFile, CodedTier
from elancry.check.disk_store import stored_like
from elancry.check.reading import ReadFile
from elancry.check.timing import LATEST_MS
from elancry.findings import Finding, finding
from elancry.spans import format_ms
from elancry.template.media import cut_at_hash
from elancry.texts import some, text

SAME_LENGTH_MS = 1000


def linked_media(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Do the files of each session link the same media, and no other session's? Does ELAN find them by their names?"""
    for session, group in _by_session(files).items():
        yield from _same_media(session, group)
    sessions_of: dict[str, dict[str, None]] = {}
    for file in files:
        for name in file.media:
            sessions_of.setdefault(name, {})[file.session] = None
    for name, sessions in sessions_of.items():
        if len(sessions) > 1:
            message = text("finding.media-two-sessions.message", name=name, sessions=", ".join(sessions))
            hint = text("finding.media-two-sessions.hint")
            yield finding("media-two-sessions", message, hint=hint, session=next(iter(sessions)))
    for item in cut_at_hash(sessions_of):
        yield replace(item, session=next(iter(sessions_of[item.file or ""])))
    without = [file for file in files if not file.media]
    if without:
        shown = some([file.name for file in without], 1)
        message = text("finding.media-none.message", shown=shown)
        yield finding("media-none", message, hint=text("finding.media-none.hint"))


def _same_media(session: str, group: Sequence[CodedFile]) -> Iterator[Finding]:
    linked = [file for file in group if file.media]
    if len(linked) < 2:
        return
    counted = Counter(_stems(file) for file in linked).most_common()
    usual, votes = counted[0]
    reference = next(file for file in linked if _stems(file) == usual)
    if 2 * votes <= len(linked) and any(not stems & usual for stems, _ in counted):
        yield _undecided(session, linked)
        return
    for file in linked:
        if not _stems(file) & usual:
            yield finding(
                "media-differ",
                text("finding.media-differ.message-links", media=file.media, n=votes, others=reference.media),
                hint=text("finding.media-differ.hint-file"),
                file=file.name,
                session=session,
                rater=file.rater or None,
            )
        elif not {name.casefold() for name in file.media} & {name.casefold() for name in reference.media}:
            yield finding(
                "media-names-differ",
                text(
                    "finding.media-names-differ.message",
                    media=file.media,
                    file=reference.name,
                    others=reference.media,
                ),
                hint=text("finding.media-names-differ.hint"),
                file=file.name,
                session=session,
                rater=file.rater or None,
            )


def _undecided(session: str, linked: Sequence[CodedFile]) -> Finding:
    """No medium has a majority, so no file is more wrong than another: all are named."""
    each = "; ".join(f"{file.name}: {', '.join(file.media)}" for file in linked)
    hint = text("finding.media-differ.hint-all")
    return finding(
        "media-differ",
        text("finding.media-differ.message-all", session=session, each=each),
        hint=hint,
        session=session,
    )


def _stems(file: CodedFile) -> frozenset[str]:
    return frozenset(PurePosixPath(name).stem.casefold() for name in file.media)


def offsets(read: Sequence[ReadFile]) -> tuple[dict[str, int], tuple[Finding, ...]]:
    """File name -> ms to add to its times, for files whose offset differs from others of the session; and findings."""
    shifts: dict[str, int] = {}
    findings: list[Finding] = []
    by_session: dict[str, list[ReadFile]] = {}
    for item in read:
        if item.coded is not None:
            by_session.setdefault(item.coded.session, []).append(item)
    for session, group in by_session.items():
        origins = _shared_origins([item.origins or {} for item in group])
        if origins is None or len(set(origins.values())) < 2:
            continue
        implausible = [index for index, origin in origins.items() if abs(origin) > LATEST_MS]
        findings += (_implausible(group[index], origins[index], session) for index in implausible)
        if implausible:
            continue
        earliest = min(origins.values())
        for index, origin in origins.items():
            name, shift, coded = group[index].name, origin - earliest, group[index].coded
            if shift:
                shifts[name] = shift
                findings.append(
                    finding(
                        "media-offset-applied",
                        text("finding.media-offset-applied.message", origin=origin, earliest=earliest, shift=shift),
                        hint=text("finding.media-offset-applied.hint"),
                        file=name,
                        session=session,
                        rater=(coded.rater or None) if coded else None,
                    )
                )
    return shifts, tuple(findings)


def _implausible(item: ReadFile, origin_ms: int, session: str) -> Finding:
    return finding(
        "media-offset-implausible",
        text("finding.media-offset-implausible.message", origin_ms=origin_ms),
        hint=text("finding.media-offset-implausible.hint"),
        file=item.name,
        session=session,
        rater=(item.coded.rater or None) if item.coded else None,
    )


def _shared_origins(origins: Sequence[Mapping[str, int]]) -> dict[int, int] | None:
    """Index of a file -> its origin in the first medium that all files with media share; `None` if there is none."""
    linked = [index for index, item in enumerate(origins) if item]
    for name in origins[linked[0]] if linked else ():
        if all(name in origins[index] for index in linked):
            return {index: origins[index][name] for index in linked}
    return None


def lengths(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Has one medium of a session two lengths?"""
    first: dict[tuple[str, str], tuple[ReadFile, int]] = {}
    for item in read:
        for name, length in (item.lengths or {}).items():
            other, before = first.setdefault((item.named.session, name), (item, length))
            if abs(length - before) > SAME_LENGTH_MS:
                yield finding(
                    "media-lengths-differ",
                    text(
                        "finding.media-lengths-differ.message",
                        name=name,
                        length=format_ms(length),
                        other=other.name,
                        before=format_ms(before),
                    ),
                    hint=text("finding.media-lengths-differ.hint"),
                    file=item.name,
                    session=item.named.session,
                    rater=(item.coded.rater or None) if item.coded else None,
                )


def shifted(file: CodedFile, by_ms: int) -> CodedFile:
    """The file with `by_ms` added to every time."""

    def annotation(item: CodedAnnotation) -> CodedAnnotation:
        return replace(item, start_ms=item.start_ms + by_ms, end_ms=item.end_ms + by_ms)

    def tier(item: CodedTier) -> CodedTier:
        return replace(
            item,
            annotations=tuple(map(annotation, item.annotations)),
            unrated=tuple(map(annotation, item.unrated)),
            open_ms=tuple((start_ms + by_ms, end_ms + by_ms) for start_ms, end_ms in item.open_ms),
        )

    duration_ms = None if file.duration_ms is None else file.duration_ms + by_ms
    tiers = stored_like(file.tiers, map(tier, file.tiers))
    return replace(file, tiers=tiers, offset_ms=file.offset_ms + by_ms, duration_ms=duration_ms)


def _by_session(files: Sequence[CodedFile]) -> dict[str, list[CodedFile]]:
    grouped: dict[str, list[CodedFile]] = {}
    for file in files:
        grouped.setdefault(file.session, []).append(file)
    return grouped
