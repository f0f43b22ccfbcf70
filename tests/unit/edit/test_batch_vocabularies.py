"""Vocabularies, templates and copies: references follow, values never get lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.codebook.load import load_codebook
from elancry.eaf import (
    Constraint,
    Document,
    ExternalVocabularies,
    Vocabulary,
    VocabularyEntry,
    new_document,
    parse_eaf,
    write_eaf,
    write_ecv,
)
from elancry.edit.apply_template import TemplateChoice, apply_template
from elancry.edit.change import Change
from elancry.edit.copy_annotations import Copies, Overlap, copy_annotations
from elancry.edit.set_vocabulary import VocabularyChoice, chosen_vocabularies, set_vocabulary
from elancry.edit.template_source import Source, load_source
from elancry.errors import UsageError
from elancry.template.build import CODEBOOK_PROPERTY, build_template


def entry(name: str, english: str, german: str | None = None) -> VocabularyEntry:
    return VocabularyEntry(name, {"eng": english, **({"deu": german} if german else {})})


OLD = Vocabulary("form", (entry("p", "protest", "Protest"), entry("d", "despair", "Verzweiflung"), entry("x", "odd")))
NEW = Vocabulary("form", (entry("p", "protest!", "Protest!"), entry("d", "despair", "Verzweiflung"), entry("i", "in")))
SOURCE = Source("new", (NEW,), {"eng": ("English", None), "deu": ("German", None)})


def coded(*annotations: tuple[str, str | None], vocabulary: Vocabulary | None = OLD) -> Document:
    """Annotations of 1 s after each other, (value, reference), on the English tier `form`."""
    editor = new_document().edit()
    editor.languages.add("eng", "English")
    if vocabulary is not None:
        editor.languages.add("deu", "German")
        editor.vocabularies.add(vocabulary)
    editor.types.add("form", vocabulary=None if vocabulary is None else "form")
    editor.types.add("ref", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.types.add("sub", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.types.add("in", constraint=Constraint.INCLUDED_IN)
    editor.tiers.add("form", "form", lang_ref="eng", annotator="R1")
    for number, (value, reference) in enumerate(annotations):
        editor.annotations.add("form", 1000 * number, 1000 * (number + 1), value, cve_ref=reference)
    return editor.document()


def values(document: Document, tier: str = "form") -> list[tuple[str, str | None]]:
    return [(item.value, item.cve_ref) for item in document.annotations(tier)]


def codes(change: Change) -> list[str]:
    return [item.code for item in change.findings]


def test_annotations_are_looked_up_by_entry_then_by_value() -> None:
    document = coded(
        ("protest", "p"),  # reworded
        ("Protest", "p"),  # in its own language
        ("despair", None),  # by value
        ("in", "x"),  # the old entry is gone, the value is one of the new
        ("odd", "x"),  # neither
        ("despair", "p"),  # contradict each other: the value counts
        ("", None),
        ("whatever", None),
    )
    change = set_vocabulary(document, VocabularyChoice(SOURCE))
    assert values(change.document) == [
        ("protest!", "p"), ("Protest!", "p"), ("despair", "d"), ("in", "i"), ("odd", "x"), ("despair", "d"), ("", None),
        ("whatever", None),
    ]  # fmt: skip
    assert codes(change) == ["batch-value-unknown", "batch-value-and-entry-differ", "batch-value-unknown"]
    assert change.findings[0].message == "no entry of the vocabulary matches 'odd'"
    told = [(str(row.what), row.before, row.after) for row in change.rows]
    assert ("vocabulary replaced", "form", "form") in told
    assert ("entry removed", "form: odd", "") in told
    assert ("entry reworded", "form: protest / Protest", "form: protest! / Protest!") in told
    assert ("value reworded", "Protest", "Protest!") in told
    again = set_vocabulary(change.document, VocabularyChoice(SOURCE))
    assert again.rows == ()


def test_a_vocabulary_is_added_with_its_languages_and_bound() -> None:
    change = set_vocabulary(coded(("despair", None), vocabulary=None), VocabularyChoice(SOURCE, types=("form",)))
    assert [str(row.what) for row in change.rows][:2] == ["language added", "vocabulary added"]
    assert values(change.document) == [("despair", "d")]
    kind = change.document.type_of("form")
    assert kind is not None
    assert kind.vocabulary == "form"
    assert codes(set_vocabulary(coded(), VocabularyChoice(SOURCE, types=("nope",)))) == ["batch-nothing-named"]


def test_a_wrong_name_is_told_once_and_for_all() -> None:
    with pytest.raises(UsageError, match="new has no vocabulary 'from'") as caught:
        chosen_vocabularies(VocabularyChoice(SOURCE, ("from",)))
    assert caught.value.hint == "Did you mean 'form'? Available: form."
    with pytest.raises(UsageError, match="cannot be bound"):
        chosen_vocabularies(VocabularyChoice(load_source("crying"), types=("x",)))


def test_sources_of_all_kinds_say_the_same(tmp_path: Path) -> None:
    book = load_codebook("crying")
    write_eaf(build_template(book), tmp_path / "t.etf")
    template = load_source(str(tmp_path / "t.etf"))
    languages = {code: label for code, (label, _) in template.languages.items()}
    write_ecv(ExternalVocabularies(languages, template.vocabularies), tmp_path / "v.ecv")
    names = [[item.id for item in load_source(str(name)).vocabularies] for name in (
        "crying", tmp_path / "t.etf", tmp_path / "v.ecv"
    )]  # fmt: skip
    assert names[0] == names[1] == names[2]
    assert template.languages["eng"][1] is not None  # where the language is defined comes along


def test_external_references_lead_to_the_same_under_another_id() -> None:
    editor = coded().edit()
    editor.external_refs.add("er1", "resource_url", "http://other")
    document = editor.document()
    wanted = Vocabulary("form", (VocabularyEntry("p", {"eng": "protest"}, {}, "er1"),))
    source = Source("s", (wanted,), SOURCE.languages, {"er1": ("resource_url", "http://mine")})
    after = set_vocabulary(document, VocabularyChoice(source)).document
    vocabulary = after.vocabulary("form")
    assert vocabulary is not None
    assert after.external_refs[str(vocabulary.entries[0].ext_ref)] == ("resource_url", "http://mine")
    assert after.external_refs["er1"] == ("resource_url", "http://other")


def test_a_template_adds_what_is_missing_and_names_the_only_annotator() -> None:
    source = load_source("crying")
    change = apply_template(coded(("protest", "p")), TemplateChoice(source))
    assert change.findings == ()
    added = {row.tier for row in change.rows if str(row.what) == "tier added"}
    assert {"Sequence", "crying_form", "intervention"} <= added
    tier = change.document.tier("crying_form")
    assert tier is not None
    assert (tier.annotator, tier.participant) == ("R1", "patient")
    assert change.document.header_property(CODEBOOK_PROPERTY) == load_codebook("crying").stamp
    assert values(change.document) == [("protest", "p")]
    assert apply_template(change.document, TemplateChoice(source)).rows == ()


def test_what_differs_from_the_template_stays_and_is_told() -> None:
    editor = coded().edit()
    editor.types.add("crying_form", constraint=Constraint.INCLUDED_IN)
    editor.vocabularies.add(Vocabulary("intervention", (entry("a", "a"),)))
    editor.tiers.add("Sequence", "form")
    editor.header.set_property(CODEBOOK_PROPERTY, "other 3")
    change = apply_template(editor.document(), TemplateChoice(load_source("crying")))
    said = " | ".join(item.message for item in change.findings)
    for part in ("vocabulary 'intervention' differs", "type 'crying_form' has Included_In", "tier 'Sequence' has type",
                 "tier 'crying_form' was not added", "made with the codebook other 3"):  # fmt: skip
        assert part in said
    assert set(codes(change)) == {"batch-differs", "batch-other-codebook"}


def test_annotations_of_a_template_are_not_copied(tmp_path: Path) -> None:
    write_eaf(coded(("protest", "p")), tmp_path / "coded.eaf")
    source = load_source(str(tmp_path / "coded.eaf"))
    after = apply_template(new_document(), TemplateChoice(source)).document
    assert after.annotations("form") == ()
    assert not after.findings


def test_a_new_tier_is_like_the_old_one_with_all_references() -> None:
    editor = coded(("protest", "p"), ("despair", "d")).edit()
    editor.external_refs.add("er1", "resource_url", "http://x")
    editor.annotations.add("form", 5000, 6000, "odd", cve_ref="x", ext_ref="er1", lang_ref="deu")
    change = copy_annotations(editor.document(), Copies((("form", "form 2"),)))
    old, new = change.document.annotations("form"), change.document.annotations("form 2")
    assert [(a.value, a.start_ms, a.end_ms, a.cve_ref, a.ext_ref, a.lang_ref) for a in old] == [
        (a.value, a.start_ms, a.end_ms, a.cve_ref, a.ext_ref, a.lang_ref) for a in new
    ]
    tier = change.document.tier("form 2")
    assert tier is not None
    assert (tier.type_id, tier.lang_ref, tier.annotator) == ("form", "eng", "R1")
    assert [str(row.what) for row in change.rows] == ["tier added", *["annotation copied"] * 3]
    assert change.rows[1].before == "form: a1"


def test_dependent_tiers_are_copied_under_the_same_parents() -> None:
    editor = coded(("protest", "p"), ("despair", "d")).edit()
    editor.tiers.add("why", "ref", parent="form")
    editor.tiers.add("words", "sub", parent="form")
    editor.annotations.add_reference("why", "a2", "w")
    for word in ("one", "two"):
        editor.annotations.add_reference("words", "a1", word)
    document = editor.document()
    change = copy_annotations(document, Copies((("w*", "2 w*"),)))
    assert [(a.value, a.parent) for a in change.document.annotations("2 why")] == [("w", "a2")]
    copied = change.document.annotations("2 words")
    assert [(a.value, a.start_ms, a.end_ms) for a in copied] == [("one", 0, 500), ("two", 500, 1000)]
    # The values of the parent tier itself, on the tier below it.
    down = copy_annotations(document, Copies((("form", "why"),)))
    assert [(a.value, a.parent) for a in down.document.annotations("why")] == [("w", "a2"), ("protest", "a1")]
    assert codes(down) == ["batch-not-copied"]
    top = copy_annotations(document, Copies((("words", "free"),), type_id="free"))
    assert [(a.value, a.start_ms, a.end_ms) for a in top.document.annotations("free")] == [
        ("one", 0, 500), ("two", 500, 1000),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("overlap", "left", "missed"),
    [(Overlap.SKIP, ["mine", "despair"], 1), (Overlap.REPLACE, ["protest", "despair"], 0)],
)
def test_what_stands_there_is_left_or_replaced(overlap: Overlap, left: list[str], missed: int) -> None:
    """
    form   |protest|despair|
    other    |mine|
    """
    editor = coded(("protest", "p"), ("despair", "d")).edit()
    editor.tiers.add("other", "form")
    editor.annotations.add("other", 200, 700, "mine")
    change = copy_annotations(editor.document(), Copies((("form", "other"),), overlap))
    assert [a.value for a in change.document.annotations("other")] == left
    assert codes(change) == ["batch-not-copied"] * missed
    if overlap is Overlap.REPLACE:
        assert [row.before for row in change.rows if str(row.what) == "annotation replaced"] == ["mine"]


def test_only_some_values_and_only_inside_a_parent() -> None:
    editor = coded(("protest", "p"), ("despair", "d"), ("odd", "x")).edit()
    editor.tiers.add("upper", "form")
    editor.annotations.add("upper", 0, 2000, "u")
    editor.tiers.add("inner", "in", parent="upper")
    change = copy_annotations(editor.document(), Copies((("form", "inner"),), values=frozenset({"despair", "odd"})))
    assert values(change.document, "inner") == [("despair", None)]  # that tier has no vocabulary
    assert [item.annotation for item in change.findings] == ["a3"]


def test_between_two_vocabularies_the_value_finds_the_entry() -> None:
    editor = coded(("despair", "d"), ("odd", "x")).edit()
    editor.vocabularies.add(Vocabulary("second", (entry("s9", "despair"),)))
    editor.types.add("second", vocabulary="second")
    editor.tiers.add("there", "second")
    change = copy_annotations(editor.document(), Copies((("form", "there"),)))
    assert values(change.document, "there") == [("despair", "s9"), ("odd", None)]


def test_an_old_file_keeps_what_it_had() -> None:
    old = parse_eaf(
        b'<ANNOTATION_DOCUMENT FORMAT="2.7" VERSION="2.7"><HEADER/><TIME_ORDER/>'
        b'<CONTROLLED_VOCABULARY CV_ID="v" DESCRIPTION=""><CV_ENTRY DESCRIPTION="">a</CV_ENTRY></CONTROLLED_VOCABULARY>'
        b"</ANNOTATION_DOCUMENT>"
    )
    after = set_vocabulary(old, VocabularyChoice(SOURCE)).document
    assert after.format_version == "3.0"
    assert [list(entry.values.values()) for entry in after.vocabularies[0].entries] == [["a"]]
