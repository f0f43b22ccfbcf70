"""The report as plain data: its sections in order, made from results. Shows, computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elancry.choices import Language
from elancry.report.blocks import Report, Strip, Timelines
from elancry.report.names import Names
from elancry.report.sections.agreement import agreement
from elancry.report.sections.association import cooccurrence, sequential
from elancry.report.sections.closing import methods, provenance
from elancry.report.sections.confusion import confusion
from elancry.report.sections.descriptives import descriptives
from elancry.report.sections.flow import flow
from elancry.report.sections.further import attenuation, wholes
from elancry.report.sections.overview import study, summary
from elancry.report.sections.regression import regression
from elancry.report.sections.timelines import timelines
from elancry.report.sections.trust import trust
from elancry.report.view import View
from elancry.report.words import Words
from elancry.study.results import Results

if TYPE_CHECKING:
    from elancry.report.figures.album import Album

_SECTIONS = (
    summary, study, flow, trust, agreement, confusion, descriptives, cooccurrence, sequential, regression, wholes,
    attenuation, timelines, methods, provenance,
)  # fmt: skip


def build_report(results: Results, *, language: str = Language.ENGLISH, album: Album | None = None) -> Report:
    """All sections that have something to say; what was omitted says why in its own place.

    Figures are drawn into `album`; without one there are none.
    """
    words = Words(language)
    view = View(results, Names(results.codebook, words), words, album)
    sections = tuple(section for write in _SECTIONS if (section := write(view)) is not None and section.blocks)
    return Report(
        title=results.codebook.title_in(language) or results.codebook.id,
        subtitle=words("report.subtitle"),
        language=language,
        sections=sections,
    )


def strips_of(report: Report) -> tuple[Strip, ...]:
    """The timelines of all sequences in the report."""
    blocks = (block for section in report.sections for block in section.blocks)
    return tuple(strip for block in blocks if isinstance(block, Timelines) for strip in block.strips)
