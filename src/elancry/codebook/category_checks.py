"""Is a category fit to be coded, and can it be told from the others of its system?"""

from __future__ import annotations

from typing import NamedTuple

from elancry.codebook.model import Category
from elancry.codebook.names import is_colour, is_key
from elancry.yaml_lines import Section, Walk, nearest


class _Name(NamedTuple):
    text: str
    category: str
    line: int


class CategoryChecks:
    """What one category of a system forbids to those after it: its id, labels and shortcut key."""

    def __init__(self, walk: Walk, what: str, groups: set[str]) -> None:
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
                f"{self.what}: the category id '{category.id}' is given a second time "
                f"(first in line {self.ids[category.id]})",
                "Give each category an id of its own.",
            )
        else:
            self._names(category, section)
        self.ids.setdefault(category.id, section.line_of("id"))
        self._look(category, section)

    def _names(self, category: Category, section: Section) -> None:
        # An id counts as a name too: raters' files may hold ids as values.
        mine = dict.fromkeys(text for text in (category.id, *category.labels.values()) if text)
        for text in mine:
            other = self.names.get(text.casefold())
            if other is None or other.category == category.id:
                self.names.setdefault(text.casefold(), _Name(text, category.id, section.line_of("labels")))
                continue
            owner = f"of category '{other.category}' (line {other.line})"
            if other.text == text:
                self.walk.report(
                    "duplicate-label",
                    section.line_of("labels"),
                    f"{section.what}: '{text}' is also a label or the id {owner}",
                    "Change one of the two: a coded file could not say which was meant.",
                )
            else:
                self.walk.report(
                    "similar-label",
                    section.line_of("labels"),
                    f"{section.what}: '{text}' differs from '{other.text}' {owner} in upper and lower case only",
                )

    def _look(self, category: Category, section: Section) -> None:
        if category.colour is not None and not is_colour(category.colour):
            self.walk.report(
                "bad-colour",
                section.line_of("colour"),
                f"{section.what}: '{category.colour}' is no colour; expected '#rrggbb' like '#0072b2'",
            )
        elif category.colour is None and "colour" in section:
            self.walk.report(
                "bad-colour",
                section.line_of("colour"),
                f"{section.what}: no colour is given",
                "A colour needs quotes, as # begins a comment: colour: '#0072b2'",
            )
        if category.group is not None and category.group not in self.groups:
            close = nearest(category.group, self.groups)
            self.walk.report(
                "unknown-group",
                section.line_of("group"),
                f"{section.what}: the group '{category.group}' is not defined in this system",
                f"Did you mean '{close}'?" if close else "Add it under 'groups'.",
            )
        if category.key is not None:
            self._shortcut(category.key, category.id, section)

    def _shortcut(self, key: str, category_id: str, section: Section) -> None:
        if not is_key(key):
            self.walk.report(
                "bad-key",
                section.line_of("key"),
                f"{section.what}: '{key}' is no shortcut key; expected one letter A-Z or digit 0-9",
            )
        elif key.upper() in self.keys:
            other, line = self.keys[key.upper()]
            self.walk.report(
                "duplicate-shortcut",
                section.line_of("key"),
                f"{section.what}: the shortcut key '{key}' is already that of category '{other}' (line {line})",
                "Choose another letter or digit.",
            )
        else:
            self.keys[key.upper()] = (category_id, section.line_of("key"))
