"""What a report is made of: plain data that HTML and Word are two views of.

Texts are plain text, never markup: the view escapes them. A text with `tone` is a box that stands out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["plain", "headline", "note", "warning", "error", "small"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `title` is set bold before it."""

    text: str
    tone: Tone = "plain"
    title: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short texts, each with an optional bold lead; a list with a `title` is set in a box that stands out."""

    items: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column head. A `statistic` begins with a symbol of Latin letters, which APA sets in italics: `p Holm`."""

    text: str
    numeric: bool = False
    statistic: bool = False
    meaning: str = ""

    @property
    def symbol(self) -> str:
        """What is set in italics; empty for a head in words."""
        return self.text.partition(" ")[0] if self.statistic else ""

    @property
    def words(self) -> str:
        """What follows the symbol, upright, with its blank."""
        return self.text[len(self.symbol) :]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: rows of texts under heads, the first `row_heads` columns naming the row.

    `strong` holds the indices of rows to stand out, `groups` row index -> heading that stands before that row.
    """

    id: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    row_heads: int = 1
    strong: frozenset[int] = frozenset()
    groups: dict[int, str] = field(default_factory=dict)
    word: bool = False
    """Whether the table also goes to tables.docx."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG, with the name of its files in `figures/`; `alt` says in words what can be seen."""

    name: str
    caption: str
    alt: str
    svg: bytes


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks that are closed at first."""

    summary: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section; `level` 3 or 4."""

    text: str
    level: int = 3


@dataclass(frozen=True, slots=True)
class Cards:
    """A few big numbers: (number, what it counts)."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Swatches:
    """The categories of a system in their colours: (colour, label)."""

    label: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """One bar of a timeline row. `kind` is a category, `missing`, or a disagreement."""

    start_ms: int
    end_ms: int
    label: str
    colour: str
    kind: Literal["category", "missing", "disagreement"]
    category: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """One row of a timeline: a rater's coding of a system, or the disagreements (`rater` empty)."""

    system: str
    system_label: str
    rater: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """All rows of one sequence on one time axis; `disagreed_ms` is the summed length of the marks."""

    id: str
    session: str
    sequence: str
    start_ms: int
    end_ms: int
    lanes: tuple[Lane, ...]
    disagreed_ms: int
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class Timelines:
    """Every sequence's strip, with the legend and the choices of the filters."""

    strips: tuple[Strip, ...]
    legend: tuple[Swatches, ...]
    raters: tuple[str, ...]
    categories: tuple[tuple[str, str], ...]
    """Value and label of each choice of the category filter."""
    media: tuple[tuple[str, str, int], ...] = ()
    """Session, `media_key` of a recording's name, and the ms of it at which time 0 of the coding lies."""


Block = Text | Bullets | Table | Picture | Fold | Heading | Cards | Swatches | Timelines


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its heading and an anchor that links can point to."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    title: str
    subtitle: str
    language: str
    sections: tuple[Section, ...]
