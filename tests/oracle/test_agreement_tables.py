"""Nominal coefficients, alpha and ICC against R (irr, irrCAC, icr, psych) and the publications, file by file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from elancry.agreement import icc, nominal
from elancry.agreement.metric_alpha import Metric, alpha_of, coincidence_alpha, interval_alpha, interval_sums
from elancry.agreement.standard_errors import WithError, standard_error
from elancry.agreement.sums import Layout, nominal_sums
from elancry.align.events import Events
from elancry.align.events_of import SequenceEvents, SessionEvents, Windows
from elancry.choices import Units
from elancry.codebook.model import Category, Codebook, System
from elancry.study.agree.engine import Engine
from elancry.study.agree.label import label_families
from elancry.study.agree.score import Scores, score_families
from elancry.study.compared import Compared

Values = dict[tuple[str, str], float]
IRRCAC = {
    "ac1": (nominal.gwet_ac, WithError.GWET_AC),
    "fleiss": (nominal.fleiss, WithError.FLEISS),
    "conger": (nominal.conger, WithError.CONGER),
    "bp": (nominal.brennan_prediger, WithError.BRENNAN_PREDIGER),
    "krippendorff": (None, WithError.KRIPPENDORFF),
}


@pytest.fixture(scope="module")
def r_values(shared: Path) -> Values:
    frame = pd.read_csv(shared / "oracles" / "R_VALUES.csv")
    return {(row.dataset, row.statistic): float(row.value) for row in frame.itertuples()}


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[tuple[str, str], tuple[float, float]]:
    frame = pd.read_csv(shared / "oracles" / "EXPECTED_PUBLISHED.csv")
    return {
        (row.dataset, row.statistic): (float(row.value), float(row.tolerance))
        for row in frame.itertuples()
        if ";" not in row.value
    }


def matrix(shared: Path, name: str) -> pd.DataFrame:
    """Units in rows, raters in columns."""
    frame = pd.read_csv(shared / "oracles" / f"{name}.csv")
    frame = frame.drop(columns=[c for c in frame.columns if c in ("Units", "Unit", "Group", "subject")])
    return frame.T if name.startswith("krippendorff") else frame


def coded(frame: pd.DataFrame) -> tuple[np.ndarray, list[object]]:
    categories = sorted(pd.unique(frame.stack().dropna()))
    index = {value: code for code, value in enumerate(categories)}
    return np.array([[index.get(x, -1) for x in row] for row in frame.to_numpy()]), categories


def sums_of(codes: np.ndarray, q: int) -> tuple[Layout, np.ndarray]:
    return Layout(codes.shape[1], q), nominal_sums(codes, np.ones(len(codes)), q)


def ordinal_credit(q: int) -> np.ndarray:
    """Gwet's ordinal credit (q, q) from the number of ranks spanned (Gwet 2014, ch. 3)."""
    span = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
    pairs = span * (span + 1) / 2.0
    return 1.0 - pairs / pairs.max()


@pytest.mark.parametrize("name", ["gwet_cac.raw4raters", "gwet_cac.raw5obser", "gwet_cac.ben.gerry"])
def test_irrcac(shared: Path, r_values: Values, name: str) -> None:
    codes, categories = coded(matrix(shared, name))
    numbers = [i + 1 if isinstance(c, str) else float(c) for i, c in enumerate(categories)]  # type: ignore[arg-type]
    q = len(categories)
    layout, sums = sums_of(codes, q)
    credits = {
        "unweighted": None,
        "linear": nominal.linear_credit(numbers),
        "quadratic": nominal.quadratic_credit(numbers),
        "ordinal": ordinal_credit(q),
    }
    checked = 0
    for weights, credit in credits.items():
        for key, (coefficient, error) in IRRCAC.items():
            if coefficient is None:
                value = nominal.krippendorff_alpha(layout, sums, credit, small_sample=True)
            else:
                value = coefficient(layout, sums, credit)
            assert float(value) == pytest.approx(r_values[name, f"{key}_{weights}"], abs=5.1e-6), (key, weights)
            found = standard_error(codes, q, error, credit)
            assert found == pytest.approx(r_values[name, f"{key}_{weights}_se"], abs=5.1e-6), (key, weights)
            checked += 2
    assert checked == 40


@pytest.mark.parametrize(
    "name", ["hayes-krippendorff-2007", "krippendorff-2018-p290", "krippendorff-2018-p306", "krippendorff-2018-p310"]
)
def test_krippendorff(
    shared: Path, r_values: Values, published: dict[tuple[str, str], tuple[float, float]], name: str
) -> None:
    """R icr's values; irr's are wrong for p306. icr refuses ratio with zeros (NaN), irr gives it on hayes."""
    frame = matrix(shared, name)
    codes, categories = coded(frame)
    layout, sums = sums_of(codes, len(categories))
    nominal_alpha = float(nominal.krippendorff_alpha(layout, sums, small_sample=True))
    assert nominal_alpha == pytest.approx(r_values[name, "alpha_nominal"], abs=1e-9)
    for statistic in ("alpha_nominal", "alpha_ordinal"):
        if (name, statistic) in published:
            value, tolerance = published[name, statistic]
            metric = Metric(statistic.removeprefix("alpha_"))
            found = coincidence_alpha(layout, sums, metric, np.arange(float(len(categories))))
            assert float(found) == pytest.approx(value, abs=tolerance)
    if name == "krippendorff-2018-p310":
        return
    values = frame.to_numpy(float)
    for metric in Metric:
        expected = r_values[name, f"alpha_{metric.value}"]
        if np.isnan(expected):
            expected = r_values[name, "irr_alpha_ratio"] if name.startswith("hayes") else nominal_alpha
        assert alpha_of(values, metric).value == pytest.approx(expected, abs=1e-9), metric
        ours = coincidence_alpha(layout, sums, metric, np.array(categories, float))
        assert float(ours) == pytest.approx(expected, abs=1e-9), metric
    interval = interval_alpha(interval_sums(values - np.nanmean(values)))
    assert float(interval) == pytest.approx(r_values[name, "alpha_interval"], abs=1e-9)


def test_fleiss_1971(shared: Path, r_values: Values, published: dict[tuple[str, str], tuple[float, float]]) -> None:
    name = "fleiss_1971_diagnoses"
    codes, categories = coded(matrix(shared, name))
    layout, sums = sums_of(codes, len(categories))
    kappa = float(nominal.fleiss(layout, sums))
    assert kappa == pytest.approx(r_values[name, "fleiss_kappa"], abs=1e-9)
    assert kappa == pytest.approx(*published[name, "fleiss_kappa"][:1], abs=published[name, "fleiss_kappa"][1])
    assert float(nominal.conger(layout, sums)) == pytest.approx(r_values[name, "conger_exact_kappa"], abs=1e-9)
    assert float(nominal.conger(layout, sums, complete_only=True)) == pytest.approx(
        r_values[name, "conger_exact_kappa"], abs=1e-9
    )
    assert float(nominal.cohen_mean(layout, sums)) == pytest.approx(r_values[name, "light_kappa"], abs=1e-9)
    two, each = layout.each_against_rest(sums[None])
    for label, collapsed in zip(categories, each, strict=True):
        found = float(nominal.fleiss(two, collapsed[0]))
        assert found == pytest.approx(r_values[name, f"kappa[{label}]"], abs=5.1e-4)  # R prints three digits


@pytest.mark.parametrize("name", ["cohen_1960_p37", "cohen_1960_p45"])
def test_cohen_1960(shared: Path, r_values: Values, name: str) -> None:
    table = pd.read_csv(shared / "oracles" / f"{name}.csv").to_numpy()
    codes = np.array([(i, j) for (i, j), count in np.ndenumerate(table) for _ in range(count)])
    layout, sums = sums_of(codes, 3)
    for statistic, credit in (
        ("kappa", None),
        ("kappa_equal", nominal.linear_credit([1, 2, 3])),
        ("kappa_squared", nominal.quadratic_credit([1, 2, 3])),
    ):
        assert float(nominal.cohen_mean(layout, sums, credit)) == pytest.approx(r_values[name, statistic], abs=1e-9)
    assert float(nominal.gwet_ac(layout, sums)) == pytest.approx(r_values[name, "gwet_ac1"], abs=1e-9)


@pytest.mark.parametrize(("name", "weights"), [("irr_anxiety", 3), ("irr_vision", 2)])
def test_weighted_kappa_of_irr(shared: Path, r_values: Values, name: str, weights: int) -> None:
    frame = matrix(shared, name).iloc[:, :2]
    codes, categories = coded(frame)
    layout, sums = sums_of(codes, len(categories))
    numbers = np.arange(1.0, len(categories) + 1)
    key = "irr_anxiety(1,2)" if name == "irr_anxiety" else name
    checked = 0
    for statistic, credit in (
        ("kappa_unweighted", None),
        ("kappa_equal", nominal.linear_credit(numbers)),
        ("kappa_squared", nominal.quadratic_credit(numbers)),
    ):
        if (key, statistic) in r_values:
            found = float(nominal.cohen_mean(layout, sums, credit))
            assert found == pytest.approx(r_values[key, statistic], abs=1e-9), statistic
            checked += 1
    assert checked == weights


@pytest.mark.parametrize("name", ["shrout_fleiss_1979", "irr_anxiety"])
def test_icc(shared: Path, r_values: Values, name: str) -> None:
    """Shrout & Fleiss against R psych; both against R irr (whose interval of the mean's agreement we do not follow)."""
    values = matrix(shared, name).to_numpy(float)
    table = icc.icc_table(values)
    sums = icc.icc_sums(values - values.mean())
    ours, limits = icc.icc_from_sums(sums), icc.f_limits(sums, 0.95)
    irr = {
        "icc_1_1": "oneway_consistency_single",
        "icc_2_1": "twoway_agreement_single",
        "icc_3_1": "twoway_consistency_single",
        "icc_1_k": "oneway_consistency_average",
        "icc_2_k": "twoway_agreement_average",
        "icc_3_k": "twoway_consistency_average",
    }
    for index, form in enumerate(icc.FORMS):
        estimate, interval = table[form]
        key = f"irr_icc_{irr[form]}"
        assert estimate.value == pytest.approx(r_values[name, key], abs=1e-9)
        assert ours[index] == pytest.approx(r_values[name, key], abs=1e-9)
        low, high = r_values[name, f"{key}_lower95"], r_values[name, f"{key}_upper95"]
        if form == "icc_2_k":
            if name != "shrout_fleiss_1979":
                continue
            low, high = r_values[name, "ICC2k_lower95"], r_values[name, "ICC2k_upper95"]
        assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)
        assert limits[index] == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "measures"),
    [
        ("fleiss_1971_diagnoses", {"label_fleiss_kappa": "fleiss_kappa", "label_conger_kappa": "conger_exact_kappa"}),
        ("gwet_cac.raw5obser", {"label_fleiss_kappa": "fleiss_unweighted", "label_gwet_ac1": "ac1_unweighted"}),
    ],
)
def test_labels_of_given_units(shared: Path, r_values: Values, name: str, measures: dict[str, str]) -> None:
    """Units x raters of R irr and irrCAC, as annotations of given units; missing cells are units that a rater lacks."""
    codes, categories = coded(matrix(shared, name))
    raters = tuple(f"R{at + 1}" for at in range(codes.shape[1]))
    names = tuple(f"c{at}" for at in range(len(categories)))
    windows = Windows(("1",), np.array([0]), np.array([10 * len(codes)]))
    own = [np.flatnonzero(codes[:, at] >= 0) for at in range(len(raters))]
    events = tuple(Events(10 * rows, 10 * rows + 10, codes[rows, at]) for at, rows in enumerate(own))
    item = SessionEvents("s", "form", "form", names, raters, events, windows)
    times = (tuple(e.start_ms for e in events), tuple(e.end_ms for e in events), tuple(e.codes for e in events))
    of = SequenceEvents("s", "1", "form", "form", names, raters, *times)
    book = Codebook("b", "B", (System("form", {}, tuple(Category(name, {}) for name in names)),))
    compared = Compared(book, raters, events=(of,), sessions={("s", "form", "form"): item})
    (family,) = label_families(compared, Units.GIVEN)
    found = {
        row["measure"]: row["estimate"]
        for row in Engine(1, 0).rows(family)
        if (row["scope"], row["aggregate"]) == ("overall", "pooled")
    }
    for measure, key in measures.items():
        assert found[measure] == pytest.approx(r_values[name, key], abs=1e-5 if "cac" in name else 1e-9)


@pytest.mark.parametrize("name", ["gwet_cac.raw4raters", "gwet_cac.raw5obser"])
def test_ac2_of_all_raters(shared: Path, r_values: Values, name: str) -> None:
    """R irrCAC's gwet.ac1.raw with weights. Of raw4raters the last unit has one rating: it counts among the shares."""
    values = matrix(shared, name).to_numpy(dtype=float)
    raters = tuple(f"R{at + 1}" for at in range(values.shape[1]))
    base = {"system": "form", "variant": "rating", "scope": "category", "category": "c"}
    scores = Scores(base, tuple(map(str, range(len(values)))), raters, values)
    rows = [row for family in score_families(scores) for row in Engine(1, 100).rows(family)]
    for weights in ("quadratic", "linear"):
        found = [row for row in rows if (row["measure"], row["aggregate"]) == (f"ac2_{weights}", "pooled")]
        assert [row["estimate"] for row in found] == pytest.approx([r_values[name, f"ac1_{weights}"]] * 2, abs=1e-5)
        assert {row["n_units"] for row in found} == {int((np.isfinite(values).sum(axis=1) > 1).sum())}
        by_gwet = found[1]
        assert by_gwet["ci_method"].code == "interval.gwet"
        wide = float(stats.t.ppf(0.975, int(np.isfinite(values).any(axis=1).sum()) - 1))
        error = (by_gwet["estimate"] - by_gwet["ci_low"]) / wide
        assert error == pytest.approx(r_values[name, f"ac1_{weights}_se"], abs=1e-5)
