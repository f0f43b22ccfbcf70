"""`elancry agree` on studies too small to say anything: every number is there or has its reason."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from elancry.eaf import new_document, write_eaf

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


def test_annotations_without_length_leave_nothing_to_agree_on(elancry, tmp_path: Path):
    folder = write(tmp_path / "coded", STUDIES["without length"])
    said = elancry("agree", folder, "-o", tmp_path / "out", "--tiers", "form")
    assert "No rater coded anything here" in said.out
    with (tmp_path / "out/tables/agreement.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["measure"]: row for row in csv.DictReader(file)}
    for measure in ("time_fleiss_kappa", "event_kappa_ipf", "unitizing_alpha"):
        assert rows[measure]["estimate"] == ""
        assert rows[measure]["undefined_reason"]
