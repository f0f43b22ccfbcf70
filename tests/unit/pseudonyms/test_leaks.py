"""The list of what could still tell who somebody is."""

from __future__ import annotations

import csv

import pytest

from elancry.codebook.load import load_codebook
from elancry.codebook.model import Codebook
from elancry.errors import OutputRefused
from elancry.pseudonyms.key import Key
from elancry.pseudonyms.leaks import COLUMNS, Leak, leaks_of, others_in, path_beside, write_leaks
from elancry.pseudonyms.names import Left, Names
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


def listed(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def test_the_list_lies_beside_the_key(tmp_path):
    names = Names(Key("secret", KNOWN), EMPTY)
    names.text("=Hubers", "value", "a.eaf", "Comment")
    out = tmp_path / "out"
    path = write_leaks(leaks_of(names, Plan()), tmp_path / "key.json", out)
    assert path == tmp_path / "leaks.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
    where = out.as_posix()
    assert listed(path)[1] == [where, "part", "value", "a.eaf", "Comment", "=Hubers", "Hubers", "Huber-2020"]
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused, match="is not a list of possible leaks"):
        path_beside(tmp_path / "key.json")
    with pytest.raises(OutputRefused, match="cannot be called"):
        path_beside(tmp_path / "deeper" / "leaks.csv")


def test_no_list_is_lost(tmp_path):
    """Two keys of a folder, two outputs of a key, and what people wrote into the list."""
    one, two = (Leak("free text", Left("value", "", "Comment", text)) for text in ("one", "two\r\nlines"))
    path = write_leaks([one], tmp_path / "key.json", tmp_path / "out")
    write_leaks([two], tmp_path / "other.json", tmp_path / "second")
    assert {(row[0].rpartition("/")[2], row[5]) for row in listed(path)} == {("out", "one"), ("second", "two\r\nlines")}
    # The same, and more of it: nothing goes.
    write_leaks([one, two], tmp_path / "key.json", tmp_path / "out")
    assert not (tmp_path / "leaks.csv.kept-1").exists()
    # Other files in the same folder, or the text is mended: what it said is kept.
    before = path.read_bytes()
    write_leaks([two], tmp_path / "key.json", tmp_path / "out")
    assert (tmp_path / "leaks.csv.kept-1").read_bytes() == before
    assert "one" not in path.read_text(encoding="utf-8")
    # A person noted something, with Excel in German.
    judged = path.read_text(encoding="utf-8").replace(",", ";").replace("resembles", "resembles;judged", 1)
    path.write_text("\ufeff" + judged, encoding="utf-8")
    write_leaks([], tmp_path / "key.json", tmp_path / "out")
    assert "judged" in (tmp_path / "leaks.csv.kept-2").read_text(encoding="utf-8")
    assert listed(path) == []


def test_files_that_the_command_did_not_write_are_named(tmp_path):
    for name in ("a.eaf", "deeper/b.eaf.kept-1"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = others_in(tmp_path, {(tmp_path / "a.eaf").resolve()})
    assert [(leak.reason, leak.left.file) for leak in found] == [("other file", "deeper/b.eaf.kept-1")]
