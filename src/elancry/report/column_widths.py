"""How wide the columns of a Word table must be, and whether the page must lie on its side for them.

Word and LibreOffice lay out a table of equal columns unless they are told otherwise: numbers with half a page of white
beside them, labels broken after every word. Widths are reckoned from the letters of Times New Roman, near enough for
a layout; a number is never broken, a label only between words and only where there is no room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from elancry.report.blocks import Table

PORTRAIT, LANDSCAPE = 160.0, 247.0
"""Width of the text in mm: A4 with margins of 25 mm."""
PADDING = 2.8
"""White in a cell, left and right together, in mm."""
_NARROWEST_LABEL = 38.0
"""Width in mm below which a column of labels is not pressed as long as the page can be turned instead."""
_NARROW, _WIDE = frozenset("ijltfrI.,:;|!'’()[]/ \u00a0\u202f"), frozenset("mwMWQOGDHNUß%—∞@")
_MM_PER_POINT = 0.3528


@dataclass(frozen=True, slots=True)
class Layout:
    """Widths of the columns in mm, the size of the letters in points, and whether the page lies on its side."""

    widths: tuple[float, ...]
    size: float
    landscape: bool


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width in mm of `text` on one line."""
    ems = sum(0.33 if c in _NARROW else 0.83 if c in _WIDE else 0.68 if c.isupper() else 0.5 for c in text)
    return ems * size * _MM_PER_POINT * (1.1 if bold else 1.0)


def column_layout(table: Table) -> Layout:
    """The first of these that holds every number unbroken: upright, on its side, and only then in small letters."""
    choices = ((10, False), (9, False), (10, True), (9, True), (8, True))
    layouts = [Layout(_wanted(table, size), size, landscape) for size, landscape in choices]
    for layout in layouts:
        fitted = _fitted(table, layout, _NARROWEST_LABEL)
        if fitted is not None:
            return fitted
    last = layouts[-1]
    # Dozens of columns: labels as narrow as their longest word, then everything pressed alike.
    pressed = _fitted(table, last, 0.0)
    if pressed is not None:
        return pressed
    least = _least(table, last.size, 0.0)
    return Layout(tuple(w * LANDSCAPE / sum(least) for w in least), last.size, True)


def _cells(table: Table, column: int) -> list[str]:
    return [row[column] for row in table.rows]


def _wanted(table: Table, size: float) -> tuple[float, ...]:
    """Every cell on one line; heads may take a few."""
    widths = []
    for column, head in enumerate(table.heads):
        bold = [table.rows[row][column] for row in table.strong]
        longest = max((text_width(cell, size) for cell in _cells(table, column)), default=0.0)
        longest = max([longest, *(text_width(cell, size, bold=True) for cell in bold)])
        # A head of many words takes two or three lines, not one a word.
        widths.append(max(longest, _word(head.text, size), text_width(head.text, size) / 2) + PADDING)
    return tuple(widths)


def _least(table: Table, size: float, floor: float) -> tuple[float, ...]:
    """As `_wanted`, but labels may break between words down to `floor`."""
    wanted = _wanted(table, size)
    words = [
        max((_word(text, size) for text in (head.text, *_cells(table, column))), default=0.0) + PADDING
        for column, head in enumerate(table.heads)
    ]
    return tuple(
        wide if head.numeric else min(wide, max(word, floor))
        for wide, word, head in zip(wanted, words, table.heads, strict=True)
    )


def _fitted(table: Table, layout: Layout, floor: float) -> Layout | None:
    """`layout` with its labels pressed until the page holds it; `None` where they would have to be too narrow."""
    room = LANDSCAPE if layout.landscape else PORTRAIT
    wanted, least = layout.widths, _least(table, layout.size, floor)
    if sum(wanted) <= room:
        return layout
    if sum(least) > room:
        return None
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    widths = tuple(low + share * (high - low) for low, high in zip(least, wanted, strict=True))
    return Layout(widths, layout.size, layout.landscape)


def _word(text: str, size: float) -> float:
    words: Sequence[str] = text.split(" ") or [""]
    return max(text_width(word, size) for word in words)
