"""Documents to one BORIS project, which BORIS opens: the ethogram from their vocabularies, one observation for each.

- A tier is a category, its values are the behaviors, its participant the subject; annotations are state events, those
  of tiers of moments point events. A tier of free text (no vocabulary, and too many or too long values to be codes) is
  one behavior with the text as the comment.
- Codes are unique in BORIS: a value that two tiers use is `TIER: VALUE` on the second. What a code cannot hold stands
  in the behavior's description (`boris_values`).
- Tiers that hold modifiers and comments of events, as reading a BORIS file makes them, become that again.
- Media are named without their folder. Their length and frame rate are not known here: BORIS measures them when an
  observation is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import unquote

from elancry.eaf.document import Document
from elancry.eaf.parts import Annotation, Constraint, Tier, Vocabulary, VocabularyEntry
from elancry.findings import Finding, finding
from elancry.interop.boris.events import ATTACHED, COMMENT, COMMENT_STOP, MODIFIERS, OBSERVATION, POINTS
from elancry.interop.boris.read import as_json
from elancry.interop.boris.values import FREE_TEXT, NO_DATE, as_code, described, is_date
from elancry.interop.flat import is_point_type, split_overlaps
from elancry.interop.format import Choices, Written
from elancry.interop.further_losses import Further, further_findings
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings
from elancry.texts import text

KEPT = frozenset({Part.PARTICIPANT, Part.EMPTY_VALUE, Part.VOCABULARY, Part.MEDIA, Part.ZERO_LENGTH})
LOST = (Further.MOMENTS, Further.OFFSETS, Further.LANGUAGES)
MOST_CODES, LONGEST_CODE = 40, 60
"""A tier without a vocabulary is free text if it has more different values, or a longer one."""
_ATTACHED = re.compile(f"(?:.* )?({'|'.join(ATTACHED)})(?:-\\d+)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Coded:
    """A tier as BORIS sees it; `attached` leads from annotation ids to modifiers and comments."""

    tier: Tier
    category: str
    subject: str
    points: bool
    annotations: tuple[Annotation, ...]
    attached: Mapping[str, Mapping[str, str]]


def gather_project(documents: Mapping[str, Document], choices: Choices) -> Written:
    """One project of all documents; `documents` go by the stems of their files."""
    findings: list[Finding] = []
    coded: dict[str, list[Coded]] = {}
    names = _categories(documents, choices)
    for stem in sorted(documents):
        document = documents[stem]
        tiers = coded[stem] = coded_tiers(document, choices, names)
        folded = {name for one in tiers for name in one.attached}
        findings += choice_findings(document, choices)
        left = [tier for tier in chosen_tiers(document, choices) if tier.id not in folded]
        findings += loss_findings(document, left, "BORIS", KEPT)
        findings += further_findings(document, left, "BORIS", LOST)
    ethogram = _Ethogram(
        {stem: documents[stem] for stem in sorted(documents)}, [one for tiers in coded.values() for one in tiers]
    )
    observations: dict[str, Any] = {}
    for stem, tiers in coded.items():
        document = documents[stem]
        title = document.header_property(OBSERVATION) or stem
        while title in observations:
            title += " (2)"
        observations[title] = _observation(document, tiers, ethogram)
    findings += ethogram.findings()
    subjects = sorted({one.subject for tiers in coded.values() for one in tiers} - {""})
    project = {
        "time_format": "hh:mm:ss",
        "project_date": max((content["date"] for content in observations.values()), default=NO_DATE[:19]),
        "project_name": "",
        "project_description": "",
        "project_format_version": "7.0",
        "subjects_conf": {
            str(number): {"key": "", "name": subject, "description": ""} for number, subject in enumerate(subjects)
        },
        "behaviors_conf": ethogram.conf(),
        "observations": observations,
        "behavioral_categories": ethogram.categories(),
        "behavioral_categories_config": {},
        "independent_variables": _variables(observations),
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    return Written({".boris": as_json(project)}, tuple(findings))


def coded_tiers(document: Document, choices: Choices, names: Mapping[tuple[str, str], str]) -> list[Coded]:
    """The chosen tiers with their annotations; `names` gives the category by (tier, participant)."""
    tiers = chosen_tiers(document, choices)
    chosen = {tier.id for tier in tiers}
    below: dict[str, dict[str, dict[str, str]]] = {}
    for tier in tiers:
        what = _attached(document, tier)
        if what and tier.parent in chosen:
            texts = {annotation.parent or "": annotation.value for annotation in document.annotations(tier.id)}
            below.setdefault(tier.parent or "", {})[tier.id] = {"": what, **texts}
    folded = {name for children in below.values() for name in children}
    return [
        Coded(
            tier,
            names[tier.id, tier.participant or ""],
            as_code(tier.participant or ""),
            is_point_type(tier.type_id),
            document.annotations(tier.id),
            below.get(tier.id, {}),
        )
        for tier in tiers
        if tier.id not in folded
    ]


def _attached(document: Document, tier: Tier) -> str | None:
    """Which of ATTACHED a tier holds; `None` for any other tier."""
    found = _ATTACHED.fullmatch(tier.id)
    kind = document.type_of(tier.id)
    if found is None or kind is None or kind.constraint is not Constraint.SYMBOLIC_ASSOCIATION:
        return None
    return found[1] if tier.parent is not None and tier.id.startswith(tier.parent.rsplit("-", 1)[0]) else None


def _categories(documents: Mapping[str, Document], choices: Choices) -> dict[tuple[str, str], str]:
    """(tier, participant) -> category: the tier's name, without what `boris_events` put around it."""
    pairs = {
        (tier.id, tier.participant or "", is_point_type(tier.type_id))
        for document in documents.values()
        for tier in chosen_tiers(document, choices)
    }
    owners: dict[str, set[str]] = {}
    plain = set()
    for name, participant, points in pairs:
        group = name.removesuffix(POINTS) if points else name
        if participant and group.startswith(f"{participant}: "):
            owners.setdefault(group.removeprefix(f"{participant}: "), set()).add(participant)
        elif participant:
            plain.add(group)
        else:
            owners.setdefault(group, set()).add("")
    found = {}
    states = set()
    for name, participant, points in sorted(pairs, key=lambda pair: pair[2]):
        group = name.removesuffix(POINTS) if points else name
        base = group.removeprefix(f"{participant}: ") if participant else group
        category = base if len(owners.get(base, ())) > 1 and base not in plain else group
        if not points:
            states.add(category)
        elif category not in states:
            category += name.removeprefix(group)
        found[name, participant] = category
    return {pair: as_code(category) or "tier" for pair, category in found.items()}


class _Ethogram:
    """Behaviors by (category, whether points, value), each with a code of its own."""

    def __init__(self, documents: Mapping[str, Document], coded: Sequence[Coded]) -> None:
        self._entries: dict[tuple[str, bool, str, int], dict[str, Any]] = {}
        self._codes: set[str] = set()
        self._renamed = 0
        self.text = self._free_texts(documents.values(), coded)
        self._alone = _alone(documents.values(), coded)
        for one in coded:
            for value, description in _vocabulary(documents.values(), one):
                if one.category not in self.text:
                    self.code(one, value, 0, description)

    def code(self, one: Coded, value: str, lane: int, description: str = "", modifiers: str = "") -> str:
        """The code of `value` on the tier `one`, made where it is new; what overlaps itself has one for each lane."""
        key = (one.category, one.points, "" if one.category in self.text else value, lane)
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = self._new(one, key[2], lane, description)
        for number, modifier in enumerate(modifiers.split("|") if modifiers else ()):
            entry["modifiers"].setdefault(number, set()).add(modifier.strip())
        return str(entry["code"])

    def conf(self) -> dict[str, Any]:
        """`behaviors_conf`."""
        return {
            str(number): {
                **entry,
                "modifiers": {
                    str(place): {
                        "name": "",
                        "description": "",
                        "type": 0,
                        "ask at stop": False,
                        "values": sorted(values - {"", "None"}),
                    }
                    for place, values in entry["modifiers"].items()
                },
            }
            for number, entry in enumerate(self._entries.values())
        }

    def categories(self) -> list[str]:
        """`behavioral_categories`."""
        return sorted({entry["category"] for entry in self._entries.values()} - {""})

    def findings(self) -> list[Finding]:
        """What had to be named otherwise."""
        if not self._renamed:
            return []
        said = text("finding.convert-text-changed.message-boris-codes", n=self._renamed)
        return [finding("convert-text-changed", said)]

    def _new(self, one: Coded, value: str, lane: int, description: str) -> dict[str, Any]:
        wanted = one.category if one.category in self.text else as_code(value) or f"{one.category} (no value)"
        candidates = (wanted, f"{one.category}: {wanted}", *(f"{wanted} ({n})" for n in range(2, len(self._codes) + 3)))
        code = next(name for name in candidates if name not in self._codes)
        self._codes.add(code)
        if one.category in self.text:
            said, category = FREE_TEXT, ""
            if code != one.category or code != one.tier.id:
                said += f" {described('', one.tier.id)}"
        else:
            self._renamed += code != value
            said, category = described(code, value, description), "" if one.category in self._alone else one.category
        return {
            "type": "Point event" if one.points else "State event",
            "key": "",
            "code": code,
            "description": said,
            "color": "",
            "category": category,
            "modifiers": {},
            "excluded": "",
            "coding map": "",
        }

    @staticmethod
    def _free_texts(documents: Any, coded: Sequence[Coded]) -> set[str]:
        """Categories of free text: no vocabulary anywhere, and values that cannot be codes."""
        values: dict[str, set[str]] = {}
        bound = set()
        for one in coded:
            values.setdefault(one.category, set()).update(annotation.value for annotation in one.annotations)
            if next(_vocabulary(documents, one), None) is not None:
                bound.add(one.category)
        return {
            category
            for category, those in values.items()
            if category not in bound
            and (len(those) > MOST_CODES or any(len(value) > LONGEST_CODE or "\n" in value for value in those))
        }


def _alone(documents: Any, coded: Sequence[Coded]) -> set[str]:
    """Categories of nothing but a behavior of the same name: what a behavior without a category is as a tier."""
    values: dict[str, set[tuple[bool, str]]] = {}
    for one in coded:
        known = values.setdefault(one.category, set())
        known.update((one.points, annotation.value) for annotation in one.annotations)
        known.update((one.points, value) for value, _ in _vocabulary(documents, one))
    return {
        category
        for category, those in values.items()
        if {value for _, value in those} == {category} and len(those) == 1
    }


def _vocabulary(documents: Any, one: Coded) -> Iterator[tuple[str, str]]:
    """(value, description) of what the tier's vocabulary has for it in any document, in the first language."""
    for document in documents:
        tier = document.tier(one.tier.id)
        kind = document.type_of(one.tier.id) if tier is not None and tier.participant == one.tier.participant else None
        vocabulary = None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)
        for entry in () if vocabulary is None else _own_entries(vocabulary, one):
            for language, value in list(entry.values.items())[:1]:
                yield value, entry.descriptions.get(language, "")


def _own_entries(vocabulary: Vocabulary, one: Coded) -> tuple[VocabularyEntry, ...]:
    """The entries that may stand on a tier: of tiers `VOCABULARY.ENTRY`, one for each code, that code alone.

    So each is a category of one behavior, which comes back as a tier of one code, and they as one system of codes.
    """
    for entry in vocabulary.entries:
        names = {f"{vocabulary.id}.{name}" for name in (entry.id, *entry.values.values())}
        if one.tier.id in names and {item.value for item in one.annotations} <= set(entry.values.values()):
            return (entry,)
    return vocabulary.entries


def _observation(document: Document, tiers: Sequence[Coded], ethogram: _Ethogram) -> dict[str, Any]:
    media = [PureWindowsPath(unquote(medium.relative_url or medium.url)).name for medium in document.media]
    kind = "MEDIA" if any(media) else "LIVE"
    events: list[tuple[int, int, list[Any]]] = []
    # What BORIS would pair wrongly: the same code of one subject, overlapping itself (only damaged files have that).
    groups: dict[tuple[str, str, bool, str], list[tuple[int, int, Coded, Annotation]]] = {}
    for one in tiers:
        for item in one.annotations:
            value = "" if one.category in ethogram.text else item.value
            groups.setdefault((one.subject, one.category, one.points, value), []).append(
                (item.start_ms, item.end_ms, one, item)
            )
    for (subject, category, points, _), rows in groups.items():
        rows.sort(key=lambda row: row[:2])
        for lane, row_of_lane in enumerate([rows] if points else split_overlaps(rows)):
            for start, end, one, item in row_of_lane:
                said = {texts[""]: texts.get(item.id, "") for texts in one.attached.values()}
                modifiers = said.get(MODIFIERS, "")
                code = ethogram.code(one, item.value, lane, modifiers=modifiers)
                comment = item.value if category in ethogram.text else said.get(COMMENT, "")
                texts = [(start, comment)] if points else [(start, comment), (end, said.get(COMMENT_STOP, ""))]
                for side, (time, note) in enumerate(texts):
                    frame = ["NA"] if kind == "MEDIA" else []
                    events.append((time, 1 - side, [time / 1000, subject, code, modifiers, note, *frame]))
    events.sort(key=lambda event: (event[0], event[1], event[2][1:]))
    date = document.date if is_date(document.date) else NO_DATE
    prefix = "boris.variable."
    return {
        "file": {str(number): [name] for number, name in enumerate(filter(None, media), 1)},
        "type": kind,
        "date": date[:19],
        "description": document.header_property("boris.description") or "",
        "time offset": 0.0,
        "events": [event for _, _, event in events],
        "observation time interval": [0, 0],
        "independent_variables": {
            name.removeprefix(prefix): value for name, value in document.properties if name.startswith(prefix)
        },
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
        "scan_sampling_time": 0,
        "start_from_current_time": False,
        **({"media_info": {"length": {}, "fps": {}, "hasVideo": {}, "hasAudio": {}, "offset": {}}} if media else {}),
    }


def _variables(observations: Mapping[str, Any]) -> dict[str, Any]:
    names = sorted({name for content in observations.values() for name in content["independent_variables"]})
    return {
        str(number): {"label": name, "description": "", "type": "text", "default value": "", "possible values": ""}
        for number, name in enumerate(names)
    }
