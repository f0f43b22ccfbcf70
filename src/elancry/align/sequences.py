"""Which sequence of one rater is which sequence of another?

Conventions
-----------
- Where every rater's sequence values in a session are unique and the sets agree (prefilled sequences), the value
  identifies the sequence. Two such sequences that share no time are an error: the ids contradict the times.
- Otherwise the rater with most sequences (ties: rater order) gives the ids, and the others' sequences are matched to
  them one to one, largest overlap first, from half of the longer on. What is left over is matched among the remaining
  raters by the same rule; what nobody else marked stays with its one rater and is a finding.
- The window of a matched sequence is the union of what its raters marked.
- A study without a sequence tier has one window a session: from 0 to the end of the medium or, where that is not
  known, to the last annotation of any rater.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elancry.check.coding import CheckedCoding, CodedAnnotation
from elancry.choices import Window
from elancry.findings import Finding, finding
from elancry.spans import Span, SpanIndex, format_ms
from elancry.texts import text

MATCH_FROM = 0.5
"""Overlap as a proportion of the longer sequence from which two raters' sequences count as one."""


@dataclass(frozen=True)
class MatchedSequence:
    """One sequence of one session. `raters` maps every rater who marked it to (annotation id, start_ms, end_ms).

    Where whole sessions are the windows, the annotation id is "".
    """

    session: str
    sequence: str
    start_ms: int
    end_ms: int
    raters: Mapping[str, tuple[str, int, int]]

    @property
    def duration_ms(self) -> int:
        """Length of the window in ms."""
        return self.end_ms - self.start_ms


def match_sequences(
    coding: CheckedCoding, *, window: Window = Window.SEQUENCE
) -> tuple[tuple[MatchedSequence, ...], tuple[Finding, ...]]:
    """All sequences of the study, by session and start, with what was odd about them."""
    whole = window is Window.SESSION or coding.codebook.sequence_tier is None
    findings: list[Finding] = []
    if not whole and not any(
        tier.kind == "sequence" for file in coding.files for tier in file.tiers if tier.annotations
    ):
        whole = True
        if coding.files:
            findings.append(
                finding(
                    "sequence-tier-unused",
                    text("finding.sequence-tier-unused.message", sequence_tier=coding.codebook.sequence_tier),
                    hint=text("finding.sequence-tier-unused.hint"),
                    tier=coding.codebook.sequence_tier,
                )
            )
    matched: list[MatchedSequence] = []
    for session in coding.sessions:
        if whole:
            matched.extend(_whole_session(coding, session))
        else:
            found, odd = _match_session(coding, session)
            matched.extend(found)
            findings.extend(odd)
    return tuple(matched), tuple(findings)


def _whole_session(coding: CheckedCoding, session: str) -> list[MatchedSequence]:
    """All of the session, which ends where its longest medium or its last annotation does: nothing coded is cut off."""
    raters = coding.raters_of(session)
    known = [file.duration_ms for file in coding.files_of(session) if file.duration_ms is not None]
    ends = [item.end_ms for tier in coding.tiers_of(session) for item in tier.annotations if not item.damaged]
    end_ms = max([*known, *ends], default=0)
    if not raters or end_ms <= 0:
        return []
    return [MatchedSequence(session, session, 0, end_ms, dict.fromkeys(raters, ("", 0, end_ms)))]


def _match_session(coding: CheckedCoding, session: str) -> tuple[list[MatchedSequence], list[Finding]]:
    marked = _marked(coding, session)
    if not marked:
        message = text("finding.sequence-none.message", session=session)
        hint = text("finding.sequence-none.hint", sequence_tier=coding.codebook.sequence_tier)
        return [], [finding("sequence-none", message, hint=hint, session=session)]
    findings: list[Finding] = []
    if len(marked) > 1 and _ids_decide(marked):
        groups = _by_id(marked)
        findings += _contradictions(groups, session)
    else:
        groups = _by_overlap(marked)
    sequences = []
    for name, members in zip(_names(groups), (members for _, members in groups), strict=True):
        start_ms = min(item.start_ms for item in members.values())
        end_ms = max(item.end_ms for item in members.values())
        raters = {rater: (item.id, item.start_ms, item.end_ms) for rater, item in members.items()}
        sequence = MatchedSequence(session, name, start_ms, end_ms, raters)
        sequences.append(sequence)
        findings += _oddities(sequence, len(coding.raters_of(session)))
    return sorted(sequences, key=lambda item: (item.start_ms, item.end_ms)), findings


_Marked = Mapping[str, Sequence[CodedAnnotation]]
_Group = tuple[str, dict[str, CodedAnnotation]]


def _marked(coding: CheckedCoding, session: str) -> _Marked:
    """Rater -> sequences of positive length and sound times by start; raters who marked none are absent."""
    found: dict[str, list[CodedAnnotation]] = {}
    for tier in coding.tiers_of(session):
        if tier.kind == "sequence":
            sound = (item for item in tier.annotations if item.duration_ms > 0 and not item.damaged)
            found.setdefault(tier.rater, []).extend(sound)
    return {
        rater: sorted(found[rater], key=lambda item: (item.start_ms, item.end_ms))
        for rater in coding.raters_of(session)
        if found.get(rater)
    }


def _ids_decide(marked: _Marked) -> bool:
    """Whether every rater's values are filled in, unique, and the same set."""
    values = [[item.value.strip() for item in items] for items in marked.values()]
    unique = all(all(row) and len(set(row)) == len(row) for row in values)
    return unique and len({frozenset(row) for row in values}) == 1


def _by_id(marked: _Marked) -> list[_Group]:
    groups: dict[str, dict[str, CodedAnnotation]] = {}
    for rater, items in marked.items():
        for item in items:
            groups.setdefault(item.value.strip(), {})[rater] = item
    return list(groups.items())


def _by_overlap(marked: _Marked) -> list[_Group]:
    groups: list[_Group] = []
    left = {rater: list(items) for rater, items in marked.items()}
    while left:
        reference = max(left, key=lambda rater: len(left[rater]))
        own = left.pop(reference)
        members: list[dict[str, CodedAnnotation]] = [{reference: item} for item in own]
        for rater in list(left):
            pairs = one_to_one(own, left[rater], _overlap)
            for mine, theirs in pairs:
                members[mine][rater] = left[rater][theirs]
            taken = {theirs for _, theirs in pairs}
            left[rater] = [item for index, item in enumerate(left[rater]) if index not in taken]
        groups += [(item.value.strip(), member) for item, member in zip(own, members, strict=True)]
        left = {rater: items for rater, items in left.items() if items}
    return groups


def _overlap(a: CodedAnnotation, b: CodedAnnotation) -> float:
    return Span(a.start_ms, a.end_ms).overlap_of_longer(Span(b.start_ms, b.end_ms))


def one_to_one(
    own: Sequence[CodedAnnotation],
    other: Sequence[CodedAnnotation],
    overlap: Callable[[CodedAnnotation, CodedAnnotation], float],
) -> list[tuple[int, int]]:
    """Index pairs (own, other), largest overlap first, each used once, none below `MATCH_FROM`; ties: the earlier."""
    others = SpanIndex([(item.start_ms, item.end_ms) for item in other])
    candidates = sorted(
        (-overlap(item, other[j]), i, j)
        for i, item in enumerate(own)
        for j in others.sharing(item.start_ms, item.end_ms)
    )
    pairs: list[tuple[int, int]] = []
    used_own: set[int] = set()
    used_other: set[int] = set()
    for negative, i, j in candidates:
        if -negative >= MATCH_FROM and i not in used_own and j not in used_other:
            pairs.append((i, j))
            used_own.add(i)
            used_other.add(j)
    return pairs


def _names(groups: Sequence[_Group]) -> list[str]:
    """The ids of the groups, made unique: an empty id becomes its number, a repeated one gets a number."""
    by_start = sorted(range(len(groups)), key=lambda index: min(a.start_ms for a in groups[index][1].values()))
    names = [""] * len(groups)
    wanted = [value for value, _ in groups]
    times = Counter(wanted)
    taken = {value for value in wanted if value and times[value] == 1}
    last: dict[str, int] = {}
    for number, index in enumerate(by_start, start=1):
        value = wanted[index]
        name = value or str(number)
        if not value or times[value] > 1:
            count = last.get(value, 1) if value else 1
            while name in taken:
                count += 1
                name = f"{value or number}.{count}"
            last[value] = count
        taken.add(name)
        names[index] = name
    return names


def _contradictions(groups: Sequence[_Group], session: str) -> list[Finding]:
    found = []
    for name, members in groups:
        raters = list(members)
        for index, first in enumerate(raters):
            for second in raters[index + 1 :]:
                a, b = members[first], members[second]
                if _overlap(a, b) == 0:
                    found.append(
                        finding(
                            "sequence-id-contradicts-time",
                            text(
                                "finding.sequence-id-contradicts-time.message",
                                name=name,
                                first=first,
                                a=_span(a),
                                second=second,
                                b=_span(b),
                            ),
                            hint=text("finding.sequence-id-contradicts-time.hint"),
                            session=session,
                            rater=second,
                            annotation=b.id,
                            start_ms=b.start_ms,
                            end_ms=b.end_ms,
                        )
                    )
    return found


def _oddities(sequence: MatchedSequence, n_raters: int) -> list[Finding]:
    place: dict[str, Any] = {"session": sequence.session, "start_ms": sequence.start_ms, "end_ms": sequence.end_ms}
    if n_raters > 1 and len(sequence.raters) == 1:
        (rater,) = sequence.raters
        return [
            finding(
                "sequence-one-rater",
                text(
                    "finding.sequence-one-rater.message",
                    sequence=sequence.sequence,
                    session=sequence.session,
                    rater=rater,
                ),
                hint=text("finding.sequence-one-rater.hint"),
                rater=rater,
                annotation=sequence.raters[rater][0],
                **place,
            )
        ]
    limits = {(start, end) for _, start, end in sequence.raters.values()}
    if len(limits) > 1:
        each = "; ".join(
            f"{rater} {format_ms(start)}-{format_ms(end)}" for rater, (_, start, end) in sequence.raters.items()
        )
        message = text(
            "finding.sequence-window-differs.message", sequence=sequence.sequence, session=sequence.session, each=each
        )
        return [finding("sequence-window-differs", message, **place)]
    return []


def _span(item: CodedAnnotation) -> str:
    return f"{format_ms(item.start_ms)}-{format_ms(item.end_ms)}"
