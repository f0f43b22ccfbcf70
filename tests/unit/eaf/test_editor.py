"""Editing: what each step does, what it refuses, and that a refused step changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from lxml import etree

from elancry.eaf import Constraint, Document, Editor, Vocabulary, VocabularyEntry, new_document, parse_eaf
from elancry.errors import InvalidInput, UsageError


def study() -> Document:
    """Sequence |s1 0-1000||s2 2000-3000|, form below it (Included_In), rating (association), words (subdivision).

    form     |f1 100-400|  |f2 500-900|
    rating   |r1 under s1|
    words    |w1 w2 w3 under s1|
    parts    |p1 0-400|p2 400-1000| (Time_Subdivision, slots shared with s1)
    other    |o1 0-1000| (a tree of its own)
    """
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.add_language("eng", "English")
    editor.add_vocabulary(Vocabulary("forms", (VocabularyEntry("c1", {"eng": "protest"}),)))
    editor.add_type("root")
    editor.add_type("form", constraint=Constraint.INCLUDED_IN, vocabulary="forms")
    editor.add_type("rating", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.add_type("words", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.add_type("parts", constraint=Constraint.TIME_SUBDIVISION)
    editor.add_tier("Sequence", "root")
    for name in ("form", "rating", "words", "parts"):
        editor.add_tier(name, name, parent="Sequence")
    editor.add_tier("other", "root")
    editor.add_annotation("Sequence", 0, 1000, "s1", id="s1")
    editor.add_annotation("Sequence", 2000, 3000, "s2", id="s2")
    editor.add_annotation("form", 100, 400, "protest", cve_ref="c1", id="f1")
    editor.add_annotation("form", 500, 900, "protest", id="f2")
    editor.add_reference_annotation("rating", "s1", "3", id="r1")
    for name in ("w1", "w2", "w3"):
        editor.add_reference_annotation("words", "s1", name, id=name)
    editor.add_annotation("parts", 0, 400, "p1", id="p1")
    editor.add_annotation("parts", 400, 1000, "p2", id="p2")
    editor.add_annotation("other", 0, 1000, "o1", id="o1")
    return editor.document()


def spans(document: Document, tier: str) -> list[tuple[str, int, int]]:
    return [(a.id, a.start_ms, a.end_ms) for a in document.annotations(tier)]


def slots(document: Document) -> list[int]:
    root = etree.fromstring(document.to_bytes())
    return [int(slot.get("TIME_VALUE", "-1")) for slot in root.iterfind("TIME_ORDER/TIME_SLOT")]


def test_the_study_is_sound_and_its_slots_are_in_order() -> None:
    document = study()
    assert document.findings == ()
    assert spans(document, "words") == [("w1", 0, 333), ("w2", 333, 666), ("w3", 666, 1000)]
    assert slots(document) == [0, 0, 100, 400, 400, 500, 900, 1000, 1000, 2000, 3000]  # parts share three of Sequence's


def test_removing_takes_dependants_slots_and_links_along() -> None:
    editor = study().edit()
    editor.remove_annotation("s1")
    document = editor.document()
    assert [tier.id for tier in document.tiers if document.annotations(tier.id)] == ["Sequence", "other"]
    assert slots(document) == [0, 1000, 2000, 3000]
    assert document.findings == ()


def test_removing_from_a_chain_closes_it() -> None:
    editor = study().edit()
    editor.remove_annotation("w2")
    document = editor.document()
    assert spans(document, "words") == [("w1", 0, 500), ("w3", 500, 1000)]
    assert document.annotations("words")[1].previous == "w1"


def test_a_subdivision_can_be_inserted_within_its_chain() -> None:
    editor = study().edit()
    editor.add_reference_annotation("words", "s1", "new", previous="w1", id="new")
    editor.add_reference_annotation("words", "s1", "last", id="last")
    document = editor.document()
    ordered = sorted(spans(document, "words"), key=lambda item: item[1])
    assert [name for name, _, _ in ordered] == ["w1", "new", "w2", "w3", "last"]


def test_new_times_move_slots_that_a_hierarchy_shares_and_no_others() -> None:
    editor = study().edit()
    editor.set_times("s1", 0, 950)
    document = editor.document()
    assert spans(document, "parts") == [("p1", 0, 400), ("p2", 400, 950)]
    assert spans(document, "other") == [("o1", 0, 1000)]
    assert document.findings == ()


def test_moving_behind_a_later_annotation_keeps_the_tier_in_order() -> None:
    editor = study().edit()
    editor.set_times("f1", 910, 990)
    editor.rename_tier("form", "FORM")
    assert spans(editor.document(), "FORM") == [("f2", 500, 900), ("f1", 910, 990)]


def test_annotations_added_out_of_order_are_put_in_order() -> None:
    editor = study().edit()
    for start in (7000, 5000, 1500, 6000):
        editor.add_annotation("other", start, start + 500, str(start))
    assert [start for _, start, _ in spans(editor.document(), "other")] == [0, 1500, 5000, 6000, 7000]


def test_a_changed_value_loses_the_reference_that_would_contradict_it() -> None:
    editor = study().edit()
    editor.set_value("f1", "despair")
    editor.set_value("f2", "protest", cve_ref="c1")
    first, second = editor.document().annotations("form")
    assert (first.value, first.cve_ref, second.value, second.cve_ref) == ("despair", None, "protest", "c1")


def test_renaming_follows_every_reference() -> None:
    editor = study().edit()
    editor.rename_tier("Sequence", "Episode")
    editor.rename_type("form", "crying")
    editor.rename_vocabulary("forms", "crying forms")
    document = editor.document()
    assert {tier.parent for tier in document.tiers} == {None, "Episode"}
    kind = document.type_of("form")
    assert kind is not None
    assert (kind.id, kind.vocabulary) == ("crying", "crying forms")
    assert document.findings == ()


def test_removing_a_tier_removes_those_below_it_as_elan_does() -> None:
    editor = study().edit()
    editor.remove_tier("Sequence")
    document = editor.document()
    assert [tier.id for tier in document.tiers] == ["other"]
    assert slots(document) == [0, 1000]


def test_many_at_once_is_the_same_as_one_by_one() -> None:
    spans_ = [(n * 10, n * 10 + 5, f"<&>\"'\r\n\t {n} \U0001f622", None if n % 2 else f'c"\n&{n}') for n in range(50)]
    one, many = study().edit(), study().edit()
    for editor in (one, many):
        editor.add_tier("more", "root")
    ids = [one.add_annotation("more", start, end, value, cve_ref=cve) for start, end, value, cve in spans_]
    assert many.add_annotations("more", spans_) == ids
    result = many.document()
    assert result.to_bytes() == one.document().to_bytes()
    assert [a.value for a in result.annotations("more")] == [value for _, _, value, _ in spans_]


def test_ids_go_above_the_counter_and_the_counter_follows() -> None:
    editor = study().edit()
    editor.set_property("lastUsedAnnotationId", "41")
    assert editor.add_annotation("other", 5000, 5001, "") == "a42"
    assert editor.add_annotation("other", 5001, 5002, "", id="own") == "own"
    assert editor.document().header_property("lastUsedAnnotationId") == "42"


def test_tiers_are_copied_with_everything_and_renumbered_on_conflict() -> None:
    source, editor = study(), study().edit()
    top = editor.copy_tier(source, "Sequence", "Sequence@R2", annotator="R2")
    words = editor.copy_tier(source, "words", "words@R2", parent="Sequence@R2")
    editor.copy_tier(source, "parts", "parts@R2", parent="Sequence@R2")
    document = editor.document()
    assert set(top) == {"s1", "s2"}
    assert not set(top.values()) & {"s1", "s2"}
    assert [a.parent for a in document.annotations("words@R2")] == [top["s1"]] * 3
    assert [a.previous for a in document.annotations("words@R2")] == [None, words["w1"], words["w2"]]
    for name in ("Sequence", "words", "parts"):
        ours, theirs = document.annotations(name + "@R2"), source.annotations(name)
        assert [(a.value, a.start_ms, a.end_ms) for a in ours] == [(a.value, a.start_ms, a.end_ms) for a in theirs]
    tier = document.tier("Sequence@R2")
    assert tier is not None
    assert tier.annotator == "R2"
    assert document.findings == ()
    assert len(set(document.to_frame()["annotation_id"])) == len(document.to_frame())


def test_copied_tiers_bring_what_they_refer_to_and_keep_unaligned_slots() -> None:
    source = parse_eaf(b"""<ANNOTATION_DOCUMENT><HEADER/><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/>
      <TIME_SLOT TIME_SLOT_ID="u"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="100"/></TIME_ORDER>
      <TIER TIER_ID="A" LINGUISTIC_TYPE_REF="root" LANG_REF="nld" DEFAULT_LOCALE="nl" EXT_REF="er1"><ANNOTATION>
      <ALIGNABLE_ANNOTATION ANNOTATION_ID="x" SVG_REF="s" EXT_REF="er1 er2" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="u"/>
      </ANNOTATION><ANNOTATION>
      <ALIGNABLE_ANNOTATION ANNOTATION_ID="y" TIME_SLOT_REF1="u" TIME_SLOT_REF2="t2"/></ANNOTATION></TIER>
      <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="root"/><LOCALE LANGUAGE_CODE="nl"/><LANGUAGE LANG_ID="nld"/>
      <EXTERNAL_REF EXT_REF_ID="er1" TYPE="iso12620" VALUE="theirs"/>
      <EXTERNAL_REF EXT_REF_ID="er2" TYPE="resource_url" VALUE="shared"/></ANNOTATION_DOCUMENT>""")
    editor = study().edit()
    editor.add_external_ref("er1", "iso12620", "ours")
    editor.add_external_ref("er9", "resource_url", "shared")
    editor.copy_tier(source, "A", "A@R2")
    document = editor.document()
    assert spans(document, "A@R2") == [("x", 0, 50), ("y", 50, 100)]
    assert [a.aligned for a in document.annotations("A@R2")] == [False, False]
    assert document.external_refs["er1"] == ("iso12620", "ours")
    assert document.external_refs["er10"] == ("iso12620", "theirs")
    assert document.annotations("A@R2")[0].ext_ref == "er10 er9"
    tier = document.tier("A@R2")
    assert tier is not None
    assert (tier.lang_ref, tier.locale, tier.ext_ref) == ("nld", "nl", "er10")
    assert "nld" in document.languages
    assert b'SVG_REF="s"' in document.to_bytes()
    assert document.findings == ()


REFUSED: list[tuple[str, Callable[[Editor], object], str]] = [
    ("tier taken", lambda e: e.add_tier("form", "root"), "there is a tier 'form' already"),
    ("no type", lambda e: e.add_tier("x", "nothing"), "there is no type 'nothing'"),
    ("no parent", lambda e: e.add_tier("x", "form", parent="nothing"), "there is no tier 'nothing'"),
    ("root with constraint", lambda e: e.add_tier("x", "form"), "has no parent, but its type"),
    ("child without", lambda e: e.add_tier("x", "root", parent="Sequence"), "has no constraint"),
    ("no language", lambda e: e.add_tier("x", "root", lang_ref="deu"), "there is no language 'deu'"),
    ("own ancestor", lambda e: e.set_tier("Sequence", parent="form"), "cannot be its own ancestor"),
    ("no attribute", lambda e: e.set_tier("Sequence", colour="red"), "a tier has no attribute 'colour'"),
    ("type in use", lambda e: e.remove_type("form"), "is the type of tier 'form'"),
    ("vocabulary in use", lambda e: e.remove_vocabulary("forms"), "belongs to type 'form'"),
    ("vocabulary language", lambda e: e.add_vocabulary(Vocabulary("v", (VocabularyEntry("c", {"xx": "a"}),))), "'xx'"),
    ("vocabulary ids", lambda e: e.add_vocabulary(
        Vocabulary("v", (VocabularyEntry("c", {"eng": "a"}), VocabularyEntry("c", {"eng": "b"})))), "of one id: 'c'"),
    ("backwards", lambda e: e.add_annotation("other", 9, 5, ""), "cannot run from 9 to 5 ms"),
    ("empty", lambda e: e.add_annotation("other", 9, 9, ""), "cannot run from 9 to 9 ms"),
    ("negative", lambda e: e.add_annotation("other", -1, 5, ""), "cannot run from -1 to 5 ms"),
    ("float", lambda e: e.add_annotation("other", 1.5, 5, ""), "whole milliseconds"),  # type: ignore[arg-type]
    ("id taken", lambda e: e.add_annotation("other", 5000, 6000, "", id="s1"), "the id 's1' is taken"),
    ("id of a language", lambda e: e.add_annotation("other", 5000, 6000, "", id="eng"), "the id 'eng' is taken"),
    ("no id", lambda e: e.add_annotation("other", 5000, 6000, "", id="1 a"), "cannot be an annotation id"),
    ("control", lambda e: e.add_annotation("other", 5000, 6000, "\x00"), "control characters cannot stand"),
    ("controls", lambda e: e.add_annotations("other", [(5000, 6000, "\x01", None)]), "control characters"),
    ("symbolic", lambda e: e.add_annotation("rating", 5000, 6000, ""), "have no times of their own"),
    ("alignable", lambda e: e.add_reference_annotation("form", "s1", ""), "have times of their own"),
    ("wrong parent", lambda e: e.add_reference_annotation("rating", "o1", ""), "is not on 'Sequence'"),
    ("no annotation", lambda e: e.add_reference_annotation("rating", "zz", ""), "there is no annotation 'zz'"),
    ("second", lambda e: e.add_reference_annotation("rating", "s1", ""), "one-to-one association"),
    ("times of a reference", lambda e: e.set_times("r1", 0, 5), "has no times of its own"),
    ("kind of reference", lambda e: e.add_external_ref("e", "thing", "x"), "is no kind of external reference"),
    ("language twice", lambda e: e.add_language("eng", "x"), "there is a language 'eng' already"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words"), [pytest.param(step, words, id=name) for name, step, words in REFUSED])
def test_what_cannot_be_done_is_refused_and_changes_nothing(step: Callable[[Editor], object], words: str) -> None:
    document = study()
    editor = document.edit()
    with pytest.raises(UsageError, match=words):
        step(editor)
    assert editor.document().to_bytes() == document.to_bytes()


def test_changes_that_break_the_structure_are_refused_at_the_end() -> None:
    editor = study().edit()
    editor.add_annotation("other", 500, 1500, "overlaps o1", id="x")
    editor.add_annotation("form", 950, 1100, "leaves s1", id="y")
    with pytest.raises(InvalidInput, match="the changes would break the structure") as refusal:
        editor.document()
    assert [(f.code, f.annotation) for f in refusal.value.findings] == [
        ("eaf-outside-parent", "y"),
        ("eaf-overlap", "x"),
    ]


def test_what_was_broken_before_may_stay() -> None:
    broken = parse_eaf(study().to_bytes().replace(b'TIME_VALUE="3000"', b'TIME_VALUE="1"'))
    assert [f.code for f in broken.findings] == ["eaf-reversed"]
    editor = broken.edit()
    editor.add_annotation("Sequence", 5000, 6000, "fine")
    assert [f.code for f in editor.document().findings] == ["eaf-reversed"]


def test_an_editor_gives_one_document() -> None:
    editor = study().edit()
    editor.document()
    with pytest.raises(UsageError, match="has given its document"):
        editor.set_author("x")


def test_editing_takes_linear_time() -> None:
    """Eight times the annotations take eight times the calls, not the sixty-four of a quadratic step."""

    def calls(number: int) -> int:
        editor = study().edit()
        editor.add_tier("many", "root")
        editor.add_annotations("many", [(n * 10, n * 10 + 5, "v", None) for n in range(number)])
        document = editor.document()
        counted = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            editor = document.edit()
            editor.copy_tier(document, "many", "copy")
            editor.remove_annotation("a1")
            editor.add_annotation("other", 5000, 6000, "")
            editor.document()
        finally:
            sys.setprofile(before)
        return counted

    few, many = calls(1_000), calls(8_000)
    assert few > 1_000, "the calls are counted"
    assert many < 10 * few


def test_thousands_of_types_vocabularies_and_tiers_are_added_in_linear_work():
    """Steps of Python are counted, within generators too, not seconds."""

    def steps(number: int) -> int:
        editor = new_document().edit()
        counted = 0

        def count(frame: FrameType, event: str, argument: object) -> object:
            nonlocal counted
            frame.f_trace_opcodes = True
            counted += event == "opcode"
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            for n in range(number):
                editor.add_vocabulary(Vocabulary(f"v{n}", ()))
                editor.add_type(f"t{n}", vocabulary=f"v{n}")
                editor.add_tier(f"tier{n}", f"t{n}")
        finally:
            sys.settrace(before)
        return counted

    few, many = steps(30), steps(240)
    assert few > 1_000, "the steps are counted"
    assert many < 10 * few


def test_names_are_found_after_renaming_replacing_and_removing():
    editor = new_document().edit()
    for n in range(3):
        editor.add_vocabulary(Vocabulary(f"v{n}", ()))
        editor.add_type(f"t{n}", vocabulary=f"v{n}")
    editor.rename_type("t1", "other")
    editor.remove_type("t0")
    editor.remove_vocabulary("v0")
    editor.replace_vocabulary(Vocabulary("v1", ()))
    editor.rename_vocabulary("v2", "w")
    editor.add_type("t0", vocabulary="w")
    editor.add_type("t1")
    editor.add_vocabulary(Vocabulary("v0", ()))
    with pytest.raises(UsageError, match="there is a type 'other' already"):
        editor.add_type("other")
    with pytest.raises(UsageError, match="there is no vocabulary 'v2'"):
        editor.add_type("x", vocabulary="v2")
    for name in ("a", "b", "c"):
        editor.add_tier(name, "t0")
    editor.remove_tier("c")
    editor.add_tier("d", "t1")
    document = editor.document()
    assert [kind.id for kind in document.types][-4:] == ["other", "t2", "t0", "t1"]
    assert [vocabulary.id for vocabulary in document.vocabularies] == ["v1", "w", "v0"]
    assert [tier.id for tier in document.tiers][-3:] == ["a", "b", "d"]
    assert document.findings == ()
