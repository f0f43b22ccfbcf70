"""Results in, files out: report.html and the figures."""

from __future__ import annotations

from pathlib import Path

from elancry.files import write_bytes, write_text
from elancry.report.blocks import Picture
from elancry.report.content import build_report
from elancry.report.html import render_html
from elancry.report.names import Names
from elancry.report.view import View
from elancry.report.words import Words
from elancry.study.results import Results


def write_report(results: Results, out_dir: Path, *, language: str = "en") -> list[Path]:
    """Write `report.html` and `figures/*.svg`, `*.png` (300 dpi) into `out_dir`; returns the paths written.

    The same results give the same bytes; `provenance.created` is the only thing in them that a clock decides.
    Raises UsageError for a language that there is no catalogue for, OutputRefused where a file cannot be written.
    """
    from elancry.report.figures.draw import draw
    from elancry.report.figures.style import png_bytes, style, svg_bytes

    words = Words(language)
    view = View(results, Names(results.codebook, words), words)
    folder = out_dir / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    pictures: dict[str, Picture] = {}
    with style():
        for drawing in draw(view):
            svg = svg_bytes(drawing.figure)
            pictures[drawing.name] = Picture(drawing.name, drawing.caption, drawing.alt, svg)
            for suffix, data in ((".svg", svg), (".png", png_bytes(drawing.figure))):
                path = folder / f"{drawing.name}{suffix}"
                write_bytes(path, data)
                written.append(path)
    page = out_dir / "report.html"
    write_text(page, render_html(build_report(results, pictures, language=language)))
    return [page, *written]
