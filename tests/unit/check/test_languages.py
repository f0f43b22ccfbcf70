"""Files of raters whose ELAN dropped a language: their categories stay the same, and it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from elancry.check.coding import CheckedCoding
from elancry.check.study import check_files
from elancry.codebook.model import Category

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
