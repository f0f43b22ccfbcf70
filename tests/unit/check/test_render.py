from __future__ import annotations

import json
from dataclasses import replace

from elancry.check.render import render_json, render_sarif, render_text
from elancry.findings import finding

WRONG = finding(
    "value-unknown",
    "'protst' is not a category of form",
    hint="Did you mean 'protest'?",
    file="R1/s 01.eaf",
    session="s 01",
    rater="R1",
    tier="form",
    annotation="a7",
    start_ms=83_500,
    end_ms=84_000,
)
NOTE = finding("tier-extra", "the codebook has no such tier", file="R1/s 01.eaf", tier="Notes")
NOWHERE = finding("session-incomplete", "no file by R2 for session s2", session="s2", rater="R2", hint="Ask for it.")


def test_text_reads_like_a_compiler():
    assert render_text([NOTE, WRONG, NOWHERE]) == (
        "warning session-incomplete: no file by R2 for session s2\n"
        "    Ask for it.\n"
        "\n"
        "R1/s 01.eaf\n"
        "  error value-unknown at tier form, annotation a7, 0:01:23.500: 'protst' is not a category of form\n"
        "      Did you mean 'protest'?\n"
        "\n"
        "1 note not shown; --verbose shows all notes."
    )


def test_notes_about_the_whole_study_are_shown():
    note = finding("tiers-not-taken", "Comment (2 files)")
    assert (
        render_text([note, NOTE])
        == "note tiers-not-taken: Comment (2 files)\n\n1 note not shown; --verbose shows all notes."
    )


def test_many_of_one_kind_are_counted_unless_everything_is_asked_for():
    text = render_text([replace(WRONG, said=f"'{word}' is not a category of form") for word in "abcde"])
    assert text.count("Did you mean") == 3
    assert "error value-unknown: 2 more of these" in text
    thousands = render_text([WRONG] * 3000, verbose=True)
    assert thousands.count("Did you mean") == 50
    assert "error value-unknown: 2950 more of these; `elancry check --format json` lists them all" in thousands
    assert len(json.loads(render_json([WRONG] * 3000))["findings"]) == 3000
    assert render_text([WRONG] * 5, verbose=True).count("Did you mean") == 5
    assert "tier-extra" in render_text([NOTE], verbose=True)


def test_what_is_the_same_at_several_places_of_a_file_is_one_line():
    text = render_text([replace(WRONG, annotation=f"a{number}", start_ms=1000 * number) for number in range(1, 115)])
    assert text == (
        "R1/s 01.eaf\n"
        "  error value-unknown at tier form, annotation a1, 0:00:01.000 and 113 more: "
        "'protst' is not a category of form\n"
        "      Did you mean 'protest'?"
    )


def test_what_is_the_same_in_many_files_is_one_line():
    everywhere = [replace(WRONG, file=f"s{number}.eaf") for number in (10, 2, 3, 4)]
    refused = [finding("language-refused", "und has no LANG_DEF", file=f"s{number}.eaf") for number in range(1, 97)]
    assert render_text([*everywhere, *refused]) == (
        "error value-unknown at tier form of s2.eaf, s3.eaf and 2 more: 'protst' is not a category of form\n"
        "    Did you mean 'protest'?\n"
        "warning language-refused at s1.eaf, s2.eaf and 94 more: und has no LANG_DEF"
    )
    # Three files stand by themselves, and so does everything where all is asked for.
    assert render_text(everywhere[:3]).count("Did you mean") == 3
    assert render_text(everywhere, verbose=True).count("Did you mean") == 4


def test_nothing_found_is_an_empty_text():
    assert render_text([]) == ""


def test_json_holds_every_field():
    (item,) = json.loads(render_json([WRONG]))["findings"]
    assert (item["code"], item["severity"], item["start_ms"], item["line"]) == ("value-unknown", "error", 83_500, None)


def test_sarif_has_rules_levels_and_places():
    run = json.loads(render_sarif([WRONG, NOTE, WRONG]))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["tier-extra", "value-unknown"]
    first = run["results"][0]
    assert (first["level"], first["ruleIndex"]) == ("error", 1)
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "R1/s%2001.eaf"
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] == "tier form, annotation a7, 0:01:23.500"
    assert first["properties"] == {"session": "s 01", "rater": "R1", "start_ms": 83_500, "end_ms": 84_000}
    assert run["results"][1]["level"] == "note"


def test_names_cannot_steer_the_terminal():
    name = "a\x1b[2J\nerror forged\u202e.eaf"
    text = render_text([finding("value-unknown", f"{name} is wrong", hint=name, file=name, tier=name)])
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text.split("\n")) == 3
    assert "a\\x1b[2J\\nerror forged\\u202e.eaf" in text
