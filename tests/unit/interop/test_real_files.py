"""Every real file to every text format and back: no traceback, every time and every text that the format can hold."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from elancry.eaf import Document, read_eaf
from elancry.errors import ElancryError
from elancry.interop.format import Choices
from elancry.interop.formats import load_format

ALL = Choices()


def blanks(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def without_brackets(text: str) -> str:
    return re.sub(r"[<>‹›{}()]|-->|→", "", blanks(text))


def held(document: Document, *, lasting: bool, filled: bool, change=blanks) -> Counter[tuple[int, int, str]]:
    return Counter(
        (a.start_ms, a.end_ms, change(a.value))
        for tier in document.tiers
        for a in document.annotations(tier.id)
        if (not lasting or a.end_ms > a.start_ms) and (not filled or change(a.value))
    )


# format -> whether only annotations that last, and only those with a value, are kept
KEEPS = {
    "textgrid": (True, True),
    "csv": (False, False),
    "elan-tab": (False, False),
    "elan-columns": (False, True),
    "webvtt": (True, False),
    "srt": (True, False),
    "chat": (False, False),
}


@pytest.fixture(scope="module")
def documents(shared: Path) -> list[Document]:
    found = []
    for path in sorted((shared / "eaf" / "real").rglob("*.eaf")):
        try:
            found.append(read_eaf(path))
        except ElancryError:
            continue
    assert len(found) > 70
    return found


@pytest.mark.parametrize("name", KEEPS)
def test_real_files(documents: list[Document], name: str) -> None:
    form = load_format(name)
    lasting, filled = KEEPS[name]
    change = without_brackets if name == "srt" else blanks
    assert form.write is not None
    assert form.read is not None
    compared = 0
    for document in documents:
        sizes = [len(document.annotations(tier.id)) for tier in document.tiers]
        if sum(sizes) > 150 or not sum(sizes):
            continue  # the largest add time, nothing new
        (data,) = form.write(document, ALL).files.values()
        (again,) = form.read(data, "x.y", ALL).documents.values()
        expected = held(document, lasting=lasting, filled=filled, change=change)
        got = held(again, lasting=False, filled=filled, change=change)
        if not lasting:
            # What has no length got one: its begin and its text are the same.
            empty = Counter({key: n for key, n in expected.items() if key[0] >= key[1]})
            expected, got = expected - empty, got & (expected - empty)
        assert got == expected, document.name
        assert again.findings == (), document.name
        compared += 1
    assert compared > 25
