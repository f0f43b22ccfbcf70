"""ELAN's own numbers come out of `elancry agree`, from .eaf files to the tables.

The oracle (elan_agreement_cases.csv, elan_agreement_expected.csv) holds 40 random sets of two or three tiers and what
the classes of ELAN 6.9 compute for the first two of them at full precision, at overlaps of .6 and .8. Here each set is
a tier in the files of raters T_R1, T_R2 and T_R3 (`study__T_R1.eaf`: tiers c000, c001, ...), each tier with the values
of its set as vocabulary: elancry reads the codebook from the files, so its categories are ELAN's labels. ELAN's
"modified Fleiss" is that of all tiers of a set, its overlap/extent ratio (elan_overlap_ratio.csv) that of two of them.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path

import pytest
from click.testing import CliRunner

from elancry.cli.main import cli
from elancry.eaf import Vocabulary, VocabularyEntry, new_document, write_eaf

TOLERANCE = 1e-9
UNMATCHED = "Unmatched"
PAIR = ("T_R1", "T_R2")

Row = dict[str, str]
Expected = dict[tuple[str, str], dict[str, str]]

# ELAN's statistic -> measure of tables/agreement.csv; with [value] at its end it is one category against the rest.
MEASURE = {
    "elan_kappa_ipf": "event_kappa_ipf",
    "elan_kappa_max_incl": "event_kappa_max",
    "raw_agreement_incl": "event_raw",
    "kappa_excl": "event_kappa_matched",
    "kappa_max_excl": "event_kappa_max_matched",
    "raw_agreement_excl": "event_raw_matched",
    "kappa[]": "event_kappa_ipf",
    "kappa_max[]": "event_kappa_max",
    "raw[]": "event_raw",
}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def expected(shared: Path) -> Expected:
    """(case, overlap) -> statistic -> ELAN's value."""
    table: Expected = defaultdict(dict)
    for row in read(shared / "oracles" / "elan_agreement_expected.csv"):
        table[row["case"], row["overlap"]][row["statistic"]] = row["value"]
    return dict(table)


@pytest.fixture(scope="module")
def study(shared: Path, expected: Expected, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One .eaf per rater, one tier per case."""
    folder = tmp_path_factory.mktemp("elan")
    editors = {rater: new_document(author=rater).edit() for rater in ("T_R1", "T_R2", "T_R3")}
    for editor in editors.values():
        editor.languages.add("und", "undetermined")
    tiers: set[tuple[str, str]] = set()
    for row in read(shared / "oracles" / "elan_agreement_cases.csv"):
        case, rater = row["case"], row["tier"]
        editor = editors[rater]
        if (case, rater) not in tiers:
            tiers.add((case, rater))
            labels = [text for text in expected[case, "0.6"]["labels"].split("|") if text != UNMATCHED]
            entries = tuple(VocabularyEntry(id=text, values={"und": text}) for text in labels)
            editor.vocabularies.add(Vocabulary(id=case, entries=entries))
            editor.types.add(case, vocabulary=case)
            editor.tiers.add(case, case, annotator=rater)
        editor.annotations.add(case, int(row["start_ms"]), int(row["end_ms"]), row["value"])
    for rater, editor in editors.items():
        write_eaf(editor.document(), folder / f"study__{rater}.eaf")
    assert len(tiers) == 40 * 2 + 14
    return folder


@pytest.fixture(scope="module", params=["0.6", "0.8"])
def agreed(request: pytest.FixtureRequest, study: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """(overlap, folder of the tables) of `elancry agree` from the command line."""
    overlap: str = request.param
    out = tmp_path_factory.mktemp("agreed")
    arguments = ["agree", str(study), "-o", str(out), "--matching", "elan", "--criterion", overlap, "--resamples", "0"]
    with pytest.MonkeyPatch.context() as patch:
        # The tables are what is tested here; drawing 80 figures for 40 systems would take a minute.
        patch.setattr("elancry.report.write.report_files", lambda *_, **__: {})
        result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return overlap, out / "tables"


def test_agreement_rows_are_elans(agreed: tuple[str, Path], expected: Expected) -> None:
    overlap, tables = agreed
    found = {
        (row["system"], row["measure"], row["category"]): row
        for row in read(tables / "agreement.csv")
        if row["variant"] == "elan" and row["aggregate"] == "pair" and row["raters"] == "|".join(PAIR)
    }
    compared = 0
    for (case, at), statistics in expected.items():
        if at != overlap:
            continue
        for statistic, value in statistics.items():
            match = re.fullmatch(r"(\w+)(?:\[(.*)\])?", statistic)
            assert match is not None, statistic
            measure = MEASURE.get(match[1] if match[2] is None else f"{match[1]}[]")
            if measure is None:
                # The modified Fleiss' kappa has a test of its own.
                assert statistic in ("labels", "matrix", "elan_modified_fleiss_incl", "elan_modified_fleiss_excl")
                continue
            row = found[case, measure, match[2] or ""]
            assert row["criterion"] == overlap
            assert float(row["estimate"]) == pytest.approx(float(value), abs=TOLERANCE, rel=0), (case, statistic)
            compared += 1
    # 40 cases: 6 numbers each, and 3 for each of the values that occur.
    assert compared == 40 * 6 + 3 * sum(
        len(s["labels"].split("|")) - 1 for (_, at), s in expected.items() if at == overlap
    )


def test_modified_fleiss_is_elans(agreed: tuple[str, Path], expected: Expected) -> None:
    overlap, tables = agreed
    found = {
        (row["system"], row["measure"]): row
        for row in read(tables / "agreement.csv")
        if row["measure"].startswith("event_elan_fleiss") and (row["scope"], row["aggregate"]) == ("overall", "pooled")
    }
    names = {"incl": "event_elan_fleiss_kappa", "excl": "event_elan_fleiss_kappa_matched"}
    for (case, at), statistics in expected.items():
        for kind, measure in names.items() if at == overlap else ():
            row, value = found[case, measure], float(statistics[f"elan_modified_fleiss_{kind}"])
            assert float(row["estimate"]) == pytest.approx(value, abs=TOLERANCE, rel=0), case
            assert row["criterion"] == overlap
    assert len(found) == 80


def test_overlap_ratio_is_elans(agreed: tuple[str, Path], shared: Path) -> None:
    _, tables = agreed
    found = {
        (row["system"], *row["raters"].split("|")): row
        for row in read(tables / "agreement.csv")
        if (row["measure"], row["aggregate"], row["scope"]) == ("event_elan_overlap_ratio", "pair", "overall")
    }
    wanted = read(shared / "oracles" / "elan_overlap_ratio.csv")
    for want in wanted:
        row = found[want["case"], want["tier_a"], want["tier_b"]]
        assert float(row["estimate"]) == pytest.approx(float(want["elan_overlap_extent_ratio"]), abs=1e-12, rel=0)
        assert (row["criterion"], row["level"]) == ("", "")
    assert len(found) == len(wanted) == 68


def test_confusion_rows_are_elans_matrix(agreed: tuple[str, Path], expected: Expected) -> None:
    """ELAN's matrix has tier 1 in the rows and counts as EasyDIAg does: 2 for a linked pair, 1 for an unmatched one."""
    overlap, tables = agreed
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for row in read(tables / "confusion.csv"):
        if row["kind"] == "event" and row["session"] == "" and (row["rater_a"], row["rater_b"]) == PAIR:
            assert (row["variant"], float(row["criterion"])) == ("elan", float(overlap))
            found[row["system"]][row["category_a"], row["category_b"]] = float(row["value"])
    cells = 0
    for (case, at), statistics in expected.items():
        if at != overlap:
            continue
        labels = [text if text != UNMATCHED else "no_match" for text in statistics["labels"].split("|")]
        matrix = [
            [float(cell) for cell in line.split(",")] for line in re.findall(r"\[([^\]]*)\]", statistics["matrix"])
        ]
        for label_a, line in zip(labels, matrix, strict=True):
            for label_b, count in zip(labels, line, strict=True):
                # Cells of 0 may be left out of the table.
                assert found[case].get((label_a, label_b), 0.0) == count, (case, label_a, label_b)
                cells += count > 0
        assert sum(found[case].values()) == sum(map(sum, matrix)), case
    assert cells > 300
