"""*Compare raters*: two to six tiers of the open file in, agreement as text and two new tiers out.

Every number is computed by the functions behind `elancry agree`; here they are only asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from elancry.choices import Matching
from elancry.errors import InvalidInput, UsageError
from elancry.plugin.coding import coding_of
from elancry.plugin.form import RATERS, SEQUENCES, compare_form
from elancry.plugin.given import Given
from elancry.plugin.host import Host, Outcome
from elancry.plugin.xml_input import Segment

if TYPE_CHECKING:
    from elancry.align.timeline import Timeline
    from elancry.check.coding import CheckedCoding

DISAGREEMENT, CONSENSUS = "elancry_disagreement", "elancry_consensus"


def compare(values: Mapping[str, str], host: Host) -> Outcome:
    """Run it. Raises UsageError for fewer than two coded tiers, UnreadableInput for a tier that cannot be read."""
    given = Given(compare_form(), values)
    overlap, shortest = given.number("overlap"), given.number("shortest")
    matching = Matching(given.choice("matching"))
    host.progress(0.05, "Reading the tiers")
    chosen = {slot: tier for slot, name in RATERS.items() if (tier := given.tier(name)) is not None}
    sequences = given.tier(SEQUENCES)
    _require_two(chosen)
    if sequences is not None and not sequences:
        raise UsageError("the tier chosen for the sequences is empty", hint="Mark the sequences, or choose no tier.")
    if sequences is not None and any(b.start_ms < a.end_ms for a, b in pairwise(sequences)):
        raise UsageError(
            "the sequences overlap, so some time would count twice",
            hint="Choose the tier that marks the sequences, or shorten the one that reaches into the next.",
        )
    length_ms = given.length_ms()
    coding = coding_of(chosen, sequences=sequences, length_ms=length_ms)
    _refuse_implausible(coding)
    host.progress(0.15, "Lining the raters up")
    from elancry.align.sequences import match_sequences
    from elancry.plugin.compare_numbers import numbers_of
    from elancry.plugin.compare_text import report
    from elancry.study.compared import Compared

    windows, _ = match_sequences(coding)
    if not windows:
        raise UsageError("no annotation has a length, so there is nothing to compare")
    compared = Compared.of(coding, windows)
    host.progress(0.35, "Computing agreement in time and on events")
    numbers = numbers_of(compared, matching=matching, criterion=overlap / 100)
    host.progress(0.75, "Looking for the places where the raters differ")
    labels = {item.id: item.label("") for item in coding.codebook.systems[0].categories}
    tiers = {
        DISAGREEMENT: _disagreement_tier(compared.timelines, labels, shortest),
        CONSENSUS: _consensus_tier(compared.timelines, labels, shortest),
    }
    text = report(coding, windows, numbers, tiers, sound_ms=length_ms, overlap=overlap, shortest=shortest)
    return Outcome(text, tiers)


def _require_two(chosen: Mapping[str, Sequence[Segment]]) -> None:
    blank = [name for name, tier in chosen.items() if tier and not any(item.value.strip() for item in tier)]
    if blank and len(chosen) - len(blank) < 2:
        raise UsageError(
            f"no annotation of {' or of '.join(blank)} has a value, so there is nothing to compare",
            hint="Did you choose the right tier? The values are what the rater chose from the vocabulary.",
        )
    empty = [name for name, tier in chosen.items() if not tier]
    if len(chosen) - len(empty) >= 2:
        return
    if empty:
        raise UsageError(
            f"the tier of {' and of '.join(empty)} is empty; comparing needs two tiers with annotations",
            hint="An empty tier counts as not coded yet. Did you choose the right tier?",
        )
    raise UsageError(
        "comparing needs the tiers of two raters, at R1 and at R2",
        hint="Choose 'tier' and then the tier of the rater in the list.",
    )


def _refuse_implausible(coding: CheckedCoding) -> None:
    """A time that no recording reaches would outweigh everything else, so `elancry agree` stops there too."""
    from elancry.check.timing import implausible

    found = [item for file in coding.files for item in implausible(file.tiers)]
    if found:
        raise InvalidInput("A time is wrong:", found)


def _disagreement_tier(timelines: Sequence[Timeline], labels: Mapping[str, str], shortest: int) -> list[Segment]:
    from elancry.align.consensus import disagreements
    from elancry.plugin.compare_text import shortened
    from elancry.plugin.tier_output import laid_out

    def text(code: str | None) -> str:
        return "?" if code is None else shortened(labels[code]) if code else "-"

    found = []
    for timeline in timelines:
        coded = timeline.coded.tolist()
        raters = [(at, rater) for at, rater in enumerate(timeline.raters) if coded[at]]
        for item in disagreements(timeline, min_ms=shortest):
            words = " | ".join(f"{rater}={text(item.codes[at])}" for at, rater in raters)
            found.append(Segment(item.start_ms, item.end_ms, words))
    return laid_out(found)


def _consensus_tier(timelines: Sequence[Timeline], labels: Mapping[str, str], shortest: int) -> list[Segment]:
    from elancry.align.consensus import agreed_stretches
    from elancry.plugin.tier_output import laid_out

    return laid_out(
        Segment(item.start_ms, item.end_ms, labels[item.category])
        for timeline in timelines
        for item in agreed_stretches(timeline, min_ms=shortest)
    )
