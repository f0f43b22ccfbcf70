"""All figures of a report."""

from __future__ import annotations

from elancry.report.figures.coefficients import coefficient_figures
from elancry.report.figures.grids import confusion_figures, cooccurrence_figures
from elancry.report.figures.intervals import agreement_figures
from elancry.report.figures.points import point_figures
from elancry.report.figures.sessions import session_figures
from elancry.report.figures.style import Drawing
from elancry.report.view import View

_FAMILIES = (
    agreement_figures,
    session_figures,
    confusion_figures,
    cooccurrence_figures,
    coefficient_figures,
    point_figures,
)


def draw(view: View) -> list[Drawing]:
    """Every figure that the results have rows for; to be called inside `style()`."""
    return [drawing for family in _FAMILIES for drawing in family(view)]
