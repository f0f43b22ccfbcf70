"""Do the times make sense? Each function asks one question about one rater's coded tiers of a file.

Overlaps within a tier, reversed times and annotations of no length are found where the file is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from elancry.check.coding import CodedAnnotation, CodedTier
from elancry.findings import Finding, finding
from elancry.spans import SpanIndex, format_ms

SHORTEST_MS = 80
"""Two frames of a video with 25 frames a second."""
LONGEST_MS = 30 * 60 * 1000
LATEST_MS = 24 * 60 * 60 * 1000
"""No session lasts longer."""


def lengths(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Is an annotation too short or too long to be meant?"""
    for tier in tiers:
        for item in tier.annotations if tier.kind == "interval" else ():
            if 0 < item.duration_ms < SHORTEST_MS:
                text = f"{item.duration_ms} ms long"
                yield _at("annotation-very-short", text, tier, item, "Delete it, or drag its end to where it belongs.")
            elif item.duration_ms > LONGEST_MS:
                yield _at("annotation-very-long", f"{format_ms(item.duration_ms)} long", tier, item, "Look at its end.")


def implausible(tiers: Sequence[CodedTier]) -> Iterator[Finding]:
    """Does an annotation end where no recording reaches?"""
    for tier in tiers:
        for item in tier.annotations if tier.kind != "rating" else ():
            if item.end_ms > LATEST_MS:
                text = f"it ends at {format_ms(item.end_ms)}, more than 24 hours into the recording"
                yield _at(
                    "annotation-implausible-time",
                    text,
                    tier,
                    item,
                    "Correct its time in ELAN, or delete the annotation.",
                )


def beyond_medium(tiers: Sequence[CodedTier], duration_ms: int | None) -> Iterator[Finding]:
    """Does an annotation end after the medium does?"""
    if duration_ms is None:
        return
    for tier in tiers:
        for item in tier.annotations if tier.kind != "rating" else ():
            if item.end_ms > duration_ms:
                text = f"it ends at {format_ms(item.end_ms)}, the medium at {format_ms(duration_ms)}"
                yield _at("annotation-beyond-medium", text, tier, item, "Is the right video linked?")


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
                text = f"{_span(item)} lies in none of the rater's sequences"
                hint = "Mark the sequence that it belongs to, or delete the annotation."
                yield _at("annotation-outside-sequence", text, tier, item, hint)
            elif inside < item.duration_ms:
                outside = item.duration_ms - inside
                text = f"{_span(item)} reaches {outside} ms beyond its sequence"
                hint = "Shorten the annotation, or lengthen the sequence."
                yield _at("annotation-crosses-sequence", text, tier, item, hint)


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
                text = f"nothing of {system} is coded in sequence {span.value.strip() or _span(span)}"
                hint = "Correct if nothing of it happened; otherwise code it."
                yield finding(
                    "sequence-uncoded", text, hint=hint, tier=coded[0].tier, start_ms=span.start_ms, end_ms=span.end_ms
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
            text = f"sequence {name} has no rating of {tier.category}"
            hint = "Give the rating; a category that is absent is rated with the lowest number, not left out."
            yield finding("rating-missing", text, hint=hint, tier=tier.tier, start_ms=span.start_ms, end_ms=span.end_ms)


def _sequences(tiers: Sequence[CodedTier]) -> list[CodedAnnotation]:
    found = [item for tier in tiers if tier.kind == "sequence" for item in tier.annotations if item.duration_ms > 0]
    return sorted(found, key=lambda item: item.start_ms)


def _span(item: CodedAnnotation) -> str:
    return f"{format_ms(item.start_ms)}-{format_ms(item.end_ms)}"


def _at(code: str, text: str, tier: CodedTier, item: CodedAnnotation, hint: str) -> Finding:
    return finding(
        code, text, hint=hint, tier=tier.tier, annotation=item.id, start_ms=item.start_ms, end_ms=item.end_ms
    )
