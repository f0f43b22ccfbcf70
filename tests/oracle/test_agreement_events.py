"""Links and event tables against the original EasyDIAg program (run in Octave) and ELAN's own classes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from elancry.agreement import easydiag
from elancry.align.events import Events, link_events
from elancry.choices import Matching


def events(frame: pd.DataFrame, code: dict[str, int], column: str) -> Events:
    return Events.of(
        frame["start_ms"].to_numpy(np.int64),
        frame["end_ms"].to_numpy(np.int64),
        frame[column].map(code).to_numpy(np.int64),
    )


def table_of(a: Events, b: Events, k: int, criterion: float, rule: Matching = Matching.EASYDIAG) -> np.ndarray:
    first, second, _ = link_events(a, b, rule, criterion)
    return easydiag.event_table(a.codes, b.codes, first, second, k)


def octave_blocks(shared: Path) -> list[tuple[str, float, dict[str, float], np.ndarray | None, dict[str, list[float]]]]:
    """(tier, criterion, global numbers, table or None, category -> [a b c d kappa]) of the original's output."""
    blocks = []
    text = (shared / "oracles" / "easydiag_synthetic_octave_output.txt").read_text()
    for part in re.split(r"(?m)^(?=(?:ALL|Cry|Intervention) thr)", text)[1:]:
        head, *rest = part.splitlines()
        tier = head.split()[0]
        numbers = {key: float(value) for key, value in re.findall(r"(\w+)=([\d.NaN-]+)", head)}
        rows = [[float(x) for x in line.split()] for line in rest if re.fullmatch(r"\s*\d+(\s+\d+){7}", line)]
        categories = {
            match[1]: [*(float(x) for x in match[2].split()), float(match[3])]
            for line in rest
            if (match := re.fullmatch(r"\s+(\w+) \[([\d ]+)\] k=(\S+)", line))
        }
        blocks.append((tier, numbers["thr"], numbers, np.array(rows) if rows else None, categories))
    return blocks


def test_original_program_on_194_annotations(shared: Path) -> None:
    """Where the original divides 0 by 0 (a category without annotations) it prints 0 and NaN: ours stand instead."""
    segments = pd.read_csv(shared / "oracles" / "easydiag_synthetic_segments.csv")
    code = {name: index for index, name in enumerate(sorted(segments["category"].unique()))}
    blocks = octave_blocks(shared)
    assert len(blocks) == 9
    for tier, criterion, numbers, expected_table, categories in blocks:
        part = segments if tier == "ALL" else segments[segments["tier"] == tier]
        table = np.zeros((len(code) + 1, len(code) + 1))
        for _, one in part.groupby(["file", "tier"]):
            a, b = (events(one[one["rater"] == rater], code, "category") for rater in ("R1", "R2"))
            table += table_of(a, b, len(code), criterion)
        assert table.sum() == numbers["N"]
        assert float(easydiag.linked(table)) == pytest.approx(numbers["linked"], abs=1e-9)
        assert float(easydiag.raw(table)) == pytest.approx(numbers["RA"], abs=1e-9)
        assert float(easydiag.raw_matched(table)) == pytest.approx(numbers["RAx"], abs=1e-9)
        assert float(easydiag.kappa_matched(table)) == pytest.approx(numbers["kx"], abs=1e-9)
        if tier == "ALL":
            assert float(easydiag.kappa_ipf(table)) == pytest.approx(numbers["kipf"], abs=1e-9)
            assert float(easydiag.kappa_max(table)) == pytest.approx(numbers["kmax"], abs=1e-9)
        else:
            used = [k for k in range(len(code)) if table[k].sum() + table[:, k].sum() > 0]
            small = table[np.ix_([*used, -1], [*used, -1])]
            assert float(easydiag.kappa_ipf(table)) == pytest.approx(float(easydiag.kappa_ipf(small)), abs=1e-12)
            assert float(easydiag.kappa_max(table)) == pytest.approx(float(easydiag.kappa_max(small)), abs=1e-12)
        if expected_table is not None:
            np.testing.assert_array_equal(table, expected_table)
        for name, (both, first, second, neither, kappa) in categories.items():
            cells = easydiag.collapse(table, code[name])
            assert cells.ravel().tolist() == [both, first, second, neither]
            found = float(easydiag.category_kappa(table, code[name]))
            assert found == pytest.approx(kappa, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("criterion", [0.6, 0.8])
def test_elans_own_numbers_on_40_tier_sets(shared: Path, criterion: float) -> None:
    """ELAN's two-rater numbers are those of the first two tiers."""
    cases = pd.read_csv(shared / "oracles" / "elan_agreement_cases.csv", keep_default_na=False)
    expected = pd.read_csv(shared / "oracles" / "elan_agreement_expected.csv")
    expected = expected[expected["overlap"] == criterion]
    checked = 0
    for case, frame in cases.groupby("case"):
        want = dict(expected[expected["case"] == case][["statistic", "value"]].itertuples(index=False, name=None))
        labels = want["labels"].split("|")[:-1]
        code = {name: index for index, name in enumerate(sorted(frame["value"].unique()))}
        tiers = sorted(frame["tier"].unique())
        a, b = (events(frame[frame["tier"] == tier], code, "value") for tier in tiers[:2])
        table = table_of(a, b, len(code), criterion, Matching.ELAN)
        order = [*(code[label] for label in labels), len(code)]
        rows = [[float(x) for x in row.split(",")] for row in want["matrix"].strip("[]").split("][")]
        np.testing.assert_array_equal(table[np.ix_(order, order)], rows)
        numbers = {
            "elan_kappa_ipf": easydiag.elan_kappa(table),
            "elan_kappa_max_incl": easydiag.elan_kappa_max(table),
            "raw_agreement_incl": easydiag.raw(table),
            "kappa_excl": easydiag.kappa_matched(table),
            "kappa_max_excl": easydiag.kappa_max_matched(table),
            "raw_agreement_excl": easydiag.raw_matched(table),
        }
        for label in labels:
            numbers[f"kappa[{label}]"] = easydiag.category_kappa(table, code[label])
            numbers[f"kappa_max[{label}]"] = easydiag.category_kappa_max(table, code[label])
            numbers[f"raw[{label}]"] = easydiag.category_raw(table, code[label])
        for statistic, value in numbers.items():
            assert float(value) == pytest.approx(float(want[statistic]), abs=1e-9), (case, statistic)
            checked += 1
    assert checked > 500


def test_every_rule_agrees_above_one_half(shared: Path) -> None:
    """Above .5 an annotation has at most one candidate, so rules that ask for overlap cannot differ."""
    cases = pd.read_csv(shared / "oracles" / "elan_agreement_cases.csv", keep_default_na=False)
    for _, frame in cases.groupby("case"):
        code = {name: index for index, name in enumerate(sorted(frame["value"].unique()))}
        a, b = (events(frame[frame["tier"] == tier], code, "value") for tier in ("T_R1", "T_R2"))
        tables = [table_of(a, b, len(code), 0.6, rule) for rule in Matching if rule is not Matching.ONSET]
        assert all(np.array_equal(tables[0], other) for other in tables[1:])
