"""Do the times make sense? Each function asks one question about one rater's coded tiers of a file.

Overlaps within a tier, reversed times and annotations of no length are found where the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from elancry.check.coding import CodedAnnotation, CodedTier
from elancry.findings import Finding, finding
from elancry.spans import BRIEF_MS, SpanIndex, format_ms
from elancry.texts import Text, text

FEWEST = 3
"""Of fewer annotations of a tier nothing says that they are brief throughout."""
SHORTEST_MS = 80
"""Two frames of a video with 25 frames a second."""
LONGEST_MS = 30 * 60 * 1000
LATEST_MS = 24 * 60 * 60 * 1000
"""No session lasts longer."""


def lengths(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Is an annotation too short or too long to be meant?"""
    for tier in tiers:
        for item in tier.annotations if tier.kind == "interval" else ():
            if 0 < item.duration_ms < SHORTEST_MS and not (tier.moments or _brief(tier)):
                message = text("finding.annotation-very-short.message", duration_ms=item.duration_ms)
                yield _at("annotation-very-short", message, tier, item, text("finding.annotation-very-short.hint"))
            elif item.duration_ms > LONGEST_MS:
                yield _at(
                    "annotation-very-long",
                    text("finding.annotation-very-long.message", duration_ms=format_ms(item.duration_ms)),
                    tier,
                    item,
                    text("finding.annotation-very-long.hint"),
                )


def _brief(tier: CodedTier) -> bool:
    """Whether annotations are brief throughout, so that a brief one is no slip."""
    lengths = [item.duration_ms for item in tier.annotations]
    return len(lengths) >= FEWEST and median(lengths) < BRIEF_MS


def implausible(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Does an annotation end where no recording reaches?"""
    for tier in tiers:
        for item in tier.annotations if tier.kind != "rating" else ():
            if item.end_ms > LATEST_MS:
                message = text("finding.annotation-implausible-time.message", end_ms=format_ms(item.end_ms))
                yield _at(
                    "annotation-implausible-time",
                    message,
                    tier,
                    item,
                    text("finding.annotation-implausible-time.hint"),
                )


def beyond_medium(tiers: Sequence[CodedTier], duration_ms: int | None) -> Iterator[Finding]:
    """Does an annotation end after the medium does?"""
    if duration_ms is None:
        return
    for tier in tiers:
        for item in tier.annotations if tier.kind != "rating" else ():
            if item.end_ms > duration_ms:
                message = text(
                    "finding.annotation-beyond-medium.message",
                    end_ms=format_ms(item.end_ms),
                    duration_ms=format_ms(duration_ms),
                )
                yield _at(
                    "annotation-beyond-medium", message, tier, item, text("finding.annotation-beyond-medium.hint")
                )


def outside_sequences(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Is time coded outside the rater's own sequences? Silent for a rater without sequences."""
    spans = _sequences(tiers)
    if not spans:
        return
    by_time = SpanIndex([(item.start_ms, item.end_ms) for item in spans])
    for tier in tiers:
        for item in tier.annotations if tier.kind == "interval" else ():
            # Sequences of one rater do not overlap, so the shared times add up.
            near = [spans[number] for number in by_time.sharing(item.start_ms, item.end_ms)]
            inside = sum(min(span.end_ms, item.end_ms) - max(span.start_ms, item.start_ms) for span in near)
            if inside <= 0 < item.duration_ms:
                message = text("finding.annotation-outside-sequence.message", span=_span(item))
                hint = text("finding.annotation-outside-sequence.hint")
                yield _at("annotation-outside-sequence", message, tier, item, hint)
            elif inside < item.duration_ms:
                outside = item.duration_ms - inside
                message = text("finding.annotation-crosses-sequence.message", span=_span(item), outside=outside)
                hint = text("finding.annotation-crosses-sequence.hint")
                yield _at("annotation-crosses-sequence", message, tier, item, hint)


def uncoded_sequences(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Is there a sequence in which a system that the rater coded elsewhere has no code?"""
    spans = _sequences(tiers)
    by_system: dict[str, list[CodedTier]] = {}
    for tier in tiers:
        if tier.kind == "interval" and tier.system is not None and not tier.missing:
            by_system.setdefault(tier.system, []).append(tier)
    for system, coded in by_system.items():
        by_time = SpanIndex([(item.start_ms, item.end_ms) for tier in coded for item in tier.annotations])
        for span in spans:
            if next(by_time.sharing(span.start_ms, span.end_ms), None) is None:
                message = text(
                    "finding.sequence-uncoded.message", system=system, sequence=span.value.strip() or _span(span)
                )
                hint = text("finding.sequence-uncoded.hint")
                yield finding(
                    "sequence-uncoded",
                    message,
                    hint=hint,
                    tier=coded[0].tier,
                    start_ms=span.start_ms,
                    end_ms=span.end_ms,
                )


def missing_ratings(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Does a sequence lack a rating that the rater gave elsewhere in this file?"""
    spans = _sequences(tiers)
    rated_systems = {tier.system for tier in tiers if tier.kind == "rating" and not tier.missing}
    for tier in tiers:
        if tier.kind != "rating" or tier.system not in rated_systems:
            continue
        given = [item for item in tier.annotations if item.category is not None or item.value.strip()]
        parents = {item.parent for item in given}
        free = SpanIndex([(item.start_ms, item.end_ms) for item in given if item.parent is None])
        for span in spans:
            if span.id in parents or next(free.sharing(span.start_ms, span.end_ms), None) is not None:
                continue
            name = span.value.strip() or _span(span)
            message = text("finding.rating-missing.message", name=name, category=tier.category)
            hint = text("finding.rating-missing.hint")
            yield finding(
                "rating-missing", message, hint=hint, tier=tier.tier, start_ms=span.start_ms, end_ms=span.end_ms
            )


def _sequences(tiers: Sequence[CodedTier]) -> list[CodedAnnotation]:
    marked = (item for tier in tiers if tier.kind == "sequence" for item in tier.annotations)
    return sorted(
        (item for item in marked if item.duration_ms > 0 and not item.damaged), key=lambda item: item.start_ms
    )


def _span(item: CodedAnnotation) -> str:
    return f"{format_ms(item.start_ms)}-{format_ms(item.end_ms)}"


def _at(code: str, message: Text, tier: CodedTier, item: CodedAnnotation, hint: Text) -> Finding:
    return finding(
        code, message, hint=hint, tier=tier.tier, annotation=item.id, start_ms=item.start_ms, end_ms=item.end_ms
    )
