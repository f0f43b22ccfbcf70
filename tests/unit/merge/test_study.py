"""`merge_study` on small folders; expectations are read off the time lines."""

from __future__ import annotations

import json
import os
from collections import Counter

import pandas as pd
import pytest
from lxml import etree

from elancry.align.adjudicated import consensus_coding
from elancry.align.ratings import build_ratings
from elancry.align.sequences import match_sequences
from elancry.align.timeline import build_timelines
from elancry.check.originals import session_records
from elancry.check.study import check_files
from elancry.eaf import read_eaf, write_eaf
from elancry.errors import InvalidInput, OutputRefused, UsageError
from elancry.merge.dispute import Dispute
from elancry.merge.over_all import FILES
from elancry.merge.study import merge_study
from elancry.table.annotations import annotations_frame

RATED = {"protest": ["3"], "despair": ["0"]}


@pytest.fixture
def merge(study_folder, small_codebook, tmp_path):
    def run(*, codebook=small_codebook, out=tmp_path / "merged", **options):
        check = {key: options.pop(key) for key in ("tier_pattern", "raters", "use_merged") if key in options}
        coding = check_files([study_folder.folder], codebook=codebook, **check)
        return merge_study(coding, out, **options)

    return run


def spans(document, tier):
    return [(item.start_ms, item.end_ms, item.value) for item in document.annotations(tier)]


@pytest.fixture
def three(study_folder):
    # ms       0      1000   2000   3000   4000          10000
    # Seq      |------------------------------------------|   R1, R2; R3 ends at 9000
    # form R1         |---protest---|   |despair|
    # form R2         |----protest------|despair|
    # form R3                |-despair--|  (2000-3500)
    seq = [(0, 10_000, "1")]
    study_folder.add("s1", "R1", sequences=seq, form=[(1000, 3000, "protest"), (3500, 4000, "despair")], ratings=RATED)
    study_folder.add("s1", "R2", sequences=seq, form=[(1000, 3500, "protest"), (3500, 4000, "despair")], ratings=RATED)
    study_folder.add("s1", "R3", sequences=[(0, 9000, "1")], form=[(2000, 3500, "despair")], ratings={"protest": ["1"]})
    return study_folder


def test_what_is_shorter_than_a_frame_is_listed_apart_with_its_remedy(study_folder, merge, tmp_path):
    # Two differences of 1 ms, one of 500 ms.
    study_folder.add("s1", "R1", form=[(1000, 2000, "protest"), (3000, 4000, "despair")], ratings=RATED)
    study_folder.add("s1", "R2", form=[(1000, 2001, "protest"), (3001, 4500, "despair")], ratings=RATED)
    result = merge()
    assert (result.n_open, result.n_below_frame) == (3, 2)
    said = "2 of them are shorter than a frame of the video (40 ms): --min-ms 40 leaves such out."
    assert said in result.summary()
    assert said in (tmp_path / "merged" / "worklist.html").read_text(encoding="utf-8")
    assert merge(out=tmp_path / "again", min_ms=40).n_below_frame == 0


def test_consensus_and_disagreement_of_three_raters(three, merge, tmp_path, shared, inventory):
    result = merge()
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert document.findings == ()
    schema = etree.XMLSchema(etree.parse(shared / "eaf" / "EAFv3.0.xsd"))
    assert schema.validate(etree.fromstring(document.to_bytes())), schema.error_log.last_error
    assert [tier.id for tier in document.tiers if tier.id.startswith(("Seq", "form@"))] == [
        "Sequence@R1",
        "Sequence@R2",
        "Sequence@R3",
        "Sequence@consensus",
        "Sequence@disagreement",
        "form@R1",
        "form@R2",
        "form@R3",
        "form@consensus",
        "form@disagreement",
    ]
    assert spans(document, "Sequence@consensus") == [(0, 10_000, "1")]
    assert spans(document, "Sequence@disagreement") == []
    assert spans(document, "form@consensus") == [(1000, 3000, "protest"), (3500, 4000, "despair")]
    assert spans(document, "form@disagreement") == [
        (1000, 2000, "R1=protest | R2=protest | R3=-"),
        (2000, 3000, "R1=protest | R2=protest | R3=despair"),
        (3000, 3500, "R1=- | R2=protest | R3=despair"),
        (3500, 4000, "R1=despair | R2=despair | R3=-"),
    ]
    # R3 gave no rating of despair, so two of two agree on 0; protest is 3, 3, 1.
    assert spans(document, "form.protest.rating@consensus") == [(0, 10_000, "3")]
    assert spans(document, "form.despair.rating@consensus") == [(0, 10_000, "0")]
    assert document.tier("form.protest.rating@consensus").parent == "Sequence@consensus"
    kind = document.type_of("form@disagreement")
    assert (kind.vocabulary, kind.constraint, document.tier("form@disagreement").parent) == (None, None, None)
    assert document.type_of("form@consensus").id == "form"
    assert [item.cve_ref for item in document.annotations("form@consensus")] == ["protest", "despair"]
    # Conservation: what the raters coded is all there.
    expected = Counter()
    for rater in ("R1", "R2", "R3"):
        expected += inventory(read_eaf(three.folder / f"s1__{rater}.eaf"), lambda tier, rater=rater: f"{tier}@{rater}")
    got = inventory(document)
    assert Counter({key: n for key, n in got.items() if not key[0].endswith(("consensus", "disagreement"))}) == expected
    listed = pd.read_csv(tmp_path / "merged" / "worklist.csv")
    assert listed[listed.consensus.isna()][["kind", "codes"]].to_numpy().tolist() == [
        ["time", "R1=- | R2=protest | R3=despair"]
    ]
    assert (result.n_disagreements, result.n_open) == (len(listed), 1)
    assert result.n_annotations == sum(expected.values())


def test_a_majority_for_none_is_said_where_no_consensus_stands(study_folder, merge, tmp_path):
    for rater, form in (("R1", [(1000, 2000, "protest"), (5000, 5500, "despair")]), ("R2", [(5000, 5500, "despair")])):
        study_folder.add("s1", rater, form=form, ratings=RATED)
    study_folder.add("s1", "R3", form=[(5000, 5500, "despair"), (7000, 7100, "protest")], ratings=RATED)
    merge()
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert spans(document, "form@disagreement") == [
        (1000, 2000, "R1=protest | R2=- | R3=- | consensus=-"),
        (7000, 7100, "R1=- | R2=- | R3=protest | consensus=-"),
    ]
    assert spans(document, "form@consensus") == [(5000, 5500, "despair")]


def test_what_cannot_be_read_is_open(study_folder, merge, tmp_path):
    # R1     |-protest-|       |-despair-|          0-1000 and 2000-3000
    # R2     |-dispair-|       |-despair-|
    # R3     |---""----|       |-dispair-|
    for rater, first, second in (
        ("R1", "protest", "despair"), ("R2", "dispair", "despair"), ("R3", "", "dispair"),
    ):  # fmt: skip
        study_folder.add("s1", rater, form=[(0, 1000, first), (2000, 3000, second)], ratings=RATED)
    result = merge()
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    # One of three is no majority; two of three are, and what is left unread is on the list all the same.
    assert spans(document, "form@consensus") == [(2000, 3000, "despair")]
    assert spans(document, "form@disagreement") == [
        (0, 1000, 'R1=protest | R2=dispair? | R3=""?'),
        (2000, 3000, "R1=despair | R2=despair | R3=dispair?"),
    ]
    assert (result.n_disagreements, result.n_open) == (2, 1)


def test_a_rating_that_cannot_be_read_is_open(study_folder, merge, tmp_path):
    for rater, rated in (("R1", "3"), ("R2", "3"), ("R3", "9")):
        study_folder.add("s1", rater, form=[(0, 1000, "protest")], ratings={"protest": [rated]})
    study_folder.add("s2", "R1", form=[(0, 1000, "protest")], ratings={"protest": ["3"]})
    study_folder.add("s2", "R2", form=[(0, 1000, "protest")], ratings={"protest": ["9"]})
    result = merge()
    assert spans(read_eaf(tmp_path / "merged" / "s1.merged.eaf"), "form.protest.rating@consensus") == [(0, 10_000, "3")]
    assert spans(read_eaf(tmp_path / "merged" / "s2.merged.eaf"), "form.protest.rating@consensus") == []
    rows = pd.read_csv(tmp_path / "merged" / "worklist.csv", keep_default_na=False)
    assert rows[["session", "codes", "consensus"]].values.tolist() == [
        ["s1", "R1=3 | R2=3 | R3=9?", "3"],
        ["s2", "R1=3 | R2=9?", ""],
    ]
    assert (result.n_disagreements, result.n_open) == (2, 1)


def test_one_raters_coding_as_the_consensus(three, merge, tmp_path):
    merge(consensus="R2")
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert spans(document, "form@consensus") == spans(document, "form@R2")
    assert spans(document, "form.protest.rating@consensus") == [(0, 10_000, "3")]
    merge(consensus="none", out=tmp_path / "none")
    document = read_eaf(tmp_path / "none" / "s1.merged.eaf")
    assert not [tier.id for tier in document.tiers if tier.id.endswith("@consensus")]
    assert len(document.annotations("form@disagreement")) == 4


def test_short_stretches_are_absorbed(study_folder, merge, tmp_path):
    study_folder.add("s1", "R1", form=[(1000, 3000, "protest")], ratings=RATED)
    study_folder.add("s1", "R2", form=[(1040, 3000, "protest")], ratings=RATED)
    merge(min_ms=100)
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    # 1000-1040 lies between 1000 ms of none and 1960 ms of protest: protest.
    assert spans(document, "form@consensus") == [(1000, 3000, "protest")]
    assert spans(document, "form@disagreement") == []


def test_a_sequence_that_one_of_two_marked_is_for_the_meeting(study_folder, merge, tmp_path):
    study_folder.add("s1", "R1", sequences=[(0, 1000, "1"), (5000, 6000, "2")], form=[(100, 200, "protest")])
    study_folder.add("s1", "R2", sequences=[(0, 1000, "1")], form=[(100, 200, "protest")])
    result = merge()
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert spans(document, "Sequence@consensus") == [(0, 1000, "1")]
    assert spans(document, "Sequence@disagreement") == [(5000, 6000, "R1=2 | R2=-")]
    assert "sequence-one-rater" in {item.code for item in result.findings}


def test_windows_that_overlap_meet_in_the_middle(study_folder, merge, tmp_path):
    # R1  |---1---|---2---|        0-1000, 1000-2000
    # R2  |----1----|--2--|        0-1200, 1200-2000: the union of 1 ends at 1200, that of 2 begins at 1000
    study_folder.add("s1", "R1", sequences=[(0, 1000, "1"), (1000, 2000, "2")], form=[(900, 1150, "protest")])
    study_folder.add("s1", "R2", sequences=[(0, 1200, "1"), (1200, 2000, "2")], form=[(900, 1150, "protest")])
    merge()
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert spans(document, "Sequence@consensus") == [(0, 1100, "1"), (1100, 2000, "2")]
    assert spans(document, "form@consensus") == [(900, 1100, "protest"), (1100, 1150, "protest")]
    assert document.findings == ()


def test_tables_record_and_worklist(three, merge, tmp_path):
    result = merge()
    folder = tmp_path / "merged"
    frame = pd.read_csv(folder / "annotations.csv", keep_default_na=False, dtype=str)
    assert len(frame) == result.n_annotations
    assert set(frame["file"]) == {"s1__R1.eaf", "s1__R2.eaf", "s1__R3.eaf"}
    assert pd.read_parquet(folder / "annotations.parquet")["start_ms"].sum() == frame["start_ms"].astype(int).sum()
    record = json.loads((folder / "merge.json").read_text(encoding="utf-8"))
    (session,) = record["sessions"]
    assert session["raters"] == ["R1", "R2", "R3"]
    assert session["annotations"]["form@R1"] == 2
    assert [item["file"] for item in session["inputs"]] == ["s1__R1.eaf", "s1__R2.eaf", "s1__R3.eaf"]
    assert session["renumbered"]["s1__R2.eaf"]["a1"].startswith("a")
    # R1 and R2 begin protest at 1000, R3 never has it; from 3000 to 3500 nobody has a majority.
    assert {(item["start_ms"], item["kind"], item["state"]) for item in session["points"]} == {
        (0, "rating", "settled"),
        (1000, "time", "settled"),
        (2000, "time", "settled"),
        (3000, "time", "open"),
        (3500, "time", "settled"),
    }
    (open_,) = [item for item in session["points"] if item["state"] == "open"]
    assert open_["codes"] == {"R1": "-", "R2": "protest", "R3": "despair"}
    assert open_["categories"] == {"R1": "", "R2": "protest", "R3": "despair"}
    assert [Dispute.of_record("s1", item).record() for item in session["points"]] == session["points"]
    worklist = pd.read_csv(folder / "worklist.csv", keep_default_na=False)
    lengths = worklist[worklist.kind != "rating"]["duration_ms"].tolist()
    assert lengths == sorted(lengths, reverse=True)
    assert worklist["duration_ms"].tolist()[:2] == [1000, 1000]
    assert worklist["consensus"].tolist().count("") == 1
    page = (folder / "worklist.html").read_text(encoding="utf-8")
    assert "R1=- | R2=protest | R3=despair" in page
    assert "://" not in page
    order = etree.parse(folder / "s1.merged.pfsx").xpath("//prefList[@key='MultiTierViewer.TierOrder']/String/text()")
    assert order[0] == "Sequence@R1"
    assert str(tmp_path) not in (folder / "merge.json").read_text(encoding="utf-8")


def test_merging_twice_gives_the_same_bytes(three, merge, tmp_path):
    merge()
    first = {path.name: path.read_bytes() for path in (tmp_path / "merged").iterdir()}
    merge()
    assert {path.name: path.read_bytes() for path in (tmp_path / "merged").iterdir()} == first
    merge(out=tmp_path / "parallel", jobs=2)
    assert (tmp_path / "parallel" / "s1.merged.eaf").read_bytes() == first["s1.merged.eaf"]


def test_an_edited_consensus_is_never_overwritten(three, merge, tmp_path):
    merge()
    path = tmp_path / "merged" / "s1.merged.eaf"
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 3000, 3500, "protest", cve_ref="protest")
    write_eaf(editor.document(), path)
    edited = path.read_bytes()
    for force in (False, True):
        with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf in .* changed .* would lose that work"):
            merge(force=force)
    assert path.read_bytes() == edited
    merge(discard_adjudication=True)
    assert path.read_bytes() != edited


def test_resuming_keeps_what_people_decided_and_shows_what_is_new(three, merge, tmp_path):
    # Computed at first: disagreements 1000-2000, 2000-3000, 3000-3500 (unresolved), 3500-4000;
    # consensus protest 1000-3000, despair 3500-4000.
    merge()
    path = tmp_path / "merged" / "s1.merged.eaf"
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 3000, 3500, "despair", cve_ref="despair")
    (deleted,) = [a.id for a in read_eaf(path).annotations("form@disagreement") if a.start_ms == 1000]
    editor.annotations.remove(deleted)
    editor.annotations.add("form@disagreement", 8000, 8100, "please look again")
    write_eaf(editor.document(), path)
    unchanged = merge(resume=True)
    document = read_eaf(path)
    assert spans(document, "form@consensus") == [
        (1000, 3000, "protest"),
        (3000, 3500, "despair"),
        (3500, 4000, "despair"),
    ]
    assert spans(document, "form@disagreement") == [
        (2000, 3000, "R1=protest | R2=protest | R3=despair"),
        (3000, 3500, "R1=- | R2=protest | R3=despair"),
        (3500, 4000, "R1=despair | R2=despair | R3=-"),
        (8000, 8100, "please look again"),
    ]
    assert document.findings == ()
    assert [item.code for item in unchanged.findings] == ["sequence-window-differs"]
    assert unchanged.n_open == 0
    # Settled points stay on the list, ratings too; only what was deleted is off it, and that is said.
    listed = pd.read_csv(tmp_path / "merged" / "worklist.csv", dtype=str)
    assert list(zip(listed.kind, listed.consensus, strict=True)) == [
        ("time", "protest"),
        ("time", "despair"),
        ("time", "despair"),
        ("rating", "3"),
    ]
    assert unchanged.n_taken_off == 1
    assert "Not on the list: 1 that were deleted or redrawn in ELAN." in unchanged.summary()
    # R1 and R2 now also code 6000-7000, R3 codes despair there: agreed since, and disputed anew.
    seq = [(0, 10_000, "1")]
    more = [(6000, 7000, "protest")]
    three.add("s1", "R1", sequences=seq, form=[(1000, 3000, "protest"), (3500, 4000, "despair"), *more], ratings=RATED)
    three.add("s1", "R2", sequences=seq, form=[(1000, 3500, "protest"), (3500, 4000, "despair"), *more], ratings=RATED)
    changed = merge(resume=True)
    document = read_eaf(path)
    assert spans(document, "form@consensus")[-1] == (3500, 4000, "despair")
    assert (6000, 7000, "R1=protest | R2=protest | R3=- | new") in spans(document, "form@disagreement")
    found = {(item.code, item.start_ms) for item in changed.findings if item.code.startswith("merge")}
    assert found == {("merge-disagreement-new", 6000), ("merge-agreed-since", 6000)}
    # What was adjudicated stays so: merging without --resume is refused from now on, too.
    with pytest.raises(OutputRefused, match="merging again would lose that work"):
        merge(force=True)
    merge(discard_adjudication=True)
    assert spans(read_eaf(path), "form@consensus")[-1] == (6000, 7000, "protest")


def test_the_edited_consensus_is_what_analysis_reads(three, merge, tmp_path, small_codebook):
    # Unresolved 3000-3500 is decided as despair; 1000-2000 of the consensus is taken away and left as an open question.
    merge()
    path = tmp_path / "merged" / "s1.merged.eaf"
    editor = read_eaf(path).edit()
    editor.annotations.add("form@consensus", 3000, 3500, "despair", cve_ref="despair")
    (first,) = [a.id for a in read_eaf(path).annotations("form@consensus") if a.start_ms == 1000]
    editor.annotations.remove(first)
    editor.annotations.add("form@consensus", 2000, 3000, "protest", cve_ref="protest")
    write_eaf(editor.document(), path)

    def table(folder):
        coding = check_files([folder], codebook=small_codebook)
        changed, sequences = consensus_coding(coding, match_sequences(coding)[0])
        (timeline,) = build_timelines(changed, sequences, raters=("consensus",))
        codes = timeline.codes[:, 0].tolist()
        ratings = build_ratings(changed, sequences, raters=("consensus",))
        rows = list(zip(timeline.start_ms.tolist(), timeline.end_ms.tolist(), codes, strict=True))
        return rows, [matrix.values.tolist() for matrix in ratings]

    protest, despair, none, missing = 0, 1, -1, -2
    assert table(three.folder) == (
        [(0, 1000, none), (1000, 3000, protest), (3000, 3500, missing), (3500, 4000, despair), (4000, 10_000, none)],
        [[[3.0]], [[0.0]]],
    )
    rows, ratings = table(tmp_path / "merged")
    assert rows == [
        (0, 1000, none),
        (1000, 2000, missing),
        (2000, 3000, protest),
        (3000, 4000, despair),  # what was decided touches what was agreed: one event
        (4000, 10_000, none),
    ]
    assert ratings == [[[3.0]], [[0.0]]]


def test_other_edits_need_force_and_foreign_files_too(three, merge, tmp_path):
    merge()
    (tmp_path / "merged" / "annotations.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused, match=r"annotations\.csv"):
        merge()
    merge(force=True)
    other = tmp_path / "other"
    other.mkdir()
    (other / "s1.merged.eaf").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf"):
        merge(out=other)
    assert (other / "s1.merged.eaf").read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that cannot be written to")
def test_an_unwritable_folder(three, merge, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(OutputRefused, match="cannot write"):
        merge(out=locked / "x")


def test_a_path_that_is_a_file(three, merge, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputRefused):
        merge(out=tmp_path / "file")


def test_what_cannot_be_merged(three, merge, tmp_path):
    with pytest.raises(UsageError, match=r"--consensus 'R9' is neither a method nor a rater"):
        merge(consensus="R9")
    three.add("s1", "R1", form=[(0, 10, "protest")], name="again/s1__R1.eaf")
    with pytest.raises(InvalidInput, match="is also in again"):
        merge()
    assert not (tmp_path / "merged").exists()


def test_merged_files_are_not_merged_again(three, merge, tmp_path, small_codebook):
    merge()
    coding = check_files([tmp_path / "merged"], codebook=small_codebook)
    with pytest.raises(UsageError, match=r"s1\.merged\.eaf is already a merged file"):
        merge_study(coding, tmp_path / "twice")


def test_a_merged_file_gives_the_same_coding_back(three, merge, tmp_path, small_codebook):
    merge()
    direct = check_files([three.folder], codebook=small_codebook)
    again = check_files([tmp_path / "merged"], codebook=small_codebook)
    assert again.raters == direct.raters
    assert again.coded == direct.coded

    def content(coding):
        return sorted(
            (tier.rater, tier.kind, tier.category or "", item.start_ms, item.end_ms, item.category or "")
            for tier in coding.tiers_of("s1")
            if tier.rater in coding.raters
            for item in tier.annotations
        )

    assert content(again) == content(direct)
    # Tables name the raters' own files and ids.
    tables = [annotations_frame(item, match_sequences(item)[0]) for item in (again, direct)]
    pd.testing.assert_frame_equal(*tables)


def test_files_of_one_name_in_folders_of_raters_keep_their_own_ids(study_folder, small_codebook, tmp_path):
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, form=[(int(rater[1]), 500, "protest")], ratings=RATED, name=f"{rater}/s1.eaf")
    direct = check_files([study_folder.folder], codebook=small_codebook, pattern="{rater}/{session}")
    merge_study(direct, tmp_path / "merged")
    again = check_files([tmp_path / "merged"], codebook=small_codebook)
    tables = [annotations_frame(item, match_sequences(item)[0]) for item in (again, direct)]
    assert set(tables[0]["file"]) == {"R1/s1.eaf", "R2/s1.eaf"}
    pd.testing.assert_frame_equal(*tables)


def test_sessions_with_missing_raters_merge_and_say_so(three, merge, tmp_path):
    three.add("s2", "R2", form=[(0, 10_000, "protest")], ratings=RATED)
    result = merge()
    assert [(item.code, item.session) for item in result.findings if item.code == "merge-raters-missing"] == [
        ("merge-raters-missing", "s2")
    ]
    document = read_eaf(tmp_path / "merged" / "s2.merged.eaf")
    assert spans(document, "form@consensus") == [(0, 10_000, "protest")]
    assert document.tier("form@disagreement") is None


def test_files_of_several_raters_and_without_a_codebook(study_folder, merge, tmp_path):
    def second(editor):
        editor.tiers.rename("form", "form-R1")
        editor.tiers.add("form-R2", "form")
        editor.annotations.add("form-R2", 1500, 2000, "despair")

    study_folder.add("s1", "", annotator="", form=[(1000, 2000, "protest")], edit=second, name="s1.eaf")
    merge(codebook=None, tier_pattern="{tier}-{rater}")
    document = read_eaf(tmp_path / "merged" / "s1.merged.eaf")
    assert spans(document, "form@disagreement") == [
        (1000, 1500, "R1=protest | R2=-"),
        (1500, 2000, "R1=protest | R2=despair"),
    ]
    # The shared sequences are there once, under their own name.
    assert spans(document, "Sequence") == [(0, 10_000, "1")]
    assert document.findings == ()


@pytest.mark.parametrize("name", ["annotations.csv", "worklist.html", "merge.json", "s1.merged.pfsx"])
def test_where_a_file_of_somebody_stands_nothing_at_all_is_written(three, merge, tmp_path, name):
    (tmp_path / "merged").mkdir()
    (tmp_path / "merged" / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputRefused, match="which this command did not write"):
        merge()
    assert [path.name for path in (tmp_path / "merged").iterdir()] == [name]


def test_every_file_over_all_sessions_is_looked_for_first(three, merge, tmp_path):
    merge()
    written = {path.name for path in (tmp_path / "merged").iterdir() if not path.name.startswith((".", "s1."))}
    assert written == set(FILES)


def test_the_record_is_read_line_by_line_and_also_where_somebody_laid_it_out_anew(three, merge, tmp_path):
    three.add("s2", "R1", form=[(1000, 2000, "protest")], ratings=RATED)
    merge()
    path = tmp_path / "merged" / "merge.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    lines = list(session_records(path))
    assert [item["session"] for item in lines] == ["s1", "s2"]
    assert lines == whole["sessions"]
    path.write_text(json.dumps(whole, indent=4), encoding="utf-8")
    assert list(session_records(path)) == lines
