"""`check --fix`: only values that mean the same before and after, in copies, each one listed."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest

from elancry.check.study import check_files
from elancry.codebook.model import Category, Codebook, Coding, Layout, Scale, System
from elancry.eaf import read_eaf
from elancry.edit.repair_files import TABLE, RepairFile, write_repaired
from elancry.edit.repairs import Why, repair_document
from elancry.errors import OutputRefused
from elancry.template.build import build_template

LABELS = {"p": ("protest", "Protest"), "i": ("inhibited", "gehemmt"), "d": ("despair", "Verzweiflung")}
CODEBOOK = Codebook(
    id="forms",
    title="Forms",
    systems=(
        System(
            "form",
            {"en": "Form"},
            tuple(Category(key, {"en": english, "de": german}) for key, (english, german) in LABELS.items()),
            coding=Coding.BOTH,
            scale=Scale(0, 4),
        ),
    ),
    languages=("en", "de"),
)


def repair_files(coding, out_dir, *, force=False):
    """The files one after the other, then written together, as `elancry check --fix` does."""
    work = RepairFile.of(coding)
    done = [work(file.path, file.name) for file in coding.files]
    contents = {name: data for made, _ in done for name, data in made.items()}
    return write_repaired(coding, out_dir, contents, [row for _, rows in done for row in rows], force=force)


def repaired(*values, spelling=False, references=None, codebook=CODEBOOK):
    editor = build_template(codebook).edit()
    for number, value in enumerate(values):
        reference = references[number] if references else None
        editor.annotations.add("form", 1000 * number, 1000 * number + 900, value, cve_ref=reference)
    document = editor.document()
    after, repairs = repair_document(document, codebook, spelling=spelling)
    return document, after, repairs


@pytest.mark.parametrize(
    ("value", "new", "why"),
    [
        (" protest", "protest", Why.BLANKS),
        ("Verzweiflung\n", "Verzweiflung", Why.BLANKS),
        # "Protest" is a label itself, the German one, and stays.
        ("Protest", None, None),
        ("PROTEST", "protest", Why.CASE),
        (" DESPAIR ", "despair", Why.CASE),
        ("verzweiflung", "Verzweiflung", Why.CASE),
        # Not without being asked, and never where it is not clear.
        ("protst", None, None),
        ("", None, None),
        ("laughing", None, None),
    ],
)
def test_what_is_repaired(value, new, why):
    _, after, repairs = repaired(value)
    assert [item.value for item in after.annotations("form")] == [value if new is None else new]
    assert [(item.old_value, item.new_value, item.why) for item in repairs] == (
        [] if new is None else [(value, new, why)]
    )


@pytest.mark.parametrize(
    ("value", "new"),
    [
        ("protst", "protest"),
        ("gehmmt", "gehemmt"),
        ("Dispair", "despair"),
        # The opposite is as similar as a slip; it begins with another letter.
        ("uninhibited", None),
        ("no protest", None),
        ("x", None),
    ],
)
def test_spelling_only_where_one_category_can_be_meant(value, new):
    _, after, repairs = repaired(value, spelling=True)
    assert [item.value for item in after.annotations("form")] == [value if new is None else new]
    assert [item.why for item in repairs] == ([] if new is None else [Why.SPELLING])


def test_two_similar_categories_are_one_too_many():
    twins = Codebook(
        id="twins",
        title="Twins",
        systems=(System("form", {"en": "Form"}, tuple(Category(f"x{n}", {"en": f"form {n}"}) for n in "ab")),),
    )
    assert repaired("form c", spelling=True, codebook=twins)[2] == ()
    assert repaired("FORM A", spelling=True, codebook=twins)[2][0].new_value == "form a"


def test_two_categories_that_differ_only_in_case_are_left_alone():
    both = Codebook(
        id="case",
        title="Case",
        systems=(System("form", {"en": "Form"}, (Category("x", {"en": "Aa"}), Category("y", {"en": "aA"}))),),
    )
    assert repaired("AA", codebook=both)[2] == ()


def test_the_reference_to_the_vocabulary_stays_and_may_not_be_contradicted():
    _, after, repairs = repaired("PROTEST", "PROTEST", references=["p", "d"])
    kept = [(item.value, item.cve_ref) for item in after.annotations("form")]
    assert kept == [("protest", "p"), ("PROTEST", "d")]
    assert len(repairs) == 1


def test_ratings_lose_their_blanks_and_a_document_without_repairs_is_the_same():
    editor = build_template(CODEBOOK).edit()
    sequence = editor.annotations.add("Sequence", 0, 9000, " 1 ")
    editor.annotations.add_reference("form.p.rating", sequence, " 3")
    editor.annotations.add_reference("form.d.rating", sequence, " 9")
    after, repairs = repair_document(editor.document(), CODEBOOK)
    # 9 is not on the scale, and a sequence's name is not a code.
    assert [(item.tier, item.old_value, item.new_value) for item in repairs] == [("form.p.rating", " 3", "3")]
    again, none = repair_document(after, CODEBOOK)
    assert again is after
    assert none == ()


def test_on_tiers_of_one_category_texts_are_free():
    per_category = Codebook(
        id="tiers",
        title="Tiers",
        systems=(System("form", {"en": "Form"}, CODEBOOK.systems[0].categories, layout=Layout.TIER_PER_CATEGORY),),
    )
    editor = build_template(per_category).edit()
    editor.annotations.add("form.p", 0, 900, "PROTEST ")
    assert repair_document(editor.document(), per_category)[1] == ()


# In files


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def coded(study_folder):
    study_folder.add("s1", "R1", form=[(1000, 2000, "protest "), (3000, 4000, "DESPAIR")])
    study_folder.add("s1", "R2", form=[(1000, 2000, "protest")])
    return study_folder


def check(folder, codebook):
    return check_files([folder], codebook=codebook)


def test_copies_are_repaired_and_originals_are_not(coded, tmp_path):
    before = hashes(coded.folder)
    result = repair_files(check(coded.folder, coded.codebook), tmp_path / "fixed")
    assert hashes(coded.folder) == before
    values = [item.value for item in read_eaf(tmp_path / "fixed" / "s1__R1.eaf").annotations("form")]
    assert values == ["protest", "despair"]
    # A file with nothing to repair is the same to the byte.
    assert hashes(tmp_path / "fixed")["s1__R2.eaf"] == before["s1__R2.eaf"]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "fixed" / TABLE).read_text(encoding="utf-8"))))
    assert [(row["file"], row["tier"], row["old_value"], row["new_value"], row["why"]) for row in rows] == [
        ("s1__R1.eaf", "form", "protest ", "protest", "blanks"),
        ("s1__R1.eaf", "form", "DESPAIR", "despair", "letter case"),
    ]
    lines = result.text().splitlines()
    assert lines[0] == "corrected: s1__R1.eaf, tier form, annotation a2, 0:00:01.000: 'protest ' -> 'protest' (spaces)"
    assert lines[-1].startswith("2 values corrected; 2 files in ")
    # What was repaired is found no more.
    left = {item.code for item in check(tmp_path / "fixed", coded.codebook).findings}
    assert not left & {"value-blanks", "value-unknown"}


@pytest.mark.parametrize("named", [".", "../coded", "link"])
def test_the_folder_of_the_originals_is_refused(coded, named):
    target = coded.folder / named
    if named == "link":
        target = coded.folder.parent / "link"
        target.symlink_to(coded.folder)
    before = hashes(coded.folder)
    with pytest.raises(OutputRefused, match="originals are never changed"):
        repair_files(check(coded.folder, coded.codebook), target, force=True)
    assert hashes(coded.folder) == before


def test_the_repaired_folder_inside_the_originals_is_passed_over_next_time(coded):
    repair_files(check(coded.folder, coded.codebook), coded.folder / "fixed")
    coding = check(coded.folder, coded.codebook)
    assert [file.name for file in coding.files] == ["s1__R1.eaf", "s1__R2.eaf"]
    assert sum(coding.passed_over.values()) == 2
