"""Files that ELAN damaged by dropping a language come back whole; moved vocabularies are found again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from elancry.codebook.load import parse_codebook
from elancry.codebook.model import Codebook
from elancry.eaf import Document, parse_eaf, write_ecv
from elancry.edit.change import Change
from elancry.edit.relink_vocabulary import VocabularyLink, relink_vocabulary, vocabulary_file
from elancry.edit.repair_languages import LanguageChoice, repair_languages
from elancry.edit.template_source import from_document
from elancry.errors import UnreadableInput
from elancry.template.build import build_template
from elancry.template.media import file_url
from elancry.template.vocabularies import build_ecv

BOTH = """elancry_codebook: 1
id: laughter
title: {de: Lachen, en: Laughter}
languages: [de, en]
systems:
  - id: laughing
    labels: {de: Lachen, en: Laughter}
    coding: both
    scale: {minimum: 0, maximum: 2, anchors: {0: {de: keines, en: none}}}
    categories:
      - {id: shared, labels: {de: gemeinsam, en: shared}, definitions: {de: Zu zweit., en: Two people.}}
      - {id: alone, labels: {de: allein, en: alone}}
"""
GERMAN_ONLY = re.sub(r", en: [^},]+", "", BOTH.replace("[de, en]", "[de]"))
CODED = (("gemeinsam", "shared"), ("allein", "alone"), ("gemeinsam", "shared"))


def coded(codebook: Codebook, *annotations: tuple[str, str | None], external_cv: str | None = None) -> Document:
    """A rater's file with annotations (value, CVE_REF) of 1 s on the tier `laughing`, which is German, and a rating."""
    editor = build_template(codebook, annotator="R1", external_cv=external_cv).edit()
    parent = editor.annotations.add("Sequence", 0, 9_000, "1")
    for number, (value, reference) in enumerate(annotations):
        editor.annotations.add("laughing", 1000 * number, 1000 * (number + 1), value, cve_ref=reference)
    editor.annotations.add_reference("laughing.shared.rating", parent, "2", cve_ref="2")
    return editor.document()


def repaired(data: bytes, codebook: Codebook) -> Change:
    return repair_languages(parse_eaf(data), LanguageChoice(from_document(build_template(codebook), "the codebook")))


def canonical(data: bytes) -> bytes:
    """The XML without the white space between elements."""
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    return etree.tostring(root, method="c14n")


@pytest.mark.parametrize("text", [BOTH, GERMAN_ONLY], ids=["two languages", "one language"])
def test_what_elan_dropped_comes_back_and_nothing_else_is_touched(text, elan_with_german):
    """With two languages the German values were replaced by English ones, with one the rater's list was empty."""
    codebook = parse_codebook(text)
    whole = coded(codebook, *CODED).to_bytes()
    damaged = elan_with_german.open_and_save(whole)
    assert b'LANG_REF="deu"' not in damaged.partition(b"<CONTROLLED_VOCABULARY")[2]
    change = repaired(damaged, codebook)
    assert canonical(change.document.to_bytes()) == canonical(whole)
    assert not change.findings


def test_every_change_is_a_row(elan_with_german):
    codebook = parse_codebook(BOTH)
    change = repaired(elan_with_german.open_and_save(coded(codebook, *CODED).to_bytes()), codebook)
    assert [(str(row.what), row.tier, str(row.before), str(row.after)) for row in change.rows] == [
        ("label restored", "", "", "laughing, shared, deu: gemeinsam"),
        ("description restored", "", "", "laughing, shared, deu: Zu zweit."),
        ("label restored", "", "", "laughing, alone, deu: allein"),
        ("description restored", "", "", "laughing, deu: Lachen"),
        ("label restored", "", "", "laughing.rating, 0, deu: 0"),
        ("description restored", "", "", "laughing.rating, 0, deu: keines"),
        ("label restored", "", "", "laughing.rating, 1, deu: 1"),
        ("label restored", "", "", "laughing.rating, 2, deu: 2"),
        ("description restored", "", "", "laughing.rating, deu: Lachen"),
        ("value restored", "laughing", "shared", "gemeinsam"),
        ("value restored", "laughing", "alone", "allein"),
        ("value restored", "laughing", "shared", "gemeinsam"),
    ]


def test_a_whole_file_is_left_alone():
    codebook = parse_codebook(BOTH)
    document = coded(codebook, *CODED)
    change = repaired(document.to_bytes(), codebook)
    assert (change.rows, change.findings) == ((), ())


@pytest.mark.parametrize("given", ['LANG_DEF="https://iso639-3.sil.org/code/deu"', 'LANG_DEF=""'])
def test_the_definition_becomes_that_of_elan(given):
    codebook = parse_codebook(BOTH)
    whole = coded(codebook, *CODED).to_bytes()
    other = whole.replace(b'LANG_DEF="http://cdb.iso.org/lg/CDB-00138497-001"', given.encode())
    assert other != whole
    change = repaired(other, codebook)
    assert change.document.to_bytes() == whole
    assert [str(row.what) for row in change.rows] == ["language defined"]


@pytest.mark.parametrize(
    ("value", "reference", "after", "found"),
    [
        ("shared", "shared", "gemeinsam", []),
        ("", "alone", "allein", []),
        # Somebody chose another value: which of the two was meant is not for a program to say.
        ("allein", "shared", "allein", ["batch-value-and-entry-differ"]),
        ("alone", "shared", "alone", ["batch-value-and-entry-differ"]),
        ("gemeinsam?", "shared", "gemeinsam?", ["batch-value-and-entry-differ"]),
        # Without a reference nothing is known.
        ("shared", None, "shared", []),
        ("shared", "an entry of long ago", "shared", []),
    ],
)
def test_values_follow_their_own_entry_only(value, reference, after, found):
    codebook = parse_codebook(BOTH)
    change = repaired(coded(codebook, (value, reference)).to_bytes(), codebook)
    (item,) = change.document.annotations("laughing")
    assert (item.value, item.cve_ref) == (after, reference)
    assert [item.code for item in change.findings] == found


def test_entries_and_words_of_the_file_itself_stay():
    """An entry that only the file has, and a label that somebody reworded."""
    codebook = parse_codebook(BOTH)
    data = coded(codebook, *CODED).to_bytes().replace(b">gemeinsam</CVE_VALUE>", b">zusammen</CVE_VALUE>")
    own = b'<CV_ENTRY_ML CVE_ID="own"><CVE_VALUE LANG_REF="deu">neu</CVE_VALUE></CV_ENTRY_ML>'
    data = data.replace(b'<CV_ENTRY_ML CVE_ID="alone">', own + b'<CV_ENTRY_ML CVE_ID="alone">')
    vocabulary = repaired(data, codebook).document.vocabulary("laughing")
    assert vocabulary is not None
    assert {entry.id: entry.values.get("deu") for entry in vocabulary.entries} == {
        "shared": "zusammen",
        "alone": "allein",
        "own": "neu",
    }


def test_values_of_an_external_vocabulary_follow_their_entry(elan_with_german):
    codebook = parse_codebook(BOTH)
    document = coded(codebook, ("shared", "shared"), external_cv="file:///lab/lab.ecv")
    change = repaired(document.to_bytes(), codebook)
    assert [item.value for item in change.document.annotations("laughing")] == ["gemeinsam"]
    assert change.document.vocabulary("laughing") == document.vocabulary("laughing")


def test_a_file_of_another_codebook_gets_definitions_only():
    other = parse_codebook(BOTH.replace("id: laughter", "id: crying"))
    data = coded(parse_codebook(BOTH), ("shared", "shared")).to_bytes().replace(b"CDB-00138497-001", b"x")
    change = repaired(data, other)
    assert [str(row.what) for row in change.rows] == ["language defined"]
    assert [item.code for item in change.findings] == ["batch-other-codebook"]


def test_an_id_that_elan_cannot_read_is_said():
    codebook = parse_codebook(BOTH)
    data = coded(codebook, *CODED).to_bytes().replace(b'"deu"', b'"de-AT"')
    (found,) = repaired(data, codebook).findings[:1]
    assert (found.code, found.message) == ("batch-not-possible", "ELAN cannot read the language id 'de-AT'")


@pytest.mark.parametrize("address", ["file:///C:/gone/lab.ecv", "./lab.ecv", "http://server/lab.ecv"])
def test_files_refer_to_where_the_vocabularies_are_now(tmp_path, address):
    codebook = parse_codebook(BOTH)
    path = tmp_path / "new place" / "lab.ecv"
    path.parent.mkdir()
    write_ecv(build_ecv(codebook), path)
    document = coded(codebook, *CODED, external_cv=address)
    change = relink_vocabulary(document, VocabularyLink(vocabulary_file(path)))
    assert [(str(row.what), row.before, row.after) for row in change.rows] == [
        ("vocabulary linked", address, file_url(path))
    ]
    assert change.document.to_bytes() == document.to_bytes().replace(address.encode(), file_url(path).encode())
    assert relink_vocabulary(change.document, VocabularyLink(vocabulary_file(path))).rows == ()


def test_a_file_without_the_vocabularies_is_refused_and_one_without_references_is_said(tmp_path):
    codebook = parse_codebook(BOTH)
    path = tmp_path / "lab.ecv"
    write_ecv(build_ecv(parse_codebook(BOTH.replace("id: laughing", "id: smiling"))), path)
    change = relink_vocabulary(coded(codebook, external_cv="./lab.ecv"), VocabularyLink(vocabulary_file(path)))
    assert (change.rows, [item.message for item in change.findings]) == (
        (),
        ["the vocabulary file does not contain laughing, laughing.rating, so the reference to ./lab.ecv stays"],
    )
    change = relink_vocabulary(coded(codebook), VocabularyLink(vocabulary_file(path)))
    assert [(item.code, item.message) for item in change.findings] == [
        ("batch-nothing-named", "the file does not refer to any external vocabulary")
    ]


def test_a_vocabulary_file_that_is_no_xml(tmp_path: Path):
    path = tmp_path / "lab.ecv"
    path.write_text("laughing;shared;alone", encoding="utf-8")
    with pytest.raises(UnreadableInput, match=r"lab\.ecv is not an ELAN vocabulary file: it is not XML"):
        vocabulary_file(path)
