"""Editing: what each step does, what it refuses, and that a refused step changes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from lxml import etree

from elancry.eaf import Constraint, Document, Editor, Vocabulary, VocabularyEntry, new_document, parse_eaf
from elancry.errors import InvalidInput, UsageError
from elancry.texts import Text


def study() -> Document:
    """Sequence |s1 0-1000||s2 2000-3000|, form below it (Included_In), rating (association), words (subdivision).

    form     |f1 100-400|  |f2 500-900|
    rating   |r1 under s1|
    words    |w1 w2 w3 under s1|
    parts    |p1 0-400|p2 400-1000| (Time_Subdivision, slots shared with s1)
    other    |o1 0-1000| (a tree of its own)
    """
    editor = new_document(date="2024-04-17T12:00:00+00:00").edit()
    editor.languages.add("eng", "English")
    editor.vocabularies.add(Vocabulary("forms", (VocabularyEntry("c1", {"eng": "protest"}),)))
    editor.types.add("root")
    editor.types.add("form", constraint=Constraint.INCLUDED_IN, vocabulary="forms")
    editor.types.add("rating", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.types.add("words", constraint=Constraint.SYMBOLIC_SUBDIVISION)
    editor.types.add("parts", constraint=Constraint.TIME_SUBDIVISION)
    editor.tiers.add("Sequence", "root")
    for name in ("form", "rating", "words", "parts"):
        editor.tiers.add(name, name, parent="Sequence")
    editor.tiers.add("other", "root")
    editor.annotations.add("Sequence", 0, 1000, "s1", id="s1")
    editor.annotations.add("Sequence", 2000, 3000, "s2", id="s2")
    editor.annotations.add("form", 100, 400, "protest", cve_ref="c1", id="f1")
    editor.annotations.add("form", 500, 900, "protest", id="f2")
    editor.annotations.add_reference("rating", "s1", "3", id="r1")
    for name in ("w1", "w2", "w3"):
        editor.annotations.add_reference("words", "s1", name, id=name)
    editor.annotations.add("parts", 0, 400, "p1", id="p1")
    editor.annotations.add("parts", 400, 1000, "p2", id="p2")
    editor.annotations.add("other", 0, 1000, "o1", id="o1")
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
    editor.annotations.remove("s1")
    document = editor.document()
    assert [tier.id for tier in document.tiers if document.annotations(tier.id)] == ["Sequence", "other"]
    assert slots(document) == [0, 1000, 2000, 3000]
    assert document.findings == ()


def test_removing_from_a_chain_closes_it() -> None:
    editor = study().edit()
    editor.annotations.remove("w2")
    document = editor.document()
    assert spans(document, "words") == [("w1", 0, 500), ("w3", 500, 1000)]
    assert document.annotations("words")[1].previous == "w1"


def test_a_subdivision_can_be_inserted_within_its_chain() -> None:
    editor = study().edit()
    editor.annotations.add_reference("words", "s1", "new", previous="w1", id="new")
    editor.annotations.add_reference("words", "s1", "last", id="last")
    document = editor.document()
    ordered = sorted(spans(document, "words"), key=lambda item: item[1])
    assert [name for name, _, _ in ordered] == ["w1", "new", "w2", "w3", "last"]


def test_annotations_added_out_of_order_are_put_in_order() -> None:
    editor = study().edit()
    for start in (7000, 5000, 1500, 6000):
        editor.annotations.add("other", start, start + 500, str(start))
    assert [start for _, start, _ in spans(editor.document(), "other")] == [0, 1500, 5000, 6000, 7000]


def test_a_changed_value_loses_the_reference_that_would_contradict_it() -> None:
    editor = study().edit()
    editor.annotations.set_value("f1", "despair")
    editor.annotations.set_value("f2", "protest", cve_ref="c1")
    first, second = editor.document().annotations("form")
    assert (first.value, first.cve_ref, second.value, second.cve_ref) == ("despair", None, "protest", "c1")


def test_other_times_keep_the_annotation_and_what_hangs_on_it() -> None:
    editor = study().edit()
    editor.annotations.set_times("s1", 0, 1200)
    editor.annotations.set_times("f1", 50, 450)
    changed = editor.document()
    assert spans(changed, "Sequence") == [("s1", 0, 1200), ("s2", 2000, 3000)]
    assert spans(changed, "form") == [("f1", 50, 450), ("f2", 500, 900)]
    assert spans(changed, "rating") == [("r1", 0, 1200)]
    # Slots that others share stay where they were; those of nobody are gone.
    assert spans(changed, "parts") == [("p1", 0, 400), ("p2", 400, 1000)]
    assert slots(changed) == sorted(slots(changed))
    assert {50, 450, 1200} <= set(slots(changed))
    assert 100 not in slots(changed)
    assert changed.findings == ()
    for name, words in (("r1", "no times of its own"), ("x", "no annotation")):
        with pytest.raises(UsageError, match=words):
            study().edit().annotations.set_times(name, 0, 10)


def test_renaming_follows_every_reference() -> None:
    editor = study().edit()
    editor.tiers.rename("Sequence", "Episode")
    editor.types.rename("form", "crying")
    document = editor.document()
    assert {tier.parent for tier in document.tiers} == {None, "Episode"}
    kind = document.type_of("form")
    assert kind is not None
    assert (kind.id, kind.vocabulary) == ("crying", "forms")
    assert document.findings == ()


def test_removing_a_tier_removes_those_below_it_as_elan_does() -> None:
    editor = study().edit()
    editor.tiers.remove("Sequence")
    document = editor.document()
    assert [tier.id for tier in document.tiers] == ["other"]
    assert slots(document) == [0, 1000]


def test_many_at_once_is_the_same_as_one_by_one() -> None:
    spans_ = [(n * 10, n * 10 + 5, f"<&>\"'\r\n\t {n} \U0001f622", None if n % 2 else f'c"\n&{n}') for n in range(50)]
    one, many = study().edit(), study().edit()
    for editor in (one, many):
        editor.tiers.add("more", "root")
    ids = [one.annotations.add("more", start, end, value, cve_ref=cve) for start, end, value, cve in spans_]
    assert many.annotations.add_many("more", spans_) == ids
    result = many.document()
    assert result.to_bytes() == one.document().to_bytes()
    assert [a.value for a in result.annotations("more")] == [value for _, _, value, _ in spans_]


def test_ids_go_above_the_counter_and_the_counter_follows() -> None:
    editor = study().edit()
    editor.header.set_property("lastUsedAnnotationId", "41")
    assert editor.annotations.add("other", 5000, 5001, "") == "a42"
    assert editor.annotations.add("other", 5001, 5002, "", id="own") == "own"
    assert editor.document().header_property("lastUsedAnnotationId") == "42"


REFUSED: list[tuple[str, Callable[[Editor], object], str]] = [
    ("tier taken", lambda e: e.tiers.add("form", "root"), "there is already a tier 'form'"),
    ("no type", lambda e: e.tiers.add("x", "nothing"), "there is no type 'nothing'"),
    ("no parent", lambda e: e.tiers.add("x", "form", parent="nothing"), "there is no tier 'nothing'"),
    ("root with constraint", lambda e: e.tiers.add("x", "form"), "has no parent, but its type"),
    ("child without", lambda e: e.tiers.add("x", "root", parent="Sequence"), "has no constraint"),
    ("no language", lambda e: e.tiers.add("x", "root", lang_ref="deu"), "there is no language 'deu'"),
    ("own ancestor", lambda e: e.tiers.set("Sequence", parent="form"), "cannot be its own ancestor"),
    ("no attribute", lambda e: e.tiers.set("Sequence", colour="red"), "tiers have no attribute colour"),
    ("vocabulary language", lambda e: e.vocabularies.add(
        Vocabulary("v", (VocabularyEntry("c", {"xx": "a"}),))), "does not have: xx"),
    ("vocabulary ids", lambda e: e.vocabularies.add(
        Vocabulary("v", (VocabularyEntry("c", {"eng": "a"}), VocabularyEntry("c", {"eng": "b"})))), "the same id: c"),
    ("backwards", lambda e: e.annotations.add("other", 9, 5, ""), "cannot run from 9 ms to 5 ms"),
    ("empty", lambda e: e.annotations.add("other", 9, 9, ""), "cannot run from 9 ms to 9 ms"),
    ("negative", lambda e: e.annotations.add("other", -1, 5, ""), "cannot run from -1 ms to 5 ms"),
    ("float", lambda e: e.annotations.add("other", 1.5, 5, ""), "whole milliseconds"),  # type: ignore[arg-type]
    ("id taken", lambda e: e.annotations.add("other", 5000, 6000, "", id="s1"), "the id 's1' is already in use"),
    ("id of a language", lambda e: e.annotations.add("other", 5000, 6000, "", id="eng"), "id 'eng' is already in use"),
    ("no id", lambda e: e.annotations.add("other", 5000, 6000, "", id="1 a"), "cannot be used as an annotation id"),
    ("control", lambda e: e.annotations.add("other", 5000, 6000, "\x00"), "control characters are not allowed"),
    ("controls", lambda e: e.annotations.add_many("other", [(5000, 6000, "\x01", None)]), "control characters"),
    ("symbolic", lambda e: e.annotations.add("rating", 5000, 6000, ""), "have no times of their own"),
    ("alignable", lambda e: e.annotations.add_reference("form", "s1", ""), "have times of their own"),
    ("wrong parent", lambda e: e.annotations.add_reference("rating", "o1", ""), "is not on 'Sequence'"),
    ("no annotation", lambda e: e.annotations.add_reference("rating", "zz", ""), "there is no annotation 'zz'"),
    ("second", lambda e: e.annotations.add_reference("rating", "s1", ""), "one-to-one association"),
    ("kind of reference", lambda e: e.external_refs.add("e", "thing", "x"), "is not a kind of external reference"),
    ("language twice", lambda e: e.languages.add("eng", "x"), "there is already a language 'eng'"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "words"), [pytest.param(step, words, id=name) for name, step, words in REFUSED])
def test_what_cannot_be_done_is_refused_and_changes_nothing(step: Callable[[Editor], object], words: str) -> None:
    document = study()
    editor = document.edit()
    with pytest.raises(UsageError, match=words) as refusal:
        step(editor)
    assert isinstance(refusal.value.said, Text)
    assert refusal.value.said.into("de") != refusal.value.message
    assert editor.document().to_bytes() == document.to_bytes()


def test_changes_that_break_the_structure_are_refused_at_the_end() -> None:
    editor = study().edit()
    editor.annotations.add("other", 500, 1500, "overlaps o1", id="x")
    editor.annotations.add("form", 950, 1100, "leaves s1", id="y")
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
    editor.annotations.add("Sequence", 5000, 6000, "fine")
    assert [f.code for f in editor.document().findings] == ["eaf-reversed"]


def test_an_editor_gives_one_document() -> None:
    editor = study().edit()
    editor.document()
    with pytest.raises(UsageError, match="has already returned its document"):
        editor.header.set_author("x")


def test_editing_takes_linear_time() -> None:
    """Eight times the annotations take eight times the calls, not the sixty-four of a quadratic step."""

    def calls(number: int) -> int:
        editor = study().edit()
        editor.tiers.add("many", "root")
        editor.annotations.add_many("many", [(n * 10, n * 10 + 5, "v", None) for n in range(number)])
        document = editor.document()
        counted = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            editor = document.edit()
            editor.tiers.add("copy", "root")
            for item in document.annotations("many"):
                editor.annotations.add("copy", item.start_ms, item.end_ms, item.value)
            editor.annotations.remove("a1")
            editor.annotations.add("other", 5000, 6000, "")
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
                editor.vocabularies.add(Vocabulary(f"v{n}", ()))
                editor.types.add(f"t{n}", vocabulary=f"v{n}")
                editor.tiers.add(f"tier{n}", f"t{n}")
        finally:
            sys.settrace(before)
        return counted

    few, many = steps(30), steps(240)
    assert few > 1_000, "the steps are counted"
    assert many < 10 * few


def test_names_are_found_after_renaming_replacing_and_removing():
    editor = new_document().edit()
    for n in range(3):
        editor.vocabularies.add(Vocabulary(f"v{n}", ()))
        editor.types.add(f"t{n}", vocabulary=f"v{n}")
    editor.types.rename("t1", "other")
    editor.vocabularies.replace(Vocabulary("v1", ()))
    editor.types.add("t1", vocabulary="v1")
    editor.vocabularies.add(Vocabulary("v3", ()))
    with pytest.raises(UsageError, match="there is already a type 'other'"):
        editor.types.add("other")
    with pytest.raises(UsageError, match="there is no vocabulary 'w'"):
        editor.types.add("x", vocabulary="w")
    for name in ("a", "b", "c"):
        editor.tiers.add(name, "t0")
    editor.tiers.remove("c")
    editor.tiers.add("d", "t1")
    editor.tiers.rename("b", "c")
    editor.tiers.add("b", "t1")
    document = editor.document()
    assert [kind.id for kind in document.types] == ["t0", "other", "t2", "t1"]
    assert [vocabulary.id for vocabulary in document.vocabularies] == ["v0", "v1", "v2", "v3"]
    assert [tier.id for tier in document.tiers] == ["a", "c", "d", "b"]
    assert document.findings == ()


def test_what_comes_after_all_others_once_a_later_one_is_gone_comes_in_order() -> None:
    """other |0-1000| then, added, |7000| |5000| |1500|, of which 7000 is taken away again."""
    editor = study().edit()
    late, *_ = [editor.annotations.add("other", start, start + 500, str(start)) for start in (7000, 5000, 1500)]
    editor.annotations.remove(late)
    assert [start for _, start, _ in spans(editor.document(), "other")] == [0, 1500, 5000]


def test_shifting_moves_what_was_there_and_what_was_added() -> None:
    editor = study().edit()
    editor.annotations.add("other", 5000, 6000, "before")
    editor.annotations.shift(-300)
    editor.annotations.add("other", 1000, 2000, "after", id="after")
    document = editor.document()
    assert [(start, end) for _, start, end in spans(document, "other")] == [(0, 700), (1000, 2000), (4700, 5700)]
    assert spans(document, "form") == [("f1", 0, 100), ("f2", 200, 600)]
