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
from elancry.report.blocks import Strip
from elancry.report.figures.style import style
from elancry.report.figures.timeline import WIDTH, timeline_svg
from elancry.report.figures.timeline_legend import legend_of
from elancry.report.figures.timeline_print import FEW, all_prints, timeline_figure
from elancry.report.names import Names
from elancry.report.sections.timelines import timelines
from elancry.report.strip_layout import lay_out
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


def test_a_timeline_of_its_own_is_svg_with_every_bar_and_label(sample):
    (strip,) = strips(sample, CODES)
    root = etree.fromstring(timeline_svg(strip, Words("en")).encode())
    bars = [bar for bar in root.iter("{*}rect") if bar.find("{*}title") is not None]
    assert len(bars) == sum(len(lane.stretches) for lane in strip.lanes)
    assert [entry.text for entry in legend_of(strip, WIDTH).entries] == ["Form of crying:", "Protest", "Despair"]
    assert {"Form of crying:", "Despair"} <= {text.text for text in root.iter("{*}text")}
    assert {"A", "B", "C", "Form of crying", "Protest"} <= {text.text for text in root.iter("{*}text")}


def test_names_that_differ_give_files_that_differ(written, sample):
    names = sorted(path.stem for path in (written / "figures").glob("timeline-*.svg"))
    assert len(names) == len(sample.design.sequences)
    assert "timeline-s01-1" in names
    taken: set[str] = set()
    assert [free_name(name, taken) for name in ("a-b", "A-B", "a-b", "c")] == ["a-b", "A-B-2", "a-b-3", "c"]


@pytest.mark.parametrize("start", [0, 7, 86_399_999])
@pytest.mark.parametrize("span", [1, 999, 60_000, 3_599_000, 25_200_001, 10**9, 10**12, 10**15, 2**62])
def test_the_time_axis_has_a_handful_of_ticks_however_long_a_file_claims_to_be(span, start):
    strip = Strip("strip-1", "s01", "1", start, start + span, (), 0, "", "")
    ticks = lay_out(strip, Words("en")).ticks
    assert len(ticks) <= 8
    assert all(0 <= float(tick.x) <= 100 for tick in ticks)
    if span >= 60_000:
        assert len(ticks) >= 2


def test_file_names_of_any_ids_are_short_enough_and_stay_apart():
    long = "Sitzung ä" * 60
    names = {slug("timeline", long + end) for end in ("1", "2")}
    assert len(names) == 2
    assert all(len(name) <= 140 and name.isascii() for name in names)
    assert slug("a b", "", "c") == "ax20b-c"


def test_for_print_the_same_bars_are_drawn_with_their_labels_and_a_legend(sample):
    (strip,) = strips(sample, CODES)
    with style():
        figure = timeline_figure(strip, Words("en"))
    (axes,) = figure.axes
    boxes = [c for c in axes.collections if isinstance(c, PatchCollection)]
    coded, missing = (len(collection.get_paths()) for collection in boxes)
    entries = [entry for entry in legend_of(strip, WIDTH).entries if entry.colour]
    assert coded + missing == sum(len(lane.stretches) for lane in strip.lanes) + len(entries)
    assert missing == 2
    texts = [text.get_text() for text in axes.texts]
    assert {"A", "B", "C", "disagreement", "Protest", "Form of crying"} <= set(texts)


def test_several_processes_draw_the_same_bytes(sample):
    (strip,) = strips(sample, CODES)
    one, other = (list(all_prints([strip] * FEW, "de", jobs=jobs)) for jobs in (1, 2))
    assert one == other
    assert len(one) == FEW
    pdf, png = one[0]
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile2" in pdf, "the font is embedded as TrueType"
    at = png.index(b"pHYs")
    assert round(int.from_bytes(png[at + 4 : at + 8], "big") * 0.0254) == 300


@pytest.mark.parametrize("width", [120, 300, 700])
def test_the_legend_stays_within_its_width_where_a_label_fits_it(sample, width):
    (strip,) = strips(sample, CODES)
    legend = legend_of(strip, width)
    assert all(entry.x < width for entry in legend.entries)
    assert legend.height >= max(entry.y for entry in legend.entries) + 14


def test_drawing_is_told_timeline_by_timeline(monkeypatch: pytest.MonkeyPatch, sample):
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "elancry.report.figures.timeline_print.timeline_prints", lambda strips, _: [(b"", b"") for _ in strips]
    )
    report_files(sample.shown(print_figures=True), progress=lambda done, total: told.append((done, total)))
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert told
