"""Praat's TextGrid: interval tiers and point tiers; long and short text form, UTF-8 and UTF-16.

Source: the Praat manual, "TextGrid file formats" (https://www.fon.hum.uva.nl/praat/manual/TextGrid_file_formats.html).
A TextGrid is a sequence of free-standing numbers, texts in double quotes and flags such as `<exists>`; everything else
between them (`xmin =`, `intervals [3]:`) is for people, and `!` opens a comment. A quote in a text is doubled. Long and
short form differ in what is for people only, so one reader reads both. Intervals tile their tier: what is not annotated
is an interval with an empty text.

Times are seconds; they become whole milliseconds (half a millisecond up). Points become annotations of tiers of type
`point` (see `elancry.interop.flat`), and such tiers are written as points.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from elancry.eaf.document import Document
from elancry.eaf.parts import Annotation
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.flat import POINT_MS, FlatRow, FlatTier, build_document, is_point_type, split_overlaps
from elancry.interop.format import Choices, Format, Read, Written
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings, lost_in_words
from elancry.interop.text import Changes, called, damaged, decode_text, line_of, refusal
from elancry.texts import Text, text

_KIND = text("format.kind.textgrid")
_TOKEN = re.compile(r'!.*|"((?:[^"]++|"")*+)"|(")|<(\w+)>|([^\s"]+)')
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d{1,3})?(?=%|[a-zA-Z]*$)")
_EMPTY_MS = 1000
_MOST_DIGITS = 60
_NOISE = Decimal("0.000001")

Token = tuple[str, str, int]
"""(text | number | flag, content, position in the file)"""


def read(data: bytes, name: str, choices: Choices) -> Read:
    """Read a TextGrid; raises UnreadableInput with the line where the file stops making sense."""
    if data.startswith(b"ooBinaryFile"):
        message = text("format.textgrid-binary", file=called(name))
        raise UnreadableInput(message, hint=text("format.textgrid-binary-hint"))
    content, findings = decode_text(data, name, _KIND)
    grid = _Grid(content, name)
    tiers = [tier for tier in grid.tiers() if choices.tiers is None or tier.name in choices.tiers]
    document, changes = build_document(tiers, name=name)
    return Read({_stem(name): document}, (*findings, *grid.findings(name), *changes))


class _Grid:
    """The tokens of a TextGrid, taken one after the other."""

    def __init__(self, content: str, name: str) -> None:
        self._text = content
        self._name = name
        self._tokens = self._tokenise()
        self._position = 0
        self._rounded = 0
        self._end: int | None = None
        self._untiled: tuple[int, int] | tuple[()] = ()
        self._damage: list[tuple[str, int, int]] = []

    def tiers(self) -> Iterator[FlatTier]:
        """The tiers in the order of the file."""
        file_type, what = self._take("text"), self._take("text")
        if not file_type.startswith("ooTextFile"):
            raise self._refusal(text("format.textgrid-first-line"))
        if what != "TextGrid":
            message = text("format.textgrid-other", what=what[:40])
            raise self._refusal(message, text("format.textgrid-other-hint"))
        self._time()
        self._time()
        flag = self._take("flag")
        if flag not in ("exists", "absent"):
            raise self._refusal(text("format.textgrid-flag", given=flag[:40]))
        for _ in range(self._count() if flag == "exists" else 0):
            kind = self._take("text")
            if kind not in ("IntervalTier", "TextTier"):
                raise self._refusal(text("format.textgrid-tier-kind", kind=kind[:40]))
            name = self._take("text")
            self._time()
            self._time()
            points = kind == "TextTier"
            self._end = None
            rows = list(self._rows(points))
            if self._untiled:
                self._damage.append((name, *self._untiled))
                self._untiled = ()
            yield FlatTier(name, rows, points=points)
        for _, content, position in self._tokens:
            self._position = position
            raise damaged(
                self._name,
                line_of(self._text, position),
                text("format.textgrid-more", given=content[:40]),
                text("format.textgrid-more-hint"),
            )

    def findings(self, name: str) -> tuple[Finding, ...]:
        """That times were rounded or intervals do not tile their tier, once the tiers were read."""
        found = [
            finding(
                "convert-damaged",
                text("finding.convert-damaged.message-textgrid-tiles", tier=tier, n=number),
                hint=text("finding.convert-damaged.hint"),
                file=name or None,
                line=line,
            )
            for tier, number, line in self._damage
        ]
        if self._rounded:
            message = text("finding.convert-time-rounded.message", n=self._rounded)
            found.append(finding("convert-time-rounded", message, file=name or None))
        return tuple(found)

    def _rows(self, points: bool) -> Iterator[FlatRow]:
        for _ in range(self._count()):
            start = self._time()
            end = start if points else self._time()
            if end < start:
                why = text("format.interval-backwards", given=f"{_seconds(start)}-{_seconds(end)}")
                line = line_of(self._text, self._position)
                raise damaged(self._name, line, why, text("format.timing-backwards-hint"))
            if not points and self._end not in (None, start):
                number, line = self._untiled or (0, line_of(self._text, self._position))
                self._untiled = number + 1, line
            self._end = end
            said = self._take("text")
            if said or points:
                yield start, end, said

    def _time(self) -> int:
        """A time in ms."""
        content = self._take("number")
        exact = Decimal(content) * 1000 if len(content) <= _MOST_DIGITS else None
        if exact is None or exact.adjusted() > 15:
            raise self._refusal(text("format.textgrid-time", given=content[:40]))
        rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
        self._rounded += abs(exact - rounded) > _NOISE
        return int(rounded)

    def _count(self) -> int:
        content = self._take("number")
        if not content.isdigit() or len(content) > _MOST_DIGITS:
            raise self._refusal(text("format.textgrid-count", given=content[:40]))
        return int(content)

    def _take(self, wanted: str) -> str:
        for kind, content, position in self._tokens:
            self._position = position
            if kind == wanted:
                return content
            expected, found = (Text(f"format.textgrid.{word}") for word in (wanted, kind))
            raise self._refusal(text("format.textgrid-expected", wanted=expected, kind=found, given=content[:40]))
        self._position = len(self._text)
        message = text("format.textgrid-end", wanted=Text(f"format.textgrid.{wanted}"))
        raise self._refusal(message, text("format.textgrid-end-hint"))

    def _tokenise(self) -> Iterator[Token]:
        for match in _TOKEN.finditer(self._text):
            said, unclosed, flag, word = match.groups()
            position = match.start()
            if said is not None:
                yield "text", said.replace('""', '"'), position
            elif unclosed is not None:
                self._position = position
                raise self._refusal(text("format.textgrid-quote"), text("format.textgrid-quote-hint"))
            elif flag is not None:
                yield "flag", flag, position
            elif word is not None and (number := _NUMBER.match(word)) is not None:
                yield "number", number.group(), position

    def _refusal(self, why: Text, hint: Text | None = None) -> UnreadableInput:
        return refusal(self._name, line_of(self._text, self._position), _KIND, why, hint)


KEPT = frozenset({Part.EMPTY_TIER})
_TITLE = "TextGrid"


def write_long(document: Document, choices: Choices) -> Written:
    """Write the long text form."""
    return _write(document, choices, short=False)


def write_short(document: Document, choices: Choices) -> Written:
    """Write the short text form: the same without what is for people."""
    return _write(document, choices, short=True)


def _write(document: Document, choices: Choices, *, short: bool) -> Written:
    chosen = chosen_tiers(document, choices)
    changes = Changes(document.name)
    findings = [*choice_findings(document, choices), *loss_findings(document, chosen, _TITLE, KEPT)]
    tiers: list[tuple[str, bool, list[FlatRow]]] = []
    taken = {tier.id for tier in document.tiers}
    for tier in chosen:
        annotations = document.annotations(tier.id)
        points = is_point_type(tier.type_id) and all(a.duration_ms <= POINT_MS for a in annotations)
        rows = sorted(_rows(annotations, points), key=lambda row: row[:2])
        lanes = split_overlaps([(s, max(e, s + 1), v) for s, e, v in rows])
        for number, lane in enumerate(lanes, 1):
            tiers.append((_free(tier.id, number, taken), points, lane))
        if len(lanes) > 1:
            moved = text("finding.convert-tier-split.message", moved=sum(map(len, lanes[1:])), n=len(lanes) - 1)
            findings.append(finding("convert-tier-split", moved, file=document.name or None, tier=tier.id))
    end = max((row[1] for _, _, rows in tiers for row in rows), default=_EMPTY_MS)
    lines = list(_lines(tiers, end, changes, short=short))
    data = ("\n".join(lines) + "\n").encode(choices.encoding)
    return Written({".TextGrid": data}, (*findings, *changes.findings()))


def _rows(annotations: tuple[Annotation, ...], points: bool) -> Iterator[FlatRow]:
    for annotation in annotations:
        if points or (annotation.value and annotation.end_ms > annotation.start_ms):
            yield annotation.start_ms, annotation.end_ms, annotation.value


def _free(name: str, number: int, taken: set[str]) -> str:
    if number == 1:
        return name
    while (free := f"{name}-{number}") in taken:
        number += 1
    taken.add(free)
    return free


def _lines(
    tiers: list[tuple[str, bool, list[FlatRow]]], end_ms: int, changes: Changes, *, short: bool
) -> Iterator[str]:
    def line(depth: int, label: str, value: str) -> str:
        return value if short else f"{' ' * (4 * depth)}{label} = {value} "

    def heading(depth: int, words: str) -> list[str]:
        return [] if short else [f"{' ' * (4 * depth)}{words}"]

    yield from ('File type = "ooTextFile"', 'Object class = "TextGrid"', "")
    yield from (line(0, "xmin", "0"), line(0, "xmax", _seconds(end_ms)))
    yield ("<exists>" if tiers else "<absent>") if short else f"tiers? <{'exists' if tiers else 'absent'}> "
    if not tiers:
        return
    yield line(0, "size", str(len(tiers)))
    yield from heading(0, "item []: ")
    for number, (name, points, rows) in enumerate(tiers, 1):
        yield from heading(1, f"item [{number}]:")
        yield line(2, "class", '"TextTier"' if points else '"IntervalTier"')
        yield line(2, "name", _quoted(name, changes))
        yield from (line(2, "xmin", "0"), line(2, "xmax", _seconds(end_ms)))
        items = rows if points else list(_tiled(rows, end_ms))
        what = "points" if points else "intervals"
        yield line(2, f"{what}: size", str(len(items)))
        for place, (start, end, value) in enumerate(items, 1):
            yield from heading(2, f"{what} [{place}]:")
            yield line(3, "number" if points else "xmin", _seconds(start))
            if not points:
                yield line(3, "xmax", _seconds(end))
            yield line(3, "mark" if points else "text", _quoted(value, changes))


def _tiled(rows: list[FlatRow], end_ms: int) -> Iterator[FlatRow]:
    """The rows with empty ones between them, so that they fill [0, end_ms)."""
    last = 0
    for start, end, value in rows:
        if start > last:
            yield last, start, ""
        yield start, end, value
        last = end
    if last < end_ms:
        yield last, end_ms, ""


def _seconds(ms: int) -> str:
    """Exact decimal seconds: 1500 -> `1.5`."""
    seconds, rest = divmod(ms, 1000)
    return f"{seconds}.{rest:03d}".rstrip("0").rstrip(".")


def _quoted(value: str, changes: Changes) -> str:
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    changes.note(value, plain, "carriage-returns")
    return '"' + plain.replace('"', '""') + '"'


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] if "." in name else name


_LOSES = (
    *lost_in_words(KEPT),
    text("format.loses.textgrid-moments"),
    text("format.loses.textgrid-overlaps"),
)
_NOT_UNDERSTOOD = (
    text("format.ignores.textgrid-gaps"),
    text("format.ignores.textgrid-fine"),
    text("format.ignores.textgrid-limits"),
    text("format.ignores.textgrid-binary"),
)
FORMAT = Format(
    "textgrid",
    text("format.title.textgrid"),
    (".TextGrid",),
    read,
    write_long,
    loses=_LOSES,
    not_understood=_NOT_UNDERSTOOD,
)
SHORT_FORMAT = Format(
    "textgrid-short",
    text("format.title.textgrid-short"),
    (),
    read,
    write_short,
    loses=_LOSES,
    not_understood=_NOT_UNDERSTOOD,
    shared_suffixes=(".TextGrid",),
)
