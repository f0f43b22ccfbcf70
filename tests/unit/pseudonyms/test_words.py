"""Names are found whatever way they are written, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest

from elancry.pseudonyms.words import Words, fold

NAMES = [("Strauß", "R1"), ("Yıldız", "R2"), ("Jörg Fischer", "R3"), ("Adler 2", "S9"), ("R1", "R77"), ("Li", "R5")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # ß folds to ss (Unicode CaseFolding.txt, status F), so the capital form is the same name
        ("STRAUSS kam, strauß-ging", "R1 kam, R1-ging"),
        # dotless and dotted i are one letter here
        ("YILDIZ yildiz Yıldız YİLDİZ", "R2 R2 R2 R2"),
        (unicodedata.normalize("NFD", "jörg fischer."), "R3."),
        # U+FB01, the ligature of f and i
        ("Jörg ﬁscher", "R3"),
        # a soft hyphen is not seen
        ("Jö\u00adrg", "R3"),
        ("Fischer2020", "R32020"),
        ("Adler_2 ADLER", "S9_2 S9"),
        ("An Li, liebe", "An R5, liebe"),
        ("R1 R12 R1.", "R77 R12 R77."),
        # longer words are other words; the report on leaks shows them
        ("Straussens jörgs", "Straussens jörgs"),
        ("", ""),
        ("ß ﬁ ı", "ß ﬁ ı"),
    ],
)
def test_replaced(given, expected):
    assert Words(NAMES).replace(given) == expected


def test_words_of_the_codebook_are_no_parts_of_names():
    words = Words([("Pause Meier", "R1")], protected=["pause"])
    assert words.replace("Pause, Meier, Pause Meier") == "Pause, R1, R1"


def test_without_names_nothing_changes():
    assert Words([]).replace("Anna") == "Anna"


@pytest.mark.parametrize(("one", "other"), [("Straße", "STRASSE"), ("ﬀ", "FF"), ("É", "e\u0301"), ("K", "\u212a")])
def test_folding_is_unicodes_full_case_folding_of_the_compatibility_form(one, other):
    assert fold(one) == fold(other)
