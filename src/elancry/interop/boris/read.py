"""BORIS project files (.boris, .boris.gz) to documents: one for each observation.

The layout is that of BORIS's own source (github.com/olivierfriard/BORIS: `config.py`, `project_functions.py`;
`project_format_version` 1 to 7, BORIS 2 to 9): JSON with `behaviors_conf` (the ethogram), `subjects_conf`,
`behavioral_categories`, `independent_variables` and `observations`, each with `events` as lists `[time in s, subject,
behavior code, modifiers, comment, ...]`. State events stand as two events of one code. BORIS adds the observation's
`time offset` to every time; it is taken off again, so that times are those of the first medium, as ELAN has them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import quote

from elancry.eaf.parts import Media
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.boris.events import Behavior, Observation, Stroke, documents_of, paired
from elancry.interop.boris.values import understood
from elancry.interop.format import Choices, Read
from elancry.interop.json_input import as_text, mapping, milliseconds, read_json
from elancry.spans import format_ms
from elancry.texts import Text, some, text

NEWEST = 7.0
_MIME = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".wav": "audio/x-wav",
    ".mp3": "audio/mpeg",
}


def read_project(data: bytes, name: str, choices: Choices) -> Read:
    """The documents of a BORIS project, by the names of its observations; raises UnreadableInput."""
    project, findings = read_json(data, name, text("format.kind.boris"))
    if not isinstance(project, dict) or not isinstance(project.get("observations"), dict):
        raise UnreadableInput(
            text(
                "format.not-of-kind",
                file=name,
                kind=text("format.kind.boris"),
                why=text("format.boris-no-observations"),
            ),
            hint=text("format.boris-hint"),
        )
    version, _ = milliseconds(project.get("project_format_version"))
    if version is not None and version > NEWEST * 1000:
        said = text(
            "finding.convert-not-understood.message-boris-format",
            given=as_text(project["project_format_version"])[:20],
            known=NEWEST,
        )
        findings.append(finding("convert-not-understood", said, file=name))
    ethogram = read_ethogram(project.get("behaviors_conf"), name, findings)
    observations = [
        _observation(title, mapping(content), ethogram, name) for title, content in project["observations"].items()
    ]
    findings += _left_aside(project, name)
    behaviors = list(ethogram.known.values())
    documents, noticed = documents_of(observations, behaviors, choices)
    return Read(documents, (*findings, *noticed))


class Ethogram:
    """The behaviors by code; those that are used but not defined are added as they come."""

    def __init__(self) -> None:
        self.known: dict[str, Behavior] = {}
        self.asked_at_stop: set[str] = set()
        self.undefined: dict[str, int] = {}

    def behavior(self, code: str) -> Behavior:
        """The behavior of that code; an undefined one counts as a point event, as BORIS cannot pair it."""
        found = self.known.get(code)
        if found is None:
            found = self.known[code] = Behavior(code, code, points=True)
        if code in self.undefined:
            self.undefined[code] += 1
        return found


def read_ethogram(conf: object, file: str, findings: list[Finding]) -> Ethogram:
    """The ethogram in `behaviors_conf`; entries that are no behaviors and codes that stand twice become findings."""
    ethogram = Ethogram()
    odd = 0
    for entry in map(mapping, mapping(conf).values()):
        code = as_text(entry.get("code"))
        kind = as_text(entry.get("type")).casefold()
        if not code or code in ethogram.known or not ("state" in kind or "point" in kind):
            odd += 1
            continue
        value, description, in_comment = understood(code, as_text(entry.get("description")))
        points = "point" in kind
        category = as_text(entry.get("category"))
        ethogram.known[code] = Behavior(code, value, category, points, description, in_comment)
        sets = mapping(entry.get("modifiers")).values()
        if not points and any(mapping(one).get("ask at stop") is True for one in sets):
            ethogram.asked_at_stop.add(code)
    if odd:
        said = text("finding.convert-not-understood.message-ethogram", n=odd)
        findings.append(finding("convert-not-understood", said, file=file))
    return ethogram


def _observation(title: str, content: Mapping[str, Any], ethogram: Ethogram, file: str) -> Observation:
    observation = Observation(title, date=as_text(content.get("date")))

    def note(code: str, message: str, hint: Text | None = None, **fields: object) -> None:
        said = Text(f"finding.convert-{code}.{message}", {"name": title, **fields})
        observation.findings.append(finding(f"convert-{code}", said, hint=hint, file=file))

    offset, _ = milliseconds(content.get("time offset", 0))
    if offset is None:
        note("not-understood", "message-boris-offset")
        offset = 0
    elif offset:
        note("boris-offset", "message", offset=offset)
    strokes, dropped, negative, rounded = [], 0, 0, 0
    events = content.get("events")
    if not isinstance(events, list):
        raise UnreadableInput(
            text("format.boris-no-events", file=file, name=title), hint=text("format.boris-no-events-hint")
        )
    if "time offset" not in content:
        note("damaged", "message-no-offset", text("finding.convert-damaged.hint"))
    for event in events:
        stroke, fine = _stroke(event, ethogram, offset)
        if stroke is None:
            dropped += 1
        elif stroke.time_ms < 0:
            negative += 1
        else:
            strokes.append(stroke)
            rounded += fine
    if dropped:
        note("row-skipped", "message-boris", n=dropped)
    if negative:
        note("row-skipped", "message-boris-early", n=negative)
    if rounded:
        note("time-rounded", "message-boris", n=rounded)
    early = [after for before, after in pairwise(strokes) if after.time_ms < before.time_ms]
    if early:
        where = text("boris.at", time=format_ms(early[0].time_ms), code=early[0].behavior.code)
        note("boris-order", "message", text("finding.convert-boris-order.hint"), n=len(early), where=where)
    asked = frozenset(ethogram.asked_at_stop)
    observation.events, unpaired = paired(strokes, asked, file, title)
    observation.findings += unpaired
    observation.media = _media(content, note)
    observation.properties = _properties(content)
    end = _medium_ms(content)
    beyond = sum(event.end_ms > end for event in observation.events) if end is not None else 0
    if beyond:
        note(
            "time-beyond", "message-boris", text("finding.convert-time-beyond.hint"), n=beyond, end=format_ms(end or 0)
        )
    undefined = sorted({stroke.behavior.code for stroke in strokes} & set(ethogram.undefined))
    if undefined:
        note("not-understood", "message-boris-undefined", codes=some([repr(code) for code in undefined], 5))
    return observation


def _stroke(event: object, ethogram: Ethogram, offset: int) -> tuple[Stroke | None, bool]:
    if not isinstance(event, list) or len(event) < 3:
        return None, False
    time, rounded = milliseconds(event[0])
    subject, code = as_text(event[1]), as_text(event[2])
    if time is None or not code:
        return None, False
    if code not in ethogram.known:
        ethogram.undefined[code] = 0
    modifiers = "|".join(part for part in as_text(event[3] if len(event) > 3 else "").split("|"))
    if set(modifiers.split("|")) <= {"", "None"}:
        modifiers = ""
    comment = as_text(event[4] if len(event) > 4 else "")
    return Stroke(subject, ethogram.behavior(code), time - offset, modifiers, comment), rounded


def _media(content: Mapping[str, Any], note: Any) -> tuple[Media, ...]:
    """The first medium of each player, by its name alone; what ELAN cannot hold of the rest is noted."""
    players = content.get("file")
    found: list[Media] = []
    queued = 0
    offsets = mapping(mapping(content.get("media_info")).get("offset"))
    for player in sorted(mapping(players)):
        paths = mapping(players)[player]
        names = [as_text(path) for path in paths if as_text(path)] if isinstance(paths, list) else []
        if not names:
            continue
        queued += len(names) - 1
        medium = PureWindowsPath(names[0]).name or "medium"
        suffix = PureWindowsPath(medium).suffix.lower()
        url = f"./{quote(medium)}"
        found.append(Media(url, url, _MIME.get(suffix, "unknown")))
        if milliseconds(offsets.get(player, 0))[0]:
            note(
                "not-understood",
                "message-boris-player",
                text("finding.convert-not-understood.hint-boris-player"),
                player=player,
                seconds=as_text(offsets[player])[:20],
            )
    if queued:
        note("not-understood", "message-boris-playlist", n=queued)
    return tuple(found)


def _medium_ms(content: Mapping[str, Any]) -> int | None:
    """How long the media of the first player last together, `None` where that is not known of all."""
    players = mapping(content.get("file"))
    first = next((paths for player in sorted(players) if isinstance(paths := players[player], list) and paths), [])
    lengths = mapping(mapping(content.get("media_info")).get("length"))
    known = [milliseconds(lengths.get(as_text(path)))[0] for path in first]
    return sum(length for length in known if length) if known and all(known) else None


def _properties(content: Mapping[str, Any]) -> dict[str, str]:
    said = {"boris.type": as_text(content.get("type")), "boris.description": as_text(content.get("description"))}
    for variable, value in mapping(content.get("independent_variables")).items():
        said[f"boris.variable.{variable}"] = as_text(value)
    return {key: value for key, value in said.items() if value}


def _left_aside(project: Mapping[str, Any], file: str) -> list[Finding]:
    parts = {
        "converters": text("boris.converters"),
        "coding_map": text("boris.coding-maps"),
        "behaviors_coding_map": text("boris.behaviors-coding-maps"),
    }
    there = [words for key, words in parts.items() if project.get(key)]
    used = sum(
        bool(as_text(mapping(entry).get("excluded"))) for entry in mapping(project.get("behaviors_conf")).values()
    )
    if used:
        there.append(text("boris.exclusions"))
    keys = sum(bool(as_text(mapping(entry).get("key"))) for entry in mapping(project.get("behaviors_conf")).values())
    if keys:
        there.append(text("boris.keys"))
    if not there:
        return []
    return [finding("convert-left-behind", text("finding.convert-left-behind.message", parts=tuple(there)), file=file)]


def as_json(value: object) -> bytes:
    """`value` as BORIS writes JSON: UTF-8, indented by one blank."""
    return (json.dumps(value, ensure_ascii=False, indent=1, separators=(",", ":")) + "\n").encode()
