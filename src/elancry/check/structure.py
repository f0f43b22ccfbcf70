"""Are the tiers what the codebook made them? Each function asks one question about one rater's tiers of a file."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from elancry.check.places import FoundBy, Place
from elancry.codebook.load import builtin_with_stamp
from elancry.codebook.model import Codebook, System
from elancry.codebook.observed import is_whole_number
from elancry.eaf import Constraint, Document, Tier, Vocabulary
from elancry.findings import Finding, finding
from elancry.names import nearest
from elancry.texts import Text, Value, some, text

CODEBOOK_PROPERTY = "elancry.codebook"


def renamed(places: Iterable[Place]) -> Iterator[Finding]:
    """Is a tier there under another name, or could several be meant?"""
    for place in places:
        if place.candidates:
            yield finding(
                "tier-ambiguous",
                text(
                    "finding.tier-ambiguous.message",
                    wanted=place.wanted.name,
                    candidates=_listed(place.candidates),
                    by=_by(place.by),
                ),
                hint=text("finding.tier-ambiguous.hint", wanted=place.wanted.name),
                tier=place.wanted.name,
            )
        elif place.tier is not None and place.by is not FoundBy.NAME:
            yield finding(
                "tier-renamed",
                text(
                    "finding.tier-renamed.message",
                    wanted=place.wanted.name,
                    by=_by(place.by),
                ),
                hint=text("finding.tier-renamed.hint", wanted=place.wanted.name),
                tier=place.tier.id,
            )


def extra(
    tiers: Mapping[str, Tier], places: Iterable[Place], codebook: Codebook, aside: Collection[str] = ()
) -> Iterator[Finding]:
    """Is there a tier that the codebook does not know? `aside` are those that were not asked for."""
    placed = {place.tier.id for place in places if place.tier is not None}
    known = {place.wanted.name for place in places}
    for name, tier in tiers.items():
        if tier.id not in placed and name not in codebook.comment_tiers and name not in aside:
            close = nearest(name, known)
            hint = text("name.did-you-mean", name=close) if close else text("finding.tier-extra.hint")
            yield finding("tier-extra", text("finding.tier-extra.message"), hint=hint, tier=tier.id)


def outside(tiers: Mapping[str, Tier], places: Iterable[Place]) -> list[str]:
    """The names of tiers that are none of the wanted ones."""
    placed = {place.tier.id for place in places if place.tier is not None}
    return [name for name, tier in tiers.items() if tier.id not in placed]


def outside_numbers(
    document: Document, tiers: Mapping[str, Tier], outside: Iterable[str]
) -> dict[str, tuple[str, frozenset[str]]]:
    """Which of these tiers could be ratings: name -> parent tier and the values, all of them whole numbers."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    for name in outside:
        tier = tiers[name]
        if tier.parent is None or not _associated(document, tier) or vocabulary_of(document, tier) is not None:
            continue
        values = frozenset(value for item in document.annotations(tier.id) if (value := item.value.strip()))
        if all(map(is_whole_number, values)):
            found[name] = (tier.parent, values)
    return found


def parents(document: Document, places: Sequence[Place], codebook: Codebook) -> Iterator[Finding]:
    """Is each tier below the tier that the codebook says?

    In files that were not made from the template, a codebook that names no parent says nothing about it: their tier may
    be below one that the codebook does not know.
    """
    from_template = CODEBOOK_PROPERTY in dict(document.properties)
    actual = {place.wanted.name: place.tier.id for place in places if place.tier is not None}
    for place in places:
        if place.tier is None or place.wanted.system is None:
            continue
        wanted = codebook.sequence_tier if place.wanted.kind == "rating" else place.wanted.system.parent
        expected = None if wanted is None else actual.get(wanted, wanted)
        if place.tier.parent != expected and (expected is not None or from_template):
            yield finding(
                "tier-parent-changed",
                text(
                    "finding.tier-parent-changed.message",
                    parent=_or_none(place.tier.parent),
                    expected=_or_none(expected),
                ),
                hint=text("finding.tier-parent-changed.hint"),
                tier=place.tier.id,
            )


def numbers(document: Document, places: Iterable[Place]) -> Iterator[Finding]:
    """Are whole numbers that no vocabulary explains ratings or categories?"""
    for place in places:
        system, tier = place.wanted.system, place.tier
        if tier is None or system is None or vocabulary_of(document, tier) is not None:
            continue
        if place.wanted.kind == "rating" and system.scale is not None:
            message = text(
                "finding.rating-scale-observed.message", minimum=system.scale.minimum, maximum=system.scale.maximum
            )
            hint = text("finding.rating-scale-observed.hint")
            yield finding("rating-scale-observed", message, hint=hint, tier=tier.id)
        elif _associated(document, tier) and all(is_whole_number(item.label("")) for item in system.categories):
            hint = text("finding.rating-or-category.hint", parent=tier.parent, tier=place.wanted.name)
            yield finding("rating-or-category", text("finding.rating-or-category.message"), hint=hint, tier=tier.id)


def _associated(document: Document, tier: Tier) -> bool:
    kind = document.type_of(tier.id)
    return tier.parent is not None and kind is not None and kind.constraint == Constraint.SYMBOLIC_ASSOCIATION


def types(document: Document, places: Iterable[Place]) -> Iterator[Finding]:
    """Has each tier the type of the template?

    Files that were not made from the template name their types as they like: there only a coding tier without any
    vocabulary counts.
    """
    known = {kind.id for kind in document.types}
    for place in places:
        system, tier = place.wanted.system, place.tier
        if tier is None or system is None:
            continue
        rating = place.wanted.kind == "rating"
        expected = f"{system.id}.rating" if rating else system.id
        bare = not rating and vocabulary_of(document, tier) is None
        if tier.type_id != expected and (bare or expected in known):
            message = text(
                "finding.tier-type-changed.message-bare" if bare else "finding.tier-type-changed.message",
                kind=tier.type_id,
                expected=expected,
            )
            yield finding("tier-type-changed", message, hint=text("finding.tier-type-changed.hint"), tier=tier.id)


def participants(places: Iterable[Place]) -> Iterator[Finding]:
    """Is PARTICIPANT the codebook's?"""
    for place in places:
        system = place.wanted.system
        if place.tier is None or system is None or system.participant is None or place.wanted.kind != "interval":
            continue
        if (place.tier.participant or "").strip() != system.participant:
            yield finding(
                "tier-participant-changed",
                text(
                    "finding.tier-participant-changed.message",
                    participant=_or_none(place.tier.participant),
                    expected=system.participant,
                ),
                hint=text("finding.tier-participant-changed.hint"),
                tier=place.tier.id,
            )


def vocabularies(document: Document, places: Iterable[Place]) -> Iterator[Finding]:
    """Does the vocabulary of each interval tier hold the codebook's categories?

    Of a tier for one category, with a vocabulary of its own, that category is asked for.
    """
    asked: set[tuple[str, str]] = set()
    places = tuple(places)
    users = Counter(
        vocabulary.id
        for place in places
        if place.tier is not None and (vocabulary := vocabulary_of(document, place.tier)) is not None
    )
    for place in places:
        system = place.wanted.system
        if place.tier is None or system is None or place.wanted.kind != "interval":
            continue
        vocabulary = vocabulary_of(document, place.tier)
        if vocabulary is None:
            continue
        if vocabulary.ext_ref is not None and not vocabulary.entries:
            continue
        if (system.id, vocabulary.id) in asked:
            continue
        asked.add((system.id, vocabulary.id))
        lacking, foreign = _compare(system, vocabulary)
        if place.wanted.category is not None and users[vocabulary.id] == 1:
            lacking = [category for category in lacking if category == place.wanted.category]
        if lacking or foreign:
            variant = "-both" if lacking and foreign else "-lacks" if lacking else "-more"
            yield finding(
                "vocabulary-changed",
                text(
                    f"finding.vocabulary-changed.message{variant}",
                    vocabulary=vocabulary.id,
                    lacking=_listed(lacking),
                    foreign=_listed(foreign),
                ),
                hint=text("finding.vocabulary-changed.hint"),
                tier=place.tier.id,
            )


def codebook_version(document: Document, codebook: Codebook) -> Iterator[Finding]:
    """Was the file made with this version of this codebook? Silent where the file, or the study, does not say."""
    stated = dict(document.properties).get(CODEBOOK_PROPERTY)
    if not stated or codebook.extracted:
        return
    identity, _, version = stated.partition(" ")
    if identity != codebook.id:
        message = text("finding.codebook-other.message", identity=identity, codebook=codebook.id)
        yield finding("codebook-other", message, hint=text("finding.codebook-other.hint"))
    elif version != codebook.version:
        message = text(
            "finding.codebook-version-differs.message",
            stated=version or text("word.unknown"),
            identity=identity,
            version=codebook.version,
        )
        yield finding("codebook-version-differs", message, hint=_how_to_update(stated, codebook))


def _how_to_update(stated: str, codebook: Codebook) -> Text:
    """Both versions may be built in: then the command that carries the file over can be given whole."""
    before, now = builtin_with_stamp(stated), builtin_with_stamp(codebook.stamp)
    if before is None or now is None or now[1] != codebook or codebook.changes.since != before[1].version:
        return text("finding.codebook-version-differs.hint")
    return text("finding.codebook-version-differs.hint-migrate", old=before[0], new=now[0])


def vocabulary_of(document: Document, tier: Tier) -> Vocabulary | None:
    """The vocabulary that a tier's type is bound to, `None` if there is none in the file."""
    kind = document.type_of(tier.id)
    return None if kind is None or kind.vocabulary is None else document.vocabulary(kind.vocabulary)


def _compare(system: System, vocabulary: Vocabulary) -> tuple[list[str], list[str]]:
    """Categories that the vocabulary lacks, and its entries that are no category."""
    present: set[str] = set()
    foreign: list[str] = []
    for entry in vocabulary.entries:
        texts = [unicodedata.normalize("NFC", text) for text in entry.values.values()]
        found = system.category(entry.id or "") or next(filter(None, map(system.category_of, texts)), None)
        if found is not None:
            present.add(found.id)
        else:
            foreign.append(next(iter(texts), entry.id or ""))
    return [item.id for item in system.categories if item.id not in present], foreign


def _listed(names: Sequence[str], most: int = 5) -> Value:
    return some([repr(name) for name in names], most)


def _or_none(name: str | None) -> Value:
    return text("list.none") if name is None or not name.strip() else repr(name)


def _by(found: FoundBy) -> Text:
    return text(f"check.found-by-{found.value}")
