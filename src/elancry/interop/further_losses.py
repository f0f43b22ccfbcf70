"""Losses that only some formats have, beside those of `losses`: in sentences for the docs, per file as findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

from elancry.eaf.document import Document
from elancry.eaf.parts import Tier, Vocabulary
from elancry.findings import Finding, finding
from elancry.interop.flat import POINT_MS, is_point_type
from elancry.texts import Text, text


class Further(StrEnum):
    """Something that a format loses although it keeps the part it belongs to."""

    MOMENTS = "moments"
    OFFSETS = "offsets"
    LANGUAGES = "languages"
    EXTERNAL = "external"
    NOTHING_CODED = "nothing_coded"

    @property
    def lost(self) -> Text:
        """What is lost, as a sentence."""
        return Text(f"format.loses.{self.value}")

    @property
    def counted(self) -> Text:
        """What a finding counts."""
        return Text(f"lost.{self.value}")


def further_in_words(losses: Iterable[Further]) -> tuple[Text, ...]:
    """The sentences of `losses`."""
    return tuple(loss.lost for loss in losses)


def further_findings(
    document: Document, tiers: Sequence[Tier], title: Text | str, losses: Collection[Further]
) -> tuple[Finding, ...]:
    """One finding for each of `losses` that `document` has, with its count; `title` is what the format is called."""
    return tuple(
        finding(
            "convert-lost",
            text("finding.convert-lost.message", title=title, what=loss.counted, n=count),
            file=document.name or None,
        )
        for loss in losses
        if (count := _count(loss, document, tiers))
    )


def _count(loss: Further, document: Document, tiers: Sequence[Tier]) -> int:
    if loss is Further.MOMENTS:
        moments = (item for tier in tiers if is_point_type(tier.type_id) for item in document.annotations(tier.id))
        return sum(item.duration_ms > POINT_MS for item in moments)
    if loss is Further.OFFSETS:
        # Times are written as those of the first medium; what is lost is where the others are against it.
        first = document.media[0].time_origin_ms or 0 if document.media else 0
        return sum((medium.time_origin_ms or 0) != first for medium in document.media)
    if loss is Further.LANGUAGES:
        return sum(max(len(entry.values) - 1, 0) for one in _bound(document, tiers) for entry in one.entries)
    if loss is Further.EXTERNAL:
        return sum(one.ext_ref is not None for one in _bound(document, tiers))
    return int(not any(document.annotations(tier.id) for tier in tiers))


def _bound(document: Document, tiers: Sequence[Tier]) -> list[Vocabulary]:
    kinds = (document.type_of(tier.id) for tier in tiers)
    names = dict.fromkeys(kind.vocabulary for kind in kinds if kind is not None and kind.vocabulary is not None)
    return [one for one in map(document.vocabulary, names) if one is not None]
