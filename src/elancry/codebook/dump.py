"""A codebook as YAML that `load` reads back to the same codebook."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import yaml

from elancry.choices import Units
from elancry.codebook.model import Category, Changes, Codebook, Coding, Layout, Scale, System
from elancry.texts import text

_WIDTH = 118


def dump_codebook(codebook: Codebook) -> str:
    """YAML text of `codebook`, with a comment on top in its first language; UTF-8, line ends `\\n`."""
    data = _without_empty(
        {
            "elancry_codebook": codebook.format_version,
            "id": codebook.id,
            "version": codebook.version,
            "title": codebook.titles if len(codebook.titles) > 1 else codebook.title,
            "languages": list(codebook.languages),
        }
    )
    # A codebook without sequences has to say so: an absent key means the default name.
    data["sequence_tier"] = codebook.sequence_tier
    data |= _without_empty({"comment_tiers": list(codebook.comment_tiers), "media": list(codebook.media_patterns)})
    data["systems"] = [_system(system) for system in codebook.systems]
    data |= _without_empty({"changes": _changes(codebook.changes)})
    content: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return _comment(codebook) + content


def _comment(codebook: Codebook) -> str:
    paragraphs = [text("codebook.head"), *([text("codebook.head-extracted")] if codebook.extracted else [])]
    lines = [line for part in paragraphs for line in textwrap.wrap(part.into(codebook.languages[0]), _WIDTH - 2)]
    return "".join(f"# {line}\n" for line in lines)


def _changes(changes: Changes) -> dict[str, Any]:
    systems = {
        name: _without_empty(
            {
                "was": item.was,
                "renamed": item.renamed,
                "merged": {new: list(olds) for new, olds in item.merged.items()},
                "split": {old: list(news) for old, news in item.split.items()},
                "removed": list(item.removed),
                "added": list(item.added),
            }
        )
        for name, item in changes.systems.items()
    }
    return _without_empty({"from": changes.since, "systems": systems})


def _system(system: System) -> dict[str, Any]:
    source = system.source
    return _without_empty(
        {
            "id": system.id,
            "labels": system.labels,
            "definitions": system.definitions,
            "participant": system.participant,
            "coding": None if system.coding is Coding.INTERVAL else system.coding.value,
            "layout": None if system.layout is Layout.ONE_TIER else system.layout.value,
            "tier": system.tier,
            "parent": system.parent,
            "optional": system.optional or None,
            "units": None if system.units is Units.AUTO else system.units.value,
            "scale": _scale(system.scale),
            "source": None
            if source is None
            else _without_empty({"citation": source.citation, "status": source.status.value, "note": source.note}),
            "groups": [{"id": group.id, "labels": dict(group.labels)} for group in system.groups],
            "categories": [_category(category) for category in system.categories],
        }
    )


def _scale(scale: Scale | None) -> dict[str, Any] | None:
    if scale is None:
        return None
    anchors = {number: dict(texts) for number, texts in scale.anchors.items()}
    return _without_empty({"minimum": scale.minimum, "maximum": scale.maximum, "anchors": anchors})


def _category(category: Category) -> dict[str, Any]:
    return _without_empty(
        {
            "id": category.id,
            "group": category.group,
            "labels": {language: " ".join(label.split()) for language, label in category.labels.items()},
            "definitions": category.definitions,
            "examples": {language: list(texts) for language, texts in category.examples.items()},
            "colour": category.colour,
            "key": category.key,
            "tier": category.tier,
            "rating_tier": category.rating_tier,
        }
    )


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping without what is not given; 0 and False are given."""
    return {
        key: dict(value) if isinstance(value, Mapping) else value
        for key, value in data.items()
        if value is not None and not (isinstance(value, Mapping | list | str) and len(value) == 0)
    }


class _Dumper(yaml.SafeDumper):
    """Lists are indented below their key, and no anchors are made for texts that occur twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True
