"""What became of each category: said by the new codebook, checked against the old one."""

from __future__ import annotations

import pytest

from elancry.codebook.dump import dump_codebook
from elancry.codebook.load import parse_codebook
from elancry.codebook.model import Codebook
from elancry.codebook.revision import Change, build_revision
from elancry.errors import InvalidInput


def book(categories: str, changes: str = "", version: int = 1) -> Codebook:
    listed = "".join(f"      - {{id: {name}, labels: {name}}}\n" for name in categories.split())
    return parse_codebook(
        f"elancry_codebook: 1\nid: s\nversion: {version}\ntitle: t\nlanguages: [en]\nsystems:\n"
        f"  - id: m\n    labels: m\n    categories:\n{listed}{changes}"
    )


CHANGES = """\
changes:
  from: 1
  systems:
    m:
      renamed: {b: b2}
      merged: {cd: [c, d]}
      split: {e: [e1, e2]}
      removed: [f]
      added: [g]
"""
OLD = book("a b c d e f")


def test_the_fate_of_every_old_category() -> None:
    new = book("a b2 cd e1 e2 g", CHANGES, 2)
    (system,) = build_revision(OLD, new).systems
    assert {name: (change, [item.id for item in targets]) for name, (change, targets) in system.fate.items()} == {
        "a": (Change.KEPT, ["a"]),
        "b": (Change.RENAMED, ["b2"]),
        "c": (Change.MERGED, ["cd"]),
        "d": (Change.MERGED, ["cd"]),
        "e": (Change.SPLIT, ["e1", "e2"]),
        "f": (Change.REMOVED, []),
    }
    assert system.target("e") is None
    assert parse_codebook(dump_codebook(new)) == new


def test_all_mistakes_at_once() -> None:
    changes = CHANGES.replace("from: 1", "from: 3").replace("b: b2", "bb: b2").replace("[c, d]", "[c, d, f]")
    with pytest.raises(InvalidInput) as caught:
        build_revision(OLD, book("a b2 cd e1 g", changes, 2))
    assert [item.message for item in caught.value.findings] == [
        "the changes start from version 3, but the old codebook has version 1",
        "system 'm': renamed: the old codebook has no category 'bb'",
        "system 'm': split: the new codebook has no category 'e2'",
        "system 'm': 'f' is listed both as merged and as removed",
        "system 'm': the old category 'b' is not in the new codebook, and 'changes' does not say what became of it",
    ]


def test_without_changes_only_additions_and_new_labels_are_possible() -> None:
    assert build_revision(OLD, book("a b c d e f g", version=2)).systems[0].fate["f"][0] is Change.KEPT
    with pytest.raises(InvalidInput, match="1 error in the changes of the codebook s 2"):
        build_revision(OLD, book("a b c d e", version=2))


def test_mistakes_in_the_yaml_have_their_line() -> None:
    text = CHANGES.replace("    m:", "    mm:")
    with pytest.raises(InvalidInput) as caught:
        book("a", text, 2)
    assert [(item.code, item.message, item.hint) for item in caught.value.findings] == [
        ("codebook-bad-change", "'changes': this codebook has no system 'mm'", None),
    ]
    with pytest.raises(InvalidInput) as caught:
        book("a", CHANGES.replace("removed: [f]", "remvoed: [f]").replace("[c, d]", "c"), 2)
    assert [(item.code, item.hint) for item in caught.value.findings] == [
        ("codebook-wrong-type", None),
        ("codebook-unknown-key", "Did you mean 'removed'?"),
    ]


def test_a_system_given_up_and_a_new_one() -> None:
    new = parse_codebook(
        "elancry_codebook: 1\nid: s\nversion: 2\ntitle: t\nlanguages: [en]\nsystems:\n"
        "  - {id: n, labels: n, categories: [{id: x, labels: x}]}\n"
    )
    first, second = build_revision(OLD, new).systems
    assert (first.old, first.new) == (None, new.systems[0])
    assert (second.old, second.new) == (OLD.systems[0], None)
    assert {change for change, _ in second.fate.values()} == {Change.REMOVED}


def test_two_codebooks_of_one_version_cannot_be_told_apart() -> None:
    with pytest.raises(InvalidInput, match="both codebooks are s 1, but they differ"):
        build_revision(OLD, book("a b c d e f g"))
    build_revision(OLD, book("a b c d e f"))
