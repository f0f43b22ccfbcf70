"""Sentences say what the row says and never more."""

from __future__ import annotations

import pytest

from elancry.report import sentences
from elancry.report.names import Names
from elancry.report.sections.regression import _limits, _undecided
from elancry.report.view import View
from elancry.report.words import Words
from elancry.texts import Texts, text

PRAISE = ("substantial", "almost perfect", "good", "excellent", "moderate")


@pytest.fixture(scope="module")
def view(sample):
    words = Words("en")
    return View(sample, Names(sample.codebook, words), words)


def row(**cells):
    return {
        "measure": "time_krippendorff_alpha",
        "estimate": 0.738,
        "ci_low": 0.661,
        "ci_high": 0.802,
        "level": "substantial",
        "undefined_reason": "",
        **cells,
    }


def said(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_the_sentence_of_the_issue(view):
    assert said(sentences.agreement(row(), "the form of crying", view)) == (
        "Agreement on the form of crying is substantial: α = .74, 95 % CI [.66, .80]."
    )


@pytest.mark.parametrize("level", sentences.LEVELS)
def test_the_word_is_the_level_of_the_table_and_no_other(view, level):
    text = sentences.agreement(row(level=level), "it", view)
    assert [word for word in PRAISE if word in text] == [level] * (level in PRAISE)


def test_without_an_interval_no_word_is_given_whatever_the_level_says(view):
    text = sentences.agreement(row(ci_low=None, ci_high=None, level="almost perfect"), "it", view)
    assert not any(word in text for word in PRAISE)
    assert "Without an interval" in text


def test_an_interval_that_reaches_chance_is_called_chance(view):
    text = sentences.agreement(row(ci_low=-0.01, level="substantial"), "it", view)
    assert "is not distinguishable from chance" in text
    assert not any(word in text for word in PRAISE)


def test_an_unknown_level_gives_the_numbers_alone(view):
    text = sentences.agreement(row(level="superb"), "it", view)
    assert said(text) == "Agreement on it: α = .74, 95 % CI [.66, .80]."


def test_an_undefined_coefficient_gives_its_reason(view):
    text = sentences.agreement(row(estimate=None, undefined_reason="one rater"), "it", view)
    assert "undefined" in text
    assert "one rater" in text


def pair(**cells):
    return {
        "system_a": "crying_form", "category_a": "despair", "system_b": "intervention", "category_b": "pause",
        "ratio": 2.0, "ratio_low": None, "ratio_high": None, "p_permutation": 0.2, "p_holm": 1.0, **cells,
    }  # fmt: skip


def test_nothing_found_is_not_said_to_be_nothing_there(view):
    text = sentences.cooccurrence([pair(), pair(p_permutation=0.04, p_holm=0.08)], view)
    assert text.startswith("None of the 2 pairs")
    assert "co-occurs more or less than expected" in text
    assert "; 1 did without the correction" in text
    assert "does not show that there is nothing" in text


def test_a_pair_below_five_percent_after_holm_is_named_with_its_direction(view):
    rows = [
        pair(p_permutation=0.0001, p_holm=0.0002),
        pair(category_a="protest", ratio=0.4, ratio_low=0.2, ratio_high=0.8, p_permutation=0.01, p_holm=0.049),
    ]
    text = said(sentences.cooccurrence(rows, view))
    assert "2 co-occur more or less than expected" in text
    assert "“Despair” with “Pause” more often (ratio 2.00, Holm p < .001)" in text
    assert "“Protest” with “Pause” less often (ratio 0.40, 95 % CI [0.20, 0.80], Holm p = .049)" in text


def test_p_of_exactly_five_percent_is_not_below(view):
    assert sentences.cooccurrence([pair(p_holm=0.05)], view).startswith("None")


def test_pairs_that_could_not_be_tested_do_not_count_as_tested(view):
    assert "None of the 1 pairs" in sentences.cooccurrence([pair(), pair(p_permutation=None, p_holm=None)], view)
    assert "could be tested" in sentences.cooccurrence([pair(p_permutation=None, p_holm=None)], view)


def test_more_findings_than_a_sentence_holds_are_counted(view):
    rows = [pair(p_permutation=0.0001, p_holm=0.001 * n) for n in range(1, 9)]
    text = sentences.cooccurrence(rows, view)
    assert text.count("more often") == 5
    assert "and 3 more" in text


# The second has a semicolon of its own, which does not part it.
FEW, FAR = text("model.few-sequences", ratio=4.2), text("model.few-df", terms=("pause; long",), levels="sessions")


def test_what_limits_several_models_is_said_once(view):
    models = [
        {"outcome_system": "crying_form", "outcome": outcome, "warnings": Texts(warnings) if warnings else ""}
        for outcome, warnings in (("protest", (FEW, FAR)), ("despair", (FEW,)), ("unclear", (FEW, FAR)))
    ]
    assert _limits(models, view) == (("All models:", FEW.into("en")), ("Protest, Unclear:", FAR.into("en")))
    assert _limits([{**models[0], "warnings": ""}], view) == ()


def test_where_cr2_and_the_wild_bootstrap_fall_on_different_sides_it_is_said(view):
    def slope(term, p, wild):
        return {
            "predictor_system": "intervention", "term": term, "outcome_system": "crying_form", "outcome": "despair",
            "p": p, "p_wild": wild,
        }  # fmt: skip

    rows = [slope("pause", 0.049, 0.061), slope("support", 0.01, 0.02), slope("trigger", 0.04, None)]
    ((lead, text),) = _undecided(rows, view)
    assert lead == ""
    assert said(text) == "“Pause” on “Despair”: CR2 p = .049, wild bootstrap p = .061"
