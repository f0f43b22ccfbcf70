"""GSEQ's SDIS files with timed event data to documents: one for each session.

SDIS is the Sequential Data Interchange Standard (Bakeman & Quera 1992; 1995, *Analyzing Interaction*, Cambridge
University Press). What is read is the language of the samples that come with GSEQ (`mominf.sds`, in
github.com/observesport/lince-plus under src/doc/sample-gseq) and of BORIS's export:

    Timed ($Mother = MPas MAct) ($Infant = quiet = IQ)   % sets of codes that exclude each other; long name = code
    * Skill (Low High);                                  % variables
    <Dyad 1>                                             % a unit
    MPas,00:00- MAct,01:37-02:12 & IQ,00:05 ,22:45;      % a session: streams between &, the end of the session last
    MPas,00:00-00:10 ,00:20 (Low)/                       % another session; the levels of the variables end the unit

`code,onset-offset` lasts up to the offset; `code,onset-` up to the next onset of its stream; `code,onset` is a moment.
Times are `h:mm:ss`, `mm:ss` or seconds, all with decimals if need be. `%` opens a comment to the end of the line, `!`
one to the next `!`. A set becomes a tier with its codes as vocabulary; a code outside of sets a tier of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.boris.events import MOST_VOCABULARIES
from elancry.interop.boris.values import NO_DATE
from elancry.interop.flat import FlatRow, FlatTier, build_document
from elancry.interop.format import Choices, Read
from elancry.interop.json_input import in_seconds, milliseconds
from elancry.interop.sdis.names import legend
from elancry.interop.stems import stem_for
from elancry.interop.text import called, damaged, decode_text, line_of
from elancry.texts import Text, text

SESSION = "sdis.session"
"""The HEADER property with the name of the session; `sdis.variable.` and a name hold the level of a variable."""
_KIND = text("format.kind.sdis")
_COMMENT = re.compile(r"%([^\n]*)|![^!]*!")
_HEAD = re.compile(r"\s*(Timed|Event|State|Interval|Multievent)\b\s*(?:<([^<>]*)>)?([^;]*);", re.IGNORECASE)
_HIDDEN = re.compile(r"[^\s,;&/<>()%!]{1,64},[\d:.]{1,20}(?:-|\b)|<[^<>\n]{0,100}>|\A[%!]\s*[;/&]\s*!?\Z")
_IN_TIME = re.compile(r"[\d:.,-][%!][-\d:.,]")
_DECLARED = re.compile(r"[()=*]|[^\s()=*,]+")
_TOKEN = re.compile(
    r"<(?P<unit>[^<>]*)>|(?P<mark>[;/&])|\((?P<levels>[^()]*)\)"
    r"|(?P<code>[^\s,;&/<>()]*),(?P<onset>[\d:.]+)(?P<dash>-)?(?P<offset>[\d:.]+)?"
    r"|(?P<odd>[^\s,;&/<>()]+|\S)"
)
_TIME = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,9}(?:\.\d{0,9})?)")
_UNITS = {"": 1000, "s": 1000, "sec": 1000, "second": 1000, "seconds": 1000}
_UNITS |= {"ms": 1, "msec": 1, "millisecond": 1, "milliseconds": 1}


@dataclass(slots=True)
class Codes:
    """The declared sets of codes, and for each code (tier, value)."""

    meaning: dict[str, tuple[str, str]] = field(default_factory=dict)
    vocabulary: dict[str, list[str]] = field(default_factory=dict)
    variables: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, code: str, tier: str, value: str) -> None:
        """Let `code` stand for `value` on `tier`; the first meaning of a code counts."""
        if code not in self.meaning:
            self.meaning[code] = (tier, value)
            self.vocabulary.setdefault(tier, []).append(value)


@dataclass(frozen=True, slots=True)
class Timed:
    """One event as it stands at `position` of the file; `end_ms` is `None` where it lasts to the next onset."""

    code: str
    onset_ms: int
    end_ms: int | None
    position: int


@dataclass(slots=True)
class Session:
    """One sequence, as streams of events."""

    unit: str
    streams: list[list[Timed]] = field(default_factory=lambda: [[]])
    end_ms: int | None = None
    levels: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing happened in it."""
        return not any(self.streams)


def read_sdis(data: bytes, name: str, choices: Choices) -> Read:
    """The documents of a file of timed event data, by session; raises UnreadableInput, with the line of any damage."""
    content, notes = decode_text(data, name, _KIND)
    _refuse_cut_times(content, name)
    said = [line for match in _COMMENT.finditer(content) if match[1] is not None for line in legend(match[1])]
    bare = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), content)
    head = _HEAD.match(bare)
    if head is None:
        raise UnreadableInput(
            text("format.not-of-kind", file=called(name), kind=_KIND, why=text("format.sdis-no-header")),
            hint=text("format.sdis-no-header-hint"),
        )
    if head[1].casefold() != "timed":
        raise UnreadableInput(text("format.sdis-other-data", file=called(name), what=head[1]))
    unit = " ".join((head[2] or "").casefold().split())
    if unit not in _UNITS:
        raise UnreadableInput(text("format.sdis-unit", file=called(name), unit=unit[:40]))
    codes = _declarations(head[3], said)
    reader = _Sessions(bare, head.end(), name, _UNITS[unit])
    hidden = list(_hidden(content, name))
    sessions = [session for session in reader.sessions() if not session.empty]
    names = {line["unit"]: line["session"] for line in said if "unit" in line and "session" in line}
    counted = {line["unit"]: line["events"] for line in said if "unit" in line and "events" in line}
    people = {
        (line["unit"], line["tier"]): line["participant"]
        for line in said
        if {"unit", "tier", "participant"} <= set(line)
    }
    documents = {}
    _refuse_miscounted(sessions, counted, content, name)
    findings: list[Finding] = [*notes, *hidden, *reader.findings()]
    taken: set[str] = set()
    for title, session in _titled(sessions, names):
        stem = stem_for(title, taken, "session")
        taken.add(stem.casefold())
        properties = {SESSION: title, **_variables(codes, session)}
        tiers = [
            replace(tier, participant=people.get((session.unit, tier.name)))
            for tier in _tiers(session, codes)
            if choices.tiers is None or tier.name in choices.tiers
        ]
        if len(tiers) > MOST_VOCABULARIES:
            words = text("finding.convert-not-understood.message-tiers", n=len(tiers))
            findings.append(finding("convert-not-understood", words, file=f"{stem}.eaf"))
        document, changes = build_document(tiers, name=f"{stem}.eaf", properties=properties, date=NO_DATE)
        documents[stem] = document
        findings += changes
    return Read(documents, tuple(findings))


def _hidden(content: str, name: str) -> Iterator[Finding]:
    """Comments that look like data: a sign that opens one may have come in by accident."""
    for match in _COMMENT.finditer(content):
        if match[1] is not None and next(legend(match[1]), None) is not None:
            continue
        data = _HIDDEN.search(match[0])
        if data is not None:
            yield finding(
                "convert-damaged",
                text("finding.convert-damaged.message-sdis-comment", shown=data[0][:40]),
                hint=text("finding.convert-damaged.hint"),
                file=name,
                line=line_of(content, match.start() + data.start()),
            )


def _refuse_cut_times(content: str, name: str) -> None:
    """Refuse a sign in the middle of a time: it would open a comment, and what follows be passed over."""
    for match in _COMMENT.finditer(content):
        if _IN_TIME.match(content, match.start() - 1) is not None:
            why = text("format.sdis-comment-in-time", sign=match[0][:1])
            raise damaged(name, line_of(content, match.start()), why, text("format.sdis-comment-in-time-hint"))


def _refuse_miscounted(sessions: Sequence[Session], counted: dict[str, str], content: str, name: str) -> None:
    """Refuse a file that elancry wrote and that holds another number of events in a unit than it says there."""
    for unit, total in counted.items():
        number = sum(len(stream) for session in sessions if session.unit == unit for stream in session.streams)
        if str(number) != total:
            place = max(content.find(f"<{unit}>"), 0)
            why = text("format.sdis-count", unit=unit, total=total, n=number)
            raise damaged(name, line_of(content, place), why, text("format.sdis-count-hint"))


def _declarations(declared: str, said: Sequence[dict[str, str]]) -> Codes:
    """The codes of the header; the legend of a file that elancry wrote says more than the header can."""
    codes = Codes()
    for line in said:
        if {"code", "tier", "value"} <= set(line):
            codes.add(line["code"], line["tier"], line["value"])
    tokens = _DECLARED.findall(declared)
    sets, _, variables = _split(tokens)
    place, number, group = 0, 0, ""
    while place < len(sets):
        token = sets[place]
        following = sets[place + 1] if place + 1 < len(sets) else ""
        if token == "(":
            number += 1
            group = f"codes {number}"
        elif token == ")":
            group = ""
        elif following == "=" and token.startswith("$"):
            group, place = token.removeprefix("$") or group, place + 1
        elif following == "=" and place + 2 < len(sets) and sets[place + 2] not in "()=*":
            code, place = sets[place + 2], place + 2
            codes.add(code, group or token, token)
        elif token != "=":
            codes.add(token, group or token, token)
        place += 1
    for variable, levels in _groups(variables):
        codes.variables.append((variable, levels))
    return codes


def _split(tokens: Sequence[str]) -> tuple[Sequence[str], str, Sequence[str]]:
    if "*" not in tokens:
        return tokens, "", ()
    place = tokens.index("*")
    return tokens[:place], "*", tokens[place + 1 :]


def _groups(tokens: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Variables with their levels: `Skill = 1 (Low = 1 High = 2)`."""
    name, levels, inside = "", list[str](), False
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        if token == "(":
            inside, levels = True, []
        elif token == ")":
            inside = False
            if name:
                yield name, levels
            name = ""
        elif token not in "=*" and before != "=":
            if inside:
                levels.append(token)
            else:
                name = token


class _Sessions:
    """The data behind the declarations, read token by token; a damaged one is refused with its line."""

    def __init__(self, content: str, position: int, name: str, unit_ms: int) -> None:
        self._text, self._position, self._name, self._unit = content, position, name, unit_ms
        self._rounded = 0

    def sessions(self) -> list[Session]:
        """All sessions, with every offset known; raises UnreadableInput."""
        found: list[Session] = []
        unit, first = "", 0
        session = Session(unit)
        last = self._position
        closed = True
        for match in _TOKEN.finditer(self._text, self._position):
            closed, last = False, match.start()
            if match["unit"] is not None:
                unit = " ".join(match["unit"].split())
                session.unit = unit
            elif match["mark"] == "&":
                session.streams.append([])
            elif match["mark"]:
                found.append(self._closed(session))
                if match["mark"] == "/":
                    for one in found[first:]:
                        one.levels = session.levels
                    unit, first, closed = "", len(found), True
                session = Session(unit)
            elif match["levels"] is not None:
                session.levels = [level.strip() for level in match["levels"].split(",")]
            elif match["onset"] is not None:
                self._event(session, match)
            else:
                raise self._odd(match)
        if not closed:
            raise self._refusal(last, text("format.sdis-unclosed"), text("format.sdis-unclosed-hint"))
        return found

    def findings(self) -> tuple[Finding, ...]:
        """That times were rounded, once the sessions were read."""
        if not self._rounded:
            return ()
        message = text("finding.convert-time-rounded.message", n=self._rounded)
        return (finding("convert-time-rounded", message, file=self._name),)

    def _event(self, session: Session, match: re.Match[str]) -> None:
        onset = self._ms(match["onset"])
        offset = self._ms(match["offset"]) if match["offset"] else None
        if onset is None or (match["offset"] and (offset is None or not match["dash"])):
            raise self._odd(match)
        if match["code"]:
            end = offset if match["dash"] else onset
            session.streams[-1].append(Timed(match["code"], onset, end, match.start()))
        elif not session.empty:
            if session.end_ms not in (None, onset):
                raise self._odd(match)
            session.end_ms = onset

    def _closed(self, session: Session) -> Session:
        """The session with every offset: an open one ends at the next onset of its stream or with the session."""
        for one in (one for stream in session.streams for one in stream):
            if session.end_ms is not None and max(one.onset_ms, one.end_ms or 0) > session.end_ms:
                why = text("format.sdis-beyond", given=one.code, end=in_seconds(session.end_ms))
                raise self._refusal(one.position, why, text("format.sdis-beyond-hint"))
        known = [time for stream in session.streams for one in stream for time in (one.onset_ms, one.end_ms)]
        last = max((time for time in (*known, session.end_ms) if time is not None), default=0)
        for stream in session.streams:
            for place, one in enumerate(stream):
                end = one.end_ms
                if end is None:
                    end = next((later.onset_ms for later in stream[place + 1 : place + 2]), last)
                if end < one.onset_ms:
                    given = _TOKEN.match(self._text, one.position)
                    why = text("format.sdis-backwards", given=given[0][:40] if given else one.code)
                    raise self._refusal(one.position, why, text("format.timing-backwards-hint"))
                stream[place] = replace(one, end_ms=end)
        return session

    def _ms(self, given: str) -> int | None:
        found = _TIME.fullmatch(given)
        if found is None:
            return None
        hours, minutes, seconds = found.groups()
        total = Decimal(seconds) + 60 * int(minutes or 0) + 3600 * int(hours or 0)
        whole, rounded = milliseconds(total * self._unit / 1000)
        self._rounded += rounded
        return whole

    def _odd(self, match: re.Match[str]) -> UnreadableInput:
        why = text("format.sdis-passage", given=match[0][:40])
        return self._refusal(match.start(), why, text("format.sdis-passage-hint"))

    def _refusal(self, position: int, why: Text, hint: Text) -> UnreadableInput:
        return damaged(self._name, line_of(self._text, position), why, hint)


def _titled(sessions: Sequence[Session], names: dict[str, str]) -> Iterator[tuple[str, Session]]:
    """Sessions with their names: the unit's; where a unit has several, with their number."""
    counts: dict[str, int] = {}
    for session in sessions:
        counts[session.unit] = counts.get(session.unit, 0) + 1
    seen: dict[str, int] = {}
    for session in sessions:
        seen[session.unit] = seen.get(session.unit, 0) + 1
        title = names.get(session.unit, session.unit) or "session"
        yield (f"{title} {seen[session.unit]}" if counts[session.unit] > 1 else title), session


def _variables(codes: Codes, session: Session) -> dict[str, str]:
    """The levels of the session's variables, given by name (`Skill=Low`) or in the order of the declaration."""
    found = {}
    for place, level in enumerate(session.levels):
        name, equal, value = level.partition("=")
        if not equal:
            known = codes.variables[place][0] if place < len(codes.variables) else f"{place + 1}"
            name, value = known, level
        if value.strip():
            found[f"sdis.variable.{name.strip()}"] = value.strip()
    return found


def _tiers(session: Session, codes: Codes) -> list[FlatTier]:
    rows: dict[str, list[FlatRow]] = {}
    for stream in session.streams:
        for one in stream:
            tier, value = codes.meaning.get(one.code, (one.code, one.code))
            end = one.onset_ms if one.end_ms is None else one.end_ms
            rows.setdefault(tier, []).append((one.onset_ms, end, value))
    order = [*codes.vocabulary, *sorted(set(rows) - set(codes.vocabulary))]
    crowded = len(rows) > MOST_VOCABULARIES
    return [
        FlatTier(
            tier,
            rows[tier],
            () if crowded else tuple(codes.vocabulary.get(tier, (tier,))),
            points=all(start == end for start, end, _ in rows[tier]),
        )
        for tier in order
        if tier in rows
    ]
