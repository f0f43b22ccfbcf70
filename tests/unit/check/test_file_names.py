"""Names that do not fit: the pattern that would, and names that differ only in capital letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from elancry.check.file_names import fitting_pattern
from elancry.check.study import check_files
from elancry.eaf import write_eaf
from elancry.findings import Finding, Severity
from elancry.interop.flat import FlatTier, build_document

FORM = [(1000, 2000, "protest")]
RATED = {"protest": ["3"], "despair": ["0"]}


def crossed(form, sessions, raters):
    return [form.format(session=session, rater=rater) + ".eaf" for session in sessions for rater in raters]


@pytest.mark.parametrize(
    ("form", "sessions", "raters"),
    [
        ("{session}_{rater}", ("S01", "S02", "S03"), ("R1", "R2")),
        ("{session}_{rater}", ("S01",), ("R1", "R2", "R3")),
        ("{session}-{rater}", ("S01", "S02"), ("R1", "R2", "R3")),
        ("{session}-{rater}", ("S_01", "S_02"), ("R1", "R2", "R3")),
        ("{session}_{rater}", ("S-01", "S-02"), ("anna", "ben")),
        ("{session} {rater}", ("session 1", "session 2"), ("anna", "ben")),
        ("{rater}/{session}", ("S01", "S02", "S03"), ("R1", "R2")),
        ("{session}/{rater}", ("S01", "S02", "S03"), ("R1", "R2")),
        ("{rater}_{session}", ("S01", "S02"), ("R1", "R2")),
        # Nothing in the words says which is which: digits, then numbers, then the usual order decide.
        ("{rater}_{session}", ("t1", "t2", "t3"), ("anna", "ben")),
        ("{rater}_{session}", ("a", "b", "c"), ("x", "y")),
        ("{session}_{rater}", ("a", "b"), ("x", "y")),
    ],
)
def test_the_pattern_that_made_the_names_is_found(form, sessions, raters):
    fit = fitting_pattern(crossed(form, sessions, raters))
    assert fit is not None
    assert (fit.pattern, fit.sessions, fit.raters) == (form, sessions, raters)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["one.eaf"],
        ["one.eaf", "two.eaf"],
        # One name that does not fit is enough: a pattern is for all of them.
        ["S01_R1.eaf", "S01_R2.eaf", "S02.eaf"],
        # Recordings that are numbered: by "{session}_{rater}" one session by the raters 1, 2 and 3.
        ["child_1.eaf", "child_2.eaf", "child_3.eaf"],
        # Every session by somebody else: nothing would be compared.
        ["S01_R1.eaf", "S02_R2.eaf", "S03_R3.eaf"],
    ],
)
def test_no_pattern_is_guessed_where_none_fits(names):
    assert fitting_pattern(names) is None


def test_files_of_other_recordings_are_not_one_session():
    names = crossed("{session}_{rater}", ("S01", "S02"), ("R1", "R2"))
    same = {name: [f"{name[:3]}.mp4"] for name in names}
    assert fitting_pattern(names, same) is not None
    assert fitting_pattern(names, {name: [f"{name[:6]}.mp4"] for name in names}) is None


def tiers_of_raters(folder: Path, *tiers: tuple[str, str | None], files: int = 1) -> list[Finding]:
    for number in range(files):
        document, _ = build_document([FlatTier(name, [(0, 500, "x")], annotator=who) for name, who in tiers], name="S")
        write_eaf(document, folder / f"S{number}.eaf")
    coding = check_files([folder], tiers=[name for name, _ in tiers])
    return [item for item in coding.findings if item.code == "tier-names-raters"]


@pytest.mark.parametrize(
    ("tiers", "pattern"),
    [
        # The words say that they are raters, or the ANNOTATORs do.
        ([("code-R1", None), ("code-R2", None)], "{tier}-{rater}"),
        ([("Gesture_AB", "AB"), ("Gesture_CD", "CD")], "{tier}_{rater}"),
        ([("R1.gaze", None), ("R2.gaze", None), ("R1.hand", None), ("R2.hand", None)], "{rater}.{tier}"),
    ],
)
def test_raters_as_tiers_of_one_file(tmp_path: Path, tiers: list[tuple[str, str | None]], pattern: str):
    (item,) = tiers_of_raters(tmp_path, *tiers, files=2)
    assert f"--tier-pattern '{pattern}'" in str(item.hint)


@pytest.mark.parametrize(
    "tiers",
    [
        [("gaze_left", None), ("gaze_right", None)],
        [("gaze-R1", None), ("hand-R2", None)],
        [("gaze-R1", None), ("notes", None)],
    ],
)
def test_tiers_that_are_no_raters(tmp_path: Path, tiers: list[tuple[str, str | None]]):
    assert tiers_of_raters(tmp_path, *tiers) == []


def found(study_folder, code, **options):
    coding = check_files([study_folder.folder], codebook=study_folder.codebook, **options)
    return [item for item in coding.findings if item.code == code]


@pytest.mark.parametrize("annotator", ["", None])
def test_one_underscore_instead_of_two(study_folder, annotator):
    for rater in ("R1", "R2"):
        study_folder.add("S01", rater, form=FORM, ratings=RATED, annotator=annotator, name=f"S01_{rater}.eaf")
    (other,) = found(study_folder, "file-names-other-pattern")
    assert other.message == (
        "no session has two raters; with --pattern '{session}_{rater}' the file names give 1 session (S01) and "
        "2 raters (R1, R2)"
    )
    unnamed = found(study_folder, "rater-unnamed")
    # Where ANNOTATOR names the raters, only the sessions are wrong.
    assert len(unnamed) == (2 if annotator == "" else 0)
    for item in (other, *unnamed):
        assert item.severity is Severity.WARNING
        assert "--pattern '{session}_{rater}'" in item.hint
    # The remedy is one.
    assert not found(study_folder, "file-names-other-pattern", pattern="{session}_{rater}")
    assert not found(study_folder, "rater-unnamed", pattern="{session}_{rater}")


def test_names_that_were_read_wrongly_say_nothing_about_sessions(study_folder):
    for session in ("S01", "S02"):
        for rater in ("R1", "R2"):
            study_folder.add(session, rater, form=FORM, ratings=RATED, name=f"{session}_{rater}.eaf")
    coding = check_files([study_folder.folder], codebook=study_folder.codebook)
    assert {item.code for item in coding.findings if item.severity is Severity.WARNING} == {"file-names-other-pattern"}


def test_one_name_unlike_the_others(study_folder):
    for session in ("S01", "S02"):
        study_folder.add(session, "R1", form=FORM, ratings=RATED)
    study_folder.add("S02", "R1", form=FORM, ratings=RATED, annotator="", name="S03_R1.eaf")
    (item,) = found(study_folder, "rater-unnamed")
    assert item.hint == "Did you mean S03__R1.eaf? The other files are named like that."


def test_a_pattern_without_a_rater_is_meant(study_folder):
    for rater in ("R1", "R2"):
        study_folder.add("S01", rater, form=FORM, ratings=RATED, name=f"S01_{rater}.eaf")
    assert not found(study_folder, "file-names-other-pattern", pattern="{session}")


def test_names_that_differ_only_in_capital_letters(study_folder):
    study_folder.add("s1", "R1", form=FORM, ratings=RATED)
    study_folder.add("s2", "R1", form=FORM, ratings=RATED)
    study_folder.add("S1", "r2", form=FORM, ratings=RATED)
    study_folder.add("s2", "R2", form=FORM, ratings=RATED)
    messages = sorted(item.message for item in found(study_folder, "names-differ-in-case"))
    assert messages == [
        "the raters 'R2' (s2__R2.eaf), 'r2' (S1__r2.eaf) differ only in upper and lower case and count as 2 raters",
        "the sessions 'S1' (S1__r2.eaf), 's1' (s1__R1.eaf) differ only in upper and lower case and count as 2 sessions",
    ]
