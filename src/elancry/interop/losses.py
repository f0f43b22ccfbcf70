"""What a format keeps of an .eaf, and from that what it loses: once in sentences for the docs, per file as findings.

    KEPT = frozenset({Part.PARTICIPANT})
    FORMAT = Format("csv", ..., loses=lost_in_words(KEPT))
    Written(files, loss_findings(document, chosen_tiers(document, choices), "CSV", KEPT))

A format declares what it keeps; both views come from that declaration, so that docs and findings cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from elancry.eaf.document import Document
from elancry.eaf.parts import Tier
from elancry.findings import Finding, finding
from elancry.interop.format import Choices
from elancry.texts import Text, some, text


class Part(StrEnum):
    """Parts of an .eaf beyond tier names, times and values; `lost` says for the docs what is gone without it."""

    HIERARCHY = "hierarchy"
    UNALIGNED = "unaligned"
    ZERO_LENGTH = "zero_length"
    EMPTY_TIER = "empty_tier"
    EMPTY_VALUE = "empty_value"
    PARTICIPANT = "participant"
    ANNOTATOR = "annotator"
    TIER_LANGUAGE = "tier_language"
    VOCABULARY = "vocabulary"
    CVE_REF = "cve_ref"
    EXT_REF = "ext_ref"
    LANG_REF = "lang_ref"
    MEDIA = "media"
    LINKS = "links"
    ANNOTATION_ID = "annotation_id"
    TYPE = "type"
    HEADER = "header"

    @property
    def lost(self) -> Text:
        """What is lost, as a sentence."""
        return Text(f"format.loses.{self.value}")

    @property
    def counted(self) -> Text:
        """What a finding counts."""
        return Text(f"lost.{self.value}")


_BOOKKEEPING = frozenset({Part.ANNOTATION_ID, Part.TYPE, Part.HEADER})


def lost_in_words(kept: Collection[Part]) -> tuple[Text, ...]:
    """The sentences of all parts that are not kept."""
    return tuple(part.lost for part in Part if part not in kept)


def chosen_tiers(document: Document, choices: Choices) -> tuple[Tier, ...]:
    """The tiers that are asked for, in the file's order; without a choice all of them."""
    if choices.tiers is None:
        return document.tiers
    return tuple(tier for tier in document.tiers if tier.id in choices.tiers)


def choice_findings(document: Document, choices: Choices) -> tuple[Finding, ...]:
    """A finding for every tier asked for that the file does not have."""
    names = {tier.id for tier in document.tiers}
    return tuple(
        finding(
            "convert-tier-unknown",
            text("finding.convert-tier-unknown.message", name=name),
            hint=text("finding.it-has", names=some(sorted(names), 10)),
            file=document.name or None,
        )
        for name in choices.tiers or ()
        if name not in names
    )


def loss_findings(
    document: Document, tiers: Sequence[Tier], title: Text | str, kept: Collection[Part]
) -> tuple[Finding, ...]:
    """One finding for every part that the format called `title` does not keep and that `tiers` have, with its count."""
    numbers = part_counts(document, tiers)
    found = []
    for part in Part:
        number = numbers.get(part, 0)
        if part in kept or not number:
            continue
        code = "convert-left-behind" if part in _BOOKKEEPING else "convert-lost"
        message = text("finding.convert-lost.message", title=title, what=part.counted, n=number)
        found.append(finding(code, message, file=document.name or None))
    return tuple(found)


def part_counts(document: Document, tiers: Sequence[Tier]) -> dict[Part, int]:
    """How often each part occurs in `tiers` and in the file around them."""
    root = document.root
    counts = dict.fromkeys(Part, 0)
    counts[Part.HIERARCHY] = sum(tier.parent is not None for tier in tiers)
    counts[Part.PARTICIPANT] = sum(tier.participant is not None for tier in tiers)
    counts[Part.ANNOTATOR] = sum(tier.annotator is not None for tier in tiers)
    counts[Part.TIER_LANGUAGE] = sum(tier.lang_ref is not None for tier in tiers)
    counts[Part.TYPE] = len({tier.type_id for tier in tiers})
    used = {kind.vocabulary for tier in tiers if (kind := document.type_of(tier.id)) is not None}
    counts[Part.VOCABULARY] = len(used - {None})
    counts[Part.MEDIA] = len(document.media)
    counts[Part.LINKS] = sum(1 for _ in root.iterchildren("REF_LINK_SET", "LEXICON_REF"))
    others = ("HEADER/PROPERTY", "HEADER/LINKED_FILE_DESCRIPTOR", "LICENSE")
    counts[Part.HEADER] = sum(len(root.findall(path)) for path in others) + bool(document.author) + bool(document.date)
    for tier in tiers:
        annotations = document.annotations(tier.id)
        counts[Part.EMPTY_TIER] += not annotations
        counts[Part.ANNOTATION_ID] += len(annotations)
        for annotation in annotations:
            counts[Part.UNALIGNED] += annotation.parent is None and not annotation.aligned
            counts[Part.ZERO_LENGTH] += annotation.end_ms <= annotation.start_ms
            counts[Part.EMPTY_VALUE] += not annotation.value
            counts[Part.CVE_REF] += annotation.cve_ref is not None
            counts[Part.EXT_REF] += annotation.ext_ref is not None
            counts[Part.LANG_REF] += annotation.lang_ref is not None
    return counts
