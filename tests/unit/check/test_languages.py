"""Files of raters whose ELAN dropped a language: their categories stay the same, and it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elancry.check.coding import CheckedCoding
from elancry.check.study import check_files
from elancry.codebook.load import load_codebook
from elancry.codebook.model import Category
from elancry.eaf import write_eaf
from elancry.template.build import build_template

CODED = ((0, 2_000, "Protest"), (3_000, 5_000, "Verzweiflung"), (6_000, 7_000, "Protest"))


@pytest.fixture
def german_first(study_folder):
    """Two raters' files of a codebook in German and English."""
    (system,) = study_folder.codebook.systems
    categories = (
        Category("protest", {"de": "Protest", "en": "protest"}),
        Category("despair", {"de": "Verzweiflung", "en": "despair"}),
    )
    system = replace(system, labels={"de": "Form", "en": "Form"}, categories=categories)
    study_folder.codebook = replace(study_folder.codebook, languages=("de", "en"), systems=(system,))
    for rater in ("R1", "R2"):
        study_folder.add("s1", rater, form=CODED)
    return study_folder


def damage(path, elan) -> None:
    path.write_bytes(elan.open_and_save(path.read_bytes()))


def categories(coding: CheckedCoding) -> list[list[str | None]]:
    return [
        [item.category for tier in file.tiers if tier.kind == "interval" for item in tier.annotations]
        for file in coding.files
    ]


@pytest.mark.parametrize("rater", ["R1", "R2"])
def test_a_rewritten_text_is_the_same_category(german_first, elan_with_german, rater):
    whole = check_files([german_first.folder])
    damage(german_first.folder / f"s1__{rater}.eaf", elan_with_german)
    damaged = check_files([german_first.folder])
    assert categories(damaged) == categories(whole) == [["protest", "despair", "protest"]] * 2
    assert damaged.codebook == whole.codebook
    assert not {item.code for item in damaged.findings} & {"value-contradicts-reference", "value-unknown"}


def found(coding: CheckedCoding, code: str) -> list[tuple[str | None, str]]:
    return [(item.file, item.message) for item in coding.findings if item.code == code]


def test_a_file_that_lost_a_language_is_named(german_first, elan_with_german):
    """The other file of the same codebook says what was there, and so does the codebook where it is given."""
    assert not {item.code for item in check_files([german_first.folder]).findings if "language" in item.code}
    damage(german_first.folder / "s1__R1.eaf", elan_with_german)
    said = "no labels in German (deu) are left in the vocabularies form, form.rating; the template had some"
    assert found(check_files([german_first.folder]), "language-lost") == [("s1__R1.eaf", said)]
    damage(german_first.folder / "s1__R2.eaf", elan_with_german)
    assert found(check_files([german_first.folder]), "language-lost") == []
    with_codebook = check_files([german_first.folder], codebook=german_first.codebook)
    assert found(with_codebook, "language-lost") == [("s1__R1.eaf", said), ("s1__R2.eaf", said)]


def test_the_built_in_codebook_says_what_its_files_had(study_folder, elan_with_german):
    study_folder.codebook = load_codebook("attachment-crying")
    path = study_folder.folder / "s1__R1.eaf"
    write_eaf(build_template(study_folder.codebook, annotator="R1"), path)
    damage(path, elan_with_german)
    ((file, said),) = found(check_files([path]), "language-lost")
    assert file == "s1__R1.eaf"
    assert said.startswith("no labels in German (deu) are left in the vocabularies")


def test_a_file_of_another_codebook_lost_nothing(german_first, elan_with_german):
    for rater in ("R1", "R2"):
        damage(german_first.folder / f"s1__{rater}.eaf", elan_with_german)
    revised = replace(german_first.codebook, version="3")
    assert found(check_files([german_first.folder], codebook=revised), "language-lost") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'LANG_DEF="http://cdb.iso.org/lg/CDB-00138497-001"',
            'LANG_DEF="https://iso639-3.sil.org/code/deu"',
            "German (deu) is defined as https://iso639-3.sil.org/code/deu; ELAN knows it as "
            "http://cdb.iso.org/lg/CDB-00138497-001 and drops all texts in a language that is defined differently",
        ),
        (
            'LANG_DEF="http://cdb.iso.org/lg/CDB-00138497-001" ',
            "",
            "German (deu) has no LANG_DEF: ELAN ignores the language and all texts in it",
        ),
        (
            '"deu"',
            '"de-AT"',
            "the vocabularies have texts in the language 'de-AT', an id that ELAN cannot read: it drops these texts",
        ),
    ],
)
def test_a_language_that_elan_would_refuse(german_first, old, new, said):
    path = german_first.folder / "s1__R1.eaf"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert found(check_files([path]), "language-refused") == [("s1__R1.eaf", said)]


def test_a_language_that_no_vocabulary_uses_is_nobodys_concern(study_folder):
    def edit(editor):
        editor.languages.add("deu", "Deutsch", "http://another/german")

    study_folder.add("s1", "R1", form=CODED[:0], edit=edit)
    assert found(check_files([study_folder.folder]), "language-refused") == []


def test_two_definitions_of_one_language(german_first):
    path = german_first.folder / "s1__R2.eaf"
    path.write_text(
        path.read_text(encoding="utf-8").replace("cdb.iso.org/lg/CDB-00138497-001", "another/german"), encoding="utf-8"
    )
    said = (
        "the files define German (deu) in different ways: http://cdb.iso.org/lg/CDB-00138497-001 (in s1__R1.eaf), "
        "http://another/german (in s1__R2.eaf). "
        "ELAN keeps the definition that it encounters first and drops the texts of the other files"
    )
    assert found(check_files([german_first.folder]), "languages-differ") == [(None, said)]
