"""Which tier of which file becomes which `TIER@RATER`?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from elancry.check.coding import CheckedCoding, CodedFile
from elancry.check.naming import UNNAMED, TierPattern
from elancry.check.places import owners
from elancry.check.reading import file_changed, open_document
from elancry.eaf import Document
from elancry.errors import UsageError
from elancry.findings import Finding
from elancry.merge.parts import Part
from elancry.texts import text


def read_parts(
    coding: CheckedCoding, session: str, *, tier_pattern: TierPattern | None = None
) -> tuple[Part, ...] | Finding:
    """The session's files, read again, in rater order, with the names that their tiers get.

    A finding where one of them changed or vanished since it was checked: they cannot be merged.
    Raises UsageError for a file that is merged already.
    """
    rank = {rater: number for number, rater in enumerate(coding.raters)}
    files = sorted(coding.files_of(session), key=lambda file: min((rank[name] for name in file.raters), default=0))
    shared: set[str] = set()
    parts = []
    for file in files:
        if file.merged:
            raise UsageError(text("merge.merged-already", file=file.name), hint=text("merge.hint-own-files"))
        opened = open_document(file.path, file.name)
        if isinstance(opened, Finding):
            return replace(opened, session=session)
        if opened.sha256 != file.sha256:
            return file_changed(file.name, session)
        parts.append(part_of(opened, file, coding.raters, tier_pattern=tier_pattern, shared=shared))
    return tuple(parts)


def part_of(
    document: Document,
    file: CodedFile,
    raters: Iterable[str],
    *,
    tier_pattern: TierPattern | None = None,
    shared: set[str] | None = None,
) -> Part:
    """How one file enters the merge. A tier that is everybody's keeps its name, once per session (`shared`)."""
    wanted = set(raters)
    taken = set() if shared is None else shared
    tiers: dict[str, tuple[str, str]] = {}
    annotators: dict[str, str] = {}
    for rater, own in owners(document, file.rater or None, pattern=tier_pattern).items():
        if rater not in wanted and rater != UNNAMED:
            continue
        for base, tier in own.items():
            if tier.id in tiers:  # a second owner of one tier: it is everybody's
                name, number = base, 1
                while name in taken:
                    number += 1
                    name = f"{base}-{number}"
                taken.add(name)
                tiers[tier.id] = (base, name)
                annotators.pop(tier.id, None)
            else:
                tiers[tier.id] = (base, f"{base}@{rater}")
                annotators[tier.id] = rater
    return Part(document, file.rater or file.name, tiers, annotators, file.offset_ms, file.raters, file.name)
