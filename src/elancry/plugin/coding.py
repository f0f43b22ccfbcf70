"""Tiers without names -> a checked coding, the door to the numbers: the slots are the raters of one session.

What `elancry agree` does with files, `coding_of` does with the annotations that ELAN passes on. The categories are the
values that stand on the tiers; the coding of a file with the same annotations gives the same numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.check.values import IntervalValues
from elancry.codebook.languages import UNDETERMINED
from elancry.codebook.model import Category, Codebook, System
from elancry.codebook.observed import Entry
from elancry.codebook.slugs import category_ids
from elancry.errors import UsageError
from elancry.plugin.xml_input import Segment
from elancry.texts import text

SESSION = "this file"
SYSTEM = "coding"
MOST_VALUES = 100
"""More different values than any codebook has: the tiers hold text, not codes."""


def codebook_of(tiers: Sequence[Sequence[Segment]], *, sequence_tier: str | None) -> Codebook:
    """The codebook that the values of the tiers amount to; raises UsageError for tiers of free text."""
    values = {unicodedata.normalize("NFC", item.value).strip() for tier in tiers for item in tier} - {""}
    if len(values) > MOST_VALUES:
        raise UsageError(text("plugin.free-text", n=len(values), most=MOST_VALUES), hint=text("plugin.free-text-hint"))
    entries = {value: Entry(None, {UNDETERMINED: value}) for value in sorted(values)}
    categories = tuple(Category(name, {UNDETERMINED: value}) for value, name in category_ids(entries).items())
    system = System(id=SYSTEM, labels={UNDETERMINED: SYSTEM}, categories=categories, observed=True)
    return Codebook(
        id="extracted",
        title=str(text("plugin.compare.values-of-tiers")),
        systems=(system,),
        languages=(UNDETERMINED,),
        sequence_tier=sequence_tier,
        extracted=True,
    )


def coding_of(
    raters: Mapping[str, Sequence[Segment]], *, sequences: Sequence[Segment] | None = None, length_ms: int | None = None
) -> CheckedCoding:
    """The coding of one session by the raters (slot -> annotations).

    An empty tier counts as not coded. `sequences` are the same for everybody; `length_ms` is that of the recording.
    """
    tier_name = None if sequences is None else "Sequence"
    codebook = codebook_of(list(raters.values()), sequence_tier=tier_name)
    values = IntervalValues(codebook.systems[0])
    files = []
    for rater, segments in raters.items():
        annotations = tuple(
            CodedAnnotation(
                f"{rater}.{number}", item.start_ms, item.end_ms, item.value, values.read(item.value, None).category
            )
            for number, item in enumerate(segments, start=1)
        )
        tiers = [CodedTier(rater, SYSTEM, "interval", None, rater, annotations, missing=not annotations)]
        if sequences is not None:
            tiers.append(CodedTier(rater, None, "sequence", None, "Sequence", sequence_annotations(sequences)))
        files.append(
            CodedFile(
                path=Path(),
                name=rater,
                session=SESSION,
                rater=rater,
                round=None,
                sha256="",
                duration_ms=length_ms,
                tiers=tuple(tiers),
            )
        )
    return CheckedCoding(codebook, tuple(files), rater_order=tuple(raters))


def sequence_annotations(sequences: Sequence[Segment]) -> tuple[CodedAnnotation, ...]:
    """The annotations of the sequence tier."""
    return tuple(
        CodedAnnotation(f"s{number}", item.start_ms, item.end_ms, item.value)
        for number, item in enumerate(sequences, start=1)
    )
