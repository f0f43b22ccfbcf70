"""Codebooks read out of coded files: what becomes a system, a category, a rating, the sequence tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from elancry.codebook.dump import dump_codebook
from elancry.codebook.extract import extract_codebook
from elancry.codebook.load import builtin_names, load_codebook, parse_codebook
from elancry.codebook.model import Codebook, Coding, Layout, Scale, System
from elancry.codebook.show import show_codebook
from elancry.eaf import Constraint, Document, Editor, Vocabulary, VocabularyEntry, new_document, parse_eaf, read_eaf
from elancry.errors import UnreadableInput, UsageError


def entry(entry_id: str | None, **values: str) -> VocabularyEntry:
    return VocabularyEntry(entry_id, values)


def document(build: Callable[[Editor], None]) -> Document:
    editor = new_document(date="2024-01-01T00:00:00+00:00").edit()
    editor.languages.add("eng", "English (eng)")
    editor.languages.add("deu", "German (deu)")
    build(editor)
    return editor.document()


def coded(editor: Editor) -> None:
    """One coded tier, ratings on sequences, a free tier."""
    editor.vocabularies.add(
        Vocabulary("moods", (entry("glad", eng="glad", deu="froh"), entry("sad", eng="sad", deu="traurig")))
    )
    scale = Vocabulary(
        "r", tuple(VocabularyEntry(f"cveid{n}", {"eng": str(n)}, {"eng": f"step {n}"}) for n in (0, 1, 2))
    )
    editor.vocabularies.add(scale)
    editor.types.add("mood", vocabulary="moods")
    editor.types.add("plain")
    editor.types.add("rate", constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary="r")
    editor.tiers.add("mood", "mood", participant="patient")
    editor.tiers.add("episodes", "plain")
    editor.tiers.add("intensity", "rate", parent="episodes")
    editor.tiers.add("notes", "plain")
    editor.annotations.add("notes", 0, 10, "b")
    editor.annotations.add("notes", 10, 20, "a")
    editor.annotations.add("notes", 20, 30, " a ")


def systems(book: Codebook) -> dict[str, System]:
    return {system.id: system for system in book.systems}


def test_the_parent_of_a_tier_is_taken_over_where_the_codebook_has_it() -> None:
    def inside(editor: Editor) -> None:
        coded(editor)
        editor.types.add("in", constraint=Constraint.INCLUDED_IN, vocabulary="moods")
        editor.tiers.add("within the episode", "in", parent="episodes")
        editor.tiers.add("within the mood", "in", parent="mood")
        editor.tiers.add("within the notes", "in", parent="notes")

    book = extract_codebook([document(inside)])
    assert {name: system.parent for name, system in systems(book).items()} == {
        "mood": None,
        "within_the_episode": "episodes",
        "within_the_mood": "mood",
        "within_the_notes": None,
        "r": None,
    }
    assert parse_codebook(dump_codebook(book)).systems == book.systems


def rated_without_vocabulary(editor: Editor) -> None:
    """Sequences with whole numbers below them, but no vocabulary that says what the numbers are."""
    editor.types.add("plain")
    editor.types.add("point", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.tiers.add("Sequence", "plain")
    editor.tiers.add("intensity", "point", parent="Sequence")
    editor.tiers.add("openness", "point", parent="Sequence")
    editor.tiers.add("remark", "point", parent="Sequence")
    for number, (intensity, openness) in enumerate([("0", "3"), ("4", "2"), (" 1 ", "3")]):
        owner = editor.annotations.add("Sequence", 1000 * number, 1000 * number + 900, f"s{number}")
        editor.annotations.add_reference("intensity", owner, intensity)
        editor.annotations.add_reference("openness", owner, openness)
        editor.annotations.add_reference("remark", owner, "12 or so" if number else "3")


def test_whole_numbers_below_the_sequences_are_ratings_where_their_tier_is_named() -> None:
    files = [document(rated_without_vocabulary)]
    assert extract_codebook(files).systems == ()
    (system,) = extract_codebook(files, tiers=["intensity", "openness"]).systems
    assert (system.id, system.coding, system.scale) == ("point", Coding.RATING, Scale(0, 4, {}))
    assert system.rating_tier_names == ("intensity", "openness")
    # Not all of its values are whole numbers: these are categories.
    (remark,) = extract_codebook(files, tiers=["remark"]).systems
    assert (remark.coding, len(remark.categories)) == (Coding.INTERVAL, 2)


def test_ratings_said_outright_name_the_sequence_tier_and_forgive_other_values() -> None:
    def below_turns(editor: Editor) -> None:
        rated_without_vocabulary(editor)
        editor.tiers.add("turns", "plain")
        editor.tiers.add("warmth", "point", parent="turns")
        for number, value in enumerate(["1", "5", "?"]):
            owner = editor.annotations.add("turns", 1000 * number, 1000 * number + 500, "")
            editor.annotations.add_reference("warmth", owner, value)

    files = [document(below_turns)]
    # As categories: 1, 5 and "?"; the tier called Sequence would be the sequence tier.
    assert extract_codebook(files, tiers=["warmth"]).systems[0].coding is Coding.INTERVAL
    book = extract_codebook(files, ratings=["warmth"])
    (system,) = book.systems
    assert (system.coding, system.scale, system.rating_tier_names) == (
        Coding.RATING,
        Scale(1, 5, {}, (1, 5)),
        ("warmth",),
    )
    assert book.sequence_tier == "turns"
    both = extract_codebook(files, tiers=["remark"], ratings=["intensity"])
    assert {item.id: item.coding for item in both.systems} == {"remark": Coding.INTERVAL, "point": Coding.RATING}


@pytest.mark.parametrize(
    ("name", "sequence_tier", "message"),
    [
        ("intensiti", None, "no tier is called 'intensiti'\n  Did you mean 'intensity'?"),
        ("Sequence", None, "tier Sequence cannot hold ratings: it is not associated with a tier of what was rated"),
        ("remark", None, "tier remark has no scale: of its values ('3', '12 or so') at least two"),
        ("intensity", "turns", "tier intensity holds ratings of Sequence, which is not the sequence tier (turns)"),
    ],
)
def test_a_tier_that_cannot_hold_ratings_is_refused(name: str, sequence_tier: str | None, message: str) -> None:
    def other(editor: Editor) -> None:
        rated_without_vocabulary(editor)
        editor.tiers.add("turns", "plain")

    with pytest.raises(UsageError) as caught:
        extract_codebook([document(other)], ratings=[name], sequence_tier=sequence_tier)
    assert str(caught.value).startswith(message)
    assert caught.value.hint


def test_tiers_of_one_category_each_are_one_system_with_or_without_a_vocabulary() -> None:
    """As codes given at the same time come out of tables (`act.smile`) and of BORIS (`P1: act: smile`)."""

    def concurrent(editor: Editor) -> None:
        editor.types.add("plain")
        for head in ("act.", "P1: act: "):
            for code in ("smile", "talk well"):
                editor.tiers.add(f"{head}{code}", "plain")
                editor.annotations.add(f"{head}{code}", 0, 10, code)
        editor.tiers.add("note.alone", "plain")
        editor.annotations.add("note.alone", 0, 10, "alone")
        editor.tiers.add("gaze.left", "plain")
        editor.annotations.add("gaze.left", 0, 10, "right")

    files = [document(concurrent)]
    tiers = ["act.smile", "act.talk well", "P1: act: smile", "P1: act: talk well", "note.alone", "gaze.left"]
    found = systems(extract_codebook(files, tiers=tiers))
    assert {name: system.layout for name, system in found.items()} == {
        "act": Layout.TIER_PER_CATEGORY,
        "P1_act": Layout.TIER_PER_CATEGORY,
        "note_alone": Layout.ONE_TIER,
        "gaze_left": Layout.ONE_TIER,
    }
    assert found["act"].interval_tier_names == ("act.smile", "act.talk well")
    assert found["P1_act"].interval_tier_names == ("P1: act: smile", "P1: act: talk well")


def test_whole_numbers_below_another_tier_may_be_categories() -> None:
    def other(editor: Editor) -> None:
        rated_without_vocabulary(editor)
        editor.tiers.add("turns", "plain")

    files = [document(other)]
    (system,) = extract_codebook(files, tiers=["intensity"], sequence_tier="turns").systems
    assert (system.coding, len(system.categories)) == (Coding.INTERVAL, 3)


def test_vocabularies_become_systems_and_associated_numbers_ratings() -> None:
    book = extract_codebook([document(coded)])
    assert book.extracted
    assert book.languages == ("en", "de")
    assert book.sequence_tier == "episodes"
    assert list(systems(book)) == ["mood", "r"]
    mood = systems(book)["mood"]
    assert (mood.coding, mood.participant, mood.tier_name) == (Coding.INTERVAL, "patient", "mood")
    assert [(item.id, item.labels) for item in mood.categories] == [
        ("glad", {"en": "glad", "de": "froh"}),
        ("sad", {"en": "sad", "de": "traurig"}),
    ]
    rating = systems(book)["r"]
    assert rating.coding is Coding.RATING
    assert rating.scale == Scale(0, 2, {n: {"en": f"step {n}"} for n in (0, 1, 2)})
    assert rating.rating_tier_names == ("intensity",)


def test_a_tier_without_a_vocabulary_gives_its_values_sorted_when_it_is_named() -> None:
    book = extract_codebook([document(coded)], tiers=["notes"])
    assert list(systems(book)) == ["notes"]
    assert [item.id for item in systems(book)["notes"].categories] == ["a", "b"]


def test_only_what_no_vocabulary_names_is_observed() -> None:
    assert not any(system.observed for system in extract_codebook([document(coded)]).systems)
    book = extract_codebook([document(coded)], tiers=["mood", "notes"])
    assert [book.categories_from(name) for name in ("mood", "notes")] == ["vocabulary", "observed"]
    assert replace(book, extracted=False).categories_from("notes") == "codebook"


def test_a_scale_that_leaves_numbers_out_has_only_its_own_steps() -> None:
    def build(editor: Editor) -> None:
        editor.vocabularies.add(Vocabulary("r", tuple(entry(f"cveid{n}", eng=str(n)) for n in (0, 2, 4))))
        editor.types.add("plain")
        editor.types.add("rate", constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary="r")
        editor.tiers.add("episodes", "plain")
        editor.tiers.add("intensity", "rate", parent="episodes")

    scale = extract_codebook([document(build)]).systems[0].scale
    assert scale is not None
    assert scale.values == (0, 2, 4)


def test_tiers_picks_tiers() -> None:
    assert list(systems(extract_codebook([document(coded)], tiers=["mood"]))) == ["mood"]
    with pytest.raises(UsageError, match="no tier is called 'moods'") as caught:
        extract_codebook([document(coded)], tiers=["moods"])
    assert str(caught.value.hint).startswith("Did you mean 'mood'? Available: ")


def test_the_sequence_tier_named_the_parent_of_ratings_or_called_sequence() -> None:
    def only_sequence(editor: Editor) -> None:
        editor.types.add("plain")
        editor.tiers.add("Sequence", "plain")

    def nothing(editor: Editor) -> None:
        editor.types.add("plain")
        editor.tiers.add("a", "plain")

    assert extract_codebook([document(coded)], sequence_tier="notes").sequence_tier == "notes"
    assert extract_codebook([document(only_sequence)]).sequence_tier == "Sequence"
    assert extract_codebook([document(nothing)]).sequence_tier is None
    with pytest.raises(UsageError, match="no file has a sequence tier 'x'"):
        extract_codebook([document(coded)], sequence_tier="x")


def test_a_sequence_tier_with_a_vocabulary_is_no_system() -> None:
    def build(editor: Editor) -> None:
        coded(editor)
        editor.tiers.set("episodes", type_id="mood")

    assert list(systems(extract_codebook([document(build)]))) == ["mood", "r"]
    assert list(systems(extract_codebook([document(build)], sequence_tier="mood"))) == ["episodes", "r"]


def test_tiers_of_raters_in_a_merged_file_are_one_system() -> None:
    def build(editor: Editor) -> None:
        coded(editor)
        editor.types.add("disagreement")
        for rater in ("R1", "R2", "consensus"):
            editor.tiers.add(f"mood@{rater}", "mood")
        editor.tiers.add("mood@disagreement", "disagreement")
        editor.annotations.add("mood@disagreement", 0, 10, "glad | sad")
        editor.tiers.remove("mood")

    book = extract_codebook([document(build)], tiers=["mood"])
    assert [item.id for item in systems(book)["mood"].categories] == ["glad", "sad"]


def test_elsewhere_an_at_sign_is_part_of_the_name() -> None:
    def build(editor: Editor) -> None:
        coded(editor)
        editor.tiers.rename("mood", "mood@CHI")
        editor.tiers.add("mood@FA1", "mood")

    tiers = {system.tier_name for system in extract_codebook([document(build)]).systems}
    assert {"mood@CHI", "mood@FA1"} <= tiers


def test_vocabularies_of_several_files_are_put_together() -> None:
    def more(editor: Editor) -> None:
        editor.vocabularies.add(Vocabulary("moods", (entry("calm", eng="calm"), entry("sad", eng="sad"))))
        editor.types.add("mood", vocabulary="moods")
        editor.tiers.add("mood", "mood")

    book = extract_codebook(iter([document(coded), document(more)]))
    mood = systems(book)["mood"]
    assert [item.id for item in mood.categories] == ["glad", "sad", "calm"]
    assert mood.categories[2].labels == {"en": "calm", "de": "calm"}


def test_ids_that_elan_made_up_are_replaced_by_readable_ones_that_mean_nothing_else() -> None:
    entries = (
        entry("cveid_5be8575f-7f1f-4c16-88e6-b0f177d63b2c", eng="very sad"),
        entry("cveid1", eng="very_sad"),
        entry("cveid2", eng="0"),
        entry("cveid3", eng="none"),
        entry("not an id", eng="?"),
        entry("glad", eng="happy"),
        entry("happy", eng="glad"),
    )

    def build(editor: Editor) -> None:
        editor.vocabularies.add(Vocabulary("v", entries))
        editor.types.add("t", vocabulary="v")
        editor.tiers.add("my tier", "t")

    book = extract_codebook([document(build)])
    (system,) = book.systems
    assert (system.id, system.tier_name) == ("my_tier", "my tier")
    ids = [item.id for item in system.categories]
    assert ids[:5] == ["very_sad_2", "very_sad", "c_0", "c_none", "c"]
    for item in system.categories:
        assert system.category_of(item.label("en")) is item


def test_values_of_a_vocabulary_that_is_not_in_the_file_are_its_categories() -> None:
    def build(editor: Editor) -> None:
        editor.external_refs.add("er1", "ecv", "http://example.org/x.ecv")
        editor.vocabularies.add(Vocabulary("v", ext_ref="er1"))
        editor.types.add("t", vocabulary="v")
        editor.tiers.add("a", "t")
        editor.tiers.add("empty", "t")
        editor.annotations.add("a", 0, 5, "y", cve_ref="1")
        editor.annotations.add("a", 5, 9, "x", cve_ref="2")

    book = extract_codebook([document(build)])
    assert {system.id: [item.id for item in system.categories] for system in book.systems} == {"a": ["x", "y"]}


def test_old_vocabularies_without_ids_and_languages() -> None:
    old = b"""<ANNOTATION_DOCUMENT AUTHOR="" DATE="2010-01-01T00:00:00+01:00" FORMAT="2.7" VERSION="2.7">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/><TIME_ORDER/>
<TIER LINGUISTIC_TYPE_REF="t" TIER_ID="Gesture"/>
<LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="v" LINGUISTIC_TYPE_ID="t" TIME_ALIGNABLE="true"/>
<CONTROLLED_VOCABULARY CV_ID="v" DESCRIPTION=""><CV_ENTRY DESCRIPTION="going up">up</CV_ENTRY><CV_ENTRY>down</CV_ENTRY>
</CONTROLLED_VOCABULARY></ANNOTATION_DOCUMENT>"""
    book = extract_codebook([parse_eaf(old)])
    assert book.languages == ("und",)
    (system,) = book.systems
    assert [(item.id, item.labels, item.definitions) for item in system.categories] == [
        ("up", {"und": "up"}, {"und": "going up"}),
        ("down", {"und": "down"}, {}),
    ]


def test_a_tier_per_category() -> None:
    def build(editor: Editor) -> None:
        editor.vocabularies.add(Vocabulary("gaze", (entry("at", eng="at you"), entry("away", eng="away"))))
        editor.types.add("gaze", vocabulary="gaze")
        editor.tiers.add("gaze.at", "gaze")
        editor.tiers.add("gaze.away", "gaze")

    (system,) = extract_codebook([document(build)]).systems
    assert (system.id, system.layout) == ("gaze", Layout.TIER_PER_CATEGORY)
    assert system.interval_tier_names == ("gaze.at", "gaze.away")


def test_no_documents_and_nothing_coded() -> None:
    assert extract_codebook([]).systems == ()
    assert extract_codebook([new_document()]).systems == ()


def uses_a_vocabulary(path: Path) -> bool:
    """Whether a tier's type names a vocabulary that has entries in the file: a second look, at the XML itself."""
    root = etree.parse(path).getroot()
    filled = {cv.get("CV_ID") for cv in root.iterfind("CONTROLLED_VOCABULARY") if cv.xpath("CV_ENTRY|CV_ENTRY_ML")}
    types = {
        item.get("LINGUISTIC_TYPE_ID")
        for item in root.iterfind("LINGUISTIC_TYPE")
        if item.get("CONTROLLED_VOCABULARY_REF") in filled
    }
    return any(tier.get("LINGUISTIC_TYPE_REF") in types for tier in root.iterfind("TIER"))


def test_every_real_file_gives_a_codebook_that_can_be_written_and_loaded(shared: Path) -> None:
    files = sorted((shared / "eaf" / "real").rglob("*.e[at]f"))
    read, with_systems = 0, 0
    vocabulary_used = 0
    for path in files:
        try:
            found = read_eaf(path)
        except UnreadableInput:
            continue  # one file is cut off; what cannot be read is another room's business
        read += 1
        book = extract_codebook([found])
        if uses_a_vocabulary(path):
            vocabulary_used += 1
            assert book.systems
        if book.systems:
            with_systems += 1
            assert replace(parse_codebook(dump_codebook(book), path.name), extracted=True) == book
        extract_codebook([found], tiers=[tier.id for tier in found.tiers])
    assert read >= len(files) - 2
    assert with_systems >= vocabulary_used > 10


# Written and printed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", builtin_names())
def test_what_is_dumped_loads_to_the_same_codebook(name: str) -> None:
    book = load_codebook(name)
    assert parse_codebook(dump_codebook(book)) == book


def test_a_codebook_with_every_field_survives_dumping() -> None:
    text = """\
elancry_codebook: 1
id: s
version: 1.10
title: {en: "T: x", de: "# y"}
languages: [en, de]
sequence_tier:
comment_tiers: [a, "b "]
media: ["{session}.mp4"]
systems:
  - id: x
    labels: {en: "no", de: "ja"}
    layout: tier_per_category
    optional: yes
    source: {citation: c, status: adapted, note: n}
    groups: [{id: g, labels: {en: g, de: h}}]
    categories:
      - {id: a, labels: {en: "1", de: "null"}, tier: " t", examples: {en: [a, b], de: [c]}, group: g, key: '7'}
  - {id: y, labels: {en: y, de: z}, parent: " t", categories: [{id: a, labels: {en: "a: b", de: "- c"}}]}
"""
    book = parse_codebook(text)
    assert book.version == "1.10"
    assert book.sequence_tier is None
    assert parse_codebook(dump_codebook(book)) == book


def test_show_prints_what_a_person_wants_to_know_in_at_most_100_columns() -> None:
    for name in builtin_names():
        for language in ("en", "de"):
            shown = show_codebook(load_codebook(name), language=language)
            assert max(map(len, shown.splitlines())) <= 100
    german = show_codebook(load_codebook("crying"), language="de")
    assert "Verzweiflung  [despair]  Taste D" in german
    assert "Quelle (wie veröffentlicht): Gutjahr, F., & Benecke, C. (2024)" in german
    assert "-- Neutralisieren --" in german
    assert "  4 = sehr stark" in german
    with pytest.raises(UsageError, match="no texts in 'fr'"):
        show_codebook(load_codebook("crying"), language="fr")


def one_tier(*entries: VocabularyEntry, values: list[tuple[str, str | None]] | None = None) -> Document:
    """A tier `mood` of the vocabulary `moods`; without entries that lies in another file."""

    def build(editor: Editor) -> None:
        if not entries:
            editor.external_refs.add("er1", "ecv", "file:///nowhere/lab.ecv")
        editor.vocabularies.add(Vocabulary("moods", entries, ext_ref=None if entries else "er1"))
        editor.types.add("mood", vocabulary="moods")
        editor.tiers.add("mood", "mood")
        for number, (value, reference) in enumerate(values or ()):
            editor.annotations.add("mood", 10 * number, 10 * number + 10, value, cve_ref=reference)

    return document(build)


WHOLE = (entry("cveid_1", deu="froh", eng="glad"), entry("cveid_2", deu="traurig", eng="sad"))


@pytest.mark.parametrize("damaged_first", [True, False])
def test_entries_of_one_id_are_one_category_whatever_their_language(damaged_first: bool) -> None:
    """ELAN dropped the German texts of one rater's file: the codebook is that of the whole file."""
    damaged = one_tier(entry("cveid_1", eng="glad"), entry("cveid_2", eng="sad"))
    files = [damaged, one_tier(*WHOLE)] if damaged_first else [one_tier(*WHOLE), damaged]
    assert extract_codebook(files) == extract_codebook([one_tier(*WHOLE)])
    assert extract_codebook(files).languages == ("de", "en")


def test_files_in_different_languages_are_one_vocabulary() -> None:
    german, english = one_tier(entry("c1", deu="froh")), one_tier(entry("c1", eng="glad"))
    (mood,) = extract_codebook([german, english]).systems
    assert [(item.id, item.labels) for item in mood.categories] == [("c1", {"de": "froh", "en": "glad"})]


def test_an_id_with_two_texts_in_one_language_is_two_categories() -> None:
    """Programs number entries: the same id in two files need not be the same entry."""
    (mood,) = extract_codebook([one_tier(entry("cveid0", eng="glad")), one_tier(entry("cveid0", eng="sad"))]).systems
    assert [item.labels["en"] for item in mood.categories] == ["glad", "sad"]


def test_ids_of_differently_named_vocabularies_are_not_compared() -> None:
    def build(editor: Editor) -> None:
        editor.vocabularies.add(Vocabulary("others", (entry("c1", deu="froh"),)))
        editor.types.add("mood", vocabulary="others")
        editor.tiers.add("mood", "mood")

    (mood,) = extract_codebook([one_tier(entry("c1", eng="sad")), document(build)]).systems
    assert len(mood.categories) == 2


def test_annotations_say_which_texts_are_one_entry_where_the_vocabulary_is_elsewhere() -> None:
    """c1 is said in two languages; the 'glad' with c2 is somebody's mistake, 'odd' has no entry."""
    german = one_tier(values=[("froh", "c1"), ("froh", "c1"), ("traurig", "c2")])
    english = one_tier(values=[("glad", "c1"), ("glad", "c1"), ("glad", "c2"), ("odd", None)])
    (mood,) = extract_codebook([german, english]).systems
    assert [(item.id, item.reference, item.texts) for item in mood.categories] == [
        ("c1", "c1", ("froh",)),
        ("odd", None, ()),
        ("c2", "c2", ()),
    ]
    assert mood.category_of("froh") is mood.category_of("glad") is mood.categories[0]
