"""Disagreement marks are read off the codes.

    time     0    10    20    30    40    50
    A        [ x  ][ x  ][ y  ]  ..  [ ?  ]
    B        [ x  ][ y  ][ y  ]  ..  [ x  ]
    C        [ x  ]  ..  [ ?  ]  ..  [ x  ]
    mark            ####
`..` is none, `?` is missing. Missing never disagrees; none disagrees with a category.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from lxml import etree
from matplotlib.collections import PatchCollection

from elancry.align.timeline import MISSING, NONE, Timeline
from elancry.report.blocks import Lane, Stretch
from elancry.report.figures import svg_print
from elancry.report.figures.style import style
from elancry.report.figures.svg_print import all_prints, svg_figure
from elancry.report.names import Names
from elancry.report.sections.timelines import timelines
from elancry.report.timeline import WIDTH, cut, on_page, on_paper, ticks
from elancry.report.view import View, slug
from elancry.report.words import Words
from elancry.report.write import free_name, report_files

CODES = [[0, 0, 0], [0, 1, NONE], [1, 1, MISSING], [NONE, NONE, NONE], [MISSING, 0, 0]]


def strips(sample, codes):
    edges = np.arange(len(codes) + 1, dtype=np.int64) * 10
    timeline = Timeline(
        "s01", "1", "crying_form", "crying_form", ("A", "B", "C"), ("protest", "despair"), edges[:-1], edges[1:],
        np.array(codes, dtype=np.int16),
    )  # fmt: skip
    words = Words("en")
    view = View(dataclasses.replace(sample, timelines=(timeline,)), Names(sample.codebook, words), words)
    return timelines(view).blocks[-1].strips


def test_only_raters_who_coded_there_disagree(sample):
    (strip,) = strips(sample, CODES)
    *raters, marks = strip.lanes
    assert [(m.start_ms, m.end_ms, m.label) for m in marks.stretches] == [(10, 20, "A: Protest; B: Despair; C: none")]
    assert strip.disagreed_ms == 10
    assert [lane.rater for lane in raters] == ["A", "B", "C"]


def test_equal_neighbours_are_one_bar_and_none_is_no_bar(sample):
    (strip,) = strips(sample, CODES)
    bars = [[(s.start_ms, s.end_ms, s.kind, s.category) for s in lane.stretches] for lane in strip.lanes[:3]]
    assert bars == [
        [(0, 20, "category", "protest"), (20, 30, "category", "despair"), (40, 50, "missing", "")],
        [(0, 10, "category", "protest"), (10, 30, "category", "despair"), (40, 50, "category", "protest")],
        [(0, 10, "category", "protest"), (20, 30, "missing", ""), (40, 50, "category", "protest")],
    ]


def test_neighbouring_disagreements_that_differ_are_told_apart(sample):
    (strip,) = strips(sample, [[0, 1, 1], [0, 0, 1]])
    assert [(m.start_ms, m.end_ms) for m in strip.lanes[-1].stretches] == [(0, 10), (10, 20)]
    assert strip.disagreed_ms == 20


def drawn(strip):
    """The drawing for paper, and its elements of each kind."""
    root = etree.fromstring(on_paper(strip, Words("en")).encode())
    return root, [bar for bar in root.iter("{*}rect") if bar.find("{*}title") is not None]


def legend(root):
    return [text for text in root.iter("{*}text") if text.get("class") == "legend"]


def test_a_timeline_of_its_own_is_svg_with_every_bar_and_label(sample):
    (strip,) = strips(sample, CODES)
    root, bars = drawn(strip)
    assert len(bars) == sum(len(lane.stretches) for lane in strip.lanes)
    assert [text.text for text in legend(root)] == ["Form of crying:", "Protest", "Despair"]
    texts = {text.text for text in root.iter("{*}text")}
    assert {"A", "B", "C", "disagreement", "Form of crying", "Protest"} <= texts


def test_page_and_paper_show_the_same_bars_at_the_same_places(sample):
    """Percent of the track on the page, px between the margins (120 px at the left, 8 at the right) on paper."""
    (strip,) = strips(sample, CODES)
    page = etree.fromstring(f"<svg>{on_page(strip, Words('en')).bars}</svg>")
    ours = [bar for bar in page.iter("rect") if bar.find("title") is not None]
    _, theirs = drawn(strip)
    for bar, other in zip(ours, theirs, strict=True):
        assert bar.findtext("title") == other.findtext("{*}title")
        assert {n: bar.get(n) for n in ("class", "fill", "data-r")} == {
            n: other.get(n) for n in ("class", "fill", "data-r")
        }
        span = WIDTH - 128
        assert 120 + float(bar.get("x").rstrip("%")) * span / 100 == pytest.approx(float(other.get("x")), abs=0.01)
        assert float(bar.get("width").rstrip("%")) * span / 100 == pytest.approx(float(other.get("width")), abs=0.01)


def test_a_label_is_cut_to_the_room_that_its_bar_has():
    assert [cut("Protest", width) for width in (10, 22, 23, 40, 46)] == ["", "", "Pr…", "Prote…", "Protest"]


def test_names_that_differ_give_files_that_differ(written, sample):
    names = sorted(path.stem for path in (written / "figures").glob("timeline-*.svg"))
    assert len(names) == len(sample.design.sequences)
    assert "timeline-s01-1" in names
    taken: set[str] = set()
    assert [free_name(name, taken) for name in ("a-b", "A-B", "a-b", "c")] == ["a-b", "A-B-2", "a-b-3", "c"]


@pytest.mark.parametrize("start", [0, 7, 86_399_999])
@pytest.mark.parametrize("span", [1, 999, 60_000, 3_599_000, 25_200_001, 10**9, 10**12, 10**15, 2**62])
def test_the_time_axis_has_a_handful_of_ticks_however_long_a_file_claims_to_be(span, start):
    found = ticks(start, start + span)
    assert len(found) <= 8
    assert all(start <= ms <= start + span for ms in found)
    if span >= 60_000:
        assert len(found) >= 2


def test_file_names_of_any_ids_are_short_enough_and_stay_apart():
    long = "Sitzung ä" * 60
    names = {slug("timeline", long + end) for end in ("1", "2")}
    assert len(names) == 2
    assert all(len(name) <= 140 and name.isascii() for name in names)
    assert slug("a b", "", "c") == "ax20b-c"


def test_for_print_the_same_bars_are_drawn_with_their_labels_and_a_legend(sample):
    (strip,) = strips(sample, CODES)
    root, bars = drawn(strip)
    with style():
        figure = svg_figure(on_paper(strip, Words("en")))
    (axes,) = figure.axes
    boxes = sorted(len(c.get_paths()) for c in axes.collections if isinstance(c, PatchCollection))
    missing, lanes, entries = 2, 3, 2
    assert boxes == sorted((missing, lanes, entries, len(bars) - missing))
    assert [text.get_text() for text in axes.texts] == [text.text for text in root.iter("{*}text")]


def test_several_processes_draw_the_same_bytes(sample, monkeypatch: pytest.MonkeyPatch):
    """Whatever was drawn before in a process, and with letters that no other drawing has."""
    monkeypatch.setattr(svg_print, "FEW", 4)
    (strip,) = strips(sample, CODES)
    svg = on_paper(strip, Words("de"))
    drawings = [svg, svg.replace("</text>", " Ωж</text>"), svg.replace("</text>", " ŁĦ</text>"), svg]
    one, other = (list(all_prints(drawings, jobs=jobs)) for jobs in (1, 2))
    assert one == other
    assert one[0] == one[3] == next(iter(all_prints(drawings[::-1])))
    assert len({pdf for pdf, _ in one}) == 3
    pdf, png = one[0]
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile2" in pdf, "the font is embedded as TrueType"
    at = png.index(b"pHYs")
    assert round(int.from_bytes(png[at + 4 : at + 8], "big") * 0.0254) == 300


def test_the_legend_stays_within_the_drawing(sample):
    (strip,) = strips(sample, CODES)
    stretches = tuple(Stretch(n, n + 1, f"Category number {n}", "#112233", "category", f"c{n}") for n in range(40))
    many = dataclasses.replace(strip, lanes=(Lane("form", "Form", "A", stretches),))
    root, _ = drawn(many)
    entries = legend(root)
    assert len(entries) == 41
    assert len({entry.get("y") for entry in entries}) > 5
    assert all(float(entry.get("x")) < WIDTH for entry in entries)
    assert float(root.get("height")) > max(float(entry.get("y")) for entry in entries)


def test_drawing_is_told_timeline_by_timeline(monkeypatch: pytest.MonkeyPatch, sample):
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("elancry.report.figures.svg_print.prints", lambda svgs: [(b"", b"") for _ in svgs])
    for form in ("svg", "pdf", "png"):
        monkeypatch.setattr(f"elancry.report.figures.album.{form}_bytes", lambda _figure: b"")
    report_files(sample.shown(print_figures=True), progress=lambda done, total: told.append((done, total)))
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert told
