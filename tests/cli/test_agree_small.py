"""`elancry agree` on studies too small to say anything: every number is there or has its reason."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from elancry.eaf import Vocabulary, VocabularyEntry, new_document, write_eaf
from elancry.study.run import MOST_CATEGORIES

Spans = Sequence[tuple[int, int, str]]
# Stands for the end of an annotation until the file is written: the editor itself refuses one without length.
PLACE = 77_777_777


def write(folder: Path, coded: Mapping[tuple[str, str], Spans]) -> Path:
    """One file per (session, rater) with the tier `form`; a span that ends where it begins has no length."""
    folder.mkdir()
    for at, ((session, rater), spans) in enumerate(coded.items()):
        editor = new_document().edit()
        editor.header.set_author(f"{rater} {at}")
        editor.types.add("form")
        editor.tiers.add("form", "form", annotator=rater)
        for start, end, value in spans:
            editor.annotations.add("form", start, PLACE if end == start else end, value)
        path = folder / f"{session}__{rater}.eaf"
        write_eaf(editor.document(), path)
        for start, end, _ in spans:
            if start == end:
                path.write_text(path.read_text(encoding="utf-8").replace(str(PLACE), str(end)), encoding="utf-8")
    return folder


SESSIONS, RATERS = [f"s{at:02}" for at in range(12)], ("R1", "R2")
STUDIES = {
    "without length": {(s, r): [(1000, 1000, "a")] for s in SESSIONS for r in RATERS},
    "without length, one session": {("s1", r): [(1000, 1000, "a")] for r in RATERS},
    "one category": {(s, r): [(1000, 2000, "a")] for s in SESSIONS for r in RATERS},
    "one sequence": {("s1", r): [(1000, 2000, "a"), (2000, 2500, "b")] for r in RATERS},
    "no rater in common": {("s1", "R1"): [(0, 100, "a")], ("s2", "R2"): [(0, 100, "a")]},
    "one rater finished": {("s1", "R1"): [(0, 100, "a")], ("s1", "R2"): []},
}


@pytest.mark.parametrize("name", STUDIES)
def test_every_number_is_there_or_has_its_reason(elancry, tmp_path: Path, name: str):
    folder = write(tmp_path / "coded", STUDIES[name])
    said = elancry("agree", folder, "-o", tmp_path / "out", "--tiers", "form")
    assert said.code == 0, said.all
    with (tmp_path / "out/tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(row["estimate"] or row["undefined_reason"] for row in rows)


def test_too_many_categories_are_refused_in_one_sentence(elancry, tmp_path: Path):
    spans = [(at * 1000, at * 1000 + 900, f"v{at}") for at in range(MOST_CATEGORIES + 1)]
    folder = write(tmp_path / "coded", {("s1", rater): spans for rater in RATERS})
    said = elancry("agree", folder, "-o", tmp_path / "out", "--tiers", "form")
    assert said.code == 2, said.all
    assert "The tier 'form' has 201 categories; coefficients of agreement are computed for at most 200." in said.all
    assert not (tmp_path / "out").exists()


def test_annotations_without_length_leave_nothing_to_agree_on(elancry, tmp_path: Path):
    folder = write(tmp_path / "coded", STUDIES["without length"])
    said = elancry("agree", folder, "-o", tmp_path / "out", "--tiers", "form")
    assert "Nothing that was coded here could be compared" in said.out
    with (tmp_path / "out/tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    for measure in ("time_fleiss_kappa", "event_kappa_ipf", "unitizing_alpha"):
        assert rows[measure]["estimate"] == ""
        assert rows[measure]["undefined_reason"]


def test_chance_terms_count_the_categories_of_the_vocabulary_used_or_not(elancry, tmp_path: Path):
    """Five categories can be given, two are.

    s    0          20       28       36
    R1   |----x-----|--------y--------|
    R2   |--------x----------|---y----|

    They agree in 28 of 36 s. Brennan-Prediger: (28/36 - 1/5) / (4/5) = .722. AC1: x has 24/36, y 12/36 of the time, so
    p_e = (2/3 1/3 + 1/3 2/3) / 4 = 1/9 and (28/36 - 1/9) / (8/9) = .75.
    """
    folder = tmp_path / "coded"
    folder.mkdir()
    for rater, change in (("R1", 20_000), ("R2", 28_000)):
        editor = new_document().edit()
        editor.languages.add("eng", "English (eng)")
        editor.vocabularies.add(Vocabulary("five", tuple(VocabularyEntry(name, {"eng": name}) for name in "vwxyz")))
        editor.types.add("form", vocabulary="five")
        editor.tiers.add("form", "form", annotator=rater)
        editor.annotations.add("form", 0, change, "x", cve_ref="x")
        editor.annotations.add("form", change, 36_000, "y", cve_ref="y")
        write_eaf(editor.document(), folder / f"s1__{rater}.eaf")
    said = elancry("agree", folder, "-o", tmp_path / "out")
    assert said.code == 0, said.all
    with (tmp_path / "out/tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of = {"variant": "without_none", "scope": "overall", "aggregate": "pooled"}
    found = {row["measure"]: row for row in rows if of.items() <= row.items()}
    assert float(found["time_gwet_ac1"]["estimate"]) == pytest.approx(0.75)
    assert float(found["time_brennan_prediger"]["estimate"]) == pytest.approx(13 / 18)
    assert {(row["n_categories"], row["categories_from"]) for row in found.values()} == {("5", "vocabulary")}
    report = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert "Categories: those of the vocabulary in the coded files, whether used or not." in report
