"""Which names a pattern means."""

from __future__ import annotations

import unicodedata

import pytest

from elancry.edit.name_patterns import matching, renamed
from elancry.errors import UsageError

NAMES = ("crying", "crying@R1", "what?", "what!", "a.b", "axb", "[x]")


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("crying", ("crying",)),
        ("crying*", ("crying", "crying@R1")),
        ("what?", ("what?",)),  # the exact name wins
        ("wha??", ("what?", "what!")),
        ("a.b", ("a.b",)),
        ("[x]", ("[x]",)),
        ("re:a.b", ("a.b", "axb")),
        ("re:CRY.*", ()),
        ("*", NAMES),
    ],
)
def test_patterns(pattern: str, meant: tuple[str, ...]) -> None:
    assert matching(NAMES, [pattern]) == meant


def test_names_keep_their_order_and_come_once() -> None:
    assert matching(NAMES, ["axb", "crying", "cry*"]) == ("crying", "crying@R1", "axb")


def test_typed_umlauts_find_decomposed_ones() -> None:
    stored = unicodedata.normalize("NFD", "Tränen")
    assert matching([stored], ["Tränen"]) == matching([stored], ["Tr?nen"]) == (stored,)


def test_a_star_of_the_new_name_is_what_the_star_of_the_old_one_was() -> None:
    assert renamed(["form@R1", "form", "x@R1"], "*@R1", "R1 *") == {"form@R1": "R1 form", "x@R1": "R1 x"}
    assert renamed(["a1b"], "*?b", "?-*") == {"a1b": "1-a"}
    assert renamed(["ab-12"], r"re:(\w+)-(?P<n>\d+)", r"\g<n>_\1") == {"ab-12": "12_ab"}
    assert renamed(["a"], "a", "b\\1") == {"a": "b\\1"}
    assert renamed(["ax"], "a*", "\\1*") == {"ax": "\\1x"}


@pytest.mark.parametrize(("old", "new"), [("a*", "**"), ("re:(", "x"), ("re:a", r"\1"), ("a?", "*")])
def test_what_does_not_fit_is_refused_in_words(old: str, new: str) -> None:
    with pytest.raises(UsageError):
        renamed(["a1", "a"][:1] if old != "re:a" else ["a"], old, new)
