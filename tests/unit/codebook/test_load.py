"""Codebooks from YAML: every mistake at once, with its line; the built-in ones say what they must."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from elancry.choices import Units
from elancry.codebook.dump import dump_codebook
from elancry.codebook.load import (
    builtin_names,
    builtin_path,
    builtin_with_stamp,
    check_codebook,
    find_codebook,
    load_codebook,
    parse_codebook,
)
from elancry.codebook.model import Coding, Layout, SourceStatus
from elancry.errors import InvalidInput, UnreadableInput
from elancry.findings import Severity
from elancry.template.vocabularies import first_sentence

GOOD = """\
elancry_codebook: 1
id: study
title: A study
languages: [en, de]
systems:
  - id: mood
    labels: {en: Mood, de: Stimmung}
    coding: both
    scale: {minimum: 0, maximum: 2, anchors: {0: {en: none, de: keine}}}
    groups:
      - {id: up, labels: {en: Up, de: Oben}}
    categories:
      - {id: glad, labels: {en: glad, de: froh}, colour: '#00ff00', key: g, group: up}
      - {id: sad, labels: {en: sad, de: traurig}, key: '1'}
"""


def problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(InvalidInput) as caught:
        parse_codebook(text)
    return [(item.code.removeprefix("codebook-"), item.line) for item in caught.value.findings]


def messages(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_codebook(text)
    return "\n".join(f"{item.message} | {item.hint}" for item in caught.value.findings)


def test_a_good_codebook() -> None:
    book = parse_codebook(GOOD)
    assert (book.id, book.version, book.title, book.languages) == ("study", "1", "A study", ("en", "de"))
    assert book.sequence_tier == "Sequence"
    assert book.stamp == "study 1"
    system = book.systems[0]
    assert system.coding is Coding.BOTH
    assert system.layout is Layout.ONE_TIER
    assert system.scale is not None
    assert system.scale.values == (0, 1, 2)
    assert system.scale.anchors == {0: {"en": "none", "de": "keine"}}
    assert system.interval_tier_names == ("mood",)
    assert system.rating_tier_names == ("mood.glad.rating", "mood.sad.rating")
    assert system.category_of("traurig") is system.category("sad")
    assert system.category_of("Traurig") is None


def test_codes_that_do_not_exclude_each_other_have_a_tier_each_and_units_can_be_given():
    more = "    exclusive: false\n    units: given\n    coding: both"
    system = parse_codebook(GOOD.replace("    coding: both", more, 1)).systems[0]
    assert (system.layout, system.units) == (Layout.TIER_PER_CATEGORY, Units.GIVEN)
    again = parse_codebook(dump_codebook(replace(parse_codebook(GOOD), systems=(system,)))).systems[0]
    assert (again.layout, again.units) == (system.layout, system.units)


def test_many_mistakes_are_reported_together_in_the_order_of_their_lines() -> None:
    text = (
        GOOD.replace("id: study", "id: my study")
        .replace("minimum: 0, maximum: 2", "minimum: 2, maximum: 0")
        .replace("colour: '#00ff00'", "colour: green")
        .replace("key: '1'", "key: G, coulor: x")
        .replace("group: up}", "group: upp}")
    )
    with pytest.raises(InvalidInput) as caught:
        parse_codebook(text)
    assert [(item.code, item.line) for item in caught.value.findings] == [
        ("codebook-bad-id", 2),
        ("codebook-bad-scale", 9),
        ("codebook-bad-colour", 13),
        ("codebook-unknown-group", 13),
        ("codebook-unknown-key", 14),
        ("codebook-duplicate-shortcut", 14),
    ]
    assert caught.value.message == "6 errors in the codebook codebook"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("elancry_codebook: 1", "elancry_codebook: 2", [("format", 1)]),
        ("elancry_codebook: 1\n", "", [("missing-key", 1)]),
        ("id: study", "id: consensus", [("bad-id", 2)]),
        ("id: study", "id: a.b", [("bad-id", 2)]),
        ("id: study", "id: a@b", [("bad-id", 2)]),
        ("id: study", "id: 1a", [("bad-id", 2)]),
        ("id: study", "id: a/b", [("bad-id", 2)]),
        ("id: study", "id: ''", [("bad-id", 2)]),
        ("id: study", "id: study\nversion: 1 b", [("bad-text", 3)]),
        ("[en, de]", "[en, German]", [("bad-language", 4)] + [("bad-language", n) for n in (7, 9, 11, 13, 14)]),
        ("[en, de]", "[en, de, en]", [("bad-language", 4)]),
        ("[en, de]", "[pt-BR, en, de]", [("bad-language", 4), ("missing-language", 7), ("untranslated", 9)]
            + [("missing-language", n) for n in (11, 13, 14)]),
        ("[en, de]", "[en, de, deu]", [("bad-language", 4)]),
        ("id: study", "id: con", [("bad-id", 2)]),
        ("id: study", "id: " + "y" * 101, [("bad-id", 2)]),
        ("labels: {en: Mood, de: Stimmung}", "labels: {en: Mood}", [("missing-language", 7)]),
        ("labels: {en: Mood, de: Stimmung}", "labels: Mood", [("missing-language", 7)]),
        ("{en: glad, de: froh}", "{en: glad, de: ''}", [("bad-text", 13), ("missing-language", 13)]),
        ("{en: glad, de: froh}", '{en: "a\\nb", de: froh}', [("bad-text", 13)]),
        ("{en: glad, de: froh}", '{en: "a\\u0001", de: froh}', [("bad-text", 13), ("missing-language", 13)]),
        ("{en: glad, de: froh}", "{en: glad, fr: gai, de: froh}", [("bad-language", 13)]),
        ("id: sad", "id: glad", [("duplicate-id", 14)]),
        ("{en: sad, de: traurig}", "{en: glad, de: traurig}", [("duplicate-label", 14)]),
        ("{en: sad, de: traurig}", "{en: froh, de: traurig}", [("duplicate-label", 14)]),
        ("{id: sad, labels: {en: sad,", "{id: froh, labels: {en: sad,", [("duplicate-label", 14)]),
        ("key: '1'", "key: '12'", [("bad-key", 14)]),
        ("key: '1'", "key: ü", [("bad-key", 14)]),
        ("colour: '#00ff00'", "colour: '#0f0'", [("bad-colour", 13)]),
        ("    scale: {minimum: 0, maximum: 2, anchors: {0: {en: none, de: keine}}}\n", "", [("missing-scale", 6)]),
        ("maximum: 2", "maximum: 500", [("bad-scale", 9)]),
        ("maximum: 2", "maximum: two", [("wrong-type", 9)]),
        ("{0: {en", "{7: {en", [("bad-scale", 9)]),
        ("coding: both", "coding: intervals", [("wrong-type", 8)]),
        ("systems:", "sequence_tier: mood\nsystems:", [("bad-tier", 7)]),
        ("systems:", "comment_tiers: [a, a]\nsystems:", [("bad-tier", 5)]),
        ("systems:", "comment_tiers: [a@consensus]\nsystems:", [("bad-tier", 5)]),
        ("systems:", "sequence_tier:\nsystems:", [("bad-tier", 7)]),
        ("    coding: both", "    parent: Sequnce\n    coding: both", [("bad-tier", 6)]),
        ("    coding: both", "    exclusive: no\n    layout: one_tier\n    coding: both", [("bad-tier", 8)]),
        ("    coding: both", "    tier: consensus\n    coding: both", [("bad-tier", 8)]),
    ],
)  # fmt: skip
def test_each_mistake_has_its_code_and_line(old: str, new: str, expected: list[tuple[str, int]]) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert problems(text) == expected


def test_messages_say_what_was_given_what_was_expected_and_how_to_mend() -> None:
    text = messages(GOOD.replace("colour: '#00ff00'", "colur: '#00ff00'").replace("id: sad", "id: very sad"))
    assert "system 'mood', category 'glad': unknown key 'colur' | Did you mean 'colour'?" in text
    assert "system 'mood', category 'very sad': the id 'very sad' contains a space | Try 'very_sad'." in text


def test_a_colour_that_yaml_took_for_a_comment() -> None:
    text = GOOD.replace("      - {id: sad, labels: {en: sad, de: traurig}, key: '1'}\n", "") + (
        "      - id: sad\n        labels: {en: sad, de: traurig}\n        colour: #0072b2\n"
    )
    assert "the colour is empty | Put a colour in quotes, because # starts a comment: colour: '#0072b2'" in messages(
        text
    )


def test_a_colour_without_quotes_inside_braces() -> None:
    text = GOOD.replace("colour: '#00ff00'", "colour: #00ff00")
    assert text != GOOD
    with pytest.raises(UnreadableInput, match=r":13: not valid YAML: # begins a comment") as caught:
        parse_codebook(text)
    assert caught.value.hint == "Put a colour in quotes: colour: '#0072b2'."


def test_a_comma_in_a_text_inside_braces() -> None:
    """YAML ends a text without quotes at a comma there: the rest would be a language of its own."""
    text = GOOD.replace("{en: sad, de: traurig}", "{en: sad, and weeping, loudly, de: traurig}")
    assert problems(text) == [("wrong-type", 14)]
    assert messages(text) == (
        "system 'mood', category 'sad', 'labels': inside braces, the comma before 'and weeping, loudly' begins a new "
        "entry, which has no value | "
        "If the comma belongs to the text, put it in quotes: 'sad, and weeping, loudly'."
    )


def test_a_language_without_its_text_is_no_rest_of_a_text() -> None:
    assert messages(GOOD.replace("{en: sad, de: traurig}", "{en: sad, de}")) == (
        "system 'mood', category 'sad', 'labels': expected text, not nothing | None\n"
        "system 'mood', category 'sad', 'labels': no text in de | None"
    )


def test_a_colon_in_a_text_inside_braces() -> None:
    with pytest.raises(UnreadableInput) as caught:
        parse_codebook(GOOD.replace("{en: sad, de: traurig}", "{en: sad, de: traurig: leise}"))
    assert "codebook:14: not valid YAML: a second ': ' on the same line." in caught.value.message
    assert caught.value.hint is not None
    assert "put the text in quotes" in caught.value.hint


@pytest.mark.parametrize(
    ("good", "bad", "said", "advice"),
    [
        ("id: mood", "id:mood", "codebook:6: not valid YAML: a space is missing after the colon", "id: mood"),
        ("title: A study", "title:A study", ":3: not valid YAML: a space is missing", "title: A study"),
        ("coding: both", "coding:both", ":8: not valid YAML: a space is missing", "coding: both"),
        ("key: g", "key:g", "system 'mood', category 'glad': a space is missing after the colon of 'key:'", "key: g"),
        ("{en: Up, de", "{en:Up, de", "group 'up', 'labels': a space is missing after the colon of 'en:'", "en: Up"),
    ],
)  # fmt: skip
def test_a_colon_without_its_blank(good: str, bad: str, said: str, advice: str) -> None:
    assert good in GOOD
    with pytest.raises((UnreadableInput, InvalidInput)) as caught:
        parse_codebook(GOOD.replace(good, bad))
    assert said in str(caught.value)
    found = [item.hint for item in getattr(caught.value, "findings", [])] or [caught.value.hint]
    assert f"Write '{advice}'. If it is all one text, put it in quotes." in found


def test_the_traps_of_the_shared_cases(shared: Path) -> None:
    """`cases/README.md`: both files must be answered with their line and "put it in quotes"."""
    with pytest.raises(InvalidInput) as caught:
        load_codebook(shared / "cases/new_user/codebook-comma-in-braces.yaml")
    said = [(item.line, "put it in quotes" in (item.hint or "")) for item in caught.value.findings]
    assert said == [(12, True), (24, False), (45, True)]  # 24: a colour without quotes
    with pytest.raises(UnreadableInput, match=r"colon-in-braces\.yaml:4: .*\n.*put the text in quotes"):
        load_codebook(shared / "cases/new_user/codebook-colon-in-braces.yaml")


def test_messages_are_german_where_a_german_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "de")
    assert messages(GOOD.replace("key: g", "key: Tab").replace("group: up", "group: upp")) == (
        "System „mood“, Kategorie „glad“: die Gruppe „upp“ ist in diesem System nicht definiert"
        " | Sie unter „groups“ ergänzen.\n"
        "System „mood“, Kategorie „glad“: „Tab“ ist keine Taste; erwartet wird ein Buchstabe A-Z oder eine Ziffer 0-9"
        " | None"
    )


def test_two_systems_with_one_id_are_reported_once() -> None:
    second = GOOD[GOOD.index("  - id: mood") :]
    assert problems(GOOD + second) == [("duplicate-id", 15)]


@pytest.mark.parametrize("text", ["", "- a", "just words", "systems: 3", "systems: [1, 2]", "systems: [{}]", "{}"])
def test_what_is_no_codebook_at_all(text: str) -> None:
    codes = {code for code, _ in problems(text)}
    assert codes & {"wrong-type", "missing-key"}


def test_no_systems_and_no_categories() -> None:
    head = GOOD[: GOOD.index("systems:")]
    assert ("no-systems", 5) in problems(head + "systems: []")
    start = GOOD.index("    categories:")
    assert ("no-systems", 12) in problems(GOOD[:start] + "    categories: []\n")


def test_parents_that_go_round() -> None:
    text = """\
elancry_codebook: 1
id: s
title: t
languages: [en]
systems:
  - {id: a, labels: a, parent: b, categories: [{id: x, labels: x}]}
  - {id: b, labels: b, parent: a, categories: [{id: x, labels: x}]}
"""
    assert problems(text) == [("bad-tier", 6), ("bad-tier", 7)]
    assert "its parent tiers form a loop" in messages(text)


# The built-in codebooks ----------------------------------------------------------------------------------------------


def test_the_built_in_codebooks_load_without_a_single_finding() -> None:
    assert builtin_names() == ("attachment-crying", "crying", "five-reasons-to-cry")
    for name in builtin_names():
        book, findings = check_codebook(name)
        assert findings == ()
        assert book is not None
        assert book.id == name
        assert book.languages == ("en", "de")


def test_a_folder_named_like_a_built_in_codebook_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crying").mkdir()
    assert find_codebook("crying") == builtin_path("crying")


def test_an_unknown_name_lists_the_built_in_ones() -> None:
    with pytest.raises(UnreadableInput, match="there is no file 'cryin'") as caught:
        load_codebook("cryin")
    assert "attachment-crying, crying, five-reasons-to-cry" in caught.value.message
    assert caught.value.hint == "Did you mean 'crying'?"
    with pytest.raises(UnreadableInput, match="is a folder"):
        load_codebook(Path(__file__).parent)


def test_interventions_are_the_nine_of_the_published_table_in_four_groups() -> None:
    # Gutjahr & Benecke 2024, Table 2, as the design lists it.
    system = load_codebook("crying").system("intervention")
    assert system is not None
    assert system.source is not None
    assert system.source.status is SourceStatus.PUBLISHED
    assert "10.4081/ripppo.2024.725" in system.source.citation
    groups = {group.id: group.labels["en"] for group in system.groups}
    table = [(groups[item.group or ""], item.labels["en"]) for item in system.categories]
    assert table == [
        ("Trigger", "trigger of crying"),
        ("Addressing", "perceiving the here-and-now quality of the crying"),
        ("Addressing", "exploring emotions"),
        ("Addressing", "contextualizing the crying in an actively therapeutic manner"),
        ("Giving space", "pause"),
        ("Giving space", "letting narrate"),
        ("Neutralizing", "providing support in an actively therapeutic manner"),
        ("Neutralizing", "exploring facts"),
        ("Neutralizing", "initiating a change of topic / ending the session"),
    ]


def test_definitions_of_the_interventions_follow_the_authors_short_descriptions() -> None:
    """What the design gives of Table 2, word by word, in the first sentence of a definition: the tooltip in ELAN."""
    system = load_codebook("crying").system("intervention")
    assert system is not None
    assert system.source is not None
    described = {
        "trigger": ("immediately before", "intense"),
        "perceiving": ("emotion", "perceives", "contains", "mirrors"),
        "exploring_emotions": ("emotions", "desires", "thoughts", "conflicts"),
        "contextualizing": ("biography", "diagnosis", "patterns"),
        "pause": ("intentional", "lead"),
        "letting_narrate": ("alone", "lead"),
        "support": ("solutions", "reframing", "normalizing", "tension"),
        "exploring_facts": ("triggered", "factual level"),
        "ending": ("ignores the crying", "new topic", "ends the session"),
    }
    assert [item.id for item in system.categories] == list(described)
    for category in system.categories:
        said = first_sentence(category.definitions["en"])
        assert [word for word in described[category.id] if word not in said] == [], category.id
    for word in ("possibly intensified", "lead is left to the patient", "regulated down"):
        assert word in system.definitions["en"]
    note = " ".join((system.source.note or "").split())
    assert "labels of the nine categories and of their four groups are the authors'" in note
    assert "follow the authors' short descriptions in that table, in our words" in note
    assert "rating scale, the number of their raters and their results are not known to us" in note


def test_an_earlier_version_of_a_built_in_codebook() -> None:
    before, now = load_codebook("crying-1"), load_codebook("crying")
    assert (before.stamp, now.stamp, now.changes.since) == ("crying 1", "crying 2", "1")
    for old, new in zip(before.systems, now.systems, strict=True):
        assert [(item.id, item.labels) for item in old.categories] == [
            (item.id, item.labels) for item in new.categories
        ]
        assert (old.scale, old.groups) == (new.scale, new.groups)
    assert "crying-1" not in builtin_names()
    assert builtin_with_stamp("crying 1") == ("crying-1", before)
    assert builtin_with_stamp("crying 2") == ("crying", now)
    assert builtin_with_stamp("crying 7") is None


def test_forms_of_crying_are_a_starter_that_says_whose_names_they_are_not() -> None:
    system = load_codebook("crying").system("crying_form")
    assert system is not None
    assert [item.id for item in system.categories] == ["protest", "despair", "inhibited", "unclear"]
    assert system.source is not None
    assert system.source.status is SourceStatus.STARTER
    note = " ".join((system.source.note or "").split())
    assert "The forms of crying published with the study of Gutjahr & Benecke (2024) are not available to us" in note


@pytest.mark.parametrize("name", ["crying", "five-reasons-to-cry", "attachment-crying"])
def test_built_in_codebooks_are_complete_enough_to_code_from(name: str) -> None:
    book = load_codebook(name)
    for system in book.systems:
        assert system.coding is Coding.BOTH
        assert system.scale is not None
        assert system.scale.values == (0, 1, 2, 3, 4)
        assert set(system.scale.anchors) == set(system.scale.values)
        assert system.source is not None
        assert re.search(r"scale 0-4 are ours", " ".join((system.source.note or "").split()))
        assert all(item.colour and item.key for item in system.categories)
        for language in book.languages:
            assert system.definitions[language]
            for item in system.categories:
                assert len(item.definitions[language]) > 60
                assert item.examples[language]
                assert len(item.labels[language]) <= 65


def _luminance_lab(colour: str) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour, D65 (Lindbloom's matrix)."""
    red, green, blue = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    x = (0.4124564 * linear[0] + 0.3575761 * linear[1] + 0.1804375 * linear[2]) / 0.95047
    y = 0.2126729 * linear[0] + 0.7151522 * linear[1] + 0.0721750 * linear[2]
    z = (0.0193339 * linear[0] + 0.1191920 * linear[1] + 0.9503041 * linear[2]) / 1.08883
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("name", ["crying", "five-reasons-to-cry", "attachment-crying"])
def test_colours_of_a_system_can_be_told_apart(name: str) -> None:
    # CIE76 distance; 2.3 is just noticeable, colours of a legend want 20 or more.
    for system in load_codebook(name).systems:
        colours = [_luminance_lab(item.colour or "") for item in system.categories]
        for index, one in enumerate(colours):
            for other in colours[index + 1 :]:
                assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 20


def test_warnings_do_not_stop_and_keep_their_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    text = GOOD.replace("{en: none, de: keine}", "{en: none}").replace("{en: sad,", "{en: Glad,")
    path.write_text(text, encoding="utf-8")
    book, findings = check_codebook(path)
    assert book is not None
    assert [(item.code, item.severity, item.file, item.line) for item in findings] == [
        ("codebook-untranslated", Severity.WARNING, str(path), 9),
        ("codebook-similar-label", Severity.WARNING, str(path), 14),
    ]
