"""Training in rounds: the learning curve over rounds, agreement with oneself, ratings, and what stands beside them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from elancry.eaf import Constraint, Vocabulary, VocabularyEntry, new_document, write_eaf

# One second each; the first letter of a category, . is nothing coded.
NAMES = {"d": "despair", "p": "protest"}
GOLD = {"s1": "ddpp.d", "s2": "dpdp.p"}
CODED = {
    "s1__gold": "ddpp.d",
    "s2__gold": "dpdp.p",
    "s1__Ana__1": "dpdp.d",
    "s2__Ana__1": "ddpp.p",
    "s1__Ana__2": "ddpp.d",
    "s2__Ana__2": "ddpp.p",
    "s1__Ben__1": "ddpp.d",
    "s2__Ben__1": "dpdp.p",
}
PATTERN = ("--tiers", "form", "--pattern", "{session}__{rater}__{round}")


def write(folder: Path, coded: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in coded.items():
        editor = new_document().edit()
        editor.header.set_author(name)
        editor.types.add("form")
        editor.tiers.add("form", "form", annotator=name.split("__")[1])
        for at, letter in enumerate(text):
            if letter in NAMES:
                editor.annotations.add("form", at * 1000, at * 1000 + 1000, NAMES[letter])
        write_eaf(editor.document(), folder / f"{name}.eaf")
    return folder


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"tables/{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_time(rows: list[dict[str, str]]) -> dict[tuple[str, ...], float]:
    return {
        (row["rater"], row["round"], row["against"], row["against_round"]): float(row["estimate"])
        for row in rows
        if row["measure"] == "time_cohen_kappa"
    }


def test_the_learning_curve_over_rounds_against_a_gold_rater_who_coded_once(elancry, tmp_path: Path):
    """Each session 6 s, each rater in s1 d 3, p 2, nothing 1, in s2 d 2, p 3, nothing 1: both together d 5, p 5,
    nothing 2 of 12, p_e = (25 + 25 + 4) / 144 = 3/8. Ana's first round differs from gold in 2 s of each session: 8/12;
    the second only in those of s2: 10/12. Her rounds differ in the 2 s of s1: 10/12.
    """
    out = tmp_path / "out"
    said = elancry("agree", write(tmp_path / "in", CODED), "-o", out, *PATTERN, "--against", "gold")
    # So few annotations that agree to the millisecond are no evidence of a copy.
    assert (said.code, said.err) == (0, "")
    found = in_time(table(out, "rounds"))

    def kappa(observed: float) -> float:
        return (observed - 3 / 8) / (1 - 3 / 8)

    assert found == {
        ("Ana", "1", "gold", ""): pytest.approx(kappa(8 / 12)),
        ("Ana", "2", "gold", ""): pytest.approx(kappa(10 / 12)),
        ("Ben", "1", "gold", ""): pytest.approx(1),
        ("Ana", "2", "Ana", "1"): pytest.approx(kappa(10 / 12)),
    }
    lines = said.out.splitlines()
    at = lines.index("  By round, same category at the same time:")
    assert [line.split() for line in lines[at + 1 : at + 4]] == [
        ["round", "Ana", "Ben"],
        ["1", ".47", "1.00"],
        ["2", ".73", "-"],
    ]
    at = lines.index("  Intra-rater agreement, same category at the same time in the same sessions:")
    assert lines[at + 2].split() == ["1", "and", "2", ".73"]
    assert "Gold-standard rater: gold. All others are compared only with gold." in lines
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "gold is the gold standard: all other raters are compared with gold alone" in page
    assert "Agreement of each rater in each round" in page


def test_without_gold_a_round_is_compared_with_the_same_round_of_the_others(elancry, tmp_path: Path):
    """Ben's only round with Ana's first, and not with her last, which agrees more."""
    coded = {name: text for name, text in CODED.items() if "gold" not in name}
    out = tmp_path / "out"
    elancry("agree", write(tmp_path / "in", coded), "-o", out, *PATTERN)
    found = in_time(table(out, "rounds"))
    assert found["Ben", "1", "Ana", ""] == found["Ana", "1", "Ben", ""] < found["Ana", "2", "Ben", ""]


def test_one_rater_alone_has_agreement_with_oneself(elancry, tmp_path: Path):
    out = tmp_path / "out"
    coded = {name: text for name, text in CODED.items() if "Ana" in name}
    said = elancry("agree", write(tmp_path / "in", coded), "-o", out, *PATTERN)
    assert said.code == 0, said.all
    assert list(in_time(table(out, "rounds"))) == [("Ana", "2", "Ana", "1")]
    assert "Intra-rater agreement" in said.out
    assert "only one rater" in said.out


def test_rounds_of_different_sessions_make_a_curve_too(elancry, tmp_path: Path):
    coded = {
        "s1__gold": "ddpp.d",
        "s2__gold": "dpdp.p",
        "s1__Ana__1": "dpdp.d",
        "s2__Ana__2": "dpdp.p",
    }
    out = tmp_path / "out"
    elancry("agree", write(tmp_path / "in", coded), "-o", out, *PATTERN, "--against", "gold")
    found = in_time(table(out, "rounds"))
    assert list(found) == [("Ana", "1", "gold", ""), ("Ana", "2", "gold", "")]
    assert found["Ana", "2", "gold", ""] == 1


def test_one_round_asked_for_makes_no_curve_and_keeps_the_gold_rater(elancry, tmp_path: Path):
    out = tmp_path / "out"
    folder = write(tmp_path / "in", CODED)
    elancry("agree", folder, "-o", out, *PATTERN, "--against", "gold", "--round", "2")
    assert not (out / "tables/rounds.csv").exists()
    assert {row["rater"] for row in table(out, "training")} == {"Ana"}


def test_precision_and_recall_of_boundaries_against_gold(elancry, tmp_path: Path):
    """Gold has begins at 0, 1, 2, 3, 5 s; Ana misses the one at 5 s: recall 4/5, precision 4/4."""
    out = tmp_path / "out"
    coded = {"s1__gold": "ddpp.d", "s1__Ana": "ddpp.."}
    assert elancry("agree", write(tmp_path / "in", coded), "-o", out, "--tiers", "form", "--against", "gold").code == 0
    (row,) = [r for r in table(out, "boundaries") if (r["edge"], r["tolerance_ms"]) == ("onset", "500")]
    assert (row["rater_a"], row["rater_b"], row["n_a"], row["n_b"], row["matched"]) == ("gold", "Ana", "5", "4", "4")
    assert (float(row["precision"]), float(row["recall"]), float(row["f1"])) == (1, 0.8, pytest.approx(8 / 9))
    (row,) = [r for r in table(out, "differences") if r["what"] == "onset_ms"]
    assert (row["n"], float(row["bias"]), float(row["sd"])) == ("4", 0, 0)


SCALE = "01234"


def write_ratings(folder: Path, given: Mapping[str, str]) -> Path:
    """Files of one sequence a session with a rating of anger, `given` by rater, one digit a session."""
    folder.mkdir()
    for rater, digits in given.items():
        for at, digit in enumerate(digits):
            editor = new_document().edit()
            editor.header.set_author(f"{rater} {at}")
            editor.languages.add("eng", "English")
            entries = tuple(VocabularyEntry(f"cve{value}", {"eng": value}, {}, None) for value in SCALE)
            editor.vocabularies.add(Vocabulary("scale", entries, {}, None))
            editor.types.add("sequence")
            editor.types.add("scale", constraint=Constraint.SYMBOLIC_ASSOCIATION, vocabulary="scale")
            editor.tiers.add("Sequence", "sequence", annotator=rater)
            editor.tiers.add("anger", "scale", parent="Sequence", annotator=rater)
            parent = editor.annotations.add("Sequence", 0, 60_000, "seq1")
            editor.annotations.add_reference("anger", parent, digit)
            write_eaf(editor.document(), folder / f"s{at:02}__{rater}.eaf")
    return folder


def test_a_study_of_ratings_alone_has_a_table_too(elancry, tmp_path: Path):
    """Ben rates one point higher six times of eight: mean .75, standard error .164 (sd .463 = sqrt(1.5 / 7))."""
    out = tmp_path / "out"
    folder = write_ratings(tmp_path / "in", {"gold": "01230123", "Ana": "01230123", "Ben": "12331233"})
    said = elancry("agree", folder, "-o", out, "--against", "gold")
    lines = [line.strip() for line in said.out.splitlines()]
    assert 'Ben rates "anger" higher than gold does: by 0.8 points on average, over 8 sequences' in lines
    (cells,) = [line.split() for line in lines if line.startswith("anger ")]
    # Six differences of 1; by chance the mean squared difference of all 64 pairs, eight times.
    gold, ben = [0, 1, 2, 3] * 2, [1, 2, 3, 3, 1, 2, 3, 3]
    expected = sum((a - b) ** 2 for a in gold for b in ben) / 8
    assert cells == ["anger", "1.00", f"{1 - 6 / expected:.2f}".lstrip("0")]
    (row,) = [r for r in table(out, "differences") if r["rater_b"] == "Ben"]
    assert float(row["bias"]) == 0.75
    assert float(row["sd"]) == pytest.approx((1.5 / 7) ** 0.5)
    assert float(row["limit_high"]) == pytest.approx(0.75 + 1.959964 * (1.5 / 7) ** 0.5, abs=1e-5)


def test_two_raters_have_one_kappa_and_one_line(elancry, tmp_path: Path):
    coded = {"s1__Ana": "ddpp.d", "s1__Ben": "dddp.d", "s2__Ana": "dpd.", "s2__Ben": "dpd."}
    said = elancry("agree", write(tmp_path / "in", coded), "-o", tmp_path / "out", "--tiers", "form")
    assert len([line for line in said.out.splitlines() if line.startswith("  Ana and Ben  ")]) == 1
    assert "No interval: fewer than 10 sequences. Practise more before relying on these numbers." in said.out
    rows = [r for r in table(tmp_path / "out", "agreement") if r["measure"] == "event_kappa_ipf"]
    overall = {r["aggregate"]: r["estimate"] for r in rows if r["scope"] == "overall"}
    assert overall["pooled"] == overall["pair"]
