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
from elancry.plugin.codebooks import AUTOMATIC, codebooks_in
from elancry.plugin.coding import sequence_annotations
from elancry.plugin.form import SEQUENCES, TIERS, check_form
from elancry.plugin.given import Given
from elancry.plugin.host import Host, Outcome
from elancry.plugin.meaning import Meaning, best_codebook, best_meaning, meanings
from elancry.plugin.tier_output import laid_out
from elancry.plugin.xml_input import Segment
from elancry.spans import format_ms
from elancry.texts import text

FINDINGS = "elancry_findings"
MOST_SHOWN = 200
LONG_HINT = 80
_ORDER = list(Severity)


def check(values: Mapping[str, str], host: Host) -> Outcome:
    """Run it; codebooks that were given at the installation lie in the working folder, where ELAN starts this.

    Raises UsageError where no tier was chosen or all are empty, InvalidInput or UnreadableInput for a codebook.
    """
    at_hand = codebooks_in(Path())
    given = Given(check_form((AUTOMATIC, *at_hand)), values)
    host.progress(0.1, "Reading the tiers")
    slots = {slot: tier for slot, name in TIERS.items() if (tier := given.tier(name)) is not None}
    if not any(slots.values()):
        raise UsageError(
            "no tier with annotations was chosen",
            hint="Choose 'tier' at T1 and then the tier in the list. An empty tier counts as not coded yet.",
        )
    sequences = given.tier(SEQUENCES)
    length_ms = given.length_ms()
    host.progress(0.3, "Reading the codebook")
    codebook, how = _codebook(given, at_hand, slots)
    host.progress(0.5, "Looking for mistakes")
    lines = [
        "",
        f"elancry {__version__}: check of the coding",
        f"Codebook: {codebook.title} ({codebook.stamp}), {how}.",
    ]
    lines += ["ELAN does not pass on the names of tiers: T1 is the tier that you chose at T1, and so on.", ""]
    found: list[Finding] = []
    for slot, segments in slots.items():
        meaning = best_meaning(codebook, [item.value for item in segments])
        lines.append(_read_as(slot, segments, meaning, codebook))
        found += _findings(slot, segments, meaning, sequences, length_ms)
    found.sort(key=lambda item: (-1 if item.start_ms is None else item.start_ms, item.tier or ""))
    return Outcome([*lines, *_listed(found)], {FINDINGS: _tier(found)})


def _codebook(
    given: Given, at_hand: Mapping[str, Path], slots: Mapping[str, Sequence[Segment]]
) -> tuple[Codebook, str]:
    if own := given.file("codebook_file"):
        return load_codebook(Path(own)), "from the file that you chose"
    chosen = given.choice("codebook")
    if chosen != AUTOMATIC:
        return load_codebook(at_hand[chosen]), "as chosen"
    texts = [item.value for segments in slots.values() for item in segments]
    best = best_codebook([load_codebook(path) for path in at_hand.values()], texts)
    if best is None:
        raise UsageError(
            f"none of the values is in a codebook that is at hand ({', '.join(at_hand)})",
            hint="Choose the codebook in the form, or pick the YAML file of your study. Is it the right tier?",
        )
    return best, "found by the values of the tiers"


def _read_as(slot: str, segments: Sequence[Segment], meaning: Meaning | None, codebook: Codebook) -> str:
    number = f"{len(segments)} annotation{'' if len(segments) == 1 else 's'}"
    if not segments:
        return f"{slot}: empty. It counts as not coded yet."
    if meaning is None:
        systems = ", ".join(item.id for item in codebook.systems)
        return (
            f"{slot}: {number}. None of the values is in this codebook ({systems}), so only the times were checked. "
            "Is it the right tier, and the right codebook?"
        )
    what = meaning.system.id
    if meaning.is_rating:
        # Scales are often the same, and then nothing tells of which system the ratings are.
        fits = meanings(codebook, [item.value for item in segments])
        what = "ratings of " + " or ".join(m.system.id for m in fits if m.is_rating and m.known == meaning.known)
    return f"{slot}: {number}, read as {what} ({meaning.known} with a value of it)."


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
    system = "the codebook" if meaning is None else meaning.system.id
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


def _text(item: Finding, *, told: set[str] | None = None) -> str:
    """What is wrong and how to mend it; a long hint stands once in the report (`told`) and never on the tier."""
    text = f"{item.tier} {item.severity.shown}: {item.message}"
    if not item.hint or (len(item.hint) > LONG_HINT and (told is None or item.hint in told)):
        return text
    if told is not None:
        told.add(item.hint)
    return f"{text}. {item.hint}"


def _listed(found: Sequence[Finding]) -> list[str]:
    if not found:
        return ["", "Nothing was found.", f"If you load the new tier, {FINDINGS} is empty."]
    counts = [(severity, sum(item.severity is severity for item in found)) for severity in _ORDER]
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
    total = ", ".join(f"{n} {words[severity]}{'' if n == 1 else 's'}" for severity, n in counts if n)
    lines = ["", f"{total}:"]
    told: set[str] = set()
    for item in found[:MOST_SHOWN]:
        lines.append(
            "- " + (f"{format_ms(item.start_ms)} " if item.start_ms is not None else "") + _text(item, told=told)
        )
    if len(found) > MOST_SHOWN:
        lines.append(f"- and {len(found) - MOST_SHOWN} more, all of them on the new tier {FINDINGS}")
    return [*lines, "", f"The new tier {FINDINGS} has an annotation at each place."]


def _tier(found: Sequence[Finding]) -> list[Segment]:
    return laid_out(
        Segment(item.start_ms, item.start_ms if item.end_ms is None else item.end_ms, _text(item))
        for item in found
        if item.start_ms is not None
    )
