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
from elancry.check.reading import ReadFile
from elancry.check.spool import put_like
from elancry.check.timing import LATEST_MS
from elancry.findings import Finding, finding
from elancry.spans import format_ms

SAME_LENGTH_MS = 1000


def linked_media(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Do the files of each session link the same media, and no other session's?"""
    for session, group in _by_session(files).items():
        yield from _same_media(session, group)
    sessions_of: dict[str, dict[str, None]] = {}
    for file in files:
        for name in file.media:
            sessions_of.setdefault(name, {})[file.session] = None
    for name, sessions in sessions_of.items():
        if len(sessions) > 1:
            text = f"{name} is linked in the sessions {', '.join(sessions)}"
            hint = "Is it one session under several names?"
            yield finding("media-two-sessions", text, hint=hint, session=next(iter(sessions)))
    without = [file for file in files if not file.media]
    if without:
        shown = without[0].name + (f" and {len(without) - 1} more" if len(without) > 1 else "")
        text = f"no medium is linked in {shown}"
        yield finding("media-none", text, hint="Nothing to do if the recording may not leave its place.")


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
                f"it links {', '.join(file.media)}; {_others(votes)} {', '.join(reference.media)}",
                hint=f"Is the file filed under the wrong session, or was the wrong video opened? {_SAME_RECORDING}",
                file=file.name,
                session=session,
                rater=file.rater or None,
            )
        elif not {name.casefold() for name in file.media} & {name.casefold() for name in reference.media}:
            yield finding(
                "media-names-differ",
                f"it links {', '.join(file.media)}; {reference.name} links {', '.join(reference.media)}",
                hint="Make sure that both show the same from the same moment on.",
                file=file.name,
                session=session,
                rater=file.rater or None,
            )


_SAME_RECORDING = (
    "If it is the same recording under another name, link the other raters' file in ELAN (Edit > Linked Files)."
)


def _undecided(session: str, linked: Sequence[CodedFile]) -> Finding:
    """No medium has a majority, so no file is more wrong than another: all are named."""
    each = "; ".join(f"{file.name} links {', '.join(file.media)}" for file in linked)
    hint = (
        "Which one is the session's recording? One of the files may be filed under the wrong session, or the wrong "
        f"video was opened. {_SAME_RECORDING}"
    )
    return finding(
        "media-differ", f"the files of session {session} link different media: {each}", hint=hint, session=session
    )


def _others(number: int) -> str:
    return "the other file links" if number == 1 else f"{number} other files link"


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
                        f"time 0 lies {origin} ms into the medium, in other files {earliest} ms; {shift} ms were added",
                        hint="Nothing to do if the raters set different offsets in ELAN; otherwise correct the offset.",
                        file=name,
                        session=session,
                        rater=(coded.rater or None) if coded else None,
                    )
                )
    return shifts, tuple(findings)


def _implausible(item: ReadFile, origin_ms: int, session: str) -> Finding:
    return finding(
        "media-offset-implausible",
        f"time 0 lies {origin_ms} ms into the medium, more than 24 hours",
        hint="Correct the offset in ELAN (Options > Media Synchronization Mode).",
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
                    f"its {name} is {format_ms(length)} long, that of {other.name} {format_ms(before)}",
                    hint="Which of the two was cut? Times mean the same moment only if it was cut at the end.",
                    file=item.name,
                    session=item.named.session,
                    rater=(item.coded.rater or None) if item.coded else None,
                )


def shifted(file: CodedFile, by_ms: int) -> CodedFile:
    """The file with `by_ms` added to every time."""

    def annotation(item: CodedAnnotation) -> CodedAnnotation:
        return replace(item, start_ms=item.start_ms + by_ms, end_ms=item.end_ms + by_ms)

    def tier(item: CodedTier) -> CodedTier:
        return replace(item, annotations=tuple(map(annotation, item.annotations)))

    duration_ms = None if file.duration_ms is None else file.duration_ms + by_ms
    tiers = put_like(file.tiers, map(tier, file.tiers))
    return replace(file, tiers=tiers, offset_ms=file.offset_ms + by_ms, duration_ms=duration_ms)


def _by_session(files: Sequence[CodedFile]) -> dict[str, list[CodedFile]]:
    grouped: dict[str, list[CodedFile]] = {}
    for file in files:
        grouped.setdefault(file.session, []).append(file)
    return grouped
