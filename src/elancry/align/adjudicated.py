"""The consensus as a coding of its own: adjudicated by people where they did, else the raters' majority.

Conventions
-----------
- In a session read from a merged file that has `@consensus` tiers, these are the consensus. Time under `@disagreement`
  without a consensus is unresolved, so missing, unless its value ends with `consensus=-` ("none of the categories", see
  `point_marks`); deleting a disagreement makes its time "none of the categories". Time that no rater coded is missing
  unless the consensus has a code there.
- Pieces of one category that touch are one event there, in however many steps people decided them; a sequence that
  begins or ends where they touch keeps them apart, as in the raters' majority.
- In any other session the consensus is the raters' majority (see `consensus`), unresolved time missing. Unreadable
  values count among those who coded; one that several raters' majority overrules changes nothing.
- The result is coded by the rater `consensus`. Builders take it with `raters=("consensus",)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from elancry.align.consensus import agreed_stretches, majority_rating, undecided
from elancry.align.point_marks import UNDECIDED, decision, settled_as_none
from elancry.align.ratings import build_ratings
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import MISSING, build_timelines, tier_categories
from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.spans import Span


def consensus_coding(
    coding: CheckedCoding, sequences: Sequence[MatchedSequence]
) -> tuple[CheckedCoding, tuple[MatchedSequence, ...]]:
    """The coding of the rater `consensus` for every session, and the sequences as the consensus has them.

    Timelines and ratings of the result line up with those of the raters: same sessions, same sequence ids.
    """
    files: list[CodedFile] = []
    matched: list[MatchedSequence] = []
    for session in coding.sessions:
        own = [item for item in sequences if item.session == session]
        part = replace(coding, files=coding.files_of(session), rater_order=coding.raters)
        tiers = [tier for tier in part.tiers_of(session) if tier.rater == CONSENSUS and not tier.missing]
        if tiers:
            placed = _adjudicated_sequences(own, tiers)
            points = [tier for tier in part.tiers_of(session) if tier.rater == DISAGREEMENT]
            tiers = _with_unresolved(_joined(tiers, placed), points, _uncoded(part, own))
        else:
            placed = _majority_sequences(part, own)
            tiers = _majority_tiers(part, placed)
        first = part.files[0]
        files.append(replace(first, path=Path(first.name), rater=CONSENSUS, tiers=tuple(tiers), offset_ms=0))
        matched += placed
    return replace(coding, files=tuple(files)), tuple(matched)


def _adjudicated_sequences(sequences: Sequence[MatchedSequence], tiers: Sequence[CodedTier]) -> list[MatchedSequence]:
    """Each sequence with its annotation on Sequence@consensus: the one of its id, else the one it overlaps most."""
    marked = [item for tier in tiers if tier.kind == "sequence" for item in tier.annotations]
    placed = []
    for sequence in sequences:
        window = Span(sequence.start_ms, sequence.end_ms)
        found = [item for item in marked if item.value.strip() == sequence.sequence]
        found = found or [item for item in marked if window.overlap_ms(Span(item.start_ms, item.end_ms)) > 0]
        if found:
            best = max(found, key=lambda item: window.overlap_ms(Span(item.start_ms, item.end_ms)))
            own = {CONSENSUS: (best.id, best.start_ms, best.end_ms)}
            placed.append(MatchedSequence(sequence.session, sequence.sequence, best.start_ms, best.end_ms, own))
        elif not marked:
            placed.append(replace(sequence, raters={CONSENSUS: ("", sequence.start_ms, sequence.end_ms)}))
    return placed


def _joined(tiers: Sequence[CodedTier], sequences: Sequence[MatchedSequence]) -> list[CodedTier]:
    """The same with touching pieces of one category as one annotation, on tiers of stretches."""
    limits = {ms for item in sequences for ms in (item.start_ms, item.end_ms)}
    joined = []
    for tier in tiers:
        if tier.kind != "interval" or tier.open_ms:
            joined.append(tier)
            continue
        pieces: list[CodedAnnotation] = []
        for item in sorted(tier.annotations, key=lambda item: item.start_ms):
            before = pieces[-1] if pieces and item.duration_ms > 0 and item.start_ms not in limits else None
            if before is not None and before.end_ms == item.start_ms and before.category == item.category is not None:
                pieces[-1] = replace(before, end_ms=item.end_ms)
            else:
                pieces.append(item)
        joined.append(replace(tier, annotations=tuple(pieces)) if len(pieces) < len(tier.annotations) else tier)
    return joined


def _with_unresolved(tiers: Sequence[CodedTier], points: Sequence[CodedTier], uncoded: _Pieces) -> list[CodedTier]:
    """The consensus tiers, each with its unresolved and uncoded time as annotations of unknown category."""
    unresolved = {
        (tier.system, tier.category): [item for item in tier.annotations if not settled_as_none(item.value)]
        for tier in points
        if tier.kind == "interval"
    }
    completed = []
    for tier in tiers:
        if tier.kind == "interval":
            key = (tier.system or "", tier.category)
            unknown = [*unresolved.get(key, ()), *uncoded.get(key, ())]
            pieces = (piece for item in unknown for piece in _uncovered(item, tier.annotations))
            tier = replace(tier, annotations=(*tier.annotations, *pieces))
        completed.append(tier)
    return completed


def undecided_spans(coding: CheckedCoding) -> dict[tuple[str, str, str], list[Span]]:
    """(session, system, tier of a timeline) -> the time that people discussed and left undecided."""
    names = {(system, category): tier for (system, tier), category in _tiers(coding).items()}
    found: dict[tuple[str, str, str], list[Span]] = {}
    for file in coding.files:
        for tier in file.tiers:
            key = tier.system or "", tier.category
            if tier.rater == DISAGREEMENT and tier.kind == "interval" and key in names:
                left = [item for item in tier.annotations if decision(item.value) == UNDECIDED]
                spans = [Span(item.start_ms, item.end_ms) for item in left if item.duration_ms > 0]
                found.setdefault((file.session, key[0], names[key]), []).extend(spans)
    return found


_Pieces = dict[tuple[str, str | None], list[CodedAnnotation]]
"""(system, category of a tier-per-category tier) -> stretches."""


def _uncoded(part: CheckedCoding, sequences: Sequence[MatchedSequence]) -> _Pieces:
    """Time in the sequences that nobody coded, or one rater alone and unreadably, as stretches of unknown category."""
    found: _Pieces = {}
    tier_of = _tiers(part)
    for timeline in build_timelines(part, sequences):
        nobody = (timeline.codes == MISSING).all(axis=1) & (timeline.unreadable.sum(axis=1) < 2)
        found.setdefault((timeline.system, tier_of[timeline.system, timeline.tier]), []).extend(
            CodedAnnotation("", start, end, "")
            for start, end, missing in zip(
                timeline.start_ms.tolist(), timeline.end_ms.tolist(), nobody.tolist(), strict=True
            )
            if missing
        )
    return found


def _tiers(part: CheckedCoding) -> dict[tuple[str, str], str | None]:
    """(system, name of a timeline's tier) -> the category that the tier belongs to, `None` for all."""
    return {
        (system.id, system.tier_name if category is None else system.category_tier_name(category)): category
        for system in part.codebook.systems
        if system.has_intervals
        for category in tier_categories(system)
    }


def _uncovered(point: CodedAnnotation, coded: Sequence[CodedAnnotation]) -> list[CodedAnnotation]:
    """The parts of `point` under which nothing is coded."""
    pieces = []
    begin = point.start_ms
    for item in sorted(coded, key=lambda item: item.start_ms):
        if item.end_ms <= begin or item.start_ms >= point.end_ms:
            continue
        if item.start_ms > begin:
            pieces.append((begin, item.start_ms))
        begin = max(begin, item.end_ms)
    if begin < point.end_ms:
        pieces.append((begin, point.end_ms))
    return [CodedAnnotation(point.id, start, end, "") for start, end in pieces]


def _majority_sequences(part: CheckedCoding, sequences: Sequence[MatchedSequence]) -> list[MatchedSequence]:
    """The sequences that more than half of the raters who marked any have marked."""
    raters = {rater for item in sequences for rater in item.raters}
    return [
        replace(item, raters={**item.raters, CONSENSUS: (f"{CONSENSUS} {item.sequence}", item.start_ms, item.end_ms)})
        for item in sequences
        if 2 * len(item.raters) > len(raters)
    ]


def _majority_tiers(part: CheckedCoding, sequences: Sequence[MatchedSequence]) -> list[CodedTier]:
    annotations: _Pieces = {}
    coded: set[tuple[str, str | None]] = set()
    tier_of = _tiers(part)
    for timeline in build_timelines(part, sequences):
        key = (timeline.system, tier_of[timeline.system, timeline.tier])
        if (timeline.codes != MISSING).any():
            coded.add(key)
        pieces = annotations.setdefault(key, [])
        for agreed in agreed_stretches(timeline):
            pieces.append(CodedAnnotation("", agreed.start_ms, agreed.end_ms, agreed.category, agreed.category))
        pieces += (CodedAnnotation("", start_ms, end_ms, "") for start_ms, end_ms in undecided(timeline))
    tiers = [
        CodedTier(CONSENSUS, system, "interval", category, name, tuple(annotations.get((system, category), ())))
        for (system, name), category in tier_of.items()
        if (system, category) in coded
    ]
    for matrix in build_ratings(part, sequences, raters=part.raters):
        given = []
        for row, sequence in enumerate(sequences):
            n_unreadable = sum((row, column) in matrix.unreadable for column in range(len(matrix.raters)))
            value = majority_rating(matrix.values[row].tolist(), n_unreadable=n_unreadable)
            if value is not None:
                text = f"{value:g}"
                identity, start_ms, end_ms = sequence.raters[CONSENSUS]
                given.append(CodedAnnotation("", start_ms, end_ms, text, text, identity))
        tiers.append(CodedTier(CONSENSUS, matrix.system, "rating", matrix.category, matrix.tier, tuple(given)))
    return tiers
