"""Every sentence of "Value against CVE_REF" has a row."""

from __future__ import annotations

import pytest

from elancry.check.values import IntervalValues, RatingValues, Reading
from elancry.codebook.model import Category, Scale, System
from elancry.eaf import Vocabulary, VocabularyEntry

SYSTEM = System(
    "form",
    {},
    (
        Category("protest", {"en": "protest", "de": "Protest"}),
        Category("despair", {"en": "despair", "de": "Verzweiflung"}),
        Category("cafe", {"en": "caf\u00e9"}),
    ),
    scale=Scale(0, 4),
)
VOCABULARY = Vocabulary(
    "form",
    (
        VocabularyEntry("protest", {"eng": "protest", "fra": "protestation"}),
        VocabularyEntry("cveid1", {"eng": "despair"}),
        VocabularyEntry("cveid2", {"eng": "laughing"}),
        VocabularyEntry("grief_old", {"eng": "grief (old)"}),
    ),
)


@pytest.mark.parametrize(
    ("value", "reference", "category", "code"),
    [
        ("protest", None, "protest", None),
        ("Verzweiflung", None, "despair", None),
        ("despair", "cveid1", "despair", None),
        # A language that only the file's vocabulary has.
        ("protestation", None, "protest", None),
        # Decomposed Unicode, as macOS writes it.
        ("cafe\u0301", None, "cafe", None),
        ("protest ", None, "protest", "value-blanks"),
        ("\nprotest", "protest", "protest", "value-blanks"),
        # Text and entry differ: the text wins, and it is an error.
        ("despair", "protest", "despair", "value-contradicts-reference"),
        ("unknown word", "protest", "protest", "value-by-reference"),
        ("", "cveid1", "despair", "value-by-reference"),
        ("Protests", None, None, "value-unknown"),
        # An entry that is no category does not help; upper and lower case are different words.
        ("laughing", "cveid2", None, "value-unknown"),
        ("PROTEST", None, None, "value-unknown"),
        # What a migration left, with the entry that it made; without the entry it is a word like any other.
        ("grief (old)", "grief_old", None, "value-left-over"),
        ("joy (old)", None, None, "value-unknown"),
        ("", None, None, "value-empty"),
        ("  ", "nowhere", None, "value-empty"),
    ],
)
def test_interval_values(value, reference, category, code):
    reading = IntervalValues(SYSTEM, VOCABULARY).read(value, reference)
    assert (reading.category, reading.code) == (category, code)


def test_the_nearest_category_is_the_hint_else_all_of_them():
    values = IntervalValues(SYSTEM)
    assert values.read("Protests", None).hint.into("en") == "Did you mean 'protest'?"
    assert values.read("xyzzy", None).hint.into("en") == "The categories are protest, despair, caf\u00e9."


GERMAN = Vocabulary("form", (VocabularyEntry("protest", {"deu": "Protest"}),))
BOTH = Vocabulary("form", (VocabularyEntry("protest", {"eng": "protest", "deu": "Protest"}),))


@pytest.mark.parametrize(
    ("vocabulary", "language", "value", "suggested"),
    [
        # The codebook's first language, unless the tier or a vocabulary of one language says another.
        (None, None, "Protst", "protest"),
        (BOTH, None, "Protst", "protest"),
        (GERMAN, None, "protst", "Protest"),
        (BOTH, "deu", "protst", "Protest"),
        (GERMAN, "eng", "protst", "protest"),
        # A word of another language is suggested where nothing of the rater's own is similar.
        (None, None, "Verzweiflug", "Verzweiflung"),
    ],
)
def test_suggestions_are_in_the_language_of_the_file(vocabulary, language, value, suggested):
    assert (
        IntervalValues(SYSTEM, vocabulary, language).read(value, None).hint.into("en") == f"Did you mean {suggested!r}?"
    )


def test_on_a_tier_of_one_category_the_tier_decides():
    values = IntervalValues(SYSTEM)
    assert values.read_on_category_tier("", None, "protest").category == "protest"
    assert values.read_on_category_tier("x", None, "protest").code is None
    wrong = values.read_on_category_tier("despair", None, "protest")
    assert (wrong.category, wrong.code) == ("protest", "value-contradicts-tier")


@pytest.mark.parametrize(
    ("value", "reference", "number", "code"),
    [
        ("3", None, "3", None),
        ("0", None, "0", None),
        (" 04 ", None, "4", None),
        ("", None, None, None),
        ("", "cve3", "3", None),
        ("3", "cve3", "3", None),
        ("2", "cve3", "2", "value-contradicts-reference"),
        ("5", None, None, "rating-unknown"),
        ("-1", None, None, "rating-unknown"),
        ("much", None, None, "rating-unknown"),
        ("2.5", None, None, "rating-unknown"),
    ],
)
def test_ratings(value, reference, number, code):
    vocabulary = Vocabulary("form.rating", (VocabularyEntry("cve3", {"eng": "3"}),))
    reading = RatingValues(SYSTEM, vocabulary).read(value, reference)
    assert (reading.category, reading.code) == (number, code)


def test_where_the_vocabulary_is_elsewhere_the_references_of_the_files_count():
    """A codebook read out of annotations: c1 is said in two languages; a text of another entry is a contradiction."""
    categories = (
        Category("glad", {"und": "glad"}, texts=("froh",), reference="c1"),
        Category("sad", {"und": "sad"}, reference="c2"),
    )
    values = IntervalValues(System("mood", {}, categories), Vocabulary("mood", ext_ref="er1"))
    assert values.read("froh", "c1") == values.read("glad", "c1") == Reading("glad")
    assert values.read("sad", "c1").code == "value-contradicts-reference"
    assert values.read("", "c1").category == "glad"


@pytest.mark.parametrize(("reference", "category"), [("p", "poison"), ("g", "present"), (None, "poison")])
def test_a_text_that_two_entries_have_in_two_languages_means_the_one_referred_to(reference, category):
    """The German word for poison is the English one for a present."""
    categories = (Category("poison", {"de": "Gift", "en": "poison"}), Category("present", {"de": "Geschenk"}))
    entries = (
        VocabularyEntry("p", {"deu": "Gift", "eng": "poison"}),
        VocabularyEntry("g", {"deu": "Geschenk", "eng": "Gift"}),
    )
    assert IntervalValues(System("thing", {}, categories), Vocabulary("thing", entries)).read("Gift", reference) == (
        Reading(category)
    )
