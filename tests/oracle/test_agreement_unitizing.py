"""Unitizing alphas against the published examples (Krippendorff 1995, 2004, 2019)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from elancry.agreement import nominal
from elancry.agreement.binned import bin_codes
from elancry.agreement.sums import Layout, nominal_sums
from elancry.agreement.unitizing import UnitizingAlphas, Units, disagreement_2004, unitizing_sums


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[tuple[str, str], tuple[float, float]]:
    frame = pd.read_csv(shared / "oracles" / "EXPECTED_PUBLISHED.csv")
    rows = frame[frame["dataset"].str.contains("unitizing")]
    return {(row.dataset, row.statistic): (float(row.value), float(row.tolerance)) for row in rows.itertuples()}


def test_2019_figure_12_11(shared: Path, published: dict[tuple[str, str], tuple[float, float]]) -> None:
    """Alex, Paul, Suzan; the exact values of the binary and the nominal alpha were recomputed for the oracle file."""
    name = "krippendorff_2019_fig12_11_unitizing"
    frame = pd.read_csv(shared / "oracles" / f"{name}.csv")
    raters = [
        Units.of(
            one["start"].to_numpy(float) - 1, one["end_inclusive"].to_numpy(float), one["value"].to_numpy() - 1, 60
        )
        for _, one in frame.groupby("observer", sort=False)
    ]
    sums = unitizing_sums(raters, 60, 7, grain=1)
    found = UnitizingAlphas(sums, 7)
    for statistic, value in (
        ("u_alpha_nominal", found.alpha),
        ("bar_u_alpha_binary", found.binary),
        ("cu_alpha_nominal", found.coding),
    ):
        expected, tolerance = published[name, statistic]
        assert float(value) == pytest.approx(expected, abs=tolerance)
    assert float(found.alpha) == pytest.approx(0.5099819078, abs=1e-10)
    assert float(found.binary) == pytest.approx(0.4135992305, abs=1e-10)
    assert float(found.coding) == pytest.approx(0.7242, abs=5e-5)


def test_2004_page_254(shared: Path, published: dict[tuple[str, str], tuple[float, float]]) -> None:
    """L = 300 from 150; printed: D_o .0144 and 0, D_e .0532 and .0490, alpha .7286, 1 and together .8591."""
    name = "krippendorff_2004_p254_unitizing"
    frame = pd.read_csv(shared / "oracles" / f"{name}.csv")
    raters = []
    for _, one in frame.groupby("observer"):
        start = one["start"].to_numpy(float) - 150
        raters.append((start, start + one["length"].to_numpy(float), (one["category"] == "k").to_numpy(int)))
    found = []
    for category, letter in enumerate("ck"):
        # Units of different categories may overlap here, so each category is a continuum of its own.
        own = [Units.of(s[c == category], e[c == category], c[c == category], 300) for s, e, c in raters]
        found.append(disagreement_2004(own, category, 300, grain=1))
        expected, tolerance = published[name, f"alpha_U[{letter}]"]
        assert found[-1].alpha == pytest.approx(expected, abs=tolerance)
    assert found[0].observed == pytest.approx(0.0144, abs=5e-5)
    assert found[0].expected == pytest.approx(0.0532, abs=5e-5)
    assert (found[1].observed, found[1].expected) == (0, pytest.approx(0.0490, abs=5e-5))
    together = 1 - sum(x.observed for x in found) / sum(x.expected for x in found)
    expected, tolerance = published[name, "alpha_U"]
    assert together == pytest.approx(expected, abs=tolerance)
    assert together == pytest.approx(0.85867, abs=5e-6)


def test_1995_page_57(shared: Path, published: dict[tuple[str, str], tuple[float, float]]) -> None:
    """Four examples in the limit of short units of time; recomputed: .55295 -.92838 .69308 .06587."""
    name = "krippendorff_1995_p57_unitizing"
    frame = pd.read_csv(shared / "oracles" / f"{name}.csv")
    recomputed = {"A": 0.55295, "B": -0.92838, "C": 0.69308, "D": 0.06587}
    for example, part in frame.groupby("example"):
        raters = [
            Units.of(
                one["start"].to_numpy(float),
                (one["start"] + one["length"]).to_numpy(float),
                np.zeros(len(one), int),
                24,
            )
            for _, one in part.groupby("observer", sort=False)
        ]
        alpha = disagreement_2004(raters, 0, 24).alpha
        expected, tolerance = published[name, f"alpha_U[{example}]"]
        assert alpha == pytest.approx(expected, abs=tolerance), example
        assert alpha == pytest.approx(recomputed[str(example)], abs=5.1e-6), example


# A  Bertha  ..########....######....   C  Gerret  ..######..##..####..##..
#    Bill    ....####.......##.......      Gill    ##..####..####..##..##..
@pytest.mark.parametrize(("example", "others"), [("A", {"pi": 0.314, "alpha": 0.329}), ("C", {})], ids=["A", "C"])
def test_1995_page_57_in_bins(
    shared: Path,
    published: dict[tuple[str, str], tuple[float, float]],
    example: str,
    others: dict[str, float],
) -> None:
    """The same continua cut into 24 units of time: kappa; for A pi and alpha, which keeps n - 1 for bins."""
    name = "krippendorff_1995_p57_unitizing"
    frame = pd.read_csv(shared / "oracles" / f"{name}.csv")
    part = frame[frame["example"] == example]
    edges = np.unique(np.concatenate([[0, 24], part["start"], part["start"] + part["length"]])).astype(np.int64)
    codes = np.ones((len(edges) - 1, 2), dtype=np.int64)
    for column, (_, one) in enumerate(part.groupby("observer", sort=False)):
        for start, length in zip(one["start"], one["length"], strict=True):
            codes[(edges[:-1] >= start) & (edges[:-1] < start + length), column] = 0
    binned, lengths = bin_codes(edges[:-1], edges[1:], codes, 1)
    assert (len(binned), set(lengths)) == (24, {1.0})
    layout, sums = Layout(2, 2), nominal_sums(binned, lengths, 2)
    expected, tolerance = published[name, f"time_unit_kappa[{example}]"]
    assert float(nominal.cohen_mean(layout, sums)) == pytest.approx(expected, abs=tolerance)
    found = {
        "pi": nominal.fleiss(layout, sums),
        "alpha": nominal.krippendorff_alpha(layout, sums, small_sample=True),
    }
    for measure, value in others.items():
        assert float(found[measure]) == pytest.approx(value, abs=tolerance)
