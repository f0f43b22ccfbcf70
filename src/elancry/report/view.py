"""What every section needs to write itself: the results, their names, the words and the album for figures."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from elancry.report.blocks import Block, Picture, Text
from elancry.report.names import Names
from elancry.report.numbers import ABSENT
from elancry.report.rows import Row, rows_of
from elancry.report.words import Words
from elancry.study.results import Coverage, Results

if TYPE_CHECKING:
    from elancry.report.figures.album import Album, Artist

LONGEST = 140
"""Letters of a file name without its suffix."""
SIGNIFICANT = 0.05
"""Corrected p below which a row is set bold and named in a sentence; stated in the methods."""


@dataclass(frozen=True)
class View:
    """Everything a section reads."""

    results: Results
    names: Names
    words: Words
    album: Album | None = None

    def rows(self, table: str, **wanted: str) -> list[Row]:
        """Rows of a result table, none where the table is not there."""
        return rows_of(self.results.tables.get(table), **wanted)

    def points(self, plot: str, **wanted: str) -> list[Row]:
        """Points of a figure that no table holds, none where there are none."""
        return rows_of(self.results.plots.get(plot), **wanted)

    def draw(self, artist: Artist, *given: Any) -> tuple[Picture, ...]:
        """The figure that `artist` draws from `given` and this view; empty where there is nothing or no album."""
        return () if self.album is None else self.album.draw(artist, *given, self)

    def omitted(self, part: str) -> tuple[Block, ...]:
        """A note that the part is not here and why; empty where nothing was omitted."""
        reason = self.results.omitted.get(part)
        return (
            ()
            if reason is None
            else (Text(self.words("omitted", reason=self.words.said(self.names.in_text(reason))), tone="note"),)
        )

    def quoted(self, label: str) -> str:
        """A label of the codebook as it stands in a sentence."""
        return self.words("quoted", text=label)

    def units(self, n: int) -> str:
        """`46 sequences`, or `3 sessions taken as wholes` where the files hold no sequences."""
        return self.words.count("whole_session" if self.results.design.whole_sessions else "sequence", n)

    def only(self, joined: str) -> str:
        """The raters of `R1|R2` where they are not all raters of the study, else empty."""
        named = dict.fromkeys(joined.split("|"))
        return "" if named.keys() >= set(self.results.design.raters) else ", ".join(named)

    def coverage(self, system: str, coding: str) -> Coverage | None:
        """How much of a system was coded in that way; `None` where nobody did, or where it is not known."""
        listed = self.results.design.coverage
        return next((item for item in listed if (item.system, item.coding) == (system, coding)), None)

    def raters(self, joined: str) -> str:
        """`R1|R2|R3` -> `R1, R2, R3`."""
        return joined.replace("|", ", ")


def significant(p: float | None) -> bool:
    """Whether a corrected p lies below `SIGNIFICANT`; a p that is not there does not."""
    return p is not None and p < SIGNIFICANT


class Reasons:
    """Superscript letters for cells that are empty for a reason, and the notes that explain them."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._letters: dict[str, str] = {}

    def cell(self, text: str, reason: str | None) -> str:
        """`text`, or a dash with the letter of its reason where there is no number."""
        if text != ABSENT or not reason:
            return text
        letter = self._letters.setdefault(reason, _letter(len(self._letters)))
        return f"{ABSENT} ({letter})"

    def notes(self) -> tuple[str, ...]:
        """One note for each reason."""
        return tuple(
            self._words("note.reason", letter=letter, reason=self._words.said(reason))
            for reason, letter in self._letters.items()
        )


def _letter(index: int) -> str:
    return chr(ord("a") + index) if index < 26 else f"{_letter(index // 26 - 1)}{_letter(index % 26)}"


def slug(*parts: str) -> str:
    """A file and anchor name out of ids: ASCII letters, digits, `-` and `_`; anything else becomes its code point.

    No file system takes a name of any length: a long one is cut, and a part of its SHA-256 keeps it apart from others.
    """
    text = "-".join(part for part in parts if part)
    name = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else f"x{ord(c):x}" for c in text)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 11]}-{sha256(name.encode()).hexdigest()[:10]}"


def tier_slug(kind: str, system: str, tier: str) -> str:
    """The `slug` of what belongs to a tier; the tier is named where it is not the system's only one."""
    return slug(kind, system, tier if tier != system else "")
