"""From flat rows to a document: what most other formats are, tiers with begin, end and text.

    document, findings = build_document(
        [FlatTier("gesture", [(0, 400, "point"), (400, 900, "")], vocabulary=("point", "beat"), participant="P1")],
        name="s01.csv",
    )

Rules, each with its finding:

- Rows may come in any order. Codes that were given concurrently (`concurrent_codes`: different values share at least
  CONCURRENT_FROM of the coded time) go to one tier a code, `NAME.CODE`, with one vocabulary (`convert-tier-by-code`):
  which of two codes began first says nothing. Else what overlaps on one tier goes to further tiers `NAME-2`, `NAME-3`,
  ... with the same attributes (`convert-tier-split`): of codes that contradict each other now and then the shorter
  ones, of texts those that begin later. Nothing is cut or dropped.
- A moment (end = begin) lasts POINT_MS, or to the next begin on its tier where that is sooner (`convert-point`). Of a
  tier with `points=True` this is nothing to speak of: its type is `point` (`is_point_type`), so that it can be written
  as moments again.
- A row that ends before it begins, has a time below 0 or a text of more than MOST_CHARACTERS is left out
  (`convert-row-skipped`).
- A tier without a name is called `unnamed`; a name that is taken gets `-2`, one of more than MOST_IN_NAME characters is
  cut (`convert-tier-renamed`).
- `attached` tiers follow their rows, also to further tiers.
- More than MOST_TIERS tiers or MOST_ROWS annotations are refused (UnreadableInput).
- Characters that XML cannot hold become U+FFFD (`convert-character-replaced`).

The result is valid EAF 3.0 as the schema and ELAN's own validation have it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from mimetypes import MimeTypes
from typing import Any, TypeVar
from urllib.parse import quote

from elancry.eaf import Editor
from elancry.eaf.blank import new_document
from elancry.eaf.document import Document
from elancry.eaf.languages import UNDETERMINED
from elancry.eaf.parts import Constraint, Media, Vocabulary, VocabularyEntry
from elancry.eaf.slots import LATEST_MS
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.text import called
from elancry.spans import format_ms
from elancry.texts import Text, text

POINT_MS = 40
"""How long a moment lasts in ELAN, at most: one frame of PAL video, and what ELAN's own Praat import takes."""
POINT_TYPE = "point"
PLAIN_TYPE = "default-lt"
ATTACHED_TYPE = "attached"
_OWN_TYPES = frozenset({POINT_TYPE, PLAIN_TYPE, ATTACHED_TYPE})
CONCURRENT_FROM = 0.05
"""Share of the coded time during which different codes overlap, from which a tier holds concurrent codes."""
MOST_CODES = 100
MOST_CHARACTERS = 1_000_000
MOST_ROWS = 300_000
"""Annotations of one document: beyond this memory would be what ends the conversion, and ELAN cannot show them."""
MOST_IN_NAME = 1000
MOST_TIERS = 5000
"""Above this a file is refused: no recording has so many tiers, but a damaged or hostile file can."""

FlatRow = tuple[int, int, str]
"""(start_ms, end_ms, value)"""
_Numbered = tuple[int, int, str, int]
"""A row with its place in FlatTier.rows."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MIME = MimeTypes()  # Python's own table, not the system's: the same file on every computer
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class FlatTier:
    """One tier: rows in any order, `vocabulary` as values (`()` for none), `points` for a tier of moments.

    `concurrent` are the codes that have a tier each, where the whole study says so; else the tier's own rows decide.
    Tiers of one `family` share its type and vocabulary.
    `attached` are tiers that hang under it, by name: one text for each of the rows, in their order, `None` where a row
    has none (Symbolic_Association: what is said about the row, with the row's times).
    """

    name: str
    rows: Sequence[FlatRow]
    vocabulary: tuple[str, ...] = ()
    participant: str | None = None
    annotator: str | None = None
    points: bool = False
    concurrent: tuple[str, ...] | None = None
    attached: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    family: str = ""


def is_point_type(type_id: str) -> bool:
    """Whether the type of that name belongs to tiers of moments."""
    return type_id == POINT_TYPE or type_id.startswith(POINT_TYPE + ".")


def as_uri(url: str) -> str:
    """`url` with everything escaped that the schema does not allow in one; a URL that is right stays as it is."""
    return quote(_BARE_PERCENT.sub("%25", url), safe="%/:?#@!$&'()*+,;=~-._")


def build_document(
    tiers: Iterable[FlatTier],
    *,
    name: str,
    media: Sequence[Media] = (),
    properties: Mapping[str, str] | None = None,
    date: str | None = None,
) -> tuple[Document, tuple[Finding, ...]]:
    """The document of `tiers`, in their order, and what had to change; `name` is what findings call the file."""
    builder = _Builder(new_document(date=date).edit(), name)
    for medium in media:
        mime = builder.clean_if(medium.mime_type) or _MIME.guess_type(medium.url)[0] or "unknown"
        relative = None if medium.relative_url is None else as_uri(builder.clean(medium.relative_url))
        url = as_uri(builder.clean(medium.url))
        builder.editor.media.add(url, mime, relative, medium.time_origin_ms, medium.extracted_from)
    for key, said in (properties or {}).items():
        builder.editor.header.set_property(builder.clean(key), builder.clean(said))
    listed = list(builder.by_code(tiers))
    builder.refuse_more(len(listed))
    rows = sum(len(tier.rows) * (1 + len(tier.attached)) for tier in listed)
    if rows > MOST_ROWS:
        raise UnreadableInput(
            text("format.too-many-annotations", file=called(name), rows=rows, most=MOST_ROWS),
            hint=text("format.too-many-annotations-hint"),
        )
    for tier in listed:
        builder.add(tier)
    document = builder.editor.document()
    document.name = name
    return document, builder.all_findings()


class _Builder:
    """The editor being filled, and what was noticed on the way."""

    def __init__(self, editor: Editor, name: str) -> None:
        self.editor = editor
        self.name = name
        self.findings: list[Finding] = []
        self.taken: set[str] = set()
        self.types: set[str] = set()
        self.replaced = 0
        self.families: dict[str, tuple[str, dict[str, str]]] = {}

    def by_code(self, tiers: Iterable[FlatTier]) -> Iterator[FlatTier]:
        """The tiers; one tier a code where codes are concurrent. What hangs under a tier follows its rows."""
        for tier in tiers:
            codes = tier.concurrent
            if codes is None:
                codes = concurrent_codes([tier.rows], declared=tier.vocabulary)
            if not codes:
                yield tier
                continue
            self._find("tier-by-code", text("finding.convert-tier-by-code.message", n=len(codes)), tier=tier.name)
            for code in codes:
                yield self._of_code(tier, code, codes)
            if any(not row[2].strip() for row in tier.rows):
                yield self._of_code(tier, "", codes)

    @staticmethod
    def _of_code(tier: FlatTier, code: str, codes: tuple[str, ...]) -> FlatTier:
        """The rows of one code, and what hangs under them; without a code on a tier of the old name."""
        at = [number for number, row in enumerate(tier.rows) if row[2].strip() == code]
        ending = f".{code}" if code else ""
        return replace(
            tier,
            name=f"{tier.name or 'unnamed'}{ending}",
            rows=[tier.rows[number] for number in at],
            vocabulary=codes,
            concurrent=(),
            family=tier.name or "unnamed",
            attached={f"{name}{ending}": [texts[number] for number in at] for name, texts in tier.attached.items()},
        )

    def add(self, tier: FlatTier) -> None:
        """Add one tier, and further ones for what overlaps."""
        wanted = self.clean(tier.name)[:MOST_IN_NAME] or "unnamed"
        name = self._free(wanted)
        if name != tier.name:
            said = text("finding.convert-tier-renamed.message-unnamed", name=name)
            if tier.name:
                said = text("finding.convert-tier-renamed.message", given=tier.name[:80], name=name)
            self._find("tier-renamed", said, tier=name)
        tier = replace(tier, name=name)
        rows, moments = with_length(self._usable(tier))
        if moments and not tier.points:
            self._find("point", text("finding.convert-point.message", n=moments, ms=POINT_MS), tier=name)
        lanes = split_overlaps(rows)
        if len(lanes) > 1:
            variant = ""
            if len({row[2] for row in rows}) > 1 and codes_of([tier.rows], tier.vocabulary):
                lanes, variant = longest_first(rows), "-codes"
            self.refuse_more(len(lanes) - 1)
            moved = Text(
                f"finding.convert-tier-split.message{variant}", {"moved": sum(map(len, lanes[1:])), "n": len(lanes) - 1}
            )
            self._find("tier-split", moved, tier=name)
        kind, entries = self._type(tier)
        for number, lane in enumerate(lanes):
            lane_name = name if number == 0 else self._free(name, number + 1)
            self.editor.tiers.add(
                lane_name, kind, participant=self.clean_if(tier.participant), annotator=self.clean_if(tier.annotator)
            )
            spans = [(start, end, value, entries.get(value)) for start, end, value, _ in lane]
            ids = self.editor.annotations.add_many(lane_name, spans)
            for child, texts in tier.attached.items():
                self._attach(
                    tier, lane_name, child, [(name, texts[row[3]]) for name, row in zip(ids, lane, strict=True)]
                )

    def _attach(self, tier: FlatTier, parent: str, child: str, texts: Sequence[tuple[str, str | None]]) -> None:
        """Add one tier under `parent`, with a text for each annotation id that has one."""
        name = self._free(self.clean(child)[:MOST_IN_NAME] or "unnamed")
        if ATTACHED_TYPE not in self.types:
            self.editor.types.add(ATTACHED_TYPE, constraint=Constraint.SYMBOLIC_ASSOCIATION)
            self.types.add(ATTACHED_TYPE)
        attributes = {"participant": self.clean_if(tier.participant), "annotator": self.clean_if(tier.annotator)}
        self.editor.tiers.add(name, ATTACHED_TYPE, parent=parent, **attributes)
        for annotation, said in texts:
            if said is not None:
                self.editor.annotations.add_reference(name, annotation, self.clean(said))

    def all_findings(self) -> tuple[Finding, ...]:
        """Everything noticed, once the last tier is in."""
        if self.replaced:
            self._find("character-replaced", text("finding.convert-character-replaced.message", n=self.replaced))
        return tuple(self.findings)

    def clean(self, text: str) -> str:
        """`text` with what XML can hold."""
        cleaned, number = _NOT_XML.subn("\ufffd", text)
        self.replaced += number
        return cleaned

    def clean_if(self, text: str | None) -> str | None:
        """`clean`, where there is a text."""
        return None if text is None else self.clean(text)[:MOST_IN_NAME]

    def _usable(self, tier: FlatTier) -> list[_Numbered]:
        """The rows that can be annotations, by begin and end."""
        good: list[_Numbered] = []
        bad: list[FlatRow] = []
        for number, (start, end, value) in enumerate(tier.rows):
            if 0 <= start <= end < LATEST_MS - POINT_MS and len(value) <= MOST_CHARACTERS:
                good.append((start, end, self.clean(value), number))
            else:
                bad.append((start, end, value))
        if bad:
            start, end, value = bad[0]
            first = f"{format_ms(start)} - {format_ms(end)} {value[:40]!r}"
            said = text("finding.convert-row-skipped.message-left-out", n=len(bad), first=first)
            self._find("row-skipped", said, tier=tier.name)
        good.sort(key=lambda row: (row[0], row[1]))
        return good

    def _type(self, tier: FlatTier) -> tuple[str, dict[str, str]]:
        """The tier's linguistic type, made where it is new, and the vocabulary's entry ids by value."""
        base = POINT_TYPE if tier.points else PLAIN_TYPE
        if not tier.vocabulary:
            if base not in self.types:
                self.editor.types.add(base)
                self.types.add(base)
            return base, {}
        if self.types <= _OWN_TYPES:
            self.editor.languages.add(UNDETERMINED)
        if tier.family in self.families:
            return self.families[tier.family]
        named = tier.family or tier.name
        stem = f"{POINT_TYPE}.{named}" if tier.points else named
        kind, number = stem, 2
        while kind in self.types or kind in _OWN_TYPES or (is_point_type(kind) and not tier.points):
            kind, number = f"_{stem}-{number}", number + 1
        values = dict.fromkeys(self.clean(value) for value in tier.vocabulary)
        entries = {value: f"cveid_{number}" for number, value in enumerate(values)}
        self.editor.vocabularies.add(
            Vocabulary(
                kind,
                tuple(VocabularyEntry(entry, {UNDETERMINED: value}) for value, entry in entries.items()),
                {UNDETERMINED: ""},
            )
        )
        self.editor.types.add(kind, vocabulary=kind)
        self.types.add(kind)
        if tier.family:
            self.families[tier.family] = kind, entries
        return kind, entries

    def _free(self, wanted: str, number: int = 2) -> str:
        self.refuse_more(1)
        name = wanted if number == 2 and wanted not in self.taken else f"{wanted}-{number}"
        while name in self.taken:
            number += 1
            name = f"{wanted}-{number}"
        self.taken.add(name)
        return name

    def refuse_more(self, number: int) -> None:
        """Raise UnreadableInput where `number` tiers more are too many."""
        if len(self.taken) + number > MOST_TIERS:
            raise UnreadableInput(
                text("format.too-many-tiers", file=called(self.name), most=MOST_TIERS),
                hint=text("format.too-many-tiers-hint"),
            )

    def _find(self, code: str, message: Text, **where: str) -> None:
        self.findings.append(finding(f"convert-{code}", message, file=self.name or None, **where))


def concurrent_codes(tiers: Sequence[Sequence[FlatRow]], *, declared: Sequence[str] = ()) -> tuple[str, ...]:
    """The codes of tiers of one name that were given concurrently; () where they were not.

    They were where different ones share at least CONCURRENT_FROM of the coded time.
    """
    codes = codes_of(tiers, declared)
    if not codes:
        return ()
    coded = several = 0
    for rows in tiers:
        edges = sorted(edge for start, end, value in rows if start < end for edge in _edges(start, end, value.strip()))
        open_now: Counter[str] = Counter()
        before = 0
        for at, step, value in edges:
            n = len(open_now)
            coded += (at - before) * (n > 0)
            several += (at - before) * (n > 1)
            open_now[value] += step
            if not open_now[value]:
                del open_now[value]
            before = at
    return tuple(dict.fromkeys([*declared, *sorted(codes)])) if several and several >= CONCURRENT_FROM * coded else ()


def codes_of(tiers: Sequence[Sequence[FlatRow]], declared: Sequence[str] = ()) -> set[str]:
    """The values of tiers of one name if they are codes; empty for texts.

    They are codes if they are `declared`, or if they are at most MOST_CODES and each occurs twice on average.
    """
    found = [value.strip() for rows in tiers for _, _, value in rows if value.strip()]
    codes = {*declared, *found}
    return codes if 1 < len(codes) <= MOST_CODES and (declared or len(found) >= 2 * len(codes)) else set()


def _edges(start_ms: int, end_ms: int, code: str) -> tuple[tuple[int, int, str], tuple[int, int, str]]:
    return (start_ms, 1, code), (end_ms, -1, code)


Row = TypeVar("Row", bound=tuple[Any, ...])


def with_length(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Sorted rows (start_ms, end_ms, ...) with moments drawn out, and how many these were.

    A moment lasts POINT_MS, or to the next later begin where that is sooner.
    """
    starts = [row[0] for row in rows]
    found: list[Any] = []
    moments = 0
    for row in rows:
        start, end, *rest = row
        if start == end:
            following = bisect_right(starts, start)
            end = min([start + POINT_MS, *starts[following : following + 1]])
            moments += 1
        found.append((start, end, *rest))
    return found, moments


def longest_first(rows: Sequence[Row]) -> list[list[Row]]:
    """Sorted rows (start_ms, end_ms, value, ...) on lanes without overlaps, the longer of two on the earlier lane.

    Which of two codes began first is chance where raters differ by some frames; which is longer is not.
    """
    lanes: list[list[Row]] = []
    for row in sorted(rows, key=lambda row: (row[0] - row[1], row[2], row[0])):
        for lane in lanes:
            at = bisect_right(lane, row[0], key=lambda other: other[0])
            before, after = lane[at - 1 : at], lane[at : at + 1]
            if (not before or before[0][1] <= row[0]) and (not after or after[0][0] >= row[1]):
                lane.insert(at, row)
                break
        else:
            lanes.append([row])
    return lanes


def split_overlaps(rows: Sequence[Row]) -> list[list[Row]]:
    """Sorted rows (start_ms, end_ms, ...) on as few lanes without overlaps as there can be; never none.

    Each row stands on the first lane that is free.
    """
    lanes: list[list[Row]] = [[]]
    free, busy = [0], list[tuple[int, int]]()
    for row in rows:
        while busy and busy[0][0] <= row[0]:
            heappush(free, heappop(busy)[1])
        if not free:
            heappush(free, len(lanes))
            lanes.append([])
        lane = heappop(free)
        lanes[lane].append(row)
        heappush(busy, (row[1], lane))
    return lanes
