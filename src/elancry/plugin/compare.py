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
from elancry.plugin.form import RATERS, SEQUENCES, Given, compare_form
from elancry.plugin.host import Host, Outcome
from elancry.plugin.xml_input import Segment
from elancry.texts import text

if TYPE_CHECKING:
    from elancry.align.timeline import Timeline
    from elancry.check.coding import CheckedCoding

DISAGREEMENT, CONSENSUS = "elancry_disagreement", "elancry_consensus"


def compare(values: Mapping[str, str], host: Host) -> Outcome:
    """Run it. Raises UsageError for fewer than two coded tiers, UnreadableInput for a tier that cannot be read."""
    given = Given(compare_form(), values)
    overlap, shortest = given.number("overlap"), given.number("shortest")
    matching = Matching(given.choice("matching"))
    host.progress(0.05, text("plugin.reading-tiers"))
    chosen = {slot: tier for slot, name in RATERS.items() if (tier := given.tier(name)) is not None}
    sequences = given.tier(SEQUENCES)
    _require_two(chosen)
    if sequences is not None and not sequences:
        raise UsageError(text("plugin.compare.sequences-empty"), hint=text("plugin.compare.sequences-empty-hint"))
    if sequences is not None and any(b.start_ms < a.end_ms for a, b in pairwise(sequences)):
        raise UsageError(text("plugin.compare.sequences-overlap"), hint=text("plugin.compare.sequences-overlap-hint"))
    length_ms = given.length_ms()
    coding = coding_of(chosen, sequences=sequences, length_ms=length_ms)
    _refuse_implausible(coding)
    host.progress(0.15, text("plugin.compare.lining-up"))
    from elancry.align.sequences import match_sequences
    from elancry.plugin.compare_report import numbers_of, report
    from elancry.study.compared import Compared

    windows, _ = match_sequences(coding)
    if not windows:
        raise UsageError(text("plugin.compare.no-length"))
    compared = Compared.of(coding, windows)
    host.progress(0.35, text("plugin.compare.computing"))
    numbers = numbers_of(compared, matching=matching, criterion=overlap / 100)
    host.progress(0.75, text("plugin.compare.looking"))
    labels = {item.id: item.label("") for item in coding.codebook.systems[0].categories}
    tiers = {
        DISAGREEMENT: _disagreement_tier(compared.timelines, labels, shortest),
        CONSENSUS: _consensus_tier(compared.timelines, labels, shortest),
    }
    lines = report(coding, windows, numbers, tiers, sound_ms=length_ms, overlap=overlap, shortest=shortest)
    return Outcome(lines, tiers)


def _require_two(chosen: Mapping[str, Sequence[Segment]]) -> None:
    blank = [name for name, tier in chosen.items() if tier and not any(item.value.strip() for item in tier)]
    if blank and len(chosen) - len(blank) < 2:
        raise UsageError(text("plugin.compare.no-values", raters=blank), hint=text("plugin.compare.no-values-hint"))
    empty = [name for name, tier in chosen.items() if not tier]
    if len(chosen) - len(empty) >= 2:
        return
    if empty:
        raise UsageError(text("plugin.compare.tier-empty", raters=empty), hint=text("plugin.compare.tier-empty-hint"))
    raise UsageError(text("plugin.compare.two-needed"), hint=text("plugin.compare.two-needed-hint"))


def _refuse_implausible(coding: CheckedCoding) -> None:
    """A time that no recording reaches would outweigh everything else, so `elancry agree` stops there too."""
    from elancry.check.timing import implausible

    found = [item for file in coding.files for item in implausible(file.tiers)]
    if found:
        raise InvalidInput(text("plugin.compare.time-wrong"), found)


def _disagreement_tier(timelines: Sequence[Timeline], labels: Mapping[str, str], shortest: int) -> list[Segment]:
    from elancry.align.consensus import disagreements
    from elancry.plugin.compare_report import shortened
    from elancry.plugin.tier_output import laid_out

    def word(code: str | None) -> str:
        return "?" if code is None else shortened(labels[code]) if code else "-"

    found = []
    for timeline in timelines:
        coded = timeline.coded.tolist()
        raters = [(at, rater) for at, rater in enumerate(timeline.raters) if coded[at]]
        for item in disagreements(timeline, min_ms=shortest):
            words = " | ".join(f"{rater}={word(item.codes[at])}" for at, rater in raters)
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
