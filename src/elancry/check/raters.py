"""Who coded what, and is it independent work? Each function asks one question across the files of a study."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from elancry.check.coding import RESERVED_RATERS, Aside, CodedFile, natural_key
from elancry.check.left_out import Why
from elancry.check.naming import FileName, original_of_copy, reserved
from elancry.check.reading import ReadFile
from elancry.check.who_coded import Part, Progress, parts_of_file, roster
from elancry.findings import Finding, finding
from elancry.texts import some, text

ENOUGH_TO_COMPARE = 3
"""From so many annotations on, identical times of two raters are a copy and not chance."""
ENOUGH_OF_GIVEN = 50
"""From so many on where the times were given: two raters who agree on 90 % of them agree on all in 1 study of 200."""


def conflict_copies(names: Mapping[str, FileName]) -> dict[str, Finding]:
    """Which files (name -> what the name says) are copies that a cloud folder or file manager made?"""
    # A copy's name is longer than its original's: nothing is taken for a copy of itself.
    places = {name: PurePosixPath(name) for name in names}
    in_folder: dict[PurePosixPath, set[str]] = {}
    for place in places.values():
        in_folder.setdefault(place.parent, set()).add(place.stem)
    raters = {named.rater for named in names.values() if named.rater is not None}
    found: dict[str, Finding] = {}
    for name, named in names.items():
        stem, beside = places[name].stem, in_folder[places[name].parent]
        original = original_of_copy(stem, beside)
        certain = original is not None and (original in beside or _is_tail(named.rater, stem))
        if not certain and named.rater is not None:
            original = original_of_copy(named.rater, raters)
            certain = original is not None
        if certain:
            found[name] = finding(
                "file-conflict-copy",
                text("finding.file-conflict-copy.message", original=original),
                hint=text("finding.file-conflict-copy.hint"),
                file=name,
                session=named.session,
            )
    return found


def _is_tail(rater: str | None, stem: str) -> bool:
    return rater is not None and stem.endswith(rater)


def reserved_names(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Does a rater bear a name that merged files or tables need for something else?"""
    for file in files:
        for rater in sorted({tier.rater for tier in file.tiers} | {file.rater}, key=natural_key):
            reason = reserved(rater)
            if reason is not None and not file.merged:
                message = text("finding.rater-reserved.message", rater=rater, reason=reason)
                hint = text("finding.rater-reserved.hint")
                yield finding("rater-reserved", message, hint=hint, file=file.name, session=file.session, rater=rater)


def annotators(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Does ANNOTATOR name somebody else than the file name does?"""
    for item in read:
        if item.named.rater is None or item.coded is None or item.coded.merged or len(item.coded.raters) > 1:
            continue
        others = [name for name in item.annotators if name.casefold() != item.named.rater.casefold()]
        if others:
            yield finding(
                "rater-annotator-differs",
                text(
                    "finding.rater-annotator-differs.message",
                    rater=item.named.rater,
                    others=", ".join(map(repr, others)),
                ),
                hint=text("finding.rater-annotator-differs.hint"),
                file=item.name,
                session=item.named.session,
                rater=item.named.rater,
            )


def coded_twice(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Is there a second file of one session, rater and round?"""
    first: dict[tuple[str, str, str | None], CodedFile] = {}
    for file in files:
        for rater in file.raters:
            key = (file.session, rater, file.round)
            before = first.setdefault(key, file)
            if before is not file:
                twin = unicodedata.normalize("NFC", file.name) == unicodedata.normalize("NFC", before.name)
                code = f"finding.file-session-twice.message{'-twin' if twin else ''}"
                yield finding(
                    "file-session-twice",
                    text(code, session=file.session, rater=rater, before=before.name),
                    hint=text(f"finding.file-session-twice.hint{'-twin' if twin else ''}"),
                    file=file.name,
                    session=file.session,
                    rater=rater,
                )


def identical_files(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Are two files equal to the byte?"""
    first: dict[str, CodedFile] = {}
    for file in files:
        before = first.setdefault(file.sha256, file)
        if before is not file:
            message = text("finding.file-identical.message", before=before.name)
            hint = text("finding.file-identical.hint")
            yield finding(
                "file-identical", message, hint=hint, file=file.name, session=file.session, rater=file.rater or None
            )


Coding = frozenset[tuple[str, int, int, str]]
"""(system, start_ms, end_ms, value) of every annotation of a rater in a session."""


def identical_coding(files: Sequence[CodedFile]) -> Iterator[Finding]:
    """Have two raters of one session the same annotations to the millisecond?

    Where times were given (other raters have equal times and other values, or one length of time follows the other),
    only many of them are evidence.
    """
    by_session: dict[str, list[tuple[str, CodedFile, Coding]]] = {}
    for file in files:
        tiers = tuple(file.tiers)
        for rater in file.raters:
            coding = frozenset(
                (tier.system or "", item.start_ms, item.end_ms, item.value)
                for tier in tiers
                if tier.rater == rater and tier.kind == "interval"
                for item in tier.annotations
            )
            if len(coding) >= ENOUGH_TO_COMPARE:
                by_session.setdefault(file.session, []).append((rater, file, coding))
    given = any(map(_given_times, by_session.values()))
    for group in by_session.values():
        first: dict[Coding, tuple[str, CodedFile]] = {}
        for rater, file, coding in group:
            if len(coding) < ENOUGH_OF_GIVEN and (given or _regular(coding)):
                continue
            other, before = first.setdefault(coding, (rater, file))
            if other != rater and (before is file or before.sha256 != file.sha256):
                message = text(
                    "finding.coding-identical.message", n=len(coding), rater=rater, other=other, before=before.name
                )
                hint = text("finding.coding-identical.hint")
                yield finding("coding-identical", message, hint=hint, file=file.name, session=file.session, rater=rater)


def _given_times(group: Sequence[tuple[str, CodedFile, Coding]]) -> bool:
    """Whether two raters of a session have the same times and other values."""
    codings: dict[frozenset[tuple[str, int, int]], Coding] = {}
    for _, _, coding in group:
        times = frozenset(item[:3] for item in coding)
        if codings.setdefault(times, coding) != coding:
            return True
    return False


def _regular(coding: Coding) -> bool:
    """Whether one length of time follows the other, as where intervals were laid out beforehand."""
    places = sorted({(start, end) for _, start, end, _ in coding})
    lengths = {end - start for start, end in places}
    return len(lengths) == 1 and all(one[1] == other[0] for one, other in pairwise(places))


def left_out(aside: Sequence[Aside]) -> Iterator[Finding]:
    """Who coded files and is not one of the raters that the study names? One finding each, however many the files."""
    files: dict[str, set[str]] = {}
    for part in aside:
        if part.why is Why.RATER_NOT_ASKED:
            for rater in {part.rater} if part.rater else {tier.rater for tier in part.tiers}:
                files.setdefault(rater, set()).add(part.file)
    for rater in sorted(files, key=natural_key):
        message = text("finding.rater-left-out.message", rater=rater, n=len(files[rater]))
        yield finding("rater-left-out", message, hint=text("finding.rater-left-out.hint"), rater=rater)


def absent_files(files: Sequence[CodedFile], expected: Sequence[str] | None) -> Iterator[Finding]:
    """Which rater lacks which session? Each one where the study names its raters, else one finding per rater."""
    entries = roster((part for file in files for part in parts_of_file(file)), raters=expected)
    missing = [item for item in entries if item.progress is Progress.MISSING]
    if expected is not None:
        for item in missing:
            message = text("finding.session-incomplete.message", rater=item.rater, session=item.session)
            hint = text("finding.session-incomplete.hint")
            yield finding("session-incomplete", message, hint=hint, session=item.session, rater=item.rater)
        return
    n_sessions = len({item.session for item in entries})
    for rater in sorted({item.rater for item in missing}, key=natural_key):
        lacking = [item.session for item in missing if item.rater == rater]
        message = text(
            "finding.session-uneven.message",
            rater=rater,
            coded=n_sessions - len(lacking),
            all=n_sessions,
            lacking=some(lacking, 5),
        )
        yield finding("session-uneven", message, hint=text("finding.session-uneven.hint"), rater=rater)


def unlike_assigned(
    read: Sequence[ReadFile],
    assigned: Mapping[str, Sequence[str]],
    expected: Sequence[str] | None,
    gold: str | None,
) -> Iterator[Finding]:
    """Which file that somebody was to code is not there, and which is there that nobody was to code?

    Asked of the raters that the study names, if it does; who is the reference (`gold`) may code what they like.
    """
    parts: list[Part] = []
    for read_file in read:
        if read_file.coded is None:
            # A file that cannot be read is there; that is told by itself.
            named = read_file.named
            parts.append(Part(named.session, named.rater or "", read_file.name, None))
        else:
            parts += parts_of_file(read_file.coded)
    entries = roster(parts, assigned=assigned, raters=expected)
    for item in entries:
        if item.progress is Progress.MISSING:
            message = text("finding.session-incomplete.message-assigned", rater=item.rater, session=item.session)
            hint = text("finding.session-incomplete.hint-assigned")
            yield finding("session-incomplete", message, hint=hint, session=item.session, rater=item.rater)
    for item in entries:
        others = assigned.get(item.session, ())
        if item.file and item.rater and item.rater != gold and item.rater not in others:
            code = "finding.rater-not-assigned.message" if others else "finding.rater-not-assigned.message-nobody"
            message = text(code, rater=item.rater, session=item.session, others=tuple(others))
            hint = text("finding.rater-not-assigned.hint")
            place = {"file": item.file, "session": item.session, "rater": item.rater}
            yield finding("rater-not-assigned", message, hint=hint, **place)


def unfinished(read: Sequence[ReadFile]) -> Iterator[Finding]:
    """Which tiers are absent or empty? A system that a rater coded nowhere is one finding, not one a file."""
    coded: set[tuple[str, str]] = set()
    lacking: Counter[tuple[str, str]] = Counter()
    for item in read:
        for tier in item.coded.tiers if item.coded else ():
            if tier.system is not None and tier.rater not in RESERVED_RATERS:
                if tier.missing:
                    lacking[tier.rater, tier.system] += 1
                else:
                    coded.add((tier.rater, tier.system))
    for rater, system in sorted(lacking.keys() - coded, key=lambda pair: (natural_key(pair[0]), pair[1])):
        hint = text("finding.system-not-coded.hint")
        yield finding(
            "system-not-coded",
            text("finding.system-not-coded.message", rater=rater, system=system),
            hint=hint,
            rater=rater,
        )
    for item in read:
        if item.coded is None:
            continue
        not_there = {rater: set(names) for rater, names in (item.absent or {}).items()}
        for tier in item.coded.tiers:
            if not tier.missing or tier.rater in RESERVED_RATERS:
                continue
            if tier.system is not None and (tier.rater, tier.system) not in coded:
                continue
            absent = tier.tier in not_there.get(tier.rater, ())
            yield finding(
                "tier-missing" if absent else "tier-empty",
                text("finding.tier-missing.message") if absent else text("finding.tier-empty.message-whole-file"),
                hint=text("finding.tier-missing.hint") if absent else text("finding.tier-empty.hint"),
                file=item.name,
                session=item.named.session,
                rater=tier.rater,
                tier=tier.tier,
            )
