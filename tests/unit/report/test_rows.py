"""Which rows speak for all raters, what is taken from a frame, where bars stand."""

from __future__ import annotations

import pytest
from lxml import etree
from sample_results import codebook

from elancry.report import agreement_rows
from elancry.report.blocks import Lane, Stretch, Strip
from elancry.report.names import Names, ink_on, printable
from elancry.report.rows import pick, rows_of
from elancry.report.timeline import on_page, on_paper
from elancry.report.view import slug
from elancry.report.words import Words
from elancry.table.schema import AGREEMENT


def rows(*cells):
    return rows_of(AGREEMENT.frame({"scope": "overall", "raters": "A|B|C", **cell} for cell in cells))


def test_pooled_stands_before_the_mean_of_pairs_and_that_before_a_pair():
    listed = rows({"aggregate": "pair", "raters": "A|B"}, {"aggregate": "pair_mean"}, {"aggregate": "pooled"})
    assert pick(listed)["aggregate"] == "pooled"
    assert pick(listed[:2])["aggregate"] == "pair_mean"


def test_one_pair_of_several_does_not_speak_for_the_team_but_the_only_pair_does():
    assert pick(rows({"aggregate": "pair", "raters": "A|B"}, {"aggregate": "pair", "raters": "A|C"})) is None
    assert pick(rows({"aggregate": "pair", "raters": "A|B"}))["raters"] == "A|B"
    assert pick(rows({"aggregate": "leave_one_out", "raters": "A|B"})) is None


def test_against_a_gold_rater_every_pair_speaks_for_itself():
    kappa = {"measure": "time_fleiss_kappa", "variant": "with_none", "aggregate": "pair"}
    against = rows({**kappa, "raters": "A|B", "estimate": 0.1}, {**kappa, "raters": "A|C", "estimate": 0.2})
    teams = agreement_rows.teams(against)
    assert [agreement_rows.headline_time(team)["estimate"] for team in teams] == [0.1, 0.2]
    together = rows({**kappa, "aggregate": "pooled", "estimate": 0.3})
    assert agreement_rows.teams([*against, *together]) == [[*against, *together]]


def test_binned_rows_and_rows_without_none_are_not_the_headline():
    """Fleiss' kappa leads wherever there is one number for all, in terminal, report and methods."""
    measure = {"measure": "time_fleiss_kappa", "aggregate": "pooled"}
    listed = rows(
        {**measure, "variant": "without_none", "estimate": 0.1},
        {**measure, "variant": "with_none", "time_unit_ms": 1000, "estimate": 0.2},
        {**measure, "variant": "with_none", "estimate": 0.3},
        {**measure, "measure": "time_krippendorff_alpha", "variant": "with_none", "estimate": 0.4},
    )
    assert agreement_rows.headline_time(listed)["estimate"] == 0.3


def test_empty_cells_are_none_and_zero_stays_zero():
    (row,) = rows({"estimate": 0.0, "n_units": 0})
    assert (row["estimate"], row["n_units"], row["ci_low"], row["compared_ms"]) == (0.0, 0, None, None)
    assert row["category"] == ""


def strip(*stretches):
    lanes = (Lane("form", "Form", "A", stretches), Lane("form", "Form", "", ()))
    return Strip("strip-1", "s01", "1", 60_000, 100_000, lanes, 0, "t", "s")


def test_bars_stand_in_percent_of_the_sequence():
    r"""60 s |----[ 70 s .. 80 s )----| 100 s: a quarter in, a quarter long."""
    drawn = on_page(strip(Stretch(70_000, 80_000, "Protest", "#112233", "category", "protest")), Words("en"))
    root = etree.fromstring(f"<svg>{drawn.bars}</svg>")
    (bar,) = (element for element in root.iter("rect") if element.get("class") == "b category")
    assert (bar.get("x"), bar.get("width")) == ("25%", "25%")
    assert bar.findtext("title") == "A · Protest · 0:01:10.000 – 0:01:20.000 (10.0\u00a0s)"
    times = [element.text for element in root.iter("text") if element.get("class") == "time"]
    assert times == ["0:01:00", "0:01:10", "0:01:20", "0:01:30", "0:01:40"]
    names = etree.fromstring(f"<svg>{drawn.names}</svg>")
    assert [element.get("class") for element in names] == ["head", "rater", "mark"]


def test_a_sequence_of_no_length_is_drawn_too():
    empty = Strip("strip-1", "s01", "1", 5, 5, (), 0, "t", "s")
    assert 'class="b' not in on_page(empty, Words("en")).bars


def test_names_and_labels_of_a_timeline_are_text():
    nasty = "\"'><script>alert(1)</script>&\x00"
    lanes = (Lane(nasty, nasty, nasty, (Stretch(60_000, 100_000, nasty, "#112233", "category", nasty),)),)
    odd = Strip("strip-1", nasty, nasty, 60_000, 100_000, lanes, 0, nasty, nasty)
    drawn = on_page(odd, Words("en"))
    for svg in (f"<svg>{drawn.names}</svg>", f"<svg>{drawn.bars}</svg>", on_paper(odd, Words("en"))):
        root = etree.fromstring(svg)
        assert not list(root.iter("{*}script"))
        assert "<script>alert(1)</script>&\ufffd" in "".join(root.itertext())


def test_file_names_are_ascii_and_ids_that_differ_stay_different():
    assert slug("agreement", "a/b") == "agreement-ax2fb"
    assert slug("a", "", "ü") == "a-xfc"


def test_codebook_order_colours_and_unknown_ids():
    names = Names(codebook(), Words("en"))
    assert names.order("crying_form", ["none", "unclear", "zzz", "protest"]) == ["protest", "unclear", "zzz", "none"]
    assert names.colour("intervention", "pause") == "#0072B2"
    assert names.colour("crying_form", "zzz") == "#BBBBBB"
    assert names.category("nothing", "<b>") == "<b>"
    assert names.category("intervention", "addressing") == "Addressing"


@pytest.mark.parametrize(("ground", "ink"), [("#FFFFFF", "#000000"), ("#000000", "#FFFFFF"), ("#332288", "#FFFFFF")])
def test_ink_stands_out(ground, ink):
    assert ink_on(ground) == ink


def test_what_xml_cannot_hold_is_replaced():
    assert printable("a\x00b\x0bc\td\u2028") == "a\ufffdb\ufffdc\td\u2028"
