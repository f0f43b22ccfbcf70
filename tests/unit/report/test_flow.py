"""The flow of the coding in the report: a figure for each system whose amounts are those of the table."""

from __future__ import annotations

import pytest
from sample_results import sample_results

from elancry.report.content import build_report
from elancry.report.figures.album import Album
from elancry.report.names import Names
from elancry.report.sections.flow import flow
from elancry.report.view import View
from elancry.report.words import Words
from elancry.table.schema import FLOW


def row(
    kind: str, reason: str, n: int, ms: int, *, rater: str = "R1", system: str = "crying_form"
) -> dict[str, object]:
    return {
        "session": "S01", "file": f"S01__{rater}.eaf", "rater": rater, "system": system, "tier": system, "kind": kind,
        "reason": reason, "n_annotations": n, "ms": ms,
    }  # fmt: skip


# R1 coded 3 annotations of 10 s in all, R2 one of 2 s; R2's two ratings are without a partner.
ROWS = [
    row("time", "entered", 2, 6000),
    row("time", "value_unknown", 1, 3000),
    row("time", "outside_sequence", 0, 1000),
    row("event", "entered", 2, 7000),
    row("event", "value_unknown", 1, 3000),
    row("score", "entered", 2, 7000),
    row("score", "value_unknown", 1, 3000),
    row("time", "entered", 1, 2000, rater="R2"),
    row("event", "entered", 1, 2000, rater="R2"),
    row("score", "entered", 1, 2000, rater="R2"),
    row("rating", "one_rater", 2, 4000, rater="R2"),
]


@pytest.fixture
def view():
    def make(rows, language="en", album=None):
        results = sample_results()
        results.tables["flow"] = FLOW.frame(rows)
        words = Words(language)
        return View(results, Names(results.codebook, words), words, album)

    return make


def test_the_figure_says_what_the_table_holds(view):
    album = Album()
    section = flow(view(ROWS, album=album))
    assert section is not None
    assert list(album.files) == ["flow-crying_form.svg"]
    drawn = album.files["flow-crying_form.svg"].decode()
    for said in (
        "4 annotations in 2 raters' files",
        "3 of 4 annotations",
        "8.0\N{NO-BREAK SPACE}s of 12.0\N{NO-BREAK SPACE}s",
        "1 \N{MULTIPLICATION SIGN} value outside the vocabulary",
        "parts of annotations, outside all sequences",
        "0 of 2 ratings",
        "2 \N{MULTIPLICATION SIGN} coded by only one rater",
    ):
        assert said in drawn, said


def test_the_table_has_the_share_of_each_rater_and_the_reasons_their_meaning(view):
    section = flow(view(ROWS))
    assert section is not None
    by_rater, reasons = [block for block in section.blocks if hasattr(block, "rows")]
    # Time: 6 of 10 s; events 2 of 3; scores 7 of 10 s.
    percent = "\N{NO-BREAK SPACE}%"
    assert by_rater.rows == (
        ("R1", "3", f"60{percent}", f"67{percent}", f"70{percent}", "–", "–"),
        ("R2", "1", f"100{percent}", f"100{percent}", f"100{percent}", "2", f"0{percent}"),
    )
    assert by_rater.groups == {0: "Form of crying"}
    assert [cells[0] for cells in reasons.rows] == [
        "value outside the vocabulary", "outside all sequences", "coded by only one rater",
    ]  # fmt: skip


def test_a_system_that_was_not_asked_for_is_named_and_no_first_page_warning(view):
    rows = [*ROWS[7:10], row("time", "tier_not_asked", 5, 9000, system="gaze")]
    section = flow(view(rows))
    assert section is not None
    said = [block.text for block in section.blocks if hasattr(block, "text")]
    assert "Not selected, and in none of the figures: gaze (5 annotations)." in said
    results = sample_results()
    results.tables["flow"] = FLOW.frame(rows)
    summary = build_report(results).sections[0]
    assert not [block for block in summary.blocks if getattr(block, "title", "") == "Left out."]


def test_results_without_the_table_have_no_section(view):
    assert flow(view([])) is None


def test_german(view):
    album = Album()
    section = flow(view(ROWS, "de", album))
    assert section is not None
    assert section.title == "Weg der Kodierung: Was ging in die Ergebnisse ein?"
    assert "4 Annotationen in 2 Dateien der Rater" in album.files["flow-crying_form.svg"].decode()
