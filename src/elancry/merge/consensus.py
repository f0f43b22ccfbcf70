"""`TIER@consensus` and `TIER@disagreement` for one session.

Conventions
-----------
- The consensus is the majority's coding (see `elancry.align.consensus`), one rater's, or left out.
- `@disagreement` spans every stretch where raters differ, with a value like `R1=protest | R2=despair | R3=-`; `-` is
  none of the categories, `?` means not coded; `dispair?` is coded and cannot be read. Where the consensus is "none of
  them", which leaves no annotation on `@consensus`, the value ends with `consensus=-`; any other disagreement without a
  consensus under it is unresolved.
- `@consensus` tiers have the LANG_REF of the raters' tiers (that of most; equally many: the first rater's), and texts
  in that language: ELAN rewrites the values of a tier without LANG_REF in its content language.
- `@disagreement` tiers have a type of their own, no vocabulary and no parent.
- A sequence is in `Sequence@consensus` if more than half of the raters who marked sequences in this session marked it;
  its limits are the union. Where two such windows overlap, they meet in the middle of the overlap.
- Ratings: `...@consensus` under `Sequence@consensus`; no majority, no annotation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from elancry.align.consensus import Agreed, Disagreement, agreed_stretches, disagreements, majority_rating
from elancry.align.ratings import RatingMatrix, build_ratings
from elancry.align.sequences import MatchedSequence
from elancry.align.timeline import Timeline, build_timelines, tier_categories
from elancry.check.coding import CONSENSUS, DISAGREEMENT, CheckedCoding, CodedAnnotation, CodedTier, TierKind
from elancry.choices import Consensus
from elancry.codebook.model import System
from elancry.eaf import Constraint, TierType
from elancry.merge.assemble import Assembly
from elancry.merge.dispute import Dispute, PointKind

DISAGREEMENT_TYPE = TierType("elancry.disagreement", None, True)


class SessionConsensus:
    """Adds the tiers of one session to an assembly; `disputes` lists what raters disagreed about."""

    def __init__(
        self,
        assembly: Assembly,
        coding: CheckedCoding,
        sequences: Sequence[MatchedSequence],
        *,
        method: str = Consensus.MAJORITY,
        min_ms: int = 0,
    ) -> None:
        """`coding` and `sequences` are those of the session only."""
        self.disputes: list[Dispute] = []
        self._assembly = assembly
        self._coding = coding
        self._method = method
        self._min_ms = min_ms
        self._sequences = _apart(sequences)
        self._by_key = {(item.session, item.sequence): item for item in self._sequences}
        self._everybody = coding.raters_of(coding.sessions[0]) if coding.files else ()
        self._tiers = {
            (tier.system, tier.kind, tier.category, tier.rater): tier for file in coding.files for tier in file.tiers
        }
        self._texts = _texts_used(self._tiers.values())
        self._agreed_sequences: dict[tuple[str, str], str] | None = None
        if not coding.files:
            return
        self._add_sequences()
        self._add_intervals(build_timelines(coding, self._sequences))
        self._add_ratings(build_ratings(coding, self._sequences, raters=self._everybody))

    # Sequences

    def _add_sequences(self) -> None:
        base = self._coding.codebook.sequence_tier
        whole = any(identity == "" for item in self._sequences for identity, _, _ in item.raters.values())
        kind = self._type(None, "sequence", None)
        if base is None or whole or kind is None:
            return
        raters = self._raters(None, "sequence", None)
        if self._method != Consensus.NONE:
            kind = kind if kind.constraint is None else TierType(f"{kind.id}@{CONSENSUS}", None, True, kind.vocabulary)
            attributes = {"ANNOTATOR": CONSENSUS, "LANG_REF": self._language(None, "sequence", None)}
            tier = self._assembly.add_tier(base, f"{base}@{CONSENSUS}", kind, **attributes)
            self._agreed_sequences = {}
            for item in self._sequences:
                if self._sequence_counts(item, raters):
                    identity = self._assembly.add_span(tier, item.start_ms, item.end_ms, item.sequence)
                    self._agreed_sequences[item.session, item.sequence] = identity
        found = []
        for item in self._sequences:
            if len(item.raters) < len(raters):
                values = {rater: item.sequence if rater in item.raters else "-" for rater in raters}
                marked: dict[str, str | None] = {
                    rater: item.sequence if rater in item.raters else "" for rater in raters
                }
                settled = None
                if self._method != Consensus.NONE:
                    counts = self._sequence_counts(item, raters)
                    undecided = self._method == Consensus.MAJORITY and 2 * len(item.raters) == len(raters)
                    settled = item.sequence if counts else None if undecided else "-"
                span = (item.start_ms, item.end_ms)
                found.append(self._dispute(item, "", base, "sequence", span, values, settled, marked))
        self._add_disagreements(base, base, found, len(raters))

    def _sequence_counts(self, item: MatchedSequence, raters: Sequence[str]) -> bool:
        if self._method == Consensus.MAJORITY:
            return 2 * len(item.raters) > len(raters)
        return self._method in item.raters

    # Intervals

    def _add_intervals(self, timelines: Sequence[Timeline]) -> None:
        by_tier: dict[tuple[str, str], list[Timeline]] = {}
        for timeline in timelines:
            by_tier.setdefault((timeline.system, timeline.tier), []).append(timeline)
        for system in self._coding.codebook.systems:
            for category in tier_categories(system) if system.has_intervals else ():
                raters = self._raters(system.id, "interval", category)
                name = system.tier_name if category is None else system.category_tier_name(category)
                if raters:
                    self._add_interval_tier(system, category, name, by_tier.get((system.id, name), ()), raters)

    def _add_interval_tier(
        self, system: System, category: str | None, name: str, timelines: Sequence[Timeline], raters: Sequence[str]
    ) -> None:
        if self._method != Consensus.NONE:
            self._add_consensus(system, category, name, timelines)
        found = []
        for timeline in timelines:
            columns = [(index, rater) for index, rater in enumerate(timeline.raters) if rater in raters]
            for item in disagreements(timeline, min_ms=self._min_ms):
                values = {rater: self._said(system.id, category, timeline, item, index) for index, rater in columns}
                settled = self._settled(system.id, timeline, item)
                sequence = self._by_key[timeline.session, timeline.sequence]
                span = (item.start_ms, item.end_ms)
                kind: PointKind = "edge" if item.edge else "time"
                categories = {rater: item.codes[index] for index, rater in columns}
                found.append(self._dispute(sequence, system.id, name, kind, span, values, settled, categories))
        self._add_disagreements(self._base(system.id, "interval", category, name), name, found, len(raters))

    def _add_consensus(self, system: System, category: str | None, name: str, timelines: Sequence[Timeline]) -> None:
        kind = self._type(system.id, "interval", category)
        model = self._model(system.id, "interval", category)
        if kind is None or model is None:
            return
        parent = None
        if kind.constraint is Constraint.INCLUDED_IN and self._agreed_sequences is not None:
            parent = f"{self._coding.codebook.sequence_tier}@{CONSENSUS}"
        elif kind.constraint is not None:
            kind = TierType(f"{kind.id}@{CONSENSUS}", None, True, kind.vocabulary)
        base = self._base(system.id, "interval", category, name)
        language = self._language(system.id, "interval", category)
        attributes = {
            "PARENT_REF": parent,
            "PARTICIPANT": system.participant,
            "ANNOTATOR": CONSENSUS,
            "LANG_REF": language,
        }
        tier = self._assembly.add_tier(base, f"{name}@{CONSENSUS}", kind, **attributes)
        for timeline in timelines:
            agreed = self._agreed_sequences
            if agreed is not None and (timeline.session, timeline.sequence) not in agreed:
                continue
            for item in self._coded_as_consensus(timeline):
                text = self._shown(system.id, item.category)
                entry = self._assembly.entry_of(kind.id, (text, item.category))
                if entry is not None and text in entry.values.values():
                    text = entry.values.get(language or "", text)
                self._assembly.add_span(tier, item.start_ms, item.end_ms, text, entry.id or "" if entry else None)

    def _coded_as_consensus(self, timeline: Timeline) -> Iterable[Agreed]:
        if self._method == Consensus.MAJORITY:
            return agreed_stretches(timeline, min_ms=self._min_ms)
        if self._method not in timeline.raters:
            return ()
        column = timeline.raters.index(self._method)
        codes, coding = timeline.codes[:, [column]], timeline.coding[column : column + 1]
        alone = replace(timeline, raters=(self._method,), codes=codes, coding=coding)
        return agreed_stretches(alone, min_ms=self._min_ms)

    def _settled(self, system: str, timeline: Timeline, item: Disagreement) -> str | None:
        if self._method == Consensus.NONE:
            return None
        if self._method == Consensus.MAJORITY:
            code = item.majority
        else:
            code = item.codes[timeline.raters.index(self._method)] if self._method in timeline.raters else None
        return None if code is None else self._shown(system, code)

    # Ratings

    def _add_ratings(self, matrices: Sequence[RatingMatrix]) -> None:
        for matrix in matrices:
            kind = self._type(matrix.system, "rating", matrix.category)
            if kind is None:
                continue
            raters = self._raters(matrix.system, "rating", matrix.category)
            columns = {rater: matrix.raters.index(rater) for rater in raters if rater in matrix.raters}
            tier = None
            if self._agreed_sequences is not None and kind.constraint is Constraint.SYMBOLIC_ASSOCIATION:
                base = self._base(matrix.system, "rating", matrix.category, matrix.tier)
                parent = f"{self._coding.codebook.sequence_tier}@{CONSENSUS}"
                language = self._language(matrix.system, "rating", matrix.category)
                attributes = {"PARENT_REF": parent, "ANNOTATOR": CONSENSUS, "LANG_REF": language}
                tier = self._assembly.add_tier(base, f"{matrix.tier}@{CONSENSUS}", kind, **attributes)
            for row, item in enumerate(self._sequences):
                given = {rater: float(matrix.values[row, column]) for rater, column in columns.items()}
                unclear = {rater for rater, column in columns.items() if (row, column) in matrix.unreadable}
                settled = self._settled_rating(given, len(unclear))
                above = (self._agreed_sequences or {}).get((item.session, item.sequence))
                if tier is not None and above is not None and settled is not None:
                    entry = self._assembly.entry_of(kind.id, (settled,))
                    text = settled if entry is None else next(iter(entry.values.values()), "")
                    self._assembly.add_reference(tier, above, text, entry.id or "" if entry else None)
                answers = {value for value in given.values() if value == value}
                if len(answers) + len(unclear) > 1:
                    values = {rater: f"{value:g}" if value == value else "?" for rater, value in given.items()}
                    values |= {rater: self._unclear_rating(matrix, item, rater) for rater in values if rater in unclear}
                    span = (item.start_ms, item.end_ms)
                    rated = {rater: None if value != value else f"{value:g}" for rater, value in given.items()}
                    rated |= dict.fromkeys(rated.keys() & unclear)
                    self._dispute(item, matrix.system, matrix.tier, "rating", span, values, settled, rated)

    def _settled_rating(self, given: Mapping[str, float], n_unreadable: int) -> str | None:
        if self._method == Consensus.NONE:
            return None
        if self._method == Consensus.MAJORITY:
            value = majority_rating(list(given.values()), n_unreadable=n_unreadable)
        else:
            value = given.get(self._method)
        return None if value is None or value != value else f"{value:g}"

    # What the raters' tiers say

    def _raters(self, system: str | None, kind: TierKind, category: str | None) -> tuple[str, ...]:
        """Raters who coded this tier in the session, in rater order."""
        own = ((rater, self._tiers.get((system, kind, category, rater))) for rater in self._everybody)
        return tuple(rater for rater, tier in own if tier is not None and not tier.missing)

    def _model(self, system: str | None, kind: TierKind, category: str | None) -> tuple[str, str] | None:
        """(name without rater, name in the merged file) of the first rater's tier."""
        for rater in self._raters(system, kind, category):
            found = self._assembly.merged_name(self._tiers[system, kind, category, rater].tier, rater)
            if found is not None:
                return found
        return None

    def _language(self, system: str | None, kind: TierKind, category: str | None) -> str | None:
        """The LANG_REF that most raters' tiers have, the first of equally many; `None` where none has any."""
        found = []
        for rater in self._raters(system, kind, category):
            merged = self._assembly.merged_name(self._tiers[system, kind, category, rater].tier, rater)
            language = None if merged is None else self._assembly.language_of(merged[1])
            found += [] if language is None else [language]
        return max(found, key=found.count, default=None)

    def _type(self, system: str | None, kind: TierKind, category: str | None) -> TierType | None:
        model = self._model(system, kind, category)
        return None if model is None else self._assembly.type_of(model[1])

    def _base(self, system: str | None, kind: TierKind, category: str | None, name: str) -> str:
        model = self._model(system, kind, category)
        return name if model is None else model[0]

    def _said(self, system: str, category: str | None, timeline: Timeline, item: Disagreement, column: int) -> str:
        """What a rater coded in a stretch; where it cannot be read, the words as they are, with a question mark."""
        if column not in item.unreadable:
            return self._shown(system, item.codes[column])
        tier = self._tiers[system, "interval", category, timeline.raters[column]]
        found = tier.between(item.start_ms, item.end_ms) or [each for each in tier.annotations if each.damaged]
        return unreadable_text(found)

    def _unclear_rating(self, matrix: RatingMatrix, item: MatchedSequence, rater: str) -> str:
        tier = self._tiers[matrix.system, "rating", matrix.category, rater]
        own, start_ms, end_ms = item.raters[rater]
        found = [each for each in tier.annotations if each.parent == own] or tier.between(start_ms, end_ms)
        return unreadable_text(found)

    def _shown(self, system: str, code: str | None) -> str:
        """What a person reads for a category id: the text that raters used most, else the codebook's label."""
        if code is None:
            return "?"
        if code == "":
            return "-"
        used = self._texts.get((system, code))
        if used is not None:
            return used
        known = self._coding.codebook.system(system)
        category = None if known is None else known.category(code)
        return code if category is None else category.label(self._coding.codebook.languages[0])

    def _dispute(
        self,
        item: MatchedSequence,
        system: str,
        tier: str,
        kind: PointKind,
        span: tuple[int, int],
        values: Mapping[str, str],
        settled: str | None,
        categories: Mapping[str, str | None],
    ) -> Dispute:
        found = Dispute(item.session, item.sequence, system, tier, kind, *span, values, settled, categories)
        self.disputes.append(found)
        return found

    def _add_disagreements(self, base: str, name: str, found: Sequence[Dispute], n_raters: int) -> None:
        if n_raters > 1:
            tier = self._assembly.add_tier(base, f"{name}@{DISAGREEMENT}", DISAGREEMENT_TYPE)
            for item in sorted(found, key=lambda item: item.start_ms):
                self._assembly.add_span(tier, item.start_ms, item.end_ms, item.text)


def unreadable_text(found: Iterable[CodedAnnotation]) -> str:
    """`dispair?` for what cannot be read; `""?` where there are no words."""
    return " + ".join(dict.fromkeys(item.value.strip() or '""' for item in found)) + "?"


def _texts_used(tiers: Iterable[CodedTier]) -> dict[tuple[str, str], str]:
    """(system, category) -> the text that raters wrote for it most often (equally often: the first in the alphabet)."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for tier in tiers:
        if tier.kind == "interval" and tier.system is not None and tier.category is None:
            for item in tier.annotations:
                if item.category is not None and item.value.strip():
                    counts.setdefault((tier.system, item.category), Counter())[item.value.strip()] += 1
    return {key: min(found, key=lambda text: (-found[text], text)) for key, found in counts.items()}


def _apart(sequences: Sequence[MatchedSequence]) -> tuple[MatchedSequence, ...]:
    """The sequences by start, windows that overlap cut in the middle of the overlap; one inside another stays out."""
    ordered = sorted(sequences, key=lambda item: (item.start_ms, item.end_ms))
    result: list[MatchedSequence] = []
    for item in ordered:
        if result and item.start_ms < result[-1].end_ms:
            before = result[-1]
            middle = (item.start_ms + min(before.end_ms, item.end_ms)) // 2
            middle = max(middle, before.start_ms + 1)
            if middle >= item.end_ms:
                continue
            result[-1] = replace(before, end_ms=middle)
            item = replace(item, start_ms=middle)
        result.append(item)
    return tuple(result)
