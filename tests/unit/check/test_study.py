"""What `check_files` finds in files on disk: one planted fault per test, and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from lxml import etree

from elancry.check.left_out import Why
from elancry.check.roster import MERGED, REPLACED
from elancry.check.structure import codebook_version
from elancry.check.study import OTHER_RATER, OTHER_ROUND, check_files
from elancry.codebook.extract import extract_codebook
from elancry.codebook.load import load_codebook
from elancry.eaf import Constraint, new_document, read_eaf, write_eaf
from elancry.errors import UnreadableInput, UsageError
from elancry.findings import Severity
from elancry.merge.study import merge_study
from elancry.template.build import build_template

FORM = [(1000, 2000, "protest"), (3000, 4000, "despair")]
OTHER = [(1100, 2100, "protest"), (3000, 4500, "despair")]
RATED = {"protest": ["3"], "despair": ["0"]}


@pytest.fixture
def check(study_folder, small_codebook):
    def run(**options):
        options.setdefault("codebook", small_codebook)
        return check_files([study_folder.folder], **options)

    return run


def codes(coding, *, notes=False):
    return sorted({item.code for item in coding.findings if notes or item.severity is not Severity.INFO})


def one(coding, code):
    (found,) = [item for item in coding.findings if item.code == code]
    return found


@pytest.fixture
def pair(study_folder):
    study_folder.add("s1", "R1", form=FORM, ratings=RATED)
    study_folder.add("s1", "R2", form=OTHER, ratings=RATED)
    return study_folder


def test_a_clean_study_has_no_finding_and_its_coding_is_complete(pair, check):
    coding = check()
    assert coding.findings == ()
    coding.require_usable()
    assert (coding.raters, coding.sessions) == (("R1", "R2"), ("s1",))
    assert coding.coded == {"s1": {"form": ("R1", "R2")}}
    first = coding.files[0]
    assert (first.name, first.session, first.rater, first.media) == ("s1__R1.eaf", "s1", "R1", ("s1.mp4",))
    tiers = {tier.tier: tier for tier in first.tiers}
    assert [(a.start_ms, a.end_ms, a.category) for a in tiers["form"].annotations] == [
        (1000, 2000, "protest"),
        (3000, 4000, "despair"),
    ]
    (rating,) = tiers["form.protest.rating"].annotations
    (sequence,) = tiers["Sequence"].annotations
    assert (rating.category, rating.parent) == ("3", sequence.id)


def test_without_a_codebook_the_files_own_vocabularies_are_used(pair, check):
    coding = check(codebook=None)
    (system,) = coding.codebook.systems
    assert (system.id, [item.id for item in system.categories]) == ("form", ["protest", "despair"])
    assert coding.codebook.sequence_tier == "Sequence"
    assert coding.coded == {"s1": {"form": ("R1", "R2")}}
    assert codes(coding) == []


def test_unreadable_files_are_named_and_the_others_are_checked(pair, check):
    (pair.folder / "s2__R1.eaf").write_text("this is no XML", encoding="utf-8")
    (pair.folder / "s2__R2.eaf").write_bytes((pair.folder / "s1__R1.eaf").read_bytes()[:900])
    (pair.folder / "s3__R1.eaf").write_text("<html><body/></html>", encoding="utf-8")
    (pair.folder / "s4__R1.eaf").write_bytes(b"")
    coding = check()
    found = {(item.file, item.code) for item in coding.findings}
    assert found == {
        ("s2__R1.eaf", "file-unreadable"),
        ("s2__R2.eaf", "file-unreadable"),
        ("s3__R1.eaf", "file-unreadable"),
        ("s4__R1.eaf", "file-placeholder"),
    }
    assert len(coding.files) == 2
    with pytest.raises(UnreadableInput) as raised:
        coding.require_usable()
    for name in ("s2__R1.eaf", "s2__R2.eaf", "s3__R1.eaf", "s4__R1.eaf"):
        assert name in str(raised.value)


def test_only_unreadable_files_without_a_codebook(study_folder, check):
    (study_folder.folder / "s2__R1.eaf").write_text("no", encoding="utf-8")
    assert "file-unreadable" in codes(check(codebook=None))


def test_one_session_twice_by_one_rater(pair, check):
    pair.add("s1", "R1", form=[(0, 500, "protest")], name="again/s1__R1.eaf")
    found = one(check(), "file-session-twice")
    assert found.blocking
    assert (found.file, found.message) == ("s1__R1.eaf", "session 's1' by 'R1' is also in again/s1__R1.eaf")


@pytest.mark.parametrize("name", ["s1__R1 (1).eaf", "s1__R1 - Kopie.eaf", "s1__R1-LAPTOP7.eaf"])
def test_conflict_copies_are_errors_and_no_raters(pair, check, name):
    pair.add("s1", "R1", form=FORM, name=name)
    coding = check()
    found = one(coding, "file-conflict-copy")
    assert found.blocking
    assert found.file == name
    assert coding.raters == ("R1", "R2")


def test_copied_work(pair, check):
    shutil.copy(pair.folder / "s1__R1.eaf", pair.folder / "s1__R3.eaf")
    coding = check()
    assert "identical, byte for byte, to s1__R1.eaf" in one(coding, "file-identical").message
    assert not one(coding, "file-identical").blocking
    # The copy still names R1 as its ANNOTATOR.
    assert one(coding, "rater-annotator-differs").file == "s1__R3.eaf"


def test_copied_work_under_another_annotator(study_folder, check):
    spans = [(0, 1000, "protest"), (1500, 2000, "despair"), (2500, 2600, "protest")]
    study_folder.add("s1", "R1", form=spans, ratings=RATED)
    study_folder.add("s1", "R2", form=spans, ratings=RATED)
    assert one(check(), "coding-identical").rater == "R2"


def test_another_medium(pair, check):
    pair.add("s1", "R3", form=FORM[:1], ratings=RATED, media=["s2.mp4"])
    found = one(check(), "media-differ")
    assert found.blocking
    assert (found.file, found.message) == ("s1__R3.eaf", "it links s2.mp4; 2 other files link s1.mp4")


def test_another_medium_of_one_of_two_raters_accuses_neither(study_folder, check):
    study_folder.add("s1", "R1", form=FORM, ratings=RATED, media=["s1.mov"])
    study_folder.add("s1", "R2", form=OTHER, ratings=RATED, media=["s2.mp4"])
    found = one(check(), "media-differ")
    assert found.blocking
    assert (found.file, found.rater, found.session) == (None, None, "s1")
    assert found.message.endswith("s1__R1.eaf: s1.mov; s1__R2.eaf: s2.mp4")
    assert "Edit > Linked Files" in found.hint


def test_a_converted_medium_is_a_warning(pair, check):
    pair.add("s1", "R3", form=FORM[:1], ratings=RATED, media=["S1.mpg"])
    assert codes(check()) == ["media-names-differ"]


def test_one_medium_in_two_sessions(pair, check):
    pair.add("s2", "R1", form=FORM[:1], ratings=RATED, media=["s1.mp4"])
    assert codes(check()) == ["media-two-sessions", "session-uneven"]


def test_a_media_offset_of_years_stops_instead_of_moving_everything(study_folder, check):
    study_folder.add("s1", "R1", form=FORM[:1], ratings=RATED)
    study_folder.add("s1", "R2", form=FORM[:1], ratings=RATED, origin_ms=-(10**12))
    coding = check()
    item = one(coding, "media-offset-implausible")
    assert (item.file, item.blocking) == ("s1__R2.eaf", True)
    assert "media-offset-applied" not in codes(coding)
    assert [file.offset_ms for file in coding.files] == [0, 0]


def test_media_offsets_are_applied_and_said(study_folder, check):
    # Time 0 of R2 lies 5 s into the medium, that of R1 at its beginning: R2's 1000 is R1's 6000.
    study_folder.add("s1", "R1", sequences=[(0, 20_000, "1")], form=[(6000, 7000, "protest")], ratings=RATED)
    study_folder.add(
        "s1", "R2", sequences=[(0, 15_000, "1")], form=[(1000, 2000, "protest")], ratings=RATED, origin_ms=5000
    )
    coding = check()
    assert one(coding, "media-offset-applied").file == "s1__R2.eaf"
    second = coding.files[1]
    assert second.offset_ms == 5000
    form = next(tier for tier in second.tiers if tier.tier == "form")
    assert [(item.start_ms, item.end_ms) for item in form.annotations] == [(6000, 7000)]


def test_reserved_rater_names(pair, check):
    pair.add("s1", "consensus", form=FORM[:1], ratings=RATED)
    assert one(check(), "rater-reserved").blocking


def test_annotator_names_somebody_else(pair, check):
    pair.add("s1", "R3", form=FORM[:1], ratings=RATED, annotator="R9")
    assert one(check(), "rater-annotator-differs").message == "the file name says 'R3', but ANNOTATOR says 'R9'"


def test_the_annotator_names_the_rater_where_the_file_name_does_not(study_folder, check):
    study_folder.add("s1", "R7", form=FORM, ratings=RATED, name="interview.eaf")
    study_folder.add("s1", "", form=FORM[:1], ratings=RATED, annotator="", name="other.eaf")
    coding = check()
    assert [(file.session, file.rater) for file in coding.files] == [("interview", "R7"), ("other", "unnamed")]
    assert one(coding, "rater-unnamed").file == "other.eaf"


def test_a_value_outside_the_vocabulary_has_its_place_and_a_hint(pair, check):
    pair.add("s1", "R3", form=[(1000, 2000, "protset")], ratings=RATED)
    found = one(check(), "value-unknown")
    assert (found.file, found.tier, found.rater, found.start_ms) == ("s1__R3.eaf", "form", "R3", 1000)
    assert found.hint == "Did you mean 'protest'?"
    assert not found.blocking


def test_time_outside_sequences_short_ones_and_missing_ratings(study_folder, check):
    # ms   0        10000    20000      30000
    # Seq  |----1----|        |----2-----|
    # form  |p(20ms)     |d|  |p..            and 9000-12000 crossing the edge of 1; nothing in 2
    sequences = [(0, 10_000, "1"), (20_000, 30_000, "2")]
    form = [(100, 120, "protest"), (9000, 12_000, "despair"), (15_000, 16_000, "despair")]
    study_folder.add(
        "s1", "R1", sequences=sequences, form=form, ratings={"protest": ["1", None], "despair": ["0", "4"]}
    )
    coding = check()
    assert codes(coding) == [
        "annotation-crosses-sequence",
        "annotation-outside-sequence",
        "annotation-very-short",
        "rating-missing",
        "sequence-uncoded",
    ]
    assert "extends 2000 ms beyond" in one(coding, "annotation-crosses-sequence").message
    assert one(coding, "rating-missing").message == "sequence 2 has no rating for protest"
    assert one(coding, "sequence-uncoded").start_ms == 20_000


def test_unfinished_is_missing_and_not_none(pair, check):
    pair.add("s2", "R1", form=(), ratings=RATED)
    pair.add("s2", "R2", form=FORM[:1])
    coding = check()
    empty = {item.tier for item in coding.findings if item.code == "tier-empty"}
    assert empty == {"form", "form.protest.rating", "form.despair.rating"}
    missing = {(tier.rater, tier.tier) for tier in coding.tiers_of("s2") if tier.missing}
    assert missing == {("R1", "form"), ("R2", "form.protest.rating"), ("R2", "form.despair.rating")}
    # A plan may say that an empty tier is nothing coded; ratings stay missing.
    as_none = check(empty_is_none=True)
    assert {(tier.rater, tier.tier) for tier in as_none.tiers_of("s2") if tier.missing} == missing - {("R1", "form")}


def test_a_system_coded_nowhere_by_a_rater_is_one_warning(study_folder, check):
    for session in ("s1", "s2"):
        study_folder.add(session, "R1", form=FORM, ratings=RATED)
        study_folder.add(session, "R2")
    coding = check()
    assert codes(coding) == ["system-not-coded"]
    assert one(coding, "system-not-coded").rater == "R2"


def test_renamed_extra_and_absent_tiers(pair, check):
    def rename(editor):
        editor.tiers.rename("form", "Form ")
        editor.tiers.rename("form.protest.rating", "protest")

    pair.add("s1", "R3", form=FORM[:1], ratings=RATED, edit=rename)
    coding = check()
    assert one(coding, "tier-renamed").tier == "Form "
    assert one(coding, "tier-extra").tier == "protest"
    assert one(coding, "tier-missing").tier == "form.protest.rating"
    assert coding.coded["s1"]["form"] == ("R1", "R2", "R3")


def test_a_tier_found_by_type_and_two_that_could_be_meant(pair, check):
    pair.add("s1", "R3", form=FORM[:1], ratings=RATED, edit=lambda editor: editor.tiers.rename("form", "Weinen"))

    def double(editor):
        editor.tiers.rename("form", "A")
        editor.tiers.add("B", "form")

    pair.add("s1", "R4", form=FORM[:1], ratings=RATED, edit=double)
    coding = check()
    assert one(coding, "tier-renamed").message == "read as 'form', recognized by its type"
    assert one(coding, "tier-ambiguous").message == "no tier is called 'form', but 'A', 'B' match by type"


def test_changed_participant_parent_and_vocabulary(pair, check):
    document = read_eaf(pair.add("s1", "R3", form=FORM[:1], ratings=RATED))
    editor = document.edit()
    editor.tiers.set("form", participant="therapist")
    vocabulary = document.vocabulary("form")
    editor.vocabularies.replace(replace(vocabulary, entries=vocabulary.entries[:1]))
    write_eaf(editor.document(), pair.folder / "s1__R3.eaf")
    coding = check()
    assert "PARTICIPANT is 'therapist'; expected 'patient'" in one(coding, "tier-participant-changed").message
    assert one(coding, "vocabulary-changed").message == "vocabulary 'form' lacks 'despair'"


def test_a_changed_type_and_a_changed_parent(pair, check):
    document = read_eaf(pair.add("s1", "R3", form=FORM, ratings=RATED))
    editor = document.edit()
    editor.types.add("own", constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary="form.rating")
    editor.tiers.set("form.despair.rating", type_id="own")
    editor.types.add("free")
    editor.tiers.add("Other", "free")
    write_eaf(editor.document(), pair.folder / "s1__R3.eaf")
    coding = check()
    changed = one(coding, "tier-type-changed")
    assert (changed.file, changed.tier) == ("s1__R3.eaf", "form.despair.rating")
    assert changed.message == "its type is 'own'; expected 'form.rating'"
    tree = etree.parse(pair.folder / "s1__R3.eaf")
    tree.find("TIER[@TIER_ID='form.despair.rating']").set("PARENT_REF", "Other")
    tree.write(pair.folder / "s1__R3.eaf")
    parent = one(check(), "tier-parent-changed")
    assert (parent.tier, parent.message) == ("form.despair.rating", "its parent tier is 'Other'; expected 'Sequence'")


def test_a_codebook_read_out_of_files_says_nothing_about_parents_that_it_does_not_have(shared):
    """The row `child` of `cases/README.md`: no finding about the tier's place in the files that it came from."""
    files = sorted((shared / "cases/child").glob("*.eaf"))
    book = replace(extract_codebook(map(read_eaf, files)), extracted=False)
    assert [item for item in check_files(files, codebook=book).findings if item.code == "tier-parent-changed"] == []


def test_whole_numbers_without_a_vocabulary_are_said_to_be_ratings_or_asked_about(tmp_path):
    editor = new_document(date="2024-01-01T00:00:00+00:00").edit()
    editor.types.add("plain")
    editor.types.add("point", constraint=Constraint.SYMBOLIC_ASSOCIATION)
    editor.tiers.add("trial", "plain")
    editor.tiers.add("intensity", "point", parent="trial")
    for number, value in enumerate(("0", "4", "1")):
        owner = editor.annotations.add("trial", 1000 * number, 1000 * number + 900, f"t{number}")
        editor.annotations.add_reference("intensity", owner, value)
    write_eaf(editor.document(), tmp_path / "s1__R1.eaf")
    asked = one(check_files([tmp_path], tiers=["intensity"]), "rating-or-category")
    assert (asked.tier, asked.hint) == (
        "intensity",
        "If they are ratings of trial, give --ratings intensity, or `ratings:` in the plan.",
    )
    said = one(check_files([tmp_path], tiers=["intensity"], sequence_tier="trial"), "rating-scale-observed")
    assert said.message == "its whole numbers are read as ratings on the observed scale, 0 to 4"
    outright = one(check_files([tmp_path], ratings=["intensity"]), "rating-scale-observed")
    assert outright.message == said.message


def test_whole_numbers_that_nothing_was_said_about_are_asked_about(tmp_path):
    """Both readings are possible: ratings of their parent, or categories."""
    for rater, values in (("R1", ("0", "4", "1")), ("R2", ("2", "2", "2"))):
        editor = new_document(date="2024-01-01T00:00:00+00:00").edit()
        editor.types.add("plain")
        editor.types.add("point", constraint=Constraint.SYMBOLIC_ASSOCIATION)
        editor.tiers.add("trial", "plain")
        for tier in ("how strong", "note", "constant"):
            editor.tiers.add(tier, "point", parent="trial")
        for number, value in enumerate(values):
            owner = editor.annotations.add("trial", 1000 * number, 1000 * number + 900, f"t{number}")
            editor.annotations.add_reference("how strong", owner, value)
            editor.annotations.add_reference("note", owner, f"{value} of 4")
            editor.annotations.add_reference("constant", owner, "1")
        write_eaf(editor.document(), tmp_path / f"s1__{rater}.eaf")
    asked = one(check_files([tmp_path]), "rating-or-category")
    assert (asked.file, asked.tier) == (None, "how strong")
    assert "(2 files)" in asked.message
    assert asked.hint == (
        "If they are ratings of trial, give --ratings 'how strong'; if they are categories, name it with --tiers."
    )
    assert "rating-or-category" not in codes(check_files([tmp_path], ratings=["how strong"]), notes=True)


def test_files_that_cannot_be_read_say_nothing_about_vocabularies(tmp_path):
    (tmp_path / "s1__R1.eaf").write_text("<ANNOTATION_DOCUMENT", encoding="utf-8")
    assert codes(check_files([tmp_path]), notes=True) == ["file-unreadable"]


def test_ratings_that_a_codebook_does_not_have_are_refused(pair, small_codebook):
    with pytest.raises(UsageError, match=r"has no rating tier form.protest\n") as caught:
        check_files([pair.folder], codebook=small_codebook, ratings=["form.protest"])
    assert "form.protest.rating" in str(caught.value.hint)


def test_an_interval_tier_whose_type_lost_the_vocabulary(pair, check):
    editor = read_eaf(pair.add("s1", "R3", form=FORM, ratings=RATED)).edit()
    editor.types.add("free")
    editor.tiers.set("form", type_id="free")
    write_eaf(editor.document(), pair.folder / "s1__R3.eaf")
    assert one(check(), "tier-type-changed").message == ("its type is 'free', without a vocabulary; expected 'form'")


def test_half_an_hour_of_one_code_and_a_file_without_a_medium(study_folder, check):
    hours = [(0, 7_200_000, "1")]
    study_folder.add("s1", "R1", sequences=hours, form=[(1000, 1_801_001, "protest")], ratings=RATED, media=[])
    study_folder.add("s1", "R2", sequences=hours, form=[(1000, 1_801_000, "protest")], ratings=RATED)
    coding = check()
    assert one(coding, "annotation-very-long").file == "s1__R1.eaf"
    assert one(coding, "media-none").message == "no media file is linked in s1__R1.eaf"


def test_a_medium_that_elans_player_does_not_find(study_folder, check):
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, form=[(1000, 2000, "protest")], ratings=RATED, media=["S#1.mp4"])
    found = one(check(), "media-hash")
    assert (found.file, found.session) == ("S#1.mp4", "s1")
    assert "relink-media" in (found.hint or "")


def test_files_made_with_another_codebook(pair, check, small_codebook):
    coding = check(codebook=replace(small_codebook, id="other"))
    found = [item.message for item in coding.findings if item.code == "codebook-other"]
    assert found == ["the file was made with codebook 'small', but the study uses 'other'"] * 2


def test_files_that_do_not_say_their_codebook(pair, check, small_codebook):
    editor = read_eaf(pair.folder / "s1__R2.eaf").edit()
    editor.header.set_property("elancry.codebook", None)
    write_eaf(editor.document(), pair.folder / "s1__R2.eaf")
    found = one(check(), "codebook-version-unknown")
    assert found.message == "s1__R2.eaf does not say which version of the codebook it was made with"


def test_codebook_version(pair, check, small_codebook):
    coding = check(codebook=replace(small_codebook, version="3"))
    found = {item.message for item in coding.findings if item.code == "codebook-version-differs"}
    assert found == {"the file was made with version 2 of 'small', but the study uses 3"}


def test_files_of_an_earlier_version_of_a_built_in_codebook_get_the_command_that_carries_them_over():
    first = build_template(load_codebook("crying-1"))
    (found,) = codebook_version(first, load_codebook("crying"))
    assert found.hint == (
        "Migrate the files with `elancry migrate crying-1 crying FILES -o DIR`, or keep using `--codebook crying-1`."
    )
    edited = replace(load_codebook("crying"), sequence_tier="Episode")
    (found,) = codebook_version(first, edited)
    assert found.hint == "Compare the two versions; categories may have been renamed, merged or split."


def test_named_raters_select_order_and_say_who_is_absent(pair, check):
    pair.add("s2", "R2", form=FORM[:1], ratings=RATED)
    pair.add("s1", "R3", form=FORM[:1], ratings=RATED)
    coding = check(raters=["R2", "R1"])
    assert coding.raters == ("R2", "R1")
    assert coding.passed_over == {OTHER_RATER: 1}
    absent = {(item.session, item.rater) for item in coding.findings if item.code == "session-incomplete"}
    assert absent == {("s2", "R1")}
    left = one(coding, "rater-left-out")
    assert (left.rater, left.message) == ("R3", "1 file by R3 is left out: R3 is not one of the raters asked for")


def test_uneven_design_is_a_warning(pair, check):
    pair.add("s2", "R2", form=FORM[:1], ratings=RATED)
    found = one(check(), "session-uneven")
    assert (found.rater, found.message) == ("R1", "R1 coded 1 of 2 sessions, but not s2")
    assert found.severity is Severity.WARNING


def test_tiers_that_are_not_taken_are_said_once(pair, check):
    coding = check(codebook=None)
    assert "tier-extra" not in codes(coding, notes=True)
    found = one(coding, "tiers-not-taken")
    assert (found.file, found.message) == (None, "these tiers were not read as coding: Comment (2 files)")
    assert found.hint.endswith("--tiers form,Comment")


def test_times_that_no_recording_reaches(pair, check):
    pair.add("s1", "R3", sequences=[(0, 10**15, "1")], form=[*FORM, (10**15 - 5000, 10**15, "protest")], ratings=RATED)
    found = [item for item in check().findings if item.code == "annotation-implausible-time"]
    assert [item.tier for item in found] == ["Sequence", "form"]
    assert all(
        item.blocking and "more than 24 hours after the start of the recording" in item.message for item in found
    )


def test_the_consensus_of_a_merged_file_lacks_no_rating(pair, check, tmp_path):
    # R1 and R2 give different ratings of protest: no majority, so the consensus has none.
    pair.add("s1", "R2", form=OTHER, ratings={"protest": ["1"], "despair": ["0"]})
    merge_study(check(), tmp_path / "merged")
    coding = check_files([tmp_path / "merged"], codebook=pair.codebook)
    assert any(tier.rater == "consensus" for tier in coding.tiers_of("s1"))
    assert codes(coding) == []


def test_the_last_round_counts_unless_another_is_asked_for(study_folder, check):
    for number in ("1", "2"):
        study_folder.add("s1", "R1", form=FORM[:1], ratings=RATED, name=f"s1__R1__{number}.eaf")
    coding = check(pattern="{session}__{rater}__{round}")
    assert ([file.round for file in coding.files], coding.passed_over) == (["2"], {OTHER_ROUND: 1})
    assert one(coding, "round-last-used").rater == "R1"
    first = check(pattern="{session}__{rater}__{round}", round="1")
    assert [file.round for file in first.files] == ["1"]


def test_a_gold_rater_without_the_round_is_in_every_round(study_folder, check):
    for name in ("s1__R1__1.eaf", "s1__R1__2.eaf", "s1__gold.eaf", "s2__gold__1.eaf"):
        study_folder.add(
            name[:2], name[4:].split("__")[0].removesuffix(".eaf"), form=FORM[:1], ratings=RATED, name=name
        )

    def files(**options):
        return {file.name for file in check(pattern="{session}__{rater}__{round}", **options).files}

    assert files(round="1") == {"s1__R1__1.eaf", "s1__gold.eaf", "s2__gold__1.eaf"}
    assert files(round="2") == {"s1__R1__2.eaf", "s1__gold.eaf"}
    assert files(round="2", gold="gold") == {"s1__R1__2.eaf", "s1__gold.eaf", "s2__gold__1.eaf"}


def test_all_rounds_are_kept_for_the_learning_curve(study_folder, check):
    for name in ("s1__R1__1.eaf", "s2__R1__2.eaf"):
        study_folder.add(name[:2], "R1", form=FORM[:1], ratings=RATED, name=name)
    pattern = "{session}__{rater}__{round}"
    assert [file.round for file in check(pattern=pattern).every_round] == ["1", "2"]
    assert check(pattern=pattern, round="1").every_round == ()
    assert check().every_round == ()


def test_several_raters_in_one_file_by_annotator(study_folder, check):
    def second(editor):
        editor.tiers.set("form", annotator="R1")
        editor.tiers.add("form.R2", "form", annotator="R2")
        editor.annotations.add("form.R2", 1100, 2100, "despair")

    study_folder.add("s1", "", annotator="", form=FORM, edit=second, name="both.eaf")
    coding = check()
    # R2's tier has another name and is found by its type; the sequences are everybody's.
    assert coding.files[0].raters == ("R1", "R2")
    assert coding.coded == {"both": {"form": ("R1", "R2")}}
    assert {tier.rater for tier in coding.tiers_of("both") if tier.kind == "sequence" and not tier.missing} == {
        "R1",
        "R2",
    }


def test_several_raters_in_one_file_by_tier_name(study_folder, check):
    def second(editor):
        editor.tiers.rename("form", "form-R1")
        editor.tiers.add("form-R2", "form")
        editor.annotations.add("form-R2", 1100, 2100, "despair")

    study_folder.add("s1", "", annotator="", form=FORM, edit=second, name="both.eaf")
    for codebook in (study_folder.codebook, None):
        coding = check(codebook=codebook, tier_pattern="{tier}-{rater}")
        assert coding.coded == {"both": {"form": ("R1", "R2")}}
        assert coding.files[0].rater == ""


def test_merged_files_are_passed_over_unless_wanted(pair, check, small_codebook):
    merged = pair.folder / "s1.merged.eaf"
    editor = read_eaf(pair.folder / "s1__R1.eaf").edit()
    editor.tiers.rename("form", "form@R1")
    editor.tiers.rename("Sequence", "Sequence@R1")
    write_eaf(editor.document(), merged)
    assert check().passed_over == {MERGED: 1}
    for coding in (check(use_merged=True), check_files([pair.folder, merged], codebook=small_codebook)):
        assert [(file.name, file.merged, file.rater) for file in coding.files] == [("s1.merged.eaf", True, "R1")]
        assert coding.passed_over == {REPLACED: 2}
    alone = check_files([merged], codebook=small_codebook)
    assert alone.coded == {"s1": {"form": ("R1",)}}


def test_tiers_and_sequence_tier_can_be_named(study_folder, check):
    document = new_document().edit()
    document.types.add("plain")
    document.tiers.add("Episodes", "plain")
    document.tiers.add("Codes", "plain")
    document.annotations.add("Episodes", 0, 1000, "1")
    document.annotations.add("Codes", 100, 200, "x")
    write_eaf(document.document(), study_folder.folder / "s1__R1.eaf")
    coding = check(codebook=None, tiers=["Codes"], sequence_tier="Episodes")
    assert [system.id for system in coding.codebook.systems] == ["Codes"]
    assert coding.coded == {"s1": {"Codes": ("R1",)}}
    nothing = check(codebook=None)
    assert one(nothing, "codebook-nothing-to-code").severity is Severity.WARNING


def test_tiers_narrow_the_codebook(pair, check):
    assert [system.id for system in check(tiers=["form"]).codebook.systems] == ["form"]
    with pytest.raises(UsageError, match=r"the codebook 'small' has no tier or system 'from'\n  Did you mean 'form'\?"):
        check(tiers=["from"])


def test_several_processes_find_the_same(pair, check):
    pair.add("s2", "R1", form=[(1000, 2000, "protset")], ratings=RATED)
    seen = []
    parallel = check(jobs=2, progress=lambda done, total: seen.append((done, total)))
    assert parallel == check()
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_no_files(tmp_path):
    with pytest.raises(UsageError, match=r"no \.eaf files found in"):
        check_files([tmp_path])


def test_findings_come_in_the_order_of_files_and_times(pair, check):
    pair.add("s1", "R10", form=[(5000, 5010, "protest"), (1000, 1010, "x")], ratings=RATED)
    pair.add("s1", "R3", form=[(1000, 1010, "protest")], ratings=RATED)
    found = [(item.file, item.start_ms) for item in check().findings]
    assert found == [("s1__R3.eaf", 1000), ("s1__R10.eaf", 1000), ("s1__R10.eaf", 1000), ("s1__R10.eaf", 5000)]


def test_no_real_file_ends_in_a_traceback(shared):
    folders = sorted(path for path in (shared / "eaf" / "real").iterdir() if path.is_dir())
    assert len(folders) > 10
    read = 0
    for folder in folders:
        coding = check_files([folder])
        read += len(coding.files)
        assert all(item.message and item.code for item in coding.findings)
    assert read > 80


def test_tiers_that_were_not_asked_for_are_no_extra_tiers(study_folder):
    form = study_folder.codebook.systems[0]
    both = replace(study_folder.codebook, systems=(form, replace(form, id="other", labels={"en": "Other"})))
    two = type(study_folder)(study_folder.folder, both)
    two.add("s1", "R1", edit=lambda editor: editor.tiers.add("Mine", "form"))
    for tiers in (None, ["form"]):
        coding = check_files([study_folder.folder], codebook=both, tiers=tiers)
        assert [item.tier for item in coding.findings if item.code == "tier-extra"] == ["Mine"]


def test_where_annotations_of_damaged_times_may_lie(study_folder, small_codebook):
    # ms     1000   3000     5000   9000
    # form   |-protest-|     |????????|      the second ends before it begins
    path = study_folder.add("s1", "R1", form=[(1000, 3000, "protest"), (5000, 9000, "despair")])
    document = path.read_text(encoding="utf-8")
    document = document.replace('"5000"', '"later"').replace('"9000"', '"5000"').replace('"later"', '"9000"')
    path.write_text(document, encoding="utf-8")
    coding = check_files([study_folder.folder], codebook=small_codebook)
    (form,) = (tier for tier in coding.files[0].tiers if tier.kind == "interval")
    assert (form.open_ms, form.held) == (((5000, 9000),), (2, 2000))
    assert [item.damaged for item in form.annotations] == [False, True]


def test_what_was_not_asked_for_is_put_aside_with_its_reason(study_folder, small_codebook):
    rated = {"protest": ["3"]}
    study_folder.add("s1", "R1", form=[(0, 100, "protest")], ratings=rated)
    study_folder.add("s1", "R2", form=[(0, 100, "protest")])
    study_folder.add("s1", "R3", form=[(0, 100, "protest")])
    coding = check_files([study_folder.folder], codebook=small_codebook, raters=["R1", "R2"])
    assert [(item.why, item.file, [tier.tier for tier in item.tiers if tier.annotations]) for item in coding.aside] == [
        (Why.RATER_NOT_ASKED, "s1__R3.eaf", ["Sequence", "form"])
    ]


def test_a_rotating_design_that_is_kept_gives_no_warning(pair, check):
    pair.add("s2", "R2", form=FORM[:1], ratings=RATED)
    pair.add("s3", "R3", form=FORM[:1], ratings=RATED, media=["s3.mp4"])
    design = {"s1": ["R1", "R2"], "s2": ["R2"], "s3": ["R3"]}
    assert codes(check()) == ["session-uneven"]
    assert codes(check(assigned=design)) == []
    assert codes(check(assigned=design, raters=["R1", "R2", "R3"])) == []


def test_what_differs_from_the_assignment_is_one_finding_each(pair, check):
    pair.add("s2", "R2", form=FORM[:1], ratings=RATED)
    pair.add("s3", "R2", form=FORM[:1], ratings=RATED)
    design = {"s1": ["R1", "R3"], "s2": ["R2"], "s4": ["R3"]}
    found = [(item.code, item.file, item.message) for item in check(assigned=design).findings]
    assert found == [
        ("session-incomplete", None, "no file by R3 for session s1, which is assigned to R3"),
        ("session-incomplete", None, "no file by R3 for session s4, which is assigned to R3"),
        ("rater-not-assigned", "s1__R2.eaf", "R2 coded session s1, which is assigned to R1, R3"),
        ("rater-not-assigned", "s3__R2.eaf", "R2 coded session s3, which is not assigned to anybody"),
    ]
    assert "rater-not-assigned" not in {item.code for item in check(assigned=design, gold="R2").findings}
    # A rater asked for by name may have coded nothing yet.
    absent = [item for item in check(assigned=design, raters=["R2", "R3"]).findings if item.rater == "R3"]
    assert [item.session for item in absent] == ["s1", "s4"]
    with pytest.raises(UsageError, match="'R4'"):
        check(assigned=design, raters=["R1", "R4"])


def test_an_assigned_file_that_cannot_be_read_is_not_missing(pair, check):
    (pair.folder / "s1__R2.eaf").write_text("no XML", encoding="utf-8")
    assert codes(check(assigned={"s1": ["R1", "R2"]})) == ["file-unreadable"]
