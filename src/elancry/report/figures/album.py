"""The figures of a report: each drawn where its section asks for it, once, and kept as the bytes that are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from elancry.report.blocks import Picture
from elancry.report.figures.style import Drawing, pdf_bytes, png_bytes, style, svg_bytes

Artist = Callable[..., Drawing | None]
"""Draws one figure from rows and the view; `None` where there is nothing to draw."""


class Album:
    """Takes in what sections draw. `files` holds it by name: SVG, with `for_print` PDF and PNG of 300 dpi as well."""

    def __init__(self, *, for_print: bool = False) -> None:
        self.for_print = for_print
        self.files: dict[str, bytes] = {}

    def draw(self, artist: Artist, *given: Any) -> tuple[Picture, ...]:
        """The figure that `artist(*given)` draws, as the picture of a page; empty where it draws none."""
        with style():
            drawing = artist(*given)
            return () if drawing is None else (self.take(drawing),)

    def take(self, drawing: Drawing) -> Picture:
        """Keep the figure; to be called inside `style()`."""
        svg = self.files[f"{drawing.name}.svg"] = svg_bytes(drawing.figure)
        if self.for_print:
            self.files[f"{drawing.name}.pdf"] = pdf_bytes(drawing.figure)
            self.files[f"{drawing.name}.png"] = png_bytes(drawing.figure)
        return Picture(drawing.name, drawing.caption, drawing.alt, svg)


class LiveAlbum(Album):
    """An album of the figures themselves, in `drawings`; no files are made of them."""

    def __init__(self) -> None:
        super().__init__()
        self.drawings: dict[str, Drawing] = {}

    def take(self, drawing: Drawing) -> Picture:
        """Keep the figure as it was drawn."""
        self.drawings[drawing.name] = drawing
        return Picture(drawing.name, drawing.caption, drawing.alt, b"")
