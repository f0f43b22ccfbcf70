"""What people did to a merged folder: carried on, or the run stops and says why. Nothing of theirs is lost."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from elancry.check.study import check_files
from elancry.choices import Consensus
from elancry.eaf import Constraint, Document, VocabularyEntry, read_eaf, write_eaf
from elancry.errors import OutputRefused
from elancry.manifest import MANIFEST
from elancry.merge.remembered import PROPERTY, Remembered
from elancry.merge.study import MergeResult, merge_study

RATED = {"protest": ["3"], "despair": ["0"]}


@pytest.fixture
def two(study_folder):
    # ms       0      1000   2000   3000   4000
    # form R1         |---protest---|   |despair|
    # form R2         |----protest------|despair|
    # open: 3000-3500 (R2 only); consensus: protest 1000-3000, despair 3500-4000
    for rater, end in (("R1", 3000), ("R2", 3500)):
        form = [(1000, end, "protest"), (3500, 4000, "despair")]
        study_folder.add("s1", rater, form=form, ratings=RATED)
        study_folder.add("s2", rater, form=form, ratings=RATED)
    return study_folder


@pytest.fixture
def merged(two, tmp_path: Path) -> Path:
    return tmp_path / "merged"


@pytest.fixture
def merge(two, merged, small_codebook) -> Callable[..., MergeResult]:
    def run(**options: Any) -> MergeResult:
        return merge_study(check_files([two.folder], codebook=small_codebook), merged, **options)

    run()
    return run


Edit = Callable[[Any, Document], object]
"""Changes by an editor of a document."""


def edited(path: Path, *edits: Edit) -> None:
    """Save the file as ELAN would after these edits."""
    for edit in edits:
        document = read_eaf(path)
        editor = document.edit()
        edit(editor, document)
        write_eaf(editor.document(), path)


def decide(editor: Any, _document: Document) -> None:
    editor.annotations.add("form@consensus", 3000, 3500, "despair", cve_ref="despair")


def note(editor: Any, _document: Document) -> None:
    editor.types.add("note")
    editor.tiers.add("Meeting notes", "note", annotator="Team")
    editor.annotations.add("Meeting notes", 500, 700, "ask R2")


def note_on(tier: str, start_ms: int) -> Edit:
    def edit(editor: Any, document: Document) -> None:
        (above,) = [item for item in document.annotations(tier) if item.start_ms == start_ms]
        editor.types.add("why", constraint=Constraint.SYMBOLIC_ASSOCIATION)
        editor.tiers.add("Why", "why", parent=tier)
        editor.annotations.add_reference("Why", above.id, "because")

    return edit


def spans(path: Path, tier: str) -> list[tuple[int, int, str]]:
    return [(item.start_ms, item.end_ms, item.value) for item in read_eaf(path).annotations(tier)]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def as_0_1_wrote_it(folder: Path) -> None:
    """Turn a folder into one of version 0.1: merge.json remembers what was computed, the files do not."""
    record = json.loads((folder / "merge.json").read_text(encoding="utf-8"))
    known = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for session in record["sessions"]:
        path = folder / session["file"]
        document = read_eaf(path)
        edited(path, lambda editor, _document: editor.header.set_property(PROPERTY, None))
        session["sha256"] = known["merge"][path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        session["computed"] = {
            end: [
                [tier.id, item.start_ms, item.end_ms, item.value]
                for tier in document.tiers
                if tier.id.endswith(f"@{end}")
                for item in document.annotations(tier.id)
            ]
            for end in ("consensus", "disagreement")
        }
    (folder / "merge.json").write_text(json.dumps(record), encoding="utf-8")
    known["merge"]["merge.json"] = hashlib.sha256((folder / "merge.json").read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(known), encoding="utf-8")


@pytest.mark.parametrize("record", ["there", "deleted", "cut off"])
@pytest.mark.parametrize("old", [False, True])
def test_force_never_replaces_an_edited_consensus_whatever_became_of_the_record(
    merge, merged: Path, record: str, old: bool
):
    if old:
        as_0_1_wrote_it(merged)
    edited(merged / "s1.merged.eaf", decide)
    before = (merged / "s1.merged.eaf").read_bytes()
    if record == "deleted":
        (merged / "merge.json").unlink()
    elif record == "cut off":
        (merged / "merge.json").write_bytes((merged / "merge.json").read_bytes()[:100])
    for force in (False, True):
        with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf.*would lose that work") as refusal:
            merge(force=force)
        assert "--force" not in str(refusal.value)
    assert (merged / "s1.merged.eaf").read_bytes() == before
    if record == "cut off":
        with pytest.raises(OutputRefused, match=r"merge\.json in .* changed") as refusal:
            merge(resume=True)
        assert "--force" not in str(refusal.value)
    result = merge(resume=True, force=record == "cut off")
    assert (3000, 3500, "despair") in spans(merged / "s1.merged.eaf", "form@consensus")
    assert merged / "s1.merged.eaf.kept-1" in result.kept
    assert (merged / "s1.merged.eaf.kept-1").read_bytes() == before
    # The decisions are still people's after they were carried on.
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf.*would lose that work"):
        merge(force=True)


@pytest.mark.parametrize("decided", [False, True])
def test_tiers_that_people_added_are_carried_on(merge, merged: Path, decided: bool):
    path = merged / "s1.merged.eaf"
    edited(path, note, *([decide] if decided else []))
    with pytest.raises(OutputRefused, match="would lose that work"):
        merge()
    merge(resume=True)
    assert spans(path, "Meeting notes") == [(500, 700, "ask R2")]
    tier = read_eaf(path).tier("Meeting notes")
    assert tier is not None
    assert tier.annotator == "Team"
    records = json.loads((merged / "merge.json").read_text(encoding="utf-8"))["sessions"]
    assert [item["adjudicated"] for item in records] == [decided, False]
    assert read_eaf(path).findings == ()


def test_notes_of_a_session_without_decisions_stay_and_its_consensus_is_computed_anew(merge, merged: Path, two):
    edited(merged / "s1.merged.eaf", note)
    form = [(1000, 3500, "protest"), (3500, 4000, "despair")]
    two.add("s1", "R1", form=form, ratings=RATED)
    merge(resume=True)
    assert spans(merged / "s1.merged.eaf", "form@consensus") == form
    assert spans(merged / "s1.merged.eaf", "Meeting notes") == [(500, 700, "ask R2")]


@pytest.mark.parametrize(
    ("tier", "start_ms"),
    [("form@R1", 1000), ("form@R2", 3500), ("form@consensus", 1000), ("form@disagreement", 3000)],
)
@pytest.mark.parametrize("decided", [False, True])
def test_notes_on_annotations_find_them_again(merge, merged: Path, two, tier: str, start_ms: int, decided: bool):
    path = merged / "s1.merged.eaf"
    edited(path, note_on(tier, start_ms), *([decide] if decided else []))
    # Another annotation before, so that every id behind it is another one.
    two.add("s1", "R1", form=[(100, 200, "despair"), (1000, 3000, "protest"), (3500, 4000, "despair")], ratings=RATED)
    for _ in range(2):
        merge(resume=True)
        document = read_eaf(path)
        (why,) = document.annotations("Why")
        (above,) = [item for item in document.annotations(tier) if item.id == why.parent]
        assert (above.start_ms, why.value) == (start_ms, "because")
        assert document.findings == ()


def test_a_note_whose_annotation_is_gone_stops_the_run(merge, merged: Path, two):
    edited(merged / "s1.merged.eaf", note_on("form@R1", 1000))
    before = digests(merged)
    two.add("s1", "R1", form=[(3500, 4000, "despair")], ratings=RATED)
    with pytest.raises(OutputRefused, match=r"depend on others that are gone: form@R1 at 0:00:01\.000"):
        merge(resume=True)
    assert digests(merged)["s1.merged.eaf"] == before["s1.merged.eaf"]


def rename(old: str, new: str) -> Edit:
    return lambda editor, _document: editor.tiers.rename(old, new)


def change_rater(editor: Any, document: Document) -> None:
    (first, _) = document.annotations("form@R1")
    editor.annotations.set_value(first.id, "despair", cve_ref="despair")


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            [decide, rename("form@consensus", "form@Consensus")],
            r"lacks tiers .*: form@consensus; .*: form@Con",
        ),
        ([lambda editor, _document: editor.tiers.remove("form@disagreement")], r"lacks tiers .*: form@disagreement"),
        ([rename("form@R1", "form@r1")], r"lacks tiers .*: form@R1; .*: form@r1"),
        ([rename("form@R1", "Anna")], r"lacks tiers .*: form@R1; .*: Anna"),
        ([change_rater], r"tiers of raters were edited in s1\.merged\.eaf: form@R1"),
    ],
)
def test_what_cannot_be_carried_on_stops_the_run_before_anything_is_written(
    merge, merged: Path, edits: list[Edit], said: str, force: bool
):
    edited(merged / "s1.merged.eaf", *edits)
    before = digests(merged)
    if force and edits == [change_rater]:
        merge(resume=True, force=True)
        assert spans(merged / "s1.merged.eaf", "form@R1")[0] == (1000, 3000, "protest")
        assert spans(merged / "s1.merged.eaf.kept-1", "form@R1")[0] == (1000, 3000, "despair")
        return
    with pytest.raises(OutputRefused, match=said):
        merge(resume=True, force=force)
    assert digests(merged) == before


def test_an_edited_tier_of_a_rater_is_seen_in_a_folder_of_version_0_1(merge, merged: Path, two):
    as_0_1_wrote_it(merged)
    edited(merged / "s1.merged.eaf", change_rater)
    with pytest.raises(OutputRefused, match="tiers of raters were edited"):
        merge(resume=True)


def test_a_name_replaced_in_the_whole_text_of_the_file_stops_the_run(merge, merged: Path):
    path = merged / "s1.merged.eaf"
    edited(path, decide)
    path.write_text(path.read_text(encoding="utf-8").replace("form@consensus", "form@Consensus"), encoding="utf-8")
    for force in (False, True):
        with pytest.raises(OutputRefused, match="were renamed: form@Consensus"):
            merge(resume=True, force=force)


def test_a_vocabulary_that_the_meeting_extended_stays(merge, merged: Path):
    path = merged / "s1.merged.eaf"

    def extend(editor: Any, document: Document) -> None:
        vocabulary = document.vocabulary("form")
        assert vocabulary is not None
        language = next(iter(vocabulary.entries[0].values))
        entry = VocabularyEntry("mixed", {language: "mixed"})
        editor.vocabularies.replace(replace(vocabulary, entries=(*vocabulary.entries, entry)))

    edited(path, extend)
    merge(resume=True)
    vocabulary = read_eaf(path).vocabulary("form")
    assert vocabulary is not None
    assert "mixed" in [entry.id for entry in vocabulary.entries]


@pytest.mark.parametrize("name", ["annotations.csv", "worklist.csv", "worklist.html", "annotations_columns.csv"])
@pytest.mark.parametrize("option", ["resume", "discard_adjudication"])
def test_tables_that_people_edited_stop_the_run(merge, merged: Path, name: str, option: str):
    edited(merged / "s1.merged.eaf", decide)
    with (merged / name).open("a", encoding="utf-8") as stream:
        stream.write("mine\n")
    before = digests(merged)
    with pytest.raises(OutputRefused, match=f"{name} in .* changed") as refusal:
        merge(**{option: True})
    assert "--force" not in str(refusal.value)
    assert digests(merged) == before
    result = merge(**{option: True}, force=True)
    assert set(result.kept) == {merged / f"{name}.kept-1", merged / "s1.merged.eaf.kept-1"}
    assert f"{name}.kept-1" in repr(result)
    assert (merged / f"{name}.kept-1").read_text(encoding="utf-8").endswith("mine\n")


def test_giving_up_decisions_gives_up_nothing_else(merge, merged: Path):
    path = merged / "s1.merged.eaf"
    computed = spans(path, "form@consensus")
    edited(path, decide, note)
    before = path.read_bytes()
    result = merge(discard_adjudication=True)
    assert spans(path, "form@consensus") == computed
    assert spans(path, "Meeting notes") == [(500, 700, "ask R2")]
    assert result.kept == (merged / "s1.merged.eaf.kept-1",)
    assert result.kept[0].read_bytes() == before


@pytest.mark.parametrize("content", ["", "cut off"])
def test_a_damaged_merged_file_is_never_replaced_without_a_word(merge, merged: Path, content: str):
    path = merged / "s1.merged.eaf"
    edited(path, decide)
    path.write_bytes(path.read_bytes()[:3000] if content else b"")
    before = path.read_bytes()
    for options in ({}, {"force": True}, {"resume": True}, {"resume": True, "force": True}):
        with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf"):
            merge(**options)
    assert path.read_bytes() == before
    merge(discard_adjudication=True)
    assert (merged / "s1.merged.eaf.kept-1").read_bytes() == before


def test_a_file_of_another_session_or_of_no_session_is_not_taken_up(merge, merged: Path, two):
    shutil.copy(merged / "s2.merged.eaf", merged / "s1.merged.eaf")
    with pytest.raises(OutputRefused, match="holds session 's2', not 's1'"):
        merge(resume=True)
    shutil.copy(two.folder / "s1__R1.eaf", merged / "s1.merged.eaf")
    with pytest.raises(OutputRefused, match="is not a merged file"):
        merge(resume=True)


def test_what_elan_saved_without_an_edit_is_computed_anew_and_ours_again(merge, merged: Path, two):
    path = merged / "s1.merged.eaf"
    edited(path, lambda editor, _document: editor.header.set_property("URN", "urn:nl-mpi-tools-elan-eaf:1"))
    merge(resume=True)
    two.add("s1", "R1", form=[(1000, 3500, "protest"), (3500, 4000, "despair")], ratings=RATED)
    merge()
    assert spans(path, "form@consensus") == [(1000, 3500, "protest"), (3500, 4000, "despair")]


def test_preferences_that_elan_rewrote_stay(merge, merged: Path):
    path = merged / "s1.merged.pfsx"
    path.write_text("as ELAN left it", encoding="utf-8")
    merge()
    edited(merged / "s1.merged.eaf", decide)
    merge(resume=True)
    merge(resume=True, force=True)
    assert path.read_text(encoding="utf-8") == "as ELAN left it"


@pytest.mark.parametrize("old", [False, True])
def test_carrying_on_twice_gives_the_same_bytes(merge, merged: Path, two, old: bool):
    if old:
        as_0_1_wrote_it(merged)
    path = merged / "s1.merged.eaf"

    def of_team(editor: Any, document: Document) -> None:
        editor.header.set_author("Team")
        (first, *_) = document.annotations("form@disagreement")
        editor.annotations.remove(first.id)
        editor.annotations.add("form@disagreement", 8000, 8100, "please look again")

    edited(path, decide, note, of_team)
    two.add("s1", "R1", form=[(1000, 3000, "protest"), (6000, 6500, "despair")], ratings=RATED)
    two.add("s1", "R2", form=[(1000, 3500, "protest"), (6000, 6600, "despair")], ratings=RATED)
    first = merge(resume=True)
    before = digests(merged)
    again = merge(resume=True)
    assert digests(merged) == before
    assert again.findings == first.findings
    assert {"merge-disagreement-new", "merge-agreed-since"} <= {item.code for item in again.findings}
    document = read_eaf(path)
    assert document.author == "Team"
    assert (6500, 6600, "R1=- | R2=despair | new") in spans(path, "form@disagreement")
    assert (8000, 8100, "please look again") in spans(path, "form@disagreement")


def test_what_people_wrote_into_a_disagreement_stays_and_it_is_still_to_be_decided(merge, merged: Path):
    path = merged / "s1.merged.eaf"

    def ask(editor: Any, document: Document) -> None:
        (only,) = document.annotations("form@disagreement")
        editor.annotations.set_value(only.id, f"{only.value} ask the supervisor")

    edited(path, ask)
    for _ in range(2):
        result = merge(resume=True)
        assert spans(path, "form@disagreement") == [(3000, 3500, "R1=- | R2=protest ask the supervisor")]
        # As before: one for each session.
        assert (result.n_open, result.n_taken_off) == (2, 0)


@pytest.mark.parametrize("old", [False, True])
def test_how_was_merged_is_remembered_and_another_way_is_said(merge, merged: Path, old: bool):
    merge(min_ms=100, consensus="R1")
    if old:
        as_0_1_wrote_it(merged)
    edited(merged / "s1.merged.eaf", decide)
    assert [item.code for item in merge(resume=True).findings] == []
    remembered = Remembered.in_document(read_eaf(merged / "s2.merged.eaf"))
    assert remembered is not None
    assert (remembered.consensus, remembered.min_ms) == ("R1", 100)
    result = merge(resume=True, min_ms=0, consensus=Consensus.MAJORITY.value)
    found = result.findings
    assert "--min-ms is 0 now; the merge that is resumed had 100" in result.summary()
    assert [item.message for item in found if item.code == "merge-option-changed"] == [
        "--consensus is majority now; the merge that is resumed had R1",
        "--min-ms is 0 now; the merge that is resumed had 100",
    ]


def test_what_people_left_in_a_session_that_is_not_merged_now_stays(merge, merged: Path, two):
    edited(merged / "s2.merged.eaf", decide)
    before = (merged / "s2.merged.eaf").read_bytes()
    for rater in ("R1", "R2"):
        (two.folder / f"s2__{rater}.eaf").unlink()
    merge()
    assert (merged / "s2.merged.eaf").read_bytes() == before
    assert (merged / "s2.merged.pfsx").exists()
    edited(merged / "s1.merged.eaf", decide)
    merge(resume=True)
    assert (merged / "s2.merged.pfsx").exists()


def test_a_file_saved_while_it_is_taken_up_is_not_replaced(merge, merged: Path, monkeypatch: pytest.MonkeyPatch):
    path = merged / "s1.merged.eaf"
    edited(path, decide)
    from elancry.merge import study

    whole = study.merge_session

    def saved_meanwhile(job: Any) -> Any:
        done = whole(job)
        if job.session == "s1":
            edited(path, note)
        return done

    monkeypatch.setattr(study, "merge_session", saved_meanwhile)
    with pytest.raises(OutputRefused, match="was saved by somebody while elancry was working"):
        merge(resume=True)
    assert spans(path, "Meeting notes") == [(500, 700, "ask R2")]
    assert (3000, 3500, "despair") in spans(path, "form@consensus")


def test_what_is_known_of_a_file_is_said_and_no_more(merge, merged):
    before = (merged / MANIFEST).read_bytes()
    (merged / MANIFEST).unlink()
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf, s2\.merged\.eaf in .* cannot be known to be unedited"):
        merge()
    (merged / MANIFEST).write_bytes(before)
    edited(merged / "s1.merged.eaf", lambda editor, _: editor.header.set_author("Somebody"))
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf in .* has changed since elancry wrote it;"):
        merge()
    edited(merged / "s2.merged.eaf", lambda editor, _: editor.header.set_author("Somebody"))
    with pytest.raises(OutputRefused, match=r"s1\.merged\.eaf, s2\.merged\.eaf in .* have changed since .* them;"):
        merge()


def split(*cuts: int, ends: dict[int, str]) -> Edit:
    """Cut the disagreement 3000-3500 there; `ends` says what is written behind the codes of a piece, by its begin."""

    def edit(editor: Any, document: Document) -> None:
        (only,) = document.annotations("form@disagreement")
        editor.annotations.remove(only.id)
        edges = [only.start_ms, *cuts, only.end_ms]
        for start_ms, end_ms in itertools.pairwise(edges):
            if ends.get(start_ms) != "deleted":
                editor.annotations.add("form@disagreement", start_ms, end_ms, only.value + ends.get(start_ms, ""))

    return edit


def code(*spans_: tuple[int, int, str]) -> Edit:
    def edit(editor: Any, _document: Document) -> None:
        for start_ms, end_ms, value in spans_:
            editor.annotations.add("form@consensus", start_ms, end_ms, value, cve_ref=value)

    return edit


def points(merged: Path) -> list[tuple[int, int, str | None, str]]:
    (session, _) = json.loads((merged / "merge.json").read_text(encoding="utf-8"))["sessions"]
    return [(item["start_ms"], item["end_ms"], item["consensus"], item["state"]) for item in session["points"]]


@pytest.mark.parametrize(
    ("edits", "left", "open_", "undecided"),
    [
        # Two pieces cover the disagreement together.
        ([code((3000, 3200, "protest"), (3200, 3500, "despair"))],
         [(3000, 3500, "protest + despair", "settled")], 0, 0),
        ([code((3000, 3200, "protest"), (3200, 3500, "protest"))], [(3000, 3500, "protest", "settled")], 0, 0),
        # A gap between them is open.
        ([code((3000, 3200, "protest"), (3201, 3500, "protest"))], [(3000, 3500, None, "open")], 1, 0),
        # The first part was coded, and the disagreement shrunk to the rest, which is open.
        ([code((3000, 3200, "protest")), split(3200, ends={3000: "deleted"})], [(3200, 3500, None, "open")], 1, 0),
        # Nothing on a part only.
        ([split(3200, ends={3000: " | consensus=-"})],
         [(3000, 3200, "-", "settled"), (3200, 3500, None, "open")], 1, 0),
        # Discussed, undecided: wholly, and on a part; blanks behind it do no harm.
        ([split(ends={3000: " | undecided"})], [(3000, 3500, None, "undecided")], 0, 1),
        ([split(3200, ends={3200: " | undecided "})],
         [(3000, 3200, None, "open"), (3200, 3500, None, "undecided")], 1, 1),
        # Of two marks the last one counts, and what the consensus covers is settled.
        ([split(ends={3000: " | undecided | consensus=-"})], [(3000, 3500, "-", "settled")], 0, 0),
        ([split(ends={3000: " | undecided"}), code((3000, 3500, "despair"))],
         [(3000, 3500, "despair", "settled")], 0, 0),
    ],
)  # fmt: skip
def test_what_people_decided_of_a_disagreement_is_listed_and_never_rewritten(
    merge, merged: Path, two, edits: list[Edit], left: list[object], open_: int, undecided: int
):
    path = merged / "s1.merged.eaf"
    edited(path, *edits)
    written = spans(path, "form@disagreement"), spans(path, "form@consensus")
    for _ in range(2):
        result = merge(resume=True)
        assert (spans(path, "form@disagreement"), spans(path, "form@consensus")) == written
        assert points(merged) == left
        # The other session has the same disagreement, which is open there.
        assert (result.n_open, result.n_undecided, result.n_taken_off) == (open_ + 1, undecided, 0)
    said = f"{undecided} was discussed and left undecided."
    assert (said in result.summary()) is bool(undecided)
    listed = pd.read_csv(merged / "worklist.csv", dtype=str, keep_default_na=False)
    own = listed[listed.session == "s1"]
    assert sorted(zip(own.start_ms.astype(int), own.state, strict=True)) == [(item[0], item[3]) for item in left]
    page = (merged / "worklist.html").read_text(encoding="utf-8")
    assert ("<h2>Discussed, undecided</h2>" in page) is bool(undecided)
    assert (said in page) is bool(undecided)


def test_a_mark_alone_is_a_decision_that_merging_does_not_replace(merge, merged: Path):
    path = merged / "s1.merged.eaf"
    for mark in (" | undecided", " | consensus=-"):
        edited(path, split(ends={3000: mark}))
        with pytest.raises(OutputRefused, match="would lose that work"):
            merge(force=True)
        merge(resume=True)
        assert spans(path, "form@disagreement") == [(3000, 3500, f"R1=- | R2=protest{mark}")]
        merge(discard_adjudication=True)


def test_a_raters_change_does_not_take_what_people_wrote(merge, merged: Path, two):
    path = merged / "s1.merged.eaf"
    edited(path, split(ends={3000: " | undecided"}))
    # R1 has another category in the very stretch now.
    two.add("s1", "R1", form=[(1000, 3000, "protest"), (3000, 4000, "despair")], ratings=RATED)
    merge(resume=True)
    assert spans(path, "form@disagreement") == [(3000, 3500, "R1=- | R2=protest | undecided")]
    assert points(merged) == [(3000, 3500, None, "undecided")]


def test_a_computed_consensus_of_none_that_people_reopen_is_open(study_folder, tmp_path: Path, small_codebook):
    # Two of three say nothing at 3000-3500, so merging writes `consensus=-`; the meeting takes the mark away.
    for rater, end in (("R1", 3000), ("R2", 3500), ("R3", 3000)):
        study_folder.add("s1", rater, form=[(1000, end, "protest")], ratings=RATED)
    merged = tmp_path / "merged"
    run = partial(merge_study, check_files([study_folder.folder], codebook=small_codebook), merged)
    run()
    path = merged / "s1.merged.eaf"
    assert spans(path, "form@disagreement") == [(3000, 3500, "R1=- | R2=protest | R3=- | consensus=-")]

    def reopen(editor: Any, document: Document) -> None:
        (only,) = document.annotations("form@disagreement")
        editor.annotations.set_value(only.id, "R1=- | R2=protest | R3=-")

    edited(path, reopen)
    assert run(resume=True).n_open == 1
    assert spans(path, "form@disagreement") == [(3000, 3500, "R1=- | R2=protest | R3=-")]
