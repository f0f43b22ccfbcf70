"""The roster: what was to be coded, what is there, and how far it is."""

from __future__ import annotations

from elancry.check.study import check_files
from elancry.check.who_coded import Part, Progress, roster, roster_of_coding

DONE, EMPTY, UNREADABLE = {"form": True}, {"form": False}, None


def part(session: str, rater: str, systems=DONE) -> Part:
    return Part(session, rater, f"{session}__{rater}.eaf", systems)


def told(entries) -> list[tuple[str, str, str]]:
    return [(item.session, item.rater, item.progress.value) for item in entries]


def test_everybody_codes_everything_unless_the_study_says_otherwise():
    parts = [part("s2", "R1"), part("s10", "R2", EMPTY), part("s2", "R2", UNREADABLE), part("s10", "R1")]
    assert told(roster(parts)) == [
        ("s2", "R1", "done"), ("s2", "R2", "unreadable"), ("s10", "R1", "done"), ("s10", "R2", "empty"),
    ]  # fmt: skip
    # Raters who are named come in their order; who is not named was not to code.
    assert told(roster(parts, raters=["R3", "R1"])) == [
        ("s2", "R3", "missing"), ("s2", "R1", "done"), ("s2", "R2", "unexpected"),
        ("s10", "R3", "missing"), ("s10", "R1", "done"), ("s10", "R2", "unexpected"),
    ]  # fmt: skip


def test_an_assignment_says_who_was_to_code_what():
    parts = [part("s1", "R1"), part("s1", "R2"), part("s3", "R1")]
    assigned = {"s1": ["R1"], "s2": ["R2", "R3"]}
    assert told(roster(parts, assigned=assigned)) == [
        ("s1", "R1", "done"), ("s1", "R2", "unexpected"),
        ("s2", "R2", "missing"), ("s2", "R3", "missing"),
        ("s3", "R1", "unexpected"),
    ]  # fmt: skip
    assert told(roster(parts, assigned=assigned, raters=["R1", "R2"]))[2:3] == [("s2", "R2", "missing")]


def test_of_a_checked_study(study_folder, small_codebook):
    study_folder.add("s1", "R1", form=[(0, 100, "protest")])
    study_folder.add("s1", "R2")
    study_folder.add("s2", "R1", form=[(0, 100, "protest")])
    (study_folder.folder / "s3__R1.eaf").write_text("no eaf", encoding="utf-8")
    entries = roster_of_coding(check_files([study_folder.folder], codebook=small_codebook))
    assert told(entries) == [
        ("s1", "R1", "done"), ("s1", "R2", "empty"),
        ("s2", "R1", "done"), ("s2", "R2", "missing"),
        ("s3", "R1", "unreadable"), ("s3", "R2", "missing"),
    ]  # fmt: skip
    assert entries[1].lacking == ("form",)
    assert entries[0].file == "s1__R1.eaf"
    assert {item.file for item in entries if item.progress is Progress.MISSING} == {""}
