"""*Check coding*: coded tiers of the open file against a codebook, findings as text and as a tier to jump through.

The questions are those of `elancry check`, as far as they can be asked of one tier whose name is not known: values,
lengths, places within the sequences and the recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from elancry import __version__
from elancry.check import timing
from elancry.check.coding import CodedAnnotation, CodedTier
from elancry.codebook.load import load_codebook
from elancry.codebook.model import Codebook
from elancry.errors import UsageError
from elancry.findings import Finding, Severity, finding
from elancry.plugin.codebooks import AUTOMATIC, Meaning, best_codebook, best_meaning, codebooks_in, meanings
from elancry.plugin.coding import sequence_annotations
from elancry.plugin.form import SEQUENCES, TIERS, Given, check_form
from elancry.plugin.host import Host, Outcome
from elancry.plugin.tier_output import laid_out
from elancry.plugin.xml_input import Segment
from elancry.spans import format_ms
from elancry.texts import Text, text

FINDINGS = "elancry_findings"
MOST_SHOWN = 200
LONG_HINT = 80


def check(values: Mapping[str, str], host: Host) -> Outcome:
    """Run it; codebooks that were given at the installation lie in the working folder, where ELAN starts this.

    Raises UsageError where no tier was chosen or all are empty, InvalidInput or UnreadableInput for a codebook.
    """
    at_hand = codebooks_in(Path())
    given = Given(check_form((AUTOMATIC, *at_hand)), values)
    host.progress(0.1, text("plugin.reading-tiers"))
    slots = {slot: tier for slot, name in TIERS.items() if (tier := given.tier(name)) is not None}
    if not any(slots.values()):
        raise UsageError(text("plugin.check.no-tier"), hint=text("plugin.check.no-tier-hint"))
    sequences = given.tier(SEQUENCES)
    length_ms = given.length_ms()
    host.progress(0.3, text("plugin.check.reading-codebook"))
    codebook, how = _codebook(given, at_hand, slots)
    host.progress(0.5, text("plugin.check.looking"))
    lines: list[Text | str] = [
        "",
        text("plugin.check.heading", version=__version__),
        how,
        text("plugin.no-tier-names", slot="T1"),
        "",
    ]
    found: list[Finding] = []
    for slot, segments in slots.items():
        meaning = best_meaning(codebook, [item.value for item in segments])
        lines.append(_read_as(slot, segments, meaning, codebook))
        found += _findings(slot, segments, meaning, sequences, length_ms)
    found.sort(key=lambda item: (-1 if item.start_ms is None else item.start_ms, item.tier or ""))
    return Outcome([*lines, *_listed(found)], {FINDINGS: _tier(found)})


def _codebook(
    given: Given, at_hand: Mapping[str, Path], slots: Mapping[str, Sequence[Segment]]
) -> tuple[Codebook, Text]:
    """The codebook, and the line that says which it is and why."""
    if own := given.file("codebook_file"):
        book = load_codebook(Path(own))
        return book, text("plugin.check.codebook-own", title=book.title, stamp=book.stamp)
    chosen = given.choice("codebook")
    if chosen != AUTOMATIC:
        book = load_codebook(at_hand[chosen])
        return book, text("plugin.check.codebook-chosen", title=book.title, stamp=book.stamp)
    texts = [item.value for segments in slots.values() for item in segments]
    best = best_codebook([load_codebook(path) for path in at_hand.values()], texts)
    if best is None:
        raise UsageError(
            text("plugin.check.no-codebook", names=tuple(at_hand)), hint=text("plugin.check.no-codebook-hint")
        )
    return best, text("plugin.check.codebook-found", title=best.title, stamp=best.stamp)


def _read_as(slot: str, segments: Sequence[Segment], meaning: Meaning | None, codebook: Codebook) -> Text:
    """What one tier was taken for."""
    if not segments:
        return text("plugin.check.slot-empty", slot=slot)
    annotations = text("count.annotations", n=len(segments))
    if meaning is None:
        systems = [item.id for item in codebook.systems]
        return text("plugin.check.slot-unknown", slot=slot, annotations=annotations, systems=systems)
    seen = {"slot": slot, "annotations": annotations, "known": meaning.known}
    if not meaning.is_rating:
        return text("plugin.check.slot-intervals", system=meaning.system.id, **seen)
    # Scales are often the same, and then nothing says of which system the ratings are.
    fits = meanings(codebook, [item.value for item in segments])
    systems = [m.system.id for m in fits if m.is_rating and m.known == meaning.known]
    return text("plugin.check.slot-ratings", systems=_alternatives(systems), **seen)


def _alternatives(names: Sequence[str]) -> Text | str:
    *first, last = names
    return text("plugin.or", first=_alternatives(first), last=last) if first else last


def _findings(
    slot: str,
    segments: Sequence[Segment],
    meaning: Meaning | None,
    sequences: Sequence[Segment] | None,
    length_ms: int | None,
) -> list[Finding]:
    """Everything about one slot, which stands as its tier."""
    if not segments:
        return [
            finding("tier-empty", text("finding.tier-empty.message"), hint=text("finding.tier-empty.hint"), tier=slot)
        ]
    found: list[Finding] = []
    annotations = []
    read = None if meaning is None else meaning.reader()
    for number, item in enumerate(segments, start=1):
        reading = None if read is None else read(item.value)
        category = None if reading is None else reading.category
        annotations.append(CodedAnnotation(f"{slot}.{number}", item.start_ms, item.end_ms, item.value, category))
        if reading is not None and reading.code is not None:
            place = {"tier": slot, "start_ms": item.start_ms, "end_ms": item.end_ms}
            found.append(finding(reading.code, reading.message, hint=reading.hint, **place))
    rating = meaning is not None and meaning.is_rating
    system = str(text("plugin.check.any-system")) if meaning is None else meaning.system.id
    coded = CodedTier(slot, system, "rating" if rating else "interval", slot, slot, tuple(annotations))
    tiers = [coded]
    if sequences:
        tiers.append(CodedTier(slot, None, "sequence", None, "Sequence", sequence_annotations(sequences)))
    return [
        *found,
        *_impossible(slot, segments),
        *timing.lengths(tiers),
        *timing.implausible([coded]),
        *timing.beyond_medium([coded], length_ms),
        *timing.outside_sequences(tiers),
        *timing.uncoded_sequences(tiers),
        *timing.missing_ratings(tiers),
    ]


def _impossible(slot: str, segments: Sequence[Segment]) -> Iterator[Finding]:
    """What a tier cannot hold, yet files do that another program wrote: no length, two values at a time."""
    latest = 0
    for item in segments:
        place = {"tier": slot, "start_ms": item.start_ms, "end_ms": item.end_ms}
        if item.start_ms == item.end_ms:
            yield finding(
                "eaf-zero-length",
                text("finding.eaf-zero-length.message"),
                hint=text("finding.eaf-zero-length.hint"),
                **place,
            )
        elif item.start_ms < latest:
            hint = text("finding.eaf-overlap.hint")
            yield finding("eaf-overlap", text("finding.eaf-overlap.message-before"), hint=hint, **place)
        latest = max(latest, item.end_ms)


def _said(item: Finding, *, seen: set[str] | None = None) -> Text:
    """What is wrong and how to mend it; a long hint comes once in the report (`seen`) and never on the tier."""
    line = text("plugin.check.finding", tier=item.tier, severity=item.severity.shown, message=item.said)
    hint = item.hint
    if hint is None or (len(hint) > LONG_HINT and (seen is None or hint in seen)):
        return line
    if seen is not None:
        seen.add(hint)
    return text("plugin.check.finding-hint", finding=line, hint=item.advice)


def _listed(found: Sequence[Finding]) -> list[Text | str]:
    if not found:
        return ["", text("plugin.check.nothing"), text("plugin.check.nothing-tier", tier=FINDINGS)]
    counts = [(severity, sum(item.severity is severity for item in found)) for severity in Severity]
    total = [Text(f"severity.{severity.value}.count", {"n": n}) for severity, n in counts if n]
    lines: list[Text | str] = ["", text("plugin.check.counts", counts=total)]
    seen: set[str] = set()
    for item in found[:MOST_SHOWN]:
        line = _said(item, seen=seen)
        if item.start_ms is None:
            lines.append(text("plugin.finding", message=line))
        else:
            lines.append(text("plugin.check.finding-at", time=format_ms(item.start_ms), finding=line))
    if len(found) > MOST_SHOWN:
        lines.append(text("plugin.check.more", n=len(found) - MOST_SHOWN, tier=FINDINGS))
    return [*lines, "", text("plugin.check.tier", tier=FINDINGS)]


def _tier(found: Sequence[Finding]) -> list[Segment]:
    return laid_out(
        Segment(item.start_ms, item.start_ms if item.end_ms is None else item.end_ms, str(_said(item)))
        for item in found
        if item.start_ms is not None
    )
