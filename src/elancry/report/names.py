"""What things are called and which colour they have: ids of the results -> labels of the codebook."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from elancry.codebook.model import Codebook
from elancry.report.words import Words
from elancry.texts import Text, Texts

# Paul Tol's "muted" scheme: nine hues that stay apart in the three common kinds of colour blindness.
PALETTE = ("#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255", "#AA4499")
NEUTRAL = "#BBBBBB"
# What no XML can hold: control characters and lone surrogates.
_UNPRINTABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
SPECIAL = ("none", "no_match", "uncoded")
NO_FINDING = re.compile(r"\(Intercept\)|covariate:.*", re.DOTALL)
"""Terms of a regression that are held constant: neither the intercept nor a covariate is a finding."""


class Names:
    """Labels and colours in one language. Ids that the codebook does not know stand for themselves."""

    def __init__(self, codebook: Codebook, words: Words) -> None:
        self.codebook = codebook
        self.words = words

    def system(self, system_id: str) -> str:
        """The system's label."""
        system = self.codebook.system(system_id)
        return printable(system.label(self.words.language) if system is not None else system_id)

    def tier(self, system_id: str, tier: str) -> str:
        """The system's label, with the category's where each category has a tier of its own."""
        label, system = self.system(system_id), self.codebook.system(system_id)
        if system is None or tier in ("", system.tier_name):
            return label
        own = next((category for category in system.categories if system.category_tier_name(category.id) == tier), None)
        return f"{label}: {self.category(system_id, own.id)}" if own is not None else label

    def category(self, system_id: str, category_id: str) -> str:
        """The category's label; `none` and `no_match` in words unless the codebook has categories of these ids."""
        system = self.codebook.system(system_id)
        found = system.category(category_id) if system is not None else None
        if found is not None:
            return printable(found.label(self.words.language))
        if system is not None and (group := next((g for g in system.groups if g.id == category_id), None)):
            return group.labels.get(self.words.language) or next(iter(group.labels.values()), group.id)
        if category_id in SPECIAL:
            return self.words(f"category.{category_id}")
        return self.words("intercept") if category_id == "(Intercept)" else category_id

    def in_text(self, said: str | Text | Texts) -> str | Text | Texts:
        """A sentence of the tables with the labels of the system and the reference category that it names by id."""
        if isinstance(said, Texts):
            return Texts(tuple(self._labelled(part) for part in said.parts))
        return self._labelled(said) if isinstance(said, Text) else said

    def _labelled(self, said: Text) -> Text:
        fields = dict(said.fields)
        system = fields.get("system")
        if not isinstance(system, str):
            return said
        if "reference" in fields:
            fields["reference"] = self.category(system, str(fields["reference"]))
        return Text(said.code, {**fields, "system": self.system(system)})

    def order(self, system_id: str, categories: Iterable[str]) -> list[str]:
        """`categories` in codebook order, unknown ones after by name, `none` and `no_match` last."""
        system = self.codebook.system(system_id)
        known = [category.id for category in system.categories] if system is not None else []
        place = {category: index for index, category in enumerate(known)}
        last = {"none": len(known) + 1, "no_match": len(known) + 2, "uncoded": len(known) + 1}
        return sorted(set(categories), key=lambda item: (place.get(item, last.get(item, len(known))), item))

    def colour(self, system_id: str, category_id: str) -> str:
        """`#RRGGBB`: the codebook's colour where it gives one, else the palette's."""
        return self._colours.get((system_id, category_id), NEUTRAL)

    @cached_property
    def _colours(self) -> dict[tuple[str, str], str]:
        colours = {}
        for system in self.codebook.systems:
            for index, category in enumerate(system.categories):
                given = category.colour or ""
                colours[system.id, category.id] = (
                    given.upper() if _HEX.fullmatch(given) else PALETTE[index % len(PALETTE)]
                )
        return colours


def printable(text: str) -> str:
    """`text` with characters that no XML can hold replaced by U+FFFD."""
    return _UNPRINTABLE.sub("\ufffd", text)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on `colour` (WCAG relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#FFFFFF"
