"""The list of what could still tell who somebody is."""

from __future__ import annotations

import csv

import pytest

from elancry.codebook.load import load_codebook
from elancry.codebook.model import Codebook
from elancry.errors import OutputRefused
from elancry.pseudonyms.key import Key
from elancry.pseudonyms.leaks import COLUMNS, leaks_of, path_beside, write_leaks
from elancry.pseudonyms.names import Names
from elancry.study.plan import Plan

KNOWN = {"rater": {"Annegret Zweifel": "R07"}, "participant": {"Li Wu": "P03"}, "session": {"Huber-2020": "S11"}}
EMPTY = Codebook("x", "x", (), extracted=True)


def found(*texts: str) -> set[tuple[str, str, str]]:
    names = Names(Key("secret", KNOWN), EMPTY)
    for text in texts:
        names.text(text, "value", "a.eaf", "Comment")
    return {(leak.reason, leak.word, leak.resembles) for leak in leaks_of(names, Plan())}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # one letter of six, two of eight
        ("Hubber kommt", ("spelling", "Hubber", "Huber-2020")),
        ("Anegrett kommt", ("spelling", "Anegrett", "Annegret Zweifel")),
        ("Hubers Hund", ("part", "Hubers", "Huber-2020")),
        ("Zweifelsohne", ("part", "Zweifelsohne", "Annegret Zweifel")),
        ("bei AZ", ("initials", "AZ", "Annegret Zweifel")),
        ("Frau Li", ("part", "Li", "Li Wu")),
    ],
)
def test_words_that_resemble_a_name(text, expected):
    assert expected in found(text)


def test_every_free_text_is_listed_and_names_in_it_are_replaced():
    assert found("nothing to see") == {("free text", "", "")}
    assert found("Annegret Zweifel und HUBER-2020") == {("free text", "", "")}
    assert found() == set()


def test_words_of_a_written_codebook_are_looked_through():
    names = Names(Key("secret", {"rater": {"Protestant": "R07"}}), load_codebook("crying"))
    assert {(leak.reason, leak.left.kind, leak.word) for leak in leaks_of(names, Plan())} >= {
        ("part", "codebook", "protest")
    }


def test_the_list_lies_beside_the_key_and_replaces_only_itself(tmp_path):
    names = Names(Key("secret", KNOWN), EMPTY)
    names.text("=Hubers", "value", "a.eaf", "Comment")
    path = write_leaks(leaks_of(names, Plan()), tmp_path / "key.json")
    assert path == tmp_path / "leaks.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    assert rows[0] == list(COLUMNS)
    assert rows[2] == ["part", "value", "a.eaf", "Comment", "=Hubers", "Hubers", "Huber-2020"]
    assert write_leaks((), tmp_path / "key.json") == path
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused, match="is not a list of possible leaks"):
        path_beside(tmp_path / "key.json")
