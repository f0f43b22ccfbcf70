"""Who coded how much: what the report says is true for each system, and names the raters where they are not all.

Three sequences of two sessions; r is rated, t coded in time (`.` nothing known):

    sequence   R1   R2   R3
    s1 / 1     t r  t r  .        R3's tier is empty: missing throughout
    s1 / 2     . r  t r  .        R1 left the tier of that file empty
    s2 / 1     t r  . .  .        R2 did not get the session
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from sample_results import codebook

from elancry.align.ratings import RatingMatrix
from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.findings import Finding, Severity
from elancry.report import sentences
from elancry.report.content import build_report
from elancry.report.names import Names
from elancry.report.sections.overview import study, summary
from elancry.report.view import View
from elancry.report.words import Words
from elancry.study.coverage import coverage_of
from elancry.study.results import Coverage
from elancry.texts import Texts, text

RATERS = ("R1", "R2", "R3")
UNITS = (("s1", "1"), ("s1", "2"), ("s2", "1"))
TIMED = ((1, 1, 0), (0, 1, 0), (1, 0, 0))
RATED = ((1, 1, 0), (1, 1, 0), (1, 0, 0))


def line(unit, coded):
    # Two segments: a rater who coded has "none" and then a category; an unknown stretch alone is no coding.
    codes = np.array([[NONE if c else MISSING for c in coded], [0 if c else MISSING for c in coded]], dtype=np.int16)
    edges = np.array([0, 10, 20])
    return Timeline(*unit, "crying_form", "crying_form", RATERS, ("protest",), edges[:-1], edges[1:], codes)


@pytest.fixture(scope="module")
def coverage():
    values = np.where(np.array(RATED, dtype=bool), 2.0, np.nan)
    sessions, sequences = zip(*UNITS, strict=True)
    matrix = RatingMatrix("crying_form", "protest", "crying_form.protest.rating", sessions, sequences, RATERS, values)
    lines = [line(unit, coded) for unit, coded in zip(UNITS, TIMED, strict=True)]
    return coverage_of(codebook(), lines, [matrix], RATERS)


def test_each_system_and_way_of_coding_is_counted_for_itself(coverage):
    assert coverage == (
        Coverage("crying_form", "interval", {"R1": 2, "R2": 2}, n_coded=3, n_double=1, n_complete=1),
        Coverage("crying_form", "rating", {"R1": 3, "R2": 2}, n_coded=3, n_double=2, n_complete=2),
    )


@pytest.fixture(scope="module")
def view(sample, coverage):
    words = Words("en")
    design = dataclasses.replace(sample.design, coverage=coverage, sequences=sample.design.sequences[:3])
    return View(dataclasses.replace(sample, design=design), Names(sample.codebook, words), words)


def test_the_sentence_counts_and_names_those_who_did_not(view, coverage):
    assert sentences.coverage(coverage[0], view) == (
        "“Form of crying”, intervals: coded in 3 of 3 sequences, in 1 of them by two or more raters, in 1 by all who "
        "coded it (R1 2, R2 2). R3 did not code it."
    )
    alone = Coverage("crying_form", "interval", {"R2": 2}, n_coded=2, n_double=0, n_complete=2)
    assert "coded in 2 of 3 sequences, by R2 alone; agreement cannot be computed" in sentences.coverage(alone, view)
    full = Coverage("crying_form", "rating", dict.fromkeys(RATERS, 3), 3, 3, 3)
    assert sentences.coverage(full, view) == "“Form of crying”, ratings: coded in all 3 sequences by R1, R2 and R3."


def test_the_card_spans_from_the_least_to_the_most_coded_and_nobody_is_said(view):
    cards = {what: number for number, what in summary(view).blocks[0].items}
    assert cards["of the sequences coded by two or more raters, depending on what was coded"].replace("\xa0", " ") == (
        "33 % to 67 %"
    )
    assert "100" not in repr(cards)
    assert "No rater coded “Therapeutic intervention”." in repr(study(view).blocks)


def test_means_over_fewer_raters_are_said_with_their_count(view):
    assert sentences.fewer_raters("crying_form", "rating", "regression.fewer", view) == (
        "Scores of “Form of crying” are means across the raters who coded a sequence: in 1 of 3 sequences these were "
        "fewer than 2 raters, so these scores are less reliable than the others."
    )
    assert sentences.fewer_raters("intervention", "rating", "regression.fewer", view) == ""


def test_raters_are_named_beside_a_coefficient_where_they_are_not_all(view):
    assert view.only("R1|R2|R3") == ""
    assert view.only("R1|R2") == "R1, R2"
    table = view.results.tables["agreement"].assign(raters="R1|R2")
    fewer = dataclasses.replace(view.results, tables={"agreement": table})
    text = repr(build_report(fewer).sections)
    assert text.count("(only raters R1, R2)") >= 4
    assert text.count("Only raters R1, R2.") >= 4


def test_whole_sessions_are_not_called_sequences(sample):
    words = Words("en")
    design = dataclasses.replace(sample.design, whole_sessions=True, sequences=sample.design.sequences[:3])
    view = View(dataclasses.replace(sample, design=design), Names(sample.codebook, words), words)
    first = study(view).blocks[0].text
    assert first.startswith("3 sessions as wholes, in 96 files by")
    assert "The files contain no sequences" in first
    row = {"n_units": 3, "n_sessions": 3, "measure": "time_percent", "compared_ms": None, "raters": "R1|R2"}
    assert sentences.basis(row, view) == "3 sessions as wholes; raters R1, R2"


def test_of_given_units_the_summary_says_how_far_the_labels_agree(sample):
    """Over time the raters agree between the units by construction: `moderate` there would mislead (decision 21)."""
    rows = sample.tables["agreement"]
    timed = rows[(rows["system"] == "crying_form") & (rows["coding"] == "interval") & (rows["scope"] == "overall")]
    label = timed.iloc[[0]].assign(measure="label_fleiss_kappa", variant="", estimate=-0.1, ci_low=-0.18, ci_high=-0.01)
    results = dataclasses.replace(sample, tables={"agreement": pd.concat([rows, label], ignore_index=True)})
    words = Words("en")
    said = repr(summary(View(results, Names(sample.codebook, words), words)).blocks)
    assert "the labels of “Form of crying” for the given units" in said
    assert "the interval coding of “Form of crying”" not in said
    assert "the interval coding of “Therapeutic intervention”" in said


def test_systems_and_references_in_sentences_of_tables_get_their_labels(sample):
    names = Names(sample.codebook, Words("en"))
    reference = text("association.reference", system="crying_form", reference="despair")
    said = names.in_text(Texts((reference, text("association.one-system"))))
    assert said.into("en").startswith("Form of crying reference: Despair; ")
    assert names.in_text("as it is") == "as it is"


def test_errors_in_the_files_are_said_at_the_top(sample):
    words = Words("en")
    clean = dataclasses.replace(sample, findings=())
    bad = dataclasses.replace(sample, findings=(Finding("value-unknown", Severity.ERROR, "what"),))
    said = {
        name: repr(summary(View(results, Names(sample.codebook, words), words)).blocks)
        for name, results in (("clean", clean), ("bad", bad))
    }
    assert "The check of the files found 1 error." in said["bad"]
    assert "may make them wrong" not in said["clean"]
