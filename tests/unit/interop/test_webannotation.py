"""W3C Web Annotations: what other software sees, what elancry finds again, and what others write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from elancry.eaf import Constraint, Document, Vocabulary, VocabularyEntry, new_document, read_eaf
from elancry.errors import UnreadableInput
from elancry.findings import Severity
from elancry.interop.format import Choices
from elancry.interop.webannotation.read import read_annotations
from elancry.interop.webannotation.write import KEPT, write_annotations

EVERYTHING = Choices()


def coded() -> Document:
    """Two tiers with a vocabulary in two languages, a child of each symbolic kind, a medium with an offset."""
    editor = new_document(author="Erika Mustermann", date="2024-01-01T00:00:00+00:00").edit()
    editor.media.add("file:///home/erika/session%201.mp4", "video/mp4", "../erika/session%201.mp4", 1500)
    editor.header.set_property("elancry.codebook", "crying 1")
    editor.header.set_property("URN", "urn:secret")
    editor.languages.add("eng", "English")
    editor.languages.add("deu", "Deutsch")
    entries = (
        VocabularyEntry("c1", {"eng": "despair", "deu": "Verzweiflung"}, {"eng": "giving up"}),
        VocabularyEntry("c2", {"eng": "protest", "deu": "Protest"}),
    )
    editor.vocabularies.add(Vocabulary("forms", entries, {"eng": "forms of crying"}))
    editor.types.add("form", vocabulary="forms")
    editor.types.add("note", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.types.add("word", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.types.add("phase", constraint=Constraint.INCLUDED_IN)
    editor.tiers.add("form", "form", participant="patient", annotator="R1", lang_ref="deu")
    editor.tiers.add("form.note", "note", parent="form", participant="patient", annotator="R1")
    editor.tiers.add("form.word", "word", parent="form")
    editor.tiers.add("form.phase", "phase", parent="form")
    editor.tiers.add("empty", "form")
    first = editor.annotations.add("form", 0, 1234, "Verzweiflung", cve_ref="c1", lang_ref="deu")
    second = editor.annotations.add("form", 1234, 60_000, "", id="x-7")
    editor.annotations.add_reference("form.note", second, 'a "quoted" <note> ä😢\nline')
    for word in ("oh", "no", "not"):
        editor.annotations.add_reference("form.word", first, word)
    editor.annotations.add("form.phase", 100, 200, "onset")
    document = editor.document()
    document.name = "s01.eaf"
    return document


def everything(document: Document) -> dict[str, Any]:
    """All that the format claims to keep."""
    return {
        "tiers": list(document.tiers),
        "types": [document.type_of(tier.id) for tier in document.tiers],
        "vocabularies": [
            (one.id, dict(one.descriptions), [(e.id, dict(e.values), dict(e.descriptions)) for e in one.entries])
            for one in document.vocabularies
        ],
        "languages": dict(document.languages),
        "annotations": [item for tier in document.tiers for item in document.annotations(tier.id)],
        "media": [(medium.mime_type, medium.time_origin_ms) for medium in document.media],
        "codebook": document.header_property("elancry.codebook"),
    }


def test_the_whole_document_comes_back():
    document = coded()
    result = write_annotations(document, EVERYTHING)
    read = read_annotations(result.files[".jsonld"], "s01.jsonld", EVERYTHING)
    assert read.findings == ()
    assert list(read.documents) == ["s01"]
    assert everything(read.documents["s01"]) == everything(document)
    assert write_annotations(read.documents["s01"], EVERYTHING).files == result.files
    assert [found.code for found in result.findings] == ["convert-left-behind"]  # author, date, URN


def test_what_other_software_sees():
    collection = json.loads(write_annotations(coded(), EVERYTHING).files[".jsonld"])
    assert collection["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert (collection["type"], collection["total"], collection["label"]) == ("AnnotationCollection", 7, "s01")
    page = collection["first"]
    assert (page["type"], page["partOf"], len(page["items"])) == ("AnnotationPage", collection["id"], 7)
    first = page["items"][0]
    assert first == {
        "id": f"{collection['id']}#a1",
        "type": "Annotation",
        "motivation": "tagging",
        "creator": {"type": "Person", "nickname": "R1"},
        "body": {"type": "TextualBody", "value": "Verzweiflung", "format": "text/plain", "purpose": "tagging"},
        "target": {
            "source": "session%201.mp4",
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": "http://www.w3.org/TR/media-frags/",
                "value": "t=npt:1.500,2.734",
            },
        },
        "eaf:tier": "form",
        "eaf:id": "a1",
        "eaf:entry": "c1",
        "eaf:language": "deu",
    }
    assert len({item["id"] for item in page["items"]}) == 7


def test_nothing_says_where_files_lie_or_who_wrote_them():
    data = write_annotations(coded(), EVERYTHING).files[".jsonld"]
    for secret in (b"rika", b"home", b"urn:secret"):
        assert secret not in data


def test_the_same_document_gives_the_same_bytes_whenever_it_was_made():
    other = coded().edit()
    other.header.set_date("2025-05-05T05:05:05+00:00")
    other.header.set_author("somebody else")
    document = other.document()
    assert write_annotations(document, EVERYTHING).files == write_annotations(coded(), EVERYTHING).files


def test_a_child_without_its_parent_stands_alone():
    result = write_annotations(coded(), Choices(tiers=("form.word", "gone")))
    assert [found.code for found in result.findings if found.severity is Severity.WARNING] == [
        "convert-tier-unknown",
        "convert-lost",
    ]
    read = read_annotations(result.files[".jsonld"], "s01.jsonld", EVERYTHING)
    (tier,) = read.documents["s01"].tiers
    assert (tier.id, tier.parent) == ("form.word", None)
    assert [item.value for item in read.documents["s01"].annotations("form.word")] == ["oh", "no", "not"]


def test_only_the_tiers_that_are_asked_for_are_read():
    data = write_annotations(coded(), EVERYTHING).files[".jsonld"]
    (document,) = read_annotations(data, "s01.jsonld", Choices(tiers=("form",))).documents.values()
    assert [(tier.id, tier.participant, tier.annotator) for tier in document.tiers] == [("form", "patient", "R1")]
    assert [(item.start_ms, item.end_ms) for item in document.annotations("form")] == [(0, 1234), (1234, 60_000)]


def test_every_part_is_kept_or_told():
    """The declaration in KEPT is what the docs say; the round trip above holds it."""
    assert {part.value for part in KEPT} >= {
        "hierarchy",
        "participant",
        "annotator",
        "vocabulary",
        "cve_ref",
        "lang_ref",
    }


def test_annotations_that_do_not_fit_what_stands_beside_them_are_read_as_plain_ones():
    collection = json.loads(write_annotations(coded(), EVERYTHING).files[".jsonld"])
    collection["first"]["items"][1]["target"]["selector"]["value"] = "t=npt:1.5,9"  # overlaps the one before
    read = read_annotations(json.dumps(collection).encode(), "s01.jsonld", EVERYTHING)
    (found,) = [found for found in read.findings if found.code == "convert-not-understood"]
    assert "does not match" in found.message
    values = {
        tier.id: [item.value for item in read.documents["s01"].annotations(tier.id)]
        for tier in read.documents["s01"].tiers
    }
    assert values["form"] == ["Verzweiflung"]
    assert values["form-2"] == [""]
    assert read.documents["s01"].findings == ()


def annotation(target: Any, body: Any = "x", **more: Any) -> dict[str, Any]:
    bodies = {"type": "TextualBody", "value": body} if isinstance(body, str) else body
    return {"type": "Annotation", "motivation": "tagging", "body": bodies, "target": target, **more}


def spans(data: Any, name: str = "x.jsonld") -> tuple[dict[str, dict[str, list[tuple[int, int, str]]]], list[str]]:
    read = read_annotations(json.dumps(data).encode(), name, EVERYTHING)
    found = {}
    for stem, document in read.documents.items():
        assert document.findings == ()
        found[stem] = {
            tier.id: [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier.id)]
            for tier in document.tiers
        }
    return found, [finding.message for finding in read.findings]


def selector(value: Any, kind: str = "FragmentSelector") -> dict[str, Any]:
    return {"source": "http://example.org/v.mp4", "selector": {"type": kind, "value": value}}


@pytest.mark.parametrize(
    ("target", "span"),
    [
        ("http://example.org/v.mp4#t=10,20", (10_000, 20_000)),
        ("http://example.org/v.mp4#xywh=1,2,3,4&t=npt:0.5,1.25", (500, 1250)),
        ("v.mp4#t=,20", (0, 20_000)),
        ("v.mp4#t=10%2C20", (10_000, 20_000)),
        (selector("t=1.2,3.4"), (1200, 3400)),
        (selector("t=npt:00:01:02.5,01:00:00"), (62_500, 3_600_000)),
        ([selector("t=1,2"), "http://example.org/page"], (1000, 2000)),
        ({"source": "v.mp4#t=3,4"}, (3000, 4000)),
        ({"id": "http://example.org/v.mp4#t=3,4"}, (3000, 4000)),
        ({"source": {"id": "v.mp4"}, "selector": [{"type": "SvgSelector"}, {"value": "t=3,4"}]}, (3000, 4000)),
        ({"source": "v.mp4", "selector": {"type": "PointSelector", "t": 14.5}}, (14_500, 14_540)),
    ],
    ids=range(11),
)
def test_times_as_the_recommendations_have_them(target: Any, span: tuple[int, int]):
    found, findings = spans([annotation(target)])
    assert found == {"x": {"tagging": [(*span, "x")]}}
    assert [message for message in findings if not message.startswith("1 point event")] == []


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/page",
        "v.mp4#t=smpte:00:00:10:00,00:00:20:00",
        "v.mp4#t=clock:2009-07-26T11:19:01Z",
        "v.mp4#t=a,b",
        "v.mp4#t=,",
        "v.mp4#t=" + "9" * 400 + ",2",
        selector("xywh=1,2,3,4"),
        selector(5),
        {"source": "v.mp4", "selector": {"type": "PointSelector", "t": -1}},
        {"source": "v.mp4", "selector": {"type": "PointSelector", "t": float("nan")}},
        5,
        None,
        {},
        [],
        [[["v.mp4#t=1,2"]]],
    ],
    ids=range(15),
)
def test_what_has_no_time_is_told(target: Any):
    found, findings = spans([annotation(target), annotation("v.mp4#t=1,2")])
    assert found == {"x": {"tagging": [(1000, 2000, "x")]}}
    assert findings == ["1 annotation has no time in a media file and was left out"]


def test_odd_times_become_what_they_can():
    found, findings = spans([annotation("v.mp4#t=10"), annotation("v.mp4#t=20,20")])
    assert found == {"x": {"tagging": [(10_000, 10_040, "x"), (20_000, 20_040, "x")]}}
    assert "1 annotation has a start but no end; it was converted to a point event" in findings


def test_an_annotation_that_ends_before_it_begins_is_refused_with_its_place():
    with pytest.raises(UnreadableInput) as refusal:
        spans([annotation("v.mp4#t=1,2"), annotation("v.mp4#t=9,3")])
    words = "x.jsonld: annotation 2 (x) ends before it begins (0:00:09.000 - 0:00:03.000)"
    assert refusal.value.message == words
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"value": "t=', '"value": "t=q', "has no readable time"),
        ('"total": 7', '"total": 8', "the collection should contain 8 annotations; 7 were found"),
    ],
)
def test_damage_to_a_file_of_ours_is_refused(old: str, new: str, words: str):
    data = write_annotations(coded(), EVERYTHING).files[".jsonld"].decode()
    assert old in data
    with pytest.raises(UnreadableInput) as refusal:
        read_annotations(data.replace(old, new, 1).encode(), "s01.jsonld", EVERYTHING)
    assert words in refusal.value.message
    assert refusal.value.message.startswith("s01.jsonld: ")
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("given", "tier", "value"),
    [
        ({"body": {"type": "TextualBody", "value": "a"}}, "tagging", "a"),
        ({"bodyValue": "b"}, "tagging", "b"),
        ({"body": "http://example.org/concept"}, "tagging", "http://example.org/concept"),
        ({"body": [{"value": "a"}, {"value": "b"}]}, "tagging", "a; b"),
        ({"body": {"type": "SpecificResource", "source": "http://c"}}, "tagging", "http://c"),
        ({"body": []}, "tagging", ""),
        ({"motivation": ["oa:describing", "tagging"], "body": {"value": "a"}}, "describing", "a"),
        ({"motivation": None, "body": {"value": "a", "purpose": "classifying"}}, "classifying", "a"),
        ({"motivation": None, "body": {"value": "a"}}, "annotations", "a"),
    ],
    ids=range(9),
)
def test_bodies_and_tiers(given: dict[str, Any], tier: str, value: str):
    one = {**annotation("v.mp4#t=1,2"), **given}
    if "bodyValue" in given:
        del one["body"]
    found, findings = spans(one)
    assert found == {"x": {tier: [(1000, 2000, value)]}}
    assert findings == []


def test_several_creators_are_raters():
    people: tuple[Any, ...] = ({"nickname": "R1"}, "http://example.org/R2", [{"name": "R3"}], None)
    raw = [annotation("v.mp4#t=1,2", creator=person) for person in people]
    read = read_annotations(json.dumps(raw).encode(), "x.json", EVERYTHING)
    assert [(tier.id, tier.annotator) for tier in read.documents["x"].tiers] == [
        ("tagging@R1", "R1"),
        ("tagging@http://example.org/R2", "http://example.org/R2"),
        ("tagging@R3", "R3"),
        ("tagging", None),
    ]


def test_one_document_for_each_medium():
    raw = [annotation(f"http://example.org/{name}.mp4#t=1,2") for name in ("a", "b%20c", "a", "../a")]
    found, _ = spans({"type": "AnnotationPage", "items": raw})
    assert {stem: len(tiers["tagging"] + tiers.get("tagging-2", [])) for stem, tiers in found.items()} == {
        "a": 2,
        "b%20c": 1,
        "a-2": 1,
    }
    read = read_annotations(json.dumps(raw).encode(), "x.json", EVERYTHING)
    assert [medium.url for medium in read.documents["b%20c"].media] == ["./b%20c.mp4"]


def test_overlapping_annotations_are_all_kept():
    found, findings = spans([annotation("v#t=1,5", "a"), annotation("v#t=2,3", "b"), annotation("v#t=4,9", "c")])
    assert found == {"x": {"tagging": [(1000, 5000, "a")], "tagging-2": [(2000, 3000, "b"), (4000, 9000, "c")]}}
    assert findings == ["2 overlapping annotations were moved to 1 additional tier"]


def test_further_pages_are_not_fetched():
    items = [annotation("v#t=1,2")]
    for first in ({"items": items, "next": "http://example.org/2"},):
        found, findings = spans({"type": "AnnotationCollection", "first": first})
        assert found["x"]["tagging"] == [(1000, 2000, "x")]
        assert findings == ["the collection continues on further pages elsewhere, which were not fetched"]
    with pytest.raises(UnreadableInput, match="contains no Web Annotations"):
        spans({"type": "AnnotationCollection", "first": "http://example.org/1"})


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"5", b'{"items": 3}', b"[" * 100_000, b"\xff\xfe", b"<html>"])
def test_other_files_are_refused_in_words(data: bytes):
    with pytest.raises(UnreadableInput, match=r"x\.jsonld"):
        read_annotations(data, "x.jsonld", EVERYTHING)


@pytest.mark.parametrize(
    "structure",
    [
        {"tiers": [{"id": "form", "type": "gone"}]},
        {
            "tiers": [{"id": "a", "type": "t", "parent": "b"}, {"id": "b", "type": "t", "parent": "a"}],
            "types": [{"id": "t"}],
        },
        {"tiers": 5, "types": "x", "media": [1, {"name": []}], "languages": [], "vocabularies": [{"entries": 3}]},
        {"tiers": [{"id": "form", "type": "t"}] * 3, "types": [{"id": "t"}]},
        {"media": [{"name": "../../x\u0000", "time_origin_ms": "soon"}], "properties": [["a"], 3, ["a", "b", "c"]]},
        {"tiers": [{"id": f"t{n}", "type": "t", "parent": f"t{n + 1}"} for n in range(20_000)], "types": [{"id": "t"}]},
        {"languages": {"not an id": "x", "": "y"}},
        {"vocabularies": [{"id": "v", "entries": [{"id": "c", "values": {"eng": "x"}}]}]},
    ],
    ids=range(8),
)
def test_a_hostile_structure_is_passed_over(structure: dict[str, Any]):
    data = {"type": "AnnotationPage", "items": [annotation("v#t=1,2", **{"eaf:tier": "form"})], "structure": structure}
    found, findings = spans(data)
    assert found == {"x": {"form": [(1000, 2000, "x")]}}
    assert any("does not match" in message for message in findings)


@pytest.mark.parametrize("number", range(3))
def test_real_files_keep_every_value_and_time(shared: Path, number: int):
    """Files without damage keep everything; damaged ones every value and time."""
    files = sorted(path for path in (shared / "eaf" / "real").rglob("*.eaf") if path.stat().st_size < 200_000)
    whole = 0
    for path in files[number::3]:
        try:
            document = read_eaf(path)
        except UnreadableInput:
            continue
        data = write_annotations(document, EVERYTHING).files[".jsonld"]
        (again,) = read_annotations(data, "s.jsonld", EVERYTHING).documents.values()
        assert again.findings == (), path.name
        assert contents(again) == contents(document), path.name
        if not document.findings:
            whole += 1
            first, second = everything(document), everything(again)
            items = sorted(first["annotations"], key=lambda item: item.id)
            assert [item for item in items if item.aligned] == sorted(
                (item for item in second["annotations"] if item.id in {one.id for one in items if one.aligned}),
                key=lambda item: item.id,
            ), path.name
            assert {tier.id: (tier.parent, tier.participant, tier.annotator) for tier in second["tiers"]} == {
                tier.id: (tier.parent, tier.participant, tier.annotator) for tier in first["tiers"]
            }, path.name
    assert whole > 3


def contents(document: Document) -> list[tuple[int, int, str]]:
    return sorted(
        (item.start_ms, max(item.end_ms, item.start_ms + 1), item.value)
        for tier in document.tiers
        for item in document.annotations(tier.id)
    )
