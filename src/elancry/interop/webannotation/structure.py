"""The .eaf behind Web Annotations that elancry wrote, made again tier by tier, with ids, parents and vocabularies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from elancry.eaf import Editor
from elancry.eaf.blank import new_document
from elancry.eaf.document import Document
from elancry.eaf.languages import UNDETERMINED
from elancry.eaf.parts import Constraint, Vocabulary, VocabularyEntry
from elancry.eaf.views import constraint_of
from elancry.interop.boris.values import NO_DATE
from elancry.interop.json_input import as_text, mapping

MOST_TIERS = 5_000


@dataclass(frozen=True, slots=True)
class Item:
    """One annotation as it was read: times in the medium, and what `eaf:` names say."""

    start_ms: int
    end_ms: int
    value: str
    source: str
    tier: str
    creator: str
    said: Mapping[str, str]


def listed(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list, none for what is no list."""
    return [mapping(one) for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def origin_ms(structure: Mapping[str, Any]) -> int:
    """Where the annotations' time 0 lies in the first medium."""
    media = listed(structure.get("media"))
    origin = media[0].get("time_origin_ms") if media else None
    return origin if isinstance(origin, int) and not isinstance(origin, bool) and abs(origin) < 10**12 else 0


def rebuilt(structure: Mapping[str, Any], items: Sequence[Item], name: str) -> Document:
    """The document that `structure` and `items` describe; raises an ElancryError where they do not fit together."""
    editor = new_document(date=NO_DATE).edit()
    for medium in listed(structure.get("media")):
        origin = medium.get("time_origin_ms")
        title = as_text(medium.get("name")) or "medium"
        origin = origin if isinstance(origin, int) and not isinstance(origin, bool) else None
        url = f"./{quote(title)}"
        editor.media.add(url, as_text(medium.get("mime")) or "unknown", url, origin)
    pairs = structure.get("properties")
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2:
            editor.header.set_property(as_text(pair[0]), as_text(pair[1]))
    definitions = mapping(structure.get("language_definitions"))
    for language, label in mapping(structure.get("languages")).items():
        editor.languages.add(language, as_text(label), as_text(definitions.get(language)))
    bound = _vocabularies(editor, structure)
    kinds = {}
    for kind in listed(structure.get("types")):
        constraint = constraint_of(as_text(kind.get("constraint")))
        vocabulary = as_text(kind.get("vocabulary"))
        editor.types.add(
            as_text(kind.get("id")), constraint=constraint, vocabulary=vocabulary if vocabulary in bound else None
        )
        kinds[as_text(kind.get("id"))] = constraint
    of_tier: dict[str, list[Item]] = {}
    for item in items:
        of_tier.setdefault(item.tier, []).append(item)
    names: dict[str, str] = {}
    for tier in _parents_first(listed(structure.get("tiers"))):
        title = as_text(tier.get("id"))
        said = {key: as_text(tier[key]) for key in ("parent", "participant", "annotator") if key in tier}
        said |= {"lang_ref": as_text(tier["language"])} if "language" in tier else {}
        editor.tiers.add(title, as_text(tier.get("type")), **said)
        _fill(editor, title, kinds.get(as_text(tier.get("type"))), of_tier.pop(title, []), names)
    if of_tier:
        raise KeyError(f"no tier {next(iter(of_tier))!r}")
    document = editor.document()
    document.name = name
    return document


def _vocabularies(editor: Editor, structure: Mapping[str, Any]) -> set[str]:
    """Add the vocabularies; entries of old files, which have no language, get `und`."""
    bound = set()
    known = set(mapping(structure.get("languages")))
    for vocabulary in listed(structure.get("vocabularies")):
        entries = []
        for number, entry in enumerate(listed(vocabulary.get("entries"))):
            values, descriptions = _texts(entry.get("values")), _texts(entry.get("descriptions"))
            entries.append(VocabularyEntry(as_text(entry.get("id")) or f"cveid{number}", values, descriptions))
        described = _texts(vocabulary.get("descriptions"))
        used = {UNDETERMINED} & {*described, *(language for entry in entries for language in entry.values)}
        if used - known:
            editor.languages.add(UNDETERMINED)
            known |= used
        editor.vocabularies.add(Vocabulary(as_text(vocabulary.get("id")), tuple(entries), described))
        bound.add(as_text(vocabulary.get("id")))
    return bound


def _texts(value: object) -> dict[str, str]:
    return {language or UNDETERMINED: as_text(said) for language, said in mapping(value).items()}


def _parents_first(tiers: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The tiers in an order in which every parent comes before its children; their own order where it can stay."""
    if len(tiers) > MOST_TIERS:
        raise ValueError("more tiers than anybody has")
    names = {as_text(tier.get("id")) for tier in tiers}
    ordered: list[Mapping[str, Any]] = []
    placed: set[str] = set()
    waiting = list(tiers)
    while waiting:
        later = []
        for tier in waiting:
            above = as_text(tier.get("parent"))
            if above in placed or above not in names:
                ordered.append(tier)
                placed.add(as_text(tier.get("id")))
            else:
                later.append(tier)
        if len(later) == len(waiting):
            return [*ordered, *later]
        waiting = later
    return ordered


def _fill(
    editor: Editor, tier: str, constraint: Constraint | None, items: Sequence[Item], names: dict[str, str]
) -> None:
    """Add the annotations of one tier; `names` leads from ids in the file to ids in the document."""
    for item in items:
        said = item.said
        wanted = said.get("id", "")
        given = wanted if editor.annotations.is_free(wanted) else None
        refs = {"cve_ref": said.get("entry"), "lang_ref": said.get("language"), "id": given}
        if constraint is None or constraint.time_alignable:
            name = editor.annotations.add(tier, item.start_ms, item.end_ms, item.value, **refs)
        else:
            parent = names[said.get("parent", "")]
            follows = constraint is not Constraint.SYMBOLIC_ASSOCIATION
            previous = names.get(said.get("previous", "")) if follows else None
            name = editor.annotations.add_reference(tier, parent, item.value, previous=previous, **refs)
        if wanted:
            names[wanted] = name
