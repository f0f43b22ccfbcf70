"""Templates hold what ELAN needs, as `elan.md` of the design measured it; every rule here is one that ELAN applies."""

from __future__ import annotations

import pytest
from lxml import etree

from elancry.codebook.extract import extract_codebook
from elancry.codebook.load import builtin_names, load_codebook
from elancry.codebook.model import Category, Codebook, System
from elancry.eaf import Constraint, parse_eaf
from elancry.errors import UsageError
from elancry.template.build import build_template
from elancry.template.preferences import build_preferences
from elancry.template.vocabularies import LONGEST_DESCRIPTION, build_ecv, first_sentence

from .conftest import Validate

ORDER = [
    "LICENSE", "HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "LOCALE", "LANGUAGE", "CONSTRAINT",
    "CONTROLLED_VOCABULARY", "LEXICON_REF", "REF_LINK_SET", "EXTERNAL_REF",
]  # fmt: skip


def books(everything: Codebook) -> list[Codebook]:
    return [everything, *(load_codebook(name) for name in builtin_names())]


def test_template_vocabularies_and_preferences_are_valid(
    everything: Codebook, eaf_schema: Validate, ecv_schema: Validate, pfsx_schema: Validate
) -> None:
    for book in books(everything):
        for language in book.languages:
            eaf_schema(build_template(book, language=language).to_bytes())
        eaf_schema(build_template(book, external_cv="file:///C:/a b/x.ecv").to_bytes())
        ecv_schema(build_ecv(book).to_bytes())
        pfsx_schema(build_preferences(book).to_bytes())


def test_no_structural_problem_is_found_in_our_own_templates(everything: Codebook) -> None:
    for book in books(everything):
        assert parse_eaf(build_template(book).to_bytes()).findings == ()


def test_elements_stand_in_the_order_that_elan_writes(everything: Codebook) -> None:
    root = etree.fromstring(build_template(everything, external_cv="file:///x.ecv").to_bytes())
    places = [ORDER.index(str(child.tag)) for child in root]
    assert places == sorted(places)
    assert root.get("FORMAT") == root.get("VERSION") == "3.0"
    assert [child.get("STEREOTYPE") for child in root.iterfind("CONSTRAINT")] == [
        "Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In",
    ]  # fmt: skip


def test_roots_are_those_that_elan_writes(everything: Codebook) -> None:
    location = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
    root = etree.fromstring(build_template(everything).to_bytes())
    assert (root.tag, root.get("FORMAT"), root.get("VERSION")) == ("ANNOTATION_DOCUMENT", "3.0", "3.0")
    assert str(root.get(location)).endswith("/EAFv3.0.xsd")
    assert {"AUTHOR", "DATE"} <= set(root.attrib)
    root = etree.fromstring(build_ecv(everything).to_bytes())
    assert (root.tag, root.get("VERSION")) == ("CV_RESOURCE", "0.2")
    assert str(root.get(location)).endswith("/EAFv2.8.xsd")
    assert {"AUTHOR", "DATE"} <= set(root.attrib)
    root = etree.fromstring(build_preferences(everything).to_bytes())
    assert (root.tag, root.get("version")) == ("preferences", "1.1")


def test_entries_are_those_of_several_languages(everything: Codebook) -> None:
    for data in (build_template(everything).to_bytes(), build_ecv(everything).to_bytes()):
        root = etree.fromstring(data)
        assert root.findall(".//CV_ENTRY") == []
        entries = root.findall("CONTROLLED_VOCABULARY/CV_ENTRY_ML")
        assert entries
        for entry in entries:
            assert entry.get("CVE_ID")
            assert [value.get("LANG_REF") for value in entry.iterfind("CVE_VALUE")] == ["eng", "ara"]


def test_a_template_has_no_media_annotations_slots_or_urn(everything: Codebook) -> None:
    root = etree.fromstring(build_template(everything).to_bytes())
    assert root.findall("HEADER/MEDIA_DESCRIPTOR") == []
    assert len(root.find("TIME_ORDER")) == 0  # type: ignore[arg-type]
    assert root.findall("TIER/ANNOTATION") == []
    assert {item.get("NAME"): item.text for item in root.iterfind("HEADER/PROPERTY")} == {
        "elancry.codebook": "everything 2.1"
    }


def test_every_language_has_a_definition_because_elan_skips_one_without(everything: Codebook) -> None:
    # ELAN's parser adds a language only if LANG_ID and LANG_DEF are both there; its values would be lost.
    for data in (build_template(everything).to_bytes(), build_ecv(everything).to_bytes()):
        found = {item.get("LANG_ID"): item.get("LANG_DEF") for item in etree.fromstring(data).iterfind("LANGUAGE")}
        assert list(found) == ["eng", "ara"]
        assert all(found.values())


def test_language_and_locale_ids_do_not_collide(everything: Codebook) -> None:
    # Both are xsd:ID; a LOCALE `en` beside a LANGUAGE `en` is invalid.
    root = etree.fromstring(build_template(everything).to_bytes())
    locales = [item.get("LANGUAGE_CODE") for item in root.iterfind("LOCALE")]
    languages = [item.get("LANG_ID") for item in root.iterfind("LANGUAGE")]
    assert len({*locales, *languages}) == len(locales) + len(languages)


def test_crying_has_the_tiers_of_the_design() -> None:
    book = load_codebook("crying")
    document = build_template(book)
    intervals = {tier.id: tier for tier in document.tiers}
    for system, participant in (("crying_form", "patient"), ("intervention", "therapist")):
        tier, kind = intervals[system], document.type_of(system)
        assert kind is not None
        assert (tier.parent, tier.participant, tier.lang_ref) == (None, participant, "eng")
        assert (kind.id, kind.constraint, kind.vocabulary, kind.time_alignable) == (system, None, system, True)
        for category in book.system(system).categories:  # type: ignore[union-attr]
            rating = f"{system}.{category.id}.rating"
            rating_type = document.type_of(rating)
            assert intervals[rating].parent == "Sequence"
            assert rating_type is not None
            assert rating_type.constraint is Constraint.SYMBOLIC_ASSOCIATION
            assert rating_type.vocabulary == rating_type.id == f"{system}.rating"
    assert intervals["Sequence"].parent is None
    assert intervals["Comment"].type_id == "comment"
    assert len(document.tiers) == 2 + 2 + 4 + 9


def test_vocabularies_hold_one_entry_per_category_with_value_and_description_per_language() -> None:
    book = load_codebook("crying")
    vocabulary = build_template(book).vocabulary("crying_form")
    assert vocabulary is not None
    assert [entry.id for entry in vocabulary.entries] == ["protest", "despair", "inhibited", "unclear"]
    assert dict(vocabulary.entries[0].values) == {"eng": "protest", "deu": "Protest"}
    assert vocabulary.entries[0].descriptions["eng"] == (
        "Crying against a loss, an injury or a person: the patient has not accepted what happened."
    )
    scale = build_template(book).vocabulary("crying_form.rating")
    assert scale is not None
    assert [(entry.id, entry.values["deu"], entry.descriptions["deu"]) for entry in scale.entries][-1] == (
        "4", "4", "sehr stark",
    )  # fmt: skip


def test_layouts_parents_and_comments(everything: Codebook) -> None:
    document = build_template(everything)
    tiers = {tier.id: (tier.type_id, tier.parent) for tier in document.tiers}
    assert tiers == {
        "Episode": ("sequence", None),
        "gaze.at": ("gaze", None),
        "gaze.away": ("gaze", None),
        "voice": ("voice", "Episode"),
        "pitch of voice": ("pitch", "voice"),
        "Remarks": ("comment", None),
        "Rater's own notes": ("comment", None),
        "gaze.at.rating": ("gaze.rating", "Episode"),
        "gaze.away.rating": ("gaze.rating", "Episode"),
        "sequence.comment.rating": ("sequence.rating", "Episode"),
    }
    for name in ("voice", "pitch of voice"):
        kind = document.type_of(name)
        assert kind is not None
        assert kind.constraint is Constraint.INCLUDED_IN


def test_a_system_that_is_called_sequence_keeps_its_type() -> None:
    system = System("sequence", {"en": "s"}, (Category("a", {"en": "a"}),))
    document = build_template(Codebook("b", "b", (system,)))
    assert {tier.id: tier.type_id for tier in document.tiers} == {"Sequence": "sequence_type", "sequence": "sequence"}


def test_the_language_is_that_of_the_tiers(everything: Codebook) -> None:
    assert {tier.lang_ref for tier in build_template(everything).tiers} == {"eng"}
    for wish in ("ar", "AR", "ara"):
        assert {tier.lang_ref for tier in build_template(everything, language=wish).tiers} == {"ara"}
    with pytest.raises(UsageError, match="the codebook everything has no texts in 'fr'") as caught:
        build_template(everything, language="fr")
    assert caught.value.hint == "Its languages are: en, ar."


def test_external_vocabularies_are_empty_and_refer_to_one_file() -> None:
    document = build_template(load_codebook("crying"), external_cv="file:///C:/study/crying.ecv")
    assert document.external_refs == {"er1": ("ecv", "file:///C:/study/crying.ecv")}
    assert {(item.ext_ref, item.entries) for item in document.vocabularies} == {("er1", ())}
    inside = {item.id: item.entries for item in build_template(load_codebook("crying")).vocabularies}
    assert {item.id: item.entries for item in build_ecv(load_codebook("crying")).vocabularies} == inside


def test_labels_come_back_as_they_were(everything: Codebook) -> None:
    vocabulary = parse_eaf(build_template(everything).to_bytes()).vocabulary("gaze")
    assert vocabulary is not None
    assert dict(vocabulary.entries[0].values) == {"eng": 'at "you" & <them>', "ara": "إليك"}


def test_two_hundred_categories(eaf_schema: Validate, pfsx_schema: Validate) -> None:
    system = System("many", {"en": "Many"}, tuple(Category(f"c{n}", {"en": f"category {n}"}) for n in range(200)))
    book = Codebook("many", "Many", (system,))
    eaf_schema(build_template(book).to_bytes())
    pfsx_schema(build_preferences(book).to_bytes())
    again = extract_codebook([build_template(book)])
    assert again.systems[0].categories == system.categories


def test_what_was_written_into_a_template_is_read_out_of_it_again() -> None:
    book = load_codebook("crying")
    again = extract_codebook([build_template(book)])
    assert again.languages == book.languages
    assert again.sequence_tier == book.sequence_tier
    for one, other in zip(book.systems, again.systems, strict=True):
        assert (one.id, one.coding, one.participant, one.scale) == (
            other.id, other.coding, other.participant, other.scale,
        )  # fmt: skip
        assert [(item.id, item.labels) for item in one.categories] == [
            (item.id, item.labels) for item in other.categories
        ]
        assert one.rating_tier_names == other.rating_tier_names


def test_tooltips_are_one_sentence_on_one_line() -> None:
    assert first_sentence("One sentence of some length.\n  A second one.") == "One sentence of some length."
    assert (
        first_sentence("Wet eyes, e.g. after a sob, count too. Not sweat.") == "Wet eyes, e.g. after a sob, count too."
    )
    assert first_sentence("no end") == "no end"
    long = first_sentence("word " * 100)
    assert len(long) <= LONGEST_DESCRIPTION
    assert long.endswith(" word...")


# Preferences ----------------------------------------------------------------------------------------------------------


def prefs(book: Codebook) -> etree._Element:
    return etree.fromstring(build_preferences(book).to_bytes())


def test_shortcut_keys_are_java_key_codes() -> None:
    # java.awt.event.KeyEvent: VK_A..VK_Z are 65..90, VK_0..VK_9 are 48..57.
    root = prefs(load_codebook("crying"))
    entry = "prefGroup[@key='CV.ML.Prefs']/prefGroup[@key='{}']/prefGroup[@key='{}']/pref[@key='KeyCode']/Int"
    assert root.findtext(entry.format("crying_form", "protest")) == "80"
    assert root.findtext(entry.format("intervention", "ending")) == "57"
    assert root.findtext(entry.format("intervention.rating", "0")) == "48"


def test_colours_are_java_colours() -> None:
    root = prefs(load_codebook("crying"))
    colour = root.find(
        "prefGroup[@key='CV.ML.Prefs']/prefGroup[@key='crying_form']/prefGroup[@key='despair']/pref[@key='Color']/Object"
    )
    assert colour is not None
    assert (colour.get("class"), colour.text) == ("java.awt.Color", "0,114,178")  # #0072b2


def test_every_tier_has_its_place_and_colour(everything: Codebook) -> None:
    for book in books(everything):
        tiers = [tier.id for tier in build_template(book).tiers]
        root = prefs(book)
        assert [item.text for item in root.iterfind("prefList[@key='MultiTierViewer.TierOrder']/String")] == tiers
        assert [item.get("key") for item in root.iterfind("prefGroup[@key='TierColors']/pref")] == tiers


def test_the_font_size_of_the_timeline() -> None:
    font = prefs(load_codebook("crying")).findtext("pref[@key='TimeLineViewer.FontSize']/Int")
    assert font == "12"


def test_numbers_that_no_single_key_can_name_have_none(everything: Codebook) -> None:
    # The scale goes from -1 to 11: only 0-9 are keys.
    entries = prefs(everything).find("prefGroup[@key='CV.ML.Prefs']/prefGroup[@key='gaze.rating']")
    assert entries is not None
    assert [item.get("key") for item in entries] == [str(number) for number in range(10)]
