"""One file -> what the numbers need of it, with everything that was found on the way. The document is dropped."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from sys import intern
from urllib.parse import unquote

from elancry.check import structure, timing
from elancry.check.coding import CONSENSUS, DISAGREEMENT, END_OF_TIME_MS, CodedAnnotation, CodedFile, CodedTier
from elancry.check.external import external_vocabularies
from elancry.check.languages import FileLanguages, languages_of, refused
from elancry.check.naming import FileName, TierPattern
from elancry.check.originals import Originals, originals_of
from elancry.check.places import Place, locate, owners, tier_names
from elancry.check.roster import is_merged
from elancry.check.values import IntervalValues, RatingValues, Reading
from elancry.codebook.model import Codebook
from elancry.eaf import Annotation, Document, Media, Tier
from elancry.eaf.ecv import read_coded, search_folders
from elancry.eaf.media_length import length_ms, linked_path
from elancry.eaf.times import Given
from elancry.errors import UnreadableInput
from elancry.findings import Finding, finding
from elancry.interop.flat import is_point_type
from elancry.paths import why_no_file
from elancry.texts import text

_MERGED_TIERS = (f"@{CONSENSUS}", f"@{DISAGREEMENT}")


@dataclass(frozen=True)
class Options:
    """How files are read. `empty_is_none`: a tier that is there and empty counts as nothing coded, not as missing.

    `whole` is the codebook with what was not asked for too.
    """

    codebook: Codebook
    tier_pattern: TierPattern | None = None
    empty_is_none: bool = False
    whole: Codebook | None = None

    @property
    def not_asked(self) -> Codebook | None:
        """The part of the codebook that was not asked for."""
        if self.whole is None:
            return None
        asked = {system.id for system in self.codebook.systems}
        return replace(self.whole, systems=tuple(item for item in self.whole.systems if item.id not in asked))


@dataclass(frozen=True)
class ReadFile:
    """A file as read: `coded` is `None` where it cannot be read.

    `annotators` are the ANNOTATORs of its tiers; `absent` the wanted tiers that are not there, by rater;
    `origins` maps the base name of each linked medium to its TIME_ORIGIN in ms; `stated_codebook` is the HEADER's word.
    """

    name: str
    named: FileName
    coded: CodedFile | None
    findings: tuple[Finding, ...]
    annotators: tuple[str, ...] = ()
    absent: Mapping[str, tuple[str, ...]] | None = None
    origins: Mapping[str, int] | None = None
    stated_codebook: str | None = None
    lengths: Mapping[str, int] | None = None
    """Base name of each medium at hand -> its length in ms."""
    languages: FileLanguages = field(default_factory=FileLanguages)
    outside: tuple[str, ...] = ()
    """Tiers that the codebook does not ask for, by their names without the rater's part."""
    numbers: Mapping[str, tuple[str, frozenset[str]]] = field(default_factory=dict)
    """Those of `outside` that could be ratings: parent tier and values, see `structure.outside_numbers`."""
    not_asked: Sequence[CodedTier] = ()
    """Tiers of the codebook that were not asked for."""
    tier_names: tuple[str, ...] = ()
    """Every tier of the file, by its name with and without the rater's part."""


def open_document(path: Path, name: str) -> Document | Finding:
    """The document, or the finding that says why it cannot be read."""
    try:
        if path.stat().st_size == 0 and path.is_file():
            return finding(
                "file-placeholder",
                text("finding.file-placeholder.message"),
                hint=text("finding.file-placeholder.hint"),
                file=name,
            )
        return read_coded(path, name)
    except UnreadableInput as error:
        return finding("file-unreadable", error.message, hint=error.hint, file=name)
    except OSError as error:
        if (why := why_no_file(path)) is not None:
            return finding("file-unreadable", why, file=name)
        hint = text("finding.file-unreadable.hint")
        return finding(
            "file-unreadable", text("finding.file-unreadable.message", strerror=error.strerror), hint=hint, file=name
        )


def holds_all_raters(name: str, document: Document) -> bool:
    """Whether a document is a merged one: by its name, or because it has consensus or disagreement tiers."""
    return is_merged(name) or any(tier.id.endswith(_MERGED_TIERS) for tier in document.tiers)


def file_changed(name: str, session: str) -> Finding:
    """That a file is not what it was when it was read before."""
    said = text("finding.file-changed.message")
    return finding("file-changed", said, hint=text("finding.file-changed.hint"), file=name, session=session)


def read_file(path: Path, name: str, named: FileName, options: Options, document: Document | None = None) -> ReadFile:
    """Read and check one file by itself; `document` saves reading it again."""
    opened = document if document is not None else open_document(path, name)
    if isinstance(opened, Finding):
        return ReadFile(name, named, None, (opened,))
    merged = holds_all_raters(name, opened)
    originals = originals_of(path) if merged else Originals()
    lengths = _lengths(opened, path.parent)
    left = [length - (medium.time_origin_ms or 0) for medium, length in lengths]
    tiers: list[CodedTier] = []
    findings: list[Finding] = [*opened.findings, *structure.codebook_version(opened, options.codebook)]
    languages = languages_of(opened)
    findings += refused(languages)
    findings += external_vocabularies(opened, search_folders(path, name))
    absent: dict[str, tuple[str, ...]] = {}
    outside: list[str] = []
    numbers: dict[str, tuple[str, frozenset[str]]] = {}
    not_asked: list[CodedTier] = []
    aside = frozenset() if options.not_asked is None else frozenset(tier_names(options.not_asked))
    own = owners(opened, named.rater, pattern=options.tier_pattern, merged=merged)
    for rater, theirs in own.items():
        places = locate(opened, theirs, options.codebook)
        if rater == DISAGREEMENT:
            tiers += _points(opened, places)
            continue
        coded, odd_values = _coded(opened, rater, places, options, originals)
        tiers += coded
        findings += [replace(item, rater=rater) for item in odd_values]
        if rater == CONSENSUS:
            continue
        free_names = structure.outside(theirs, places)
        outside += free_names
        if options.codebook.extracted:
            numbers |= structure.outside_numbers(opened, theirs, free_names)
        if options.not_asked is not None:
            free = {name: tier for name, tier in theirs.items() if tier.id not in {item.tier for item in coded}}
            others = [place for place in locate(opened, free, options.not_asked) if place.wanted.kind != "sequence"]
            not_asked += [tier for tier in _coded(opened, rater, others, options, originals)[0] if tier.annotations]
        absent[rater] = tuple(place.wanted.name for place in places if place.tier is None)
        about_rater = [
            *structure.renamed(places),
            *(() if options.codebook.extracted else structure.extra(theirs, places, options.codebook, aside)),
            *structure.vocabularies(opened, places),
            *_designed(opened, places, options.codebook),
            *timing.lengths(coded),
            *timing.implausible(coded),
            *timing.outside_sequences(coded),
            *timing.beyond_medium(coded, max(left, default=None)),
            *timing.uncoded_sequences(coded),
            *timing.missing_ratings(coded),
        ]
        findings += [replace(item, rater=rater) for item in about_rater]
    rater = next(iter(own)) if len(own) == 1 else ""
    origins = {base_name(medium.url): medium.time_origin_ms or 0 for medium in opened.media if medium.url.strip()}
    file = CodedFile(
        path=path,
        name=name,
        session=named.session,
        rater=rater,
        round=named.round,
        sha256=opened.sha256,
        duration_ms=max(left, default=None),
        tiers=originals.restore(tiers) if merged else tuple(tiers),
        merged=merged,
        media=tuple(origins),
        codebook=(dict(opened.properties).get(structure.CODEBOOK_PROPERTY) or "").strip(),
        origins_ms=tuple(origins.values()),
    )
    return ReadFile(
        name=name,
        named=named,
        coded=file,
        findings=tuple(replace(item, file=name, session=named.session) for item in dict.fromkeys(findings)),
        annotators=tuple(dict.fromkeys(a for tier in opened.tiers if (a := _text(tier.annotator)))),
        absent=absent,
        origins=origins,
        lengths={base_name(medium.url): length for medium, length in lengths},
        outside=tuple(dict.fromkeys(outside)),
        numbers=numbers,
        languages=languages,
        not_asked=tuple(not_asked),
        tier_names=_names_of(opened, own),
        stated_codebook=dict(opened.properties).get(structure.CODEBOOK_PROPERTY),
    )


def _names_of(document: Document, own: Mapping[str, Mapping[str, Tier]]) -> tuple[str, ...]:
    names = (unicodedata.normalize("NFC", tier.id) for tier in document.tiers)
    return tuple(map(intern, dict.fromkeys([*names, *(name for tiers in own.values() for name in tiers)])))


def _lengths(document: Document, folder: Path) -> list[tuple[Media, int]]:
    """The linked media whose length can be read, with it."""
    found = ((medium, linked_path(medium, folder)) for medium in document.media)
    known = ((medium, length_ms(path)) for medium, path in found if path is not None)
    return [(medium, length) for medium, length in known if length is not None]


def base_name(url: str) -> str:
    """`file:///C:/Videos/S%2001.mp4` -> `S 01.mp4`; backslashes and blanks of real files are understood."""
    return unicodedata.normalize("NFC", unquote(url.strip()).replace("\\", "/").rstrip("/").split("/")[-1])


def _designed(document: Document, places: Sequence[Place], codebook: Codebook) -> Iterator[Finding]:
    """What only a codebook that somebody wrote can say; what is unclear where there is none."""
    if codebook.extracted:
        yield from structure.numbers(document, places)
    else:
        yield from structure.types(document, places)
        yield from structure.parents(document, places, codebook)
        yield from structure.participants(places)


def _coded(
    document: Document, rater: str, places: Sequence[Place], options: Options, originals: Originals
) -> tuple[list[CodedTier], list[Finding]]:
    tiers: list[CodedTier] = []
    findings: list[Finding] = []
    for place in places:
        tier, odd = _coded_tier(document, rater, place, originals)
        tiers.append(tier)
        findings += odd
    # Unfinished is judged by system and kind: an unused category beside used ones is not unfinished.
    used = {(tier.system, tier.kind) for tier in tiers if tier.annotations}
    present = {place.wanted.name for place in places if place.tier is not None}
    judged = []
    for tier, place in zip(tiers, places, strict=True):
        here = place.wanted.name in present
        # The consensus tier of a merged file is made whole: empty means that nothing is agreed on.
        empty_counts = (options.empty_is_none or rater == CONSENSUS) and tier.kind == "interval"
        missing = not here or not ((tier.system, tier.kind) in used or empty_counts)
        judged.append(replace(tier, missing=missing))
    return judged, findings


def _points(document: Document, places: Sequence[Place]) -> list[CodedTier]:
    """The @disagreement tiers of a merged file: their values are no codes."""
    return [
        CodedTier(
            DISAGREEMENT,
            None if place.wanted.system is None else place.wanted.system.id,
            place.wanted.kind,
            place.wanted.category,
            place.tier.id,
            tuple(
                CodedAnnotation(item.id, item.start_ms, item.end_ms, item.value)
                for item in document.annotations(place.tier.id)
            ),
        )
        for place in places
        if place.tier is not None
    ]


def _coded_tier(document: Document, rater: str, place: Place, originals: Originals) -> tuple[CodedTier, list[Finding]]:
    wanted, tier = place.wanted, place.tier
    system = None if wanted.system is None else wanted.system.id
    if tier is None:
        return CodedTier(rater, system, wanted.kind, wanted.category, wanted.name), []
    read = _reader(document, place, tier)
    annotations: list[CodedAnnotation] = []
    unrated: list[CodedAnnotation] = []
    findings: list[Finding] = []
    held, damaged = _held(document, tier.id, originals)
    for at, item in enumerate(held):
        reading = read(item.value, item.cve_ref)
        # The same few values and ids ("a1") come in every file: one copy of each is kept.
        coded = CodedAnnotation(
            intern(item.id),
            item.start_ms,
            item.end_ms,
            intern(item.value),
            reading.category,
            None if item.parent is None else intern(item.parent),
            at in damaged,
        )
        # An empty rating is no rating.
        empty = wanted.kind == "rating" and reading.category is None and reading.code is None
        (unrated if empty else annotations).append(coded)
        if reading.code is not None:
            where = {"tier": tier.id, "annotation": item.id, "start_ms": item.start_ms, "end_ms": item.end_ms}
            findings.append(finding(reading.code, reading.message, hint=reading.hint, **where))
    return (
        CodedTier(
            rater,
            system,
            wanted.kind,
            wanted.category,
            tier.id,
            tuple(annotations),
            open_ms=_open(held, damaged),
            unrated=tuple(unrated),
            moments=is_point_type(tier.type_id),
            held=(len(held), sum(item.duration_ms for at, item in enumerate(held) if at not in damaged)),
        ),
        findings,
    )


def _held(document: Document, tier: str, originals: Originals) -> tuple[Sequence[Annotation], Mapping[int, Given]]:
    """The annotations of a tier, with those that merging had to leave out, and which have damaged times."""
    held, damaged = document.annotations(tier), document.damaged_times(tier)
    left = originals.left_out.get(tier, ())
    if not left:
        return held, damaged
    present = {item.id for item in held}
    every = [(item, damaged.get(place)) for place, item in enumerate(held)]
    every += [(item, given) for item, given in left if item.id not in present]
    every.sort(key=lambda pair: pair[0].start_ms)
    return [item for item, _ in every], {place: given for place, (_, given) in enumerate(every) if given is not None}


def _open(held: Sequence[Annotation], damaged: Mapping[int, Given]) -> tuple[tuple[int, int], ...]:
    """Where the annotations of damaged times may lie, since annotations of one tier do not overlap.

    Between the two times that the file gives, whichever is first; where it gives one, up to the next annotation; where
    it gives none, anywhere.
    """
    sound = [(item.start_ms, item.end_ms) for at, item in enumerate(held) if at not in damaged]
    found = []
    for _, (begin, end) in sorted(damaged.items()):
        if begin is not None and end is not None:
            found.append((min(begin, end), max(begin, end)))
        elif begin is not None:
            found.append((begin, min((start for start, _ in sound if start >= begin), default=END_OF_TIME_MS)))
        elif end is not None:
            found.append((max((finish for _, finish in sound if finish <= end), default=0), end))
        else:
            found.append((0, END_OF_TIME_MS))
    return tuple(found)


def _reader(document: Document, place: Place, tier: Tier) -> Callable[[str, str | None], Reading]:
    """How the values of a place are read: a function of an annotation's text and CVE_REF."""
    system, category = place.wanted.system, place.wanted.category
    if system is None:
        return lambda value, reference: Reading(None)
    vocabulary = structure.vocabulary_of(document, tier)
    if place.wanted.kind == "rating":
        return RatingValues(system, vocabulary).read
    values = IntervalValues(system, vocabulary, tier.lang_ref)
    if category is None:
        return values.read
    return lambda value, reference: values.read_on_category_tier(value, reference, category)


def _text(value: str | None) -> str:
    return unicodedata.normalize("NFC", (value or "").strip())
