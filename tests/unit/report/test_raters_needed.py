"""How many raters are enough, as the page says it: sentences by hand from made components."""

from __future__ import annotations

from sample_results import drawn, sample_results

from elancry.report.blocks import Fold, Text
from elancry.report.names import Names
from elancry.report.sections.raters_needed import raters_needed
from elancry.report.view import View
from elancry.report.words import Words


def said(language: str, system: str = "crying_form") -> list[str]:
    results = sample_results()
    words = Words(language)
    (fold,) = raters_needed(system, "rating", View(results, Names(results.codebook, words), words))
    assert isinstance(fold, Fold)
    return [block.text.replace("\u00a0", " ") for block in fold.blocks if isinstance(block, Text)]


def test_what_three_raters_reach_and_how_many_it_would_take() -> None:
    """Residual .4, .9 and 1.4, raters .1, true 1: with three raters 1 / (1 + (.1 + e) / 3) = .86, .75, .67.

    The highest error 1.5 needs 3 x 1.5 = 4.5 raters for .75 and 9 x 1.5 = 13.5 for .90. The intervals are those of the
    sample: .8 times the coefficient, and the coefficient to the power of .8. In the last category nothing is true.
    """
    _, reached, needed, without, _ = said("en")
    assert reached == (
        "For the mean of 3 raters, the absolute generalisability coefficient of the ratings of “Form of crying” ranges "
        "from .00, 95 % CI [.00, .00] (“Unclear”) to .86, 95 % CI [.69, .88] (“Protest”)."
    )
    assert needed == ("To reach .75 in every category in which sequences differ would take 5 raters; to reach .90, 14.")
    assert without.startswith("No number of raters would do for “Unclear”")


def test_in_german() -> None:
    _, reached, needed, _, _ = said("de")
    assert reached.startswith("Für den Mittelwert von 3 Ratern liegt der absolute Generalisierbarkeitskoeffizient")
    assert needed.startswith("Um .75 in jeder Kategorie zu erreichen, in der sich die Sequenzen unterscheiden")


def test_without_rows_there_is_nothing() -> None:
    results = sample_results()
    words = Words("en")
    view = View(results, Names(results.codebook, words), words)
    assert raters_needed("nobody", "rating", view) == []


def test_the_figure_has_a_panel_a_category() -> None:
    figure = drawn(sample_results())["raters-needed-intervention-rating"].figure
    assert len(figure.axes) == 9
