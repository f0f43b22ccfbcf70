"""Times are written as times of the medium, in every format, or raw where asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.eaf import Document, new_document
from elancry.interop.conversion import convert, names_for, read_documents
from elancry.interop.format import Choices, Times
from elancry.interop.formats import load_format

#     file    0        1 s       2 s       3 s       TIME_ORIGIN 2000
#             |         |---------a---------|
#     medium  2 s       3 s                 5 s


def coded(origin_ms: int) -> Document:
    editor = new_document(date="2024-01-01T00:00:00+00:00").edit()
    editor.media.add("file:///v/S.mp4", "video/mp4", "./S.mp4", origin_ms)
    editor.types.add("t")
    editor.tiers.add("code", "t")
    editor.annotations.add("code", 1000, 3000, "a")
    document = editor.document()
    document.name = "S01.eaf"
    return document


def spans(document: Document) -> list[tuple[int, int]]:
    return [(item.start_ms, item.end_ms) for tier in document.tiers for item in document.annotations(tier.id)]


def back(name: str, origin_ms: int, choices: Choices = Choices()) -> tuple[Document, list[str]]:  # noqa: B008
    made = convert(coded(origin_ms).to_bytes(), "S01.eaf", "eaf", name, choices, stem="S01")
    (content,) = made.files.values()
    (document,) = read_documents(
        content, f"S01{next(iter(load_format(name).suffixes), '.x')}", name, choices
    ).documents.values()
    return document, [item.code for item in made.findings]


FORMATS = [name for name in names_for("written")[1:] if load_format(name).read is not None]


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_times_of_the_medium(name: str):
    document, codes = back(name, 2000)
    origin = document.media[0].time_origin_ms or 0 if document.media else 0
    assert [(start + origin, end + origin) for start, end in spans(document)] == [(3000, 5000)]
    assert ("convert-medium-offset" in codes) == (name != "webannotation")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "webannotation"])
def test_the_times_of_the_file_where_asked_for(name: str):
    document, codes = back(name, 2000, Choices(times=Times.FILE))
    assert spans(document) == [(1000, 3000)]
    assert "convert-medium-offset" in codes


def test_what_lies_before_the_medium_is_cut_or_left_out_and_told():
    document, codes = back("csv", -1500)  # -500 to 1500
    assert spans(document) == [(0, 1500)]
    assert "convert-row-skipped" in codes
    document, codes = back("csv", -3000)  # -2000 to 0
    assert spans(document) == []
    assert "convert-row-skipped" in codes


def test_no_offset_nothing_said():
    assert back("csv", 0) == back("csv", 0) or "convert-medium-offset" not in back("csv", 0)[1]
    assert spans(back("csv", 0)[0]) == [(1000, 3000)]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        # R1: 1000-3000 with an offset of 2000; R2: 3000-5000 without one.
        ("07_time_origin/S01__R1.eaf", [(3000, 5000), (7000, 8000)]),
        ("07_time_origin/S01__R2.eaf", [(3000, 5000), (7000, 8000)]),
        ("07b_origin_second/S02__R1.eaf", [(75_000, 76_000), (79_000, 79_500)]),
    ],
)
@pytest.mark.parametrize("name", FORMATS)
def test_the_same_moment_is_the_same_in_every_format(shared: Path, case: str, expected, name: str):
    data = (shared / "cases" / case).read_bytes()
    made = convert(data, "S.eaf", "eaf", name, Choices(), stem="S")
    (content,) = made.files.values()
    suffix = next(iter(load_format(name).suffixes), ".x")
    (document,) = read_documents(content, f"S{suffix}", name, Choices()).documents.values()
    origin = document.media[0].time_origin_ms or 0 if document.media else 0
    assert [(start + origin, end + origin) for start, end in spans(document)] == expected
