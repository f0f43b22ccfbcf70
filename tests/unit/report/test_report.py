"""The page as a whole: order, determinism, escaping, nothing from outside, what is missing says so."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import re
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest
from lxml import etree
from sample_results import codebook, drawn, sample_results, without_printed_timelines, write_report

from elancry.codebook.model import Layout
from elancry.errors import UsageError
from elancry.report.content import build_report
from elancry.report.figures.style import style, svg_bytes
from elancry.report.html import render_html

NASTY = '<script>alert(1)</script>"\'&=HYPERLINK("http://x") $x^2$ {{7*7}} ]]>'


class Page(HTMLParser):
    """Collects headings, ids, captions, tags and text of a page; keeps script and style apart."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in ("meta", "img", "input", "br", "rect", "line"):
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((tag, ""))

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            return
        self.text.append(data)
        if self.open and re.fullmatch("h[1-6]", self.open[-1]):
            tag, text = self.headings[-1]
            self.headings[-1] = (tag, text + data)


def parse(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def parsed(path) -> Page:
    return parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(written):
    return parsed(written / "report.html")


def test_the_order_is_that_of_the_design(page):
    sections = [attributes["id"] for tag, attributes in page.tags if tag == "section"]
    assert sections == [
        "summary", "study", "trust", "agreement", "confusion", "descriptives", "cooccurrence", "sequential",
        "regression", "wholes", "attenuation", "timelines", "methods", "provenance",
    ]  # fmt: skip


def test_headings_go_down_one_level_at_a_time_and_ids_are_unique(page):
    levels = [int(tag[1]) for tag, _ in page.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(page.ids) == len(set(page.ids))


def test_language_skip_link_captions_and_alternative_texts(page):
    tags = dict(reversed(page.tags))
    assert tags["html"]["lang"] == "en"
    assert ("a", {"class": "skip", "href": "#content"}) in page.tags
    tables = [attributes for tag, attributes in page.tags if tag == "table"]
    assert len(tables) == sum(tag == "caption" for tag, _ in page.tags) > 10
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) >= 8
    assert all(picture["alt"] for picture in pictures)


def test_nothing_is_loaded_from_anywhere(page):
    for tag, attributes in page.tags:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/svg+xml;base64,")), f"<{tag} {name}={value[:60]}>"
        assert "style" not in attributes, "the policy forbids style attributes"
        assert not any(name.startswith("on") for name in attributes)
    policy = next(
        a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_every_timeline_is_there_and_the_file_is_small(page, written, sample):
    strips = [a["id"] for tag, a in page.tags if tag == "figure" and "strip" in (a.get("class") or "")]
    assert len(strips) == len(sample.design.sequences) == 46
    assert (written / "report.html").stat().st_size < 5_000_000


def test_the_starter_status_is_said_at_the_top_and_beside_the_categories(written):
    text = (written / "report.html").read_text(encoding="utf-8")
    assert text.index("are a starting point written for this software") < text.index('id="study"')
    assert "Unpublished categories: a starting point based on Nelson (2005)" in text


def test_the_same_results_give_the_same_bytes(written, tmp_path):
    write_report(sample_results(), tmp_path)
    first = {path.relative_to(written): path.read_bytes() for path in written.rglob("*") if path.is_file()}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_figures_are_svg_without_a_time_stamp(written):
    names = [path.stem for path in (written / "figures").iterdir()]
    assert {path.suffix for path in (written / "figures").iterdir()} == {".svg"}
    assert {"agreement-crying_form", "confusion-intervention", "cooccurrence-crying_form-intervention"} <= set(names)
    assert {"coefficients-crying_form-intervention-rating", "ratings-intervention"} <= set(names)
    assert {"bland-altman-intervention", "boundaries-intervention"} <= set(names)
    assert "residuals-crying_form-intervention-rating" in names
    for path in (written / "figures").glob("*.svg"):
        assert etree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        assert b"<dc:date>" not in path.read_bytes()


def test_a_figure_in_the_page_is_the_file_beside_it(page, written):
    files = {path.read_bytes() for path in (written / "figures").iterdir()}
    pictures = [a["src"].partition("base64,")[2] for tag, a in page.tags if tag == "img"]
    assert len(pictures) >= 8
    assert all(base64.b64decode(picture) in files for picture in pictures)


def test_for_print_every_figure_is_pdf_and_png_of_300_dpi_too(sample, written, tmp_path):
    with without_printed_timelines():
        write_report(dataclasses.replace(sample, plots={}), tmp_path, print_figures=True)
    names = {
        suffix: {path.stem for path in (tmp_path / "figures").glob(f"*.{suffix}")} for suffix in ("svg", "pdf", "png")
    }
    assert names["svg"] == names["pdf"] == names["png"]
    name = "agreement-crying_form"
    assert (tmp_path / "figures" / f"{name}.svg").read_bytes() == (written / "figures" / f"{name}.svg").read_bytes()
    assert (tmp_path / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF")
    png = (tmp_path / "figures" / f"{name}.png").read_bytes()
    at = png.index(b"pHYs")
    # The chunk holds pixels per metre: 300 / 0.0254.
    assert round(int.from_bytes(png[at + 4 : at + 8], "big") * 0.0254) == 300


def test_labels_names_and_files_are_text_everywhere():
    nasty = sample_results(book=codebook(form_label=NASTY, first_form=NASTY), raters=("R1", NASTY, "=1+1"))
    nasty = dataclasses.replace(
        nasty,
        provenance=dataclasses.replace(nasty.provenance, command=NASTY, inputs=({"file": NASTY, "rater": NASTY},)),
    )
    with style():
        figures = {name: svg_bytes(drawing.figure) for name, drawing in drawn(nasty).items()}
    page = parse(render_html(build_report(nasty)))
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    text = "".join(page.text)
    assert text.count("<script>alert(1)</script>") > 20
    assert "{{7*7}}" in text
    assert len(figures) > 8
    for svg in figures.values():
        assert not etree.fromstring(svg).findall(".//{*}script")
    labels = "".join(etree.fromstring(figures["agreement-crying_form"]).itertext())
    assert "alert(1)" in labels
    assert "$x^2$" in labels, "a label with dollar signs is no formula"


def test_an_omitted_part_says_why_in_its_place_and_in_the_list():
    why = "only one system has interval coding"
    results = sample_results(omitted={"cooccurrence": why, "regression": why, "models": why})
    assert "".join(parse(render_html(build_report(results))).text).count(why) >= 4
    assert not [name for name in drawn(results) if name.startswith(("cooccurrence", "coefficients"))]


def test_results_without_any_table_still_make_a_page(tmp_path, sample):
    bare = dataclasses.replace(
        sample, tables={}, timelines=(), plots={}, findings=(), omitted={"agreement": "only one rater"}
    )
    written = write_report(bare, tmp_path)
    assert [path.name for path in written] == ["report.html", "methods.md", "methods.bib"]
    assert "only one rater" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_undefined_numbers_are_a_dash_with_their_reason(page):
    text = "".join(page.text)
    assert "(a) Undefined: every rating is 0: no variation between sequences" in text
    assert "nan" not in re.findall(r"\b\w+\b", text)


def test_a_language_without_a_catalogue_is_refused_in_words(sample):
    with pytest.raises(UsageError, match="reports are not available in the language 'fr'"):
        build_report(sample, language="fr")


def test_a_tier_for_each_category_is_named_and_drawn_once(sample):
    """The layout with one tier a category: 13 tiers, each with its own part, file and anchor."""
    book = codebook()
    systems = tuple(dataclasses.replace(system, layout=Layout.TIER_PER_CATEGORY) for system in book.systems)
    book = dataclasses.replace(book, systems=systems)
    tiers = {
        (system.id, category.id): system.category_tier_name(category.id)
        for system in book.systems
        for category in system.categories
    }
    whole = sample.tables["agreement"]
    whole = whole[whole["coding"] == "interval"]
    parts = [whole[whole["system"] == system].assign(tier=tier) for (system, _), tier in tiers.items()]
    agreement = pd.concat(parts, ignore_index=True)
    results = dataclasses.replace(sample, codebook=book, tables={"agreement": agreement}, plots={})
    assert len(drawn(results)) == 2 * len(tiers)
    page = parse(render_html(build_report(results)))
    assert len(page.ids) == len(set(page.ids))
    text = "".join(page.text)
    assert "Agreement on interval coding of “Form of crying” ranges from" in text
    assert "the interval coding of “Therapeutic intervention: Pause”" in text


def test_other_methods_and_corrected_correlations_are_shown_with_what_they_are_not(page):
    text = "".join(page.text)
    assert "R² = .71, shrunken .22. When whole sessions are exchanged" in text
    assert "so that no association can remain, R² is still .66 on average" in text
    assert "1.03" in text
    assert "can exceed 1" in text
    assert "assumption violated." in text
    assert "Undefined: present in every sequence" in text


def test_words_that_a_statistician_asked_for(page):
    text = "".join(page.text)
    assert "it can begin above the lower end of the two-sided interval" in text, "what the word for a level means"
    assert "The odds ratio pools all time and also reflects differences between sequences" in text
    assert "a true null hypothesis is rejected in about 1 % of studies instead of 5 %" in text, "HTZ is conservative"
    assert "Regression: which categories go together across sequences?" in text


CAUSAL = {"en": ("explained by", "explain which", "causes", "leads to"), "de": ("erklärt durch", "bewirk", "verursach")}


@pytest.mark.parametrize("language", CAUSAL)
def test_associations_are_not_told_as_causes(sample, language):
    text = repr(build_report(sample, language=language).sections)
    assert [word for word in CAUSAL[language] if word in text] == []


def test_every_mark_of_the_agreement_figure_is_in_its_legend(sample):
    legend = drawn(sample)["agreement-crying_form"].figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["time-based", "event-based", "units on the continuum"]


def test_the_axis_of_coefficients_holds_every_interval(sample):
    frame = sample.tables["regression"].copy()
    wide = frame.index[(frame["se_type"] == "CR2") & frame["beta"].notna()][0]
    frame.loc[wide, "beta_ci_high"] = 1.9 * frame["beta_ci_high"].max()
    results = dataclasses.replace(sample, tables={"regression": frame})
    here = frame[(frame["se_type"] == "CR2") & (frame["outcome_system"] == frame.loc[wide, "outcome_system"])]
    first = next(iter(drawn(results).values()))
    ends = here.loc[here["score"] == frame.loc[wide, "score"], ["beta_ci_low", "beta_ci_high"]].abs().max(axis=None)
    assert all(axes.get_xlim()[1] > ends for axes in first.figure.axes)
    assert "arrow" not in first.caption


def test_an_interval_beyond_measure_is_cut_with_an_arrow_and_the_caption_says_so(sample):
    frame = sample.tables["regression"].copy()
    wide = frame.index[(frame["se_type"] == "CR2") & frame["beta"].notna()][0]
    frame.loc[wide, "beta_ci_high"] = 100.0
    results = dataclasses.replace(sample, tables={"regression": frame})
    first = next(iter(drawn(results).values()))
    assert "Arrow: the interval continues" in first.caption
    assert all(axes.get_xlim()[1] < 10 for axes in first.figure.axes)


def test_what_rater_training_asks_is_shown(page):
    text = "".join(page.text)
    assert "Longest: R3 coded “none” where R1, R2 coded “Protest”" in text
    assert "The first 10 of 12; all of them: tables/apart.csv." in text
    assert "lower in the second half, with an interval entirely below 0, for: R1, R2." in text


LONG = "Weinen als Ausdruck einer nicht mehr auszuhaltenden, in der Beziehung wiederbelebten Verlusterfahrung " * 2


@pytest.fixture(scope="module")
def crowded():
    """Thirty categories in the first system, every third of them with a label of 200 letters; twelve raters."""
    book = codebook()
    first = book.systems[0]
    categories = tuple(
        dataclasses.replace(
            first.categories[0], id=f"c{n}", labels={"en": LONG if n % 3 == 0 else f"مرحبا 😢 {n}"}, colour=None
        )
        for n in range(30)
    )
    book = dataclasses.replace(book, systems=(dataclasses.replace(first, categories=categories), *book.systems[1:]))
    return sample_results(book=book, raters=tuple(f"R{n}" for n in range(12)))


def test_no_label_of_a_figure_lies_on_another_however_long_and_many(crowded):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with style():
        for drawing in drawn(crowded).values():
            if not drawing.name.startswith(("agreement", "confusion", "cooccurrence", "coefficients", "ratings")):
                continue
            renderer = FigureCanvasAgg(drawing.figure).get_renderer()
            for axes in drawing.figure.axes:
                for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
                    boxes = [label.get_window_extent(renderer) for label in labels if label.get_text()]
                    # Two pixels of 100 dpi may touch: the boxes have a little white around their letters.
                    boxes = [box.padded(-1.0) for box in boxes]
                    lying = [a for a, b in itertools.pairwise(boxes) if a.overlaps(b)]
                    assert lying == [], (drawing.name, len(lying))


def test_dozens_of_categories_and_raters_leave_the_page_small(crowded):
    page = render_html(build_report(dataclasses.replace(crowded, timelines=())))
    assert len(page) < 5_000_000
    assert "tables/confusion.csv" in page
    assert "The figure shows the first 1 of 66" in page


def test_the_title_is_the_codebooks_in_the_language_of_the_report(sample):
    codebook = dataclasses.replace(sample.codebook, title="Crying", titles={"en": "Crying", "de": "Weinen"})
    results = dataclasses.replace(sample, codebook=codebook)
    assert build_report(results, language="de").title == "Weinen"
    assert build_report(results, language="en").title == "Crying"
