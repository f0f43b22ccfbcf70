"""Every sequence as it was coded: one strip a sequence, one lane a rater and tier, disagreements marked.

A disagreement is a stretch in which two of the raters who coded there coded differently ("none" is a code, missing is
not); it is read off the codes, nothing is estimated.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from elancry.align.timeline import MISSING, NONE
from elancry.report.blocks import Block, Lane, Section, Stretch, Strip, Swatches, Text, Timelines
from elancry.report.numbers import clock, length
from elancry.report.view import View, slug

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from elancry.align.timeline import Timeline

DISAGREEMENT_COLOUR = "#B0003A"


def timelines(view: View) -> Section:
    """The whole section."""
    words = view.words
    blocks: list[Block] = [*view.omitted("timelines")]
    of_sequence: dict[tuple[str, str], list[Timeline]] = {}
    for timeline in view.results.timelines:
        of_sequence.setdefault((timeline.session, timeline.sequence), []).append(timeline)
    strips = tuple(_strip(key, group, index, view) for index, (key, group) in enumerate(of_sequence.items()))
    if strips:
        blocks.append(Text(words("timelines.text")))
        used = {lane.system for strip in strips for lane in strip.lanes}
        legend = tuple(
            Swatches(
                view.names.system(system.id),
                tuple(
                    (view.names.colour(system.id, c.id), view.names.category(system.id, c.id))
                    for c in system.categories
                ),
            )
            for system in view.results.codebook.systems
            if system.id in used
        )
        raters = tuple(dict.fromkeys(lane.rater for strip in strips for lane in strip.lanes if lane.rater))
        choices = tuple(
            (
                f"{system.id}/{category.id}",
                f"{view.names.system(system.id)}: {view.names.category(system.id, category.id)}",
            )
            for system in view.results.codebook.systems
            if system.id in used
            for category in system.categories
        )
        sessions = {strip.session for strip in strips}
        media = tuple(item for item in view.results.media if item[0] in sessions)
        blocks.append(Timelines(strips, legend, raters, choices, media))
    else:
        blocks.append(Text(words("timelines.nothing")))
    return Section("timelines", words("section.timelines"), tuple(blocks))


def _strip(key: tuple[str, str], group: list[Timeline], index: int, view: View) -> Strip:
    words = view.words
    session, sequence = key
    start = min(int(timeline.start_ms[0]) for timeline in group if len(timeline.start_ms))
    end = max(int(timeline.end_ms[-1]) for timeline in group if len(timeline.end_ms))
    lanes: list[Lane] = []
    disagreed: dict[str, int] = {}
    for timeline in group:
        label = view.names.system(timeline.system)
        categories = set(timeline.categories)
        if len(group) > 1 and len(categories) == 1 and timeline.tier != timeline.system:
            label = view.names.category(timeline.system, timeline.categories[0])
        for column, rater in enumerate(timeline.raters):
            lanes.append(Lane(timeline.system, label, rater, tuple(_coded(timeline, column, view))))
        if len(timeline.raters) > 1:
            marks = tuple(_disagreements(timeline, view))
            disagreed[label] = disagreed.get(label, 0) + sum(mark.end_ms - mark.start_ms for mark in marks)
            lanes.append(Lane(timeline.system, label, "", marks))
    title = words("strip.title", session=session, sequence=sequence) if sequence else session
    summary = words("strip.summary", start=clock(start), end=clock(end), length=length(end - start))
    parts = [f"{label} {length(ms)}" for label, ms in disagreed.items() if ms]
    if parts:
        summary = f"{summary} · {words('strip.disagreed', parts=', '.join(parts))}"
    total = sum(disagreed.values())
    return Strip(slug("strip", str(index + 1)), session, sequence, start, end, tuple(lanes), total, title, summary)


def runs(values: NDArray[np.generic]) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of each run of equal values, or of equal rows."""
    if not len(values):
        return
    rows = values.reshape(len(values), -1)
    edges = np.flatnonzero((rows[1:] != rows[:-1]).any(axis=1)) + 1
    bounds = [0, *edges.tolist(), len(values)]
    yield from pairwise(bounds)


def _coded(timeline: Timeline, column: int, view: View) -> Iterator[Stretch]:
    codes = timeline.codes[:, column]
    for first, last in runs(codes):
        code = int(codes[first])
        if code == NONE:
            continue
        kind: Literal["category", "missing"] = "missing" if code == MISSING else "category"
        category = "" if code == MISSING else timeline.categories[code]
        label = view.words("missing") if code == MISSING else view.names.category(timeline.system, category)
        colour = "" if code == MISSING else view.names.colour(timeline.system, category)
        yield Stretch(int(timeline.start_ms[first]), int(timeline.end_ms[last - 1]), label, colour, kind, category)


def _disagreements(timeline: Timeline, view: View) -> Iterator[Stretch]:
    codes = timeline.codes
    known = codes != MISSING
    highest = np.where(known, codes, np.iinfo(codes.dtype).min).max(axis=1)
    lowest = np.where(known, codes, np.iinfo(codes.dtype).max).min(axis=1)
    differs = (known.sum(axis=1) > 1) & (highest != lowest)
    for first, last in runs(codes):
        if differs[first]:
            label = "; ".join(
                f"{rater}: {_code_label(timeline, int(code), view)}"
                for rater, code in zip(timeline.raters, codes[first], strict=True)
            )
            start, end = int(timeline.start_ms[first]), int(timeline.end_ms[last - 1])
            yield Stretch(start, end, label, DISAGREEMENT_COLOUR, "disagreement")


def _code_label(timeline: Timeline, code: int, view: View) -> str:
    if code == MISSING:
        return view.words("missing")
    return (
        view.words("category.none") if code == NONE else view.names.category(timeline.system, timeline.categories[code])
    )
