"""Results in, files out: report.html, methods.md and .bib, tables.docx and the figures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from elancry.choices import Language
from elancry.files import write_bytes
from elancry.report.blocks import Picture
from elancry.report.content import build_report, strips_of
from elancry.report.html import render_html
from elancry.report.markdown import render_methods
from elancry.report.methods_text import methods_text
from elancry.report.names import Names
from elancry.report.references import bibtex_file
from elancry.report.view import View, slug
from elancry.report.words import Words
from elancry.study.results import Results


def report_files(
    results: Results,
    *,
    language: str = Language.ENGLISH,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, bytes]:
    """`report.html`, `methods.md` and `.bib`, `tables.docx`, `figures/*` (SVG, PDF, PNG of 300 dpi) by relative name.

    The timelines are drawn by `jobs` processes; `progress` gets (timelines drawn, timelines in all).

    The same results give the same bytes; `provenance.created` is the only thing in them that a clock decides.
    Raises UsageError for a language that there is no catalogue for.
    """
    from elancry.report.docx import render_docx
    from elancry.report.figures.draw import draw
    from elancry.report.figures.style import pdf_bytes, png_bytes, style, svg_bytes
    from elancry.report.figures.timeline import timeline_svg
    from elancry.report.figures.timeline_print import all_prints

    words = Words(language)
    view = View(results, Names(results.codebook, words), words)
    files: dict[str, bytes] = {}
    pictures: dict[str, Picture] = {}
    with style():
        for drawing in draw(view):
            svg = svg_bytes(drawing.figure)
            pictures[drawing.name] = Picture(drawing.name, drawing.caption, drawing.alt, svg)
            files[f"figures/{drawing.name}.svg"] = svg
            files[f"figures/{drawing.name}.pdf"] = pdf_bytes(drawing.figure)
            files[f"figures/{drawing.name}.png"] = png_bytes(drawing.figure)
    report = build_report(results, pictures, language=language)
    taken: set[str] = set()
    strips = strips_of(report)
    prints = zip(strips, all_prints(strips, language, jobs=jobs), strict=True)
    for number, (strip, (pdf, png)) in enumerate(prints, start=1):
        name = free_name(f"timeline-{slug(strip.session, strip.sequence)}", taken)
        files[f"figures/{name}.svg"] = timeline_svg(strip, words).encode("utf-8")
        files[f"figures/{name}.pdf"] = pdf
        files[f"figures/{name}.png"] = png
        if progress is not None:
            progress(number, len(strips))
    files["report.html"] = render_html(report).encode("utf-8")
    told = methods_text(view)
    files["methods.md"] = render_methods(report, told).encode("utf-8")
    files["methods.bib"] = bibtex_file(told.works.values()).encode("utf-8")
    word = render_docx(report, created=results.provenance.created)
    if word is not None:
        files["tables.docx"] = word
    return files


def write_report(results: Results, out_dir: Path, *, language: str = Language.ENGLISH) -> list[Path]:
    """Write `report_files` into `out_dir`, whatever stands there; returns their paths.

    Raises OutputRefused where a file cannot be written. The commands go through `elancry.outputs` instead.
    """
    paths = []
    for name, data in report_files(results, language=language).items():
        path = out_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, data)
        paths.append(path)
    return paths


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or `name-2` and so on where it is taken; letter case does not tell files apart on every system."""
    candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
    found = next(candidate for candidate in candidates if candidate.casefold() not in taken)
    taken.add(found.casefold())
    return found
