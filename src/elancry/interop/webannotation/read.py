"""W3C Web Annotations on audio and video to documents: one for each medium they speak of.

Read are an AnnotationCollection with an embedded page, an AnnotationPage, a list of annotations or a single one
(https://www.w3.org/TR/annotation-model/). An annotation needs a time: a FragmentSelector or an IRI with `t=`
(https://www.w3.org/TR/media-frags/, normal play time), or the PointSelector of IIIF. Its text is that of its textual
bodies. The tier is what elancry wrote there, else the motivation; with several creators `MOTIVATION@CREATOR`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from elancry.eaf.document import Document
from elancry.eaf.parts import Media
from elancry.errors import ElancryError, UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.boris.values import NO_DATE
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices, Read
from elancry.interop.json_input import as_text, mapping, milliseconds, read_json
from elancry.interop.stems import stem_for
from elancry.interop.webannotation.structure import Item, listed, origin_ms, rebuilt
from elancry.spans import format_ms
from elancry.texts import Text, text

_KIND = text("format.kind.webannotation")
_TEMPORAL = re.compile(r"(?:^|[#&?])t=(?:npt:|npt%3A)?([\d:.]*)(?:(,|%2C)([\d:.]*))?(?:&|$)", re.IGNORECASE)
_NPT = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,2}):)?(\d{1,9}(?:\.\d{0,9})?)")
_EAF = "eaf:"


def read_annotations(data: bytes, name: str, choices: Choices) -> Read:
    """The documents of a file of Web Annotations; raises UnreadableInput."""
    content, findings = read_json(data, name, _KIND)
    notes = Counter[str]()
    raw = list(_annotations(content, notes))
    structure = mapping(mapping(content).get("structure"))
    if not raw and not structure:
        raise UnreadableInput(
            text("format.not-of-kind", file=name, kind=_KIND, why=text("format.webannotation-none")),
            hint=text("format.webannotation-hint"),
        )
    total = mapping(content).get("total")
    if isinstance(total, int) and total != len(raw) and not notes["pages"]:
        if structure:  # elancry's own, where both are right
            raise UnreadableInput(
                text("format.web-total", file=name, total=total, n=len(raw)), hint=text("format.web-total-hint")
            )
        message = text("finding.convert-damaged.message-total", total=total, n=len(raw))
        findings.append(finding("convert-damaged", message, hint=text("finding.convert-damaged.hint"), file=name))
    items = [item for number, one in enumerate(raw, 1) for item in _items(one, notes, name, number)]
    stem = _stem(name)
    documents: dict[str, Document] = {}
    if structure and choices.tiers is None:
        shift = origin_ms(structure)
        moved = [Item(one.start_ms - shift, one.end_ms - shift, *_rest(one)) for one in items]
        try:
            documents[stem] = rebuilt(structure, moved, f"{stem}.eaf")
        except (ElancryError, KeyError, TypeError, ValueError):
            notes["structure"] += 1
    if not documents:
        taken: set[str] = set()
        for source, those in _by_source(items, origin_ms(structure)).items():
            title = stem if len({one.source for one in items}) == 1 else PurePosixPath(source).stem or stem
            title = stem_for(title, taken)
            taken.add(title.casefold())
            tiers = {as_text(tier.get("id")): tier for tier in listed(structure.get("tiers"))}
            documents[title], changes = _flat(those, source, f"{title}.eaf", choices, tiers)
            findings += changes
    return Read(documents, (*findings, *_notes(notes, name)))


def _annotations(content: object, notes: Counter[str]) -> Iterator[Mapping[str, Any]]:
    if isinstance(content, list):
        yield from (one for one in listed(content) if "target" in one or "body" in one)
        return
    top = mapping(content)
    kind = top.get("type", top.get("@type"))
    kinds = kind if isinstance(kind, list) else [kind]
    if "Annotation" in kinds or ("target" in top and "items" not in top and "first" not in top):
        yield top
        return
    page = top.get("first") if "first" in top else top
    notes["pages"] += isinstance(page, str) or "next" in mapping(page)
    yield from listed(mapping(page).get("items", top.get("@graph")))


def _items(one: Mapping[str, Any], notes: Counter[str], name: str, number: int) -> Iterator[Item]:
    """The annotation at its first target in time; others in time are noted. One that ends too early is refused."""
    targets = one.get("target")
    spans = [found for target in _each(targets) if (found := _span(target)) is not None]
    shown = (as_text(one.get("id")) or _body(one, Counter()))[:60]
    if not spans and f"{_EAF}tier" in one:  # elancry writes none without a time
        raise UnreadableInput(
            text("format.web-no-time", file=name, n=number, shown=shown), hint=text("format.web-times-hint")
        )
    if not spans:
        notes["no-time"] += 1
        return
    notes["more-targets"] += len(spans) > 1
    start, end, source, whole = spans[0]
    if end < start:
        given = f"{format_ms(start)} - {format_ms(end)}"
        raise UnreadableInput(
            text("format.web-backwards", file=name, n=number, shown=shown, given=given),
            hint=text("format.web-times-hint"),
        )
    notes["open-end"] += not whole
    said = {key.removeprefix(_EAF): as_text(value) for key, value in one.items() if key.startswith(_EAF)}
    tier = said.get("tier") or _word(one.get("motivation")) or _purpose(one.get("body")) or "annotations"
    creator = ""
    if "tier" not in said:
        creators = [_person(creator) for creator in _each(one.get("creator"))]
        creator = next(filter(None, creators), "")
    yield Item(start, end, _body(one, notes), source, tier, creator, said)


def _span(target: object) -> tuple[int, int, str, bool] | None:
    """(start, end, source, whether the end is known) of a target in time."""
    if isinstance(target, str):
        found = _fragment(target)
        return None if found is None else (found[0], found[1], target.partition("#")[0], found[2])
    part = mapping(target)
    source = part.get("source", part.get("id", part.get("@id")))
    source = as_text(mapping(source).get("id")) if isinstance(source, dict) else as_text(source)
    for selector in _each(part.get("selector")):
        this = mapping(selector)
        found = _fragment(as_text(this.get("value")))
        if found is None and this.get("type") == "PointSelector":
            moment, _ = milliseconds(this.get("t"))
            found = None if moment is None or moment < 0 else (moment, moment, True)
        if found is not None:
            return found[0], found[1], source.partition("#")[0], found[2]
    found = _fragment(source) if "#" in source else None
    return None if found is None else (found[0], found[1], source.partition("#")[0], found[2])


def _fragment(value: str) -> tuple[int, int, bool] | None:
    found = _TEMPORAL.search(value[:10_000])
    if found is None or not (found[1] or found[3]):
        return None
    start, end = _npt(found[1] or "0"), _npt(found[3]) if found[3] else None
    if start is None or (found[3] and end is None):
        return None
    return start, start if end is None else end, end is not None


def _npt(value: str) -> int | None:
    found = _NPT.fullmatch(value)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return milliseconds(Decimal(seconds) + 60 * int(minutes or 0) + 3600 * int(hours or 0))[0]


def _body(one: Mapping[str, Any], notes: Counter[str]) -> str:
    if "bodyValue" in one:
        return as_text(one["bodyValue"])
    texts = []
    for body in _each(one.get("body")):
        this = mapping(body)
        said = this.get("value", this.get("source", this.get("id")) if this else body)
        if isinstance(said, str):
            texts.append(said)
        else:
            notes["bodies"] += 1
    return "; ".join(texts)


def _each(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _word(value: object) -> str:
    first = next((one for one in _each(value) if isinstance(one, str)), "")
    return re.split(r"[:/#]", first)[-1]


def _purpose(body: object) -> str:
    return next((found for one in _each(body) if (found := _word(mapping(one).get("purpose")))), "")


def _person(creator: object) -> str:
    if isinstance(creator, str):
        return creator
    this = mapping(creator)
    return next((said for key in ("nickname", "name", "id") if (said := _word_or_text(this.get(key)))), "")


def _word_or_text(value: object) -> str:
    return as_text(next(iter(_each(value)), ""))


def _rest(item: Item) -> tuple[str, str, str, str, Mapping[str, str]]:
    return item.value, item.source, item.tier, item.creator, item.said


def _by_source(items: Sequence[Item], shift: int) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for one in items:
        moved = Item(one.start_ms - shift, one.end_ms - shift, *_rest(one))
        found.setdefault(one.source, []).append(moved)
    return found


def _flat(
    items: Sequence[Item], source: str, name: str, choices: Choices, described: Mapping[str, Mapping[str, Any]]
) -> tuple[Document, tuple[Finding, ...]]:
    """A document of plain tiers; `described` is what elancry wrote about them, by name."""
    several = len({one.creator for one in items}) > 1
    tiers: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for one in items:
        title = f"{one.tier}@{one.creator}" if several and one.creator else one.tier
        if choices.tiers is None or title in choices.tiers:
            tiers.setdefault((title, one.creator), []).append((one.start_ms, one.end_ms, one.value))
    flat = []
    for (title, creator), rows in tiers.items():
        said = described.get(title, {})
        annotator = creator or as_text(said.get("annotator")) or None
        flat.append(FlatTier(title, rows, participant=as_text(said.get("participant")) or None, annotator=annotator))
    url = f"./{quote(unquote(PurePosixPath(source).name))}"
    media = () if url == "./" or source.startswith("urn:") else (Media(url, url, "unknown"),)
    return build_document(flat, name=name, media=media, date=NO_DATE)


def _stem(name: str) -> str:
    base = PurePosixPath(name).name
    for suffix in (".jsonld", ".json"):
        base = base.removesuffix(suffix)
    return stem_for(base, (), "annotations")


def _notes(notes: Counter[str], name: str) -> Iterator[Finding]:
    for key in ("pages", "no-time", "more-targets", "open-end", "bodies", "structure"):
        if notes[key]:
            message = Text(f"finding.convert-not-understood.message-web-{key}", {"n": notes[key]})
            yield finding("convert-not-understood", message, file=name)
