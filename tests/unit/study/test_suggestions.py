"""What the coding says about choices of the plan: constant lags, brief events, free text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from elancry.check.coding import CheckedCoding, CodedAnnotation, CodedFile, CodedTier
from elancry.choices import Align, Matching
from elancry.codebook.model import Codebook
from elancry.eaf import write_eaf
from elancry.findings import Finding
from elancry.interop.flat import FlatTier, build_document
from elancry.study.plan import Plan
from elancry.study.run import check_study
from elancry.study.suggestions import suggestions


def code(folder: Path, name: str, rows: list[tuple[int, int, str]]) -> None:
    document, _ = build_document([FlatTier("code", rows, vocabulary=tuple({row[2]: None for row in rows}))], name=name)
    write_eaf(document, folder / f"{name}.eaf")


def found(folder: Path, plan: Plan, kind: str) -> list[Finding]:
    return [item for item in check_study([folder], plan).findings if item.code == kind]


def states(lag_ms: int, seed: int) -> list[tuple[int, int, str]]:
    """24 states of 2 to 8 s with gaps, begins and ends up to 150 ms beside the true ones, all `lag_ms` later."""
    generator = np.random.default_rng(4)
    slip = np.random.default_rng(seed)
    rows = []
    at = 5000
    for number in range(24):
        length = int(generator.integers(2000, 8000))
        begin, end = (at + lag_ms + int(slip.integers(-150, 150)), at + length + lag_ms + int(slip.integers(-150, 150)))
        rows.append((begin, end, "abc"[number % 3]))
        at += length + int(generator.integers(500, 6000))
    return rows


@pytest.mark.parametrize(("lag_ms", "told"), [(1447, True), (-2300, True), (100, False), (0, False)])
def test_a_constant_lag_is_told_with_the_option_that_takes_it_out(tmp_path: Path, lag_ms: int, told: bool):
    code(tmp_path, "S1__R1", states(5000, 1))
    code(tmp_path, "S1__R2", states(5000 + lag_ms, 2))
    lags = found(tmp_path, Plan(), "offset-suspected")
    assert [item.file for item in lags] == ["S1__R2.eaf"] * told
    for item in lags:
        assert abs(item.said.fields["offset"] - lag_ms) < 100
        assert "--align offset" in str(item.hint)
    assert found(tmp_path, Plan(align=Align.OFFSET), "offset-suspected") == []


def test_other_codes_are_no_lag(tmp_path: Path):
    generator = np.random.default_rng(7)
    for rater in ("R1", "R2"):
        begins = np.sort(generator.choice(np.arange(0, 600_000, 5000), 40, replace=False))
        code(tmp_path, f"S1__{rater}", [(int(at), int(at) + 3000, "abc"[at // 5000 % 3]) for at in begins])
    assert found(tmp_path, Plan(), "offset-suspected") == []


def test_brief_events_are_told_with_the_rule_that_links_them(tmp_path: Path):
    for rater, late in (("R1", 0), ("R2", 400)):
        code(tmp_path, f"S1__{rater}", [(at + late, at + late + 40, "x") for at in (1000, 9000, 20_000)])
    (brief,) = found(tmp_path, Plan(), "events-brief")
    assert (brief.file, "--matching onset" in str(brief.hint)) == (None, True)
    # They are no slips, and nobody is told to delete them.
    assert found(tmp_path, Plan(), "annotation-very-short") == []
    assert found(tmp_path, Plan(matching=Matching.ONSET), "events-brief") == []


def test_free_text_is_told(tmp_path: Path):
    document, _ = build_document([FlatTier("note", [(at * 1000, at * 1000 + 900, f"text {at}") for at in range(101)])],
                                 name="S1__R1")  # fmt: skip
    write_eaf(document, tmp_path / "S1__R1.eaf")
    (text,) = found(tmp_path, Plan(tiers=("note",)), "values-free-text")
    assert text.message == "tier note has 101 different values: it seems to hold free text, not codes"


GIVEN = [(at * 1000, at * 1000 + 1000, "xy"[at % 2]) for at in range(12)]
FREE = [(at * 1000, at * 1000 + 700 + 13 * at, "xy"[at % 2]) for at in range(12)]


@pytest.mark.parametrize(("rows", "told"), [(GIVEN, 0), (FREE, 1)])
def test_equal_coding_is_a_copy_only_where_times_were_free(tmp_path: Path, rows: list[tuple[int, int, str]], told: int):
    code(tmp_path, "S1__R1", rows)
    code(tmp_path, "S1__R2", rows)
    document = (tmp_path / "S1__R2.eaf").read_text(encoding="utf-8")
    (tmp_path / "S1__R2.eaf").write_text(document + "\n", encoding="utf-8")
    assert len(found(tmp_path, Plan(), "coding-identical")) == told


def test_times_that_others_have_with_other_codes_were_given(tmp_path: Path):
    for session, rater, rows in (
        ("S1", "R1", FREE), ("S1", "R2", [*FREE[:-1], (*FREE[-1][:2], "x" if FREE[-1][2] == "y" else "y")]),
        ("S2", "R1", FREE[:6]), ("S2", "R2", FREE[:6]),
    ):  # fmt: skip
        code(tmp_path, f"{session}__{rater}", rows)
    path = tmp_path / "S2__R2.eaf"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert found(tmp_path, Plan(), "coding-identical") == []


@pytest.mark.parametrize(("others", "told"), [(4, ["happy"]), (5, [])])
def test_ratings_that_hardly_differ_are_told(others: int, told: list[str]):
    """16 or 15 of 20 ratings of one category are 0; of the other category every number is given equally often."""
    tiers = [
        CodedTier("R1", "mood", "rating", category, f"mood.{category}.rating", tuple(
            CodedAnnotation(f"a{at}", at * 1000, at * 1000 + 900, number, number) for at, number in enumerate(numbers)))
        for category, numbers in (("happy", "0" * (20 - others) + "1" * others), ("sad", "0123" * 5))
    ]  # fmt: skip
    file = CodedFile(Path("S1__R1.eaf"), "S1__R1.eaf", "S1", "R1", None, "", None, tiers)
    hints = list(suggestions(CheckedCoding(Codebook("b", "B", ()), (file,)), Plan()))
    assert [(item.code, list(item.said.fields["categories"])) for item in hints] == [
        ("ratings-one-sided", [name]) for name in told
    ]
    assert all("ac2_quadratic" in str(item.hint) for item in hints)
