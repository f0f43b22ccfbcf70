"""The paragraph on why three analyses may answer differently: every number in it is one of the tables."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sample_results import sample_results

from elancry.report.names import Names
from elancry.report.sections.overview import _regression
from elancry.report.three_answers import three_answers
from elancry.report.view import View
from elancry.report.words import Words
from elancry.study.results import Results


def told(results: Results, language: str = "en") -> str:
    words = Words(language)
    return three_answers(View(results, Names(results.codebook, words), words)).replace("\u00a0", " ")


def headlines(results: Results) -> list[tuple[str, str]]:
    words = Words("en")
    return _regression(View(results, Names(results.codebook, words), words))


@pytest.fixture(scope="module")
def sample() -> Results:
    return sample_results()


def test_counts_and_the_strongest_pair(sample: Results) -> None:
    text = told(sample)
    together = sample.tables["cooccurrence"]
    tested = together["p_permutation"].notna().sum()
    found = (together["p_holm"] < 0.05).sum()
    assert f"{found} of {tested} pairs at the same time" in text
    assert "within 10.0 s afterwards" in text
    assert "slopes across sequences" in text
    best = together.loc[together["p_permutation"].idxmin()]
    assert f"ratio {best['ratio']:.2f}, 95 % CI [{best['ratio_low']:.2f}, {best['ratio_high']:.2f}], p < .001" in text
    assert "ratio 1.43, 95 % CI [0.92, 2.22], p = .110" in text
    assert "across sequences (outcome " in text


def test_covariates_are_no_findings(sample: Results) -> None:
    """What is held constant is neither counted nor headlined, however small its p."""
    table = sample.tables["regression"]
    held = table[table["term"] == "(Intercept)"].assign(term="covariate:age", p=1e-12, p_holm=None)
    with_age = replace(sample, tables={**sample.tables, "regression": pd.concat([table, held], ignore_index=True)})
    assert told(with_age) == told(sample)
    assert headlines(with_age) == headlines(sample)


def test_it_is_german_where_the_report_is(sample: Results) -> None:
    assert told(sample, "de").startswith("Drei Analysen stellen drei Fragen")


def test_one_analysis_alone_needs_no_explanation(sample: Results) -> None:
    alone = {name: table for name, table in sample.tables.items() if name not in ("sequential", "regression")}
    assert told(replace(sample, tables=alone)) == ""
