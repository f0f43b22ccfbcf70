"""Is a category fit to be coded, and can it be told from the others of its system?"""

from __future__ import annotations

from typing import NamedTuple

from elancry.codebook.model import Category
from elancry.codebook.names import is_colour, is_key
from elancry.names import did_you_mean, nearest
from elancry.texts import Text, text
from elancry.yaml_lines import Section, Walk


class _Name(NamedTuple):
    label: str
    category: str
    line: int


class CategoryChecks:
    """What one category of a system forbids to those after it: its id, labels and shortcut key."""

    def __init__(self, walk: Walk, what: Text | str, groups: set[str]) -> None:
        self.walk = walk
        self.what = what
        self.groups = groups
        self.ids: dict[str, int] = {}
        self.names: dict[str, _Name] = {}
        self.keys: dict[str, tuple[str, int]] = {}

    def check(self, category: Category, section: Section) -> None:
        """Report what is wrong with `category`, read from `section`, by itself and against the categories before it."""
        if category.id in self.ids:
            self.walk.report(
                "duplicate-id",
                section.line_of("id"),
                text("codebook.category-id-twice", what=self.what, id=category.id, line=self.ids[category.id]),
                text("codebook.category-id-twice-hint"),
            )
        else:
            self._names(category, section)
        self.ids.setdefault(category.id, section.line_of("id"))
        self._look(category, section)

    def _names(self, category: Category, section: Section) -> None:
        # An id counts as a name too: raters' files may hold ids as values.
        mine = dict.fromkeys(name for name in (category.id, *category.labels.values()) if name)
        for name in mine:
            other = self.names.get(name.casefold())
            if other is None or other.category == category.id:
                self.names.setdefault(name.casefold(), _Name(name, category.id, section.line_of("labels")))
                continue
            if other.label == name:
                self.walk.report(
                    "duplicate-label",
                    section.line_of("labels"),
                    text("codebook.label-twice", what=section.what, label=name, other=other.category, line=other.line),
                    text("codebook.label-twice-hint"),
                )
            else:
                self.walk.report(
                    "similar-label",
                    section.line_of("labels"),
                    text(
                        "codebook.label-similar",
                        what=section.what,
                        label=name,
                        text=other.label,
                        other=other.category,
                        line=other.line,
                    ),
                )

    def _look(self, category: Category, section: Section) -> None:
        if category.colour is not None and not is_colour(category.colour):
            self.walk.report(
                "bad-colour",
                section.line_of("colour"),
                text("codebook.bad-colour", what=section.what, colour=category.colour),
            )
        elif category.colour is None and "colour" in section:
            self.walk.report(
                "bad-colour",
                section.line_of("colour"),
                text("codebook.colour-empty", what=section.what),
                text("codebook.colour-empty-hint"),
            )
        if category.group is not None and category.group not in self.groups:
            self.walk.report(
                "unknown-group",
                section.line_of("group"),
                text("codebook.unknown-group", what=section.what, group=category.group),
                did_you_mean(nearest(category.group, self.groups)) or text("codebook.unknown-group-hint"),
            )
        if category.key is not None:
            self._shortcut(category.key, category.id, section)

    def _shortcut(self, key: str, category_id: str, section: Section) -> None:
        if not is_key(key):
            self.walk.report(
                "bad-key",
                section.line_of("key"),
                text("codebook.bad-key", what=section.what, key=key),
            )
        elif key.upper() in self.keys:
            other, line = self.keys[key.upper()]
            self.walk.report(
                "duplicate-shortcut",
                section.line_of("key"),
                text("codebook.key-taken", what=section.what, key=key, other=other, line=line),
                text("codebook.key-taken-hint"),
            )
        else:
            self.keys[key.upper()] = (category_id, section.line_of("key"))
