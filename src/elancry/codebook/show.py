"""A codebook printed for a person at a terminal."""

from __future__ import annotations

import textwrap

from elancry.codebook.languages import choose_language
from elancry.codebook.model import Category, Codebook, Source, System
from elancry.errors import UsageError
from elancry.texts import some, text

WIDTH = 100


def require_language(codebook: Codebook, language: str | None) -> str:
    """The codebook's language meant by `language` (default: its first); UsageError names those there are."""
    chosen = choose_language(language, codebook.languages)
    if chosen is None:
        raise UsageError(
            text("codebook.no-texts-in", name=codebook.id, language=language),
            hint=text("codebook.no-texts-in-hint", languages=codebook.languages),
        )
    return chosen


def show_codebook(codebook: Codebook, *, language: str | None = None) -> str:
    """The codebook as plain text of at most 100 columns in one of its languages; UsageError for one it has not.

    What is said around the codebook's own texts is in that language too; in English where we do not speak it.
    """
    chosen = require_language(codebook, language)
    lines = [f"{codebook.title_in(chosen)}  ({codebook.stamp})", ""]
    said = [
        text("codebook.show-languages", languages=codebook.languages),
        text("codebook.show-sequence-tier", name=codebook.sequence_tier or some([])),
    ]
    if codebook.comment_tiers:
        said.append(text("codebook.show-comment-tiers", names=codebook.comment_tiers))
    lines += [line.into(chosen) for line in said]
    for system in codebook.systems:
        lines += ["", *_system(system, chosen)]
    return "\n".join(lines)


def _system(system: System, language: str) -> list[str]:
    title = f"{system.label(language)}  [{system.id}]"
    lines = [title, "=" * len(title)]
    lines += _wrapped(system.definitions.get(language, ""), "")
    if system.participant:
        lines.append(text("codebook.show-participant", name=system.participant).into(language))
    coded = "codebook.show-coded-optional" if system.optional else "codebook.show-coded"
    lines.append(text(coded, how=text(f"codebook.show-{system.coding.value}")).into(language))
    if system.scale is not None:
        scale = text("codebook.show-scale", minimum=system.scale.minimum, maximum=system.scale.maximum)
        lines.append(scale.into(language))
        lines += [
            f"  {number} = {texts[language]}" for number, texts in system.scale.anchors.items() if language in texts
        ]
    lines += _source(system.source, language)
    group_labels = {group.id: group.labels.get(language, group.id) for group in system.groups}
    shown = None
    for category in system.categories:
        if category.group != shown and category.group is not None:
            lines += ["", f"-- {group_labels.get(category.group, category.group)} --"]
        shown = category.group
        lines += ["", *_category(category, language)]
    return lines


def _source(source: Source | None, language: str) -> list[str]:
    if source is None:
        return [text("codebook.show-no-source").into(language)]
    status = text(f"codebook.show-{source.status.value}")
    lines = _wrapped(text("codebook.show-source", status=status, citation=source.citation).into(language), "")
    return lines + _wrapped(source.note or "", "  ")


def _category(category: Category, language: str) -> list[str]:
    key = text("codebook.show-key", key=category.key.upper()).into(language) if category.key else ""
    lines = [f"{category.label(language)}  [{category.id}]  {key}".rstrip()]
    lines += _wrapped(category.definitions.get(language, ""), "    ")
    for example in category.examples.get(language, ()):
        lines += textwrap.wrap(example, WIDTH, initial_indent="    - ", subsequent_indent="      ")
    return lines


def _wrapped(words: str, indent: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)
