"""Results in, files out: report.html, methods.md, tables.docx and the figures."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from elancry.files import write_bytes, write_text
from elancry.report.blocks import Picture
from elancry.report.content import build_report, strips_of
from elancry.report.html import render_html
from elancry.report.markdown import render_methods
from elancry.report.names import Names
from elancry.report.view import View, slug
from elancry.report.words import Words
from elancry.study.results import Results


def write_report(results: Results, out_dir: Path, *, language: str = "en") -> list[Path]:
    """Write `report.html`, `methods.md`, `tables.docx` and `figures/*` (SVG, PDF, PNG of 300 dpi); returns their paths.

    The same results give the same bytes; `provenance.created` is the only thing in them that a clock decides.
    Raises UsageError for a language that there is no catalogue for, OutputRefused where a file cannot be written.
    """
    from elancry.report.docx import render_docx
    from elancry.report.figures.draw import draw
    from elancry.report.figures.style import pdf_bytes, png_bytes, style, svg_bytes
    from elancry.report.figures.timeline import timeline_svg

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
            for suffix, data in (
                (".svg", svg),
                (".pdf", pdf_bytes(drawing.figure)),
                (".png", png_bytes(drawing.figure)),
            ):
                path = folder / f"{drawing.name}{suffix}"
                write_bytes(path, data)
                written.append(path)
    report = build_report(results, pictures, language=language)
    taken: set[str] = set()
    for strip in strips_of(report):
        path = folder / f"{free_name(f'timeline-{slug(strip.session, strip.sequence)}', taken)}.svg"
        write_text(path, timeline_svg(strip, words))
        written.append(path)
    page, methods = out_dir / "report.html", out_dir / "methods.md"
    write_text(page, render_html(report))
    write_text(methods, render_methods(report))
    word = render_docx(report, created=results.provenance.created)
    if word is not None:
        write_bytes(out_dir / "tables.docx", word)
        written.append(out_dir / "tables.docx")
    return [page, methods, *written]


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or `name-2` and so on where it is taken; letter case does not tell files apart on every system."""
    candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
    found = next(candidate for candidate in candidates if candidate.casefold() not in taken)
    taken.add(found.casefold())
    return found
