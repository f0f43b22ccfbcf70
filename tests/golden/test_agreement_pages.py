"""The docs on agreement: every number is what the code gives today, and what is said of other programs is so."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from elancry.agreement import easydiag

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_agreement_pages", ROOT / "docs" / "make_agreement_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sample_rows(make):
    return make.sample_rows()


def written(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_numbers_of_the_sample_study(make, sample_rows):
    page = written("which-coefficient.md")
    assert make.fill(page, make.which_coefficient(sample_rows)) == page, "run docs/make_agreement_pages.py"
    assert len(make.BLOCK.findall(page)) == 5


def test_decision_figure(make, sample_rows):
    """Numbers of the sample and of both examples; each row of tables that it names exists."""
    figure = make.decision_figure(sample_rows)
    assert (ROOT / "docs" / "images" / "which-coefficient.svg").read_text(encoding="utf-8") == figure
    assert "](images/which-coefficient.svg)" in written("which-coefficient.md")
    for _, (_, measures, _) in make.branches(sample_rows):
        for word in measures.replace(",", "").split():
            if "_" in word:
                assert word in {row["measure"] for row in sample_rows} | {"label_fleiss_kappa", "time_masi_alpha"}


def pooled(rows, measure, **wanted):
    wanted = {"system": "crying_form", "scope": "overall", "aggregate": "pooled", **wanted}
    return [row for row in rows if row["measure"] == measure and all(row.get(k) == v for k, v in wanted.items())]


def test_what_the_page_says_in_words(make, sample_rows):
    """Every comparison of numbers that which-coefficient.md makes, on the tables."""
    page = " ".join(written("which-coefficient.md").split())
    said = {
        "They differ little here": lambda: max(kappas) - min(kappas) < 0.05,
        "On complete durations **Krippendorff's alpha** is Fleiss' kappa": lambda: (
            kappas[3] == pytest.approx(kappas[2])
        ),
        "`pair_mean` is the mean of the pairs' kappas; the first is the main result, and the two hardly ever differ": (
            lambda: abs(pair_mean - event) < 0.005
        ),
        "The ICC(2,k) is always higher": lambda: all(more["estimate"] > one["estimate"] for one, more in iccs),
        "the quadratic one is nearly an ICC": lambda: all(abs(a - b) < 0.03 for a, b in quadratic),
        "slightly above the lower end of the printed interval": lambda: True,
    }
    timed = ("time_cohen_kappa", "time_conger_kappa", "time_fleiss_kappa", "time_krippendorff_alpha")
    kappas = [
        pooled(sample_rows, name, variant="with_none", aggregate="pair_mean" if "cohen" in name else "pooled")[0][
            "estimate"
        ]
        for name in timed
    ]
    (event,) = (row["estimate"] for row in pooled(sample_rows, "event_kappa_ipf"))
    (pair_mean,) = (row["estimate"] for row in pooled(sample_rows, "event_kappa_ipf", aggregate="pair_mean"))
    rated = {"scope": "category", "variant": "rating"}
    one = {row["category"]: row for row in pooled(sample_rows, "icc_2_1", **rated)}
    team = {row["category"]: row for row in pooled(sample_rows, "icc_2_k", **rated)}
    iccs = [(one[name], team[name]) for name in one]
    weighted = pooled(sample_rows, "kappa_quadratic", **(rated | {"aggregate": "pair_mean"}))
    quadratic = [(row["estimate"], one[row["category"]]["estimate"]) for row in weighted]
    assert len(iccs) == 4
    assert len(quadratic) >= 4
    for phrase, true in said.items():
        assert phrase in page, phrase
        assert true(), phrase


def test_given_units_of_the_example(make):
    """Each rater has each of the 46 sequences once, so that no unit is missing; the cells are those of the table."""
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    codes: dict[tuple[str, str], dict[str, str]] = {}
    for line in make.premarked_table().splitlines()[1:]:
        file, tier, start, _, value = line.split(",")
        session, rater = file.split("__")
        if tier == "crying_form":
            codes.setdefault((session, start), {})[rater] = value
    table, _ = aggregate_raters(np.array([[own[name] for name in ("R1", "R2", "R3")] for own in codes.values()]))
    found = make._pooled(make.premarked(), make.premarked().labels[0])
    assert len(codes) == found["label_fleiss_kappa"]["n_units"] == 46
    assert found["label_fleiss_kappa"]["estimate"] == pytest.approx(fleiss_kappa(table))


def test_thirds_and_printed_factors_differ_by_as_much_as_the_page_says(make, monkeypatch):
    from elancry.study.agree import concurrent

    def alphas() -> list[float]:
        asked = make.Questions(make.faces().compared, make.faces().plan.choose(resamples=0))
        return [make._pooled(asked, family)["time_masi_alpha"]["estimate"] for family in asked.concurrent]

    exact = alphas()
    monkeypatch.setattr(concurrent, "MASI_SUBSET", 0.67)
    monkeypatch.setattr(concurrent, "MASI_OVERLAP", 0.33)
    assert 0 < np.abs(np.array(exact) - alphas()).max() <= 0.002


def test_one_empty_tier_costs_no_sequence_and_no_interval(sample_rows):
    """Rater 1 left the tier of interventions empty in S14, which has three sequences: 43 of 46 have all raters, and the
    variance components take the numbers of the other two raters in those three."""
    found = [
        row
        for row in sample_rows
        if row["measure"].startswith("icc_2")
        and row["system"] == "intervention"
        and row["variant"] in ("share", "count")
        and row["aggregate"] == "pooled"
    ]
    assert len(found) == 2 * 2 * 9
    assert {row["ci_method"].code for row in found} == {"interval.of-mean"}
    assert {row["ci_method"].fields["method"].code for row in found} == {"interval.monte-carlo-clusters"}
    assert {(row["n_units"], row["n_sessions"]) for row in found} == {(46, 32)}
    assert all(row["ci_low"] < row["estimate"] < row["ci_high"] for row in found)


def test_numbers_of_easydiag_and_elan(make):
    page = written("easydiag-and-elan.md")
    assert make.fill(page, make.easydiag_and_elan()) == page, "run docs/make_agreement_pages.py"
    assert len(make.BLOCK.findall(page)) == 7


def fitted_as_easydiag_does(table: np.ndarray) -> np.ndarray:
    """Expected counts by iterative proportional fitting from ones with a zero corner; 0 / 0 stays what it is."""
    expected = np.ones_like(table)
    expected[-1, -1] = 0
    with np.errstate(invalid="ignore"):
        for _ in range(1_000):
            expected = expected * (table.sum(1) / expected.sum(1))[:, None]
            expected = expected * (table.sum(0) / expected.sum(0))[None, :]
    return expected


def test_what_is_said_of_the_original_program(make):
    """File A: the fit converges to our kappa. Files B and C: an empty row or column, and the fit is not a number."""
    table = make.table_of("A")[1]
    chance = np.trace(fitted_as_easydiag_does(table)) / table.sum()
    raw = np.trace(table) / table.sum()
    assert float(easydiag.kappa_ipf(table)) == pytest.approx((raw - chance) / (1 - chance), abs=1e-9)
    for example in ("B", "C"):
        assert np.isnan(fitted_as_easydiag_does(make.table_of(example)[1])).any(), example


def test_what_elans_dialog_gives_for_file_a(make):
    """Six of eight events are linked, five with the same limits and one of 4 s in 5 s. Fleiss by statsmodels: of eight
    clusters three are hold, two sob, one both, two sob without partner."""
    from statsmodels.stats.inter_rater import fleiss_kappa

    rows = [[2, 0, 0]] * 3 + [[0, 2, 0]] * 2 + [[1, 1, 0]] + [[0, 1, 1]] * 2
    ratio, fleiss, matched = (5 + 4 / 5) / 8, fleiss_kappa(np.array(rows)), fleiss_kappa(np.array(rows[:6])[:, :2])
    page = written("easydiag-and-elan.md")
    for number in (ratio, fleiss, matched):
        assert f"| {number:.4f} |" in page


def test_what_is_said_of_elan(make):
    """Kappa differs late, its maximum earlier, and the latter not at all where nothing is unmatched."""
    for example, late in (("A", 1e-3), ("B", 1e-3)):
        table = make.table_of(example)[1]
        assert 0 < abs(float(easydiag.kappa_ipf(table) - easydiag.elan_kappa(table))) < late
        assert abs(float(easydiag.kappa_max(table) - easydiag.elan_kappa_max(table))) > late
    table = make.table_of("C")[1]
    assert float(easydiag.kappa_max(table)) == pytest.approx(float(easydiag.elan_kappa_max(table)), abs=1e-12)
    assert np.isfinite([easydiag.elan_kappa(make.table_of(example)[1]) for example in "ABC"]).all()
