"""Which part of a codebook is a tier of?"""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.codebook.load import load_codebook
from elancry.errors import UsageError
from elancry.plugin.codebooks import AUTOMATIC, best_codebook, best_meaning, codebooks_in, to_install


def test_a_tier_is_what_most_of_its_values_are():
    book = load_codebook("crying")
    meaning = best_meaning(book, ["pause", "letting narrate", "Pause", "nonsense"])
    assert meaning is not None
    assert (meaning.system.id, meaning.is_rating, meaning.known) == ("intervention", False, 3)
    assert meaning.reader()("nonsense").code == "value-unknown"
    forms = best_meaning(book, ["protest", "Verzweiflung", "despair"])
    assert forms is not None
    assert forms.system.id == "crying_form"


def test_whole_numbers_are_ratings():
    meaning = best_meaning(load_codebook("crying"), ["0", "3", "9"])
    assert meaning is not None
    assert (meaning.is_rating, meaning.known) == (True, 2)
    assert meaning.reader()("9").code == "rating-unknown"


def test_nothing_fits():
    assert best_meaning(load_codebook("crying"), ["S1", "S2"]) is None
    assert best_meaning(load_codebook("crying"), []) is None


def test_the_codebook_that_fits_best():
    books = [load_codebook(name) for name in ("attachment-crying", "crying", "five-reasons-to-cry")]
    for values, name in ((["pause", "letting narrate"], "crying"), (["loneliness", "harmony"], "five-reasons-to-cry")):
        best = best_codebook(books, values)
        assert best is not None
        assert best.id == name
    assert best_codebook(books, ["point", "beat"]) is None


def test_codebooks_for_the_form_have_no_blanks(tmp_path: Path):
    own = tmp_path / "Meine Studie ü.yaml"
    own.write_bytes(codebooks_in(tmp_path)["crying"].read_bytes())
    names, files = to_install([str(own)])
    assert names == ("Meine_Studie_ü", AUTOMATIC, "attachment-crying", "crying", "five-reasons-to-cry")
    assert list(files) == ["codebooks/Meine_Studie_ü.yaml"]
    assert to_install(["crying"]) == (("crying", AUTOMATIC, "attachment-crying", "five-reasons-to-cry"), {})
    assert to_install([])[0][0] == AUTOMATIC
    with pytest.raises(UsageError, match="two codebooks"):
        to_install(["crying", "crying"])
