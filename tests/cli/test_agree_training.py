"""`elancry agree` after a practice file: what a student reads on the terminal."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from elancry.eaf import new_document, write_eaf

# One second each; the first letter of a category, . is nothing coded.
NAMES = {"d": "despair", "p": "protest"}
CODED = {
    "s1": {"gold": "ddpp.d", "Ana": "dpdp.d", "Ben": "ddpp.d"},
    "s2": {"gold": "dpdp.p", "Ana": "ddpp.p", "Ben": "dpdp.p"},
    "s3": {"gold": "ppdd.d", "Ana": "ppdd..", "Ben": "ppdd.d"},
}


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    folder = tmp_path / "practice"
    folder.mkdir()
    for session, raters in CODED.items():
        for rater, text in raters.items():
            editor = new_document().edit()
            editor.types.add("form")
            editor.tiers.add("form", "form", annotator=rater)
            for at, letter in enumerate(text):
                if letter in NAMES:
                    editor.annotations.add("form", at * 1000, at * 1000 + 1000, NAMES[letter])
            write_eaf(editor.document(), folder / f"{session}__{rater}.eaf")
    return folder


def test_everybody_with_the_gold_rater(elancry, practice: Path, tmp_path: Path):
    said = elancry("agree", practice, "-o", tmp_path / "out", "--tiers", "form", "--against", "gold")
    lines = said.out.splitlines()
    table = lines[lines.index("Each rater with gold. Kappa: 1 = perfect agreement, 0 = chance.") :]
    assert next(line.split()[:2] for line in table if "Ben" in line) == ["Ben", "1.00"]
    assert '  Ana codes "despair" where gold codes "protest": 2.0 s in 2 sequences' in table
    # s3 by hand: the window ends with the last annotation, 6 s; Ana misses the last second.
    # p_o = 5/6; p_e = (2 * 2 + 3 * 2 + 1 * 2) / 36, kappa = .75.
    sessions = {line.split()[0]: line.split()[1:] for line in table if line.strip()[:2] in ("s1", "s2", "s3")}
    assert sessions["s3"] == [".75", "1.00"]
    assert next(line.split() for line in table if "session  " in line) == ["session", "Ana", "Ben"]
    with (tmp_path / "out/tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["raters"], row["aggregate"]) for row in rows} == {("gold|Ana", "pair"), ("gold|Ben", "pair")}
    with (tmp_path / "out/tables/confusion.csv").open(encoding="utf-8", newline="") as file:
        assert {row["rater_a"] for row in csv.DictReader(file)} == {"gold"}


def test_without_a_gold_rater_everybody_stands_with_the_others(elancry, practice: Path, tmp_path: Path):
    said = elancry("agree", practice, "-o", tmp_path / "out", "--tiers", "form", "--curve")
    assert "Each rater with the others." in said.out
    assert 'Ana codes "despair" where Ben and gold code "protest"' in said.out
    for name in ("apart", "training", "drift"):
        assert (tmp_path / f"out/tables/{name}.csv").exists()


def test_a_gold_rater_who_is_not_there(elancry, practice: Path, tmp_path: Path):
    said = elancry("agree", practice, "-o", tmp_path / "out", "--tiers", "form", "--against", "Gold")
    assert said.code == 1
    assert "against: no file is by the rater 'Gold'" in said.err
    assert "Did you mean 'gold'? Available: Ana, Ben, gold." in said.err
    assert not (tmp_path / "out/tables").exists()
