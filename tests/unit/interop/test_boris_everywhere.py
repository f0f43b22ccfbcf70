"""These formats through `convert`, as the command calls it: each to each, hostile names, findings in place."""

from __future__ import annotations

import itertools
import json

import pytest

from elancry.eaf import Document, parse_eaf
from elancry.interop.conversion import EAF, convert, format_of_name, gather, read_documents
from elancry.interop.flat import FlatTier, build_document
from elancry.interop.format import Choices
from elancry.interop.formats import load_format

EVERYTHING = Choices()
READABLE = ("boris", "boris-events", "sdis", "webannotation")
WRITABLE = (*READABLE, "r", EAF)


def coded(name: str) -> Document:
    rows = [(1000, 2500, "despair"), (2500, 61_230, "protest | loud"), (70_000, 70_010, "NA")]
    tiers = [
        FlatTier("form", rows, ("protest | loud", "despair"), participant="patient"),
        FlatTier("sobs", [(1500, 1500, "sob"), (9000, 9000, "sob")], points=True),
    ]
    return build_document(tiers, name=name, date="2024-01-01T00:00:00+00:00")[0]


def spans(document: Document) -> list[tuple[str, int, int, str]]:
    return [
        (tier.id, item.start_ms, item.end_ms, item.value)
        for tier in document.tiers
        for item in document.annotations(tier.id)
    ]


@pytest.mark.parametrize(("first", "second"), list(itertools.product(READABLE, WRITABLE)))
def test_from_each_to_each_nothing_is_lost_on_the_way(first: str, second: str):
    """Values, times (in hundredths) and tiers survive two changes of the format."""
    document = coded("s01.eaf")
    once = convert(document.to_bytes(), "s01.eaf", EAF, first, EVERYTHING, stem="s01")
    ((name, data),) = once.files.items()
    assert name == f"s01{load_format(first).suffixes[0]}"
    assert format_of_name(name, "read") == first
    twice = convert(data, name, first, second, EVERYTHING, stem="s01")
    assert (twice.documents, twice.tiers, twice.annotations) == (1, 2, 5)
    assert not [found for found in twice.findings if found.severity == "error"]
    ((name, data),) = twice.files.items()
    if second == "r":
        return
    (again,) = read_documents(data, name, second, EVERYTHING).documents.values()
    assert spans(again) == spans(document)


@pytest.mark.parametrize("target", ["boris", "boris-events", "sdis", "r"])
def test_many_recordings_in_one_file(target: str):
    documents = {f"s{number:03}": coded(f"s{number:03}.eaf") for number in range(120)}
    files, findings = gather(documents, target, EVERYTHING)
    assert findings
    ((suffix, data),) = files.items()
    if target == "r":
        return
    read = read_documents(data, f"study{suffix}", target, EVERYTHING)
    assert list(read.documents) == list(documents)
    assert all(spans(document) == spans(documents[stem]) for stem, document in read.documents.items())


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd", "C:\\x", "a\nb", "CON", ".hidden", "", "\u202etxt"])
def test_names_of_observations_never_lead_out_of_the_folder(name: str):
    project = {"observations": {name: {"events": []}, f"{name} ": {"events": []}}, "behaviors_conf": {}}
    result = convert(json.dumps(project).encode(), "p.boris", "boris", EAF, EVERYTHING, stem="p")
    assert len(result.files) == 2
    for path, data in result.files.items():
        folder, _, stem = path.partition("/")
        assert folder == "p"
        assert "/" not in stem
        assert "\\" not in stem
        assert not stem.startswith("..")
        assert parse_eaf(data).findings == ()


def test_findings_say_which_file_and_where():
    project = {
        "observations": {"one": {"events": [[1.5, "P", "cry", "", ""]]}},
        "behaviors_conf": {"0": {"code": "cry", "type": "State event"}},
    }
    result = convert(json.dumps(project).encode(), "p.boris", "boris", EAF, EVERYTHING, stem="p")
    (found,) = [found for found in result.findings if found.severity == "error"]
    assert found.where == "p.boris, 0:00:01.500"
