"""Results in, files out: report.html, methods.md and .bib, tables.docx and the figures."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from elancry.choices import Language
from elancry.report.blocks import Report
from elancry.report.content import build_report, strips_of
from elancry.report.figures.album import Album
from elancry.report.html import render_html
from elancry.report.markdown import render_methods
from elancry.report.methods_text import methods_text
from elancry.report.names import Names
from elancry.report.references import bibtex_file
from elancry.report.timeline import on_paper
from elancry.report.view import View, slug
from elancry.report.words import Words
from elancry.study.results import Results

Progress = Callable[[int, int], None]
"""Gets (timelines drawn, timelines in all)."""


def report_files(results: Results, *, jobs: int = 1, progress: Progress | None = None) -> dict[str, bytes]:
    """`report.html`, `methods.md` and `.bib`, `tables.docx` and `figures/*.svg` by relative name.

    The settings `language` and `print_figures` of the results say how: for print every figure is also drawn as PDF and
    as PNG of 300 dpi, the timelines by `jobs` processes and with `progress`. The same results give the same bytes;
    `provenance.created` is the only thing in them that a clock decides.
    Raises UsageError for a language that there is no catalogue for.
    """
    from elancry.report.docx import render_docx

    report, figures = _drawn(results, jobs, progress)
    words = Words(report.language)
    methods = methods_text(View(results, Names(results.codebook, words), words))
    files = {
        **{f"figures/{name}": data for name, data in figures.items()},
        "report.html": render_html(report).encode("utf-8"),
        "methods.md": render_methods(report, methods).encode("utf-8"),
        "methods.bib": bibtex_file(methods.works.values()).encode("utf-8"),
    }
    word = render_docx(report, created=results.provenance.created)
    return files if word is None else {**files, "tables.docx": word}


def figure_files(results: Results, *, jobs: int = 1, progress: Progress | None = None) -> dict[str, bytes]:
    """Every figure of the report by file name, as in `report_files`."""
    return _drawn(results, jobs, progress)[1]


def _drawn(results: Results, jobs: int, progress: Progress | None) -> tuple[Report, dict[str, bytes]]:
    """The report, and the figures that its sections asked for, each drawn once; then the timelines."""
    language = results.provenance.setting("language", Language.ENGLISH.value)
    album = Album(for_print=results.provenance.setting("print_figures", False))
    report = build_report(results, language=language, album=album)
    strips, taken = strips_of(report), set[str]()
    names = [free_name(f"timeline-{slug(strip.session, strip.sequence)}", taken) for strip in strips]
    words = Words(language)
    drawings = [on_paper(strip, words) for strip in strips]
    files = {**album.files, **{f"{name}.svg": svg.encode() for name, svg in zip(names, drawings, strict=True)}}
    if album.for_print:
        from elancry.report.figures.svg_print import all_prints

        for number, (name, made) in enumerate(zip(names, all_prints(drawings, jobs=jobs), strict=True), start=1):
            files[f"{name}.pdf"], files[f"{name}.png"] = made
            if progress is not None:
                progress(number, len(strips))
    return report, files


def free_name(name: str, taken: set[str]) -> str:
    """`name`, or `name-2` and so on where it is taken; letter case does not tell files apart on every system."""
    candidates = (name if number == 1 else f"{name}-{number}" for number in count(1))
    found = next(candidate for candidate in candidates if candidate.casefold() not in taken)
    taken.add(found.casefold())
    return found
