r"""CHAT, the transcripts of CLAN and TalkBank (.cha), as far as its tiers can hold what an .eaf holds.

Source: Brian MacWhinney, "Tools for Analyzing Talk, Part 1: The CHAT Transcription Format"
(https://talkbank.org/manuals/CHAT.html). A file is a row of lines: headers (`@Participants:`), main lines, one an
utterance (`*CHI:`), each followed by its dependent tiers (`%mor:`); a line that begins with a tab goes on. A bullet
(`\x15start_end\x15`) at the end of a main line gives its times in ms.

In ELAN a speaker is a tier, and a dependent tier hangs under it as an association, called `CHI%mor`. What codes CHAT
gives to our tiers stands in comments at the head (`@Comment: elancry tier T01 = crying_form`), so that names come back.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from elancry.eaf.parts import Media
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.chat.write import FORGOTTEN, write
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Format, Read
from elancry.interop.json_input import LONGEST_MS
from elancry.interop.text import damaged, decode_text, refusal
from elancry.texts import Text, text

_KIND = text("format.kind.chat")
_LINE = re.compile(r"([*%@])([^:\t\n]+?)(?::[ \t]?(.*))?", re.DOTALL)
_BULLET = re.compile(r" ?\x15([^\x15]*)\x15")
_TIMES = re.compile(r"(?:%[a-z]+:\"[^\"]*\"_)?(\d{1,11})_(\d{1,11})-?")
_OTHER_BULLET = re.compile(r"%(?:pic|txt):.*")
_OURS = re.compile(r"elancry tier (\S+)(?: %(\S+))? = (.*)", re.DOTALL)
_EXPECTED = frozenset({"UTF8", "Begin", "End", "Participants", "ID", "Languages", "Media"})
_ALONE_MS = 1000


@dataclass(slots=True)
class _Utterance:
    """A main line with what depends on it; times are `None` where it has no bullet."""

    speaker: str
    text: str
    start_ms: int | None
    end_ms: int | None
    dependent: dict[str, str] = field(default_factory=dict)


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a transcript; raises UnreadableInput with the line where the file stops making sense."""
    content, findings = decode_text(data, name, _KIND)
    transcript = _Transcript(name)
    for number, line in _logical_lines(content):
        transcript.take(number, line)
    transcript.finish()
    tiers = [tier for tier in transcript.tiers() if choices.tiers is None or tier.name in choices.tiers]
    document, changes = build_document(tiers, name=name, media=transcript.media)
    stem = name.rsplit(".", 1)[0] if "." in name else name
    return Read({stem: document}, (*findings, *transcript.findings(), *changes))


def _logical_lines(content: str) -> Iterator[tuple[int, str]]:
    """Lines with the ones that continue them, and the number of the first."""
    first, parts = 0, list[str]()
    for number, line in enumerate(content.split("\n"), 1):
        if line.startswith("\t") and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield first, " ".join(parts)
        first, parts = number, [line]
    yield first, " ".join(parts)


class _Transcript:
    """A transcript, line by line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begun = self._ended = False
        self._utterances: list[_Utterance] = []
        self._participants: dict[str, str | None] = {}
        self._names: dict[tuple[str, str | None], str] = {}
        self._counts: Counter[str] = Counter()
        self.media: list[Media] = []

    def take(self, number: int, line: str) -> None:
        """Take one line."""
        if not line.strip():
            return
        match = _LINE.fullmatch(line)
        if match is None:
            raise self._refusal(number, text("format.chat-line", line=line[:40]))
        kind, code, content = match.group(1), match.group(2), match.group(3) or ""
        if kind == "@":
            self._header(code, content)
        elif not self._begun:
            raise self._refusal(number, text("format.chat-begin-late"))
        elif kind == "*":
            self._utterances.append(self._main(code.strip(), content, number))
        elif not self._utterances:
            raise self._refusal(number, text("format.chat-dependent", code=code))
        else:
            dependent, plain = self._utterances[-1].dependent, self._plain(content, number)
            dependent[code] = f"{dependent[code]}\n{plain}" if code in dependent else plain

    def finish(self) -> None:
        """Give times to utterances that have none, and refuse what was no transcript."""
        if not self._begun:
            raise self._refusal(1, text("format.chat-no-begin"))
        self._counts["times"] = sum(item.start_ms is None for item in self._utterances)
        _spread(self._utterances)

    def tiers(self) -> Iterator[FlatTier]:
        """A tier for every speaker, those of the participants first, with its dependent tiers."""
        own: dict[str, list[_Utterance]] = {code: [] for code, dependent in self._names if dependent is None}
        own |= {code: own.get(code, []) for code in self._participants}
        named: dict[str, list[str]] = {}
        for code, dependent in self._names:
            if dependent is not None:
                named.setdefault(code, []).append(dependent)
        for item in self._utterances:
            own.setdefault(item.speaker, []).append(item)
        for speaker, said in own.items():
            dependents = dict.fromkeys([*named.get(speaker, ()), *(code for item in said for code in item.dependent)])
            rows: list[FlatRow] = [(item.start_ms or 0, item.end_ms or 0, item.text) for item in said]
            ours = (speaker, None) in self._names
            yield FlatTier(
                self._names.get((speaker, None), speaker),
                rows,
                participant=self._participants.get(speaker) or (None if ours else speaker),
                attached={
                    self._names.get((speaker, code), f"{speaker}%{code}"): [item.dependent.get(code) for item in said]
                    for code in dependents
                },
            )

    def findings(self) -> tuple[Finding, ...]:
        """What was not taken over, or made up."""
        found = [
            finding(
                "convert-not-understood",
                Text(f"finding.convert-not-understood.message-{what}", {"n": self._counts[what]}),
                file=self._name or None,
            )
            for what in ("headers", "bullets")
            if self._counts[what]
        ]
        if not self._ended:
            message = text("finding.convert-damaged.message-chat-end")
            hint = text("finding.convert-damaged.hint")
            found.append(finding("convert-damaged", message, hint=hint, file=self._name or None))
        if self._counts["times"]:
            message = text("finding.convert-time-made-up.message", n=self._counts["times"])
            found.append(finding("convert-time-made-up", message, file=self._name or None))
        return tuple(found)

    def _header(self, code: str, content: str) -> None:
        self._begun = self._begun or code == "Begin"
        self._ended = self._ended or code == "End"
        if code == "Participants":
            for entry in content.split(","):
                words = entry.split()
                if words:
                    self._participants[words[0]] = "_".join(words[1:-1]) or None
        elif code == "Media":
            parts = [part.strip() for part in content.split(",")]
            if parts[0] and not {"missing", "unlinked", "notrans"} & set(parts[1:]):
                mime = "audio/x-unknown" if "audio" in parts[1:] else "video/x-unknown"
                file = re.split(r"[\\/]", parts[0].strip('"'))[-1]
                self.media.append(Media(f"file:///{file}", f"./{file}", mime))
        elif code == "Comment" and (ours := _OURS.fullmatch(content)) is not None:
            self._names[ours.group(1), ours.group(2)] = ours.group(3)
        else:
            self._counts["headers"] += code not in _EXPECTED

    def _main(self, speaker: str, content: str, number: int) -> _Utterance:
        said = self._plain(content, number)
        times: list[tuple[int, int]] = []
        for bullet in _BULLET.findall(content):
            if _OTHER_BULLET.fullmatch(bullet) is not None:
                self._counts["bullets"] += 1
                continue
            found = _TIMES.fullmatch(bullet.strip())
            if found is None or int(found[2]) > LONGEST_MS:
                why = text("format.chat-time", given=bullet[:60])
                raise damaged(self._name, number, why, text("format.chat-time-hint"))
            times.append((int(found[1]), int(found[2])))
        if not times:
            return _Utterance(speaker, said, None, None)
        self._counts["bullets"] += len(times) - 1
        start, end = times[0][0], times[-1][1]
        if end < start:
            why = text("format.chat-time-backwards", given=f"{start}_{end}")
            raise damaged(self._name, number, why, text("format.chat-time-hint"))
        return _Utterance(speaker, said, start, end)

    def _plain(self, content: str, number: int) -> str:
        """The content of a line without its time marks."""
        said = _BULLET.sub("", content)
        if "\x15" in said:
            raise damaged(self._name, number, text("format.chat-bullet"), text("format.chat-time-hint"))
        return said

    def _refusal(self, number: int, why: Text) -> UnreadableInput:
        return refusal(self._name, number, _KIND, why)


def _spread(utterances: Iterable[_Utterance]) -> None:
    """Give utterances without times equal shares of the time between their neighbours, or a second each."""
    waiting: list[_Utterance] = []
    last = 0
    for item in utterances:
        if item.start_ms is None or item.end_ms is None:
            waiting.append(item)
            continue
        _share(waiting, last, item.start_ms)
        waiting = []
        last = max(last, item.end_ms)
    _share(waiting, last, last + _ALONE_MS * len(waiting))


def _share(waiting: list[_Utterance], start_ms: int, end_ms: int) -> None:
    step = (end_ms - start_ms) // len(waiting) if waiting else 0
    for number, item in enumerate(waiting):
        # Where the neighbours leave no time, each lasts a millisecond and overlaps them.
        item.start_ms = start_ms + number * max(step, 1)
        item.end_ms = item.start_ms + max(step, 1)


FORMAT = Format(
    "chat",
    text("format.title.chat"),
    (".cha",),
    read,
    write,
    loses=FORGOTTEN,
    not_understood=(
        text("format.ignores.chat-headers"),
        text("format.ignores.chat-marks"),
        text("format.ignores.chat-bullets"),
        text("format.ignores.chat-wrapping"),
    ),
)
