"""Documents and pympi objects: what both can hold does not change on the way."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from elancry.eaf import Document, new_document, parse_eaf, read_eaf
from elancry.errors import InvalidInput, UnreadableInput
from elancry.interop.pympi_objects import from_pympi, pympi_losses, to_pympi

pympi = pytest.importorskip("pympi")

FIELDS = (
    "annotations", "constraints", "controlled_vocabularies", "external_refs", "header", "languages", "lexicon_refs",
    "linguistic_types", "locales", "tiers", "timeslots", "licenses", "linked_file_descriptors", "media_descriptors",
)  # fmt: skip


def content(eaf: Any) -> dict[str, Any]:
    """What an Eaf holds, in comparable form: pympi writes absent texts now as None, now as ''."""
    held = {name: getattr(eaf, name) for name in FIELDS}
    held["licenses"] = [(text or "", url) for text, url in eaf.licenses]
    held["properties"] = [(key, str(value or "")) for key, value in eaf.properties]
    held["controlled_vocabularies"] = {
        name: (
            [(language, text or "") for language, text in descriptions],
            {entry: ([(t or "", la, d) for t, la, d in values], ref) for entry, (values, ref) in entries.items()},
            ext_ref,
        )
        for name, (descriptions, entries, ext_ref) in eaf.controlled_vocabularies.items()
    }
    return held


def held_by_both(document: Document) -> list[tuple[Any, ...]]:
    return [
        (a.id, a.tier, a.value, a.start_ms, a.end_ms, a.parent, a.previous)
        for tier in document.tiers
        for a in document.annotations(tier.id)
    ]


def test_real_files_become_what_pympi_itself_reads_and_come_back(shared: Path) -> None:
    compared = 0
    for path in sorted((shared / "eaf" / "real").rglob("*.eaf")):
        try:
            document = read_eaf(path)
            ours = to_pympi(document)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = pympi.Eaf(str(path))
        except (UnreadableInput, InvalidInput, KeyError, ValueError, IndexError):
            continue  # what cannot be read, what has duplicate ids, and what pympi itself cannot read
        tree = etree.parse(str(path))
        if tree.find(".//ANNOTATION/ANNOTATION") is not None or tree.xpath("//comment()"):
            continue  # pympi passes nested annotations over, and takes a comment for a value
        assert content(ours) == content(theirs), path
        back = from_pympi(ours)
        assert sorted(map(str, held_by_both(back))) == sorted(map(str, held_by_both(document))), path
        assert (back.tiers, back.types, back.media, back.properties) == (
            document.tiers, document.types, document.media, document.properties,
        ), path  # fmt: skip
        assert content(to_pympi(back)) == content(ours), path
        compared += 1
    assert compared >= 60


def test_what_pympi_adds_arrives(shared: Path) -> None:
    eaf = to_pympi(new_document(author="A"))
    eaf.add_linguistic_type("root")
    eaf.add_tier("T", "root", part="P1")
    eaf.add_annotation("T", 2000, 3000, "later")
    eaf.add_annotation("T", 100, 900, "<&>")
    document = from_pympi(eaf, "x.eaf")
    assert [(a.start_ms, a.end_ms, a.value) for a in document.annotations("T")] == [
        (2000, 3000, "later"),
        (100, 900, "<&>"),
    ]
    tier = document.tier("T")
    assert tier is not None
    assert (tier.participant, document.author, document.name) == ("P1", "A", "x.eaf")
    assert document.findings == ()
    etree.XMLSchema(file=str(shared / "eaf" / "EAFv3.0.xsd")).assertValid(etree.fromstring(document.to_bytes()))


def test_a_fresh_pympi_object_becomes_a_document() -> None:
    document = from_pympi(pympi.Eaf())
    assert [tier.id for tier in document.tiers] == ["default"]


def test_duplicate_ids_are_refused_because_pympi_would_drop_one() -> None:
    twice = '<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a1" ANNOTATION_REF="x"/></ANNOTATION>' * 2
    document = parse_eaf(
        f'<ANNOTATION_DOCUMENT><TIER TIER_ID="T">{twice}</TIER></ANNOTATION_DOCUMENT>'.encode(), "d.eaf"
    )
    with pytest.raises(
        InvalidInput, match=r"d\.eaf cannot be turned into a pympi object: 1 id is missing or duplicated"
    ):
        to_pympi(document)


def test_losses_are_told_with_their_counts():
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.types.add("t")
    editor.tiers.add("a", "t", participant="P")
    editor.annotations.add("a", 0, 10, "x", cve_ref="c1")
    editor.annotations.add("a", 10, 20, "y", cve_ref="c2")
    assert [(item.code, item.message) for item in pympi_losses(editor.document())] == [
        ("convert-lost", "pympi does not keep references of annotations to vocabulary entries (2 here)")
    ]
    commented = parse_eaf(new_document().to_bytes().replace(b"<TIME_ORDER", b"<!-- x --><TIME_ORDER"))
    assert [item.message for item in pympi_losses(commented)] == [
        "pympi does not keep comments and processing instructions (1 here)"
    ]
