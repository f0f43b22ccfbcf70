"""A codebook printed for a person at a terminal."""

from __future__ import annotations

import textwrap

from elancry.codebook.languages import choose_language
from elancry.codebook.model import Category, Codebook, Coding, Source, SourceStatus, System
from elancry.errors import UsageError

WIDTH = 100

CODING_WORDS = {
    Coding.INTERVAL: "stretches of time",
    Coding.RATING: "ratings per sequence",
    Coding.BOTH: "stretches of time and ratings per sequence",
}
STATUS_WORDS = {
    SourceStatus.PUBLISHED: "as published",
    SourceStatus.ADAPTED: "adapted from a publication",
    SourceStatus.STARTER: "a starting point, meant to be replaced",
}


def require_language(codebook: Codebook, language: str | None) -> str:
    """The codebook's language meant by `language` (default: its first); UsageError names those there are."""
    chosen = choose_language(language, codebook.languages)
    if chosen is None:
        listed = ", ".join(codebook.languages)
        raise UsageError(f"the codebook {codebook.id} has no texts in '{language}'", hint=f"It has: {listed}.")
    return chosen


def show_codebook(codebook: Codebook, *, language: str | None = None) -> str:
    """The codebook as plain text of at most 100 columns in one of its languages; UsageError for one it has not."""
    chosen = require_language(codebook, language)
    lines = [f"{codebook.title_in(chosen)}  ({codebook.stamp})", ""]
    lines.append(f"Languages: {', '.join(codebook.languages)}")
    lines.append(f"Sequence tier: {codebook.sequence_tier or 'none'}")
    if codebook.comment_tiers:
        lines.append(f"Comment tiers: {', '.join(codebook.comment_tiers)}")
    for system in codebook.systems:
        lines += ["", *_system(system, chosen)]
    return "\n".join(lines)


def _system(system: System, language: str) -> list[str]:
    title = f"{system.label(language)}  [{system.id}]"
    lines = [title, "=" * len(title)]
    lines += _wrapped(system.definitions.get(language, ""), "")
    who = f" of the {system.participant}" if system.participant else ""
    lines.append(f"Coded{who}: {CODING_WORDS[system.coding]}" + (" (optional)" if system.optional else ""))
    if system.scale is not None:
        lines.append(f"Scale: {system.scale.minimum} to {system.scale.maximum}")
        lines += [
            f"  {number} = {texts[language]}" for number, texts in system.scale.anchors.items() if language in texts
        ]
    lines += _source(system.source)
    group_labels = {group.id: group.labels.get(language, group.id) for group in system.groups}
    shown = None
    for category in system.categories:
        if category.group != shown and category.group is not None:
            lines += ["", f"-- {group_labels.get(category.group, category.group)} --"]
        shown = category.group
        lines += ["", *_category(category, language)]
    return lines


def _source(source: Source | None) -> list[str]:
    if source is None:
        return ["Source: none given"]
    lines = _wrapped(f"Source ({STATUS_WORDS[source.status]}): {source.citation}", "")
    return lines + _wrapped(source.note or "", "  ")


def _category(category: Category, language: str) -> list[str]:
    key = f"  key {category.key.upper()}" if category.key else ""
    lines = [f"{category.label(language)}  [{category.id}]{key}"]
    lines += _wrapped(category.definitions.get(language, ""), "    ")
    for example in category.examples.get(language, ()):
        lines += textwrap.wrap(example, WIDTH, initial_indent="    - ", subsequent_indent="      ")
    return lines


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
