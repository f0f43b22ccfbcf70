"""Operations on tiers and types: what is asked for, once, and findings where it does not fit."""

from __future__ import annotations

import pytest

from elancry.eaf import Constraint, Document, Vocabulary, VocabularyEntry, new_document, parse_eaf
from elancry.edit.change import Change
from elancry.edit.renames import Renames, rename_tiers, rename_types
from elancry.edit.tier_operations import (
    Attributes,
    EmptyTiers,
    NewTier,
    TierChoice,
    add_tier,
    remove_empty_tiers,
    remove_tiers,
    set_attributes,
)
from elancry.edit.type_operations import NewType, add_type


def document() -> Document:
    """
    Sequence  |s1 0-1000|   |s2 2000-3000|
    rating    |3|           (Symbolic_Association under Sequence)
    Comment   (empty)
    parts     (empty, Included_In under Sequence)
    """
    editor = new_document(date="2024-04-17T12:00:00+02:00").edit()
    editor.languages.add("eng", "English")
    editor.vocabularies.add(Vocabulary("scale", (VocabularyEntry("3", {"eng": "3"}),)))
    editor.types.add("root")
    editor.types.add("scale", constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary="scale")
    editor.types.add("inside", constraint=Constraint.INCLUDED_IN)
    editor.tiers.add("Sequence", "root", annotator="R1")
    editor.tiers.add("rating", "scale", parent="Sequence")
    editor.tiers.add("Comment", "root")
    editor.tiers.add("parts", "inside", parent="Sequence")
    first = editor.annotations.add("Sequence", 0, 1000, "s1")
    editor.annotations.add("Sequence", 2000, 3000, "s2")
    editor.annotations.add_reference("rating", first, "3", cve_ref="3")
    return editor.document()


def told(change: Change) -> list[tuple[str, str, str, str]]:
    return [(str(row.what), row.tier, str(row.before), str(row.after)) for row in change.rows]


def codes(change: Change) -> list[str]:
    return [item.code for item in change.findings]


def test_a_tier_is_added_once_with_its_type() -> None:
    change = add_tier(document(), NewTier("gaze", "gaze", participant="patient", language="eng"))
    assert told(change) == [("type added", "", "", "gaze"), ("tier added", "gaze", "", "type gaze")]
    tier = change.document.tier("gaze")
    assert tier is not None
    assert (tier.type_id, tier.participant, tier.lang_ref) == ("gaze", "patient", "eng")
    again = add_tier(change.document, NewTier("gaze", "gaze"))
    assert (again.rows, again.findings) == ((), ())
    other = add_tier(change.document, NewTier("gaze", "root"))
    assert codes(other) == ["batch-differs"]
    assert "type gaze, not root" in other.findings[0].message


def test_a_dependent_tier_needs_a_parent_and_a_constraint() -> None:
    change = add_tier(document(), NewTier("gaze", "gaze", "Sequence", Constraint.INCLUDED_IN))
    assert told(change)[-1] == ("tier added", "gaze", "", "type gaze under Sequence")
    for wanted, code in (
        (NewTier("x", "gaze", "Sequence"), "batch-not-possible"),
        (NewTier("x", "inside", "nobody"), "batch-nothing-named"),
        (NewTier("x", "inside"), "batch-not-possible"),
    ):
        refused = add_tier(document(), wanted)
        assert codes(refused) == [code]
        assert refused.rows == ()
    assert codes(add_tier(document(), NewTier("x", "root", language="fra"))) == ["batch-not-possible"]
    other = NewTier("x", "inside", "Sequence", Constraint.SYMBOLIC_ASSOCIATION)
    assert codes(add_tier(document(), other)) == ["batch-differs"]


def test_names_are_exchanged_also_where_children_name_them() -> None:
    change = rename_tiers(document(), Renames((("Sequence", "Comment"), ("Comment", "Sequence"))))
    assert [tier.id for tier in change.document.tiers] == ["Comment", "rating", "Sequence", "parts"]
    assert {tier.parent for tier in change.document.tiers} == {None, "Comment"}
    assert len(change.rows) == 2


def test_a_taken_name_stops_only_its_own() -> None:
    change = rename_tiers(document(), Renames((("Sequence", "rating"), ("Comment", "note"), ("parts", " "))))
    assert told(change) == [("tier renamed", "Comment", "Comment", "note")]
    assert codes(change) == ["batch-name-taken"] * 2
    assert change.findings[0].hint == "Choose another name."
    both = rename_tiers(document(), Renames((("re:Comment|parts", "same"),)))
    assert (both.rows, codes(both)) == ((), ["batch-name-taken"] * 2)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    change = rename_tiers(document(), Renames((("Coment", "note"),)))
    assert codes(change) == ["batch-nothing-named"]
    assert change.findings[0].hint == "Did you mean 'Comment'? Available: Sequence, rating, Comment, parts."


def test_two_tiers_of_one_name_are_left_alone() -> None:
    data = document().to_bytes().replace(b'TIER_ID="Comment"', b'TIER_ID="parts"')
    broken = parse_eaf(data)
    assert codes(rename_tiers(broken, Renames((("parts", "x"),)))) == ["batch-not-possible"]
    assert codes(set_attributes(broken, Attributes(("parts",), annotator="x"))) == ["batch-not-possible"]
    assert codes(remove_tiers(broken, TierChoice(("parts",)))) == ["batch-not-possible"]
    assert remove_empty_tiers(broken, EmptyTiers()).rows == ()


def test_types_are_renamed_and_added() -> None:
    change = rename_types(document(), Renames((("root", "free"), ("scale", "free"))))
    assert (told(change), codes(change)) == ([], ["batch-name-taken"] * 2)
    change = rename_types(document(), Renames((("root", "free"),)))
    assert told(change) == [("type renamed", "", "root", "free")]
    assert [tier.type_id for tier in change.document.tiers] == ["free", "scale", "free", "inside"]
    added = add_type(document(), NewType("note", Constraint.INCLUDED_IN, "scale"))
    assert told(added) == [("type added", "", "", "note (Included_In, vocabulary scale)")]
    assert add_type(added.document, NewType("note", Constraint.INCLUDED_IN, "scale")).rows == ()
    assert codes(add_type(added.document, NewType("note"))) == ["batch-differs"]
    assert codes(add_type(document(), NewType("note", vocabulary="none"))) == ["batch-not-possible"]


def test_attributes_are_set_and_removed() -> None:
    change = set_attributes(document(), Attributes(("*e*",), participant="patient", annotator=""))
    assert told(change) == [
        ("participant set", "Sequence", "", "patient"),
        ("annotator set", "Sequence", "R1", ""),
        ("participant set", "Comment", "", "patient"),
    ]
    tier = change.document.tier("Sequence")
    assert tier is not None
    assert tier.annotator is None


def test_a_removed_tier_takes_along_what_is_below_it() -> None:
    change = remove_tiers(document(), TierChoice(("Sequence", "rating")))
    assert [tier.id for tier in change.document.tiers] == ["Comment"]
    assert [row.annotation for row in change.rows if str(row.what) == "annotation removed"] == ["a1", "a2", "a3"]


@pytest.mark.parametrize(
    ("choices", "left"),
    [
        (EmptyTiers(), ["Sequence", "rating"]),
        (EmptyTiers(keep=("Com*",)), ["Sequence", "rating", "Comment"]),
        (EmptyTiers(("parts",)), ["Sequence", "rating", "Comment"]),
    ],
)
def test_empty_tiers_go(choices: EmptyTiers, left: list[str]) -> None:
    assert [tier.id for tier in remove_empty_tiers(document(), choices).document.tiers] == left


def test_an_empty_tier_with_annotations_below_stays_and_one_with_empty_ones_goes() -> None:
    editor = document().edit()
    editor.tiers.add("upper", "root")
    editor.tiers.add("lower", "inside", parent="upper")
    both = remove_empty_tiers(editor.document(), EmptyTiers())
    assert [row.tier for row in both.rows] == ["Comment", "parts", "lower", "upper"]
    kept = remove_empty_tiers(both.document, EmptyTiers(keep=("lower",)))
    assert kept.rows == ()
