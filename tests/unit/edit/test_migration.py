"""A migrated file says the same in the new codebook's words; nothing is lost, moved or decided by the machine."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elancry.codebook.load import load_codebook, parse_codebook
from elancry.codebook.model import Codebook, Coding, Scale
from elancry.codebook.revision import build_revision
from elancry.eaf import Document, parse_eaf, read_eaf, write_eaf
from elancry.edit.migration import Fate, MigrateFile, migrate_document, write_migration
from elancry.errors import OutputRefused, UsageError
from elancry.simulate.study import simulate_study
from elancry.simulate.write import write_study
from elancry.template.build import build_template

HEAD = """\
elancry_codebook: 1
id: study
version: {version}
title: Study
languages: [en, de]
comment_tiers: [Comment]
systems:
  - id: mood
    labels: {{en: Mood, de: Stimmung}}
    coding: both
    scale: {{minimum: 0, maximum: 4}}
    {layout}
    categories:
"""
CHANGES = """\
changes:
  from: 1
  systems:
    mood: {renamed: {b: b2}, merged: {cd: [c, d]}, split: {e: [e1, e2]}, removed: [f], added: [g]}
"""


def migrate_files(old, new, files, out_dir, *, force=False):
    """The files one after the other, then written together, as `elancry migrate` does."""
    work = MigrateFile.between(old, new, out_dir)
    done = [work(path, name) for path, name in files]
    contents = {name: data for made, _ in done for name, data in made.items()}
    return write_migration(out_dir, contents, [row for _, rows in done for row in rows], force=force)


def book(
    version: int, names: Sequence[str], changes: str = "", layout: str = "layout: one_tier", word: str = ""
) -> Codebook:
    rows = "".join(f"      - {{id: {name}, labels: {{en: {word}{name} en, de: {word}{name} de}}}}\n" for name in names)
    return parse_codebook(HEAD.format(version=version, layout=layout) + rows + changes)


OLD = book(1, "abcdef")
NEW = book(2, ["a", "b2", "cd", "e1", "e2", "g"], CHANGES, word="new ")
REVISION = build_revision(OLD, NEW)


def coded(values: Sequence[str], ratings: Sequence[tuple[str, str]] = (), *, language: str = "en") -> Document:
    """Annotations of 1 s after each other on `mood`; one sequence over all; ratings of category -> number."""
    editor = build_template(OLD, annotator="R1", language=language).edit()
    sequence = editor.annotations.add("Sequence", 0, 1000 * max(1, len(values)), "1")
    for index, value in enumerate(values):
        editor.annotations.add("mood", 1000 * index, 1000 * (index + 1), value)
    for category, number in ratings:
        editor.annotations.add_reference(f"mood.{category}.rating", sequence, number)
    editor.annotations.add("Comment", 0, 10, "look again")
    return editor.document()


def values(document: Document, tier: str = "mood") -> list[tuple[str, str | None]]:
    return [(item.value, item.cve_ref) for item in document.annotations(tier)]


def test_values_follow_their_categories_in_their_own_language() -> None:
    document, rows = migrate_document(
        coded(["a en", "b de", "c en", "d de", "e en", "f de", "nonsense", "b"]), REVISION
    )
    assert values(document) == [
        ("new a en", "a"),
        ("new b2 de", "b2"),
        ("new cd en", "cd"),
        ("new cd de", "cd"),
        ("e en (old)", "e_old"),
        ("f de (old)", "f_old"),
        ("nonsense", None),
        ("b2", "b2"),
    ]
    assert [row.fate for row in rows if row.tier == "mood"] == [
        Fate.REWORDED, Fate.RENAMED, Fate.MERGED, Fate.MERGED, Fate.SPLIT, Fate.REMOVED, Fate.UNKNOWN, Fate.RENAMED,
    ]  # fmt: skip
    assert {row.note for row in rows if row.fate is Fate.SPLIT} == {"now one of: e1, e2"}
    assert dict(document.properties)["elancry.codebook"] == "study 2"


def test_the_vocabulary_is_the_new_one_and_what_is_left_over() -> None:
    document, _ = migrate_document(coded(["e en", "a en"]), REVISION)
    vocabulary = document.vocabulary("mood")
    assert vocabulary is not None
    assert [entry.id for entry in vocabulary.entries] == ["a", "b2", "cd", "e1", "e2", "g", "e_old"]
    assert dict(vocabulary.entries[-1].values) == {"eng": "e en (old)", "deu": "e de (old)"}


def test_the_value_wins_over_a_contradicting_reference_and_a_reference_alone_decides() -> None:
    editor = coded([]).edit()
    editor.annotations.add("mood", 5000, 6000, "a en", cve_ref="b")
    editor.annotations.add("mood", 6000, 7000, "an old wording", cve_ref="b")
    document, rows = migrate_document(editor.document(), REVISION)
    assert values(document) == [("new a en", "a"), ("new b2 en", "b2")]
    assert [row.fate for row in rows if row.tier == "mood"] == [Fate.REWORDED, Fate.RENAMED]


def test_rating_tiers_follow_and_are_never_added_up() -> None:
    ratings = [("a", "0"), ("b", "1"), ("c", "2"), ("e", "3"), ("f", "4")]
    document, rows = migrate_document(coded(["a en"], ratings), REVISION)
    found = {tier.id: [item.value for item in document.annotations(tier.id)] for tier in document.tiers}
    assert found == {
        "Sequence": ["1"],
        "mood": ["new a en"],
        "Comment": ["look again"],
        "mood.a.rating": ["0"],
        "mood.b2.rating": ["1"],
        "mood.cd.rating": ["2"],  # d was empty: nothing to decide
        "mood.e.rating": ["3"],  # split: a person decides
        "mood.f.rating": ["4"],
        "mood.e1.rating": [],
        "mood.e2.rating": [],
        "mood.g.rating": [],
    }
    fates = {row.tier: row.fate for row in rows if row.tier.endswith("rating")}
    assert fates == {
        "mood.a.rating": Fate.KEPT, "mood.b.rating": Fate.RENAMED, "mood.c.rating": Fate.MERGED,
        "mood.e.rating": Fate.SPLIT, "mood.f.rating": Fate.REMOVED,
    }  # fmt: skip
    new = next(tier for tier in document.tiers if tier.id == "mood.g.rating")
    assert (new.parent, new.annotator, new.lang_ref, new.type_id) == ("Sequence", "R1", "eng", "mood.rating")


def test_two_ratings_cannot_become_one() -> None:
    document, rows = migrate_document(coded(["a en"], [("c", "1"), ("d", "4")]), REVISION)
    assert [row.fate for row in rows if row.tier in ("mood.c.rating", "mood.d.rating")] == [Fate.CONFLICT] * 2
    assert document.annotations("mood.c.rating")[0].value == "1"
    assert document.annotations("mood.cd.rating") == ()


def test_names_may_be_exchanged() -> None:
    swap = "changes: {systems: {mood: {renamed: {a: b, b: a}}}}\n"
    revision = build_revision(OLD, book(2, "abcdef", swap))
    document, _ = migrate_document(coded(["a en", "b en"], [("a", "1"), ("b", "2")]), revision)
    assert values(document) == [("b en", "b"), ("a en", "a")]
    assert document.annotations("mood.b.rating")[0].value == "1"
    assert document.annotations("mood.a.rating")[0].value == "2"


def test_a_tier_per_category() -> None:
    layout = "layout: tier_per_category"
    old, new = (
        book(1, "abc", layout=layout),
        book(2, ["a", "z"], "changes: {systems: {mood: {merged: {z: [b, c]}}}}\n", layout),
    )
    editor = build_template(old).edit()
    editor.annotations.add("mood.a", 0, 5, "a en")
    editor.annotations.add("mood.b", 3, 9, "b en")
    document, rows = migrate_document(editor.document(), build_revision(old, new))
    assert [(tier.id, values(document, tier.id)) for tier in document.tiers if document.annotations(tier.id)] == [
        ("mood.a", [("a en", "a")]),
        ("mood.z", [("z en", "z")]),
    ]
    assert [row.fate for row in rows] == [Fate.KEPT, Fate.MERGED]


def test_a_layout_that_changed_is_refused() -> None:
    new = book(2, "abcdef", layout="layout: tier_per_category")
    with pytest.raises(UsageError, match="the layout changed from one_tier to tier_per_category"):
        migrate_document(coded(["a en"]), build_revision(OLD, new))


def test_a_system_under_a_new_name_and_sequences_too() -> None:
    text = HEAD.format(version=2, layout="tier: feeling").replace("id: mood", "id: feel")
    rows = "".join(f"      - {{id: {name}, labels: {{en: {name} en, de: {name} de}}}}\n" for name in "abcdef")
    new = parse_codebook(
        text.replace("comment_tiers", "sequence_tier: Episode\ncomment_tiers")
        + rows
        + "changes: {systems: {feel: {was: mood}}}\n"
    )
    document, _ = migrate_document(coded(["a en"], [("b", "3")]), build_revision(OLD, new))
    assert values(document, "feeling") == [("a en", "a")]
    assert document.annotations("feeling.b.rating")[0].value == "3"
    assert {tier.parent for tier in document.tiers} == {None, "Episode"}


def test_tiers_of_several_raters_in_one_file() -> None:
    editor = coded(["b en"], [("b", "2")]).edit()
    for name in [tier.id for tier in coded([]).tiers]:
        editor.tiers.rename(name, f"{name}@R1")
    document, _ = migrate_document(editor.document(), REVISION)
    assert values(document, "mood@R1") == [("new b2 en", "b2")]
    assert document.annotations("mood.b2.rating@R1")[0].value == "2"
    assert document.tier("mood.g.rating@R1") is not None


def test_files_of_an_old_format_become_new_ones() -> None:
    old = b"""<ANNOTATION_DOCUMENT AUTHOR="" DATE="2010-01-01T00:00:00+01:00" FORMAT="2.7" VERSION="2.7">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="9"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="mood" TIER_ID="mood"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1"
 TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2"><ANNOTATION_VALUE>b en</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<LINGUISTIC_TYPE CONTROLLED_VOCABULARY_REF="v" LINGUISTIC_TYPE_ID="mood" TIME_ALIGNABLE="true"/>
<CONTROLLED_VOCABULARY CV_ID="v" DESCRIPTION=""><CV_ENTRY DESCRIPTION="">b en</CV_ENTRY></CONTROLLED_VOCABULARY>
<CONTROLLED_VOCABULARY CV_ID="other" DESCRIPTION=""><CV_ENTRY DESCRIPTION="">x</CV_ENTRY></CONTROLLED_VOCABULARY>
</ANNOTATION_DOCUMENT>"""
    document, rows = migrate_document(parse_eaf(old), REVISION, file="old.eaf")
    assert document.format_version == "3.0"
    assert values(document) == [("new b2 en", "b2")]
    assert [row.fate for row in rows] == [Fate.RENAMED]
    other = document.vocabulary("other")
    assert other is not None
    assert [dict(entry.values) for entry in other.entries] == [{"und": "x"}]
    assert document.findings == ()


def test_external_vocabularies_are_left_to_their_file() -> None:
    editor = build_template(OLD, external_cv="file:///x.ecv").edit()
    editor.annotations.add("mood", 0, 5, "b en", cve_ref="b")
    editor.annotations.add("mood", 5, 9, "e en", cve_ref="e")
    document, rows = migrate_document(editor.document(), REVISION)
    assert values(document) == [("new b2 en", "b2"), ("e en", "e")]
    assert [row.fate for row in rows] == [Fate.RENAMED, Fate.SPLIT]
    assert {vocabulary.entries for vocabulary in document.vocabularies} == {()}


texts = st.sampled_from(["a en", "a de", "b en", "c de", "d en", "e en", "f en", "a", "", "foreign"])
numbers = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("01234")), unique_by=lambda item: item[0])


@settings(max_examples=25, deadline=None)
@given(st.lists(texts, max_size=12), numbers, st.sampled_from(["en", "de"]))
def test_no_annotation_disappears_and_no_time_changes(
    codes: list[str], ratings: list[tuple[str, str]], language: str
) -> None:
    before = coded(codes, ratings, language=language)
    after, rows = migrate_document(before, REVISION)

    def times(document: Document) -> dict[str, tuple[int, int]]:
        return {
            item.id: (item.start_ms, item.end_ms) for tier in document.tiers for item in document.annotations(tier.id)
        }

    assert times(after) == times(before)
    assert {row.annotation_id for row in rows} == set(times(before))
    assert parse_eaf(after.to_bytes()).findings == ()


# Files ----------------------------------------------------------------------------------------------------------------


def test_files_and_their_table(tmp_path: Path) -> None:
    source = tmp_path / "in" / "s01__R1.eaf"
    source.parent.mkdir()
    write_eaf(coded(["b en", "e en"]), source)
    migration = migrate_files(OLD, NEW, [(source, "s01__R1.eaf")], tmp_path / "out")
    assert [path.name for path in migration.paths] == ["s01__R1.eaf", "s01__R1.pfsx", "migration.csv"]
    assert [row.old_value for row in migration.to_decide] == ["e en"]
    with (tmp_path / "out" / "migration.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    mood = [
        (row["old_value"], row["new_value"], row["change"], row["decide"]) for row in table if row["tier"] == "mood"
    ]
    assert mood == [("b en", "new b2 en", "renamed", ""), ("e en", "e en (old)", "split", "yes")]
    assert len(table) == 4  # two codes, a sequence, a comment
    assert read_eaf(source).annotations("mood")[0].value == "b en"
    again = migrate_files(OLD, NEW, [(source, "s01__R1.eaf")], tmp_path / "out")
    assert again.paths == migration.paths


def test_originals_and_coded_copies_are_never_overwritten(tmp_path: Path) -> None:
    source = tmp_path / "s01__R1.eaf"
    write_eaf(coded(["b en"]), source)
    with pytest.raises(OutputRefused, match="would be overwritten by its migrated copy"):
        migrate_files(OLD, NEW, [(source, "s01__R1.eaf")], tmp_path, force=True)
    migrate_files(OLD, NEW, [(source, "s01__R1.eaf")], tmp_path / "out")
    editor = read_eaf(tmp_path / "out" / "s01__R1.eaf").edit()
    editor.annotations.add("mood", 9000, 9500, "new a en")
    write_eaf(editor.document(), tmp_path / "out" / "s01__R1.eaf")
    with pytest.raises(OutputRefused, match="a coded file is never overwritten"):
        migrate_files(OLD, NEW, [(source, "s01__R1.eaf")], tmp_path / "out", force=True)


def test_files_of_another_codebook_are_refused() -> None:
    migrated, _ = migrate_document(coded(["b en"]), REVISION)
    with pytest.raises(UsageError, match="already uses the codebook study 2; expected were files made with study 1"):
        migrate_document(migrated, REVISION)
    editor = coded(["b en"]).edit()
    editor.header.set_property("elancry.codebook", "other 1")
    with pytest.raises(UsageError, match="was made with the codebook other 1"):
        migrate_document(editor.document(), REVISION)
    editor = coded(["b en"]).edit()
    editor.header.set_property("elancry.codebook", None)  # a template made by hand says nothing
    migrate_document(editor.document(), REVISION)


def test_what_is_left_over_keeps_its_entry_in_the_next_revision() -> None:
    once, _ = migrate_document(coded(["f en", "a en"]), REVISION)
    third = book(3, ["a", "b2", "cd", "e1", "e2", "g"], word="new ")
    twice, rows = migrate_document(once, build_revision(NEW, third))
    assert values(twice) == [("f en (old)", "f_old"), ("new a en", "a")]
    vocabulary = twice.vocabulary("mood")
    assert vocabulary is not None
    assert vocabulary.entries[-1].values == {"eng": "f en (old)", "deu": "f de (old)"}
    assert [row.fate for row in rows if row.tier == "mood"] == [Fate.UNKNOWN, Fate.KEPT]


def test_the_id_of_what_is_left_over_is_no_new_category() -> None:
    new = book(2, ["a", "f_old"], "changes: {systems: {mood: {renamed: {b: f_old}, removed: [c, d, e, f]}}}\n")
    document, _ = migrate_document(coded(["b en", "f en"]), build_revision(OLD, new))
    assert values(document) == [("f_old en", "f_old"), ("f en (old)", "f_old_old")]


def test_stretches_or_ratings_that_the_new_codebook_gave_up_are_listed() -> None:
    before = coded(["a en"], [("a", "3")])
    for coding, tier in (("interval", "mood.a.rating"), ("rating", "mood")):
        system = NEW.systems[0]
        new = replace(NEW, systems=(replace(system, coding=Coding(coding)),))
        document, rows = migrate_document(before, build_revision(OLD, new))
        listed = [(row.tier, row.old_value, row.new_value) for row in rows if row.fate.needs_a_person]
        assert [name for name, *_ in listed] == [tier]
        assert listed[0][1] == listed[0][2] == document.annotations(tier)[0].value


def test_a_number_that_the_new_scale_has_not_is_listed_and_left() -> None:
    new = replace(NEW, systems=(replace(NEW.systems[0], scale=Scale(1, 3)),))
    document, rows = migrate_document(coded([], [("a", "0"), ("b", "3")]), build_revision(OLD, new))
    fates = {row.tier: (row.new_value, row.fate, row.note) for row in rows if row.tier.endswith(".rating")}
    assert fates == {
        "mood.a.rating": ("0", Fate.OFF_SCALE, "the new scale is 1 to 3"),
        "mood.b.rating": ("3", Fate.RENAMED, ""),
    }
    assert document.findings == ()


def test_relative_urls_lead_to_the_media_from_where_the_copy_is_written(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"")
    editor = coded(["a en"]).edit()
    editor.media.add("file:///elsewhere/video.mp4", "video/mp4", "../video.mp4", time_origin_ms=40)
    (tmp_path / "in").mkdir()
    write_eaf(editor.document(), tmp_path / "in" / "s__R1.eaf")
    migrate_files(OLD, NEW, [(tmp_path / "in" / "s__R1.eaf", "round 1/s__R1.eaf")], tmp_path / "out")
    (medium,) = read_eaf(tmp_path / "out" / "round 1" / "s__R1.eaf").media
    assert (medium.relative_url, medium.url, medium.time_origin_ms) == (
        "../../video.mp4",
        "file:///elsewhere/video.mp4",
        40,
    )


def test_files_coded_with_the_first_version_of_the_built_in_codebook(tmp_path: Path) -> None:
    """Version 2 of `crying` changed definitions only: every annotation is kept, none is left to decide."""
    old, new = load_codebook("crying-1"), load_codebook("crying")
    write_study(simulate_study(old, sessions=2, sequences=2, raters=("R1",), mistakes=False), tmp_path / "coded")
    write_study(simulate_study(new, sessions=2, sequences=2, raters=("R1",), mistakes=False), tmp_path / "wanted")
    files = [(path, path.name) for path in sorted((tmp_path / "coded").glob("*.eaf"))]
    migration = migrate_files(old, new, files, tmp_path / "migrated")
    assert len(migration.rows) > 40
    assert {row.fate for row in migration.rows} == {Fate.KEPT, Fate.OTHER}
    assert migration.to_decide == ()
    for path, name in files:
        made, wanted = read_eaf(tmp_path / "migrated" / name), read_eaf(tmp_path / "wanted" / name)
        assert dict(made.properties)["elancry.codebook"] == "crying 2"
        assert made.vocabulary("intervention") == wanted.vocabulary("intervention")
        for tier in read_eaf(path).tiers:
            assert made.annotations(tier.id) == wanted.annotations(tier.id)
