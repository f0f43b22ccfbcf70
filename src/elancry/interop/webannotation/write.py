"""Documents to W3C Web Annotations: JSON-LD that other annotation software reads, with what an .eaf says beside it.

The Web Annotation Data Model (https://www.w3.org/TR/annotation-model/) knows annotations with a body, a target and a
creator. Each annotation of ELAN becomes one: its value a TextualBody, its time a FragmentSelector that conforms to
Media Fragments (https://www.w3.org/TR/media-frags/), `t=npt:1.200,3.400`, in the time of the first medium. What the
model has no word for stands under `eaf:` names of an own context: the tier of each annotation, its id, the entry of
the vocabulary, the parent; and once, under `structure`, tiers, types, vocabularies and media. Readers that do not know
these names pass over them.

Nothing says where a file lies or who wrote it: media are named without their folder, the AUTHOR is left out. The
annotator of a tier is data, and its `creator`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import quote, unquote

from elancry.eaf.document import Document
from elancry.eaf.languages import label_of
from elancry.eaf.parts import Annotation, Media, Tier
from elancry.findings import finding
from elancry.interop.format import Choices, Written
from elancry.interop.further_losses import Further, further_findings
from elancry.interop.json_input import in_seconds
from elancry.interop.losses import Part, choice_findings, chosen_tiers, loss_findings
from elancry.texts import text

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
EAF_CONTEXT = {
    "@version": 1.1,
    "eaf": "urn:elancry:eaf:",
    "structure": {"@id": "eaf:structure", "@type": "@json"},
}
FRAGMENTS = "http://www.w3.org/TR/media-frags/"
KEPT = frozenset(Part) - {Part.UNALIGNED, Part.ZERO_LENGTH, Part.EXT_REF, Part.LINKS, Part.HEADER}
LOST = (Further.EXTERNAL,)
_ALONE = " (alone)"
PROPERTIES = ("elancry.", "boris.", "sdis.")
"""HEADER properties that are taken along: they say what was coded, not by whom and where."""


def write_annotations(document: Document, choices: Choices) -> Written:
    """One AnnotationCollection with one page."""
    tiers = chosen_tiers(document, choices)
    chosen = {tier.id for tier in tiers}
    findings = [*choice_findings(document, choices), *loss_findings(document, tiers, "Web Annotation", KEPT)]
    findings += further_findings(document, tiers, "Web Annotation", LOST)
    orphans = sum(tier.parent is not None and tier.parent not in chosen for tier in tiers)
    if orphans:
        said = text("finding.convert-lost.message-orphans", n=orphans)
        findings.append(finding("convert-lost", said, file=document.name or None))
    names = [media_name(medium) for medium in document.media]
    items = []
    for tier in tiers:
        kind = document.type_of(tier.id)
        coded = kind is not None and kind.vocabulary is not None
        parent = tier.parent if tier.parent in chosen else None
        items += [_item(document, tier, item, names, coded, parent) for item in document.annotations(tier.id)]
    structure = _structure(document, tiers, names)
    content = json.dumps([structure, items], ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    name = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(content).hexdigest())}"
    for item in items:
        item["id"] = f"{name}#{quote(item['id'])}"
        if not names:
            item["target"]["source"] = name
    collection = {
        "@context": [CONTEXT, EAF_CONTEXT],
        "id": name,
        "type": "AnnotationCollection",
        "label": document.name.rsplit(".", 1)[0],
        "total": len(items),
        "structure": structure,
        "first": {"id": f"{name}#page", "type": "AnnotationPage", "partOf": name, "startIndex": 0, "items": items},
    }
    made = json.dumps(collection, ensure_ascii=False, indent=1) + "\n"
    return Written({".jsonld": made.encode("utf-8", "replace")}, tuple(findings))


def media_name(medium: Media) -> str:
    """The name of a medium without its folder."""
    return PureWindowsPath(unquote(medium.relative_url or medium.url)).name or "medium"


def _item(
    document: Document, tier: Tier, item: Annotation, names: Sequence[str], coded: bool, parent: str | None
) -> dict[str, Any]:
    purpose = "tagging" if coded else "describing"
    body = {"type": "TextualBody", "value": item.value, "format": "text/plain", "purpose": purpose}
    start = document.time_in_medium(item.start_ms) if names else item.start_ms
    end = start + max(item.end_ms - item.start_ms, 1)
    source = quote(names[0]) if names else ""
    value = f"t=npt:{in_seconds(start)},{in_seconds(end)}"
    made: dict[str, Any] = {"id": item.id, "type": "Annotation", "motivation": purpose}
    if tier.annotator:
        made["creator"] = {"type": "Person", "nickname": tier.annotator}
    made["body"] = body
    made["target"] = {
        "source": source,
        "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": value},
    }
    said = {
        "eaf:tier": tier.id,
        "eaf:id": item.id,
        "eaf:parent": item.parent if parent is not None else None,
        "eaf:previous": item.previous if parent is not None else None,
        "eaf:entry": item.cve_ref,
        "eaf:language": item.lang_ref,
    }
    made.update({key: value for key, value in said.items() if value is not None})
    return made


def _structure(document: Document, tiers: Sequence[Tier], names: Sequence[str]) -> dict[str, Any]:
    """What holds for all annotations: what a reader needs to make the .eaf again."""
    chosen = {tier.id for tier in tiers}
    alone = {tier.type_id for tier in tiers if tier.parent is not None and tier.parent not in chosen}
    used = {tier.type_id for tier in tiers}
    types = [kind for kind in document.types if kind.id in used]
    types += [replace(kind, id=f"{kind.id}{_ALONE}", constraint=None) for kind in types if kind.id in alone]
    bound = {kind.vocabulary for kind in types}
    vocabularies = [vocabulary for vocabulary in document.vocabularies if vocabulary.id in bound]
    # Entries of an .ecv file may be in languages that the .eaf does not define.
    spoken = {code for vocabulary in vocabularies for entry in vocabulary.entries for code in entry.values if code}
    return {
        "media": [
            _given(name=name, mime=medium.mime_type, time_origin_ms=medium.time_origin_ms)
            for name, medium in zip(names, document.media, strict=True)
        ],
        "properties": [[name, value] for name, value in document.properties if name.startswith(PROPERTIES)],
        "languages": {
            **document.languages,
            **{code: label_of(code) for code in sorted(spoken - {*document.languages})},
        },
        "language_definitions": {key: value for key, value in document.language_definitions.items() if value},
        "vocabularies": [
            _given(
                id=vocabulary.id,
                descriptions=dict(vocabulary.descriptions),
                entries=[
                    _given(id=entry.id, values=dict(entry.values), descriptions=dict(entry.descriptions))
                    for entry in vocabulary.entries
                ],
            )
            for vocabulary in vocabularies
        ],
        "types": [
            _given(id=kind.id, constraint=kind.constraint and kind.constraint.value, vocabulary=kind.vocabulary)
            for kind in types
        ],
        "tiers": [
            _given(
                id=tier.id,
                type=tier.type_id + (_ALONE if tier.parent is not None and tier.parent not in chosen else ""),
                parent=tier.parent if tier.parent in chosen else None,
                participant=tier.participant,
                annotator=tier.annotator,
                language=tier.lang_ref,
            )
            for tier in tiers
        ],
    }


def _given(**values: Any) -> Mapping[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
