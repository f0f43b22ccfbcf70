"""What BORIS codes, and what it becomes in ELAN: the rules that the project and the event tables share.

BORIS (Friard & Gamba 2016, doi 10.1111/2041-210X.12584) knows subjects, behaviors in categories, state events (which
last) and point events (which do not), and for each event modifiers and a comment. In ELAN:

- Behaviors of one category share a tier, with the category's behaviors as its vocabulary, if no two of them ever
  overlap in the whole file: then they are what ELAN's users call one system of codes. Otherwise each behavior gets its
  own tier, `CATEGORY: BEHAVIOR` (up to MOST_SPLIT of them). A behavior without a category gets a tier of its name.
- Point events of a category that has state events too stand on `CATEGORY (points)`.
- If more than one subject has events of a category, its tiers are called `SUBJECT: ...`; PARTICIPANT is the subject.
- Modifiers and comments stand on tiers below, one to one: `TIER modifiers`, `TIER comment`, `TIER comment at stop`.
- State events are pairs, as BORIS pairs them (`events_start_stop` in its project_functions.py): of one subject,
  behavior and modifiers, the first starts, the second stops, and so on. One that is left over is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from elancry.eaf.document import Document
from elancry.eaf.parts import Media
from elancry.findings import Finding, finding
from elancry.interop.boris.values import NO_DATE, is_date
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.stems import stem_for
from elancry.texts import Text, text

OBSERVATION = "boris.observation"
"""The HEADER property with the name of the observation; `boris.` and a name hold what else was said of it."""
MODIFIERS, COMMENT, COMMENT_STOP = "modifiers", "comment", "comment at stop"
ATTACHED = (MODIFIERS, COMMENT, COMMENT_STOP)
POINTS = " (points)"
MOST_VOCABULARIES = 300
"""More tiers than anybody looks at in ELAN; each with a vocabulary of its own they would take minutes to make."""
MOST_SPLIT = 40
"""A category of more behaviors is free text; it is never split into tiers."""


@dataclass(frozen=True, slots=True)
class Behavior:
    """A behavior of the ethogram. `value` is what ELAN shows; with `in_comment` the comment is what ELAN shows."""

    code: str
    value: str
    category: str = ""
    points: bool = False
    description: str = ""
    in_comment: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A whole event: a paired state, or a moment (`end_ms` equals `start_ms`)."""

    subject: str
    behavior: Behavior
    start_ms: int
    end_ms: int
    modifiers: str = ""
    comment: str = ""
    comment_stop: str = ""

    @property
    def value(self) -> str:
        """What stands in ELAN's annotation."""
        return self.comment if self.behavior.in_comment else self.behavior.value


@dataclass(frozen=True, slots=True)
class Stroke:
    """One row of what the observer keyed in: the start, the stop or the moment of an event."""

    subject: str
    behavior: Behavior
    time_ms: int
    modifiers: str = ""
    comment: str = ""


@dataclass(slots=True)
class Observation:
    """One observation, to become one document; `findings` are about it."""

    name: str
    events: list[Event] = field(default_factory=list)
    media: tuple[Media, ...] = ()
    properties: dict[str, str] = field(default_factory=dict)
    date: str = ""
    findings: list[Finding] = field(default_factory=list)


def paired(
    strokes: Iterable[Stroke], asked_at_stop: frozenset[str], file: str, name: str
) -> tuple[list[Event], list[Finding]]:
    """Whole events of the strokes of one observation, in the order of their begin, and the states that have no stop.

    Of behaviors whose code is in `asked_at_stop` the modifiers are given at the stop, so that they do not pair.
    """
    events: list[Event] = []
    running: dict[tuple[str, str, str], Stroke] = {}
    for stroke in sorted(strokes, key=lambda stroke: stroke.time_ms):
        if stroke.behavior.points:
            events.append(
                Event(stroke.subject, stroke.behavior, stroke.time_ms, stroke.time_ms, stroke.modifiers, stroke.comment)
            )
            continue
        code = stroke.behavior.code
        key = (stroke.subject, code, "" if code in asked_at_stop else stroke.modifiers)
        start = running.pop(key, None)
        if start is None:
            running[key] = stroke
            continue
        modifiers = start.modifiers or stroke.modifiers
        behavior = start.behavior
        events.append(
            Event(start.subject, behavior, start.time_ms, stroke.time_ms, modifiers, start.comment, stroke.comment)
        )
    findings = [
        finding(
            "convert-boris-unpaired",
            text("finding.convert-boris-unpaired.message", name=name, stroke=_who(stroke)),
            hint=text("finding.convert-boris-unpaired.hint"),
            file=file,
            start_ms=max(stroke.time_ms, 0),
        )
        for stroke in sorted(running.values(), key=lambda stroke: stroke.time_ms)
    ]
    return sorted(events, key=lambda event: (event.start_ms, event.end_ms)), findings


def documents_of(
    observations: Sequence[Observation], behaviors: Sequence[Behavior], choices: Choices
) -> tuple[dict[str, Document], list[Finding]]:
    """Documents by stem; `behaviors` is the ethogram in its order, which gives the order of tiers and vocabularies."""
    plan = _Plan(observations, behaviors)
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    taken: set[str] = set()
    for observation in observations:
        stem = stem_for(observation.name, taken)
        taken.add(stem.casefold())
        documents[stem], noticed = _document(observation, plan, f"{stem}.eaf", choices)
        findings += [*observation.findings, *noticed]
    return documents, findings


class _Plan:
    """Which tier an event goes to: the same decision for every observation of the file."""

    def __init__(self, observations: Sequence[Observation], behaviors: Sequence[Behavior]) -> None:
        self.behaviors = {behavior.code: behavior for behavior in behaviors}
        self.order = {code: number for number, code in enumerate(self.behaviors)}
        self._kinds: dict[str, set[bool]] = {}
        for behavior in self.behaviors.values():
            self._kinds.setdefault(behavior.category, set()).add(behavior.points)
        sizes = Counter(behavior.category for behavior in self.behaviors.values())
        self._split = {"", *(name for name in _overlapping(observations) if sizes[name] <= MOST_SPLIT)}
        subjects: dict[str, set[str]] = {}
        for observation in observations:
            for event in observation.events:
                subjects.setdefault(self._group(event.behavior), set()).add(event.subject)
        self._many = {group for group, names in subjects.items() if len(names) > 1}

    def tier(self, event: Event) -> str:
        """The name of the tier for `event`."""
        behavior = event.behavior
        name = self._group(behavior)
        if behavior.category and behavior.category in self._split and not behavior.in_comment:
            name = f"{behavior.category}: {behavior.value}"
        elif behavior.category and behavior.points and len(self._kinds[behavior.category]) > 1:
            name += POINTS
        return f"{event.subject}: {name}" if event.subject and self._group(behavior) in self._many else name

    def vocabulary(self, behavior: Behavior) -> tuple[Behavior, ...]:
        """The behaviors that may stand on the tier of `behavior`."""
        if behavior.in_comment:
            return ()
        if behavior.category in self._split:
            return (behavior,)
        return tuple(
            other
            for other in self.behaviors.values()
            if other.category == behavior.category and other.points == behavior.points and not other.in_comment
        )

    def _group(self, behavior: Behavior) -> str:
        return behavior.category or behavior.value or behavior.code


def _overlapping(observations: Iterable[Observation]) -> Iterator[str]:
    """Categories in which different behaviors of one subject overlap somewhere."""
    for observation in observations:
        latest: dict[tuple[str, str, bool], tuple[int, str]] = {}
        for event in sorted(observation.events, key=lambda event: (event.start_ms, event.end_ms)):
            behavior = event.behavior
            key = (event.subject, behavior.category, behavior.points)
            end, code = latest.get(key, (-1, ""))
            if event.start_ms < end and code != behavior.code:
                yield behavior.category
            this = max(event.end_ms, event.start_ms + 1)
            if this >= end:
                latest[key] = (this, behavior.code)


def _document(observation: Observation, plan: _Plan, name: str, choices: Choices) -> tuple[Document, list[Finding]]:
    groups: dict[str, list[Event]] = {}
    for event in observation.events:
        tier = plan.tier(event)
        if choices.tiers is None or tier in choices.tiers:
            groups.setdefault(tier, []).append(event)
    described: dict[str, Sequence[Behavior]] = {}
    tiers = []
    crowded = len(groups) > MOST_VOCABULARIES
    for tier, events in sorted(groups.items(), key=lambda item: plan.order[item[1][0].behavior.code]):
        described[tier] = () if crowded else plan.vocabulary(events[0].behavior)
        tiers.append(_tier(tier, events, tuple(behavior.value for behavior in described[tier])))
    document, findings = build_document(
        tiers,
        name=name,
        media=observation.media,
        properties={OBSERVATION: observation.name, **observation.properties},
        date=observation.date if is_date(observation.date) else NO_DATE,
    )
    notes = list(findings)
    if crowded:
        notes.append(
            finding(
                "convert-not-understood",
                text("finding.convert-not-understood.message-tiers", n=len(groups)),
                file=name,
            )
        )
    return _described(document, described), notes


def _tier(tier: str, events: Sequence[Event], vocabulary: tuple[str, ...]) -> FlatTier:
    attached = {}
    for what in ATTACHED:
        texts = [_text_of(event, what) or None for event in events]
        if any(texts):
            attached[f"{tier} {what}"] = texts
    return FlatTier(
        tier,
        [(event.start_ms, event.end_ms, event.value) for event in events],
        vocabulary,
        participant=events[0].subject or None,
        points=events[0].behavior.points,
        attached=attached,
    )


def _described(document: Document, behaviors: Mapping[str, Sequence[Behavior]]) -> Document:
    """The document with the ethogram's descriptions in its vocabularies."""
    editor = document.edit()
    changed = False
    for tier, those in behaviors.items():
        kind = document.type_of(tier)
        vocabulary = None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
        said = {behavior.value: behavior.description for behavior in those if behavior.description}
        if vocabulary is None or not said:
            continue
        entries = tuple(
            replace(entry, descriptions={name: said[value] for name, value in entry.values.items() if value in said})
            for entry in vocabulary.entries
        )
        editor.vocabularies.replace(replace(vocabulary, entries=entries))
        changed = True
    return editor.document() if changed else document


def _text_of(event: Event, what: str) -> str:
    if what == MODIFIERS:
        return event.modifiers
    if what == COMMENT:
        return "" if event.behavior.in_comment else event.comment
    return event.comment_stop


def _who(stroke: Stroke) -> Text | str:
    who: Text | str = repr(stroke.behavior.code)
    if stroke.subject:
        who = text("boris.stroke-of", code=who, subject=stroke.subject)
    return text("boris.stroke-with", code=who, modifiers=stroke.modifiers) if stroke.modifiers else who
